-- Metadata Scan and Metadata Count in surroundings that break scans: compared with core's plans
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_hostile;
SET search_path = scan_hostile, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

-- temporary and unlogged tables, a column of a domain, a generated column, toasted documents
CREATE TEMP TABLE kept (LIKE run);
CREATE INDEX ON kept USING gin (metadata metadata_ops) WITH (fastupdate = on);
SELECT fill('kept', 300);
BEGIN;
CREATE TEMP TABLE passing (LIKE run) ON COMMIT DELETE ROWS;
CREATE INDEX ON passing USING gin (metadata metadata_ops);
SELECT fill('passing', 300);
SELECT compare('SELECT run_id FROM passing WHERE metadata @~ ''n = 7'' AND label IS NULL');
COMMIT;
CREATE UNLOGGED TABLE unlogged (LIKE run);
CREATE INDEX ON unlogged USING gin (metadata metadata_ops) WITH (fastupdate = on);
SELECT fill('unlogged', 300);
CREATE DOMAIN document AS jsonb CHECK (jsonb_typeof(VALUE) = 'object');
CREATE TABLE odd (run_id int NOT NULL, project int, label text, metadata document NOT NULL,
  part jsonb NOT NULL GENERATED ALWAYS AS (coalesce(metadata -> 'r', '{}')) STORED);
CREATE INDEX ON odd USING gin ((metadata::jsonb) metadata_ops);
CREATE INDEX ON odd USING gin (part metadata_ops);
INSERT INTO odd SELECT run_id, project, label, metadata || jsonb_build_object('blob', (SELECT string_agg(md5(i::text || run_id), '') FROM generate_series(1, 200) AS i)) FROM kept;
SELECT * FROM compare_all($$
SELECT run_id FROM kept WHERE metadata @~ 'status is not "done"' AND label IS NULL
SELECT count(*) FROM kept WHERE metadata @~ 'status is not "done"'
SELECT run_id FROM kept ORDER BY metadata_sort(metadata, 'loss') DESC, run_id
SELECT count(*) FROM passing WHERE metadata @~ 'n = 7'
SELECT run_id FROM unlogged WHERE NOT metadata @~ 'x is empty' AND label IS NULL
SELECT count(*) FROM unlogged WHERE metadata @~ 'x is empty'
SELECT run_id FROM odd WHERE metadata::jsonb @~ 'n = 7' AND label IS NULL
SELECT count(*) FROM odd WHERE part @~ 's > 10'
SELECT count(*) FROM odd WHERE metadata::jsonb @~ 'blob contains "a1"'
SELECT run_id, part FROM odd WHERE part @~ 's > 10' ORDER BY metadata_sort(part, 's'), run_id
$$);
-- emptied, filled and back again in one transaction
BEGIN;
TRUNCATE kept;
SELECT compare('SELECT count(*) FROM kept WHERE metadata @~ ''true''');
SELECT fill('kept', 50);
SELECT compare('SELECT run_id FROM kept WHERE metadata @~ ''n = 7'' ORDER BY metadata_sort(metadata, ''loss''), run_id');
ROLLBACK;
SELECT compare('SELECT count(*) FROM kept WHERE metadata @~ ''true''');

