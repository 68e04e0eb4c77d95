-- Plans: a predicate is planned as the operator, wherever it stands
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA planner;
SET search_path = planner, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

-- the index conditions of a query, as the plan shows them
CREATE FUNCTION conditions(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
  RETURN (SELECT string_agg(c #>> '{}', ' | ') FROM jsonb_path_query(plan::jsonb, 'strict $.**."Index Cond"') AS c);
END $$;
-- what a plan is besides the names it has
CREATE FUNCTION explained(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, VERBOSE) ' || query INTO plan;
  RETURN plan;
END $$;

INSERT INTO doc (name, m)
SELECT i, jsonb_build_object('a', i, 'b', 'v' || i % 100, 'c', i % 7 = 0, 'd', date '2024-01-01' + i % 300, 't', ARRAY[i % 10, i % 11])
FROM generate_series(1, 3000) AS i;
VACUUM ANALYZE doc;

-- function and operator: the same plan, estimates included
SELECT f, explained('SELECT * FROM doc WHERE ' || f) = explained('SELECT * FROM doc WHERE ' || o) AS same,
  conditions('SELECT * FROM doc WHERE ' || f) = conditions('SELECT * FROM doc WHERE ' || o) AS indexed
FROM (VALUES
  ($$metadata_is(m, 'a', 20)$$, $$m @~ 'a is 20'$$),
  ($$metadata_is(m, 'b', 'v1')$$, $$m @~ 'b is text "v1"'$$),
  ($$metadata_is(m, 'a', 20.0)$$, $$m @~ 'a is 20'$$),
  ($$metadata_is_not(m, 'a', 20)$$, $$m @~ 'a is not 20'$$),
  ($$metadata_in(m, 'a', ARRAY[20, 30])$$, $$m @~ 'a in (20, 30)'$$),
  ($$metadata_not_in(m, 'a', ARRAY[20, 30])$$, $$m @~ 'a not in (20, 30)'$$),
  ($$metadata_lt(m, 'a', 20)$$, $$m @~ 'a < 20'$$),
  ($$metadata_le(m, 'a', 20)$$, $$m @~ 'a <= 20'$$),
  ($$metadata_gt(m, 'a', 2980)$$, $$m @~ 'a > 2980'$$),
  ($$metadata_ge(m, 'a', '2980')$$, $$m @~ 'a >= text "2980"'$$),
  ($$metadata_between(m, 'a', 20, 30)$$, $$m @~ 'a between 20 and 30'$$),
  ($$metadata_between(m, 'a', '20', '30')$$, $$m @~ 'a between text "20" and text "30"'$$),
  ($$metadata_gt(m, 'd', date '2024-10-25')$$, $$m @~ 'd > date "2024-10-25"'$$),
  ($$metadata_contains(m, 'b', '99')$$, $$m @~ 'b contains "99"'$$),
  ($$metadata_not_contains(m, 'b', '99')$$, $$m @~ 'b does not contain "99"'$$),
  ($$metadata_icontains(m, 'b', 'V99')$$, $$m @~ 'b icontains "V99"'$$),
  ($$metadata_starts_with(m, 'b', 'v99')$$, $$m @~ 'b starts with "v99"'$$),
  ($$metadata_not_empty(m, 'z')$$, $$m @~ 'z is not empty'$$),
  ($$NOT metadata_is(m, 'c', true)$$, $$m !@~ 'c is true'$$),
  ($$NOT metadata_not_empty(m, 'a')$$, $$NOT m @~ 'a is not empty'$$),
  ($$metadata_is(m, 'a', 20) OR metadata_is(m, 'a', 21)$$, $$m @~ 'a is 20' OR m @~ 'a is 21'$$),
  ($$NOT (metadata_lt(m, 'a', 2990) OR metadata_is(m, 'c', true))$$, $$m !@~ 'a < 2990' AND m !@~ 'c is true'$$),
  ($$metadata_is(m, 'a', 20) AND metadata_is(m, 'b', 'v20') AND n > 5$$, $$m @~ 'a is 20' AND m @~ 'b is text "v20"' AND n > 5$$),
  ($$metadata_is(m, 'a', 20) IS TRUE$$, $$m @~ 'a is 20' IS TRUE$$),
  ($$metadata_is(m, 'a', 20) = true$$, $$(m @~ 'a is 20') = true$$)
) AS v (f, o);

-- the planner's own view of it
SELECT conditions($$SELECT * FROM doc WHERE metadata_is(m, 'a', 20) AND NOT metadata_contains(m, 'b', '21')$$);
SELECT plan_nodes($$SELECT * FROM doc WHERE metadata_is(m, 'a', 20) OR metadata_is(m, 'a', 21)$$);

-- metadata_is_empty() and metadata_matches() read NULL as {}; on a column that is NOT NULL the index serves them
INSERT INTO doc (name, m) SELECT 'few', '{"z": 1}' FROM generate_series(1, 5);
VACUUM ANALYZE doc;
SELECT f, conditions('SELECT * FROM doc WHERE ' || f) FROM unnest(ARRAY[
  $$metadata_is_empty(m, 'a')$$, $$metadata_matches(m, 'a is empty')$$, $$metadata_matches(m, 'a is 20')$$,
  $$metadata_matches(m, metadata_filter('a', 'is', 20))$$, $$metadata_is_empty(m, 'a') AND metadata_is(m, 'z', 1)$$,
  $$metadata_is_empty(m, 'a') OR metadata_is(m, 'a', 20)$$, $$NOT metadata_is_empty(m, 'z')$$,
  $$NOT metadata_matches(m, 'z is empty')$$]) AS f;
-- on one that may be NULL, only where {} does not satisfy the filter, and all rows are found
CREATE TABLE nullable AS SELECT n, CASE WHEN n % 3 > 0 THEN m END AS m FROM doc;
CREATE INDEX ON nullable USING gin (m metadata_ops);
ANALYZE nullable;
SELECT f, conditions('SELECT * FROM nullable WHERE ' || f), outcome('SELECT count(*) FROM nullable WHERE ' || f) FROM unnest(ARRAY[
  $$metadata_is_empty(m, 'a')$$, $$metadata_matches(m, 'a is empty')$$, $$metadata_matches(m, 'a is 20')$$,
  $$metadata_matches(m, 'a is not 20 and a < 30')$$, $$metadata_is_empty(m, 'a') AND m IS NOT NULL$$]) AS f;
DROP TABLE nullable;

-- parameters: custom plans and generic ones
SET plan_cache_mode = force_generic_plan;
PREPARE typed(int) AS SELECT n FROM doc WHERE metadata_is(m, 'a', $1);
PREPARE texts(text) AS SELECT n FROM doc WHERE metadata_is(m, 'a', $1);
PREPARE keys(text, text) AS SELECT n FROM doc WHERE metadata_is(m, $1, $2);
PREPARE betweens(numeric, numeric) AS SELECT n FROM doc WHERE metadata_between(m, 'a', $1, $2);
PREPARE ins(bigint[]) AS SELECT n FROM doc WHERE metadata_in(m, 'a', $1);
PREPARE contain(text) AS SELECT n FROM doc WHERE metadata_contains(m, 'b', $1) AND metadata_lt(m, 'a', 1000);
PREPARE filters(metadata_filter) AS SELECT n FROM doc WHERE m @~ $1;
PREPARE texts_of_filters(text) AS SELECT n FROM doc WHERE m @~ $1::metadata_filter;
PREPARE matching(metadata_filter) AS SELECT n FROM doc WHERE metadata_matches(m, $1);
PREPARE empties(text) AS SELECT n FROM doc WHERE metadata_is_empty(m, $1);
PREPARE either(int, int) AS SELECT n FROM doc WHERE metadata_is(m, 'a', $1) OR NOT metadata_gt(m, 'a', $2);
SET enable_seqscan = off;
SELECT e, conditions(e), plan_nodes(e) FROM unnest(ARRAY[
  'EXECUTE typed(20)', 'EXECUTE texts(''20'')', 'EXECUTE keys(''a'', ''20'')', 'EXECUTE betweens(20, 22.5)', 'EXECUTE ins(''{20,21}'')',
  'EXECUTE contain(''v99'')', 'EXECUTE filters(''a is 20'')', 'EXECUTE texts_of_filters(''a is 20'')', 'EXECUTE matching(''a is 20'')',
  'EXECUTE empties(''a'')', 'EXECUTE either(20, 5)']) AS e;
EXECUTE typed(20);
EXECUTE texts('20');
EXECUTE texts('2e1');
EXECUTE keys('a', '20');
EXECUTE keys('nowhere', '20');
EXECUTE betweens(20, 22.5);
EXECUTE ins('{20,21,NULL}');
EXECUTE contain('v99');
EXECUTE filters('a is 20');
EXECUTE filters(NULL);
EXECUTE texts_of_filters('a between 20 and 21');
EXECUTE matching('a is 20');
EXECUTE empties('a');
EXECUTE either(20, 3);
EXECUTE typed(NULL);
SET plan_cache_mode = force_custom_plan;
SELECT e, conditions(e) FROM unnest(ARRAY[
  'EXECUTE typed(20)', 'EXECUTE texts(''20'')', 'EXECUTE keys(''a'', ''20'')', 'EXECUTE betweens(20, 22.5)', 'EXECUTE ins(''{20,21}'')',
  'EXECUTE filters(''a is 20'')', 'EXECUTE texts_of_filters(''a is 20'')', 'EXECUTE matching(''a is 20'')', 'EXECUTE empties(''a'')']) AS e;
-- a filter that is wrong is an error when it runs, not when it is planned
SET plan_cache_mode = force_generic_plan;
SELECT plan_nodes('EXECUTE texts_of_filters(''a is'')');
EXECUTE texts_of_filters('a is');
EXECUTE texts_of_filters('a is 20');
RESET plan_cache_mode;
RESET enable_seqscan;
DEALLOCATE ALL;

-- what is known only at run time: a stable value, a sub-select
SELECT conditions($$SELECT * FROM doc WHERE metadata_gt(m, 'd', now())$$) ~ 'now\(\)';
SELECT conditions($$SELECT * FROM doc WHERE metadata_is(m, 'a', (SELECT max(n) FROM doc))$$) ~ 'm @~ metadata_filter\(''a''';

-- a join that takes its filters from another table: an index scan for each
CREATE TABLE wanted (id int, key text, value numeric, filter metadata_filter);
INSERT INTO wanted SELECT i, 'a', i * 10, format('a is %s or b is "v%s" and a < 50', i * 10, i)::metadata_filter FROM generate_series(1, 3) AS i;
ANALYZE wanted;
SET enable_seqscan = off;
SET enable_hashjoin = off;
SELECT conditions('SELECT * FROM wanted, doc WHERE m @~ filter'), plan_nodes('SELECT * FROM wanted, doc WHERE m @~ filter');
SELECT conditions('SELECT * FROM wanted, doc WHERE metadata_is(m, key, value)');
SELECT conditions('SELECT * FROM wanted, doc WHERE metadata_matches(m, filter)');
SELECT conditions('SELECT * FROM wanted, LATERAL (SELECT * FROM doc WHERE metadata_ge(m, ''a'', value) AND metadata_lt(m, ''a'', value + 1)) AS d');
RESET enable_seqscan;
RESET enable_hashjoin;
SELECT id, n FROM wanted, doc WHERE m @~ filter ORDER BY 1, 2;
SELECT id, n FROM wanted, doc WHERE metadata_is(m, key, value) ORDER BY 1, 2;
SELECT id, count(n) FROM wanted LEFT JOIN doc ON metadata_is(m, key, value) AND n < 15 GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM doc WHERE EXISTS (SELECT FROM wanted WHERE m @~ filter);
SELECT count(*) FROM doc WHERE NOT EXISTS (SELECT FROM wanted WHERE m @~ filter);

-- partitions
CREATE TABLE part (project int, m jsonb NOT NULL) PARTITION BY LIST (project);
CREATE INDEX ON part USING gin (m metadata_ops);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE part2 (junk int, m jsonb NOT NULL, project int);
ALTER TABLE part2 DROP junk;
ALTER TABLE part ATTACH PARTITION part2 FOR VALUES IN (2);
INSERT INTO part SELECT 1 + n % 2, m FROM doc;
VACUUM ANALYZE part;
SELECT plan_nodes($$SELECT * FROM part WHERE metadata_is(m, 'a', 20)$$);
SELECT plan_nodes($$SELECT * FROM part WHERE metadata_is(m, 'a', 20) AND project = 1$$);
SELECT plan_nodes($$SELECT * FROM part WHERE metadata_is_empty(m, 'a')$$);
SELECT count(*) FROM part WHERE metadata_is(m, 'a', 20);
SELECT count(*) FROM part WHERE metadata_is_empty(m, 'a');
SELECT count(*) FROM part WHERE metadata_between(m, 'a', 1, 10) AND project = 2;
-- children of an inheritance parent, where one allows what the other does not
CREATE TABLE parent (m jsonb);
CREATE TABLE child (CHECK (m IS NOT NULL)) INHERITS (parent);
ALTER TABLE child ALTER m SET NOT NULL;
CREATE INDEX ON parent USING gin (m metadata_ops);
CREATE INDEX ON child USING gin (m metadata_ops);
INSERT INTO parent VALUES (NULL), ('{"a": 1}'), ('{}');
INSERT INTO child VALUES ('{"b": 1}'), ('{"a": 1}');
SET enable_seqscan = off;
SELECT plan_nodes($$SELECT * FROM parent WHERE metadata_is_empty(m, 'a')$$);
SELECT tableoid::regclass, m FROM parent WHERE metadata_is_empty(m, 'a') ORDER BY 1, 2;
RESET enable_seqscan;

-- an index on an expression
CREATE TABLE wrapped AS SELECT n, jsonb_build_object('meta', m) AS d FROM doc;
CREATE INDEX ON wrapped USING gin ((d->'meta') metadata_ops);
ANALYZE wrapped;
SELECT conditions($$SELECT * FROM wrapped WHERE metadata_is(d->'meta', 'a', 20)$$);
SELECT conditions($$SELECT * FROM wrapped WHERE d->'meta' @~ 'a is 20'$$);
SELECT conditions($$SELECT * FROM wrapped WHERE NOT metadata_gt(d->'meta', 'a', 20)$$);
SELECT conditions($$SELECT * FROM wrapped WHERE metadata_matches(d->'meta', 'a is 20')$$);
SELECT n FROM wrapped WHERE metadata_is(d->'meta', 'a', 20);
SELECT count(*) FROM wrapped WHERE metadata_is_empty(d->'meta', 'a');

-- an index on part of the rows
CREATE INDEX partial ON wrapped USING gin (d metadata_ops) WHERE metadata_is(d, 'meta.c', true);
SELECT plan_nodes($$SELECT * FROM wrapped WHERE metadata_is(d, 'meta.c', true) AND metadata_is(d, 'meta.a', 21)$$) ~ 'Bitmap Index Scan';
SELECT plan_nodes($$SELECT * FROM wrapped WHERE d @~ 'meta.c is true' AND d @~ 'meta.a is 21'$$) ~ 'Bitmap Index Scan';
SELECT plan_nodes($$SELECT * FROM wrapped WHERE metadata_is(d, 'meta.a', 21)$$);
SELECT n FROM wrapped WHERE metadata_is(d, 'meta.c', true) AND metadata_is(d, 'meta.a', 21);

-- next to other columns in one index
CREATE TABLE tagged AS SELECT n, ARRAY[n % 50, n % 60] AS labels, m FROM doc;
ALTER TABLE tagged ALTER m SET NOT NULL;
CREATE INDEX ON tagged USING gin (labels, m metadata_ops);
ANALYZE tagged;
SELECT conditions($$SELECT * FROM tagged WHERE labels @> '{7}' AND metadata_starts_with(m, 'b', 'v5')$$);
SELECT conditions($$SELECT * FROM tagged WHERE metadata_is(m, 'a', 57)$$);
SELECT conditions($$SELECT * FROM tagged WHERE labels @> '{7}' AND metadata_is_empty(m, 'a')$$);
SELECT conditions($$SELECT * FROM tagged WHERE labels @> '{7,7}' AND NOT metadata_is(m, 'b', 'v7')$$);
SET enable_seqscan = off;
SELECT count(*) FROM tagged WHERE labels @> '{7}' AND metadata_starts_with(m, 'b', 'v5');
SELECT count(*) FROM tagged WHERE metadata_is_not(m, 'a', 57);
SELECT count(*) FROM tagged WHERE labels @> '{7}' AND NOT metadata_is(m, 'b', 'v7');
SET enable_seqscan = on;
SET enable_bitmapscan = off;
SELECT count(*) FROM tagged WHERE labels @> '{7}' AND metadata_starts_with(m, 'b', 'v5');
SELECT count(*) FROM tagged WHERE metadata_is_not(m, 'a', 57);
SELECT count(*) FROM tagged WHERE labels @> '{7}' AND NOT metadata_is(m, 'b', 'v7');
RESET enable_bitmapscan;

-- views, check constraints, generated columns, SQL functions, policies, grouping
CREATE VIEW good AS SELECT n, m FROM doc WHERE metadata_ge(m, 'a', 2990) AND metadata_not_empty(m, 'b');
SELECT conditions('SELECT * FROM good WHERE metadata_is(m, ''c'', true)');
SELECT n FROM good WHERE metadata_is(m, 'c', true);
SELECT pg_get_viewdef('good') ~ 'metadata_ge\(.*''a''.*, 2990\)';
CREATE TABLE checked (m jsonb CHECK (metadata_is_not(m, 'state', 'bad') OR metadata_is_empty(m, 'state')),
  big boolean GENERATED ALWAYS AS (metadata_gt(m, 'a', 100)) STORED);
INSERT INTO checked VALUES ('{"a": 200}'), ('{"state": "good"}'), (NULL);
INSERT INTO checked VALUES ('{"state": "bad"}');
SELECT * FROM checked ORDER BY m;
CREATE FUNCTION cheap(doc) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN metadata_lt($1.m, 'a', 3);
SELECT conditions('SELECT * FROM doc WHERE cheap(doc)');
SELECT n FROM doc WHERE cheap(doc) ORDER BY 1;
CREATE FUNCTION by_value(wanted int) RETURNS SETOF int LANGUAGE sql STABLE
BEGIN ATOMIC SELECT n FROM doc WHERE metadata_is(m, 'a', wanted); END;
SELECT conditions('SELECT * FROM by_value(7)');
SELECT by_value(7);
SELECT metadata_is(m, 'c', true) AS c, count(*) FROM doc GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE metadata_lt(m, 'a', 11)), sum(CASE WHEN m @~ 'b is "v1"' THEN 1 END) FROM doc;
SELECT n FROM doc WHERE metadata_is(m, 'a', 14) ORDER BY metadata_sort(m, 'a') LIMIT 1;

-- everything schema-qualified, with the extension in a schema that is not on the path
BEGIN;
CREATE SCHEMA elsewhere;
ALTER EXTENSION detmeta SET SCHEMA elsewhere;
SELECT conditions($$SELECT * FROM doc WHERE elsewhere.metadata_is(m, 'a', 20)$$);
SELECT conditions($$SELECT * FROM doc WHERE m OPERATOR(elsewhere.@~) 'a is 20'$$);
SELECT conditions($$SELECT * FROM doc WHERE elsewhere.metadata_is_empty(m, 'a')$$);
SELECT conditions('SELECT * FROM good WHERE elsewhere.metadata_is(m, ''c'', true)');
SELECT n FROM good WHERE elsewhere.metadata_is(m, 'c', true);
SELECT n FROM doc WHERE elsewhere.metadata_is(m, 'a', 20);
SELECT by_value(7);
ROLLBACK;
-- other objects of the same names on the path do not matter
CREATE FUNCTION metadata_filter(text, text, anyelement) RETURNS text LANGUAGE sql AS $$ SELECT 'wrong' $$;
CREATE FUNCTION wrong(jsonb, metadata_filter) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$;
CREATE OPERATOR @~ (LEFTARG = jsonb, RIGHTARG = metadata_filter, PROCEDURE = wrong);
SELECT n FROM doc WHERE public.metadata_is(m, 'a', 20);
SELECT n FROM doc WHERE public.metadata_matches(m, 'a is 20');
DROP OPERATOR @~ (jsonb, metadata_filter);
DROP FUNCTION metadata_filter(text, text, anyelement);

-- what is declared NOT NULL is NULL in a grouping set without it; a table of the query outside says nothing of one inside
CREATE TABLE nullable (n int, name text, m jsonb);
CREATE INDEX ON nullable USING gin (m jsonb_path_ops);
INSERT INTO nullable VALUES (1, '', NULL), (2, '', '{"a": 1}');
SELECT metadata_is_empty(m, 'a') AS empty, count(*) FROM doc WHERE n < 3 GROUP BY GROUPING SETS ((m), ()) ORDER BY 1, 2;
SELECT o.n, (SELECT metadata_is_empty(o.m, 'a') FROM doc AS d LIMIT 1) AS empty FROM nullable AS o ORDER BY 1;
-- an index of another operator class is left alone, and so is a filter that the row makes
SET enable_seqscan = off;
SELECT n FROM nullable WHERE metadata_matches(m, 'a is 1');
SELECT count(*) FROM doc LEFT JOIN nullable ON nullable.n = doc.n WHERE metadata_matches(doc.m, metadata_filter('a', 'is', doc.n));
RESET enable_seqscan;

-- a role that may not look into the extension's schema, nor into the table, through a view
BEGIN;
CREATE SCHEMA elsewhere;
ALTER EXTENSION detmeta SET SCHEMA elsewhere;
CREATE ROLE regress_detmeta_reader;
GRANT USAGE ON SCHEMA planner TO regress_detmeta_reader;
GRANT SELECT ON good TO regress_detmeta_reader;
SET LOCAL ROLE regress_detmeta_reader;
SELECT has_schema_privilege('elsewhere', 'USAGE');
SELECT count(*) FROM good;
SELECT n FROM good WHERE n % 5 = 0 ORDER BY n;
SELECT n FROM doc;
ROLLBACK;

-- a filter that is made for each row is made of that row's values, and of what a variable holds now
SET enable_bitmapscan = off;
SET detmeta.enable_metadata_scan = off;
SELECT v.a, count(*) FROM (VALUES ('{1,2}'::int[]), ('{3}'), ('{}'), ('{3}'), ('{1,2}'), (NULL)) AS v (a), doc WHERE metadata_in(m, 'a', v.a) GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM doc WHERE metadata_in(m, 'a', ARRAY(SELECT generate_series(1, 100)));
SELECT count(*) FROM doc WHERE metadata_between(m, 'a', (SELECT 7), (SELECT 9)) OR metadata_is(m, 'b', (SELECT 'v1'));
CREATE FUNCTION made() RETURNS SETOF metadata_filter LANGUAGE plpgsql AS $$
DECLARE
  list int[] := '{}';
BEGIN
  FOR i IN 1..3 LOOP
    list[i] := i;
    RETURN NEXT metadata_filter('a', 'in', list);
    list[1] := -i;
    RETURN NEXT metadata_filter('a', 'in', list);
  END LOOP;
END $$;
SELECT * FROM made();
RESET enable_bitmapscan;
RESET detmeta.enable_metadata_scan;

DROP SCHEMA planner CASCADE;
