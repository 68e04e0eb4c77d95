-- Exploring: what the functions return, and their errors
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_functions;
SET search_path = explore_functions, public;
\set ECHO none
\i :tree/test/regress/explore.sql
\set ECHO all

CREATE FUNCTION rows_values(rel regclass, key text, search text, ignore_case boolean) RETURNS TABLE (value jsonb, runs bigint)
  LANGUAGE sql SET detmeta.enable_metadata_scan = off AS $$ SELECT * FROM metadata_values(rel, key, search, ignore_case => ignore_case) $$;
CREATE TABLE run (run_id int PRIMARY KEY, metadata jsonb);
CREATE INDEX ON run USING gin (metadata metadata_ops);
INSERT INTO run VALUES
  (1, '{"n": 20, "s": "b", "d": "2024-01-15", "ok": true, "tags": ["x", "y", "x", 1], "o": {"p": 1}}'),
  (2, '{"n": 20.0, "s": "a", "d": "2024-01-15T00:00:00Z", "ok": false, "tags": [], "o": {"p": {"q": null}}}'),
  (3, '{"n": 2e1, "s": "", "d": "2024-03-31", "ok": null, "tags": "x", "o": {}}'),
  (4, '{"n": "20", "s": "true", "o": {"p": 3}, "o.p": [1, "y"]}'),
  (5, '{"n": 25.5, "s": "50%_", "tags": [["y", {"z": 1}], null, true]}'),
  (6, NULL), (7, '"scalar"'), (8, '{}');

-- keys: one row per key and type, ordered by key
SELECT * FROM metadata_keys('run');
SELECT * FROM metadata_keys(col => 'metadata', rel => 'run') WHERE key ~ '^o';
SELECT * FROM metadata_keys(NULL);

-- the same from any set of rows
SELECT * FROM unnest((SELECT metadata_key_counts(metadata) FROM run WHERE run_id < 3));
SELECT odd, (count).* FROM (SELECT run_id % 2 AS odd, unnest(metadata_key_counts(metadata)) AS count FROM run GROUP BY run_id % 2) AS s WHERE (count).key = 'n' ORDER BY 1, 2, 3;
SELECT to_jsonb(metadata_key_counts(metadata)) FROM run WHERE run_id = 5;
SELECT metadata_key_counts(metadata) FROM run WHERE false;
SELECT metadata_key_counts(metadata) FROM run WHERE run_id = 6;
SELECT run_id, metadata_key_counts(metadata) OVER (ORDER BY run_id) FROM (SELECT run_id, metadata - '{s,d,ok,tags,o,o.p}'::text[] AS metadata FROM run WHERE run_id < 6) AS s;
-- in parallel
CREATE TABLE big AS SELECT i AS run_id, document(i) AS metadata FROM generate_series(1, 3000) AS i;
ANALYZE big;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT metadata_key_counts(metadata) FROM big;
CREATE TABLE counted AS SELECT metadata_key_counts(metadata) AS counts FROM big;
SELECT (SELECT jsonb_agg(k) FROM metadata_keys('big') AS k) = to_jsonb(counts) AS equal FROM counted;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

-- values: strings, numbers and booleans; equal numbers are one value, dates are what was written
SELECT * FROM metadata_values('run', 'n');
SELECT * FROM metadata_values('run', 's');
SELECT * FROM metadata_values('run', 'd');
SELECT * FROM metadata_values('run', 'ok');
-- elements of arrays are values, each once for a row; null, arrays and objects are not listed
SELECT * FROM metadata_values('run', 'tags');
SELECT * FROM metadata_values('run', 'o');
SELECT * FROM metadata_values('run', 'o.p');
SELECT * FROM metadata_values('run', 'unknown');
-- search in the text, literally
SELECT * FROM metadata_values('run', 'n', '20');
SELECT * FROM metadata_values('run', 'n', '.');
SELECT * FROM metadata_values('run', 's', '%_');
SELECT * FROM metadata_values('run', 's', 'A');
SELECT * FROM metadata_values('run', 'ok', 'als');
SELECT * FROM metadata_values('run', 's', '');
-- without regard to case, as icontains: from the index, also of values that are cut there, and from the rows
CREATE TABLE cases (run_id int, metadata jsonb NOT NULL);
CREATE INDEX ON cases USING gin (metadata metadata_ops);
INSERT INTO cases SELECT i, jsonb_build_object('s', v) FROM unnest(ARRAY['"Straße"', '"STRASSE 5"', '["strasse", "Gasse"]', '"Ñandú"', '"ñandu"', 'true', '"TRUE"', '1e2',
  to_jsonb(repeat('-', 200) || 'Straße')::text]::jsonb[]) WITH ORDINALITY AS c (v, i);
