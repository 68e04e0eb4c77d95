-- The surface for programs: what the catalogs tell them of each function, and what the types of their parameters resolve to
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA surface;
SET search_path = surface, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all
\pset format unaligned
\pset tuples_only on
SET client_min_messages = error;

-- every function of the extension; behind: those that stand behind an operator, type, operator class, cast or aggregate
CREATE TEMP VIEW functions AS
  SELECT p.*, p.oid::regprocedure AS signature, obj_description(p.oid, 'pg_proc') AS comment,
    p.oid IN (SELECT unnest(ARRAY[oprcode, oprrest, oprjoin]) FROM pg_operator UNION ALL SELECT amproc FROM pg_amproc
      UNION ALL SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]) FROM pg_type UNION ALL SELECT prosupport FROM pg_proc
      UNION ALL SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn]) FROM pg_aggregate) AS behind
  FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'detmeta');
SELECT count(*) FILTER (WHERE behind) > 30, count(*) FILTER (WHERE NOT behind) > 30 FROM functions;

-- each has a comment
SELECT signature FROM functions WHERE coalesce(comment, '') = '';

-- each argument has a name, but for functions that only the server can call
SELECT signature FROM functions
WHERE pronargs > 0 AND NOT proargtypes::oid[] && ARRAY['internal', 'cstring']::regtype[]::oid[]
  AND (proargnames IS NULL OR '' = ANY (proargnames[1:pronargs]));

-- the comment tells of each argument
SELECT signature, name FROM functions, unnest(proargnames[1:pronargs]) AS name WHERE NOT behind AND comment !~ ('\m' || name || '\M');

-- results are of concrete types, and the columns of rows have names
SELECT signature, prorettype::regtype FROM functions JOIN pg_type t ON t.oid = prorettype
WHERE t.typtype = 'p' AND prorettype NOT IN ('internal'::regtype, 'cstring'::regtype)
  AND NOT (prorettype = 'record'::regtype AND cardinality(proallargtypes) > pronargs AND NOT '' = ANY (proargnames))
  AND signature::text <> 'metadata_options(internal)';

-- arguments are too, but for the values of predicates and of the filters that they become
SELECT DISTINCT proname FROM functions WHERE proargtypes::oid[] && ARRAY(SELECT oid FROM pg_type WHERE typname ~ '^any') ORDER BY 1;

-- who can write is volatile, and nobody else: GET of PostgREST calls the others
SELECT provolatile, string_agg(DISTINCT proname, ' ' ORDER BY proname) FROM functions WHERE provolatile <> 'i' AND NOT behind GROUP BY 1 ORDER BY 1;

-- overloads of a name can be told apart by the names or the number of their arguments, as PostgREST does, but for values
SELECT a.signature, b.signature FROM functions a JOIN functions b ON a.proname = b.proname AND a.oid < b.oid
WHERE a.proargnames[1:a.pronargs] @> b.proargnames[1:b.pronargs] AND a.pronargs = b.pronargs
  AND NOT a.proargnames && '{value,values,low,high}';

-- names that PostgREST keeps for itself in a GET, where no function gets their values: each has another beside it
SELECT signature, name, array_to_string(proargnames[1:pronargs], ' ') FROM functions, unnest(proargnames[1:pronargs]) AS name
WHERE provolatile <> 'v' AND NOT behind AND name IN ('select', 'columns', 'on_conflict', 'order', 'limit', 'offset', 'and', 'or');

-- casts
SELECT c.castsource::regtype, c.casttarget::regtype, c.castcontext, c.castmethod, obj_description(c.oid, 'pg_cast')
FROM pg_cast c JOIN pg_depend d ON d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e'
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'detmeta') ORDER BY 1, c.casttarget::regtype::text;

