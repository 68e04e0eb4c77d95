# Write table.md, summary.md, ratio.svg and growth.svg to a folder that has measurements.csv. The table has how far the
# targets are met, where a peer is faster, and the medians of all peers, part by part; the summary, of a few questions,
# has detmeta and the best other peer only.
#
#   perl report.pl TITLE FOLDER
use strict;
use warnings;
use File::Temp 'tempfile';
use FindBin;
use lib $FindBin::Bin;
use Measurements;

my ($title, $folder) = @ARGV;
my $m = read_measurements("$folder/measurements.csv");
my @parts = grep { !/^(?:growth|estimates|plan|index|memory|time)$/ } $m->parts;

# What the summary has: questions of all kinds, those where detmeta is best and those where it is worst among them.
my %summarized = (
	build => [ 'time to build the indexes', 'size of the indexes, and of a table beside' ],
	conditions => [ 'is, 25 %', 'is not, 75 %', 'range, 1 %', 'contains, 1,000,000 distinct values, 0.1 %' ],
	pages => ['filter of 25 %, first 20 by another key'],
	explore => [
		'keys', 'values of a key with 200 values',
		'search: filter of 25 %, sorted by another key, the first 20 and the number of all'
	],
	write => [ 'COPY into an indexed table', 'UPDATE of a member in 10 % of the runs', 'merges of one member, synchronous_commit on' ],
	post => [ 'posts, synchronous_commit on', 'posts, synchronous_commit off' ]);

plot('ratio', ratios()) if @parts;
plot('growth', growth()) if $m->whats('growth');
write_file('summary.md', summary());
open STDOUT, '>', "$folder/table.md" or die "table.md: $!";
print "# make bench\n\n$title\n";
print_verdict() if @parts;
for my $part (@parts)
{
	print_targets($part);
	print_medians($part);
}
print_estimates() if $m->whats('estimates');
print_planning() if $m->whats('plan');
print_growth() if $m->whats('growth');
print_indexes() if $m->whats('index');
print_memory() if $m->whats('memory');
print_time();

sub write_file
{
	my ($name, $text) = @_;
	open my $file, '>', "$folder/$name" or die "$name: $!";
	print $file $text;
	close $file or die "$name: $!";
}

# Have gnuplot draw NAME.svg by NAME.gp, which tells what data it takes.
sub plot
{
	my ($name, @lines) = @_;
	my ($file, $path) = tempfile(UNLINK => 1);
	print $file map { "$_\n" } @lines;
	close $file or die "$path: $!";
	system('gnuplot', '-c', "$FindBin::Bin/$name.gp", $path, "$folder/$name.svg") == 0
	  or die "gnuplot has not drawn $name.svg\n";
}

sub ratios
{
	my @lines;
	for my $part (@parts)
	{
		my @found = map { ratio_line($part, $_) } $m->whats($part);
		push @lines, "{/:Bold $part}\t\t", @found if @found;
	}
	return @lines;
}

# The line of a question, or nothing if no other peer is compared.
sub ratio_line
{
	my ($part, $what) = @_;
	my $best = $m->best($part, $what) or return;
	my $bar = ratio_shown($best->{ratio}) . ' ' . label($best->{peer});
	return join "\t", literal($what), $best->{ratio}, literal($bar);
}

# A text without what gnuplot takes for markup. Of two backslashes, reading the data takes one.
sub literal
{
	my ($text) = @_;
	return $text =~ s/([\\{}^_@&~])/\\\\$1/gr;
}

sub growth
{
	my @whats = $m->whats('growth');
	my @peers = $m->peers('growth');
	my @lines = ((map { label($_) } @peers), '', '');
	push @lines, map { wrapped($_) . "\t" . (in_bytes($_) ? 'MB' : $m->unit('growth', $_)) } @whats;
	for my $what (@whats)
	{
		my @measured = grep { defined $m->median_of('growth', $what, $peers[$_]) } 0 .. $#peers;
		push @lines, '', map { ('', growth_lines($what, $_, $peers[$_])) } @measured;
	}
	return @lines;
}

