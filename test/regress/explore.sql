-- What the tests of exploring share, made in the current schema: documents of every kind, all answers about a
-- table in one text, and the same answers computed from the rows in SQL.

\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '
SET client_min_messages = warning;
SET jit = off;

-- The document of a row: with keys in several places, cut strings, numbers and keys, every kind of value.
CREATE FUNCTION document(i int) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN i % 29 = 0 THEN '[1, {"a": 2}]'
    WHEN i % 31 = 0 THEN '{}'
    WHEN i % 37 = 0 THEN NULL
    ELSE jsonb_build_object(
      'n', CASE i % 5 WHEN 0 THEN to_jsonb(i % 7 + 0.5) WHEN 1 THEN to_jsonb((i % 3)::text) ELSE to_jsonb(i % 7) END,
      'flag', CASE i % 4 WHEN 0 THEN 'true' WHEN 1 THEN 'false' WHEN 2 THEN 'null' ELSE '[true, "true", [false]]' END::jsonb,
      'when', to_jsonb(('{2024-01-15,2024-02,2024-01-15T00:00:00Z,2024-03-01T10:00:00.5+02:00,2024-02-31,soon}'::text[])[1 + i % 6]),
      'tags', CASE i % 6 WHEN 0 THEN '[]' WHEN 1 THEN '["a", "b", "a"]' WHEN 2 THEN '["b", 3, null, {}, {"a": 1}, [["c"]]]'
        WHEN 3 THEN '"a"' WHEN 4 THEN '{}' ELSE '[[]]' END::jsonb,
      'o', jsonb_build_object('x', i % 3, 'p', jsonb_build_object('q', 'deep' || i % 4)))
      || CASE WHEN i % 7 = 0 THEN jsonb_build_object('o.x', i % 2, 'o.p.q', jsonb_build_array('deep1', 5)) ELSE '{}' END
      || CASE WHEN i % 8 = 0 THEN jsonb_build_object('notes', repeat('long ', 30) || i % 3, repeat('k', 140) || i % 2, i % 4) ELSE '{}' END
      || CASE WHEN i % 9 = 0 THEN jsonb_build_object('digits', (repeat('1234567890', 30) || '.' || i % 4)::numeric) ELSE '{}' END
      || CASE WHEN i % 10 = 0 THEN jsonb_build_object('notes', 'short 100%_', '', '"', 'a' || chr(1), 1, 'a', 0.10) ELSE '{}' END
    END
$$;

