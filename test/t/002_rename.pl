# Keys are renamed and removed in all runs again and again while 25 connections post and merge: no statement fails, and
# nothing that any of them stored is lost.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $connections = 25;
my $rounds = 30;
my $runs = 40;
my $timeout = 180;

my $node = PostgreSQL::Test::Cluster->new('rename');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 60\nfsync = off\ndeadlock_timeout = 100ms");
$node->start;
$node->safe_psql(
	'postgres', qq{
CREATE EXTENSION detmeta;
SELECT create_runs_metadata();
-- the runs that all share
INSERT INTO runs_metadata SELECT i, jsonb_build_object('a', i, 'x', i) FROM generate_series(1, $runs) AS i;
});

# Start a script in a connection; all begin at once, when the gate is opened.
my @clients;

sub start_client
{
	my ($name, $script) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir_short() . '/script.sql';
	my %client = (name => $name, out => '', err => '');

	append_to_file($file, "SELECT FROM pg_advisory_xact_lock_shared(1);\n$script");
	$client{run} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-f', $file ],
		'>', \$client{out}, '2>', \$client{err}, IPC::Run::timeout($timeout));
	push @clients, \%client;
	return \%client;
}

my $gate = $node->background_psql('postgres');
$gate->query_safe('SELECT pg_advisory_lock(1)');

# Each merges a key of its own into the shared runs, in an order of its own, and posts a run of its own, by the old key.
foreach my $i (1 .. $connections)
{
	start_client(
		"connection $i",
		join('',
			map {
				my $run = 1 + ($_ * ($i + 2)) % $runs;

				"SELECT merge_run_metadata($run, '{\"m$i\": {\"r$_\": $_}}') IS NULL;\n"
				  . 'SELECT post_run_metadata(' . (1000 + $i) . ", '{\"a\": $_, \"of\": $i, \"x\": $_}') IS NULL;\n"
			} 1 .. $rounds));
}

# Two rename to and fro, into an object and out of it; one removes a key that the posts bring back.
foreach my $new ('b', 'o.a')
{
	start_client("renaming to $new",
		join('', map { "SELECT rename_metadata_key('a', '$new') > -1;\nSELECT rename_metadata_key('$new', 'a', on_conflict => 'keep') > -1;\n" } 1 .. $rounds / 2));
}
start_client('removing', "SELECT remove_metadata_key('x', 'of is not empty') > -1;\n" x $rounds);

my $all = @clients;
$node->poll_query_until('postgres',
	"SELECT count(*) = $all FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
  or die 'the connections do not come to wait';
$gate->quit;
foreach my $client (@clients)
{
	my $finished = $client->{run}->finish;

	ok($finished && $client->{err} eq '', "$client->{name}: no statement fails") or diag($client->{err});
}

is( $node->safe_psql('postgres', "SELECT rename_metadata_key('b', 'a') + rename_metadata_key('o.a', 'a') >= 0"),
	't', 'no run has two of the keys');
is( $node->safe_psql('postgres',
		"SELECT count(*), count(*) FILTER (WHERE metadata->'a' = to_jsonb(run_id) AND metadata->'x' = to_jsonb(run_id)) FROM runs_metadata WHERE run_id <= $runs"),
	"$runs|$runs", 'each shared run has its value at the key, whatever it was called meanwhile');
is( $node->safe_psql('postgres',
		"SELECT count(*), count(DISTINCT m.key) FROM runs_metadata, jsonb_each(metadata - '{a,x}'::text[]) AS m, jsonb_each(m.value) AS r WHERE run_id <= $runs AND r.key = concat('r', r.value)"),
	$connections * $rounds . "|$connections", 'all that was merged is there');
is( $node->safe_psql('postgres',
		"SELECT count(*) FROM runs_metadata WHERE run_id > 1000 AND metadata - 'x' = jsonb_build_object('a', $rounds, 'of', run_id - 1000)"),
	$connections, 'each run posted is the last that was posted');
is($node->safe_psql('postgres', "SELECT count(*) FROM metadata_index_check('runs_metadata_metadata_idx')"), '0', 'the index is right');

$node->stop;
done_testing();
