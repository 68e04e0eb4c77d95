-- The largest, smallest and longest numbers that jsonb holds, in everything that takes a document
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA extreme_numbers;
SET search_path = extreme_numbers, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

SELECT create_runs_metadata('run');
SET detmeta.runs_table = run;
CREATE VIEW number AS SELECT * FROM (VALUES
  (1, '9e131071'), (2, '-9e131071'), (3, '1e131071'), (4, repeat('9', 131072)), (5, '-' || repeat('9', 131072)),
  (6, '1e-16383'), (7, '-1e-16383'), (8, '2e-16383'), (9, '0.' || repeat('9', 16383)), (10, '1.' || repeat('0', 16382) || '1'),
  (11, repeat('9', 131072) || '.' || repeat('9', 16383)), (12, '-' || repeat('9', 131072) || '.' || repeat('9', 16383)),
  (13, '1e131070'), (14, '1.2e-16382'), (15, '0'), (16, '1'), (17, '-1'), (18, '1e600'), (19, '1e-600')) AS n(run_id, n);
SELECT run_id, post_run_metadata(run_id, jsonb_build_object('n', n::jsonb, 'list', jsonb_build_array(n::jsonb, 'x'))) = jsonb_build_object('n', n::jsonb, 'list', jsonb_build_array(n::jsonb, 'x')) AS stored
FROM number;
INSERT INTO run SELECT i, jsonb_build_object('n', i) FROM generate_series(1001, 1400) AS i;
VACUUM ANALYZE run;
-- a number as it can be read
CREATE FUNCTION short(v jsonb) RETURNS text IMMUTABLE RETURN
  CASE WHEN length(v::text) > 30 THEN left(v::text, 8) || '... (' || length(v::text) || ')' ELSE v::text END;

-- conditions agree with numeric, through the index and on rows
SET enable_seqscan = off;
CREATE FUNCTION wrong() RETURNS TABLE (condition text, wrong bigint) LANGUAGE plpgsql AS $$
DECLARE
  low record;
BEGIN
  FOR condition IN SELECT unnest('{is,<,<=,>,>=,is not}'::text[]) LOOP
    wrong := 0;
    FOR low IN SELECT * FROM number LOOP
      wrong := wrong + ((SELECT array_agg(run_id ORDER BY run_id) FROM run WHERE metadata @~ metadata_filter('n', condition, low.n::numeric)) IS DISTINCT FROM
        (SELECT array_agg(run_id ORDER BY run_id) FROM run WHERE CASE condition WHEN 'is' THEN (metadata->>'n')::numeric = low.n::numeric
          WHEN '<' THEN (metadata->>'n')::numeric < low.n::numeric WHEN '<=' THEN (metadata->>'n')::numeric <= low.n::numeric
          WHEN '>' THEN (metadata->>'n')::numeric > low.n::numeric WHEN '>=' THEN (metadata->>'n')::numeric >= low.n::numeric
          ELSE (metadata->>'n')::numeric <> low.n::numeric END))::int;
    END LOOP;
    RETURN NEXT;
  END LOOP;
END $$;
SELECT * FROM wrong();
SET enable_bitmapscan = off;
SET detmeta.enable_metadata_scan = off;
SELECT * FROM wrong();
RESET detmeta.enable_metadata_scan;
SELECT count(*) FROM run WHERE metadata @~ 'n between -9e131071 and 9e131071';
SELECT count(*) FROM run WHERE metadata @~ 'n between 1e-16383 and 2e-16383';
SELECT count(*) FROM run WHERE metadata @~ 'list > 1e131070';
SELECT array_agg(run_id ORDER BY metadata_sort(metadata, 'n'), run_id) = array_agg(run_id ORDER BY (metadata->>'n')::numeric, run_id) AS sorted FROM run;
SELECT array_agg(run_id) = (SELECT array_agg(run_id) FROM (SELECT run_id FROM run ORDER BY (metadata->>'n')::numeric DESC, run_id LIMIT 20) AS s) AS page
FROM (SELECT run_id FROM search_run_metadata(NULL, 'metadata.n=desc', 20)) AS s;
SELECT count(*) AS problems FROM metadata_index_check('run_metadata_idx');
SELECT count(*) > 0 AS entries FROM run, metadata_debug_entries(metadata);
SELECT * FROM metadata_keys('run');
SELECT short(value) AS value, runs FROM metadata_values('run', 'list');
SELECT count(*) AS values, count(*) FILTER (WHERE n.run_id IS NULL) AS others FROM metadata_values('run', 'n', NULL, NULL) AS v
  LEFT JOIN run AS n ON n.metadata->'n' = v.value;
SELECT count(*) FROM metadata_values('run', 'n', repeat('9', 1000));
SELECT key, same FROM compare_run_metadata('{4, 11}');
SELECT short(merge_run_metadata(1, '{"n": -9e131071, "list": null}')), short(merge_run_metadata(1, '{"n": 9e131071}'));

