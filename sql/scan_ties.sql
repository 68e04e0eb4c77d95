-- Metadata Scan in the order of several keys, and of a column behind them: rows that are equal in the first key
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_ties;
SET search_path = scan_ties, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

CREATE UNIQUE INDEX run_id_key ON run (run_id);
ALTER TABLE run ADD started int;
UPDATE run SET started = run_id % 37 WHERE run_id % 3 > 0;
CREATE INDEX run_started ON run (started DESC);
CREATE INDEX run_label ON run (label);

-- Every query in which a few rows are wanted, many, and all; from a table, and of a filter's rows; in every way that ties
-- can be brought in order, which depends on how many rows are wanted.
CREATE FUNCTION pages(name text, orders text[]) RETURNS TABLE (ordering text, result text) LANGUAGE plpgsql AS $$
DECLARE
  query text;
BEGIN
  FOREACH ordering IN ARRAY orders LOOP
    FOR query IN
      SELECT format('SELECT run_id, started FROM %s %s ORDER BY %s %s', name, f, regexp_replace(ordering, '([a-z.]+):', 'metadata_sort(metadata, ''\1'')', 'g'), p)
      FROM unnest(ARRAY['', 'WHERE metadata @~ ''n < 90''', 'WHERE metadata @~ ''n in (7, 8, 9) or x is true''', 'WHERE metadata @~ ''loss is not empty'' AND project = 1',
          'WHERE NOT metadata @~ ''notes contains "long a1"''', 'WHERE metadata @~ ''status is "done"''']) AS f,
        unnest(ARRAY['LIMIT 3', 'LIMIT 7 OFFSET 1200', 'LIMIT 900', '']) AS p
    LOOP
      result := compare(query);
      IF result !~ '^Metadata Scan ordered: ' THEN
        result := query || ': ' || result;
        RETURN NEXT;
      END IF;
    END LOOP;
    result := 'done';
    RETURN NEXT;
  END LOOP;
END $$;
SELECT * FROM pages('run', ARRAY[
  'status:, run_id', 'status: DESC NULLS LAST, run_id DESC', 'x: NULLS FIRST, run_id DESC', 'x: DESC, run_id', 'when:, run_id', 'notes: DESC NULLS LAST, run_id',
  'digits:, run_id', 'r.s:, run_id', 'tags: DESC, run_id', 'unknown:, run_id', 'loss:, run_id',
  'status:, loss: DESC NULLS LAST, run_id', 'x:, status: DESC, when:, run_id DESC', 'status:, x: NULLS FIRST, n: DESC, run_id', 'tags:, notes:, digits: DESC, run_id',
  'unknown:, r.s: DESC NULLS LAST, run_id', 'when: DESC, x:, run_id', 'n:, unknown: DESC, run_id', 'r.s: DESC NULLS LAST, r.s:, run_id', 'status:, status: DESC, x:, run_id']);
-- the whole order of the index, where the column behind is NULL in some rows, or is not unique, and what the rest is
SELECT index_plan('SELECT * FROM run ORDER BY metadata_sort(metadata, ''status''), run_id LIMIT 5');
SELECT index_plan('SELECT * FROM run ORDER BY metadata_sort(metadata, ''status'') DESC NULLS LAST, metadata_sort(metadata, ''x''), run_id DESC, label, ctid LIMIT 5');
SELECT index_plan('SELECT * FROM run ORDER BY metadata_sort(metadata, ''status''), started DESC, run_id LIMIT 5');
SELECT index_plan('SELECT * FROM run ORDER BY metadata_sort(metadata, ''status''), started LIMIT 5');
SELECT index_plan('SELECT * FROM run ORDER BY metadata_sort(metadata, ''status''), started NULLS FIRST LIMIT 5');
SELECT index_plan('SELECT * FROM run ORDER BY metadata_sort(metadata, ''status''), label COLLATE "C", run_id LIMIT 5');
SELECT index_plan('SELECT * FROM run ORDER BY metadata_sort(metadata, ''status''), project, run_id LIMIT 5');
SELECT index_plan('SELECT * FROM run ORDER BY metadata_sort(metadata, ''status''), run_id + 1 LIMIT 5');
SELECT * FROM pages('run', ARRAY['status:, started, run_id', 'status:, started DESC, run_id DESC', 'x: DESC, started NULLS FIRST, run_id', 'x:, started DESC NULLS LAST, project, run_id', 'status:, label, run_id',
  'status:, metadata->''n'' DESC, run_id', 'metadata->''n'', status: DESC, run_id', '(metadata->>''n'')::float8, (metadata->>''loss'')::numeric DESC, run_id']);

