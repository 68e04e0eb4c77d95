-- iis, istarts with, ends with, matches, like, ilike, and the negations of these and of icontains and starts with
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_pattern;
SET search_path = conditions_pattern, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

SELECT add_documents($$
absent {}
null {"x": null}
noarray {"x": []}
true {"x": true}
number {"x": 20}
empty {"x": ""}
warm {"x": "warm start"}
Warm {"x": "Warm Start"}
restart {"x": "warm restart"}
percent {"x": "100% of a_b"}
plain {"x": "100 of aXb"}
backslash {"x": "a\\b"}
lines {"x": "warm\nstart"}
date {"x": "2024-01-15T10:00:00Z"}
array {"x": ["cold", "warm start", 20]}
nested {"x": [["lukewarm"], null]}
object {"x": {"warm": "warm start"}}
[object] {"x": [{"y": "warm start"}]}
NAÏVE {"x": "NAÏVE"}
Straße {"x": "Straße"}
STRASSE {"x": "STRASSE"}
istanbul {"x": "İstanbul"}
日本 {"x": "日本語"}
list ["warm start"]
$$);
-- strings that the index cuts, and dates
INSERT INTO doc (name, m) VALUES
  ('long', jsonb_build_object('x', 'warm ' || repeat('é', 50) || ' start')),
  ('LONG', jsonb_build_object('x', 'WARM ' || repeat('É', 50) || ' START')),
  ('cold', jsonb_build_object('x', 'cold ' || repeat('é', 50) || ' start')),
  ('longdate', jsonb_build_object('x', '2024-01-15T10:00:00.' || repeat('0', 90) || 'Z'));

-- iis: equality after the folding of icontains
SELECT * FROM matches($$
metadata_iis(m, 'x', 'WARM START')
metadata_iis(m, 'x', 'warm')
metadata_iis(m, 'x', '')
metadata_iis(m, 'x', '20')
metadata_iis(m, 'x', 'true')
metadata_iis(m, 'x', 'naïve')
metadata_iis(m, 'x', 'strasse')
metadata_iis(m, 'x', 'strass')
metadata_iis(m, 'x', 'i̇STANBUL')
metadata_iis(m, 'x', '2024-01-15t10:00:00z')
metadata_iis(m, 'x', 'warm ' || repeat('É', 50) || ' start')
metadata_iis(m, 'x', 'warm ' || repeat('É', 40))
metadata_iis(m, 'x', 'Warm start'::varchar)
metadata_iis(m, 'x.warm', 'Warm start')
metadata_iis(m, 'nowhere', '')
m @~ 'x iis "WARM START"'
m !@~ 'x iis "WARM START"'
metadata_not_iis(m, 'x', 'WARM START')
m @~ 'x iis not "WARM START"'
m @~ 'x not iis "WARM START"'
metadata_not_iis(m, 'nowhere', '')
$$);

-- the negations of icontains and starts with
SELECT * FROM matches($$
metadata_not_icontains(m, 'x', 'WARM')
m @~ 'x does not icontain "WARM"'
m @~ 'x not icontains "WARM"'
metadata_not_starts_with(m, 'x', 'warm')
m @~ 'x does not start with "warm"'
m @~ 'x not starts with "warm"'
metadata_not_starts_with(m, 'x', '')
$$);

