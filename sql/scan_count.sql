-- Metadata Count: counts from the index alone, compared with core's plans
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_count;
SET search_path = scan_count, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

-- what is counted
SELECT * FROM compare_all($$
SELECT count(*) FROM run
SELECT count(*) FROM run WHERE metadata @~ 'status is "done"'
SELECT count(*) FROM run WHERE metadata_is(metadata, 'status', 'done')
SELECT count(*) FROM run WHERE metadata @~ 'status is not "done"'
SELECT count(*) FROM run WHERE metadata !@~ 'status is "done"'
SELECT count(*) FROM run WHERE NOT metadata @~ 'loss > 10'
SELECT count(*) FROM run WHERE metadata @~ 'loss is empty'
SELECT count(*) FROM run WHERE metadata_is_empty(metadata, 'loss')
SELECT count(*) FROM run WHERE NOT metadata_is_empty(metadata, 'loss')
SELECT count(*) FROM run WHERE metadata @~ 'loss < 3.5' AND metadata @~ 'tags contains "t1"'
SELECT count(*) FROM run WHERE metadata @~ 'loss < 3.5' OR metadata @~ 'x is empty' OR metadata_is(metadata, 'n', 7)
SELECT count(*) FROM run WHERE metadata @~ 'loss < 3.5' AND (metadata @~ 'x is empty' OR NOT metadata @~ 'n < 20')
SELECT count(*) FROM run WHERE metadata @~ 'not (loss < 3.5 and not (x is true or n in (1, 2, 3)))'
SELECT count(*) FROM run WHERE NOT (metadata @~ 'loss < 3.5' AND metadata @~ 'n > 20')
SELECT count(*) FROM run WHERE metadata @~ 'x is true' OR metadata @~ 'x is {"y": 1}' OR metadata @~ 'x is [1, "a"]' OR metadata @~ 'x is null'
SELECT count(*) FROM run WHERE metadata @~ 'tags is ["t1", "t4"]'
SELECT count(*) FROM run WHERE metadata @~ 'tags is not ["t1", "t4"]'
SELECT count(*) FROM run WHERE metadata @~ 'when is date "2024-01-15"'
SELECT count(*) FROM run WHERE metadata @~ 'when starts with "2024-01-15T"'
SELECT count(*) FROM run WHERE metadata @~ 'r.s = 5'
SELECT count(*) FROM run WHERE metadata @~ 'r.s is not empty'
SELECT count(*) FROM run WHERE metadata @~ 'true'
SELECT count(*) FROM run WHERE metadata @~ 'not true'
SELECT count(*) FROM run WHERE metadata @~ 'unknown is 1'
SELECT count(*) FROM run WHERE metadata @~ 'unknown is empty'
SELECT count(*) FROM run WHERE metadata @~ NULL
$$);

-- conditions that depend on cut strings, numbers and keys
SELECT compare(format('SELECT count(*) FROM run WHERE metadata @~ %L', f))
FROM (VALUES ('notes contains "long a1"'), ('notes is not "x"'), ('notes icontains "LONG B"'), ('notes does not contain "a1"'),
  ('notes > "' || repeat('long ', 25) || 'b"'), ('not (notes starts with "' || repeat('long ', 25) || 'a1")'),
  ('digits = ' || repeat('1234567890', 30) || '.3'), ('digits > ' || repeat('1234567890', 30) || '.11'),
  ('not (digits < ' || repeat('1234567890', 30) || '.11) and loss is not empty or notes contains "a2"'),
  (repeat('k', 140) || '1 = 4'), (repeat('k', 140) || '0 is empty and ' || repeat('k', 140) || '1 is not 4'),
  (repeat('k', 139) || ' is empty')) AS filters (f);

