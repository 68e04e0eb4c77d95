-- The access method detmeta: GIN, but for its build
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA access_method;
SET search_path = access_method, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

SELECT opcname, opcintype::regtype, opcdefault, amvalidate(o.oid) FROM pg_opclass AS o JOIN pg_am AS a ON a.oid = opcmethod WHERE amname = 'detmeta' ORDER BY 1;

-- the same answers as without an index, by whatever plan
DROP INDEX run_metadata;
CREATE INDEX run_metadata ON run USING detmeta (metadata) WITH (fastupdate = off);
SELECT * FROM metadata_index_check('run_metadata');
SELECT * FROM compare_all($$
SELECT run_id FROM run WHERE metadata @~ 'n = 7'
SELECT count(*) FROM run WHERE metadata @~ 'status is not "done"'
SELECT run_id FROM run WHERE metadata @~ 'notes contains "long a1"' AND label IS NULL
SELECT run_id FROM run WHERE NOT metadata @~ 'x is empty'
SELECT run_id FROM run WHERE metadata @> '{"n": 7}'
SELECT count(*) FROM run WHERE metadata->>'status' = 'done'
SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'n') DESC NULLS LAST, run_id LIMIT 20
$$);
SET enable_seqscan = off;
SET detmeta.enable_metadata_scan = off;
EXPLAIN (COSTS OFF) SELECT * FROM run WHERE metadata @~ 'n = 7';
SELECT count(*) FROM run WHERE metadata @~ 'n = 7';
RESET detmeta.enable_metadata_scan;
RESET enable_seqscan;
-- rows that come later, with and without a pending list, and vacuum
INSERT INTO run SELECT run_id + 100000, project, label, metadata FROM run WHERE run_id % 3 = 0;
DELETE FROM run WHERE run_id % 5 = 0;
SELECT * FROM metadata_index_check('run_metadata');
ALTER INDEX run_metadata SET (fastupdate = on);
INSERT INTO run SELECT run_id + 150000, project, label, metadata FROM run WHERE run_id % 7 = 1;
SELECT metadata_index_clean_pending('run_metadata') > 0, metadata_index_clean_pending('run_metadata');
INSERT INTO run SELECT run_id + 200000, project, label, metadata FROM run WHERE run_id % 7 = 0;
SELECT * FROM metadata_index_check('run_metadata');
SELECT compare('SELECT run_id FROM run WHERE metadata @~ ''n = 7''');
VACUUM run;
SELECT * FROM metadata_index_check('run_metadata');
SELECT compare('SELECT run_id FROM run WHERE metadata @~ ''n = 7''');
REINDEX INDEX run_metadata;
SELECT * FROM metadata_index_check('run_metadata');
REINDEX INDEX CONCURRENTLY run_metadata;
SELECT * FROM metadata_index_check('run_metadata');
SELECT compare('SELECT run_id FROM run WHERE metadata @~ ''n = 7''');

-- a build that needs more memory than it has writes files, which are merged: entries of one row, of some, and of all, rows
-- that were updated in place, several columns, and values that are equal without being alike
CREATE TABLE big (run_id int NOT NULL, project int, state text COLLATE "C", metadata jsonb) WITH (fillfactor = 60, autovacuum_enabled = off);
INSERT INTO big SELECT i, NULLIF(i % 50, 0), 's' || i % 4, CASE WHEN i % 101 > 0 THEN
    jsonb_build_object('id', i, 'name', 'name of ' || md5(i::text), 'half', i % 2, 'some', i % 900, 'tags', jsonb_build_array(i % 17, 'x'), 'o', '{"a": {"b": [1, "two"]}}'::jsonb) END
  FROM generate_series(1, 12000) AS i;
UPDATE big SET state = 'new' WHERE run_id % 3 = 0;
UPDATE big SET state = 'newer' WHERE run_id % 9 = 0;
CREATE INDEX big_gin ON big USING gin (metadata metadata_ops) WITH (fastupdate = off);
SET maintenance_work_mem = '1MB';
CREATE INDEX big_spilled ON big USING detmeta (metadata);
CREATE INDEX big_columns ON big USING detmeta (project, metadata, state);
SET maintenance_work_mem = '256MB';
CREATE INDEX big_whole ON big USING detmeta (metadata) WITH (fillfactor = 90);
CREATE INDEX big_full ON big USING detmeta (metadata) WITH (fillfactor = 100);
RESET maintenance_work_mem;
SELECT i, (SELECT count(*) FROM metadata_index_check(i)) FROM unnest('{big_gin,big_spilled,big_columns,big_whole,big_full}'::regclass[]) AS i;
SELECT pg_relation_size('big_spilled') = pg_relation_size('big_whole') AS spilled_is_whole, pg_relation_size('big_whole') < 0.8 * pg_relation_size('big_gin') AS packed,
  pg_relation_size('big_full') < 0.95 * pg_relation_size('big_whole') AS fuller;