-- which function parameters resolve to, by what a driver says of their types
CREATE TABLE run (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
CREATE DOMAIN short AS text CHECK (length(VALUE) < 20);
CREATE DOMAIN count AS int;
CREATE TYPE mood AS ENUM ('7', 'a');
CREATE DOMAIN words AS text[];
CREATE EXTENSION IF NOT EXISTS citext SCHEMA surface;
CREATE DOMAIN loud AS citext;
CREATE FUNCTION resolved(types text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
  EXECUTE format('PREPARE probe%s AS SELECT %s FROM run', types, call);
  found := (SELECT parameter_types::text FROM pg_prepared_statements WHERE name = 'probe');
  DEALLOCATE probe;
  RETURN found;
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;
SELECT name || ' ' || types, resolved(types, format('metadata_%s(metadata, $1, $2)', name)) FROM
  unnest('{is,is_not,lt,le,gt,ge}'::text[]) AS name,
  unnest(ARRAY['', '(text, text)', '(varchar, varchar)', '(text, char(5))', '(varchar, int)', '(text, int8)', '(text, numeric)', '(text, float8)', '(text, bool)',
    '(text, date)', '(text, timestamp)', '(text, timestamptz)', '(text, json)', '(text, jsonb)', '(text, uuid)']) AS types
WHERE NOT resolved(types, format('metadata_%s(metadata, $1, $2)', name)) ~ '^\{.*\}$';
SELECT name || ' ' || types, resolved(types, format('metadata_%s(metadata, ''k'', $1, $2)', name)) FROM
  unnest('{between}'::text[]) AS name,
  unnest(ARRAY['', '(text, text)', '(varchar, varchar)', '(varchar, text)', '(varchar)', '(int, int8)', '(int2, numeric)', '(float8, numeric)', '(numeric)',
    '(date, date)', '(date, timestamptz)', '(timestamptz)', '(jsonb, jsonb)',
    '(name, name)', '(char(5), char(5))', '(citext, citext)', '(loud, loud)', '(short, short)', '(count, count)', '(mood, mood)', '(uuid, uuid)', '(citext, text)', '(citext)', '(name)']) AS types;
SELECT name || ' ' || types, resolved(types, format('metadata_%s(metadata, $2, $1)', name)) FROM
  unnest('{in,not_in}'::text[]) AS name,
  unnest(ARRAY['', '(text[], varchar)', '(varchar[])', '(text)', '(varchar)', '(int2[])', '(int8[])', '(numeric[])', '(float8[])', '(bool[])', '(date[])', '(timestamptz[])', '(jsonb[])', '(uuid[])',
    '(name[])', '(char(5)[])', '("char"[])', '(json[])', '(short[])', '(count[])', '(mood[])', '(words)', '(citext[])', '(loud[])', '(short)', '(citext)']) AS types;
SELECT name || ' ' || types, resolved(types, format('metadata_%s(metadata, $1, $2)', name)) FROM
  unnest('{contains,not_contains,icontains,starts_with,iis,istarts_with,ends_with,matches_regex,not_matches_regex,like,not_like,ilike}'::text[]) AS name, unnest(ARRAY['', '(varchar, varchar)', '(text, text)']) AS types
WHERE NOT resolved(types, format('metadata_%s(metadata, $1, $2)', name)) ~ '^\{.*\}$';
SELECT call || ' ' || types, resolved(types, call) FROM
  unnest(ARRAY['metadata @~ $1', 'metadata !@~ $1', 'metadata_matches(metadata, $1)', '(SELECT count(*) FROM search_run_metadata($1))',
    'metadata_filter(''k'', ''is'', 1) = $1']) AS call,
  unnest(ARRAY['', '(text)', '(varchar)']) AS types;
SELECT call || ' ' || types, resolved(types, call) FROM (VALUES
  ('', 'metadata @~ $1::metadata_filter'), ('(jsonb)', 'metadata @~ $1::metadata_filter'), ('(json)', 'metadata @~ $1::metadata_filter'),
  ('', 'metadata_filter($1, $2, $3)'), ('(varchar, varchar, varchar)', 'metadata_filter($1, $2, $3)'), ('', 'metadata_filter($1, $2, $3, $4)'),
  ('', 'metadata_is_empty(metadata, $1)'), ('(varchar)', 'metadata_not_empty(metadata, $1)'), ('(varchar)', 'metadata_sort(metadata, $1)'),
  ('', 'post_run_metadata($1, $2)'), ('(int2)', 'post_run_metadata($1, $2)'), ('', 'post_run_metadata($1)'), ('', 'merge_run_metadata($1, $2)'),
  ('(uuid)', 'post_run_metadata($1, $2)'), ('(varchar)', 'merge_run_metadata($1, $2)'), ('(text)', 'get_run_metadata($1)'), ('(char(5))', 'get_run_metadata($1)'),
  ('(uuid[])', 'compare_run_metadata($1)'), ('(varchar[])', 'compare_run_metadata($1)'), ('(text[])', 'compare_run_metadata($1)'),
  ('(int)', 'get_run_metadata($1)'), ('(varchar, varchar)', 'metadata_values($1, $2)'), ('(varchar, varchar, varchar, int2)', 'metadata_values($1, $2, $3, $4)'),
  ('(varchar, varchar, varchar, int8)', 'metadata_values($1, $2, $3, $4)'), ('', 'metadata_keys($1)'), ('(varchar, varchar)', 'metadata_keys($1, $2)'),
  ('(varchar, varchar, int2)', 'metadata_summary($1, $2, $3)'), ('(int[])', 'compare_run_metadata($1)'), ('', 'compare_run_metadata($1, $2)'),
  ('', 'search_run_metadata($1, $2, $3, $4, $5)'), ('(varchar, varchar, int8, int8, int[])', 'search_run_metadata($1, $2, $3, $4, $5)'),
  ('(text, text, int2, int2, int8[])', 'search_run_metadata($1, $2, $3, $4, $5)'),
  ('(bigint, bigint)', 'search_run_metadata("limit" => $1, "offset" => $2)'), ('', 'search_run_metadata(filter => $1, sort => $2, max_runs => $3, skip_runs => $4)'),
  ('', 'metadata_values(rel => $1, key => $2, search => $3, ignore_case => $4, max_values => $5)')) AS v (types, call);

-- what comes of them
INSERT INTO run VALUES (1, '{"n": 7, "s": "a", "d": "2024-01-15T10:00:00Z"}'), (2, '{"n": 35.5, "s": "a,b", "d": "2024-01-16"}'), (3, '{"n": "7", "s": "NULL", "b": true}');
INSERT INTO run SELECT i, jsonb_build_object('x', i) FROM generate_series(4, 2000) AS i;
CREATE INDEX ON run USING gin (metadata metadata_ops);
ANALYZE run;
CREATE FUNCTION found(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE runs text;
BEGIN
  EXECUTE 'SELECT coalesce(array_agg(run_id ORDER BY run_id), ''{}'') FROM run WHERE ' || condition INTO runs;
  RETURN runs || ' ' || plan_nodes('SELECT run_id FROM run WHERE ' || condition);
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT c, found(c) FROM unnest(ARRAY[
  $$metadata_in(metadata, 'n', '{7,35.5}')$$, $$metadata_in(metadata, 's', '{"a,b",NULL,"NULL"}')$$, $$metadata_not_in(metadata, 'n', '{35.5}')$$,
  $$metadata_in(metadata, 'n', '{}')$$, $$metadata_not_in(metadata, 's', '{}')$$, $$metadata_in(metadata, 'b', '{true}'::varchar)$$,
  $$metadata_in(metadata, 'n', '{{7},{8}}')$$, $$metadata @~ metadata_filter('n', 'in', '{7}')$$, $$metadata @~ metadata_filter('n', 'not in', '{7}'::text)$$,
  $$metadata_in(metadata, 'n', '7')$$, $$metadata_in(metadata, 'n', '{7')$$, $$metadata_in(metadata, 'n', NULL)$$, $$metadata @~ metadata_filter('n', 'in')$$,
  $$metadata @~ metadata_filter('n', 'in', 1, 2)$$, $$metadata @~ 'n is 7'::text$$, $$metadata !@~ 'x is not empty or n is 7'::varchar$$,
  $$metadata @~ '{"filterGroup": {"kind": "group", "conjunction": "and", "children": [{"kind": "field", "columnName": "metadata.n",
    "location": "LOCATION_TYPE_RUN_METADATA", "operator": ">", "type": "COLUMN_TYPE_NUMBER", "value": 7}]}}'::jsonb::metadata_filter$$,
  $$metadata @~ json '{"filterGroup": {"kind": "group", "conjunction": "and", "children": []}, "showArchived": 1}'::metadata_filter AND metadata_is(metadata, 'b', true)$$,
  $$metadata @~ jsonb '20'::metadata_filter$$, $$metadata @~ jsonb '{"n": 7}'$$, $$metadata @~ 'n is'::text$$]) AS c;