-- istarts with, ends with
SELECT * FROM matches($$
metadata_istarts_with(m, 'x', 'WARM')
metadata_istarts_with(m, 'x', 'ARM')
metadata_istarts_with(m, 'x', '')
metadata_istarts_with(m, 'x', 'STRAS')
metadata_istarts_with(m, 'x', 'naï')
metadata_istarts_with(m, 'x', '2024-01-15t')
metadata_istarts_with(m, 'x', 'warm ' || repeat('É', 40))
metadata_istarts_with(m, 'x', 'warm ' || repeat('É', 50) || ' S')
metadata_istarts_with(m, 'x', '100%')
m @~ 'x istarts with "WARM"'
metadata_not_istarts_with(m, 'x', 'WARM')
m @~ 'x does not istart with "WARM"'
m @~ 'x not istarts with "WARM"'
metadata_ends_with(m, 'x', 'start')
metadata_ends_with(m, 'x', 'Start')
metadata_ends_with(m, 'x', 'warm start')
metadata_ends_with(m, 'x', '')
metadata_ends_with(m, 'x', '語')
metadata_ends_with(m, 'x', '00Z')
metadata_ends_with(m, 'x', '0')
metadata_ends_with(m, 'x', '\b')
metadata_ends_with(m, 'x', '_b')
metadata_ends_with(m, 'x', 'é start')
m @~ 'x ends with "start"'
m !@~ 'x ends with ""'
metadata_not_ends_with(m, 'x', 'start')
m @~ 'x does not end with "start"'
m @~ 'x not ends with "start"'
$$);

-- matches: PostgreSQL's regular expressions, in the collation "C"
SELECT * FROM matches($$
metadata_matches_regex(m, 'x', 'warm.*start')
metadata_matches_regex(m, 'x', '(?i)warm.*start')
metadata_matches_regex(m, 'x', '^warm')
metadata_matches_regex(m, 'x', '^warm start$')
metadata_matches_regex(m, 'x', '^(?:warm|cold)')
metadata_matches_regex(m, 'x', 'warm|cold')
metadata_matches_regex(m, 'x', 'e?start')
metadata_matches_regex(m, 'x', '(re)start')
metadata_matches_regex(m, 'x', '')
metadata_matches_regex(m, 'x', '^$')
metadata_matches_regex(m, 'x', '^[0-9]+%')
metadata_matches_regex(m, 'x', '\d{4}-\d\d')
metadata_matches_regex(m, 'x', '^2024')
metadata_matches_regex(m, 'x', '^2024-01-15T10:00:00.*Z$')
metadata_matches_regex(m, 'x', 'Z$')
metadata_matches_regex(m, 'x', 'a\\b')
metadata_matches_regex(m, 'x', '\mstart')
metadata_matches_regex(m, 'x', '^.{3}$')
metadata_matches_regex(m, 'x', '(?i)naÏve')
metadata_matches_regex(m, 'x', '(?i)naïve')
metadata_matches_regex(m, 'x', '^\w+$')
metadata_matches_regex(m, 'x', '(.)\1art')
metadata_matches_regex(m, 'x', '***=100% of a_b')
metadata_matches_regex(m, 'x', '(?n)^start')
metadata_matches_regex(m, 'x', 'é{50} start')
metadata_matches_regex(m, 'x', '^warm é+ start$')
m @~ 'x matches "warm.*start"'
m @~ 'x matches "\\d{4}"'
m @~ 'x matches ''\d{4}'''
m !@~ 'x matches "warm"'
metadata_not_matches_regex(m, 'x', 'warm.*start')
m @~ 'x does not match "warm.*start"'
m @~ 'x not matches "warm.*start"'
$$);

