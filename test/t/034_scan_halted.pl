# A scan is halted where it has let go of a page that it goes on with, and the page changes meanwhile.
#
# - Rows of a walk over strings: a deleted row's entry is on the page that was copied, and before its rows are proven
#   visible, VACUUM has removed the entry and calls the page of the table all-visible.
# - The pending list: it is moved into the tree and its pages are deleted.
# - An index check: rows that were in the pending list are in the tree as well, which is nothing that is wrong with them.
# - The keys of a table: rows that were in the pending list, and were noted to be read whole, are in the tree as well.
# - The values of a range: after all of the table was seen to be all-visible, a page of it is not while the index is read,
#   and is again at the end, or is not.
#
# These places are between two calls of the server, so a debugger has to halt the scan. Without gdb the test is skipped.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'gdb is not installed' unless grep { -x "$_/gdb" } split /:/, $ENV{PATH};

my $node = PostgreSQL::Test::Cluster->new('scan_halted');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nlog_min_messages = warning");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION detmeta;
CREATE TABLE walked (metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO walked SELECT jsonb_build_object('text', md5(i::text)) FROM generate_series(1, 20) AS i;
CREATE INDEX ON walked USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM ANALYZE walked;
DELETE FROM walked WHERE metadata @~ metadata_filter('text', 'is', md5('7'));
CREATE TABLE listed (metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX listed_metadata ON listed USING gin (metadata metadata_ops) WITH (fastupdate = on, gin_pending_list_limit = 100000);
INSERT INTO listed SELECT jsonb_build_object('n', i % 10, 'text', md5(i::text)) FROM generate_series(1, 5000) AS i;
CREATE TABLE moved (metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX moved_metadata ON moved USING gin (metadata metadata_ops) WITH (fastupdate = on);
INSERT INTO moved SELECT '{"r.s": 1, "r": {"s": 2}}' FROM generate_series(1, 10);
INSERT INTO moved SELECT jsonb_build_object(repeat('k', 200), i) FROM generate_series(1, 10) AS i;
-- the catalogs say that the index was built without its predicate, so the last row is missed
CREATE TABLE checked (run_id int, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX checked_metadata ON checked USING gin (metadata metadata_ops) WITH (fastupdate = on, gin_pending_list_limit = 100000) WHERE run_id <= 2000;
INSERT INTO checked SELECT i, jsonb_build_object('n', i) FROM generate_series(1, 2001) AS i;
UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'checked_metadata'::regclass;
CREATE TABLE ranged (metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO ranged SELECT jsonb_build_object('n', i % 8) FROM generate_series(1, 40000) AS i;
CREATE INDEX ON ranged USING detmeta (metadata) WITH (fastupdate = off);
VACUUM ANALYZE ranged;});

my $dir = PostgreSQL::Test::Utils::tempdir_short();
my @go;
END { append_to_file($_, '') foreach @go }

# Count in a session that is halted where it enters a function of ours for the nth time (place:n) until some statements of
# another one are done; and once more, at a second place.
sub count_halted
{
	my ($place, $plan, $query, $meanwhile, $place2, $meanwhile2) = @_;
	my ($in, $out, $err, $said) = ("SELECT pg_backend_pid();\n", '', '', '');
	my $timeout = IPC::Run::timeout(180);
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', '-' ], '<', \$in, '>', \$out, '2>', \$err, $timeout);

	$in .= "LOAD 'detmeta';\nSET enable_seqscan = off;\nSET enable_bitmapscan = off;\nSET work_mem = '64kB';\nSET cpu_tuple_cost = 10;\n";
	$in .= "SET plan_cache_mode = force_generic_plan;\nPREPARE halted AS $query;\nEXPLAIN EXECUTE halted;\n\\echo ready\n";
	pump_until($session, $timeout, \$out, qr/^ready$/m);
	like($out, $plan, "$place: the plan");
	my ($pid) = $out =~ /^(\d+)$/m;
	$out = '';

	my $stop = sub {
		my ($function, $nth) = split /:/, $_[0];

		append_to_file("$dir/$place", "tbreak $function\n" . ($nth ? 'ignore $bpnum ' . ($nth - 1) . "\n" : ''));
		append_to_file("$dir/$place", "shell echo 1 >$dir/$place.attached\n") if $_[0] eq $place;
		append_to_file("$dir/$place", "continue\nshell echo 1 >$dir/$_[0].halted; while [ ! -e $dir/$_[0].go ]; do sleep 0.1; done\n");
	};
	@go = map { "$dir/$_.go" } grep { defined } $place, $place2;
	$stop->($place);
	$stop->($place2) if defined $place2;
	append_to_file("$dir/$place", "detach\n");
	my $debugger = IPC::Run::start([ 'gdb', '-batch', '-nx', '-p', $pid, '-x', "$dir/$place" ], '<', \undef, '>&', \$said, $timeout);
	my $reached = sub {
		for (1 .. 600)
		{
			return 1 if -s "$dir/$_[0]";
			last unless $debugger->pumpable;
			$debugger->pump_nb;
			select undef, undef, undef, 0.1;
		}
		return 0;
	};
  SKIP:
	{
		skip 'the debugger cannot attach, or finds no symbols', defined $place2 ? 3 : 2 unless $reached->("$place.attached");
		$in = "EXECUTE halted;\n\\q\n";
		$session->pump_nb while length $in;
		ok($reached->("$place.halted"), "$place: halted") or diag($said);
		$node->safe_psql('postgres', $meanwhile);
		append_to_file($go[0], '');
		if (defined $place2)
		{
			ok($reached->("$place2.halted"), "$place, $place2: halted") or diag($said);
			$node->safe_psql('postgres', $meanwhile2);
			append_to_file($go[1], '');
		}
		$session->finish;
		is($out . $err,
		$node->safe_psql('postgres', "SET enable_indexscan = off; SET enable_bitmapscan = off; SET detmeta.enable_metadata_scan = off; $query") . "\n",
			"$place: the answer is right");
	}
	append_to_file($_, '') foreach @go;
	$debugger->finish;
}

count_halted('probe_wants', qr/Metadata Count/, q{SELECT count(*) FROM walked WHERE metadata @~ 'text contains ""'}, 'VACUUM (INDEX_CLEANUP ON) walked');
count_halted('hand_out', qr/Metadata Count/, q{SELECT count(*) FROM listed WHERE metadata @~ 'n < 5'}, q{SELECT gin_clean_pending_list('listed_metadata')});
count_halted('walk_keys', qr/metadata_keys/, q{SELECT string_agg(concat_ws(' ', left(key, 5), type, runs), ', ') FROM metadata_keys('moved')}, q{SELECT gin_clean_pending_list('moved_metadata')});
count_halted('walk_subtree', qr/metadata_index_check/, q{SELECT count(*) FROM metadata_index_check('checked_metadata')}, q{SELECT gin_clean_pending_list('checked_metadata')});

# What is inserted and undone is in the index until VACUUM removes it, and on a page of the table that has room.
my $undone = q{BEGIN; INSERT INTO ranged SELECT '{"n": 4}' FROM generate_series(1, 10); ROLLBACK};
my $range = q{SELECT count(*) FROM ranged WHERE metadata @~ 'n < 5'};
count_halted('detmeta_gin_open_leaf:2', qr/Metadata Count/, $range, $undone);
$node->safe_psql('postgres', 'VACUUM (INDEX_CLEANUP ON) ranged');
count_halted('detmeta_gin_open_leaf:3', qr/Metadata Count/, $range, $undone, 'detmeta_gin_confirm_heap', 'VACUUM (INDEX_CLEANUP ON) ranged');
# The same on a page that the table did not have, as there is room for such a row, of which a page takes four, on no other.
$node->safe_psql(
	'postgres', q{
CREATE FUNCTION big() RETURNS jsonb LANGUAGE sql AS $$SELECT jsonb_build_object('n', 4, 'pad', string_agg(md5(i::text), '')) FROM generate_series(1, 59) AS i$$;
DO $$
DECLARE
  size bigint := pg_relation_size('ranged');
BEGIN
  WHILE pg_relation_size('ranged') = size LOOP INSERT INTO ranged VALUES (big()); END LOOP;
  INSERT INTO ranged SELECT big() FROM generate_series(1, 3);
END $$;
VACUUM (INDEX_CLEANUP ON) ranged;});
my $size = $node->safe_psql('postgres', "SELECT pg_relation_size('ranged')");
count_halted('detmeta_gin_open_leaf:4', qr/Metadata Count/, $range, q{BEGIN; INSERT INTO ranged VALUES (big()); ROLLBACK});
cmp_ok($node->safe_psql('postgres', "SELECT pg_relation_size('ranged')"), '>', $size, 'the table has grown');
# A table that is not logged, whose visibility map does not tell that it was changed.
$node->safe_psql('postgres', 'ALTER TABLE ranged SET UNLOGGED; VACUUM (INDEX_CLEANUP ON) ranged');
count_halted('detmeta_gin_open_leaf:5', qr/Metadata Count/, $range, q{BEGIN; INSERT INTO ranged SELECT '{"n": 4}' FROM generate_series(1, 10); ROLLBACK},
	'detmeta_gin_walk_end', 'VACUUM (INDEX_CLEANUP ON) ranged');
$node->stop;
done_testing();
