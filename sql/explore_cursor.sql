-- Cursors of search_run_metadata(): pages behind and before a place
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_cursor;
SET search_path = explore_cursor, public;
\set ECHO none
\i :tree/test/regress/explore.sql
\set ECHO all

CREATE TABLE run (run_id int PRIMARY KEY, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO run SELECT i, document(i) FROM generate_series(1, 400) AS i WHERE document(i) IS NOT NULL;
UPDATE run SET metadata = metadata || '{"n": 5}' WHERE run_id % 13 = 5;
SET detmeta.runs_table = 'run';

-- all pages one after the other are the list, whatever the size of a page
CREATE FUNCTION walk(filter metadata_filter, sort text, size int) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  place text;
  page bigint[];
  runs bigint[] := '{}';
BEGIN
  LOOP
    SELECT array_agg(s.run_id ORDER BY n), (array_agg(s.cursor ORDER BY n DESC))[1] INTO page, place
      FROM search_run_metadata(filter, sort, size, after => place) WITH ORDINALITY AS s (run_id, metadata, total, cursor, n);
    EXIT WHEN page IS NULL;
    runs := runs || page;
  END LOOP;
  RETURN runs;
END $$;
CREATE FUNCTION whole(filter metadata_filter, sort text) RETURNS bigint[] LANGUAGE sql AS
  $$ SELECT array_agg(run_id ORDER BY n) FROM search_run_metadata(filter, sort, NULL) WITH ORDINALITY AS s (run_id, metadata, total, cursor, n) $$;
SELECT sort, size, cardinality(w) AS runs, walk(filter, sort, size) = w AS forward
FROM unnest(ARRAY['', 'id desc', 'metadata.n', 'n desc', 'n nulls first', 'n desc nulls first, id desc', 'flag, n desc', 'flag desc, n nulls first, id desc', 'o.x desc, flag nulls first, n', 'unknown, n', 'unknown nulls first', 'text, id', 'digits desc']) AS sort,
  unnest(ARRAY[NULL, 'n >= 2']::metadata_filter[]) AS filter, unnest('{7,150}'::int[]) AS size, LATERAL (SELECT whole(filter, sort) AS w) AS l
WHERE size = 7 OR filter IS NULL;

-- before the last run of the list, and so on to the first
CREATE FUNCTION last_cursor(sort text) RETURNS text LANGUAGE sql AS
  $$ SELECT cursor FROM search_run_metadata(NULL, sort, NULL) WITH ORDINALITY AS s (run_id, metadata, total, cursor, n) ORDER BY n DESC LIMIT 1 $$;
CREATE FUNCTION walk_back(sort text, size int) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  place text := last_cursor(sort);
  page bigint[];
  runs bigint[] := '{}';
BEGIN
  LOOP
    SELECT array_agg(s.run_id ORDER BY n), (array_agg(s.cursor ORDER BY n))[1] INTO page, place
      FROM search_run_metadata(NULL, sort, size, before => place) WITH ORDINALITY AS s (run_id, metadata, total, cursor, n);
    EXIT WHEN page IS NULL;
    runs := page || runs;
  END LOOP;
  RETURN runs;
END $$;
SELECT sort, walk_back(sort, 11) = w[:cardinality(w) - 1] AS backward
FROM unnest(ARRAY['', 'id desc', 'metadata.n', 'n desc', 'n nulls first', 'flag desc, n nulls first, id desc', 'o.x desc, flag nulls first, n', 'unknown, n', 'digits desc']) AS sort, LATERAL (SELECT whole(NULL, sort) AS w) AS l;

-- the number of all, OFFSET behind a place, and runs between two places
SELECT run_id, total FROM search_run_metadata('n = 5', 'id', 2, after => (SELECT cursor FROM search_run_metadata('n = 5', 'id', 1, 4)));
SELECT run_id, total FROM search_run_metadata('n = 5', 'id', 2);
SELECT run_id, total FROM search_run_metadata('n = 5', 'id', 2, 3, after => (SELECT cursor FROM search_run_metadata('n = 5', 'id', 1)));
SELECT run_id, total FROM search_run_metadata('n = 5', 'id', 2, 1, before => (SELECT cursor FROM search_run_metadata('n = 5', 'id', 1, 5)));
SELECT array_agg(run_id) FROM search_run_metadata('n = 5', 'id', 20, after => (SELECT cursor FROM search_run_metadata('n = 5', 'id', 1)), before => (SELECT cursor FROM search_run_metadata('n = 5', 'id', 1, 5)));
SELECT count(*) FROM search_run_metadata('n = 5', 'id', after => (SELECT cursor FROM search_run_metadata('n = 5', 'id desc', 1)));
SELECT count(*) FROM search_run_metadata('n = 5', 'id', after => NULL, before => NULL);

-- the place stays where it was when its run is gone, or is elsewhere, and others come in between
SELECT cursor AS place FROM search_run_metadata('n > 0', 'metadata.n', 1, 20) \gset
SELECT array_agg(run_id) FROM search_run_metadata('n > 0', 'metadata.n', 4, after => :'place');
BEGIN;
DELETE FROM run WHERE run_id = (SELECT run_id FROM search_run_metadata('n > 0', 'metadata.n', 1, 20));
SELECT array_agg(run_id) FROM search_run_metadata('n > 0', 'metadata.n', 4, after => :'place');
SELECT post_run_metadata(-1, '{"n": 0.001}'), post_run_metadata(-2, '{"n": 5000}');
SELECT array_agg(run_id) FROM search_run_metadata('n > 0', 'metadata.n', 4, after => :'place');
ROLLBACK;

-- no cursor, one of another order, of another version, too short, too long
SELECT count(*) FROM search_run_metadata(sort => 'n', after => 'no cursor');
\echo :SQLSTATE
SELECT count(*) FROM search_run_metadata(sort => 'n', after => '');
SELECT count(*) FROM search_run_metadata(sort => 'n', before => 'AAAA');
SELECT count(*) FROM search_run_metadata(sort => 'n desc', after => (SELECT cursor FROM search_run_metadata(sort => 'n', "limit" => 1)));
\echo :SQLSTATE
SELECT count(*) FROM search_run_metadata(sort => 'n, id desc', after => (SELECT cursor FROM search_run_metadata(sort => 'n', "limit" => 1)));
SELECT count(*) FROM search_run_metadata(sort => 'n', before => (SELECT left(cursor, -3) FROM search_run_metadata(sort => 'n', "limit" => 1)));
SELECT count(*) FROM search_run_metadata(sort => 'n', before => (SELECT cursor || 'AAAA' FROM search_run_metadata(sort => 'n', "limit" => 1)));
SELECT count(*) FROM search_run_metadata(sort => 'n', before => (SELECT 'B' || substr(cursor, 2) FROM search_run_metadata(sort => 'n', "limit" => 1)));
SELECT count(*) FROM search_run_metadata(sort => 'n', before => repeat('x', 300) || 'é');
SELECT count(*) FROM search_run_metadata(sort => 'n nulls first', after => (SELECT cursor FROM search_run_metadata(sort => 'n desc', "limit" => 1)));
SELECT count(*) FROM search_run_metadata(sort => 'n desc nulls first', after => (SELECT cursor FROM search_run_metadata(sort => 'n nulls first', "limit" => 1)));
SELECT count(*) FROM search_run_metadata(sort => 'id, ""', after => (SELECT cursor FROM search_run_metadata(sort => '"", id', "limit" => 1)));
-- a length below zero, and one of more bytes than there are
CREATE FUNCTION forged(cursor text, length bytea) RETURNS text LANGUAGE sql AS $$
  SELECT translate(rtrim(encode(overlay(decode(rpad(translate(cursor, '-_', '+/'), (length(cursor) + 3) / 4 * 4, '='), 'base64') PLACING length FROM 11), 'base64'), '='), E'+/\n', '-_')
$$;
SELECT count(*) > 0 AS found FROM search_run_metadata(sort => 'n', after => (SELECT forged(cursor, '') FROM search_run_metadata(sort => 'n', "limit" => 1)));
SELECT count(*) FROM search_run_metadata(sort => 'n', after => (SELECT forged(cursor, '\xffffff00') FROM search_run_metadata(sort => 'n', "limit" => 1)));
SELECT count(*) FROM search_run_metadata(sort => 'n', after => (SELECT forged(cursor, '\x7fffffff') FROM search_run_metadata(sort => 'n', "limit" => 1)));
-- which is the same order, however it is written
SELECT count(*) > 0 AS found FROM search_run_metadata(sort => ' metadata.n ASC NULLS LAST , id=asc', after => (SELECT cursor FROM search_run_metadata(sort => 'n', "limit" => 1)));
-- the letters are those of URLs
SELECT bool_and(cursor ~ '^[A-Za-z0-9_-]+$') AS letters FROM search_run_metadata(sort => 'text', "limit" => NULL);
-- settings that change how bytes and strings are written do not matter
SET bytea_output = escape;
DO $$
BEGIN
  SET standard_conforming_strings = off;
EXCEPTION WHEN feature_not_supported THEN
  NULL; -- 19 has no other strings
END $$;
SELECT walk(NULL, 'text desc, n', 50) = whole(NULL, 'text desc, n') AS forward;
RESET bytea_output;
RESET standard_conforming_strings;

DROP SCHEMA explore_cursor CASCADE;
