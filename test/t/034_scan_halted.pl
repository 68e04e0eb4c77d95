# A scan is halted where it has let go of a page that it goes on with, and the page changes meanwhile.
#
# - Rows of a walk over strings: a deleted row's entry is on the page that was copied, and before its rows are proven
#   visible, VACUUM has removed the entry and calls the page of the table all-visible.
# - The pending list: it is moved into the tree and its pages are deleted.
# - An index check: rows that were in the pending list are in the tree as well, which is nothing that is wrong with them.
# - The keys of a table: rows that were in the pending list, and were noted to be read whole, are in the tree as well.
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
UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'checked_metadata'::regclass;});

my $dir = PostgreSQL::Test::Utils::tempdir_short();
my $go;
END { append_to_file($go, '') if defined $go }

# Count in a session that is halted at a function of ours until some statements of another one are done.
sub count_halted
{
	my ($place, $plan, $query, $meanwhile) = @_;
	my ($in, $out, $err, $said) = ("SELECT pg_backend_pid();\n", '', '', '');
	my $timeout = IPC::Run::timeout(180);
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', '-' ], '<', \$in, '>', \$out, '2>', \$err, $timeout);

	$in .= "LOAD 'detmeta';\nSET enable_seqscan = off;\nSET enable_bitmapscan = off;\nSET work_mem = '64kB';\nSET cpu_tuple_cost = 10;\n";
	$in .= "SET plan_cache_mode = force_generic_plan;\nPREPARE halted AS $query;\nEXPLAIN EXECUTE halted;\n\\echo ready\n";
	pump_until($session, $timeout, \$out, qr/^ready$/m);
	like($out, $plan, "$place: the plan");
	my ($pid) = $out =~ /^(\d+)$/m;
	$out = '';

	$go = "$dir/$place.go";
	append_to_file("$dir/$place", <<"END");
break $place
shell echo 1 >$dir/$place.attached
continue
shell echo 1 >$dir/$place.halted; while [ ! -e $go ]; do sleep 0.1; done
detach
END
	my $debugger = IPC::Run::start([ 'gdb', '-batch', '-nx', '-p', $pid, '-x', "$dir/$place" ], '<', \undef, '>&', \$said, $timeout);
	my $reached = sub {
		for (1 .. 600)
		{
			return 1 if -s "$dir/$place.$_[0]";
			last unless $debugger->pumpable;
			$debugger->pump_nb;
			select undef, undef, undef, 0.1;
		}
		return 0;
	};
  SKIP:
	{
		skip 'the debugger cannot attach, or finds no symbols', 2 unless $reached->('attached');
		$in = "EXECUTE halted;\n\\q\n";
		$session->pump_nb while length $in;
		ok($reached->('halted'), "$place: halted") or diag($said);
		$node->safe_psql('postgres', $meanwhile);
		append_to_file($go, '');
		$session->finish;
		is($out . $err,
		$node->safe_psql('postgres', "SET enable_indexscan = off; SET enable_bitmapscan = off; SET detmeta.enable_metadata_scan = off; $query") . "\n",
			"$place: the answer is right");
	}
	append_to_file($go, '');
	$debugger->finish;
}

count_halted('probe_wants', qr/Metadata Count/, q{SELECT count(*) FROM walked WHERE metadata @~ 'text contains ""'}, 'VACUUM (INDEX_CLEANUP ON) walked');
count_halted('hand_out', qr/Metadata Count/, q{SELECT count(*) FROM listed WHERE metadata @~ 'n < 5'}, q{SELECT gin_clean_pending_list('listed_metadata')});
count_halted('walk_keys', qr/metadata_keys/, q{SELECT string_agg(concat_ws(' ', left(key, 5), type, runs), ', ') FROM metadata_keys('moved')}, q{SELECT gin_clean_pending_list('moved_metadata')});
count_halted('walk_subtree', qr/metadata_index_check/, q{SELECT count(*) FROM metadata_index_check('checked_metadata')}, q{SELECT gin_clean_pending_list('checked_metadata')});
$node->stop;
done_testing();
