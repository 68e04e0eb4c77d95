-- Rows in the order of a value, as everybody writes it with core's own operators, walked from the index.
--
-- A line of a list is a condition, if any, and an order: how the rows are ordered, and their names. "walk" is a Metadata
-- Scan in this order, "sort" any other plan; "kept" says that a filter was. Every answer is compared with that of a
-- sequential scan and a sort without this, and "DIFFERENT" says that it is another.
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA core_order;
SET search_path = core_order, public;
\set ECHO none
\i :tree/test/regress/dialect.sql
\set ECHO all

-- How a query's rows come in its order.
CREATE FUNCTION order_way(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan jsonb;
  scan jsonb;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
  scan := jsonb_path_query_first(plan, 'strict $.** ? (exists (@."Order By"))');
  RETURN CASE WHEN scan IS NULL THEN 'sort' ELSE 'walk' || CASE WHEN scan ? 'Filter' THEN ', kept' ELSE '' END END;
EXCEPTION WHEN OTHERS THEN
  RETURN 'planning fails';
END $$;

-- The first column of a query's rows, or the error.
CREATE FUNCTION column_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  r record;
  result text;
BEGIN
  FOR r IN EXECUTE query LOOP
    result := concat_ws(' ', result, r.name);
  END LOOP;
  RETURN coalesce(result, '-');
EXCEPTION WHEN OTHERS THEN
  RETURN 'ERROR: ' || SQLERRM;
END $$;

-- Ask a query both ways.
CREATE FUNCTION ask_order(query text, OUT how text, OUT answer text) LANGUAGE plpgsql AS $$
DECLARE
  by_core text;
BEGIN
  PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true),
    set_config('detmeta.enable_metadata_scan', 'on', true);
  how := order_way(query);
  answer := column_of(query);
  PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true),
    set_config('detmeta.enable_metadata_scan', 'off', true), set_config('enable_bitmapscan', 'off', true);
  by_core := column_of(query);
  PERFORM set_config('enable_bitmapscan', 'on', true), set_config('detmeta.enable_metadata_scan', 'on', true);
  IF answer <> by_core THEN
    answer := format('DIFFERENT: %s, by core: %s', answer, by_core);
  END IF;
END $$;

-- The same for each line; what ties is put in the order of the names.
CREATE FUNCTION orders(rel text, lines text) RETURNS TABLE (line text, how text, answer text) LANGUAGE plpgsql AS $$
BEGIN
  FOREACH line IN ARRAY regexp_split_to_array(btrim(lines, E'\n'), E'\n') LOOP
    SELECT a.how, a.answer INTO how, answer
    FROM ask_order(format('SELECT name FROM %s %s', rel, regexp_replace(line, '(?= LIMIT|$)', ', name', ''))) AS a;
    RETURN NEXT;
  END LOOP;
END $$;

-- Numbers, as the most are, and few rows apart: so many that a walk is offered.
CREATE TABLE trial (id int GENERATED ALWAYS AS IDENTITY, name text COLLATE "C", project int, metadata jsonb NOT NULL);
CREATE INDEX trial_metadata ON trial USING gin (metadata metadata_ops);
INSERT INTO trial (name, project, metadata)
SELECT format('%s', i), i % 3, jsonb_build_object('n', i, 'm', i % 4, 'sub', jsonb_build_object('n', -i), 'j', i, 'f', i)
FROM generate_series(1, 20) AS i;
INSERT INTO trial (name, project, metadata) VALUES
  ('big', 7, '{"n": 9007199254740993, "m": 2, "j": []}'),
  ('none', 7, '{}'),
  ('null', 7, '{"n": null, "m": 1, "j": null}'),
  ('true', 7, '{"m": "1e0", "j": true}'),
  ('minus', 7, '{"n": -0.0, "m": "NaN", "j": "text", "f": "fails"}'),
  ('scalar', 7, '"n"'),
  ('array', 7, '["n", {"n": 5}]'),
  ('cut', 7, ('{"n": 3.' || repeat('123456789', 40) || '2, "j": [1]}')::jsonb),
  ('cut too', 7, ('{"n": 3.' || repeat('123456789', 40) || '1, "j": {"a": 1}}')::jsonb);
VACUUM ANALYZE trial;

