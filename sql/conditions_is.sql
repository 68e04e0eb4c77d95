-- is, is not, in and not in, on every kind of value
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_is;
SET search_path = conditions_is, public;
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
true {"x": true}
int {"x": 20}
decimal {"x": 20.0}
exponent {"x": 2e1}
string20 {"x": "20"}
string20.0 {"x": "20.0"}
stringtrue {"x": "true"}
stringnull {"x": "null"}
empty {"x": ""}
adam {"x": "adam"}
Adam {"x": "Adam"}
array {"x": [20, "adam", true, null]}
nested {"x": [[20], [["adam"]]]}
[null] {"x": [null]}
[[]] {"x": [[]]}
[{}] {"x": [{}]}
[{a}] {"x": [{"a": 20}, "z"]}
object {"x": {"a": 20, "b": "adam"}}
object.0 {"x": {"b": "adam", "a": 20.0}}
deep {"x": {"a": {"b": [1, {"c": 2}]}}}
list[] []
list [20, {"x": 20}]
scalar 20
scalarnull null
$$);

-- typed values are compared as their kind and nothing else
SELECT * FROM matches($$
metadata_is(m, 'x', 20)
metadata_is(m, 'x', 20.00)
metadata_is(m, 'x', 20::float8)
metadata_is(m, 'x', true)
metadata_is(m, 'x', false)
metadata_is(m, 'x', jsonb '"20"')
metadata_is(m, 'x', jsonb '"true"')
metadata_is(m, 'x', jsonb '"adam"')
metadata_is(m, 'x', jsonb '""')
metadata_is(m, 'x', jsonb '20.0')
metadata_is(m, 'x', jsonb 'null')
metadata_is(m, 'x', jsonb '[]')
metadata_is(m, 'x', jsonb '{}')
metadata_is(m, 'x', jsonb '[20, "adam", true, null]')
metadata_is(m, 'x', jsonb '["adam", 20, true, null]')
metadata_is(m, 'x', jsonb '[20, "adam"]')
metadata_is(m, 'x', jsonb '[20]')
metadata_is(m, 'x', jsonb '[[20], [["adam"]]]')
metadata_is(m, 'x', jsonb '[[2e1], [["adam"]]]')
metadata_is(m, 'x', jsonb '[null]')
metadata_is(m, 'x', jsonb '[[]]')
metadata_is(m, 'x', jsonb '[{}]')
metadata_is(m, 'x', jsonb '[{"a": 20}, "z"]')
metadata_is(m, 'x', jsonb '{"a": 20}')
metadata_is(m, 'x', jsonb '{"b": "adam", "a": 20}')
metadata_is(m, 'x', jsonb '{"a": 2e1, "b": "adam"}')
metadata_is(m, 'x', jsonb '{"a": {"b": [1.0, {"c": 2}]}}')
metadata_is(m, 'x', jsonb '{"a": {"b": [{"c": 2}, 1]}}')
metadata_is(m, 'x.a', jsonb '{"b": [1, {"c": 2}]}')
metadata_is(m, 'x.a.b', jsonb '{"c": 2}')
metadata_is(m, 'x.a.b.c', 2)
metadata_is(m, 'x.a', 20)
$$);

-- text is compared as ->> would print the value
SELECT * FROM matches($$
metadata_is(m, 'x', '20')
metadata_is(m, 'x', '20.0')
metadata_is(m, 'x', '2e1')
metadata_is(m, 'x', '2E+1')
metadata_is(m, 'x', '+20')
metadata_is(m, 'x', ' 20')
metadata_is(m, 'x', '020')
metadata_is(m, 'x', '20.')
metadata_is(m, 'x', 'true')
metadata_is(m, 'x', 'false')
metadata_is(m, 'x', 'TRUE')
metadata_is(m, 'x', 't')
metadata_is(m, 'x', 'null')
metadata_is(m, 'x', '')
metadata_is(m, 'x', 'adam')
metadata_is(m, 'x', '[]')
metadata_is(m, 'x', '[20]')
metadata_is(m, 'x', '{"a": 20}')
metadata_is(m, '', '20')
metadata_is(m, 'X', '20')
$$);

-- the operator: the filter language's strings are strings, and text is a form of its own
SELECT * FROM matches($$
m @~ 'x is 20'
m @~ 'x = 2e1'
m @~ 'x is "20"'
m @~ 'x is text "20"'
m @~ 'x is true'
m @~ 'x is "true"'
m @~ 'x is text "true"'
m @~ 'x is null'
m @~ 'x is []'
m @~ 'x is {}'
m @~ 'x is [20, "adam", true, null]'
m @~ 'x is {"b": "adam", "a": 20.0}'
m !@~ 'x is 20'
m !@~ 'x is null'
$$);

-- is not: the key holds a value, and no value of it equals the one
SELECT * FROM matches($$
metadata_is_not(m, 'x', 20)
metadata_is_not(m, 'x', '20')
metadata_is_not(m, 'x', 'adam')
metadata_is_not(m, 'x', jsonb '"adam"')
metadata_is_not(m, 'x', true)
metadata_is_not(m, 'x', jsonb 'null')
metadata_is_not(m, 'x', jsonb '[]')
metadata_is_not(m, 'x', jsonb '{}')
metadata_is_not(m, 'x', jsonb '{"a": 20}')
metadata_is_not(m, 'x', jsonb '{"a": 20, "b": "adam"}')
metadata_is_not(m, 'x', jsonb '[20, "adam", true, null]')
metadata_is_not(m, 'nowhere', 20)
m @~ 'x is not 20'
m @~ 'x != text "20"'
m @~ 'x is not null'
m @~ 'not x is 20'
m @~ 'not x is not 20'
not metadata_is(m, 'x', 20)
not metadata_is_not(m, 'x', 20)
m !@~ 'x is not 20'
$$);

-- in and not in
SELECT * FROM matches($$
metadata_in(m, 'x', ARRAY[20, 30])
metadata_in(m, 'x', ARRAY[20.0, 30])
metadata_in(m, 'x', ARRAY[20, NULL])
metadata_in(m, 'x', ARRAY['20', 'adam'])
metadata_in(m, 'x', ARRAY['true', 'Adam', NULL])
metadata_in(m, 'x', ARRAY[true, false])
metadata_in(m, 'x', ARRAY['"adam"', 'null', '{"a": 20}', 'true']::jsonb[])
metadata_in(m, 'x', ARRAY['[]', '[null]', '[[]]']::jsonb[])
metadata_in(m, 'x', ARRAY[[20, 1], [2, 3]])
metadata_in(m, 'x', '{}'::int[])
metadata_in(m, 'x', '{}'::text[])
metadata_in(m, 'x', '{NULL}'::text[])
metadata_not_in(m, 'x', ARRAY[20, 30])
metadata_not_in(m, 'x', ARRAY['20', 'adam'])
metadata_not_in(m, 'x', ARRAY['"adam"', '20', 'null', '{"a": 20}', 'true']::jsonb[])
metadata_not_in(m, 'x', '{}'::int[])
metadata_not_in(m, 'x', '{NULL}'::int[])
metadata_not_in(m, 'nowhere', ARRAY[1])
m @~ 'x in (20, "adam", null)'
m @~ 'x in ()'
m @~ 'x not in (20, "adam", null)'
m @~ 'x not in ()'
not metadata_in(m, 'x', ARRAY[20, 30])
m !@~ 'x not in (20, "adam", null)'
$$);

DROP SCHEMA conditions_is CASCADE;
