-- Keys that the index cannot tell apart: cut to the same bytes, and with the same hash. All that is
-- found through it is to be checked, whichever way it is found.
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA cut_keys;
SET search_path = cut_keys, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all
SELECT repeat('k', 132) || 'klkikfomelpikmel' AS key_a, repeat('k', 132) || 'mkgkfheimdagffck' AS key_b \gset
CREATE TABLE alike (run_id int NOT NULL, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO alike SELECT i, CASE WHEN i % 3 = 0 THEN jsonb_build_object(:'key_a', i % 19) WHEN i % 3 = 1 THEN jsonb_build_object(:'key_b', 's' || i % 7)
    ELSE jsonb_build_object(:'key_a', i % 5 = 0, :'key_b', i % 11) END || jsonb_build_object('n', i % 10)
FROM generate_series(1, 3000) AS i;
CREATE INDEX ON alike USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM ANALYZE alike;
SELECT filter, compare(format('SELECT count(*) FROM alike WHERE metadata @~ %L', f)) AS counted, compare(format('SELECT run_id FROM alike WHERE metadata @~ %L', f)) AS found
FROM regexp_split_to_table('A is empty;A is not empty;A = 4;A is not 4;A < 4;A is true;B = 4;B > 3;B is not "s1";B contains "s";'
    || 'B starts with "s2";not B starts with "s2";A is true or B = 4;A < 4 and n = 5', ';') AS filter,
  LATERAL replace(replace(filter, 'A', :'key_a'), 'B', :'key_b') AS f;
SELECT n, d, substring(compare(format('SELECT metadata_sort(metadata, %L), run_id FROM alike %s ORDER BY 1 %s, run_id LIMIT 2500', k, w, d)), '^[^:]*: [0-9]+ rows') AS ordered
FROM (VALUES ('A', :'key_a'), ('B', :'key_b')) AS keys (n, k), unnest('{ASC,ASC NULLS FIRST,DESC,DESC NULLS LAST}'::text[]) AS d,
  unnest(ARRAY['', format('WHERE metadata @~ ''%s > 3''', :'key_b')]) AS w
ORDER BY 1, 2, 3;
-- exploring, by the index and by the rows
CREATE FUNCTION explored(key_a text, key_b text) RETURNS TABLE (result text) LANGUAGE sql AS $$
  SELECT format('%s %s %s', CASE key WHEN key_a THEN 'A' WHEN key_b THEN 'B' ELSE key END, type, runs) FROM metadata_keys('alike')
  UNION ALL SELECT format('%s: %s', k, s) FROM (VALUES ('A', key_a), ('B', key_b)) AS v (k, key), metadata_summary('alike', key, NULL) AS s
  UNION ALL SELECT format('%s: %s', k, string_agg(format('%s %s', value, runs), ', ')) FROM (VALUES ('A', key_a), ('B', key_b)) AS v (k, key), metadata_values('alike', key) GROUP BY k
$$;
SELECT * FROM explored(:'key_a', :'key_b');
SET detmeta.enable_metadata_scan = off;
SELECT * FROM explored(:'key_a', :'key_b');
SET detmeta.enable_metadata_scan = on;
-- a row that is read whole, as its key has two places, is not read again for a value that is cut
CREATE TABLE twice (metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX ON twice USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO twice SELECT jsonb_build_object('r.s', repeat('long ', 30) || i % 2) || CASE WHEN i % 3 = 0 THEN '{"r": {"s": "short"}}'::jsonb ELSE '{}' END FROM generate_series(1, 30) AS i;
SELECT right(value #>> '{}', 10) AS value, runs FROM metadata_values('twice', 'r.s');
DROP SCHEMA cut_keys CASCADE;
