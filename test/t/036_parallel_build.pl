# An index of the access method detmeta is built by several processes: its pages are those that one process writes, byte for
# byte; what a process meets, reads and counts is not lost; and none of its files is left behind, whatever ends it.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use Clients;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('node');
$node->init;
$node->append_conf('postgresql.conf',
	"autovacuum = off\nmax_connections = 20\nmax_worker_processes = 10\nmax_parallel_workers = 8\nshared_preload_libraries = 'pg_stat_statements'");
$node->start;

# Half of the rows are as they were inserted; of the others some were updated in place, some moved, some are gone.
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION detmeta;
CREATE EXTENSION pageinspect;
CREATE EXTENSION pg_stat_statements;
CREATE TABLE control (stop boolean NOT NULL);
INSERT INTO control VALUES (false);
CREATE TABLE run (run_id int, project int, word text, metadata jsonb) WITH (fillfactor = 80, parallel_workers = 4);
INSERT INTO run SELECT i, nullif(i % 7, 0), ('{one,two,three}'::text[])[i % 4], nullif(jsonb_build_object(
    'all', true, 'half', i % 2, 'some', i % 100, 'many', i % 3000, 'own', i, 'text', md5(i::text), 'list', jsonb_build_array(i % 5, 'x' || i % 11)), '{}')
FROM generate_series(1, 40000) AS i;
UPDATE run SET metadata = metadata || '{"half": "new"}' WHERE run_id % 10 = 1;
UPDATE run SET metadata = NULL WHERE run_id % 1000 = 2;
DELETE FROM run WHERE run_id % 10 = 3;
CREATE TABLE few (LIKE run) WITH (parallel_workers = 4);
INSERT INTO few SELECT * FROM run WHERE metadata IS NOT NULL LIMIT 1;
CREATE TABLE none (LIKE run) WITH (parallel_workers = 1);

-- Say who calls, who is not the process that builds: a notice, an error or a long sleep.  The one that builds waits a
-- little in the first block, so that it leaves the others to the helpers.
CREATE FUNCTION seen_by_helper(run_id int, metadata jsonb) RETURNS jsonb IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
  IF pg_backend_pid() = current_setting('test.pid')::int THEN
    IF run_id <= 2 AND current_setting('test.helper') <> '' THEN PERFORM pg_sleep(1); END IF;
  ELSIF current_setting('test.helper') = 'notice' THEN
    IF run_id % 50 = 0 THEN RAISE NOTICE 'helper % is here', pg_backend_pid(); END IF;
  ELSIF current_setting('test.helper') = 'error' THEN
    RAISE EXCEPTION 'no helper wants run %', run_id;
  ELSIF current_setting('test.helper') = 'sleep' THEN
    PERFORM pg_sleep(100);
  END IF;
  RETURN metadata;
END $$;
CREATE FUNCTION seen_unsafely(run_id int, metadata jsonb) RETURNS jsonb IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN public.seen_by_helper(run_id, metadata); END';

-- Blocks in which two indexes differ, but for the places in the log and the checksums.
CREATE FUNCTION differing_blocks(a regclass, b regclass) RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM generate_series(0, greatest(pg_relation_size(a), pg_relation_size(b)) / current_setting('block_size')::int - 1) AS block
  WHERE substr(get_raw_page(a::text, block), 11) IS DISTINCT FROM substr(get_raw_page(b::text, block), 11)
$$;
VACUUM ANALYZE run;});

# Run statements with some settings.
sub run_with
{
	my ($settings, $statements) = @_;

	my ($status, $out, $err) = $node->psql('postgres', join('', map { "SET $_;\n" } @$settings) . $statements);
	return ($out, $err);
}

