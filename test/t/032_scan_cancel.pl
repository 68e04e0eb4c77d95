# Statements are cancelled in the middle of each loop of Metadata Scan, Metadata
# Count, the exploring functions, planning, extraction and index checks: soon,
# and without anything being left locked, pinned or open.
#
#   CANCEL_ROUNDS=6      how often each statement is cancelled
#   CANCEL_ROWS=60000    in each table, but for the pending list, which has 100,000 at most
#   CANCEL_WITHIN=300    how many milliseconds of a statement are looked at
#   CANCEL_PATIENCE=500  how many milliseconds late it may be
#
# The patience is for a machine that has other things to do; the notes tell how late each was. On one that has not:
#
#   CANCEL_ROWS=1000000 CANCEL_ROUNDS=30 CANCEL_WITHIN=10000 CANCEL_PATIENCE=100

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = $ENV{CANCEL_ROUNDS} || 6;
my $rows = $ENV{CANCEL_ROWS} || 60000;
my $pending_rows = $rows < 100000 ? $rows : 100000;
my $within = $ENV{CANCEL_WITHIN} || 300;
my $patience = $ENV{CANCEL_PATIENCE} || 500;

my $node = PostgreSQL::Test::Cluster->new('scan_cancel');
$node->init;
$node->append_conf('postgresql.conf',
	"autovacuum = off\nshared_buffers = 256MB\nmax_wal_size = 2GB\nlog_min_messages = warning\njit = off");
