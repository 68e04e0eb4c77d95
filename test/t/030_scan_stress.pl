# Metadata Scan and Metadata Count while rows come, change and go and VACUUM
# removes what is dead: in one snapshot they answer what core's plans answer.
#
#   STRESS_SECONDS=6   how long

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use Clients;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{STRESS_SECONDS} || 6;
my $setup = "$FindBin::RealBin/../regress/stress.sql";

my $node = PostgreSQL::Test::Cluster->new('scan_stress');
$node->init;
# indexes of any size are vacuumed in parallel
$node->append_conf('postgresql.conf',
	"autovacuum = off\nmin_parallel_index_scan_size = 0\nmax_connections = 30\nlog_min_messages = warning");
$node->start;
$node->safe_psql('postgres', "\\i $setup");

# The plans are what the comparison takes them for.
my $plans = $node->safe_psql(
	'postgres', q{
BEGIN;
SELECT plan_by('node');
EXPLAIN SELECT count(*) FROM direct WHERE metadata @~ 'n = 1';
EXPLAIN SELECT run_id FROM pending WHERE metadata @~ 'n = 1' AND run_id > 0;
EXPLAIN SELECT run_id FROM direct ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 5;
EXPLAIN SELECT count(*) FROM scoped WHERE metadata @~ 'n = 1' AND project = 2;
EXPLAIN SELECT run_id FROM parts WHERE metadata @~ 'notes contains "long 1"' AND run_id > 0;
SELECT plan_by('bitmap');
EXPLAIN SELECT count(*) FROM direct WHERE metadata @~ 'n = 1';
COMMIT;});
like($plans, qr/Metadata Count.*Metadata Scan.*Order By:.*Metadata Count.*Index Cond:[^\n]*project = 2.*Append.*Metadata Scan.*on part1.*Metadata Scan.*on part2.*Bitmap Index Scan/s, 'each kind of plan is there');

run_on($node, "CALL write_until_stopped('$_');\n", 1) for qw(direct direct pending pending scoped scoped parts parts);
run_on($node, "VACUUM (PARALLEL 2) direct;\nVACUUM (PARALLEL 2) scoped;\nVACUUM (PARALLEL 0, INDEX_CLEANUP ON) parts;\nVACUUM (PARALLEL 0, INDEX_CLEANUP ON) pending;\nSELECT gin_clean_pending_list('pending_metadata_idx') \\g /dev/null\nSELECT gin_clean_pending_list('part2_metadata_project_idx') \\g /dev/null\n$until_stopped",
	400 * $seconds);
my $first_reader = @clients;
run_on($node, "SET default_transaction_isolation = 'repeatable read';\nSELECT compare_once();\n$until_stopped", 200 * $seconds)
  for 1 .. 2;

sleep $seconds;
$node->safe_psql('postgres', 'UPDATE control SET stop = true');
$_->finish for @clients;

is(join('', @err), '', 'no client meets an error, and all plans agree');
my $compared = 0;
$compared += $_ for map { split /\n/ } @out[ $first_reader .. $#out ];
cmp_ok($compared, '>', $seconds, "plans are compared ($compared times)");
is($node->safe_psql('postgres', "SELECT count(*) FROM direct") > 0, 1, 'rows are left');

# What readers held is given back.
$node->stop;
unlike(slurp_file($node->logfile), qr/leak|was not closed|still referenced|PANIC|TRAP/, 'nothing is leaked');
done_testing();
