# On a standby, a scan is halted on its way down a posting tree, and the leaf that it is to read next becomes a page of
# something else: VACUUM deletes it, and an insertion takes it.
#
# The rows that go were never committed, so their removal conflicts with no snapshot on the standby, and nothing there
# keeps a deleted page from being used again. A scan has to find its way anew where the page above has changed.
#
# The place is between two calls of the server, so a debugger has to halt the scan. Without gdb the test is skipped.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'gdb is not installed' unless grep { -x "$_/gdb" } split /:/, $ENV{PATH};

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "autovacuum = off\nlog_min_messages = warning");
$primary->start;
$primary->backup('backup');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->append_conf('postgresql.conf', 'max_standby_streaming_delay = -1');
$standby->start;

# The first pages have a few rows each and room for rows that are not committed. Of the leaves of "passing", only the last
# has rows that stay.
$primary->safe_psql(
	'postgres', q{
CREATE EXTENSION detmeta;
CREATE EXTENSION pageinspect;
CREATE TABLE run (metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX run_metadata ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO run SELECT CASE WHEN i % 500 = 0 THEN '{"kept": 1}'::jsonb ELSE '{"leaving": true}' END FROM generate_series(1, 60000) AS i;
INSERT INTO run SELECT '{"passing": true}' FROM generate_series(1, 1000);
DELETE FROM run WHERE metadata @~ 'leaving is true';
VACUUM run;
BEGIN;
INSERT INTO run SELECT '{"passing": true}' FROM generate_series(1, 50000);
ROLLBACK;});
$primary->wait_for_catchup($standby);

# Run one statement after the other in a session of the standby.
my ($in, $out, $err) = ('', '', '');
my $session = IPC::Run::start([ 'psql', '-XAtq', '-d', $standby->connstr('postgres'), '-f', '-' ],
	'<', \$in, '>', \$out, '2>', \$err, my $timeout = IPC::Run::timeout(180));

sub ask
{
	$out = '';
	$in .= "$_[0]\n\\echo answered\n";
	pump_until($session, $timeout, \$out, qr/answered\n/) or die "the session is gone: $err";
	return $out =~ s/answered\n//r;
}

ask("SET enable_seqscan = off;\nSET enable_bitmapscan = off;\nSET plan_cache_mode = force_generic_plan;\n"
	  . "PREPARE counted AS SELECT count(*) FROM run WHERE metadata \@~ 'kept = 1 and passing is true';");
like(ask('EXPLAIN EXECUTE counted;'), qr/Metadata Count/, 'the index is counted');
is(ask('EXECUTE counted;'), "0\n", 'no row has both');

# Halt it between a root and a leaf in the middle of the tree.
my $dir = PostgreSQL::Test::Utils::tempdir_short();
my $pid = ask('SELECT pg_backend_pid();') + 0;
append_to_file("$dir/commands", <<"END");
break lock_child
ignore 1 3
shell echo 1 >$dir/attached
continue
eval "shell echo %d >$dir/halted; while [ ! -e $dir/go ]; do sleep 0.1; done", child
detach
END
my $said = '';
my $debugger = IPC::Run::start([ 'gdb', '-batch', '-nx', '-p', $pid, '-x', "$dir/commands" ], '<', \undef, '>&', \$said, $timeout);
END { append_to_file("$dir/go", '') if defined $dir }

# Wait for a line that the debugger writes to a file.
sub line_of
{
	my ($name) = @_;

	for (1 .. 600)
	{
		return slurp_file("$dir/$name") + 0 if -s "$dir/$name";
		last unless $debugger->pumpable;
		$debugger->pump_nb;
		select undef, undef, undef, 0.1;
	}
	return 0;
}

SKIP:
{
	skip 'the debugger cannot attach, or finds no symbols', 4 unless line_of('attached');
	($in, $out) = ("EXECUTE counted;\n\\echo answered\n", '');
	$session->pump_nb while length $in;
	my $child = line_of('halted');
	cmp_ok($child, '>', 0, 'the scan is halted') or diag($said);

	# the leaf is deleted, then known to be free, and then becomes a leaf of the tree of entries
	$primary->safe_psql(
		'postgres', q{
VACUUM run;
SELECT txid_current();
VACUUM run;
INSERT INTO run SELECT jsonb_build_object('text', md5(i::text)) FROM generate_series(1, 3000) AS i;});
	is($primary->safe_psql('postgres', "SELECT flags FROM gin_page_opaque_info(get_raw_page('run_metadata', $child))"),
		'{leaf}', 'its leaf becomes something else');
	$primary->wait_for_catchup($standby);
	append_to_file("$dir/go", '');
	pump_until($session, $timeout, \$out, qr/answered\n/);
	is($out, "0\nanswered\n", 'the scan finds its way');
	is($err, '', 'without an error');
}
append_to_file("$dir/go", '');
$debugger->finish;
$in .= "\\q\n";
$session->finish;
$standby->stop;
$primary->stop;
done_testing();
