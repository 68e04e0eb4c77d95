# The server is stopped at once, or one of its processes is killed, in the
# middle of posting, of VACUUM and of building an index.  After recovery every
# index has what its table has, all kinds of plans count the same, and what was
# posted is there.
#
#   SEED=n   of the moments; the default is random and printed
#
# Until the crash, metadata_index_check() is called over and over, too: what
# is written meanwhile must not look like a problem.

use strict;
use warnings;

use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes;

my $setup = "$FindBin::RealBin/../regress/stress.sql";
my $seed = $ENV{SEED} || int(rand(1 << 31));

note("SEED=$seed");
srand($seed);

my $node = PostgreSQL::Test::Cluster->new('crash');
$node->init;
$node->append_conf('postgresql.conf',
	"autovacuum = off\nmax_connections = 30\nlog_min_messages = warning\nrestart_after_crash = on\nmaintenance_work_mem = '1MB'");
$node->start;
$node->safe_psql('postgres', "\\i $setup\nSELECT create_runs_metadata();");

# What runs until the crash, over and over.
my $poster = q{
SELECT :posted FROM post_run_metadata(:posted, document(:posted) - 'r.s') AS stored WHERE stored IS NOT NULL;
SELECT merge_run_metadata(1 + (random() * :posted)::int, '{"merged": true}') \g /dev/null
SELECT :posted + 1 AS posted \gset
};
my %clients = (
	direct => [ "CALL write_until_stopped('direct');\n", 1 ],
	pending => [ "CALL write_until_stopped('pending');\n", 1 ],
	poster => [ $poster, 3000 ],
	vacuum => [
		"SET vacuum_cost_delay = 1;\n",
		"VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) direct;\nVACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) pending;\nVACUUM (INDEX_CLEANUP ON) runs_metadata;\n" x 300
	],
	flush => [
		q{
DO $$ BEGIN
  LOOP
    PERFORM pg_sleep(0.01);
    BEGIN
      PERFORM gin_clean_pending_list('pending_metadata_idx');
    EXCEPTION WHEN OTHERS THEN
      NULL; -- the index is just being replaced
    END;
    COMMIT;
  END LOOP;
END $$;
}, 1
	],
	build => [
		q{
CREATE INDEX built_at_once ON runs_metadata USING gin (metadata metadata_ops (trigram_keys = 'status'));
CREATE INDEX CONCURRENTLY built ON direct USING gin (metadata metadata_ops) WHERE metadata @~ 'n < 8';
REINDEX INDEX CONCURRENTLY pending_metadata_idx;
DROP INDEX built_at_once;
DROP INDEX built;
}, 100
	],
	check => [ "SELECT * FROM metadata_index_check('direct_metadata_idx');\nSELECT * FROM metadata_index_check('pending_metadata_idx');\n", 500 ],);

my %running;
my $posted = 0;

# Start the clients.
sub start_clients
{
	foreach my $name (keys %clients)
	{
		my ($script, $times) = @{ $clients{$name} };
		my $file = PostgreSQL::Test::Utils::tempdir_short() . "/$name.sql";

		append_to_file($file, "\\set posted " . ($posted + 1) . "\n" . ($times =~ /^\d+$/ ? $script x $times : $script . $times));
		$running{$name} = { out => "$file.out", err => '' };
		$running{$name}{psql} = IPC::Run::start(
			[ 'psql', '-XAtq', '-d', $node->connstr('postgres') . " application_name=$name", '-f', $file ],
			'>', $running{$name}{out}, '2>', \$running{$name}{err}, IPC::Run::timeout(180));
	}
}

# Let a kill hit a client in the middle of what it does.
my %in_the_middle = (
	poster => "SELECT pid FROM pg_stat_activity WHERE application_name = 'poster' AND state = 'active'",
	flush => "SELECT pid FROM pg_stat_activity WHERE application_name = 'flush' AND wait_event IS DISTINCT FROM 'PgSleep'",
	vacuum => 'SELECT pid FROM pg_stat_progress_vacuum',
	build => "SELECT pid FROM pg_stat_progress_create_index WHERE phase ~ 'building|validation'");

# Kill a client's backend; the server then restarts by itself. It is the server that watches and kills: once a program
# has been told what the client does, the client has gone on, and on one processor it is never seen at short work.
sub kill_backend
{
	my ($name) = @_;
	my $err = '';

	$node->psql(
		'postgres', qq{
DO \$\$
DECLARE
  victim int;
BEGIN
  FOR tries IN 1..20000 LOOP
    SELECT pid INTO victim FROM ($in_the_middle{$name}) AS client LIMIT 1;
    IF FOUND THEN
      EXECUTE format('COPY (SELECT) TO PROGRAM %L', 'kill -9 ' || victim || '; cat >/dev/null');
      RETURN;
    END IF;
    PERFORM pg_sleep(0.001);
    COMMIT; -- or the builds would wait for this snapshot
  END LOOP;
  RAISE EXCEPTION 'nothing to kill';
END \$\$}, stderr => \$err);
	die "client $name does nothing: $err" if $err =~ /nothing to kill/;
}

