-- Metadata Count by adding up entries: conditions on keys whose rows have single values, and on keys of which some row
-- has several; compared with core's plans
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_count_entries;
SET search_path = scan_count_entries, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all
CREATE TABLE single (metadata jsonb NOT NULL) WITH (fillfactor = 30, autovacuum_enabled = off);
INSERT INTO single SELECT jsonb_build_object('n', i % 700, 's', 'text ' || i % 90, 'd', date '2024-01-01' + i % 500, 'b', i % 3 = 0,
    'mixed', CASE i % 5 WHEN 0 THEN to_jsonb(i % 50) WHEN 1 THEN to_jsonb('a' || i % 50) WHEN 2 THEN 'null' WHEN 3 THEN '{}' ELSE to_jsonb(i % 2 = 0) END,
    'long', repeat('long ', 25) || i % 7, 'list', CASE WHEN i % 100 = 0 THEN jsonb_build_array(i % 7, i % 8) ELSE to_jsonb(i % 9) END)
  || CASE WHEN i = 77 THEN '{"o.p": 1, "o": {"p": 2}}' ELSE jsonb_build_object('o', jsonb_build_object('p', i % 4)) END
  || CASE WHEN i % 10 = 0 THEN jsonb_build_object('rare', i) ELSE '{}' END
FROM generate_series(1, 20000) AS i;
CREATE INDEX ON single USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM (ANALYZE) single;
CREATE FUNCTION compare_filters() RETURNS TABLE (result text, query text) LANGUAGE sql AS $f$
SELECT c.* FROM compare_all((SELECT string_agg(format('SELECT count(*) FROM single WHERE metadata @~ %L', filter), E'\n' ORDER BY n)
  FROM regexp_split_to_table($$n < 100
n between 50 and 60
n in (1, 2, 3, 1.0)
n in (text "5", 5)
n is not 7
n not in (7, 8)
n is empty
rare is empty
rare is not empty
rare is not 10
s starts with "text 1"
s contains "8"
s does not contain "8"
s icontains "TEXT 2"
s > "text 5"
d < date "2024-03"
d is not date "2024-02-01"
d contains "-03-"
b is true
b is not true
mixed < 20
mixed < text "20"
mixed is null
mixed is not null
mixed is {}
mixed is not {}
mixed contains "a1"
mixed is not "a1"
mixed is text "true"
mixed is empty
mixed in (1, "a1", null, true)
long contains "long 3"
long starts with "long"
long contains "zzz"
long does not contain "zzz"
list < 3
list is not 4
list is empty
o.p = 1
o.p is not 2
o.p is not empty
o is not empty
not n < 100
not (not n < 100)
unknown is not 1
unknown is empty$$, E'\n') WITH ORDINALITY AS f (filter, n))) AS c
$f$;
SELECT * FROM compare_filters();

-- Which way a condition is counted: a set that is larger than work_mem is made slice by slice, and each slice reads lists of
-- rows once more; entries that are added up are read once, whatever work_mem is.
CREATE FUNCTION postings_read(filter text, memory text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('cpu_tuple_cost', '10', true),
    set_config('work_mem', memory, true);
  RETURN (SELECT value FROM explained(format('SELECT count(*) FROM single WHERE metadata @~ %L', filter), 'ANALYZE, TIMING OFF')
          WHERE name = 'Postings Read');
END $$;
CREATE FUNCTION ways() RETURNS TABLE (way text, filters text) LANGUAGE sql AS $f$
SELECT CASE WHEN postings_read(filter, '64kB') = postings_read(filter, '64MB') THEN 'added up' ELSE 'sets' END AS way, string_agg(filter, '; ' ORDER BY n)
FROM regexp_split_to_table($$n < 100
n in (1, 2, 3)
n is not 7
n is empty
rare is empty
s starts with "text 1"
s contains "8"
b is not true
mixed is not "a1"
d < date "2024-03"
long starts with "long"
not n < 100
long contains "long 3"
list < 3
list is not 4
o.p is not 2$$, E'\n') WITH ORDINALITY AS f (filter, n)
GROUP BY 1 ORDER BY 1
$f$;
-- where a key has several values, or strings are cut, there are sets
SELECT * FROM ways();
-- where rows are in the pending list, there are no others
BEGIN;
ALTER INDEX single_metadata_idx SET (fastupdate = on);
INSERT INTO single VALUES ('{"n": 1}');
SELECT * FROM ways();
ROLLBACK;
-- the list still has the row
SELECT gin_clean_pending_list('single_metadata_idx');
SELECT * FROM ways();

-- some rows are changed since VACUUM: few of the pages are looked at, then so many that sets are better
UPDATE single SET metadata = metadata || '{"n": 55, "mixed": "a1"}' WHERE metadata @~ 'n is 30 and rare < 8000';
DELETE FROM single WHERE metadata @~ 'n is 40 and rare < 8000';
SELECT * FROM compare_filters();
SELECT * FROM ways();
DELETE FROM single WHERE metadata @~ 'n < 70';
SELECT * FROM compare_filters();
SELECT * FROM ways();
-- leaves of posting trees that this session has counted before, and that VACUUM has changed since
VACUUM single;
SELECT * FROM compare_filters();
SELECT * FROM ways();
INSERT INTO single SELECT '{"b": true, "n": 300, "s": "text 5"}' FROM generate_series(1, 500);
VACUUM single;
SELECT * FROM compare_filters();

-- The visibility map is asked for many pages at once: of a table of more than 2,048 pages, with one row each, a single page is
-- not all-visible, at the ends of what is asked for at once and between. One row less is counted each time.
CREATE TABLE wide (page int, filler text NOT NULL DEFAULT repeat('f', 5000), metadata jsonb NOT NULL)
  WITH (autovacuum_enabled = off, vacuum_truncate = off);
ALTER TABLE wide ALTER filler SET STORAGE PLAIN;
INSERT INTO wide (page, metadata) SELECT i, jsonb_build_object('n', i % 7, 'all', true) FROM generate_series(0, 2149) AS i;
CREATE INDEX ON wide USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM (ANALYZE) wide;
SELECT pg_relation_size('wide') / current_setting('block_size')::int AS pages;
CREATE FUNCTION count_without(wanted int) RETURNS TABLE (place text, counts text) LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM wide WHERE page = wanted RETURNING ctid INTO place;
  counts := concat_ws('; ', compare('SELECT count(*) FROM wide WHERE metadata @~ ''n < 10'''),
    compare('SELECT count(*) FROM wide WHERE metadata @~ ''all is true'''));
  RETURN NEXT;
END $$;
SELECT format('SELECT * FROM count_without(%s)', page), 'VACUUM (INDEX_CLEANUP ON) wide'
FROM unnest(ARRAY[0, 31, 32, 500, 800, 1023, 1024, 1500, 2000, 2047, 2048, 2111, 2112, 2130, 2149]) AS page
\gexec

DROP SCHEMA scan_count_entries CASCADE;
