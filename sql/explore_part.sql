-- Parts of explorations: what functions of exploring ask of rows on other servers, by an aggregate or of an index
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_part;
SET search_path = explore_part, public;
\set ECHO none
\i :tree/test/regress/outcome.sql
\set ECHO all

CREATE TABLE run (run_id bigint PRIMARY KEY, project_id int, state varchar, weight float8, metadata jsonb NOT NULL);
CREATE INDEX ON run USING detmeta (metadata) WITH (fastupdate = off);
INSERT INTO run SELECT i, NULLIF(i % 4, 3), (ARRAY['A', 'it''s'])[1 + i % 2], i / 3.0,
  jsonb_build_object('loss', i % 10 / 4.0, 'tags', ARRAY['a' || i % 3, 'b'], 'started', date '2024-01-01' + i % 60, 'on', i % 2 = 0)
FROM generate_series(1, 300) AS i;
ANALYZE run;
CREATE TABLE nullable (LIKE run);
ALTER TABLE nullable ALTER metadata DROP NOT NULL;
INSERT INTO nullable SELECT * FROM run;
INSERT INTO nullable VALUES (1000, 1, 'A', 1, NULL);

CREATE TABLE request (name text, request jsonb);
INSERT INTO request VALUES
  ('keys', '{"list": "keys"}'),
  ('values', '{"list": "values", "key": "tags", "count": 1}'),
  ('search', '{"list": "values", "key": "tags", "search": "A1", "ignore_case": 1}'),
  ('find', '{"list": "find", "search": "a"}'),
  ('groups', '{"list": "groups", "by": ["tags", "started:month"], "ranges": [{}, {}]}'),
  ('ranges', '{"list": "groups", "by": ["loss:2"], "ranges": [{"numbers": ["80", "c002", "c103"]}], "measure": "loss"}');
\pset format unaligned
\pset tuples_only on
SELECT metadata_part(metadata, '{"list": "keys"}') FROM run;
SELECT metadata_part(metadata, '{"list": "values", "key": "tags", "count": 1}') FROM run;
SELECT metadata_part(metadata, '{"list": "values", "key": "tags", "search": "A1", "ignore_case": 1}') FROM run;
SELECT metadata_part(metadata, '{"list": "find", "search": "a"}') FROM run;
SELECT metadata_part(metadata, '{"list": "groups", "by": ["tags", "started:month"], "ranges": [{}, {}]}') FROM run WHERE run_id < 5;
SELECT metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss", "run": ["bigint", "-"]}', ARRAY[run_id::text]) FROM run WHERE run_id < 20;
SELECT metadata_part(metadata, '{"list": "keys"}') FROM run WHERE false;

