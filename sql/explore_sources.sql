-- Keys, values and summaries: the same answers from the index, from the rows and in SQL
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_sources;
SET search_path = explore_sources, public;
\set ECHO none
\i :tree/test/regress/explore.sql
\set ECHO all

-- a table with an index: all visible, then with dead and new rows
CREATE TABLE run (run_id int, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO run SELECT i, document(i) FROM generate_series(1, 900) AS i;
SELECT compare('run');
VACUUM (ANALYZE) run;
SELECT way('run'), compare('run');
SELECT change('run');
SELECT way('run'), compare('run');
BEGIN;
DELETE FROM run WHERE run_id % 2 = 0;
SELECT way('run'), compare('run');
ROLLBACK;
SELECT way('run'), compare('run');

-- posting trees, whose segments are counted whole where all is visible
CREATE TABLE many (run_id int, metadata jsonb) WITH (autovacuum_enabled = off);
INSERT INTO many SELECT i, jsonb_build_object('a', i % 3, 'b', 'x' || i / 2000, 'c', i % 2 = 0) FROM generate_series(1, 15000) AS i;
CREATE INDEX ON many USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM (ANALYZE) many;
SELECT * FROM metadata_keys('many');
SELECT * FROM metadata_values('many', 'a');
SELECT * FROM metadata_values('many', 'b', 'x1', 3);
DELETE FROM many WHERE run_id BETWEEN 4000 AND 4200 OR run_id = 14999;
SELECT way('many'), compare('many');
VACUUM many;
SELECT way('many'), compare('many');
UPDATE many SET metadata = metadata || '{"a": 5, "a.b": 1}' WHERE run_id % 1000 = 1;
SELECT way('many'), compare('many');

-- the pending list; its rows may be in the tree as well
CREATE TABLE pending (LIKE run) WITH (autovacuum_enabled = off);
CREATE INDEX ON pending USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO pending SELECT i, document(i) FROM generate_series(1, 300) AS i;
VACUUM pending;
ALTER INDEX pending_metadata_idx SET (fastupdate = on);
INSERT INTO pending SELECT i, document(i) FROM generate_series(301, 500) AS i;
SELECT change('pending');
SELECT way('pending'), compare('pending');
SELECT gin_clean_pending_list('pending_metadata_idx') > 0;
SELECT way('pending'), compare('pending');

-- no index, or none that has all rows
CREATE TABLE plain (LIKE run);
INSERT INTO plain SELECT * FROM run;
SELECT way('plain'), compare('plain');
CREATE INDEX plain_partial ON plain USING gin (metadata metadata_ops) WHERE run_id < 50;
SELECT way('plain'), compare('plain');
CREATE INDEX plain_expression ON plain USING gin ((metadata -> 'o') metadata_ops);
CREATE INDEX plain_path ON plain USING gin (metadata jsonb_path_ops);
SELECT way('plain'), compare('plain');
CREATE INDEX plain_whole ON plain USING gin (metadata metadata_ops);
SELECT way('plain'), compare('plain');
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'plain_whole'::regclass;
SELECT way('plain'), compare('plain');

-- an index of several columns
CREATE TABLE several (run_id int, metadata jsonb, words text[], more jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX ON several USING gin (words, more metadata_ops, metadata metadata_ops (trigram_keys = 'notes')) WITH (fastupdate = off);
INSERT INTO several SELECT i, document(i), ARRAY['w' || i % 5], document(i + 100) FROM generate_series(1, 400) AS i;
SELECT change('several');
SELECT way('several'), compare('several');
SELECT way('several', 'more'), compare('several', 'more');

-- partitions: with and without an index, the columns in another order
CREATE TABLE parted (run_id int, metadata jsonb) PARTITION BY RANGE (run_id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (200);
CREATE TABLE parted_2 (metadata jsonb, dropped int, run_id int);
ALTER TABLE parted_2 DROP COLUMN dropped;
ALTER TABLE parted ATTACH PARTITION parted_2 FOR VALUES FROM (200) TO (400);
CREATE TABLE parted_3 PARTITION OF parted FOR VALUES FROM (400) TO (10000) PARTITION BY RANGE (run_id);
CREATE TABLE parted_3_1 PARTITION OF parted_3 FOR VALUES FROM (400) TO (10000);
CREATE INDEX ON parted_1 USING gin (metadata metadata_ops);
INSERT INTO parted SELECT i, document(i) FROM generate_series(1, 500) AS i;
SELECT change('parted');
SELECT way('parted'), compare('parted');
CREATE INDEX ON parted USING gin (metadata metadata_ops);
SELECT way('parted'), compare('parted');
VACUUM parted;
SELECT way('parted'), compare('parted');

-- child tables
CREATE TABLE parent (LIKE run);
CREATE TABLE child (extra int) INHERITS (parent);
CREATE INDEX ON parent USING gin (metadata metadata_ops);
INSERT INTO parent SELECT i, document(i) FROM generate_series(1, 50) AS i;
INSERT INTO child SELECT i, document(i) FROM generate_series(51, 99) AS i;
SELECT way('parent'), compare('parent');

-- a view, a materialized view, a temporary table, columns of other types, no rows
CREATE VIEW third AS SELECT run_id, metadata AS "the Metadata" FROM run WHERE run_id % 3 = 0;
SELECT compare('third', 'the Metadata');
CREATE MATERIALIZED VIEW kept AS SELECT * FROM run;
CREATE INDEX ON kept USING gin (metadata metadata_ops);
SELECT way('kept'), compare('kept');
CREATE DOMAIN document_type AS jsonb CHECK (true);
CREATE TEMP TABLE typed (run_id int, j json, d document_type);
CREATE INDEX ON typed USING gin (d metadata_ops);
INSERT INTO typed SELECT run_id, metadata, metadata FROM run WHERE run_id < 100;
SELECT compare('typed', 'j');
SELECT compare('typed', 'd');
CREATE TABLE none (LIKE run);
CREATE INDEX ON none USING gin (metadata metadata_ops);
SELECT compare('none');
SELECT * FROM metadata_summary('none', 'a');

-- SERIALIZABLE
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT way('run'), compare('run');
COMMIT;

DROP SCHEMA explore_sources CASCADE;