# The lines of a question for one peer.
sub growth_lines
{
	my ($what, $place, $peer) = @_;
	my $scale = in_bytes($what) ? 1048576 : 1;
	return map {
		my $median = $m->median_of('growth', $what, $peer, $_);
		defined $median ? join "\t", $place + 1, $_, $median / $scale : () } $m->sizes('growth');
}

# A title in lines that are as wide as a panel.
sub wrapped
{
	my ($title) = @_;
	return join '\n', $title =~ /(.{1,52})(?:\s|$)/g;
}

sub in_bytes
{
	my ($what) = @_;
	return $m->unit('growth', $what) eq 'bytes';
}

sub summary
{
	my ($all, $lost, @rows) = (0, 0);
	for my $part (@parts)
	{
		my %wanted = map { $_ => 1 } @{ $summarized{$part} || [] };
		for my $what ($m->whats($part))
		{
			my $best = $m->best($part, $what) or next;
			$all++;
			$lost++ if $best->{ratio} < 1;
			push @rows, summary_row($part, $what, $best) if delete $wanted{$what};
		}
		warn "no $part, $_: left out of summary.md\n" for sort keys %wanted;
	}
	return "$title\n\nOf $all questions, another is better in $lost (bold). Here are " . @rows . ":\n\n"
	  . "| question | detmeta | the best other | | ratio |\n|---|---:|---:|---|---:|\n" . join('', @rows);
}

sub summary_row
{
	my ($part, $what, $best) = @_;
	my $unit = $m->unit($part, $what);
	my $mark = $best->{ratio} < 1 ? '**' : '';
	return sprintf "| %s%s | %s | %s | %s | %s |\n", question($part, $what), $unit eq 'per second' ? ', per second' : '',
		shown($m->ours($part, $what), $unit), shown($m->median_of($part, $what, $best->{peer}), $unit), label($best->{peer}),
		$mark . ratio_shown($best->{ratio}) . $mark;
}

# How many targets are met, and which questions are answered faster by a peer: what one reads first.
sub print_verdict
{
	my ($met, $all, @lost) = (0, 0);
	for my $part (@parts)
	{
		for my $what ($m->whats($part))
		{
			for my $target ($m->targets($part, $what))
			{
				$all++;
				$met++ if $target->{ratio} >= $target->{least};
			}
			my $best = $m->best($part, $what) or next;
			push @lost, sprintf '- %s, %s: %s is %s times as good', $part, $what, label($best->{peer}), ratio_shown(1 / $best->{ratio})
				if $best->{ratio} < 1;
		}
	}
	print "\n$met of $all targets are met.\n" if $all;
	print @lost ? "\nWhere the best peer is better than detmeta:\n\n" . join("\n", @lost) . "\n" : "\nNo peer is better than detmeta in anything.\n";
}

sub print_targets
{
	my ($part) = @_;
	my @rows;
	for my $what ($m->whats($part))
	{
		for my $target ($m->targets($part, $what))
		{
			push @rows, sprintf "| %s | %s | %s | %s | %s | %s | %s |\n", question($part, $what), $target->{least},
				label($target->{peer}), shown($target->{its}, $m->unit($part, $what)), shown($target->{ours}, $m->unit($part, $what)),
				ratio_shown($target->{ratio}), $target->{ratio} >= $target->{least} ? 'met' : '**not met**';
		}
	}
	print "\n## $part: targets\n\n| question | target | against | its | ours | ratio | |\n|---|---:|---|---:|---:|---:|---|\n", @rows if @rows;
}

sub print_medians
{
	my ($part) = @_;
	my @peers = $m->peers($part);
	print "\n## $part: medians\n\n| question | ", join(' | ', map { label($_) } @peers), " | ratio to the best other |\n|---", '|---:' x (@peers + 1), "|\n";
	for my $what ($m->whats($part))
	{
		my $best = $m->best($part, $what);
		printf "| %s | %s | %s |\n", question($part, $what), join(' | ', map { cell($part, $what, $_) } @peers),
			!$best ? '' : $best->{ratio} < 1 ? '**' . ratio_shown($best->{ratio}) . '**' : ratio_shown($best->{ratio});
	}
	print "\nBold: a peer is better. Empty: the peer cannot serve it, or it was not measured.", $part =~ /^(?:build|write|post)$/ ? '' :
		' In brackets: runs found. \\* a plan without an index.', "\n";
}