-- Rows that are new, changed, deleted, and of a transaction that failed.
CREATE FUNCTION change(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM %s WHERE run_id %% 11 = 3', rel);
  EXECUTE format('UPDATE %s SET metadata = document(run_id + 1) WHERE run_id %% 13 = 5', rel);
  EXECUTE format('INSERT INTO %s (run_id, metadata) SELECT i, document(i) FROM generate_series(5001, 5040) AS i', rel);
  BEGIN
    EXECUTE format('INSERT INTO %s (run_id, metadata) SELECT i, document(i) FROM generate_series(6001, 6040) AS i', rel);
    EXECUTE format('DELETE FROM %s WHERE run_id < 100', rel);
    RAISE division_by_zero;
  EXCEPTION WHEN division_by_zero THEN NULL;
  END;
END $$;

-- What is searched in values of any key.
CREATE FUNCTION searched() RETURNS text[] LANGUAGE sql IMMUTABLE RETURN '{2,ON,deep1,"LONG 1",tru,"",.5,"ort 100%",zzz}'::text[];

-- All answers about a relation.
CREATE FUNCTION answers(rel regclass, col name DEFAULT 'metadata') RETURNS TABLE (what text, answer text)
LANGUAGE sql STABLE AS $$
  WITH keys AS (SELECT * FROM metadata_keys(rel, col) WITH ORDINALITY)
  SELECT 'keys', string_agg(format('%s=%s=%s', key, type, runs), E'\n' ORDER BY ordinality) FROM keys
  UNION ALL
  SELECT a.* FROM (SELECT key FROM keys UNION SELECT unnest('{unknown,o.none}'::text[])) AS k, LATERAL (
    SELECT 'values of ' || key, (SELECT string_agg(value::text || '=' || runs, E'\n') FROM metadata_values(rel, key, NULL, NULL, col))
    UNION ALL
    SELECT 'first of ' || key, (SELECT string_agg(value::text || '=' || runs, E'\n') FROM metadata_values(rel, key, NULL, 3, col))
    UNION ALL
    SELECT 'search of ' || key, (SELECT string_agg(value::text || '=' || runs, E'\n') FROM (SELECT * FROM metadata_values(rel, key, '2', NULL, col)
      UNION ALL SELECT * FROM metadata_values(rel, key, 'ON', NULL, col, ignore_case => true)) AS v)
    UNION ALL
    SELECT 'summary of ' || key, (SELECT s::text FROM metadata_summary(rel, key, 4, col) AS s)) AS a
  UNION ALL
  SELECT 'found of ' || search, (SELECT string_agg(key || '=' || value::text || '=' || runs, E'\n')
    FROM metadata_find(rel, search, "limit" => NULL, col => col)) FROM unnest(searched()) AS search
$$;

-- Keys and values of a relation, counted from its rows.
CREATE FUNCTION oracle(rel regclass, col name DEFAULT 'metadata') RETURNS TABLE (what text, answer text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY EXECUTE format($query$
    WITH RECURSIVE rows AS (SELECT row_number() OVER () AS n, r.%I::jsonb AS m FROM %s AS r),
    places AS (
      SELECT n, key, value FROM rows, jsonb_each(CASE WHEN jsonb_typeof(m) = 'object' THEN m END)
      UNION ALL
      SELECT n, p.key || '.' || e.key, e.value
      FROM places AS p, jsonb_each(CASE WHEN jsonb_typeof(p.value) = 'object' THEN p.value END) AS e),
    elements AS (
      SELECT n, key, value, false AS inside FROM places
      UNION ALL
      SELECT n, key, e.value, true
      FROM elements, jsonb_array_elements(CASE WHEN jsonb_typeof(elements.value) = 'array' THEN elements.value END) AS e),
    scalars AS (
      SELECT n, key, CASE jsonb_typeof(value) WHEN 'number' THEN to_jsonb(trim_scale((value #>> '{}')::numeric)) ELSE value END AS value
      FROM elements WHERE jsonb_typeof(value) IN ('string', 'number', 'boolean')),
    types AS (
      SELECT n, key, CASE
        WHEN value IN ('null', '[]', '{}') THEN 'empty'
        WHEN jsonb_typeof(value) <> 'string' THEN jsonb_typeof(value)
        WHEN value #>> '{}' ~ '^2024-' AND value <> '"2024-02-31"' THEN 'date' ELSE 'text' END AS type FROM places)
    SELECT 'keys', string_agg(format('%%s=%%s=%%s', key, type, runs), E'\n' ORDER BY key COLLATE "C", type)
    FROM (SELECT key, type, count(DISTINCT n) AS runs FROM types GROUP BY key, type) AS k
    UNION ALL
    SELECT 'values of ' || key, string_agg(value::text || '=' || runs, E'\n' ORDER BY value::text COLLATE "C")
    FROM (SELECT key, value, count(DISTINCT n) AS runs FROM scalars GROUP BY key, value) AS v GROUP BY key
    UNION ALL
    SELECT 'found of ' || search, string_agg(key || '=' || value::text || '=' || runs, E'\n')
    FROM unnest(searched()) AS search, (SELECT key, value, count(DISTINCT n) AS runs FROM scalars GROUP BY key, value) AS v
    WHERE strpos(lower(value #>> '{}'), lower(search)) > 0 GROUP BY search
    UNION ALL
    SELECT 'summary of ' || key, format('%%s %%s', count(DISTINCT n) FILTER (WHERE type <> 'empty'),
      (SELECT count(*) FROM rows) - count(DISTINCT n) FILTER (WHERE type <> 'empty'))
    FROM types GROUP BY key
  $query$, col, rel);
END $$;

-- Put an answer into the form of the oracle's.
CREATE FUNCTION as_oracle(what text, answer text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN what ~ '^summary' THEN replace(substring(answer FROM '^\((\d+,\d+),'), ',', ' ')
    ELSE (SELECT string_agg(line, E'\n' ORDER BY regexp_replace(line, '=[a-z]*=?\d+$', '') COLLATE "C", line COLLATE "C")
          FROM regexp_split_to_table(answer, E'\n') AS line) END
$$;

-- Compare the answers from the index with those from the rows, and both with the oracle.
CREATE FUNCTION compare(rel regclass, col name DEFAULT 'metadata') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  differing bigint;
BEGIN
  SET LOCAL detmeta.enable_metadata_scan = on;
  CREATE TEMP TABLE by_index ON COMMIT DROP AS SELECT * FROM answers(rel, col);
  SET LOCAL detmeta.enable_metadata_scan = off;
  CREATE TEMP TABLE by_rows ON COMMIT DROP AS SELECT * FROM answers(rel, col);
  SET LOCAL detmeta.enable_metadata_scan = on;
  CREATE TEMP TABLE by_oracle ON COMMIT DROP AS SELECT * FROM oracle(rel, col);
  RETURN QUERY SELECT format('%s: index %s; rows %s', coalesce(i.what, r.what), i.answer, r.answer)
    FROM by_index AS i FULL JOIN by_rows AS r USING (what) WHERE i.answer IS DISTINCT FROM r.answer;
  GET DIAGNOSTICS differing = ROW_COUNT;
  RETURN QUERY SELECT format('%s: index %s; oracle %s', o.what, as_oracle(o.what, i.answer), o.answer)
    FROM by_oracle AS o LEFT JOIN by_index AS i USING (what)
    WHERE as_oracle(o.what, i.answer) IS DISTINCT FROM as_oracle(o.what, o.answer) AND o.what !~ '^summary'
      OR o.what ~ '^summary' AND as_oracle(o.what, i.answer) IS DISTINCT FROM o.answer;
  IF NOT FOUND AND differing = 0 THEN
    RETURN QUERY SELECT format('%s answers are equal, %s of them the oracle''s', (SELECT count(*) FROM by_index), (SELECT count(*) FROM by_oracle));
  END IF;
  DROP TABLE by_index, by_rows, by_oracle;
END $$;

-- Tell how a relation's keys are read: from the index or from the rows.
CREATE FUNCTION way(rel regclass, col name DEFAULT 'metadata') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  tables oid[] := ARRAY(SELECT inhrelid::oid FROM pg_inherits WHERE inhparent = rel) || rel::oid;
  before bigint;
BEGIN
  SELECT sum(pg_stat_get_xact_numscans(t)) FROM unnest(tables) AS t INTO before;
  PERFORM * FROM metadata_keys(rel, col);
  RETURN (SELECT CASE sum(pg_stat_get_xact_numscans(t)) - before WHEN 0 THEN 'index' ELSE 'rows' END FROM unnest(tables) AS t);
END $$;

\ir outcome.sql
