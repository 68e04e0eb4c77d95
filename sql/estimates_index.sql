-- Estimates from the index: close to the truth for single conditions on keys with skewed values, without statistics
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA estimates_index;
SET search_path = estimates_index, public;
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
-- whether that is off by no more than a factor, and some rows
CREATE FUNCTION is_close(query text, factor float DEFAULT 2, slack float DEFAULT 5) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  estimate float := expected(query);
  actual float;
BEGIN
  EXECUTE format('SELECT count(*) FROM (%s) AS x', query) INTO actual;
  IF estimate <= actual * factor + slack AND actual <= estimate * factor + slack THEN
    RETURN 'close';
  END IF;
  RETURN format('%s expected, %s found', estimate, actual);
END $$;

-- 20,000 runs: a is unique, b has 500 values and the first ones far more often, c has 4 of which two are rare, d is a
-- date, e is in 1 % of the runs, t is an array, s a string that is nearly unique, half of them longer than entries are
CREATE TABLE run (n int, m jsonb NOT NULL);
INSERT INTO run
SELECT i, jsonb_strip_nulls(jsonb_build_object('a', i, 'b', 'value ' || (500 * f * f * f)::int, 'lr', (i % 1000) / 1000.0,
  'c', CASE WHEN i % 1000 = 0 THEN 'lion' WHEN i % 50 = 0 THEN 'sgd' WHEN i % 10 = 0 THEN 'adamw' ELSE 'adam' END,
  'd', timestamp '2024-01-01' + i * interval '1 hour', 'e', CASE WHEN i % 100 = 1 THEN i END,
  't', CASE WHEN i % 4 > 0 THEN jsonb_build_array(i % 10, 'tag ' || i % 11) ELSE '[]'::jsonb END,
  's', md5(i::text) || CASE WHEN i % 2 = 0 THEN repeat(' and so on', 20) ELSE '' END || CASE WHEN i % 40 = 0 THEN 'needle' ELSE '' END))
  || (CASE WHEN i % 20 = 0 THEN '{"z": null}' ELSE '{"z": 1}' END)::jsonb
FROM (SELECT i, (hashint4(i)::bigint + 2147483648) / 4294967296.0 AS f FROM generate_series(1, 20000) AS i) AS x;
CREATE INDEX run_m ON run USING gin (m metadata_ops) WITH (fastupdate = off);
-- the number of rows is known, their values are not
VACUUM run;
SELECT count(*) FROM pg_stats WHERE schemaname = 'estimates_index';

SELECT left(c, 60), is_close('SELECT * FROM run WHERE ' || c) FROM unnest(ARRAY[
  $$metadata_is(m, 'a', 77)$$, $$metadata_is(m, 'a', '77')$$, $$metadata_is(m, 'a', 0.5)$$, $$metadata_is(m, 'b', 'value 0')$$,
  $$metadata_is(m, 'b', 'value 400')$$, $$metadata_is(m, 'c', 'adam')$$, $$metadata_is(m, 'c', 'lion')$$, $$metadata_is(m, 'c', 'none')$$,
  $$metadata_is(m, 'nowhere', 1)$$, $$metadata_is(m, 't', 3)$$, $$metadata_is(m, 't', 'tag 7')$$, $$metadata_is(m, 'z', 'null'::jsonb)$$,
  $$metadata_is_not(m, 'c', 'adam')$$, $$metadata_is_not(m, 'e', 1)$$, $$metadata_is_not(m, 't', 3)$$, $$metadata_is_not(m, 'nowhere', 1)$$,
  $$metadata_in(m, 'c', ARRAY['sgd', 'lion'])$$, $$metadata_not_in(m, 'c', ARRAY['adam', 'lion'])$$, $$metadata_in(m, 'c', '{}'::text[])$$,
  format('metadata_in(m, ''a'', %L::int[])', ARRAY(SELECT i FROM generate_series(1, 1000) AS i)),
  $$metadata_lt(m, 'a', 100)$$, $$metadata_le(m, 'a', '100')$$, $$metadata_lt(m, 'a', 15000)$$, $$metadata_ge(m, 'a', 0)$$, $$metadata_gt(m, 'a', 20000)$$,
  $$metadata_between(m, 'a', 2000, 4000)$$, $$metadata_between(m, 'a', 4000, 2000)$$, $$metadata_lt(m, 'lr', 0.001)$$, $$metadata_le(m, 'lr', 0.001)$$,
  $$metadata_gt(m, 'z', 1)$$, $$metadata_ge(m, 'z', 1)$$, $$metadata_gt(m, 'c', 'adam')$$, $$metadata_le(m, 'c', 'adam')$$, $$metadata_lt(m, 'c', 'adam')$$,
  $$metadata_ge(m, 'd', timestamp '2025-01-01')$$, $$metadata_lt(m, 'd', '2024-01-02')$$, $$metadata_le(m, 'd', timestamp '2024-01-01 01:00')$$,
  $$metadata_contains(m, 'b', 'value')$$, $$metadata_contains(m, 'b', ' 1')$$, $$metadata_contains(m, 'b', 'x')$$,
  $$metadata_not_contains(m, 'b', ' 1')$$, $$metadata_icontains(m, 'c', 'ADA')$$, $$metadata_starts_with(m, 'b', 'value 1')$$,
  $$metadata_iis(m, 'c', 'ADAM')$$, $$metadata_ends_with(m, 'b', '7')$$, $$metadata_matches_regex(m, 'b', '^value 1.*7')$$,
  $$metadata_matches_regex(m, 'b', '(?i)VALUE.*[13]$')$$, $$metadata_like(m, 'b', 'value 2%3')$$, $$metadata_not_ilike(m, 'b', '%E 1%')$$,
  $$metadata_starts_with(m, 's', 'a')$$, $$metadata_starts_with(m, 'd', '2024-03')$$, $$metadata_contains(m, 't', 'tag 1')$$,
  $$metadata_not_empty(m, 'e')$$, $$metadata_not_empty(m, 't')$$, $$metadata_is_empty(m, 'z')$$, $$metadata_is_empty(m, 't')$$, $$metadata_is_empty(m, 'nowhere')$$,
  $$m @~ 'true'$$, $$m !@~ 'true'$$, $$m !@~ 'c is "adam"'$$, $$NOT metadata_lt(m, 'a', 18000)$$]) AS c;

