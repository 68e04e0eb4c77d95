-- What the regress tests share, made in the current schema: a table of documents with an index, and
-- functions that print what conditions match. A test includes it after creating a schema of its own.

\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '
SET client_min_messages = warning;
SET jit = off;
-- plans are core's where a test does not say otherwise
SET detmeta.enable_metadata_scan = off;

CREATE TABLE doc (n int GENERATED ALWAYS AS IDENTITY, name text, m jsonb NOT NULL);
CREATE INDEX doc_m ON doc USING gin (m metadata_ops);

-- Make documents of lines "name json".
CREATE FUNCTION add_documents(lines text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO doc (name, m)
  SELECT split_part(line, ' ', 1), substr(line, strpos(line, ' ') + 1)::jsonb
  FROM regexp_split_to_table(btrim(lines, E'\n'), E'\n') WITH ORDINALITY AS l (line, i) ORDER BY i
$$;

-- The predicates without planner support, so that their own code runs: metadata_is() as raw_is().
DO $$
DECLARE
  f record;
BEGIN
  FOR f IN
    SELECT p.oid, p.proname, p.probin, p.prosrc, p.proisstrict, pg_get_function_arguments(p.oid) AS arguments
    FROM pg_proc p
    WHERE p.prosupport = (SELECT oid FROM pg_proc WHERE proname = 'metadata_predicate_support')
  LOOP
    EXECUTE format('CREATE FUNCTION %I(%s) RETURNS boolean LANGUAGE c IMMUTABLE %s AS %L, %L',
      replace(f.proname, 'metadata_', 'raw_'), f.arguments,
      CASE WHEN f.proisstrict THEN 'STRICT' ELSE '' END, f.probin, f.prosrc);
  END LOOP;
END $$;

-- The node types of a query's plan, from the top.
CREATE FUNCTION plan_nodes(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
  RETURN (SELECT string_agg(node #>> '{}', ' > ')
          FROM jsonb_path_query(plan::jsonb, 'strict $.**."Node Type"') AS node);
END $$;

-- The names of the documents that satisfy a condition, in a sequential scan, in core's index scan, in the
-- extension's and, for predicates, without the planner's help; all that they say where they disagree.
CREATE FUNCTION matching(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  query text := 'SELECT coalesce(string_agg(name, '' '' ORDER BY n), ''-'') FROM doc WHERE ';
  raw text := regexp_replace(condition, 'metadata_([a-z_]+\(m,)', 'raw_\1', 'g');
  by_heap text;
  by_index text;
  by_scan text;
  by_function text;
BEGIN
  SET LOCAL enable_seqscan = on;
  SET LOCAL enable_bitmapscan = off;
  EXECUTE query || condition INTO by_heap;
  EXECUTE query || raw INTO by_function;
  SET LOCAL enable_seqscan = off;
  SET LOCAL enable_bitmapscan = on;
  EXECUTE query || condition INTO by_index;
  IF plan_nodes(query || condition) !~ 'Bitmap Index Scan|Result' THEN
    by_index := by_index || ' (no index scan)';
  END IF;
  SET LOCAL detmeta.enable_metadata_scan = on;
  SET LOCAL enable_bitmapscan = off;
  EXECUTE query || condition INTO by_scan;
  SET LOCAL detmeta.enable_metadata_scan = off;
  IF by_heap = by_index AND by_heap = by_function AND by_heap = by_scan THEN
    RETURN by_heap;
  END IF;
  RETURN format('DIFFERENT: heap %s; index %s; scan %s; function %s', by_heap, by_index, by_scan, by_function);
END $$;

-- The same for each line.
CREATE FUNCTION matches(conditions text) RETURNS TABLE (condition text, names text) LANGUAGE plpgsql AS $$
BEGIN
  FOREACH condition IN ARRAY regexp_split_to_array(btrim(conditions, E'\n'), E'\n') LOOP
    names := matching(condition);
    RETURN NEXT;
  END LOOP;
END $$;

\ir outcome.sql
