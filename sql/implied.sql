-- Clauses that a table's constraints imply are no filters: of pages in order, and of counts. Every answer is compared
-- with core's; "kept" is what a scan is left to filter by.
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA implied;
SET search_path = implied, public;
\set ECHO none
\i :tree/test/regress/scan.sql
\set ECHO all

-- What the Metadata Scans of a query's plan filter by; of partitions that differ, each.
CREATE FUNCTION kept(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true);
  EXECUTE 'EXPLAIN (FORMAT JSON, COSTS OFF) ' || query INTO plan;
  PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true), set_config('enable_bitmapscan', 'on', true);
  RETURN (SELECT coalesce(string_agg(DISTINCT coalesce(node ->> 'Filter', 'nothing'), ', ' ORDER BY coalesce(node ->> 'Filter', 'nothing')), 'no scan')
          FROM jsonb_path_query(plan::jsonb, 'strict $.** ? (@."Custom Plan Provider" == "Metadata Scan")') AS node);
END $$;

-- A condition: how it is counted, how many rows it has in a page of an order, and what is kept there.
CREATE FUNCTION ask(rel text, conditions text) RETURNS TABLE (condition text, count text, page text, kept text) LANGUAGE plpgsql AS $$
DECLARE
  query text;
BEGIN
  FOREACH condition IN ARRAY regexp_split_to_array(btrim(conditions, E'\n'), E'\n') LOOP
    count := compare(format('SELECT count(*) FROM %s WHERE (%s) AND metadata @~ ''n > 30''', rel, condition));
    query := format('SELECT * FROM %s WHERE %s ORDER BY metadata_sort(metadata, ''loss'') LIMIT 1000', rel, condition);
    page := compare(format('SELECT run_id FROM (%s) AS page ORDER BY metadata_sort(metadata, ''loss''), run_id', query));
    kept := kept(query);
    RETURN NEXT;
  END LOOP;
END $$;

-- lists; a partition whose columns have other numbers, partitions of a partition, and a default one
CREATE TABLE list (run_id int NOT NULL, project int, label text, metadata jsonb NOT NULL) PARTITION BY LIST (project);
CREATE TABLE list0 PARTITION OF list FOR VALUES IN (0);
CREATE TABLE list1 (gone int, metadata jsonb NOT NULL, label text, gone_too int, project int, run_id int NOT NULL);
ALTER TABLE list1 DROP gone, DROP gone_too;
ALTER TABLE list ATTACH PARTITION list1 FOR VALUES IN (1);
CREATE TABLE list23 (project int, run_id int NOT NULL, metadata jsonb NOT NULL, label text) PARTITION BY RANGE (run_id);
CREATE TABLE list23_low PARTITION OF list23 FOR VALUES FROM (MINVALUE) TO (300);
CREATE TABLE list23_high PARTITION OF list23 DEFAULT;
ALTER TABLE list ATTACH PARTITION list23 FOR VALUES IN (2, 3);
CREATE TABLE list_null PARTITION OF list FOR VALUES IN (NULL, 4);
CREATE TABLE list_default PARTITION OF list DEFAULT;
CREATE INDEX ON list USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('list', 600, 7);
INSERT INTO list SELECT i, NULL, NULL, document(i) FROM generate_series(1001, 1020) AS i;
VACUUM ANALYZE list;
\set conditions 'project = 1\nproject IN (0, 1)\nproject = ANY (''{0, 1, NULL}'')\nproject IN (2, 3)\nproject = 3\nproject = 3 AND run_id < 300\nproject IN (2, 3) AND run_id < 300\nproject IN (2, 3) AND run_id < 299\nproject IN (1, 2, 3) AND project IS NOT NULL\nproject IS NULL\nproject IS NULL OR project = 4\nproject = 4\nproject = 5\nproject > 0 AND project < 3\nproject <> 1\nproject IN (0, 1, 2, 3)\nrun_id IS NOT NULL\nlabel IS NOT NULL'
SELECT * FROM ask('list', :'conditions');
SET enable_partition_pruning = off;
SELECT * FROM ask('list', :'conditions');
RESET enable_partition_pruning;
-- of a partition that is named itself, the bound is not looked at, as its parent is not locked; below it they are
SELECT * FROM ask('list1', 'project = 1');
SELECT * FROM ask('list23', E'project IN (2, 3)\nrun_id < 300');

