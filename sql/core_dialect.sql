-- Queries as everybody writes them, with core's own operators, answered from the index.
--
-- A line of a list is a condition: how count(*) of it is answered, and the names of the rows. "count" is a Metadata
-- Count that reads nothing but the index; rows "in doubt" it reads in the table, and evaluates the condition there.
-- Every answer is compared with the one of a sequential scan without this, and "DIFFERENT" says that it is another.
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA core_dialect;
SET search_path = core_dialect, public;
\set ECHO none
\i :tree/test/regress/dialect.sql
\set ECHO all
SELECT name, metadata FROM run ORDER BY id;

--
-- Paths
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata->>'k' = 'v';
EXPLAIN (COSTS OFF) SELECT name FROM run WHERE metadata #>> '{opt,name}' = 'adam';
SELECT * FROM ask_all('run', $$
metadata->>'k' = 'v'
metadata->'k' = '"v"'
metadata['k'] = '"v"'
metadata->'opt'->>'name' = 'adam'
metadata['opt']['name'] = '"adam"'
metadata #>> '{opt,name}' = 'adam'
metadata #> '{opt,name}' = '"adam"'
metadata #> '{opt}' ->> 'name' = 'adam'
metadata #>> ARRAY['opt', 'name'] = 'adam'
metadata #> ARRAY['opt', 'name']::varchar(255)[] = '"adam"'
metadata->'k' #>> '{}' = 'v'
jsonb_extract_path_text(metadata, 'opt', 'name') = 'adam'
jsonb_extract_path(metadata, VARIADIC '{opt,name}') = '"adam"'
jsonb_object_field_text(metadata, 'k') = 'v'
jsonb_object_field(metadata, 'k') = '"v"'
(metadata)::jsonb ->> 'k' = 'v'
(metadata->>'k')::varchar = 'v'
CAST(metadata #>> '{k}' AS text) = 'v'
metadata->>lower('K') = 'v'
metadata->>(SELECT 'k') = 'v'
$$);
-- positions of arrays are not in the index: arrays are in doubt
SELECT * FROM ask_all('run', $$
metadata->'tags'->>0 = 'a'
metadata #>> '{tags,0}' = 'a'
metadata #>> '{tags,-1}' = 'b'
metadata->'tags'->'0' = '"a"'
$$);
-- a cast that changes the value leaves all rows with the key in doubt
SELECT * FROM ask_all('run', $$
(metadata->>'k')::varchar(1) = 'v'
$$);
-- not read: json, which is made of the document's text, and a key that depends on the row; JSON paths of names are
SELECT * FROM ask_all('run', $$
metadata::json->>'k' = 'v'
json_extract_path_text(metadata::json, 'k') = 'v'
jsonb_path_query_first(metadata, '$.k') #>> '{}' = 'v'
metadata->>name = 'v'
$$);

--
-- Comparisons of jsonb: of values, not of elements; numbers are equal as numbers
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata->'k' IN ('"v"', '20');
SELECT * FROM ask_all('run', $$
metadata->'k' = '20'
metadata->'k' = '"20"'
metadata->'k' = 'true'
metadata->'k' = 'null'
metadata->'k' = '[]'
metadata->'k' = '{}'
'"v"' = metadata->'k'
metadata->'k' = to_jsonb(20)
metadata->'k' IN ('"v"', '20', 'true')
metadata->'k' = ANY (ARRAY['"v"', '20']::jsonb[])
metadata->'k' <> '"v"'
metadata->'k' NOT IN ('"v"', '20')
metadata->'k' IS DISTINCT FROM '"v"'
metadata->'k' IS NOT DISTINCT FROM '"v"'
(metadata->'k', metadata->'n') = ('"v"', '1')
metadata->'k' < NULL
$$);
-- containers are in doubt
SELECT * FROM ask_all('run', $$
metadata->'k' = '["v"]'
metadata->'k' = '{"v": 1}'
$$);
-- jsonb orders kinds, too: [] < null < string < number < boolean < array < object
SELECT * FROM ask_all('run', $$
metadata->'k' < '20'
metadata->'k' >= '20'
metadata->'k' BETWEEN '5' AND '20'
metadata->'k' NOT BETWEEN '5' AND '20'
metadata->'k' > 'true'
metadata->'k' > '[]'
metadata->'n' > '1' AND jsonb_typeof(metadata->'n') = 'number'
$$);
-- not read: ANY of an order, and the whole document
SELECT * FROM ask_all('run', $$
metadata->'n' < ANY (ARRAY['2', '3']::jsonb[])
metadata = '{"k": "v"}'
$$);
SELECT * FROM ask_all('run', $$
jsonb_typeof(metadata->'k') = 'number'
jsonb_typeof(metadata->'k') <> 'string'
jsonb_typeof(metadata->'k') IN ('number', 'boolean')
jsonb_typeof(metadata #> '{opt,lr}') = 'string'
jsonb_typeof(metadata) = 'object'
$$);

--
-- Comparisons of text. A number may have been written otherwise (20.0), and is in doubt where one is asked for.
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata->>'k' <> 'v';
SELECT * FROM ask_all('run', $$
metadata->>'k' = ''
metadata->>'k' = 'true'
metadata->>'k' = '20'
metadata->>'k' = '20.0'
metadata->>'k' = '["v"]'
metadata->>'k' = '{"v": 1}'
metadata->>'k' IN ('v', 'V')
metadata->>'k' = ANY ('{v,V}')
metadata->>'k' <> 'v'
metadata->>'k' NOT IN ('v', '20')
metadata->>'k' <> ALL ('{v,NULL}')
metadata->>'k' IS DISTINCT FROM 'v'
metadata->>'k' IS NOT DISTINCT FROM 'v'
metadata->>'k' = NULL
$$);
-- ranges: strings for sure where text is ordered by its bytes, else all rows with the key are in doubt
SELECT * FROM ask_all('run', $$
metadata->>'text' > 'cold' COLLATE "C"
(metadata->>'text') COLLATE "C" BETWEEN 'a' AND 'd'
metadata->>'k' < 'v' COLLATE "C"
metadata->>'text' > 'cold' COLLATE "en-x-icu"
metadata->>'text' = 'cold' COLLATE "en-x-icu"
metadata->>'text' ~<~ 'd'
$$);
-- functions of the text: case is looked for in the index as far as it does not depend on a locale
SELECT * FROM ask_all('run', $$
upper(metadata->>'text') = 'WARM'
lower(metadata->>'text') = lower('WARM')
length(metadata->>'k') > 4
left(metadata->>'text', 4) = 'warm'
metadata->>'k' || 'x' = 'vx'
$$);
-- texts that are equal and have other bytes: all rows with the key
CREATE COLLATION no_case (provider = icu, locale = 'en-u-ks-level2', deterministic = false);
SELECT * FROM ask_all('run', $$
metadata->>'k' = 'v' COLLATE no_case
metadata->>'k' <> 'v' COLLATE no_case
jsonb_typeof(metadata->'k') = 'Number' COLLATE no_case
$$);
-- not read: no element, which is false also where there is no key
SELECT * FROM ask_all('run', $$
metadata->>'k' = ANY ('{}')
$$);

--
-- Casts: numbers and dates by range, and all that is cast only perhaps
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE (metadata->>'n')::float8 BETWEEN 2 AND 3;
SELECT * FROM ask_all('run', $$
(metadata->>'n')::numeric = 2
(metadata->>'n')::numeric < 3
(metadata->>'n')::numeric BETWEEN 2 AND 4
(metadata->>'n')::numeric IN (1, 3)
(metadata->>'n')::numeric <> 2
(metadata->>'n')::numeric < 'NaN'
CAST(metadata->>'n' AS double precision) >= 2.5
(metadata->'n')::numeric > 2
(metadata->'n')::float8 <= 2
(metadata->'n')::int = 4
(metadata->'n')::bigint IN (1, 2)
(metadata->>'flag')::boolean
NOT (metadata->>'flag')::boolean
(metadata->>'flag')::boolean = true
(metadata->>'flag')::boolean IS NOT TRUE
(metadata->'flag')::boolean
$$);
-- dates depend on the time zone: a day around them is in doubt
SELECT * FROM ask_all('run', $$
(metadata->>'when')::timestamptz > '2024-02-01'
(metadata->>'when')::timestamp < '2024-02-01'
(metadata->>'when')::date = '2024-01-15'
(metadata->>'when')::date > now()
$$);
-- all rows with the key are in doubt: integers of text, whose spelling decides, types that round or are no number, and
-- arithmetic
SELECT * FROM ask_all('run', $$
(metadata->>'whole')::int = 2
(metadata->>'whole')::bigint > 1
(metadata->>'n')::float4 > 2
(metadata->>'n')::numeric(18,2) < 3
(metadata->>'n')::float8 < 'Infinity'
(metadata->>'n')::numeric * 2 > 4
extract(year FROM (metadata->>'when')::timestamptz) = 2024
date_trunc('day', (metadata->>'when')::timestamptz) > '2024-02-01'
(metadata->>'id')::uuid = '00000000-0000-0000-0000-00000000000A'
(metadata->>'opt')::jsonb @> '{"name": "adam"}'
$$);
-- not read: what is not NULL where the key is missing
SELECT * FROM ask_all('run', $$
nullif(metadata->>'n', '')::numeric > 2
(metadata->>'n')::numeric * 2 IS NULL
$$);
-- whether there is a value
SELECT * FROM ask_all('run', $$
(metadata->>'n')::numeric IS NOT NULL
(metadata->>'n')::numeric IS NULL
(metadata->>'spelled')::float8 IS NOT NULL
(metadata->>'whole')::int IS NOT NULL
(metadata->'n')::int IS NOT NULL
(metadata->>'n')::int IS NOT NULL
(metadata->>'flag')::boolean IS NOT NULL
(metadata->>'when')::timestamptz IS NOT NULL
(metadata->>'id')::uuid IS NOT NULL
(metadata->'flag')::numeric IS NOT NULL
(metadata->>'mixed')::numeric IS NOT NULL
(metadata->>'mixed')::numeric IS NULL
(metadata->>'none')::numeric IS NOT NULL
(metadata->'opt'->>'name')::numeric IS NULL
(metadata->>'n')::numeric IS NOT NULL AND (metadata->>'n')::numeric < 3
(metadata->>'n')::numeric IS NULL AND metadata->'k' IS NULL
NOT ((metadata->>'n')::numeric IS NULL OR metadata->>'flag' = 'true')
(metadata->>'mixed')::numeric IS NOT NULL OR metadata->>'k' = 'v'
(metadata->>'mixed')::numeric IS NOT NULL OR metadata @~ 'n = 1'
((metadata->>'n')::numeric IS NULL) IS NOT TRUE
(metadata->>0)::numeric IS NULL
(metadata->>'a.b')::numeric IS NULL
(metadata->>'a.b')::numeric IS NOT NULL
(metadata->'n')::real IS NOT NULL
(metadata->'n')::real > 2
(metadata->>'id')::uuid IS NULL OR (metadata->>'when')::date IS NOT NULL
NOT ((metadata->>'flag')::boolean IS NULL OR (metadata->>'n')::int IS NULL)
$$);
CREATE TABLE beyond (LIKE run INCLUDING ALL);
ALTER TABLE beyond ALTER metadata DROP NOT NULL;
SELECT fill('beyond', $$
huge {"f": 1e400, "i": 3000000000, "d": "2024-01"}
small {"f": 1, "i": 1, "d": "2024-01-15"}
$$);
INSERT INTO beyond (name) VALUES ('null');
SELECT * FROM ask_all('beyond', $$
(metadata->>'f')::float8 IS NOT NULL
(metadata->>'f')::numeric IS NOT NULL
(metadata->>'i')::int IS NOT NULL
(metadata->>'i')::bigint IS NOT NULL
(metadata->>'d')::date IS NOT NULL
(metadata->>'i')::bigint IS NULL
(metadata->>'i')::bigint IS NULL AND metadata->>'f' = '1'
$$);
PREPARE missing(text) AS SELECT name FROM beyond WHERE (metadata->>$1)::bigint IS NULL;
SET plan_cache_mode = force_generic_plan;
EXECUTE missing('i');
RESET plan_cache_mode;
DEALLOCATE missing;
-- strings that are read as numbers, and numbers that are rounded
SELECT * FROM ask_all('run', $$
(metadata->>'spelled')::numeric > 15
(metadata->>'spelled')::float8 = 0.1
(metadata->>'spelled')::float8 > 0.1
(metadata->>'spelled')::float8 = 'NaN'
$$);

--
-- Errors are core's, and rows that the query does not come to raise none
--
SELECT * FROM ask_all('run', $$
(metadata->>'n')::int > 1
(metadata->>'mixed')::numeric > 1
(metadata->>'mixed')::float8 < 0
NOT (metadata->>'mixed')::numeric > 1
(metadata->>'mixed')::numeric > 1 OR metadata->>'k' = 'v'
(metadata->>'mixed')::int > 1 AND metadata->>'n' = '2'
(metadata->>'mixed')::int > 1 AND metadata->>'n' = '3'
(metadata->>'text')::int > 1 AND metadata->>'none' = 'x'
(metadata->>'text')::int > 1 OR metadata->>'none' = 'x'
(metadata->>'text')::boolean
(metadata->>'text')::timestamptz > '2024-01-01'
(metadata->>'text')::uuid = '00000000-0000-0000-0000-00000000000A'
(metadata->>'none')::int > 1
(metadata->'text')::numeric > 1
(metadata->'n')::smallint = 100000
(metadata->>'n')::numeric / 0 > 1
(metadata->>'none')::numeric / 0 > 1
(metadata->>'n')::numeric > 1 / (length(current_user) - length(current_user))
metadata->>'text' LIKE '%d\'
metadata->>'none' LIKE '%d\'
metadata->>'text' ~ '('
jsonb_array_length(metadata->'text') > 1
jsonb_array_length(metadata->'none') > 1
metadata->'k' = '{'
$$);
-- The index is asked for all conditions at once: it does not matter which is written first. Core, which promises no
-- order, would fail at the first of these.
SELECT name FROM run WHERE (metadata->>'mixed')::numeric > 1 AND jsonb_typeof(metadata->'mixed') = 'number' ORDER BY id;
SELECT name FROM run WHERE jsonb_typeof(metadata->'mixed') = 'number' AND (metadata->>'mixed')::numeric > 1 ORDER BY id;

--
-- coalesce(): the comparison of what stands in for a path, where that is NULL
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE coalesce(metadata->>'k', '') <> 'v';
SELECT * FROM ask_all('run', $$
coalesce(metadata->>'k', 'v') = 'v'
coalesce(metadata->>'k', 'v') <> 'v'
coalesce(metadata->>'k', '') = 'v'
coalesce(metadata->>'k', '') <> 'v'
'v' = coalesce(metadata->>'k', 'v')
NOT coalesce(metadata->>'k', 'v') = 'v'
coalesce(metadata->>'k', 'v') IN ('v', 'V')
coalesce(metadata->>'k', 'v') NOT IN ('v', 'V')
coalesce(metadata->>'k', 'v') IN ('v', NULL)
coalesce(metadata->>'k', 'v') NOT IN ('V', NULL)
coalesce(metadata->>'k', 'v') IS DISTINCT FROM 'v'
coalesce(metadata->'k', '20') = '20'
coalesce(jsonb_typeof(metadata->'k'), 'missing') = 'missing'
coalesce(metadata->'opt'->>'name', 'adam') = 'adam'
coalesce(metadata->>'opt.name', 'adam') = 'adam'
coalesce(metadata->>'k', 'v') < 'w'
coalesce(metadata->>'k', 'v') = 'v' AND coalesce((metadata->>'n')::numeric, 0) = 0
coalesce((metadata->>'n')::numeric, 0) > 2
coalesce((metadata->>'n')::numeric, 0) BETWEEN 0 AND 1
coalesce((metadata->>'whole')::int, 0) = 0
coalesce((metadata->'n')::int, 0) = 0
coalesce((metadata->>'flag')::boolean, true)
coalesce(metadata->>'none', metadata->>'k', 'v') = 'v'
coalesce(metadata->>'n', metadata->>'k') = 'v'
$$);
-- a cast fails where core evaluates it
SELECT * FROM ask_all('run', $$
coalesce((metadata->>'mixed')::numeric, 0) = 0
coalesce((metadata->>'n')::numeric, (metadata->>'mixed')::numeric, 0) = 0
coalesce((metadata->>'mixed')::numeric, 0) = 0 AND metadata->>'mixed' IS NULL
$$);
-- not read: positions of arrays, patterns, and what may fail though core need not evaluate it
SELECT * FROM ask_all('run', $$
coalesce(metadata->'tags'->>0, 'a') = 'a'
coalesce(metadata->>'k', 'v') LIKE 'v%'
coalesce(metadata->>'k', name) = 'v'
$$);
PREPARE or_else(text, text) AS SELECT count(*) FROM run WHERE coalesce(metadata->>'k', $1) = $2;
PREPARE or_ratio(int) AS SELECT count(*) FROM run WHERE coalesce(metadata->'k', to_jsonb(1 / $1)) = '20';
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE or_else('v', 'v');
EXECUTE or_else('v', 'v');
EXECUTE or_else('', 'v');
EXECUTE or_else(NULL, 'v');
EXECUTE or_else('v', NULL);
SELECT plan('EXECUTE or_ratio(1)');
RESET plan_cache_mode;

--
-- Patterns: by their longest piece
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata->>'text' LIKE '%arm%';
SELECT * FROM ask_all('run', $$
metadata->>'text' LIKE 'warm%'
metadata->>'text' LIKE '%arm%'
metadata->>'text' LIKE 'cold'
metadata->>'text' LIKE '100\%%'
metadata->>'text' LIKE '%' || 'arm' || '%'
metadata->>'text' NOT LIKE '%arm%'
metadata->>'text' ^@ 'warm'
starts_with(metadata->>'text', 'warm')
(metadata->>'text')::varchar LIKE 'warm%'
metadata->>'text' LIKE 'warm%' COLLATE "en-x-icu"
$$);
-- rows with the piece are in doubt, and those whose value is no string
SELECT * FROM ask_all('run', $$
metadata->>'text' LIKE '%arm'
metadata->>'text' LIKE 'w_rm%'
metadata->>'text' ILIKE '%WARM%'
metadata->>'text' NOT ILIKE '%WARM%'
upper(metadata->>'text') LIKE upper('%warm%')
lower(metadata->>'text') LIKE lower('Warm%')
metadata->>'k' LIKE '2%'
metadata->>'k' LIKE '%v%'
$$);
-- all rows with the key are in doubt
SELECT * FROM ask_all('run', $$
metadata->>'text' LIKE '_%'
metadata->>'text' SIMILAR TO '%(warm|cold)%'
metadata->>'text' ~ '^warm'
metadata->>'text' ~* 'WARM'
metadata->>'text' !~ 'arm'
strpos(metadata->>'text', 'arm') > 0
position('arm' in metadata->>'text') > 0
$$);
-- not read: several patterns at once, and the text of the whole document
SELECT * FROM ask_all('run', $$
metadata->>'text' LIKE ANY ('{warm%,cold%}')
metadata::text LIKE '%warm%'
$$);

--
-- Containment and existence
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata @> '{"opt": {"name": "adam"}}' AND metadata ? 'n';
SELECT * FROM ask_all('run', $$
metadata @> '{"k": "v"}'
metadata @> '{"k": 20}'
metadata @> '{"k": null}'
metadata @> '{"k": []}'
metadata @> '{"k": {}}'
metadata @> '{"n": 1, "text": "warm start"}'
metadata @> '{"opt": {"name": "adam", "lr": 0.1}}'
metadata @> '{}'
metadata @> jsonb_build_object('k', 'v')
'{"k": "v"}' <@ metadata
NOT metadata @> '{"k": "v"}'
metadata->'opt' @> '{"name": "adam"}'
(metadata #> '{}')::jsonb @> '{"k": "v"}'
jsonb_contains(metadata, '{"k": "v"}')
metadata ? 'k'
metadata ?| '{k,n}'
metadata ?& '{n,text}'
NOT metadata ? 'k'
metadata->'opt' ? 'lr'
metadata->'opt' ?& '{name,lr}'
jsonb_exists(metadata, 'k')
coalesce(metadata ? 'k', false)
$$);
-- elements: of arrays that have all of them, at any depth
SELECT * FROM ask_all('run', $$
metadata @> '{"tags": ["a"]}'
metadata @> '{"tags": ["a", "b"]}'
metadata @> '{"tags": [["c"]]}'
metadata->'tags' @> '"a"'
metadata->'tags' ? 'a'
$$);
-- the other direction: objects and arrays are in doubt, which may have more
SELECT * FROM ask_all('run', $$
metadata->'tags' <@ '["a", "b"]'
metadata->'tags' <@ '["a", ["c"]]'
metadata->'k' <@ '"v"'
metadata->'k' <@ '["v", 20]'
metadata->'opt' <@ '{"name": "adam", "lr": 0.1, "x": 1}'
metadata->'opt' <@ '{"name": ["adam"]}'
metadata->'opt' <@ '{}'
'{"name": "adam", "lr": 0.1}' @> (metadata->'opt')
NOT metadata->'k' <@ '"v"'
$$);
-- all rows with the key are in doubt
SELECT * FROM ask_all('run', $$
jsonb_array_length(metadata->'tags') > 1
$$);

--
-- JSON paths: of names, with filters and predicates; in lax mode elements of arrays count, and are in doubt
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata @? '$.n ? (@ > 1 && @ < 3)';
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata @@ '$.opt.name == "adam" || exists($.tags)';
SELECT * FROM ask_all('run', $$
metadata @? '$.k'
metadata @? '$.opt.lr'
metadata @? '$.n ? (@ > 2)'
metadata @? '$.n ? (2 < @)'
metadata @? '$.n ? (@ > 1 && @ < 3)'
metadata @? '$.k ? (@ == "v" || @ == 20)'
metadata @? '$ ? (@.k == "v")'
metadata @? '$ ? (@.k == "v" && @.n > 0)'
metadata @? '$.opt ? (@.name == "adam").lr ? (@ == 0.1)'
metadata @? '$.tags[*] ? (@ == "a")'
metadata @? '$.tags[*]'
metadata @? '$.k ? (@ == null)'
metadata @? '$.k ? (exists(@))'
metadata @@ '$.n > 2'
metadata @@ '2 < $.n'
metadata @@ '$.n > 1 && $.n < 3'
metadata @@ '$.k == true || exists($.opt.lr)'
metadata @@ '$.tags[*] == "b"'
metadata @@ '$.k'
metadata->'opt' @? '$.lr'
NOT metadata->'opt' @? '$.lr'
jsonb_path_exists(metadata, '$.k')
jsonb_path_match(metadata, '$.n > 2')
$$);
-- what has to be there, all of it in doubt: order of other values than numbers, !=, other paths, methods and positions, strict mode
SELECT * FROM ask_all('run', $$
metadata @? '$.text ? (@ > "W")'
metadata @? '$.k ? (@ != "v")'
metadata @? '$.k ? (!(@ == "v"))'
metadata @? '$.k ? ((@ == 1) is unknown)'
metadata @? '$.text ? (@ starts with "W")'
metadata @? '$.text ? (@ like_regex "^w" flag "i")'
metadata @? '$.n ? (@ == $.k)'
metadata @? '$.opt.*'
metadata @? '$.opt.**'
metadata @? '$.tags[0] ? (@ == "a")'
metadata @? '$.tags[last]'
metadata @? '$.tags.size() ? (@ > 1)'
metadata @@ '$.n.double() > 2'
metadata @@ '$.k == true || $.text starts with "W"'
metadata @? 'strict $.opt.lr'
metadata @@ 'strict $.n > 2'
jsonb_path_exists(metadata, 'strict $.tags[5]', '{}', true)
jsonb_path_match(metadata, '$.k', '{}', true)
$$);
-- not read: what raises errors, or is true of all documents; variables
SELECT * FROM ask_all('run', $$
jsonb_path_exists(metadata, 'strict $.opt.lr')
jsonb_path_exists(metadata, '$.n.double()')
jsonb_path_exists(metadata, '$.tags[0]')
jsonb_path_match(metadata, '$.k')
metadata @? '$.k == 1'
metadata @? '$.n + 1'
metadata @? '$'
metadata @@ '$ == 1'
metadata @@ '($.n == 1) is unknown'
$$);
SELECT * FROM ask_without_variable('run', $$
metadata @? '$ ? (@.k == $x)' => null
metadata @? '$.k ? (!(@ == $x))' => v V warm 20 20.0 "20" 7.5 true "true" ["v"] [20] {} {v} day ""
metadata @? '$.opt.* ? (@ == $x)' => -
metadata @? '$.k ? (@ starts with $x)' => -
metadata @? '$.tags[$x]' => -
$$);
-- not read: the other direction of whole documents, several documents or none at all, and subqueries
SELECT * FROM ask_all('run', $$
metadata <@ '{"k": "v", "x": 1}'
metadata @> ANY (ARRAY['{"k": "v"}', '{"k": 20}']::jsonb[])
metadata ?| '{}'
'a' IN (SELECT jsonb_array_elements_text(metadata->'tags'))
$$);

--
-- Logic: a missing key makes a comparison NULL, not false
--
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata->>'k' <> 'v' OR metadata->>'k' IS NULL;
SELECT * FROM ask_all('run', $$
metadata->'k' IS NULL
metadata->>'k' IS NULL
metadata->'k' IS NOT NULL
metadata->>'k' IS NOT NULL
metadata #>> '{opt,lr}' IS NULL
metadata['k'] IS NULL
metadata->>'k' = 'v' OR metadata->'n' > '3'
NOT metadata->>'k' = 'v'
NOT (metadata->>'k' = 'v' AND metadata->>'text' = 'Warm')
NOT (metadata->>'text' = 'Warm' OR metadata->'n' > '3')
metadata->>'k' <> 'v' OR metadata->>'k' IS NULL
(metadata->>'k' = 'v') IS TRUE
(metadata->>'k' = 'v') IS NOT TRUE
(metadata->>'k' = 'v') IS FALSE
(metadata->>'k' = 'v') IS NOT FALSE
(metadata->>'k' = 'v') = true
coalesce(metadata->>'k' = 'v', false)
coalesce(metadata->>'k' = 'v', true)
CASE WHEN metadata->>'k' = 'v' THEN true ELSE false END
metadata->>'k' = (SELECT 'v')
metadata @~ 'k is "v"' AND metadata->'k' = '"v"'
metadata @~ 'k is "v"' OR metadata->>'text' = 'Warm'
$$);
-- a condition beside those that are read is a filter
SELECT * FROM ask_all('run', $$
metadata->>'k' = 'v' AND name <> 'V'
metadata->>'k' = 'v' AND random() >= 0
$$);
-- not read: volatile functions within, OR with what the index does not have, and what asks for NULL in other ways
SELECT * FROM ask_all('run', $$
metadata->>'k' = left('v' || random(), 1)
metadata->>'k' = 'v' OR (metadata->>'k' = 'w' AND EXISTS (SELECT FROM generate_series(1, 2) AS n WHERE n = run.id))
metadata->>'k' = 'v' OR name = 'one'
(metadata->>'k' = 'v') IS NULL
metadata->'tags'->0 IS NULL
num_nulls(metadata->'k') = 1
CASE WHEN metadata ? 'n' THEN metadata->'n' > '2' END
(metadata @~ 'k is "v"') IS TRUE
$$);

--
-- A column that may be NULL: what is true of such a row is not read, as the index does not have it
--
CREATE TABLE may_be_null AS SELECT * FROM run WHERE id < 7;
INSERT INTO may_be_null VALUES (99, 'NULL', NULL);
CREATE INDEX ON may_be_null USING gin (metadata metadata_ops);
VACUUM ANALYZE may_be_null;
SELECT * FROM ask_all('may_be_null', $$
metadata->>'k' = 'v'
NOT metadata->>'k' = 'v'
NOT metadata ? 'k'
metadata @> '{}'
(metadata->>'k' = 'v') IS TRUE
metadata->>'k' IS NULL
metadata->>'k' IS NOT NULL
(metadata->>'k' = 'v') IS NOT TRUE
metadata->>'k' IS DISTINCT FROM 'v'
coalesce(metadata->>'k' = 'v', true)
$$);

--
-- Names with dots: {"a.b": 1} and {"a": {"b": 1}} have the same key in the index. Documents with such a name are in
-- doubt for both, others never.
--
SELECT * FROM ask_all('run', $$
metadata->>'opt.name' = 'adam'
metadata->'opt.name' IS NULL
NOT metadata ? 'opt.name'
$$);
CREATE TABLE dotted (LIKE run INCLUDING ALL);
SELECT fill('dotted', $$
name {"a.b": 1}
path {"a": {"b": 1}}
both {"a.b": 2, "a": {"b": 1}}
none {"c": 1}
element {"a": ["a.b", "b"]}
$$);
VACUUM ANALYZE dotted;
SELECT * FROM ask_all('dotted', $$
metadata->>'a.b' = '1'
metadata->'a.b' = '1'
NOT metadata->'a.b' = '1'
metadata->'a.b' IS NULL
metadata->'a.b' IS NOT NULL
(metadata->>'a.b')::numeric < 2
metadata #>> '{a,b}' = '1'
metadata #> '{a,b}' = '1'
metadata #> '{a,b}' IS NULL
metadata @> '{"a.b": 1}'
NOT metadata @> '{"a.b": 1}'
metadata @> '{"a": {"b": 1}}'
metadata ? 'a.b'
metadata->'a' ? 'b'
metadata->'a' ? 'a.b'
metadata->'c' = '1'
$$);

--
-- Documents that are no objects are in doubt where they may matter
--
CREATE TABLE odd (LIKE run INCLUDING ALL);
SELECT fill('odd', $$
object {"k": "v"}
["k"] ["k"]
[object] [{"k": "v"}, "v"]
string "k"
number 20
null null
[] []
$$);
VACUUM ANALYZE odd;
SELECT * FROM ask_all('odd', $$
metadata->>'k' = 'v'
metadata->'k' IS NULL
metadata @> '{"k": "v"}'
metadata @> '{}'
metadata @> '"k"'
metadata @> '["k"]'
metadata @> '[]'
metadata ? 'k'
NOT metadata ? 'k'
metadata->0->>'k' = 'v'
metadata #>> '{0,k}' = 'v'
metadata->>0 = 'k'
metadata #>> '{}' = 'k'
$$);

--
-- Parameters, of keys and of values, in plans for their values and in one for all values
--
PREPARE text_is(text, text) AS SELECT name FROM run WHERE metadata->>$1 = $2;
PREPARE jsonb_is(text[], jsonb) AS SELECT name FROM run WHERE metadata #> $1 = $2;
PREPARE above(text, numeric) AS SELECT name FROM run WHERE (metadata->>$1)::numeric > $2;
PREPARE one_of(text[]) AS SELECT name FROM run WHERE metadata->>'k' = ANY ($1);
PREPARE is_missing(text) AS SELECT count(*) FROM run WHERE metadata->>$1 IS NULL;
PREPARE matches(text, text) AS SELECT name FROM run WHERE upper(metadata->>$1) LIKE upper('%' || $2 || '%');
PREPARE contains(jsonb, text[]) AS SELECT name FROM run WHERE metadata @> $1 AND metadata ?& $2;
SET plan_cache_mode = force_custom_plan;
EXPLAIN (COSTS OFF) EXECUTE text_is('k', 'v');
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE text_is('k', 'v');
EXECUTE text_is('k', 'v');
EXECUTE text_is('k', '20');
EXECUTE text_is('opt.name', 'adam');
EXECUTE text_is(NULL, 'v');
EXECUTE text_is('k', NULL);
EXPLAIN (COSTS OFF) EXECUTE jsonb_is('{opt,name}', '"adam"');
EXECUTE jsonb_is('{opt,name}', '"adam"');
EXECUTE jsonb_is('{tags,0}', '"a"');
EXECUTE jsonb_is('{}', '{}');
EXPLAIN (COSTS OFF) EXECUTE above('n', 2);
EXECUTE above('n', 2);
EXECUTE above('mixed', 2);
EXPLAIN (COSTS OFF) EXECUTE one_of('{v,V}');
EXECUTE one_of('{v,V,NULL}');
EXECUTE one_of('{}');
EXECUTE one_of(NULL);
EXPLAIN (COSTS OFF) EXECUTE is_missing('k');
EXECUTE is_missing('k');
EXECUTE is_missing('opt.name');
EXECUTE is_missing(NULL);
EXPLAIN (COSTS OFF) EXECUTE matches('text', 'warm');
EXECUTE matches('text', 'warm');
EXECUTE matches('text', '%');
EXPLAIN (COSTS OFF) EXECUTE contains('{"n": 1}', '{text,opt}');
EXECUTE contains('{"n": 1}', '{text,opt}');
EXECUTE contains('{}', '{}');
-- an operand that core does not come to evaluate is not evaluated either
PREPARE ratio_if(text, int) AS SELECT name FROM run WHERE (metadata ? $1 AND metadata->>'n' = (1 / $2)::text) OR metadata->>'n' = '2';
EXPLAIN (COSTS OFF) EXECUTE ratio_if('nothing', 0);
EXECUTE ratio_if('nothing', 0);
RESET plan_cache_mode;
-- nor what is no value by itself, as the parts of JSON_VALUE, which 17 has
SELECT CASE WHEN current_setting('server_version_num')::int >= 170000 THEN $$JSON_VALUE(metadata, '$.text')$$
  ELSE $$(metadata->>'text')$$ END AS text \gset
SELECT name FROM run WHERE metadata->>'text' <= :text;

--
-- Rights. What the policy asks is read from the index. What the user asks is not, and comes after the policy, as core's
-- operators may tell of what they see: so a function or a cast of the user sees no row that is hidden.
--
CREATE TABLE guarded (LIKE run INCLUDING ALL);
INSERT INTO guarded (name, metadata) SELECT name, metadata FROM run;
VACUUM ANALYZE guarded;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_warm ON guarded USING (metadata->>'text' IS NULL OR metadata->>'text' NOT LIKE 'warm%');
CREATE VIEW barrier WITH (security_barrier) AS SELECT * FROM run WHERE metadata->>'text' LIKE 'warm%';
CREATE VIEW open_view AS SELECT * FROM run WHERE metadata->>'text' LIKE 'warm%';
CREATE FUNCTION peek(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN RAISE NOTICE 'sees %', $1; RETURN true; END $$;
CREATE ROLE regress_core_dialect;
GRANT USAGE ON SCHEMA core_dialect TO regress_core_dialect;
GRANT SELECT ON ALL TABLES IN SCHEMA core_dialect TO regress_core_dialect;
SET ROLE regress_core_dialect;
SET client_min_messages = notice;
EXPLAIN (COSTS OFF) SELECT name FROM guarded WHERE peek(metadata->>'text') AND metadata->>'n' = '2';
SELECT name FROM guarded WHERE peek(metadata->>'text') AND metadata->>'flag' = 'true';
EXPLAIN (COSTS OFF) SELECT count(*) FROM guarded WHERE (metadata->>'text')::int > 1;
SELECT count(*) FROM guarded WHERE (metadata->>'text')::int > 1 AND metadata->>'text' LIKE 'warm%';
EXPLAIN (COSTS OFF) SELECT name FROM barrier WHERE peek(metadata->>'text') AND metadata->>'k' = 'v';
SELECT name FROM barrier WHERE peek(metadata->>'text');
EXPLAIN (COSTS OFF) SELECT count(*) FROM open_view WHERE metadata->>'flag' = 'true';
SET client_min_messages = warning;
RESET ROLE;

--
-- Partitions, joins and subqueries
--
CREATE TABLE part (id int, name text, metadata jsonb NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (10) TO (100);
INSERT INTO part SELECT * FROM run;
CREATE INDEX ON part USING gin (metadata metadata_ops);
VACUUM ANALYZE part;
EXPLAIN (COSTS OFF) SELECT count(*) FROM part WHERE metadata->>'k' <> 'v';
SELECT count(*) FROM part WHERE metadata->>'k' <> 'v';
EXPLAIN (COSTS OFF) SELECT name FROM part WHERE metadata #>> '{opt,name}' = 'adam';
SELECT name FROM part WHERE metadata #>> '{opt,name}' = 'adam';
SET enable_hashjoin = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT a.name, b.name FROM run AS a JOIN run AS b ON b.id = a.id + 1 WHERE a.metadata->>'k' = 'v' AND b.metadata->>'k' = 'V';
SELECT a.name, b.name FROM run AS a JOIN run AS b ON b.id = a.id + 1 WHERE a.metadata->>'k' = 'v' AND b.metadata->>'k' = 'V';
SET enable_hashagg = off;
SET enable_sort = off;
SELECT plan($$SELECT a.name FROM run AS a WHERE EXISTS (SELECT FROM run AS b WHERE b.id = a.id AND b.metadata->>'k' = 'v')$$);
RESET enable_hashagg;
RESET enable_sort;
-- a value of another table: in a subquery, but not yet in a join
SELECT line FROM plan($$SELECT a.name, (SELECT count(*) FROM run AS b WHERE b.metadata->>'k' = a.name) FROM run AS a WHERE a.metadata->>'k' IN ('v', '20')$$) AS line WHERE line ~ 'Custom Scan';
SELECT a.name, (SELECT count(*) FROM run AS b WHERE b.metadata->>'k' = a.name) FROM run AS a WHERE a.metadata->>'k' IN ('v', '20');
SELECT plan($$SELECT a.name, b.name FROM run AS a JOIN run AS b ON b.metadata->>'k' = a.name$$);
-- what is optional may be NULL
SELECT plan($$SELECT a.name FROM run AS a LEFT JOIN run AS b ON b.id = a.id + 1 WHERE b.metadata->>'k' IS NULL AND a.metadata->>'k' = 'v'$$);
RESET enable_hashjoin;
RESET enable_mergejoin;
-- counts
EXPLAIN (COSTS OFF) SELECT count(metadata), count(*) FILTER (WHERE metadata->>'k' = 'v') FROM run WHERE metadata->'k' IS NOT NULL;
SELECT count(metadata), count(*) FILTER (WHERE metadata->>'k' = 'v') FROM run WHERE metadata->'k' IS NOT NULL;
-- not served: samples, and SERIALIZABLE, for which there are no predicate locks
EXPLAIN (COSTS OFF) SELECT count(*) FROM run TABLESAMPLE system (100) WHERE metadata->>'k' = 'v';
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT plan($$SELECT count(*) FROM run WHERE metadata->>'k' = 'v'$$);
COMMIT;

--
-- Changes and cursors
--
BEGIN;
EXPLAIN (COSTS OFF) UPDATE run SET name = name || '!' WHERE metadata->>'k' = 'v';
UPDATE run SET name = name || '!' WHERE metadata->>'k' = 'v' RETURNING name;
EXPLAIN (COSTS OFF) DELETE FROM run WHERE metadata->>'k' ILIKE 'v';
DELETE FROM run WHERE metadata->>'k' ILIKE 'v' RETURNING name;
SELECT line FROM plan($$MERGE INTO run USING (VALUES ('one'), ('two')) AS v (n) ON run.name = v.n AND metadata->'flag' = 'true'
  WHEN MATCHED THEN UPDATE SET name = 'merged' WHEN NOT MATCHED THEN DO NOTHING$$) AS line WHERE line ~ 'Merge|Custom Scan|Index Cond';
MERGE INTO run USING (VALUES ('one'), ('two')) AS v (n) ON run.name = v.n AND metadata->'flag' = 'true'
  WHEN MATCHED THEN UPDATE SET name = 'merged' WHEN NOT MATCHED THEN DO NOTHING;
SELECT name FROM run WHERE metadata->'flag' = 'true' ORDER BY id;
ROLLBACK;
BEGIN;
EXPLAIN (COSTS OFF) DECLARE c SCROLL CURSOR FOR SELECT name FROM run WHERE metadata->>'k' <> 'v';
DECLARE c SCROLL CURSOR FOR SELECT name FROM run WHERE metadata->>'k' <> 'v';
FETCH 3 FROM c;
FETCH BACKWARD 2 FROM c;
FETCH LAST FROM c;
FETCH FIRST FROM c;
DECLARE u CURSOR FOR SELECT name FROM run WHERE metadata->>'k' IN ('v', 'V') FOR UPDATE;
FETCH 1 FROM u;
UPDATE run SET name = 'current' WHERE CURRENT OF u RETURNING name;
FETCH 2 FROM u;
ROLLBACK;

--
-- Turned off: all is as it is without the index, but for the operator and functions of the extension
--
SET detmeta.enable_core_dialect = off;
SELECT plan($$SELECT count(*) FROM run WHERE metadata->>'k' = 'v'$$);
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata->>'k' = 'v' AND metadata_is(metadata, 'k', 'v');
EXECUTE text_is('k', 'v');
RESET detmeta.enable_core_dialect;

-- keys of one length, keys that begin alike, and keys that the index has cut, each with values of its own sort
CREATE TABLE kinds (id int GENERATED ALWAYS AS IDENTITY, name text NOT NULL, metadata jsonb NOT NULL);
CREATE INDEX ON kinds USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('kinds', $$
numbers {"aa": 5, "ab": 5, "a": 5, "whole": 7}
strings {"aa": 5, "ab": "5", "a": "5", "whole": 8}
none {}
$$);
INSERT INTO kinds (name, metadata) VALUES ('long', format('{"long": 1.%s1}', repeat('0', 300))::jsonb), ('longer', '{"long": 7}'),
  ('key', jsonb_build_object(repeat('k', 200) || '1', 7)), ('other', jsonb_build_object(repeat('k', 200) || '1', 1.5, repeat('k', 200) || '2', 7));
VACUUM kinds;
SELECT replace(condition, repeat('k', 200), 'k...'), how, replace(answer, repeat('0', 300), '0...') FROM unnest(ARRAY[
  $$(metadata->>'aa')::numeric = 5 AND (metadata->>'ab')::numeric = 5$$,
  $$(metadata->>'ab')::numeric = 5 AND (metadata->>'aa')::numeric = 5$$,
  $$(metadata->>'aa')::numeric = 5 AND (metadata->>'a')::numeric = 5$$,
  $$(metadata->>'a')::numeric = 5 AND (metadata->>'aa')::numeric = 5$$,
  $$(metadata->>'whole')::int = 7$$,
  $$(metadata->>'long')::int = 7$$,
  format($$(metadata->>'%s')::int = 7$$, repeat('k', 200) || '1'),
  format($$(metadata->>'%s')::int = 7$$, repeat('k', 200) || '2')]) AS condition, ask('kinds', condition);

DROP OWNED BY regress_core_dialect;
DROP ROLE regress_core_dialect;
DROP SCHEMA core_dialect CASCADE;
