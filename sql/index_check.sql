-- metadata_index_check(): what an index has, against what its table has
CREATE SCHEMA index_check;
SET search_path = index_check, public;
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;

CREATE FUNCTION document(i int) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('n', i % 10, 'loss', i % 1009 / 8.0, 'note', 'note ' || i, 'long', repeat('long ', 25) || i % 7, 'tags', ARRAY['a' || i % 3, 'b'], 'r', jsonb_build_object('s', i % 50))
    || CASE i % 4 WHEN 0 THEN '{}' WHEN 1 THEN '{"x": true}' WHEN 2 THEN jsonb_build_object('x', date '2024-01-01' + i) ELSE jsonb_build_object('r.s', i % 7) END
$$;

-- What the tests change behind the index's back is read by new sessions only.
CREATE TABLE run (id int PRIMARY KEY, label text, kind int, m jsonb, n jsonb) WITH (fillfactor = 80, autovacuum_enabled = off);
INSERT INTO run SELECT i, NULL, i % 3, document(i), CASE WHEN i % 5 > 0 THEN document(i + 1) END FROM generate_series(1, 3000) AS i;
CREATE INDEX direct ON run USING gin (m metadata_ops) WITH (fastupdate = off);
CREATE INDEX pending ON run USING gin (m metadata_ops) WITH (fastupdate = on);
CREATE INDEX many ON run USING gin (m metadata_ops (trigram_keys = 'note'), n metadata_ops, to_tsvector('simple', label), (m->'r') metadata_ops) WITH (fastupdate = on);
CREATE INDEX part ON run USING gin (m metadata_ops, n metadata_ops) WHERE kind = 1;
CREATE VIEW problems AS
  SELECT c.* FROM unnest('{direct, pending, many, part}'::regclass[]) AS i, metadata_index_check(i) AS c;
SELECT * FROM problems;

-- a table without rows, with one, with empty documents and NULL
CREATE TABLE small (m jsonb);
CREATE INDEX small_m ON small USING gin (m metadata_ops);
SELECT * FROM metadata_index_check('small_m');
INSERT INTO small VALUES ('{}'), (NULL), ('[1]'), ('{"a.b": 1, "a": {"b": 2}}');
SELECT * FROM metadata_index_check('small_m');

-- rows that are inserted, updated in place and elsewhere, deleted and undone: before VACUUM and after it
INSERT INTO run SELECT i, 'new label', 1, document(i), NULL FROM generate_series(3001, 3400) AS i;
UPDATE run SET label = 'x' WHERE id % 4 = 0;
UPDATE run SET kind = 1 WHERE id % 12 = 0;
UPDATE run SET m = document(id + 1) WHERE id % 7 = 0;
DELETE FROM run WHERE id % 11 = 0;
BEGIN;
INSERT INTO run SELECT i, NULL, 1, document(i), NULL FROM generate_series(5001, 5100) AS i;
UPDATE run SET m = '{"undone": true}' WHERE id % 50 = 1;
SAVEPOINT s;
DELETE FROM run WHERE id < 100;
ROLLBACK TO s;
SELECT * FROM problems;
ROLLBACK;
SELECT * FROM problems;
VACUUM (INDEX_CLEANUP ON) run;
SELECT * FROM problems;
INSERT INTO run SELECT i, NULL, 1, document(i), NULL FROM generate_series(6001, 6200) AS i;
SELECT * FROM problems;
-- in slices: as little memory as there can be
SET maintenance_work_mem = '1MB';
SELECT * FROM problems;
RESET maintenance_work_mem;
-- an index that is younger than the transaction's snapshot, and rows of its own
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) > 0 FROM run;
UPDATE run SET m = document(id + 2) WHERE id % 100 = 3;
CREATE INDEX young ON run USING gin (m metadata_ops);
SELECT * FROM metadata_index_check('young');
ROLLBACK;

-- partitions
CREATE TABLE parted (id int, m jsonb) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (id);
CREATE TABLE parted_3 PARTITION OF parted_2 FOR VALUES FROM (100) TO (150);
CREATE INDEX parted_m ON parted USING gin (m metadata_ops);
INSERT INTO parted SELECT i, document(i) FROM generate_series(1, 149) AS i;
SELECT * FROM metadata_index_check('parted_m');