-- parts of parts of the rows add up, in whatever order, as of all rows; and from rows as from the index
CREATE AGGREGATE sum_of_parts(jsonb) (SFUNC = metadata_part_combine, STYPE = jsonb);
-- a part whose groups, which are written in any order, are named by their labels
CREATE FUNCTION named(part jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT part - '{groups,numbers,best}'::text[] || jsonb_build_object(
    'groups', (SELECT jsonb_agg(jsonb_build_array(g->(2 * i), g->(2 * i + 1)) ORDER BY g->(2 * i)) FROM generate_series(0, jsonb_array_length(g) / 2 - 1) AS i),
    'numbers', (SELECT jsonb_agg(jsonb_build_array(g->(2 * (n->>(3 * i))::int), n->(3 * i + 1), n->(3 * i + 2)) ORDER BY g->(2 * (n->>(3 * i))::int), n->(3 * i + 1)) FROM generate_series(0, jsonb_array_length(n) / 3 - 1) AS i),
    'best', (SELECT jsonb_agg(jsonb_build_array(g->(2 * (b->>(4 * i))::int), b->(4 * i + 1), b->(4 * i + 2), b->(4 * i + 3)) ORDER BY g->(2 * (b->>(4 * i))::int), b->(4 * i + 1)) FROM generate_series(0, jsonb_array_length(b) / 4 - 1) AS i))
  FROM (SELECT part->'groups', part->'numbers', part->'best') AS p (g, n, b)
$$;
CREATE FUNCTION same_list(a jsonb, b jsonb) RETURNS boolean LANGUAGE sql AS $$ SELECT named(a) = named(b) $$;
SELECT name, same_list((SELECT sum_of_parts(part) FROM (SELECT metadata_part(metadata, request) AS part FROM run GROUP BY run_id % 7) AS p),
    (SELECT metadata_part(metadata, request) FROM run)),
  same_list(metadata_part_of('run', 'metadata', request, NULL, NULL), (SELECT metadata_part(metadata, request) FROM run)),
  same_list(metadata_part_of('nullable', 'metadata', request, NULL, NULL), (SELECT metadata_part(metadata, request) FROM nullable))
FROM request;
SELECT name, same_list(metadata_part_of('run', 'metadata', request, 'loss < 1', '{"project_id": [1, null], "state": "it''s"}'),
  (SELECT metadata_part(metadata, request) FROM run WHERE metadata @~ 'loss < 1' AND (project_id = 1 OR project_id IS NULL) AND state = 'it''s'))
FROM request;
-- groups with numbers and runs, below groups that have no runs of their own, and of a key that a run may not have
CREATE TABLE sparse (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
CREATE INDEX ON sparse USING detmeta (metadata) WITH (fastupdate = off);
INSERT INTO sparse SELECT run_id, CASE WHEN run_id % 3 = 0 THEN metadata ELSE metadata || jsonb_build_object('few', 'f' || run_id % 2) END FROM run;
SELECT same_list((SELECT sum_of_parts(part) FROM (SELECT metadata_part(metadata, request, ARRAY[run_id::text]) AS part FROM sparse GROUP BY run_id % 7) AS p), rows),
  same_list(metadata_part_of('sparse', 'metadata', request, NULL, NULL), rows), jsonb_array_length(rows->'groups') / 2 AS groups, jsonb_array_length(rows->'numbers') / 3 AS numbers, jsonb_array_length(rows->'best') / 4 AS best
FROM (VALUES ('{"list": "groups", "by": ["few", "tags"], "ranges": [{}, {}], "measure": "loss", "run": ["bigint", "-"]}'::jsonb)) AS r (request), LATERAL (SELECT metadata_part(metadata, request, ARRAY[run_id::text]) AS rows FROM sparse) AS p;
SELECT metadata_part(metadata, '{"list": "groups", "by": ["few", "tags"], "ranges": [{}, {}], "measure": "loss", "run": ["bigint", "-"]}', ARRAY[run_id::text]) FROM sparse WHERE run_id < 4;
-- a key that nobody asked for
SELECT metadata_part(metadata, '{"list": "groups", "by": ["few"], "ranges": [{}], "measure": "loss"}', ARRAY[run_id::text]) FROM sparse WHERE run_id < 4;
SELECT metadata_part_of(NULL, 'metadata', '{"list": "keys"}', NULL, NULL);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET detmeta.enable_metadata_scan = off;
EXPLAIN (COSTS OFF) SELECT metadata_part(metadata, '{"list": "keys"}') FROM run;
SELECT metadata_part(metadata, '{"list": "keys"}') FROM run;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET detmeta.enable_metadata_scan;

-- the planner calls metadata_part_of() where it is the same
CREATE FUNCTION asked(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; result text := 'rows';
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
    IF line ~ 'metadata_part_of' THEN result := regexp_replace(line, '^.*metadata_part_of', ''); END IF;
  END LOOP;
  RETURN result;
END $$;
SELECT query, asked('SELECT ' || query) FROM unnest(ARRAY[
  $$metadata_part(metadata, '{"list": "keys"}') FROM run$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE metadata @~ 'true'$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE metadata_matches(metadata, 'true')$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM nullable WHERE metadata_matches(metadata, 'true')$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM nullable WHERE metadata @~ 'true'$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM nullable WHERE metadata_matches(metadata, 'loss is empty')$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE metadata @~ 'loss < 1' AND (false OR project_id = ANY ('{1,NULL,2}'))$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE (state IS NULL OR state = ANY ('{it''s}'::varchar[])) AND project_id IS NULL$$,
  $$metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss"}', ARRAY[run_id::text]) FROM run$$,
  $$metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss"}', ARRAY[project_id::text]) FROM run$$,
  $$metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss"}', ARRAY[run_id::text, state]) FROM run$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE weight = ANY ('{1.5}')$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE state COLLATE "POSIX" = ANY ('{A}')$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE project_id > 1$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE project_id <> ALL ('{1}')$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE project_id = ANY ('{1}') AND project_id = ANY ('{2}')$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE project_id = ANY ('{1}') OR state = ANY ('{A}')$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE metadata @~ 'loss < 1' AND metadata @~ 'loss > 0'$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run WHERE random() < 2$$,
  $$metadata_part(metadata, '{"list": "keys"}') FILTER (WHERE project_id = 1) FROM run$$,
  $$metadata_part(DISTINCT metadata, '{"list": "keys"}') FROM run$$,
  $$metadata_part(metadata, '{"list": "keys"}' ORDER BY run_id) FROM run$$,
  $$metadata_part(metadata || '{}', '{"list": "keys"}') FROM run$$,
  $$metadata_part(metadata, '{"list": "keys"}'), count(*) FROM run$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run GROUP BY state$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run HAVING count(*) > 1$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM run TABLESAMPLE system (50)$$,
  $$metadata_part(a.metadata, '{"list": "keys"}') FROM run AS a, run AS b$$,
  $$jsonb_object_keys(metadata_part(metadata, '{"list": "keys"}')) FROM run$$,
  $$metadata_part(metadata, '{"list": "keys"}') FROM ONLY run$$]) AS query;
-- and where it is not: other clauses of queries, and what looks like a filter or a scope
CREATE TABLE other (a int, b text, small real, pair request, metadata jsonb NOT NULL, second jsonb NOT NULL, PRIMARY KEY (a, b));
CREATE AGGREGATE public.kind_of_part(jsonb, jsonb) (SFUNC = metadata_part_add, STYPE = jsonb, FINALFUNC = jsonb_typeof);
CREATE AGGREGATE public.part_and_more(jsonb, jsonb) (SFUNC = metadata_part_add, STYPE = jsonb, INITCOND = '{"list": "keys", "keys": []}');
CREATE AGGREGATE part_elsewhere(jsonb, jsonb) (SFUNC = metadata_part_add, STYPE = jsonb);
SELECT query, asked(format('SELECT %s', regexp_replace(query, '^(WHERE|ORDER|GROUP)', 'metadata_part(metadata, ''{"list": "keys"}'') FROM other \1'))) FROM unnest(ARRAY[
  $$WHERE metadata @> '{"a": 1}'$$,
  $$WHERE metadata ? 'a'$$,
  $$WHERE metadata_matches(metadata, NULL)$$,
  $$WHERE second @~ 'a = 1'$$,
  $$WHERE second @~ 'true'$$,
  $$WHERE tableoid = ANY ('{1}')$$,
  $$WHERE a + 1 = ANY ('{1}')$$,
  $$WHERE a + 1 IS NULL$$,
  $$WHERE small IS NULL$$,
  $$WHERE small IS NOT NULL$$,
  $$WHERE pair IS NULL$$,
  $$WHERE small IS NULL OR b = ANY ('{x}')$$,
  $$WHERE a = ANY ('{1}') OR a = ANY ('{2}')$$,
  $$WHERE a = ALL ('{1}')$$,
  $$WHERE a < ANY ('{1}')$$,
  $$WHERE a = ANY (NULL::int[])$$,
  $$WHERE a = ANY (ARRAY[length(b)])$$,
  $$WHERE now() < '2000-01-01'$$,
  $$ORDER BY 1$$,
  $$GROUP BY GROUPING SETS ((), ())$$,
  $$DISTINCT metadata_part(metadata, '{"list": "keys"}') FROM other$$,
  $$count(metadata_part(metadata, '{"list": "keys"}')) OVER () FROM other$$,
  $$metadata_part(metadata, '{"list": "keys"}' ORDER BY metadata) FROM other$$,
  $$metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}]}', ARRAY[a::text]) FROM other$$,
  $$metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}]}', ARRAY[b, a::text]) FROM other$$,
  $$metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}]}', ARRAY[a::text, b]) FROM other$$,
  $$kind_of_part(metadata, '{"list": "keys"}') FROM other$$,
  $$part_and_more(metadata, '{"list": "keys"}') FROM other$$,
  $$part_elsewhere(metadata, '{"list": "keys"}') FROM other$$]) AS query;
