-- Lists of keys and values, and summaries, of the rows of a filter and a scope: the same from indexes, from rows, and
-- of a table that has only these rows
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_selection;
SET search_path = explore_selection, public;
\set ECHO none
\i :tree/test/regress/explore.sql
\set ECHO all
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE FUNCTION selected(rel regclass, f metadata_filter, s jsonb) RETURNS TABLE (what text, answer text) LANGUAGE sql STABLE AS $$
  WITH keys AS (SELECT * FROM metadata_keys(rel, filter => f, scope => s) WITH ORDINALITY)
  SELECT 'keys', string_agg(format('%s=%s=%s', key, type, runs), E'\n' ORDER BY ordinality) FROM keys
  UNION ALL
  SELECT a.* FROM (SELECT key FROM keys UNION SELECT 'unknown') AS k, LATERAL (
    SELECT 'values of ' || key, (SELECT string_agg(value::text || '=' || runs, E'\n') FROM metadata_values(rel, key, NULL, 20, filter => f, scope => s))
    UNION ALL
    SELECT 'summary of ' || key, (SELECT a::text FROM metadata_summary(rel, key, 3, filter => f, scope => s) AS a)) AS a
$$;
CREATE FUNCTION differing(a text, b text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT format(''%%s: %s %%s; %s %%s'', what, a.answer, b.answer) FROM %I AS a FULL JOIN %I AS b USING (what)'
    ' WHERE a.answer IS DISTINCT FROM b.answer', a, b, a, b);
