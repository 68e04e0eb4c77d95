-- Estimates: close to the truth where statistics exist, and no constant where they do not say all
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA estimates;
SET search_path = estimates, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

-- rows that the planner expects of a query
CREATE FUNCTION expected(query text) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
-- whether that is off by no more than a factor, of these rows and of all others of the total, and some rows besides
CREATE FUNCTION is_close(query text, factor float DEFAULT 2, slack float DEFAULT 30, total float DEFAULT 10000) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  estimate float := expected(query);
  actual float;
BEGIN
  EXECUTE format('SELECT count(*) FROM (%s) AS x', query) INTO actual;
  IF estimate <= actual * factor + slack AND actual <= estimate * factor + slack
     AND total - estimate <= (total - actual) * factor + slack AND total - actual <= (total - estimate) * factor + slack THEN
    RETURN 'close';
  END IF;
  RETURN format('%s expected, %s found', estimate, actual);
END $$;

-- 10,000 runs: a has 10,000 values, b 100, c 4 with very different shares, d half of the runs, e few, t arrays;
-- a fifth has no metadata at all
CREATE TABLE run (n int, m jsonb);
ALTER TABLE run ALTER m SET STATISTICS 1000;
INSERT INTO run
SELECT i, CASE WHEN i % 5 > 0 THEN jsonb_strip_nulls(jsonb_build_object('a', i, 'b', 'value ' || i % 100,
  'c', (ARRAY['adam', 'adam', 'adam', 'adam', 'adam', 'adam', 'adam', 'sgd', 'sgd', 'lion'])[1 + (i / 5) % 10],
  'd', CASE WHEN i % 2 = 0 THEN '2024-01-01'::date + (i / 40) END, 'e', CASE WHEN i % 200 = 1 THEN true END,
  't', ARRAY[i % 10, i % 11], 'lr', (i % 1000) / 1000.0)) END
FROM generate_series(1, 10000) AS i;
ANALYZE run;

SELECT c, is_close('SELECT * FROM run WHERE ' || c) FROM unnest(ARRAY[
  $$metadata_is(m, 'a', 77)$$, $$metadata_is(m, 'b', 'value 7')$$, $$metadata_is(m, 'c', 'adam')$$, $$metadata_is(m, 'c', 'sgd')$$,
  $$metadata_is(m, 'c', 'lion')$$, $$metadata_is(m, 'c', 'nothing')$$, $$metadata_is(m, 'e', true)$$, $$metadata_is(m, 'nowhere', 1)$$,
  $$metadata_is(m, 't', 3)$$, $$metadata_is_not(m, 'c', 'adam')$$, $$metadata_is_not(m, 'e', false)$$, $$metadata_is_not(m, 'nowhere', 1)$$,
  $$metadata_in(m, 'c', ARRAY['sgd', 'lion'])$$, $$metadata_not_in(m, 'c', ARRAY['sgd', 'lion'])$$, $$metadata_in(m, 'c', '{}'::text[])$$,
  $$metadata_lt(m, 'a', 100)$$, $$metadata_lt(m, 'a', 5000)$$, $$metadata_ge(m, 'a', 0)$$, $$metadata_gt(m, 'a', 10000)$$,
  $$metadata_between(m, 'a', 2000, 4000)$$, $$metadata_le(m, 'lr', 0.1)$$, $$metadata_lt(m, 'lr', '0.9')$$,
  $$metadata_ge(m, 'd', date '2024-06-01')$$, $$metadata_lt(m, 'd', date '2024-01-11')$$,
  $$metadata_contains(m, 'b', 'value')$$, $$metadata_contains(m, 'b', '7')$$, $$metadata_contains(m, 'b', 'x')$$,
  $$metadata_not_contains(m, 'b', '7')$$, $$metadata_icontains(m, 'c', 'ADA')$$, $$metadata_starts_with(m, 'b', 'value 1')$$,
  $$metadata_not_empty(m, 'd')$$, $$metadata_not_empty(m, 'a')$$, $$m @~ 'd is empty'$$, $$m @~ 'e is empty'$$, $$m @~ 'nowhere is empty'$$,
  $$m @~ 'true'$$, $$m !@~ 'true'$$, $$m !@~ 'c is "adam"'$$, $$NOT metadata_is(m, 'c', 'adam')$$, $$NOT metadata_lt(m, 'a', 100)$$,
  $$m @~ 'c is "adam" and d is not empty'$$, $$m @~ 'c is "sgd" or c is "lion"'$$, $$m @~ 'not (c is "sgd" or a < 5000)'$$,
  $$m @~ 'a > 1000 and a < 1500'$$]) AS c;

-- the two that read NULL as {}
SELECT c, is_close('SELECT * FROM run WHERE ' || c) FROM unnest(ARRAY[
  $$metadata_is_empty(m, 'd')$$, $$metadata_is_empty(m, 'nowhere')$$, $$metadata_matches(m, 'c is "adam"')$$,
  $$metadata_matches(m, 'd is empty')$$, $$metadata_matches(m, 'true')$$]) AS c;

