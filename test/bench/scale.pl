# Print what was measured on two sizes as a table: the medians of both and the factor between them. Bold: it has grown more
# than one and a half times as much as the table, or posts have slowed down by so much.
#
#   perl scale.pl FILE
use strict;
use warnings;

my (@whats, %values, %unit, %sizes);
while (<>)
{
	next if $. == 1;
	/^"(.*)",(\d+),([\d.]+),(.*)$/ or die "not a measurement: $_";
	push @whats, $1 unless $values{$1};
	push @{ $values{$1}{$2} }, $3;
	$unit{$1} = $4;
	$sizes{$2} = 1;
}
my ($small, $large) = sort { $a <=> $b } keys %sizes;
my $grown = $large / $small;

print "| | $small runs | $large runs | factor |\n|---|---:|---:|---:|\n";
for my $what (@whats)
{
	my ($before, $after) = map { median(@{ $values{$what}{$_} }) } $small, $large;
	my $factor = $after / $before;
	my $much = $unit{$what} eq 'per second' ? 1 / $factor > 1.5 : $factor > 1.5 * $grown;
	printf "| %s | %s | %s | %s |\n", $what, (map { shown($_, $unit{$what}) } $before, $after),
		sprintf($much ? '**%.2f**' : '%.2f', $factor);
}

sub median
{
	my @sorted = sort { $a <=> $b } @_;
	return ($sorted[ $#sorted / 2 ] + $sorted[ @sorted / 2 ]) / 2;
}

sub shown
{
	my ($value, $unit) = @_;
	return sprintf('%.0f MB', $value / 2**20) if $unit eq 'bytes';
	return sprintf('%.0f a second', $value) if $unit eq 'per second';
	return $value >= 10000 ? sprintf('%.1f s', $value / 1000) : sprintf('%.3g ms', $value);
}
