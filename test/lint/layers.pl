# The layers of src/: a file includes what lies in its own folder and in those before it, as "folder/file.h". Prints what
# does not, and fails.
use strict;
use warnings;

my @layers = qw(base value filter gin index scan plan check store explore);
my %place = map { $layers[$_] => $_ } 0 .. $#layers;
my $faults = 0;

sub fault { print "@_\n"; $faults++; }

sub slurp { local (@ARGV, $/) = @_; <> }

for my $file (sort glob('src/*.[ch] src/*/*.[ch]'))
{
	my ($folder) = $file =~ m{^src/(\w+)/};
	my $source = slurp($file);

	fault("$file: no layer is called $folder") if defined $folder && !exists $place{$folder};
	while ($source =~ /^#include "([^"]+)"/mg)
	{
		my $included = $1;

		next unless -e "src/$included" || -e "src/" . ($folder // '.') . "/$included";
		fault("$file: includes \"$included\" without its folder") unless $included =~ m{^(\w+)/};
		next unless defined $folder && $included =~ m{^(\w+)/} && exists $place{$1};
		fault("$file: includes \"$included\", which lies in a higher layer") if $place{$1} > $place{$folder};
	}
}
exit($faults > 0);