-- targets
SELECT * FROM compare_all($$
SELECT count(run_id) FROM run WHERE metadata @~ 'n = 7'
SELECT count(metadata) FROM run
SELECT count(label) FROM run WHERE metadata @~ 'n = 7'
SELECT count(DISTINCT run_id) FROM run WHERE metadata @~ 'n = 7'
SELECT count(*) + 1, 'a', count(run_id) * 2, NULL FROM run WHERE metadata @~ 'n = 7'
SELECT count(*), max(run_id) FROM run WHERE metadata @~ 'n = 7'
SELECT count(*) FROM run WHERE metadata @~ 'n = 7' HAVING count(*) > 3
SELECT count(*) FROM run WHERE metadata @~ 'n = 7' GROUP BY project
SELECT count(*) FROM run WHERE metadata @~ 'n = 7' LIMIT 0
SELECT count(*) OVER (), count(*) FROM run WHERE metadata @~ 'n = 7'
SELECT DISTINCT count(*) FROM run WHERE metadata @~ 'n = 7' ORDER BY 1
SELECT count(*), generate_series(1, 3) FROM run WHERE metadata @~ 'n = 7'
SELECT count(*) FROM run WHERE metadata @~ 'n = 7' AND project = 3
SELECT count(*) FROM run WHERE metadata @~ 'n = 7' AND random() >= 0
SELECT count(*) FROM run WHERE metadata @~ 'n = 7' AND now() > '2000-01-01'
SELECT count(*) FROM run WHERE metadata @~ metadata_filter('n', 'is', (random() * 0)::int)
SELECT count(*) FROM run TABLESAMPLE system (100) WHERE metadata @~ 'n = 7'
SELECT count(*) FROM run AS a JOIN run AS b USING (run_id) WHERE a.metadata @~ 'n = 7'
SELECT count(*) FROM run AS a WHERE metadata @~ 'n = 7' AND EXISTS (SELECT 1 FROM run AS b WHERE b.run_id = a.run_id + 1)
SELECT count(*) FROM run WHERE metadata @~ 'n = 7' AND false
SELECT count(*) FROM (SELECT * FROM run OFFSET 0) AS s WHERE metadata @~ 'n = 7'
SELECT count(*) FROM (SELECT metadata FROM run WHERE metadata @~ 'n < 7') AS s WHERE metadata @~ 'n > 5'
SELECT count(run_id) FROM (SELECT run_id FROM run WHERE metadata @~ 'n = 7' OFFSET 0) AS s
WITH w AS MATERIALIZED (SELECT run_id FROM run WHERE metadata @~ 'n = 7') SELECT count(run_id) FROM w
SELECT count(x) FROM (VALUES (1), (NULL)) AS v (x)
SELECT count(f) FROM generate_series(1, 3) AS f
SELECT (SELECT count(*) FROM run WHERE metadata @~ 'n = 7') - (SELECT count(*) FROM run WHERE metadata @~ 'n = 8')
$$);
-- a system column, of which 19 knows that it is never NULL
SELECT regexp_replace(compare('SELECT count(ctid) FROM run WHERE metadata @~ ''n = 7'''), '^Metadata (Count|Scan)', 'Metadata');

-- side by side
SELECT * FROM compare_all($$
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n < 10'), count(*) FILTER (WHERE metadata @~ 'status is "done"') FROM run
SELECT count(*) FILTER (WHERE metadata @~ 'n < 10'), count(*) FILTER (WHERE NOT metadata @~ 'n < 10') FROM run WHERE metadata @~ 'status is not "done"'
SELECT count(*) FILTER (WHERE metadata @~ 'n < 10' AND metadata_is_empty(metadata, 'x')), count(run_id) FILTER (WHERE metadata @~ 'notes contains "long a1"') FROM run
SELECT count(*) FILTER (WHERE metadata @~ 'n < 10') + count(*) FILTER (WHERE metadata @~ 'n < 10') FROM run WHERE metadata @~ 'x is not empty'
SELECT count(*) FILTER (WHERE true), count(*) FILTER (WHERE false) FROM run WHERE metadata @~ 'n = 7'
SELECT count(*), count(*) FILTER (WHERE project = 1) FROM run WHERE metadata @~ 'n = 7'
$$);

