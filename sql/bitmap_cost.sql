-- What core's bitmap scans cost: the sum of what their parts read, which core does not know of texts and of any key
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA bitmap_cost;
SET search_path = bitmap_cost, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all
SET max_parallel_workers_per_gather = 0;

CREATE TABLE run (id int NOT NULL, m jsonb NOT NULL, other jsonb NOT NULL);
INSERT INTO run SELECT i, jsonb_build_object('s', md5(i::text), 't', md5((-i)::text) || 'x', 'n', i),
  jsonb_build_object('s', md5(i::text || 'other'), 'n', i)
FROM generate_series(1, 20000) AS i;
CREATE INDEX ON run (id);
CREATE INDEX run_m ON run USING gin (m metadata_ops) WITH (fastupdate = off);
CREATE INDEX run_other ON run USING gin (other metadata_ops) WITH (fastupdate = off);
VACUUM ANALYZE run;

-- the bitmap scan of a query
CREATE FUNCTION bitmap_of(query text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true);
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true);
  RETURN jsonb_path_query_first(plan::jsonb, 'strict $.** ? (@."Node Type" == "Bitmap Heap Scan")');
END $$;
CREATE FUNCTION bitmap_plan(condition text) RETURNS json LANGUAGE sql RETURN bitmap_of('SELECT * FROM run WHERE ' || condition);
-- what the planner takes the index to cost, what core does, and what the rows cost that are fetched
CREATE FUNCTION reading(condition text) RETURNS float LANGUAGE sql RETURN (bitmap_plan(condition)->>'Startup Cost')::float;
CREATE FUNCTION reading_of_core(condition text) RETURNS float LANGUAGE sql RETURN (bitmap_plan(condition)->'Plans'->0->>'Total Cost')::float;
CREATE FUNCTION fetching(condition text) RETURNS float LANGUAGE sql RETURN (bitmap_plan(condition)->>'Total Cost')::float - reading(condition);
-- Metadata Scan's cost of reading the same
CREATE FUNCTION reading_of_scan(condition text) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  SET LOCAL detmeta.enable_metadata_scan = on;
  SET LOCAL enable_bitmapscan = off;
  SET LOCAL enable_seqscan = off;
  EXECUTE 'EXPLAIN (FORMAT JSON) SELECT * FROM run WHERE ' || condition INTO plan;
  SET LOCAL detmeta.enable_metadata_scan = off;
  SET LOCAL enable_bitmapscan = on;
  SET LOCAL enable_seqscan = on;
  RETURN plan->0->'Plan'->>'Startup Cost';
END $$;
CREATE FUNCTION alike(a float, b float) RETURNS boolean LANGUAGE sql RETURN a BETWEEN 0.9 * b AND 1.1 * b;

-- what core knows is left to it; strings that are searched cost what they cost us, and entries of any key at least that
SELECT c, reading(c) > 1.2 * reading_of_core(c) AS corrected, alike(reading(c), reading_of_scan(c)) AS as_ours
FROM unnest(ARRAY[$$m @~ 'n is 5'$$, $$m @~ 'n < 5000'$$, $$m @~ 's contains "abc"'$$, $$other @~ 's contains "abc"'$$, $$m @~ 's contains "abc" and t contains "abc"'$$,
  $$m !@~ 's does not contain "abc"'$$, $$m @~ '* contains "abc"'$$, $$m @~ '* is 5'$$]) AS c;
-- a condition on any key costs a walk over all that the index has, wherever it stands, and two cost two
SELECT c, alike(reading(c) - reading_of_core(c), n * (reading($$m @~ '* is 5'$$) - reading_of_core($$m @~ '* is 5'$$))) AS walks
FROM (VALUES ($$m @~ 'n is 1 or * is 5'$$, 1), ($$m @~ 'long is 1 or * is 5'$$, 1), ($$m @~ 'n is 6 and (n is 1 or * is 5)'$$, 1), ($$m @~ '* is 5 and n is 6'$$, 1), ($$m @~ '* is 5 or * is 7'$$, 2),
  ($$m @~ '* is 5' OR m @~ '* is 7'$$, 2), ($$m @~ '* is 5' AND m @~ '* is 7'$$, 2), ($$m @~ 'n is 1' OR m @~ 'n is 5'$$, 0), ($$m !@~ 'not * is 5'$$, 1)) AS v (c, n);
-- a walk is longer in an index that is larger
SELECT reading($$m @~ '* is 5'$$) > 1.3 * reading($$other @~ '* is 5'$$) AS longer, pg_relation_size('run_m') > 1.3 * pg_relation_size('run_other') AS larger;

