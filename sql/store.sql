-- Storing: create, post, merge, get
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA store_test;
SET search_path = store_test, public;

-- Without a table
SELECT get_run_metadata(1);
SELECT post_run_metadata(1, '{"a": 1}');
SET detmeta.runs_table = 'store_test."My Runs"';
SELECT merge_run_metadata(1, '{"a": 1}');
SET detmeta.runs_table = 'no_schema.runs';
SELECT get_run_metadata(1);
RESET detmeta.runs_table;

-- Create one
SELECT create_runs_metadata();
\d runs_metadata
SELECT count(*) FROM pg_depend
WHERE classid = 'pg_class'::regclass AND objid = 'runs_metadata'::regclass
  AND refclassid = 'pg_extension'::regclass;
SELECT create_runs_metadata();
\echo :SQLSTATE
SELECT create_runs_metadata('store_test."My Runs"');
SELECT create_runs_metadata('pg_temp.scratch');
SELECT create_runs_metadata('no_schema.runs');
SELECT create_runs_metadata('');
SELECT create_runs_metadata('a b');
SELECT create_runs_metadata(NULL);
\echo :SQLSTATE
SELECT create_runs_metadata('searched', trigram_keys => 'notes, it''s');
SELECT substring(pg_get_indexdef('searched_metadata_idx'::regclass) FROM 'USING.*') AS indexdef;
DROP TABLE searched;
SELECT create_runs_metadata('searched', trigram_keys => 'notes,');
\echo :SQLSTATE

