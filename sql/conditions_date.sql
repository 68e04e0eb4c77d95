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
  -2024-01-01,2024-1-15,24-01-15,20240115,2024/01/15,2024-01-15T,2024-01-15T10,2024-01-15T10Z,2024-01-15T10+01,2024-01-15T10:00.5,2024-01-15T24:00:00Z,2024-01-15T24:00,
  2024-01-15T10:60:00Z,2024-01-15T10:00:61Z,2024-01-15T10:00:00.Z,"2024-01-15T10:00:00,5Z",2024-01-15T10:00:00+24:00,2024-01-15T10:00:00+2400,
  2024-01-15T10:00:00+24,2024-01-15T10:00:00+5,2024-01-15T10:00:00+053,2024-01-15T10:00:00+05:3,2024-01-15T10:00:00+05:30:00,2024-01-15T10:00:00+053000,
  "2024-01-15T10:00:00  +05","2024-01-15T10:00:00 ",2024-01-15T10:00:00+01:00[Europe/Paris],"2024-01-15 10:00:00 UTC",20240115T100000Z,
  "2024-01-15 +02",2024-01-15+02,+012024-01-15T10:00:00Z,2024-01-15T10:00:00+05:60,2024-01-15T10:00:00+0560,2024-01-15T10:00:00 Z,2024-01-15Z," 2024-01-15","2024-01-15 ",2024-01-15_10:00:00,
  ２０２４-01-15,infinity,now,2024-W03,2024-015,January}'::text[]) AS d
GROUP BY d HAVING count(*) FILTER (WHERE jsonb_build_object('d', d) @~ 'd is date "2024-01-15" or d < date "2024-01-15" or d > date "2024-01-15"') > 0;

-- what programs write: found by instant, by text, and read back from the index
CREATE TABLE written (writer text, d text, utc timestamp, metadata jsonb NOT NULL);
INSERT INTO written SELECT writer, d, utc::timestamp, jsonb_build_object('d', d) FROM (VALUES
  ('Python isoformat()', '2024-01-15T10:00:00', '2024-01-15 10:00'),
  ('Python isoformat() with microseconds', '2024-01-15T10:00:00.123456', '2024-01-15 10:00:00.123456'),
  ('Python isoformat() of a zone', '2024-01-15T10:00:00+05:30', '2024-01-15 04:30'),
  ('Python isoformat(timespec=minutes)', '2024-01-15T10:00', '2024-01-15 10:00'),
  ('Python isoformat(timespec=milliseconds) of a zone', '2024-01-15T10:00:00.123-08:00', '2024-01-15 18:00:00.123'),
  ('Python str()', '2024-01-15 10:00:00.000001+00:00', '2024-01-15 10:00:00.000001'),
  ('Python strftime(%Y-%m-%dT%H:%M:%S%z)', '2024-01-15T10:00:00+0000', '2024-01-15 10:00'),
  ('Python strftime(%Y-%m-%dT%H:%M:%S.%f%z)', '2024-01-15T10:00:00.500000-0330', '2024-01-15 13:30:00.5'),
  ('Python strftime(%Y-%m-%d %H:%M:%S %z), Ruby, git', '2024-01-15 10:00:00 +0100', '2024-01-15 09:00'),
  ('Python strftime(%Y-%m-%d %H:%M)', '2024-01-15 10:00', '2024-01-15 10:00'),
  ('JavaScript toISOString(), JSON.stringify()', '2024-01-15T10:00:00.000Z', '2024-01-15 10:00'),
  ('HTML datetime-local', '2024-01-15T10:30', '2024-01-15 10:30'),
  ('Java Instant', '2024-01-15T10:00:00Z', '2024-01-15 10:00'),
  ('Java Instant with nanoseconds', '2024-01-15T10:00:00.123456789Z', '2024-01-15 10:00:00.123457'),
  ('Java OffsetDateTime', '2024-01-15T10:00Z', '2024-01-15 10:00'),
  ('Java OffsetDateTime of a zone', '2024-01-15T10:00+01:00', '2024-01-15 09:00'),
  ('Java LocalDateTime', '2024-01-15T10:00:01.5', '2024-01-15 10:00:01.5'),
  ('PostgreSQL', '2024-01-15 10:00:00+01', '2024-01-15 09:00'),
  ('PostgreSQL of a zone', '2024-01-15 10:00:00.5-03:30', '2024-01-15 13:30:00.5'),
  ('Sequelize', '2024-01-15 10:00:00.000 +05:45', '2024-01-15 04:15'),
  ('hours', '2024-01-15T10:00-08', '2024-01-15 18:00'),
  ('hours of zero', '2024-01-15T10:00:00-00', '2024-01-15 10:00'),
  ('basic zero', '2024-01-15T10:00-0000', '2024-01-15 10:00'),
  ('the end of the day before', '2024-01-01T00:00+2359', '2023-12-31 00:01'),
  ('the day after', '2024-12-31t23:59 -23', '2025-01-01 22:59')) AS w(writer, d, utc);
