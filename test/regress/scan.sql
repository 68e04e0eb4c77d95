-- What the tests of the extension's scans share, made in the current schema: a table of runs whose metadata
-- is of all kinds, and functions that run a query with and without these scans.

\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '
SET client_min_messages = warning;
SET jit = off;
-- wherever these tests run: else VACUUM may come before the commit is flushed, and marks no page as all-visible
SET synchronous_commit = on;
SET max_parallel_workers_per_gather = 0;

-- The metadata of a run.  x is of mixed kinds, with ties; the other keys are for cases of their own.
CREATE FUNCTION document(i int) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
      'n', i % 100,
      'loss', CASE WHEN i % 7 > 0 THEN (i * 7919 % 1009) / 16.0 - 20 END,
      'status', (ARRAY['done', 'failed', 'running', 'queued'])[1 + i % 4],
      'tags', CASE i % 5 WHEN 0 THEN '[]'::jsonb WHEN 1 THEN to_jsonb('single'::text) ELSE to_jsonb(ARRAY['t' || i % 3, 't' || i % 11]) END,
      'when', CASE i % 6 WHEN 0 THEN '2024-01-15' WHEN 1 THEN '2024-01-15T00:00:00Z' WHEN 2 THEN '2024-01-15T02:00:00+02:00'
        WHEN 3 THEN '2024-01' WHEN 4 THEN '2024-01-15T00:00:00.' || i % 9 || 'Z' END,
      -- cut: what differs lies behind the first 96 bytes
      'notes', repeat('long ', 25) || CASE WHEN i % 3 = 0 THEN 'a' ELSE 'b' END || i % 13,
      'digits', (repeat('1234567890', 30) || '.' || i % 17)::numeric,
      -- keys that are cut to the same 128 bytes
      repeat('k', 140) || i % 2, i % 19))
    || CASE i % 12
      WHEN 0 THEN '{"x": true}' WHEN 1 THEN '{"x": false}' WHEN 2 THEN '{"x": null}' WHEN 3 THEN '{"x": []}' WHEN 4 THEN '{"x": {"y": 1}}'
      WHEN 5 THEN '{"x": [1, "a"]}' WHEN 6 THEN '{"x": "text"}' WHEN 7 THEN '{"x": "2024-01-15"}' WHEN 8 THEN '{}'
      WHEN 9 THEN jsonb_build_object('x', i % 30) WHEN 10 THEN jsonb_build_object('x', -1e30) ELSE jsonb_build_object('x', i::text) END
    || CASE i % 10
      -- a key of two places
      WHEN 0 THEN jsonb_build_object('r.s', i % 23, 'r', jsonb_build_object('s', i % 29))
      WHEN 1 THEN '{"r.s": null, "r": {"s": "second"}}' WHEN 2 THEN '{"r.s": [], "r": {"s": {}}}'
      ELSE jsonb_build_object('r', jsonb_build_object('s', i % 31)) END
$$;

-- Fill a table: rows that are visible to all, dead, updated in place (HOT) and elsewhere, and new.
CREATE FUNCTION fill(name regclass, n int, projects int DEFAULT 4) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO %s SELECT i, i %% %s, NULL, document(i) FROM generate_series(1, %s) AS i', name, projects, n);
  BEGIN
    EXECUTE format('INSERT INTO %s SELECT -i, i %% %s, NULL, document(i) FROM generate_series(1, 50) AS i', name, projects);
    RAISE EXCEPTION 'aborted';
  EXCEPTION WHEN raise_exception THEN NULL;
  END;
END $$;

