-- Metadata Scan in the order of keys and of a column of a joined table behind them
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_join;
SET search_path = scan_join, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

-- Runs, of which some have no metadata, and metadata of none, of one, and of several rows of a run; dead rows in both.
CREATE TABLE runs (id int PRIMARY KEY, project int NOT NULL, started_at timestamptz NOT NULL, ended int, name text) WITH (autovacuum_enabled = off);
INSERT INTO runs SELECT i, i % 5, '2024-01-01'::timestamptz + i * 1009 % 1201 * interval '1 min', CASE WHEN i % 3 > 0 THEN i * 31 % 97 END, 'run ' || i * 7 % 50
FROM generate_series(100, 2600) AS i;
CREATE INDEX runs_started ON runs (started_at);
CREATE INDEX runs_ended ON runs (ended DESC);
CREATE INDEX runs_name ON runs (name) WHERE project > 0;
UPDATE runs SET ended = ended + 1 WHERE id % 11 = 0;
UPDATE runs SET started_at = started_at + interval '1 day' WHERE id % 13 = 0;
DELETE FROM runs WHERE id % 17 = 0;
CREATE INDEX run_id_key ON run (run_id);
INSERT INTO run SELECT run_id, project, 'again', metadata FROM run WHERE run_id % 40 = 7;
ANALYZE run;
ANALYZE runs;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SET enable_memoize = off;

SELECT index_plan('SELECT run_id FROM run JOIN runs ON id = run_id ORDER BY metadata_sort(metadata, ''status'') DESC NULLS LAST, started_at DESC LIMIT 5');
SELECT index_plan('SELECT run_id FROM run m, runs r WHERE r.id = m.run_id AND r.project = 3 AND metadata @~ ''n < 50'' ORDER BY metadata_sort(m.metadata, ''status''), metadata_sort(m.metadata, ''x''), r.ended NULLS FIRST, r.id, m.label LIMIT 5');

-- Every page: few rows, many, all; of few ties and of many
CREATE FUNCTION pages(source text, orders text[]) RETURNS TABLE (ordering text, result text) LANGUAGE plpgsql AS $$
DECLARE
  query text;
  shown text;
BEGIN
  FOREACH ordering IN ARRAY orders LOOP
    -- core may have equal rows in another order: what they are sorted by is compared
    shown := regexp_replace(regexp_replace(ordering, '([a-z.]+):', 'metadata_sort(metadata, ''\1'')', 'g'), ' (DESC|NULLS FIRST|NULLS LAST)', '', 'g');
    FOR query IN
      SELECT format('SELECT %s FROM %s %s ORDER BY %s %s', shown, source, f, regexp_replace(ordering, '([a-z.]+):', 'metadata_sort(metadata, ''\1'')', 'g'), p)
      FROM unnest(ARRAY['', 'WHERE metadata @~ ''n < 90''', 'WHERE metadata @~ ''n in (7, 8, 9) or x is true'' AND r.project <> 2',
          'WHERE metadata @~ ''loss is not empty'' AND r.project = 1', 'WHERE ended > 50', 'WHERE NOT metadata @~ ''notes contains "long a1"''']) AS f,
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
SELECT * FROM pages('run m JOIN runs r ON r.id = m.run_id', ARRAY['status:, started_at, id', 'status: DESC NULLS LAST, started_at DESC, run_id', 'x: NULLS FIRST, ended', 'x: DESC, ended DESC NULLS LAST, id',
  'tags: DESC, ended NULLS FIRST, id DESC', 'when:, ended DESC, started_at', 'notes: DESC NULLS LAST, started_at, id', 'unknown:, started_at DESC, id', 'loss:, ended, id',
  'status:, loss: DESC NULLS LAST, started_at', 'x:, status: DESC, when:, ended DESC', 'n:, unknown: DESC, ended NULLS FIRST, id']);

