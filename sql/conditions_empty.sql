-- is empty, is not empty, and SQL NULL
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_empty;
SET search_path = conditions_empty, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

SELECT add_documents($$
absent {}
other {"y": 20}
null {"x": null}
noarray {"x": []}
noobject {"x": {}}
false {"x": false}
zero {"x": 0}
string {"x": ""}
date {"x": "2024-01-15"}
array {"x": [1]}
[null] {"x": [null]}
[[]] {"x": [[]]}
[{}] {"x": [{}]}
object {"x": {"a": null}}
dotted {"x.a": 1}
both {"x.a": null, "x": {"a": 1}}
neither {"x.a": null, "x": {"a": []}}
list []
scalar 1
$$);

SELECT * FROM matches($$
metadata_is_empty(m, 'x')
metadata_not_empty(m, 'x')
m @~ 'x is empty'
m @~ 'x is not empty'
m !@~ 'x is empty'
m !@~ 'x is not empty'
m @~ 'not x is empty'
m @~ 'not x is not empty'
not metadata_not_empty(m, 'x')
metadata_is_empty(m, 'x.a')
metadata_not_empty(m, 'x.a')
metadata_is_empty(m, '')
metadata_not_empty(m, '')
metadata_is_empty(m, 'x') and metadata_not_empty(m, 'y')
metadata_is_empty(m, 'x') or metadata_is(m, 'x', 1)
m @~ 'x is empty or x is 1'
m @~ 'x is empty and y is empty and x.a is empty'
metadata_matches(m, 'x is not empty')
metadata_matches(m, 'x is empty')
metadata_matches(m, 'true')
m @~ 'true'
m !@~ 'true'
m @~ 'not true'
m @~ 'x is 1 or true'
m @~ 'x is 0 and true'
$$);

-- SQL NULL: NULL in, NULL out, but for metadata_is_empty and metadata_matches, which read it as {}
SELECT * FROM outcomes($$
metadata_is_empty(NULL, 'x')
metadata_matches(NULL, 'x is empty')
metadata_matches(NULL, 'x is not 1')
metadata_matches(NULL, 'not x is not 1')
metadata_matches(NULL, 'true')
metadata_is_empty('{"x": 1}', NULL)
metadata_is_empty(NULL, NULL)
metadata_matches('{"x": 1}', NULL)
metadata_matches(NULL, NULL)
NULL::jsonb @~ 'x is empty'
NULL::jsonb !@~ 'x is empty'
jsonb '{"x": 1}' @~ NULL
jsonb '{"x": 1}' !@~ NULL
metadata_not_empty(NULL, 'x')
metadata_not_empty('{"x": 1}', NULL)
metadata_is(NULL, 'x', 1)
metadata_is(NULL, 'x', '1')
metadata_is('{"x": 1}', NULL, 1)
metadata_is('{"x": 1}', 'x', NULL::int)
metadata_is('{"x": 1}', 'x', NULL::text)
metadata_is('{"x": null}', 'x', NULL)
metadata_is_not('{"x": 1}', 'x', NULL)
metadata_lt('{"x": 1}', 'x', NULL)
metadata_between('{"x": 1}', 'x', 0, NULL)
metadata_between('{"x": 1}', 'x', NULL, '1')
metadata_in('{"x": 1}', 'x', NULL::int[])
metadata_not_in('{"x": 1}', 'x', NULL::text[])
metadata_contains('{"x": "1"}', 'x', NULL)
metadata_not_contains(NULL, 'x', '1')
metadata_icontains('{"x": "1"}', NULL, '1')
metadata_starts_with(NULL, 'x', '1')
metadata_filter(NULL, 'is', 1)
metadata_filter('x', NULL, 1)
metadata_filter('x', 'is', NULL)
metadata_sort(NULL, 'x')
metadata_sort('{"x": 1}', NULL)
$$);

-- a column that may be NULL: such rows are empty, with an index as without
CREATE TABLE nullable (n int, m jsonb);
CREATE INDEX ON nullable USING gin (m metadata_ops);
INSERT INTO nullable VALUES (1, NULL), (2, '{}'), (3, '{"x": 1}'), (4, '{"x": null}');
CREATE FUNCTION rows_where(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  query text := 'SELECT coalesce(string_agg(n::text, '' '' ORDER BY n), ''-'') FROM nullable WHERE ';
  by_heap text;
  by_index text;
BEGIN
  SET LOCAL enable_seqscan = on;
  SET LOCAL enable_bitmapscan = off;
  EXECUTE query || condition INTO by_heap;
  SET LOCAL enable_seqscan = off;
  SET LOCAL enable_bitmapscan = on;
  EXECUTE query || condition INTO by_index;
  RETURN concat_ws(' ', by_heap, CASE WHEN plan_nodes(query || condition) ~ 'Bitmap' THEN '(index)' END,
                   CASE WHEN by_heap <> by_index THEN 'DIFFERENT: ' || by_index END);
END $$;
SELECT c, rows_where(c) FROM unnest(ARRAY[
  'metadata_is_empty(m, ''x'')', 'NOT metadata_is_empty(m, ''x'')', 'metadata_not_empty(m, ''x'')',
  'm @~ ''x is empty''', 'm !@~ ''x is empty''', 'm @~ ''true''',
  'metadata_matches(m, ''x is empty'')', 'metadata_matches(m, ''x is 1'')', 'metadata_matches(m, ''x is not 1'')',
  'metadata_matches(m, ''not x is 1'')', 'NOT metadata_matches(m, ''x is 1'')', 'metadata_matches(m, ''true'')',
  'metadata_is_not(m, ''x'', 2)', 'NOT metadata_is(m, ''x'', 2)']) AS c;

-- runs without metadata in an outer join are empty
SELECT r, metadata_is_empty(m, 'x'), metadata_matches(m, 'x is empty or x is 1'), m @~ 'x is empty'
FROM generate_series(3, 5) AS r LEFT JOIN nullable ON n = r ORDER BY r;

DROP SCHEMA conditions_empty CASCADE;
