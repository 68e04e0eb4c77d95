-- Metadata Scan in the order of the table: rows and plans, compared with core's plans
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_filter;
SET search_path = scan_filter, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

SELECT * FROM compare_all($$
SELECT run_id FROM run WHERE metadata @~ 'status is "done"'
SELECT * FROM run WHERE metadata_is_not(metadata, 'status', 'done')
SELECT run_id, metadata FROM run WHERE NOT metadata @~ 'loss > 10'
SELECT run_id FROM run WHERE metadata @~ 'loss < 3.5' AND metadata @~ 'tags contains "t1"' AND project = 2
SELECT run_id FROM run WHERE (metadata @~ 'loss < 3.5' OR metadata @~ 'x is empty') AND label = 'hot'
SELECT run_id FROM run WHERE (metadata @~ 'loss < 3.5' OR label = 'hot') AND metadata @~ 'n > 10'
SELECT run_id FROM run WHERE (metadata @~ 'loss < 3.5' OR label = 'hot')
SELECT run_id FROM run WHERE metadata @~ 'notes contains "long a1" and digits > 5' AND run_id % 2 = 0
SELECT ctid, tableoid::regclass, xmin = xmax, cmin, run_id FROM run WHERE metadata @~ 'n = 7'
SELECT run FROM run WHERE metadata @~ 'n = 7'
SELECT 1 FROM run WHERE metadata @~ 'n = 7'
SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND label IS NULL LIMIT 5
SELECT a.run_id, b.run_id FROM run AS a JOIN run AS b ON a.run_id = b.run_id + 1 WHERE a.metadata @~ 'n = 7' AND b.metadata @~ 'n = 6'
SELECT a.run_id, b.run_id FROM run AS a LEFT JOIN run AS b ON a.run_id = b.run_id - 1 AND b.metadata @~ 'x is true' WHERE a.metadata @~ 'n = 7'
SELECT run_id FROM run AS a WHERE metadata @~ 'n = 7' AND NOT EXISTS (SELECT 1 FROM run AS b WHERE b.run_id = a.run_id + 1 AND b.metadata @~ 'x is empty')
SELECT run_id FROM run WHERE metadata @~ 'n = 7' UNION ALL SELECT run_id FROM run WHERE metadata @~ 'n = 8'
SELECT run_id FROM (SELECT * FROM run UNION ALL SELECT * FROM run) AS u WHERE metadata @~ 'n = 7'
SELECT project, count(*) FROM run WHERE metadata @~ 'n < 7' GROUP BY project
WITH w AS MATERIALIZED (SELECT run_id FROM run WHERE metadata @~ 'n = 7') SELECT * FROM w AS a JOIN w AS b USING (run_id)
SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND metadata @~ metadata_filter('x', 'is empty')
SELECT run_id FROM run WHERE metadata @~ metadata_filter('x', 'is', 5 IN (SELECT i FROM generate_series(1, 9) AS i OFFSET 0))
SELECT a.run_id, s.x, s.run_id FROM run AS a LEFT JOIN LATERAL (SELECT coalesce(a.run_id, 5) AS x, b.run_id FROM run AS b WHERE b.metadata @~ 'n = 7') AS s ON true WHERE a.run_id < 3
$$);

