-- Metadata Count by adding up entries: conditions on keys whose rows have single values, and on keys of which some row
-- has several; compared with core's plans
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_count_entries;
SET search_path = scan_count_entries, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all
CREATE TABLE single (metadata jsonb NOT NULL) WITH (fillfactor = 30);
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
-- some rows are changed since VACUUM: few of the pages are looked at, then many
UPDATE single SET metadata = metadata || '{"n": 55, "mixed": "a1"}' WHERE metadata @~ 'n is 30' AND metadata @~ 'rare is not empty';
DELETE FROM single WHERE metadata @~ 'n is 40' AND metadata @~ 'rare is not empty';
SELECT * FROM compare_filters();
DELETE FROM single WHERE metadata @~ 'n < 70';
SELECT * FROM compare_filters();

DROP SCHEMA scan_count_entries CASCADE;