-- half of the strings are cut, and what is cut off is taken to be like what is left
SELECT c, is_close('SELECT * FROM run WHERE ' || c) FROM unnest(ARRAY[
  $$metadata_contains(m, 's', 'ab')$$, $$metadata_contains(m, 's', '7')$$, $$metadata_contains(m, 's', 'so on')$$, $$metadata_not_contains(m, 's', '3c')$$,
  $$metadata_icontains(m, 's', 'F0')$$]) AS c;

-- conditions on one key belong together; those on different keys are independent
SELECT c, is_close('SELECT * FROM run WHERE ' || c) FROM unnest(ARRAY[
  $$m @~ 'a > 1000 and a < 1100'$$, $$m @~ 'a >= 1000 and a <= 1000'$$, $$m @~ 'a > 1100 and a < 1000'$$, $$m @~ 'e > 5000 and e < 15000'$$,
  $$m @~ 'e is not 1 and e is not 101'$$, $$m @~ 'c is "sgd" or c is "adam"'$$, $$m @~ 'e is empty or e < 10000'$$,
  $$m @~ 'd >= "2024-03-01" and d < "2024-04-01" and t is not empty'$$, $$m @~ 'c is "adam" and lr < 0.1 and not t is empty'$$,
  $$m @~ 'not (c is "sgd" or a < 5000)'$$, $$metadata_is(m, 'c', 'lion') OR metadata_lt(m, 'a', 100)$$]) AS c;

-- a value that is unknown when planned: what a typical one would select
PREPARE is_a(int) AS SELECT * FROM run WHERE metadata_is(m, 'a', $1);
PREPARE is_c(text) AS SELECT * FROM run WHERE metadata_is(m, 'c', $1);
PREPARE is_e(int) AS SELECT * FROM run WHERE metadata_is(m, 'e', $1);
PREPARE is_not_c(text) AS SELECT * FROM run WHERE metadata_is_not(m, 'c', $1);
PREPARE lt_e(int) AS SELECT * FROM run WHERE metadata_lt(m, 'e', $1);
PREPARE any_filter(metadata_filter) AS SELECT * FROM run WHERE m @~ $1;
SET plan_cache_mode = force_generic_plan;
SELECT expected('EXECUTE is_a(1)') BETWEEN 1 AND 2 AS is_a, expected('EXECUTE is_c(1)') BETWEEN 4000 AND 6000 AS is_c,
  expected('EXECUTE is_e(1)') BETWEEN 1 AND 2 AS is_e, expected('EXECUTE is_not_c(1)') BETWEEN 13000 AND 17000 AS is_not_c,
  expected('EXECUTE lt_e(1)') BETWEEN 50 AND 80 AS lt_e, expected('EXECUTE any_filter(NULL)') BETWEEN 1 AND 5000 AS any_filter;
SET plan_cache_mode = force_custom_plan;
SELECT expected('EXECUTE is_c(''adam'')') BETWEEN 17000 AND 19000 AS adam, expected('EXECUTE is_c(''lion'')') BETWEEN 15 AND 25 AS lion,
  expected('EXECUTE lt_e(1000)') BETWEEN 8 AND 12 AS lt_e, expected('EXECUTE any_filter(''c is "lion"'')') BETWEEN 15 AND 25 AS any_filter,
  expected('EXECUTE is_a(NULL)') AS is_a;
RESET plan_cache_mode;

