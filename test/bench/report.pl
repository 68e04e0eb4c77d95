# Read the measurements and print the tables of `make bench` as Markdown: how far the targets are met, then the medians of
# all peers, part by part.
#
#   perl report.pl TITLE LABELS <measurements.csv   LABELS: peer=label, separated by lines
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Measurements;

my ($title, $labels) = @ARGV;
my %label = map { split /=/, $_, 2 } split /\n/, $labels;
my $m = read_measurements();

print "$title\n";
my @parts = grep { !/^(?:growth|plan)$/ } $m->parts;
print_verdict();
for my $part (grep { $_ ne 'index' } @parts)
{
	print_targets($part);
	print_medians($part);
}
print_planning() if $m->whats('plan');
print_growth() if $m->whats('growth');
print_indexes() if $m->whats('index');

sub label { my ($peer) = @_; return $label{$peer} // $peer }

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
			push @lost, sprintf '- %s: %s is %.2f times as fast as detmeta', $what, label($best->{peer}), 1 / $best->{ratio}
				if $best->{ratio} < 1;
		}
	}
	print "\n$met of $all targets are met.\n" if $all;
	print @lost ? "\nWhere a peer is faster than detmeta:\n\n" . join("\n", @lost) . "\n" : "\nNo peer is faster than detmeta in any question.\n";
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
				ratio($target->{ratio}), $target->{ratio} >= $target->{least} ? 'met' : '**not met**';
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
			!$best ? '' : $best->{ratio} < 1 ? '**' . ratio($best->{ratio}) . '**' : ratio($best->{ratio});
	}
	print "\nIn brackets: runs found. \\* a plan without an index. Bold: a peer is faster. Empty: the peer cannot serve it.\n";
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

sub ratio
{
	my ($ratio) = @_;
	return sprintf($ratio >= 100 ? '%.0f' : $ratio >= 10 ? '%.1f' : '%.2f', $ratio);
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
