-- Metadata Scan in the order of a key: pages of rows, compared with a sort
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_order;
SET search_path = scan_order, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

-- every key in every direction: all rows, a page, a page behind others, and a page of a filter
CREATE FUNCTION directions(name text, keys text[]) RETURNS TABLE (key text, result text) LANGUAGE plpgsql AS $$
DECLARE
  query text;
BEGIN
  FOREACH key IN ARRAY keys LOOP
    FOR query IN
      SELECT format('SELECT metadata_sort(metadata, %1$L), run_id FROM %2$s %3$s ORDER BY metadata_sort(metadata, %1$L) %4$s, run_id %5$s', key, name, f, d, p)
      FROM unnest('{ASC NULLS LAST,ASC NULLS FIRST,DESC NULLS LAST,DESC NULLS FIRST}'::text[]) AS d,
        (VALUES ('', ''), ('', 'LIMIT 20'), ('', 'LIMIT 7 OFFSET 2340'),
          ('WHERE metadata @~ ''n in (7, 8, 9) or x is true''', 'LIMIT 20 OFFSET 10'),
          ('WHERE metadata @~ ''loss is not empty'' AND project = 1', 'LIMIT 15 OFFSET 300'),
          ('WHERE NOT metadata @~ ''notes contains "long a1"''', '')) AS v (f, p)
    LOOP
      result := compare(query);
      IF result !~ '^Metadata Scan ordered: ' THEN
        result := query || ': ' || result;
        RETURN NEXT;
      END IF;
    END LOOP;
    result := 'done';
    RETURN NEXT;
  END LOOP;
END $$;
SELECT * FROM directions('run', ARRAY['n', 'loss', 'status', 'tags', 'when', 'notes', 'digits', 'x', 'r', 'r.s', 'unknown', '']);
-- keys that are cut to the same bytes in the index
SELECT left(key, 5), result FROM directions('run', ARRAY[repeat('k', 140) || '0', repeat('k', 140) || '1', repeat('k', 139)]);

-- without the sort that breaks ties: the keys come in order, and each row once
SELECT k, d, (SELECT bool_and(ordered) FROM unnest(keys) WITH ORDINALITY AS u (key, i),
    LATERAL (SELECT i = 1 OR CASE WHEN d = 'DESC' THEN keys[i - 1] >= key ELSE keys[i - 1] <= key END AS ordered) AS o
    WHERE key IS NOT NULL AND keys[greatest(i - 1, 1)] IS NOT NULL) AS ordered,
  cardinality(keys) = (SELECT count(*) FROM run) AS complete
FROM unnest('{x,r.s,when,notes,digits,loss}'::text[]) AS k, unnest('{ASC,DESC}'::text[]) AS d,
  LATERAL (SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)) AS s,
  LATERAL (SELECT ARRAY(SELECT substr(a, 2, length(a) - 2)::bytea FROM unnest(answer(format('SELECT metadata_sort(metadata, %L) FROM run ORDER BY 1 %s', k, d))) WITH ORDINALITY AS a (a, i) WHERE a <> '()' ORDER BY i)
    || ARRAY(SELECT NULL::bytea FROM run WHERE metadata_is_empty(metadata, k)) AS keys) AS a
ORDER BY 1, 2;

-- the pending list
CREATE TABLE pending (LIKE run) WITH (autovacuum_enabled = off);
CREATE INDEX ON pending USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('pending', 300);
VACUUM pending;
ALTER INDEX pending_metadata_idx SET (fastupdate = on);
INSERT INTO pending SELECT i, 1, NULL, document(i) FROM generate_series(1001, 1100) AS i;
SELECT change('pending');
SELECT * FROM directions('pending', ARRAY['loss', 'x', 'r.s', 'notes', 'unknown']);

-- a small work_mem: filters that do not fit are checked row by row
SET work_mem = '64kB';
SELECT * FROM directions('run', ARRAY['loss', 'x']);
RESET work_mem;