-- a column that can be NULL: without conditions, its rows are not all in the index
CREATE TABLE nullable (run_id int NOT NULL, project int, label text, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX ON nullable USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('nullable', 500);
UPDATE nullable SET metadata = NULL WHERE run_id % 10 = 5;
VACUUM ANALYZE nullable;
UPDATE nullable SET metadata = NULL WHERE run_id % 10 = 6;
SELECT * FROM compare_all($$
SELECT count(*) FROM nullable
SELECT count(metadata) FROM nullable WHERE metadata @~ 'n > 50'
SELECT count(*) FROM nullable WHERE metadata @~ 'n > 50'
SELECT count(*) FROM nullable WHERE NOT metadata @~ 'n > 50'
SELECT count(*) FROM nullable WHERE metadata @~ 'loss is empty'
SELECT count(*) FROM nullable WHERE metadata_is_empty(metadata, 'loss')
SELECT count(*) FROM nullable WHERE NOT metadata_is_empty(metadata, 'loss')
SELECT count(*) FROM nullable WHERE metadata_matches(metadata, 'n > 50')
SELECT count(*) FROM nullable WHERE metadata_matches(metadata, 'not (n > 50)')
SELECT count(*) FROM nullable WHERE metadata_matches(metadata, 'n > 50') OR metadata @~ 'x is empty'
SELECT count(*) FROM nullable WHERE metadata IS NULL
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n > 50') FROM nullable
SELECT count(*) FILTER (WHERE metadata @~ 'n > 50') FROM nullable WHERE metadata @~ 'true'
$$);

-- the pending list; the table is not vacuumed, so its rows stay in it
CREATE TABLE pending (LIKE run) WITH (autovacuum_enabled = off);
CREATE INDEX ON pending USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('pending', 300);
VACUUM pending;
ALTER INDEX pending_metadata_idx SET (fastupdate = on);
INSERT INTO pending SELECT i, 1, NULL, document(i) FROM generate_series(1001, 1200) AS i;
SELECT change('pending');
SELECT * FROM compare_all($$
SELECT count(*) FROM pending
SELECT count(*) FROM pending WHERE metadata @~ 'status is not "done"'
SELECT count(*) FROM pending WHERE metadata @~ 'loss > 3.5 and notes contains "long a1"'
SELECT count(*) FROM pending WHERE metadata @~ 'tags contains "t1"' OR NOT metadata @~ 'x is empty'
$$);
-- by whatever plan
SELECT substring(compare('SELECT count(*), count(*) FILTER (WHERE metadata @~ ''n < 10'') FROM pending WHERE metadata @~ ''when < date "2024-01-16"'''), ': (.*)');

-- no rows at all
CREATE TABLE nothing (LIKE run);
CREATE INDEX ON nothing USING gin (metadata metadata_ops);
SELECT * FROM compare_all($$
SELECT count(*) FROM nothing
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n is empty') FROM nothing WHERE NOT metadata @~ 'n is 1'
$$);

-- partitions: of another layout, nested, default, pruned
CREATE TABLE part (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL) PARTITION BY LIST (project);
CREATE TABLE part0 PARTITION OF part FOR VALUES IN (0);
CREATE TABLE part1 (gone int, metadata jsonb NOT NULL, label text, project int NOT NULL, run_id int NOT NULL);
ALTER TABLE part1 DROP gone;
ALTER TABLE part ATTACH PARTITION part1 FOR VALUES IN (1);
CREATE TABLE part2 PARTITION OF part FOR VALUES IN (2) PARTITION BY RANGE (run_id);
CREATE TABLE part2_low PARTITION OF part2 FOR VALUES FROM (MINVALUE) TO (200);
CREATE TABLE part2_default PARTITION OF part2 DEFAULT;
CREATE TABLE part_default PARTITION OF part DEFAULT;
CREATE INDEX ON part USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('part', 600, 6);
VACUUM ANALYZE part;
SELECT change('part');
SELECT * FROM compare_all($$
SELECT count(*) FROM part
SELECT count(*) FROM part WHERE metadata @~ 'status is not "done"'
SELECT count(run_id), count(*) FILTER (WHERE metadata @~ 'n < 10'), count(*) FILTER (WHERE metadata @~ 'loss is empty') FROM part WHERE metadata @~ 'notes contains "a1"'
SELECT count(*) FROM part2 WHERE metadata @~ 'status is not "done"'
SELECT count(*) FROM part1 WHERE metadata @~ 'status is not "done"'
SELECT count(*) FROM part WHERE metadata @~ 'status is not "done"' AND project = 2
SELECT count(*) FROM part WHERE metadata @~ 'status is not "done"' AND project = 2 AND run_id = 100
SELECT count(*) FROM ONLY part WHERE metadata @~ 'status is not "done"'
SELECT count(*) FROM part WHERE metadata @~ 'n = 7' AND project IS NULL
$$);
-- one that has no such index
DROP INDEX part_metadata_idx;
CREATE INDEX ON part0 USING gin (metadata metadata_ops);
SELECT compare('SELECT count(*) FROM part WHERE metadata @~ ''n = 7''');

-- inheritance
CREATE TABLE parent (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL);
CREATE TABLE child (extra int) INHERITS (parent);
CREATE INDEX ON parent USING gin (metadata metadata_ops);
CREATE INDEX ON child USING gin (metadata metadata_ops);
SELECT fill('parent', 100);
INSERT INTO child SELECT i, 1, NULL, document(i), i FROM generate_series(101, 150) AS i;
SELECT * FROM compare_all($$
SELECT count(*) FROM parent WHERE metadata @~ 'n > 40'
SELECT count(*) FROM ONLY parent WHERE metadata @~ 'n > 40'
SELECT count(*) FROM child WHERE metadata @~ 'n > 40'
$$);

-- partial and expression indexes
CREATE TABLE special (LIKE run);
CREATE INDEX ON special USING gin (metadata metadata_ops) WHERE metadata @~ 'status is "done"';
SELECT fill('special', 400);
ANALYZE special;
SELECT * FROM compare_all($$
SELECT count(*) FROM special
SELECT count(*) FROM special WHERE metadata @~ 'n > 40'
SELECT count(*) FROM special WHERE metadata @~ 'status is "done"'
SELECT count(*) FROM special WHERE metadata @~ 'n > 40' AND metadata @~ 'status is "done"'
SELECT count(*) FROM special WHERE NOT metadata @~ 'n > 40' AND metadata @~ 'status is "done"'
SELECT count(*) FILTER (WHERE metadata @~ 'status is "done"') FROM special
$$);
DROP INDEX special_metadata_idx;
CREATE INDEX special_r ON special USING gin ((metadata -> 'r') metadata_ops);
SELECT * FROM compare_all($$
SELECT count(*) FROM special WHERE metadata -> 'r' @~ 's > 10'
SELECT count(*) FROM special WHERE NOT metadata -> 'r' @~ 's > 10'
SELECT count(*) FROM special WHERE metadata @~ 'r.s > 10'
$$);
-- parameters: a correlated query counts again for each row
SELECT * FROM compare_all($$
SELECT i, (SELECT count(*) FROM run WHERE metadata @~ metadata_filter('n', 'is', i)) FROM generate_series(1, 40) AS i
SELECT k, c FROM unnest(ARRAY['n', 'loss', 'x', NULL, 'r.s']) AS k, LATERAL (SELECT count(*) AS c FROM run WHERE metadata_gt(metadata, k, 10)) AS s
SELECT i, (SELECT count(*) FILTER (WHERE metadata @~ metadata_filter('n', '<', i)) FROM run WHERE metadata @~ metadata_filter('n', '>', i - 5)) FROM generate_series(1, 10) AS i
SELECT count(*) FROM run WHERE metadata @~ (SELECT metadata_filter('n', 'is', 7) WHERE now() > '2000-01-01')
SELECT i, (SELECT count(*) FROM part WHERE metadata @~ metadata_filter('n', 'is', i)) FROM generate_series(1, 5) AS i
$$);

-- generic plans
SET plan_cache_mode = force_generic_plan;
PREPARE counted (text, text) AS SELECT count(*) FROM run WHERE metadata_is(metadata, $1, $2);
SELECT scans('EXECUTE counted (''n'', ''7'')');
EXECUTE counted ('n', '7');
EXECUTE counted ('status', 'done');
EXECUTE counted ('status', NULL);
EXECUTE counted (NULL, 'done');
PREPARE filtered (metadata_filter, metadata_filter) AS SELECT count(*) FILTER (WHERE metadata @~ $1) FROM run WHERE metadata @~ $2;
EXECUTE filtered ('n < 20', 'status is "done"');
EXECUTE filtered (NULL, 'status is "done"');
EXECUTE filtered ('n < 20', NULL);
-- the index is dropped behind the plan
SET enable_seqscan = off;
SET enable_bitmapscan = off;
CREATE INDEX special_metadata ON special USING gin (metadata metadata_ops);
DROP INDEX special_r;
PREPARE before (int) AS SELECT count(*) FROM special WHERE metadata_is(metadata, 'n', $1);
SELECT scans('EXECUTE before (7)');
EXECUTE before (7);
DROP INDEX special_metadata;
SELECT scans('EXECUTE before (7)');
EXECUTE before (7);
RESET plan_cache_mode;
RESET enable_seqscan;
RESET enable_bitmapscan;
CREATE FUNCTION count_of(filter metadata_filter) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM run WHERE metadata @~ filter);
END $$;
SELECT f, count_of(f) FROM unnest('{n = 7,n = 8,n = 7,NULL,n = 9,n = 10,n < 5}'::metadata_filter[]) AS f;