CREATE INDEX ON written USING gin (metadata metadata_ops);
SELECT writer, d, (SELECT count(*) FROM unnest(ARRAY[metadata_is(metadata, 'd', utc), metadata_is(metadata, 'd', d), metadata_between(metadata, 'd', d, d),
    metadata_between(metadata, 'd', utc - interval '1 us', utc + interval '1 us')]) AS holds WHERE NOT holds) AS wrong,
  metadata_lt(metadata, 'd', utc) OR metadata_gt(metadata, 'd', utc) AS else_where,
  (SELECT string_agg(e, '; ') FROM metadata_debug_entries(metadata) AS e WHERE e LIKE 'value%') AS entry
FROM written;
SELECT count(*) FROM metadata_values('written', 'd') AS v JOIN written AS w ON v.value = to_jsonb(w.d);
SET enable_seqscan = off;
SELECT count(*) FROM written AS w WHERE (SELECT count(*) FROM written WHERE metadata_is(metadata, 'd', w.d)) = 1;
SELECT count(*) FROM written AS w WHERE (SELECT array_agg(d ORDER BY d) FROM written WHERE metadata_is(metadata, 'd', w.utc)) =
  (SELECT array_agg(d ORDER BY d) FROM written WHERE utc = w.utc);
RESET enable_seqscan;

-- instants that no string has are before or behind all of them
CREATE FUNCTION count_of(condition text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM written WHERE ' || condition INTO n;
  RETURN n;
END $$;
VACUUM ANALYZE written;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET detmeta.enable_metadata_scan = on;
SELECT plan_nodes($$SELECT count(*) FROM written WHERE metadata_lt(metadata, 'd', timestamptz '20000-01-01')$$);
SELECT instant, string_agg(f || ' ' || count_of(format('metadata_%s(metadata, ''d'', %L::timestamptz)', f, instant)), ', ' ORDER BY f) AS counts
FROM unnest('{-infinity,4713-01-01 BC,19500-01-01,20000-01-01,40000-06-01,294276-12-31,infinity}'::text[]) AS instant, unnest('{lt,le,gt,ge,is}'::text[]) AS f
GROUP BY instant ORDER BY instant::timestamptz;
SET detmeta.enable_metadata_scan = off;
SET enable_bitmapscan = on;
SELECT instant, string_agg(f || ' ' || count_of(format('metadata_%s(metadata, ''d'', %L::timestamptz)', f, instant)), ', ' ORDER BY f) AS counts
FROM unnest('{-infinity,4713-01-01 BC,19500-01-01,20000-01-01,40000-06-01,294276-12-31,infinity}'::text[]) AS instant, unnest('{lt,le,gt,ge,is}'::text[]) AS f
GROUP BY instant ORDER BY instant::timestamptz;
RESET enable_seqscan;

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
metadata_lt(m, 'd', timestamptz '20000-01-01 00:00:00+00')
metadata_le(m, 'd', timestamptz '40000-01-01 00:00:00+00')
metadata_le(m, 'd', timestamptz 'infinity')
metadata_ge(m, 'd', timestamptz '-infinity')
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

-- days beyond timestamps are infinitely far away
SELECT f, d, (SELECT count(*) FROM (VALUES (jsonb '{"d": "9999-12-31"}'), ('{"d": "0001-01-01"}')) AS v (m)
  WHERE CASE f WHEN 'lt' THEN metadata_lt(m, 'd', d) WHEN 'gt' THEN metadata_gt(m, 'd', d) ELSE metadata_is(m, 'd', d) END)
FROM unnest('{lt,gt,is}'::text[]) AS f, unnest('{5874897-12-31,4713-01-01 BC,infinity}'::date[]) AS d;
SELECT metadata_filter('d', '<', date '5874897-12-31'), metadata_filter('d', '>', timestamptz '12024-01-15 00:00+00');

DROP SCHEMA conditions_date CASCADE;