# Wait until the server is back. A program that is handed a query may be gone before it has read it, which is an error to
# who hands it over; this one is handed nothing.
sub await_server
{
	foreach (1 .. 1800)
	{
		return if IPC::Run::run([ 'pg_isready', '-q', '-d', $node->connstr('postgres') ]);
		Time::HiRes::sleep(0.1);
	}
	die 'the server does not come back';
}

# Return the numbers that each kind of plan has for some filters.
sub counts
{
	my ($kind) = @_;
	my $sql = join(
		"\nUNION ALL\n",
		map {
			my $table = $_;
			map { "SELECT '$table', '$_', count(*), coalesce(sum(run_id), 0) FROM $table WHERE metadata @~ '$_'" }
			  ('n = 3', 'status is not "done"', 'loss < 40', 'x is empty', 'not (n < 5)', 'notes contains "long 1"', 'r.s > 20 or merged is true');
		} qw(direct pending runs_metadata));

	return $node->safe_psql('postgres', "BEGIN;\nSELECT plan_by('$kind') \\g /dev/null\n$sql;\nCOMMIT;");
}

# Say what is wrong with the indexes.
sub problems
{
	return $node->safe_psql(
		'postgres', q{
SELECT c.* FROM pg_index AS i JOIN pg_opclass AS o ON o.oid = i.indclass[0] AND o.opcname = 'metadata_ops', metadata_index_check(i.indexrelid) AS c
WHERE i.indisvalid AND i.indislive});
}

my %unfinished;
foreach my $crash ('build', 'poster', 'stop', 'vacuum', 'flush', 'build')
{
	start_clients();
	Time::HiRes::sleep(0.3 + rand(0.8));
	if ($crash eq 'stop')
	{
		$node->stop('immediate');
		$node->start;
	}
	else
	{
		kill_backend($crash);
	}
	eval { $_->{psql}->finish } for values %running;
	await_server();

	my $what = $crash eq 'stop' ? 'after an immediate stop' : "after a kill in the middle of $crash";
	is(slurp_file($running{check}{out}), '', "$what: nothing looked like a problem before");
	$unfinished{$_}++
	  for split(/\n/, $node->safe_psql('postgres', 'SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid'));
	is(problems(), '', "$what: the indexes have what their tables have");
	my $by_rows = counts('seq');
	is(counts('node'), $by_rows, "$what: metadata scans count what is there");
	is(counts('bitmap'), $by_rows, "$what: so do bitmap scans, of rows too that were on their way from the pending list");
	$node->safe_psql('postgres', "SELECT gin_clean_pending_list('pending_metadata_idx')");
	is(counts('bitmap'), $by_rows, "$what: and once they are moved");
	is(problems(), '', "$what: and the indexes are still good");

	my (@acknowledged) = slurp_file($running{poster}{out}) =~ /^(\d+)\n/mg;
	$posted = $acknowledged[-1] if @acknowledged;
	is($node->safe_psql('postgres', "SELECT count(*) FROM runs_metadata WHERE run_id <= $posted"),
		$posted, "$what: all $posted runs that were posted are there");
	$node->safe_psql('postgres',
		join('', map { "DROP INDEX IF EXISTS $_;\n" } 'built', 'built_at_once', grep { /_cc(new|old)/ } keys %unfinished));
}
note('left unfinished: ' . join(' ', %unfinished));
cmp_ok($posted, '>', 20, 'there were posts');

# Dead rows, half written pages and what else a crash leaves do not stay.
$node->safe_psql('postgres', 'VACUUM (INDEX_CLEANUP ON) direct, pending, runs_metadata');
is(problems(), '', 'nor is there a problem after VACUUM');
my $by_rows = counts('seq');
is(counts('bitmap'), $by_rows, 'bitmap scans still count the same');
is(counts('node'), $by_rows, 'so do metadata scans');

$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/PANIC|TRAP|terminated by signal (4|6|7|8|11)\b/, 'no crash but those that were ordered');
# The check is given an index's OID; REINDEX CONCURRENTLY may have replaced that one since its name was looked up.
$log =~ s/^.* check ERROR:  could not open relation with OID \d+\n.* check STATEMENT:  SELECT \* FROM metadata_index_check\('pending_metadata_idx'\);\n//mg;
unlike($log, qr/ERROR:.*(corrupt|contains|could not (read|access|open|find)|unexpected)/, 'no page was found damaged');
done_testing();
