-- Conditions on any key of a document
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA any_key;
SET search_path = any_key, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

-- the key * is another than that of the name
SELECT f::metadata_filter AS printed, f::metadata_filter = f::metadata_filter::text::metadata_filter AS reads_back
FROM unnest(ARRAY['* contains "warm"', '"*" contains "warm"', '*=5', 'not (* in (2, "a", 1.0, 2))', '* is [1, 2] or not * is {"a": 1}',
  '*  BETWEEN "2024-01-01" and "2024-02-01"', '(* is true) and x is "*"', '* >= string "2024-01-01"', 'metadata."*" is 1']) AS f;
SELECT '* is 1'::metadata_filter = '"*" is 1'::metadata_filter, '* is 1'::metadata_filter = '"" is 1'::metadata_filter;
SELECT metadata_filter('*', 'is', 1), metadata_filter('{"filterGroup": {"kind": "group", "conjunction": "and", "children": [
  {"kind": "field", "columnName": "metadata.*", "location": "LOCATION_TYPE_RUN_METADATA", "operator": "contains", "value": "x"}]}}');
SELECT outcomes(E'
''* is not 5''::metadata_filter
''* not in (5)''::metadata_filter
''x is 1 and * does not contain "a"''::metadata_filter
''* not like "a%"''::metadata_filter
''* is empty''::metadata_filter
''* is not empty''::metadata_filter
''* is null''::metadata_filter
''* in (1, [])''::metadata_filter
''* is {}''::metadata_filter
''* > null''::metadata_filter
''* contains 5''::metadata_filter
''*''::metadata_filter
''* *''::metadata_filter
''*.a is 5''::metadata_filter
''a.* is 5''::metadata_filter
''metadata.* is 5''::metadata_filter
');

-- through the binary format
CREATE TABLE filters (f metadata_filter);
INSERT INTO filters VALUES ('* is 1'), ('"*" is 1'), ('not (* contains "a" or "*" contains "a")');
COPY filters TO PROGRAM 'cat > any_key.filters' (FORMAT binary);
COPY filters FROM PROGRAM 'cat any_key.filters && rm any_key.filters' (FORMAT binary);
SELECT f, count(*) FROM filters GROUP BY f ORDER BY f::text;

-- what matches: nested keys, elements of arrays, but nothing inside objects in arrays; the document itself is no value
SELECT add_documents($$
number {"a": 5}
nested {"o": {"p": {"q": 5}}}
element {"t": [1, [5]]}
inside {"t": [{"a": 5}]}
string {"s": "5"}
star {"*": 5}
empty_key {"": 5}
dotted {"a.b": 5, "a": {"b": 6}}
twice {"a.b": 6, "a": {"b": 5}}
list [5]
scalar 5
nothing {}
nulls {"a": null, "b": [], "c": {}}
true {"f": true}
trues {"f": [false, true]}
date {"d": "2024-01-15"}
instant {"d": {"e": ["2024-01-15T00:00:00Z"]}}
object {"o": {"a": 1}}
objects {"o": [{"a": 1}]}
array {"o": {"t": [1, 2]}}
warm {"notes": "a Warm start"}
$$);
INSERT INTO doc (name, m) VALUES
  ('long_key', jsonb_build_object(repeat('k', 200), 'long 5')),
  ('long', jsonb_build_object('a', repeat('x', 96) || 'yz')),
  ('longer', jsonb_build_object('b', jsonb_build_array(repeat('x', 96) || 'yzz')));
SELECT * FROM matches($$
m @~ '* is 5'
m @~ 'not (* is 5)'
m @~ '"*" is 5'
metadata_is(m, '*', 5)
m @~ '* is text "5"'
m @~ '* in (6, true, "2024-01-15")'
m @~ '* is true'
m @~ '* <= true'
m @~ '* < false'
m @~ '* < 5'
m @~ '* >= 5 and not (* > 5)'
m @~ '* between 1 and 4'
m @~ '* is date "2024-01-15"'
m @~ '* < "2024-01-16"'
m @~ '* starts with "2024"'
m @~ '* > string "2024-01-15"'
m @~ '* contains "arm"'
m @~ '* icontains "WARM"'
m @~ '* contains ""'
m @~ '* contains "xy"'
m @~ '* ends with "yz"'
m @~ '* is {"a": 1}'
m @~ '* is [1, 2]'
m @~ '* is {"t": [1, 2]}'
m @~ '* is {"p": {"q": 5}}'
m @~ '* matches "^a .*start"'
m @~ '* like "%5"'
m @~ '* ilike "%warm%"'
m @~ '* iis "a warm START"'
m @~ '* istarts with "A w"'
m @~ '* is "5" or * is 1 and not a is 1'
m @~ '* in ()'
m !@~ '* contains "5"'
$$);
SELECT conditions.m FROM (VALUES
  (repeat('x', 96) || 'yz', ''), (repeat('x', 96) || 'y', '')) AS conditions (m, unused)
WHERE matching(format('m @~ %L', '* is "' || m || '"')) = 'long';
SELECT matching(format('m @~ %L', '* > string "' || repeat('x', 96) || 'yz"')),
  matching(format('m @~ %L', '* starts with "' || repeat('x', 96) || 'yz"'));

-- what is asked of the index
SELECT metadata_debug_filter('* contains "war"');
SELECT metadata_debug_filter('* contains "warm"', '*');
SELECT metadata_debug_filter('* contains "wa"', '*');
SELECT metadata_debug_filter('* contains "warm"', 'notes');
SELECT metadata_debug_filter('not (* in (1, true, "2024-01"))');
SELECT metadata_debug_filter('* matches "promising .* plateau"', '*');

-- a key that only the pending list has; one that the index has got since
CREATE TABLE late (n int, m jsonb);
CREATE INDEX ON late USING gin (m metadata_ops (trigram_keys = '*')) WITH (fastupdate = on);
INSERT INTO late SELECT i, jsonb_build_object('a', i, 's', 'text ' || i) FROM generate_series(1, 100) AS i;
VACUUM late;
INSERT INTO late VALUES (101, '{"late": "fresh text"}'), (102, '{"a": 7}');
DELETE FROM late WHERE n = 7;
SET detmeta.enable_metadata_scan = on;
SET enable_seqscan = off;
SELECT f, (SELECT count(*) FROM late WHERE m @~ f), (SELECT string_agg(n::text, ' ') FROM late WHERE m @~ f)
FROM unnest(ARRAY['* contains "fresh"', '* is 7', '* contains "text 10"', '* contains "ex"', 'not * contains "text"']::metadata_filter[]) AS f;
VACUUM late;
SELECT f, (SELECT count(*) FROM late WHERE m @~ f)
FROM unnest(ARRAY['* contains "fresh"', '* is 7', '* contains "text 10"', '* contains "ex"', 'not * contains "text"']::metadata_filter[]) AS f;

-- plans that are kept, rescans, counts of several conditions
PREPARE finds(text) AS SELECT count(*) FROM late WHERE m @~ $1::metadata_filter;
SET plan_cache_mode = force_generic_plan;
EXECUTE finds('* contains "text 5"');
EXECUTE finds('* contains "fresh"');
EXECUTE finds('"*" contains "fresh"');
RESET plan_cache_mode;
SELECT s, n FROM unnest('{text 1,fresh,zzz}'::text[]) AS s, LATERAL (SELECT count(*) AS n FROM late WHERE m @~ ('* contains "' || s || '"')::metadata_filter) AS x;
SELECT count(*), count(*) FILTER (WHERE m @~ '* contains "text"') AS texts, count(*) FILTER (WHERE m @~ '* < 10') AS small,
  count(*) FILTER (WHERE m @~ 'not (* is 5)') AS others FROM late;
SELECT plan_nodes('SELECT count(*) FROM late WHERE m @~ ''* contains "text"'''), plan_nodes('SELECT * FROM late WHERE m @~ ''* contains "zzz"''');
-- an order of the key that is named so, and of the empty key, has nothing to do with it
INSERT INTO late VALUES (200, '{"*": 3, "": 1, "b": 20}'), (201, '{"*": 30, "": 2, "b": 3}');
SELECT n FROM late WHERE m @~ '* is 3 and not a is 3' ORDER BY metadata_sort(m, '*') LIMIT 5;
SELECT n FROM late WHERE m @~ '* is 3 and not a is 3' ORDER BY metadata_sort(m, '') DESC LIMIT 5;
RESET enable_seqscan;

-- the option of the index
SELECT outcomes(E'
metadata_debug_filter(''"*" contains "abc"'', ''"*"'')
metadata_debug_filter(''a contains "abc"'', ''"*"'')
metadata_debug_filter(''a contains "abc"'', '' * '')
metadata_debug_filter(''a contains "abc"'', ''*a'')
metadata_debug_filter(''a contains "abc"'', ''*,a'')
metadata_debug_filter(''a contains "abc"'', ''a, *'')
');
SELECT metadata_debug_entries('{"a": "abc", "o": {"p": ["abd", 1]}, "d": "2024-01"}', '*');
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'late'::regclass;
SELECT * FROM metadata_index_check('late_m_idx');

-- a choice of values leaves it as it is: it was not made of one key
SELECT f, (SELECT string_agg(value::text || '=' || runs, ' ') FROM metadata_values('late', 'a', col => 'm', filter => f, except_own => true)) AS facet
FROM unnest(ARRAY['* is 7', 'a is 5 and * contains "text"', '* is 7 and a is 7']::metadata_filter[]) AS f;

-- estimates: near the truth
CREATE FUNCTION estimate(f metadata_filter, relation text, OUT rows bigint, OUT is_near boolean) LANGUAGE plpgsql AS $$
DECLARE
  plan json;
  estimated float;
BEGIN
  EXECUTE format('EXPLAIN (FORMAT JSON) SELECT * FROM %s WHERE m @~ %L', relation, f) INTO plan;
  estimated := plan->0->'Plan'->>'Plan Rows';
  EXECUTE format('SELECT count(*) FROM %s WHERE m @~ %L', relation, f) INTO rows;
  is_near := estimated <= 2 * rows + 10 AND rows <= 2 * estimated + 10;
END $$;
CREATE TABLE run (m jsonb);
INSERT INTO run SELECT jsonb_build_object('id', i, 'status', CASE i % 10 WHEN 0 THEN 'ERROR' ELSE 'DONE' END, 'tags', ARRAY['tag' || i % 7],
  'notes', md5(i::text), 'o', jsonb_build_object('x', i % 100, 'y', i % 3 = 0), 'day', date '2024-01-01' + i % 300)
FROM generate_series(1, 5000) AS i;
CREATE INDEX ON run USING gin (m metadata_ops) WITH (fastupdate = off);
CREATE TABLE searched AS TABLE run;
CREATE INDEX ON searched USING gin (m metadata_ops (trigram_keys = '*')) WITH (fastupdate = off);
VACUUM ANALYZE run;
VACUUM ANALYZE searched;
SELECT f, e.*, s.* FROM unnest('{"* is \"ERROR\"","* contains \"ERR\"","* is 7","* < 5","* is true","* is \"tag3\"","* contains \"abc\"",
  "not (* is \"ERROR\")","* starts with \"2024-05\"","* is \"ERROR\" and o.y is true"}'::metadata_filter[]) AS f,
  estimate(f, 'run') AS e, estimate(f, 'searched') AS s;
-- by trigrams of keys that have only dates, or only arrays
SET enable_seqscan = off;
SELECT f, plan_nodes(format('SELECT * FROM searched WHERE m @~ %L', f)), (SELECT count(*) FROM searched WHERE m @~ f), (SELECT count(*) FROM run WHERE m @~ f)
FROM unnest('{"* contains \"024-05\"","* contains \"ag3\"","* contains \"RRO\""}'::metadata_filter[]) AS f;
RESET enable_seqscan;

-- 10,000 keys, in a time that is short for each
CREATE TABLE keys (m jsonb);
INSERT INTO keys SELECT jsonb_build_object('key ' || i % 10000, 'value ' || i, 'n' || i % 10000, i) FROM generate_series(1, 20000) AS i;
CREATE INDEX ON keys USING gin (m metadata_ops (trigram_keys = '*')) WITH (fastupdate = off);
VACUUM ANALYZE keys;
SET statement_timeout = '20s';
SELECT f, (SELECT count(*) FROM keys WHERE m @~ f) FROM unnest(ARRAY['* is "value 77"', '* contains "alue 1999"', '* contains "99"', '* between 5 and 9', 'not * contains "value"']::metadata_filter[]) AS f;
SELECT count(*) FROM keys WHERE m @~ (SELECT ('* in (' || string_agg(i::text, ',') || ')')::metadata_filter FROM generate_series(1, 20000, 20) AS i);
RESET statement_timeout;

DROP SCHEMA any_key CASCADE;