-- an index made in the same transaction, one over broken HOT chains, one that is not valid
BEGIN;
CREATE TABLE fresh (LIKE run) WITH (fillfactor = 50);
SELECT fill('fresh', 300);
UPDATE fresh SET metadata = document(run_id + 1) WHERE run_id % 2 = 0;
CREATE INDEX fresh_metadata ON fresh USING gin (metadata metadata_ops);
SELECT substring(compare('SELECT run_id FROM fresh WHERE metadata @~ ''n = 7'' AND label IS NULL'), ': (.*)');
SELECT substring(compare('SELECT count(*) FROM fresh WHERE metadata @~ ''n is not 7'''), ': (.*)');
SELECT substring(compare('SELECT run_id FROM fresh ORDER BY metadata_sort(metadata, ''n''), run_id'), ': (.*)');
COMMIT;
PREPARE of_fresh AS SELECT count(*) FROM fresh WHERE metadata @~ 'n is not 7';
EXECUTE of_fresh;
SELECT compare('SELECT count(*) FROM fresh WHERE metadata @~ ''n is not 7''');
BEGIN;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'fresh_metadata'::regclass;
SELECT compare('SELECT count(*) FROM fresh WHERE metadata @~ ''n is not 7''');
SELECT compare('SELECT run_id FROM fresh ORDER BY metadata_sort(metadata, ''n''), run_id');
EXECUTE of_fresh;
ROLLBACK;
-- plans outlive what is done to the index
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET plan_cache_mode = force_generic_plan;
PREPARE one_of (int) AS SELECT count(run_id) FROM (SELECT run_id FROM fresh WHERE metadata_is(metadata, 'n', $1) OFFSET 0) AS s;
SELECT scans('EXECUTE one_of (7)'), scans('EXECUTE of_fresh');
EXECUTE one_of (7);
REINDEX INDEX fresh_metadata;
EXECUTE one_of (7);
EXECUTE of_fresh;
REINDEX TABLE CONCURRENTLY fresh;
EXECUTE one_of (7);
EXECUTE of_fresh;
VACUUM FULL fresh;
EXECUTE one_of (7);
EXECUTE of_fresh;
BEGIN;
TRUNCATE fresh;
EXECUTE one_of (7);
EXECUTE of_fresh;
ROLLBACK;
ALTER TABLE fresh ADD more int DEFAULT 1, DROP label;
EXECUTE one_of (7);
EXECUTE of_fresh;
ALTER INDEX fresh_metadata SET (fastupdate = on);
INSERT INTO fresh SELECT 1000 + run_id, project, metadata FROM fresh;
EXECUTE one_of (7);
EXECUTE of_fresh;
ALTER TABLE fresh RENAME metadata TO notes;
EXECUTE one_of (7);
ALTER TABLE fresh RENAME notes TO metadata;
ALTER TABLE fresh ALTER metadata DROP NOT NULL;
UPDATE fresh SET metadata = NULL WHERE run_id % 100 = 7;
EXECUTE one_of (7);
EXECUTE of_fresh;
DROP INDEX fresh_metadata;
SELECT scans('EXECUTE one_of (7)'), scans('EXECUTE of_fresh');
EXECUTE one_of (7);
EXECUTE of_fresh;
DEALLOCATE ALL;
RESET plan_cache_mode;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- samples, inheritance, joins of all kinds
CREATE TABLE parent (LIKE run);
CREATE TABLE child (extra int) INHERITS (parent);
CREATE TABLE stranger (metadata jsonb NOT NULL, extra text, run_id int NOT NULL, project int NOT NULL, label text);
CREATE INDEX ON parent USING gin (metadata metadata_ops);
CREATE INDEX ON child USING gin (metadata metadata_ops) WITH (fastupdate = on);
ALTER TABLE stranger INHERIT parent;
CREATE INDEX ON stranger USING gin (metadata metadata_ops);
SELECT fill('parent', 200);
INSERT INTO child SELECT i, 1, NULL, document(i), i FROM generate_series(201, 300) AS i;
INSERT INTO stranger SELECT document(i), 'x', i, 1, NULL FROM generate_series(301, 400) AS i;
ANALYZE parent, child, stranger;
SELECT * FROM compare_all($$
SELECT tableoid::regclass, run_id FROM parent WHERE metadata @~ 'n = 7'
SELECT run_id FROM ONLY parent WHERE metadata @~ 'n = 7'
SELECT tableoid::regclass, * FROM parent WHERE NOT metadata @~ 'n = 7' AND project = 1
SELECT tableoid::regclass, run_id FROM parent WHERE metadata @~ 'n in (7, 8)' ORDER BY metadata_sort(metadata, 'loss') DESC, run_id
SELECT count(*) FROM parent WHERE metadata @~ 'n > 40'
SELECT run_id FROM run TABLESAMPLE bernoulli (100) WHERE metadata @~ 'n = 7'
SELECT run_id FROM run TABLESAMPLE system (100) REPEATABLE (1) WHERE metadata @~ 'n = 7'
SELECT run_id FROM run AS a JOIN run AS b USING (run_id, project) WHERE a.metadata @~ 'n = 7' AND b.metadata @~ 'x is not empty'
SELECT run_id FROM (SELECT run_id, project FROM run WHERE metadata @~ 'n < 9') AS a NATURAL JOIN (SELECT run_id, label FROM run WHERE metadata @~ 'n > 7') AS b
SELECT a.run_id, b.run_id FROM (SELECT * FROM run WHERE metadata @~ 'n = 7') AS a FULL JOIN (SELECT * FROM run WHERE metadata @~ 'n = 8') AS b ON a.run_id = b.run_id - 1
SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND run_id NOT IN (SELECT run_id FROM run WHERE metadata @~ 'x is empty')
SELECT run_id FROM run WHERE metadata @~ 'n = 7' INTERSECT SELECT run_id FROM run WHERE metadata @~ 'x is empty' EXCEPT SELECT run_id FROM run WHERE metadata @~ 'loss < 3'
SELECT DISTINCT ON (project) project, run_id FROM run WHERE metadata @~ 'n = 7' ORDER BY project, run_id
SELECT project, label, count(*) FROM run WHERE metadata @~ 'n < 7' GROUP BY GROUPING SETS ((project), (label), ())
SELECT run_id, rank() OVER (PARTITION BY project ORDER BY run_id) FROM run WHERE metadata @~ 'n = 7'
WITH RECURSIVE chain (run_id, n) AS (SELECT 7, 7 UNION ALL SELECT r.run_id, n + 1 FROM chain, LATERAL (SELECT run_id FROM run WHERE metadata @~ metadata_filter('n', 'is', chain.n + 1) ORDER BY run_id LIMIT 1) AS r WHERE n < 12) SELECT * FROM chain
SELECT k, f, r.run_id FROM (VALUES ('loss', 'n = 7'::metadata_filter), ('x', 'n in (8, 9)'), (NULL, 'n = 7'), ('loss', NULL), ('r.s', 'notes contains "long a1"')) AS v (k, f), LATERAL (SELECT run_id FROM run WHERE metadata @~ f ORDER BY metadata_sort(metadata, k), run_id LIMIT 4) AS r ORDER BY k, f, r.run_id
SELECT i, (SELECT array_agg(run_id) FROM (SELECT run_id FROM run WHERE metadata @~ metadata_filter('n', '>', i) AND project = i % 4 ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT i) AS s) FROM generate_series(1, 12) AS i ORDER BY i
SELECT run_id FROM run WHERE metadata @~ ANY (ARRAY['n = 7', 'n = 8']::metadata_filter[])
SELECT run_id FROM run WHERE (metadata @~ 'n = 7') IS NOT TRUE AND run_id < 100
SELECT count(*) FROM run WHERE (metadata @~ 'n = 7') = (metadata @~ 'status is "done"')
SELECT run_id FROM run WHERE CASE WHEN project = 1 THEN metadata @~ 'n = 9' ELSE metadata @~ 'n = 8' END
$$);
SET enable_partitionwise_aggregate = on;
SET enable_partitionwise_join = on;
CREATE TABLE part (LIKE run) PARTITION BY LIST (project);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE part2 PARTITION OF part FOR VALUES IN (0, 2);
CREATE TABLE part_default PARTITION OF part DEFAULT;
CREATE INDEX ON part1 USING gin (metadata metadata_ops);
CREATE INDEX ON part2 USING gin (metadata metadata_ops) WHERE project = 2;
SELECT fill('part', 600);
SELECT * FROM compare_all($$
SELECT count(*) FROM part WHERE metadata @~ 'n < 20'
SELECT count(*) FROM part WHERE metadata @~ 'n < 20' AND project = 1
SELECT count(*) FROM part WHERE metadata @~ 'n < 20' AND project = 2
SELECT project, count(*) FROM part WHERE metadata @~ 'n < 20' GROUP BY project
SELECT a.run_id FROM part AS a JOIN part AS b ON a.project = b.project AND a.run_id = b.run_id WHERE a.metadata @~ 'n < 20' AND b.metadata @~ 'x is empty'
SELECT run_id FROM part WHERE metadata @~ 'n < 20' ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 30
$$);
RESET enable_partitionwise_aggregate;
RESET enable_partitionwise_join;

