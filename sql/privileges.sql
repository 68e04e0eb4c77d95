-- Who learns what: each role asks the same questions of two tables that differ only in rows that it may not see, and
-- must get the same answers, errors, plans and estimates from both; roles that may see the rows must tell them apart.
CREATE SCHEMA privileges;
SET search_path = privileges, public;
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '
SET client_min_messages = warning;
SET jit = off;

-- Runs of two tenants. What the tenant "them" hides differs between the tables in keys, values and numbers of rows for
-- each, but not in its number of rows, nor in the sizes of table and index, which anybody may read off pg_class, nor in
-- the number of distinct documents, from which core estimates groups without asking who may read it.
CREATE FUNCTION document(i int, hidden text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT CASE WHEN i % 4 = 0 THEN jsonb_build_object('loss', i % 50, 'state', 'open', 'note', 'mine ' || i)
    WHEN hidden = 'first' THEN jsonb_build_object('loss', i % 7, 'state', 'alpha', 'key1', 'code' || i % 3)
    ELSE jsonb_build_object('loss', i * i % 7, 'state', 'gamma', 'key2', 'part' || i * i % 3) END
$$;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY '{first,other}'::text[] LOOP
    EXECUTE format('CREATE TABLE %I (run_id bigint PRIMARY KEY, tenant name NOT NULL DEFAULT current_user, metadata jsonb NOT NULL)', name);
    EXECUTE format('INSERT INTO %I SELECT i, CASE WHEN i %% 4 = 0 THEN ''regress_detmeta_tenant'' ELSE ''them'' END, document(i, %1$L)
      FROM generate_series(1, 2000) AS i', name);
    EXECUTE format('ALTER TABLE %I ALTER metadata SET (n_distinct = 500)', name);
    EXECUTE format('CREATE INDEX ON %I USING gin (metadata metadata_ops)', name);
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) PARTITION BY RANGE (run_id)', 'parted_' || name, name);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (0) TO (1001)', 'low_' || name, 'parted_' || name);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (1001) TO (10000)', 'high_' || name, 'parted_' || name);
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', 'parted_' || name, name);
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', 'tree_' || name, name);
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) INHERITS (%I)', 'leaf_' || name, name, 'tree_' || name);
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', 'leaf_' || name, name);
    EXECUTE format('ALTER TABLE %I ALTER metadata SET (n_distinct_inherited = 500)', 'parted_' || name);
    EXECUTE format('ALTER TABLE %I ALTER metadata SET (n_distinct_inherited = 500)', 'tree_' || name);
    EXECUTE format('ALTER TABLE %I ALTER metadata SET (n_distinct = 500)', 'low_' || name);
    EXECUTE format('ALTER TABLE %I ALTER metadata SET (n_distinct = 500)', 'high_' || name);
    EXECUTE format('ALTER TABLE %I ALTER metadata SET (n_distinct = 500)', 'leaf_' || name);
    EXECUTE format('CREATE VIEW %I WITH (security_barrier) AS SELECT * FROM %I WHERE tenant = ''regress_detmeta_tenant''', 'barrier_parted_' || name, 'parted_' || name);
    EXECUTE format('CREATE VIEW %I WITH (security_barrier) AS SELECT * FROM %I WHERE tenant = ''regress_detmeta_tenant''', 'barrier_' || name, name);
    EXECUTE format('CREATE VIEW %I AS SELECT run_id FROM %I WHERE tenant = ''regress_detmeta_tenant''', 'numbers_' || name, name);
  END LOOP;
END $$;
VACUUM (ANALYZE) first, other, parted_first, parted_other, tree_first, tree_other, leaf_first, leaf_other;
SELECT count(*), count(DISTINCT relpages) FROM pg_class WHERE oid IN ('first'::regclass, 'other'::regclass)
UNION ALL SELECT count(*), count(DISTINCT relpages) FROM pg_class WHERE relname IN ('first_metadata_idx', 'other_metadata_idx');

