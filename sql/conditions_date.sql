-- Dates: which strings read as one, by instant and by bytes
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_date;
SET search_path = conditions_date, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all
SET timezone = 'America/New_York';
SET datestyle = 'German';

SELECT add_documents($$
month {"d": "2024-01"}
day {"d": "2024-01-01"}
midnight {"d": "2024-01-01T00:00:00Z"}
lower {"d": "2024-01-01t00:00:00z"}
space {"d": "2024-01-01 00:00:00"}
nozone {"d": "2024-01-01T00:00:00"}
east {"d": "2024-01-01T05:30:00+05:30"}
west {"d": "2023-12-31T19:00:00-05:00"}
minuszero {"d": "2024-01-01T00:00:00-00:00"}
fraction {"d": "2024-01-01T00:00:00.000000000Z"}
leapsecond {"d": "2023-12-31T23:59:60Z"}
.5 {"d": "2024-01-01T00:00:00.5Z"}
.500 {"d": "2024-01-01T00:00:00.500+00:00"}
.0000004 {"d": "2024-01-01T00:00:00.0000004Z"}
.9999999 {"d": "2024-01-01T00:00:00.9999999Z"}
1s {"d": "2024-01-01T00:00:01Z"}
before {"d": "2023-12-31T23:59:59.999999Z"}
year1 {"d": "0001-01-01"}
year1east {"d": "0001-01-01T00:00:00+23:59"}
year9999 {"d": "9999-12-31T23:59:60.9Z"}
leapday {"d": "2024-02-29"}
array {"d": ["x", "2024-06", 5]}
number {"d": 20240101}
text {"d": "soon"}
2024 {"d": "2024"}
absent {}
$$);

SELECT name, metadata_sort(m, 'd') = metadata_sort('{"d": "2024-01-01"}', 'd') AS new_year,
  CASE get_byte(metadata_sort(m, 'd'), 0) WHEN 6 THEN 'date' WHEN 7 THEN 'string' END AS kind
FROM doc WHERE jsonb_typeof(m->'d') = 'string' ORDER BY n;

-- these are only strings
SELECT d, count(*) FILTER (WHERE jsonb_build_object('d', d) @~ 'd is date "2024-01-15" or d < date "2024-01-15" or d > date "2024-01-15"') AS dates
FROM unnest('{2024-02-30,2024-02-31,2023-02-29,1900-02-29,2024-00-01,2024-13-01,2024-13,2024-01-00,0000-01-01,0000-01,10000-01-01,
  -2024-01-01,2024-1-15,24-01-15,20240115,2024/01/15,2024-01-15T,2024-01-15T10,2024-01-15T10:00,2024-01-15T10:00Z,2024-01-15T24:00:00Z,
  2024-01-15T10:60:00Z,2024-01-15T10:00:61Z,2024-01-15T10:00:00.Z,"2024-01-15T10:00:00,5Z",2024-01-15T10:00:00+24:00,2024-01-15T10:00:00+0530,
  2024-01-15T10:00:00+05,2024-01-15T10:00:00+05:60,2024-01-15T10:00:00 Z,2024-01-15Z," 2024-01-15","2024-01-15 ",2024-01-15_10:00:00,
  ２０２４-01-15,infinity,now,2024-W03,2024-015,January}'::text[]) AS d
GROUP BY d HAVING count(*) FILTER (WHERE jsonb_build_object('d', d) @~ 'd is date "2024-01-15" or d < date "2024-01-15" or d > date "2024-01-15"') > 0;

-- typed: the same instant, however it is written
SELECT * FROM matches($$
metadata_is(m, 'd', date '2024-01-01')
metadata_is(m, 'd', timestamp '2024-01-01 00:00:00')
metadata_is(m, 'd', timestamptz '2024-01-01 00:00:00+00')
metadata_is(m, 'd', timestamptz '2023-12-31 19:00:00')
metadata_is(m, 'd', timestamptz '2024-01-01 00:00:00.5+00')
metadata_is(m, 'd', timestamptz '2024-01-01 00:00:01+00')
metadata_is(m, 'd', date '2024-06-01')
metadata_is(m, 'd', date '2024-02-29')
metadata_is(m, 'd', date 'infinity')
metadata_is_not(m, 'd', date '2024-01-01')
metadata_in(m, 'd', ARRAY[date '2024-01-01', '2024-06-01'])
m @~ 'd is date "2024-01-01"'
m @~ 'd is date "2024-01"'
m @~ 'd is date "2024-01-01T05:30:00+05:30"'
$$);

-- as text and as string: the string
SELECT * FROM matches($$
metadata_is(m, 'd', '2024-01-01')
metadata_is(m, 'd', '2024-01')
metadata_is(m, 'd', '2024-01-01T00:00:00-00:00')
metadata_is(m, 'd', '2024-01-01T00:00:00.000000000Z')
metadata_is(m, 'd', '2024-01-01t00:00:00z')
metadata_is(m, 'd', jsonb '"2024-01-01"')
m @~ 'd is "2024-01-01T00:00:00"'
metadata_contains(m, 'd', '-01-')
metadata_contains(m, 'd', '.5')
metadata_contains(m, 'd', '000000000')
metadata_starts_with(m, 'd', '2024-01-01T')
metadata_icontains(m, 'd', '2024-01-01T00:00:00Z')
$$);

-- order: by instant, typed as well as text that reads as a date
SELECT * FROM matches($$
metadata_lt(m, 'd', date '2024-01-01')
metadata_le(m, 'd', date '2024-01-01')
metadata_gt(m, 'd', date '2024-01-01')
metadata_ge(m, 'd', date '2024-01-02')
metadata_gt(m, 'd', timestamptz '2024-01-01 00:00:00.5+00')
metadata_between(m, 'd', timestamptz '2024-01-01 00:00:00.000001+00', timestamptz '2024-01-01 00:00:01+00')
metadata_between(m, 'd', date '2024-02-01', date '2024-12-31')
metadata_lt(m, 'd', date '0001-01-01')
metadata_lt(m, 'd', date '4713-01-01 BC')
metadata_gt(m, 'd', timestamptz '294276-12-31 00:00:00+00')
metadata_gt(m, 'd', timestamptz '9999-12-31 23:59:59.999+00')
metadata_gt(m, 'd', date '-infinity') and metadata_lt(m, 'd', date '2000-01-01')
metadata_lt(m, 'd', timestamptz 'infinity') and metadata_gt(m, 'd', date '2024-01-02')
metadata_gt(m, 'd', timestamptz 'infinity')
metadata_lt(m, 'd', timestamp '-infinity')
metadata_lt(m, 'd', '2024-01-01')
metadata_le(m, 'd', '2024-01-01')
metadata_gt(m, 'd', '2024-01-01')
metadata_gt(m, 'd', '2024-01-01 00:00:00.5')
metadata_between(m, 'd', '2024-01', '2024-02-29')
metadata_between(m, 'd', '2024', '2024-02-29')
metadata_lt(m, 'd', '2024-02-31')
m @~ 'd < "2024-01-01"'
m @~ 'd >= "2024-01-02"'
m @~ 'd >= date "2024-01-02"'
m @~ 'd between "2024-01" and "2024-02-29"'
m @~ 'd between "2024" and "2024-02-29"'
m @~ 'd between "2024" and "20241"'
m @~ 'd >= "2024-02-31"'
$$);

DROP SCHEMA conditions_date CASCADE;
