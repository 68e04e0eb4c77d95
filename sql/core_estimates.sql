-- Clauses of core's operators: rows that are estimated, and rows that do not have to be fetched
CREATE SCHEMA core_estimates;
SET search_path = core_estimates, public;
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '

CREATE FUNCTION plan_of(query text, options text DEFAULT '') RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE format('EXPLAIN (%s FORMAT JSON) %s', options, query) INTO plan;
  RETURN plan->0->'Plan';
END $$;
-- whether the rows of a clause are estimated within a factor of 2
CREATE FUNCTION is_close(clause text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  estimate float := plan_of('SELECT * FROM run WHERE ' || clause)->>'Plan Rows';
  actual float;
BEGIN
  EXECUTE 'SELECT count(*) FROM run WHERE ' || clause INTO actual;
  RETURN CASE WHEN estimate <= actual * 2 + 5 AND actual <= estimate * 2 + 5 THEN 'close'
    ELSE format('%s expected, %s found', estimate, actual) END;
END $$;
-- how a clause is counted: by which node, and whether rows were fetched; or that the answer is not that of a scan
CREATE FUNCTION counted(clause text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  query text := 'SELECT count(*) FROM run WHERE ' || clause;
  plan json := plan_of(query, 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF,');
  ours int;
  scanned int;
BEGIN
  EXECUTE query INTO ours;
  SET LOCAL detmeta.enable_core_dialect = off;
  EXECUTE query INTO scanned;
  SET LOCAL detmeta.enable_core_dialect = on;
  RETURN CASE WHEN ours <> scanned THEN format('%s rather than %s', ours, scanned)
    ELSE format('%s, %s', plan->>'Custom Plan Provider',
      CASE WHEN (plan->>'Heap Fetches')::int > 0 THEN 'fetches' ELSE 'fetches none' END) END;
END $$;

-- 20,000 runs: x has 1,000 decimals, n 100 whole numbers, s 40 words, c is in all runs, z in half of them, and null in some
CREATE TABLE run (id int PRIMARY KEY, m jsonb NOT NULL);
INSERT INTO run
SELECT i, jsonb_build_object('x', (i % 1000) / 1000.0, 'n', i % 100, 's', 'Word-' || i % 40, 'c', CASE WHEN i % 4 = 0 THEN 'a' ELSE 'b' END)
  || CASE i % 6 WHEN 0 THEN '{"z": null}' WHEN 1 THEN '{"z": "a"}' WHEN 2 THEN '{"z": "b"}' ELSE '{}' END::jsonb
FROM generate_series(1, 20000) AS i;
CREATE INDEX ON run USING gin (m metadata_ops) WITH (fastupdate = off);
VACUUM (ANALYZE) run;

-- estimates: sides of ranges together, text that is cast to whole numbers, patterns
SELECT clause, is_close(clause)
FROM unnest(ARRAY[
  $$(m->>'x')::float8 BETWEEN 0.4 AND 0.45$$,
  $$(m->>'x')::float8 BETWEEN 0.4 AND 0.401$$,
  $$(m->>'x')::numeric > 0.4 AND (m->>'x')::numeric < 0.403$$,
  $$m->'x' BETWEEN '0.4' AND '0.402'$$,
  $$(m->>'x')::numeric > 0.4 AND (m->>'n')::int < 5 AND (m->>'x')::numeric <= 0.5$$,
  $$(m->>'n')::int = 8$$,
  $$(m->>'n')::int IN (1, 2)$$,
  $$(m->>'n')::bigint > 89$$,
  $$m->>'s' ILIKE '%WORD-1%'$$,
  $$m->>'s' LIKE '%ord_1%'$$,
  $$upper(m->>'s') LIKE '%WORD-1%'$$,
  $$coalesce(m->>'z', 'a') = 'a'$$,
  $$coalesce(m->>'z', 'c') <> 'a'$$,
  $$coalesce((m->>'n')::int, 0) > 95$$]) AS clause;

-- values that are not known yet: core's guess, unless fewer rows hold the key; and how many rows there are
CREATE TABLE sparse (id int PRIMARY KEY, m jsonb NOT NULL);
INSERT INTO sparse SELECT i, jsonb_build_object('lr', i % 7)
  || CASE WHEN i % 1000 = 0 THEN '{"notes": "long", "x": 1.5, "n": 3, "z": null, "tags": ["a"]}' ELSE '{}' END::jsonb FROM generate_series(1, 5000) AS i;
CREATE INDEX ON sparse USING gin (m metadata_ops) WITH (fastupdate = off);
VACUUM (ANALYZE) sparse;
CREATE FUNCTION expected(clause text, arguments text, served boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  PERFORM set_config('detmeta.enable_core_dialect', served::text, true);
  EXECUTE format('PREPARE asked (text, numeric, jsonb, text[]) AS SELECT FROM sparse WHERE %s', clause);
  plan := plan_of(format('EXECUTE asked (%s)', arguments));
  DEALLOCATE asked;
  RETURN plan->>'Plan Rows';
END $$;
CREATE FUNCTION expected(clause text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  arguments text := $a$'word', 2, '2', '{a,b}'$a$;
  actual int;
BEGIN
  EXECUTE format('PREPARE asked (text, numeric, jsonb, text[]) AS SELECT FROM sparse WHERE %s', clause);
  EXECUTE format('EXECUTE asked (%s)', arguments);
  GET DIAGNOSTICS actual = ROW_COUNT;
  DEALLOCATE asked;
  RETURN format('by core %s, expected %s, found %s', expected(clause, arguments, false), expected(clause, arguments, true), actual);
END $$;
SET plan_cache_mode = force_generic_plan;
SELECT clause, expected(clause)
FROM unnest(ARRAY[
  $$m->>'notes' = $1$$,
  $$m->>'notes' <> $1$$,
  $$NOT (m->>'notes' = $1)$$,
  $$m->>'notes' IN ($1, 'b')$$,
  $$m->>'notes' NOT IN ($1, 'b')$$,
  $$m->>'notes' = ANY ($4)$$,
  $$m->>'notes' <> ALL ($4)$$,
  $$m->>'notes' < $1$$,
  $$m->>'notes' > $1 AND m->>'notes' < 'zz'$$,
  $$m->>'notes' LIKE $1$$,
  $$m->>'notes' NOT ILIKE $1$$,
  $$upper(m->>'notes') <> $1$$,
  $$m->>'z' <> $1$$,
  $$m->'z' <> $3$$,
  $$m->'x' <> $3$$,
  $$NOT m->'tags' ? $1$$,
  $$NOT m->'tags' @> $3$$,
  $$(m->>'x')::numeric <> $2$$,
  $$(m->>'x')::numeric BETWEEN $2 AND $2 + 1$$,
  $$(m->>'x')::float8 > $2$$,
  $$(m->>'n')::int <> $2::int$$,
  $$(m->'n')::numeric > $2$$,
  $$(m->>'notes' <> $1) IS TRUE$$,
  $$coalesce(m->>'notes' <> $1, false)$$,
  $$coalesce(m->>'notes', m->>'x') <> $1$$,
  $$m->>'notes' <> $1 OR m->>'x' = '1'$$]) AS clause;
-- nothing limits the guess where the key may be missing, is in all rows, or is not known itself
SELECT clause, expected(clause)
FROM unnest(ARRAY[
  $$m->>'notes' IS DISTINCT FROM $1$$,
  $$(m->>'notes' = $1) IS NOT TRUE$$,
  $$NOT coalesce(m->>'notes' = $1, false)$$,
  $$m->>'notes' <> $1 OR m->>'notes' IS NULL$$,
  $$coalesce(m->>'notes', '') <> $1$$,
  $$m->>'lr' <> $1$$,
  $$(m->>'lr')::numeric > $2$$,
  $$(m->>'lr')::numeric BETWEEN $2 AND $2 + 1$$,
  $$m->>$1 <> 'a'$$]) AS clause;
RESET plan_cache_mode;

-- of a lookup by the primary key, one row is expected, however many satisfy the clause
CREATE TABLE wanted AS SELECT 1000 * i AS id FROM generate_series(1, 10) AS i;
ANALYZE wanted;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT node->>'Node Type' AS node, node->>'Plan Rows' AS rows
FROM plan_of($$SELECT * FROM wanted JOIN run USING (id) WHERE m->>'c' = 'b'$$) AS plan,
  json_array_elements(plan->'Plans') AS node;
RESET enable_hashjoin;
RESET enable_mergejoin;

-- rows without metadata satisfy no clause; each of two columns has estimates of its own, by one index or by two
CREATE TABLE few (id int, m jsonb, other jsonb);
INSERT INTO few SELECT i, CASE WHEN i % 10 = 0 THEN jsonb_build_object('x', i % 1000 / 10, 's', 'Word-' || i % 4) END,
    CASE WHEN i % 2 = 0 THEN jsonb_build_object('x', i % 7, 's', 'Word-' || i % 40) END
FROM generate_series(1, 20000) AS i;
CREATE FUNCTION few_close(clauses text[]) RETURNS TABLE (clause text, is_close boolean) LANGUAGE plpgsql AS $$
DECLARE
  estimate float;
  actual float;
BEGIN
  FOREACH clause IN ARRAY clauses LOOP
    estimate := plan_of('SELECT * FROM few WHERE ' || clause)->>'Plan Rows';
    EXECUTE 'SELECT count(*) FROM few WHERE ' || clause INTO actual;
    is_close := estimate BETWEEN actual / 2 - 5 AND actual * 2 + 5;
    RETURN NEXT;
  END LOOP;
END $$;
CREATE INDEX few_m ON few USING gin (m metadata_ops) WITH (fastupdate = off);
VACUUM (ANALYZE) few;
SELECT * FROM few_close(ARRAY[$$(m->>'x')::numeric BETWEEN 10 AND 60$$, $$(m->>'x')::numeric >= 10 AND (m->>'x')::numeric < 12$$]);
CREATE INDEX few_other ON few USING gin (other metadata_ops) WITH (fastupdate = off);
SELECT ARRAY[$$m->>'s' = 'Word-2'$$, $$(m->>'x')::numeric > 20$$, $$other->>'s' = 'Word-2'$$, $$(other->>'x')::int > 3$$, $$(m->>'x')::numeric BETWEEN 10 AND 12$$, $$(other->>'x')::numeric BETWEEN 2 AND 2.5$$,
  $$(m->>'x')::numeric BETWEEN 0 AND 20 AND (other->>'x')::numeric BETWEEN 2 AND 5$$] AS clauses \gset
SELECT * FROM few_close(:'clauses');
DROP INDEX few_m, few_other;
CREATE INDEX few_both ON few USING gin (m metadata_ops, other metadata_ops) WITH (fastupdate = off);
SELECT * FROM few_close(:'clauses');

-- the rows of a worker
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT plan->>'Node Type' AS node, node->>'Node Type' AS below, (node->>'Plan Rows')::float BETWEEN 4000 AND 8000 AS third_to_half
FROM plan_of($$SELECT * FROM run WHERE m->>'c' = 'b'$$) AS plan, json_array_elements(plan->'Plans') AS node;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- counts: numbers as they are written are not in doubt for their cast, nor strings for a pattern
SET enable_seqscan = off;
SELECT clause, counted(clause)
FROM unnest(ARRAY[
  $$(m->>'x')::float8 >= 0.4$$,
  $$(m->>'x')::float8 > 0.4$$,
  $$(m->>'x')::float8 <= 0.4$$,
  $$(m->>'x')::float8 < 0.4$$,
  $$(m->>'x')::float8 = 0.4$$,
  $$(m->>'x')::float8 BETWEEN 0.4 AND 0.45$$,
  $$(m->>'x')::float8 BETWEEN -1 AND 0.1$$,
  $$(m->>'x')::float8 NOT BETWEEN 0.4 AND 0.45$$,
  $$m->>'s' ILIKE '%WORD-1%'$$,
  $$m->>'s' NOT ILIKE '%word-1%'$$,
  $$m->>'s' ILIKE 'word-_'$$,
  $$m->>'s' LIKE '%ord-_'$$,
  $$m->>'s' LIKE '%rd%1%'$$,
  $$m->>'s' NOT LIKE '%ord-_'$$,
  $$m->>'z' IS NULL OR m->>'z' = 'a'$$,
  $$m->'z' IS NULL OR m->'z' = 'null' OR m->'z' = '"a"'$$,
  $$NOT (m->>'z' IS NULL OR m->>'z' = 'a')$$,
  $$m->>'c' = 'a' OR m->>'c' = 'b'$$,
  $$m->>'c' IS NULL OR m->>'c' <> 'b'$$,
  $$(m->>'x')::float8 < 0.1 OR (m->>'x')::float8 > 0.9$$,
  $$(m->>'x')::float8 < 0.2 OR (m->>'x')::float8 < 0.1$$]) AS clause;

-- strings that are cut in the index are fetched, and so are numbers between a double and the next
INSERT INTO run VALUES (20001, jsonb_build_object('s', repeat('word-1', 30), 'x', 0.40000000000000001)),
  (20002, jsonb_build_object('s', repeat('word-1', 30) || '!', 'x', 0.399999999999999999));
VACUUM run;
SELECT clause, counted(clause)
FROM unnest(ARRAY[
  $$m->>'s' LIKE '%word%!'$$,
  $$m->>'s' ILIKE '%WORD-1'$$,
  $$(m->>'x')::float8 = 0.4$$,
  $$(m->>'x')::float8 < 0.4$$,
  $$(m->>'x')::float8 > 0.4$$]) AS clause;

-- rows without a value come first in a descending order, also where counts were to tell that there are none
CREATE FUNCTION first_rows() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(coalesce(n, 'none'), ' ') FROM (SELECT m->>'n' AS n FROM run ORDER BY (m->>'n')::numeric DESC LIMIT 3) AS x
$$;
DELETE FROM run WHERE id > 20000;
SELECT first_rows();
VACUUM run;
SELECT first_rows();
INSERT INTO run VALUES (20001, '{"x": 1}');
SELECT first_rows();
VACUUM run;
SELECT first_rows();
UPDATE run SET m = m || '{"n": 1}' WHERE id = 20001;
SELECT first_rows();
UPDATE run SET m = m - 'n' WHERE id = 1;
INSERT INTO run VALUES (20002, '{"n": 100}');
SELECT first_rows();
SELECT plan_of($$SELECT m FROM run ORDER BY (m->>'n')::numeric DESC LIMIT 3$$)->'Plans'->0->>'Custom Plan Provider';

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA core_estimates CASCADE;
