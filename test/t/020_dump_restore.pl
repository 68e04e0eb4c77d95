# A database with run metadata is dumped and restored: in each format all
# objects arrive, answer the same, use their indexes, and dump the same again.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump_restore');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

# The extension lies in a schema of its own: pg_dump sets an empty search path,
# so all that it prints has to be found without one.
$node->safe_psql('postgres', 'CREATE DATABASE original');
$node->safe_psql(
	'original', q{
CREATE SCHEMA meta;
CREATE EXTENSION detmeta SCHEMA meta;
SET search_path = public, meta;
CREATE TABLE runs (id bigint PRIMARY KEY, name text);
INSERT INTO runs SELECT i, 'run ' || i FROM generate_series(1, 2000) AS i;
SELECT create_runs_metadata('runs_metadata', 'runs');
SELECT post_run_metadata(i, jsonb_build_object('loss', i / 7.0, 'tags', ARRAY['a' || i % 5, 'é"\\' || i % 3],
	'started', date '2024-01-01' + i, 'optimizer', jsonb_build_object('name', CASE WHEN i % 2 = 0 THEN 'adam' ELSE 'sgd' END),
	repeat('k', 40), repeat('long ', 100) || i))
FROM generate_series(1, 2000) AS i WHERE i % 10 > 0;

CREATE TABLE filters (id int PRIMARY KEY, f metadata_filter UNIQUE, fs metadata_filter[]);
INSERT INTO filters VALUES
	(1, 'loss < 10 and tags contains "é"', '{}'),
	(2, 'started between date "2024-03" and date "2024-04-15" or optimizer.name is not "adam"', '{true,"x is \"a\""}'),
	(3, '"key with \"quotes\"" is {"a": [1.50, null]} or not (loss is empty)', NULL),
	(4, 'x in (null, true, -1e-400, "\u0001 \u00e9") and y starts with text "x"', NULL),
	(5, NULL, NULL),
	(7, 'tags[].name is empty and "tags[]" is empty and optimizer."a b"[].name is not "adam" or loss < 3', NULL);
INSERT INTO filters SELECT 6, ('x in (' || string_agg(i::text, ', ') || ')')::metadata_filter FROM generate_series(1, 400) AS i;
CREATE INDEX ON filters USING hash (f);

CREATE VIEW good AS
	SELECT run_id, metadata FROM runs_metadata
	WHERE metadata_lt(metadata, 'loss', 100) AND NOT metadata_is(metadata, 'optimizer.name', 'sgd') AND metadata_not_empty(metadata, 'tags');
CREATE VIEW missing AS
	SELECT id FROM runs LEFT JOIN runs_metadata ON run_id = id WHERE metadata_is_empty(metadata, 'loss');
CREATE VIEW typed AS
	SELECT run_id FROM runs_metadata
	WHERE metadata_in(metadata, 'tags', ARRAY['a1', 'a2']) AND metadata_between(metadata, 'started', date '2024-02-01', now())
	OR metadata_matches(metadata, 'loss is 1 or loss is 2') OR metadata @~ 'loss > 280' OR metadata !@~ 'loss > 1';
CREATE MATERIALIZED VIEW sorted AS
	SELECT run_id, metadata_sort(metadata, 'loss') AS key FROM runs_metadata WHERE metadata @~ 'loss > 10';
CREATE FUNCTION cheap(m jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN metadata_lt(m, 'loss', 1);
CREATE TABLE parts (project int, m jsonb NOT NULL CHECK (metadata_is_not(m, 'state', 'bad') OR metadata_is_empty(m, 'state')),
	cheap boolean GENERATED ALWAYS AS (metadata_lt(m, 'loss', 1)) STORED, wanted metadata_filter DEFAULT 'loss < 5') PARTITION BY LIST (project);
CREATE TABLE part1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE part2 PARTITION OF parts FOR VALUES IN (2);
CREATE INDEX parts_m ON parts USING gin (m metadata_ops);
CREATE INDEX part1_optimizer ON part1 USING gin ((m->'optimizer') metadata_ops (array_members = on, trigram_keys = 'name')) WHERE metadata_is(m, 'tags', 'a1');
CREATE INDEX part2_sort ON part2 (metadata_sort(m, 'loss') DESC NULLS LAST);
INSERT INTO parts SELECT 1 + run_id % 2, metadata FROM runs_metadata;
});

# What a database answers.
sub answers
{
	my ($database) = @_;
	return $node->safe_psql(
		$database, q{
SET search_path = public, meta;
SELECT 'runs', count(*), md5(string_agg(metadata::text, '' ORDER BY run_id)) FROM runs_metadata;
SELECT id, f, fs FROM filters ORDER BY id;
SELECT id, count(*) FROM filters JOIN runs_metadata ON metadata @~ f GROUP BY id ORDER BY id;
SELECT id FROM filters WHERE f = 'tags contains ''é'' and loss < 10.0' OR f = '(loss < 1e1) and tags contains "é"';
SELECT 'good', count(*), sum(run_id) FROM good;
SELECT 'missing', count(*), sum(id) FROM missing;
SELECT 'typed', count(*), sum(run_id) FROM typed;
SELECT 'sorted', count(*), md5(string_agg(run_id::text, ' ' ORDER BY key, run_id)) FROM sorted;
SELECT 'parts', count(*), count(*) FILTER (WHERE cheap), count(*) FILTER (WHERE m @~ wanted) FROM parts;
SELECT 'cheap', count(*) FROM runs_metadata WHERE cheap(metadata);
SELECT 'found', get_run_metadata(7)->'loss', get_run_metadata(10);
});
}

# The nodes of some plans, in which the indexes have to be.
sub plans
{
	my ($database) = @_;
	return $node->safe_psql(
		$database, q{
SET search_path = public, meta;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM good;
SET detmeta.enable_metadata_scan = off;
EXPLAIN (COSTS OFF) SELECT * FROM part1 WHERE metadata_is(m->'optimizer', 'name', 'adam') AND m @~ 'tags is text "a1"';
EXPLAIN (COSTS OFF) SELECT * FROM part2 ORDER BY metadata_sort(m, 'loss') DESC NULLS LAST LIMIT 1;
RESET detmeta.enable_metadata_scan;
EXPLAIN (COSTS OFF) SELECT * FROM filters WHERE f = 'loss is 1';
});
}

# A dump as text, without what differs from one run to the next.
sub dumped
{
	my ($database) = @_;
	my ($out, $err) = run_command([ 'pg_dump', '--dbname', $node->connstr($database) ]);
	is($err, '', "$database: dumped without a warning");
	$out =~ s/^\\(un)?restrict .*\n//mg;
	return $out;
}

$node->safe_psql('original', 'VACUUM ANALYZE');
my $answers = answers('original');
my $plans = plans('original');
my $text = dumped('original');

like($answers, qr/^runs\|1800\|/m, 'there is something to dump');
like($answers, qr/^missing\|200\|/m, 'runs without metadata are found');
like($plans, qr/runs_metadata_metadata_idx\b.*optimizer.name is text/s, 'the index is used');
like($plans, qr/Bitmap Index Scan on part1_optimizer/, 'the partial index on an expression is used');
like($plans, qr/Index Scan using part2_sort/, 'the index of the sort key is used');
like($text, qr/^CREATE EXTENSION IF NOT EXISTS detmeta WITH SCHEMA meta;/m, 'the extension is dumped by name');
unlike($text, qr/CREATE (FUNCTION|TYPE|OPERATOR)[^;]*metadata_(filter|match)\b/, 'its objects are not');

my $folder = PostgreSQL::Test::Utils::tempdir();
my %formats = (
	plain => [ '--format=plain', '--file', "$folder/plain" ],
	inserts => [ '--format=plain', '--inserts', '--file', "$folder/inserts" ],
	custom => [ '--format=custom', '--file', "$folder/custom" ],
	directory => [ '--format=directory', '--jobs=2', '--file', "$folder/directory" ],);

foreach my $format (sort keys %formats)
{
	my $connection = $node->connstr($format);

	$node->safe_psql('postgres', "CREATE DATABASE $format TEMPLATE template0");
	$node->command_ok([ 'pg_dump', @{ $formats{$format} }, '--dbname', $node->connstr('original') ], "$format: dumped");
	$node->command_ok(
		$format =~ /plain|inserts/
		? [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$folder/$format", '-d', $connection ]
		: [ 'pg_restore', '--exit-on-error', $format eq 'directory' ? '--jobs=2' : (), '--dbname', $connection, "$folder/$format" ],
		"$format: restored");
	$node->safe_psql($format, 'VACUUM ANALYZE');
	is(answers($format), $answers, "$format: answers the same");
	is(plans($format), $plans, "$format: plans the same");
	is(dumped($format), $text, "$format: dumps the same");
}

# The table is the user's: it outlives the extension, without the index.
$node->safe_psql('custom', 'DROP EXTENSION detmeta CASCADE');
is($node->safe_psql('custom', 'SELECT count(*) FROM runs_metadata'), '1800', 'dropping the extension drops no metadata');

$node->stop;
done_testing();
