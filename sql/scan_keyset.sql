-- Keyset pagination: a Metadata Scan in an order begins where the clauses compare the order's expressions with values
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_keyset;
SET search_path = scan_keyset, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

CREATE UNIQUE INDEX run_id_key ON run (run_id);
ALTER TABLE run ADD started int;
UPDATE run SET started = run_id % 37 WHERE run_id % 3 > 0;
CREATE INDEX ON run (started);

-- The condition that a row comes behind others with some values, in an order with NULLS LAST or FIRST everywhere: as text.
CREATE FUNCTION behind(expressions text[], descending boolean[], vals text[], nulls_last boolean) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN cardinality(expressions) = 0 THEN 'false' WHEN vals[1] IS NULL THEN
      format(CASE WHEN nulls_last THEN '(%1$s IS NULL AND %2$s)' ELSE '(%1$s IS NOT NULL OR (%1$s IS NULL AND %2$s))' END, expressions[1], behind(expressions[2:], descending[2:], vals[2:], nulls_last))
    ELSE format(CASE WHEN nulls_last THEN '(%1$s %2$s %3$s OR (%1$s = %3$s AND %4$s) OR %1$s IS NULL)' ELSE '(%1$s %2$s %3$s OR (%1$s = %3$s AND %4$s))' END,
      expressions[1], CASE WHEN descending[1] THEN '<' ELSE '>' END, vals[1], behind(expressions[2:], descending[2:], vals[2:], nulls_last)) END
$$;

-- Pages behind many rows of the order, where the condition is written in the long way; and where all go the same way, by rows.
CREATE FUNCTION pages(name text, keys text[], descending boolean[], every int) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  expressions text[] := ARRAY(SELECT CASE WHEN k = '' THEN 'run_id' ELSE format('metadata_sort(metadata, %L)', k) END FROM unnest(keys) AS k);
  nulls_last boolean;
  vals text[];
  condition text;
  result text;
  n int := 0;
BEGIN
  FOREACH nulls_last IN ARRAY '{true,false}'::boolean[] LOOP
    FOR vals IN EXECUTE format('SELECT ARRAY[%s] FROM %s WHERE run_id %% %s = 0 ORDER BY run_id', (SELECT string_agg(format('quote_literal(%s)', e), ', ') FROM unnest(expressions) AS e), name, every) LOOP
      FOR condition IN
        SELECT behind(expressions, descending, vals, nulls_last)
        UNION ALL SELECT format('(%s) %s (%s)', array_to_string(expressions, ', '), CASE WHEN descending[1] THEN '<' ELSE '>' END, array_to_string(vals, ', ', 'NULL'))
          WHERE cardinality(expressions) > 1 AND true = ALL (SELECT d = descending[1] FROM unnest(descending) AS d)
        UNION ALL SELECT format('%s %s %s', expressions[1], CASE WHEN descending[1] THEN '<=' ELSE '>=' END, vals[1]) WHERE vals[1] IS NOT NULL
      LOOP
        result := compare(format('SELECT run_id FROM %s WHERE %s ORDER BY %s LIMIT 9', name, condition,
          (SELECT string_agg(e || CASE WHEN descending[i] THEN ' DESC' ELSE '' END || CASE WHEN nulls_last THEN ' NULLS LAST' ELSE ' NULLS FIRST' END, ', ' ORDER BY i) FROM unnest(expressions) WITH ORDINALITY AS u (e, i))));
        n := n + 1;
        IF result !~ '^Metadata Scan ordered: ' THEN
          RETURN NEXT condition || ': ' || result;
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN NEXT n || ' pages of ' || keys::text;
END $$;
SELECT pages('run', '{loss,""}', '{f,f}', 61);
SELECT pages('run', '{loss,""}', '{t,t}', 61);
SELECT pages('run', '{x,""}', '{f,f}', 43);
SELECT pages('run', '{x,""}', '{t,f}', 43);
SELECT pages('run', '{status,""}', '{f,t}', 83);
SELECT pages('run', '{status,x,""}', '{t,f,f}', 43);
SELECT pages('run', '{x,loss,n,""}', '{f,f,f,f}', 43);
SELECT pages('run', '{when,""}', '{f,f}', 43);
SELECT pages('run', '{when,""}', '{t,t}', 43);
SELECT pages('run', '{notes,""}', '{f,f}', 61);
SELECT pages('run', '{notes,status,""}', '{t,t,t}', 61);
SELECT pages('run', '{digits,""}', '{t,f}', 61);
SELECT pages('run', '{r.s,""}', '{f,f}', 43);
SELECT pages('run', '{unknown,""}', '{f,f}', 301);
SELECT pages('run', '{tags,n,""}', '{t,f,f}', 61);