-- the same below another join, and from a view
SELECT * FROM pages('run m JOIN runs r ON r.id = m.run_id JOIN (VALUES (0, ''a''), (1, ''b''), (1, ''c'')) v (k, l) ON k = m.project % 3', ARRAY['status:, started_at, l', 'x:, ended DESC, id, l']);
CREATE VIEW known AS SELECT r.*, metadata, label FROM run JOIN runs r ON id = run_id;
SELECT * FROM pages('known r', ARRAY['status:, started_at, id', 'x: DESC, ended DESC NULLS LAST, id']);

-- where it is begun, by a row comparison and by ORs: at every depth few rows are read
SELECT index_plan('SELECT run_id FROM run m JOIN runs r ON id = run_id WHERE (metadata_sort(metadata, ''status''), started_at, id) > (''\x07646f6e65'', ''2024-01-01 12:00'', 7) ORDER BY metadata_sort(metadata, ''status''), started_at, id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run m JOIN runs r ON id = run_id WHERE metadata_sort(metadata, ''status'') < ''\x07646f6e65'' OR (metadata_sort(metadata, ''status'') = ''\x07646f6e65'' AND (ended < 7 OR (ended = 7 AND id > 7))) ORDER BY metadata_sort(metadata, ''status'') DESC, ended DESC, id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run m JOIN runs r ON id = run_id WHERE (metadata_sort(metadata, ''status''), id) > (''\x07646f6e65'', 7) ORDER BY metadata_sort(metadata, ''status''), id LIMIT 5');
SELECT * FROM compare_all(regexp_replace($$
SELECT status:, started_at, id FROM known WHERE (status:, started_at, id) > ('\x07646f6e65', '2024-01-01 12:00', 7) ORDER BY status:, started_at, id LIMIT 50
SELECT status:, started_at, id FROM known WHERE (status:, started_at, id) < ('\x0772756e6e696e67', '2024-01-01 12:00', 7) ORDER BY status: DESC, started_at DESC, id DESC LIMIT 50
SELECT status:, started_at, id FROM known WHERE (status:, started_at) > ('\x0772756e6e696e67', '2024-01-02'::timestamp) ORDER BY status:, started_at, id
SELECT status:, ended, id FROM known WHERE status: < '\x07646f6e65' OR (status: = '\x07646f6e65' AND (ended < 7 OR (ended = 7 AND id > 7))) ORDER BY status: DESC, ended DESC, id LIMIT 50
SELECT status:, ended, id FROM known WHERE (status:, ended) > ('\x07646f6e65', 7) ORDER BY status:, ended, id
SELECT status:, id FROM known WHERE (status:, id) > ('\x07646f6e65', 7) ORDER BY status:, id LIMIT 50
SELECT status:, id FROM known WHERE (status:, id) > ('\x07646f6e65', 7) OR project = 1 ORDER BY status:, id LIMIT 50
SELECT x:, started_at, id FROM known WHERE x: IS NULL AND started_at > '2024-01-01 12:00' ORDER BY x:, started_at, id LIMIT 50
$$, '([a-z.]+):(?=[ ,)])', 'metadata_sort(metadata, ''\1'')', 'g'));

-- again and again: with parameters, from LATERAL, by a cursor that goes back
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
PREPARE page (bytea, timestamptz) AS SELECT metadata->>'status', started_at, id FROM known WHERE (metadata_sort(metadata, 'status'), started_at) > ($1, $2) ORDER BY metadata_sort(metadata, 'status'), started_at, id LIMIT 3;
EXPLAIN (COSTS OFF) EXECUTE page ('\x07', '2024-01-01 12:00');
SET TimeZone = 'UTC';
EXECUTE page (metadata_sort('{"status": "done"}', 'status'), '2024-01-01 12:00');
EXECUTE page (metadata_sort('{"status": "queued"}', 'status'), '2024-01-01 12:00');
EXECUTE page (metadata_sort('{"status": "queued"}', 'status'), NULL);
RESET plan_cache_mode;
SELECT v, ids FROM unnest(ARRAY['done', 'queued', NULL, 'done']) AS v, LATERAL (SELECT array_agg(id) AS ids FROM (SELECT id FROM known
  WHERE metadata_sort(metadata, 'status') >= metadata_sort(jsonb_build_object('status', v), 'status') ORDER BY metadata_sort(metadata, 'status'), started_at DESC, id LIMIT 3) AS s) AS l;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT metadata->>'status', started_at, id FROM known ORDER BY metadata_sort(metadata, 'status') DESC, started_at, id;
