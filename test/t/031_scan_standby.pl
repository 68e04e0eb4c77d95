# Metadata Scan and Metadata Count on a hot standby that replays changes and
# VACUUM, and on the same server once it is promoted.
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

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf',
	"autovacuum = off\nmax_connections = 30\nlog_min_messages = warning\nwal_receiver_status_interval = 1");
$primary->start;
$primary->backup('backup');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->append_conf('postgresql.conf', "hot_standby_feedback = on\nmax_standby_streaming_delay = -1");
$standby->start;

$primary->safe_psql('postgres', "\\i $setup");
$primary->wait_for_catchup($standby);

run_on($primary, "CALL write_until_stopped('$_');\n", 1) for qw(direct pending scoped parts);
run_on($primary, "VACUUM direct;\nVACUUM scoped;\nVACUUM (INDEX_CLEANUP ON) parts;\nVACUUM (INDEX_CLEANUP ON) pending;\nSELECT gin_clean_pending_list('pending_metadata_idx') \\g /dev/null\n$until_stopped",
	400 * $seconds);
my $first_reader = @clients;
run_on($standby,
	"SET default_transaction_isolation = 'repeatable read';\nSELECT compare_once();\n$until_stopped", 200 * $seconds)
  for 1 .. 2;

sleep $seconds;
my $replayed = $standby->safe_psql('postgres', 'SELECT pg_last_wal_replay_lsn()');
$primary->safe_psql('postgres', 'UPDATE control SET stop = true');
$_->finish for @clients;

is(join('', @err), '', 'no client meets an error, and all plans on the standby agree');
my $compared = 0;
$compared += $_ for map { split /\n/ } @out[ $first_reader .. $#out ];
cmp_ok($compared, '>', $seconds, "plans are compared ($compared times)");
isnt($replayed, $standby->safe_psql('postgres', 'SELECT pg_last_wal_replay_lsn()'), 'changes were replayed all the time');

# Promoted, it writes itself.
$primary->wait_for_catchup($standby);
$standby->promote;
my $errors;
$standby->psql(
	'postgres', q{
SET default_transaction_isolation = 'repeatable read';
SELECT compare_once() FROM generate_series(1, 5);
DELETE FROM direct WHERE metadata @~ 'n = 1';
DELETE FROM scoped WHERE metadata @~ 'n = 1' AND project = 2;
UPDATE parts SET metadata = document(run_id + 2) WHERE metadata @~ 'n = 3';
INSERT INTO direct SELECT i, NULL, document(i) FROM generate_series(10001, 10500) AS i;
UPDATE pending SET metadata = document(run_id + 1) WHERE metadata @~ 'n = 2';
SELECT compare_once() FROM generate_series(1, 10);
VACUUM direct, pending, scoped, parts;
SELECT compare_once() FROM generate_series(1, 10);
}, stderr => \$errors);
is($errors, '', 'and once it is promoted');

$standby->stop;
$primary->stop;
unlike(slurp_file($_->logfile), qr/leak|was not closed|still referenced|PANIC|TRAP/, 'nothing is leaked on ' . $_->name)
  for $primary, $standby;
done_testing();
