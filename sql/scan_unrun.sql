-- Scans of which there are no rows, or none yet: explained, made ready and thrown away, begun again, broken off
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_unrun;
SET search_path = scan_unrun, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\i :tree/test/regress/outcome.sql
\set ECHO all
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
-- explains each statement at its end to the server's log, that of an EXPLAIN included; that one never ran
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_analyze = on;
SET auto_explain.log_nested_statements = on;

CREATE TABLE parted (LIKE run) PARTITION BY LIST (project);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES IN (0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1, 2, 3);
CREATE INDEX ON parted USING gin (metadata metadata_ops);
SELECT fill('parted', 100);
CREATE MATERIALIZED VIEW seen AS SELECT * FROM run WITH NO DATA;
CREATE INDEX ON seen USING gin (metadata metadata_ops);
CREATE TABLE query (name text, query text);
INSERT INTO query VALUES
  ('scan', 'SELECT run_id FROM run WHERE metadata @~ ''n = 7'' AND label IS NULL'),
  ('order', 'SELECT run_id FROM run WHERE metadata @~ ''n > 7'' ORDER BY metadata_sort(metadata, ''loss'')'),
  ('count', 'SELECT count(*), count(*) FILTER (WHERE metadata @~ ''x is empty'') FROM run WHERE metadata @~ ''n = 7'''),
  ('count of partitions', 'SELECT count(*) FROM parted WHERE metadata @~ ''n = 7'''),
  ('scan of partitions', 'SELECT run_id FROM parted WHERE metadata @~ ''n = 7'' ORDER BY metadata_sort(metadata, ''loss'')'),
  ('subplan', 'SELECT run_id, (SELECT count(*) FROM run AS s WHERE s.metadata @~ metadata_filter(''n'', ''is'', r.run_id)) FROM run AS r WHERE metadata @~ ''n = 1000'' AND label IS NULL'),
  ('never run', 'SELECT run_id FROM (SELECT run_id FROM run WHERE metadata @~ ''n = 1000'' AND label IS NULL OFFSET 0) AS a, (SELECT count(*) FROM run WHERE metadata @~ ''n = 7'' OFFSET 0) AS b'),
  ('no rows wanted', 'SELECT run_id FROM run WHERE metadata @~ ''n = 7'' AND label IS NULL LIMIT 0'),
  ('empty view', 'SELECT run_id FROM seen WHERE metadata @~ ''n = 7'' AND label IS NULL'),
  ('count of empty view', 'SELECT count(*) FROM seen WHERE metadata @~ ''n = 7''');
SELECT name, scans(query) FROM query;

-- as EXPLAIN, which auto_explain then takes for one with ANALYZE
CREATE FUNCTION explain(query text, options text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  line text;
  lines int := 0;
BEGIN
  FOR line IN EXECUTE format('EXPLAIN (%s) %s ', options, query) LOOP
    lines := lines + 1;
  END LOOP;
  DROP TABLE IF EXISTS filled;
  RETURN CASE WHEN lines > 0 THEN 'explained' END;
END $$;
SELECT name, array_agg(explain(query, options)) FROM query, unnest(ARRAY['BUFFERS', 'VERBOSE, BUFFERS, FORMAT JSON']) AS options GROUP BY name ORDER BY name;
-- where the table that it would fill gets no rows
SELECT name, array_agg(explain(format('CREATE TABLE filled AS SELECT FROM (%s) AS q WITH NO DATA', query), options))
FROM query, unnest(ARRAY['ANALYZE, TIMING OFF', 'BUFFERS']) AS options GROUP BY name ORDER BY name;
-- run, with parts that are not
SELECT name, explain(query, 'ANALYZE, TIMING OFF') FROM query WHERE name IN ('subplan', 'never run', 'no rows wanted');

-- made ready and not run
CREATE FUNCTION create_all(template text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  q record;
BEGIN
  FOR q IN SELECT * FROM query LOOP
    EXECUTE format(template, q.name, q.query);
  END LOOP;
END $$;
SELECT create_all('CREATE TABLE %I AS SELECT FROM (%s) AS q WITH NO DATA');
REFRESH MATERIALIZED VIEW seen WITH NO DATA;
SELECT outcome(query) FROM query WHERE query ~ 'seen';
BEGIN;
DECLARE unread CURSOR FOR SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND label IS NULL;
DECLARE unread_order SCROLL CURSOR FOR SELECT run_id FROM run WHERE metadata @~ 'n > 7' ORDER BY metadata_sort(metadata, 'loss');
DECLARE unread_count SCROLL CURSOR FOR SELECT count(*) FROM run WHERE metadata @~ 'n = 7';
DECLARE held CURSOR WITH HOLD FOR SELECT count(*) FROM run WHERE metadata @~ 'n = 7';
-- before the first row
FETCH BACKWARD 1 FROM unread_order;
FETCH BACKWARD 1 FROM unread_count;
MOVE 0 FROM unread;
MOVE ABSOLUTE 0 FROM unread_order;
FETCH 1 FROM unread_count;
MOVE ABSOLUTE 0 FROM unread_count;
FETCH 1 FROM unread_count;
CLOSE unread;
COMMIT;
FETCH held;
CLOSE held;

-- begun again before the first row, and after an error
SELECT i, (SELECT count(*) FROM (SELECT run_id FROM run WHERE metadata @~ metadata_filter('n', 'is', i) ORDER BY metadata_sort(metadata, 'loss') LIMIT i) AS s) FROM generate_series(0, 3) AS i;
BEGIN;
DECLARE broken CURSOR FOR SELECT run_id, 1 / (run_id - 907) FROM run WHERE metadata @~ 'n = 7' AND label IS NULL;
FETCH 2 FROM broken;
SAVEPOINT s;
FETCH ALL FROM broken;
ROLLBACK TO s;
FETCH 1 FROM broken;
ROLLBACK TO s;
CLOSE broken;
SELECT count(*) FROM run WHERE metadata @~ 'n = 7';
COMMIT;
SELECT outcome('SELECT count(*) FILTER (WHERE metadata @~ metadata_filter(''n'', ''is'', 1 / (SELECT 0))) FROM run');
DO $$
BEGIN
  PERFORM count(*) FROM run WHERE metadata @~ metadata_filter('n', 'between', 1 / (SELECT 0), 2);
EXCEPTION WHEN division_by_zero THEN
  PERFORM count(*) FROM run WHERE metadata @~ metadata_filter('n', 'between', 1 / (SELECT 1), 2);
END $$;
\set ECHO none
DROP SCHEMA scan_unrun CASCADE;
