# Run metadata in tables that Citus distributes over two workers: every function answers as of a plain table with the
# same rows, from the coordinator and from a worker, or says that it cannot; and storing loses nothing. Skipped where the
# server that is tested has no Citus.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($libraries) = run_command([ 'pg_config', '--pkglibdir' ]);
plan skip_all => 'the server has no Citus' unless -e "$libraries/citus.so";

my $filters = $ENV{CITUS_FILTERS} || 12;
my %node;

# Citus has to come before other libraries of its kind, but not before this one: each order has to do.
my %preload = (front => 'citus, detmeta', east => 'detmeta, citus', west => 'citus');

foreach my $name (qw(front east west))
{
	$node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node{$name}->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node{$name}->append_conf('postgresql.conf', qq{
listen_addresses = '127.0.0.1'
shared_preload_libraries = '$preload{$name}'
max_prepared_transactions = 50
wal_level = logical
citus.node_conninfo = 'sslmode=disable'
citus.local_hostname = '127.0.0.1'
citus.enable_statistics_collection = off
citus.shard_count = 6
});
	$node{$name}->start;
	$node{$name}->safe_psql('postgres', 'CREATE EXTENSION citus; CREATE SCHEMA "Meta data"; CREATE EXTENSION detmeta SCHEMA "Meta data"');
}

sub on { my ($name, $sql) = @_; return $node{$name}->safe_psql('postgres', qq{SET search_path = public, "Meta data"; $sql}) }
sub answer { return on('front', @_) }

# The error of a statement.
sub error_of
{
	my ($sql, %more) = @_;
	my $error = '';
	$node{ $more{node} || 'front' }->psql('postgres', qq{\\set VERBOSITY verbose\nSET search_path = public, "Meta data"; $sql}, stderr => \$error, on_error_stop => 1);
	return $error;
}

answer(sprintf q{SELECT citus_set_coordinator_host('127.0.0.1', %d)}, $node{front}->port);
answer(sprintf q{SELECT citus_add_node('127.0.0.1', %d)}, $node{$_}->port) foreach qw(east west);

# ---- tables with the same rows

my $columns = 'run_id bigint, project integer, state text, metadata jsonb';

answer(qq{
CREATE TABLE plain ($columns, PRIMARY KEY (run_id));
CREATE INDEX ON plain USING detmeta (metadata) WITH (fastupdate = off);
INSERT INTO plain SELECT i, NULLIF(i % 7, 6), (ARRAY['A', 'B', 'it''s', NULL])[1 + i % 4],
	CASE WHEN i % 50 <> 0 THEN jsonb_build_object('loss', (i * 7919 % 1009) / 7.0, 'optimizer', (ARRAY['adam', 'sgd', 'lion'])[1 + i % 3],
		'tags', to_jsonb(ARRAY['a' || i % 5, 'é' || i % 3]), 'started', date '2024-01-01' + i % 700, 'net', jsonb_build_object('depth', i % 12, 'skip', i % 2 = 0))
		|| CASE WHEN i % 4 = 0 THEN '{"gpu.count": 8, "notes": ""}'::jsonb WHEN i % 5 = 0 THEN '{"loss": [1, 2.50, "x"], "notes": null}' ELSE '{}' END
		|| CASE WHEN i % 9 = 0 THEN jsonb_build_object('notes', repeat('long ', 60) || i, 'big', 10 ^ (i % 30) + 0.1) ELSE '{}' END END
	FROM generate_series(1, 3000) AS i;
ANALYZE plain;
CREATE SCHEMA "Odd schema";});

# Tables whose name needs quotes, too, and one whose shards are chosen by another column.
my %table = (
	spread => [ 'spread', q{PRIMARY KEY (run_id)}, q{create_distributed_table('%s', 'run_id')} ],
	tenants => [ '"Odd schema"."by ""project"', q{tenant integer DEFAULT 1, PRIMARY KEY (run_id, tenant)}, q{create_distributed_table('%s', 'tenant')} ],
	single => [ 'single', q{PRIMARY KEY (run_id)}, q{create_distributed_table('%s', NULL)} ],
	copied => [ 'copied', q{PRIMARY KEY (run_id)}, q{create_reference_table('%s')} ],
	near => [ 'near', q{PRIMARY KEY (run_id)}, q{citus_add_local_table_to_metadata('%s')} ]);

