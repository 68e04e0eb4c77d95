# detmeta against the oracle of test/differential, on documents and filters made from a seed.
#
#   PAIRS=20000   pairs of a filter and a set of documents to compare
#   SEED=1        other seeds give other documents and filters
#   SECONDS=      stop after so long, whatever PAIRS says
#   FIRST=1       the first set of documents, to repeat a failing one
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $folder = "$FindBin::RealBin/../differential";
my $pairs = $ENV{PAIRS} || 20000;
my $seed = $ENV{SEED} || 1;
my $first = $ENV{FIRST} || 1;
my $seconds = $ENV{SECONDS} || 0;
my $filters = 225;

# As many sets at a time as there are states of the table.
my $sets = 26;

my $node = PostgreSQL::Test::Cluster->new('differential');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "autovacuum = off\njit = off\nmax_parallel_workers = 2");
$node->start;

# Run a script and say whether it went well; what it says on the way is shown when it did not.
sub run_script
{
	my ($script, $name) = @_;
	my ($out, $err);
	my $status = $node->psql('postgres', $script, stdout => \$out, stderr => \$err);
	$err =~ s/^psql:\S+ //mg;
	my $good = ok($status == 0 && $err !~ /MISMATCH/, $name);
	diag(substr($err, 0, 20000)) unless $good;
	return $good;
}

run_script("CREATE EXTENSION detmeta;\nCREATE EXTENSION btree_gin;\n\\i $folder/setup.sql", 'the oracle is there') or BAIL_OUT('no oracle');
run_script('CALL differential.check_examples()', 'examples written by hand');

my $start = time;
while (1)
{
	my $done = $node->safe_psql('postgres', "SELECT coalesce(sum(times), 0) FROM differential.tally WHERE name = 'pairs'");
	last if $done >= $pairs || ($seconds && time - $start > $seconds);
	my $last = $first + $sets - 1;
	run_script(
		"TRUNCATE differential.asked;\n"
		  . "\\set seed $seed\n\\set first $first\n\\set sets $sets\n\\set filters $filters\n\\i $folder/run.sql",
		"sets $first to $last of seed $seed")
	  or last;
	$first = $last + 1;
}

# The filters of the last sets, through the binary format and through the order of filters.
my $file = $node->basedir . '/filters';
run_script(
	"COPY (SELECT filter::metadata_filter FROM differential.asked) TO '$file' (FORMAT binary);
	CREATE TABLE received (n int GENERATED ALWAYS AS IDENTITY, filter metadata_filter);
	COPY received (filter) FROM '$file' (FORMAT binary);", 'filters in the binary format');
is( $node->safe_psql(
		'postgres',
		'SELECT count(*) FROM (SELECT filter::text FROM received EXCEPT ALL SELECT filter FROM differential.asked) x'),
	'0',
	'the binary format keeps filters as they are');
is( $node->safe_psql(
		'postgres', 'SELECT count(DISTINCT filter) = count(DISTINCT filter::text) FROM received'),
	't',
	'filters are equal where their texts are');
is( $node->safe_psql(
		'postgres',
		'SELECT count(*) FROM (SELECT filter < lead(filter) OVER w AS less, filter = lead(filter) OVER w AS same,
			filter > lead(filter) OVER w AS more FROM received WINDOW w AS (ORDER BY filter)) x
		WHERE more OR less = same'),
	'0',
	'filters have an order');

note($_)
  for split /\n/,
  $node->safe_psql('postgres', "SELECT times || ' ' || name FROM differential.tally ORDER BY name");
note(sprintf '%.0f seconds', time - $start);
$node->stop;
done_testing();
