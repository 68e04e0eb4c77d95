# Read core.csv and print its medians as Markdown tables, with detmeta's ratio to the peer that it is measured by.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Measurements;

my ($title) = @ARGV;
my %label = (
	detmeta => 'metadata_ops', path => 'jsonb_path_ops', ops => 'jsonb_ops', scan => 'sequential scan', 
	eav => 'key/value, client\'s statements', eav_call => 'key/value, one call');
# Sizes and builds are measured by jsonb_ops, posting by what a server does today, questions by the best other.
my %baseline = (build => 'ops', post => 'eav');
my (%values, %unit, %remark, %peers, %rows, @parts);

read_measurements(sub {
	my ($part, $what, $peer, $value, $unit, $remark) = @_;
	push @parts, $part unless $rows{$part};
	push @{ $rows{$part} }, $what unless grep { $_ eq $what } @{ $rows{$part} };
	push @{ $peers{$part} }, $peer unless grep { $_ eq $peer } @{ $peers{$part} };
	push @{ $values{$part}{$what}{$peer} }, $value;
	$unit{$part}{$what} = $unit;
	$remark{$part}{$what}{$peer} = $remark // '';
});

print "$title\n";
for my $part (@parts)
{
	my @peers = grep { my $peer = $_; grep { $_ eq $peer } @{ $peers{$part} } } qw(detmeta path ops scan eav eav_call);
	print "\n| $part | ", join(' | ', map { $label{$_} } @peers), ' | ratio to ', $baseline{$part} ? $label{ $baseline{$part} } : 'the best other', " |\n";
	print '|---', '|---:' x (@peers + 1), "|\n";
	for my $what (@{ $rows{$part} })
	{
		my %median = map { $_ => median(@{ $values{$part}{$what}{$_} || [] }) } @peers;
		my $more_is_better = $unit{$part}{$what} eq 'per second';
		my ($best) = sort { $more_is_better ? $b <=> $a : $a <=> $b } grep { defined } map { $median{$_} } grep { $baseline{$part} ? $_ eq $baseline{$part} : $_ ne 'detmeta' } @peers;
		my @cells = map { defined $median{$_} ? shown($median{$_}, $unit{$part}{$what}) . mark($part, $what, $_) : '' } @peers;
		my $found = ($remark{$part}{$what}{detmeta} // '') =~ /(\d+) runs/ ? " ($1)" : '';
		printf "| %s%s | %s | %s |\n", $what, $found, join(' | ', @cells),
			$more_is_better ? sprintf('%.2f times as many', $median{detmeta} / $best)
			: $part eq 'ask' ? sprintf('%.1f times as fast', $best / $median{detmeta})
			: sprintf('%.2f', $median{detmeta} / $best);
	}
	print "\nIn brackets: runs found. * a plan without an index.\n" if $part eq 'ask';
}

# Mark a question whose plan used no index, where one was to be had.
sub mark
{
	my ($part, $what, $peer) = @_;
	return $part eq 'ask' && $peer ne 'scan' && $remark{$part}{$what}{$peer} =~ /^scan/ ? '*' : '';
}