-- what the node says: starts, and clauses that tell of none
SELECT index_plan('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''loss''), run_id) > (''\x05'', 7) ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE ''\x05'' >= metadata_sort(metadata, ''loss'') ORDER BY metadata_sort(metadata, ''loss'') DESC, run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE metadata_sort(metadata, ''loss'') < ''\x05'' ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''loss''), -run_id) > (''\x05'', 7) ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''loss''), run_id) > (''\x05'', 7::bigint) ORDER BY metadata_sort(metadata, ''loss''), run_id DESC LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''loss''), started) > (''\x05'', 7) ORDER BY metadata_sort(metadata, ''loss''), started LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE metadata_sort(metadata, ''loss'') > ''\x05'' OR metadata_sort(metadata, ''n'') > ''\x05'' ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE metadata_sort(metadata, ''loss'') > ''\x05'' OR metadata_sort(metadata, ''loss'') = ''\x04'' ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE metadata_sort(metadata, ''loss'') >= ''\x05'' OR (metadata_sort(metadata, ''loss'') = ''\x05'' AND run_id > 7) ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE NOT metadata_sort(metadata, ''loss'') > ''\x05'' ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');

-- what the start of a later key must not come of: another collation, two branches of one value, a branch with all of it
ALTER TABLE run ADD name text COLLATE "C" NOT NULL DEFAULT '';
UPDATE run SET name = 'run ' || run_id;
CREATE UNIQUE INDEX ON run (name);
SELECT index_plan('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''loss''), name) > (''\x05'', ''run 7'') ORDER BY metadata_sort(metadata, ''loss''), name LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''loss''), name) > (''\x05'', ''run 7'' COLLATE "POSIX") ORDER BY metadata_sort(metadata, ''loss''), name LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE metadata_sort(metadata, ''loss'') <= ''\x05'' OR (metadata_sort(metadata, ''loss'') = ''\x05'' AND run_id < 7) ORDER BY metadata_sort(metadata, ''loss'') DESC, run_id DESC LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE metadata_sort(metadata, ''loss'') > ''\x05'' OR (metadata_sort(metadata, ''loss'') = ''\x05'' AND run_id > 1) OR (metadata_sort(metadata, ''loss'') = ''\x05'' AND run_id > 7) ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5');
SELECT * FROM compare_all(regexp_replace($$
SELECT run_id FROM run WHERE status: > '\x07646f6e65' OR (status: = '\x07646f6e65' AND project = 0 AND run_id > 3) OR (status: = '\x07646f6e65' AND run_id > 1500) ORDER BY status:, run_id LIMIT 9
SELECT run_id FROM run WHERE status: <= '\x07646f6e65' OR (status: = '\x07646f6e65' AND run_id < 7) ORDER BY status: DESC, run_id DESC LIMIT 9
SELECT run_id FROM run WHERE (n:, run_id) > ('\x06', 7) OR loss: > '\x05' ORDER BY loss:, run_id LIMIT 9
SELECT run_id FROM run WHERE (loss:, run_id, project) > ('\x05', 7, 1) ORDER BY loss:, run_id LIMIT 9
$$, '([a-z.]+):', 'metadata_sort(metadata, ''\1'')', 'g'));

