-- Searching and comparing runs
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_search;
SET search_path = explore_search, public;
\set ECHO none
\i :tree/test/regress/explore.sql
\set ECHO all

CREATE TABLE run (run_id int PRIMARY KEY, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
CREATE INDEX ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO run SELECT i, document(i) FROM generate_series(1, 1000) AS i WHERE document(i) IS NOT NULL;
DELETE FROM run WHERE run_id % 11 = 3;
UPDATE run SET metadata = metadata || '{"n": 5}' WHERE run_id % 13 = 5;
SELECT * FROM outcomes($$
search_run_metadata()
compare_run_metadata('{1}')
$$);
SET detmeta.runs_table = 'run';

-- one page and the count of all
SELECT run_id, total FROM search_run_metadata("limit" => 3);
SELECT run_id, metadata = document(run_id::int) AS stored, total FROM search_run_metadata('n = 5', "limit" => 3);
SELECT run_id, total FROM search_run_metadata('n = 5', "limit" => 3, "offset" => 6);
SELECT run_id, total FROM search_run_metadata('n = 5 and digits is not empty', 'metadata.digits', "limit" => NULL);
SELECT run_id, total FROM search_run_metadata('n = 5', run_ids => '{5,12,19,20,33,NULL,12,7000}');
SELECT run_id, total FROM search_run_metadata(run_ids => '{5,12,19,20,33,NULL,12,7000}', "limit" => 2);
SELECT run_id, total FROM search_run_metadata(run_ids => '{}');
-- behind the end there is no row to tell the count
SELECT count(*) FROM search_run_metadata('n = 5', "limit" => 3, "offset" => 1000);
SELECT count(*) FROM search_run_metadata('n = 5', "limit" => 0);
SELECT count(*) FROM search_run_metadata('unknown = 5');
-- no text is no condition
SELECT run_id, total FROM search_run_metadata('', '', "limit" => 1);
SELECT run_id, total FROM search_run_metadata(E' \n', ' ', "limit" => 1);
-- the filter JSON of the WebUI
SELECT run_id, total FROM search_run_metadata('{"filterGroup": {"kind": "group", "conjunction": "and", "children": [{"kind": "field",
  "columnName": "metadata.n", "location": "LOCATION_TYPE_RUN_METADATA", "operator": ">=", "type": "COLUMN_TYPE_NUMBER", "value": 6.5}]}}', "limit" => 2);
-- an extension in a schema whose name needs quotes
BEGIN;
CREATE SCHEMA "else where";
ALTER EXTENSION detmeta SET SCHEMA "else where";
SELECT run_id, total FROM "else where".search_run_metadata('n = 5', 'metadata.n', 1);
ROLLBACK;