-- ranges
CREATE TABLE range (run_id int, project int, label text, metadata jsonb NOT NULL) PARTITION BY RANGE (run_id);
CREATE TABLE range0 PARTITION OF range FOR VALUES FROM (0) TO (200);
CREATE TABLE range1 PARTITION OF range FOR VALUES FROM (200) TO (400);
CREATE TABLE range2 PARTITION OF range FOR VALUES FROM (400) TO (MAXVALUE);
CREATE TABLE range_default PARTITION OF range DEFAULT;
CREATE INDEX ON range USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('range', 600);
SELECT * FROM ask('range', $$
run_id >= 200 AND run_id < 400
run_id >= 0 AND run_id < 400
run_id >= 0 AND run_id <= 399
run_id >= 100 AND run_id < 400
run_id >= 200
run_id >= 200::bigint AND run_id < 400::numeric
run_id BETWEEN 200 AND 399
run_id >= 150 AND run_id < 200
run_id IS NOT NULL AND run_id >= 400
$$);
-- two columns, and a hash
CREATE TABLE pair (run_id int, project int, label text, metadata jsonb NOT NULL) PARTITION BY RANGE (project, run_id);
CREATE TABLE pair0 PARTITION OF pair FOR VALUES FROM (0, MINVALUE) TO (1, MINVALUE);
CREATE TABLE pair1 PARTITION OF pair FOR VALUES FROM (1, MINVALUE) TO (2, MINVALUE);
CREATE TABLE pair2 PARTITION OF pair FOR VALUES FROM (2, MINVALUE) TO (MAXVALUE, MAXVALUE);
CREATE INDEX ON pair USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('pair', 600);
SELECT * FROM ask('pair', E'project = 1\nproject >= 1 AND project < 2\nproject >= 2');
CREATE TABLE hashed (run_id int, project int, label text, metadata jsonb NOT NULL) PARTITION BY HASH (project);
CREATE TABLE hashed0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hashed1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON hashed USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('hashed', 600);
SELECT * FROM ask('hashed', E'project = 1\nproject IS NOT NULL');
-- by a member of the metadata, which the index knows as well
CREATE TABLE member (run_id int, project int, label text, metadata jsonb NOT NULL) PARTITION BY LIST ((metadata->>'status'));
CREATE TABLE member_done PARTITION OF member FOR VALUES IN ('done');
CREATE TABLE member_other PARTITION OF member DEFAULT;
CREATE INDEX ON member USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('member', 600);
SELECT * FROM ask('member', E'metadata->>''status'' = ''done''\nmetadata->>''status'' = ''failed''');
-- at the costs that compare() sets, 18 takes core's plan here
SET enable_seqscan = off;
SELECT scans('SELECT count(*) FROM member WHERE metadata->>''status'' = ''done''');
SELECT count(*) FROM member WHERE metadata->>'status' = 'done';
SELECT scans('SELECT count(*) FROM member WHERE metadata->>''status'' = ''done'' AND metadata IS NOT NULL');
SELECT count(*) FROM member WHERE metadata->>'status' = 'done' AND metadata IS NOT NULL;
RESET enable_seqscan;
SET enable_seqscan = off;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT run_id FROM member WHERE metadata->>'status' = 'done' ORDER BY metadata_sort(metadata, 'loss') LIMIT 3;
RESET enable_seqscan;
RESET enable_sort;

