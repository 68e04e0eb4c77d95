-- Tables that inherit from others without being partitions: what is declared of the parent need not hold for them
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA inheritance;
SET search_path = inheritance, public;
\set ECHO none
\i :tree/test/regress/outcome.sql
\set ECHO all
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '
SET client_min_messages = warning;
SET jit = off;

CREATE TABLE parent (run_id int, metadata jsonb);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
-- NOT NULL of the parent alone: 18 has a spelling of its own for that
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'ALTER TABLE parent ADD CONSTRAINT given NOT NULL metadata NO INHERIT';
  ELSE
    ALTER TABLE ONLY parent ALTER metadata SET NOT NULL;
  END IF;
END $$;
INSERT INTO parent VALUES (1, '{"a": 1}'), (2, '{}');
INSERT INTO child VALUES (11, '{"a": 1}'), (12, '{}'), (13, NULL);
INSERT INTO grandchild VALUES (21, '{"a": 2}'), (23, NULL);
-- beside it for the planner's other ways: partitions, which are as their parent is, and a parent without children
CREATE TABLE parted (run_id int, metadata jsonb NOT NULL) PARTITION BY RANGE (run_id);
CREATE TABLE part PARTITION OF parted DEFAULT;
INSERT INTO parted SELECT * FROM parent WHERE metadata IS NOT NULL;
CREATE TABLE lonely (run_id int, metadata jsonb NOT NULL);

CREATE VIEW seen AS SELECT run_id, metadata FROM parent WHERE run_id > 0;
CREATE FUNCTION runs(condition text, name text DEFAULT 'parent') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text;
BEGIN
  EXECUTE format('SELECT string_agg(run_id::text, '' '' ORDER BY run_id) FROM %s WHERE %s', name, condition) INTO result;
  RETURN result;
END $$;
CREATE TABLE question (n int GENERATED ALWAYS AS IDENTITY, condition text);
INSERT INTO question (condition) VALUES ('metadata_is_empty(metadata, ''a'')'), ('NOT metadata_is_empty(metadata, ''a'')'),
  ('metadata_matches(metadata, ''a is empty'')'), ('NOT metadata_matches(metadata, ''a > 1'')'),
  ('metadata_matches(metadata, ''true'')'), ('metadata_is_empty(metadata, ''a'') IS NOT TRUE');

CREATE FUNCTION ask(what text) RETURNS TABLE (condition text, parent text, only_parent text, child text, seen text, parted text) LANGUAGE sql AS $$
  SELECT condition, runs(condition), runs(condition, 'ONLY parent'), runs(condition, 'child'), runs(condition, 'seen'), runs(condition, 'parted')
  FROM question ORDER BY n
$$;
SELECT * FROM ask('without an index');
-- the operator where that is right: a parent alone, partitions, and a table without children
CREATE FUNCTION condition_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
  RETURN (SELECT string_agg(CASE WHEN filter #>> '{}' ~ '@~' THEN 'operator' ELSE 'function' END, ' ') FROM jsonb_path_query(plan::jsonb, 'strict $.**.Filter') AS filter);
END $$;
SELECT name, condition_of(format('SELECT FROM %s WHERE metadata_is_empty(metadata, ''a'')', name))
FROM unnest('{parent,ONLY parent,child,parted,lonely}'::text[]) AS name;

CREATE INDEX ON parent USING gin (metadata metadata_ops);
CREATE INDEX ON child USING gin (metadata metadata_ops);
CREATE INDEX ON grandchild USING gin (metadata metadata_ops);
CREATE INDEX ON parted USING gin (metadata metadata_ops);
SET enable_seqscan = off;
SELECT * FROM ask('scans');
SET enable_bitmapscan = off;
SELECT * FROM ask('Metadata Scan');
SET detmeta.enable_metadata_scan = off;
SET enable_bitmapscan = on;
SELECT * FROM ask('bitmap scans');
RESET detmeta.enable_metadata_scan;
RESET enable_seqscan;

-- counts, orders, changes, joins
SELECT count(metadata), count(*), count(*) FILTER (WHERE metadata_is_empty(metadata, 'a')) FROM parent;
SELECT count(metadata), count(*), count(*) FILTER (WHERE metadata_is_empty(metadata, 'a')) FROM ONLY parent;
SELECT count(metadata), count(*), count(*) FILTER (WHERE metadata_is_empty(metadata, 'a')) FROM child;
SELECT run_id FROM parent ORDER BY metadata_sort(metadata, 'a') DESC NULLS LAST, run_id;
SELECT run_id, metadata_is_empty(metadata, 'a') FROM parent ORDER BY run_id;
SELECT p.run_id, c.run_id FROM parent AS p LEFT JOIN child AS c ON c.run_id = p.run_id + 10 AND metadata_is_empty(c.metadata, 'a') WHERE p.run_id < 10 ORDER BY 1;
SELECT p.run_id, c.run_id FROM parent AS p LEFT JOIN lonely AS c ON c.run_id = p.run_id WHERE metadata_is_empty(c.metadata, 'a') ORDER BY 1;
SELECT count(*) FROM parent AS p WHERE NOT EXISTS (SELECT FROM child AS c WHERE c.run_id = p.run_id AND NOT metadata_is_empty(c.metadata, 'a'));
BEGIN;
UPDATE parent SET run_id = run_id + 100 WHERE metadata_is_empty(metadata, 'a') RETURNING run_id, metadata_is_empty(metadata, 'a');
DELETE FROM parent WHERE metadata_matches(metadata, 'a is empty') RETURNING run_id;
ROLLBACK;
SET detmeta.runs_table = 'inheritance.parent';
SELECT run_id, total FROM search_run_metadata("limit" => 3);
SELECT run_id, total FROM search_run_metadata('a is empty', "limit" => 3);
RESET detmeta.runs_table;
SELECT runs, empty_runs FROM metadata_summary('parent', 'a');

-- a child that comes later is a new plan
PREPARE empty_runs AS SELECT run_id FROM lonely WHERE metadata_is_empty(metadata, 'a');
EXECUTE empty_runs;
CREATE TABLE late (LIKE lonely);
ALTER TABLE late INHERIT lonely;
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'ALTER TABLE late NO INHERIT lonely; ALTER TABLE late ALTER metadata DROP NOT NULL;
      ALTER TABLE lonely ALTER metadata DROP NOT NULL; ALTER TABLE late INHERIT lonely; ALTER TABLE lonely ADD CONSTRAINT given NOT NULL metadata NO INHERIT';
  ELSE
    ALTER TABLE late ALTER metadata DROP NOT NULL;
  END IF;
END $$;
INSERT INTO late VALUES (31, NULL);
EXECUTE empty_runs;

-- a constraint with our functions, on a column that other tables of the query do not have
CREATE TABLE narrow (run_id int NOT NULL);
INSERT INTO narrow VALUES (41);
CREATE TABLE checked (a int, b int, c int, d int, metadata jsonb CHECK (metadata_is_empty(metadata, 'secret')), run_id int);
INSERT INTO checked VALUES (1, 2, 3, 4, NULL, 41), (1, 2, 3, 4, '{}', 41);
INSERT INTO checked VALUES (1, 2, 3, 4, '{"secret": 1}', 41);
SET constraint_exclusion = on;
SELECT n.run_id, metadata FROM narrow AS n JOIN checked AS c USING (run_id) WHERE metadata_is_empty(metadata, 'secret') ORDER BY metadata;
RESET constraint_exclusion;
\set ECHO none
DROP SCHEMA inheritance CASCADE;
