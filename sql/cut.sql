-- Cut values and keys, and which conditions the index answers by itself: all that do not depend on a cut
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA cut;
SET search_path = cut, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

-- A bitmap notes for a whole page that its rows are to be checked. So that each row counts for itself,
-- it has a page of its own.
ALTER TABLE doc ADD page text NOT NULL DEFAULT repeat('p', 5000);
ALTER TABLE doc ALTER page SET STORAGE PLAIN;

-- The documents that an index scan finds, how often it had to check one, and how often the extension's own
-- scan had to, which may check no more rows than core's; whether both agree with the heap.
SET track_functions = 'all';
CREATE FUNCTION checks(filter metadata_filter, OUT hits bigint, OUT checked bigint, OUT checked_by_scan bigint) LANGUAGE plpgsql AS $$
DECLARE
  function regprocedure := 'metadata_match(jsonb, metadata_filter)';
  before bigint;
  by_heap bigint;
  by_scan bigint;
BEGIN
  SET LOCAL enable_seqscan = off;
  SET LOCAL enable_bitmapscan = on;
  IF plan_nodes(format('SELECT count(*) FROM doc WHERE m @~ %L', filter)) !~ 'Bitmap Index Scan' THEN
    RAISE 'no index scan';
  END IF;
  before := coalesce(pg_stat_get_xact_function_calls(function), 0);
  EXECUTE format('SELECT count(*) FROM doc WHERE m @~ %L', filter) INTO hits;
  checked := coalesce(pg_stat_get_xact_function_calls(function), 0) - before;
  SET LOCAL enable_bitmapscan = off;
  SET LOCAL detmeta.enable_metadata_scan = on;
  before := coalesce(pg_stat_get_xact_function_calls(function), 0);
  EXECUTE format('SELECT count(name IS NULL) FROM doc WHERE m @~ %L', filter) INTO by_scan;
  SET LOCAL detmeta.enable_metadata_scan = off;
  checked_by_scan := coalesce(pg_stat_get_xact_function_calls(function), 0) - before;
  IF by_scan <> hits OR checked_by_scan > checked THEN
    RAISE 'core''s scan finds % and checks %, the extension''s finds % and checks %', hits, checked, by_scan, checked_by_scan;
  END IF;
  SET LOCAL enable_seqscan = on;
  before := coalesce(pg_stat_get_xact_function_calls(function), 0);
  EXECUTE format('SELECT count(*) FROM doc WHERE m @~ %L', filter) INTO by_heap;
  IF by_heap <> hits THEN
    RAISE 'the index finds %, the heap %', hits, by_heap;
  END IF;
  -- the counting works
  IF coalesce(pg_stat_get_xact_function_calls(function), 0) - before <> (SELECT count(*) FROM doc) THEN
    RAISE 'calls are not counted';
  END IF;
END $$;

-- the same for conditions given line by line, where names such as :s97 stand for values
CREATE FUNCTION check_filters(lines text, names text[] DEFAULT '{}') RETURNS TABLE (line text, hits bigint, checked bigint, checked_by_scan bigint) LANGUAGE plpgsql AS $$
DECLARE
  filter text;
BEGIN
  FOREACH line IN ARRAY regexp_split_to_array(btrim(lines, E'\n'), E'\n') LOOP
    filter := line;
    FOR i IN 1 .. coalesce(array_length(names, 1), 0) LOOP
      filter := replace(filter, ':' || names[i][1], names[i][2]);
    END LOOP;
    SELECT * INTO hits, checked, checked_by_scan FROM checks(filter::metadata_filter);
    RETURN NEXT;
  END LOOP;
END $$;