-- Create one that references the runs
CREATE TABLE runs (id integer PRIMARY KEY, "group" text);
INSERT INTO runs SELECT i, 'g' FROM generate_series(1, 5) AS i;
SELECT create_runs_metadata('of_runs', 'runs');
\d of_runs
SET detmeta.runs_table = 'of_runs';
SELECT post_run_metadata(1, '{"a": 1}');
SELECT post_run_metadata(6, '{"a": 1}');
DELETE FROM runs WHERE id = 1;
SELECT get_run_metadata(1);
RESET detmeta.runs_table;
CREATE TABLE "Odd Runs" ("the id" smallint PRIMARY KEY);
SELECT create_runs_metadata('of_odd', '"Odd Runs"');
CREATE TABLE without_key (id integer UNIQUE);
CREATE TABLE with_two (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE deferrable_key (id integer PRIMARY KEY DEFERRABLE);
CREATE VIEW runs_view AS SELECT * FROM runs;
SELECT create_runs_metadata('of_none', 'without_key');
\echo :SQLSTATE
SELECT create_runs_metadata('of_none', 'with_two');
\echo :SQLSTATE
SELECT create_runs_metadata('of_none', 'deferrable_key');
SELECT create_runs_metadata('of_none', 'runs_view');

-- Post and get
SELECT post_run_metadata(110, '{"effectiveness": 20, "tags": ["a", null], "opt": {"lr": 1e-3}}');
SELECT get_run_metadata(110), get_run_metadata(111), get_run_metadata(NULL);
SELECT post_run_metadata(110, '{"effectiveness": 21}');
SELECT post_run_metadata(run_id => 111, metadata => '{"a": 1}');
SELECT post_run_metadata(111, '{}');
SELECT post_run_metadata(111, '{}');
SELECT post_run_metadata(110, NULL);
SELECT count(*) FROM runs_metadata;
SELECT post_run_metadata(NULL, '{"a": 1}');
\echo :SQLSTATE
SELECT post_run_metadata(-9223372036854775808, '{"a": 1}'), post_run_metadata(9223372036854775807, NULL);

-- The same document again writes nothing; another spelling of a number is another document
SELECT post_run_metadata(1, '{"n": 1, "s": "x"}');
CREATE TEMP TABLE before AS SELECT ctid AS place, xmin AS writer FROM runs_metadata WHERE run_id = 1;
BEGIN;
SELECT post_run_metadata(1, '{"s": "x", "n": 1}');
SELECT merge_run_metadata(1, '{"n": 1, "none": null}');
COMMIT;
SELECT r.ctid = b.place AND r.xmin = b.writer AS untouched FROM runs_metadata AS r, before AS b WHERE r.run_id = 1;
BEGIN;
SELECT post_run_metadata(1, '{"s": "x", "n": 1}');
SELECT post_run_metadata(5, '{}');
SELECT merge_run_metadata(5, '{"a": null}');
SELECT pg_current_xact_id_if_assigned() IS NULL AS wrote_nothing;
COMMIT;
SELECT r.ctid = b.place AND r.xmin = b.writer AS untouched FROM runs_metadata AS r, before AS b WHERE r.run_id = 1;
SELECT post_run_metadata(1, '{"s": "x", "n": 1.0}');
SELECT r.ctid = b.place AS untouched FROM runs_metadata AS r, before AS b WHERE r.run_id = 1;

-- Large documents go through TOAST
SET detmeta.max_string_bytes = 1000000;
CREATE FUNCTION large(seed int) RETURNS jsonb LANGUAGE sql RETURN
  jsonb_build_object('large', (SELECT string_agg(md5((seed + i)::text), '') FROM generate_series(1, 500) AS i));
SELECT post_run_metadata(2, large(1)) = large(1) AS posted;
SELECT ctid AS place FROM runs_metadata WHERE run_id = 2 \gset
SELECT post_run_metadata(2, large(1)) = large(1) AS posted;
SELECT ctid = :'place' AS untouched FROM runs_metadata WHERE run_id = 2;
SELECT post_run_metadata(2, large(2)) = large(2) AS posted;
SELECT merge_run_metadata(2, '{"a": 1}') = large(2) || '{"a": 1}' AS merged;
SELECT get_run_metadata(2) = large(2) || '{"a": 1}' AS got;
RESET detmeta.max_string_bytes;

-- Post a request
SELECT post_run_metadata('{"runId": 110, "metadata": {"effectiveness": 20}}');
SELECT post_run_metadata('{"metadata": {"e": 2}, "run_id": 1.1e2}');
SELECT get_run_metadata(110);
SELECT post_run_metadata('{"runId": 110, "metadata": null}');
SELECT get_run_metadata(110);
SELECT post_run_metadata(NULL::jsonb);
SELECT post_run_metadata('{"runId": 110, "metadata": {}}');
SELECT post_run_metadata('{"runId": 110}');
SELECT post_run_metadata('{"metadata": {}}');
\echo :SQLSTATE
SELECT post_run_metadata('{"runId": true, "metadata": {}}');
\echo :SQLSTATE
SELECT post_run_metadata('{"runId": 1.5, "metadata": {}}');
SELECT post_run_metadata('{"runId": null, "metadata": {}}');
SELECT post_run_metadata('{"run_id": {}, "metadata": {}}');
SELECT post_run_metadata('{"runId": 1e30, "metadata": {}}');
SELECT post_run_metadata('{"runId": 1, "run_id": 1, "metadata": {}}');
SELECT post_run_metadata('{"runId": 1, "metadata": {}, "replace": true}');
SELECT post_run_metadata('{"runId": 1, "metadata": [1]}');
SELECT post_run_metadata('[1]');
SELECT post_run_metadata('1');

-- Merge: the examples of RFC 7396's appendix whose patch and result are objects
SELECT target, patch, merged, merged IS NOT DISTINCT FROM expected AS ok
FROM (VALUES
  (1, '{"a":"b"}'::jsonb, '{"a":"c"}'::jsonb, '{"a":"c"}'::jsonb),
  (2, '{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
  (3, '{"a":"b"}', '{"a":null}', '{}'),
  (4, '{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
  (5, '{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
  (6, '{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
  (7, '{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
  (8, '{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
  (9, '{"e":null}', '{"a":1}', '{"e":null,"a":1}'),
  (10, '{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
  (11, '{"a":{"b":1}}', '{"a":[null,{"x":null}]}', '{"a":[null,{"x":null}]}'),
  (12, '{"a":[1]}', '{"a":{"b":{"c":2,"d":null}}}', '{"a":{"b":{"c":2}}}'),
  (13, '{"long key":1,"b":2,"aa":{"y":1}}', '{"c":3,"aa":{"x":0,"zz":1},"ab":4}',
       '{"b":2,"c":3,"aa":{"x":0,"y":1,"zz":1},"ab":4,"long key":1}'),
  (14, '{"a":1}', '{}', '{"a":1}')) AS t (n, target, patch, expected),
  LATERAL (SELECT post_run_metadata(1000 + n, target)) AS p (posted),
  LATERAL (SELECT merge_run_metadata(1000 + n, patch) WHERE posted IS NOT NULL) AS m (merged)
ORDER BY n;
SELECT count(*) FROM runs_metadata WHERE run_id = 1003;
SELECT merge_run_metadata(20, '{"a": 1, "b": null}');
SELECT merge_run_metadata(20, '{"b": {"c": 1}}');
SELECT merge_run_metadata(20, '{"a": null, "b": null}');
SELECT merge_run_metadata(20, '{}');
SELECT count(*) FROM runs_metadata WHERE run_id = 20;
SELECT merge_run_metadata(20, NULL);
\echo :SQLSTATE
SELECT merge_run_metadata(20, 'null');
\echo :SQLSTATE
SELECT merge_run_metadata(20, '["a"]');
SELECT merge_run_metadata(NULL, '{"a": 1}');
SELECT merge_run_metadata(20, '{"depth": 1}'), merge_run_metadata(20, '{"depth": {"x": 2}}');
SELECT get_run_metadata(20);

-- A table that was there before, with an integer run_id and NULLs
CREATE TABLE existing (run_id integer NOT NULL UNIQUE REFERENCES runs ON DELETE CASCADE, metadata jsonb);
INSERT INTO existing VALUES (2, NULL), (3, '{"a": 1}');
SET detmeta.runs_table = 'existing';
SELECT get_run_metadata(2), get_run_metadata(3), get_run_metadata(99);
SELECT post_run_metadata(2, '{"b": 1}'), post_run_metadata(3, '{"b": 2}'), post_run_metadata(4, '{"b": 3}');
SELECT post_run_metadata(2, '{"b": 1}'), post_run_metadata(99, NULL);
UPDATE existing SET metadata = NULL WHERE run_id = 3;
SELECT merge_run_metadata(3, '{"c": 1}'), merge_run_metadata(5, '{"c": 2}'), merge_run_metadata(4, '{"b": null}');
SELECT * FROM existing ORDER BY run_id;

-- Tables of other kinds
CREATE DOMAIN document AS jsonb CHECK (value <> '{"refused": true}');
CREATE TABLE of_domain (run_id bigint PRIMARY KEY, metadata document);
CREATE TABLE of_json (run_id bigint PRIMARY KEY, metadata json);
CREATE TABLE in_parts (run_id bigint PRIMARY KEY, metadata jsonb) PARTITION BY HASH (run_id);
CREATE TABLE part_0 PARTITION OF in_parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF in_parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE VIEW as_view AS SELECT run_id, metadata FROM in_parts;
CREATE TABLE without_unique (run_id bigint, metadata jsonb);
CREATE TABLE other_columns (id bigint PRIMARY KEY, metadata jsonb);
CREATE FUNCTION round_trip(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answers text;
BEGIN
  PERFORM set_config('detmeta.runs_table', name, true);
  answers := concat_ws(' ', post_run_metadata(51, '{"a": 1}'), post_run_metadata(51, '{"a": 1}'),
    post_run_metadata(51, '{"a": 2}'), merge_run_metadata(51, '{"b": 3}'), merge_run_metadata(52, '{"c": 4}'));
  answers := concat_ws(' ', answers, get_run_metadata(51), get_run_metadata(52));
  answers := concat_ws(' ', answers, merge_run_metadata(51, '{"a": null, "b": null}'), post_run_metadata(52, NULL));
  RETURN concat_ws(' ', answers, get_run_metadata(51), get_run_metadata(52));
END $$;
SELECT name, round_trip(name)
FROM unnest('{runs_metadata,of_domain,of_json,in_parts,as_view,scratch,"\"My Runs\""}'::text[]) AS name;
SELECT round_trip('without_unique');
\echo :SQLSTATE
-- nor is it merged into one of two rows, when both would get what the first had
INSERT INTO without_unique VALUES (1, '{"b": 1}'), (1, '{"c": 1}');
SET detmeta.runs_table = 'without_unique';
SELECT merge_run_metadata(1, '{"a": 1}');
SELECT * FROM without_unique;
DELETE FROM without_unique;
RESET detmeta.runs_table;
CREATE UNIQUE INDEX without_unique_part ON without_unique (run_id) WHERE run_id > 0;
CREATE UNIQUE INDEX without_unique_pair ON without_unique (run_id, metadata);
SELECT round_trip('without_unique');
INSERT INTO without_unique VALUES (-7, '{"a": 1}'), (-7, '{"a": 2}');
\set VERBOSITY terse
CREATE UNIQUE INDEX CONCURRENTLY without_unique_yet ON without_unique (run_id);
\set VERBOSITY default
DELETE FROM without_unique WHERE run_id = -7;
SELECT round_trip('without_unique');
CREATE UNIQUE INDEX ON without_unique (run_id);
SELECT round_trip('without_unique');
SELECT round_trip('other_columns');
SELECT round_trip('runs');
SET detmeta.runs_table = 'of_domain';
SELECT post_run_metadata(1, '{"refused": true}');

-- Triggers: what is returned is what is stored
CREATE TABLE triggered (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.metadata ? 'suppress' THEN RETURN NULL; END IF;
  new.metadata := new.metadata || '{"stamped": true}';
  RETURN new;
END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON triggered FOR EACH ROW EXECUTE FUNCTION stamp();
SET detmeta.runs_table = 'triggered';
SELECT post_run_metadata(1, '{"a": 1}'), merge_run_metadata(2, '{"a": 1}');
SELECT post_run_metadata(1, '{"a": 1}'), merge_run_metadata(2, '{"b": 1}');
SELECT post_run_metadata(1, '{"suppress": 1}'), post_run_metadata(3, '{"suppress": 1}');
SELECT merge_run_metadata(2, '{"suppress": 1}');
SELECT merge_run_metadata(3, '{"suppress": 1}');
\echo :SQLSTATE

-- Plans are kept for a few tables; more than that, also from inside one another, do not mix them up
SELECT count(create_runs_metadata('many_' || i)) FROM generate_series(0, 11) AS i;
CREATE FUNCTION pass_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  here text := current_setting('detmeta.runs_table');
BEGIN
  FOR i IN 1 .. tg_argv[0]::int LOOP
    PERFORM set_config('detmeta.runs_table', 'many_' || i, true);
    PERFORM merge_run_metadata(new.run_id, jsonb_build_object('via ' || here, i));
  END LOOP;
  PERFORM set_config('detmeta.runs_table', here, true);
  RETURN new;
END $$;
CREATE TRIGGER pass_on BEFORE INSERT OR UPDATE ON many_0 FOR EACH ROW EXECUTE FUNCTION pass_on(11);
SET detmeta.runs_table = 'many_0';
SELECT post_run_metadata(1, '{"a": 1}'), merge_run_metadata(2, '{"b": 1}'), merge_run_metadata(1, '{"c": 1}');
SELECT * FROM many_0 ORDER BY run_id;
SELECT * FROM many_11 ORDER BY run_id;
CREATE FUNCTION pass_down() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('detmeta.runs_table', 'many_' || tg_argv[0]::int + 1, true);
  PERFORM post_run_metadata(new.run_id, new.metadata);
  RETURN new;
END $$;
DROP TRIGGER pass_on ON many_0;
DO $$
BEGIN
  FOR i IN 0 .. 10 LOOP
    EXECUTE format('CREATE TRIGGER pass_down AFTER INSERT ON many_%s FOR EACH ROW EXECUTE FUNCTION pass_down(%s)', i, i);
  END LOOP;
END $$;
SELECT post_run_metadata(3, '{"d": 1}');
\echo :SQLSTATE
DROP TRIGGER pass_down ON many_7;
SELECT post_run_metadata(3, '{"d": 1}');
SET detmeta.runs_table = 'many_7';
SELECT get_run_metadata(3);

-- A table renamed, replaced, altered
SET detmeta.runs_table = 'many_9';
SELECT post_run_metadata(4, '{"first": true}');
ALTER TABLE many_9 RENAME TO renamed;
SELECT get_run_metadata(4);
SELECT create_runs_metadata('many_9');
SELECT get_run_metadata(4);
SELECT post_run_metadata(4, '{"second": true}');
DROP TABLE many_9;
ALTER TABLE renamed RENAME TO many_9;
SELECT get_run_metadata(4);
ALTER TABLE many_9 ADD COLUMN added text, ALTER COLUMN run_id TYPE integer;
SELECT post_run_metadata(4, '{"third": true}');
CREATE SCHEMA store_first CREATE TABLE many_9 (run_id bigint PRIMARY KEY, metadata jsonb);
SET search_path = store_first, store_test, public;
SELECT get_run_metadata(4);
SET search_path = store_test, public;
SELECT get_run_metadata(4);
-- moved to another schema, with another table of its name in its place
DROP TABLE store_first.many_9;
ALTER TABLE many_9 SET SCHEMA store_first;
SELECT create_runs_metadata('many_9');
SELECT get_run_metadata(4);
SET detmeta.runs_table = 'store_first.many_9';
SELECT get_run_metadata(4), post_run_metadata(5, '{"moved": true}');
SELECT run_id, metadata FROM store_first.many_9 WHERE run_id = 5;
DROP TABLE many_9;
ALTER TABLE store_first.many_9 SET SCHEMA store_test;

-- Plans are renewed after many posts, but not while a trigger posts to the same table from within one
CREATE FUNCTION post_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() = 1 THEN
    PERFORM post_run_metadata(new.run_id + i, new.metadata) FROM generate_series(1, 300) AS i;
  END IF;
  RETURN new;
END $$;
SELECT create_runs_metadata('others');
CREATE TRIGGER post_others BEFORE INSERT ON others FOR EACH ROW EXECUTE FUNCTION post_others();
SET detmeta.runs_table = 'others';
SELECT post_run_metadata(1000, '{"a": 1}'), post_run_metadata(2000, '{"b": 2}');
SELECT metadata, count(*) FROM others GROUP BY 1 ORDER BY 1;

-- Many posts in one transaction, to a table planned for when it was small
SET detmeta.runs_table = 'many_10';
ALTER TABLE many_10 DISABLE TRIGGER pass_down;
TRUNCATE many_10;
SELECT post_run_metadata(0, '{"i": 0}');
VACUUM ANALYZE many_10;
BEGIN;
SELECT pg_stat_get_xact_tuples_returned('many_10'::regclass) AS read \gset
DO $$
BEGIN
  FOR i IN 1 .. 3000 LOOP
    PERFORM post_run_metadata(i, jsonb_build_object('i', i, 'filler', repeat('x', 300)));
  END LOOP;
END $$;
SELECT pg_stat_get_xact_tuples_returned('many_10'::regclass) - :read < 100000 AS few_scans;
COMMIT;
SELECT count(*), sum((metadata->'i')::int) FROM many_10;

-- Read-only transactions
SET detmeta.runs_table = 'many_9';
BEGIN READ ONLY;
SELECT get_run_metadata(4);
SAVEPOINT s;
SELECT post_run_metadata(4, '{"third": true}');
ROLLBACK TO s;
SELECT merge_run_metadata(4, '{}');
ROLLBACK;

-- Privileges are the caller's
CREATE ROLE regress_detmeta_user;
GRANT USAGE ON SCHEMA store_test TO regress_detmeta_user;
SELECT create_runs_metadata('shared');
SET detmeta.runs_table = 'shared';
SELECT post_run_metadata(4, '{"owner": "regress_detmeta_user"}'), post_run_metadata(5, '{"owner": "other"}');
SET ROLE regress_detmeta_user;
SELECT get_run_metadata(4);
SELECT create_runs_metadata('mine');
RESET ROLE;
GRANT SELECT ON shared TO regress_detmeta_user;
SET ROLE regress_detmeta_user;
SELECT get_run_metadata(4);
SELECT post_run_metadata(4, '{"owner": "regress_detmeta_user"}');
SELECT merge_run_metadata(4, '{}');
SELECT post_run_metadata(4, NULL);
RESET ROLE;
GRANT INSERT, UPDATE, DELETE ON shared TO regress_detmeta_user;
SET ROLE regress_detmeta_user;
SELECT merge_run_metadata(4, '{"a": 1}'), merge_run_metadata(5, '{"a": 1}'), post_run_metadata(6, '{"x": 1}');
RESET ROLE;

-- So is what row-level security lets them see
ALTER TABLE shared ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shared USING (metadata ->> 'owner' = current_user);
SELECT get_run_metadata(5);
SET ROLE regress_detmeta_user;
SELECT get_run_metadata(4), get_run_metadata(5);
SELECT post_run_metadata(5, '{"owner": "regress_detmeta_user"}');
SELECT post_run_metadata(7, '{"owner": "other"}');
SELECT merge_run_metadata(5, '{"b": 1}');
SELECT merge_run_metadata(5, '{"owner": "regress_detmeta_user"}');
SELECT merge_run_metadata(4, '{"owner": "other"}');
SELECT post_run_metadata(5, NULL), merge_run_metadata(5, '{"owner": null}'), merge_run_metadata(4, '{"b": 1}');
RESET ROLE;
SELECT run_id, metadata FROM shared ORDER BY run_id;
REVOKE ALL ON SCHEMA store_test FROM regress_detmeta_user;
REVOKE ALL ON shared FROM regress_detmeta_user;
DROP ROLE regress_detmeta_user;

-- Where the extension's schema is not on the search path, and the caller's operators are not to be trusted
BEGIN;
CREATE FUNCTION never(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN false; END';
CREATE FUNCTION never(record, record) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN false; END';
CREATE OPERATOR = (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = never);
CREATE OPERATOR *= (LEFTARG = record, RIGHTARG = record, FUNCTION = never);
CREATE OPERATOR *<> (LEFTARG = record, RIGHTARG = record, FUNCTION = never);
CREATE DOMAIN jsonb AS text;
CREATE SCHEMA store_extension;
ALTER EXTENSION detmeta SET SCHEMA store_extension;
RESET detmeta.runs_table;
SET LOCAL search_path = store_test, pg_catalog;
SELECT store_extension.post_run_metadata(1, '{"a": 1}'), store_extension.post_run_metadata(1, '{"a": 2}');
SELECT store_extension.merge_run_metadata(1, '{"b": 1}');
SELECT store_extension.get_run_metadata(1);
SELECT store_extension.create_runs_metadata('store_extension.elsewhere');
\d store_extension.elsewhere
SET LOCAL search_path = pg_catalog;
SAVEPOINT s;
SELECT store_extension.get_run_metadata(1);
ROLLBACK TO s;
SET LOCAL detmeta.runs_table = 'store_test.runs_metadata';
SELECT store_extension.post_run_metadata(1, '{"c": 1}');
SELECT store_extension.get_run_metadata(1);
ROLLBACK;

RESET detmeta.runs_table;
DROP SCHEMA store_test, store_first CASCADE;
