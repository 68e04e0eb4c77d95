# Rows are inserted into indexes of the access method detmeta, by several writers at once, while VACUUM deletes pages of
# posting trees and pages are used again; the server is stopped in the middle; a standby replays it all. The indexes have
# what their tables have then, and the pages that are replayed are those that were written.
#
#   STRESS_SECONDS=6   how long, the first half of it before the stop
#   WRITERS=4          how many

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use Clients;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{STRESS_SECONDS} || 6;
my $writers = $ENV{WRITERS} || 4;

# The log has an image of each page of an index besides what changed on it, and a standby where both differ halts.
my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf',
	"autovacuum = off\nmax_connections = 30\nlog_min_messages = warning\nsynchronous_commit = off\nwal_consistency_checking = 'gin'\nmax_wal_size = '4GB'\nwal_keep_size = '4GB'");
$primary->start;
$primary->backup('backup');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;

# Documents of 1 to 300 keys, with values that many share and values of their own; entries of a few rows and of nearly all.
$primary->safe_psql(
	'postgres', q{
CREATE EXTENSION detmeta;
CREATE EXTENSION pageinspect;
CREATE TABLE control (stop boolean NOT NULL);
INSERT INTO control VALUES (false);
CREATE TABLE run (run_id bigserial, project int, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off, vacuum_truncate = off);
CREATE INDEX run_id ON run (run_id);
CREATE INDEX run_metadata ON run USING detmeta (metadata) WITH (fastupdate = off);
CREATE INDEX run_project ON run USING detmeta (project, metadata metadata_ops (trigram_keys = 'k3')) WITH (fastupdate = off);

CREATE FUNCTION document() RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  SELECT '{"all": true}' || coalesce(jsonb_object_agg('k' || (random() * 300)::int, CASE (random() * 4)::int
      WHEN 0 THEN to_jsonb((random() * 3)::int) WHEN 1 THEN to_jsonb(md5(random()::text)) WHEN 2 THEN '[1, "x", {"m": null}]'
      WHEN 3 THEN to_jsonb(repeat(md5(random()::text), 4)) ELSE 'false' END), '{}')
  FROM generate_series(1, CASE WHEN random() < 0.7 THEN 0 ELSE (random() ^ 8 * 300)::int END)
$$;

-- Insert, update and delete, abort all or a part of it, until told to stop.
CREATE PROCEDURE write_until_stopped() LANGUAGE plpgsql AS $$
DECLARE
  first bigint;
  what float;
BEGIN
  LOOP
    first := (SELECT random() * last_value FROM run_run_id_seq);
    what := random();
    BEGIN
      IF what < 0.5 THEN
        INSERT INTO run (project, metadata) SELECT nullif((random() * 3)::int, 0), document() FROM generate_series(1, 10);
      ELSIF what < 0.8 THEN
        UPDATE run SET metadata = document() WHERE run_id = ANY (ARRAY(SELECT run_id FROM run WHERE run_id BETWEEN first AND first + 9 FOR UPDATE SKIP LOCKED));
      ELSIF what < 0.9 THEN
        INSERT INTO run (project, metadata) SELECT 1, '{"all": true}' FROM generate_series(1, 50);
      ELSE
        DELETE FROM run WHERE run_id = ANY (ARRAY(SELECT run_id FROM run WHERE run_id BETWEEN first AND first + 9 FOR UPDATE SKIP LOCKED));
      END IF;
      IF random() < 0.1 THEN RAISE EXCEPTION 'undone'; END IF;
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
    IF random() < 0.1 THEN ROLLBACK; ELSE COMMIT; END IF;
    EXIT WHEN (SELECT stop FROM control);
    PERFORM pg_sleep(0.005);
    COMMIT;
  END LOOP;
END $$;
INSERT INTO run (project, metadata) SELECT i % 4, '{"all": true}' FROM generate_series(1, 60000) AS i;});

# Say what is wrong with the indexes.
sub problems
{
	my ($node) = @_;

	return $node->safe_psql('postgres', "SELECT * FROM metadata_index_check('run_metadata');\nSELECT * FROM metadata_index_check('run_project')");
}

