# Build and install from a folder outside the source tree (VPATH), as packagers do.
use strict;
use warnings;
use File::Temp;
use Test::More;

my $folder = File::Temp->newdir;
my $tree = "$folder/source";
my $config = qx(which pg_config);
chomp $config;

# As fast as it goes: what is tested is where files are looked for.
my $make = "make -s -C $folder/build -f $tree/Makefile PG_CONFIG=$config with_llvm=no COPT=-O0";

# Say what a command printed if it fails.
sub succeeds
{
	my ($command, $what) = @_;
	my $output = qx($command 2>&1);
	is($?, 0, $what) or diag $output;
}

# a tree that nothing was built in: else make finds that
mkdir "$folder/$_" foreach qw(source build);
succeeds("cd $ENV{TREE} && tar --exclude='*.o' --exclude='*.bc' --exclude='*.so' -cf - Makefile detmeta.control src sql | tar -C $tree -xf -", 'copy');
succeeds("$make -j2 all", 'build elsewhere');
ok(-s "$folder/build/detmeta.so", 'the library is in the folder of the build');
succeeds("$make DESTDIR=$folder/staged install", 'install what was built elsewhere');
my @installed = map { s{.*/}{}r } split /\n/, qx(cd $folder/staged && find . -type f | sort);
is_deeply([sort @installed], [sort 'detmeta.so', 'detmeta.control', 'detmeta--1.0.sql'], 'all files are installed');
succeeds("$make clean", 'clean');
is(qx(cd $folder/build && find . -type f), '', 'nothing is left');

done_testing();