-- Wrong indexes: the catalogs are made to say that an index was built otherwise
-- than it was.  Other options, another predicate, another column.
CREATE INDEX wrong ON small USING gin (m metadata_ops) WHERE m @~ 'a.b is 1';
CREATE INDEX wrong_1 ON small USING gin (m metadata_ops) WHERE m @~ 'a.b is 7';
CREATE INDEX wrong_2 ON small USING gin (m metadata_ops);
CREATE INDEX wrong_3 ON parted_3 USING gin (m metadata_ops) WHERE id < 102;
INSERT INTO small VALUES ('{"x": "y", "number": 5, "day": "2024-01-15", "null": null, "list": ["e", 1, null], "long": "x"}');
SELECT index_name, tid, entry, problem FROM metadata_index_check('wrong');
UPDATE pg_index SET indpred = (SELECT indpred FROM pg_index WHERE indexrelid = 'wrong_3'::regclass) WHERE indexrelid = 'parted_3_m_idx'::regclass;
UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'wrong'::regclass;
UPDATE pg_index SET indpred = (SELECT indpred FROM pg_index WHERE indexrelid = 'wrong_1'::regclass) WHERE indexrelid = 'wrong_2'::regclass;
UPDATE pg_attribute SET attoptions = '{trigram_keys=note}' WHERE attrelid = 'direct'::regclass;
UPDATE pg_index SET indkey = '5 4' WHERE indexrelid = 'part'::regclass;
\c -
SET search_path = index_check, public;
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
SELECT * FROM metadata_index_check('wrong');
SELECT * FROM metadata_index_check('wrong_2');
SELECT count(*), count(DISTINCT tid), min(entry), max(entry), min(problem), max(problem) FROM metadata_index_check('direct');
SELECT split_part(entry, ':', 1), count(*) > 0, problem FROM metadata_index_check('part') WHERE entry ~ ': (NULL|row)$' GROUP BY 1, 3 ORDER BY 1, 3;
-- there is an end to it
SET client_min_messages = notice;
SELECT count(*) FROM metadata_index_check('direct');
SET client_min_messages = warning;
-- the partition whose index is wrong is named
SELECT index_name, count(DISTINCT tid), problem FROM metadata_index_check('parted_m') GROUP BY 1, 3;
-- REINDEX repairs
REINDEX TABLE small;
SELECT * FROM metadata_index_check('wrong');
SELECT * FROM metadata_index_check('wrong_2');

-- errors
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  EXECUTE statement;
  RETURN 'fine';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
CREATE INDEX other ON small USING gin (m);
CREATE INDEX btree ON run (id);
CREATE TABLE twice (id int, m jsonb);
INSERT INTO twice VALUES (1, '{}'), (1, '{}');
CREATE INDEX bad ON twice USING gin (m metadata_ops);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'bad'::regclass;
SELECT outcome(format('SELECT * FROM metadata_index_check(%s)', a))
FROM unnest(ARRAY['NULL', '''small''', '''other''', '''btree''', '''bad''', '''run_pkey''', '4000000000::oid']) AS a;
CREATE ROLE regress_checker;
GRANT USAGE ON SCHEMA index_check TO regress_checker;
GRANT SELECT ON small, run TO regress_checker;
SET ROLE regress_checker;
SELECT outcome('SELECT * FROM metadata_index_check(''small_m'')');
RESET ROLE;
ALTER TABLE small OWNER TO regress_checker;
SET ROLE regress_checker;
SELECT outcome('SELECT * FROM metadata_index_check(''small_m'')');
RESET ROLE;

-- an index's expressions run as the table's owner, whoever checks
CREATE TABLE log (who name);
CREATE FUNCTION tell(m jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RAISE WARNING 'called as %', current_user;
  RETURN m;
END $$;
CREATE TABLE owned (m jsonb);
INSERT INTO owned VALUES ('{}');
CREATE INDEX owned_m ON owned USING gin (tell(m) metadata_ops);
ALTER TABLE owned OWNER TO regress_checker;
SELECT * FROM metadata_index_check('owned_m');

-- it stops when it is told to
SET statement_timeout = 1;
SELECT * FROM metadata_index_check('many');
RESET statement_timeout;

SET client_min_messages = warning;
DROP SCHEMA index_check CASCADE;
DROP ROLE regress_checker;
