# Run metadata on more than one server, with postgres_fdw: conditions, sort keys and counts are sent to the server that
# has the rows and run there on its index, and a partitioned table with parts on two other servers answers as one table.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my %node;
foreach my $name (qw(front east west))
{
	$node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node{$name}->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node{$name}->append_conf('postgresql.conf', "jit = off\n" . ($name ne 'front' ? "enable_seqscan = off\n" : ''));
	$node{$name}->start;

	# elsewhere than on the other server's search path, so that all names that are sent have to be qualified
	$node{$name}->safe_psql('postgres', 'CREATE SCHEMA meta; CREATE EXTENSION detmeta SCHEMA meta');
}

# The rows of runs first to last.
sub rows
{
	my ($first, $last) = @_;
	return qq{
SELECT i::bigint, jsonb_build_object('loss', (i * 7919 % 10007) / 7.0, 'optimizer', (ARRAY['adam', 'sgd', 'lion'])[1 + i % 3],
	'tags', ARRAY['a' || i % 5, 'é' || i % 3], 'started', date '2024-01-01' + i % 700)
	|| CASE WHEN i % 4 = 0 THEN '{"gpu.count": 8}'::jsonb ELSE '{}' END
FROM generate_series($first, $last) AS i};
}

# A table on one of the other servers.
sub create_remote
{
	my ($server, $first, $last) = @_;
	$node{$server}->safe_psql(
		'postgres', qq{
SELECT meta.create_runs_metadata('public.runs_metadata');
INSERT INTO public.runs_metadata (run_id, metadata) @{[ rows($first, $last) ]};
VACUUM (ANALYZE) public.runs_metadata;});
}

create_remote('east', 2001, 4000);
create_remote('west', 4001, 6000);