-- values unknown when planned: what a typical value would select of the key, which differs from key to key
PREPARE is_a(int) AS SELECT * FROM run WHERE metadata_is(m, 'a', $1);
PREPARE is_b(text) AS SELECT * FROM run WHERE metadata_is(m, 'b', $1);
PREPARE is_c(text) AS SELECT * FROM run WHERE metadata_is(m, 'c', $1);
PREPARE is_e(boolean) AS SELECT * FROM run WHERE metadata_is(m, 'e', $1);
PREPARE is_nowhere(int) AS SELECT * FROM run WHERE metadata_is(m, 'nowhere', $1);
PREPARE is_not_b(text) AS SELECT * FROM run WHERE metadata_is_not(m, 'b', $1);
PREPARE lt_a(int) AS SELECT * FROM run WHERE metadata_lt(m, 'a', $1);
PREPARE lt_d(date) AS SELECT * FROM run WHERE metadata_lt(m, 'd', $1);
PREPARE between_a(int, int) AS SELECT * FROM run WHERE metadata_between(m, 'a', $1, $2);
PREPARE between_e(int, int) AS SELECT * FROM run WHERE metadata_between(m, 'e', $1, $2);
PREPARE in_b(text[]) AS SELECT * FROM run WHERE metadata_in(m, 'b', $1);
PREPARE contains_b(text) AS SELECT * FROM run WHERE metadata_contains(m, 'b', $1);
PREPARE any_key(text) AS SELECT * FROM run WHERE metadata_is(m, $1, 1);
PREPARE any_filter(metadata_filter) AS SELECT * FROM run WHERE m @~ $1;
SET plan_cache_mode = force_generic_plan;
SELECT expected('EXECUTE is_a(1)') BETWEEN 1 AND 3 AS is_a, expected('EXECUTE is_b(1)') BETWEEN 60 AND 100 AS is_b,
  expected('EXECUTE is_c(1)') BETWEEN 1500 AND 3000 AS is_c, expected('EXECUTE is_e(true)') BETWEEN 20 AND 100 AS is_e,
  expected('EXECUTE is_nowhere(1)') < 20 AS is_nowhere, expected('EXECUTE is_not_b(1)') BETWEEN 7500 AND 8000 AS is_not_b,
  expected('EXECUTE lt_a(1)') BETWEEN 2000 AND 5000 AS lt_a, expected('EXECUTE lt_d(NULL)') BETWEEN 1000 AND 2500 AS lt_d,
  expected('EXECUTE between_a(1, 2)') BETWEEN 20 AND 1000 AS between_a, expected('EXECUTE between_e(1, 2)') < 20 AS between_e,
  expected('EXECUTE in_b(NULL)') BETWEEN 200 AND 1000 AS in_b, expected('EXECUTE contains_b(1)') BETWEEN 50 AND 1000 AS contains_b,
  expected('EXECUTE any_key(1)') BETWEEN 1 AND 5000 AS any_key, expected('EXECUTE any_filter(NULL)') BETWEEN 1 AND 5000 AS any_filter;
SET plan_cache_mode = force_custom_plan;
SELECT expected('EXECUTE lt_a(100)') BETWEEN 40 AND 160, expected('EXECUTE lt_a(9000)') BETWEEN 6500 AND 7800,
  expected('EXECUTE any_key(''nowhere'')') < 20, expected('EXECUTE any_filter(''c is "adam"'')') BETWEEN 5000 AND 6500,
  expected('EXECUTE any_filter(NULL)'), expected('EXECUTE is_a(NULL)');
RESET plan_cache_mode;

-- joins
CREATE TABLE asked (key text, value int, filter metadata_filter);
INSERT INTO asked SELECT 'a', i, format('c is "%s"', CASE WHEN i % 2 = 0 THEN 'adam' ELSE 'lion' END)::metadata_filter FROM generate_series(1, 20) AS i;
ANALYZE asked;
SELECT is_close('SELECT * FROM run, asked WHERE m @~ filter', 1.2, 0, 200000);
SELECT is_close('SELECT * FROM run, asked WHERE metadata_is(m, ''a'', value)', 2, 30, 200000);
SELECT expected('SELECT * FROM run, asked WHERE m @~ filter') > expected('SELECT * FROM run, asked WHERE m @~ filter AND metadata_is(m, ''e'', true)');
SELECT expected('SELECT * FROM run, asked WHERE m !@~ filter') BETWEEN 60000 AND 120000;

-- statistics of few values, of many; a column with a few documents that are always the same
CREATE TABLE same AS SELECT '{"a": 1}'::jsonb AS m FROM generate_series(1, 1000) UNION ALL SELECT '{"a": 2}' FROM generate_series(1, 500);
ANALYZE same;
SELECT expected($$SELECT * FROM same WHERE metadata_is(m, 'a', 1)$$) BETWEEN 900 AND 1100, expected($$SELECT * FROM same WHERE metadata_is(m, 'a', 2)$$) BETWEEN 400 AND 600,
  expected($$SELECT * FROM same WHERE metadata_is(m, 'a', 3)$$) < 260;
