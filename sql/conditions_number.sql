-- Numbers at every edge: exact decimals of any width
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_number;
SET search_path = conditions_number, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

SELECT add_documents($$
0 {"x": 0}
-0 {"x": -0}
-0.0 {"x": -0.0}
1e-400 {"x": 1e-400}
-1e-400 {"x": -1e-400}
1e-401 {"x": 1e-401}
0.1 {"x": 0.1}
0.3 {"x": 0.3}
0.30000000000000004 {"x": 0.30000000000000004}
0.10 {"x": 0.10}
float4:0.1 {"x": 0.10000000149011612}
20 {"x": 20}
20.0 {"x": 20.0}
2e1 {"x": 2e1}
200e-1 {"x": 200e-1}
20.00000000000000000000000000001 {"x": 20.00000000000000000000000000001}
19.99999999999999999999999999999 {"x": 19.99999999999999999999999999999}
int4max {"x": 2147483647}
7e9 {"x": 7e9}
2^53 {"x": 9007199254740992}
2^53+1 {"x": 9007199254740993}
2^60 {"x": 1152921504606846976}
2^60+1 {"x": 1152921504606846977}
int8max {"x": 9223372036854775807}
int8min {"x": -9223372036854775808}
int8max+1 {"x": 9223372036854775808}
30digits {"x": 123456789012345678901234567890}
30digits+1 {"x": 123456789012345678901234567891}
1e400 {"x": 1e400}
-1e400 {"x": -1e400}
-0.5 {"x": -0.5}
-0.51 {"x": -0.51}
-0.505 {"x": -0.505}
99 {"x": 99}
100 {"x": 100}
101 {"x": 101}
9999 {"x": 9999}
10000 {"x": 10000}
-9999 {"x": -9999}
-10000 {"x": -10000}
$$);

SELECT * FROM matches($$
metadata_is(m, 'x', 0)
metadata_is(m, 'x', '-0')
metadata_is(m, 'x', '0e5')
metadata_is(m, 'x', '-0'::float8)
metadata_is(m, 'x', 1e-400)
metadata_is(m, 'x', '1e-400')
metadata_is(m, 'x', '0.01e-398')
metadata_is(m, 'x', 0.1)
metadata_is(m, 'x', 0.1::float8)
metadata_is(m, 'x', 0.1::float4)
metadata_is(m, 'x', 0.1::float4::float8)
metadata_is(m, 'x', 0.1::float8 + 0.2::float8)
metadata_is(m, 'x', 0.1 + 0.2)
metadata_is(m, 'x', 20)
metadata_is(m, 'x', 20::smallint)
metadata_is(m, 'x', 20::bigint)
metadata_is(m, 'x', 20.00)
metadata_is(m, 'x', 20::float4)
metadata_is(m, 'x', 20.00000000000000000000000000001)
metadata_is(m, 'x', '20.00000000000000000000000000001')
metadata_is(m, 'x', 7000000000)
metadata_is(m, 'x', '7e9')
metadata_is(m, 'x', 7e9::float8)
metadata_is(m, 'x', 9007199254740992)
metadata_is(m, 'x', 9007199254740993)
metadata_is(m, 'x', 9007199254740993::float8)
metadata_is(m, 'x', 1152921504606846976)
metadata_is(m, 'x', 1152921504606846977::numeric)
metadata_is(m, 'x', 9223372036854775807)
metadata_is(m, 'x', 9223372036854775808)
metadata_is(m, 'x', (-9223372036854775808)::bigint)
metadata_is(m, 'x', 123456789012345678901234567890)
metadata_is(m, 'x', '123456789012345678901234567891')
metadata_is(m, 'x', 1e400)
metadata_is(m, 'x', '1' || repeat('0', 400))
metadata_is(m, 'x', '1' || repeat('0', 399))
m @~ 'x is 1e-401'
m @~ 'x is 123456789012345678901234567890.0'
$$);

-- order
SELECT * FROM matches($$
metadata_lt(m, 'x', 0)
metadata_le(m, 'x', 0)
metadata_gt(m, 'x', 0) and metadata_lt(m, 'x', 0.1)
metadata_between(m, 'x', -1, 1)
metadata_lt(m, 'x', -0.5)
metadata_le(m, 'x', -0.505)
metadata_gt(m, 'x', -0.51) and metadata_lt(m, 'x', 0)
metadata_gt(m, 'x', 20) and metadata_le(m, 'x', 99)
metadata_lt(m, 'x', 20) and metadata_gt(m, 'x', 1)
metadata_between(m, 'x', 99, 101)
metadata_between(m, 'x', 100, 9999.5)
metadata_gt(m, 'x', 9999.99) and metadata_lt(m, 'x', 2147483648)
metadata_gt(m, 'x', 2147483647) and metadata_lt(m, 'x', 9007199254740993)
metadata_gt(m, 'x', 9007199254740992)
metadata_gt(m, 'x', 1152921504606846976) and metadata_le(m, 'x', 9223372036854775807)
metadata_gt(m, 'x', 123456789012345678901234567890)
metadata_ge(m, 'x', '1e400')
metadata_lt(m, 'x', -9999)
metadata_lt(m, 'x', -10000)
metadata_lt(m, 'x', -1e399)
metadata_between(m, 'x', 1e-401, 1e-400)
$$);

-- not numbers of JSON, but of arguments: no value equals them, all lie on one side
SELECT * FROM matches($$
metadata_is(m, 'x', 'NaN'::float8)
metadata_is(m, 'x', 'Infinity'::float8)
metadata_is(m, 'x', 'NaN'::numeric)
metadata_is(m, 'x', '-Infinity'::numeric)
metadata_gt(m, 'x', 'Infinity'::float8)
metadata_ge(m, 'x', 'NaN'::float8)
metadata_lt(m, 'x', '-Infinity'::float8)
metadata_gt(m, 'x', '-Infinity'::float4) and not metadata_ge(m, 'x', -9999)
metadata_lt(m, 'x', 'Infinity'::numeric) and not metadata_le(m, 'x', 9223372036854775807)
metadata_lt(m, 'x', 'NaN'::float8) and not metadata_lt(m, 'x', 9223372036854775808)
metadata_is(m, 'x', 'NaN')
metadata_is(m, 'x', 'Infinity')
$$);

DROP SCHEMA conditions_number CASCADE;
