# What both reports of test/bench need: the measurements that a script wrote as CSV, medians, and numbers to read.
package Measurements;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(read_measurements median shown);

# Call a function with part, what, peer, value, unit, remark of each line of STDIN but the first.
sub read_measurements
{
	my ($take) = @_;
	<STDIN>;
	while (my $line = <STDIN>)
	{
		$take->(map { s/^"(.*)"$/$1/r } $line =~ /("[^"]*"|[^,\n]+)/g);
	}
}

sub median
{
	my @sorted = sort { $a <=> $b } @_ or return undef;
	return @sorted % 2 ? $sorted[$#sorted / 2] : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}

sub shown
{
	my ($value, $unit) = @_;
	return sprintf('%.0f MB', $value / 1048576) if $unit eq 'bytes';
	return sprintf('%.0f', $value) if $unit eq 'per second';
	return sprintf('%.1f s', $value / 1000) if $value >= 10000;
	return sprintf($value >= 100 ? '%.0f ms' : $value >= 10 ? '%.1f ms' : $value >= 1 ? '%.2f ms' : '%.3f ms', $value);
}

1;
