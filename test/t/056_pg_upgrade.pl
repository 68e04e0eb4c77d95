# A server of a lower major version is upgraded with pg_upgrade, which takes the
# files of tables and indexes over as they are: entries, stored filters and sort
# keys that one server wrote are read by the next, which answers, counts and
# sorts as before, and goes on to write.
#
#   OLD_PG_CONFIG=path   pg_config of the lower version; the default is the lowest that is installed in Debian's layout
#
# detmeta is built for the lower version here, in a mirror of its folders such
# as run.sh makes.  So that server's headers are needed.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $tree = "$FindBin::RealBin/../..";
my ($oldest) = slurp_file("$tree/test/setup.sh") =~ /^OLDEST=(\d+)/m;
my ($new_major) = `pg_config --version` =~ /(\d+)/;

# Ask a pg_config; the default is the tested one.
sub config
{
	my ($what, $pg_config) = @_;
	my ($out) = run_command([ $pg_config // 'pg_config', "--$what" ]);

	return $out;
}

# Find the lower version: its pg_config, or undef and why there is none.
sub find_old
{
	my @wanted = map { "/usr/lib/postgresql/$_/bin/pg_config" } $oldest .. $new_major - 1;
	my $why = "no server from $oldest to before $new_major is installed in Debian's layout, and OLD_PG_CONFIG names none";

	$why = "detmeta runs on no version before $new_major" if $new_major == $oldest;
	@wanted = ($ENV{OLD_PG_CONFIG}) if $ENV{OLD_PG_CONFIG};
	foreach my $pg_config (grep { -x } @wanted)
	{
		my ($major) = config('version', $pg_config) =~ /(\d+)/;

		if ($major < $oldest || $major >= $new_major)
		{
			$why = "$pg_config is of PostgreSQL $major, not of one from $oldest to before $new_major";
		}
		elsif (!-x config('bindir', $pg_config) . '/postgres')
		{
			$why = "$pg_config is of PostgreSQL $major, whose server is not installed";
		}
		elsif (!-f config('pgxs', $pg_config) || !-f config('includedir-server', $pg_config) . '/postgres.h')
		{
			$why = "PostgreSQL $major is installed without the headers to build detmeta for it (postgresql-server-dev-$major)";
		}
		else
		{
			return $pg_config;
		}
	}
	return (undef, $why);
}

my ($old_config, $why_none) = find_old();
plan skip_all => $why_none unless $old_config;

# Build detmeta for the lower version.
my $folder = PostgreSQL::Test::Utils::tempdir();
my $old_bin = "$folder/root" . config('bindir', $old_config);
my ($old_major) = config('version', $old_config) =~ /(\d+)/;

mkdir "$folder/tree";
system_or_bail('bash', '-c', 'set -euo pipefail; . "$0/test/setup.sh"; mirror_server "$1" "$2"', $tree, $old_config, "$folder/root");
system_or_bail('cp', '-R', (map { "$tree/$_" } qw(Makefile detmeta.control sql src)), "$folder/tree");
unlink glob("$folder/tree/src/{,*/}*.{o,bc}");
system_or_bail('make', '-s', '-C', "$folder/tree", "PG_CONFIG=$old_bin/pg_config", 'with_llvm=no', @$_) for [ '-j2', 'all' ], ['install'];

# Versions have their own defaults of both.
my @initdb = ('--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums');
my $old = PostgreSQL::Test::Cluster->new('old', install_path => $old_bin =~ s/\/bin$//r);
my $new = PostgreSQL::Test::Cluster->new('new');
foreach my $node ($old, $new)
{
	$node->init(extra => \@initdb);
	$node->append_conf('postgresql.conf', 'autovacuum = off');
}
$old->start;
note("from PostgreSQL $old_major to $new_major");

# What a user has.  Of the tables, run has dead rows and rows that were updated
# in place and elsewhere, runs_metadata as well, and pending has a pending list.
my @tables = qw(run runs_metadata pending);
my $path = 'SET search_path = public, meta';
$old->safe_psql('postgres', 'ALTER DATABASE postgres SET detmeta.max_key_bytes = 200');
$old->safe_psql(
	'postgres', qq{
CREATE SCHEMA meta;
CREATE EXTENSION detmeta SCHEMA meta;
$path;
\\i $tree/test/regress/scan.sql
CREATE FUNCTION posted(i int) RETURNS jsonb LANGUAGE sql AS \$\$
  SELECT document(i) - 'r.s' || jsonb_build_object('note', 'note ' || i * 7919 % 3001, 'Größe', CASE WHEN i % 2 = 0 THEN 'Übergröße' ELSE 'klein' END)
\$\$;
SELECT create_runs_metadata(trigram_keys => 'note');
ALTER TABLE runs_metadata SET (autovacuum_enabled = off);
SELECT count(post_run_metadata(i, posted(i))) FROM generate_series(1, 2600) AS i;
-- posts refuse keys with a dot, and the index reads them
INSERT INTO runs_metadata SELECT i, document(i) FROM generate_series(2601, 3000) AS i;
VACUUM ANALYZE runs_metadata;
SELECT count(post_run_metadata(i, posted(i + 1))) FROM generate_series(9, 2600, 90) AS i;
SELECT count(merge_run_metadata(i, '{"loss": null, "x": "merged", "r": {"t": 1}}')) FROM generate_series(20, 2600, 100) AS i;
DELETE FROM runs_metadata WHERE run_id % 70 = 1;
BEGIN;
SELECT count(post_run_metadata(i, posted(i))) FROM generate_series(9001, 9050) AS i;
ROLLBACK;

CREATE TABLE pending (LIKE run) WITH (autovacuum_enabled = off);
CREATE INDEX pending_metadata ON pending USING gin (metadata metadata_ops) WITH (fastupdate = on, gin_pending_list_limit = 100000);
SELECT fill('pending', 900);
VACUUM ANALYZE pending;
SELECT change('pending');
INSERT INTO pending SELECT i, 1, NULL, document(i) FROM generate_series(1001, 1300) AS i;

CREATE TABLE filters (id int PRIMARY KEY, f metadata_filter UNIQUE, g metadata_filter);
INSERT INTO filters VALUES (1, 'loss < 10 and tags is "t1"'), (2, 'when >= date "2024-01-15" or x is {"y": 1}'), (3, 'note contains "77" or loss is empty'),
  (4, 'digits > 1e299 and not (n in (1, 2, 3) or x between -1e30 and 7.5)'), (5, '"Größe" icontains "ÜBER"'), (6, 'x in (null, true, [1, "a"], 12)');
UPDATE filters SET g = f;
CREATE INDEX filters_g ON filters USING hash (g);
CREATE VIEW low AS SELECT run_id FROM runs_metadata WHERE metadata_lt(metadata, 'loss', 20) AND metadata_is(metadata, 'tags', 't2');
CREATE MATERIALIZED VIEW sorted AS SELECT run_id, metadata_sort(metadata, 'x') AS key FROM runs_metadata;
CREATE TABLE marked (id int, m jsonb, low boolean GENERATED ALWAYS AS (metadata_lt(m, 'loss', 10)) STORED, wanted metadata_filter DEFAULT 'loss < 5',
  CONSTRAINT status_is_known CHECK (metadata_in(m, 'status', ARRAY['done', 'failed', 'running', 'queued'])));
INSERT INTO marked SELECT run_id, metadata FROM runs_metadata;
CREATE INDEX marked_m ON marked USING gin (m metadata_ops, (m->'r') metadata_ops) WHERE metadata_is(m, 'tags', 't1');
CREATE INDEX marked_sort ON marked (metadata_sort(m, 'x'), id);
});

# An index with a column of another kind in front of the metadata.
SKIP:
{
	skip 'btree_gin is not installed for both versions', 1
	  unless !grep { !-f config('sharedir', $_) . '/extension/btree_gin.control' } "$old_bin/pg_config", 'pg_config';
	$old->safe_psql(
		'postgres', qq{
$path;
CREATE EXTENSION btree_gin;
CREATE TABLE scoped (LIKE run) WITH (autovacuum_enabled = off);
CREATE INDEX scoped_metadata ON scoped USING gin (project, metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('scoped', 1500);
VACUUM ANALYZE scoped;
SELECT change('scoped');
});
	push @tables, 'scoped';
	pass('an index has a column of btree_gin');
}

# What is asked of each table, by three kinds of plans.
my @filters = (
	'n < 10 and x is not empty', 'loss between -5 and 20 and status is not "done"', 'tags is "t1" or x is true',
	'notes contains "a1"', 'when >= date "2024-01-15T00:00:00Z"', 'x in (null, 9, "text", {"y": 1})', 'x is empty',
	'r.s is text "7" or (r.s > 20 and not (n > 50))', 'digits > 1e299 and n is 6', ('k' x 140) . '0 is 4');
my @filters_of_posted = ('note contains "te 77"', 'note starts with "note 1" or x is "merged"', '"Größe" icontains "ÜBER"');
my @orders = (
	[ 'loss', '' ], [ 'loss', 'DESC' ], [ 'x', '' ], [ 'x', 'DESC' ], [ 'when', '' ], [ 'r.s', 'DESC' ], [ 'notes', '' ]);
my $page = 'LIMIT 20 OFFSET 10';
my (@counts, @rows, @pages);

foreach my $table (@tables)
{
	my $condition = "FROM $table WHERE" . ($table eq 'scoped' ? ' project = 2 AND' : '');

	foreach my $filter (@filters, $table eq 'runs_metadata' ? @filters_of_posted : ())
	{
		push @counts, "SELECT count(*) $condition metadata \@~ '$filter'";
		push @rows, "SELECT run_id, md5(metadata::text) $condition metadata \@~ '$filter' ORDER BY run_id";
	}
	foreach (@orders)
	{
		my ($key, $direction) = @$_;

		push @pages, "SELECT run_id $condition metadata \@~ 'n > 5' ORDER BY metadata_sort(metadata, '$key') $direction NULLS LAST, run_id $page";
	}
}

# What to set for a kind of plan (at last for pages), and what in it shows counts, rows and pages to be of that kind.
my %ways = (
	detmeta => {
		set => 'SET enable_seqscan = off; SET enable_indexscan = off; SET enable_bitmapscan = off; SET cpu_tuple_cost = 10',
		counts => qr/^Custom Scan \(Metadata Count\)/,
		rows => qr/Custom Scan \(Metadata Scan\)/,
		last => 'SET enable_sort = off',
		pages => qr/Custom Scan \(Metadata Scan\).*Order By: metadata_sort/s
	},
	bitmap => {
		set => 'SET enable_seqscan = off; SET enable_indexscan = off; SET detmeta.enable_metadata_scan = off',
		counts => qr/Bitmap Index Scan on \w+_metadata/,
		rows => qr/Bitmap Index Scan on \w+_metadata/,
		pages => qr/Sort Key: .*metadata_sort.*Bitmap Index Scan on \w+_metadata/s
	},
	sequential => {
		set => 'SET enable_bitmapscan = off; SET enable_indexscan = off; SET enable_indexonlyscan = off; SET detmeta.enable_metadata_scan = off',
		counts => qr/Seq Scan/,
		rows => qr/Seq Scan/,
		pages => qr/Sort Key: .*metadata_sort.*Seq Scan/s
	});

# All other questions.
my $questions = qq{$path;
SELECT 'rows', count(*), md5(string_agg(metadata::text, '' ORDER BY run_id)) FROM runs_metadata;
SELECT id, f, count(*) FROM filters JOIN runs_metadata ON metadata \@~ f GROUP BY id, f ORDER BY id;
SELECT 'low', count(*), sum(run_id) FROM low;
SELECT 'sorted', count(*), count(*) FILTER (WHERE key IS DISTINCT FROM metadata_sort(metadata, 'x')), md5(string_agg(run_id::text, ' ' ORDER BY key, run_id)) FROM sorted JOIN runs_metadata USING (run_id);
SELECT 'marked', count(*), count(*) FILTER (WHERE low), count(*) FILTER (WHERE low IS DISTINCT FROM metadata_lt(m, 'loss', 10)), count(*) FILTER (WHERE m \@~ wanted) FROM marked;
SELECT 'keys', * FROM metadata_keys('runs_metadata');
SELECT 'values', * FROM metadata_values('runs_metadata', 'status');
SELECT 'summary', * FROM metadata_summary('runs_metadata', 'loss');
SELECT 'page', run_id, total FROM search_run_metadata('loss > 30', 'metadata.loss=desc', 5);
SELECT 'compared', * FROM compare_run_metadata('{7, 8}');
SET enable_seqscan = off;
SELECT 'stored', id FROM filters WHERE f = 'loss < 1e1 and tags is "t1"' OR f = 'note contains ''77'' or (loss is empty)' ORDER BY id;
SELECT 'part', count(*) FROM marked WHERE metadata_is(m, 'tags', 't1') AND metadata_is(m->'r', 's', 7);
SELECT 'first', id FROM marked ORDER BY metadata_sort(m, 'x'), id LIMIT 5;
SELECT 'hashed', id FROM filters WHERE g = 'Größe icontains "ÜBER"';
};
my $plans = qq{$path; SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM marked WHERE metadata_is(m, 'tags', 't1') AND metadata_is(m->'r', 's', 7);
EXPLAIN (COSTS OFF) SELECT id FROM marked ORDER BY metadata_sort(m, 'x'), id LIMIT 5;
EXPLAIN (COSTS OFF) SELECT id FROM filters WHERE f < 'loss is 1';
EXPLAIN (COSTS OFF) SELECT id FROM filters WHERE g = 'loss is 1';
};
my $indexes = qr/marked_m\b.*marked_sort\b.*filters_f_key\b.*filters_g\b/s;

# Compare long answers; show only lines that differ.
sub same
{
	my ($got, $wanted, $name) = @_;
	my @got = split(/\n/, $got);
	my @wanted = split(/\n/, $wanted);
	my @differ = grep { ($got[$_] // '') ne ($wanted[$_] // '') } 0 .. ($#got > $#wanted ? $#got : $#wanted);

	splice(@differ, 20) if @differ > 20;
	is(join("\n", map { $got[$_] // 'nothing' } @differ), join("\n", map { $wanted[$_] // 'nothing' } @differ), $name);
}

# Ask in one of the ways; show that the plans are of that kind.
sub ask
{
	my ($node, $way, $name) = @_;
	my %way = %{ $ways{$way} };
	my $set = "$path; SET jit = off; SET max_parallel_workers_per_gather = 0; $way{set};\n";
	my $last = $way{last} ? "$way{last};\n" : '';
	my @queries = (@counts, @rows, @pages);
	my @wanted = ((map { $way{counts} } @counts), (map { $way{rows} } @rows), (map { $way{pages} } @pages));
	my $script = join('', $set, (map { "EXPLAIN (COSTS OFF) $_;\n\\echo ===\n" } @counts, @rows), $last, map { "EXPLAIN (COSTS OFF) $_;\n\\echo ===\n" } @pages);
	my @plans = split(/^===\n/m, $node->safe_psql('postgres', $script));
	my @others = grep { $plans[$_] !~ $wanted[$_] } 0 .. $#queries;

	is(join("\n", map { "$queries[$_]\n$plans[$_]" } @others), '', "$name, $way: plans are of this kind");
	$script =~ s/^EXPLAIN \(COSTS OFF\) (.*);\n.*$/SELECT \$query\$$1\$query\$;\n$1;/mg;
	return $node->safe_psql('postgres', $script);
}

# Ask in all ways, of which the one without an index is right.
sub ask_all
{
	my ($node, $name) = @_;
	my $answers = ask($node, 'sequential', $name);

	same(ask($node, $_, $name), $answers, "$name, $_: answers as without an index") for qw(detmeta bitmap);
	return $answers;
}

# All indexes have what their tables have.
sub check_indexes
{
	my ($node, $name) = @_;
	my $indexes = "SELECT indexrelid::regclass AS i FROM pg_index WHERE EXISTS (SELECT FROM pg_opclass AS c WHERE opcname = 'metadata_ops' AND c.oid = ANY (indclass))";

	is($node->safe_psql('postgres', "$path; SELECT count(*) FROM ($indexes) AS i"), 1 + @tables, "$name: all indexes are checked");
	is($node->safe_psql('postgres', "$path; SELECT c.* FROM ($indexes) AS i, metadata_index_check(i) AS c LIMIT 20"), '', "$name: indexes are good");
}

my $answers = ask_all($old, 'before');
my $more = $old->safe_psql('postgres', $questions);
check_indexes($old, 'before');
unlike($answers, qr/^0$|^SELECT .*\n(?!\d)/m, 'every filter finds rows');
is(scalar(() = $answers =~ /\Q$page\E\n(?:\d+(?:\n|\z)){20}(?!\d)/g), scalar(@pages), 'all pages are full');
like($more, qr/^rows\|2\d\d\d\|.*^sorted\|2\d\d\d\|0\|.*^marked\|2\d\d\d\|\d\d\d+\|0\|\d\d\d+$/ms, 'there is something to upgrade');
like($more, qr/^stored\|1\nstored\|3\npart\|[1-9].*^hashed\|5$/ms, 'stored filters are found');
like($old->safe_psql('postgres', $plans), $indexes, 'their indexes are used');
my $version = $old->safe_psql('postgres', "SELECT extversion FROM pg_extension WHERE extname = 'detmeta'");
$old->stop;

# pg_upgrade writes a script to where it is called.
chdir($folder) or die "$folder: $!";
my @pg_upgrade = (
	'pg_upgrade', '--no-sync', '--old-datadir', $old->data_dir, '--new-datadir', $new->data_dir,
	'--old-bindir', $old_bin, '--new-bindir', config('bindir'), '--socketdir', $new->host,
	'--old-port', $old->port, '--new-port', $new->port);
command_ok([ @pg_upgrade, '--check' ], 'pg_upgrade finds no obstacle');
command_ok(\@pg_upgrade, 'pg_upgrade');

# what it leaves if it fails
my @left = glob($new->data_dir . '/pg_upgrade_output.d/*/{*.txt,log/pg_upgrade_dump_*.log}');
foreach my $file (@left)
{
	my @lines = split(/\n/, slurp_file($file));

	diag(join("\n", "$file:", @lines > 30 ? @lines[ -30 .. -1 ] : @lines));
}
die 'pg_upgrade failed' if @left;

$new->start;
is($new->safe_psql('postgres', 'SHOW server_version') =~ s/\D.*//r, $new_major, 'the server is the new one');
is($new->safe_psql('postgres', "SELECT extversion FROM pg_extension WHERE extname = 'detmeta'"), $version, 'it has the extension');
my ($status, undef, $notice) = $new->psql('postgres', 'ALTER EXTENSION detmeta UPDATE');
is($status, 0, 'ALTER EXTENSION UPDATE');
like($notice, qr/^\S*\s*NOTICE:  version "\Q$version\E" of extension "detmeta" is already installed$/, 'there is nothing to do for it');

check_indexes($new, 'without statistics');
same(ask_all($new, 'without statistics'), $answers, 'without statistics: answers as before');
same($new->safe_psql('postgres', $questions), $more, 'without statistics: all else answers as before');
like($new->safe_psql('postgres', $plans), $indexes, 'without statistics: all indexes are used');
$new->safe_psql('postgres', 'ANALYZE');
same(ask_all($new, 'analyzed'), $answers, 'analyzed: answers as before');
same($new->safe_psql('postgres', $questions), $more, 'analyzed: all else answers as before');
like($new->safe_psql('postgres', $plans), $indexes, 'analyzed: all indexes are used');
cmp_ok($new->safe_psql('postgres', "SELECT gin_clean_pending_list('pending_metadata')"), '>', 1, 'the pending list is moved into the index');
same(ask_all($new, 'moved'), $answers, 'moved: answers as before');
check_indexes($new, 'moved');

# The new server goes on to write, and what it refuses it refuses as before.
is( $new->safe_psql(
		'postgres', qq{
$path;
SELECT post_run_metadata(5, '{"loss": 4711.5, "x": ["posted", 1], "note": "by the new server"}')->'x';
SELECT count(post_run_metadata(i, '{"loss": 4711.5, "x": "posted", "n": 7, "note": "new"}')) FROM generate_series(10001, 10500) AS i;
SELECT merge_run_metadata(6, '{"loss": 4711.5, "x": "posted"}')->'n';
SELECT get_run_metadata(5)->'note';
SELECT count(*) FROM runs_metadata WHERE metadata \@~ 'loss is 4711.5 and x is "posted"';
SELECT count(*) FROM runs_metadata WHERE metadata \@~ 'note contains "by the new"';
SELECT run_id FROM runs_metadata WHERE metadata \@~ 'loss is not empty' ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT 3;
INSERT INTO marked (id, m) VALUES (-1, '{"loss": 3, "status": "done", "tags": "t1"}'), (-2, '{"loss": 30, "status": "done"}') RETURNING low, wanted;
SELECT id FROM marked WHERE metadata_is(m, 'tags', 't1') AND metadata_is(m, 'loss', 3);
}), qq{["posted", 1]\n500\n6\n"by the new server"\n502\n1\n5\n6\n10001\nt|loss < 5\nf|loss < 5\n-1}, 'posts and rows are found');
my (undef, undef, $error) = $new->psql('postgres', "$path; INSERT INTO marked (id, m) VALUES (-3, '{\"status\": \"unknown\"}')");
like($error, qr/violates check constraint "status_is_known"/, 'the check constraint holds');
foreach my $table (grep { $_ ne 'runs_metadata' } @tables)
{
	$new->safe_psql('postgres', "$path; SELECT change('$table'); INSERT INTO $table SELECT i, 2, NULL, document(i) FROM generate_series(20001, 20100) AS i");
}
isnt(ask_all($new, 'written'), $answers, 'written: there is more');
check_indexes($new, 'written');
$new->safe_psql('postgres', 'VACUUM ANALYZE');
ask_all($new, 'vacuumed');
check_indexes($new, 'vacuumed');

$new->stop;
unlike(join('', map { slurp_file($_->logfile) } $old, $new), qr/PANIC|TRAP|terminated by signal/, 'no crash');
done_testing();