-- a small work_mem: the table is counted in slices
SET work_mem = '64kB';
SELECT pg_relation_size('run') / 8192 > 256 AS "has slices";
SELECT * FROM compare_all($$
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n < 10'), count(*) FILTER (WHERE metadata @~ 'status is not "done"') FROM run
SELECT count(*) FROM run WHERE metadata @~ 'not (loss < 3.5 and not (x is true or n in (1, 2, 3))) and notes contains "a1"'
$$);
RESET work_mem;

-- who may see what
CREATE ROLE scan_count_reader;
GRANT USAGE ON SCHEMA scan_count TO scan_count_reader;
SET ROLE scan_count_reader;
SELECT count(*) FROM run WHERE metadata @~ 'n = 7';
RESET ROLE;
GRANT SELECT (run_id) ON run TO scan_count_reader;
SET ROLE scan_count_reader;
SELECT count(*) FROM run WHERE metadata @~ 'n = 7';
SELECT count(run_id) FROM run;
RESET ROLE;
GRANT SELECT ON run TO scan_count_reader;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON run TO scan_count_reader USING (project = 1);
SET ROLE scan_count_reader;
SELECT * FROM compare_all($$
SELECT count(*) FROM run
SELECT count(*) FROM run WHERE metadata @~ 'n = 9'
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n = 9') FROM run
$$);
RESET ROLE;
ALTER POLICY own ON run USING (metadata @~ 'status is "failed"');
SET ROLE scan_count_reader;
SELECT * FROM compare_all($$
SELECT count(*) FROM run
SELECT count(*) FROM run WHERE metadata @~ 'n = 9'
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n = 9') FROM run
$$);
RESET ROLE;
ALTER TABLE run DISABLE ROW LEVEL SECURITY;
CREATE VIEW barrier WITH (security_barrier) AS SELECT * FROM run WHERE project = 1;
SELECT compare('SELECT count(*) FROM barrier WHERE metadata @~ ''n = 9''');

