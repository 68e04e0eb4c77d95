-- Groups and histograms: the same from indexes, from rows, and in SQL
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_groups;
SET search_path = explore_groups, public;
\set ECHO none
\i :tree/test/regress/explore.sql
\set ECHO all
-- Groups by plain keys in SQL: a row has the distinct scalars at a key, elements included, or null; one number at the measure.
CREATE FUNCTION scalars(m jsonb, path text[]) RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE AS $$
  WITH RECURSIVE e AS (
    SELECT m #> path AS v UNION ALL
    SELECT x FROM e, jsonb_array_elements(CASE WHEN jsonb_typeof(e.v) = 'array' THEN e.v END) AS x)
  SELECT DISTINCT CASE jsonb_typeof(v) WHEN 'number' THEN to_jsonb(trim_scale((v #>> '{}')::numeric)) ELSE v END
  FROM e WHERE jsonb_typeof(v) IN ('string', 'number', 'boolean')
$$;
CREATE FUNCTION oracle_groups(rel regclass, by text[], measure text, condition text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format($q$
    WITH r AS (SELECT run_id, CASE WHEN jsonb_typeof(metadata) = 'object' THEN metadata END AS m FROM %s WHERE %s),
    g AS (SELECT jsonb_build_object(%s) AS "group", run_id, CASE WHEN jsonb_typeof(m #> %4$L) = 'number' THEN trim_scale((m #>> %4$L)::numeric) END AS n FROM r %s),
    s AS (SELECT "group", count(*) AS runs, count(n) AS numbers, min(n) AS min, max(n) AS max, avg(n) AS mean, array_agg(n ORDER BY n) FILTER (WHERE n IS NOT NULL) AS sorted,
      stddev(n) AS stddev, (array_agg(run_id ORDER BY n, run_id) FILTER (WHERE n IS NOT NULL))[1] AS min_run, (array_agg(run_id ORDER BY n DESC, run_id) FILTER (WHERE n IS NOT NULL))[1] AS max_run
      FROM g GROUP BY 1)
    SELECT concat_ws(' ', "group", runs, numbers, trim_scale(min), trim_scale(max), round(mean, 6), trim_scale((sorted[(numbers + 1) / 2] + sorted[numbers / 2 + 1]) * 0.5), round(stddev, 6), min_run, max_run) FROM s
  $q$, rel, condition,
    (SELECT string_agg(format('%L, g%s', k, i), ', ') FROM unnest(by) WITH ORDINALITY AS u (k, i)), string_to_array(coalesce(measure, ''), '.'),
    (SELECT string_agg(format('LEFT JOIN LATERAL scalars(m, %L) AS g%s ON true', string_to_array(k, '.'), i), ' ') FROM unnest(by) WITH ORDINALITY AS u (k, i)));
END $$;
CREATE FUNCTION groups(rel regclass, by text[], measure text, f metadata_filter, s jsonb) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT concat_ws(' ', "group", runs, numbers, trim_scale(min), trim_scale(max), round(mean, 6), trim_scale(median), round(stddev, 6), min_run, max_run)
  FROM metadata_groups(rel, by, measure, f, s, "limit" => NULL)
$$;
CREATE FUNCTION compare_groups(rel regclass, by text[], measure text DEFAULT NULL, f metadata_filter DEFAULT NULL, s jsonb DEFAULT NULL, condition text DEFAULT 'true', oracle boolean DEFAULT true)
RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  by_index text[]; by_rows text[]; by_oracle text[];
BEGIN
  SET LOCAL detmeta.enable_metadata_scan = on;
  by_index := ARRAY(SELECT groups(rel, by, measure, f, s));
  SET LOCAL detmeta.enable_metadata_scan = off;
  by_rows := ARRAY(SELECT groups(rel, by, measure, f, s));
  RETURN QUERY SELECT 'index ' || i || ', rows ' || coalesce(r, '-') FROM unnest(by_index, by_rows) AS u (i, r) WHERE i IS DISTINCT FROM r;
  IF oracle THEN
    by_oracle := ARRAY(SELECT oracle_groups(rel, by, measure, concat_ws(' AND ', condition, 'metadata @~ ' || quote_literal(f))));
    RETURN QUERY SELECT 'index only: ' || i FROM unnest(by_index) AS i WHERE i <> ALL (by_oracle);
    RETURN QUERY SELECT 'oracle only: ' || i FROM unnest(by_oracle) AS i WHERE i <> ALL (by_index);
  END IF;
  RETURN NEXT format('%s groups', cardinality(by_index));
END $$;

CREATE TABLE run (run_id int PRIMARY KEY, project_id int, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX run_metadata ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);
CREATE FUNCTION sample(i int) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN i % 31 = 0 THEN '{}' WHEN i % 37 = 0 THEN NULL WHEN i % 41 = 0 THEN '[1, {"word": "a"}]' ELSE
    jsonb_build_object('word', ('{adam,sgd,lion,adamw}'::text[])[1 + i % 4], 'n', CASE i % 9 WHEN 0 THEN to_jsonb('n/a'::text) WHEN 1 THEN '[3, 4]' WHEN 2 THEN 'null' ELSE to_jsonb((i % 23 - 11) / 4.0) END,
      'loss', (i * 7919 % 10007) / 1000.0 - 2, 'big', (i % 3 + 1) * 10::numeric ^ 40, 'long', (repeat('1234567890', 12) || '.' || i % 4)::numeric,
      'flag', i % 5 = 0, 'tags', CASE i % 4 WHEN 0 THEN '["a", "b", "a", 3]' WHEN 1 THEN '[["c"], true]' WHEN 2 THEN '[]' ELSE '"a"' END::jsonb,
      'o', jsonb_build_object('x', i % 3), 'started', to_char(date '2024-01-01' + i, 'YYYY-MM-DD'), 'notes', repeat('long ', 30) || i % 2, 'const', 7)
    || CASE WHEN i % 7 = 0 THEN '{"word": null}' WHEN i % 11 = 0 THEN '{"word": {"x": 1}}' ELSE '{}' END::jsonb END
$$;
INSERT INTO run SELECT i, i % 3, sample(i) FROM generate_series(1, 1200) AS i;
CREATE FUNCTION compare_groups_of(rel regclass) RETURNS TABLE (by text[], measure text, compared text) LANGUAGE sql AS $$
  SELECT b, m, compare_groups(rel, b, m)
  FROM (SELECT string_to_array(u, ' ') AS b FROM unnest('{word,flag,tags,o.x word,word tags flag,n,notes,none,started,word n}'::text[]) AS u) AS k,
    unnest('{loss,n,big,long,const,none,NULL}'::text[]) AS m
$$;
SELECT * FROM compare_groups_of('run');
VACUUM (ANALYZE) run;
SELECT DISTINCT compared FROM compare_groups_of('run') WHERE compared !~ '^\d+ groups$';
-- dead and new rows, and some in the pending list
ALTER INDEX run_metadata SET (fastupdate = on);
DELETE FROM run WHERE run_id % 11 = 3;
UPDATE run SET metadata = sample(run_id + 1) WHERE run_id % 13 = 5;
INSERT INTO run SELECT i, i % 3, sample(i) FROM generate_series(2001, 2100) AS i;
SELECT DISTINCT compared FROM compare_groups_of('run') WHERE compared !~ '^\d+ groups$';
-- keys in several places: rows are read
UPDATE run SET metadata = metadata || '{"o.x": 1, "o": {"x": 2}}' WHERE run_id % 17 = 0 AND jsonb_typeof(metadata) = 'object';
SELECT compare_groups('run', '{o.x}', 'loss', oracle => false);
SELECT compare_groups('run', '{word}', 'o.x', oracle => false);
-- of a filter and a scope
SELECT f, s, compare_groups('run', '{word,flag}', 'loss', f, s, c) FROM unnest('{loss < 1,not (flag is true),n is empty,NULL}'::metadata_filter[]) AS f,
  (VALUES (NULL::jsonb, 'true'), ('{"project_id": 1}', 'project_id = 1'), ('{"project_id": [0, 2]}', 'project_id IN (0, 2)')) AS s (s, c);
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX run_project ON run USING gin (project_id, metadata metadata_ops);
SELECT compare_groups('run', '{word,flag}', 'loss', NULL, '{"project_id": [0, 2]}', 'project_id IN (0, 2)');
-- ranges
SELECT "group", runs FROM metadata_groups('run', '{loss:4}');
SELECT "group", runs, numbers, min, max FROM metadata_groups('run', '{loss:3,flag}', 'loss', 'flag is not empty', sort => 'max desc, runs asc');
SELECT compare_groups('run', '{loss:5,word}', 'n', 'loss > 0', oracle => false), compare_groups('run', '{started:7}', oracle => false), compare_groups('run', '{n:5}', 'loss', oracle => false);
SELECT u, compare_groups('run', ARRAY['started:' || u], 'loss', oracle => false), (SELECT min(g ->> 'started') || ' ... ' || max(g ->> 'started') FROM metadata_groups('run', ARRAY['started:' || u], "limit" => NULL) AS m (g))
FROM unnest('{year,quarter,month,week,day,hour,minute}'::text[]) AS u;
SELECT "group", runs FROM metadata_groups('run', '{n:2}', sort => 'runs asc', "limit" => 3);
-- of a scope, which is asked twice
SELECT "group", runs, (SELECT count(*) FROM run WHERE project_id = 1 AND metadata @~ 'flag is true' AND jsonb_typeof(metadata -> 'loss') = 'number') FROM metadata_groups('run', '{loss:2}', NULL, 'flag is true and loss > -1e9', '{"project_id": 1}');
SELECT compare_groups('run', '{loss:5,started:month}', 'n', NULL, '{"project_id": [0, 2]}', oracle => false);
SELECT "group", runs FROM metadata_groups('run', '{loss:2,flag,loss:1}', "limit" => 2);
-- keys that end like ranges, in quotes
CREATE TABLE odd (id int, metadata jsonb);
INSERT INTO odd VALUES (1, '{"a:10": 1, "a": 5, "\"q": 2}'), (2, '{"a:10": 2, "a": 6}');
SELECT k, (SELECT string_agg("group"::text, ' ') FROM metadata_groups('odd', ARRAY[k])) FROM unnest('{a,a:10,"\"a:10\"","\"a:10\":1",a:x,"\"\"q\""}'::text[]) AS k;
SELECT min, max, mean, stddev, min_run FROM metadata_groups('odd', '{none}', 'a');
-- sorts; equal ones in the order of their values, and those without one last
SELECT s, (SELECT string_agg(concat_ws('=', "group" ->> 'word', runs), ' ') FROM metadata_groups('run', '{word}', 'loss', 'flag is true', sort => s, "limit" => 3)) FROM unnest('{runs=desc,runs asc,mean desc,min asc,median desc,stddev=asc,numbers desc nulls first,max,NULL}'::text[]) AS s;
SELECT "group" FROM metadata_groups('run', '{word}', 'none', sort => 'mean desc');
SELECT "group" FROM metadata_groups('run', '{word}', 'const', sort => 'mean desc', "limit" => 2);
SELECT count(*) FROM metadata_groups('run', '{word}', "limit" => 0);
SELECT count(*) FROM metadata_groups('run', '{started}');
SELECT count(*) FROM metadata_groups('run', '{started}', "limit" => 5, max_groups => 7);
-- the run with the least number: of equal ones that with the least key; a key of several columns, or none
SELECT min_run, max_run FROM metadata_groups('run', '{flag}', 'const');
CREATE TABLE several (b text, a int, metadata jsonb, PRIMARY KEY (a, b));
INSERT INTO several SELECT 'x' || i, i % 2, '{"n": 1}' FROM generate_series(1, 6) AS i;
CREATE INDEX ON several USING gin (metadata metadata_ops);
SELECT min_run, max_run FROM metadata_groups('several', '{none}', 'n');
SET detmeta.enable_metadata_scan = off;
SELECT min_run, max_run FROM metadata_groups('several', '{none}', 'n');
RESET detmeta.enable_metadata_scan;
-- a table that inherits may have rows without the key; by DROP NOT NULL only before PostgreSQL 18, so the catalog is told
CREATE TABLE heir () INHERITS (several);
UPDATE pg_attribute SET attnotnull = false WHERE attrelid = 'heir'::regclass AND attname = 'a';
INSERT INTO heir VALUES ('x0', NULL, '{"n": 1}'), ('x0', NULL, '{"n": 0}');
SELECT numbers, min_run, max_run FROM metadata_groups('several', '{none}', 'n');
CREATE INDEX ON heir USING gin (metadata metadata_ops);
SELECT numbers, min_run, max_run FROM metadata_groups('several', '{none}', 'n');
DROP TABLE heir;
-- arrays at two keys: as many groups of one row as pairs of elements
CREATE TABLE pairs (metadata jsonb);
INSERT INTO pairs SELECT jsonb_build_object('a', jsonb_agg(i), 'b', jsonb_agg(i), 'd', jsonb_agg('2024-01-15'::date + i % 40)) FROM generate_series(1, 600) AS i;
SET statement_timeout = '10s';
SELECT count(*), sum(runs) FROM metadata_groups('pairs', '{a,b}', "limit" => NULL);
RESET statement_timeout;
SELECT count(*), sum(runs) FROM metadata_groups('pairs', '{a:7,d:month,b:3}', "limit" => NULL);
-- arrays of nothing but long strings, which are cut in the index: a row in two groups, and one in none
CREATE TABLE long (run_id int, metadata jsonb);
INSERT INTO long SELECT i, CASE WHEN i > 1 THEN '{}' ELSE jsonb_build_object('a', ARRAY[repeat('x', 100) || 1, repeat('x', 100) || 2]) END FROM generate_series(1, 3) AS i;
CREATE INDEX ON long USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT right("group" ->> 'a', 2), runs FROM metadata_groups('long', '{a}');
-- exact sums, of many digits and of both signs
CREATE TABLE exact (metadata jsonb);
INSERT INTO exact SELECT jsonb_build_object('n', n, 'g', 1) FROM unnest('{0.1,0.2,-0.3,1e20,-1e20,123456789012345678901234567890.5,-123456789012345678901234567890.5,99999999999999,0}'::numeric[]) AS n;
SELECT runs, numbers, min, max, mean, median, round(stddev, 10) FROM metadata_groups('exact', '{g}', 'n');
SELECT avg((metadata ->> 'n')::numeric), round(stddev((metadata ->> 'n')::numeric), 10) FROM exact;
CREATE INDEX ON exact USING gin (metadata metadata_ops);
SELECT runs, numbers, min, max, mean, median, round(stddev, 10) FROM metadata_groups('exact', '{g}', 'n');
INSERT INTO exact VALUES ('{"n": 1e100000, "g": 2}'), ('{"n": 3e100000, "g": 2}'), ('{"n": 1e-16000, "g": 3}'), ('{"n": 3e-16000, "g": 3}'), ('{"n": 4, "g": 4}');
SELECT "group", numbers, left(min::text, 3) AS min, length(trim_scale(mean)::text), stddev IS NULL AS no_stddev FROM metadata_groups('exact', '{g}', 'n');

-- a sum that numeric does not hold
CREATE TABLE too_large (metadata jsonb);
INSERT INTO too_large VALUES ('{"n": 9e131071}'), ('{"n": 8e131071}');
SELECT mean FROM metadata_groups('too_large', '{g}', 'n');
\echo :SQLSTATE

-- partitions, views, hidden rows
CREATE TABLE part (run_id int, project_id int, metadata jsonb, PRIMARY KEY (run_id)) PARTITION BY RANGE (run_id);
CREATE TABLE part_1 (metadata jsonb, run_id int NOT NULL, project_id int);
ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES FROM (0) TO (300);
CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (300) TO (600);
CREATE TABLE part_3 PARTITION OF part DEFAULT;
CREATE INDEX ON part_1 USING gin (metadata metadata_ops);
CREATE INDEX ON part_2 USING gin (metadata metadata_ops);
INSERT INTO part SELECT i, i % 3, sample(i) FROM generate_series(1, 900) AS i;
SELECT DISTINCT compared FROM compare_groups_of('part') WHERE compared !~ '^\d+ groups$';
SELECT compare_groups('part', '{word,loss:3}', 'n', 'loss > 0', oracle => false);
CREATE VIEW seen AS SELECT * FROM run WHERE run_id > 100;
SELECT "group", runs, numbers, min, min_run FROM metadata_groups('seen', '{flag}', 'n');
CREATE ROLE explore_groups_reader;
GRANT USAGE ON SCHEMA explore_groups TO explore_groups_reader;
GRANT SELECT (metadata) ON run TO explore_groups_reader;
SET ROLE explore_groups_reader;
-- the key may not be read: no runs are named
SELECT runs, min_run FROM metadata_groups('run', '{flag}', 'loss');
RESET ROLE;
GRANT SELECT ON run TO explore_groups_reader;
CREATE POLICY one ON run USING (project_id = 1);
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
SET ROLE explore_groups_reader;
SELECT "group", runs, min_run, max_run, (SELECT count(*) FROM run WHERE metadata @~ 'flag is true') FROM metadata_groups('run', '{flag}', 'loss', 'flag is true');
RESET ROLE;
ALTER TABLE run DISABLE ROW LEVEL SECURITY;

-- histograms
SELECT * FROM metadata_histogram('run', 'loss', 5);
SELECT "from", "to", runs FROM metadata_histogram('run', 'started', 3, 'flag is true', '{"project_id": 1}');
SELECT * FROM metadata_histogram('run', 'const');
SELECT * FROM metadata_histogram('run', 'word');
SELECT * FROM metadata_histogram('run', 'loss', NULL);
CREATE TABLE mixed (metadata jsonb);
INSERT INTO mixed SELECT jsonb_build_object('m', m) FROM unnest(ARRAY['1', '2', '"2024-01-15"', '"2024-03"', '"x"', '[7]']::jsonb[]) AS m;
SELECT * FROM metadata_histogram('mixed', 'm', 2);

-- errors
SELECT * FROM metadata_groups('run', '{}');
\echo :SQLSTATE
SELECT * FROM metadata_groups(999999999, '{word}', 'loss');
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', '{NULL}');
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', '{loss:0}');
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', '{loss:20000}');
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', ARRAY['"loss":10:10']);
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', ARRAY['"loss']);
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', '{loss}', sort => 'word desc');
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', '{loss}', sort => 'id desc, runs');
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', '{loss}', "limit" => -1);
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', '{loss}', col => 'gone');
\echo :SQLSTATE
SELECT * FROM metadata_histogram('run', 'loss', 0);
\echo :SQLSTATE
SELECT * FROM metadata_groups('run', NULL);
SELECT * FROM metadata_histogram('run', NULL);

DROP OWNED BY explore_groups_reader;
DROP ROLE explore_groups_reader;
DROP SCHEMA explore_groups CASCADE;