CREATE FUNCTION change(name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('UPDATE %s SET label = ''hot'' WHERE run_id %% 50 = 1', name);
  EXECUTE format('UPDATE %s SET metadata = document(run_id + 1) WHERE run_id %% 50 = 2', name);
  EXECUTE format('DELETE FROM %s WHERE run_id %% 50 = 3', name);
END $$;

-- The extension's nodes in a query's plan, from the top; with their order, if they have one.
CREATE FUNCTION scans(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
  RETURN (SELECT coalesce(string_agg(DISTINCT (node ->> 'Custom Plan Provider') || CASE WHEN node ? 'Order By' THEN ' ordered' ELSE '' END, ', '), 'core')
          FROM jsonb_path_query(plan::jsonb, 'strict $.** ? (exists (@."Custom Plan Provider"))') AS node);
END $$;

-- The plan of a query that has to read the index; subplans have other names from 19 on.
CREATE FUNCTION index_plan(query text) RETURNS SETOF text LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    RETURN NEXT regexp_replace(line, 'SubPlan expr_', 'SubPlan ');
  END LOOP;
END $$;

-- What EXPLAIN shows as JSON, but for what depends on the server's version; of two values of one name both.
CREATE FUNCTION explained(query text, options text DEFAULT 'COSTS OFF') RETURNS TABLE (name text, value text) LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE format('EXPLAIN (FORMAT JSON, COSTS OFF, SUMMARY OFF, BUFFERS OFF, %s) ', options) || query INTO plan;
  RETURN QUERY SELECT e.key, e.value::text FROM json_each(plan -> 0 -> 'Plan') AS e
    WHERE e.key NOT IN ('Async Capable', 'Parallel Aware', 'Disabled', 'Actual Rows', 'Actual Loops');
END $$;

-- What a query's scan tells of its work: heap fetches, or postings read.
CREATE FUNCTION counted(what text, query text) RETURNS int LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
  plan jsonb;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
  RETURN jsonb_path_query_first(plan, 'strict $.** ? (exists (@."Heap Fetches"))') ->> what;
END $$;

-- A query's rows; sorted, unless it says in which order it wants them.
CREATE FUNCTION answer(query text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  r record;
  result text[] := '{}';
BEGIN
  FOR r IN EXECUTE query LOOP
    result := result || r::text;
  END LOOP;
  RETURN CASE WHEN query ~ 'ORDER BY' THEN result ELSE ARRAY(SELECT a FROM unnest(result) AS a ORDER BY a COLLATE "C") END;
END $$;

-- Run a query with the extension's scans and without: which nodes it had, and how many rows, or where they differ.
CREATE FUNCTION compare(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  by_scan text[];
  by_core text[];
  nodes text;
  sorting text := CASE WHEN query ~ 'ORDER BY' THEN 'off' ELSE 'on' END;
BEGIN
  PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('enable_sort', sorting, true), set_config('detmeta.enable_metadata_scan', 'on', true),
    -- where rows can be counted without reading them, that is the plan
    set_config('cpu_tuple_cost', '10', true);
  nodes := scans(query);
  by_scan := answer(query);
  PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true),
    set_config('cpu_tuple_cost', '0.01', true), set_config('detmeta.enable_metadata_scan', 'off', true);
  by_core := answer(query);
  PERFORM set_config('enable_bitmapscan', 'on', true), set_config('detmeta.enable_metadata_scan', 'on', true);
  IF by_scan = by_core THEN
    RETURN format('%s: %s', nodes, CASE WHEN cardinality(by_core) = 1 THEN by_core[1] ELSE cardinality(by_core) || ' rows' END);
  END IF;
  RETURN format('DIFFERENT by %s: %s, by core: %s', nodes, by_scan, by_core);
END $$;

-- The same for each line.
CREATE FUNCTION compare_all(queries text) RETURNS TABLE (result text, query text) LANGUAGE plpgsql AS $$
BEGIN
  FOREACH query IN ARRAY regexp_split_to_array(btrim(queries, E'\n'), E'\n') LOOP
    result := compare(query);
    RETURN NEXT;
  END LOOP;
END $$;

CREATE TABLE run (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL)
  WITH (fillfactor = 30, autovacuum_enabled = off);
CREATE INDEX run_metadata ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('run', 2400);
VACUUM ANALYZE run;
SELECT change('run');