-- The questions; TABLE stands for what is asked.
CREATE TABLE question (n int GENERATED ALWAYS AS IDENTITY, query text);
INSERT INTO question (query)
SELECT line FROM regexp_split_to_table($$SELECT count(*) FROM TABLE
SELECT count(*) FROM TABLE WHERE metadata @~ 'state is "alpha"'
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'loss < 3'), count(*) FILTER (WHERE metadata_not_empty(metadata, 'key2')) FROM TABLE
SELECT run_id FROM TABLE WHERE metadata_is_not(metadata, 'state', 'open')
SELECT run_id FROM TABLE WHERE metadata_contains(metadata, 'key1', 'ode1') OR metadata_lt(metadata, 'loss', 3)
SELECT run_id FROM TABLE WHERE metadata @~ 'loss < 5' ORDER BY metadata_sort(metadata, 'loss') DESC NULLS LAST, run_id LIMIT 5
SELECT run_id FROM TABLE ORDER BY metadata_sort(metadata, 'key1'), run_id LIMIT 5
SELECT run_id FROM TABLE WHERE metadata @~ 'state is "alpha"' FOR UPDATE
SELECT run_id FROM TABLE WHERE metadata @~ 'state is "alpha"' AND 1 / (run_id - 2) > 5
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'loss < 3') FROM TABLE AS t JOIN (VALUES (1), (4)) AS v (id) ON run_id = id WHERE metadata @~ 'state is not empty'
SELECT count(*) FROM (SELECT * FROM TABLE WHERE metadata @~ 'loss < 3' OFFSET 0) AS s WHERE metadata @~ 'key1 is not empty'
SELECT metadata_key_counts(metadata) FROM TABLE
SELECT * FROM metadata_keys('TABLE')
SELECT * FROM metadata_values('TABLE', 'state')
SELECT * FROM metadata_values('TABLE', 'key2', 'art')
SELECT * FROM metadata_summary('TABLE', 'loss', 5)
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT * FROM search_run_metadata('state is not "open"', 'metadata.loss=asc', 5)
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT * FROM search_run_metadata(sort => 'metadata.key1=desc', "limit" => 3)
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT * FROM search_run_metadata(run_ids => '{1, 2, 4}')
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT get_run_metadata(1)
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT get_run_metadata(4)
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT * FROM compare_run_metadata('{1, 2, 4, 8}')
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT post_run_metadata(1, '{"loss": 1}')
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT post_run_metadata(2, NULL)
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT merge_run_metadata(1, '{"loss": 1}')
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT merge_run_metadata(2, '{"key1": null}')
SET LOCAL detmeta.runs_table = 'TABLE'; SELECT post_run_metadata('{"runId": 5001, "metadata": {"loss": 1}}')
UPDATE TABLE SET run_id = run_id WHERE metadata @~ 'state is "alpha"'
DELETE FROM TABLE WHERE metadata @~ 'key2 is not empty'
INSERT INTO TABLE (run_id, tenant, metadata) VALUES (1, 'them', '{}')$$, '\n') AS line;
-- and their plans, with estimates, run and not
INSERT INTO question (query)
SELECT explain || query FROM question, unnest('{"EXPLAIN (VERBOSE) ","EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF, COSTS OFF) "}'::text[]) AS explain
WHERE query !~ '^SET|^INSERT' ORDER BY explain, n;