$node{front}->safe_psql('postgres', 'CREATE EXTENSION postgres_fdw');
foreach my $server (qw(east west))
{
	$node{front}->safe_psql(
		'postgres', qq{
CREATE SERVER $server FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '@{[ $node{$server}->host ]}',
	port '@{[ $node{$server}->port ]}', dbname 'postgres', extensions 'detmeta', use_remote_estimate 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER $server;});
}
$node{front}->safe_psql(
	'postgres', qq{
CREATE FOREIGN TABLE far (run_id bigint NOT NULL, metadata jsonb NOT NULL) SERVER east OPTIONS (schema_name 'public', table_name 'runs_metadata');
CREATE TABLE near (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
INSERT INTO near @{[ rows(2001, 4000) ]};

CREATE TABLE spread (run_id bigint NOT NULL, metadata jsonb NOT NULL) PARTITION BY RANGE (run_id);
CREATE TABLE spread_here PARTITION OF spread FOR VALUES FROM (1) TO (2001);
INSERT INTO spread_here @{[ rows(1, 2000) ]};
CREATE INDEX ON spread_here USING gin (metadata meta.metadata_ops);
CREATE FOREIGN TABLE spread_east PARTITION OF spread FOR VALUES FROM (2001) TO (4001) SERVER east OPTIONS (schema_name 'public', table_name 'runs_metadata');
CREATE FOREIGN TABLE spread_west PARTITION OF spread FOR VALUES FROM (4001) TO (6001) SERVER west OPTIONS (schema_name 'public', table_name 'runs_metadata');
CREATE TABLE whole (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
INSERT INTO whole @{[ rows(1, 6000) ]};
VACUUM (ANALYZE) near, spread_here, whole;});

my $setup = 'SET search_path = public, meta;';

sub answer { return $node{front}->safe_psql('postgres', "$setup $_[0]") }
sub query_plan { return answer("EXPLAIN (VERBOSE, COSTS OFF) $_[0]") }

# The statements that a plan sends.
sub sent { return $_[0] =~ /Remote SQL: (.*)/g }

# The plan of a statement where it is sent to.
sub plan_there
{
	my ($server, $query) = @_;
	return $node{$server}->safe_psql('postgres', "SET search_path = pg_catalog; EXPLAIN (COSTS OFF) $query");
}

my @conditions = (
	q{metadata @~ 'loss < 20'},
	q{metadata_is(metadata, 'optimizer', 'adam')},
	q{metadata_is(metadata, 'gpu.count', 8) AND NOT metadata_contains(metadata, 'tags', 'é1')},
	q{metadata_between(metadata, 'started', date '2024-02-01', date '2024-03-01') OR metadata_is_not(metadata, 'optimizer', 'sgd')},
	q{metadata !@~ 'tags is "a1" or loss > 3'},
	q{metadata_in(metadata, 'tags', ARRAY['a1', 'é2'])},
	q{metadata_is_empty(metadata, 'gpu.count')},
	q{metadata @~ '{"filterGroup": {"children": [{"columnName": "loss", "kind": "field", "location": "LOCATION_TYPE_RUN_METADATA", "operator": "<=", "type": "COLUMN_TYPE_NUMBER", "value": 7}], "conjunction": "and", "kind": "group"}, "showArchived": false}'});

foreach my $condition (@conditions)
{
	my $name = substr($condition, 0, 60);
	my $plan = query_plan("SELECT run_id FROM far WHERE $condition");
	my ($query) = sent($plan);

	like($query, qr/WHERE .*(?:@~|metadata_)/, "sent: $name");
	unlike($plan, qr/Filter:/, "not evaluated here: $name");
	like(plan_there('east', $query), qr/Metadata Scan|Bitmap Index Scan/, "on the index there: $name");
	is(answer("SELECT run_id FROM far WHERE $condition ORDER BY 1"),
		answer("SELECT run_id FROM near WHERE $condition ORDER BY 1"), "same runs: $name");

	my $count = "SELECT count(*) FROM far WHERE $condition";
	($query) = sent(query_plan($count));
	like($query, qr/^SELECT count\(\*\) FROM/, "counted there: $name");
	like(plan_there('east', $query), qr/Metadata Count/, "counted on the index there: $name");
	is(answer($count), answer("SELECT count(*) FROM near WHERE $condition"), "same count: $name");
	is( answer("SELECT count(*) FROM spread WHERE $condition"),
		answer("SELECT count(*) FROM whole WHERE $condition"), "same count over three servers: $name");
	is( answer("SELECT run_id FROM spread WHERE $condition ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT 20 OFFSET 3"),
		answer("SELECT run_id FROM whole WHERE $condition ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT 20 OFFSET 3"),
		"same page over three servers: $name");
}

# pages
foreach my $order (q{metadata_sort(metadata, 'loss')}, q{metadata_sort(metadata, 'gpu.count') DESC NULLS LAST, run_id DESC},
	q{metadata_sort(metadata, 'tags') NULLS FIRST, run_id})
{
	my $page = "FROM TABLE WHERE metadata \@~ 'optimizer is not \"sgd\"' ORDER BY $order LIMIT 10";
	my ($far, $near) = map { (my $query = "SELECT run_id $page") =~ s/TABLE/$_/; $query } qw(far near);
	my ($query) = sent(query_plan($far));

	like($query, qr/ORDER BY .*metadata_sort\(/, "order is sent: $order");
	like(plan_there('east', $query), qr/Metadata Scan/, "read in order there: $order");
	is(answer($far), answer($near), "same page: $order");
}

# several counts in one
my $counts = q{SELECT count(*) FILTER (WHERE metadata @~ 'loss < 100'), count(*) FILTER (WHERE metadata_is(metadata, 'optimizer', 'adam')) FROM };
my ($query) = sent(query_plan("$counts far"));
like(plan_there('east', $query), qr/Metadata Count/, 'counts with FILTER are made there');
is(answer("$counts far"), answer("$counts near"), 'and are the same');

# parameters
foreach my $mode (qw(force_generic_plan force_custom_plan))
{
	my $prepared = "SET plan_cache_mode = $mode; PREPARE p(text, numeric) AS SELECT count(*) FROM TABLE WHERE metadata_is(metadata, 'optimizer', \$1) AND metadata_lt(metadata, 'loss', \$2)";
	my ($far, $near) = map { (my $statement = $prepared) =~ s/TABLE/$_/; $statement } qw(far near);

	like(answer("$far; EXPLAIN (VERBOSE, COSTS OFF) EXECUTE p('lion', 700)"), qr/Remote SQL: SELECT count\(\*\)/, "parameters are sent: $mode");
	is(answer("$far; EXECUTE p('lion', 700)"), answer("$near; EXECUTE p('lion', 700)"), "same count: $mode");
}

# partitions on several servers
my $plan = query_plan(q{SELECT count(*) FROM spread WHERE metadata @~ 'loss < 20'});
is(scalar(grep { /^SELECT count\(\*\) FROM .*@~/ } sent($plan)), 2, 'each server counts its part');
like($plan, qr/Finalize Aggregate.*Append.*Metadata Count.*Table: spread_here/s, 'and this one its own on the index');
$plan = query_plan(q{SELECT run_id FROM spread WHERE run_id BETWEEN 2500 AND 2600 AND metadata @~ 'loss < 20'});
is(scalar(() = sent($plan)), 1, 'a range of runs asks one server only');
$plan = query_plan(q{SELECT run_id FROM spread ORDER BY metadata_sort(metadata, 'loss') LIMIT 5});
like($plan, qr/Merge Append/, 'the parts of a page are merged');
is(scalar(grep { /ORDER BY/ } sent($plan)), 2, 'and come in order from each server');

# counts of a tree of partitions: local ones with and without an index, foreign ones of three servers below another level, with
# columns in other places, one without rows, and one of a file, whose wrapper cannot count
$node{east}->safe_psql(
	'postgres', q{
CREATE TABLE projects AS SELECT metadata, run_id % 7 AS project_id, run_id FROM runs_metadata;
CREATE INDEX ON projects USING detmeta (metadata);
VACUUM (ANALYZE) projects;
CREATE TABLE nothing (LIKE projects);});
$node{west}->safe_psql(
	'postgres', q{
CREATE TABLE projects (run_id bigint NOT NULL, project_id bigint, metadata jsonb);
CREATE INDEX ON projects USING detmeta (metadata);
INSERT INTO projects SELECT run_id, run_id % 7, CASE WHEN run_id % 11 <> 0 THEN metadata END FROM runs_metadata;
VACUUM (ANALYZE) projects;});
my $file = $node{front}->basedir . '/runs.csv';
$node{front}->safe_psql(
	'postgres', qq{
CREATE TABLE tree (run_id bigint NOT NULL, metadata jsonb, project_id bigint) PARTITION BY RANGE (run_id);
CREATE TABLE tree_here PARTITION OF tree FOR VALUES FROM (1) TO (1001);
CREATE TABLE tree_bare PARTITION OF tree FOR VALUES FROM (1001) TO (2001);
CREATE TABLE tree_high PARTITION OF tree FOR VALUES FROM (2001) TO (9001) PARTITION BY RANGE (run_id);
CREATE TABLE tree_void PARTITION OF tree_high FOR VALUES FROM (8001) TO (9001) PARTITION BY RANGE (run_id);
CREATE FOREIGN TABLE tree_east (gone int, project_id bigint, metadata jsonb, run_id bigint NOT NULL) SERVER east OPTIONS (schema_name 'public', table_name 'projects');
ALTER FOREIGN TABLE tree_east DROP COLUMN gone;
ALTER TABLE tree_high ATTACH PARTITION tree_east FOR VALUES FROM (2001) TO (4001);
CREATE FOREIGN TABLE tree_west PARTITION OF tree_high FOR VALUES FROM (4001) TO (6001) SERVER west OPTIONS (schema_name 'public', table_name 'projects');
CREATE FOREIGN TABLE tree_none PARTITION OF tree_high FOR VALUES FROM (6001) TO (7001) SERVER east OPTIONS (schema_name 'public', table_name 'nothing');
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
COPY (SELECT run_id + 1500, metadata, run_id % 7 FROM whole WHERE run_id BETWEEN 6001 - 500 AND 6000) TO '$file' WITH (FORMAT csv);
CREATE FOREIGN TABLE tree_file PARTITION OF tree_high FOR VALUES FROM (7001) TO (8001) SERVER files OPTIONS (filename '$file', format 'csv');
INSERT INTO tree SELECT run_id, metadata, run_id % 7 FROM whole WHERE run_id <= 2000;
CREATE INDEX ON tree_here USING detmeta (metadata);
CREATE TABLE flat AS SELECT * FROM tree;
VACUUM (ANALYZE) tree_here, tree_bare, flat;});

# A random condition: now and then one that is not sent.
srand(20261128);
sub pick { return $_[ int(rand(@_)) ] }
sub condition
{
	my ($depth) = @_;
	my $kind = int(rand($depth > 0 ? 14 : 11));
	my $key = pick(qw(loss optimizer tags gpu.count absent));

	return '(' . join(pick(' AND ', ' OR '), map { condition($depth - 1) } 1 .. 2 + rand(2)) . ')' if $kind >= 12;
	return 'NOT ' . condition($depth - 1) if $kind == 11;
	return pick("metadata \@~ 'loss < " . int(rand(1400)) . "'",
		"metadata !\@~ 'optimizer is \"" . pick(qw(adam sgd lion other)) . "\" or loss >= " . int(rand(1400)) . "'",
		"metadata_is(metadata, '$key', '" . pick(qw(adam a1 é2)) . "')", "metadata_is_empty(metadata, '$key')",
		"metadata_is_not(metadata, '$key', 8)", "metadata_contains(metadata, 'tags', '" . pick('a', 'é1', 'z') . "')") if $kind < 5;
	return pick("metadata \@> '{\"gpu.count\": 8}'", "metadata ? '$key'", "(metadata -> 'loss') IS NOT NULL", 'metadata IS NULL',
		"metadata ->> 'optimizer' = 'sgd'", "(metadata ->> 'loss')::numeric < " . int(rand(1400))) if $kind < 8;
	return pick('run_id < ', 'run_id > ') . int(rand(8000)) if $kind == 8;
	return 'project_id = ' . int(rand(8)) if $kind == 9;
	return pick('random() >= 0', 'run_id = ANY (ARRAY[17, 2600, 4100])', 'false', 'run_id % 3 = 1', 'NULL::boolean', 'tableoid <> 0');
}

# Random counts.
sub counts
{
	my @counts = map { 'count(' . pick('*', '*', '1', 'run_id', 'project_id', 'metadata') . ')' .
		(rand() < 0.4 ? ' FILTER (WHERE ' . condition(1) . ')' : '') } 1 .. 1 + rand(3);
	push @counts, "$counts[0] * 2 + count(*)" if rand() < 0.2;
	return join(', ', @counts);
}
my @queries = map { 'SELECT ' . counts() . ' FROM TABLE' . (rand() < 0.9 ? ' WHERE ' . condition(2) : '') } 1 .. 300;

# The answers to the queries, each in one line.
sub answers
{
	my ($table, $settings) = @_;
	return [ split /\n/, answer("$settings " . join(' ', map { (my $query = "$_;") =~ s/TABLE/$table/; $query } @queries)) ];
}

# How many servers each query asks to count.
sub numbers_sent
{
	my $explain = join("\\echo =====\n", map { (my $query = "EXPLAIN (VERBOSE, COSTS OFF) $_;\n") =~ s/TABLE/tree/; $query } @queries);
	return map { scalar(() = /Relations: Aggregate on/g) } split /^=====$/m, answer($explain);
}
my $expected = answers('flat', 'SET detmeta.enable_metadata_scan = off;');
is(scalar(@$expected), scalar(@queries), 'each random query has an answer');
is_deeply(answers('tree', ''), $expected, 'random counts of a tree are those of a plain table');
is_deeply(answers('tree', 'SET enable_partitionwise_aggregate = on;'), $expected, 'also where core counts partition by partition');
cmp_ok(scalar(grep { $_ > 1 } numbers_sent()), '>', 100, 'servers count for many of them');
answer("ALTER SERVER $_ OPTIONS (SET use_remote_estimate 'false', ADD async_capable 'true')") foreach qw(east west);
answer('ANALYZE tree_east, tree_west, spread_east, spread_west');
is_deeply(answers('tree', ''), $expected, 'the same without estimates of the servers, asked at once');
cmp_ok(scalar(grep { $_ > 1 } numbers_sent()), '>', 100, 'servers count for many of them then, too');

# The number of counts that are sent for a statement.
sub counts_sent { return scalar(() = query_plan($_[0]) =~ /Remote SQL: SELECT count\(/g) }
like(query_plan(q{SELECT count(*) FROM tree WHERE metadata @~ 'loss < 20'}),
	qr/Append.*Metadata Count.*Table: tree_here.*Aggregate.*tree_bare.*Aggregate on \(public.tree_east.*Aggregate on \(public.tree_west.*Aggregate on \(public.tree_none.*Aggregate.*tree_file.*Foreign File/s,
	'each partition is counted in its own way');
like(answer(q{EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM spread WHERE metadata @~ 'loss < 20'}),
	qr/Append \(actual rows=3.*Async Foreign Scan \(actual rows=1.*Async Foreign Scan \(actual rows=1/s, 'executed by EXPLAIN ANALYZE');
is(counts_sent(q{SELECT count(*), count(run_id) FILTER (WHERE metadata @> '{"gpu.count": 8}') FROM spread}), 2, q{sent: a FILTER of core's operators});
is(counts_sent(q{SELECT count(*) FROM spread WHERE metadata @~ 'loss < 20' AND run_id > 3000 AND run_id % 2 = 0}), 2, 'sent: conditions on other columns');
is(counts_sent(q{SELECT count(*) FROM spread WHERE metadata @~ 'loss < 20' AND run_id > 4500}), 1, 'sent: to the one server that has the rows');
is(counts_sent(q{SELECT 1 WHERE (SELECT count(*) FROM spread WHERE metadata @~ 'loss < 20') > 3}), 2, 'sent: a subquery');
my $match = q{metadata @~ 'loss < 20'};
foreach my $query (
	'SELECT count(*) FROM spread WHERE run_id > 2',
	"SELECT count(*) FROM spread WHERE $match AND random() < 2",
	q{SELECT count(*) FROM spread WHERE metadata ->> 'optimizer' = 'sgd'},
	"SELECT count(*), max(run_id) FROM spread WHERE $match",
	"SELECT count(DISTINCT run_id) FROM spread WHERE $match",
	"SELECT count(*) FROM spread WHERE $match HAVING count(*) > 1",
	"SELECT run_id % 2, count(*) FROM spread WHERE $match GROUP BY 1 ORDER BY 1",
	"SELECT count(*) FROM spread JOIN near USING (run_id) WHERE spread.$match",
	"SELECT count(*) FROM (SELECT FROM spread WHERE $match LIMIT 3) AS few",
	"SELECT run_id FROM near WHERE run_id % 500 = (SELECT count(*) FROM spread WHERE $match AND spread.run_id <= near.run_id) FOR UPDATE")
{
	(my $plain = $query) =~ s/\bspread\b/whole/g;
	is(counts_sent($query), 0, "not sent: $query");
	is(answer($query), answer($plain), 'same rows');
}
# what is changed meanwhile is looked at again, which a foreign scan of a count may not survive
is(counts_sent("$_ WHERE near.run_id = (SELECT count(*) FROM spread WHERE $match AND spread.run_id < near.run_id)"), 0, "not sent: $_")
  foreach ('UPDATE near SET run_id = 1', 'DELETE FROM near');
is(counts_sent("MERGE INTO near USING (VALUES (1)) AS v(i) ON near.run_id = i AND near.run_id = (SELECT count(*) FROM spread WHERE $match AND spread.run_id < near.run_id) WHEN MATCHED THEN DO NOTHING"), 0, 'not sent: MERGE');
is(answer("SET $_ = off; EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM spread WHERE metadata \@> '{\"gpu.count\": 8}'") =~ /SELECT count/, '', "not sent: $_ is off")
  foreach qw(detmeta.enable_metadata_scan detmeta.enable_core_dialect);

# where all partitions are foreign, nothing but detmeta's own words loads the library
answer(q{
CREATE TABLE away (run_id bigint NOT NULL, metadata jsonb NOT NULL) PARTITION BY RANGE (run_id);
CREATE FOREIGN TABLE away_east PARTITION OF away FOR VALUES FROM (2001) TO (4001) SERVER east OPTIONS (schema_name 'public', table_name 'runs_metadata');
CREATE FOREIGN TABLE away_west PARTITION OF away FOR VALUES FROM (4001) TO (6001) SERVER west OPTIONS (schema_name 'public', table_name 'runs_metadata');});
foreach ($match, q{metadata @> '{"gpu.count": 8}'}, q{metadata @? '$.loss ? (@ < 20)'}, q{metadata['loss'] < '20'})
{
	my $count = "LOAD 'detmeta'; EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM away WHERE $_";
	is(scalar(() = answer($count) =~ /Remote SQL: SELECT count/g), 2, "sent to all servers: $_");
	$count =~ s/EXPLAIN.*?\)//;
	is(answer($count), answer("SELECT count(*) FROM whole WHERE run_id > 2000 AND $_"), 'same count');
}

# values that are known when the plan is executed; partitions that they leave out are not asked
foreach my $mode (qw(force_generic_plan force_custom_plan))
{
	my $prepared = "SET plan_cache_mode = $mode; PREPARE p(text, bigint) AS SELECT count(*), count(*) FILTER (WHERE metadata_lt(metadata, 'loss', \$2)) FROM TABLE WHERE metadata_is(metadata, 'optimizer', \$1) AND run_id < \$2";
	my ($spread, $whole) = map { (my $statement = $prepared) =~ s/TABLE/$_/; $statement } qw(spread whole);

	$plan = answer("$spread; EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE p('lion', 3000)");
	is(scalar(() = $plan =~ /Remote SQL: SELECT count/g), 1, "only the server that has such rows is asked: $mode");
	is(answer("$spread; " . join(';', map { "EXECUTE p('lion', $_)" } 0, 100, 3000, 5000, 9000)),
		answer("$whole; " . join(';', map { "EXECUTE p('lion', $_)" } 0, 100, 3000, 5000, 9000)), "same counts: $mode");
}
foreach my $query (
	q{SELECT name, (SELECT count(*) FILTER (WHERE metadata_lt(metadata, 'loss', length(name) * 100)) FROM TABLE WHERE metadata_is(metadata, 'optimizer', name)) FROM unnest(ARRAY['adam', 'lion', 'no', NULL]) AS name},
	q{SELECT run_id, n FROM near, LATERAL (SELECT count(*) AS n FROM TABLE WHERE metadata_is(metadata, 'optimizer', 'sgd') AND TABLE.run_id < near.run_id) AS part WHERE near.run_id % 700 = 0},
	q{WITH n AS MATERIALIZED (SELECT count(*) FROM TABLE WHERE metadata @~ 'loss < 20') SELECT * FROM n, n AS m},
	q{SELECT count(*) FROM TABLE WHERE metadata @~ 'loss < 20' AND run_id > (SELECT avg(run_id) FROM near)},
	q{SELECT count(*) OVER (), count(*), generate_series(1, 2) FROM TABLE WHERE metadata @~ 'loss < 20'},
	q{SELECT EXISTS (SELECT count(*) FROM TABLE WHERE metadata @~ 'loss < 0'), EXISTS (SELECT FROM TABLE WHERE metadata @~ 'loss < 0')},
	q{DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT count(*) FROM TABLE WHERE metadata @~ 'loss < 20' UNION ALL SELECT count(*) FROM TABLE WHERE metadata_is(metadata, 'optimizer', 'adam'); FETCH 2 FROM c; FETCH PRIOR FROM c; FETCH ABSOLUTE 1 FROM c},
	q{CREATE FUNCTION pg_temp.n(text) RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE n bigint; BEGIN SELECT count(*) INTO n FROM TABLE WHERE metadata_is(metadata, 'optimizer', $1); RETURN n; END $$; SELECT pg_temp.n(name) FROM unnest(ARRAY['adam', 'sgd', 'no', 'adam', 'adam', 'adam', 'adam', 'lion']) AS name},
	q{CREATE TEMP TABLE t AS SELECT count(*) FROM TABLE WHERE metadata @~ 'loss < 20'; INSERT INTO t SELECT count(*) + 1 FROM TABLE WHERE metadata @~ 'loss < 30'; UPDATE t SET count = (SELECT count(*) FROM TABLE WHERE metadata_lt(metadata, 'loss', t.count)); SELECT * FROM t})
{
	my ($spread, $whole) = map { (my $statement = $query) =~ s/(?<!TEMP )TABLE/$_/g; $statement } qw(spread whole);
	is(answer($spread), answer($whole), "same answer: $query");
}

# policies, views and rights are those of the table that is asked
my $user = $node{front}->safe_psql('postgres', 'SELECT current_user');
$node{front}->safe_psql(
	'postgres', qq{
CREATE ROLE reader LOGIN;
CREATE ROLE guest LOGIN;
GRANT SELECT ON spread TO reader;
GRANT USAGE ON SCHEMA meta TO reader, guest;
CREATE USER MAPPING FOR reader SERVER east OPTIONS (user '$user', password_required 'false');
CREATE USER MAPPING FOR reader SERVER west OPTIONS (user '$user', password_required 'false');
ALTER TABLE spread ENABLE ROW LEVEL SECURITY;
CREATE POLICY even ON spread USING (run_id % 2 = 0);
CREATE VIEW spread_view AS SELECT * FROM spread WHERE run_id > 1000;
CREATE VIEW spread_barrier WITH (security_barrier) AS SELECT * FROM spread WHERE run_id > 1000;
GRANT SELECT ON spread_view, spread_barrier TO guest;});
foreach my $where ($match, "$match AND run_id > 2500", q{metadata @> '{"gpu.count": 8}'})
{
	is(answer("SET ROLE reader; SELECT count(*) FROM spread WHERE $where"), answer("SELECT count(*) FROM whole WHERE $where AND run_id % 2 = 0"), "as a policy has it: $where");
	is(answer("SET ROLE guest; SELECT count(*) FROM $_ WHERE $where"), answer("SELECT count(*) FROM whole WHERE $where AND run_id > 1000"), "by the rights of the owner of $_: $where")
	  foreach qw(spread_view spread_barrier);
}
like(answer("SET ROLE reader; EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM spread WHERE $match"), qr/Remote SQL: SELECT count\(\*\) FROM .* WHERE .*run_id % /, 'a policy is sent');
like(answer("SET ROLE guest; EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM spread_view WHERE $match"), qr/Remote SQL: SELECT count\(\*\) FROM .* WHERE .*run_id > 1000/, 'the condition of a view is sent');
answer(q{ALTER POLICY even ON spread USING (run_id % 2 = 0 AND current_user = 'reader')});
is(answer("SET ROLE reader; SELECT count(*) FROM spread WHERE $match"), answer("SELECT count(*) FROM whole WHERE $match AND run_id % 2 = 0"), 'and holds where it cannot be sent');
my $refused;
$node{front}->psql('postgres', "$setup SET ROLE guest; SELECT count(*) FROM spread WHERE $match", stderr => \$refused);
like($refused, qr/ERROR:  permission denied for table spread/, 'without rights there is no count');
answer('ALTER TABLE spread DISABLE ROW LEVEL SECURITY');

# partitions that come and go
my $cached = "SET plan_cache_mode = force_generic_plan; PREPARE p AS SELECT count(*) FROM spread WHERE $match; EXECUTE p; ";
my ($all, $here_and_west) = map { answer("SELECT count(*) FROM whole WHERE $match $_") } '', 'AND NOT run_id BETWEEN 2001 AND 4000';
is(answer($cached . 'ALTER TABLE spread DETACH PARTITION spread_east; EXECUTE p; ALTER TABLE spread ATTACH PARTITION spread_east FOR VALUES FROM (2001) TO (4001); EXECUTE p'),
	"$all\n$here_and_west\n$all", 'plans follow the partitions');

# exploring asks the other server for its part, but for the runs that groups name
foreach my $call (q{metadata_keys('TABLE')}, q{metadata_keys('TABLE', filter => 'loss < 20 and tags is "é1"')}, q{metadata_values('TABLE', 'optimizer')},
	q{metadata_values('TABLE', 'tags', 'É', ignore_case => true, scope => '{"run_id": [2001, 2002, 2003]}')}, q{metadata_find('TABLE', 'A')},
	q{metadata_summary('TABLE', 'loss')}, q{metadata_histogram('TABLE', 'started', 4, 'loss > 100')}, q{metadata_groups('TABLE', ARRAY['optimizer'])},
	q{metadata_groups('TABLE', ARRAY['tags', 'loss:3'])}, q{metadata_groups('TABLE', ARRAY['optimizer', 'started:month'], 'loss')})
{
	my ($far, $near, $spread, $whole) = map { (my $query = "SELECT * FROM $call") =~ s/TABLE/$_/; $query } qw(far near spread whole);

	# a foreign table has no primary key to name runs by
	s/\*/"group", runs, numbers, median, stddev/ foreach $call =~ /groups/ ? ($far, $near, $spread, $whole) : ();
	is(answer($far), answer($near), "same answer: $call");
	is(answer($spread), answer($whole), "and over three servers: $call");
}
($query) = sent(query_plan(q{SELECT metadata_part(metadata, '{"list": "keys"}') FROM far WHERE metadata @~ 'loss < 20'}));
like($query, qr/^SELECT meta\.metadata_part\(metadata, /, 'a part is asked for');
like(plan_there('east', $query), qr/^Result$/m, 'and is read from the index there');
is( answer(q{SET detmeta.runs_table = far; SELECT * FROM search_run_metadata('loss < 20', 'metadata.loss=desc', 5)}),
	answer(q{SET detmeta.runs_table = near; SELECT * FROM search_run_metadata('loss < 20', 'metadata.loss=desc', 5)}),
	'same page of a search');
# a post changes a run over there, but cannot add one: ON CONFLICT does not go to foreign tables
my $error;
is(answer(q{SET detmeta.runs_table = far; SELECT post_run_metadata(2001, get_run_metadata(2001) || '{"new": 1}')->'new'}), '1', 'post to a foreign table');
is($node{east}->safe_psql('postgres', q{SELECT metadata->'new' FROM runs_metadata WHERE run_id = 2001}), '1', 'the run is changed there');
$node{front}->psql('postgres', "$setup SET detmeta.runs_table = far; SELECT post_run_metadata(5001, '{\"loss\": 1}')", stderr => \$error);
like($error, qr/ERROR:  there is no unique or exclusion constraint matching the ON CONFLICT specification/, 'a run cannot be added to a foreign table');

# without the option, conditions stay here and the answer is the same
answer('ALTER SERVER east OPTIONS (DROP extensions)');
$plan = query_plan(q{SELECT count(*) FROM far WHERE metadata @~ 'loss < 20'});
unlike((sent($plan))[0], qr/@~/, 'an operator is sent only to a server that has it');
is(answer(q{SELECT count(*) FROM far WHERE metadata @~ 'loss < 20'}), answer(q{SELECT count(*) FROM near WHERE metadata @~ 'loss < 20'}),
	'the condition is evaluated here');
is(answer(q{SELECT * FROM metadata_keys('far', filter => 'loss < 20')}), answer(q{SELECT * FROM metadata_keys('near', filter => 'loss < 20')}), 'rows are explored here');
is(answer(q{SELECT * FROM metadata_values('spread', 'tags')}), answer(q{SELECT * FROM metadata_values('whole', 'tags')}), 'and those of all servers');

done_testing();
