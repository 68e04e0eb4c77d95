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
	$node{$name}->append_conf('postgresql.conf', "enable_seqscan = off\n") if $name ne 'front';
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

my $setup = 'SET search_path = public, meta; SET enable_partitionwise_aggregate = on;';

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
is(scalar(grep { /^SELECT NULL FROM .*@~/ } sent($plan)), 2, 'each server sends empty rows for its part of a count');
like($plan, qr/Metadata Scan/, 'and this one scans its own');
$plan = query_plan(q{SELECT sum(n) FROM (SELECT count(*) AS n FROM spread_here WHERE metadata @~ 'loss < 20'
	UNION ALL SELECT count(*) FROM spread_east WHERE metadata @~ 'loss < 20') AS part});
is(scalar(grep { /^SELECT count\(\*\) FROM .*@~/ } sent($plan)), 1, 'asked one by one, each server counts');
like($plan, qr/Metadata Count/, 'and this one its own on the index');
$plan = query_plan(q{SELECT run_id FROM spread WHERE run_id BETWEEN 2500 AND 2600 AND metadata @~ 'loss < 20'});
is(scalar(() = sent($plan)), 1, 'a range of runs asks one server only');
$plan = query_plan(q{SELECT run_id FROM spread ORDER BY metadata_sort(metadata, 'loss') LIMIT 5});
like($plan, qr/Merge Append/, 'the parts of a page are merged');
is(scalar(grep { /ORDER BY/ } sent($plan)), 2, 'and come in order from each server');

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
