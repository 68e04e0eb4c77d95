# Put the results of `make bench` into the documents: into README.md the summary, into doc/benchmarks.md the table, each
# between its marks <!-- figures --> and <!-- end of figures -->, and the plots beside the latter.
#
#   perl test/bench/document.pl [results/bench]
use strict;
use warnings;
use File::Copy;
use FindBin;

my $tree = "$FindBin::Bin/../..";
my $results = $ARGV[0] // "$tree/results/bench";

put("$tree/README.md", slurp("$results/summary.md"));
put("$tree/doc/benchmarks.md", slurp("$results/table.md") =~ s/\A# make bench\n\n//r =~ s/^## /### /gmr);
for my $plot (grep { -e "$results/$_" } qw(ratio.svg growth.svg))
{
	copy("$results/$plot", "$tree/doc/$plot") or die "$plot: $!";
}

sub slurp
{
	my ($name) = @_;
	open my $file, '<', $name or die "$name: $!";
	local $/;
	return <$file>;
}

sub put
{
	my ($name, $figures) = @_;
	my $text = slurp($name);
	$text =~ s/(<!-- figures -->\n).*?(<!-- end of figures -->)/$1\n$figures\n$2/s or die "$name has no place for figures";
	open my $file, '>', $name or die "$name: $!";
	print $file $text;
	close $file or die "$name: $!";
}