foreach my $kind (sort keys %table)
{
	my ($name, $key, $call) = @{ $table{$kind} };
	my $index = $kind eq 'copied' ? 'USING gin (metadata metadata_ops)' : 'USING detmeta (metadata) WITH (fastupdate = off)';

	answer("CREATE TABLE $name ($columns, $key); CREATE INDEX ON $name $index; SELECT @{[ sprintf $call, $name ]};");
	answer($kind eq 'tenants' ? "INSERT INTO $name SELECT run_id, project, state, metadata, 1 + run_id % 100 FROM plain" : "INSERT INTO $name SELECT * FROM plain");
	answer("VACUUM (ANALYZE) $name") unless $kind eq 'single';
}

# a distributed table with partitions, and one whose shards have no rows but one
answer(qq{
CREATE TABLE parts ($columns, PRIMARY KEY (run_id)) PARTITION BY RANGE (run_id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (1000);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (1000) TO (100000);
CREATE INDEX ON parts USING detmeta (metadata) WITH (fastupdate = off);
SELECT create_distributed_table('parts', 'run_id');
INSERT INTO parts SELECT * FROM plain;
CREATE TABLE nothing ($columns, PRIMARY KEY (run_id));
SELECT create_distributed_table('nothing', 'run_id');
CREATE TABLE nothing_plain ($columns, PRIMARY KEY (run_id));});
$table{parts} = ['parts'];

# ---- exploring

my @parts_of_filters = (
	'loss < 20', 'loss > 100', 'optimizer = "adam"', 'optimizer is not "sgd"', 'tags is "é1"', 'tags contains "a"', 'started >= date "2024-06-01"',
	'gpu.count = 8', 'notes is empty', 'notes icontains "LONG 2"', 'net.depth in (1, 5, 7)', 'net.skip = true', 'loss between 3 and 90', 'big is not empty');
my @scopes = ('NULL', q{'{"project": 3}'}, q{'{"project": [1, 2, null]}'}, q{'{"state": "it''s"}'}, q{'{"state": [null], "project": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}'}, q{'{"run_id": [5, 500, 1500]}'}, q{'{"project": []}'});

srand(4711);
sub one_of { return $_[ int(rand(@_)) ] }

sub random_filter
{
	my @terms = map { (rand() < 0.3 ? 'not ' : '') . '(' . one_of(@parts_of_filters) . ')' } 1 .. 1 + int(rand(3));
	return 'NULL' if rand() < 0.15;
	return "'" . join(one_of(' and ', ' or '), @terms) . "'";
}

# What is asked; TABLE, FILTER and SCOPE stand for what they say.
my @explorations = (
	q{metadata_keys('TABLE', filter => FILTER, scope => SCOPE)},
	q{metadata_values('TABLE', 'tags', filter => FILTER, scope => SCOPE)},
	q{metadata_values('TABLE', 'notes', 'LONG', 7, ignore_case => true, filter => FILTER, scope => SCOPE)},
	q{metadata_values('TABLE', 'optimizer', filter => FILTER, scope => SCOPE, except_own => true)},
	q{metadata_find('TABLE', 'A', FILTER, SCOPE, 12)},
	q{metadata_summary('TABLE', 'loss', 5, filter => FILTER, scope => SCOPE)},
	q{metadata_summary('TABLE', 'started', NULL, filter => FILTER, scope => SCOPE)},
	q{metadata_histogram('TABLE', 'big', 4, FILTER, SCOPE)},
	q{metadata_groups('TABLE', ARRAY['optimizer'], NULL, FILTER, SCOPE)},
	q{metadata_groups('TABLE', ARRAY['tags', 'loss:4'], NULL, FILTER, SCOPE)},
	q{metadata_groups('TABLE', ARRAY['optimizer', 'started:month'], 'loss', FILTER, SCOPE, 'median=desc', 25)},
	q{metadata_groups('TABLE', ARRAY['net.depth:3', 'net.skip'], 'big', FILTER, SCOPE, 'stddev desc', NULL)});

# One statement that asks all of a table, and returns a line for each.
sub explorations_of
{
	my ($name, $filter, $scope) = @_;
	my @queries;

	$name =~ s/'/''/g;
	foreach my $i (0 .. $#explorations)
	{
		my $call = $explorations[$i];
		my $columns = $name =~ /^"Odd/ && $call =~ /, '(?:loss|big)', FILTER/ ? 'q."group", q.runs, q.numbers, q.min, q.max, q.mean, q.median, q.stddev' : 'q';

		$columns = 'q."group", q.runs, q.numbers, q.min, q.max, q.mean, q.median, q.stddev' if $call =~ /, '(?:loss|big)', FILTER, SCOPE/;
		$call =~ s/TABLE/$name/;
		$call =~ s/FILTER/$filter/;
		$call =~ s/SCOPE/$scope/;
		push @queries, "SELECT $i, count(*), md5(string_agg(($columns)::text, '|' ORDER BY n)) FROM (SELECT row_number() OVER () AS n, q.* FROM $call AS q) AS q";
		$queries[-1] =~ s/\(q\)::text/(to_jsonb(q) - 'n')::text/;
	}
	return join ' UNION ALL ', map { "($_)" } @queries;
}

my @cases = ([ 'NULL', 'NULL' ], map { [ random_filter(), one_of(@scopes) ] } 1 .. $filters);
foreach my $case (@cases)
{
	my $expected = answer(explorations_of('plain', @$case));

	foreach my $kind (sort keys %table)
	{
		my $query = explorations_of($table{$kind}[0], @$case);

		is(answer($query), $expected, "same answers of $kind: @$case");
	}
	is(on(one_of('east', 'west'), explorations_of('spread', @$case)), $expected, "and from a worker: @$case");
}
is(answer(explorations_of('nothing', 'NULL', 'NULL')), answer(explorations_of('nothing_plain', 'NULL', 'NULL')), 'same answers of no rows');

# the runs with the least and the greatest number
my $best = q{SELECT "group", min_run, max_run FROM metadata_groups('TABLE', ARRAY['optimizer', 'net.depth'], 'loss')};
is(answer($best =~ s/TABLE/spread/r), answer($best =~ s/TABLE/plain/r), 'same best runs');
is(answer($best =~ s/TABLE/copied/r), answer($best =~ s/TABLE/plain/r), 'same best runs of a reference table');
is(answer(q{SELECT min_run FROM metadata_groups('"Odd schema"."by ""project"', ARRAY['optimizer'], 'loss') LIMIT 1}) =~ /^\{"run_id": \d+, "tenant": \d+\}$/, 1,
	'a primary key of two columns');

# aggregates
is(answer('SELECT metadata_key_counts(metadata) FROM spread'), answer('SELECT metadata_key_counts(metadata) FROM plain'), 'same key counts');
is(answer('SELECT project, metadata_key_counts(metadata) FROM spread GROUP BY 1 ORDER BY 1'),
	answer('SELECT project, metadata_key_counts(metadata) FROM plain GROUP BY 1 ORDER BY 1'), 'same key counts of groups');
like(answer(q{EXPLAIN (VERBOSE) SELECT metadata_key_counts(metadata) FROM spread}), qr{worker_partial_agg}, 'each shard counts its keys');

# Set whether indexes are read, on all servers.
sub set_scans
{
	my ($value) = @_;

	foreach my $name (qw(front east west))
	{
		$node{$name}->append_conf('postgresql.conf', "detmeta.enable_metadata_scan = $value\n");
		$node{$name}->restart;
	}
}

# each shard answers from its index, or from its rows where that is forbidden
my $part = q{SELECT metadata_part(metadata, '{"list": "keys"}') FROM spread WHERE metadata @~ 'loss < 20' AND (project IS NULL OR project = ANY ('{1,2}'))};
like(answer("EXPLAIN (VERBOSE) $part"), qr/Output: jsonb_out\(.*metadata_part_of\(/, 'a part is read from the index of a shard');
{
	my ($filter, $scope) = (q{'loss < 100 or tags is "a1"'}, q{'{"project": [1, null]}'});
	my $expected = answer(explorations_of('plain', $filter, $scope));

	set_scans('off');
	unlike(answer("EXPLAIN (VERBOSE) $part"), qr/metadata_part_of/, 'and from its rows, if that is asked for');
	is(answer(explorations_of($_, $filter, $scope)), $expected, "same answers of rows: $_") foreach qw(spread copied near parts);
	set_scans('on');
}

# what the transaction has written, and not what others have not committed
is(answer(q{BEGIN; INSERT INTO spread VALUES (9001, 1, 'A', '{"own": 1}'), (9002, 1, 'A', '{"own": 2}'); SELECT runs FROM metadata_keys('spread') WHERE key = 'own'; ROLLBACK;}),
	'2', 'rows of the transaction itself count');
is(answer(q{SELECT count(*) FROM metadata_keys('spread') WHERE key = 'own'}), '0', 'and no more when it has been rolled back');
is(answer(q{BEGIN; TRUNCATE copied; SELECT count(*) FROM metadata_keys('copied'); ROLLBACK;}), '0', 'a table that was emptied in the transaction');

# ---- conditions, counts, pages

my @conditions = (
	(map { "metadata @~ '$_'" } @parts_of_filters),
	q{metadata_is(metadata, 'optimizer', 'adam')}, q{metadata_is_not(metadata, 'optimizer', 'sgd')}, q{metadata_lt(metadata, 'loss', 20)},
	q{metadata_between(metadata, 'started', date '2024-02-01', date '2024-03-01')}, q{metadata_in(metadata, 'tags', ARRAY['a1', 'é2'])},
	q{metadata_contains(metadata, 'tags', 'é')}, q{metadata_is_empty(metadata, 'notes')}, q{metadata !@~ 'tags is "a1" or loss > 3'},
	q{metadata->>'optimizer' = 'lion'}, q{metadata->>'notes' LIKE 'long%'}, q{metadata->'loss' IS NULL}, q{(metadata->>'started')::date < '2024-02-01'},
	q{metadata @> '{"net": {"skip": true}}'}, q{metadata ? 'gpu.count'}, q{metadata->'net'->'depth' = '5'}, q{(metadata->'net'->>'depth')::int IN (1, 2)},
	q{metadata @@ '$.net.depth > 9'}, q{metadata->>'optimizer' IS DISTINCT FROM 'adam'}, q{metadata->>'optimizer' <> ALL ('{adam,sgd}')},
	q{metadata #>> '{net,depth}' = '3'}, q{NOT (metadata->>'optimizer' = 'adam')}, q{metadata ?| '{big,none}'}, q{metadata ?& '{big,loss}'},
	q{metadata @~ 'loss < 900' AND project = 3}, q{metadata @~ 'loss < 900' AND run_id < 500});

foreach my $condition (@conditions)
{
	my $query = qq{
SELECT count(*) FROM TABLE WHERE $condition;
SELECT count(*) FILTER (WHERE $condition) FROM TABLE;
SELECT array_agg(run_id) FROM (SELECT run_id FROM TABLE WHERE $condition ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT 7 OFFSET 3) AS page;};

	is(answer($query =~ s/TABLE/spread/gr), answer($query =~ s/TABLE/plain/gr), "same rows: $condition");
}

# a library that came later does not keep the scans away
foreach my $name (qw(front east west))
{
	on($name, q{CREATE TABLE alone (metadata jsonb); INSERT INTO alone SELECT jsonb_build_object('a', i) FROM generate_series(1, 3000) AS i;
CREATE INDEX ON alone USING detmeta (metadata); ANALYZE alone;}) if $name eq 'front';
	my $relation = $name eq 'front' ? 'alone' : on($name, qq{SELECT shard_name FROM citus_shards WHERE table_name = 'spread'::regclass AND nodeport = @{[ $node{$name}->port ]} LIMIT 1});
	like(on($name, "SET citus.override_table_visibility = off; SET enable_seqscan = off; SET enable_bitmapscan = off; EXPLAIN SELECT * FROM $relation WHERE metadata->>'optimizer' = 'adam'"),
		qr/Metadata Scan/, "scans with shared_preload_libraries = '$preload{$name}'");
}

# ---- searching

foreach my $call (q{search_run_metadata('loss < 20', 'metadata.loss=desc', 5, 2)}, q{search_run_metadata(NULL, 'loss desc, id', 7)},
	q{search_run_metadata('tags is "a1"', 'metadata.started=asc', 3, run_ids => ARRAY(SELECT generate_series(1, 900)))})
{
	my ($plain) = answer("SET detmeta.runs_table = plain; SELECT * FROM $call");

	is(answer("SET detmeta.runs_table = $_; SELECT * FROM $call"), $plain, "same page of $_: $call") foreach qw(spread single copied near);
}
{
	my $cursor = answer(q{SET detmeta.runs_table = plain; SELECT cursor FROM search_run_metadata('loss < 30', 'loss', 5) OFFSET 4});
	my $next = "SELECT run_id, total FROM search_run_metadata('loss < 30', 'loss', 5, after => '$cursor')";
	is(answer("SET detmeta.runs_table = spread; $next"), answer("SET detmeta.runs_table = plain; $next"), 'same page behind a cursor');
}

# ---- storing

foreach my $name (qw(spread single copied near parts))
{
	my $steps = q{
SELECT post_run_metadata(7001, '{"a": 1}');
SELECT post_run_metadata(7001, '{"a": 1}');
SELECT post_run_metadata(7001, '{"a": 1.0}');
SELECT merge_run_metadata(7001, '{"b": {"c": 2}}');
SELECT merge_run_metadata(7001, '{"b": {"c": null}}');
SELECT merge_run_metadata(7002, '{"new": true}');
SELECT get_run_metadata(7001), get_run_metadata(7002), get_run_metadata(7003);
SELECT post_run_metadata('{"runId": 7002, "metadata": null}');
SELECT get_run_metadata(7002);
SELECT * FROM compare_run_metadata(ARRAY[7001, 1]);};
	my $plain = answer("SET detmeta.runs_table = plain; $steps");

	answer(q{DELETE FROM plain WHERE run_id > 7000});
	is(answer("SET detmeta.runs_table = $name; $steps DELETE FROM $name WHERE run_id > 7000"), $plain, "same answers of storing in $name");
	# a statement of its own for each, as generic plans are made once a session
	is(answer("SET detmeta.runs_table = $name; SELECT post_run_metadata(7100 + i, jsonb_build_object('i', i))->'i' FROM generate_series(1, 30) AS i;"),
		join("\n", 1 .. 30), "many posts to $name") if $name ne 'near';
	answer("DELETE FROM $name WHERE run_id > 7000");
}

# the same document again takes no lock, so that others do not wait
{
	answer(q{SET detmeta.runs_table = spread; SELECT post_run_metadata(8000, '{"a": 1}')});
	my $session = $node{front}->background_psql('postgres', on_error_stop => 1);

	$session->query_safe(q{SET search_path = public, "Meta data"; SET detmeta.runs_table = spread; BEGIN; SELECT post_run_metadata(8000, '{"a": 1}'); SELECT merge_run_metadata(8001, '{}')});
	is(answer(q{SET statement_timeout = '20s'; SET detmeta.runs_table = spread; SELECT merge_run_metadata(8000, '{"b": 2}')}), '{"a": 1, "b": 2}',
		'a run whose document was posted again is not locked');
	$session->query_safe('COMMIT');
	$session->quit;
}

# merges into one run from all servers at once
{
	my @sessions;

	for my $i (0 .. 3)
	{
		my $file = PostgreSQL::Test::Utils::tempdir_short() . "/merge$i.sql";

		append_to_file($file, qq{SET search_path = public, "Meta data"; SET detmeta.runs_table = spread;\n});
		append_to_file($file, join '', map { "SELECT merge_run_metadata(8002, '{\"k${i}_$_\": $_}');\n" } 1 .. 25);
		push @sessions, IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node{ (qw(front east west front))[$i] }->connstr('postgres'), '-f', $file ], '>', '/dev/null');
	}
	ok($_->finish, 'a session merges') foreach @sessions;
	is(answer(q{SELECT count(*) FROM spread, jsonb_object_keys(metadata) WHERE run_id = 8002}), '100', 'no merge is lost');
}
answer('DELETE FROM spread WHERE run_id >= 8000');

# tables of a schema that is a tenant's
answer(q{SET citus.enable_schema_based_sharding = on; CREATE SCHEMA tenant_1; SELECT create_runs_metadata('tenant_1.runs_metadata')});
is(answer(q{SELECT p.colocationid = s.colocationid FROM pg_dist_partition AS p, pg_dist_schema AS s WHERE p.logicalrelid = 'tenant_1.runs_metadata'::regclass AND s.schemaid = 'tenant_1'::regnamespace}),
	't', 'the table of a tenant is created as one');
is(answer(q{SET detmeta.runs_table = 'tenant_1.runs_metadata'; SELECT post_run_metadata(1, '{"loss": 0.5}'); SELECT * FROM metadata_keys('tenant_1.runs_metadata')}),
	"{\"loss\": 0.5}\nloss|number|1", 'and is posted to and explored');

# ---- what cannot be done says so

like(error_of(q{SET detmeta.runs_table = spread; SELECT rename_metadata_key('loss', 'error')}),
	qr/ERROR:  0A000: cannot change a key of all runs of table "spread", as Citus keeps its rows in shards
DETAIL:  The runs would have to be locked in their order, all at once.
HINT:  \QHave each shard run an UPDATE with metadata_with_key_renamed() or metadata_without_key(), by run_command_on_shards().\E/, 'a key of a distributed table is not renamed');
like(error_of(q{SET detmeta.runs_table = spread; SELECT remove_metadata_key('loss')}), qr/ERROR:  0A000: cannot change a key of all runs/, 'nor removed');
is(answer(q{BEGIN; SET LOCAL detmeta.runs_table = copied; SELECT rename_metadata_key('net.depth', 'depth') = (SELECT count(*) FROM plain WHERE metadata @~ 'net.depth is not empty'); ROLLBACK}),
	't', 'but one of a reference table is');
like(error_of(q{SELECT * FROM metadata_index_check('spread_metadata_idx')}),
	qr/ERROR:  0A000: index "spread_metadata_idx" is empty, as Citus keeps the rows of table "spread" in shards/, 'an index without entries is not called healthy');
like(error_of(q{SELECT metadata_index_clean_pending('copied_metadata_idx')}), qr/ERROR:  0A000: index "copied_metadata_idx" is empty/, 'nor cleaned');
like(error_of(q{SET detmeta.runs_table = '"Odd schema"."by ""project"'; SELECT post_run_metadata(1, '{"a": 1}')}),
	qr/ERROR:  42P10: run metadata table "by "project" has no unique index on run_id/, 'a run in several shards cannot be posted to');
foreach my $function (q{* FROM metadata_index_check('spread_metadata_idx')}, q{metadata_index_clean_pending('spread_metadata_idx')})
{
	# HINT:  For the indexes of the shards: SELECT * FROM run_command_on_shards('public.spread', '...');
	my ($hint) = error_of("SELECT $function") =~ /^HINT:  For the indexes of the shards: (SELECT .*);$/m;

	like(answer("SELECT count(*), bool_and(success) FROM ($hint) AS x"), qr/^6\|t$/, "the hint does what it says: $function");
}

# ---- rights

answer(q{
CREATE ROLE nobody_here LOGIN;
CREATE ROLE reader LOGIN;
GRANT USAGE ON SCHEMA "Meta data" TO reader, nobody_here;
GRANT SELECT ON spread, copied, near, plain TO reader;});
like(error_of("SET ROLE nobody_here; SELECT * FROM metadata_keys('$_')"), qr/ERROR:  42501: permission denied for table $_/, "no rights on $_") foreach qw(spread copied near);
is(answer("SET ROLE reader; SELECT * FROM metadata_keys('$_')"), answer("SELECT * FROM metadata_keys('plain')"), "rights to read $_") foreach qw(spread copied near);

# row-level security
answer(qq{ALTER TABLE $_ ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON $_ USING (project = 2)}) foreach qw(plain spread copied);
{
	my ($filter, $scope) = (q{'loss < 100'}, 'NULL');
	my $expected = answer('SET ROLE reader; ' . explorations_of('plain', $filter, $scope));

	isnt($expected, answer(explorations_of('plain', $filter, $scope)), 'a policy hides rows');
	is(answer('SET ROLE reader; ' . explorations_of($_, $filter, $scope)), $expected, "and in the shards of $_") foreach qw(spread copied);
}
answer("ALTER TABLE $_ DISABLE ROW LEVEL SECURITY") foreach qw(plain spread copied);

# texts that could be taken for SQL
my $hostile = q{'''; DROP TABLE plain; --'};
foreach my $call (qq{metadata_find('TABLE', $hostile)}, qq{metadata_values('TABLE', $hostile)}, qq{metadata_summary('TABLE', 'loss', filter => 'notes is "''; DROP TABLE plain; --\$1%s"')},
	qq{metadata_groups('TABLE', ARRAY['"\$1''"'], $hostile)}, q{metadata_keys('TABLE', scope => '{"state": ["''; --", "it''s", "\\\\"]}')})
{
	is(answer('SELECT * FROM ' . $call =~ s/TABLE/spread/r), answer('SELECT * FROM ' . $call =~ s/TABLE/plain/r), "not taken for SQL: $call");
}

# ---- shards that move, and servers that fail

my $expected = answer(explorations_of('plain', q{'loss < 100'}, 'NULL'));
answer(sprintf q{SELECT citus_move_shard_placement(shardid, '127.0.0.1', %d, '127.0.0.1', %d, 'block_writes') FROM
	(SELECT shardid FROM citus_shards WHERE table_name = 'spread'::regclass AND nodeport = %d LIMIT 1) AS s}, $node{east}->port, $node{west}->port, $node{east}->port);
is(answer(explorations_of('spread', q{'loss < 100'}, 'NULL')), $expected, 'same answers when a shard has moved');

like(error_of(q{SET statement_timeout = '1ms'; SELECT count(*) FROM metadata_groups('spread', ARRAY['notes', 'loss'], 'loss'), pg_sleep(1)}),
	qr/ERROR:  57014: canceling statement due to statement timeout/, 'a timeout ends it');
$node{west}->stop('immediate');
like(error_of(q{SELECT * FROM metadata_keys('spread')}), qr/ERROR:/, 'without a worker there is no answer');
like(error_of(q{SET detmeta.runs_table = spread; SELECT post_run_metadata(i, '{"a": 1}') FROM generate_series(1, 40) AS i}), qr/ERROR:/, 'and nothing is stored');
is(answer(explorations_of('near', q{'loss < 100'}, 'NULL')), $expected, 'but of a table that is here');
$node{west}->start;
is(answer(explorations_of('spread', q{'loss < 100'}, 'NULL')), $expected, 'same answers when it is back');

done_testing();
