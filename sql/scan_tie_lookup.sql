-- Metadata Scan: ties that a column's order is asked for are looked up in their posting tree, row by row
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_tie_lookup;
SET search_path = scan_tie_lookup, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

-- four words of 5,000 runs each: run_id goes with the heap, and "mixed" does not
CREATE TABLE tied (run_id int PRIMARY KEY, mixed int, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO tied SELECT i, CASE WHEN i % 50 <> 1 THEN i * 7919 % 20011 END, jsonb_build_object('word', 'w' || (i * 31 + i / 7) % 4, 'n', i % 5, 'rare', i % 500 = 7) FROM generate_series(1, 20000) AS i;
CREATE INDEX ON tied USING detmeta (metadata);
CREATE UNIQUE INDEX ON tied (mixed);
VACUUM ANALYZE tied;
CREATE FUNCTION compare_orders() RETURNS TABLE (result text, query text) LANGUAGE sql AS $$
SELECT compare(q), q FROM unnest(ARRAY['', 'WHERE metadata @~ ''n in (1, 2, 4)''', 'WHERE run_id > 19000']) AS f,
  unnest(ARRAY['word:, run_id', 'word: DESC NULLS LAST, run_id DESC', 'word:, mixed NULLS FIRST, run_id', 'word:, mixed DESC NULLS LAST, run_id', 'n:, word: DESC, run_id']) AS o,
  unnest(ARRAY['LIMIT 5', 'LIMIT 1500', 'LIMIT 40 OFFSET 4990', 'LIMIT 300 OFFSET 9000']) AS p,
  format('SELECT run_id FROM tied %s ORDER BY %s %s', f, regexp_replace(o, '([a-z]+):', 'metadata_sort(metadata, ''\1'')', 'g'), p) AS q
$$;
SELECT result, count(*) FROM compare_orders() GROUP BY result ORDER BY result;

-- along the heap a segment or two are read; across it all of a tree twice at most, and no row is fetched in vain
SELECT counted('Postings Read', query) < 2000 AS few_postings, counted('Heap Fetches', query) AS fetches
FROM format('SELECT run_id FROM tied ORDER BY metadata_sort(metadata, %L), run_id LIMIT 20', 'word') AS query;
SELECT counted('Postings Read', query) BETWEEN 5000 AND 15000 AS set_at_last, counted('Heap Fetches', query) AS fetches
FROM format('SELECT run_id FROM tied ORDER BY metadata_sort(metadata, %L), mixed LIMIT 20', 'word') AS query;
-- a filter's few rows, of which many are skipped: they are sorted before ties are walked for that
SELECT counted('Postings Read', query) < 1000 AS sorted, compare(query)
FROM format('SELECT run_id FROM tied WHERE metadata @~ %L ORDER BY metadata_sort(metadata, %L), run_id LIMIT 5 OFFSET 15', 'rare is true', 'word') AS query;

-- rows that are gone, but still in the tree; that are new there; that are pending, when nothing is looked up; and a tree that VACUUM has been in
DELETE FROM tied WHERE run_id % 3 = 0 AND run_id < 3000;
INSERT INTO tied SELECT -i, 30000 + i, jsonb_build_object('word', 'w' || i % 4, 'n', i % 5) FROM generate_series(1, 400) AS i;
SELECT result, count(*) FROM compare_orders() GROUP BY result ORDER BY result;
SELECT metadata_index_clean_pending('tied_metadata_idx') IS NOT NULL;
SELECT result, count(*) FROM compare_orders() GROUP BY result ORDER BY result;
VACUUM tied;
DELETE FROM tied WHERE run_id BETWEEN 4000 AND 19000;
VACUUM tied;
SELECT result, count(*) FROM compare_orders() GROUP BY result ORDER BY result;

-- a small work_mem, which no set fits: there is nothing else to go over to
CREATE TABLE wide (run_id int PRIMARY KEY, mixed int UNIQUE, metadata jsonb NOT NULL) WITH (fillfactor = 10, autovacuum_enabled = off);
INSERT INTO wide SELECT i, i * 7919 % 20011, jsonb_build_object('word', 'w' || (i * 31 + i / 7) % 4, 'x', repeat('x', 60)) FROM generate_series(1, 12000) AS i;
CREATE INDEX ON wide USING detmeta (metadata);
VACUUM ANALYZE wide;
SET work_mem = '64kB';
SELECT * FROM compare_all($$
SELECT run_id FROM wide ORDER BY metadata_sort(metadata, 'word'), run_id LIMIT 20
SELECT run_id FROM wide ORDER BY metadata_sort(metadata, 'word') DESC NULLS LAST, mixed LIMIT 20
$$);
RESET work_mem;

\set ECHO none
DROP SCHEMA scan_tie_lookup CASCADE;