-- parallel plans: above, beside and below the nodes, and functions in workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET min_parallel_index_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE TABLE wide AS SELECT i AS run_id, document(i) AS metadata, repeat('x', 500) AS filler FROM generate_series(1, 3000) AS i;
ANALYZE wide;
CREATE FUNCTION counted(int) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN (SELECT count(*) FROM run WHERE metadata @~ metadata_filter('n', 'is', $1));
END $$;
SELECT * FROM compare_all($$
SELECT count(*) FROM wide AS w JOIN run AS r USING (run_id) WHERE r.metadata @~ 'n = 7' AND w.metadata @~ 'n = 7'
SELECT w.run_id FROM wide AS w WHERE run_id IN (SELECT run_id FROM run WHERE metadata @~ 'n = 7') AND run_id < 500
SELECT sum(length(filler)) FROM wide WHERE run_id < (SELECT count(*) FROM run WHERE metadata @~ 'n > 7')
SELECT count(*), sum(run_id) FROM wide WHERE metadata_is(metadata, 'n', 7) OR metadata_contains(metadata, 'notes', 'a1')
SELECT sum(counted(run_id % 20)) FROM wide WHERE run_id % 50 = 7
SELECT run_id FROM (SELECT run_id, metadata FROM run WHERE metadata @~ 'n = 7' UNION ALL SELECT run_id, metadata FROM wide) AS u WHERE metadata @~ 'x is true'
SELECT run_id FROM run WHERE metadata @~ 'n = 7' ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 5
$$);
CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
  RETURN plan;
