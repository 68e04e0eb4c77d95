# What a backend takes of memory: filtering, counting, sorting and posting stay within work_mem and a constant, however
# many rows there are and match.
#
#   MEMORY_ROWS=100000   how many

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'reads /proc, as Linux has it' if !-w "/proc/$$/clear_refs";

my $rows = $ENV{MEMORY_ROWS} || 100_000;
my $work_mem = 1024;    # kB
my $constant = 16 * 1024;

my $node = PostgreSQL::Test::Cluster->new('memory');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf',
	"shared_buffers = 1MB\nautovacuum = off\njit = off\nmax_parallel_workers_per_gather = 0\nmax_wal_size = 8GB\nfsync = off");
$node->start;
$node->safe_psql(
	'postgres', qq{
CREATE EXTENSION detmeta;
SELECT create_runs_metadata();
INSERT INTO runs_metadata
SELECT i, jsonb_build_object('n', i, 'id', md5(i::text), 'state', (ARRAY['open', 'done', 'lost'])[1 + i % 3], 'tags', ARRAY['a' || i % 50])
FROM generate_series(1, $rows) AS i;
VACUUM (ANALYZE) runs_metadata;
CREATE TABLE unproven AS TABLE runs_metadata;
ALTER TABLE unproven ALTER metadata SET NOT NULL;
CREATE INDEX ON unproven USING gin (metadata metadata_ops);
ANALYZE unproven;});

my $conditions = join(' or ', map { "n is $_" } 1 .. 1000);
my @statements = (
	[ 'a count of one value' => q{SELECT count(*) FROM runs_metadata WHERE metadata @~ 'state is "open"'} ],
	[ 'a count of what lacks it' => q{SELECT count(*) FROM runs_metadata WHERE metadata @~ 'not (state is "open" or tags is "a7")'} ],
	[ 'a count over all values of a key' => q{SELECT count(*) FROM runs_metadata WHERE metadata @~ 'id contains "7"'} ],
	[ 'a count of rows that have to be looked up' => q{SELECT count(*) FROM unproven WHERE metadata @~ 'n > 10 and state is not "lost"'} ],
	[ 'counts side by side' => q{SELECT count(*) FILTER (WHERE metadata @~ 'n > 10'), count(*) FILTER (WHERE metadata @~ 'state is not "open"'), count(*) FILTER (WHERE metadata @~ 'id < "8"') FROM runs_metadata} ],
	[ 'a filter of a thousand conditions' => "SELECT count(*) FROM runs_metadata WHERE metadata \@~ '$conditions'" ],
	[ 'all rows of a filter' => q{SELECT count(run_id % 7) FROM runs_metadata WHERE metadata @~ 'id contains "7"'} ],
	[ 'a page' => q{SELECT run_id FROM runs_metadata WHERE metadata @~ 'state is "open"' ORDER BY metadata_sort(metadata, 'id'), run_id LIMIT 20} ],
	[ 'all rows in order' => q{SELECT count(run_id) FROM (SELECT run_id FROM runs_metadata WHERE metadata @~ 'n > 0' ORDER BY metadata_sort(metadata, 'n') OFFSET 0) AS page} ],
	[ 'a page through core' => q{SET detmeta.enable_metadata_scan = off; SET enable_seqscan = off; SELECT count(*) FROM runs_metadata WHERE metadata @~ 'id contains "7"'; RESET detmeta.enable_metadata_scan; RESET enable_seqscan} ],
	[ 'a search' => q{SELECT count(*), max(total) FROM search_run_metadata('tags is not "a7"', 'metadata.id=desc', 20)} ],
	[ 'keys' => q{SELECT count(*) FROM metadata_keys('runs_metadata')} ],
	[ 'a post' => q{SELECT post_run_metadata(7, '{"n": 7, "state": "new"}') IS NOT NULL} ],
	[ 'posts' => q{SELECT count(post_run_metadata(i, jsonb_build_object('n', i, 'state', 'new'))) FROM generate_series(1, 2000) AS i} ],
	[ 'merges' => q{SELECT count(merge_run_metadata(i, '{"state": "newer"}')) FROM generate_series(1, 2000) AS i} ]);

# In one session: what each statement adds to the memory at its start, leaving out shared buffers.
my $script = "SET work_mem = '${work_mem}kB';\nSELECT pg_backend_pid() AS pid \\gset\n\\setenv PID :pid\n";
foreach my $statement ([ 'warm up', $statements[0][1] ], @statements)
{
	$script .= "\\! echo 5 >/proc/\$PID/clear_refs; grep -E '^(VmRSS|RssShmem)' /proc/\$PID/status\n";
	$script .= "$statement->[1];\n\\! grep -E '^(VmHWM|RssShmem)' /proc/\$PID/status; echo ==\n";
}
my ($out, $err) = ('', '');
IPC::Run::run([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres') ],
	'<', \$script, '>', \$out, '2>', \$err, IPC::Run::timeout(600));
is($err, '', 'all statements run');

my @parts = split(/^==\n/m, $out);
foreach my $i (0 .. $#statements)
{
	my ($rss) = $parts[ $i + 1 ] =~ /^VmRSS:\s+(\d+)/m;
	my ($peak) = $parts[ $i + 1 ] =~ /^VmHWM:\s+(\d+)/m;
	my ($before, $after) = $parts[ $i + 1 ] =~ /^RssShmem:\s+(\d+)/mg;
	my $taken = $peak - $rss - ($after - $before);

	note("$statements[$i][0]: $taken kB");
	cmp_ok($taken, '<=', $work_mem + $constant, "$statements[$i][0] takes no more than work_mem and a constant");
}

done_testing();
