-- metadata_find(): values of any key that contain a text, the same from the index, from the rows and in SQL
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_find;
SET search_path = explore_find, public;
\set ECHO none
\i :tree/test/regress/explore.sql
\set ECHO all

CREATE TABLE run (run_id int PRIMARY KEY, project_id int, metadata jsonb);
CREATE INDEX run_metadata ON run USING gin (metadata metadata_ops);
INSERT INTO run VALUES
  (1, 1, '{"optimizer": {"name": "adam", "lr": 0.001}, "notes": "Adam from a warm start", "tags": ["warm", "x"]}'),
  (2, 1, '{"optimizer": {"name": "adamw", "lr": 0.01}, "notes": "cold", "tags": "warm"}'),
  (3, 2, '{"optimizer": {"name": "adam"}, "warm": true, "tags": [["WARM", {"warm": "warm"}], 10], "n": 1e1}'),
  (4, 2, '{"optimizer.name": "adam", "optimizer": {"name": ["adam", "sgd"]}, "when": "2024-01-15", "n": 10.0}'),
  (5, NULL, NULL), (6, 2, '"warm"'), (7, 2, '{"": "warm", "Straße": "STRASSE"}');
SELECT * FROM metadata_find('run', 'warm');
SELECT * FROM metadata_find('run', 'ADAM');
SELECT * FROM metadata_find('run', 'straße');
SELECT * FROM metadata_find('run', '10');
SELECT * FROM metadata_find('run', 'tru');
SELECT * FROM metadata_find('run', '024-01');
SELECT * FROM metadata_find('run', '%');
SELECT count(*) FROM metadata_find('run', '');
-- of a filter and a scope; so many
SELECT * FROM metadata_find('run', 'adam', 'tags contains "warm"');
SELECT * FROM metadata_find('run', 'adam', '* is 10');
SELECT * FROM metadata_find('run', 'adam', scope => '{"project_id": [2]}');
SELECT * FROM metadata_find('run', 'adam', 'not (* is "sgd")', '{"project_id": 2}');
SELECT * FROM metadata_find('run', 'warm', "limit" => 2);
SELECT * FROM metadata_find('run', 'warm', max_values => 1);
SELECT * FROM metadata_find('run', 'warm', "limit" => 0);
SELECT count(*) FROM metadata_find('run', 'warm', "limit" => NULL);
-- NULL
SELECT * FROM metadata_find(NULL, 'warm');
SELECT * FROM metadata_find('run', NULL);
SELECT * FROM metadata_find('run', 'warm', col => NULL);
SELECT outcomes(E'
metadata_find(''run'', ''x'', "limit" => -1)
metadata_find(''run'', ''x'', max_values => -1)
metadata_find(''run'', ''x'', col => ''missing'')
metadata_find(''run'', ''x'', col => ''project_id'')
metadata_find(''run'', ''x'', scope => ''[1]'')
metadata_find(''run'', ''x'', scope => ''{"missing": 1}'')
metadata_find(''run'', ''x'', scope => ''{"project_id": "a"}'')
metadata_find(''run'', ''x'', ''* is not 5'')
metadata_find(''run_metadata'', ''x'')
metadata_find(0, ''x'')
');

-- with trigrams of all keys: few rows, many rows, the pending list, dead rows, keys and values that are cut
CREATE TABLE grams (run_id int, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX grams_metadata ON grams USING gin (metadata metadata_ops (trigram_keys = '*')) WITH (fastupdate = off);
INSERT INTO grams SELECT i, document(i) FROM generate_series(1, 900) AS i;
SELECT compare('grams');
VACUUM (ANALYZE) grams;
SELECT compare('grams');
SELECT change('grams');
ALTER INDEX grams_metadata SET (fastupdate = on);
INSERT INTO grams SELECT i, document(i) FROM generate_series(7001, 7200) AS i;
INSERT INTO grams VALUES (8000, '{"new key": "loon", "notes": "deep1 zzz"}');
SELECT compare('grams');
SELECT * FROM metadata_find('grams', 'loo');
VACUUM grams;
SELECT compare('grams');
SELECT * FROM metadata_find('grams', 'zzz');
SELECT key, value, runs FROM metadata_find('grams', 'zzz', 'notes is "deep1 zzz"');
-- the same within a filter as of its rows alone
CREATE FUNCTION compare_found(rel regclass, f metadata_filter) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  by_index text; by_rows text; of_these text;
  found text := 'SELECT string_agg(s || key || ''='' || value || ''='' || runs, E''\n'') FROM unnest(searched()) AS s, metadata_find($1, s, $2, "limit" => NULL)';
BEGIN
  EXECUTE found INTO by_index USING rel, f;
  SET LOCAL detmeta.enable_metadata_scan = off;
  EXECUTE found INTO by_rows USING rel, f;
  EXECUTE format('CREATE TEMP TABLE these ON COMMIT DROP AS SELECT * FROM %s WHERE metadata @~ %L', rel, f);
  EXECUTE found INTO of_these USING 'these'::regclass, NULL::metadata_filter;
  DROP TABLE these;
  RETURN CASE WHEN by_index IS NOT DISTINCT FROM by_rows AND by_index IS NOT DISTINCT FROM of_these THEN 'equal' ELSE format('%s; %s; %s', by_index, by_rows, of_these) END;
END $$;
SELECT f, compare_found('grams', f), compare_found('run', f)
FROM unnest(ARRAY['true', 'n < 3', '* contains "ee"', 'not * is "a"', 'run_id is empty', '* is "adam"']::metadata_filter[]) AS f;

-- texts that numbers and booleans have, or nearly; two characters of three bytes; trigrams of some keys only
CREATE TABLE words (metadata jsonb) WITH (autovacuum_enabled = off);
INSERT INTO words SELECT jsonb_build_object('s', 'word ' || i, 'n', -100 * i, 'b', i % 2 = 0, 'x', 0.25, 'city', CASE WHEN i % 2 = 0 THEN 'Straße' END) FROM generate_series(1, 200) AS i;
INSERT INTO words VALUES ('{"s": "at minus -100 als", "city": "Straße", "t": ["Große", "word 100"]}'), ('{"s": "true", "when": "2024-03-01T10:00:00Z"}');
CREATE FUNCTION found_words() RETURNS TABLE (search text, by_index text, same boolean) LANGUAGE plpgsql AS $$
DECLARE
  found text := 'SELECT string_agg(key || ''='' || value || ''='' || runs, '', '') FROM metadata_find(''words'', $1, "limit" => 3)';
  by_rows text;
BEGIN
  FOREACH search IN ARRAY '{-1000,-20000,als,tru,rue,fal,.25,ße,ROßE,word 100,ord,T10:}'::text[] LOOP
    SET LOCAL detmeta.enable_metadata_scan = on;
    EXECUTE found INTO by_index USING search;
    SET LOCAL detmeta.enable_metadata_scan = off;
    EXECUTE found INTO by_rows USING search;
    same := by_index IS NOT DISTINCT FROM by_rows;
    RETURN NEXT;
  END LOOP;
END $$;
CREATE INDEX words_all ON words USING gin (metadata metadata_ops (trigram_keys = '*')) WITH (fastupdate = off);
VACUUM ANALYZE words;
SELECT * FROM found_words();
DROP INDEX words_all;
CREATE INDEX words_s ON words USING gin (metadata metadata_ops (trigram_keys = 's')) WITH (fastupdate = off);
SELECT search FROM found_words() WHERE NOT same;

-- rows that a policy hides; columns that may not be read
CREATE ROLE explore_find_reader;
GRANT USAGE ON SCHEMA explore_find TO explore_find_reader;
GRANT SELECT (run_id, metadata) ON run TO explore_find_reader;
SET ROLE explore_find_reader;
SELECT * FROM metadata_find('run', 'adamw');
SELECT outcome('SELECT metadata_find(''run'', ''adam'', scope => ''{"project_id": 1}'')');
SELECT outcome('SELECT metadata_find(''grams'', ''adam'')');
RESET ROLE;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_two ON run USING (project_id = 2);
SET ROLE explore_find_reader;
SELECT * FROM metadata_find('run', 'adam');
RESET ROLE;
DROP OWNED BY explore_find_reader;
DROP ROLE explore_find_reader;

-- many distinct values: those that are kept are pruned
CREATE TABLE many (metadata jsonb);
INSERT INTO many SELECT jsonb_build_object('s', 'value ' || i, 't', jsonb_build_array('value ' || i % 3000, 'other')) FROM generate_series(1, 9000) AS i;
CREATE INDEX ON many USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM ANALYZE many;
SELECT * FROM metadata_find('many', 'value', "limit" => 3);
SELECT count(*), sum(runs) FROM metadata_find('many', 'VALUE', "limit" => NULL);

DROP SCHEMA explore_find CASCADE;