sub cell
{
	my ($part, $what, $peer) = @_;
	my $median = $m->median_of($part, $what, $peer);
	return '' unless defined $median;
	return shown($median, $m->unit($part, $what)) . ($peer ne 'scan' && $m->remark($part, $what, $peer) =~ /^scan/ ? '\\*' : '');
}

sub question
{
	my ($part, $what) = @_;
	return $m->remark($part, $what, 'detmeta') =~ /(\d+) runs/ ? "$what ($1)" : $what;
}

sub print_planning
{
	print "\n## plan: time to plan, ms\n\n| statement | at most added | ours | Metadata Scan off | plain statement | added to off | added to plain | |\n", '|---', '|---:' x 6, "|---|\n";
	for my $what ($m->whats('plan'))
	{
		my %time = map { $_ => $m->median_of('plan', $what, $_) } qw(detmeta off plain);
		my $most = ($m->raw_targets('plan', $what))[0]{least};
		my @added = map { $time{detmeta} - $time{$_} } qw(off plain);
		printf "| %s | %s | %.3f | %.3f | %.3f | %.3f | %.3f | %s |\n", $what, $most, @time{qw(detmeta off plain)}, @added,
			(grep { $_ > $most } @added) ? '**not met**' : 'met';
	}
}

# What was estimated of each node of a join's plan, what came, and whether the join is planned as in our own spelling.
sub print_estimates
{
	print "\n## dialect: rows of the nodes of joins\n\n| node | estimated | actual | factor | |\n|---|---:|---:|---:|---|\n";
	for my $what ($m->whats('estimates'))
	{
		my ($estimated, $actual) = map { $m->median_of('estimates', $what, $_) || 1 } qw(estimated actual);
		printf "| %s | %d | %d | %.2f | %s |\n", $what, $estimated, $actual,
			$estimated > $actual ? $estimated / $actual : $actual / $estimated, $m->remark('estimates', $what, 'actual');
	}
}

sub print_growth
{
	my @sizes = $m->sizes('growth');
	print "\n## growth: medians by number of runs\n\n| question | peer | ", join(' | ', @sizes), " |\n|---|---", '|---:' x @sizes, "|\n";
	for my $what ($m->whats('growth'))
	{
		for my $peer ($m->peers('growth', $what))
		{
			printf "| %s | %s | %s |\n", $what, label($peer), join(' | ', map {
				my $median = $m->median_of('growth', $what, $peer, $_);
				defined $median ? shown($median, $m->unit('growth', $what)) : '' } @sizes);
		}
	}
}

sub print_indexes
{
	print "\n## index: build and size\n\n| index | built in | size |\n|---|---:|---:|\n";
	for my $what ($m->whats('index'))
	{
		my ($built, $size) = map { $m->median_of('index', $what, $_) } qw(build size);
		printf "| %s | %s | %s |\n", $what, defined $built ? shown($built, 'ms') : '', defined $size ? shown($size, 'bytes') : '';
	}
}

sub print_memory
{
	my @peers = $m->peers('memory');
	print "\n## memory: peak of the backend's own\n\n| question | ", join(' | ', map { label($_) } @peers), " |\n|---", '|---:' x @peers, "|\n";
	for my $what ($m->whats('memory'))
	{
		printf "| %s | %s |\n", $what, join(' | ', map {
			my $median = $m->median_of('memory', $what, $_);
			defined $median ? shown($median, 'bytes') : '' } @peers);
	}
}

sub print_time
{
	my @taken = map { my $time = $m->median_of('time', $_, 'seconds'); "$_ $time s" } $m->whats('time');
	print "\nTime that the parts took: ", join(', ', @taken), ".\n" if @taken;
}
