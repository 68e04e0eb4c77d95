# Read scan.csv and print as Markdown tables how far its targets are met, and the medians of all peers.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Measurements;

my ($title) = @ARGV;
my @own = qw(detmeta trigram_keys project);
my @others = qw(path path_project ops jsquery btree trgm scan eav);
# Shown, but no target is set against it: the table has the column, and no index that begins with it.
my @beside = qw(eav_project);
my %label = (
	detmeta => 'metadata_ops', trigram_keys => 'metadata_ops, trigram_keys', project => 'metadata_ops, project_id',
	path => 'jsonb_path_ops', path_project => 'jsonb_path_ops, project_id', ops => 'jsonb_ops', jsquery => 'jsquery',
	btree => 'btree of the key', trgm => 'pg_trgm', scan => 'sequential scan', eav => 'key/value',
	eav_project => 'key/value by project');
my (%values, %plan, %found, %targets, @questions, @statements, @built);

read_measurements(sub {
	my ($part, $what, $peer, $value, $unit, $remark) = @_;
	if ($part eq 'target')
	{
		push @{ $targets{$what} }, [ $peer, $value ];
		return;
	}
	my $list = { ask => \@questions, plan => \@statements, build => \@built }->{$part};
	push @$list, $what unless $values{$part}{$what};
	push @{ $values{$part}{$what}{$peer} }, $value;
	$plan{$what}{$peer} = ($remark // '') =~ s/;.*//r;
	$found{$what} //= $1 if ($remark // '') =~ /(\d+) runs/;
});
for my $what (map { values %$_ } values %values)
{
	$what->{$_} = median(@{ $what->{$_} }) for keys %$what;
}

print "$title\n";
print_targets() if @questions;
print_planning() if @statements;
print_peers() if @questions;
print_sizes() if @built;

# Our time of a question.
sub ours
{
	my ($time) = @_;
	return (grep { defined } map { $time->{$_} } @own)[0];
}

sub question
{
	my ($what) = @_;
	return defined $found{$what} ? "$what ($found{$what})" : $what;
}

sub print_targets
{
	print "\n| question (runs found) | target | against | its time | ours | ratio | |\n|---|---:|---|---:|---:|---:|---|\n";
	for my $what (@questions)
	{
		my $time = $values{ask}{$what};
		next unless defined ours($time);
		for my $target (@{ $targets{$what} })
		{
			my ($peer, $least) = @$target;
			($peer) = sort { $time->{$a} <=> $time->{$b} } grep { defined $time->{$_} } @others if $peer eq 'best';
			next unless defined $peer && defined $time->{$peer};
			my $ratio = $time->{$peer} / ours($time);
			printf "| %s | %sx | %s | %s | %s | %.2f | %s |\n", question($what), $least, $label{$peer},
				shown($time->{$peer}, 'ms'), shown(ours($time), 'ms'), $ratio, $ratio >= $least ? 'met' : '**not met**';
		}
	}
}

sub print_planning
{
	print "\n| planning, ms | target | ours | Metadata Scan off | plain statement | added to off | added to plain | |\n", '|---', '|---:' x 6, "|---|\n";
	for my $what (@statements)
	{
		my $time = $values{plan}{$what};
		my $most = $targets{$what}[0][1];
		my @added = map { $time->{detmeta} - $time->{$_} } qw(off plain);
		printf "| %s | %s | %.3f | %.3f | %.3f | %.3f | %.3f | %s |\n", $what =~ s/^planning, //r, $most,
			@$time{qw(detmeta off plain)}, @added, (grep { $_ > $most } @added) ? '**not met**' : 'met';
	}
}

sub print_peers
{
	my @peers = grep { my $peer = $_; grep { defined $_->{$peer} } values %{ $values{ask} } } @others, @beside;
	print "\n| medians | ours | ", join(' | ', map { $label{$_} } @peers), " |\n|---", '|---:' x (@peers + 1), "|\n";
	for my $what (@questions)
	{
		my $time = $values{ask}{$what};
		my ($mine) = grep { defined $time->{$_} } @own;
		printf "| %s | %s |\n", question($what),
			join(' | ', map { defined $_ && defined $time->{$_} ? shown($time->{$_}, 'ms') . mark($what, $_) : '' } $mine, @peers);
	}
	print "\n\\* a plan without an index; for ours \\* is a plan without a Metadata Scan.\n";
}

# Mark a time whose plan is not the one that the peer stands for.
sub mark
{
	my ($what, $peer) = @_;
	my $plan = $plan{$what}{$peer};
	return (grep { $_ eq $peer } @own) ? ($plan eq 'metadata scan' ? '' : '\\*') : $peer ne 'scan' && $plan eq 'scan' ? '\\*' : '';
}

sub print_sizes
{
	print "\n| index | built in | size |\n|---|---:|---:|\n";
	for my $what (@built)
	{
		my $built = $values{build}{$what};
		printf "| %s | %s | %s |\n", $what, defined $built->{build} ? shown($built->{build}, 'ms') : '', shown($built->{size}, 'bytes');
	}
}