FETCH 3 FROM c;
MOVE 20 IN c;
FETCH BACKWARD 2 FROM c;
MOVE BACKWARD ALL IN c;
FETCH 1 FROM c;
COMMIT;
SELECT metadata->>'status', started_at, id FROM known ORDER BY metadata_sort(metadata, 'status') DESC, started_at, id LIMIT 2 FOR UPDATE;

-- compiled expressions are of the scan's own rows
SET jit = on;
SET jit_above_cost = 0;
SELECT metadata->>'status', started_at, id FROM known ORDER BY metadata_sort(metadata, 'status') DESC, started_at, id LIMIT 2;
SET jit = off;
-- a status whose runs are the last ones to start, all of many: the walk is given up, and the rest is sorted
UPDATE runs SET started_at = started_at + interval '1 year' WHERE id % 4 = 2;
SELECT * FROM compare_all(regexp_replace($$
SELECT started_at, id FROM known ORDER BY status: DESC, started_at, id LIMIT 20
SELECT started_at, id FROM known ORDER BY status: DESC, started_at, id
SELECT started_at, id FROM known WHERE project = 1 ORDER BY status: DESC, started_at, id
$$, '([a-z.]+):(?=[ ,)])', 'metadata_sort(metadata, ''\1'')', 'g'));

-- Left to core: what the other table's rows are not known of, or not at once
SELECT query, p FROM unnest(ARRAY[
  'SELECT FROM run m LEFT JOIN runs r ON r.id = m.run_id', 'SELECT FROM run m RIGHT JOIN runs r ON r.id = m.run_id', 'SELECT FROM run m FULL JOIN runs r ON r.id = m.run_id',
  'SELECT FROM run m JOIN runs r ON r.id = m.project', 'SELECT FROM run m JOIN runs r ON r.project = m.run_id', 'SELECT FROM run m JOIN runs r ON r.id >= m.run_id', 'SELECT FROM run m JOIN runs r ON r.id = m.run_id + 1',
  'SELECT FROM run m JOIN (SELECT * FROM runs OFFSET 0) r ON r.id = m.run_id', 'SELECT FROM run m JOIN runs r TABLESAMPLE system (50) ON r.id = m.run_id',
  'SELECT FROM run m JOIN runs r ON r.id = m.run_id JOIN (VALUES (now())) v (t) ON t = r.started_at',
  'SELECT FROM generate_series(1, 5) g LEFT JOIN (run m JOIN runs r ON r.id = m.run_id) ON g = r.project']) AS source,
  unnest('{"","LIMIT 5"}'::text[]) AS l, format('%s ORDER BY metadata_sort(m.metadata, ''status''), r.started_at %s', source, l) AS query, index_plan(query) AS p WHERE p ~ 'Tie Join';