SELECT * FROM compare_all($$
SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 5
SELECT * FROM run WHERE metadata @~ 'x is empty' ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, project, run_id OFFSET 10 LIMIT 5
SELECT run_id, ctid, xmin = xmax FROM run ORDER BY metadata_sort(metadata, 'loss'), metadata_sort(metadata, 'x') DESC, run_id LIMIT 50
SELECT run_id FROM run ORDER BY metadata_sort(metadata, NULL), run_id LIMIT 5
SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss') USING >, run_id LIMIT 5
SELECT run_id FROM run ORDER BY metadata_sort(metadata, left(label, 1)), run_id LIMIT 5
SELECT run_id FROM run ORDER BY metadata_sort(metadata || '{"loss": 1}', 'loss'), run_id LIMIT 5
SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss'), run_id FETCH FIRST 5 ROWS WITH TIES
SELECT DISTINCT metadata_sort(metadata, 'n') AS k FROM run ORDER BY k LIMIT 5
SELECT metadata_sort(metadata, 'n') AS k, count(*) FROM run WHERE metadata @~ 'status is "done"' GROUP BY k ORDER BY k LIMIT 5
SELECT run_id, rank() OVER (ORDER BY metadata_sort(metadata, 'loss'), run_id) FROM run ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 5
SELECT run_id FROM run WHERE metadata_sort(metadata, 'loss') > metadata_sort('{"loss": 20}', 'loss') ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 5
SELECT run_id FROM (SELECT * FROM run WHERE project = 1) AS s WHERE metadata @~ 'n > 5' ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 5
SELECT i, run_id FROM generate_series(1, 5) AS i, LATERAL (SELECT run_id FROM run WHERE metadata @~ metadata_filter('n', '>', i * 15) ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 3) AS s ORDER BY i
SELECT k, run_id FROM unnest(ARRAY['loss', 'x', NULL, 'r.s', 'loss']) WITH ORDINALITY AS k (k, i), LATERAL (SELECT run_id FROM run ORDER BY metadata_sort(metadata, k) DESC NULLS LAST, run_id LIMIT 3) AS s ORDER BY i
SELECT run_id FROM run WHERE metadata @~ 'n = 7' ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 5 FOR UPDATE
$$);

-- an order of the same values that is not bytea's own
CREATE FUNCTION compare_lengths(bytea, bytea) RETURNS int LANGUAGE sql IMMUTABLE RETURN length($1) - length($2);
CREATE FUNCTION is_shorter(bytea, bytea) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN length($1) < length($2);
CREATE FUNCTION is_as_long(bytea, bytea) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN length($1) = length($2);
CREATE FUNCTION is_longer(bytea, bytea) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN length($1) > length($2);
CREATE OPERATOR <# (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = is_shorter);
CREATE OPERATOR =# (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = is_as_long);
CREATE OPERATOR ># (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = is_longer);
CREATE OPERATOR CLASS by_length FOR TYPE bytea USING btree AS
  OPERATOR 1 <#, OPERATOR 3 =#, OPERATOR 5 >#, FUNCTION 1 compare_lengths(bytea, bytea);
SELECT compare('SELECT run_id FROM run ORDER BY metadata_sort(metadata, ''loss'') USING <#, run_id LIMIT 5');

