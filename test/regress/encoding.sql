-- Whether searches agree with strpos(), in a database of the encoding :encoding, which has the character :long
CREATE DATABASE detmeta_encoding TEMPLATE template0 ENCODING :'encoding' LOCALE_PROVIDER libc LOCALE 'C';
\c detmeta_encoding
SET client_min_messages = warning;
CREATE EXTENSION detmeta;

-- every text of one to three of five characters, also where its index entry is cut, within a character or between two
CREATE TABLE texts AS
WITH RECURSIVE characters(c) AS (
  SELECT convert_from(b, getdatabaseencoding()) FROM unnest(ARRAY['\xa4a2', '\xa2a4', '\xa4a4', 'A', :'long']::bytea[]) AS b),
strings(s, n) AS (SELECT c, 1 FROM characters UNION ALL SELECT s || c, n + 1 FROM strings, characters WHERE n < 3)
SELECT row_number() OVER () AS id, n, s, jsonb_build_object('s', repeat('x', filler) || s, 'list', jsonb_build_array(s)) AS metadata
FROM strings, unnest('{0, 92, 93}'::int[]) AS filler;
ALTER TABLE texts ALTER metadata SET NOT NULL;
CREATE INDEX ON texts USING gin (metadata metadata_ops);
CREATE TABLE trigrams (LIKE texts INCLUDING ALL EXCLUDING INDEXES);
INSERT INTO trigrams SELECT * FROM texts;
CREATE INDEX ON trigrams USING gin (metadata metadata_ops (trigram_keys = 's, list'));
CREATE TABLE patterns AS SELECT DISTINCT s AS p FROM texts WHERE n <= 2;
VACUUM ANALYZE texts, trigrams;

-- for how many patterns the rows of a condition are others than those of an expression
CREATE FUNCTION wrong(relation regclass, condition text, expected text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  pattern text;
  wrong bigint := 0;
  same boolean;
BEGIN
  FOR pattern IN SELECT p FROM patterns LOOP
    EXECUTE 'SELECT (SELECT array_agg(id ORDER BY id) FROM ' || relation || ' WHERE ' || replace(condition, '$p', quote_literal(pattern)) ||
      ') IS NOT DISTINCT FROM (SELECT array_agg(id ORDER BY id) FROM texts WHERE ' || replace(expected, '$p', quote_literal(pattern)) || ')' INTO same;
    wrong := wrong + (NOT same)::int;
  END LOOP;
  RETURN wrong;
END $$;
CREATE VIEW conditions AS SELECT * FROM (VALUES
  (1, $$metadata_contains(metadata, 's', $p)$$, $$strpos(metadata->>'s', $p) > 0$$),
  (2, $$metadata_contains(metadata, 'list', $p)$$, $$strpos(metadata->'list'->>0, $p) > 0$$),
  (3, $$metadata_not_contains(metadata, 's', $p)$$, $$strpos(metadata->>'s', $p) = 0$$),
  (4, $$metadata_icontains(metadata, 's', lower($p))$$, $$strpos(lower(metadata->>'s'), lower($p)) > 0$$),
  (5, $$metadata_starts_with(metadata, 'list', $p)$$, $$starts_with(metadata->'list'->>0, $p)$$),
  (6, $$metadata_starts_with(metadata, 's', repeat('x', 93) || $p)$$, $$starts_with(metadata->>'s', repeat('x', 93) || $p)$$),
  (7, $$metadata_is(metadata, 's', $p)$$, $$metadata->>'s' = $p$$),
  (8, $$metadata_ends_with(metadata, 's', $p)$$, $$right(metadata->>'s', length($p)) = $p$$),
  (9, $$metadata_like(metadata, 's', '%' || $p || '_%')$$, $$metadata->>'s' LIKE '%' || $p || '_%'$$),
  (10, $$metadata_matches_regex(metadata, 'list', '^' || $p || '.?$')$$, $$metadata->'list'->>0 ~ ('^' || $p || '.?$')$$),
  (11, $$metadata_iis(metadata, 's', lower($p))$$, $$lower(metadata->>'s') = lower($p)$$)) AS c(n, condition, expected);

SELECT count(*) AS texts, count(*) FILTER (WHERE strpos(s, p) = 0 AND position(convert_to(p, getdatabaseencoding()) IN convert_to(s, getdatabaseencoding())) > 0) > 0 AS bytes_mislead
FROM texts, patterns;
SET jit = off;
SET enable_seqscan = off;
SET enable_indexscan = off;
SELECT n, condition, wrong('texts', condition, expected) AS scan, wrong('trigrams', condition, expected) AS trigrams FROM conditions ORDER BY n;
SET detmeta.enable_metadata_scan = off;
SELECT n, wrong('texts', condition, expected) AS bitmap, wrong('trigrams', condition, expected) AS trigrams FROM conditions ORDER BY n;
SET enable_bitmapscan = off;
SELECT n, wrong('texts', condition, expected) AS rows FROM conditions ORDER BY n;
RESET detmeta.enable_metadata_scan;

-- the values that contain a pattern
SELECT count(*) AS patterns, count(*) FILTER (WHERE values IS DISTINCT FROM
  (SELECT sum(1) FROM texts WHERE strpos(metadata->>'s', p) > 0)) AS wrong
FROM (SELECT p, (SELECT sum(runs) FROM metadata_values('texts', 's', p, NULL)) AS values FROM patterns) AS v;

-- entries are shown as valid text, trigrams too
SELECT count(*) > 1000 AS entries, bool_and(convert_from(convert_to(e, getdatabaseencoding()), getdatabaseencoding()) = e) AS valid
FROM texts, metadata_debug_entries(metadata, 's') AS e;
SELECT count(*) AS problems FROM metadata_index_check('texts_metadata_idx');
\c :regression
DROP DATABASE detmeta_encoding;