SELECT index_plan('SELECT FROM run m JOIN runs r ON r.id = m.run_id ORDER BY metadata_sort(metadata, ''status''), r.name LIMIT 5');
-- indexes that do not find each row, or several
CREATE TABLE runs_apart (id int, project int, at int, price numeric, word text) WITH (autovacuum_enabled = off);
INSERT INTO runs_apart SELECT id, project, id * 31 % 997, id, id FROM runs;
ANALYZE runs_apart;
CREATE INDEX runs_apart_at ON runs_apart (at);
CREATE UNIQUE INDEX runs_apart_id ON runs_apart (id) WHERE project >= 0;
CREATE INDEX runs_apart_all ON runs_apart (id);
CREATE FUNCTION joins(source text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM index_plan(format('SELECT FROM %s ORDER BY metadata_sort(m.metadata, ''status''), r.at LIMIT 5', source)) AS p WHERE p ~ 'Tie Join');
END $$;
SELECT joins('run m JOIN runs_apart r ON r.id = m.run_id') AS of_some_rows;
DROP INDEX runs_apart_id, runs_apart_all;
CREATE UNIQUE INDEX runs_apart_id ON runs_apart (id, project);
SELECT joins('run m JOIN runs_apart r ON r.id = m.run_id') AS of_two_columns;
DROP INDEX runs_apart_id;
ALTER TABLE runs_apart ADD CONSTRAINT runs_apart_id UNIQUE (id) DEFERRABLE;
SELECT joins('run m JOIN runs_apart r ON r.id = m.run_id') AS deferrable;
ALTER TABLE runs_apart DROP CONSTRAINT runs_apart_id;
CREATE INDEX runs_apart_id ON runs_apart (id);
SELECT joins('run m JOIN runs_apart r ON r.id = m.run_id') AS not_unique;
DROP INDEX runs_apart_id;
CREATE UNIQUE INDEX runs_apart_word ON runs_apart (word COLLATE "POSIX");
CREATE INDEX run_label_posix ON run (label COLLATE "POSIX");
SELECT joins('run m JOIN runs_apart r ON r.word = m.label') AS of_another_collation, joins('run m JOIN runs_apart r ON r.word COLLATE "POSIX" = m.label') AS of_its_collation;
CREATE UNIQUE INDEX runs_apart_id ON runs_apart (id);
SELECT joins('run m JOIN runs_apart r ON r.id = m.run_id') AS of_all_rows;
SELECT joins('run m JOIN runs_apart r ON r.id = m.run_id JOIN runs_apart o ON o.at = r.at') AS of_a_column_with_an_equal;
-- a comparison that may tell of rows that are not to be seen
ALTER TABLE run ADD price numeric;
UPDATE run SET price = run_id;
CREATE INDEX run_price ON run (price);
CREATE UNIQUE INDEX runs_apart_price ON runs_apart (price);
SELECT joins('run m JOIN runs_apart r ON r.price = m.price') AS of_one_who_sees_all;
DROP INDEX run_label_posix;
-- an outer join with a third table, which may be missing for a row, changes nothing
SELECT index_plan('SELECT FROM run m JOIN runs r ON r.id = m.run_id LEFT JOIN runs other ON other.id = m.project ORDER BY metadata_sort(m.metadata, ''status''), r.started_at LIMIT 5');

-- Rows of runs that the user may not see are walked, but not told of
CREATE ROLE regress_scan_join;
GRANT USAGE ON SCHEMA scan_join TO regress_scan_join;
GRANT SELECT ON run, runs, runs_apart TO regress_scan_join;
ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON runs USING (project = 2);
SET ROLE regress_scan_join;
SELECT index_plan('SELECT id FROM run m JOIN runs r ON r.id = m.run_id ORDER BY metadata_sort(metadata, ''status''), started_at, id LIMIT 5');
SELECT compare('SELECT id FROM run m JOIN runs r ON r.id = m.run_id ORDER BY metadata_sort(metadata, ''status''), started_at, id LIMIT 5');
RESET ROLE;
ALTER TABLE runs_apart ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON runs_apart USING (project = 2);
SET ROLE regress_scan_join;
SELECT joins('run m JOIN runs_apart r ON r.id = m.run_id') AS leakproof, joins('run m JOIN runs_apart r ON r.price = m.price') AS leaky;
SELECT name FROM explained('SELECT id FROM run m JOIN runs r ON r.id = m.run_id ORDER BY metadata_sort(metadata, ''status''), started_at LIMIT 5', 'ANALYZE, TIMING OFF') WHERE name = 'Heap Fetches';
RESET ROLE;