END $$;
-- "condition" says in SQL which rows these are
CREATE FUNCTION compare_selected(rel regclass, f metadata_filter, s jsonb, condition text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL detmeta.enable_metadata_scan = on;
  CREATE TEMP TABLE by_index ON COMMIT DROP AS SELECT * FROM selected(rel, f, s);
  SET LOCAL detmeta.enable_metadata_scan = off;
  CREATE TEMP TABLE by_rows ON COMMIT DROP AS SELECT * FROM selected(rel, f, s);
  EXECUTE format('CREATE TEMP TABLE only_these ON COMMIT DROP AS SELECT * FROM %s WHERE %s', rel, condition);
  CREATE TEMP TABLE of_these ON COMMIT DROP AS SELECT * FROM selected('only_these', NULL, NULL);
  SET LOCAL detmeta.enable_metadata_scan = on;
  RETURN QUERY SELECT differing('by_index', 'by_rows');
  RETURN QUERY SELECT differing('by_index', 'of_these');
  RETURN QUERY SELECT format('%s rows, %s answers', (SELECT count(*) FROM only_these), (SELECT count(*) FROM by_index));
  DROP TABLE by_index, by_rows, only_these, of_these;
END $$;
CREATE FUNCTION compare_all(rel regclass) RETURNS TABLE (f text, s jsonb, compared text) LANGUAGE sql AS $$
  SELECT f, s, compare_selected(rel, f::metadata_filter, s, concat_ws(' AND ', CASE WHEN f IS NOT NULL THEN format('metadata @~ %L', f) END, c, 'true'))
  FROM (VALUES ('n < 4'), ('flag is true'), ('not (tags contains "b")'), ('notes starts with "long long" and n is not empty'), ('n is 99'), (NULL)) AS f (f),
    (VALUES (NULL::jsonb, NULL), ('{"project_id": 2}', 'project_id = 2'), ('{"project_id": [1, 3], "state": ["A", null]}', 'project_id IN (1, 3) AND (state = ''A'' OR state IS NULL)'),
      ('{"state": "B"}', 'state = ''B'''), ('{"project_id": 99}', 'false')) AS s (s, c)
$$;
CREATE FUNCTION fill(rel regclass, first int, last int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO %s (run_id, project_id, state, metadata) SELECT i, i %% 4, (''{A,B}''::text[])[i %% 3 + 1], document(i) FROM generate_series(%s, %s) AS i', rel, first, last);
END $$;

CREATE TABLE run (run_id int, project_id int NOT NULL DEFAULT 1, state text, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX run_metadata ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('run', 1, 900);
SELECT * FROM compare_all('run');
VACUUM (ANALYZE) run;
SELECT * FROM compare_all('run');
-- rows in doubt, all of them visible
SELECT compare_selected('run', 'notes ends with "1"', NULL, $$metadata @~ 'notes ends with "1"'$$);
-- of a table that is visible but for its last rows
CREATE TABLE ending (metadata jsonb) WITH (autovacuum_enabled = off);
INSERT INTO ending SELECT jsonb_build_object('s', 'value ' || i % 300, 'i', i) FROM generate_series(1, 3000) AS i;
CREATE INDEX ON ending USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM ending;
DELETE FROM ending WHERE (metadata->>'i')::int > 2990;
SELECT count(*), sum(runs) FROM metadata_values('ending', 's', NULL, NULL);
SELECT count(*), sum(runs) FROM metadata_values('ending', 's', NULL, NULL, filter => 's starts with "value 1"');
-- dead and new rows, and some in the pending list
ALTER INDEX run_metadata SET (fastupdate = on);
SELECT change('run');
SELECT fill('run', 7001, 7100);
SELECT DISTINCT compared FROM compare_all('run') WHERE compared !~ '^\d+ rows, \d+ answers$';
-- keys that every row with metadata holds, once: of their kinds, one is what the others leave
CREATE TABLE held (run_id int, project_id int NOT NULL, state text, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX ON held USING gin (project_id, state, metadata metadata_ops) WITH (fastupdate = off);
CREATE FUNCTION fill_held(first int, last int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO held SELECT i, i % 4, CASE i % 5 WHEN 0 THEN 'A' WHEN 1 THEN 'B' END, CASE WHEN i % 31 > 0 THEN
    jsonb_build_object('n', CASE WHEN i % 10 < 6 THEN to_jsonb(i % 9) WHEN i % 10 < 8 THEN '"word"'::jsonb WHEN i % 10 = 8 THEN 'null'::jsonb ELSE '"2024-01-02"'::jsonb END,
      'flag', i % 3 = 0, 'tags', CASE WHEN i % 7 = 0 THEN '[]'::jsonb ELSE jsonb_build_array(i % 5, 'b') END, 'notes', 'long long ' || i, 'o', jsonb_build_object('x', i % 2))
    || CASE WHEN i % 50 > 0 THEN '{"nearly": 1}'::jsonb ELSE '{}'::jsonb END END
  FROM generate_series(first, last) AS i
$$;
SELECT fill_held(1, 1500);
SELECT DISTINCT compared FROM compare_all('held') WHERE compared !~ '^\d+ rows, \d+ answers$';
VACUUM ANALYZE held;
SELECT DISTINCT compared FROM compare_all('held') WHERE compared !~ '^\d+ rows, \d+ answers$';
DELETE FROM held WHERE run_id % 11 = 0;
UPDATE held SET metadata = metadata - 'n' WHERE run_id % 100 = 7;
SELECT fill_held(2001, 2100);
SELECT DISTINCT compared FROM compare_all('held') WHERE compared !~ '^\d+ rows, \d+ answers$';
UPDATE held SET metadata = metadata || '{"o": {"x": 7}, "o.x": 8}' WHERE run_id % 100 = 8;
VACUUM ANALYZE held;
SELECT DISTINCT compared FROM compare_all('held') WHERE compared !~ '^\d+ rows, \d+ answers$';
-- an index of the project, too; one of rows of a project; both
DROP INDEX run_metadata;
CREATE INDEX run_project ON run USING gin (project_id, state, metadata metadata_ops) WITH (fastupdate = off);
SELECT DISTINCT compared FROM compare_all('run') WHERE compared !~ '^\d+ rows, \d+ answers$';
VACUUM run;
SELECT DISTINCT compared FROM compare_all('run') WHERE compared !~ '^\d+ rows, \d+ answers$';
ALTER INDEX run_project SET (fastupdate = on);
SELECT fill('run', 8001, 8100);
DELETE FROM run WHERE run_id % 17 = 0;
SELECT DISTINCT compared FROM compare_all('run') WHERE compared !~ '^\d+ rows, \d+ answers$';
CREATE INDEX run_of_two ON run USING gin (metadata metadata_ops) WHERE project_id = 2;
SELECT DISTINCT compared FROM compare_all('run') WHERE compared !~ '^\d+ rows, \d+ answers$';
DROP INDEX run_project;
SELECT DISTINCT compared FROM compare_all('run') WHERE compared !~ '^\d+ rows, \d+ answers$';
-- which of them is read
CREATE FUNCTION read_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  before bigint := pg_stat_get_xact_numscans('run'::regclass);
BEGIN
  EXECUTE query;
  RETURN CASE pg_stat_get_xact_numscans('run'::regclass) - before WHEN 0 THEN 'index' ELSE 'rows' END;
END $$;
SELECT q, read_of('SELECT * FROM ' || q) FROM unnest('{"metadata_keys(''run'')","metadata_keys(''run'', scope => ''{\"project_id\": 2}'')","metadata_keys(''run'', scope => ''{\"project_id\": [2]}'')",
  "metadata_keys(''run'', scope => ''{\"project_id\": [1, 2]}'')","metadata_values(''run'', ''n'', scope => ''{\"project_id\": 2, \"state\": \"A\"}'')",
  "metadata_values(''run'', ''n'', filter => ''n < 3'', scope => ''{\"project_id\": 2, \"state\": \"A\"}'')"}'::text[]) AS q;
CREATE INDEX run_project ON run USING gin (project_id, metadata metadata_ops);
SELECT q, read_of('SELECT * FROM ' || q) FROM unnest('{"metadata_keys(''run'')","metadata_keys(''run'', scope => ''{\"project_id\": [1, 2]}'')","metadata_keys(''run'', scope => ''{\"project_id\": null}'')",
  "metadata_summary(''run'', ''n'', filter => ''n < 3'', scope => ''{\"state\": \"A\"}'')"}'::text[]) AS q;

-- partitions with columns in another order, views, and rows that a policy hides
CREATE TABLE part (run_id int, project_id int NOT NULL, state text, metadata jsonb) PARTITION BY LIST (project_id);
CREATE TABLE part_1 (metadata jsonb, gone int, state text, project_id int NOT NULL, run_id int);
ALTER TABLE part_1 DROP COLUMN gone;
ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES IN (1);
CREATE TABLE part_rest PARTITION OF part DEFAULT;
CREATE INDEX ON part_1 USING gin (metadata metadata_ops);
SELECT fill('part', 1, 400);
SELECT DISTINCT compared FROM compare_all('part') WHERE compared !~ '^\d+ rows, \d+ answers$';
CREATE INDEX ON part_rest USING gin (project_id, metadata metadata_ops);
SELECT DISTINCT compared FROM compare_all('part') WHERE compared !~ '^\d+ rows, \d+ answers$';
CREATE VIEW seen AS SELECT * FROM run WHERE run_id > 100;
SELECT DISTINCT compared FROM compare_all('seen') WHERE compared !~ '^\d+ rows, \d+ answers$';
CREATE TABLE text_of (run_id int, project_id int, state text, metadata json);
INSERT INTO text_of SELECT run_id, project_id, state, metadata FROM run;
SELECT (SELECT count(*) FROM metadata_keys('text_of', filter => 'n < 4', scope => '{"state": "A"}')) = (SELECT count(*) FROM metadata_keys('run', filter => 'n < 4', scope => '{"state": "A"}'));
CREATE ROLE explore_selection_reader;
GRANT USAGE ON SCHEMA explore_selection TO explore_selection_reader;
GRANT SELECT (metadata, project_id) ON run TO explore_selection_reader;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
CREATE POLICY two ON run USING (project_id = 2);
SET ROLE explore_selection_reader;
SELECT * FROM metadata_values('run', 'n', filter => 'n < 3');
SELECT * FROM metadata_values('run', 'n', filter => 'n < 3', scope => '{"project_id": [1, 3]}');
-- the scope's columns have to be readable
SELECT * FROM metadata_values('run', 'n', scope => '{"state": "A"}');
\echo :SQLSTATE
RESET ROLE;
ALTER TABLE run DISABLE ROW LEVEL SECURITY;
SET ROLE explore_selection_reader;
SELECT * FROM metadata_values('run', 'n', scope => '{"state": "A"}');
\echo :SQLSTATE
RESET ROLE;

-- facets: the filter without its own conditions on the key
SELECT f, (SELECT string_agg(value::text || '=' || runs, ' ') FROM metadata_values('run', 'o.x', filter => f, except_own => true)) AS facet,
  (SELECT string_agg(value::text || '=' || runs, ' ') FROM metadata_values('run', 'o.x', filter => f)) AS filtered
FROM unnest('{"o.x is 1","o.x is 1 and n < 3","(o.x is 1 or o.x is 2) and n < 3","not (o.x is 1)","o.x is 1 or n < 3","o.x is 1 and not (o.x is 2 or n > 3)","n < 3"}'::metadata_filter[]) AS f;
SELECT count(*) FROM metadata_values('run', 'o.x', except_own => true);
SELECT count(*) FROM metadata_values('run', 'o.x', filter => 'o.x is 1', except_own => NULL);

-- values are read as their column's type, and compared as it compares
CREATE TABLE typed (d date, u uuid, c char(3), n numeric, j jsonb, x json, b boolean, a int[], metadata jsonb);
INSERT INTO typed VALUES ('2024-01-15', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a', 1.50, '{"k": [1]}', '{}', true, '{1,2}', '{"k": 1}');
SELECT s, (SELECT count(*) FROM metadata_keys('typed', scope => s)) FROM unnest(ARRAY['{"d": "2024-01-15"}', '{"u": "A0EEBC999C0B4EF8BB6D6BB9BD380A11"}', '{"c": "a"}', '{"n": 1.5}', '{"n": "1.5000"}',
  '{"j": {"k": [1]}}', '{"b": true}', '{"b": [false, null]}', '{"a": "{1,2}"}', '{"metadata": {"k": 1}}', '{}', '{"n": []}']::jsonb[]) AS s;
SELECT * FROM metadata_keys('typed', scope => '{"d": "soon"}');
\echo :SQLSTATE
SELECT * FROM metadata_keys('typed', scope => '{"x": "{}"}');
\echo :SQLSTATE
SELECT * FROM metadata_keys('typed', scope => '{"gone": 1}');
\echo :SQLSTATE
SELECT * FROM metadata_keys('typed', scope => '[1]');
\echo :SQLSTATE
SELECT * FROM metadata_keys('typed', filter => 'n <');
\echo :SQLSTATE
SELECT count(*) FROM metadata_keys(NULL);
SELECT count(*) FROM metadata_keys('typed', NULL);

-- the same of a view, which is asked by a query: no value is cut to character(1) or bit(1), and arrays are values
CREATE VIEW typed_view AS SELECT * FROM typed;
SELECT s, (SELECT count(*) FROM metadata_keys('typed_view', scope => s)) FROM unnest(ARRAY['{"d": "2024-01-15"}', '{"c": "a"}', '{"c": ["b", null, "a  "]}', '{"n": "1.5000"}', '{"j": {"k": [1]}}',
  '{"b": [false, null]}', '{"a": "{1,2}"}', '{"a": ["{1}", "{1,2}", null]}', '{"a": null}', '{"a": []}', '{"n": []}', '{"c": "a", "a": ["{1,2}"]}']::jsonb[]) AS s;
CREATE TABLE wide (c char(10), f bit(4), metadata jsonb);
INSERT INTO wide VALUES ('ACTIVE', B'1010', '{"k": 1}'), ('A', B'0001', '{"k": 2}');
CREATE VIEW wide_view AS SELECT * FROM wide;
SELECT s, (SELECT string_agg(value::text, ' ') FROM metadata_values('wide', 'k', scope => s)), (SELECT string_agg(value::text, ' ') FROM metadata_values('wide_view', 'k', scope => s))
FROM unnest(ARRAY['{"c": "ACTIVE"}', '{"c": ["A", "B"]}', '{"f": "1010"}', '{"f": ["1000", null]}']::jsonb[]) AS s;
CREATE DOMAIN c_text AS text COLLATE "C";
CREATE TABLE collated (c c_text COLLATE "POSIX", metadata jsonb);
INSERT INTO collated VALUES ('a', '{"k": 1}');
CREATE VIEW collated_view AS SELECT * FROM collated;
SELECT runs, (SELECT runs FROM metadata_values('collated_view', 'k', scope => '{"c": ["a", "b"]}')) FROM metadata_values('collated', 'k', scope => '{"c": ["a", "b"]}');
-- columns of the system
SELECT (SELECT string_agg(value::text, ' ') FROM metadata_values('wide', 'k', scope => s)) FROM unnest(ARRAY['{"ctid": "(0,2)"}', jsonb_build_object('tableoid', 'wide'::regclass::oid), '{"tableoid": [1259, null]}']::jsonb[]) AS s;
CREATE INDEX ON wide USING gin (metadata metadata_ops);
SELECT (SELECT string_agg(value::text, ' ') FROM metadata_values('wide', 'k', scope => s, filter => 'k > 0')) FROM unnest(ARRAY['{"ctid": "(0,2)"}', jsonb_build_object('tableoid', 'wide'::regclass::oid), '{"tableoid": [1259, null]}']::jsonb[]) AS s;
-- none of no values, also where an index has only the rows of the rest of the scope
CREATE TABLE split (project_id int, state text, metadata jsonb);
INSERT INTO split SELECT i % 2, 'A', '{"k": 1}' FROM generate_series(1, 10) AS i;
CREATE INDEX ON split USING gin (metadata metadata_ops) WHERE project_id = 1;
SELECT s, (SELECT sum(runs) FROM metadata_values('split', 'k', scope => s)) FROM unnest('{"{\"project_id\": 1}","{\"project_id\": 1, \"state\": []}","{\"project_id\": 1, \"state\": [\"A\"]}","{\"project_id\": []}"}'::jsonb[]) AS s;

DROP OWNED BY explore_selection_reader;
DROP ROLE explore_selection_reader;
DROP SCHEMA explore_selection CASCADE;