-- like and ilike
SELECT * FROM matches($$
metadata_like(m, 'x', 'warm start')
metadata_like(m, 'x', 'warm%')
metadata_like(m, 'x', '%start')
metadata_like(m, 'x', '%arm st%')
metadata_like(m, 'x', 'warm%start')
metadata_like(m, 'x', 'warm_start')
metadata_like(m, 'x', '%warm%start%')
metadata_like(m, 'x', '_arm%')
metadata_like(m, 'x', '%')
metadata_like(m, 'x', '')
metadata_like(m, 'x', '___')
metadata_like(m, 'x', '100\% of a\_b')
metadata_like(m, 'x', '%\_%')
metadata_like(m, 'x', 'a\\b')
metadata_like(m, 'x', '20')
metadata_like(m, 'x', '2024-%')
metadata_like(m, 'x', '2024-%Z')
metadata_like(m, 'x', '2024-01-15T10:00:00Z')
metadata_like(m, 'x', 'warm é%é start')
metadata_like(m, 'x', 'warm ' || repeat('é', 50) || '%t')
m @~ 'x like "warm%"'
m @~ 'x like ''100\%%'''
m !@~ 'x like "%"'
metadata_not_like(m, 'x', '%warm%')
m @~ 'x not like "%warm%"'
metadata_ilike(m, 'x', 'WARM START')
metadata_ilike(m, 'x', 'WARM%')
metadata_ilike(m, 'x', '%START')
metadata_ilike(m, 'x', 'WARM%START')
metadata_ilike(m, 'x', '%ARM ST%')
metadata_ilike(m, 'x', 'STRA__E')
metadata_ilike(m, 'x', 'strasse')
metadata_ilike(m, 'x', 'stra\ße')
metadata_ilike(m, 'x', 'na_ve')
metadata_ilike(m, 'x', '%ÏVE')
metadata_ilike(m, 'x', '%')
metadata_ilike(m, 'x', '2024-01-15t%z')
metadata_ilike(m, 'x', 'warm ' || repeat('É', 50) || '%')
m @~ 'x ilike "WARM%"'
metadata_not_ilike(m, 'x', '%WARM%')
m @~ 'x not ilike "%WARM%"'
$$);

-- how they print, and read back
SELECT f, f::text::metadata_filter = f AS same FROM (VALUES (1, metadata_filter 'X IIS ''a'' and X not iis "a"'), (2, 'x not icontains "a" or x not starts with "a"'),
  (3, 'x istarts with "a" and x not istarts with "a"'), (4, 'x ends with "a" and x not ends with "a"'), (5, 'x matches ''\d'' and x not matches "\\d"'),
  (6, 'x like "a%" and x not like "a%"'), (7, 'x ilike text "a%" and x NOT ILIKE "a%"'),
  (8, 'iis iis "iis" and matches matches "matches" and like like "like" and ends ends with "ends"'),
  (9, metadata_filter('x', 'matches', 'a.b')), (10, metadata_filter('x', 'does not match', 'a.b')), (11, metadata_filter('x', 'not matches', 'a.b'))) AS v (n, f) ORDER BY n;