-- CHECK: rows for which it is NULL pass it
CREATE TABLE checked (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL, n int, m int, active boolean NOT NULL DEFAULT true, since timestamptz NOT NULL DEFAULT now(),
  CHECK (project = 1), CHECK (n = 1), CHECK (m IS NOT NULL AND m < 5), CHECK (project = 2 OR label = 'a' OR project = 1),
  CHECK (run_id = ANY ('{-1, NULL}') OR run_id > 0), CHECK (run_id <> ALL ('{-2, NULL}')), CHECK (n = 1 OR label = 'a'),
  CHECK (length(label) < 10), CHECK (active), CHECK (since > timestamp '2020-01-01'), CHECK (metadata->>'owner' = 'a'));
CREATE INDEX ON checked USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO checked SELECT i, 1, CASE WHEN i % 4 > 0 THEN 'a' END, document(i), CASE WHEN i % 3 > 0 THEN 1 END, i % 5 FROM generate_series(1, 300) AS i;
SELECT * FROM ask('checked', $$
project = 1
project < 2
project IN (1, 2)
project = 1 AND project IS NOT NULL
n = 1
n IS NOT NULL
m < 5
m < 4
m IS NOT NULL
m <= 5 OR label = 'x'
project = 2 OR label = 'a' OR project = 1
n = 1 OR label = 'a'
run_id > 0
run_id = ANY ('{-1, NULL}') OR run_id > 0
run_id <> ALL ('{-2, NULL}')
length(label) < 10
active
(active OR n = 2) IS TRUE
NOT active
since > timestamp '2020-01-01'
metadata->>'owner' = 'a'
$$);
-- what is not evaluated costs nothing
CREATE FUNCTION cost(query text) RETURNS float LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  RETURN plan #>> '{0,Plan,Total Cost}';
END $$;
VACUUM ANALYZE checked;
SELECT cost('SELECT run_id FROM checked WHERE ' || c || ' AND metadata @~ ''n > 80'' ORDER BY metadata_sort(metadata, ''loss'')')
  - cost('SELECT run_id FROM checked WHERE metadata @~ ''n > 80'' ORDER BY metadata_sort(metadata, ''loss'')') > 0 AS more
FROM unnest('{project = 1,project <= 1 AND run_id > 0}'::text[]) AS c;
-- constraint_exclusion
SET constraint_exclusion = off;
SELECT * FROM ask('checked', E'project = 1\nproject IS NOT NULL');
SELECT * FROM ask('list', 'project = 1');
SET constraint_exclusion = on;
SELECT * FROM ask('checked', 'project = 1');
RESET constraint_exclusion;
-- a count without a condition on the metadata is core's; a scan checks what is in doubt without what is implied
SELECT * FROM compare_all($$
SELECT count(*) FROM checked WHERE project = 1
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'n > 30') FROM checked WHERE project = 1
SELECT run_id FROM checked WHERE project = 1 AND (metadata->>'n')::numeric > 50 ORDER BY (metadata->>'n')::numeric, run_id LIMIT 10
SELECT run_id FROM checked WHERE project = 1 AND label = 'a' AND metadata @~ 'n > 50' ORDER BY metadata_sort(metadata, 'loss'), run_id LIMIT 10 FOR UPDATE
$$);

