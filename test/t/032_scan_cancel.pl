# Statements are cancelled in the middle of each loop of Metadata Scan and
# Metadata Count: soon, and without anything being left locked, pinned or open.
#
#   CANCEL_ROUNDS=6    how often each statement is cancelled

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = $ENV{CANCEL_ROUNDS} || 6;
# Most of it is for a machine that has other things to do.
my $patience = 500;

my $node = PostgreSQL::Test::Cluster->new('scan_cancel');
$node->init;
$node->append_conf('postgresql.conf',
	"autovacuum = off\nshared_buffers = 256MB\nmax_wal_size = 2GB\nlog_min_messages = warning\njit = off");
$node->start;
$node->safe_psql(
	'postgres', q{
CREATE EXTENSION detmeta;
CREATE TABLE many (run_id int, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO many SELECT i, jsonb_build_object('n', i % 50, 'notes', md5(i::text), 'cut', repeat('long ', 20) || i % 5000,
	'r.s', i % 7, 'r', jsonb_build_object('s', i % 11)) FROM generate_series(1, 60000) AS i;
CREATE INDEX ON many USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM ANALYZE many;
-- no row is proven visible
CREATE TABLE unproven (LIKE many) WITH (autovacuum_enabled = off);
CREATE INDEX ON unproven USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO unproven SELECT * FROM many WHERE run_id % 2 = 0;
ANALYZE unproven;
-- all rows are in the pending list
CREATE TABLE pending (LIKE many) WITH (autovacuum_enabled = off);
CREATE INDEX ON pending USING gin (metadata metadata_ops) WITH (fastupdate = on, gin_pending_list_limit = 1000000);
INSERT INTO pending SELECT * FROM many;

-- Cancel a statement after some time, in a subtransaction, and tell how many milliseconds too late that was.
CREATE FUNCTION late(statement text, after float) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
  start timestamptz := clock_timestamp();
BEGIN
  EXECUTE statement;
  RETURN NULL;
EXCEPTION WHEN query_canceled THEN
  RETURN 1000 * extract(epoch FROM clock_timestamp() - start) - after;
END $$;
});

my $settings = 'SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET max_parallel_workers_per_gather = 0;';

my %statements = (
	'sets' => q{SELECT count(*) FROM many, generate_series(1, 10) AS i WHERE metadata @~ 'n is not 7 and not (n between 10 and 20)'},
	'count' => q{SELECT (SELECT count(*) FROM many WHERE metadata @~ metadata_filter('n', '>', i % 50)) FROM generate_series(1, 5000) AS i},
	'dictionary walk' => q{SELECT count(*) FROM many WHERE metadata @~ 'notes contains "abc" or notes icontains "BCD" or notes contains "cde" or notes icontains "def" or notes icontains "0ab"'},
	'visibility' => q{SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n < 40'), count(*) FILTER (WHERE metadata @~ 'n > 10') FROM unproven},
	'recheck' => q{SELECT count(*) FROM many WHERE metadata @~ 'cut contains "long 77"'},
	'small work_mem' => q{SELECT (SELECT count(*) FROM many WHERE metadata @~ metadata_filter('n', '>', i % 50)) FROM generate_series(1, 5000) AS i},
	'ordered walk' => q{SELECT count(run_id) FROM (SELECT run_id FROM many ORDER BY metadata_sort(metadata, 'notes') OFFSET 0) AS s},
	'ordered walk backward' => q{SELECT count(run_id) FROM (SELECT run_id FROM many ORDER BY metadata_sort(metadata, 'notes') DESC OFFSET 0) AS s},
	'ordered walk of cut values' => q{SELECT count(run_id) FROM (SELECT run_id FROM many ORDER BY metadata_sort(metadata, 'cut') DESC OFFSET 0) AS s},
	'ordered walk of repeated keys' => q{SELECT run_id FROM many ORDER BY metadata_sort(metadata, 'r.s') LIMIT 1},
	'ordered walk of filtered rows' => q{SELECT run_id FROM many WHERE metadata @~ 'n > 20' AND run_id < 0 ORDER BY metadata_sort(metadata, 'notes') LIMIT 1},
	'no value' => q{SELECT count(run_id) FROM (SELECT run_id FROM many WHERE metadata @~ 'n > 1' ORDER BY metadata_sort(metadata, 'unknown') NULLS FIRST OFFSET 0) AS s},
	'pending list' => q{SELECT count(*) FROM pending WHERE metadata @~ 'n is not 7 and not (n between 10 and 20)'},
	'pending list in order' => q{SELECT run_id FROM pending ORDER BY metadata_sort(metadata, 'notes') LIMIT 1},);

# How long a statement takes when it is left alone, in milliseconds, or 300 if that is less.
sub duration
{
	my ($statement) = @_;
	my $out;

	$node->psql('postgres',
		"$settings SELECT clock_timestamp() AS start \\gset\nSET statement_timeout = 300;\n$statement \\g /dev/null\n"
		  . "SELECT 1000 * extract(epoch FROM clock_timestamp() - :'start');",
		stdout => \$out, on_error_stop => 0);
	return $out > 300 ? 300 : $out;
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
	$script .= "SET statement_timeout = 0;\nBEGIN;\nDECLARE c CURSOR FOR $statement;\nFETCH c \\g /dev/null\nCLOSE c;\nCOMMIT;\n"
	  . "SELECT 'locks ' || count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation::regclass::text ~ 'many|pending|unproven';\n";

	my ($out, $err);
	$node->psql('postgres', $script, stdout => \$out, stderr => \$err, on_error_stop => 0);
	# a statement may be over or not have begun when its time is
	$err =~ s/^psql:\S+ //mg;
	$err =~ s/^ERROR:  canceling statement due to statement timeout\n?(CONTEXT:  .*\n?)?//mg;
	is($err, '', "$name: no other errors");
	like($out, qr/^locks 0$/m, "$name: no locks stay");
	my @late = sort { $b <=> $a } grep { /^[-.\d]+$/ } split /\n/, $out;
	cmp_ok(@late ? $late[0] : 0, '<', $patience, "$name: cancelled in time");
	note(sprintf '%s: takes %.0f ms or more, cancelled %d times, at most %.1f ms late', $name, $duration, scalar @late, @late ? $late[0] : 0);
}

$node->stop;
unlike(slurp_file($node->logfile), qr/leak|was not closed|still referenced|PANIC|TRAP/, 'nothing is leaked');
done_testing();