-- Values that are not cut: never checked by the extension's scan, whatever the condition, and by core's only
-- where a row is in for what the index has not of it (see index/probe.c). The last two rows have long values, but
-- under another key.
SELECT add_documents($$
1 {}
2 {"x": null}
3 {"x": []}
4 {"x": {}}
5 {"x": false}
6 {"x": true}
7 {"x": 20}
8 {"x": 1e-400}
9 {"x": ""}
10 {"x": "adam"}
11 {"x": "2024-01-15"}
12 {"x": "2024-01-15T10:00:00.123456789+05:30"}
13 {"x": [1, "adam", null, true, {}, {"a": 1}, "2024-01-15"]}
14 {"x": {"a": {"b": 20}}}
15 {"x.a": 1, "x": {"a": 2}}
16 [1]
$$);
INSERT INTO doc (m) SELECT jsonb_build_object('x', 'adam', 'y', repeat('y', 5000)) FROM generate_series(1, 2);

SELECT * FROM check_filters($$
x is 20
x is -20
x is "adam"
x is ""
x is text "20"
x is text "true"
x is true
x is null
x is {}
x is []
x is date "2024-01-15"
x is "2024-01-15T10:00:00.123456789+05:30"
x is not 20
x is not "adam"
x is not null
x is not []
x is not {}
x in (20, "adam", true, null)
x in ()
x not in (20, "adam")
x not in ()
x < 20
x <= text "20"
x > "a"
x >= text "2024-01"
x > date "2024-01"
x >= true
x between 0 and 100
x between "a" and "b"
x between text "0" and text "z"
x between false and true
x contains "da"
x contains ""
x contains "01-15"
x does not contain "da"
x icontains "DA"
x starts with "ad"
x starts with ""
x starts with "2024"
x iis "ADAM"
x istarts with "AD"
x ends with "am"
x matches "^a.*m"
x matches "d.m"
x matches "^20.*15$"
x like "a%m"
x like "%da%"
x like "2024%5"
x not like "a%m"
x ilike "A%M"
x is empty
x is not empty
true
not true
not x is 20
not x is empty
x.a is 1
x.a is not 1
x.a > 1 and x is not empty
x is 20 or x contains "da"
not (x is 20 or x contains "da") and x is not empty
x is 20 and y is not empty
x is "adam" and y is empty
$$);

-- the same shown by the setting that makes each check visible
SET detmeta.debug_match = on;
SET client_min_messages = notice;
SET enable_seqscan = off;
SELECT count(*) FROM doc WHERE metadata_is(m, 'x', 'adam');
SELECT count(*) FROM doc WHERE metadata_is_not(m, 'x', 'adam');
SELECT count(*) FROM doc WHERE metadata_contains(m, 'x', 'da');
SELECT count(*) FROM doc WHERE metadata_between(m, 'x', 0, 100);
SELECT count(*) FROM doc WHERE metadata_is_empty(m, 'x');
SELECT count(*) FROM doc WHERE NOT metadata_is(m, 'x', 20);
-- here two rows have y's that are cut
SELECT count(*) FROM doc WHERE metadata_contains(m, 'y', 'yz');
RESET enable_seqscan;
SET client_min_messages = warning;
RESET detmeta.debug_match;

-- The array or object of a key has no entry: one part of it is looked for, and rows that have it are checked.
SELECT * FROM check_filters($$
x is [1, "adam", null, true, {}, {"a": 1}, "2024-01-15"]
x is [1]
x is {"a": 1}
x is ["nothing"]
x is [[]]
x is {"a": {"b": 20}}
x is {"a": {"b": 21}}
x is not {"a": {"b": 20}}
$$);

-- Strings about the cut length, alone and in arrays; they differ in the last byte.
TRUNCATE doc;
INSERT INTO doc (m)
SELECT jsonb_build_object('x', CASE shape WHEN 'value' THEN to_jsonb(s) ELSE jsonb_build_array('b', s) END)
FROM generate_series(94, 99) AS length, unnest('{a,b}'::text[]) AS last, unnest('{value,element}'::text[]) AS shape,
  LATERAL (SELECT repeat('s', length - 1) || last AS s) AS l;
SELECT length, bool_and(cut) AS cut FROM generate_series(94, 99) AS length,
  LATERAL (SELECT d ~ '\(cut\)' AS cut FROM metadata_debug_entries(jsonb_build_object('x', repeat('s', length))) AS d WHERE d ~ '^value') AS l