-- other columns of the index
CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA scan_filter;
CREATE TABLE scoped (LIKE run) WITH (autovacuum_enabled = off);
CREATE INDEX ON scoped USING gin (project, label, metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('scoped', 600);
UPDATE scoped SET label = 'l' || run_id % 3 WHERE run_id % 2 = 0;
VACUUM ANALYZE scoped;
SELECT change('scoped');
SELECT * FROM compare_all($$
SELECT count(*) FROM scoped WHERE project = 3 AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project IN (1, 3, 17) AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project = ANY ('{1,NULL,3}') AND NOT metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project = ALL ('{3}') AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project = ALL ('{1,3}') AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project <> ALL ('{1,3}') AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE (project = 1 OR metadata @~ 'x is true') AND (label = 'l2' OR metadata @~ 'n < 20')
SELECT count(*) FROM scoped WHERE label = 'l1' AND metadata_is_empty(metadata, 'x')
SELECT count(*) FROM scoped WHERE project = 3
SELECT count(*), count(*) FILTER (WHERE project = 2), count(*) FILTER (WHERE label = 'hot' AND metadata @~ 'n < 20') FROM scoped
SELECT run_id FROM scoped WHERE project = 3 AND metadata @~ 'n < 20' AND run_id > 50
SELECT count(*) FROM scoped WHERE project > 1 AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE label IS NULL AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project = 4294967299 AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project = 3::bigint AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project = ANY ('{1,4294967299,3}'::bigint[]) AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE label = 'l1' COLLATE "C" AND metadata @~ 'n < 20'
SELECT p, (SELECT count(*) FROM scoped WHERE project = p AND metadata @~ 'n < 20') FROM unnest(ARRAY[0, 1, NULL, 2, 3, 9]) AS p
SELECT p, (SELECT count(*) FROM scoped WHERE project = ANY (p) AND metadata @~ 'n < 20') FROM (VALUES ('{1,2}'::int[]), (NULL), ('{}'), ('{3,3,3}')) AS v (p)
$$);
-- expressions, which only their place in the index tells apart
DROP INDEX scoped_project_label_metadata_idx;
CREATE INDEX ON scoped USING gin ((project + 10), project, (run_id % 5), metadata metadata_ops);
SELECT * FROM compare_all($$
SELECT count(*) FROM scoped WHERE project = 3 AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project + 10 = 13 AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE run_id % 5 = 3 AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE run_id % 5 IN (1, 3) AND project = 2
SELECT i, run_id FROM generate_series(1, 3) AS i, LATERAL (SELECT * FROM scoped OFFSET 0) AS o WHERE o.run_id = i AND EXISTS (SELECT 1 FROM scoped AS s WHERE s.run_id % 5 = o.project AND s.project + 10 = i + 10 AND s.run_id > i OFFSET 0)
SELECT i, run_id FROM generate_series(1, 3) AS i JOIN scoped ON run_id > i WHERE run_id % 5 = 3 AND project = 2 AND label IS NOT NULL
$$);
DROP INDEX scoped_expr_project_expr1_metadata_idx;
-- a pending list
CREATE INDEX ON scoped USING gin (project, metadata metadata_ops) WITH (fastupdate = on);
INSERT INTO scoped SELECT i, i % 4, NULL, document(i) FROM generate_series(1001, 1200) AS i;
SELECT * FROM compare_all($$
SELECT count(*) FROM scoped WHERE project = 3 AND metadata @~ 'n < 20'
SELECT count(*) FROM scoped WHERE project = 3 OR metadata @~ 'n < 20'
SELECT run_id FROM scoped WHERE project = 3 AND NOT metadata @~ 'n < 20'
$$);

-- two indexes: each serves its own column
CREATE TABLE two (run_id int, small jsonb, metadata jsonb NOT NULL);
CREATE INDEX ON two USING gin (small metadata_ops);
CREATE INDEX ON two USING gin (metadata metadata_ops);
CREATE INDEX ON two USING gin ((metadata -> 'r') metadata_ops) WHERE run_id > 100;
INSERT INTO two SELECT i, CASE WHEN i % 3 > 0 THEN jsonb_build_object('n', i % 4) END, document(i) FROM generate_series(1, 300) AS i;
SELECT substring(compare(q), ': (.*)') AS result, q FROM regexp_split_to_table($$SELECT count(*) FROM two WHERE metadata @~ 'n = 7'
SELECT count(*) FROM two WHERE small @~ 'n = 3'
SELECT count(*) FROM two WHERE NOT small @~ 'n = 3' AND metadata @~ 'n < 50'
SELECT count(*) FROM two WHERE NOT small @~ 'n = 3' OR metadata @~ 'n < 50'
SELECT count(*) FROM two WHERE metadata -> 'r' @~ 's > 10'
SELECT count(*) FROM two WHERE metadata -> 'r' @~ 's > 10' AND run_id > 200$$, '\n') AS q;

-- rescans with other values
SELECT * FROM compare_all($$
SELECT i, run_id FROM generate_series(1, 30) AS i, LATERAL (SELECT run_id FROM run WHERE metadata @~ metadata_filter('n', 'is', i) OFFSET 0) AS s
SELECT i, (SELECT min(run_id) FROM run WHERE metadata @~ metadata_filter('n', 'is', i) AND run_id > i * 10) FROM generate_series(1, 30) AS i
SELECT i, run_id FROM generate_series(1, 30) AS i LEFT JOIN LATERAL (SELECT run_id FROM run WHERE metadata @~ metadata_filter('n', 'is', nullif(i, 20)) OFFSET 22) AS s ON true
SELECT v, EXISTS (SELECT 1 FROM run WHERE metadata_is(metadata, 'x', v)) FROM unnest('{true,false,text,2024-01-15,9,11,nothing,NULL}'::text[]) AS v
SELECT r.run_id FROM run AS r WHERE metadata @~ 'n = 7' AND EXISTS (SELECT 1 FROM run WHERE metadata @~ metadata_filter('n', 'is', r.run_id / 100) OFFSET 0)
$$);

-- generic plans
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
PREPARE rows_of (text, int) AS SELECT count(run_id), min(run_id) FROM run WHERE metadata_lt(metadata, $1, $2);
SELECT scans('EXECUTE rows_of (''n'', 5)');
EXECUTE rows_of ('n', 5);
EXECUTE rows_of ('loss', 5);
EXECUTE rows_of ('loss', NULL);
EXECUTE rows_of (NULL, 5);
DEALLOCATE rows_of;
CREATE TABLE dropped (LIKE run);
CREATE INDEX dropped_index ON dropped USING gin (metadata metadata_ops);
SELECT fill('dropped', 100);
PREPARE rows_of (int) AS SELECT max(run_id) FROM dropped WHERE metadata_lt(metadata, 'n', $1);
SELECT scans('EXECUTE rows_of (5)');
EXECUTE rows_of (5);
DROP INDEX dropped_index;
SELECT scans('EXECUTE rows_of (5)');
EXECUTE rows_of (5);
RESET plan_cache_mode;

-- cursors
SELECT scans('SELECT run_id FROM run WHERE metadata @~ ''n = 7'' AND run_id < 700');
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND run_id < 700;
FETCH 3 FROM c;
FETCH BACKWARD 2 FROM c;
UPDATE run SET metadata = '{}' WHERE run_id IN (107, 207, 307, 407);
FETCH ABSOLUTE 1 FROM c;
FETCH LAST FROM c;
MOVE BACKWARD ALL IN c;
FETCH 10 FROM c;
FETCH 10 FROM c;
FETCH PRIOR FROM c;
ROLLBACK;
BEGIN;
DECLARE c NO SCROLL CURSOR FOR SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND run_id < 700;
FETCH c;
SAVEPOINT s;
FETCH c;
ROLLBACK TO s;
FETCH c;
FETCH BACKWARD c;
ROLLBACK;
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND run_id < 700;
FETCH 2 FROM c;
DELETE FROM run WHERE run_id = 307;
COMMIT;
FETCH ALL FROM c;
CLOSE c;
BEGIN;
DECLARE c CURSOR FOR SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND run_id < 700;
FETCH 2 FROM c;
UPDATE run SET label = 'current' WHERE CURRENT OF c RETURNING run_id, label;
DELETE FROM run WHERE CURRENT OF c;
FETCH c;
DELETE FROM run WHERE CURRENT OF c RETURNING run_id;
DROP INDEX run_metadata;
ROLLBACK;

-- changes through the scan
SELECT * FROM compare_all($$
SELECT run_id FROM run WHERE metadata @~ 'n = 7' FOR UPDATE
SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND run_id % 2 = 1 FOR SHARE SKIP LOCKED
SELECT a.run_id FROM run AS a JOIN run AS b USING (run_id) WHERE a.metadata @~ 'n = 7' FOR UPDATE OF b
$$);
BEGIN;
SELECT scans('UPDATE run SET label = ''u'' WHERE metadata @~ ''n = 7''');
-- a new version still satisfies the condition, but is not updated again
UPDATE run SET metadata = metadata || '{"more": 1}', label = coalesce(label, '') || '+' WHERE metadata @~ 'n is not 9' AND metadata @~ 'status is "done"';
SELECT label, count(*) FROM run WHERE metadata @~ 'more = 1' GROUP BY label ORDER BY label;
UPDATE run AS a SET label = b.run_id FROM run AS b WHERE a.metadata @~ 'n = 7' AND b.metadata @~ 'n = 8' AND b.run_id = a.run_id + 1;
SELECT count(*) FROM run WHERE metadata @~ 'n = 7' AND label = (run_id + 1)::text;
SELECT scans('DELETE FROM run WHERE metadata @~ ''n = 8''');
DELETE FROM run WHERE metadata @~ 'n = 8' AND run_id < 500 RETURNING run_id;
SELECT compare('SELECT run_id FROM run WHERE metadata @~ ''n in (7, 8, 9)''');
INSERT INTO run SELECT run_id + 10000, project, label, metadata FROM run WHERE metadata @~ 'n = 9';
SELECT compare('SELECT run_id FROM run WHERE metadata @~ ''n in (7, 8, 9)''');
MERGE INTO run USING (VALUES (9, 'merged'), (109, 'merged')) AS v (id, label) ON run_id = id AND metadata @~ 'n = 9'
  WHEN MATCHED THEN UPDATE SET label = v.label;
SELECT run_id FROM run WHERE metadata @~ 'n = 9' AND label = 'merged';
ROLLBACK;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- NULL metadata
CREATE TABLE nullable (run_id int NOT NULL, project int, label text, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX ON nullable USING gin (metadata metadata_ops);
SELECT fill('nullable', 300);
UPDATE nullable SET metadata = NULL WHERE run_id % 10 = 5;
INSERT INTO nullable SELECT i, 1, NULL, j FROM unnest('{"1","\"text\"","[]","[{\"n\": 7}]","null","{}"}'::jsonb[]) WITH ORDINALITY AS u (j, i);
SELECT * FROM compare_all($$
SELECT run_id FROM nullable WHERE metadata @~ 'n = 7'
SELECT run_id FROM nullable WHERE NOT metadata @~ 'n = 7' AND project = 1
SELECT run_id FROM nullable WHERE metadata_is_empty(metadata, 'n')
SELECT run_id FROM nullable WHERE metadata_matches(metadata, 'n = 7') AND project > 0
SELECT run_id FROM nullable WHERE metadata_matches(metadata, 'n = 7') IS NOT TRUE
$$);

-- partitions
CREATE TABLE part (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL) PARTITION BY LIST (project);
CREATE TABLE part0 PARTITION OF part FOR VALUES IN (0);
CREATE TABLE part1 (gone int, metadata jsonb NOT NULL, label text, project int NOT NULL, run_id int NOT NULL);
ALTER TABLE part1 DROP gone;
ALTER TABLE part ATTACH PARTITION part1 FOR VALUES IN (1);
CREATE TABLE part_default PARTITION OF part DEFAULT PARTITION BY LIST (project);
CREATE TABLE part2 PARTITION OF part_default FOR VALUES IN (2);
CREATE TABLE part_others PARTITION OF part_default DEFAULT;
CREATE INDEX ON part USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('part', 600, 6);
SELECT * FROM compare_all($$
SELECT * FROM part WHERE metadata @~ 'n = 7'
SELECT tableoid::regclass, run_id FROM part WHERE metadata @~ 'status is not "done"' AND project IN (1, 2)
SELECT run_id FROM part WHERE metadata @~ 'status is not "done"' AND project = 5 AND run_id > 300
SELECT run_id FROM part_default WHERE NOT metadata @~ 'status is "done"'
$$);
BEGIN;
UPDATE part SET project = 1 WHERE metadata @~ 'n = 8';
SELECT compare('SELECT tableoid::regclass, run_id FROM part WHERE metadata @~ ''n = 8''');
ROLLBACK;

-- a small work_mem
SET work_mem = '64kB';
SELECT * FROM compare_all($$
SELECT run_id FROM run WHERE metadata @~ 'status is not "done" and not (x is empty)' AND label IS NULL
SELECT run_id FROM run WHERE NOT metadata @~ 'notes contains "long a1" or digits < 5'
$$);
-- blocks are read ahead, in slices too
SET effective_io_concurrency = 8;
SELECT * FROM compare_all($$
SELECT run_id FROM run WHERE metadata @~ 'n = 7'
SELECT run_id FROM run WHERE metadata @~ 'status is not "done"' AND label IS NULL LIMIT 1000
$$);
SET effective_io_concurrency = 0;
SELECT compare('SELECT run_id FROM run WHERE metadata @~ ''n = 7''');
RESET effective_io_concurrency;
RESET work_mem;

-- who may see what
CREATE ROLE scan_filter_reader;
GRANT USAGE ON SCHEMA scan_filter TO scan_filter_reader;
GRANT SELECT (run_id, label) ON run TO scan_filter_reader;
-- tells each row that it is asked about
CREATE FUNCTION told(int) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN
  RAISE WARNING 'told of %', $1;
  RETURN true;
END $$;
SET ROLE scan_filter_reader;
SELECT run_id FROM run WHERE metadata @~ 'n = 7';
RESET ROLE;
GRANT SELECT ON run TO scan_filter_reader;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON run TO scan_filter_reader USING (project = 1);
SET ROLE scan_filter_reader;
SELECT * FROM compare_all($$
SELECT run_id FROM run WHERE metadata @~ 'n = 9'
SELECT run_id FROM run WHERE project = 2 AND metadata @~ 'n = 10'
$$);
RESET ROLE;
ALTER POLICY own ON run USING (metadata @~ 'status is "failed"');
SET ROLE scan_filter_reader;
SELECT compare('SELECT run_id FROM run WHERE metadata @~ ''n = 9''');
SET enable_seqscan = off;
SELECT run_id FROM run WHERE metadata @~ 'n in (9, 10)' AND run_id < 20 AND told(run_id);
RESET enable_seqscan;
RESET ROLE;
ALTER TABLE run DISABLE ROW LEVEL SECURITY;
CREATE VIEW barrier WITH (security_barrier) AS SELECT * FROM run WHERE metadata @~ 'status is "failed"' AND project = 1;
SELECT compare('SELECT run_id FROM barrier WHERE metadata @~ ''n = 9''');
SELECT run_id FROM barrier WHERE run_id < 20 AND told(run_id);

-- SERIALIZABLE is left to core; a plan made before still works there
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
PREPARE earlier (int) AS SELECT max(run_id), count(*) FROM run WHERE metadata_is(metadata, 'n', $1);
SELECT scans('EXECUTE earlier (7)');
EXECUTE earlier (7);
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT scans('SELECT run_id FROM run WHERE metadata @~ ''n = 7''');
EXECUTE earlier (7);
SELECT DISTINCT relation::regclass, locktype FROM pg_locks WHERE relation IN ('run'::regclass, 'run_metadata'::regclass) AND mode = 'SIReadLock' ORDER BY 2;
COMMIT;
SET detmeta.enable_metadata_scan = off;
SELECT scans('SELECT run_id FROM run WHERE metadata @~ ''n = 7''');
SET detmeta.enable_metadata_scan = on;

-- EXPLAIN
SET enable_bitmapscan = off;
SET enable_memoize = off;
EXPLAIN (COSTS OFF) SELECT * FROM run WHERE metadata_is_not(metadata, 'status', 'done') AND project = 1;
EXPLAIN (COSTS OFF, VERBOSE) SELECT run_id FROM run WHERE metadata @~ 'n = 7' OR NOT metadata @~ 'x is empty';
EXPLAIN (COSTS OFF) SELECT 1 FROM run AS a, LATERAL (SELECT 1 FROM run WHERE metadata @~ metadata_filter('n', 'is', a.project) OFFSET 0) AS s WHERE a.metadata @~ 'n = 7';
SELECT * FROM explained('SELECT run_id FROM scoped WHERE metadata @~ ''n = 7'' AND project IN (1, 2)');
SELECT * FROM explained('SELECT run_id FROM part2 WHERE metadata @~ ''notes contains "long a1"'' AND project < 3', 'ANALYZE, TIMING OFF');
\set ECHO none
DROP OWNED BY scan_filter_reader;
DROP ROLE scan_filter_reader;
DROP SCHEMA scan_filter CASCADE;