-- What a role sees for a statement: rows or error, and what it changed is undone.
CREATE FUNCTION seen(role name, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer text := '';
  line record;
  state text;
  message text;
  detail text;
  hint text;
  part text;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  FOREACH part IN ARRAY string_to_array(query, '; ') LOOP
    IF part ~ '^(SELECT|EXPLAIN)' THEN
      FOR line IN EXECUTE part LOOP
        answer := answer || line::text || E'\n';
      END LOOP;
    ELSE
      EXECUTE part;
    END IF;
  END LOOP;
  RAISE EXCEPTION USING ERRCODE = 'P0DET';
EXCEPTION
  WHEN SQLSTATE 'P0DET' THEN
    RETURN answer;
  WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN answer || concat_ws(' / ', state, message, detail, hint);
END $$;

-- The questions by whose answers a role tells two tables apart.
CREATE FUNCTION told_apart(role name, prefix text DEFAULT '') RETURNS TABLE (question text) LANGUAGE sql AS $$
  SELECT query FROM (
    SELECT n, query,
      replace(seen(role, replace(query, 'TABLE', prefix || 'first')), 'first', 'TABLE') AS one,
      replace(seen(role, replace(query, 'TABLE', prefix || 'other')), 'other', 'TABLE') AS two
    FROM question) AS answers
  WHERE one IS DISTINCT FROM two ORDER BY n
$$;

CREATE ROLE regress_detmeta_reader;
CREATE ROLE regress_detmeta_stranger;
CREATE ROLE regress_detmeta_numbers;
CREATE ROLE regress_detmeta_writer;
CREATE ROLE regress_detmeta_poster;
CREATE ROLE regress_detmeta_tenant;
CREATE ROLE regress_detmeta_barrier;
GRANT USAGE ON SCHEMA privileges TO PUBLIC;
GRANT SELECT ON first, other, parted_first, parted_other, tree_first, tree_other TO regress_detmeta_reader;
GRANT SELECT (run_id, tenant), INSERT, UPDATE, DELETE ON first, other TO regress_detmeta_numbers;
GRANT INSERT, UPDATE, DELETE ON first, other TO regress_detmeta_writer;
GRANT SELECT (run_id), SELECT (metadata) ON first, other TO regress_detmeta_poster;
GRANT SELECT, INSERT, UPDATE, DELETE ON first, other TO regress_detmeta_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON parted_first, parted_other, tree_first, tree_other TO regress_detmeta_tenant;
GRANT SELECT, UPDATE, DELETE ON barrier_first, barrier_other, barrier_parted_first, barrier_parted_other TO regress_detmeta_barrier;

-- those who may read it do see the difference
SELECT count(*) > 20 FROM told_apart('regress_detmeta_reader');
SELECT count(*) > 20 FROM told_apart('regress_detmeta_poster');
SELECT count(*) > 20, count(*) FILTER (WHERE question ~ '^EXPLAIN .ANALYZE.*count') > 2 FROM told_apart('regress_detmeta_reader', 'parted_');
SELECT count(*) > 20 FROM told_apart('regress_detmeta_reader', 'tree_');
-- the others see none
SELECT * FROM told_apart('regress_detmeta_stranger');
SELECT * FROM told_apart('regress_detmeta_numbers');
SELECT * FROM told_apart('regress_detmeta_writer');
SELECT * FROM told_apart('regress_detmeta_barrier');
SELECT * FROM told_apart('regress_detmeta_barrier', 'barrier_');
-- before 15.14, 16.10 and 17.6 the server estimates by all rows of partitions that are below such a view (CVE-2025-8713)
SELECT * FROM told_apart('regress_detmeta_barrier', 'barrier_parted_')
WHERE question !~ '^EXPLAIN .VERBOSE. (UPDATE|DELETE)'
  OR current_setting('server_version_num')::int NOT BETWEEN 150000 AND 150013
  AND current_setting('server_version_num')::int NOT BETWEEN 160000 AND 160009
  AND current_setting('server_version_num')::int NOT BETWEEN 170000 AND 170005;

-- row-level security; that of a partitioned table and of a parent counts for what is below them
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY '{parted_first,parted_other,tree_first,tree_other}'::text[] LOOP
    EXECUTE format('CREATE POLICY own ON %I USING (tenant = current_user)', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
  END LOOP;
END $$;
CREATE POLICY own ON first USING (tenant = current_user);
CREATE POLICY own ON other USING (tenant = current_user);
ALTER TABLE first ENABLE ROW LEVEL SECURITY;
ALTER TABLE other ENABLE ROW LEVEL SECURITY;
SELECT * FROM told_apart('regress_detmeta_tenant');
SELECT * FROM told_apart('regress_detmeta_tenant', 'parted_');
SELECT * FROM told_apart('regress_detmeta_tenant', 'tree_');
SELECT * FROM told_apart('regress_detmeta_reader');
SELECT seen('regress_detmeta_tenant', 'SELECT count(*) FROM first'), seen('regress_detmeta_tenant', 'SELECT sum(runs) FROM metadata_keys(''first'')');
SET enable_seqscan = off;
SELECT * FROM told_apart('regress_detmeta_tenant');
SELECT * FROM told_apart('regress_detmeta_tenant', 'parted_');
SELECT * FROM told_apart('regress_detmeta_tenant', 'tree_');
SET enable_bitmapscan = off;
SELECT * FROM told_apart('regress_detmeta_tenant');
SELECT * FROM told_apart('regress_detmeta_tenant', 'parted_');
SELECT * FROM told_apart('regress_detmeta_tenant', 'tree_');
-- policies that are conditions of the index themselves
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY '{first,other,parted_first,parted_other,tree_first,tree_other}'::text[] LOOP
    EXECUTE format('ALTER POLICY own ON %I USING (metadata @~ ''state is "open"'')', name);
  END LOOP;
END $$;
SELECT * FROM told_apart('regress_detmeta_tenant');
SELECT * FROM told_apart('regress_detmeta_tenant', 'parted_');
SELECT * FROM told_apart('regress_detmeta_tenant', 'tree_');
RESET enable_seqscan;
RESET enable_bitmapscan;

-- a schema that a role may not use: by its OID a table is as far away as by its name; a partition's schema does not matter
CREATE SCHEMA privileges_closed;
CREATE TABLE privileges_closed.run (run_id int, metadata jsonb NOT NULL);
INSERT INTO privileges_closed.run VALUES (1, '{"secret": 1}');
CREATE INDEX closed_index ON privileges_closed.run USING gin (metadata metadata_ops);
CREATE VIEW privileges_closed.seen AS SELECT * FROM privileges_closed.run;
CREATE VIEW open_view AS SELECT * FROM privileges_closed.run;
CREATE TABLE open_parted (run_id int, metadata jsonb NOT NULL) PARTITION BY RANGE (run_id);
CREATE TABLE privileges_closed.part PARTITION OF open_parted DEFAULT;
INSERT INTO open_parted VALUES (1, '{"open": 1}');
GRANT SELECT ON privileges_closed.run, privileges_closed.seen, open_view, open_parted, privileges_closed.part TO regress_detmeta_reader;
ALTER TABLE privileges_closed.run OWNER TO regress_detmeta_reader;
SELECT call, seen('regress_detmeta_reader', 'SELECT ' || format(call, relation::oid)) FROM
  (VALUES (1, 'privileges_closed.run'::regclass), (2, 'privileges_closed.seen'), (3, 'privileges_closed.part'), (4, 'open_view'), (5, 'open_parted')) AS r (n, relation),
  unnest('{metadata_keys(%s),"metadata_values(%s, ''open'')","metadata_summary(%s, ''open'')"}'::text[]) AS call ORDER BY n, call;
SELECT seen('regress_detmeta_reader', format('SELECT metadata_index_check(%s)', 'privileges_closed.closed_index'::regclass::oid));
SELECT seen('regress_detmeta_reader', 'SELECT count(*) FROM privileges_closed.run');
GRANT USAGE ON SCHEMA privileges_closed TO regress_detmeta_reader;
SELECT seen('regress_detmeta_reader', format('SELECT metadata_keys(%s)', 'privileges_closed.run'::regclass::oid));
SELECT seen('regress_detmeta_reader', format('SELECT count(*) FROM metadata_index_check(%s)', 'privileges_closed.closed_index'::regclass::oid));
DROP TABLE open_parted CASCADE;
DROP SCHEMA privileges_closed CASCADE;

-- notices about rows on the way of an order, hidden ones too, are not for everybody
SET ROLE regress_detmeta_tenant;
SET detmeta.debug_match = on;
RESET ROLE;
GRANT SET ON PARAMETER detmeta.debug_match TO regress_detmeta_reader;
SET ROLE regress_detmeta_reader;
SET detmeta.debug_match = on;
RESET ROLE;
REVOKE SET ON PARAMETER detmeta.debug_match FROM regress_detmeta_reader;
-- nor in a session that has not loaded the library yet
\c -
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '
SET client_min_messages = warning;
SET ROLE regress_detmeta_tenant;
SET detmeta.debug_match = on;
SELECT metadata_sort('{}', 'loss') IS NULL;
SHOW detmeta.debug_match;
RESET ROLE;

-- A caller's schema in front of everything: operators, functions, types and casts of the same names as those that the
-- functions use. None may be called, with the caller's rights or with those of the owner of a function.
RESET search_path;
SET search_path = privileges, public;
ALTER TABLE first DISABLE ROW LEVEL SECURITY;
CREATE SCHEMA trap AUTHORIZATION regress_detmeta_tenant;
GRANT USAGE ON SCHEMA public TO PUBLIC;
SET ROLE regress_detmeta_tenant;
SET search_path = trap, public, privileges;
DO $$
DECLARE
  statement text;
BEGIN
  FOR statement IN
    SELECT format('CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS $f$ BEGIN RAISE ''trapped: %1$s''; END $f$',
      proname, pg_get_function_identity_arguments(oid), pg_get_function_result(oid))
    FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND prorettype = ANY ('{boolean,bigint,integer,text,jsonb}'::regtype[])
      AND proname ~ '^(int8|int4|int84|int48|jsonb|text|lower|upper|array|bytea|byteane|byteaeq)' AND proargtypes::regtype[]::text !~ 'any|internal|cstring'
      AND provariadic = 0
  LOOP
    EXECUTE statement;
  END LOOP;
END $$;
CREATE FUNCTION trap.fires(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: operator of bigint'; END $$;
CREATE FUNCTION trap.fires(jsonb, jsonb) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: operator of jsonb'; END $$;
CREATE FUNCTION trap.fires(jsonb, metadata_filter) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: operator of metadata_filter'; END $$;
CREATE FUNCTION trap.fires(record, record) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: operator of record'; END $$;
CREATE FUNCTION trap.fires(bigint, bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: operator of bigint[]'; END $$;
CREATE FUNCTION trap.fires(bytea, bytea) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: operator of bytea'; END $$;
CREATE OPERATOR trap.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = trap.fires);
CREATE OPERATOR trap.<> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = trap.fires);
CREATE OPERATOR trap.< (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = trap.fires);
CREATE OPERATOR trap.= (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = trap.fires);
CREATE OPERATOR trap.<> (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = trap.fires);
CREATE OPERATOR trap.= (LEFTARG = record, RIGHTARG = record, FUNCTION = trap.fires);
CREATE OPERATOR trap.*= (LEFTARG = record, RIGHTARG = record, FUNCTION = trap.fires);
CREATE OPERATOR trap.*<> (LEFTARG = record, RIGHTARG = record, FUNCTION = trap.fires);
CREATE OPERATOR trap.= (LEFTARG = bigint, RIGHTARG = bigint[], FUNCTION = trap.fires);
CREATE OPERATOR trap.< (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = trap.fires);
CREATE OPERATOR trap.@~ (LEFTARG = jsonb, RIGHTARG = metadata_filter, FUNCTION = trap.fires);
CREATE FUNCTION trap.metadata_filter(text, text, text) RETURNS metadata_filter LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: metadata_filter'; END $$;
CREATE FUNCTION trap.metadata_sort(jsonb, text) RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: metadata_sort'; END $$;
CREATE FUNCTION trap.metadata_matches(jsonb, metadata_filter) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped: metadata_matches'; END $$;
CREATE DOMAIN trap.jsonb AS text;
CREATE DOMAIN trap.bigint AS text;
CREATE DOMAIN trap.int8 AS text;
CREATE DOMAIN trap.bytea AS text;
RESET ROLE;
CREATE FUNCTION privileges.trapped() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  call text;
  answer text;
BEGIN
  PERFORM pg_catalog.set_config('detmeta.runs_table', 'privileges.first', true);
  FOREACH call IN ARRAY '{public.metadata_keys(''privileges.first''),"public.metadata_values(''privileges.first'', ''state'')",
    "public.metadata_summary(''privileges.first'', ''loss'')","public.search_run_metadata(''state is \"alpha\"'', ''metadata.loss=asc'', 3)",
    "public.search_run_metadata(run_ids => ''{4,8}'')","public.compare_run_metadata(''{1,4}'')",public.get_run_metadata(4),
    "public.merge_run_metadata(4, ''{\"x\": 1}'')","public.post_run_metadata(4, ''{\"x\": 2}'')","public.post_run_metadata(4, NULL)"}'::pg_catalog.text[] LOOP
    BEGIN
      EXECUTE 'SELECT pg_catalog.count(*) FROM ' || call INTO answer;
    EXCEPTION WHEN OTHERS THEN
      answer := SQLERRM;
    END;
    RETURN NEXT call OPERATOR(pg_catalog.||) ' ' OPERATOR(pg_catalog.||) answer;
  END LOOP;
END $$;
SET ROLE regress_detmeta_tenant;
SET search_path = trap, pg_catalog, public, privileges;
SELECT 1::pg_catalog.int8 = 1::pg_catalog.int8;
SELECT * FROM privileges.trapped();
SET search_path = trap, public, pg_catalog, privileges;
SELECT * FROM privileges.trapped();
RESET ROLE;
RESET search_path;

DROP SCHEMA trap, privileges CASCADE;
DROP ROLE regress_detmeta_reader, regress_detmeta_stranger, regress_detmeta_numbers, regress_detmeta_writer, regress_detmeta_poster, regress_detmeta_tenant, regress_detmeta_barrier;
