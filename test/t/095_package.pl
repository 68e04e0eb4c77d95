# `make deb` makes a Debian package: its name, its fields, what is in it and
# where, and that it is one whose files are root's and have the time of the source.
#
# It is made for the server in Debian's layout of the tested major version; where
# there is none, or no dpkg-deb, the test is skipped.  Installing it takes a
# system of its own, so that is not tested here.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;

my $tree = "$FindBin::RealBin/../..";
my ($major) = `pg_config --version` =~ /(\d+)/;
my $pg_config = "/usr/lib/postgresql/$major/bin/pg_config";
my $package = "postgresql-$major-detmeta";

plan skip_all => 'dpkg-deb is not installed' if system('command -v dpkg-deb >/dev/null') != 0;
chomp(my $headers = -x $pg_config ? `$pg_config --includedir-server` : '');
plan skip_all => "PostgreSQL $major is not installed in Debian's layout, with headers" unless -f "$headers/postgres.h";

# not optimized, which takes less time
my ($out, $err) = run_command([ 'make', '-s', '-C', $tree, 'deb', "PG_CONFIG=$pg_config", 'with_llvm=no', 'COPT=-O0' ]);
chomp(my $architecture = `dpkg --print-architecture`);
my ($version) = slurp_file("$tree/META.json") =~ /^   "version": "(.*)"/m;
my $file = "build/${package}_${version}_$architecture.deb";
is("$out$err", $file, 'the package is made, and named');

# Its fields.
my ($text) = run_command([ 'dpkg-deb', '--field', "$tree/$file" ]);
my %field = $text =~ /^(\S+): (.*(?:\n .*)*)/mg;
is($field{Package}, $package, 'Package');
is($field{Version}, $version, 'Version');
is($field{Architecture}, $architecture, 'Architecture');
like($field{Depends}, qr/^postgresql-$major, libc6(?:[ .]|$)/, 'it depends on the server and the library of C');
like($field{Description}, qr/metadata.*\n .*PostgreSQL $major/, 'it is described');
cmp_ok($field{'Installed-Size'}, '>', 500, 'Installed-Size');

# Its files.
my ($list) = run_command([ 'dpkg-deb', '--contents', "$tree/$file" ]);
my %mode = map { /^(\S+ \S+) +\d+ \S+ \S+ \.(\/.*[^\/])$/ ? ($2 => $1) : () } split(/\n/, $list);
my ($library, $shared) = map { chomp; $_ } `$pg_config --pkglibdir`, `$pg_config --sharedir`;
my $doc = "/usr/share/doc/$package";
my @wanted = (
	"$library/detmeta.so", "$shared/extension/detmeta.control", (map { s/.*\///r =~ s/^/$shared\/extension\//r } glob("$tree/sql/detmeta--*.sql")),
	"$doc/copyright", "$doc/changelog.gz", "$doc/README.md", (map { s/.*\///r =~ s/^/$doc\/doc\//r } glob("$tree/doc/*")));
is_deeply([ sort grep { $mode{$_} =~ /^-/ } keys %mode ], [ sort @wanted ], 'it has the library, the scripts, and all documentation');
is_deeply([ grep { $mode{$_} !~ /^(?:-rw-r--r--|drwxr-xr-x) root\/root$/ } sort keys %mode ], [], 'all are of root, and for all to read');
my ($here) = run_command([ 'dpkg-deb', '--info', "$tree/$file" ]);
unlike($here, qr/postinst|prerm|conffiles/, 'nothing runs when it is installed, and nothing is left when it is removed');

# What is in them.
my $folder = PostgreSQL::Test::Utils::tempdir();
system_or_bail('dpkg-deb', '--extract', "$tree/$file", $folder);
is(slurp_file("$folder$shared/extension/detmeta.control"), slurp_file("$tree/detmeta.control"), 'the control file is that of the source');
my $licence = slurp_file("$tree/LICENSE");
like(slurp_file("$folder$doc/copyright"), qr/\Q$licence\E$/, 'copyright has the licence');
is(`gzip -dc '$folder$doc/changelog.gz'`, slurp_file("$tree/CHANGELOG.md"), 'changelog.gz has the changes');
my ($bad) = run_command([ 'bash', '-c', 'cd "$0" && dpkg-deb --control "$1" control && md5sum --quiet -c control/md5sums 2>&1', $folder, "$tree/$file" ]);
is($bad, '', 'md5sums are those of the files');
my %time = map { (stat("$folder$_"))[9] => $_ } @wanted;
is(scalar(keys %time), 1, 'all files have one time');

# A server that is not Debian's has no package to depend on.
(undef, $err) = run_command([ 'make', '-s', '-C', $tree, 'deb', "PG_CONFIG=$folder/pg_config" ]);
like($err, qr/^deb\.sh: \S+pg_config is missing: say PG=NN/, 'without a server that is said');

done_testing();