-- SERIALIZABLE transactions are left to core
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT scans('SELECT count(*) FROM run WHERE metadata @~ ''n = 7''');
COMMIT;
SET detmeta.enable_metadata_scan = off;
SELECT scans('SELECT count(*) FROM run WHERE metadata @~ ''n = 7''');
SET detmeta.enable_metadata_scan = on;

-- a transaction sees what it did itself, a cursor what was there before
BEGIN;
DECLARE c CURSOR FOR SELECT count(*) FROM run WHERE metadata @~ 'n = 7';
UPDATE run SET metadata = '{"n": 7}' WHERE metadata @~ 'n = 8';
SELECT compare('SELECT count(*) FROM run WHERE metadata @~ ''n = 7''');
SAVEPOINT s;
DELETE FROM run WHERE metadata @~ 'n = 7' AND run_id % 2 = 0;
SELECT compare('SELECT count(*) FROM run WHERE metadata @~ ''n = 7''');
ROLLBACK TO s;
SELECT compare('SELECT count(*) FROM run WHERE metadata @~ ''n = 7''');
WITH d AS (DELETE FROM run WHERE metadata @~ 'n = 7' RETURNING run_id)
SELECT (SELECT count(*) FROM d), (SELECT count(*) FROM run WHERE metadata @~ 'n = 7');
FETCH c;
ROLLBACK;
-- what a cursor is going to count may not be taken from under it
CREATE TABLE held (LIKE run);
CREATE INDEX held_index ON held USING gin (metadata metadata_ops);
SELECT fill('held', 100);
VACUUM held;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT count(*) FROM held WHERE metadata @~ 'n > 7';
SAVEPOINT s;
TRUNCATE held;
ROLLBACK TO s;
DROP INDEX held_index;
ROLLBACK TO s;
FETCH c;
FETCH c;
FETCH BACKWARD c;
FETCH FIRST c;
COMMIT;

-- a materialized view without data cannot be read
CREATE MATERIALIZED VIEW unread AS SELECT * FROM run WITH NO DATA;
CREATE INDEX ON unread USING gin (metadata metadata_ops);
SELECT count(*) FROM unread WHERE metadata @~ 'n = 7';
\echo :SQLSTATE
REFRESH MATERIALIZED VIEW unread;
SELECT compare('SELECT count(*) FROM unread WHERE metadata @~ ''n = 7''');