-- orders: runs without a value last in either direction, ties by run_id
CREATE FUNCTION page(sort text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(run_id::text, ' ' ORDER BY ordinality) || ' of ' || max(total)
  FROM search_run_metadata('o.x < 2', sort, 4, 2, (SELECT array_agg(i) FROM generate_series(1, 60) AS i)) WITH ORDINALITY
$$;
CREATE FUNCTION sorted(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text;
BEGIN
  EXECUTE format($q$ SELECT string_agg(run_id::text, ' ') || ' of ' || max(total) FROM (SELECT run_id, count(*) OVER () AS total FROM run
    WHERE metadata @~ 'o.x < 2' AND run_id <= 60 ORDER BY %s LIMIT 4 OFFSET 2) AS s $q$, expression) INTO result;
  RETURN result;
END $$;
SELECT sort, page(sort), page(sort) = sorted(expression) AS equal FROM (VALUES
  (NULL, 'run_id'), ('', 'run_id'), ('id=desc', 'run_id DESC'), ('run_id', 'run_id'),
  ('metadata.n=desc', $$metadata_sort(metadata, 'n') DESC NULLS LAST, run_id$$),
  ('metadata.n=asc', $$metadata_sort(metadata, 'n') NULLS LAST, run_id$$),
  (' metadata.when = DESC , id = Desc ', $$metadata_sort(metadata, 'when') DESC NULLS LAST, run_id DESC$$),
  ('metadata.flag,metadata.o.p.q=desc', $$metadata_sort(metadata, 'flag') NULLS LAST, metadata_sort(metadata, 'o.p.q') DESC NULLS LAST, run_id$$),
  ('metadata.notes=desc,metadata.tags', $$metadata_sort(metadata, 'notes') DESC NULLS LAST, metadata_sort(metadata, 'tags') NULLS LAST, run_id$$),
  ('metadata.""""=desc', $$metadata_sort(metadata, '"') DESC NULLS LAST, run_id$$),
  ('metadata."a=b, c"=asc', $$metadata_sort(metadata, 'a=b, c') NULLS LAST, run_id$$),
  ('metadata.""=desc', $$metadata_sort(metadata, '') DESC NULLS LAST, run_id$$),
  ($$metadata."it's \\"$$, $$metadata_sort(metadata, 'it''s \') NULLS LAST, run_id$$)) AS s (sort, expression);
-- ways to write one order: the key with or without metadata. in front, the direction behind a sign or blanks
SELECT sort, page(sort) = sorted($$metadata_sort(metadata, 'n') DESC NULLS LAST, run_id$$) AS equal FROM unnest(ARRAY[
  'metadata.n desc', 'n desc', 'n=desc', E'n\tDESC', E' n\n Desc ', '"n" desc', '"n"=desc', 'metadata."n" desc', 'metadata.n = Desc', 'n desc nulls last',
  'n=desc Nulls LAST', E'n desc\r\n, id', 'n desc, run_id=asc', '"\u006e" desc']) AS sort;
SELECT sort, page(sort) = sorted(expression) AS equal FROM (VALUES
  (' ', 'run_id'), (E'\t\n', 'run_id'), ('ID desc', 'run_id DESC'), ('run_id DESC nulls first', 'run_id DESC'),
  ('n nulls first', $$metadata_sort(metadata, 'n') NULLS FIRST, run_id$$),
  ('notes asc nulls first, n desc', $$metadata_sort(metadata, 'notes') NULLS FIRST, metadata_sort(metadata, 'n') DESC NULLS LAST, run_id$$),
  ('metadata.notes=desc nulls first,id desc', $$metadata_sort(metadata, 'notes') DESC NULLS FIRST, run_id DESC$$),
  ('o.p.q desc', $$metadata_sort(metadata, 'o.p.q') DESC NULLS LAST, run_id$$),
  ('o."p".q desc', $$metadata_sort(metadata, 'o.p.q') DESC NULLS LAST, run_id$$)) AS s (sort, expression);
-- every page of every run, once
SELECT count(*), count(DISTINCT run_id), min(total) = max(total) AND min(total) = count(*) AS whole
FROM generate_series(0, 1100, 50) AS o, LATERAL search_run_metadata('true', 'metadata.n=desc', 50, o);

-- errors
SELECT * FROM outcomes($$
search_run_metadata('n =')
search_run_metadata(sort => 'metadata.n=up')
search_run_metadata(sort => 'metadata.n up')
search_run_metadata(sort => 'n:desc')
search_run_metadata(sort => 'n.desc')
search_run_metadata(sort => 'metadata.n.DESC')
search_run_metadata(sort => 'id.desc')
search_run_metadata(sort => 'n.desc.nullslast')
search_run_metadata(sort => '-n')
search_run_metadata(sort => '-metadata.n')
search_run_metadata(sort => '+n')
search_run_metadata(sort => 'desc')
search_run_metadata(sort => 'n desc desc')
search_run_metadata(sort => 'n nulls')
search_run_metadata(sort => 'n desc; drop table run')
search_run_metadata(sort => 'in desc')
search_run_metadata(sort => '5 desc')
search_run_metadata(sort => 'metadata.=desc')
search_run_metadata(sort => 'metadata."n"x')
search_run_metadata(sort => '"\u0000" desc')
search_run_metadata(sort => '"\q" desc')
search_run_metadata(sort => 'metadata.n=')
search_run_metadata(sort => 'metadata.n,,id')
search_run_metadata(sort => 'metadata.n,')
search_run_metadata(sort => 'metadata."n=desc')
search_run_metadata(sort => 'metadata.é=up')
search_run_metadata("limit" => -1)
search_run_metadata("offset" => -1)
$$);

-- keys of such names, in quotes; a key that does begin with metadata., and one called id
INSERT INTO run SELECT 8000 + i, jsonb_build_object('metadata', jsonb_build_object('x', i % 3, 'desc', -i), 'n', jsonb_build_object('desc', i % 2),
  '-n', i, 'desc', -i, 'id', -i, 'x', i) FROM generate_series(1, 4) AS i;
SELECT sort, (SELECT string_agg((run_id - 8000)::text, ' ' ORDER BY ordinality) FROM search_run_metadata(sort => sort, run_ids => '{8001,8002,8003,8004}')
  WITH ORDINALITY) AS runs
FROM unnest('{"metadata.x desc","\"metadata.x\" desc","metadata.metadata.x desc","\"metadata\".x desc","metadata.\"metadata.x\" desc",
  "\"n.desc\" desc","n.\"desc\" desc","\"-n\" desc","metadata.desc","metadata.desc desc","\"desc\"","metadata.metadata.\"desc\"","id desc","\"id\" desc","metadata.id desc"}'::text[]) AS sort;
DELETE FROM run WHERE run_id > 8000;

-- one snapshot for both queries, also in a function that changes the table
CREATE FUNCTION added() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run VALUES (9001, '{"fresh": 1}'), (9002, '{"fresh": 2}');
  RETURN (SELECT total FROM search_run_metadata('fresh is not empty', "limit" => 1));
END $$;
SELECT added();
-- which is that of the statement
SELECT post_run_metadata(9003, '{"fresh": 3}'), (SELECT count(*) FROM search_run_metadata(run_ids => '{9003}')) AS found,
  (SELECT count(*) FROM compare_run_metadata('{9003}')) AS compared;

-- runs side by side
INSERT INTO run VALUES
  (9101, '{"lr": 0.1, "opt": {"name": "adam", "beta": [1, 2]}, "same": {"x": 1.0}, "only": 1}'),
  (9102, '{"lr": "0.1", "opt": {"name": "adam"}, "same": {"x": 1}, "opt.name": "sgd"}'),
  (9103, '{"lr": 0.10, "opt": 5, "same": {"x": 1}, "gone": null}');
SELECT * FROM compare_run_metadata('{9101,9103}');
SELECT * FROM compare_run_metadata('{9101,9103}', true);
SELECT * FROM compare_run_metadata('{9101,9102,9103}');
SELECT * FROM compare_run_metadata('{9103,9103,NULL}', only_different => false);
SELECT * FROM compare_run_metadata('{9101,99999}') WHERE same;
SELECT * FROM compare_run_metadata('{}');
SELECT * FROM compare_run_metadata(NULL);

-- any table of these columns: run_id an int, metadata json that can be NULL
CREATE TABLE old (run_id int, metadata json);
INSERT INTO old VALUES (1, '{"a": 1}'), (2, NULL), (3, '{"a": 2}');
SET detmeta.runs_table = 'explore_search.old';
SELECT * FROM search_run_metadata(sort => 'metadata.a=desc');
SELECT * FROM search_run_metadata('a is empty');
SELECT run_id, total FROM search_run_metadata('');
SELECT * FROM search_run_metadata('a > 0', run_ids => '{1}');
SELECT * FROM compare_run_metadata('{1,2,3}');
-- a view of no unique ids: what one run has twice is one value
CREATE VIEW twice AS SELECT run_id, metadata FROM run WHERE run_id BETWEEN 9101 AND 9103 UNION ALL SELECT run_id, metadata FROM run WHERE run_id = 9103;
SET detmeta.runs_table = 'twice';
SELECT * FROM compare_run_metadata('{9102,9103}') WHERE key ~ '^same';
CREATE TABLE wrong (id int);
SET detmeta.runs_table = 'wrong';
SELECT * FROM outcomes($$
search_run_metadata()
compare_run_metadata('{1}')
$$);
ALTER TABLE wrong RENAME id TO run_id;
SELECT * FROM outcomes($$
search_run_metadata()
compare_run_metadata('{1}')
$$);

-- the caller's rights
SET detmeta.runs_table = 'run';
CREATE ROLE regress_searcher;
GRANT USAGE ON SCHEMA explore_search TO regress_searcher;
SET ROLE regress_searcher;
SELECT * FROM outcomes($$
search_run_metadata()
compare_run_metadata('{1}')
$$);
RESET ROLE;
GRANT SELECT ON run TO regress_searcher;
CREATE POLICY few ON run USING (run_id IN (9101, 9103));
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
SET ROLE regress_searcher;
SELECT run_id, total FROM search_run_metadata('lr is not empty', 'metadata.lr=desc');
SELECT count(*) FROM compare_run_metadata('{9101,9102,9103}', true);
RESET ROLE;

-- a set of rows that the page leaves to the count: of conditions that only a set can count, some of which only
-- the rows can decide, on pages that are full; asked of a table just vacuumed, changed, and with a pending list
ALTER TABLE run DISABLE ROW LEVEL SECURITY;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
CREATE FUNCTION wrong_pages() RETURNS SETOF text LANGUAGE sql AS $f$
  SELECT format('%s, by %s: %s of %s', filter, sort, page, rows)
  FROM regexp_split_to_table($$n = 5 and flag is true
not n = 5 and o.x in (1, 2)
n is 5 or tags is "b"
notes contains "g 1" and n is not 5
digits > 5 and digits is not 3
not (flag is true and n = 5)
"o.x" is not empty and n < 4$$, E'\n') AS text, LATERAL (SELECT text::metadata_filter AS filter) AS f,
  unnest('{run_id,metadata.n=desc,metadata.digits,metadata.notes=desc}'::text[]) AS sort,
  LATERAL (SELECT array_agg(run_id ORDER BY run_id) AS found, count(*) FROM run WHERE (metadata @~ filter) IS TRUE) AS rows,
  LATERAL (SELECT count(*), bool_and(run_id = ANY (found)) AS right_rows, min(total) AS least, max(total) AS most
    FROM search_run_metadata(filter, sort, 3)) AS page
  WHERE (page.count, page.right_rows, page.least, page.most) IS DISTINCT FROM (3::bigint, true, rows.count, rows.count)
$f$;
EXPLAIN (COSTS OFF) SELECT count(*) FROM run WHERE metadata @~ 'n = 5 and flag is true';
VACUUM run;
SELECT * FROM wrong_pages();
DELETE FROM run WHERE run_id % 17 = 3;
UPDATE run SET metadata = metadata || '{"n": 5, "flag": true}' WHERE run_id % 19 = 5;
SELECT * FROM wrong_pages();
ALTER INDEX run_metadata_idx SET (fastupdate = on);
INSERT INTO run SELECT i, document(i) FROM generate_series(2001, 2100) AS i WHERE document(i) IS NOT NULL;
SELECT * FROM wrong_pages();
-- a view that has another filter on the same index, which is not what the count is to be taken from
CREATE VIEW filtered AS SELECT run_id, metadata FROM run WHERE run_id IN (SELECT run_id FROM run WHERE metadata @~ 'o.x is 1 and n > 2' OFFSET 0);
SET detmeta.runs_table = 'explore_search.filtered';
SELECT max(total) = (SELECT count(*) FROM filtered WHERE metadata @~ 'flag is true and o.x > 0') AND count(*) = 2 AS same
FROM search_run_metadata('flag is true and o.x > 0', "limit" => 2);
SELECT max(total) = (SELECT count(*) FROM filtered WHERE metadata @~ 'o.x is 1 and n > 2') AND count(*) = 2 AS same
FROM search_run_metadata('o.x is 1 and n > 2', 'metadata.n', 2);
-- a search inside a search, with another filter
CREATE FUNCTION inner_total() RETURNS bigint LANGUAGE sql STABLE SET detmeta.runs_table = 'explore_search.run'
  AS $$ SELECT max(total) FROM search_run_metadata('n = 1 and flag is false', "limit" => 2) $$;
CREATE VIEW searching AS SELECT run_id, metadata FROM run WHERE inner_total() > run_id;
SET detmeta.runs_table = 'explore_search.searching';
SELECT max(total) = (SELECT count(*) FROM searching WHERE metadata @~ 'n = 5 and flag is true') AND count(*) = 2 AS same
FROM search_run_metadata('n = 5 and flag is true', "limit" => 2);

DROP SCHEMA explore_search CASCADE;
DROP ROLE regress_searcher;
