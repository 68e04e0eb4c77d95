-- Core's operators that are members of the operator class: they are read by core's own bitmap scans, without Metadata Scan.
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA core_members;
SET search_path = core_members, public;
\set ECHO none
\i :tree/test/regress/dialect.sql
\i :tree/test/regress/outcome.sql
\set ECHO all
INSERT INTO run (name, metadata) VALUES ('array', '[{"k": "v", "n": 2}, {"n": 7}, "k"]'), ('text', '"k"'), ('number', '20'), ('none', 'null'),
  ('empty', '{}'), ('dots', '{"opt.name": "adam", "opt": {"lr.x": 1}}'), ('nested', '{"tags": [["a"], [["b"]], []], "n": [1, [5]]}');
ANALYZE run;
SET detmeta.enable_metadata_scan = off;
SET detmeta.enable_core_dialect = off;
-- A condition by core's scan of the index, and by one of the table.
CREATE FUNCTION by_members(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer text;
  by_scan text;
BEGIN
  SET LOCAL enable_seqscan = on;
  SET LOCAL enable_bitmapscan = off;
  by_scan := names('run', condition);
  SET LOCAL enable_seqscan = off;
  SET LOCAL enable_bitmapscan = on;
  answer := names('run', condition);
  RETURN concat_ws(' : ', nodes('SELECT name FROM run WHERE ' || condition), answer,
    CASE WHEN answer <> by_scan THEN 'DIFFERENT: ' || by_scan END);
END
$$;
CREATE FUNCTION nodes(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  line text;
  result text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    result := concat_ws(' > ', result, substring(line FROM '^ *(?:->  )?((?:Bitmap|Seq|Nested|Custom|Index|Values|Function|Materialize)[^(]*?)(?: on .*)?$'));
  END LOOP;
  RETURN result;
END
$$;
SELECT c, by_members(c) FROM unnest(ARRAY[
  $$metadata @> '{"k": "v"}'$$, $$metadata @> '{"opt": {"name": "adam"}}'$$, $$metadata @> '{"tags": ["a"]}'$$, $$metadata @> '{}'$$, $$metadata @> '[]'$$,
  $$metadata @> '[{"n": 7}]'$$, $$metadata @> '"k"'$$, $$metadata @> NULL$$,
  $$'{"k": "v"}' <@ metadata$$,
  $$metadata ? 'k'$$, $$metadata ? 'opt.name'$$, $$metadata ?| '{k,n}'$$, $$metadata ?| '{}'$$, $$metadata ?| '{k,NULL}'$$, $$metadata ?& '{n,text}'$$, $$metadata ?& '{}'$$,
  $$metadata @? '$.k'$$, $$metadata @? '$.n ? (@ > 1 && @ < 6)'$$, $$metadata @? '$.n ? (@ == 7 || @ == 2)'$$, $$metadata @? '$ ? (@.k == "v" && @.n == 2)'$$,
  $$metadata @? '$[*].n'$$, $$metadata @? '$[*] ? (@.n > 5)'$$, $$metadata @? '$.tags[*] ? (@ == "b")'$$, $$metadata @? '$.tags[*][*][*]'$$, $$metadata @? '$."opt.name"'$$,
  $$metadata @? '$.opt."lr.x" ? (@ < 5)'$$, $$metadata @? 'strict $.n ? (@ > 1)'$$, $$metadata @? '$.k ? (!(@ == "v"))'$$, $$metadata @? '$.opt.keyvalue().value ? (@ == "adam")'$$,
  $$metadata @? '$ ? (@ == 20)'$$, $$metadata @? '$'$$, $$metadata @? NULL$$,
  $$metadata @@ '$.n > 1 && $.n < 6'$$, $$metadata @@ '$.k == "v" || exists($.opt)'$$, $$metadata @@ '$.k'$$, $$metadata @@ '$.text starts with "W"'$$, $$metadata @@ '$ == 20'$$,
  $$metadata @@ '$.n == "x"'$$]) AS c;
-- several of them, and beside others
SELECT c, by_members(c) FROM unnest(ARRAY[
  $$metadata @? '$.n ? (@ > 2)' OR metadata @@ '$.k == "v"'$$, $$metadata @? '$.n' AND metadata @@ '$.n > 2' AND metadata @> '{"n": 3}'$$,
  $$metadata @@ '$.n > 2' AND metadata @~ 'text contains "i"'$$, $$metadata ? 'k' OR metadata @@ '$.n > 2' OR metadata @~ 'text is "Warm"'$$]) AS c;
-- joins: the right side comes from a row
SET enable_seqscan = off;
CREATE TABLE asked (path jsonpath, part jsonb, key text);
INSERT INTO asked VALUES ('$.n > 2', '{"n": 2}', 'k'), ('$.k == "v"', '{}', 'n'), (NULL, NULL, NULL), ('$.n.double() > 2', '{"k": "v", "n": 1}', '');
SELECT nodes($$SELECT FROM asked JOIN run ON metadata @@ path$$);
SELECT path::text, string_agg(name, ' ' ORDER BY id) FROM asked JOIN run ON metadata @@ path GROUP BY 1 ORDER BY 1;
SELECT part, string_agg(name, ' ' ORDER BY id) FROM asked JOIN run ON part <@ metadata GROUP BY part ORDER BY part;
SELECT key, string_agg(name, ' ' ORDER BY id) FROM asked JOIN run ON metadata ? key GROUP BY key ORDER BY key;
-- parameters
SET plan_cache_mode = force_generic_plan;
PREPARE finds(jsonpath) AS SELECT string_agg(name, ' ' ORDER BY id) FROM run WHERE metadata @? $1;
EXECUTE finds('$.n ? (@ > 2)');
EXECUTE finds('$.opt.name');
EXECUTE finds(NULL);
-- variables are none here: what core says of them
SELECT outcome('EXECUTE finds(''$.n ? (@ > $x)'')') = CASE WHEN current_setting('server_version_num')::int < 170000 THEN 'NULL'
  ELSE '42704 could not find jsonpath variable "x"' END AS as_core;
RESET plan_cache_mode;
-- metadata <@ jsonb is no member: an empty document is contained in all
SET enable_bitmapscan = off;
SELECT nodes($$SELECT FROM run WHERE metadata <@ '{"k": "v"}'$$), names('run', $$metadata <@ '{"k": "v"}'$$);
RESET enable_seqscan;
DROP SCHEMA core_members CASCADE;