-- of entries with many rows, only what is around a few others is read; some rows are proven visible and some are not
CREATE TABLE crowd AS SELECT jsonb_build_object('few', i % 400, 'half', i % 2, 'most', CASE WHEN i % 7 > 0 THEN 'yes' ELSE 'no' END, 'i', i,
  'part', i / 10000) AS metadata
FROM generate_series(1, 40000) AS i;
ALTER TABLE crowd ALTER metadata SET NOT NULL;
CREATE INDEX ON crowd USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM crowd;
DELETE FROM crowd WHERE (metadata->>'i')::int % 90 = 0;
UPDATE crowd SET metadata = metadata || '{"half": 5}' WHERE (metadata->>'i')::int % 110 = 0;
SELECT * FROM compare_all($$
SELECT count(*) FROM crowd WHERE metadata @~ 'few = 30 and half = 0'
SELECT count(*) FROM crowd WHERE metadata @~ 'most is "yes" and half = 5 and few in (10, 30, 110)'
SELECT count(*) FROM crowd WHERE metadata @~ 'half is not 0 and few = 30'
SELECT count(*) FROM crowd WHERE metadata @~ 'few = 31 and not (most is "yes" or half = 5)'
SELECT count(*) FROM crowd WHERE metadata @~ 'few < 40 and most is "no"' AND metadata @~ 'half is 1'
SELECT count(*) FROM crowd WHERE metadata @~ 'half = 0' AND (metadata @~ 'few = 30' OR metadata @~ 'few = 33 or most is "no"')
SELECT count(*) FROM crowd WHERE metadata @~ 'half = 1'
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'half = 0'), count(*) FILTER (WHERE metadata @~ 'not most is "yes"') FROM crowd WHERE metadata @~ 'few >= 30'
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'half = 0 and few = 30') FROM crowd
SELECT count(*) FROM crowd WHERE metadata @~ 'part = 1 and part = 2'
SELECT count(*) FROM crowd WHERE metadata @~ 'not part = 0 and not part = 2'
SELECT count(*) FROM crowd WHERE NOT metadata @~ 'part = 0' AND NOT metadata @~ 'part = 2'
SELECT count(*) FROM crowd WHERE metadata @~ 'most is "no" and not part = 0 and not (part = 1 or part = 2)'
SELECT count(*) FROM crowd WHERE NOT metadata @~ 'part = 0' AND metadata @~ 'most is "no" and not part = 2'
$$);

-- to look through all strings of a key is dearer for core than it knows: a count does it, and fetches nothing
CREATE TABLE strings (run_id int PRIMARY KEY, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO strings SELECT i, jsonb_build_object('notes', md5(i::text) || md5((i + 1)::text)) FROM generate_series(1, 30000) AS i;
CREATE INDEX ON strings USING detmeta (metadata);
VACUUM ANALYZE strings;
EXPLAIN (COSTS OFF) SELECT count(*) FROM strings WHERE metadata @~ 'notes contains "c4ca4238a"';
SELECT compare('SELECT count(*) FROM strings WHERE metadata @~ ''notes contains "c4ca4238a"''');

-- EXPLAIN
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n < 10') FROM run WHERE metadata_is_not(metadata, 'status', 'done');
EXPLAIN (COSTS OFF) SELECT count(*) FROM pending;
SELECT * FROM explained('SELECT count(*) FROM run WHERE metadata @~ ''n = 7'' OR metadata @~ ''x is empty''');
SELECT * FROM explained('SELECT count(*), count(*) FILTER (WHERE metadata @~ ''n < 10'') FROM run');
VACUUM nullable;
SELECT * FROM explained('SELECT count(*) FROM nullable WHERE metadata @~ ''n = 7''', 'ANALYZE, TIMING OFF');
UPDATE nullable SET label = 'hot' WHERE metadata @~ 'n = 7';
SELECT * FROM explained('SELECT count(*) FROM nullable WHERE metadata @~ ''n = 7 or notes contains "long a1"''', 'ANALYZE, TIMING OFF');
\set ECHO none
DROP OWNED BY scan_count_reader;
DROP ROLE scan_count_reader;
DROP SCHEMA scan_count CASCADE;
