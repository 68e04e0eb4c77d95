-- Keys: dotted, repeated, odd
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_key;
SET search_path = conditions_key, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

SELECT add_documents($$
nested {"a": {"b": 1}}
dotted {"a.b": 1}
both {"a.b": 1, "a": {"b": 2}}
bothempty {"a.b": 1, "a": {"b": null}}
samevalue {"a.b": 2, "a": {"b": 2}}
deep {"a": {"b": {"c": 1}}}
split1 {"a.b.c": 1}
split2 {"a.b": {"c": 2}}
split3 {"a": {"b.c": 3}}
all {"a.b.c": 1, "a.b": {"c": 2}, "a": {"b.c": 3, "b": {"c": 4}}}
array {"a": [{"b": 1}]}
scalar {"a": 1}
emptyname {"": 1}
emptyinner {"a": {"": 1}}
dot {".": 1}
dotend {"a.": 1}
dotstart {".b": 1}
quote {"it's \"q\"": 1}
backslash {"a\\b": 1}
space {" a b ": 1}
dollar {"$a[0]": 1}
percent {"%_": 1}
ключ {"ключ": {"日本": 1}}
emoji {"🚀": 1}
control {"a\tb\u0001": 1}
A.B {"A.B": 1}
prefix {"a.bb": 1, "a.b1": 1}
$$);

SELECT * FROM matches($$
metadata_is(m, 'a.b', 1)
metadata_is(m, 'a.b', 2)
metadata_is_not(m, 'a.b', 1)
metadata_is_not(m, 'a.b', 2)
metadata_is_not(m, 'a.b', 3)
metadata_is(m, 'a.b', jsonb 'null')
metadata_is_empty(m, 'a.b') and metadata_not_empty(m, 'a')
metadata_not_empty(m, 'a.b')
metadata_ge(m, 'a.b', 2)
metadata_between(m, 'a.b', 1.2, 1.8)
metadata_is(m, 'a.b', 1) and metadata_is(m, 'a.b', 2)
metadata_is(m, 'a.b.c', 1)
metadata_is(m, 'a.b.c', 2)
metadata_is(m, 'a.b.c', 3)
metadata_is(m, 'a.b.c', 4)
metadata_is_not(m, 'a.b.c', 1)
metadata_gt(m, 'a.b.c', 2)
metadata_is(m, 'a.b', jsonb '{"c": 2}')
metadata_is(m, 'a', jsonb '{"b": 2}')
metadata_is(m, 'a', jsonb '{"b.c": 3}')
metadata_is(m, 'a', jsonb '{"b": {"c": 4}, "b.c": 3}')
metadata_is(m, '', 1)
metadata_is(m, '.', 1)
metadata_is(m, '..', 1)
metadata_is(m, 'a.', 1)
metadata_is(m, '.b', 1)
metadata_is(m, 'it''s "q"', 1)
metadata_is(m, 'a\b', 1)
metadata_is(m, ' a b ', 1)
metadata_is(m, 'a b', 1)
metadata_is(m, '$a[0]', 1)
metadata_is(m, '%_', 1)
metadata_is(m, 'ключ.日本', 1)
metadata_is(m, 'КЛЮЧ.日本', 1)
metadata_is(m, '🚀', 1)
metadata_is(m, E'a\tb\x01', 1)
metadata_is(m, 'A.B', 1)
metadata_not_empty(m, 'a')
metadata_is(m, 'a.b'::name, 1)
metadata_is(m, 'a.b'::varchar, '1')
m @~ 'a.b is 1'
m @~ '"a.b" is 1'
m @~ '"it''s \"q\"" is 1'
m @~ '"" is 1'
m @~ 'ключ.日本 is 1'
m @~ '"\ud83d\ude80" = 1'
$$);

-- a key that is not a constant: in each row another
SELECT name, k, metadata_is(m, k, 1), metadata_not_empty(m, k), metadata_is_empty(m, k), m @~ metadata_filter(k, '>', 1)
FROM doc, unnest(ARRAY['a.b', 'a.b.c', NULL]) AS k WHERE name IN ('both', 'split2') ORDER BY n, k;

DROP SCHEMA conditions_key CASCADE;