-- several clauses of one index or of two cost what each costs
SELECT a, b, alike(reading(a || ' AND ' || b), reading(a) + reading(b)) AS sum_of_and, alike(reading(a || ' OR ' || b), reading(a) + reading(b)) AS sum_of_or
FROM (VALUES ($$m @~ 's contains "abc"'$$, $$m @~ 't contains "abc"'$$), ($$m @~ 's contains "abc"'$$, $$m @~ 's contains "789"'$$), ($$m @~ 's contains "abc"'$$, $$other @~ 's contains "abc"'$$),
  ($$m @~ '* contains "abc"'$$, $$m @~ '* contains "789"'$$), ($$id < 500$$, $$m @~ '* contains "abc"'$$)) AS v (a, b);
SELECT alike(reading($$m @~ 's contains "abc"' OR m @~ 't contains "abc"' OR other @~ 's contains "abc"' AND id < 500$$),
    reading($$m @~ 's contains "abc"'$$) + reading($$m @~ 't contains "abc"'$$) + reading($$other @~ 's contains "abc"' AND id < 500$$)) AS sum_of_nested;
-- what core takes for one clause that it knows does not hide what it does not know of another
SELECT reading($$m @~ 'n < 5000' AND m @~ 's contains "abc"'$$) > reading($$m @~ 's contains "abc"'$$) AS more,
  alike(reading($$m @~ 'n < 5000' AND m @~ 's contains "abc"'$$), reading_of_scan($$m @~ 'n < 5000' AND m @~ 's contains "abc"'$$)) AS as_ours,
  reading($$m @~ 'n is 5' OR m @~ 's contains "abc"'$$) > reading($$m @~ 's contains "abc"'$$) AS more;
-- rows cost the same to fetch, however they were found
SELECT c, alike(fetching(c), fetching(format('m @~ ''n <= %s''', bitmap_plan(c)->>'Plan Rows')))
FROM unnest(ARRAY[$$m @~ 's contains "abc"'$$, $$m @~ 't contains "f"'$$, $$m @~ '* contains "abc"'$$, $$m @~ 's contains "abc"' OR m @~ 't contains "abc"'$$]) AS c;

-- a filter that is not known when planned is core's
PREPARE unknown(metadata_filter) AS SELECT * FROM run WHERE m @~ $1;
SET plan_cache_mode = force_generic_plan;
SELECT alike((p->>'Startup Cost')::float, (p->'Plans'->0->>'Total Cost')::float) FROM bitmap_of($$EXECUTE unknown('* contains "abc"')$$) AS p;
SET plan_cache_mode = force_custom_plan;
SELECT alike((p->>'Startup Cost')::float, reading($$m @~ '* contains "abc"'$$)) FROM bitmap_of($$EXECUTE unknown('* contains "abc"')$$) AS p;
RESET plan_cache_mode;
DEALLOCATE unknown;

-- rows of workers
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT p->'Parallel Aware' AS parallel, (p->>'Startup Cost')::float > 1.2 * (p->'Plans'->0->>'Total Cost')::float AS corrected
FROM unnest(ARRAY[$$m @~ 't contains "f"'$$, $$m @~ '* contains "f"'$$]) AS c, LATERAL bitmap_of('SELECT count(*) FROM run WHERE ' || c) AS p;
SET max_parallel_workers_per_gather = 0;

-- so what is dear to find in the index is not looked up for few rows that another index has
SELECT c, plan_nodes('SELECT * FROM run WHERE ' || c)
FROM unnest(ARRAY[$$m @~ 'n is 5' AND id BETWEEN 1 AND 2000$$, $$m @~ 's contains "abc"' AND id BETWEEN 1 AND 500$$, $$m @~ '* contains "abc"' AND id BETWEEN 1 AND 500$$, $$m @~ '* contains "abc"' AND id BETWEEN 1 AND 2000$$]) AS c;

-- other operator classes beside it, whose constants are no filters
CREATE TABLE beside (tags int[], n int[], m jsonb NOT NULL);
INSERT INTO beside SELECT ARRAY[id % 1000], ARRAY[id % 900], m FROM run;
CREATE INDEX ON beside USING gin (tags, m metadata_ops (trigram_keys = 's'), n) WITH (fastupdate = off);
VACUUM ANALYZE beside;
SELECT c, plan_nodes('SELECT * FROM beside WHERE ' || c)
FROM unnest(ARRAY[$$tags && '{5}'$$, $$tags @> '{5}' AND n = '{5}'$$, $$n && '{7}' OR tags && '{7}'$$]) AS c;
SELECT c, (p->>'Startup Cost')::float > 2 * (p->'Plans'->0->>'Total Cost')::float AS corrected
FROM unnest(ARRAY[$$tags && '{5}'$$, $$tags && '{5}' AND n && '{5}'$$, $$m @> '{"n": 5}'$$, $$m ? 'n'$$,
  $$m @~ 's contains "abc"'$$, $$m @~ 't contains "abc"'$$, $$m @~ '* contains "abc"'$$, $$m @~ '* is 5'$$]) AS c, LATERAL bitmap_of('SELECT * FROM beside WHERE ' || c) AS p;

SET client_min_messages = warning;
DROP SCHEMA bitmap_cost CASCADE;
