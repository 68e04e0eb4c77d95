-- Corners of core's SQL that random clauses (test/core_dialect) have found, each once. A line of a list is a condition:
-- how its count is answered, and the rows; "DIFFERENT" would say that a sequential scan gives others.
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA core_dialect_corners;
SET search_path = core_dialect_corners, public;
\set ECHO none
\i :tree/test/regress/dialect.sql
\set ECHO all
DELETE FROM run;
SELECT fill('run', $$
word {"a": "warm"}
upper {"a": "WARM"}
number {"a": 20}
string {"a": "20"}
far {"a": 2147483648}
array {"a": [[5, 6], "x"]}
named {"a": {"0": [7], "1": 8}}
null {"a": null}
none {}
nested {"b": {"c": 1}}
document [20, [5]]
scalar 20
$$);
VACUUM ANALYZE run;

-- letters changed: = is not the only comparison
SELECT * FROM ask_all('run', $$
upper(metadata->>'a') = 'WARM'
upper(metadata->>'a') <> 'WARM'
NOT upper(metadata->>'a') <> 'WARM'
lower(metadata->>'a') < 'b'
$$);
-- to a position, a scalar is an array of one, and an object is none
SELECT * FROM ask_all('run', $$
metadata->'a'->0 = '20'
metadata->'a'->>-1 = 'warm'
metadata->'a'->1 = '8'
metadata->'a'->0 = '[7]'
metadata->0 = '20'
$$);
-- every step that reads as a number may be a position, though the one before is a name
SELECT * FROM ask_all('run', $$
metadata #>> '{a,0,0}' IN ('5', '7')
metadata #> '{a,0}' ->> 0 IN ('5', '7')
metadata #> '{1,0}' = '5'
$$);
-- nested members have the key of a name with a dot, and are none
SELECT * FROM ask_all('run', $$
metadata->'b.c' = '1'
metadata ? 'b.c'
metadata->'b.c' IS NULL AND metadata->'b' IS NOT NULL
metadata @> '{"b.c": 1}'
$$);

-- a cast fails though it is compared with NULL, or with no value that is not
PREPARE less_than(bigint) AS SELECT count(*) FROM run WHERE (metadata->>'a')::bigint < $1;
SET plan_cache_mode = force_generic_plan;
EXECUTE less_than(NULL);
RESET plan_cache_mode;
SELECT * FROM ask_all('run', $$
((metadata->'a')::int <> ALL ('{NULL}'::bigint[])) IS NOT FALSE
metadata->'a' <> ALL ('{NULL}'::jsonb[])
$$);
-- or if another part, which comes later, would decide; and does not if that comes first
SELECT * FROM ask_all('run', $$
(metadata->>'a')::numeric = 1 OR metadata !@~ 'z is 1'
metadata !@~ 'z is 1' OR (metadata->>'a')::numeric = 1
(metadata->>'a')::numeric = 1 OR NOT metadata ? 'z'
$$);