# Build an index alone and with helpers; say in how many blocks both differ, and what is wrong with the latter.
sub compare_builds
{
	my ($what, $definition, $memory, $helpers, $concurrently) = @_;
	my $build = "ON $definition";

	my ($out, $err) = run_with(
		[ "maintenance_work_mem = '$memory'", 'max_parallel_maintenance_workers = 0' ],
		"CREATE INDEX alone $build;
SET max_parallel_maintenance_workers = $helpers;
CREATE INDEX $concurrently helped $build;
SELECT differing_blocks('alone', 'helped'), pg_relation_size('helped') > current_setting('block_size')::int, (SELECT count(*) FROM metadata_index_check('helped'));
SELECT a.reltuples = h.reltuples FROM pg_class AS a, pg_class AS h WHERE a.oid = 'alone'::regclass AND h.oid = 'helped'::regclass;
DROP INDEX alone, helped;");
	is("$out$err", "0|t|0\nt", $what);
}

my $columns = "run USING detmeta (project, word, metadata metadata_ops (trigram_keys = 'text', array_members = true))";
compare_builds('in memory', 'run USING detmeta (metadata)', '64MB', 2, '');
compare_builds('in many files', 'run USING detmeta (metadata)', '1MB', 1, '');
$node->safe_psql('postgres', 'SELECT pg_stat_reset()');
compare_builds('several columns in many files of many helpers', $columns, '1MB', 4, '');
ok($node->poll_query_until('postgres', 'SELECT temp_files > 0 FROM pg_stat_database WHERE datname = current_database()'), 'files');
cmp_ok($node->safe_psql('postgres', 'SELECT temp_files FROM pg_stat_database WHERE datname = current_database()'), '<', 400, 'none for a few rows');
compare_builds('several columns, partial, concurrently', "$columns WHERE run_id % 3 > 0", '2MB', 2, 'CONCURRENTLY');
compare_builds('more helpers than rows', 'few USING detmeta (metadata)', '64MB', 4, '');
# Entries of more rows than are written at once: in an order that is not that of the table they would be other pages.
$node->safe_psql('postgres', q{CREATE TABLE many (metadata jsonb) WITH (parallel_workers = 2); INSERT INTO many SELECT '{"a": 1}' FROM generate_series(1, 600000)});
compare_builds('long entries', 'many USING detmeta (metadata)', '64MB', 2, '');
$node->safe_psql('postgres', 'DROP TABLE many');
compare_builds('no rows', 'none USING detmeta (metadata)', '64MB', 1, '');

# Return the files that are left.
sub files_left
{
	my @files = grep { !m{/pgsql_tmp$} } glob($node->data_dir . '/base/pgsql_tmp/*');
	return "@files";
}

# Build an index of an expression that tells who reads.
sub build_seen
{
	my ($function, $helper, @settings) = @_;
	my ($out, $err) = run_with(
		[ "test.helper = '$helper'", @settings ],
		"SELECT set_config('test.pid', pg_backend_pid()::text, false);
CREATE INDEX seen ON run USING detmeta ($function(run_id, metadata));");

	return $err;
}

my $notices = build_seen('seen_by_helper', 'notice');
my %pids = map { $_ => 1 } $notices =~ /helper (\d+) is here/g;
is(scalar(keys %pids), 2, 'two helpers read rows');
is($node->safe_psql('postgres', "SET test.pid = 0; SET test.helper = ''; SELECT count(*) FROM metadata_index_check('seen')"), '0', 'and index what they read');
cmp_ok(
	$node->safe_psql(
		'postgres', "SELECT shared_blks_hit + shared_blks_read - (SELECT relpages FROM pg_class WHERE relname = 'run') FROM pg_stat_statements WHERE query LIKE 'CREATE INDEX seen%'"),
	'>', 0, 'the blocks that they read are counted');
$node->safe_psql('postgres', 'DROP INDEX seen');
is(build_seen('seen_by_helper', 'notice', 'max_parallel_maintenance_workers = 0'), '', 'none where there may be none');
is($node->safe_psql('postgres', "DROP INDEX seen; SELECT count(*) FROM pg_class WHERE relname = 'seen'"), '0', 'an index that one process built');
is(build_seen('seen_unsafely', 'notice'), '', 'nor for a function that is not safe there');
$node->safe_psql('postgres', 'DROP INDEX seen');

like(build_seen('seen_by_helper', 'error'), qr/no helper wants run \d+.*parallel worker/s, 'the error of a helper ends the build');
is($node->safe_psql('postgres', "SELECT to_regclass('seen') IS NULL"), 't', 'without an index');
is(files_left(), '', 'nor files');

# Start a build whose helpers sleep, do something to it, and return its errors.
sub disturb
{
	my ($statement) = @_;
	my $n = run_on($node,
		"SET maintenance_work_mem = '1MB';\nSET test.helper = 'sleep';\nSELECT set_config('test.pid', pg_backend_pid()::text, false);\nCREATE INDEX seen ON run USING detmeta (seen_by_helper(run_id, metadata));\n", 1);

	$node->poll_query_until('postgres', "SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'parallel worker' AND wait_event = 'PgSleep' AND query LIKE 'CREATE INDEX seen%'")
	  or die 'no helpers';
	$node->safe_psql('postgres', "SELECT $statement FROM pg_stat_activity AS a WHERE query LIKE 'CREATE INDEX seen%' AND backend_type = " . ($statement =~ /terminate/ ? "'parallel worker' LIMIT 1" : "'client backend'"));
	$clients[$n]->finish;
	$node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'parallel worker'") or die 'helpers stay';
	return $err[$n];
}

like(disturb('pg_terminate_backend(pid)'), qr/terminating|lost connection/, 'the end of a helper ends the build');
like(disturb('pg_cancel_backend(pid)'), qr/canceling statement/, 'a build that is cancelled ends its helpers');
is($node->safe_psql('postgres', "SELECT to_regclass('seen') IS NULL"), 't', 'no index');
is(files_left(), '', 'no files');

# A row of the last block was changed in place, and an old snapshot sees what it was: helpers meet it.
{
	my $snapshot = run_on($node, "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT count(*) FROM control;\nSELECT pg_sleep(3);\nCOMMIT;\n", 1);

	$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'") or die 'no snapshot';
	$node->safe_psql('postgres', q{UPDATE run SET metadata = metadata || '{"half": "newest"}' WHERE run_id = (SELECT run_id FROM run WHERE metadata IS NOT NULL ORDER BY ctid DESC LIMIT 1)});
	is(build_seen('seen_by_helper', 'none'), '', 'a build that leaves blocks to helpers');
	is($node->safe_psql('postgres', "SELECT indcheckxmin FROM pg_index WHERE indexrelid = 'seen'::regclass"), 't', 'old snapshots do not use an index that misses what they see');
	$clients[$snapshot]->finish;
	$node->safe_psql('postgres', 'DROP INDEX seen');
}

# Rebuilt over and over beside writers.
$node->safe_psql('postgres', "CREATE INDEX run_metadata ON $columns");
run_on($node,
	"INSERT INTO run SELECT i, i % 7, 'new', jsonb_build_object('all', true, 'own', i, 'some', i % 100) FROM generate_series(1, 20) AS i, pg_sleep(0.01);\n"
	  . "UPDATE run SET metadata = metadata || '{\"half\": \"newer\"}' WHERE ctid = ANY (ARRAY(SELECT ctid FROM run WHERE run_id = (random() * 40000)::int FOR UPDATE SKIP LOCKED));\n"
	  . "DELETE FROM run WHERE ctid = ANY (ARRAY(SELECT ctid FROM run WHERE word = 'new' FOR UPDATE SKIP LOCKED LIMIT 10));\n$until_stopped",
	100000) for 1 .. 3;
my $rebuilds = run_on($node, "SET maintenance_work_mem = '1MB';\n" . "REINDEX INDEX CONCURRENTLY run_metadata;\n" x 4 . "UPDATE control SET stop = true;\n", 1);
my @writers = @clients - 4 .. @clients - 1;
eval { $_->finish } for @clients[@writers];
is(join('', @err[@writers]), '', 'rebuilds and writers beside each other');
is($node->safe_psql('postgres', "SELECT * FROM metadata_index_check('run_metadata')"), '', 'the index has what its table has');
is(files_left(), '', 'no files at the end');

done_testing();