-- only strings can be searched for, and patterns have to be right
SELECT * FROM outcomes($$
metadata_filter('x', 'iis', 5)
metadata_filter('x', 'matches', true)
metadata_filter('x', 'like', jsonb 'null')
metadata_filter('x', 'not ilike', date '2024-01-15')
metadata_filter('x', 'ends with', 'a', 'b')
metadata_filter 'x like 5'
metadata_filter 'x does not match null'
metadata_filter('x', 'matches', '(')
metadata_filter 'x is 1 and x matches "[z-a]"'
metadata_filter 'x does not match "a{2,1}"'
metadata_matches_regex('{"x": 5}', 'x', '*')
metadata_like('{"x": 5}', 'x', 'a\')
metadata_filter 'x ilike "\\"'
metadata_filter 'x not like ''%\\\'''
metadata_filter 'x not "a"'
metadata_filter 'x starts "a"'
$$);

-- what the index is asked: the longest piece that all texts have, what they begin with, and the rest
SELECT f AS filter, metadata_debug_filter(f) FROM unnest(ARRAY[metadata_filter 'x iis "Ab"', 'x istarts with "Ab"', 'x ends with "ab"', 'x matches "^ab+"',
  'x not like "ab%c"', 'x like "ab%"', 'x like "2024-%Z"', 'x like "ab"', 'x ilike "Ab%"']) AS f;
SELECT regex, regexp_replace(line, '^1: walk value "x" string ', '') FROM unnest(ARRAY['abc', 'ab+c', 'abc*de', 'abc?d', 'a.bcd', 'ab{2}cd', 'abc{2,}', 'ab|cd', 'a(b|c)de', 'ab(cd)',
  'a[bc]de', 'a[^]bc]de', 'ab[[:alpha:]]c', 'ab[[:alpha:]]c|d', 'ab\.cd', 'ab\dcd', 'ab\x41cd', 'ab\x41|cd', '(?i)aBc', '(?x)a b c', '***=a|b', '***:ab', 'ab(c\)d)ef', 'ab(c[)]d)ef',
  'ab(?#c)de', 'ab(?#c|)|de', 'ab(?=cd)', 'ab$', 'ab{c', 'aé?bc', 'aébc', '^a|b', '^ab', '(?i)^ab', '(?i)^12ab', '^(ab|ac)', 'a\m b']) WITH ORDINALITY AS r (regex, n),
  LATERAL (SELECT line FROM metadata_debug_filter(metadata_filter('x', 'matches', regex)) WITH ORDINALITY AS d (line, i) WHERE i = 1) AS d ORDER BY n;
SELECT f AS filter, metadata_debug_filter(f, 'x') FROM unnest(ARRAY[metadata_filter 'x matches "warm.*x"', 'x ilike "%Warm_x"', 'x ends with "warm"', 'x matches "wa.*rm"']) AS f;

-- what is known of a pattern before it is matched is true: three parts of patterns in all orders, against core's
CREATE FUNCTION is_regex(regex text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN '' ~ regex COLLATE "C" IS NOT NULL;
EXCEPTION WHEN invalid_regular_expression THEN RETURN false;
END $$;
WITH parts(part) AS (SELECT regexp_split_to_table('a b ab . * ? + | (a|b) (?:ab)? (?=a) [ab] [^]b] \d \. \x61 \y a{2,} b{0,1} ^ $ (?#|) (?i) ***= A', ' ')),
  regexes AS MATERIALIZED (SELECT a.part || b.part || c.part AS regex FROM parts AS a, parts AS b, parts AS c WHERE is_regex(a.part || b.part || c.part)),
  texts(t) AS (SELECT unnest('{"",a,b,ab,ba,aab,abab,a.b,1b,B,Ab,|a}'::text[]))
SELECT count(*) > 50000 AS many, count(*) FILTER (WHERE metadata_matches_regex(jsonb_build_object('s', t), 's', regex) <> (t ~ regex COLLATE "C")) AS wrong
FROM regexes, texts;
WITH parts(part) AS (SELECT unnest('{"",a,b,ab,A,%,_,\\%,\\_,\\\\,\\a,a%b}'::text[])),
  patterns AS (SELECT a.part || b.part || c.part || d.part AS pattern FROM parts AS a, parts AS b, parts AS c, parts AS d),
  texts(t) AS (SELECT unnest('{"",a,b,ab,ba,aab,abab,a_b,a%b,%,"\\\\",B,Ab}'::text[]))
SELECT count(*) > 200000 AS many, count(*) FILTER (WHERE metadata_like(jsonb_build_object('s', t), 's', pattern) <> (t LIKE pattern)) AS wrong,
  count(*) FILTER (WHERE metadata_ilike(jsonb_build_object('s', t), 's', pattern) <> (lower(t) LIKE lower(pattern))) AS iwrong
FROM patterns, texts;

-- a search that takes long can be ended, also where core locks the pages that are searched
INSERT INTO doc (name, m) SELECT 'hash', jsonb_build_object('y', repeat('a', 60) || i) FROM generate_series(10, 2000) AS i;
SET statement_timeout = '100ms';
SET enable_seqscan = off;
SELECT count(*) FROM doc WHERE m @~ 'y matches "(a+)(a+)+\\1\\2[b-z]*([0-9])\\3$"';
\echo :SQLSTATE
SET detmeta.enable_metadata_scan = on;
SET enable_bitmapscan = off;
SELECT count(*) FROM doc WHERE m @~ 'y matches "(a+)(a+)+\\1\\2[b-z]*([0-9])\\3$"';
\echo :SQLSTATE
SELECT count(*) FROM doc WHERE metadata_matches_regex(m || '{}', 'y', '(a+)(a+)+\1\2[b-z]*([0-9])\3$');
\echo :SQLSTATE
RESET statement_timeout;
RESET enable_seqscan;
RESET enable_bitmapscan;
SET detmeta.enable_metadata_scan = off;

DROP SCHEMA conditions_pattern CASCADE;