-- NOT VALID, then valid, then gone: plans follow
CREATE TABLE changing (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL);
CREATE INDEX ON changing USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('changing', 300, 1);
ALTER TABLE changing ADD CONSTRAINT zero CHECK (project = 0) NOT VALID;
SELECT * FROM ask('changing', 'project = 0');
ALTER TABLE changing VALIDATE CONSTRAINT zero;
SELECT * FROM ask('changing', 'project = 0');
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_sort = off;
SET cpu_tuple_cost = 10;
PREPARE counted AS SELECT count(*) FROM changing WHERE project = 0 AND metadata @~ 'n > 30';
PREPARE paged AS SELECT run_id FROM changing WHERE project = 0 AND metadata @~ 'n > 97' ORDER BY metadata_sort(metadata, 'n') DESC, run_id LIMIT 3;
PREPARE counted_of(int) AS SELECT count(*) FROM changing WHERE project = $1 AND metadata @~ 'n > 30';
SELECT scans('EXECUTE counted'), scans('EXECUTE paged'), scans('EXECUTE counted_of(0)');
EXECUTE counted;
EXECUTE paged;
EXECUTE counted_of(1);
ALTER TABLE changing DROP CONSTRAINT zero;
INSERT INTO changing VALUES (1000, 1, NULL, '{"n": 1000}');
SELECT scans('EXECUTE counted'), scans('EXECUTE paged');
EXECUTE counted;
EXECUTE paged;
-- NOT NULL alike
PREPARE with_project AS SELECT count(*) FROM changing WHERE project IS NOT NULL AND metadata @~ 'n > 30';
SELECT scans('EXECUTE with_project');
EXECUTE with_project;
ALTER TABLE changing ALTER project DROP NOT NULL;
UPDATE changing SET project = NULL WHERE run_id = 1000;
SELECT scans('EXECUTE with_project');
EXECUTE with_project;
-- a default partition, with partitions of its own, gets rows that were another's
CREATE TABLE moving (run_id int NOT NULL, project int, label text, metadata jsonb NOT NULL) PARTITION BY LIST (project);
CREATE TABLE moving0 PARTITION OF moving FOR VALUES IN (0);
CREATE TABLE moving1 PARTITION OF moving FOR VALUES IN (1);
CREATE TABLE moving_default PARTITION OF moving DEFAULT PARTITION BY RANGE (run_id);
CREATE TABLE moving_all PARTITION OF moving_default DEFAULT;
CREATE INDEX ON moving USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('moving', 300);
PREPARE others AS SELECT count(*) FROM moving WHERE (project IS NULL OR project <> ALL ('{0, 1}')) AND metadata @~ 'n > 30';
PREPARE others_too AS SELECT count(*) FROM moving WHERE NOT (project = ANY ('{0, 1}')) AND metadata @~ 'n > 30';
PREPARE other AS SELECT count(*) FROM moving WHERE project <> 0 AND metadata @~ 'n > 30';
SELECT scans('EXECUTE others'), scans('EXECUTE others_too'), scans('EXECUTE other');
EXECUTE others;
EXECUTE others_too;
EXECUTE other;
ALTER TABLE moving DETACH PARTITION moving1;
DROP TABLE moving0;
-- core forgets the old bound of what is below the default partition only when that table changes
ALTER TABLE moving_all SET (fillfactor = 90);
INSERT INTO moving SELECT * FROM moving1;
INSERT INTO moving SELECT run_id, 0, label, metadata FROM moving1;
SELECT scans('EXECUTE others'), scans('EXECUTE others_too'), scans('EXECUTE other');
EXECUTE others;
EXECUTE others_too;
EXECUTE other;
RESET plan_cache_mode;
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET enable_sort;
RESET cpu_tuple_cost;
DEALLOCATE ALL;

-- tables that inherit: constraints of the parent alone, of the child alone, and of both
CREATE TABLE parent (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL,
  CONSTRAINT positive CHECK (run_id > 0), CONSTRAINT own CHECK (project = 1) NO INHERIT);
CREATE TABLE child (CONSTRAINT other CHECK (project = 2)) INHERITS (parent);
CREATE INDEX ON parent USING gin (metadata metadata_ops) WITH (fastupdate = off);
CREATE INDEX ON child USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO parent SELECT i, 1, NULL, document(i) FROM generate_series(1, 200) AS i;
INSERT INTO child SELECT i, 2, NULL, document(i) FROM generate_series(201, 400) AS i;
SELECT rel, a.* FROM unnest('{parent,ONLY parent,child}'::text[]) AS rel, LATERAL ask(rel, E'run_id > 0\nproject = 1\nproject = 2\nproject IN (1, 2)') AS a;

