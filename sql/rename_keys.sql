-- Keys over old runs: rename and remove them
\getenv tree PG_ABS_SRCDIR
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA rename_keys;
SET search_path = rename_keys, public;
\set ECHO none
\i :tree/test/regress/outcome.sql
\set ECHO all
\pset format unaligned
\pset tuples_only on

-- Without a table
SELECT rename_metadata_key('a', 'b');
\echo :SQLSTATE
SELECT create_runs_metadata();
-- All that is in the table, in one line; and what a call makes of it, which is undone
CREATE FUNCTION stored(name text DEFAULT 'runs_metadata') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  rows text;
BEGIN
  EXECUTE format('SELECT string_agg(format(''%%s %%s'', run_id, metadata), ''  '' ORDER BY run_id) FROM %I', name) INTO rows;
  RETURN coalesce(rows, '-');
END $$;
CREATE FUNCTION tried(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text;
BEGIN
  result := outcome('SELECT ' || call);
  result := concat_ws(': ', result, CASE WHEN result ~ '^[0-9]+$' THEN stored() END);
  RAISE EXCEPTION 'undone' USING DETAIL = result;
EXCEPTION WHEN raise_exception THEN
  GET STACKED DIAGNOSTICS result = PG_EXCEPTION_DETAIL;
  RETURN result;
END $$;
CREATE FUNCTION tried_all(calls text) RETURNS TABLE (call text, result text) LANGUAGE plpgsql AS $$
BEGIN
  FOREACH call IN ARRAY regexp_split_to_array(btrim(calls, E'\n'), E'\n') LOOP
    result := tried(call);
    RETURN NEXT;
  END LOOP;
END $$;
-- What a renaming makes of one document
CREATE FUNCTION renamed(document jsonb, old text, new text, on_conflict text DEFAULT 'error') RETURNS text LANGUAGE sql
  RETURN outcome(format('SELECT metadata_with_key_renamed(%L, ''7'', %L, %L, %L)', document, old, new, on_conflict));

-- Every kind of value, also those that are empty
SELECT count(post_run_metadata(i, jsonb_build_object('k', v, 'i', i))) FROM
  jsonb_array_elements('[1, "s", "2024-01-15", true, null, [], {}, [1, null], {"x": {"y": null}}, [[]], [{"k": 1}]]') WITH ORDINALITY AS v (v, i);
SELECT post_run_metadata(20, '{"j": {"k": 1}, "l": [{"k": 1}], "kk": 1}');
SELECT rename_metadata_key('k', 'new');
SELECT stored();
SELECT rename_metadata_key('k', 'new'), rename_metadata_key('nowhere', 'new'), remove_metadata_key('nowhere'), remove_metadata_key('');
SELECT rename_metadata_key('new', 'new'), rename_metadata_key('new.x', 'new.x');
SELECT remove_metadata_key('new');
SELECT stored();

-- Those that a filter finds
SELECT rename_metadata_key('i', 'number', 'i between 3 and 5 or j is not empty');
SELECT rename_metadata_key('i', 'number', filter => metadata_filter('i', 'in', ARRAY[1, 2, 99]));
SELECT remove_metadata_key('i', 'i > 9');
SELECT remove_metadata_key('i', filter => 'true');
SELECT stored();
-- a long one, which leaves no room for another condition
SELECT remove_metadata_key('number', string_agg(format('number = %s', i), ' or ')::metadata_filter) FROM generate_series(3, 1002) AS i;
SELECT stored();
TRUNCATE runs_metadata;

-- Nested keys: objects on the way are made, and removed with their last member
SELECT old, new, renamed('{"a": 1, "b": {"c": {"d": 2}}, "e": {"f": 3, "g": {}}}', old, new) FROM (VALUES
  ('a', 'x'), ('a', 'x.y.z'), ('a', 'b.a'), ('a', 'b.c.a'), ('a', 'e.g.a'), ('b.c.d', 'd'), ('b.c.d', 'b.d'), ('b.c', 'c'), ('b', 'a.b'), ('b', 'e.b'),
  ('e.f', 'e.x'), ('e.f', 'f'), ('e.g', 'g'), ('e.f', 'e.f.f'), ('a', 'a.b.c'), ('b', 'b.b'), ('b', 'b.c'), ('b.c', 'b'), ('b.c.d', 'b'), ('b.c.d', 'b.c'),
  ('e.f', 'e'), ('a', 'b'), ('a', 'b.c.d.e'), ('a', 'a'), ('b.c', 'b.c'), ('b.x', 'x'), ('a.b', 'x'), ('', 'x')) AS t (old, new);
SELECT document, key, metadata_without_key(document, key) FROM (VALUES
  (jsonb '{"a": 1, "b": {"c": {"d": 2}}}', 'a'), ('{"a": 1, "b": {"c": {"d": 2}}}', 'b.c.d'), ('{"a": 1, "b": {"c": {"d": 2}}}', 'b.c'), ('{"b": {"c": {"d": 2}}}', 'b.c.d'),
  ('{"a": {"b": 1, "c": {}}}', 'a.b'), ('{"a": {"b": {}}}', 'a.b'), ('{"a": {}}', 'a.b'), ('{"a": 1}', 'b'), ('{}', 'a'), ('[{"a": 1}]', 'a'), ('"a"', 'a'), ('{"": 1, "a": {"": 2}}', ''),
  ('{"": 1, "a": {"": 2}}', 'a.'), ('{"a": [{"b": 1}]}', 'a.b'), ('{"ä": {"日本": 1, "ö": 2}}', 'ä.日本')) AS t (document, key);
SELECT metadata_without_key(NULL, 'a'), metadata_without_key('{}', NULL), metadata_with_key_renamed('[{"a": 1}]', '1', 'a', 'b', 'error'),
  metadata_with_key_renamed('{"a": 1}', NULL, 'a', 'b', 'error');

-- Conflicts: the new key is there, or what is no object is on the way
SELECT document, old, new, on_conflict, renamed(document, old, new, on_conflict) FROM (VALUES
  (jsonb '{"a": 1, "b": 2}', 'a', 'b'), ('{"a": 1, "b": null}', 'a', 'b'), ('{"a": null, "b": {}}', 'a', 'b'), ('{"a": {"x": 1}, "b": {"y": 2}}', 'a', 'b'), ('{"a": 1, "b": {"c": 2, "d": 3}}', 'a', 'b.c'),
  ('{"a": 1, "b": 2}', 'a', 'b.c.d'), ('{"a": 1, "b": {"c": null}}', 'a', 'b.c.d'), ('{"a": 1, "b": [{"c": 2}]}', 'a', 'b.c'), ('{"a": {"b": 1, "c": 2}}', 'a.b', 'a'),
  ('{"a": {"b": 1}}', 'a.b', 'a.b.c'), ('{"a": 1}', 'b', 'a')) AS t (document, old, new),
  unnest('{error,keep,replace}'::text[]) AS on_conflict;

-- Names that hold dots, as a filter finds them; the new one is as it would be posted
SELECT document, old, new, on_conflict, renamed(document, old, new, on_conflict) FROM (VALUES
  (jsonb '{"a.b": 1}', 'a.b', 'c'), ('{"a.b": 1}', 'a.b', 'a.b'), ('{"a.b": 1, "a": {"c": 2}}', 'a.b', 'a.b'), ('{"a.b": {"c": 1, "d": 2}}', 'a.b.c', 'c'), ('{"a": {"b.c": 1}}', 'a.b.c', 'c'),
  ('{"a.b": 1, "a": {"b": 2}}', 'a.b', 'c'), ('{"a.b": 1, "a": {"b": 2}}', 'a.b', 'a.b'), ('{"a": 1, "b.c": 2}', 'a', 'b.c'), ('{"a": 1, "b.c": 2, "b": {"c": 3}}', 'a', 'b.c'),
  ('{"a": 1, "b.c": 2}', 'a', 'b.c.d'), ('{"a.b": 1}', 'a', 'c'), ('{"a.b": 1}', 'b', 'c')) AS t (document, old, new),
  unnest('{error,keep,replace}'::text[]) AS on_conflict;
-- of several places, the one whose first name is the shortest
SELECT renamed('{"a.b.c.d": 1, "a.b": {"c": {"d": 2}}, "a": {"b.c.d": 3}}', 'a.b.c.d', 'x', 'keep'), renamed('{"a.b.c": 1, "a.b": {"c": 2}}', 'a.b.c', 'x', 'replace');
SELECT metadata_without_key('{"a.b": 1, "a": {"b": 2, "c": 3}, "x.y": {"z": 4}}', key) FROM unnest('{a.b,a.c,a,x.y.z,x.y,x}'::text[]) AS key;

-- What is renamed in many runs is renamed in all or in none
INSERT INTO runs_metadata VALUES (1, '{"lr": 0.1}'), (2, '{"lr": 0.2, "optimizer": {"lr": 0.3}}'), (3, '{"lr": 0.4, "optimizer": "adam"}'), (4, '{"optimizer": {"lr": 0.5}}'),
  (5, '{"optimizer.lr": 0.6}'), (6, '[{"lr": 0.7}]'), (7, '{"lr": {}, "n": 1}');
SELECT * FROM tried_all($$
rename_metadata_key('lr', 'optimizer.lr')
rename_metadata_key('lr', 'optimizer.lr', 'lr < 0.15')
rename_metadata_key('lr', 'optimizer.lr', 'optimizer is "adam"')
rename_metadata_key('lr', 'optimizer.lr', on_conflict => 'keep')
rename_metadata_key('lr', 'optimizer.lr', on_conflict => 'replace')
rename_metadata_key('optimizer.lr', 'lr')
rename_metadata_key('optimizer.lr', 'lr', on_conflict => 'keep')
rename_metadata_key('optimizer.lr', 'lr', on_conflict => 'replace')
rename_metadata_key('optimizer.lr', 'optimizer.lr')
rename_metadata_key('optimizer.lr', 'optimizer.rate')
rename_metadata_key('lr', 'lr.value')
remove_metadata_key('optimizer.lr')
remove_metadata_key('lr')
remove_metadata_key('optimizer')
$$);
SELECT rename_metadata_key('lr', 'optimizer.lr');
\echo :SQLSTATE
SELECT rename_metadata_key('lr', 'optimizer.lr', 'optimizer is not {"lr": 0.3}');
\echo :SQLSTATE
INSERT INTO runs_metadata VALUES (8, '{"a": {"b": 1}, "a.b": 2}');
SELECT rename_metadata_key('a.b', 'c');
\echo :SQLSTATE
-- and what was renamed can be named back
SELECT rename_metadata_key('n', 'x.y.n'), rename_metadata_key('x.y', 'z'), rename_metadata_key('z.n', 'n');
SELECT metadata FROM runs_metadata WHERE run_id = 7;

-- Wrong arguments
SELECT rename_metadata_key(NULL, 'b');
\echo :SQLSTATE
SELECT rename_metadata_key('a', NULL);
SELECT rename_metadata_key('a', 'b', on_conflict => NULL);
SELECT remove_metadata_key(NULL);
SELECT rename_metadata_key('a', 'b', on_conflict => 'merge');
\echo :SQLSTATE
SELECT rename_metadata_key('a', 'b', 'c is');

-- The new key is one that can be posted, even if no run has the old one
SELECT new, outcome(format('SELECT rename_metadata_key(''nowhere'', %L)', new)) FROM unnest(ARRAY['', '.', 'a.', '.a', 'a..b', 'a$', 'a[0]', repeat('k', 51), 'a.' || repeat('k', 51),
  'a.b.c.d.e.f.g.h.i.j', 'a.b.c.d.e.f.g.h.i.j.k']) AS new;
-- the nesting counts that of the value, and the objects on the way are keys
TRUNCATE runs_metadata;
SELECT post_run_metadata(1, '{"v": 1, "deep": {"x": [[[1]]]}, "odd": 1}');
SET detmeta.max_depth = 7;
SELECT * FROM tried_all($$
rename_metadata_key('deep', 'a.deep')
rename_metadata_key('deep', 'a.b.deep')
rename_metadata_key('deep', 'a.b.c.deep')
rename_metadata_key('v', 'a.b.c.d.e.v')
rename_metadata_key('v', 'a.b.c.d.e.f.v')
rename_metadata_key('v', 'a.b.c.d.e.f.g.v')
$$);
RESET detmeta.max_depth;
SET detmeta.max_keys = 5;
SELECT * FROM tried_all($$
rename_metadata_key('v', 'a.v')
rename_metadata_key('v', 'a.b.v')
rename_metadata_key('v', 'w')
$$);
\set SHOW_CONTEXT always
SELECT rename_metadata_key('v', 'a.b.v');
\set SHOW_CONTEXT never
\echo :SQLSTATE
RESET detmeta.max_keys;
-- what the runs have else came by INSERT, and stays: renaming is how it is put right
INSERT INTO runs_metadata VALUES (2, jsonb_build_object('v', 1, 'x[0]', 1, 'long', repeat('s', 6000), 'many', (SELECT jsonb_agg(i) FROM generate_series(1, 200) AS i)));
SELECT rename_metadata_key('x[0]', 'x'), rename_metadata_key('v', 'a.v'), rename_metadata_key('many', 'm.any');
SELECT metadata - 'long' #- '{m,any}' AS left FROM runs_metadata WHERE run_id = 2;
TRUNCATE runs_metadata;

-- Found in the index, as the presence of the key, with any documents; the answers are those of each row
INSERT INTO runs_metadata SELECT i, CASE WHEN i % 50 = 0 THEN '[{"k": 1}]' ELSE jsonb_build_object('n', i) || CASE WHEN i % 4 = 0 THEN '{}'
  ELSE jsonb_build_object((ARRAY['k', 'o', 'k.x', 'o.k'])[1 + i / 4 % 4], ('[1, null, [], {}, {"k": null}, "s", [null], {"x": {"k": []}}, [{"k": 1}]]'::jsonb)->(i % 9)) END END
FROM generate_series(1, 2000) AS i;
CREATE TEMP TABLE before AS SELECT * FROM runs_metadata;
VACUUM ANALYZE runs_metadata;
CREATE FUNCTION agrees(call text, expected text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  n bigint; wrong bigint; changed bigint;
BEGIN
  EXECUTE 'SELECT ' || call INTO n;
  EXECUTE format('SELECT count(*) FILTER (WHERE r.metadata IS DISTINCT FROM e.metadata), count(*) FILTER (WHERE e.metadata IS DISTINCT FROM b.metadata) FROM before AS b
    LEFT JOIN (SELECT run_id, %s AS metadata FROM before) AS e ON e.run_id = b.run_id AND e.metadata <> ''{}'' LEFT JOIN runs_metadata AS r ON r.run_id = b.run_id', expected) INTO wrong, changed;
  RAISE EXCEPTION 'undone' USING DETAIL = format('%s: %s changed, %s', call, n, CASE WHEN wrong = 0 AND n = changed THEN 'right' ELSE format('%s wrong, not %s', wrong, changed) END);
EXCEPTION WHEN raise_exception THEN
  GET STACKED DIAGNOSTICS call = PG_EXCEPTION_DETAIL;
  RETURN call;
END $$;
SELECT agrees(format('remove_metadata_key(%L)', k), format('metadata_without_key(metadata, %L)', k)) FROM unnest('{k,o,o.k,k.x,k.x.k,o.x.k,n}'::text[]) AS k;
SELECT agrees(format('rename_metadata_key(%L, %L, on_conflict => %L)', k, new, c), format('metadata_with_key_renamed(metadata, '''', %L, %L, %L)', k, new, c))
FROM unnest('{k,o.k,k.x}'::text[]) AS k, unnest('{o,k.y.z,n}'::text[]) AS new, unnest('{keep,replace}'::text[]) AS c;
SELECT agrees('remove_metadata_key(''k'', ''n <= 100'')', $$CASE WHEN metadata @~ 'n <= 100' THEN metadata_without_key(metadata, 'k') ELSE metadata END$$);
SELECT run_id FROM runs_metadata AS r JOIN before USING (run_id) WHERE r.metadata <> before.metadata;
SET enable_seqscan = off;
BEGIN;
SELECT pg_stat_get_xact_numscans('runs_metadata'::regclass) AS scans \gset
SELECT remove_metadata_key('k.x', 'n < 30');
SELECT pg_stat_get_xact_numscans('runs_metadata'::regclass) - :scans AS scans;
ROLLBACK;
RESET enable_seqscan;
SELECT * FROM metadata_index_check('runs_metadata_metadata_idx');

-- Runs of any ids, and tables of any kind
CREATE TABLE of_uuid (run_id uuid PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_text (run_id text COLLATE "C" PRIMARY KEY, metadata jsonb NOT NULL);
CREATE DOMAIN document AS jsonb CHECK (value <> '{"refused": true}');
CREATE TABLE of_domain (run_id int PRIMARY KEY, metadata document);
CREATE TABLE of_json (run_id varchar(5) PRIMARY KEY, metadata json);
CREATE TABLE in_parts (run_id bigint PRIMARY KEY, metadata jsonb) PARTITION BY HASH (run_id);
CREATE TABLE part_0 PARTITION OF in_parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF in_parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON in_parts USING gin (metadata metadata_ops);
CREATE VIEW as_view AS SELECT run_id, metadata FROM in_parts;
CREATE TABLE other_columns (id bigint PRIMARY KEY, metadata jsonb);
CREATE TABLE no_metadata (run_id bigint PRIMARY KEY);
CREATE TABLE of_jsons (run_id json, metadata jsonb);
CREATE FUNCTION changed(name text, ids text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answers text;
BEGIN
  PERFORM set_config('detmeta.runs_table', name, true);
  EXECUTE format('INSERT INTO %I (run_id, metadata) VALUES (%L, ''{"a": 1, "b": 2}''), (%L, ''{"a": null}''), (%L, ''{"b": 3}'')', name, ids[1], ids[2], ids[3]);
  answers := outcome('SELECT rename_metadata_key(''a'', ''b'')');
  answers := concat_ws(' ', answers, rename_metadata_key('a', 'x.y'), rename_metadata_key('b', 'x.z'), stored(name), remove_metadata_key('x.y'), stored(name));
  EXECUTE format('DELETE FROM %I', name);
  RETURN answers;
END $$;
SELECT name, changed(name, ids) FROM (VALUES ('of_uuid', '{00000000-0000-0000-0000-000000000002,00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000003}'::text[]),
  ('of_text', '{4f1c.../é''x%&#@,"",a}'), ('of_domain', '{-1,2,3}'), ('of_json', '{a,b,c}'), ('in_parts', '{1,2,3}'), ('as_view', '{1,2,3}')) AS t (name, ids);
SET detmeta.runs_table = 'other_columns';
SELECT outcome('SELECT rename_metadata_key(''a'', ''b'')');
SET detmeta.runs_table = 'no_metadata';
SELECT outcome('SELECT remove_metadata_key(''a'')');
SET detmeta.runs_table = 'of_jsons';
SELECT outcome('SELECT remove_metadata_key(''a'')');
SET detmeta.runs_table = 'of_domain';
INSERT INTO of_domain VALUES (1, '{"a": true}'), (2, NULL);
SELECT outcome('SELECT rename_metadata_key(''a'', ''refused'')');
SELECT remove_metadata_key('a'), stored('of_domain');

-- Triggers: what they suppress is not counted
CREATE TABLE triggered (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF old.metadata ? 'suppress' THEN RETURN NULL; END IF;
  IF tg_op = 'DELETE' THEN RETURN old; END IF;
  new.metadata := new.metadata || '{"stamped": true}';
  RETURN new;
END $$;
CREATE TRIGGER stamp BEFORE UPDATE OR DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION stamp();
INSERT INTO triggered VALUES (1, '{"a": 1}'), (2, '{"a": 2, "suppress": 1}'), (3, '{"a": 3}');
SET detmeta.runs_table = 'triggered';
SELECT rename_metadata_key('a', 'b', 'a > 1'), stored('triggered');
SELECT remove_metadata_key('a'), stored('triggered');

-- Read-only transactions
BEGIN READ ONLY;
SAVEPOINT s;
SELECT rename_metadata_key('a', 'b');
ROLLBACK TO s;
SELECT remove_metadata_key('a');
ROLLBACK;

-- Privileges are the caller's: a row may have to be deleted where a key is removed, not where it is renamed
CREATE ROLE regress_rename_user;
GRANT USAGE ON SCHEMA rename_keys TO regress_rename_user;
CREATE TABLE shared (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
INSERT INTO shared VALUES (1, '{"a": 1, "owner": "regress_rename_user"}'), (2, '{"a": 2, "owner": "other"}'), (3, '{"a": 3}');
SET detmeta.runs_table = 'shared';
SET ROLE regress_rename_user;
SELECT rename_metadata_key('a', 'b');
RESET ROLE;
GRANT SELECT ON shared TO regress_rename_user;
SET ROLE regress_rename_user;
SELECT rename_metadata_key('a', 'b');
RESET ROLE;
GRANT UPDATE ON shared TO regress_rename_user;
SET ROLE regress_rename_user;
SELECT rename_metadata_key('a', 'b');
SELECT remove_metadata_key('b');
\echo :SQLSTATE
RESET ROLE;
GRANT DELETE ON shared TO regress_rename_user;
-- so is what row-level security lets them see, also of conflicts
ALTER TABLE shared ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shared USING (metadata ->> 'owner' = current_user);
SET ROLE regress_rename_user;
SELECT rename_metadata_key('b', 'owner');
SELECT rename_metadata_key('b', 'a');
SELECT rename_metadata_key('owner', 'of');
SELECT remove_metadata_key('a');
RESET ROLE;
SELECT stored('shared');
DROP TABLE shared;
REVOKE ALL ON SCHEMA rename_keys FROM regress_rename_user;
DROP ROLE regress_rename_user;

-- Where a run may have several rows, one document would be written over another
CREATE TABLE shards (run_id int, shard int, metadata jsonb, PRIMARY KEY (run_id, shard));
INSERT INTO shards VALUES (1, 1, '{"a": 1, "b": 1}'), (1, 2, '{"a": 2, "b": 2}');
SET detmeta.runs_table = 'shards';
SELECT outcome($$SELECT rename_metadata_key('a', 'c')$$), outcome($$SELECT remove_metadata_key('a', 'a > 1')$$), stored('shards');
DROP TABLE shards;

-- Where the extension's schema is not on the search path, and the caller's operators are not to be trusted
BEGIN;
CREATE FUNCTION never(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN false; END';
CREATE FUNCTION never(record, record) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN false; END';
CREATE FUNCTION never(jsonb, jsonb) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN false; END';
CREATE OPERATOR = (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = never);
CREATE OPERATOR *<> (LEFTARG = record, RIGHTARG = record, FUNCTION = never);
CREATE OPERATOR <> (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = never);
CREATE DOMAIN jsonb AS text;
CREATE SCHEMA "the extension's";
ALTER EXTENSION detmeta SET SCHEMA "the extension's";
SET LOCAL search_path = rename_keys, pg_catalog;
SET LOCAL detmeta.runs_table = 'triggered';
INSERT INTO triggered VALUES (4, '{"a": 4}'), (5, '{"x": {"a": 5}}');
SELECT "the extension's".rename_metadata_key('a', 'x.a', 'a = 4');
SELECT "the extension's".remove_metadata_key('x.a');
SELECT run_id, metadata FROM triggered ORDER BY 1;
ROLLBACK;

RESET detmeta.runs_table;
DROP SCHEMA rename_keys CASCADE;