-- statistics of the index, as GIN keeps them
SELECT (SELECT reltuples FROM pg_class WHERE oid = 'big_whole'::regclass) = (SELECT reltuples FROM pg_class WHERE oid = 'big_gin'::regclass) AS same;
ALTER TABLE big ADD CHECK (metadata IS NOT NULL) NOT VALID;
DELETE FROM big WHERE metadata IS NULL;
ALTER TABLE big ALTER metadata SET NOT NULL;
DROP INDEX big_gin, big_spilled, big_whole, big_full;
VACUUM ANALYZE big;
EXPLAIN (COSTS OFF) SELECT count(*) FROM big WHERE project = 3 AND metadata @~ 'half is 1';
SELECT * FROM compare_all($$
SELECT count(*) FROM big WHERE project = 3 AND metadata @~ 'half is 1'
SELECT run_id FROM big WHERE project IN (3, 4, 5) AND state = 'newer' AND metadata @~ 'some < 50'
SELECT run_id FROM big WHERE metadata @~ 'name contains "abc"'
$$);

-- an entry of more rows than are written at once
CREATE TABLE many (id int NOT NULL, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO many SELECT i, CASE WHEN i % 2 = 0 THEN '{"even": true}'::jsonb ELSE '{"even": false}' END FROM generate_series(1, 600000) AS i;
CREATE INDEX many_idx ON many USING detmeta (metadata);
VACUUM many;
SELECT count(*) FROM metadata_index_check('many_idx');
EXPLAIN (COSTS OFF) SELECT count(*) FROM many WHERE metadata @~ 'even is true';
SELECT count(*) FROM many WHERE metadata @~ 'even is true';
DROP TABLE many;

-- of no rows, unlogged, temporary, partial, of an expression, of partitions, concurrently
CREATE TABLE none (metadata jsonb);
CREATE INDEX none_idx ON none USING detmeta (metadata);
SELECT count(*) FROM metadata_index_check('none_idx');
INSERT INTO none VALUES ('{"a": 1}'), (NULL);
SELECT count(*) FROM metadata_index_check('none_idx');
CREATE UNLOGGED TABLE unlogged (metadata jsonb);
INSERT INTO unlogged SELECT jsonb_build_object('a', i) FROM generate_series(1, 100) AS i;
CREATE INDEX unlogged_idx ON unlogged USING detmeta (metadata);
SELECT count(*) FROM metadata_index_check('unlogged_idx');
CREATE TEMP TABLE temporary (metadata jsonb);
INSERT INTO temporary SELECT metadata FROM unlogged;
CREATE INDEX temporary_idx ON temporary USING detmeta (metadata);
SELECT count(*) FROM metadata_index_check('temporary_idx');
CREATE INDEX run_partial ON run USING detmeta (metadata) WHERE project = 1;
SELECT count(*) FROM metadata_index_check('run_partial');
CREATE INDEX CONCURRENTLY run_expression ON run USING detmeta ((metadata->'o')) WHERE metadata->'o' IS NOT NULL;
SELECT count(*) FROM metadata_index_check('run_expression');
CREATE TABLE part (run_id int, project int, metadata jsonb NOT NULL) PARTITION BY LIST (project);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE part_others PARTITION OF part DEFAULT;
INSERT INTO part SELECT run_id, project, metadata FROM run;
CREATE INDEX part_idx ON part USING detmeta (project, metadata);
SELECT index_name, count(problem) FROM pg_inherits, metadata_index_check(inhrelid::regclass) WHERE inhparent = 'part_idx'::regclass GROUP BY 1;
VACUUM ANALYZE part;
SELECT compare('SELECT run_id FROM part WHERE metadata @~ ''n = 7'' AND project IN (1, 2)');
-- keys, values and groups are read from it
SELECT * FROM metadata_keys('part') ORDER BY runs DESC, key LIMIT 3;

-- what is refused
CREATE INDEX ON run USING detmeta (metadata) WITH (fillfactor = 9);
CREATE INDEX ON run USING detmeta (metadata) WITH (deduplicate_items = on);
CREATE INDEX ON run USING detmeta (label, (1.5 * project));
CREATE UNIQUE INDEX ON run USING detmeta (metadata);
SELECT detmeta_handler(NULL);
CREATE INDEX run_label ON run (label);
SELECT metadata_index_clean_pending('run_label');
\echo :SQLSTATE
SELECT metadata_index_clean_pending(NULL);
CREATE ROLE access_method_reader;
GRANT USAGE ON SCHEMA access_method TO access_method_reader;
SET ROLE access_method_reader;
SELECT metadata_index_clean_pending('run_metadata');
\echo :SQLSTATE
RESET ROLE;
DROP OWNED BY access_method_reader;
DROP ROLE access_method_reader;
\set ECHO none
DROP SCHEMA access_method CASCADE;