$node->start;
$node->safe_psql(
	'postgres', qq{
CREATE EXTENSION detmeta;
CREATE TABLE many (run_id int, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO many SELECT i, jsonb_build_object('n', i % 50, 'notes', md5(i::text), 'cut', repeat('long ', 20) || i % 5000,
	'r.s', i % 7, 'r', jsonb_build_object('s', i % 11)) FROM generate_series(1, $rows) AS i;
CREATE INDEX ON many USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM ANALYZE many;
-- no row is proven visible
CREATE TABLE unproven (LIKE many) WITH (autovacuum_enabled = off);
CREATE INDEX ON unproven USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO unproven SELECT * FROM many WHERE run_id % 2 = 0;
ANALYZE unproven;
-- equality on another column, and trigrams
CREATE TABLE scoped (other jsonb, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO scoped SELECT jsonb_build_object('run', run_id % 3), metadata FROM many WHERE run_id % 10 = 0;
CREATE INDEX ON scoped USING gin (other metadata_ops, metadata metadata_ops (trigram_keys = 'notes')) WITH (fastupdate = off);
VACUUM ANALYZE scoped;
CREATE VIEW seen AS SELECT * FROM many;
-- not compressed: decompressing it cannot be interrupted
CREATE TABLE huge (metadata jsonb);
ALTER TABLE huge ALTER metadata SET STORAGE EXTERNAL;
INSERT INTO huge SELECT jsonb_object_agg('key.' || i, to_jsonb(repeat(md5(i::text), 3))) ||
	jsonb_build_object('notes', (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 30000) AS i), 'list', jsonb_agg(i)) AS metadata
	FROM generate_series(1, 60000) AS i;
-- the longest way for a search that starts anew after each byte
CREATE TABLE same (metadata jsonb NOT NULL);
ALTER TABLE same ALTER metadata SET STORAGE EXTERNAL;
INSERT INTO same SELECT jsonb_build_object('notes', repeat('a', 4000000));
-- all rows are in the pending list
CREATE TABLE pending (LIKE many) WITH (autovacuum_enabled = off);
CREATE INDEX ON pending USING gin (metadata metadata_ops) WITH (fastupdate = on, gin_pending_list_limit = 1000000);
INSERT INTO pending SELECT * FROM many WHERE run_id <= $pending_rows;
-- a check of its index has little to do but to read the pending list
CREATE TABLE pending_dead (LIKE many) WITH (autovacuum_enabled = off);
CREATE INDEX ON pending_dead USING gin (metadata metadata_ops) WITH (fastupdate = on, gin_pending_list_limit = 1000000);
INSERT INTO pending_dead SELECT * FROM many;
DELETE FROM pending_dead;

-- Cancel a statement after some time, in a subtransaction, and tell how many milliseconds too late that was.
CREATE FUNCTION late(statement text, after float) RETURNS float LANGUAGE plpgsql AS \$\$
DECLARE
  start timestamptz := clock_timestamp();
BEGIN
  EXECUTE statement;
  RETURN NULL;
EXCEPTION WHEN query_canceled THEN
  RETURN 1000 * extract(epoch FROM clock_timestamp() - start) - after;
END \$\$;
});

my $settings = 'SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET max_parallel_workers_per_gather = 0; SET detmeta.runs_table = many;';
my $conditions = join ' or ', map { "notes contains \"$_\" and n > $_" } 100 .. 399;

my %statements = (
	'sets' => q{SELECT count(*) FROM many, generate_series(1, 10) AS i WHERE metadata @~ 'n is not 7 and not (n between 10 and 20)'},
	'count' => q{SELECT (SELECT count(*) FROM many WHERE metadata @~ metadata_filter('n', '>', i % 50)) FROM generate_series(1, 5000) AS i},
	'dictionary walk' => q{SELECT count(*) FROM many WHERE metadata @~ 'notes contains "abc" or notes icontains "BCD" or notes contains "cde" or notes icontains "def" or notes icontains "0ab"'},
	'regular expressions' => q{SELECT count(*) FROM many WHERE metadata @~ 'notes matches "(.*)(.*)(.*)\\\\1\\\\2\\\\3x$"'},
	'visibility' => q{SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n < 40'), count(*) FILTER (WHERE metadata @~ 'n > 10') FROM unproven},
	'list of values' => q{SELECT count(*) FROM many WHERE metadata_in(metadata, 'n', ARRAY(SELECT generate_series(1, 300000)))},
	'recheck' => q{SELECT count(*) FROM many WHERE metadata @~ 'cut contains "long 77"'},
	'small work_mem' => q{SELECT (SELECT count(*) FROM many WHERE metadata @~ metadata_filter('n', '>', i % 50)) FROM generate_series(1, 5000) AS i},
	'ordered walk' => q{SELECT count(run_id) FROM (SELECT run_id FROM many ORDER BY metadata_sort(metadata, 'notes') OFFSET 0) AS s},
	'ordered walk backward' => q{SELECT count(run_id) FROM (SELECT run_id FROM many ORDER BY metadata_sort(metadata, 'notes') DESC OFFSET 0) AS s},
	'ordered walk of cut values' => q{SELECT count(run_id) FROM (SELECT run_id FROM many ORDER BY metadata_sort(metadata, 'cut') DESC OFFSET 0) AS s},
	'ordered walk of repeated keys' => q{SELECT run_id FROM many ORDER BY metadata_sort(metadata, 'r.s') LIMIT 1},
	'ordered walk of filtered rows' => q{SELECT run_id FROM many WHERE metadata @~ 'n > 20' AND run_id < 0 ORDER BY metadata_sort(metadata, 'notes') LIMIT 1},
	'no value' => q{SELECT count(run_id) FROM (SELECT run_id FROM many WHERE metadata @~ 'n > 1' ORDER BY metadata_sort(metadata, 'unknown') NULLS FIRST OFFSET 0) AS s},
	'pending list' => q{SELECT count(*) FROM pending WHERE metadata @~ 'n is not 7 and not (n between 10 and 20)'},
	'pending list in order' => q{SELECT run_id FROM pending ORDER BY metadata_sort(metadata, 'notes') LIMIT 1},
	'pending list explored' => q{SELECT count(*) FROM metadata_values('pending', 'notes', NULL, NULL)},
	'trigrams' => q{SELECT (SELECT count(*) FROM scoped WHERE metadata @~ metadata_filter('notes', 'contains', to_hex(i))) FROM generate_series(1000, 2000) AS i},
	'two columns' => q{SELECT (SELECT count(*) FROM scoped WHERE other @~ metadata_filter('run', '<', i % 3) AND metadata @~ 'n < 30') FROM generate_series(1, 5000) AS i},
	'planning' => "EXPLAIN SELECT count(*) FROM many WHERE metadata @~ '$conditions'",
	'keys' => q{SELECT (SELECT count(*) FROM metadata_keys('unproven')) FROM generate_series(1, 100) AS i WHERE i > 0},
	'keys of a view' => q{SELECT count(*) FROM metadata_keys('seen')},
	'values' => q{SELECT count(*) FROM metadata_values('many', 'notes', '12')},
	'all values' => q{SELECT count(*) FROM metadata_values('many', 'notes', NULL, NULL)},
	'values of cut strings' => q{SELECT count(*) FROM metadata_values('many', 'cut')},
	'values of repeated keys' => q{SELECT count(*) FROM metadata_values('many', 'r.s')},
	'values of rows' => q{SELECT count(*) FROM metadata_values('seen', 'notes', NULL, NULL)},
	'summary' => q{SELECT * FROM metadata_summary('unproven', 'notes')},
	'aggregate' => q{SELECT cardinality(metadata_key_counts(metadata)) FROM many},
	'search' => q{SELECT count(*) FROM search_run_metadata('n > 3 and notes contains "a"', 'metadata.notes=desc', 20, 100000000)},
	'compare' => q{SELECT count(*) FROM compare_run_metadata(ARRAY(SELECT generate_series(1, 20000)))},
	'index check' => q{SELECT count(*) FROM metadata_index_check('many_metadata_idx')},
	'index check of a pending list' => q{SELECT count(*) FROM metadata_index_check('pending_dead_metadata_idx')},
	'search within a text' => q{SELECT count(*) FROM same, generate_series(1, 100) AS i WHERE metadata @~ metadata_filter('notes', 'contains', repeat('a', 100000) || 'b' || repeat('a', i))},
	'extraction' => q{SELECT count(*) FROM huge, metadata_debug_entries(metadata, 'notes')},
	'match of a large document' => q{SELECT count(*) FROM huge, generate_series(1, 100) AS i WHERE metadata @~ metadata_filter('notes', 'icontains', 'x' || i)},);

# How long a statement takes when it is left alone, in milliseconds, or what is looked at if that is less.
sub duration
{
	my ($statement) = @_;
	my $out;

	$node->psql('postgres',
		"$settings SELECT clock_timestamp() AS start \\gset\nSET statement_timeout = $within;\n$statement \\g /dev/null\n"
		  . "SELECT 1000 * extract(epoch FROM clock_timestamp() - :'start');",
		stdout => \$out, on_error_stop => 0);
	return $out > $within ? $within : $out;
}

foreach my $name (sort keys %statements)
{
	my $statement = $statements{$name};
	my $duration = duration($statement);
	my $script = $settings . ($name eq 'small work_mem' ? "SET work_mem = '64kB';" : '') . "\n";

	# The transaction around what is cancelled commits, when it would be found what was not given back.
	foreach my $i (1 .. $rounds)
	{
		my $after = 1 + int($duration * ($i - 0.5) / $rounds);

		$script .= "SET statement_timeout = $after;\nSELECT late(\$s\$$statement\$s\$, $after);\n";
	}
	# So does one whose cursor is not read to the end.
	$script .= "SET statement_timeout = 0;\n";
	$script .= "BEGIN;\nDECLARE c CURSOR FOR $statement;\nFETCH c \\g /dev/null\nCLOSE c;\nCOMMIT;\n" unless $statement =~ /^EXPLAIN/;
	$script .= "SELECT 'locks ' || count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation::regclass::text ~ 'many|pending|unproven|scoped';\n";

	my ($out, $err);
	$node->psql('postgres', $script, stdout => \$out, stderr => \$err, on_error_stop => 0);
	# a statement may be over or not have begun when its time is
	$err =~ s/^psql:\S+ //mg;
	$err =~ s/^ERROR:  canceling statement due to statement timeout\n?(CONTEXT:  .*\n?((SQL|PL\/pgSQL) .*\n?)*)?//mg;
	is($err, '', "$name: no other errors");
	like($out, qr/^locks 0$/m, "$name: no locks stay");
	my @late = sort { $b <=> $a } grep { /^[-.\d]+$/ } split /\n/, $out;
	cmp_ok(@late ? $late[0] : 0, '<', $patience, "$name: cancelled in time");
	note(sprintf '%s: takes %.0f ms or more, cancelled %d times, at most %.1f ms late', $name, $duration, scalar @late, @late ? $late[0] : 0);
}

$node->stop;
unlike(slurp_file($node->logfile), qr/leak|was not closed|still referenced|PANIC|TRAP/, 'nothing is leaked');
done_testing();
