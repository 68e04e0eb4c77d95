-- <, <=, >, >= and between, on every kind of value
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_order;
SET search_path = conditions_order, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

SELECT add_documents($$
absent {}
null {"x": null}
noarray {"x": []}
noobject {"x": {}}
false {"x": false}
true {"x": true}
-5 {"x": -5}
5 {"x": 5}
20 {"x": 20}
20.5 {"x": 20.5}
100 {"x": 100}
'' {"x": ""}
'20' {"x": "20"}
'100' {"x": "100"}
'5' {"x": "5"}
'Adam' {"x": "Adam"}
'adam' {"x": "adam"}
'adam.' {"x": "adam."}
'adan' {"x": "adan"}
'é' {"x": "é"}
'日' {"x": "日"}
'𝒳' {"x": "𝒳"}
date {"x": "2024-06-01"}
[5,100] {"x": [5, 100]}
[a,f] {"x": ["adam", false]}
[[20.5]] {"x": [[[20.5]], null]}
[{20}] {"x": [{"x": 20}]}
{20} {"x": {"y": 20}}
list [20]
$$);

-- numbers compare with numbers only
SELECT * FROM matches($$
metadata_lt(m, 'x', 20)
metadata_le(m, 'x', 20)
metadata_gt(m, 'x', 20)
metadata_ge(m, 'x', 20)
metadata_between(m, 'x', 5, 20)
metadata_between(m, 'x', 5, 20.5)
metadata_between(m, 'x', 20.5::float8, 99::numeric)
metadata_between(m, 'x', 20, 5)
metadata_lt(m, 'x', -5)
metadata_ge(m, 'x', 100.0)
metadata_lt(m, 'x', jsonb '20')
metadata_gt(m, 'x.y', 19.99)
metadata_gt(m, 'nowhere', 0)
m @~ 'x < 20'
m @~ 'x between 5 and 20.5'
not metadata_lt(m, 'x', 20)
m !@~ 'x >= 20'
$$);

-- an array's values are taken one by one: one has to lie between both ends
SELECT * FROM matches($$
metadata_between(m, 'x', 6, 19)
metadata_ge(m, 'x', 6) and metadata_le(m, 'x', 19)
$$);

-- booleans: false before true
SELECT * FROM matches($$
metadata_lt(m, 'x', true)
metadata_le(m, 'x', true)
metadata_gt(m, 'x', true)
metadata_ge(m, 'x', true)
metadata_lt(m, 'x', false)
metadata_le(m, 'x', false)
metadata_gt(m, 'x', false)
metadata_ge(m, 'x', false)
metadata_between(m, 'x', false, true)
metadata_between(m, 'x', true, true)
metadata_between(m, 'x', true, false)
m @~ 'x <= false'
$$);

-- text: strings by bytes, and numbers where it reads as one
SELECT * FROM matches($$
metadata_lt(m, 'x', '20')
metadata_le(m, 'x', '20')
metadata_gt(m, 'x', '20')
metadata_ge(m, 'x', '2e1')
metadata_gt(m, 'x', 'adam')
metadata_ge(m, 'x', 'adam')
metadata_lt(m, 'x', 'adam')
metadata_le(m, 'x', 'adam')
metadata_lt(m, 'x', '')
metadata_le(m, 'x', '')
metadata_ge(m, 'x', '')
metadata_lt(m, 'x', 'true')
metadata_gt(m, 'x', 'é')
metadata_gt(m, 'x', '日')
metadata_between(m, 'x', '5', '20.5')
metadata_between(m, 'x', '100', '20')
metadata_between(m, 'x', 'a', 'adam')
metadata_between(m, 'x', '20', 'adam')
metadata_between(m, 'x', 'b', 'a')
m @~ 'x >= text "20"'
m @~ 'x between text "100" and text "20"'
$$);

-- strings: by bytes with every string, and nothing else
SELECT * FROM matches($$
metadata_lt(m, 'x', jsonb '"20"')
metadata_ge(m, 'x', jsonb '"20"')
metadata_between(m, 'x', jsonb '"100"', jsonb '"20"')
m @~ 'x > "adam"'
m @~ 'x >= "20"'
m @~ 'x between "100" and "20"'
m @~ 'x >= ""'
$$);

-- what has no order is an error, and so are ends of different kinds
SELECT * FROM outcomes($$
metadata_lt('{"x": 1}', 'x', jsonb 'null')
metadata_ge('{"x": 1}', 'x', jsonb '[1]')
metadata_gt('{"x": 1}', 'x', jsonb '{}')
metadata_between('{"x": 1}', 'x', jsonb 'null', jsonb '1')
metadata_between('{"x": 1}', 'x', jsonb '1', jsonb '[]')
metadata_between('{"x": 1}', 'x', jsonb '1', jsonb '"1"')
metadata_between('{"x": 1}', 'x', jsonb 'true', jsonb '1')
metadata_between('{"x": 1}', 'x', jsonb '"a"', jsonb '"2024-01-15"')
metadata_between('{"x": true}', 'x', jsonb 'true', jsonb 'false')
metadata_lt('{"x": 1}', 'x', ARRAY[1])
metadata_filter('x', 'between', 1, 2)
metadata_filter('x', 'between', 1)
metadata_filter('x', '<', 1, 2)
$$);

DROP SCHEMA conditions_order CASCADE;