GROUP BY 1 ORDER BY 1;
\set names '(SELECT array_agg(ARRAY[last || length, ''"'' || repeat(''s'', length - 1) || last || ''"'']) FROM generate_series(94, 99) AS length, unnest(''{a,b}''::text[]) AS last)'
SELECT * FROM check_filters($$
x is :a95
x is :a96
x is :a97
x is :a98
x is not :a96
x is not :a97
x in (:a96, :a97)
x not in (:a96, :b97)
x < :a96
x < :b97
x <= :b97
x > :a97
x >= :b98
x between :b95 and :b96
x between :a96 and :b97
x between :a97 and :a98
x starts with :a95
x starts with :a96
x starts with :a97
x starts with "ss"
x contains :a96
x contains :a97
x contains "sa"
x contains "sz"
x contains "s"
x contains "b"
x contains ""
x does not contain "sz"
x icontains "SA"
x icontains "S"
x iis "S"
x istarts with "SA"
x ends with "a"
x matches "^sa"
x matches "^sz+$"
x matches "a"
x like "s%"
x like "sz%a"
x like "ss%s"
x not like "ss%s"
x ilike "S%"
x is empty
x is not empty
x is "s"
x is 5
x is "s" or x is :a97
x is 5 and x is :a97
not x is :a97
not x is :a96
$$, :names);

-- characters of several bytes across the cut
TRUNCATE doc;
INSERT INTO doc (m)
SELECT jsonb_build_object('x', repeat('x', before) || repeat(c, 4)) FROM generate_series(88, 98) AS before, unnest('{é,日,🚀,É}'::text[]) AS c;
SELECT * FROM check_filters($$
x contains "é"
x contains "日日日日"
x contains "🚀"
x icontains "É"
x icontains "éééé"
x ends with "é"
x istarts with "xxx"
x like "xxx%é"
x matches "^x+日日日日$"
x ilike "%éÉéÉ"
x starts with "xxx"
x is "nothing"
x > "xxx"
$$);
SELECT count(*) FROM doc AS d, LATERAL (SELECT * FROM checks(metadata_filter('x', 'is', d.m->'x'))) AS c WHERE c.hits <> 1;
SELECT count(*) FROM doc AS d, LATERAL (SELECT * FROM checks(metadata_filter('x', 'starts with', d.m->'x'))) AS c WHERE c.hits <> 1;
SELECT sum(c.hits) FROM doc AS d, LATERAL (SELECT * FROM checks(metadata_filter('x', '<=', d.m->'x'))) AS c;

-- Numbers about the cut length: digits that differ at the end, of both signs, whole and fractions.
TRUNCATE doc;
INSERT INTO doc (m)
SELECT jsonb_build_object('x', n) FROM generate_series(184, 194) AS digits, unnest('{1,2}'::text[]) AS last, unnest('{"","-"}'::text[]) AS sign,
  LATERAL (VALUES ((sign || repeat('7', digits - 1) || last)::numeric), ((sign || '0.' || repeat('7', digits - 1) || last)::numeric)) AS l (n);
SELECT digits, count(*) FILTER (WHERE d ~ '\(cut\)') AS cut FROM generate_series(184, 194) AS digits, unnest('{1,-1}'::int[]) AS sign,
  LATERAL metadata_debug_entries(jsonb_build_object('x', sign * repeat('7', digits)::numeric)) AS d GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM doc AS d, LATERAL checks(metadata_filter('x', 'is', d.m->'x')) AS c WHERE c.hits <> 1 OR c.checked > 1;
SELECT count(*), count(DISTINCT hits) FROM doc AS d, LATERAL checks(metadata_filter('x', '<', d.m->'x')) AS c;
SELECT count(*), count(DISTINCT hits) FROM doc AS d, LATERAL checks(metadata_filter('x', '>=', d.m->'x')) AS c;
SELECT count(*) FROM doc AS d, LATERAL checks(metadata_filter('x', 'is not', d.m->'x')) AS c WHERE c.hits <> (SELECT count(*) - 1 FROM doc);
SELECT * FROM check_filters($$
x < 0
x >= 0
x between -1 and 1
x is 7
$$);