-- ties of one value that the index has as several: instants written in several ways, and numbers that lose digits
CREATE TABLE close (run_id int PRIMARY KEY, started int, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX ON close USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO close SELECT 1000 - i, i, jsonb_build_object('n', 0.1 + (i % 5) * 1e-19, 'at', (ARRAY['2024-01-15', '2024-01-15T00:00:00Z', '2024-01-15T02:00:00+02:00'])[1 + i % 3]) FROM generate_series(1, 500) AS i;
VACUUM ANALYZE close;
SELECT * FROM compare_all($$
SELECT run_id FROM close ORDER BY (metadata->>'n')::float8, run_id LIMIT 7
SELECT run_id FROM close ORDER BY (metadata->>'n')::float8 DESC NULLS LAST, run_id DESC LIMIT 7
SELECT run_id FROM close ORDER BY (metadata->>'n')::numeric DESC NULLS LAST, run_id DESC LIMIT 120
SELECT run_id FROM close ORDER BY metadata_sort(metadata, 'at'), run_id LIMIT 7
SELECT run_id FROM close ORDER BY metadata_sort(metadata, 'at') DESC NULLS LAST, (metadata->>'n')::float8, run_id LIMIT 7
$$);

-- a key that is cut in the index, which no row of a filter has; and a number that is no float8, of a row that is gone
INSERT INTO close SELECT 2000 + i, i, jsonb_build_object(repeat('k', 140), i) FROM generate_series(1, 5) AS i;
INSERT INTO close VALUES (3000, 1, '{"n": 1e400, "m": 5}');
DELETE FROM close WHERE run_id = 3000;
INSERT INTO close SELECT 3000 + i, i, jsonb_build_object('m', repeat('1', i)::numeric) FROM generate_series(1, 40) AS i;
SELECT compare(format('SELECT run_id FROM close WHERE metadata->>''at'' = ''2024-01-15'' ORDER BY (metadata->>%L)::float8 %s, run_id LIMIT 3', k, d))
FROM unnest(ARRAY[repeat('k', 140), 'n']) AS k, unnest('{ASC,DESC NULLS LAST}'::text[]) AS d;
SELECT compare(format('SELECT run_id FROM close ORDER BY (metadata->>%L)::float8 %s, run_id LIMIT 600', k, d))
FROM unnest(ARRAY[repeat('k', 140), 'n', 'm']) AS k, unnest('{ASC,DESC NULLS LAST}'::text[]) AS d;

-- ties of ties, some with a set of them and others, of many rows, without: in either order both have to be looked at
CREATE TABLE mixed (run_id int PRIMARY KEY, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX ON mixed USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO mixed SELECT i, jsonb_build_object('few', 3 - i % 3, 'many', CASE WHEN i % 10 = 1 THEN i ELSE 0 END) FROM generate_series(1, 6000) AS i;
VACUUM ANALYZE mixed;
SELECT * FROM compare_all($$
SELECT run_id FROM mixed ORDER BY metadata_sort(metadata, 'few'), metadata_sort(metadata, 'many'), run_id LIMIT 5
SELECT run_id FROM mixed ORDER BY metadata_sort(metadata, 'few') DESC, metadata_sort(metadata, 'many'), run_id LIMIT 5
SELECT run_id FROM mixed ORDER BY metadata_sort(metadata, 'many'), metadata_sort(metadata, 'few'), run_id LIMIT 10
SELECT run_id FROM mixed ORDER BY metadata_sort(metadata, 'many') DESC, metadata_sort(metadata, 'few') DESC, run_id DESC LIMIT 10
SELECT run_id FROM mixed ORDER BY metadata_sort(metadata, 'many'), metadata_sort(metadata, 'few') DESC, run_id LIMIT 10
$$);

-- the pending list, of which rows are in order and apart
CREATE TABLE pending (LIKE run) WITH (autovacuum_enabled = off);
CREATE INDEX ON pending USING gin (metadata metadata_ops) WITH (fastupdate = off);
CREATE UNIQUE INDEX ON pending (run_id);
INSERT INTO pending SELECT i, 1, NULL, document(i), i % 5 FROM generate_series(1, 400) AS i;
VACUUM pending;
ALTER INDEX pending_metadata_idx SET (fastupdate = on);
INSERT INTO pending SELECT i, 1, NULL, document(i), i % 7 FROM generate_series(1001, 1150) AS i;
SELECT change('pending');
SELECT * FROM pages('pending', ARRAY['status:, run_id', 'x: DESC NULLS LAST, loss:, run_id', 'r.s:, x: DESC, run_id', 'notes:, run_id DESC', 'when:, unknown:, run_id']);

-- rows without a value, of which the index tells little: they are pending, or behind values that nobody sees any more; and
-- many ties, of which no leaf has rows that is looked at for their number
CREATE TABLE few (run_id int PRIMARY KEY, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX few_metadata ON few USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO few SELECT i, jsonb_build_object('n', i, 'notes', repeat('long ', 25) || i) FROM generate_series(1, 100) AS i;
VACUUM few;
ALTER INDEX few_metadata SET (fastupdate = on);
INSERT INTO few SELECT 300 - i, '{"status": "done"}' FROM generate_series(1, 50) AS i;
SELECT * FROM compare_all($$
SELECT run_id FROM few ORDER BY metadata_sort(metadata, 'n') NULLS FIRST, run_id LIMIT 7
SELECT run_id FROM few ORDER BY metadata_sort(metadata, 'status') DESC NULLS LAST, run_id LIMIT 7
$$);
SELECT gin_clean_pending_list('few_metadata') > 0;
DELETE FROM few WHERE run_id <= 100;
SELECT * FROM compare_all($$
SELECT run_id FROM few ORDER BY metadata_sort(metadata, 'notes'), run_id LIMIT 7
SELECT run_id FROM few ORDER BY metadata_sort(metadata, 'status'), metadata_sort(metadata, 'notes') DESC NULLS LAST, run_id DESC
$$);
CREATE TABLE hollow (run_id int PRIMARY KEY, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO hollow SELECT 40000 - i, '{"status": "done"}' FROM generate_series(1, 40000) AS i;
CREATE INDEX ON hollow USING gin (metadata metadata_ops) WITH (fastupdate = off);
DELETE FROM hollow WHERE run_id NOT BETWEEN 23700 AND 24000;
VACUUM hollow;
SELECT * FROM compare_all($$
SELECT run_id FROM hollow ORDER BY metadata_sort(metadata, 'status'), run_id LIMIT 7
SELECT run_id FROM hollow ORDER BY metadata_sort(metadata, 'unknown'), run_id LIMIT 7
$$);

-- a small work_mem, which no set fits
SET work_mem = '64kB';
CREATE TABLE large (run_id int PRIMARY KEY, started int, project int, metadata jsonb NOT NULL) WITH (fillfactor = 10, autovacuum_enabled = off);
CREATE INDEX ON large USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO large SELECT i, i % 7, i % 4, document(i) FROM generate_series(1, 1500) AS i;
VACUUM ANALYZE large;
SELECT * FROM pages('large', ARRAY['status:, run_id', 'x: DESC NULLS LAST, loss:, run_id', 'unknown:, run_id']);
-- rows are walked for the first ties, none of which satisfies the other clause; then ties are sorted
CREATE FUNCTION fetches(query text) RETURNS int LANGUAGE plpgsql SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
  plan jsonb;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
  RETURN jsonb_path_query_first(plan, 'strict $.** ? (exists (@."Heap Fetches"))') ->> 'Heap Fetches';
END $$;
SELECT fetches('SELECT run_id FROM large WHERE metadata @~ ''n >= 0'' AND started < 0 ORDER BY metadata_sort(metadata, repeat(''k'', 140) || ''1''), run_id LIMIT 1') < 10000;
RESET work_mem;

-- keys that are not known before the query runs, or make no order
SET plan_cache_mode = force_generic_plan;
PREPARE page (text, text, metadata_filter, int) AS SELECT run_id FROM run WHERE metadata @~ $3 ORDER BY metadata_sort(metadata, $1), metadata_sort(metadata, $2) DESC NULLS LAST, run_id LIMIT $4;
SELECT scans('EXECUTE page (''status'', ''loss'', ''n > 7'', 3)');
SELECT format('SELECT ARRAY(SELECT run_id FROM run WHERE metadata @~ ''n > 7'' ORDER BY metadata_sort(metadata, %L), metadata_sort(metadata, %L) DESC NULLS LAST, run_id LIMIT 3)', a, b) AS query, compare(
  format('SELECT ARRAY(SELECT run_id FROM run WHERE metadata @~ ''n > 7'' ORDER BY metadata_sort(metadata, %L), metadata_sort(metadata, %L) DESC NULLS LAST, run_id LIMIT 3)', a, b))
FROM (VALUES ('status', 'loss'), (NULL, 'loss'), ('status', NULL)) AS v (a, b);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXECUTE page ('status', 'loss', 'n > 7', 3);
EXECUTE page (NULL, 'loss', 'n > 7', 3);
EXECUTE page ('status', NULL, 'n > 7', 3);
EXECUTE page (NULL, NULL, 'n > 7', 3);
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET plan_cache_mode;
-- again and again, with other keys each time
SELECT * FROM compare_all($$
SELECT k, run_id FROM unnest(ARRAY['status', 'x', NULL, 'r.s', 'when']) WITH ORDINALITY AS k (k, i), LATERAL (SELECT run_id FROM run ORDER BY metadata_sort(metadata, k) DESC NULLS LAST, metadata_sort(metadata, 'n'), run_id LIMIT 30) AS s ORDER BY i
SELECT i, run_id FROM generate_series(1, 5) AS i, LATERAL (SELECT run_id FROM run WHERE metadata @~ metadata_filter('n', '>', i * 15) ORDER BY metadata_sort(metadata, 'status'), run_id LIMIT 300) AS s ORDER BY i
$$);

-- rows that a policy hides, and a partial index, whose rows a btree index has more than
CREATE ROLE scan_ties_user;
GRANT USAGE ON SCHEMA scan_ties TO scan_ties_user;
GRANT SELECT ON run TO scan_ties_user;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON run USING (project = 1 OR run_id % 11 = 0);
SET ROLE scan_ties_user;
SELECT index_plan('SELECT run_id FROM run ORDER BY metadata_sort(metadata, ''status''), metadata_sort(metadata, ''loss''), run_id LIMIT 5');
SELECT array_agg(run_id) FROM (SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'status'), run_id LIMIT 7) AS s;
RESET ROLE;
SELECT array_agg(run_id) FROM (SELECT run_id FROM run WHERE project = 1 OR run_id % 11 = 0 ORDER BY metadata_sort(metadata, 'status'), run_id LIMIT 7) AS s;
ALTER TABLE run DISABLE ROW LEVEL SECURITY;
CREATE TABLE partial (LIKE run);
CREATE INDEX ON partial USING gin (metadata metadata_ops) WHERE project = 1;
CREATE UNIQUE INDEX ON partial (run_id);
CREATE UNIQUE INDEX ON partial (started) WHERE project = 1 AND started > 5000;
INSERT INTO partial SELECT i, i % 4, NULL, document(i), i FROM generate_series(1, 400) AS i;
SELECT * FROM compare_all($$
SELECT run_id FROM partial WHERE project = 1 ORDER BY metadata_sort(metadata, 'x') DESC, run_id LIMIT 50
SELECT run_id FROM partial WHERE project = 1 ORDER BY metadata_sort(metadata, 'unknown') DESC, run_id LIMIT 5
SELECT run_id FROM partial WHERE project = 1 AND started > 5000 ORDER BY metadata_sort(metadata, 'x') DESC, started LIMIT 50
$$);

-- partitions and joins
CREATE TABLE part (run_id int NOT NULL, project int NOT NULL, started int, metadata jsonb NOT NULL, PRIMARY KEY (run_id, project)) PARTITION BY LIST (project);
CREATE TABLE part0 PARTITION OF part FOR VALUES IN (0);
CREATE TABLE part1 (gone int, metadata jsonb NOT NULL, started int, project int NOT NULL, run_id int NOT NULL);
ALTER TABLE part1 DROP gone;
ALTER TABLE part ATTACH PARTITION part1 FOR VALUES IN (1);
CREATE TABLE part_default PARTITION OF part DEFAULT;
CREATE INDEX ON part USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO part SELECT i, i % 4, i % 9, document(i) FROM generate_series(1, 800) AS i;
ANALYZE part;
SELECT * FROM pages('part', ARRAY['status:, run_id', 'x: DESC NULLS LAST, loss:, run_id DESC']);
SELECT index_plan('SELECT run_id FROM part ORDER BY metadata_sort(metadata, ''status''), metadata_sort(metadata, ''loss''), run_id LIMIT 5');
CREATE TABLE info (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO info SELECT i, 'run ' || i FROM generate_series(1, 2400, 2) AS i;
ANALYZE info;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT * FROM compare_all($$
SELECT id, name FROM info JOIN run ON id = run_id ORDER BY metadata_sort(metadata, 'status') DESC NULLS LAST, metadata_sort(metadata, 'loss'), run_id LIMIT 10
SELECT id, name FROM info JOIN run ON id = run_id ORDER BY metadata_sort(metadata, 'status') DESC NULLS LAST, id, name LIMIT 10
SELECT id, name FROM run LEFT JOIN info ON id = run_id WHERE metadata @~ 'x is not empty' ORDER BY metadata_sort(metadata, 'status'), run_id LIMIT 10
$$);
RESET enable_hashjoin;
RESET enable_mergejoin;

\set ECHO none
DROP SCHEMA scan_ties CASCADE;
DROP ROLE scan_ties_user;