-- of a branch with more conditions, rows without a value are wanted if it wants them
SELECT compare('SELECT run_id FROM run WHERE (project = 1 AND (metadata_sort(metadata, ''loss'') > ''\x0601'' OR metadata_sort(metadata, ''loss'') IS NULL)) OR (metadata_sort(metadata, ''loss'') = ''\x0601'' AND run_id > 7) ORDER BY metadata_sort(metadata, ''loss''), run_id');
SELECT index_plan('SELECT run_id FROM run WHERE (project = 1 AND (metadata_sort(metadata, ''loss'') > ''\x0601'' OR metadata_sort(metadata, ''loss'') IS NULL)) OR (metadata_sort(metadata, ''loss'') = ''\x0601'' AND run_id > 7) ORDER BY metadata_sort(metadata, ''loss''), run_id');
-- bytes that no value has, at both ends; NULL; and parameters
SELECT * FROM compare_all((SELECT string_agg(format('SELECT run_id FROM run WHERE metadata_sort(metadata, ''x'') %s %s ORDER BY metadata_sort(metadata, ''x'') %s, run_id', CASE WHEN d = '' THEN '>' ELSE '<' END, v, d), E'\n')
  FROM unnest(ARRAY['''''', '''\x00''', '''\x04''', '''\x05''', '''\x05ff''', '''\x06''', '''\x0600''', '''\x06ffffffffffffffff00''', '''\x07ff''', '''\x0774657874''', '''\x08''', '''\x0800''', '''\xff''', 'NULL']) AS v, unnest('{"",DESC}'::text[]) AS d));
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
PREPARE page (bytea, bigint) AS SELECT run_id FROM run WHERE (metadata_sort(metadata, 'loss'), run_id) > ($1, $2) ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 3;
EXPLAIN (COSTS OFF) EXECUTE page ('\x05', 7);
EXECUTE page (metadata_sort('{"loss": 7.5}', 'loss'), 777);
EXECUTE page (metadata_sort('{"loss": 7.5}', 'loss'), NULL);
EXECUTE page (NULL, 777);
-- of many rows that are equal, those behind NULL, which is no text
PREPARE named (bytea, text) AS SELECT run_id FROM run WHERE (metadata_sort(metadata, 'status'), name) > ($1, $2) ORDER BY metadata_sort(metadata, 'status'), name LIMIT 3;
EXECUTE named (metadata_sort('{"status": "done"}', 'status'), 'run 7');
EXECUTE named (metadata_sort('{"status": "done"}', 'status'), NULL);
EXECUTE named (NULL, NULL);
-- a key that is NULL makes no order, and the start of the next one would be of rows that are equal in it
PREPARE behind (text) AS SELECT run_id FROM run WHERE metadata_sort(metadata, $1) > '\x06' OR (metadata_sort(metadata, $1) = '\x06' AND metadata_sort(metadata, 'loss') > '\x05c0') OR metadata_sort(metadata, $1) IS NULL
  ORDER BY metadata_sort(metadata, $1), metadata_sort(metadata, 'loss'), run_id LIMIT 3;
EXPLAIN (COSTS OFF) EXECUTE behind ('x');
EXECUTE behind ('x');
EXECUTE behind (NULL);
SELECT array_agg(run_id) FROM (SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 3) AS s;
RESET plan_cache_mode;
SELECT v, ids FROM unnest(ARRAY[1, 5.5, NULL, 40, 7.5]) AS v, LATERAL (SELECT array_agg(run_id) AS ids FROM
  (SELECT run_id FROM run WHERE (metadata_sort(metadata, 'loss'), run_id) > (metadata_sort(jsonb_build_object('loss', v), 'loss'), 700) ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 3) AS s) AS l;