# Return what a kind of plan answers.
sub answers
{
	my ($node, $enabled) = @_;

	return $node->safe_psql(
		'postgres',
		join('',
			map { "SET enable_$_ = " . ($_ eq $enabled ? 'on' : 'off') . ";\n" } qw(seqscan bitmapscan))
		  . "SET detmeta.enable_metadata_scan = " . ($enabled eq 'node' ? 'on' : 'off') . ";\n"
		  . join('', map { "SELECT count(*), sum(run_id) FROM run WHERE metadata @~ '$_';\n" } 'all is true', 'k1 is not empty', 'k2 = 2', 'k3 contains "ab"', 'not (k4 is false)')
		  . "SELECT count(*) FROM run WHERE project IS NULL AND metadata @~ 'k5 is empty'");
}

# Write for a while, and end it in one of two ways.
sub write_for
{
	my ($while, $stop) = @_;
	my $first = @clients;

	run_on($primary, "CALL write_until_stopped();\n", 1) for 1 .. $writers;
	# the older half of all rows goes at once: leaves without any
	run_on($primary,
		"DELETE FROM run WHERE run_id = ANY (ARRAY(SELECT run_id FROM run WHERE run_id < (SELECT (min(run_id) + max(run_id)) / 2 FROM run) FOR UPDATE SKIP LOCKED));\n"
		  . "VACUUM (INDEX_CLEANUP ON) run;\n" x 5 . $until_stopped, 100 * $while);
	my $check = run_on($primary, "SELECT * FROM metadata_index_check('run_metadata');\nSELECT * FROM metadata_index_check('run_project');\n$until_stopped", 1000 * $while);
	sleep $while;
	$stop->();
	eval { $_->finish } for @clients[ $first .. $#clients ];
	is($out[$check], '', 'nothing looks like a problem meanwhile');
	return join('', @err[ $first .. $#clients ]);
}

my $half = int(($seconds + 1) / 2);
write_for($half, sub { $primary->stop('immediate') });
$primary->start;
is(problems($primary), '', 'after a stop in the middle the indexes have what their table has');
my $errors = write_for($half, sub { $primary->safe_psql('postgres', 'UPDATE control SET stop = true') });
is($errors, '', 'no client meets an error');

# What VACUUM deletes meanwhile may be used again by now; without readers and writers it does so for certain.
cmp_ok(
	$primary->safe_psql(
		'postgres', q{
INSERT INTO run (project, metadata) SELECT 1, '{"all": true}' FROM generate_series(1, 60000);
DELETE FROM run WHERE run_id < (SELECT max(run_id) - 1000 FROM run);
VACUUM (INDEX_CLEANUP ON) run;
SELECT count(*) FROM generate_series(1, pg_relation_size('run_metadata') / current_setting('block_size')::int - 1) AS b, gin_page_opaque_info(get_raw_page('run_metadata', b))
WHERE 'data' = ANY (flags) AND 'deleted' = ANY (flags)}),
	'>', 0, 'pages of posting trees are deleted');
$primary->safe_psql('postgres', 'INSERT INTO run (project, metadata) SELECT i % 4, document() FROM generate_series(1, 2000) AS i');
is(problems($primary), '', 'the indexes have what their table has');
my $by_rows = answers($primary, 'seqscan');
is(answers($primary, 'node'), $by_rows, 'metadata scans find it');
is(answers($primary, 'bitmapscan'), $by_rows, 'so do bitmap scans');

$primary->wait_for_catchup($standby);
is(answers($standby, 'node'), $by_rows, 'and metadata scans of the standby');
$standby->promote;
is(problems($standby), '', 'the indexes of the standby are as good');

$primary->stop;
$standby->stop;
unlike(slurp_file($_->logfile), qr/leak|still referenced|inconsistent page|PANIC|TRAP/, 'nothing is leaked on ' . $_->name . ', and no page differs')
  for $primary, $standby;
done_testing();