-- below UNION ALL, in a join, and in a subquery
SELECT * FROM compare_all($$
SELECT run_id FROM (SELECT * FROM list WHERE project = 1 UNION ALL SELECT run_id, project, label, metadata FROM list1 WHERE project = 1) AS u WHERE metadata @~ 'n > 30'
SELECT (SELECT count(*) FROM list WHERE project = 1 AND metadata @~ 'n > 30') - count(*) FROM list WHERE project IN (2, 3) AND metadata @~ 'n > 40'
SELECT count(*) FROM list JOIN checked USING (project) WHERE list.metadata @~ 'n > 90' AND project = 1
$$);

-- nor has what is below a UNION ALL a bound of that
SELECT * FROM compare_all($$
SELECT run_id FROM (SELECT run_id, project, metadata FROM list0 UNION ALL SELECT run_id, project, metadata FROM list1) AS u WHERE project = 1 AND metadata @~ 'n > 30'
SELECT run_id FROM (SELECT run_id, project, metadata FROM list UNION ALL SELECT run_id, project, metadata FROM checked) AS u WHERE project = 1 AND metadata @~ 'n > 30'
$$);
-- CHECK that is NULL at best says nothing
CREATE TABLE unsaid (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL, CHECK (project = 1 OR NULL));
CREATE INDEX ON unsaid USING gin (metadata metadata_ops) WITH (fastupdate = off);
SELECT fill('unsaid', 300);
SELECT * FROM ask('unsaid', 'project = 1');

-- policies and barriers: what is implied hides nothing, all else is asked before functions that tell
CREATE FUNCTION tells(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END $$;
CREATE TABLE guarded (run_id int NOT NULL, project int NOT NULL, label text, metadata jsonb NOT NULL, CHECK (project = 1));
CREATE INDEX ON guarded USING gin (metadata metadata_ops) WITH (fastupdate = off);
INSERT INTO guarded SELECT i, 1, CASE WHEN i = 7 THEN 'seen' ELSE 'hidden' END, document(i) FROM generate_series(1, 300) AS i;
CREATE VIEW behind WITH (security_barrier) AS SELECT * FROM guarded WHERE project = 1 AND label = 'seen';
SET client_min_messages = notice;
SELECT compare('SELECT run_id FROM behind WHERE tells(label) AND project = 1 AND metadata @~ ''n < 50'' ORDER BY metadata_sort(metadata, ''loss'')');
CREATE ROLE regress_implied;
GRANT USAGE ON SCHEMA implied TO regress_implied;
GRANT SELECT ON guarded TO regress_implied;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON guarded USING (project = 1 AND label = 'seen');
SET ROLE regress_implied;
SELECT compare('SELECT run_id FROM guarded WHERE tells(label) AND project = 1 AND metadata @~ ''n < 50'' ORDER BY metadata_sort(metadata, ''loss'')');
SELECT kept('SELECT run_id FROM guarded WHERE project = 1 AND metadata @~ ''n < 50'' ORDER BY metadata_sort(metadata, ''loss'')');
SELECT compare('SELECT count(*) FROM guarded WHERE project = 1 AND metadata @~ ''n < 50''');
RESET ROLE;

-- a clause that fails when it is evaluated is evaluated, whatever implies that it is true
CREATE TABLE failing (project int NOT NULL CHECK (project = 1), metadata jsonb NOT NULL);
CREATE INDEX ON failing USING gin (metadata metadata_ops);
INSERT INTO failing VALUES (1, '{"x": "word", "n": 1}'), (1, '{"x": 5, "n": 1}');
SET enable_seqscan = off;
SELECT count(*) FROM failing WHERE metadata @~ 'n is 1' AND NOT ((metadata->>'x')::int = 1 AND project = 2);
SELECT count(*) FROM failing WHERE metadata @~ 'n is 1' AND (metadata->>'x')::int <> ALL ('{}');
SELECT project FROM failing WHERE metadata @~ 'n is 1' AND NOT ((metadata->>'x')::int = 1 AND project = 2);
RESET enable_seqscan;

\set ECHO none
DROP OWNED BY regress_implied;
DROP ROLE regress_implied;
SET client_min_messages = warning;
DROP SCHEMA implied CASCADE;