SELECT search, ignore_case, (SELECT string_agg(right(value::text, 12) || '=' || runs, ' ') FROM metadata_values('cases', 's', search, ignore_case => ignore_case)) AS by_index,
  (SELECT string_agg(right(value::text, 12) || '=' || runs, ' ') FROM rows_values('cases', 's', search, ignore_case)) AS by_rows
FROM unnest('{strasse,STRASSE,"RASSE ",ñAN,ú,True,0,1E2,"",NULL}'::text[]) AS search, unnest('{t,f,NULL}'::bool[]) AS ignore_case;
-- limits
SELECT * FROM metadata_values('run', 'tags', NULL, 2);
SELECT * FROM metadata_values('run', 'tags', "limit" => 0);
SELECT count(*) FROM metadata_values('run', 's', "limit" => NULL);
CREATE TABLE wide AS SELECT i AS run_id, jsonb_build_object('v', i % 5000) AS metadata FROM generate_series(1, 9999) AS i;
CREATE INDEX ON wide USING gin (metadata metadata_ops);
SELECT count(*), min(runs), max(runs) FROM metadata_values('wide', 'v', NULL, NULL);
SELECT * FROM metadata_values('wide', 'v', NULL, 3);
INSERT INTO wide SELECT i, '{"v": 4999}' FROM generate_series(1, 3) AS i;
INSERT INTO wide SELECT i, '{"v": [4000, 4001]}' FROM generate_series(1, 2) AS i;
SELECT * FROM metadata_values('wide', 'v', NULL, 4);
INSERT INTO wide SELECT i, '{"v": 5}' FROM generate_series(1, 9) AS i;
SELECT * FROM metadata_values('wide', 'v', NULL, 5);
-- a value that is cut in the index comes behind all others, and may yet be the first
CREATE TABLE tied AS SELECT i AS run_id, jsonb_build_object('s', CASE i WHEN 7 THEN repeat('a', 97) ELSE 'b' || i END) AS metadata FROM generate_series(1, 1500) AS i;
CREATE INDEX ON tied USING gin (metadata metadata_ops);
SELECT left(value #>> '{}', 5) AS value, runs FROM metadata_values('tied', 's', NULL, 2);
SELECT * FROM metadata_values(NULL, 'v');
SELECT * FROM metadata_values('wide', 'v', col => NULL);
SELECT * FROM metadata_values('wide', NULL);

-- summaries
SELECT * FROM metadata_summary('run', 'n', 2);
SELECT * FROM metadata_summary('run', 'd', 3);
SELECT * FROM metadata_summary('run', 'ok');
SELECT * FROM metadata_summary('run', 'tags');
SELECT * FROM metadata_summary('run', 'o');
SELECT * FROM metadata_summary('run', 'n', NULL);
SELECT * FROM metadata_summary('run', 'n', col => NULL);
SELECT * FROM metadata_summary('run', 'unknown');
SELECT runs, empty_runs, distinct_values, min, max FROM metadata_summary('wide', 'v');
SELECT bucket ->> 'from' AS "from", bucket ->> 'to' AS "to", bucket ->> 'count' AS count
FROM metadata_summary('wide', 'v', 4), jsonb_array_elements(histogram) AS bucket;
SELECT sum((bucket ->> 'count')::int) FROM metadata_summary('wide', 'v', 1000), jsonb_array_elements(histogram) AS bucket;
-- a value on a bound is in the range that begins there; a width that microseconds do not divide; one instant in two spellings
CREATE VIEW bounds AS SELECT jsonb_build_object('v', i, 'd', to_jsonb(timestamptz '2024-01-15 00:00Z' + i / 2 * interval '1 s') #>> '{}',
  'one', CASE WHEN i > 2 THEN '2024-01-15' ELSE '2024-01-15T00:00:00Z' END) AS metadata FROM generate_series(0, 4) AS i;
SELECT key, bucket FROM unnest('{v,d,one}'::text[], '{2,3,2}'::int[]) AS k (key, n), metadata_summary('bounds', key, n), jsonb_array_elements(histogram) AS bucket;

-- what just fits the index is counted there, also in a row that is read for what does not; a key of two places of which one is empty
CREATE TABLE edge (run_id int, metadata jsonb NOT NULL);
CREATE INDEX ON edge USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO edge VALUES (1, jsonb_build_object('s', jsonb_build_array(repeat('x', 96), repeat('x', 97)))),
  (2, jsonb_build_object(repeat('k', 128), 1, repeat('k', 129), 2)), (3, '{"a.b": 1, "a": {"b": null}}');
SELECT length(value #>> '{}'), runs FROM metadata_values('edge', 's');
SELECT length(key), type, runs FROM metadata_keys('edge') WHERE key ~ '^k';
SELECT runs, empty_runs FROM metadata_summary('edge', 'a.b');

-- long keys: listed whole up to 1,000 bytes, then by their beginning and a hash; places of one key have one hash
CREATE TABLE long (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
INSERT INTO long
SELECT i, jsonb_build_object(name, jsonb_build_object('b', i), name || '.b', 'text', name || '.c', i, 'short.b', 'text', 'short', jsonb_build_object('b', i))
FROM unnest(ARRAY[repeat('k', 127), repeat('l', 130), repeat('m', 998), repeat('n', 999), repeat('é', 500)]) WITH ORDINALITY AS n(name, i);
SELECT run_id, entry FROM long, metadata_debug_entries(metadata) AS entry WHERE entry LIKE 'flag%' AND run_id < 3;
CREATE INDEX ON long USING gin (metadata metadata_ops);
CREATE VIEW long_view AS TABLE long;
SELECT left(key, 5) || '...' || right(key, 20) AS key, octet_length(key) AS bytes, type, runs FROM metadata_keys('long');
SELECT count(*) AS keys, count(*) FILTER (WHERE v IS NULL OR i IS NULL) AS different FROM metadata_keys('long') AS i NATURAL FULL JOIN metadata_keys('long_view') AS v;
SELECT value, runs FROM metadata_values('long', repeat('n', 999) || '.b');
SET detmeta.runs_table = long;
SELECT octet_length(key) AS bytes, right(key, 20) AS key, values FROM compare_run_metadata('{3, 4}');
RESET detmeta.runs_table;

-- errors
SELECT * FROM outcomes($$
metadata_keys(0)
metadata_keys('run_pkey')
metadata_keys('run', 'missing')
metadata_keys('run', 'run_id')
metadata_keys('run', 'ctid')
metadata_values('run', 'n', "limit" => -1)
metadata_values('run', 'n', col => 'missing')
metadata_summary('run', 'n', 0)
metadata_summary('run', 'n', 1001)
metadata_summary('run', 'n', 10, 'missing')
$$);
CREATE SEQUENCE counter;
SELECT outcome('SELECT metadata_keys(''counter'')');

-- a date that is rounded to the first microsecond of a year with five digits
CREATE TABLE late AS SELECT jsonb_build_object('d', d) AS metadata FROM unnest('{2024-01-01,9999-12-31T23:59:59.9999999Z}'::text[]) AS d;
SELECT min, max, histogram FROM metadata_summary('late', 'd', 1);

DROP SCHEMA explore_functions CASCADE;