-- few entries are read, wherever the page is
VACUUM ANALYZE run;
SELECT n, counted('Postings Read', format('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''loss''), run_id) > (%L, %s) ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 3', l, run_id)) < 600 AS up,
  counted('Postings Read', format('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''loss''), run_id) < (%L, %s) ORDER BY metadata_sort(metadata, ''loss'') DESC, run_id DESC LIMIT 3', l, run_id)) < 600 AS down,
  counted('Heap Fetches', format('SELECT run_id FROM run WHERE (metadata_sort(metadata, ''status''), run_id) > (%L, %s) ORDER BY metadata_sort(metadata, ''status''), run_id LIMIT 3', s, run_id)) < 30 AS ties
FROM unnest('{10,500,1000,1500}'::int[]) AS n, LATERAL (SELECT run_id, metadata_sort(metadata, 'loss') AS l, metadata_sort(metadata, 'status') AS s FROM run WHERE metadata_not_empty(metadata, 'loss')
  ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 1 OFFSET n) AS r;

-- Orders by core's casts and by -> begin in the same ways, with values of their own types
SELECT index_plan('SELECT run_id FROM run WHERE ((metadata->>''loss'')::float8, run_id) > (7.5, 7) ORDER BY (metadata->>''loss'')::float8, run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE ((metadata->>''loss'')::numeric, run_id) < (7.5, 7) ORDER BY (metadata->>''loss'')::numeric DESC, run_id DESC LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE (metadata->''loss'', metadata->''n'', run_id) > (''"text"'', ''7'', 7) ORDER BY metadata->''loss'', metadata->''n'', run_id LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE (metadata->>''n'')::float8 > 7 OR ((metadata->>''n'')::float8 = 7 AND run_id < 70) OR (metadata->>''n'')::float8 IS NULL ORDER BY (metadata->>''n'')::float8, run_id DESC LIMIT 5');
SELECT index_plan('SELECT run_id FROM run WHERE (metadata->>''loss'')::float8 IS NULL AND run_id > 7 ORDER BY (metadata->>''loss'')::float8, run_id LIMIT 5');
-- not where the value is of another type than the expression
SELECT index_plan('SELECT run_id FROM run WHERE (metadata->>''loss'')::float8 > 7.5::float4 ORDER BY (metadata->>''loss'')::float8, run_id LIMIT 5');
-- few entries are read
SELECT counted('Postings Read', 'SELECT run_id FROM run WHERE ((metadata->>''loss'')::float8, run_id) > (37.5, 7) ORDER BY (metadata->>''loss'')::float8, run_id LIMIT 3') < 600 AS up,
  counted('Postings Read', 'SELECT run_id FROM run WHERE ((metadata->>''loss'')::numeric, run_id) < (-15, 7) ORDER BY (metadata->>''loss'')::numeric DESC, run_id DESC LIMIT 3') < 600 AS down;
SELECT count(*), count(*) FILTER (WHERE result !~ '^Metadata Scan ordered') FROM (VALUES ('>', ''), ('<', ' DESC')) AS t (c, d), (
  SELECT '(metadata->>''loss'')::float8', quote_literal(v) || '::float8' FROM unnest('{7.5,-infinity,infinity,NaN,0,7.500000000000001,7.499999999999999,1e308}'::text[]) AS v UNION ALL
  SELECT '(metadata->>''loss'')::numeric', quote_literal(v) || '::numeric' FROM unnest('{7.5,-infinity,infinity,NaN,-20,7.50000000000000000001}'::text[]) AS v UNION ALL
  SELECT '(metadata->''loss'')', quote_literal(v) || '::jsonb' FROM unnest(ARRAY['[]', 'null', '"2024-01-15"', '"text"', '9', '-1e30', 'false', 'true', '[1]', '{}', '{"y": 1}']) AS v) AS w (e, v),
  LATERAL compare(format('SELECT run_id FROM run WHERE (%s, run_id) %s (%s, 700) ORDER BY %1$s%4$s, run_id%4$s', e, c, v, d)) AS result;
