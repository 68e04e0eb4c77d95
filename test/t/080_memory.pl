# What a backend takes of memory: filtering, counting, sorting and posting stay within work_mem and a constant, however
# many rows there are and match; and what concerns one document takes a multiple of it, however it is nested.
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
ANALYZE unproven;
-- documents of 1.2 MB: names of 1,000 bytes inside each other, and one name with a dot or none
CREATE FUNCTION nested(first text) RETURNS jsonb RETURN
	((SELECT string_agg('{"' || rpad(CASE i WHEN 1 THEN first ELSE '' END || i, 1000, 'k') || '":', '') FROM generate_series(1, 1200) AS i)
		|| '1' || repeat('}', 1200))::jsonb;
CREATE TABLE nested AS SELECT i AS run_id, nested(CASE WHEN i > 1 THEN 'a.b' ELSE 'a' END || i) AS metadata FROM generate_series(1, 3) AS i;
CREATE TABLE nested_runs (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
CREATE INDEX ON nested_runs USING gin (metadata metadata_ops);
CREATE VIEW nested_view AS TABLE nested;});

my $conditions = join(' or ', map { "n is $_" } 1 .. 1000);
my @statements = (
	[ 'a count of one value' => q{SELECT count(*) FROM runs_metadata WHERE metadata @~ 'state is "open"'} ],
	[ 'a count of what lacks it' => q{SELECT count(*) FROM runs_metadata WHERE metadata @~ 'not (state is "open" or tags is "a7")'} ],
	[ 'a count over all values of a key' => q{SELECT count(*) FROM runs_metadata WHERE metadata @~ 'id contains "7"'} ],
	[ 'a count of rows that have to be looked up' => q{SELECT count(*) FROM unproven WHERE metadata @~ 'n > 10 and state is not "lost"'} ],
	[ 'counts side by side' => q{SELECT count(*) FILTER (WHERE metadata @~ 'n > 10'), count(*) FILTER (WHERE metadata @~ 'state is not "open"'), count(*) FILTER (WHERE metadata @~ 'id < "8"') FROM runs_metadata} ],
	[ 'a filter of a thousand conditions' => "SELECT count(*) FROM runs_metadata WHERE metadata \@~ '$conditions'" ],
	[ 'a list of 20,000 values' => q{SELECT count(*) FROM runs_metadata WHERE metadata_in(metadata, 'n', ARRAY(SELECT generate_series(1, 20000)))} ],
	[ 'all rows of a filter' => q{SELECT count(run_id % 7) FROM runs_metadata WHERE metadata @~ 'id contains "7"'} ],
	[ 'a page' => q{SELECT run_id FROM runs_metadata WHERE metadata @~ 'state is "open"' ORDER BY metadata_sort(metadata, 'id'), run_id LIMIT 20} ],
	[ 'all rows in order' => q{SELECT count(run_id) FROM (SELECT run_id FROM runs_metadata WHERE metadata @~ 'n > 0' ORDER BY metadata_sort(metadata, 'n') OFFSET 0) AS page} ],
	[ 'a page through core' => q{SET detmeta.enable_metadata_scan = off; SET enable_seqscan = off; SELECT count(*) FROM runs_metadata WHERE metadata @~ 'id contains "7"'; RESET detmeta.enable_metadata_scan; RESET enable_seqscan} ],
	[ 'a search' => q{SELECT count(*), max(total) FROM search_run_metadata('tags is not "a7"', 'metadata.id=desc', 20)} ],
	[ 'keys' => q{SELECT count(*) FROM metadata_keys('runs_metadata')} ],
	[ 'a post' => q{SELECT post_run_metadata(7, '{"n": 7, "state": "new"}') IS NOT NULL} ],
	[ 'posts' => q{SELECT count(post_run_metadata(i, jsonb_build_object('n', i, 'state', 'new'))) FROM generate_series(1, 2000) AS i} ],
	[ 'merges' => q{SELECT count(merge_run_metadata(i, '{"state": "newer"}')) FROM generate_series(1, 2000) AS i} ],
	[ 'entries of a nested document' => q{SELECT count(*) FROM nested, metadata_debug_entries(metadata) WHERE run_id = 1} ],
	[ 'entries of one with a dot' => q{SELECT count(*) FROM nested, metadata_debug_entries(metadata) WHERE run_id = 2} ],
	[ 'an insert of nested documents' => q{INSERT INTO nested_runs SELECT * FROM nested} ],
	[ 'keys of nested documents' => q{SELECT count(*) FROM metadata_keys('nested_runs')} ],
	[ 'keys of nested documents of a view' => q{SELECT count(*) FROM metadata_keys('nested_view')} ],
	[ 'an aggregate of keys of nested documents' => q{SELECT cardinality(metadata_key_counts(metadata)) FROM nested WHERE run_id > 1} ],
	[ 'a comparison of nested documents' => q{SET detmeta.runs_table = nested_runs; SELECT count(*) FROM compare_run_metadata(ARRAY[1, 2, 3]); RESET detmeta.runs_table} ]);

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