-- Rows without metadata: NOT of what is not NULL for them
CREATE TABLE bare (LIKE run INCLUDING IDENTITY);
ALTER TABLE bare ALTER metadata DROP NOT NULL;
CREATE INDEX ON bare USING gin (metadata metadata_ops);
INSERT INTO bare (name, metadata) SELECT name, metadata FROM run UNION ALL SELECT 'bare', NULL;
VACUUM ANALYZE bare;
SELECT * FROM ask_all('bare', $$
(metadata->>'a' = 'warm') IS TRUE
(metadata->>'a' = 'warm') IS NOT TRUE
NOT ((metadata->>'a' = 'warm') IS TRUE)
coalesce(metadata->>'a' <> 'warm', false)
NOT coalesce(metadata->>'a' <> 'warm', false)
NOT CASE WHEN metadata->>'a' = 'warm' THEN true ELSE false END
metadata->'a' IS NOT NULL AND metadata->>'a' IS DISTINCT FROM 'warm'
metadata->>'a' = 'warm' OR metadata->'a' IS NULL
NOT (metadata->'a' IS NOT NULL)
metadata->>'a' IS DISTINCT FROM 'warm'
$$);
SELECT * FROM ask_all('bare', $$
coalesce(metadata->>'a', 'x') = 'warm'
NOT coalesce(metadata->>'a', 'warm') = 'warm'
coalesce(metadata->>'a', 'warm') = 'warm'
NOT coalesce(metadata->>'a', 'x') = 'warm'
coalesce(metadata->>'a', 'warm') <> 'warm'
coalesce(metadata->>'a', 'x') <> 'warm'
coalesce(metadata->>'a', 'warm') IS NOT DISTINCT FROM 'warm'
$$);
PREPARE or_other(text) AS SELECT count(*) FROM bare WHERE coalesce(metadata->>'a', $1) = 'warm';
SET plan_cache_mode = force_generic_plan;
EXECUTE or_other('warm');
EXECUTE or_other('x');
RESET plan_cache_mode;
PREPARE not_among(text[]) AS SELECT count(*) FROM bare WHERE metadata->>'a' <> ALL ($1);
SET plan_cache_mode = force_generic_plan;
EXECUTE not_among('{}');
EXECUTE not_among('{warm,NULL}');
EXECUTE not_among('{warm}');
RESET plan_cache_mode;
-- nor a function that may be true of NULL, whatever it is called with
CREATE FUNCTION is_other(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 IS DISTINCT FROM $2';
ALTER FUNCTION is_other SET work_mem = '4MB'; -- not inlined
PREPARE other(text) AS SELECT count(*) FROM bare WHERE is_other(metadata->>'a', $1);
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
EXECUTE other('warm');
RESET enable_seqscan;
RESET plan_cache_mode;

-- what is evaluated of another column fails also where the path is NULL
CREATE TABLE divided (n int, metadata jsonb NOT NULL);
INSERT INTO divided VALUES (1, '{"k": "1"}'), (0, '{}');
CREATE INDEX ON divided USING gin (metadata metadata_ops);
SET enable_seqscan = off;
SELECT metadata FROM divided WHERE metadata->>'k' = (1 / n)::text;
RESET enable_seqscan;
-- variables of a JSON path that are NULL, or no object
CREATE TABLE pathed (metadata jsonb NOT NULL);
INSERT INTO pathed VALUES ('{"k": 1}'), ('{"k": 2, "vars": {}}');
CREATE INDEX ON pathed USING gin (metadata metadata_ops);
SET enable_seqscan = off;
SELECT metadata FROM pathed WHERE jsonb_path_exists(metadata, '$.k', metadata->'vars');
SELECT metadata FROM pathed WHERE jsonb_path_query_first(metadata, '$.k', '[]') = '1';
RESET enable_seqscan;

-- rows of a value are among those that hold its key: what is counted from entries must not count them twice
CREATE TABLE held (metadata jsonb NOT NULL);
CREATE INDEX ON held USING gin (metadata metadata_ops);
INSERT INTO held SELECT jsonb_build_object('k', i % 5) FROM generate_series(1, 100) AS i;
VACUUM ANALYZE held;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT count(*) FROM held WHERE metadata ? 'k' OR metadata @> '{"k": 3}';
SELECT count(*) FROM held WHERE metadata->'k' > '"A"' OR metadata->'k' < '3';
RESET enable_seqscan;
RESET enable_bitmapscan;

-- a constant that the cast has no value for: the number itself fails
CREATE TABLE small (metadata jsonb NOT NULL);
CREATE INDEX ON small USING gin (metadata metadata_ops);
INSERT INTO small VALUES ('{"a": 32768}'), ('{"a": 1}');
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT * FROM small WHERE (metadata->'a')::smallint = 32768;
SELECT * FROM small WHERE (metadata->'a')::smallint = ANY ('{32768,1}'::int[]);
SELECT * FROM small WHERE (metadata->>'a')::numeric = ANY ('{32768,7}'::numeric[]);
-- a JSON path that is not known before the query runs may be strict, and regular expressions may be none, beside conditions of our own
SET plan_cache_mode = force_generic_plan;
PREPARE strict_path(jsonpath) AS SELECT * FROM small WHERE NOT (jsonb_path_query_first(metadata, $1) = '1' AND metadata @~ 'a > 70000');
EXECUTE strict_path('strict $.b');
EXECUTE strict_path('$.a');
PREPARE strict_exists(jsonpath) AS SELECT * FROM small WHERE metadata @~ 'a > 7' OR jsonb_path_exists(metadata, $1);
EXECUTE strict_exists('strict $.b');
EXECUTE strict_exists('$.a');
PREPARE wrong_pattern(text) AS SELECT * FROM small WHERE metadata @~ 'a > 0' AND (metadata->>'a' = '7' OR metadata->>'a' !~ $1);
EXECUTE wrong_pattern('(');
PREPARE wrong_like(text) AS SELECT * FROM small WHERE metadata->>'a' LIKE $1 OR metadata @~ 'a > 0';
EXECUTE wrong_like('3\');
EXECUTE wrong_like('3%');
RESET plan_cache_mode;
RESET enable_seqscan;
RESET enable_bitmapscan;

DROP SCHEMA core_dialect_corners CASCADE;