-- runs without metadata count where {} satisfies the filter, and only there
CREATE TABLE sparse AS SELECT CASE WHEN i % 2 = 0 THEN '{"a": 1}'::jsonb END AS m FROM generate_series(1, 1000) AS i;
ANALYZE sparse;
SELECT expected($$SELECT * FROM sparse WHERE metadata_matches(m, 'a is 2')$$) < 200, expected($$SELECT * FROM sparse WHERE metadata_matches(m, 'a is empty')$$) BETWEEN 450 AND 700;

-- statistics of an indexed expression
CREATE TABLE wrapped AS SELECT jsonb_build_object('meta', m) AS d FROM run WHERE m IS NOT NULL;
CREATE INDEX ON wrapped USING gin ((d->'meta') metadata_ops);
ANALYZE wrapped;
SELECT expected($$SELECT * FROM wrapped WHERE metadata_is(d->'meta', 'c', 'adam')$$) BETWEEN 4500 AND 6500,
  expected($$SELECT * FROM wrapped WHERE metadata_is(d->'meta', 'e', true)$$) BETWEEN 1 AND 200;

-- without statistics: something sensible, and no error
CREATE TABLE bare (m jsonb);
INSERT INTO bare SELECT m FROM run;
SELECT expected('SELECT * FROM bare WHERE ' || c) BETWEEN 1 AND 100000 FROM unnest(ARRAY[
  $$metadata_is(m, 'a', 1)$$, $$metadata_is_not(m, 'a', 1)$$, $$m !@~ 'a is 1'$$, $$metadata_is_empty(m, 'a')$$, $$metadata_matches(m, 'true')$$]) AS c;
SELECT expected($$SELECT * FROM (VALUES ('{"a": 1}'::jsonb), ('{"a": 2}')) AS v (m) WHERE metadata_is(m, 'a', 1)$$) <= 2;
SELECT expected($$SELECT * FROM (SELECT jsonb_agg(m) AS m FROM run GROUP BY n) AS g WHERE metadata_is(m, 'a', 1)$$) > 0;
SELECT expected($$SELECT * FROM run WHERE '{"a": 1}' @~ metadata_filter('a', 'is', n)$$) BETWEEN 1 AND 10000;
SELECT expected($$SELECT * FROM run AS x JOIN run AS y ON x.m @~ metadata_filter('a', 'is', y.n) LEFT JOIN bare AS z ON z.m @~ 'a is 1' WHERE x.n < 10$$) > 0;

-- a role that may not read the column learns nothing of its values, neither by estimates nor by a function that
-- prints what it is given
CREATE ROLE regress_detmeta_blind;
GRANT USAGE ON SCHEMA estimates TO regress_detmeta_blind;
GRANT SELECT (n) ON run TO regress_detmeta_blind;
CREATE VIEW secured WITH (security_barrier) AS SELECT * FROM run WHERE n < 0;
GRANT SELECT ON secured TO regress_detmeta_blind;
CREATE TABLE guarded AS SELECT * FROM run;
ANALYZE guarded;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON guarded USING (n < 10);
GRANT SELECT ON guarded TO regress_detmeta_blind;
SET ROLE regress_detmeta_blind;
-- the same for a frequent and for a rare value, on a view and behind a policy
SELECT expected($$SELECT * FROM secured WHERE metadata_is(m, 'c', 'adam')$$) = expected($$SELECT * FROM secured WHERE metadata_is(m, 'c', 'nothing')$$);
SELECT expected($$SELECT * FROM guarded WHERE metadata_is(m, 'c', 'adam')$$) = expected($$SELECT * FROM guarded WHERE metadata_is(m, 'c', 'nothing')$$);
SELECT expected($$SELECT * FROM guarded WHERE metadata_is_empty(m, 'nowhere')$$) = expected($$SELECT * FROM guarded WHERE metadata_is_empty(m, 'a')$$);
SELECT outcome($$SELECT n FROM run WHERE metadata_is(m, 'c', 'adam')$$);
SELECT outcome($$EXPLAIN SELECT n FROM run WHERE metadata_is(m, 'c', 'adam')$$);
RESET ROLE;
SELECT expected($$SELECT * FROM guarded WHERE metadata_is(m, 'c', 'adam')$$) > expected($$SELECT * FROM guarded WHERE metadata_is(m, 'c', 'nothing')$$);

SET client_min_messages = error;
-- the estimators on an operator of other types: they read none of its values
CREATE FUNCTION is_part(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $2 LIKE ''%'' || $1 || ''%''';
CREATE OPERATOR @~ (LEFTARG = integer, RIGHTARG = text, PROCEDURE = is_part, RESTRICT = public.metadata_match_sel, JOIN = public.metadata_match_joinsel);
CREATE TABLE other (a integer, b text);
INSERT INTO other SELECT i, i::text FROM generate_series(1, 200) AS i;
ANALYZE other;
SELECT count(*) FROM other WHERE a @~ '17';
SELECT count(*) FROM other AS x JOIN other AS y ON x.a @~ y.b AND y.a < 3;
DROP SCHEMA estimates CASCADE;
DROP ROLE regress_detmeta_blind;
