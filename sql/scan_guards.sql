-- Guards of the scans that most data never needs: each of these answers is another one without its guard
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_guards;
SET search_path = scan_guards, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all
CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA scan_guards;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA scan_guards;

-- Equality on another column whose operator class is unsure of it: an entry is the first letter of a label, and its
-- rows have to be checked, which the consistent function says.
CREATE FUNCTION first_letter_cmp(text, text) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT bttextcmp(left($1, 1), left($2, 1))';
CREATE OPERATOR CLASS first_letter_ops FOR TYPE text USING gin AS OPERATOR 3 =,
  FUNCTION 1 first_letter_cmp(text, text), FUNCTION 2 gin_extract_value_text(text, internal),
  FUNCTION 3 gin_extract_query_text(text, internal, int2, internal, internal),
  FUNCTION 4 gin_trgm_consistent(internal, int2, text, int4, internal, internal, internal, internal), STORAGE text;
CREATE TABLE lettered (LIKE run) WITH (autovacuum_enabled = off);
SELECT fill('lettered', 400);
UPDATE lettered SET label = chr(97 + run_id % 3) || run_id % 5;
CREATE INDEX ON lettered USING gin (label first_letter_ops, metadata metadata_ops);
VACUUM lettered;
SELECT * FROM compare_all($$
SELECT count(*) FROM lettered WHERE label = 'a1'
SELECT count(*) FROM lettered WHERE label = 'a1' AND metadata @~ 'n < 50'
SELECT count(*) FROM lettered WHERE label = 'a1' OR metadata @~ 'n < 7'
SELECT count(*) FROM lettered WHERE label IN ('a1', 'b2') AND NOT metadata @~ 'n < 50'
SELECT count(*), count(*) FILTER (WHERE label = 'b2') FROM lettered WHERE metadata @~ 'n < 50'
SELECT run_id FROM lettered WHERE label = 'a1' AND metadata @~ 'n < 50' AND run_id > 0
SELECT run_id FROM lettered WHERE label = 'a1' ORDER BY metadata_sort(metadata, 'n'), run_id
$$);

-- Metadata that can be NULL: such a row has entries of other columns but none of its own, and in the pending list, where
-- only entries of metadata are read, it would not be met.
CREATE TABLE bare (run_id int, project int, label text, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX ON bare USING gin (project, metadata metadata_ops) WITH (fastupdate = on);
INSERT INTO bare SELECT i, i % 4, NULL, CASE WHEN i % 5 > 0 THEN document(i) END FROM generate_series(1, 200) AS i;
SELECT * FROM compare_all($$
SELECT run_id FROM bare WHERE project = 3
SELECT run_id FROM bare WHERE project IN (1, 3) ORDER BY metadata_sort(metadata, 'n'), run_id
SELECT run_id FROM bare WHERE project = 3 OR metadata @~ 'n < 20'
SELECT run_id FROM bare WHERE project = 3 AND metadata @~ 'n < 20'
SELECT count(*) FROM bare WHERE project = 3
SELECT count(*) FROM bare WHERE project = 3 AND metadata @~ 'true'
$$);
VACUUM bare;
SELECT * FROM compare_all($$
SELECT run_id FROM bare WHERE project = 3
SELECT run_id FROM bare WHERE project IN (1, 3) ORDER BY metadata_sort(metadata, 'n'), run_id
SELECT count(*) FROM bare WHERE project = 3
$$);

-- One filter on two columns of an index: what is remembered of the one is not the other's.
CREATE TABLE twofold (run_id int, before jsonb NOT NULL, after jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO twofold SELECT i, '{"n": 7}', jsonb_build_object('n', i % 100) FROM generate_series(1, 5000) AS i;
CREATE INDEX ON twofold USING gin (before metadata_ops, after metadata_ops);
VACUUM ANALYZE twofold;
SELECT round(value::numeric, -1) FROM explained('SELECT FROM twofold WHERE before @~ ''n = 7'' AND after @~ ''n = 7''', 'COSTS ON') WHERE name = 'Plan Rows';

-- What a page of a search leaves to the count: not for the negated condition, which has the same filter.
ALTER TABLE run ADD PRIMARY KEY (run_id);
VACUUM run;
CREATE VIEW twice AS SELECT run_id, metadata FROM run WHERE metadata @~ 'n < 20' UNION ALL SELECT -run_id, metadata FROM run WHERE NOT metadata @~ 'n < 20';
SET detmeta.runs_table = 'twice';
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_indexscan = off;
SELECT scans('SELECT run_id, metadata FROM twice ORDER BY run_id LIMIT 2');
SELECT run_id, total FROM search_run_metadata("limit" => 2);
SELECT count(*) FROM search_run_metadata("limit" => NULL);
SELECT count(*) FROM run;

-- And that it is used: page and count together read hardly more of the index than the page alone.
CREATE TABLE large (run_id int PRIMARY KEY, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO large SELECT i, jsonb_build_object('n', i * 7919 % 20000) FROM generate_series(1, 20000) AS i;
CREATE INDEX large_metadata ON large USING gin (metadata metadata_ops);
VACUUM ANALYZE large;
SET detmeta.runs_table = 'large';
CREATE FUNCTION index_pages() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT idx_blks_read + idx_blks_hit FROM pg_statio_user_indexes WHERE indexrelname = 'large_metadata'
$$;
SELECT pg_stat_force_next_flush();
SELECT index_pages() AS begun \gset
SELECT run_id, total FROM search_run_metadata('n >= 100 and n < 19000', 'id=desc', "limit" => 2);
SELECT pg_stat_force_next_flush();
SELECT index_pages() AS searched \gset
SELECT run_id FROM large WHERE metadata @~ 'n >= 100 and n < 19000' ORDER BY run_id DESC LIMIT 2;
SELECT pg_stat_force_next_flush();
SELECT index_pages() AS paged \gset
SELECT count(*) FROM large WHERE metadata @~ 'n >= 100 and n < 19000';
SELECT pg_stat_force_next_flush();
SELECT index_pages() AS counted \gset
SELECT :searched - :begun < :paged - :searched + (:counted - :paged) / 2 AS "the set was left to the count";
\set ECHO none
DROP SCHEMA scan_guards CASCADE;
