-- metadata_sort(): the order of all kinds of values
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA sort;
SET search_path = sort, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

-- one of each, in reverse; names on one line are equal
SELECT add_documents($$
object {"x": {"a": 1}}
array {"x": [0, "a"]}
[null] {"x": [null]}
𝒳 {"x": "𝒳"}
日 {"x": "日"}
é {"x": "é"}
ab {"x": "ab"}
a-nul-like {"x": "a\u0001"}
a {"x": "a"}
Z {"x": "Z"}
9 {"x": "9"}
10 {"x": "10"}
impossible {"x": "2024-02-31"}
'' {"x": ""}
date+1s {"x": "2024-01-15T00:00:01Z"}
date+.5s {"x": "2024-01-15T00:00:00.5Z"}
zoned {"x": "2024-01-15T02:00:00+02:00"}
day {"x": "2024-01-15"}
month {"x": "2024-01"}
year1 {"x": "0001-01"}
1e400 {"x": 1e400}
30digits {"x": 123456789012345678901234567890}
2^60+1 {"x": 1152921504606846977}
2^60 {"x": 1152921504606846976}
100 {"x": 100}
20.5 {"x": 20.5}
20.0 {"x": 20.0}
2e1 {"x": 2e1}
20 {"x": 20}
1e-400 {"x": 1e-400}
0 {"x": 0}
-0 {"x": -0}
-1e-400 {"x": -1e-400}
-0.5 {"x": -0.5}
-0.51 {"x": -0.51}
-20 {"x": -20}
-1e400 {"x": -1e400}
true {"x": true}
false {"x": false}
{} {"x": {}}
[] {"x": []}
null {"x": null}
absent {}
list [1]
scalar "x"
$$);
SELECT string_agg(name, ' ' ORDER BY n) FROM doc GROUP BY metadata_sort(m, 'x') ORDER BY metadata_sort(m, 'x');
SELECT string_agg(name, ' ' ORDER BY metadata_sort(m, 'x') DESC NULLS LAST, n) FROM doc WHERE name IN ('20', '2e1', 'null', 'a', 'true', 'array', 'object', 'absent');
SELECT string_agg(name, ' ' ORDER BY n) FROM doc WHERE metadata_sort(m, 'x') IS NULL;

-- the order is that of the comparisons: of any two values of a kind one is less just if it sorts before
SELECT count(*), count(*) FILTER (WHERE less <> (metadata_sort(x.m, 'x') < metadata_sort(y.m, 'x')))
FROM doc AS x JOIN doc AS y ON get_byte(metadata_sort(x.m, 'x'), 0) = get_byte(metadata_sort(y.m, 'x'), 0),
  LATERAL (SELECT CASE WHEN y.m->>'x' ~ '^\d{4}-\d\d' AND y.name <> 'impossible' THEN metadata_lt(x.m, 'x', (CASE WHEN y.m->>'x' ~ '^\d{4}-\d\d$' THEN (y.m->>'x') || '-01' ELSE y.m->>'x' END || CASE WHEN y.m->>'x' ~ 'Z|\+' THEN '' ELSE ' UTC' END)::timestamptz)
    ELSE metadata_lt(x.m, 'x', y.m->'x') END AS less) AS l
WHERE jsonb_typeof(y.m->'x') IN ('boolean', 'number', 'string') AND jsonb_typeof(x.m->'x') IN ('boolean', 'number', 'string');

-- pages: ties are broken by the next column, forwards and backwards
CREATE TABLE run (id int, m jsonb);
INSERT INTO run SELECT i, CASE WHEN i % 4 = 0 THEN '{}' ELSE jsonb_build_object('loss', (ARRAY['0.5', '0.50', '"high"', 'true'])[1 + i % 3]::jsonb) END FROM generate_series(1, 16) AS i;
SELECT string_agg(id || '=' || coalesce(m->>'loss', '-'), ' ' ORDER BY metadata_sort(m, 'loss') DESC NULLS LAST, id) FROM run;
SELECT id, m->'loss' FROM run ORDER BY metadata_sort(m, 'loss') DESC NULLS LAST, id LIMIT 3;
SELECT id, m->'loss' FROM run ORDER BY metadata_sort(m, 'loss') DESC NULLS LAST, id LIMIT 3 OFFSET 3;
SELECT id, m->'loss' FROM run ORDER BY metadata_sort(m, 'loss') NULLS FIRST, id DESC LIMIT 5;

-- an index on it gives the order
INSERT INTO run SELECT i, jsonb_build_object('loss', i % 100) FROM generate_series(100, 1000) AS i;
CREATE INDEX by_loss ON run (metadata_sort(m, 'loss') DESC NULLS LAST, id);
ANALYZE run;
SET enable_sort = off;
SET enable_seqscan = off;
SELECT plan_nodes($$SELECT id FROM run ORDER BY metadata_sort(m, 'loss') DESC NULLS LAST, id LIMIT 3$$);
SELECT id, m FROM run ORDER BY metadata_sort(m, 'loss') DESC NULLS LAST, id LIMIT 3;
RESET enable_sort;
RESET enable_seqscan;

-- keys with several places, dotted keys, odd keys
SELECT metadata_sort('{"a.b": 2, "a": {"b": 1}}', 'a.b') = metadata_sort('{"k": 1}', 'k') AS lowest,
  metadata_sort('{"a.b": 1, "a": {"b": "x"}}', 'a.b') = metadata_sort('{"k": 1}', 'k') AS lowest_kind,
  metadata_sort('{"a.b": null, "a": {"b": 3}}', 'a.b') = metadata_sort('{"k": 3}', 'k') AS not_empty,
  metadata_sort('{"a.b": null, "a": {"b": {}}}', 'a.b') IS NULL AS empty;
SELECT metadata_sort('{"": 1}', '') = metadata_sort('{"é\"": 1}', 'é"') AS odd, metadata_sort('{"a": {"b": 1}}', 'a') = metadata_sort('{"a": [1, 2]}', 'a') AS containers;

-- long values sort by all of their bytes
SELECT metadata_sort(jsonb_build_object('k', repeat('x', 100000) || 'a'), 'k') < metadata_sort(jsonb_build_object('k', repeat('x', 100000) || 'b'), 'k') AS strings,
  metadata_sort(jsonb_build_object('k', (repeat('7', 10000) || '1')::numeric), 'k') < metadata_sort(jsonb_build_object('k', (repeat('7', 10000) || '2')::numeric), 'k') AS numbers,
  metadata_sort(jsonb_build_object('k', repeat('x', 100000)), 'k') < metadata_sort(jsonb_build_object('k', repeat('x', 100000) || 'a'), 'k') AS prefix;

DROP SCHEMA sort CASCADE;
