-- Rows that come to an index of the access method detmeta after its build. Its own code puts them into leaves; these are to
-- be what GIN's code makes of them, byte for byte. GIN's code does so in an index beside it, of the same entries.
CREATE SCHEMA index_insert;
SET search_path = index_insert, public;
CREATE EXTENSION IF NOT EXISTS pageinspect;
-- Leaves: of posting trees, what is on them; of the entry tree, how full they are, as roots of trees are in other places.
CREATE FUNCTION leaves(index text) RETURNS TABLE (flags text[], content bytea) LANGUAGE sql AS $$
  SELECT o.flags, CASE WHEN 'data' = ANY (o.flags) THEN substr(raw, 25, h.lower - 24) ELSE substr(raw, 13, 4) END
  FROM generate_series(1, pg_relation_size(index) / current_setting('block_size')::int - 1) AS b, get_raw_page(index, b) AS raw, gin_page_opaque_info(raw) AS o, page_header(raw) AS h
  WHERE 'leaf' = ANY (o.flags)
$$;
-- entries of one row, of some, whose lists become trees, and of all; and a second column
CREATE TABLE grown (run_id int NOT NULL, metadata jsonb NOT NULL, other jsonb) WITH (autovacuum_enabled = off, fillfactor = 60);
CREATE INDEX grown_gin ON grown USING gin (metadata metadata_ops, other metadata_ops) WITH (fastupdate = off);
CREATE INDEX grown_own ON grown USING detmeta (metadata, other) WITH (fastupdate = off);
CREATE FUNCTION compare_leaves(OUT leaves_differ bigint, OUT pages_differ bigint, OUT trees boolean, OUT problems bigint) LANGUAGE sql AS $$
  SELECT (SELECT count(*) FROM (SELECT * FROM leaves('grown_gin') EXCEPT ALL SELECT * FROM leaves('grown_own')) AS a),
    (pg_relation_size('grown_gin') - pg_relation_size('grown_own')) / current_setting('block_size')::int,
    (SELECT count(*) FILTER (WHERE 'data' = ANY (flags)) > 10 FROM leaves('grown_own')),
    (SELECT count(*) FROM metadata_index_check('grown_own'))
$$;
CREATE FUNCTION grow(first int, last int, in_order boolean) RETURNS void LANGUAGE sql AS $$
  INSERT INTO grown SELECT i, jsonb_build_object('a', 1, 'third', i % 3, 'some', i * 7919 % 30, 'many', i * 7919 % 1000, 'id', i, 'text', md5(i::text)),
      CASE i % 5 WHEN 0 THEN '{}'::jsonb WHEN 1 THEN NULL ELSE jsonb_build_object('a', i % 2) END
  FROM generate_series(first, last) AS i ORDER BY CASE WHEN in_order THEN i ELSE i::bigint * 7919 % 10007 END
$$;
SELECT grow(1, 20000, true);
SELECT * FROM compare_leaves();
-- rows between others
UPDATE grown SET metadata = metadata || '{"third": 1, "new": true}' WHERE run_id % 9 IN (1, 5);
SELECT * FROM compare_leaves();
-- leaves that VACUUM shortens, and others that it deletes
DELETE FROM grown WHERE run_id BETWEEN 2000 AND 18000 OR run_id % 3 = 0;
VACUUM grown;
SELECT count(*) > 0 AS deleted FROM leaves('grown_own') WHERE 'deleted' = ANY (flags);
SELECT * FROM compare_leaves();
SELECT grow(3000, 12000, false);
SELECT * FROM compare_leaves();
UPDATE grown SET metadata = metadata || '{"some": 5}' WHERE run_id % 11 = 0;
SELECT * FROM compare_leaves();
-- gaps between rows that take up to five bytes
DELETE FROM grown WHERE ctid >= '(2,0)' AND ctid < '(300,0)' AND run_id % 400 > 0;
VACUUM grown;
SELECT grow(20001, 20300, true);
SELECT * FROM compare_leaves();

