-- contains, does not contain, icontains and starts with
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA conditions_text;
SET search_path = conditions_text, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

SELECT add_documents($$
absent {}
null {"x": null}
noarray {"x": []}
noobject {"x": {}}
true {"x": true}
number {"x": 20}
empty {"x": ""}
warm {"x": "warm start"}
Warm {"x": "Warm Start"}
percent {"x": "100% of a_b"}
plain {"x": "100 of aXb"}
backslash {"x": "a\\b"}
quotes {"x": "it's \"so\""}
tab {"x": "a\tb\nc"}
date {"x": "2024-01-15T10:00:00Z"}
array {"x": ["cold", "warm", 20]}
nested {"x": [["lukewarm"], null]}
object {"x": {"warm": "warm"}}
[object] {"x": [{"y": "warm"}]}
naïve {"x": "naïve"}
NAÏVE {"x": "NAÏVE"}
decomposed {"x": "nai\u0308ve"}
straße {"x": "Straße"}
STRASSE {"x": "STRASSE"}
ΟΔΟΣ {"x": "ΟΔΟΣ"}
οδος {"x": "οδος"}
istanbul {"x": "İstanbul"}
I {"x": "I"}
日本 {"x": "日本語"}
emoji {"x": "a🚀b"}
list ["warm"]
$$);

-- contains: case-sensitive, no wildcards, strings only
SELECT * FROM matches($$
metadata_contains(m, 'x', 'warm')
metadata_contains(m, 'x', 'Warm')
metadata_contains(m, 'x', 'warm start')
metadata_contains(m, 'x', 'warm start.')
metadata_contains(m, 'x', '')
metadata_contains(m, 'x', '20')
metadata_contains(m, 'x', 'true')
metadata_contains(m, 'x', '%')
metadata_contains(m, 'x', '_')
metadata_contains(m, 'x', 'a_b')
metadata_contains(m, 'x', '\')
metadata_contains(m, 'x', '''')
metadata_contains(m, 'x', '"so"')
metadata_contains(m, 'x', E'\t')
metadata_contains(m, 'x', E'b\nc')
metadata_contains(m, 'x', '01-15T')
metadata_contains(m, 'x', 'ï')
metadata_contains(m, 'x', 'aïv')
metadata_contains(m, 'x', '本')
metadata_contains(m, 'x', '🚀')
metadata_contains(m, 'x', 'warm'::varchar)
metadata_contains(m, 'x', 'warm'::name)
metadata_contains(m, 'x.warm', 'arm')
metadata_contains(m, 'x.y', 'warm')
metadata_contains(m, 'nowhere', '')
m @~ 'x contains "warm"'
m @~ 'x contains ''%'''
m @~ 'x contains "\\"'
m @~ 'x contains "\u672c"'
m !@~ 'x contains "warm"'
not metadata_contains(m, 'x', '')
$$);

-- does not contain: the key holds a value, and no string of it contains the other
SELECT * FROM matches($$
metadata_not_contains(m, 'x', 'warm')
metadata_not_contains(m, 'x', 'a')
metadata_not_contains(m, 'x', '')
metadata_not_contains(m, 'nowhere', 'warm')
m @~ 'x does not contain "warm"'
m @~ 'x not contains "warm"'
m !@~ 'x does not contain "warm"'
$$);

-- icontains: Unicode case folding of both
SELECT * FROM matches($$
metadata_icontains(m, 'x', 'WARM')
metadata_icontains(m, 'x', 'warm s')
metadata_icontains(m, 'x', 'naïve')
metadata_icontains(m, 'x', 'NAÏ')
metadata_icontains(m, 'x', 'A_B')
metadata_icontains(m, 'x', 'strasse')
metadata_icontains(m, 'x', 'ß')
metadata_icontains(m, 'x', 'STRAẞE')
metadata_icontains(m, 'x', 'οδοσ')
metadata_icontains(m, 'x', 'ς')
metadata_icontains(m, 'x', 'stanbul')
metadata_icontains(m, 'x', 'i̇stanbul')
metadata_icontains(m, 'x', 'i')
metadata_icontains(m, 'x', 'ı')
metadata_icontains(m, 'x', '本')
metadata_icontains(m, 'x', '🚀B')
metadata_icontains(m, 'x', '2024-01-15t10')
metadata_icontains(m, 'x', '')
m @~ 'x icontains "WARM"'
m !@~ 'x icontains ""'
$$);

-- starts with
SELECT * FROM matches($$
metadata_starts_with(m, 'x', 'warm')
metadata_starts_with(m, 'x', 'warm start')
metadata_starts_with(m, 'x', 'arm')
metadata_starts_with(m, 'x', '1')
metadata_starts_with(m, 'x', '100%')
metadata_starts_with(m, 'x', '2')
metadata_starts_with(m, 'x', '2024-01-15T10:00:00Z')
metadata_starts_with(m, 'x', '2024-01-15T10:00:00Z.')
metadata_starts_with(m, 'x', '')
metadata_starts_with(m, 'x', 'naï')
metadata_starts_with(m, 'x', 'na')
metadata_starts_with(m, 'x', '日本')
metadata_starts_with(m, 'x', 'a\')
metadata_starts_with(m, 'x', 'it''s "')
m @~ 'x starts with "warm"'
m !@~ 'x starts with ""'
$$);

-- only strings can be searched for
SELECT * FROM outcomes($$
metadata_contains('{"x": 5}', 'x', 5)
metadata_filter('x', 'contains', 5)
metadata_filter('x', 'icontains', true)
metadata_filter('x', 'starts with', jsonb 'null')
metadata_filter('x', 'contains', jsonb '"5"')
metadata_filter('x', 'contains', '5')
metadata_filter('x', 'contains', date '2024-01-15')
$$);

-- the search takes the sum of the lengths, not their product, which would be hours
SELECT metadata_contains(m, 's', repeat('a', 5000000) || 'ba') AS contains, metadata_contains(m, 's', repeat('a', 5000000) || 'bc') AS at_end,
  metadata_icontains(m, 's', 'ab' || repeat('A', 5000000)) AS icontains
FROM jsonb_build_object('s', repeat('a', 20000000) || 'bc') AS m;
-- patterns that overlap with themselves
SELECT count(*) AS texts, count(*) FILTER (WHERE metadata_contains(jsonb_build_object('s', t), 's', p) <> (strpos(t, p) > 0)) AS wrong
FROM (SELECT translate(i::bit(12)::text, '01', 'ab') AS t FROM generate_series(0, 4095) AS i) AS t,
  (SELECT right(translate(i::bit(8)::text, '01', 'ab'), 1 + i % 8) AS p FROM generate_series(0, 255) AS i) AS p;

-- substrings at every place of texts of every length, of two letters and more: as core finds them
SELECT letters, count(*) FILTER (WHERE metadata_contains(jsonb_build_object('k', string), 'k', part) <> (strpos(string, part) > 0)) AS different,
  count(*) FILTER (WHERE strpos(string, part) > 0) BETWEEN 1000 AND 9000 AS some_found
FROM unnest('{aaaaaaaabbbbbbbb,aaaaaaabbbbbcccd,aaaabbbbccccdddd}'::text[]) AS letters, generate_series(1, 10000) AS i,
  LATERAL (SELECT left(translate(repeat(md5(i::text), 3), '0123456789abcdef', letters), i % 90) AS string,
    left(translate(md5((i + 0.5)::text), '0123456789abcdef', letters), 1 + i % 7 + i % 3) AS part) AS texts
GROUP BY letters ORDER BY letters;

DROP SCHEMA conditions_text CASCADE;
