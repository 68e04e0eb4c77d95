-- Estimates of keys with many values, or values of very different frequency: some of them are looked at, and what is
-- left unseen is not far off
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA estimates_sampled;
SET search_path = estimates_sampled, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

-- rows that the planner expects of a query
CREATE FUNCTION expected(query text) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
-- what all rows of a query cost
CREATE FUNCTION total_cost(query text) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  RETURN plan->0->'Plan'->>'Total Cost';
END $$;
-- whether the rows expected are off by no more than a factor, and some rows
CREATE FUNCTION is_close(source text, filter text, factor float DEFAULT 2, slack float DEFAULT 20) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  query text := format('SELECT * FROM %s WHERE m @~ %L', source, filter);
  estimate float := expected(query);
  actual float;
BEGIN
  EXECUTE format('SELECT count(*) FROM (%s) AS x', query) INTO actual;
  IF estimate <= actual * factor + slack AND actual <= estimate * factor + slack THEN
    RETURN 'close';
  END IF;
  RETURN format('%s expected, %s found', estimate, actual);
END $$;

-- 40,000 runs: name has 4,000 values, the first ones far more often; dataset 80 with very different frequencies; long has
-- 4 values that are alike but for their end; g 4 numbers; notes some words in one order
CREATE TABLE run (n int, m jsonb NOT NULL);
INSERT INTO run
SELECT i, jsonb_build_object('n', i, 'name', 'model ' || md5(floor(exp(f * ln(4000.0)))::text), 'dataset', 'set ' || floor(80 * f * f * f),
  'long', repeat('the same ', 20) || i % 4, 'g', 1 << (i % 4), 'lr', f::numeric(10, 9),
  'notes', 'run ' || md5(i::text) || (ARRAY[' warmup cosine', ' cosine decay', ' decay heads', ' red cat dog red'])[1 + i % 4],
  'd', timestamp '2020-01-01' + i * interval '1 hour')
FROM (SELECT i, (hashint4(i)::bigint + 2147483648) / 4294967296.0 AS f FROM generate_series(1, 40000) AS i) AS x;
CREATE INDEX ON run USING gin (m metadata_ops) WITH (fastupdate = off);
ALTER TABLE run ALTER m SET STATISTICS 200;
VACUUM ANALYZE run;

-- of values that differ in their rows, the documents that ANALYZE kept tell of the frequent ones; of those that do
-- not, the index tells more
SELECT f, is_close('run', f) FROM unnest(ARRAY[
  'name contains "c4ca"', 'name contains "c81e"', 'name does not contain "c4ca"', 'name contains "model"',
  'notes contains "cosine"', 'notes contains "decay"', 'notes starts with "run a"', 'd contains "2021-05"', 'd contains "-07-"']) AS f;
-- the frequencies of a few values count
SELECT f, is_close('run', f, 1.2) FROM unnest(ARRAY[
  'dataset contains "set 0"', 'dataset contains "7"', 'dataset does not contain "0"', 'dataset < "set 3"']) AS f;
-- a value that is cut is known by its hash
SELECT is_close('run', format('long is "%s"', repeat('the same ', 20) || 3), 1.2), is_close('run', format('long is not "%s"', repeat('the same ', 20) || 3), 1.2);
-- equal values exclude each other
SELECT is_close('run', 'g is 1 or g is 2 or g is 4', 1.2), is_close('run', 'not (g is 1 or g is 2 or g is 4)', 1.2);

-- trigrams are of many texts that have them in another order
CREATE TABLE grams AS SELECT * FROM run;
CREATE INDEX ON grams USING gin (m metadata_ops (trigram_keys = 'name,notes')) WITH (fastupdate = off);
ALTER TABLE grams ALTER m SET STATISTICS 200;
VACUUM ANALYZE grams;
SELECT f, is_close('grams', f, 2, 200) FROM unnest(ARRAY[
  'notes contains "dog red cat"', 'notes contains "warmup cosine"', 'name contains "c4ca"', 'name contains "c81e"']) AS f;

-- what no document of the sample has may be there all the same
CREATE TABLE plain AS SELECT * FROM run;
ALTER TABLE plain ALTER m SET STATISTICS 200;
ANALYZE plain;
SELECT expected($$SELECT * FROM plain WHERE m @~ 'n is 77'$$) BETWEEN 2 AND 800;

-- many values cost as much as they are, though few are looked up
SET detmeta.enable_metadata_scan = on;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT total_cost(format('SELECT count(*) FROM run WHERE m @~ %L', format('n in (%s)', string_agg(i::text, ',')))) > 10 * total_cost(format('SELECT count(*) FROM run WHERE m @~ %L', format('n in (%s)', string_agg(i::text, ',') FILTER (WHERE i <= 10))))
FROM generate_series(1, 1000) AS i;
-- pages that are not in memory cost as core's bitmap scan has it
SET effective_cache_size = '8kB';
SELECT total_cost($$SELECT * FROM run WHERE m @~ 'lr < 0.001'$$) AS spread \gset
SET detmeta.enable_metadata_scan = off;
SET enable_bitmapscan = on;
SELECT :spread / total_cost($$SELECT * FROM run WHERE m @~ 'lr < 0.001'$$) BETWEEN 0.5 AND 1;

SET client_min_messages = error;
DROP SCHEMA estimates_sampled CASCADE;
