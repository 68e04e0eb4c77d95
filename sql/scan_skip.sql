-- OFFSET: a Metadata Scan in the order of the query skips rows itself
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA scan_skip;
SET search_path = scan_skip, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

CREATE UNIQUE INDEX run_id_key ON run (run_id);

-- at every depth, from the first row to behind the last, of tables whose rows are all visible, and are not
CREATE FUNCTION depths(name text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  query text;
  result text;
BEGIN
  FOR query IN
    SELECT format('SELECT run_id FROM %s %s ORDER BY %s LIMIT %s OFFSET %s', name, f, o, l, n)
    FROM unnest(ARRAY['', 'WHERE metadata @~ ''n < 40''', 'WHERE metadata @~ ''notes < "long"'' IS NOT TRUE', 'WHERE metadata @~ ''notes contains "long a1"''']) AS f,
      unnest(ARRAY['metadata_sort(metadata, ''loss''), run_id', 'metadata_sort(metadata, ''status'') DESC NULLS LAST, run_id DESC', 'metadata_sort(metadata, ''x'') NULLS FIRST, metadata_sort(metadata, ''n''), run_id',
        'metadata_sort(metadata, ''r.s'') DESC, run_id', 'metadata_sort(metadata, ''notes''), run_id', '(metadata->>''n'')::float8 DESC NULLS LAST, run_id']) AS o,
      unnest('{3,1000,ALL}'::text[]) AS l, unnest('{1,2,299,600,1100,1190,1250,2000,2380,2400,9000000000}'::bigint[]) AS n
  LOOP
    result := compare(query);
    IF result !~ '^Metadata Scan ordered: ' THEN
      RETURN NEXT query || ': ' || result;
    END IF;
  END LOOP;
  RETURN NEXT 'done';
END $$;
SELECT depths('run');
VACUUM run;
SELECT depths('run');
ALTER INDEX run_metadata SET (fastupdate = on);
INSERT INTO run SELECT i, i % 4, NULL, document(i) FROM generate_series(3001, 3100) AS i;
DELETE FROM run WHERE run_id % 41 = 0;
SELECT depths('run');
VACUUM run;

-- heap fetches of deep pages: those of the page
CREATE FUNCTION fetches(query text) RETURNS text LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
  plan jsonb;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
  RETURN jsonb_path_query_first(plan, 'strict $.** ? (exists (@."Heap Fetches"))') ->> 'Heap Fetches';
END $$;
SELECT n, fetches(format('SELECT * FROM run ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5 OFFSET %s', n)) AS loss,
  fetches(format('SELECT * FROM run WHERE metadata @~ ''n < 90'' ORDER BY metadata_sort(metadata, ''loss'') DESC NULLS LAST, run_id LIMIT 5 OFFSET %s', n)) AS filtered
FROM unnest('{3,500,1000,1500,1900}'::int[]) AS n;
-- of ties those of the filter are counted, not all rows of the value: only the ties that the page is in are fetched
SELECT n, fetches(format('SELECT * FROM run WHERE metadata @~ ''n < 10'' ORDER BY metadata_sort(metadata, ''status''), run_id LIMIT 5 OFFSET %s', n))::int < 90 AS few FROM unnest('{3,65,80,125,190}'::int[]) AS n;
-- the planner takes it also where a sort is allowed: a walk that fetched what is skipped would cost more than that
ANALYZE run;
CREATE FUNCTION chosen(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  RETURN concat_ws(', ', plan #>> '{0,Plan,Plans,0,Node Type}', 'skips ' || (plan #>> '{0,Plan,Plans,0,Skipped Rows}'));
END $$;
SELECT n, chosen(format('SELECT * FROM run WHERE metadata @~ ''n < 90'' ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5 OFFSET %s', n)) AS filtered,
  chosen(format('SELECT run_id, metadata->''n'' FROM run ORDER BY metadata_sort(metadata, ''status'') DESC, run_id LIMIT 5 OFFSET %s', n)) AS projected
FROM unnest('{1000,1500,1900,2100,5000}'::int[]) AS n;
-- what the node says, and where the Limit keeps OFFSET
SELECT index_plan('SELECT run_id FROM run ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5 OFFSET 700');
SELECT index_plan('SELECT run_id, metadata->''n'' FROM run WHERE metadata @~ ''n < 5'' ORDER BY metadata_sort(metadata, ''loss''), run_id OFFSET 70');
SELECT index_plan('SELECT run_id FROM run WHERE metadata @~ ''n < 5'' AND label IS NULL ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5 OFFSET 70');
SELECT index_plan('SELECT run_id FROM run ORDER BY metadata_sort(metadata, ''loss''), label LIMIT 5 OFFSET 700');
SELECT index_plan('SELECT run_id, random() FROM run ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5 OFFSET 700');
SELECT index_plan('SELECT run_id, generate_series(1, 2) FROM run ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5 OFFSET 700');
SELECT index_plan('SELECT run_id FROM run ORDER BY metadata_sort(metadata, ''loss'') OFFSET 700 FETCH FIRST 5 ROWS WITH TIES');
SELECT index_plan('SELECT run_id FROM run ORDER BY metadata_sort(metadata, ''loss''), run_id LIMIT 5 OFFSET 700 FOR UPDATE');

-- where rows are equal in the order, pages that follow each other have each row once: all are read from the same end
SELECT count(*), count(DISTINCT run_id) FROM generate_series(0, 48) AS i,
  LATERAL (SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'status') LIMIT 50 OFFSET i * 50) AS s;
SELECT count(*), count(DISTINCT run_id) FROM run;

-- OFFSET that is a parameter, NULL, negative; and is another one for each row
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
SET plan_cache_mode = force_generic_plan;
PREPARE page (int, int) AS SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT $1 OFFSET $2;
EXPLAIN (COSTS OFF) EXECUTE page (2, 3);
EXECUTE page (2, 3);
EXECUTE page (2, 2390);
EXECUTE page (NULL, 2395);
EXECUTE page (0, 2395);
EXECUTE page (2, NULL);
EXECUTE page (2, -1);
\echo :SQLSTATE
EXECUTE page (-1, 2);
RESET plan_cache_mode;
SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss'), run_id OFFSET -1;
SELECT i, p FROM unnest('{0,5,1000,2393,NULL,5}'::int[]) AS i, LATERAL (SELECT array_agg(run_id) AS p FROM (SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 3 OFFSET i) AS s) AS l;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT run_id FROM run ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 5 OFFSET 2000;
FETCH 4 FROM c;
FETCH BACKWARD 2 FROM c;
FETCH ABSOLUTE 5 FROM c;
FETCH c;
ROLLBACK;

\set ECHO none
DROP SCHEMA scan_skip CASCADE;