END $$;
SELECT p ~ 'Gather' AND p ~ 'Metadata Scan' AS "both are there"
FROM plan_of('SELECT count(*) FROM wide AS w JOIN run AS r USING (run_id) WHERE r.metadata @~ ''n = 7''') AS p;
SET detmeta.enable_metadata_scan = off;
SELECT unnest((SELECT array_agg(k ORDER BY k.key, k.type) FROM unnest(metadata_key_counts(metadata)) AS k WHERE k.key IN ('n', 'x'))) FROM wide;
SET detmeta.enable_metadata_scan = on;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET min_parallel_index_scan_size;
RESET max_parallel_workers_per_gather;

-- procedures: loops that change what they read, snapshots of functions, dynamic statements
SET enable_seqscan = off;
SET enable_bitmapscan = off;
CREATE FUNCTION stable_count(text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT count(*) FROM run WHERE metadata @~ $1::metadata_filter); END $$;
CREATE FUNCTION volatile_count(text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN (SELECT count(*) FROM run WHERE metadata @~ $1::metadata_filter); END $$;
BEGIN;
CREATE FUNCTION loop_over(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  r record;
  seen int := 0;
BEGIN
  FOR r IN EXECUTE query LOOP
    seen := seen + 1;
    -- into what the loop still has to read, by a new row, a moved one and one in place
    INSERT INTO run VALUES (r.run_id + 100000, 1, NULL, '{"n": 7, "loss": 1000000}');
    UPDATE run SET metadata = metadata || '{"loss": -1000000}' WHERE run_id = r.run_id;
    BEGIN
      DELETE FROM run WHERE metadata @~ 'n = 7';
      RAISE division_by_zero;
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
  END LOOP;
  RETURN format('%s rows, then %s', seen, (SELECT count(*) FROM run WHERE metadata @~ 'n = 7'));
END $$;
SELECT scans('SELECT run_id FROM run WHERE metadata @~ ''n = 7'' AND run_id < 1000');
SELECT loop_over('SELECT run_id FROM run WHERE metadata @~ ''n = 7'' AND run_id < 1000');
SELECT loop_over('SELECT run_id FROM run WHERE metadata @~ ''n = 7'' ORDER BY metadata_sort(metadata, ''loss'')');
ROLLBACK;
-- stable functions see what the statement does, volatile ones what it has done so far
BEGIN;
SELECT stable_count('n = 8'), volatile_count('n = 8');
CREATE TABLE noted (run_id int, stable bigint, volatile bigint);
WITH changed AS (UPDATE run SET metadata = '{"n": 8}' WHERE metadata @~ 'n = 7' AND run_id < 500
  RETURNING run_id, stable_count('n = 8') AS stable, volatile_count('n = 8') AS volatile)
SELECT * FROM changed ORDER BY run_id;
SELECT stable_count('n = 8'), volatile_count('n = 8');
ROLLBACK;
CREATE FUNCTION echo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.project < 100 THEN
    INSERT INTO run VALUES (NEW.run_id + 1000000, 100 + (SELECT count(*) FROM run WHERE metadata @~ 'n = 9'), NULL, NEW.metadata);
  END IF;
  RETURN NEW;
END $$;
BEGIN;
CREATE TRIGGER echo BEFORE INSERT OR UPDATE ON run FOR EACH ROW EXECUTE FUNCTION echo();
SELECT scans('UPDATE run SET metadata = metadata || ''{"n": 9}'' WHERE metadata @~ ''n = 8 and x is true''');
UPDATE run SET metadata = metadata || '{"n": 9}' WHERE metadata @~ 'n = 8' AND run_id < 800 RETURNING run_id;
SELECT run_id, project FROM run WHERE project >= 100 ORDER BY run_id;
ROLLBACK;

-- statements that write what they read: each row once, and no new ones
BEGIN;
INSERT INTO run SELECT run_id + 100000, project, label, metadata FROM run WHERE metadata @~ 'n = 7' ORDER BY metadata_sort(metadata, 'loss');
SELECT count(*), count(DISTINCT run_id) FROM run WHERE metadata @~ 'n = 7';
ALTER TABLE run ADD PRIMARY KEY (run_id);
INSERT INTO run SELECT run_id + 2400, project, 'first', metadata FROM run WHERE metadata @~ 'n = 8 and x is true' ON CONFLICT DO NOTHING;
INSERT INTO run AS r SELECT run_id, project, NULL, metadata FROM run WHERE metadata @~ 'n in (8, 9)' AND run_id < 10000
  ON CONFLICT (run_id) DO UPDATE SET label = 'again', metadata = r.metadata || '{"n": 10}' WHERE r.metadata @~ 'n = 9';
SELECT label, metadata -> 'n', count(*) FROM run WHERE metadata @~ 'n in (8, 9, 10)' AND label IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2;
MERGE INTO run AS r USING (SELECT * FROM run WHERE metadata @~ 'n = 11' OFFSET 0) AS s ON r.run_id = s.run_id + 50000
  WHEN NOT MATCHED THEN INSERT VALUES (s.run_id + 50000, s.project, 'merged', s.metadata);
MERGE INTO run AS r USING (SELECT run_id, metadata FROM run WHERE metadata @~ 'n = 11 and x is not empty' OFFSET 0) AS s ON r.run_id = s.run_id AND r.metadata @~ 'n = 11'
  WHEN MATCHED AND r.label = 'merged' THEN DELETE
  WHEN MATCHED THEN UPDATE SET label = 'matched', metadata = r.metadata || '{"n": 12}';
SELECT label, metadata -> 'n', count(*) FROM run WHERE metadata @~ 'n in (11, 12)' AND label IN ('merged', 'matched') GROUP BY 1, 2 ORDER BY 1, 2;
UPDATE run AS r SET metadata = jsonb_set(metadata, '{n}', to_jsonb((metadata ->> 'n')::int + 1)) WHERE metadata @~ 'n >= 90';
SELECT count(*) FILTER (WHERE metadata @~ 'n = 90'), count(*) FILTER (WHERE metadata @~ 'n = 100'), count(*) FILTER (WHERE metadata @~ 'n > 100') FROM run;
DELETE FROM run AS r USING run AS s WHERE r.metadata @~ 'n = 13' AND s.metadata @~ 'n = 14' AND s.run_id = r.run_id + 1;
SELECT compare('SELECT run_id FROM run WHERE metadata @~ ''n in (8, 9, 10, 11, 12, 13)'' AND label IS NULL');
SELECT compare('SELECT count(*) FROM run WHERE metadata @~ ''n in (8, 9, 10, 11, 12, 13)''');
ROLLBACK;
COPY (SELECT count(*) FROM run WHERE metadata @~ 'n = 7') TO STDOUT;
CREATE MATERIALIZED VIEW seen AS SELECT run_id, metadata FROM run WHERE metadata @~ 'n = 7';
UPDATE run SET metadata = metadata || '{"n": 7}' WHERE run_id = 8;
REFRESH MATERIALIZED VIEW seen;
SELECT count(*) FROM seen;

-- a policy: only its own conditions choose rows, so what is counted does not depend on the user's
CREATE ROLE scan_hostile_reader;
GRANT USAGE ON SCHEMA scan_hostile TO scan_hostile_reader;
GRANT SELECT ON run TO scan_hostile_reader;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
CREATE POLICY failed ON run TO scan_hostile_reader USING (metadata @~ 'status is "failed"');
VACUUM ANALYZE run;
CREATE FUNCTION counters(filter text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(name || ' ' || value, ', ' ORDER BY name COLLATE "C")
  FROM explained(format('SELECT run_id FROM run WHERE metadata @~ %L', filter), 'ANALYZE, TIMING OFF')
  WHERE name IN ('Custom Plan Provider', 'Index Cond', 'Postings Read', 'Heap Fetches', 'Rows Rechecked')
$$;
SET ROLE scan_hostile_reader;
-- rows that are there for everybody, only behind the policy, only before it, nowhere
SELECT DISTINCT counters(f) FROM unnest(ARRAY['n < 50', 'status is "done"', 'status is "failed"', 'status is "nowhere"', 'notes contains "long a1"', 'not true']) AS f;
SELECT f, count(*) FROM unnest(ARRAY['n = 7', 'n = 9', 'status is "done"']::metadata_filter[]) AS f, LATERAL (SELECT 1 FROM run WHERE metadata @~ f) AS r GROUP BY f ORDER BY f::text;
-- nor do estimates
SELECT count(DISTINCT plan) FROM (SELECT (SELECT value FROM explained(format('SELECT run_id FROM run WHERE metadata @~ %L', f), 'COSTS ON') WHERE name = 'Plan Rows') AS plan
  FROM unnest(ARRAY['n < 50', 'n = 7', 'status is "done"', 'status is "nowhere"']) AS f) AS s;
RESET ROLE;
-- columns that may not be read, in the condition and in the order
REVOKE SELECT ON run FROM scan_hostile_reader;
GRANT SELECT (run_id, project) ON run TO scan_hostile_reader;
ALTER TABLE run DISABLE ROW LEVEL SECURITY;
CREATE VIEW projects AS SELECT run_id, project, metadata -> 'n' AS n FROM run WHERE metadata @~ 'n in (7, 9)' AND run_id < 300;
GRANT SELECT ON projects TO scan_hostile_reader;
SET ROLE scan_hostile_reader;
SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'n') LIMIT 1;
SELECT count(*) FILTER (WHERE metadata @~ 'n = 7') FROM run;
SELECT run_id FROM run WHERE metadata_is(metadata, 'n', 7);
SELECT * FROM projects ORDER BY run_id;
SELECT count(*) FROM projects;
RESET ROLE;

-- cursors: backward through an order, across changes, savepoints and the end of the transaction
BEGIN;
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT run_id FROM run WHERE metadata @~ 'n in (7, 8)' AND run_id < 500 ORDER BY metadata_sort(metadata, 'notes') DESC, run_id;
FETCH 3 FROM c;
SAVEPOINT s;
UPDATE run SET metadata = metadata || '{"n": 1, "notes": "zzz"}' WHERE metadata @~ 'n in (7, 8)';
FETCH 2 FROM c;
ROLLBACK TO s;
DELETE FROM run WHERE metadata @~ 'n in (7, 8)' AND run_id < 500;
FETCH BACKWARD 4 FROM c;
COMMIT;
VACUUM run;
FETCH ABSOLUTE 2 FROM c;
FETCH ALL FROM c;
CLOSE c;
\set ECHO none
DROP OWNED BY scan_hostile_reader;
DROP ROLE scan_hostile_reader;
DROP SCHEMA scan_hostile CASCADE;
