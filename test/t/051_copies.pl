# Copies of a database have good indexes: a streaming standby, before and after
# it is promoted; a copy that pg_basebackup made while everything was changing;
# tables that logical replication fills, also where the subscriber was stopped
# at once in the middle of it.
#
#   STRESS_SECONDS=4   how long the primary is written to

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use Clients;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{STRESS_SECONDS} || 4;
my $setup = "$FindBin::RealBin/../regress/stress.sql";

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical');
$primary->append_conf('postgresql.conf',
	"autovacuum = off\nmax_connections = 30\nlog_min_messages = warning\nwal_receiver_status_interval = 1");
$primary->start;
$primary->backup('empty');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'empty', has_streaming => 1);
$standby->append_conf('postgresql.conf', "hot_standby_feedback = on\nmax_standby_streaming_delay = -1");
$standby->start;
$primary->safe_psql('postgres', "\\i $setup");
$primary->safe_psql('postgres', 'CREATE UNLOGGED TABLE forgotten (metadata jsonb); CREATE INDEX ON forgotten USING gin (metadata metadata_ops);');
$primary->wait_for_catchup($standby);

my $indexes = "unnest('{direct_metadata_idx, pending_metadata_idx}'::regclass[]) AS i";

# Say what is wrong with a server's indexes.
sub problems
{
	my ($node) = @_;
	return $node->safe_psql('postgres', "SELECT c.* FROM $indexes, metadata_index_check(i) AS c");
}

# Return the numbers that each kind of plan has for some filters, as one text.
sub counts
{
	my ($node, $kind) = @_;
	my $sql = join(
		"\nUNION ALL\n",
		map {
			my $table = $_;
			map { "SELECT '$table', '$_', count(*), sum(run_id) FROM $table WHERE metadata @~ '$_'" }
			  ('n = 3', 'status is not "done"', 'loss < 40', 'x is empty', 'not (n < 5)', 'notes contains "long 1"');
		} qw(direct pending));

	return $node->safe_psql('postgres', "BEGIN;\nSELECT plan_by('$kind') \\g /dev/null\n$sql;\nCOMMIT;");
}

# Check a server whose tables nobody changes; return its numbers.
sub is_good
{
	my ($node, $name) = @_;
	my $by_rows = counts($node, 'seq');

	is(problems($node), '', "$name: the indexes have what their tables have");
	is(counts($node, 'node'), $by_rows, "$name: metadata scans count what is there");
	is(counts($node, 'bitmap'), $by_rows, "$name: so do bitmap scans");
	return $by_rows;
}

my $check = "SELECT 'checked';\nSELECT c.* FROM $indexes, metadata_index_check(i) AS c;\n$until_stopped";

run_on($primary, "CALL write_until_stopped('$_');\n", 1) for qw(direct direct pending);
run_on($primary,
	"VACUUM (INDEX_CLEANUP ON) direct;\nVACUUM (INDEX_CLEANUP ON) pending;\nSELECT gin_clean_pending_list('pending_metadata_idx') \\g /dev/null\n$until_stopped",
	400 * $seconds);
my @checkers = map { run_on($_, $check, 100 * $seconds) } $primary, $standby;

# A copy, made meanwhile, becomes a server of its own, and then a subscriber.
$primary->backup('changing');
my $copy = PostgreSQL::Test::Cluster->new('copy');
$copy->init_from_backup($primary, 'changing');
$copy->append_conf('postgresql.conf', 'restart_after_crash = on');
$copy->start;
is_good($copy, 'copy');
$primary->safe_psql('postgres', 'CREATE PUBLICATION changes FOR TABLE direct, pending');
my $publisher = $primary->connstr . ' dbname=postgres';
$copy->safe_psql('postgres', qq{
TRUNCATE direct, pending;
CREATE SUBSCRIPTION changes CONNECTION '$publisher' PUBLICATION changes WITH (slot_name = copy)});
sleep 1;
my $arrived = $copy->safe_psql('postgres', 'SELECT pg_relation_size(oid) > 0 FROM pg_class WHERE relname = \'direct\'');
$copy->stop('immediate');
$copy->start;
is(problems($copy), '', 'subscriber, after an immediate stop: the indexes have what their tables have');
sleep($seconds > 3 ? $seconds - 3 : 0);

$primary->safe_psql('postgres', 'UPDATE control SET stop = true');
$_->finish for @clients;
is(join('', @err), '', 'no client meets an error');
foreach my $n (@checkers)
{
	my $where = $n == $checkers[0] ? 'primary' : 'standby';

	is(join('', grep { $_ ne "checked\n" } split(/^/, $out[$n])), '', "$where: what is written during a check is no problem to it");
	cmp_ok(scalar(() = $out[$n] =~ /checked/g), '>=', 2, "$where: there were checks");
}

# A build goes to the log when it is done.
$primary->safe_psql('postgres', 'CREATE INDEX direct_built ON direct USING detmeta (metadata)');
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', "SELECT pg_relation_size('direct_built') > 100000, count(c) FROM metadata_index_check('direct_built') AS c"), 't|0', 'standby: has an index that the primary built');
$primary->safe_psql('postgres', 'DROP INDEX direct_built');
$primary->wait_for_catchup($standby);
my $wanted = is_good($primary, 'primary');
is(is_good($standby, 'standby'), $wanted, 'standby: has what the primary has');
$copy->wait_for_subscription_sync;
$primary->wait_for_catchup('changes');
is(is_good($copy, 'subscriber'), $wanted, 'subscriber: has what the publisher has');
my ($status, $stdout, $stderr) = $standby->psql('postgres', "\\set VERBOSITY verbose\nSELECT * FROM metadata_index_check('forgotten_metadata_idx')");
like($stderr, qr/ERROR:  0A000: cannot access temporary or unlogged relations during recovery\nDETAIL:  Index "forgotten_metadata_idx" is of such a table./, 'standby: no check of unlogged tables');
($status, $stdout, $stderr) = $standby->psql('postgres', "\\set VERBOSITY verbose\nSELECT metadata_index_clean_pending('forgotten_metadata_idx')");
like($stderr, qr/ERROR:  55000: recovery is in progress\nHINT:  GIN pending list cannot be cleaned up during recovery./, 'standby: no change of the pending list');

# The primary stops in the middle of its work; the standby takes over.
$copy->stop;
$primary->safe_psql('postgres', 'UPDATE control SET stop = false');
@clients = ();
run_on($primary, "CALL write_until_stopped('$_');\n", 1) for qw(direct pending);
run_on($primary, "VACUUM (INDEX_CLEANUP ON) direct, pending;\nSELECT gin_clean_pending_list('pending_metadata_idx') \\g /dev/null\n", 400);
sleep 1;
$primary->stop('immediate');
eval { $_->finish } for @clients;
$standby->promote;
is_good($standby, 'promoted standby');
$standby->safe_psql(
	'postgres', q{
DELETE FROM direct WHERE metadata @~ 'n = 1';
INSERT INTO direct SELECT i, NULL, document(i) FROM generate_series(10001, 10500) AS i;
UPDATE pending SET metadata = document(run_id + 1) WHERE metadata @~ 'n = 2';
VACUUM (INDEX_CLEANUP ON) direct;
});
is_good($standby, 'promoted standby, written to');
$primary->start;
is_good($primary, 'primary, after an immediate stop');

$standby->stop;
$primary->stop;
unlike(slurp_file($_->logfile), qr/leak|was not closed|still referenced|PANIC|TRAP/, 'nothing is leaked on ' . $_->name)
  for $primary, $standby, $copy;
done_testing();