-- values of many kinds: those that the index does not have in this order are sorted, the others come from it
CREATE TABLE kinds (run_id int PRIMARY KEY, metadata jsonb NOT NULL);
INSERT INTO kinds SELECT i, CASE WHEN i % 90 < 4 THEN jsonb_build_object('x', (ARRAY['"text"', '[1]', '{"y": 1}', '"2024-01-15"'])[1 + i % 90]::jsonb)
  WHEN i % 7 = 0 THEN '{}' ELSE jsonb_build_object('x', (ARRAY['[]', 'null', '9', '-1e30', 'false', 'true', '9.5'])[1 + i % 7]::jsonb) END FROM generate_series(1, 900) AS i;
CREATE INDEX ON kinds USING gin (metadata metadata_ops);
VACUUM ANALYZE kinds;
SELECT index_plan('SELECT run_id FROM kinds WHERE (metadata->''x'', run_id) > (''"text"'', 7) ORDER BY metadata->''x'', run_id LIMIT 5');
SELECT count(*), count(*) FILTER (WHERE result !~ '^Metadata Scan ordered') FROM (VALUES ('>', ''), ('<', ' DESC')) AS t (c, d),
  unnest(ARRAY['[]', 'null', '"2024-01-15"', '"text"', '"zz"', '9', '-1e30', 'false', 'true', '[1]', '{}', '{"y": 1}', '[1, "a"]']) AS v,
  LATERAL compare(format('SELECT run_id FROM kinds WHERE (metadata->''x'', run_id) %s (%L, 450) ORDER BY metadata->''x''%s, run_id%3$s', c, v, d)) AS result;
-- numbers that are written otherwise, and more than a float8 holds
CREATE TABLE digits (run_id int PRIMARY KEY, metadata jsonb NOT NULL);
INSERT INTO digits SELECT i, format('{"f": %s}', (ARRAY['0.1', '0.10', '0.1000000000000000055511151231257827', '0.1000000000000000055', '0.09999999999999999', '0.0999999999999999986', '0.10000000000000001249',
  '9007199254740992', '9007199254740993', '9007199254740991', '9007199254740994', '-9007199254740993', '0', '-0.0', '5e-324', '1.7976931348623157e308', '-1.7976931348623157e308'])[1 + i % 17])::jsonb FROM generate_series(1, 100) AS i;
CREATE INDEX ON digits USING gin (metadata metadata_ops);
VACUUM ANALYZE digits;
SELECT count(*), count(*) FILTER (WHERE result !~ '^Metadata Scan ordered') FROM digits, (VALUES ('>', ''), ('<', ' DESC')) AS t (c, d),
  LATERAL compare(format('SELECT run_id FROM digits WHERE ((metadata->>''f'')::float8, run_id) %s (%L::float8, 50) ORDER BY (metadata->>''f'')::float8%s, run_id%3$s', c, metadata->>'f', d)) AS result WHERE run_id <= 17;
PREPARE by_float (float8, int) AS SELECT run_id FROM run WHERE ((metadata->>'loss')::float8, run_id) > ($1, $2) ORDER BY (metadata->>'loss')::float8, run_id LIMIT 3;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_float (1, 1);
EXECUTE by_float (7.5, 777);
EXECUTE by_float (NULL, 777);
EXECUTE by_float ('NaN', 777);
RESET plan_cache_mode;
-- what core's cast fails on is an error, wherever the order begins
INSERT INTO digits VALUES (101, '{"f": "none"}');
SELECT run_id FROM digits WHERE ((metadata->>'f')::float8, run_id) > (1, 1) ORDER BY (metadata->>'f')::float8, run_id LIMIT 3;
DELETE FROM digits WHERE run_id = 101;
SELECT run_id FROM digits WHERE ((metadata->>'f')::float8, run_id) > (1, 1) ORDER BY (metadata->>'f')::float8, run_id LIMIT 3;

\set ECHO none
DROP SCHEMA scan_keyset CASCADE;