-- with other types on both sides, of one family; and texts
CREATE TABLE wide (id bigint PRIMARY KEY, at int);
INSERT INTO wide SELECT i, i * 31 % 101 FROM generate_series(1, 2400) AS i;
CREATE INDEX ON wide (at);
CREATE TABLE labelled (label varchar PRIMARY KEY, at int);
INSERT INTO labelled SELECT 'l' || i, i * 31 % 11 FROM generate_series(1, 30) AS i;
CREATE INDEX ON labelled (at);
UPDATE run SET label = 'l' || run_id % 35;
CREATE INDEX ON run (label);
ANALYZE wide, labelled, run;
SELECT index_plan('SELECT FROM run JOIN wide ON id = run_id ORDER BY metadata_sort(metadata, ''status''), at LIMIT 5');
SELECT index_plan('SELECT FROM run JOIN labelled l ON l.label = run.label ORDER BY metadata_sort(metadata, ''status''), at LIMIT 5');
SELECT * FROM compare_all($$
SELECT metadata_sort(metadata, 'status'), at, run_id FROM run JOIN wide ON id = run_id ORDER BY metadata_sort(metadata, 'status'), at, run_id LIMIT 500
SELECT metadata_sort(metadata, 'status'), at, run_id FROM run JOIN labelled l ON l.label = run.label ORDER BY metadata_sort(metadata, 'status'), at, run_id LIMIT 500
SELECT metadata_sort(metadata, 'loss'), at, run_id FROM run JOIN labelled l ON l.label = run.label ORDER BY metadata_sort(metadata, 'loss'), at DESC, run_id LIMIT 500
$$);

-- types whose order is that of a polymorphic one, of the joined table and of the scan's own
CREATE TYPE state AS ENUM ('ACTIVE', 'ERROR', 'COMPLETED');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN small AS int;
CREATE TABLE typed (id int PRIMARY KEY, state state NOT NULL, tags text[], span int4range, pair pair, small small, several small[]);
INSERT INTO typed SELECT i, ('{ACTIVE,COMPLETED,ERROR}'::state[])[1 + i % 3], ARRAY['t' || i % 9], int4range(i % 7, i % 7 + 3), (i % 4, 'b')::pair, i % 5, ARRAY[i % 3]
  FROM generate_series(1, 2400) AS i;
CREATE INDEX ON typed (state);
CREATE INDEX ON typed (tags);
CREATE INDEX ON typed (span);
CREATE INDEX ON typed (pair);
CREATE INDEX ON typed (small);
CREATE INDEX ON typed (several);
ALTER TABLE run ADD state state, ADD tags text[];
UPDATE run SET state = (SELECT state FROM typed WHERE id = run_id), tags = ARRAY['t' || run_id % 9];
CREATE INDEX ON run (state);
CREATE INDEX ON run (tags);
VACUUM ANALYZE run, typed;
SELECT c, (SELECT count(*) FROM index_plan(format('SELECT FROM run JOIN typed t ON id = run_id ORDER BY metadata_sort(metadata, ''status''), t.%s LIMIT 5', c)) AS p WHERE p ~ 'Tie Join'),
  compare(format('SELECT metadata_sort(metadata, ''status''), t.%s, run_id FROM run JOIN typed t ON id = run_id ORDER BY metadata_sort(metadata, ''status''), t.%1$s DESC, run_id LIMIT 300', c))
FROM unnest('{state,tags,span,pair,small,several}'::text[]) AS c;
SELECT * FROM compare_all($$
SELECT metadata_sort(metadata, 'status'), state, run_id FROM run ORDER BY metadata_sort(metadata, 'status'), state, run_id LIMIT 500
SELECT metadata_sort(metadata, 'status'), tags, run_id FROM run WHERE project = 1 ORDER BY metadata_sort(metadata, 'status') DESC, tags DESC, run_id LIMIT 500
$$);

\set ECHO none
DROP OWNED BY regress_scan_join;
DROP ROLE regress_scan_join;
DROP SCHEMA scan_join CASCADE;
