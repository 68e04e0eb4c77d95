# metadata_index_check() lets others go on while it reads the pending list: the
# list is moved into the tree behind its back, and added to, and nevertheless it
# reports what is wrong with the index, and nothing else.
#
#   CHECK_ROUNDS=12   how often; in some of them the list is just being read
#
# A check is held up where it serves interrupts: it is told to log its memory
# contexts, while the process that takes the log is stopped.  The list is long
# and the check sees few rows, so most of the time it reads the list.  Some of
# these rows are not in the index, because the catalogs are made to say that it
# was built without its predicate.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes;

my $rounds = $ENV{CHECK_ROUNDS} || 12;

my $node = PostgreSQL::Test::Cluster->new('check_pending');
$node->init;
$node->append_conf('postgresql.conf',
	"autovacuum = off\nfsync = off\nlogging_collector = on\nlog_min_messages = warning\nlog_statement = none\nshared_buffers = 64MB");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION detmeta;
CREATE TABLE runs (run_id int, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX runs_metadata ON runs USING gin (metadata metadata_ops) WITH (fastupdate = on, gin_pending_list_limit = 1000000)
  WHERE run_id % 20 <> 0;
CREATE FUNCTION document(i int) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('n', i % 10, 'note', 'note ' || i % 500, 'long', repeat('long ', 15) || i % 7)
$$;
-- rows in the middle of the list; the others in it are dead before a check begins
CREATE PROCEDURE fill_list(before int, kept int, behind int) LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO runs SELECT i, document(i) FROM generate_series(1001, 1000 + before) AS i;
  INSERT INTO runs SELECT i, document(i) FROM generate_series(1, kept) AS i;
  INSERT INTO runs SELECT i, document(i) FROM generate_series(1001, 1000 + behind) AS i;
  COMMIT;
  DELETE FROM runs WHERE run_id > 1000;
END $$;
CALL fill_list(2000, 100, 2000);
UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'runs_metadata'::regclass;
});

my $check = q{SELECT r.run_id, c.entry, c.problem FROM metadata_index_check('runs_metadata') AS c LEFT JOIN runs AS r ON r.ctid = c.tid ORDER BY 1, 2, 3};
my $missing = $node->safe_psql('postgres', $check);
is(scalar(() = $missing =~ /^\d+0\|.*\|the row has an entry, and the index does not$/mg), 5 * 7, 'rows that are not in the index are reported');
is(scalar(split(/\n/, $missing)), 5 * 7, 'and nothing else');

# Start a session with some statements.
sub start_session
{
	my (@script) = @_;
	my %session = (out => '', err => '');

	$session{psql} = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), map { ('-c', $_) } @script ],
		'>', \$session{out}, '2>', \$session{err}, IPC::Run::timeout(180));
	return \%session;
}

my ($logger) = map { /^(\d+) .*logger/ ? $1 : () } split(/\n/, `ps -o pid= -o args= --ppid @{[ $node->{_pid} ]} | sed 's/^ *//'`);
ok($logger, 'there is a process that takes the log');
END { kill('CONT', $logger) if $logger }

# How long a check takes, in seconds.
$node->safe_psql('postgres', 'CALL fill_list(6000, 0, 6000)');
my $duration = $node->safe_psql('postgres', "SELECT clock_timestamp() AS start \\gset\n$check \\g /dev/null\nSELECT extract(epoch FROM clock_timestamp() - :'start')");
note("a check takes $duration s");

foreach my $round (1 .. $rounds)
{
	$node->safe_psql('postgres', 'CALL fill_list(6000, 0, 6000)') if $round > 1;
	kill('STOP', $logger);
	# fill the pipe that leads to it
	my $writer = start_session(q{DO $$ BEGIN FOR i IN 1 .. 10000 LOOP RAISE LOG 'the pipe is full after some of these'; END LOOP; END $$;});
	Time::HiRes::sleep(0.2);
	# both sessions wait for a moment that is the check's begin
	my $begin = $node->safe_psql('postgres', q{SELECT clock_timestamp() + interval '0.5 s'});
	my $checker = start_session('SELECT pg_backend_pid()',
		"DO 'BEGIN PERFORM pg_sleep(extract(epoch FROM timestamptz ''$begin'' - clock_timestamp())); END'", $check);
	$checker->{psql}->pump until $checker->{out} =~ /^(\d+)\n/;
	my $pid = $1;
	my $after = $duration * ($round - 0.5) / $rounds;
	$node->safe_psql(
		'postgres', qq{
-- a warning that the check is over already would wait for the log as well
SET log_min_messages = fatal;
SELECT pg_sleep($after + extract(epoch FROM '$begin' - clock_timestamp()));
SELECT pg_log_backend_memory_contexts($pid);
SET maintenance_work_mem = '1MB';
SELECT gin_clean_pending_list('runs_metadata');
});
	$node->safe_psql('postgres', 'SET log_min_messages = fatal; CALL fill_list(1000, 0, 1000)') if $round % 2;
	kill('CONT', $logger);
	$_->{psql}->finish for $writer, $checker;
	is($checker->{err}, '', "round $round: no errors");
	is($checker->{out}, "$pid\n$missing\n", "round $round: the missing rows are reported, and nothing else");
	$node->safe_psql('postgres', 'VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) runs') if $round % 4 == 0;
}
is($node->safe_psql('postgres', $check), $missing, 'so are they by a check that is alone');

$node->stop;
unlike(join('', map { slurp_file($_) } $node->logfile, glob($node->data_dir . '/log/*')),
	qr/leak|was not closed|still referenced|PANIC|TRAP|terminated by signal/, 'no crash, and nothing is leaked');
done_testing();