-- Dates whose text is too long: a fraction of very many digits
TRUNCATE doc;
INSERT INTO doc (m)
SELECT jsonb_build_object('x', '2024-01-15T10:00:00.' || repeat('0', digits - 1) || last || 'Z') FROM generate_series(60, 80) AS digits, unnest('{0,3}'::text[]) AS last;
SELECT * FROM check_filters($$
x is date "2024-01-15T10:00:00Z"
x > date "2024-01-15T10:00:00Z"
x starts with "2024-01-15T10"
x contains "00Z"
x contains "03Z"
x contains "T10:00:00.0"
x < "b"
$$);
SELECT count(*) FROM doc AS d, LATERAL checks(metadata_filter('x', 'is', d.m->'x')) AS c WHERE c.hits <> 1 OR c.checked > 1;
SELECT count(*) FROM doc AS d, LATERAL checks(metadata_filter('x', 'starts with', d.m->'x')) AS c WHERE c.hits <> 1;
SELECT count(*), count(DISTINCT hits) FROM doc AS d, LATERAL checks(metadata_filter('x', 'between', jsonb '"2"', to_jsonb((d.m->>'x') || 'x'))) AS c;

-- Keys about the cut length: they differ in the last byte.
TRUNCATE doc;
INSERT INTO doc (m)
SELECT jsonb_build_object(repeat('k', length - 1) || last, 1) FROM generate_series(126, 131) AS length, unnest('{a,b}'::text[]) AS last;
INSERT INTO doc (m) VALUES (jsonb_build_object(repeat('k', 100), jsonb_build_object(repeat('k', 26) || 'a', 1, repeat('k', 27) || 'a', 1, repeat('k', 28) || 'a', 1)));
SELECT length, last, k.hits AS is_1, k.checked, e.hits AS is_empty, e.checked, n.hits AS is_not_1, n.checked, g.hits AS gt_0, g.checked
FROM generate_series(126, 131) AS length, unnest('{a,b}'::text[]) AS last, LATERAL (SELECT repeat('k', length - 1) || last AS key) AS l,
  LATERAL checks(metadata_filter(key, 'is', 1)) AS k, LATERAL checks(metadata_filter(key, 'is empty')) AS e,
  LATERAL checks(metadata_filter(key, 'is not', 1)) AS n, LATERAL checks(metadata_filter(key, '>', 0)) AS g
ORDER BY 1, 2;
SELECT length, hits, checked FROM generate_series(25, 29) AS length, LATERAL checks(metadata_filter(repeat('k', 100) || '.' || repeat('k', length) || 'a', 'is', 1)) AS c;
SELECT length, hits, checked FROM generate_series(127, 130) AS length, LATERAL checks(metadata_filter(repeat('k', length), 'is not empty')) AS c;
-- walks over the texts of a key that is cut
CREATE TABLE walked (m jsonb NOT NULL);
INSERT INTO walked SELECT jsonb_build_object(repeat('k', 129), v) FROM unnest('{warm,"Warmer",2024-01-15,cold}'::text[]) AS v;
CREATE INDEX ON walked USING gin (m metadata_ops);
SET enable_seqscan = off;
SET detmeta.enable_metadata_scan = off;
SELECT condition, count(m) FROM unnest(ARRAY['contains "ar"', 'icontains "WARM"', 'starts with "20"', 'starts with "w"', '> "2"', 'does not contain "o"']) AS condition
LEFT JOIN walked ON m @~ (repeat('k', 129) || ' ' || condition)::metadata_filter GROUP BY 1 ORDER BY 1;
RESET detmeta.enable_metadata_scan;
RESET enable_seqscan;

DROP SCHEMA cut CASCADE;