-- the summary: ranges of equal width between any two of the numbers, in order, with every value in its range
SELECT runs, empty_runs, distinct_values, short(min) AS min, short(max) AS max FROM metadata_summary('run', 'n');
SELECT short(b->'from') AS "from", short(b->'to') AS "to", b->'count' AS count FROM metadata_summary('run', 'n', 3), jsonb_array_elements(histogram) AS b;
CREATE FUNCTION ranges(runs int[], n int) RETURNS TABLE (ranges bigint, in_order boolean, counted boolean, equal boolean) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE VIEW few AS SELECT * FROM run WHERE run_id = ANY (%L)', runs);
  RETURN QUERY WITH bucket AS (
    SELECT i, (b->>'from')::numeric AS low, (b->>'to')::numeric AS high, (b->>'count')::int AS count, (min #>> '{}')::numeric AS least, (max #>> '{}')::numeric AS most
    FROM metadata_summary('few', 'n', n), jsonb_array_elements(histogram) WITH ORDINALITY AS b(b, i))
  SELECT count(*), bool_and(low <= high) AND min(low) = min(least) AND max(high) = max(most),
    bool_and(count = (SELECT count(*) FROM few WHERE (metadata->>'n')::numeric >= low AND ((metadata->>'n')::numeric < high OR i = n AND (metadata->>'n')::numeric = high))),
    -- to a millionth of the width, which halves keep from overflowing, or as near as numeric comes
    bool_and(abs((high / 2 - low / 2) - (most / 2 / n - least / 2 / n)) <= greatest((most / 2 / n - least / 2 / n) / 1000000, 1e-16383))
  FROM bucket;
END $$;
SELECT n, count(*), count(*) FILTER (WHERE ranges <> n) AS wrong_number, count(*) FILTER (WHERE NOT in_order) AS out_of_order,
  count(*) FILTER (WHERE NOT counted) AS miscounted
FROM generate_series(1, 19) AS a, generate_series(1, 19) AS b, unnest('{7}'::int[]) AS n, ranges(ARRAY[a, b, 16], n)
WHERE a < b GROUP BY n ORDER BY n;
SELECT sum((b->>'count')::int) FROM metadata_summary('run', 'n', 1000), jsonb_array_elements(histogram) AS b;
-- widths
SELECT a, b, bool_and(equal) AS equal FROM unnest('{1, 1, 3, 6, 7, 16, 18, 2, 18}'::int[], '{2, 16, 13, 8, 19, 19, 15, 3, 3}'::int[]) AS p(a, b), ranges(ARRAY[a, b], 4) GROUP BY a, b ORDER BY a, b;

-- a text is a number as far as numeric holds it, however its digits are placed
CREATE FUNCTION fits(t text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN t::numeric IS NOT NULL;
EXCEPTION WHEN numeric_value_out_of_range THEN
  RETURN false;
END $$;
SELECT t, fits(t), CASE WHEN fits(t) THEN metadata_is(jsonb_build_object('n', t::jsonb), 'n', t) ELSE metadata_is('{"n": 1}', 'n', t) END AS is,
  CASE WHEN fits(t) THEN jsonb_build_object('n', t::jsonb) @~ metadata_filter('n', 'between', t, t) END AS between
FROM unnest('{1e131071,10e131070,0.1e131072,0.001e131074,0.00000001e131079,-0.01e131073,1e131072,0.01e131074,10e131071,0e131072,
  1e-16383,0.1e-16382,0.001e-16380,10e-16383,0.1e-16383,10e-16384,0.00e-16382}'::text[]) AS t;

-- so has a filter, in each of its spellings
CREATE FUNCTION reads(f text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN jsonb_build_object('n', 1) @~ f::metadata_filter IS NOT NULL;
EXCEPTION WHEN numeric_value_out_of_range OR invalid_text_representation THEN
  RETURN false;
END $$;
SELECT t, fits(t), reads('n = ' || t) AS number, reads(format('n = number "%s"', t)) AS literal, reads(format('n = [%s]', t)) AS element
FROM unnest('{0.1e131072,0.001e131074,0.00000001e131079,0.01e131074,10e131071,0.1e-16382,0.1e-16383}'::text[] ||
  ARRAY['0.' || repeat('0', 20) || '1e-16362']) AS t;
SELECT fits(t), reads('n = ' || t) AS number, metadata_is('{"n": 1}', 'n', t) AS is
FROM unnest(ARRAY['0.' || repeat('0', 16400) || '1e100', '0.' || repeat('0', 900000) || '1e999999999']) AS t;
SELECT t, metadata_is('{"n": 1}', 'n', t) FROM unnest('{1e9223372036854775807,-1e99999999999999999999,1e-99999999999999999999}'::text[]) AS t;

-- what no document can hold
SELECT * FROM outcomes($$
post_run_metadata(1, '{"n": 1e131072}')
post_run_metadata(1, '{"n": 1e-16384}')
post_run_metadata(1, '{"n": NaN}')
post_run_metadata(1, '{"n": Infinity}')
post_run_metadata('{"runId": 9e131071, "metadata": {}}')
post_run_metadata('{"runId": 1e-16383, "metadata": {}}')
$$);
DROP SCHEMA extreme_numbers CASCADE;