-- rows that the index has already: its entries stay when their rows go, as it does not take part in VACUUM
CREATE TABLE again (LIKE grown) WITH (autovacuum_enabled = off);
CREATE INDEX again_idx ON again USING detmeta (metadata, other) WITH (fastupdate = off);
INSERT INTO again SELECT i, jsonb_build_object('a', 1, 'some', i * 7919 % 30, 'id', i), jsonb_build_object('a', i % 2) FROM generate_series(1, 4000) AS i;
CREATE TABLE leaves_before AS SELECT * FROM leaves('again_idx');
UPDATE pg_index SET indisready = false WHERE indexrelid = 'again_idx'::regclass;
CREATE TABLE kept AS SELECT *, ctid AS place FROM again;
DELETE FROM again;
VACUUM (TRUNCATE OFF) again;
-- VACUUM found no index, and noted that
UPDATE pg_index SET indisready = true WHERE indexrelid = 'again_idx'::regclass;
UPDATE pg_class SET relhasindex = true WHERE oid = 'again'::regclass;
INSERT INTO again SELECT run_id, metadata, other FROM kept ORDER BY place;
SELECT count(*) AS elsewhere FROM again JOIN kept USING (run_id) WHERE again.ctid <> place;
SELECT count(*) FROM (TABLE leaves_before EXCEPT ALL SELECT * FROM leaves('again_idx')) AS a;
SELECT count(*) FILTER (WHERE 'data' = ANY (flags)) > 3 AS trees, count(*) FILTER (WHERE NOT 'data' = ANY (flags)) > 10 AS lists FROM leaves_before;
SELECT count(*) FROM metadata_index_check('again_idx');

-- keys of any length in another column, NULL, and with long keys lists that become trees early
CREATE TABLE wordy (state text COLLATE "C", project int, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX wordy_idx ON wordy USING detmeta (state, project, metadata) WITH (fastupdate = off);
INSERT INTO wordy SELECT CASE WHEN i % 7 > 0 THEN (SELECT string_agg(md5(i % 300 || ' ' || j), '') FROM generate_series(1, i % 60) AS j) END, nullif(i % 5, 0), jsonb_build_object('a', i)
FROM generate_series(1, 3000) AS i;
INSERT INTO wordy SELECT repeat('s', i % 2000), NULL, '{"a": 1}' FROM generate_series(1, 4000) AS i;
INSERT INTO wordy SELECT repeat('s', 200), NULL, '{"a": 1}' FROM generate_series(1, 2500) AS i;
SELECT count(*) FROM metadata_index_check('wordy_idx');
DELETE FROM wordy WHERE project = 1 OR state IS NULL;
VACUUM wordy;
INSERT INTO wordy SELECT repeat('s', 200), NULL, '{"a": 1}' FROM generate_series(1, 500) AS i;
SELECT count(*) FROM metadata_index_check('wordy_idx');
-- one that is too long
\set VERBOSITY sqlstate
INSERT INTO wordy SELECT string_agg(md5(i::text), ''), 1, '{}' FROM generate_series(1, 120) AS i;
\set VERBOSITY default
SELECT count(*) FROM metadata_index_check('wordy_idx');

-- without a log, and of one session
CREATE UNLOGGED TABLE unlogged (LIKE grown);
CREATE INDEX unlogged_idx ON unlogged USING detmeta (metadata, other) WITH (fastupdate = off);
CREATE TEMP TABLE passing (LIKE grown);
CREATE INDEX passing_idx ON passing USING detmeta (metadata, other) WITH (fastupdate = off);
INSERT INTO unlogged SELECT * FROM grown LIMIT 6000;
INSERT INTO passing SELECT * FROM grown LIMIT 6000;
SELECT i, (SELECT count(*) FROM metadata_index_check(i)) FROM unnest('{unlogged_idx,passing_idx}'::regclass[]) AS i;

-- what is undone leaves nothing behind
BEGIN;
INSERT INTO grown SELECT * FROM unlogged;
SAVEPOINT s;
UPDATE grown SET metadata = metadata || '{"undone": true}' WHERE run_id % 5 = 0;
ROLLBACK TO s;
INSERT INTO grown SELECT run_id, '{"kept": true}', other FROM unlogged LIMIT 100;
COMMIT;
SELECT * FROM compare_leaves();
SELECT count(*) FROM grown WHERE metadata @~ 'undone is true or kept is true';

\set ECHO none
SET client_min_messages = warning;
DROP EXTENSION pageinspect CASCADE;
DROP SCHEMA index_insert CASCADE;