DROP AGGREGATE kind_of_part(jsonb, jsonb), part_and_more(jsonb, jsonb);
CREATE TABLE parted (metadata jsonb NOT NULL) PARTITION BY LIST (metadata);
CREATE TABLE parted_default PARTITION OF parted DEFAULT;
CREATE MATERIALIZED VIEW kept AS SELECT metadata FROM run;
SELECT r, asked(format($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM %I$$, r)) FROM unnest('{parted,kept}'::text[]) AS r;
-- namesakes of the extension's own
CREATE DOMAIN metadata_filter AS text;
CREATE FUNCTION metadata_part_of(regclass, name, jsonb, metadata_filter, jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RETURN '1'; END $$;
SELECT asked($$SELECT part_elsewhere(metadata, '{"list": "keys"}') FROM run$$);
DROP FUNCTION metadata_part_of(regclass, name, jsonb, metadata_filter, jsonb);
DROP DOMAIN metadata_filter;
-- a server without Citus, but with an aggregate like that of its workers, and a catalog like its own
BEGIN;
SET LOCAL allow_system_table_mods = on;
CREATE FUNCTION add_row(state text, aggregate oid, row_ anyelement) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a row'; END $$;
CREATE AGGREGATE pg_catalog.worker_partial_agg(oid, anyelement) (SFUNC = add_row, STYPE = text, FINALFUNC = textout);
CREATE AGGREGATE pg_catalog.worker_other_agg(oid, anyelement) (SFUNC = add_row, STYPE = text, FINALFUNC = textout);
CREATE AGGREGATE worker_partial_agg(oid, anyelement) (SFUNC = add_row, STYPE = text, FINALFUNC = textout);
SELECT query, asked('SELECT ' || query) FROM unnest(ARRAY[
  $$pg_catalog.worker_partial_agg('metadata_part(jsonb,jsonb)'::regprocedure, ROW(metadata, '{"list": "keys"}'::jsonb)) FROM run$$,
  $$pg_catalog.worker_other_agg('metadata_part(jsonb,jsonb)'::regprocedure, ROW(metadata, '{"list": "keys"}'::jsonb)) FROM run$$,
  $$explore_part.worker_partial_agg('metadata_part(jsonb,jsonb)'::regprocedure, ROW(metadata, '{"list": "keys"}'::jsonb)) FROM run$$,
  $$pg_catalog.worker_partial_agg('jsonb_agg(anyelement)'::regprocedure, ROW(metadata, '{"list": "keys"}'::jsonb)) FROM run$$,
  $$pg_catalog.worker_partial_agg(NULL, ROW(metadata, '{"list": "keys"}'::jsonb)) FROM run$$,
  $$pg_catalog.worker_partial_agg('metadata_part(jsonb,jsonb)'::regprocedure, ROW(metadata, '{"list": "keys"}'::json)) FROM run$$,
  $$pg_catalog.worker_partial_agg('metadata_part(jsonb,jsonb)'::regprocedure, ROW(metadata, NULL::jsonb)) FROM run$$,
  $$pg_catalog.worker_partial_agg('metadata_part(jsonb,jsonb)'::regprocedure, metadata) FROM run$$]) AS query;
CREATE TABLE pg_catalog.pg_dist_partition (more int, logicalrelid regclass NOT NULL, partmethod "char");
INSERT INTO pg_catalog.pg_dist_partition (logicalrelid, partmethod) VALUES ('nullable', 'h'), ('request', 'h');
SELECT r, asked(format($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM %I$$, r)) FROM unnest('{run,nullable}'::text[]) AS r;
UPDATE pg_catalog.pg_dist_partition SET logicalrelid = 'run', partmethod = 'n' WHERE logicalrelid = 'nullable'::regclass;
CREATE UNIQUE INDEX pg_dist_partition_logical_relid_index ON pg_catalog.pg_dist_partition (logicalrelid);
SELECT r, asked(format($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM %I$$, r)) FROM unnest('{run,nullable}'::text[]) AS r;
-- a table of that name whose columns are others is none
ALTER TABLE pg_catalog.pg_dist_partition ALTER partmethod TYPE text;
SELECT asked($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM run$$);
ALTER TABLE pg_catalog.pg_dist_partition ALTER partmethod TYPE "char", ALTER logicalrelid TYPE oid;
SELECT asked($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM run$$);
ALTER TABLE pg_catalog.pg_dist_partition DROP partmethod;
SELECT asked($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM run$$);
ROLLBACK;
SET extra_float_digits = 0;
SELECT asked($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM run WHERE weight = ANY ('{1.5}')$$);
SELECT asked($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM other WHERE small = ANY ('{1.5}')$$);
RESET extra_float_digits;

-- tables below another, with it and without
CREATE TABLE parent (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
INSERT INTO parent VALUES (1, '{"p": 1}');
CREATE TABLE child () INHERITS (parent);
INSERT INTO child VALUES (2, '{"c": 1}');
SELECT metadata_part(metadata, '{"list": "keys"}') FROM parent;
SELECT metadata_part(metadata, '{"list": "keys"}') FROM ONLY parent;
-- a child may have rows without a document, which the filter true is not satisfied by
SELECT asked($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM parent WHERE metadata @~ 'true'$$);

-- rights are those of the query: of a view, its owner's; policies hide rows
CREATE ROLE regress_part;
GRANT USAGE ON SCHEMA explore_part TO regress_part;
CREATE VIEW seen AS SELECT metadata FROM run WHERE project_id = ANY ('{1}');
GRANT SELECT ON seen TO regress_part;
SET ROLE regress_part;
SELECT metadata_part(metadata, '{"list": "values", "key": "on"}') FROM seen;
SELECT metadata_part(metadata, '{"list": "values", "key": "on"}') FROM run;
SELECT metadata_part_of('run', 'metadata', '{"list": "keys"}', NULL, NULL);
RESET ROLE;
GRANT SELECT ON run TO regress_part;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON run USING (project_id = ANY ('{1}'));
SET ROLE regress_part;
SELECT asked($$SELECT metadata_part(metadata, '{"list": "keys"}') FROM run$$);
SELECT metadata_part(metadata, '{"list": "values", "key": "on"}') FROM run;
SELECT metadata_part_of('run', 'metadata', '{"list": "values", "key": "on"}', NULL, NULL);
RESET ROLE;
ALTER TABLE run DISABLE ROW LEVEL SECURITY;
DROP OWNED BY regress_part;
DROP ROLE regress_part;

-- what is no request, and no part
\pset tuples_only off
\pset format aligned
SELECT * FROM outcomes($$
metadata_part(metadata, '{}') FROM run
metadata_part(metadata, '[]') FROM run
metadata_part(metadata, '"keys"') FROM run
metadata_part(metadata, NULL) FROM run
metadata_part(metadata, '{"list": "none"}') FROM run
metadata_part(metadata, '{"list": "values"}') FROM run
metadata_part(metadata, '{"list": "values", "key": 1}') FROM run
metadata_part(metadata, '{"list": "find"}') FROM run
metadata_part(metadata, '{"list": "groups"}') FROM run
metadata_part(metadata, '{"list": "groups", "by": []}') FROM run
metadata_part(metadata, '{"list": "groups", "by": ["on"]}') FROM run
metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [1]}') FROM run
metadata_part(metadata, '{"list": "groups", "by": ["loss:2"], "ranges": [{"numbers": ["80"]}]}') FROM run
metadata_part(metadata, '{"list": "groups", "by": ["loss:2"], "ranges": [{"numbers": ["80", ""]}]}') FROM run
metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss", "run": ["point", "-"]}', ARRAY['(1,2)']) FROM run
metadata_part(metadata, '{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss", "run": ["bigint", "-"]}', ARRAY['1', '2']) FROM run
metadata_part(metadata, '{"list": "keys"}', ARRAY['1']) FROM run
metadata_part_of('run', 'metadata', '{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss", "run": ["text", "-"]}', NULL, NULL)
metadata_part_add(NULL, '{}', '{"list": "keys"}')
metadata_part_combine(NULL, NULL)
metadata_key_counts_add(NULL, '{}')
metadata_key_counts_final(NULL)
sum_of_parts(p) FROM (VALUES ('{"list": "keys"}'::jsonb), ('{"list": "find", "search": "a"}')) AS v (p)
sum_of_parts('{"list": "keys", "keys": 1}'::jsonb)
sum_of_parts('{"list": "keys", "keys": {}}'::jsonb)
sum_of_parts('{"list": "keys", "keys": ["a", 2]}'::jsonb)
sum_of_parts('{"list": "keys", "keys": ["a", 7, 1]}'::jsonb)
sum_of_parts('{"list": "keys", "keys": ["a", 2, -1]}'::jsonb)
sum_of_parts('{"list": "keys", "keys": ["a", 2, 1.5e30]}'::jsonb)
sum_of_parts('{"list": "keys", "keys": ["a", 2, 4398046511105]}'::jsonb)
sum_of_parts('{"list": "keys", "keys": ["a", 2, 4398046511104]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss", "run": [], "groups": [[true], 0], "numbers": [], "best": []}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss", "run": [], "groups": [[true], 3], "numbers": [0, 5, 0], "best": []}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["on"], "ranges": [{}], "measure": "loss", "run": [], "groups": [[true], 4000000000000], "numbers": [0, 5, 3000000000000, 0, 6, 1000000000000], "best": []}'::jsonb)
sum_of_parts('{"list": "keys", "keys": [1, 2, 3]}'::jsonb)
sum_of_parts('{"list": "keys", "keys": ["a", 2, 3]}'::jsonb)
sum_of_parts('{"list": "values", "key": "a", "values": [null, 1]}'::jsonb)
sum_of_parts('{"list": "values", "key": "a", "values": [[1], 1]}'::jsonb)
sum_of_parts('{"list": "values", "key": "a", "values": [1]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "groups": [1, 1]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "groups": [[], 1]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "groups": [[["850000"]], 1]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a:2"], "ranges": [{"numbers": ["80", "81"]}], "groups": [[["850001"]], 1]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a:month"], "ranges": [{}], "groups": [[["f0"]], 1]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "groups": [["x"], 1], "numbers": [1, 1, 1]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "groups": [["x"], 1], "numbers": [0, "1", 1]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "groups": [["x"], 1], "numbers": [0, 1, 4294967296]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "groups": [["x"], 1], "best": [0, 2, 1, null]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "run": ["bigint", "-"], "groups": [["x"], 1], "best": [0, 1, 1, ["x"]]}'::jsonb)
sum_of_parts('{"list": "groups", "by": ["a"], "ranges": [{}], "run": ["bigint", "-"], "groups": [["x"], 1], "numbers": [0, 1, 1], "best": [0, 1, 1, ["7"]]}'::jsonb)
$$);

-- documents that are the same as stored
SELECT metadata_identical('{"a": 1}', '{"a": 1}'), metadata_identical('{"a": 1}', '{"a": 1.0}'), metadata_identical(NULL, '{}'), metadata_identical(NULL, NULL);
CREATE TABLE long (metadata jsonb);
INSERT INTO long SELECT jsonb_build_object('a', string_agg(md5(i::text), '')) FROM generate_series(1, 500) AS i;
INSERT INTO long SELECT jsonb_build_object('a', repeat('x', 10000));
SELECT metadata_identical(a.metadata, b.metadata) FROM long AS a, long AS b;

\set ECHO none
SET client_min_messages = warning;
DROP SCHEMA explore_part CASCADE;
