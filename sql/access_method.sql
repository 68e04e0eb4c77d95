-- The access method detmeta: GIN, but for its build
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA access_method;
SET search_path = access_method, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

CREATE FUNCTION scan_count(condition text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM alike WHERE metadata @~ ''a is 1'' AND ' || condition INTO n;
  RETURN n;
END $$;

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
-- (a server with assertions leaves no list to an access method that is not gin)
ALTER INDEX run_metadata SET (fastupdate = on);
INSERT INTO run SELECT run_id + 150000, project, label, metadata FROM run WHERE run_id % 7 = 1;
SELECT metadata_index_clean_pending('run_metadata') > 0 IS DISTINCT FROM current_setting('debug_assertions')::boolean, metadata_index_clean_pending('run_metadata');
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
    jsonb_build_object('id', i, 'name', 'name of ' || md5(i::text), 'half', i % 2, 'pair', i / 2, 'some', i % 900, 'tags', jsonb_build_array(i % 17, 'x'), 'o', '{"a": {"b": [1, "two"]}}'::jsonb) END
  FROM generate_series(1, 12000) AS i;
UPDATE big SET state = 'new' WHERE run_id % 3 = 0;
UPDATE big SET state = 'newer' WHERE run_id % 9 = 0;
CREATE INDEX big_gin ON big USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT pg_stat_force_next_flush();
SELECT temp_files AS files_before FROM pg_stat_database WHERE datname = current_database() \gset
SET maintenance_work_mem = '1MB';
CREATE INDEX big_spilled ON big USING detmeta (metadata);
SELECT pg_stat_force_next_flush();
SELECT temp_files > :files_before AS spilled FROM pg_stat_database WHERE datname = current_database();
CREATE INDEX big_columns ON big USING detmeta (project, metadata, state);
SET maintenance_work_mem = '256MB';
CREATE INDEX big_whole ON big USING detmeta (metadata) WITH (fillfactor = 90);
CREATE INDEX big_full ON big USING detmeta (metadata) WITH (fillfactor = 100);
RESET maintenance_work_mem;
SELECT i, (SELECT count(*) FROM metadata_index_check(i)) FROM unnest('{big_gin,big_spilled,big_columns,big_whole,big_full}'::regclass[]) AS i;
SELECT pg_relation_size('big_spilled') = pg_relation_size('big_whole') AS spilled_is_whole, pg_relation_size('big_whole') < 0.8 * pg_relation_size('big_gin') AS packed,
  pg_relation_size('big_full') < 0.95 * pg_relation_size('big_whole') AS fuller;
-- statistics of the index, as GIN keeps them
CREATE EXTENSION IF NOT EXISTS pageinspect;
SELECT n_total_pages = pages AS total, n_entry_pages = pages - 1 - data_pages AS entry_pages, n_data_pages = data_pages AND data_pages > 0 AS data_pages,
  n_entries > 24000 AND n_entries = (SELECT n_entries FROM gin_metapage_info(get_raw_page('big_gin', 0))) AS entries
FROM gin_metapage_info(get_raw_page('big_whole', 0)),
  (SELECT count(*) AS pages, count(*) FILTER (WHERE 'data' = ANY (flags)) AS data_pages FROM generate_series(0, pg_relation_size('big_whole') / current_setting('block_size')::int - 1) AS b,
    gin_page_opaque_info(get_raw_page('big_whole', b))) AS p;
DROP EXTENSION pageinspect;
-- pages that are left nearly empty: more levels, and two tuples at least on each, however long
CREATE INDEX big_loose ON big USING detmeta (metadata) WITH (fillfactor = 10);
SELECT count(*), pg_relation_size('big_loose') > 5 * pg_relation_size('big_whole') AS loose FROM metadata_index_check('big_loose');
DROP INDEX big_loose;
CREATE TABLE wordy (state text COLLATE "C", metadata jsonb NOT NULL);
INSERT INTO wordy SELECT (SELECT string_agg(md5(i || ' ' || j), '') FROM generate_series(1, 50) AS j), jsonb_build_object('a', i) FROM generate_series(1, 60) AS i;
CREATE INDEX wordy_loose ON wordy USING detmeta (state, metadata) WITH (fillfactor = 10);
SELECT count(*) FROM metadata_index_check('wordy_loose');
DROP INDEX wordy_loose;
-- a list of rows that has room in an entry, but not with its key
TRUNCATE wordy;
INSERT INTO wordy SELECT repeat('s', 200), '{"a": 1}' FROM generate_series(1, 2500);
CREATE INDEX wordy_list ON wordy USING detmeta (state, metadata);
SELECT count(*) FROM metadata_index_check('wordy_list');
DROP INDEX wordy_list;
-- entries that are too long
\set VERBOSITY sqlstate
TRUNCATE wordy;
INSERT INTO wordy SELECT string_agg(md5(i::text), ''), '{}' FROM generate_series(1, 120) AS i;
CREATE INDEX ON wordy USING detmeta (state, metadata);
TRUNCATE wordy;
INSERT INTO wordy SELECT string_agg(md5(i::text), ''), '{}' FROM generate_series(1, 12000) AS i;
CREATE INDEX ON wordy USING detmeta (state, metadata);
\set VERBOSITY default
DROP TABLE wordy;
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

-- keys of one hash; the same value in two columns, and none; texts that are equal without being alike
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE alike (a int, b int, u uuid, t text COLLATE nocase, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO alike SELECT NULLIF(i % 3 - 1, 1), NULLIF(i % 2, 0), ('{7a5200e5-e9b3-a893-e1c2-b0ccba7dd72f,ada67ce4-2f7e-5143-3fdc-45e523f90ff7}'::uuid[])[i % 2 + 1], ('{one,ONE,One,two}'::text[])[i % 5], '{"a": 1}'
FROM generate_series(1, 3000) AS i;
SELECT count(DISTINCT uuid_hash(u)) FROM alike;
CREATE INDEX alike_idx ON alike USING detmeta (a, b, u, t, metadata);
SELECT count(*) FROM metadata_index_check('alike_idx');
VACUUM ANALYZE alike;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM alike WHERE a = 0 AND metadata @~ 'a is 1';
SELECT condition, scan_count(condition), (SELECT count(*) FROM alike) AS of FROM unnest(ARRAY['a = 0', 'a = -1', 'b = 1', 'b = 0', 'u = ''7a5200e5-e9b3-a893-e1c2-b0ccba7dd72f''', 'u = ''ada67ce4-2f7e-5143-3fdc-45e523f90ff7''',
  't = ''oNE''', 't = ''TWO''']) AS condition;
RESET enable_seqscan;
DROP TABLE alike;

-- an entry of more rows than are written at once, some of which were updated in place
CREATE TABLE many (id int NOT NULL, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off, fillfactor = 90);
INSERT INTO many SELECT i, CASE WHEN i % 2 = 0 THEN '{"even": true}'::jsonb ELSE '{"even": false}' END FROM generate_series(1, 600000) AS i;
UPDATE many SET id = -id WHERE id % 50 IN (7, 8);
CREATE INDEX many_idx ON many USING detmeta (metadata);
VACUUM many;
SELECT count(*) FROM metadata_index_check('many_idx');
EXPLAIN (COSTS OFF) SELECT count(*) FROM many WHERE metadata @~ 'even is true';
SELECT count(*) FROM many WHERE metadata @~ 'even is true';
DROP TABLE many;

-- by default there is a pending list, of the size that is asked for
CREATE TABLE later (metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX later_idx ON later USING detmeta (metadata);
INSERT INTO later SELECT jsonb_build_object('a', i) FROM generate_series(1, 3000) AS i;
SELECT metadata_index_clean_pending('later_idx') > 20 IS DISTINCT FROM current_setting('debug_assertions')::boolean;
ALTER INDEX later_idx SET (fillfactor = 50);
INSERT INTO later SELECT jsonb_build_object('a', i) FROM generate_series(1, 3000) AS i;
SELECT metadata_index_clean_pending('later_idx') > 20 IS DISTINCT FROM current_setting('debug_assertions')::boolean;
ALTER INDEX later_idx SET (gin_pending_list_limit = 64);
INSERT INTO later SELECT jsonb_build_object('a', i) FROM generate_series(1, 3000) AS i;
SELECT (metadata_index_clean_pending('later_idx') BETWEEN 1 AND 20) IS DISTINCT FROM current_setting('debug_assertions')::boolean;
-- COPY, whose rows are inserted in several parts
ALTER INDEX later_idx SET (fastupdate = off);
COPY later FROM PROGRAM 'seq -f "{\"a\": %.0f}" 1 3000';
ALTER INDEX later_idx SET (fastupdate = on);
COPY later FROM PROGRAM 'seq -f "{\"a\": %.0f}" 1 3000';
SELECT count(*) FROM metadata_index_check('later_idx');
DROP TABLE later;

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

-- what pg_stat_progress_create_index says of a build
SELECT n, pg_indexam_progress_phasename(oid, n) FROM pg_am, generate_series(1, 4) AS n WHERE amname = 'detmeta' ORDER BY 1;

-- what is refused
CREATE INDEX ON run USING detmeta (metadata) WITH (gin_pending_list_limit = 63);
CREATE INDEX ON run USING detmeta (metadata) WITH (fillfactor = 9);
CREATE INDEX ON run USING detmeta (metadata) WITH (deduplicate_items = on);
CREATE INDEX ON run USING detmeta (label, (1.5 * project));
CREATE UNIQUE INDEX ON run USING detmeta (metadata);
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