-- below a join with LIMIT
CREATE TABLE info (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO info SELECT i, 'run ' || i FROM generate_series(1, 2400, 2) AS i;
ANALYZE info;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT * FROM compare_all($$
SELECT id, name FROM info JOIN run ON id = run_id ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT 10
SELECT id, name FROM run LEFT JOIN info ON id = run_id WHERE metadata @~ 'x is not empty' ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 10
SELECT id, run_id FROM info LEFT JOIN run ON id = run_id AND metadata @~ 'x is not empty' ORDER BY metadata_sort(metadata, 'loss') NULLS FIRST, id LIMIT 10
$$);
-- a full join keeps no order; which scan is below depends on the version
SELECT regexp_replace(compare($$SELECT id, run_id FROM info FULL JOIN run ON id = run_id ORDER BY metadata_sort(metadata, 'loss') NULLS FIRST, id, run_id LIMIT 10$$), '^(core|Metadata Scan ordered): ', '');
RESET enable_hashjoin;
RESET enable_mergejoin;

-- NULL metadata: such rows are in no entry, so only a filter makes an order of the index
CREATE TABLE nullable (run_id int NOT NULL, project int, label text, metadata jsonb) WITH (autovacuum_enabled = off);
CREATE INDEX ON nullable USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('nullable', 300);
UPDATE nullable SET metadata = NULL WHERE run_id % 10 = 5;
SELECT * FROM compare_all($$
SELECT run_id FROM nullable ORDER BY metadata_sort(metadata, 'loss') NULLS FIRST, run_id
SELECT run_id FROM nullable WHERE metadata @~ 'n > 30' ORDER BY metadata_sort(metadata, 'loss') NULLS FIRST, run_id
SELECT run_id FROM nullable WHERE metadata @~ 'n > 30' OR project = 1 ORDER BY metadata_sort(metadata, 'loss') NULLS FIRST, run_id
SELECT run_id FROM nullable WHERE NOT metadata @~ 'loss > 0' ORDER BY metadata_sort(metadata, 'loss') DESC, run_id LIMIT 100
$$);

-- partitions: merged in order
CREATE TABLE part (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL) PARTITION BY LIST (project);
CREATE TABLE part0 PARTITION OF part FOR VALUES IN (0);
CREATE TABLE part1 (gone int, metadata jsonb NOT NULL, label text, project int NOT NULL, run_id int NOT NULL);
ALTER TABLE part1 DROP gone;
ALTER TABLE part ATTACH PARTITION part1 FOR VALUES IN (1);
CREATE TABLE part_default PARTITION OF part DEFAULT;
CREATE INDEX ON part USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('part', 600);
SELECT * FROM directions('part', ARRAY['loss', 'x', 'r.s']);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT run_id FROM part WHERE metadata @~ 'n > 30' ORDER BY metadata_sort(metadata, 'loss') LIMIT 5;

-- expression and partial indexes
CREATE TABLE special (LIKE run);
CREATE INDEX special_r ON special USING gin ((metadata -> 'r') metadata_ops) WITH (fastupdate = on);
SELECT fill('special', 400);
SELECT * FROM compare_all($$
SELECT run_id FROM special WHERE NOT metadata -> 'r' @~ 's = 3' ORDER BY metadata_sort(metadata -> 'r', 's') DESC, run_id LIMIT 50
SELECT run_id FROM special ORDER BY metadata_sort(metadata -> 'r', 's') DESC, run_id LIMIT 50
SELECT run_id FROM special ORDER BY metadata_sort(metadata, 'r.s') DESC, run_id LIMIT 50
$$);
DROP INDEX special_r;
CREATE INDEX ON special USING gin (metadata metadata_ops) WHERE project = 1;
SELECT * FROM compare_all($$
SELECT run_id FROM special WHERE project = 1 ORDER BY metadata_sort(metadata, 'loss') DESC, run_id LIMIT 50
SELECT run_id FROM special WHERE project = 2 ORDER BY metadata_sort(metadata, 'loss') DESC, run_id LIMIT 50
SELECT run_id FROM special WHERE project = 1 AND metadata @~ 'n > 30' ORDER BY metadata_sort(metadata, 'x'), run_id LIMIT 50
$$);
CREATE TABLE nothing (LIKE run);
CREATE INDEX ON nothing USING gin (metadata metadata_ops);
SELECT compare('SELECT run_id FROM nothing ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');

-- generic plans
SET plan_cache_mode = force_generic_plan;
PREPARE page (text, metadata_filter, int) AS SELECT run_id FROM run WHERE metadata @~ $2 ORDER BY metadata_sort(metadata, $1), run_id LIMIT $3;
SELECT scans('EXECUTE page (''loss'', ''n = 7'', 3)');
EXECUTE page ('loss', 'n = 7', 3);
EXECUTE page ('x', 'n = 7', 3);
EXECUTE page (NULL, 'n = 7', 3);
EXECUTE page ('loss', NULL, 3);
EXECUTE page ('loss', 'n = 7', 0);
RESET plan_cache_mode;

-- cursors
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT run_id FROM run WHERE metadata @~ 'n in (7, 8)' ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id;
FETCH 4 FROM c;
FETCH BACKWARD 2 FROM c;
UPDATE run SET metadata = '{"loss": 1000}' WHERE metadata @~ 'n = 8' AND run_id % 3 = 0;
FETCH FIRST FROM c;
FETCH LAST FROM c;
ROLLBACK;
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT run_id FROM run WHERE metadata @~ 'n = 7' AND run_id < 700 ORDER BY metadata_sort(metadata, 'notes'), run_id;
FETCH 2 FROM c;
DELETE FROM run WHERE metadata @~ 'n = 7';
COMMIT;
FETCH ALL FROM c;
CLOSE c;
BEGIN;
DECLARE c CURSOR FOR SELECT run_id FROM run WHERE metadata @~ 'n = 8' AND run_id < 700 ORDER BY metadata_sort(metadata, 'notes');
FETCH 2 FROM c;
DELETE FROM run WHERE CURRENT OF c RETURNING run_id;
FETCH c;
DELETE FROM run WHERE CURRENT OF c RETURNING run_id;
ROLLBACK;

-- EXPLAIN
EXPLAIN (COSTS OFF) SELECT run_id FROM run WHERE metadata @~ 'n > 30' ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT 5;
EXPLAIN (COSTS OFF) SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss') LIMIT 5;
SELECT * FROM explained('SELECT run_id FROM run ORDER BY metadata_sort(metadata, ''loss'') NULLS FIRST');
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET enable_sort;
-- the planner's own choice
VACUUM run;
EXPLAIN (COSTS OFF) SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT 5;

-- a condition on the key of the order limits the walk, at both ends, for values of every kind and with others besides
CREATE FUNCTION bounded() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  filter text;
  key text;
  query text;
  result text;
BEGIN
  FOREACH filter IN ARRAY ARRAY['loss > 10', 'loss >= 10.0625', 'loss <= -3', 'loss < -3', 'loss between -1.5 and 2', 'loss is 2', 'loss in (2, 3.5, 40)',
      'loss > 3 and loss <= 9', 'loss > 9 and loss < 3', 'loss > 40 or n is 5', 'not loss > 3', 'loss is not 2', 'loss > 3 and not loss > 9',
      'x is "text"', 'x in (21, "text", true)', 'x > 15', 'x < text "3"', 'x >= text "2024-01-15"', 'x is null', 'x is {}', 'x contains "e"', 'x is []',
      'x is true', 'x starts with "2"', 'x is {"y": 1}', 'x is [1, "a"]', 'when is date "2024-01-15"', 'when > date "2024-01-15"', 'when >= date "2024-01-15T00:00:00.5Z"',
      'when <= date "2024-01-15"', 'when < date "2024-01-16"', 'when < text "2024-01-15T"', 'when contains "T0"', 'r.s > 20', 'r.s is 5 and n < 60',
      format('notes is "%sa7"', repeat('long ', 25)), format('notes < text "%sb"', repeat('long ', 25)), 'notes > text "long"', 'notes contains "a1"',
      'notes starts with "long"', format('digits >= %s.5', repeat('1234567890', 30)), format('digits is %s.5', repeat('1234567890', 30)),
      format('"%s0" < 10', repeat('k', 140)), 'tags is "t1"', 'tags in ("single", "t2")', 'tags > text "t"'] LOOP
    key := (regexp_match(filter, '^(?:not )?"?([a-z.]+0?)'))[1];
    FOR query IN SELECT format('SELECT metadata_sort(metadata, %1$L), run_id FROM run WHERE %2$s ORDER BY metadata_sort(metadata, %1$L) %3$s, run_id %4$s', key, f, d, p)
      FROM unnest(ARRAY[format('metadata @~ %L', filter), format('metadata @~ %L AND metadata @~ ''n < 90'' AND project < 3', filter)]) AS f,
        unnest('{ASC NULLS LAST,DESC NULLS FIRST,DESC NULLS LAST}'::text[]) AS d, unnest('{LIMIT 15,""}'::text[]) AS p
    LOOP
      result := compare(query);
      IF result !~ '^Metadata Scan ordered: ' THEN
        RETURN NEXT query || ': ' || result;
      END IF;
    END LOOP;
  END LOOP;
  RETURN NEXT 'done';
END $$;
SELECT * FROM bounded();
CREATE FUNCTION postings(query text) RETURNS int LANGUAGE plpgsql SET enable_sort = off AS $$
DECLARE
  plan jsonb;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
  RETURN jsonb_path_query_first(plan, 'strict $.** ? (exists (@."Postings Read"))') ->> 'Postings Read';
END $$;
SELECT postings(format('SELECT run_id FROM run WHERE metadata @~ %L ORDER BY metadata_sort(metadata, ''loss'') %s LIMIT 1', f, d)) < 600 AS few
FROM (VALUES ('loss > 35', 'ASC NULLS LAST'), ('loss < 0', 'DESC NULLS LAST'), ('n < 101', 'ASC NULLS LAST')) AS v (f, d);
-- of two ranges that begin at one value, the narrower one limits the walk, whichever is first
SELECT postings(format('SELECT run_id FROM run WHERE metadata @~ %L ORDER BY metadata_sort(metadata, ''status'') %s LIMIT 1', a || ' and ' || b, d)) =
  postings(format('SELECT run_id FROM run WHERE metadata @~ %L ORDER BY metadata_sort(metadata, ''status'') %s LIMIT 1', b || ' and ' || a, d)) AS same
FROM (VALUES ('status > "failed"', 'status >= "failed"', 'ASC NULLS LAST'), ('status < "queued"', 'status <= "queued"', 'DESC NULLS LAST')) AS v (a, b, d);

-- A page of a filter that many rows pass: rows are checked one by one, until that has cost as much as the filter's set
-- would; then there is a set, and Postings Read tells of it, where it is not so small that its rows are sorted, which reads
-- no more.  "late", "second" and "rare" rows are at the end of the order.
CREATE TABLE page (run_id int NOT NULL, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO page SELECT i, jsonb_build_object('n', i, 'half', i % 2 = 0, 'late', i > 9000, 'second', i > 5000, 'long', repeat('long ', 25) || i % 2)
  || CASE WHEN i % 1000 = 999 THEN jsonb '{"rare": true}' ELSE '{}' END FROM generate_series(1, 10000) AS i;
CREATE INDEX ON page USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM ANALYZE page;
CREATE FUNCTION tried(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan jsonb;
  node jsonb;
  by_scan text[];
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
  node := jsonb_path_query_first(plan, 'strict $.** ? (exists (@."Custom Plan Provider"))');
  by_scan := answer(query);
  SET LOCAL detmeta.enable_metadata_scan = off;
  RETURN format('%s, %s: %s rows, %s', CASE WHEN (node ->> 'Rows Rechecked')::int > 0 THEN 'checked' ELSE 'not checked' END,
    CASE WHEN (node ->> 'Postings Read')::int > 1000 THEN 'a set' ELSE 'no set' END, cardinality(by_scan),
    CASE WHEN by_scan = answer(query) THEN 'as sorted' ELSE 'DIFFERENT: ' || by_scan::text END);
END $$;
CREATE FUNCTION tried_all() RETURNS TABLE (result text, query text) LANGUAGE plpgsql AS $$
BEGIN
  FOREACH query IN ARRAY ARRAY['half is true;ASC NULLS LAST;LIMIT 10', 'half is true;DESC NULLS LAST;LIMIT 10 OFFSET 5',
      'half is true;DESC NULLS FIRST;LIMIT 10', 'half is not true and n is not 3;ASC NULLS LAST;LIMIT 10', 'late is true;ASC NULLS LAST;LIMIT 10',
      'late is true;DESC NULLS LAST;LIMIT 10', 'second is true;ASC NULLS LAST;LIMIT 10', 'second is not true;DESC NULLS LAST;LIMIT 10', 'long contains "long 1";ASC NULLS LAST;LIMIT 10', 'rare is true;ASC NULLS LAST;LIMIT 5',
      'half is true;ASC NULLS LAST;'] LOOP
    PERFORM set_config('detmeta.enable_metadata_scan', 'on', true);
    result := tried(format('SELECT run_id FROM page WHERE metadata @~ %L ORDER BY metadata_sort(metadata, ''n'') %s, run_id %s',
      split_part(query, ';', 1), split_part(query, ';', 2), split_part(query, ';', 3)));
    RETURN NEXT;
  END LOOP;
END $$;
SELECT * FROM tried_all();
UPDATE page SET metadata = metadata || '{"half": true}' WHERE run_id % 7 = 3;
DELETE FROM page WHERE run_id % 10 = 2;
ALTER INDEX page_metadata_idx SET (fastupdate = on);
INSERT INTO page SELECT i, jsonb_build_object('half', i % 2 = 0) FROM generate_series(10001, 10100) AS i;
SELECT * FROM tried_all();
-- costs that make a row cost nothing to check, or less
BEGIN;
SET LOCAL enable_sort = off;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL effective_cache_size = '1MB';
SET LOCAL seq_page_cost = 10;
SET LOCAL random_page_cost = 0;
SELECT * FROM tried_all();
SELECT array_agg(run_id) FROM (SELECT run_id FROM page WHERE metadata @~ 'n > 100 and half is true' ORDER BY metadata_sort(metadata, 'n') LIMIT 5) AS p;
SET LOCAL seq_page_cost = 0;
SET LOCAL cpu_tuple_cost = 0;
SET LOCAL cpu_index_tuple_cost = 0;
SET LOCAL cpu_operator_cost = 0;
SELECT * FROM tried_all();
SELECT array_agg(run_id) FROM (SELECT run_id FROM page WHERE metadata @~ 'n > 100 and half is true' ORDER BY metadata_sort(metadata, 'n') LIMIT 5) AS p;
ROLLBACK;
-- where the text has to be there, there is no number that is NULL, and no rows without one are first
SELECT index_plan('SELECT run_id FROM page WHERE metadata->>''n'' IS NOT NULL ORDER BY (metadata->>''n'')::float8 DESC LIMIT 5');
SELECT index_plan('SELECT run_id FROM page WHERE metadata->>''half'' IS NOT NULL ORDER BY (metadata->>''n'')::float8 DESC LIMIT 5');
-- again and again, with another key each time, of which one makes no order, and with another filter
SET enable_sort = off;
SELECT index_plan($$SELECT (SELECT array_agg(run_id) FROM (SELECT run_id FROM page WHERE metadata @~ 'half is true' ORDER BY metadata_sort(metadata, k) LIMIT 3) AS p)
FROM unnest('{n,NULL,half}'::text[]) AS k$$);
SELECT k, count(*), min(found) FILTER (WHERE k IS NOT NULL), min(cardinality(found))
FROM unnest('{n}' || array_fill(NULL::text, '{100}') || '{half,n}'::text[]) AS k, LATERAL (SELECT
    (SELECT array_agg(run_id) FROM (SELECT run_id FROM page WHERE metadata @~ 'half is true' ORDER BY metadata_sort(metadata, k), run_id LIMIT 3) AS p) AS found) AS f
GROUP BY k ORDER BY k;
RESET enable_sort;
SET enable_seqscan = off;
SELECT f, found FROM unnest('{half is true,late is true,n > 9990}'::metadata_filter[]) AS f,
  LATERAL (SELECT array_agg(run_id) AS found FROM (SELECT run_id FROM page WHERE metadata @~ f
    ORDER BY metadata_sort(metadata, 'n') NULLS LAST LIMIT 3) AS p) AS l;
\set ECHO none
DROP SCHEMA scan_order CASCADE;