--
-- The forms
--
SET enable_seqscan = off;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT name FROM trial ORDER BY (metadata->>'n')::float8 LIMIT 3;
EXPLAIN (COSTS OFF) SELECT name FROM trial ORDER BY (metadata->>'n')::numeric DESC NULLS LAST LIMIT 3;
EXPLAIN (COSTS OFF) SELECT name FROM trial ORDER BY metadata->'n' DESC LIMIT 3;
EXPLAIN (COSTS OFF) SELECT name FROM trial
WHERE metadata->>'m' = '1' AND project > 0 ORDER BY (metadata->>'n')::float8 NULLS FIRST LIMIT 3;
SELECT * FROM orders('trial', $$
ORDER BY (metadata->>'n')::float8
ORDER BY (metadata->>'n')::float8 NULLS FIRST LIMIT 8
ORDER BY (metadata->>'n')::float8 DESC
ORDER BY (metadata->>'n')::float8 DESC NULLS LAST LIMIT 3
ORDER BY (metadata->>'n')::numeric LIMIT 5 OFFSET 2
ORDER BY (metadata->>'n')::numeric DESC NULLS LAST
ORDER BY metadata->'n'
ORDER BY metadata->'n' DESC
ORDER BY metadata->'n' NULLS FIRST LIMIT 7
ORDER BY metadata->'n' DESC NULLS LAST LIMIT 4
ORDER BY metadata #> '{sub,n}' LIMIT 3
ORDER BY (metadata #>> '{sub,n}')::float8 DESC NULLS LAST LIMIT 3
ORDER BY (metadata->'sub'->>'n')::numeric LIMIT 3
ORDER BY metadata['sub']['n'] NULLS FIRST LIMIT 12
ORDER BY (metadata->>'m')::numeric, (metadata->>'n')::float8 DESC
ORDER BY metadata->'unknown'
$$);
-- several kinds at the key: jsonb has an order of them, and strings are read as numbers where they are some
SELECT * FROM orders('trial', $$
ORDER BY metadata->'j'
ORDER BY metadata->'j' DESC
ORDER BY metadata->'m' DESC NULLS LAST
ORDER BY (metadata->>'m')::float8
ORDER BY (metadata->>'m')::numeric DESC
$$);
-- left to core: text, whole numbers, the document itself, and what is no path
SELECT * FROM orders('trial', $$
ORDER BY metadata->>'n' COLLATE "C" LIMIT 2
ORDER BY (metadata->>'m')::numeric(10,1) LIMIT 2
ORDER BY (metadata->>'n')::numeric + 1 LIMIT 2
ORDER BY metadata LIMIT 2
ORDER BY metadata->0 LIMIT 2
$$);

--
-- Errors are core's, and so is what keeps from them
--
SELECT * FROM orders('trial', $$
ORDER BY (metadata->>'j')::float8
WHERE name <> 'minus' AND project < 5 ORDER BY (metadata->>'j')::numeric LIMIT 3
WHERE jsonb_typeof(metadata->'j') = 'number' ORDER BY (metadata->>'j')::numeric DESC LIMIT 3
WHERE metadata->>'j' ~ '^[0-9]+$' ORDER BY (metadata->>'j')::float8 DESC LIMIT 3
WHERE metadata @~ 'j > 0' AND project = 1 ORDER BY (metadata->>'j')::float8 LIMIT 3
$$);
-- a clause that core evaluates before the cast, where it stands before it or is cheaper, comes before it
EXPLAIN (COSTS OFF) SELECT name FROM trial WHERE (metadata->>'f')::numeric > 2 AND project < 5;
SELECT * FROM orders('trial', $$
WHERE project < 5 AND (metadata->>'f')::numeric > 2 ORDER BY (metadata->>'f')::numeric LIMIT 3
WHERE (metadata->>'f')::numeric > 2 AND project < 5 ORDER BY (metadata->>'f')::numeric DESC LIMIT 3
WHERE (metadata->>'f')::numeric > 17 AND project < 5 ORDER BY id
WHERE (metadata->>'f')::numeric > 2 AND jsonb_typeof(metadata->'f') = 'number' ORDER BY (metadata->>'f')::float8 DESC LIMIT 3
WHERE (metadata->>'f')::numeric > 2 ORDER BY id
$$);
SELECT * FROM ask_order('SELECT count(*) || '' rows'' AS name FROM trial WHERE (metadata->>''j'')::numeric > 17 AND metadata->>''j'' ~ ''^[0-9]+$''');

--
-- Maximum and minimum: the planner makes an order of each, of rows that have a value; those without one come last
--
CREATE FUNCTION extremes(rel text, lines text) RETURNS TABLE (line text, how text, answer text) LANGUAGE plpgsql AS $$
BEGIN
  FOREACH line IN ARRAY regexp_split_to_array(btrim(lines, E'\n'), E'\n') LOOP
    SELECT a.how, a.answer INTO how, answer
    FROM ask_order(format('SELECT concat_ws('' to '', %s) AS name FROM %s %s', split_part(line, ' WHERE ', 1), rel,
      substring(line FROM ' WHERE .*'))) AS a;
    RETURN NEXT;
  END LOOP;
END $$;
CREATE FUNCTION order_by(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan jsonb;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
  RETURN (SELECT string_agg(regexp_replace(scan ->> 'Order By', 'trial(_[0-9])?\.', ''), ', ') FROM jsonb_path_query(plan, 'strict $.** ? (exists (@."Order By"))') AS scan);
END $$;
SELECT order_by('SELECT max((metadata->>''n'')::numeric), min((metadata->>''n'')::float8) FROM trial');
SELECT * FROM extremes('trial', $$
max((metadata->>'n')::numeric)
min((metadata->>'n')::numeric)
max((metadata->>'n')::float8)
min((metadata->>'m')::numeric), max((metadata->>'m')::float8)
min((metadata #>> '{sub,n}')::float8), max((metadata->'sub'->>'n')::float8)
max((metadata->>'unknown')::numeric)
max((metadata->>'n')::numeric) WHERE metadata->>'m' = '3'
max((metadata->>'n')::numeric) WHERE metadata @~ 'm = 3' AND project = 1
min((metadata->>'n')::numeric) WHERE metadata->>'m' = '1' AND (metadata->>'n')::numeric > 5
max((metadata->>'n')::numeric) WHERE false
max((metadata->>'j')::numeric)
max((metadata->>'j')::numeric) WHERE jsonb_typeof(metadata->'j') = 'number'
max((metadata->'j')::numeric) WHERE project < 5
max((metadata->>'f')::numeric) WHERE project < 5
max((metadata->>'n')::int) WHERE name <> 'big'
max(metadata->>'n')
max((metadata->>'n')::numeric), count(*)
max((metadata->>'n')::numeric) FILTER (WHERE project = 1)
max(DISTINCT (metadata->>'n')::numeric)
$$);
CREATE TABLE divided (LIKE trial) PARTITION BY LIST (project);
CREATE TABLE divided0 PARTITION OF divided FOR VALUES IN (0);
CREATE TABLE divided_default PARTITION OF divided DEFAULT;
CREATE INDEX ON divided USING gin (metadata metadata_ops);
INSERT INTO divided SELECT * FROM trial;
VACUUM ANALYZE divided;
SELECT * FROM extremes('divided', $$
max((metadata->>'n')::numeric)
min((metadata->>'n')::float8), max((metadata->>'n')::float8) WHERE project = 0
max((metadata->>'j')::numeric)
$$);
-- so come those that another clause rules out
SELECT w, order_by('SELECT name FROM trial WHERE ' || w || ' ORDER BY ' || o || ' LIMIT 4'), a.*
FROM (VALUES ('metadata->>''n'' IS NOT NULL', '(metadata->>''n'')::float8 DESC'), ('(metadata->>''n'')::numeric > 5', '(metadata->>''n'')::numeric DESC'),
    ('metadata->''n'' IS NOT NULL', '(metadata->>''n'')::numeric DESC'), ('metadata->''n'' IS NOT NULL', 'metadata->''n'' NULLS FIRST'),
    ('metadata->>''n'' IS NOT NULL OR metadata->>''m'' = ''1''', '(metadata->>''n'')::numeric DESC')) AS v (w, o),
  LATERAL ask_order('SELECT name FROM trial WHERE ' || w || ' ORDER BY ' || o || ', name LIMIT 4') AS a;

--
-- Where an order is asked for
--
SELECT * FROM ask_order('SELECT DISTINCT ON (metadata->''m'') name FROM trial ORDER BY metadata->''m'', name');
SELECT * FROM ask_order('SELECT (metadata->>''m'')::float8 || ''x'' || count(*) AS name FROM trial GROUP BY (metadata->>''m'')::float8 ORDER BY (metadata->>''m'')::float8');
SELECT * FROM ask_order('SELECT max((metadata->>''n'')::float8)::text AS name FROM trial');
SELECT * FROM ask_order('SELECT t.name FROM generate_series(0, 15, 5) AS o, LATERAL (SELECT name FROM trial WHERE (metadata->>''n'')::numeric > o ORDER BY (metadata->>''n'')::numeric LIMIT 2) AS t ORDER BY o, name');
PREPARE page(numeric, int) AS
SELECT name FROM trial WHERE (metadata->>'n')::numeric > $1 ORDER BY (metadata->>'n')::numeric LIMIT 3 OFFSET $2;
SET plan_cache_mode = force_generic_plan;
SELECT * FROM ask_order('EXECUTE page(3, 1)');
SELECT * FROM ask_order('EXECUTE page(NULL, 0)');
RESET plan_cache_mode;
DEALLOCATE page;
BEGIN;
DECLARE rows SCROLL CURSOR FOR SELECT name FROM trial ORDER BY (metadata->>'n')::float8 LIMIT 6;
FETCH 2 FROM rows;
UPDATE trial SET metadata = metadata || '{"n": -5}' WHERE name = '2';
DELETE FROM trial WHERE name = '1';
FETCH 2 FROM rows;
FETCH BACKWARD 2 FROM rows;
COMMIT;
-- the pending list, rows that were deleted, and rows that moved
SELECT * FROM orders('trial', $$
ORDER BY (metadata->>'n')::float8 LIMIT 5
ORDER BY metadata->'n' DESC NULLS LAST
WHERE metadata->>'m' = '2' ORDER BY (metadata->>'n')::numeric LIMIT 3
$$);
-- no order where metadata may be NULL, which is in no entry, but for clauses that it does not satisfy
ALTER TABLE trial ALTER metadata DROP NOT NULL;
INSERT INTO trial (name) VALUES ('NULL');
SELECT * FROM orders('trial', $$
ORDER BY (metadata->>'n')::float8 NULLS FIRST LIMIT 8
WHERE metadata->>'n' IS NOT NULL ORDER BY (metadata->>'n')::float8 LIMIT 4
WHERE metadata->>'n' IS NULL ORDER BY (metadata->>'n')::float8 LIMIT 10
$$);
DELETE FROM trial WHERE metadata IS NULL;
ALTER TABLE trial ALTER metadata SET NOT NULL;

--
-- Rights: an order is evaluated on rows before a policy has let them pass, so there is none
--
ALTER TABLE trial ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON trial USING (project < 5);
CREATE ROLE regress_core_order;
GRANT USAGE ON SCHEMA core_order TO regress_core_order;
GRANT SELECT ON trial TO regress_core_order;
SET ROLE regress_core_order;
SELECT * FROM orders('trial', $$
ORDER BY (metadata->>'j')::float8 DESC LIMIT 2
ORDER BY metadata->'n' DESC LIMIT 2
$$);
RESET ROLE;

-- A join may keep rows from a cast that fails on them
CREATE TABLE guarded (kind int, metadata jsonb NOT NULL);
INSERT INTO guarded SELECT i % 2, jsonb_build_object('k', CASE WHEN i % 100 = 0 THEN '"abc"' ELSE to_jsonb(i) END)
FROM generate_series(1, 2000) AS i;
CREATE INDEX ON guarded USING gin (metadata metadata_ops);
VACUUM ANALYZE guarded;
CREATE TABLE kinds AS SELECT 1 AS kind;
SELECT metadata FROM guarded JOIN kinds USING (kind) ORDER BY (metadata->>'k')::numeric LIMIT 1;
SELECT metadata FROM guarded WHERE EXISTS (SELECT FROM kinds WHERE kinds.kind = guarded.kind)
ORDER BY (metadata->>'k')::numeric LIMIT 1;
SELECT metadata FROM guarded ORDER BY (metadata->>'k')::numeric LIMIT 1;

-- that names with dots are looked for says nothing of the values of the empty name
CREATE TABLE named (name text, metadata jsonb NOT NULL);
INSERT INTO named VALUES ('first', '{"": 1, "a.b": 1}'), ('second', '{"": 2, "a.b": 1}'), ('none', '{"a.b": 1}');
CREATE INDEX ON named USING gin (metadata metadata_ops);
SELECT * FROM orders('named', $$
WHERE metadata->>'a.b' IS NOT NULL ORDER BY metadata->'' LIMIT 2
WHERE metadata->>'a.b' = '1' ORDER BY (metadata->>'')::numeric LIMIT 3
$$);

-- turned off
SET detmeta.enable_core_dialect = off;
SELECT * FROM orders('trial', 'ORDER BY (metadata->>''n'')::float8 LIMIT 2');
RESET detmeta.enable_core_dialect;

DROP OWNED BY regress_core_order;
DROP ROLE regress_core_order;
DROP SCHEMA core_order CASCADE;