-- very many conditions take bounded work, and are not far off
SELECT expected(format('SELECT * FROM run WHERE m @~ %L', string_agg('a is ' || i, ' or '))) BETWEEN 450 AND 1800 FROM generate_series(1, 900) AS i;

-- what is posted is known at once; rows of the pending list are taken to be like the others
INSERT INTO run SELECT 0, '{"new": true}' FROM generate_series(1, 5000);
SELECT is_close('SELECT * FROM run WHERE metadata_is(m, ''new'', true)');
DELETE FROM run WHERE n = 0;
ALTER INDEX run_m SET (fastupdate = on);
INSERT INTO run SELECT 0, '{"new": 2}' FROM generate_series(1, 100);
SELECT expected('SELECT * FROM run WHERE metadata_is(m, ''new'', 2)');

-- a partial index tells of its rows; one whose predicate is not implied is not asked; nor are columns of other indexes
DROP INDEX run_m;
CREATE INDEX ON run USING gin (m metadata_ops) WHERE n > 10000;
SELECT is_close('SELECT * FROM run WHERE n > 10000 AND metadata_is(m, ''c'', ''adam'')', 4);
SELECT expected('SELECT * FROM run WHERE metadata_is(m, ''c'', ''adam'')') < 1000;
ALTER TABLE run ADD other jsonb;
SELECT expected('SELECT * FROM run WHERE n > 10000 AND metadata_is(other, ''c'', ''adam'')') < 1000;

-- partitions: each has its own index
CREATE TABLE part (n int, m jsonb) PARTITION BY RANGE (n);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10001);
CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (10001) TO (30000);
INSERT INTO part SELECT n, m FROM run;
CREATE INDEX ON part USING gin (m metadata_ops);
VACUUM part;
SELECT is_close('SELECT * FROM part WHERE metadata_is(m, ''c'', ''lion'')'), is_close('SELECT * FROM part WHERE metadata_lt(m, ''a'', 10100)');

-- trigram entries: their counts, and a look at the texts
CREATE TABLE grams AS SELECT n, m FROM run;
CREATE INDEX ON grams USING gin (m metadata_ops (trigram_keys = 's,b'));
VACUUM grams;
SELECT c, is_close('SELECT * FROM grams WHERE ' || c, 3, 50) FROM unnest(ARRAY[
  $$metadata_contains(m, 's', 'and so on')$$, $$metadata_contains(m, 's', 'no such text')$$, $$metadata_contains(m, 'b', 'value')$$,
  $$metadata_icontains(m, 'b', 'VALUE 1')$$, $$metadata_not_contains(m, 'b', 'value 1')$$]) AS c;

-- a role that may not read the rows learns nothing, not even of a table that was never analyzed
CREATE ROLE regress_detmeta_blind;
GRANT USAGE ON SCHEMA estimates_index TO regress_detmeta_blind;
ALTER TABLE grams ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON grams USING (n < 10);
GRANT SELECT ON grams TO regress_detmeta_blind;
CREATE VIEW secured WITH (security_barrier) AS SELECT * FROM run WHERE n < 0;
GRANT SELECT ON secured TO regress_detmeta_blind;
SET ROLE regress_detmeta_blind;
SET detmeta.enable_metadata_scan = on;
SELECT expected($$SELECT * FROM grams WHERE metadata_is(m, 'c', 'adam')$$) = expected($$SELECT * FROM grams WHERE metadata_is(m, 'c', 'none')$$);
SELECT expected($$SELECT * FROM secured WHERE metadata_is(m, 'c', 'adam')$$) = expected($$SELECT * FROM secured WHERE metadata_is(m, 'c', 'none')$$);
RESET ROLE;
SELECT expected($$SELECT * FROM grams WHERE metadata_is(m, 'c', 'adam')$$) > expected($$SELECT * FROM grams WHERE metadata_is(m, 'c', 'none')$$);

-- plans: OR as one scan, a count, and a rare value through the index
SET enable_bitmapscan = on;
CREATE INDEX ON run USING gin (m metadata_ops);
VACUUM run;
EXPLAIN (COSTS off) SELECT * FROM run WHERE metadata_is(m, 'a', 5) OR metadata_lt(m, 'a', 3);
EXPLAIN (COSTS off) SELECT count(*) FROM run WHERE metadata_is(m, 'c', 'adam');
EXPLAIN (COSTS off) SELECT n, m FROM run WHERE metadata_is(m, 'c', 'lion') ORDER BY metadata_sort(m, 'a') NULLS LAST LIMIT 20;
EXPLAIN (COSTS off) SELECT n, m FROM run WHERE metadata_is(m, 'c', 'adam') ORDER BY metadata_sort(m, 'a') NULLS LAST LIMIT 20;

SET client_min_messages = error;
DROP SCHEMA estimates_index CASCADE;
DROP ROLE regress_detmeta_blind;