-- arrays of every type that a single value may have, with the constructor too; a predicate's array is what its elements are
CREATE TABLE typed (run_id int, metadata jsonb NOT NULL);
INSERT INTO typed VALUES (1, '{"k": 7}'), (2, '{"k": "7"}'), (3, '{"k": "a"}'), (4, '{"k": true}'), (5, '{"k": "00000000-0000-0000-0000-000000000007"}'),
  (6, '{"k": "2024-01-15"}'), (7, '{"k": [1, "A"]}'), (8, '{}');
CREATE FUNCTION typed_runs(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE runs text;
BEGIN
  EXECUTE 'SELECT coalesce(array_agg(run_id ORDER BY run_id), ''{}'') FROM typed WHERE ' || condition INTO runs;
  RETURN runs;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT type, typed_runs(format('metadata_in(metadata, ''k'', %L::%s[])', v, type)) AS is_in,
  typed_runs(format('metadata_not_in(metadata, ''k'', %L::%s[])', v, type)) AS not_in,
  typed_runs(format('metadata @~ metadata_filter(''k'', ''in'', %L::%s[])', v, type)) AS filter,
  typed_runs((SELECT string_agg(format('metadata_is(metadata, ''k'', %L::%s)', e, type), ' OR ') FROM unnest(v::text[]) AS e WHERE e IS NOT NULL)) AS single
FROM (VALUES ('text', '{7,a}'), ('varchar', '{7,a}'), ('varchar(3)', '{7,a}'), ('char(3)', '{7,a}'), ('name', '{7,a}'), ('"char"', '{7,a}'), ('citext', '{7,A}'),
  ('loud', '{7,A}'), ('short', '{7,a,NULL}'), ('mood', '{7,a}'), ('count', '{7}'), ('int2', '{7}'), ('numeric', '{7.0}'), ('float4', '{7}'), ('bool', '{t}'),
  ('uuid', '{00000000-0000-0000-0000-000000000007}'), ('date', '{2024-01-15}'), ('timestamptz', '{2024-01-15 00:00+00}'), ('jsonb', '{7,"\"a\""}'),
  ('json', '{7,"\"a\""}'), ('regclass', '{run}'), ('interval', '{7 days}'), ('bytea', '{7}')) AS v (type, v);
SELECT c, typed_runs(c) FROM unnest(ARRAY[
  $$metadata_in(metadata, 'k', '{7,a}'::words)$$, $$metadata @~ metadata_filter('k', 'in', '{7,a}'::words)$$, $$metadata_in(metadata, 'k', '{7,a}'::short)$$,
  $$metadata_in(metadata, 'k', '{7,a}'::citext)$$, $$metadata @~ metadata_filter('k', 'in', '{7,a}'::short)$$, $$metadata @~ metadata_filter('k', 'in', '{7,a}'::varchar)$$,
  $$metadata_in(metadata, 'k', "values" => '{7,a}')$$, $$metadata_in(metadata, 'k', ARRAY['7', 'a'])$$, $$metadata_in(metadata, 'k', ARRAY[7, 8])$$,
  $$metadata_in(metadata, 'k', 7)$$, $$metadata @~ metadata_filter('k', 'in', 7)$$]) AS c;

-- a comparison that was an error stays one, and none became ambiguous
SELECT e, outcome('SELECT ' || e) FROM unnest(ARRAY[
  $$jsonb '1' = '1'::text$$, $$'a'::text = 'a'::varchar$$, $$'a'::varchar < 'b'::varchar$$, $$'a'::name = 'a'::varchar$$, $$'a'::char(3) = 'a'::text$$,
  $$'x is 1'::text = metadata_filter 'x is 1'$$, $$'x is 1' = metadata_filter 'x = 1'$$, $$metadata_filter 'x is 1' IN ('x = 1', 'y = 1')$$]) AS e;

-- dates as drivers write them, as arguments; a day with a zone is no value
SELECT d, found(format('metadata_ge(metadata, ''d'', %L)', d)), metadata_filter('d', '>=', d) FROM unnest('{2024-01-15 12:00:00+02,2024-01-15 11:59:59.999-00,
  2024-01-15 15:45:00+05:45,2024-01-16 +05:45,2024-01-16 -08,2024-01-16 +24,2024-01-16  +02,2024-02-31 +02,2024-01-16+02,2024-01-15 12:00:00+2,
  2024-01-15 12:00:00+02:00:00,2024-01-16 +,2024-01-15 12:00:00 +02,2024-01-15 15:45:00.001 +05:45,2024-01-15 12:00:00  +02,+,-,++++++++++++}'::text[]) AS d;
SELECT found(format('metadata_between(metadata, ''d'', %L, %L)', '2024-01-15 +02', '2024-01-16 00:00:00+00'));
SELECT '{"d": "2024-01-15 10:00:00+00"}' @~ 'd <= date "2024-01-16"', '{"d": "2024-01-15 +00"}' @~ 'd <= date "2024-01-16"',
  metadata_lt('{"d": "2024-01-15 10:00:00+00"}', 'd', '2024-01-16 +00');

-- limits of any integer type, and beyond
SET detmeta.runs_table = 'surface.run';
SELECT run_id, total FROM search_run_metadata('n is not empty', 'id=asc', 2::smallint, 1::bigint);
SELECT count(*) FROM search_run_metadata('n is not empty', "limit" => 9223372036854775807);
SELECT count(*) FROM search_run_metadata('n is not empty', "limit" => 9223372036854775807, "offset" => 9223372036854775807);
SELECT count(*) FROM metadata_values('run', 'n', "limit" => 9223372036854775807);
SELECT count(*) FROM metadata_values('run', 'n', "limit" => 4294967297);
-- the other names of limit and offset
SELECT run_id, total FROM search_run_metadata('n is not empty', max_runs => 1, skip_runs => 1);
SELECT run_id, total FROM search_run_metadata('n is not empty', "limit" => 5, "offset" => 7, max_runs => 2, skip_runs => 0);
SELECT count(*) FROM search_run_metadata('n is not empty', "limit" => 0, max_runs => NULL, skip_runs => NULL);
SELECT * FROM metadata_values('run', 'n', max_values => 1);
SELECT count(*) FROM metadata_values('run', 'n', "limit" => 1, max_values => 2);
SELECT count(*) FROM metadata_values('run', 'n', "limit" => 1, max_values => NULL);
SELECT c, outcome('SELECT ' || c) FROM unnest(ARRAY['search_run_metadata(max_runs => -1)', 'search_run_metadata(skip_runs => -1)',
  $$metadata_values('run', 'n', max_values => -1)$$]) AS c;
RESET detmeta.runs_table;
DROP VIEW functions;
DROP SCHEMA surface CASCADE;
