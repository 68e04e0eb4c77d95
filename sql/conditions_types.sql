-- Types of values: which predicates take, and as what
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_types;
SET search_path = conditions_types, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all
SET timezone = 'UTC';
CREATE TYPE mood AS ENUM ('ok', '20');
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE DOMAIN label AS text;
CREATE DOMAIN moment AS timestamptz;
CREATE TYPE pair AS (a int, b int);
CREATE DOMAIN numbers AS int[];
CREATE DOMAIN list AS text;

SELECT add_documents($$
number {"x": 20}
string {"x": "20"}
true {"x": true}
'true' {"x": "true"}
'ok' {"x": "ok"}
'ok..' {"x": "ok  "}
'' {"x": ""}
zero {"x": 0}
uuid {"x": "6f1d3a0e-1c2b-4d5e-8f90-123456789abc"}
UUID {"x": "6F1D3A0E-1C2B-4D5E-8F90-123456789ABC"}
date {"x": "2024-01-15"}
time {"x": "2024-01-15T00:00:00Z"}
$$);

SELECT * FROM matches($$
metadata_is(m, 'x', 20::smallint)
metadata_is(m, 'x', 20)
metadata_is(m, 'x', 20::bigint)
metadata_is(m, 'x', 20::numeric)
metadata_is(m, 'x', 20::real)
metadata_is(m, 'x', 20::float8)
metadata_is(m, 'x', 20::positive)
metadata_is(m, 'x', true)
metadata_is(m, 'x', '20')
metadata_is(m, 'x', '20'::text)
metadata_is(m, 'x', '20'::varchar)
metadata_is(m, 'x', '20'::varchar(5))
metadata_is(m, 'x', 'ok'::char(5))
metadata_is(m, 'x', ''::char(5))
metadata_is(m, 'x', '20'::name)
metadata_is(m, 'x', '20'::label)
metadata_is(m, 'x', 'true'::label)
metadata_is(m, 'x', '20'::mood)
metadata_is(m, 'x', 'ok'::mood)
metadata_is(m, 'x', '6F1D3A0E-1C2B-4D5E-8F90-123456789ABC'::uuid)
metadata_is(m, 'x', '6F1D3A0E-1C2B-4D5E-8F90-123456789ABC')
metadata_is(m, 'x', date '2024-01-15')
metadata_is(m, 'x', timestamp '2024-01-15')
metadata_is(m, 'x', timestamptz '2024-01-15 01:00+01')
metadata_is(m, 'x', '2024-01-15'::moment)
metadata_is(m, 'x', jsonb '20.0')
metadata_is(m, 'x', json ' 20 ')
metadata_is(m, 'x', json '"20"')
metadata_gt(m, 'x', '2023-12-31'::moment)
metadata_ge(m, 'x', '6f1d3a0e-1c2b-4d5e-8f90-123456789abc'::uuid)
metadata_between(m, 'x', 19::smallint, 20.5::float8)
metadata_between(m, 'x', date '2024-01-14', timestamptz '2024-01-16')
metadata_between(m, 'x', '19', '3')
metadata_between(m, 'x', 'ok'::varchar, 'p'::varchar)
metadata_in(m, 'x', ARRAY[20, 30]::smallint[])
metadata_in(m, 'x', ARRAY[20, 30]::positive[])
metadata_in(m, 'x', ARRAY['20', 'ok']::mood[])
metadata_in(m, 'x', ARRAY['2024-01-15']::date[])
metadata_in(m, 'x', ARRAY['6F1D3A0E-1C2B-4D5E-8F90-123456789ABC']::uuid[])
metadata_in(m, 'x', ARRAY['ok', '']::char(5)[])
metadata_in(m, 'x', '{20,30}'::numbers)
metadata_in(m, 'x', '{20,ok}'::list)
metadata_in(m, 'x', ARRAY[20, NULL])
$$);

-- the rest is refused, and says what to do
SELECT * FROM outcomes($$
metadata_is('{}', 'x', interval '1 day')
metadata_is('{}', 'x', time '10:00')
metadata_is('{}', 'x', '\x20'::bytea)
metadata_is('{}', 'x', ARRAY[1])
metadata_is('{}', 'x', ROW(1, 2)::pair)
metadata_is('{}', 'x', ROW(1, 2))
metadata_is('{}', 'x', int4range(1, 2))
metadata_is('{}', 'x', '127.0.0.1'::inet)
metadata_is('{}', 'x', 'pg_class'::regclass)
metadata_is('{}', 'x', 5::money)
metadata_lt('{}', 'x', interval '1 day')
metadata_between('{}', 'x', 1, 'a')
metadata_in('{}', 'x', ARRAY[interval '1 day'])
metadata_in('{}', 'x', 20)
metadata_in('{}', 'x', '{20}')
metadata_contains('{}', 'x', 20)
metadata_filter('x', 'in', 1)
metadata_filter('x', 'is', ARRAY[1])
metadata_filter('x', 'in', ARRAY[1, 2])
metadata_filter('x', 'in', ARRAY[1, 2], ARRAY[3])
metadata_filter('x', 'in', '{1,2}'::numbers)
metadata_filter('x', 'in', '{1,a}'::list)
metadata_filter('x', 'resembles', 'a')
metadata_filter('x', 'is')
metadata_filter('x', 'is empty', 1)
metadata_filter('x', 'IS NOT', 1)
metadata_filter('x', 'is', 0.1::float4)
metadata_filter('x', 'is', date '2024-01-15')
metadata_filter('x', 'is', '20'::varchar)
metadata_filter('x', 'is', jsonb '{"b": 1.0, "a": [2e1]}')
metadata_filter('x', 'between', 1, 5.5)
metadata_filter('x', 'between', 'a', 'b')
metadata_filter('x', 'is empty')
$$);

-- what a function reads from a parameter
PREPARE typed(numeric) AS SELECT name FROM doc WHERE metadata_is(m, 'x', $1) ORDER BY n;
EXECUTE typed(20);
PREPARE untyped AS SELECT name FROM doc WHERE metadata_is(m, 'x', $1) ORDER BY n;
EXECUTE untyped('20');

DROP SCHEMA conditions_types CASCADE;
