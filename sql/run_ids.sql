-- Ids of runs that are no bigint: the type of the column reads them, and its equality compares them
\getenv tree PG_ABS_SRCDIR
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA run_ids;
SET search_path = run_ids, public;
\set ECHO none
\i :tree/test/regress/outcome.sql
\set ECHO all
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '

CREATE EXTENSION IF NOT EXISTS citext SCHEMA run_ids;
CREATE TYPE stage AS ENUM ('train', 'test');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN run_key AS text CHECK (value ~ '^[a-z]');
CREATE DOMAIN short_key AS varchar(5);

-- A table that references runs has a run_id of their key's type. Everything that stores, with one id and another.
CREATE FUNCTION round_trip(type text, one text, other text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answers text;
  place text;
BEGIN
  EXECUTE format('CREATE TABLE runs (id %s PRIMARY KEY)', type);
  EXECUTE 'INSERT INTO runs VALUES ($1::' || type || '), ($2::' || type || ')' USING one, other;
  PERFORM create_runs_metadata('of_runs', 'runs');
  PERFORM set_config('detmeta.runs_table', 'run_ids.of_runs', true);
  answers := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'of_runs'::regclass AND attname = 'run_id');
  answers := concat_ws(' ', answers, post_run_metadata(one, '{"a": 1, "b": 1}'), merge_run_metadata(other, '{"a": 1}'));
  EXECUTE 'SELECT string_agg(concat(ctid, xmin), '' '') FROM of_runs' INTO place;
  -- what is stored already is not written again
  PERFORM post_run_metadata(one, '{"a": 1, "b": 1}'), merge_run_metadata(other, '{"a": 1}'), post_run_metadata(other, '{"a": 1}');
  EXECUTE 'SELECT $1 = string_agg(concat(ctid, xmin), '' '') FROM of_runs' INTO STRICT place USING place;
  answers := concat_ws(' ', answers, place, merge_run_metadata(one, '{"b": 2, "c": null}'),
    post_run_metadata(jsonb_build_object('runId', other, 'metadata', jsonb_build_object('b', 3))));
  answers := concat_ws(' ', answers, get_run_metadata(one), get_run_metadata(other),
    outcome(format('SELECT jsonb_agg(to_jsonb(c) ORDER BY key) FROM compare_run_metadata(%L) AS c', ARRAY[one, other])));
  EXECUTE 'DELETE FROM runs WHERE id = $1::' || type USING one;
  answers := concat_ws(' ', answers, get_run_metadata(one), post_run_metadata(other, NULL));
  EXECUTE 'DROP TABLE of_runs, runs';
  RETURN answers;
END $$;
SELECT round_trip(type, one, other) FROM (VALUES ('uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{00000000-0000-0000-0000-000000000001}'),
  ('text', '4f1c.../é"x', ''), ('varchar(20)', 'run 1', 'run 2'), ('char(8)', 'a', 'b  '), ('name', 'a', '110'),
  ('smallint', '-7', ' 8 '), ('integer', '110', '0111'), ('bigint', '1', '9223372036854775807'), ('numeric(6,2)', '1', '2.005'),
  ('run_key', 'abc', 'b'), ('short_key', 'abcde', 'b'), ('stage', 'test', 'train'), ('citext', 'Abc', 'B'), ('boolean', 'yes', 'off'),
  ('date', '2024-01-15', '20240116'), ('bytea', '\x00', 'b'), ('inet', '10.0.0.1', '::1'), ('int4range', '[1,2]', '(3,5)'), ('pair', '(1,a)', '(1,)'),
  ('text[]', '{a,NULL}', '{}')) AS t (type, one, other);

-- with its collation
CREATE TABLE collated (id text COLLATE "C" PRIMARY KEY);
SELECT create_runs_metadata('of_collated', 'collated');
SELECT attcollation::regcollation FROM pg_attribute WHERE attrelid = 'of_collated'::regclass AND attname = 'run_id';
INSERT INTO collated VALUES ('x');
SET detmeta.runs_table = 'of_collated';
SELECT post_run_metadata('x', '{"a": 1}'), merge_run_metadata('x', '{"b": 1}'), get_run_metadata('x');
SELECT outcome($$SELECT post_run_metadata('y', '{"a": 1}')$$);

-- Arguments of every type that an id has, and numbers for ids that are texts
CREATE TABLE of_text (run_id text PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_uuid (run_id uuid PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_bigint (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_integer (run_id integer PRIMARY KEY, metadata jsonb NOT NULL);
SET detmeta.runs_table = 'of_text';
SELECT post_run_metadata(110, '{"a": 1}'), post_run_metadata('110'::varchar, '{"a": 2}'), post_run_metadata('110'::text, '{"a": 3}'),
  post_run_metadata('110'::name, '{"a": 4}'), merge_run_metadata(110::smallint, '{"b": 5}'), merge_run_metadata(110::bigint, '{"c": 6}'),
  merge_run_metadata(110::numeric, '{"d": 7}'), get_run_metadata('110'::char(3)), get_run_metadata('110'::short_key);
SELECT run_id, metadata FROM of_text;
SELECT post_run_metadata('{"runId": 1.10e2, "metadata": {"e": 1}}'), post_run_metadata('{"run_id": "110", "metadata": {"f": 1}}'), get_run_metadata('110');
-- of up to a thousand digits
SELECT outcome(format('SELECT length(post_run_metadata(%L)::text)', r))
FROM unnest('{1000,1001}'::int[]) AS digits, LATERAL (SELECT jsonb_build_object('runId', repeat('1', digits)::numeric, 'metadata', jsonb_build_object('g', 1)) AS r) AS s;
SET detmeta.runs_table = 'of_uuid';
SELECT post_run_metadata(u, '{"a": 1}'), merge_run_metadata(u::text, '{"b": 1}'), get_run_metadata(u) FROM (VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)) AS t (u);
SELECT get_run_metadata(run_id) FROM of_uuid;
SELECT * FROM compare_run_metadata((SELECT array_agg(run_id) FROM of_uuid));
SET detmeta.runs_table = 'of_bigint';
SELECT post_run_metadata('110', '{"a": 1}'), merge_run_metadata('110'::text, '{"b": 1}'), get_run_metadata(110), get_run_metadata('0110'::varchar);
SELECT post_run_metadata('{"runId": "111", "metadata": {"a": 1}}'), get_run_metadata(111);
SELECT * FROM compare_run_metadata(ARRAY[110, 111]);
SELECT * FROM compare_run_metadata('{110,111}') WHERE same;
SELECT * FROM compare_run_metadata(ARRAY['110', '0110', NULL]) WHERE key = 'a';
SELECT * FROM compare_run_metadata('{110,112}'::text[]) WHERE key = 'a';
SELECT count(*) FROM compare_run_metadata('{}'::uuid[]);

-- by name, and as PostgREST calls: by names alone, with values from JSON
SELECT post_run_metadata(run_id => '7', metadata => '{"a": 1}'), merge_run_metadata(patch => '{"b": 1}', run_id => 7), get_run_metadata(run_id => '7'::text);
SELECT get_run_metadata(run_id => b.run_id) FROM json_to_record('{"run_id": 7}') AS b (run_id metadata_run_id);
SELECT merge_run_metadata(run_id => b.run_id, patch => b.patch) FROM json_to_record('{"run_id": "7", "patch": {"c": 1}}') AS b (run_id metadata_run_id, patch jsonb);
SELECT c.* FROM json_to_record('{"run_ids": [7, "110"]}') AS b (run_ids metadata_run_id[]), compare_run_metadata(run_ids => b.run_ids, only_different => true) AS c;
PREPARE get AS SELECT get_run_metadata($1);
EXECUTE get(7);
EXECUTE get('7');

-- Errors are those of the type
CREATE TABLE of_short (run_id short_key PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_key (run_id run_key PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_stage (run_id stage PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_json (run_id json, metadata jsonb NOT NULL);
CREATE FUNCTION said(name text, call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('detmeta.runs_table', name, true);
  RETURN format('%s %s: %s', name, call, outcome('SELECT ' || call));
END $$;
SELECT said(name, format(call, quote_literal(id))) FROM (VALUES ('of_uuid', '110'), ('of_bigint', 'abc'), ('of_bigint', '9223372036854775808'), ('of_bigint', ''),
  ('of_integer', '99999999999'), ('of_short', 'abcdef'), ('of_stage', 'deploy'), ('of_key', '1'), ('of_json', '1')) AS t (name, id),
  unnest('{get_run_metadata(%s)}'::text[] || $$post_run_metadata(%s, '{"a": 1}')$$::text || 'post_run_metadata(%s, NULL)'::text || $$merge_run_metadata(%s, '{"a": 1}')$$::text
    || '(SELECT count(*) FROM compare_run_metadata(ARRAY[%s]))'::text) AS call;
SELECT said('of_integer', call) FROM unnest('{get_run_metadata(99999999999),"get_run_metadata(1.5)","post_run_metadata(NULL, ''{\"a\": 1}'')","merge_run_metadata(NULL, ''{\"a\": 1}'')",
  get_run_metadata(NULL),"get_run_metadata(true)","post_run_metadata(''{\"runId\": 1.5, \"metadata\": {}}'')","post_run_metadata(''{\"runId\": \"1.5\", \"metadata\": {}}'')",
  "post_run_metadata(''{\"runId\": 1e10, \"metadata\": {}}'')","post_run_metadata(''{\"runId\": true, \"metadata\": {}}'')"}'::text[]) AS call;

-- Ids that the type, or the collation, takes for equal are one run, which keeps the spelling that it began with
SELECT count(*) > 0 AS caseless FROM pg_collation
WHERE collprovider = 'i' AND collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database())) \gset
\if :caseless
CREATE COLLATION caseless (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
CREATE TABLE of_caseless (run_id text COLLATE caseless PRIMARY KEY, metadata jsonb NOT NULL);
\else
CREATE TABLE of_caseless (run_id citext PRIMARY KEY, metadata jsonb NOT NULL);
\endif
CREATE TABLE of_citext (run_id citext PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_char (run_id char(5) PRIMARY KEY, metadata jsonb NOT NULL);
CREATE FUNCTION equals(name text, one text, two text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  rows text;
BEGIN
  PERFORM set_config('detmeta.runs_table', name, true);
  rows := concat_ws(' ', post_run_metadata(one, '{"a": 1}'), merge_run_metadata(two, '{"b": 1}'), merge_run_metadata(one, '{"c": 1}'),
    post_run_metadata(two, '{"a": 1}'));
  EXECUTE format('SELECT concat_ws('' '', $1, jsonb_agg(to_jsonb(r))) FROM %I AS r', name) INTO rows USING rows;
  RETURN concat_ws(' ', rows, get_run_metadata(one), get_run_metadata(two), (SELECT jsonb_agg(to_jsonb(c)) FROM compare_run_metadata(ARRAY[one, two]) AS c));
END $$;
SELECT equals(name, one, two) FROM (VALUES ('of_caseless', 'Run', 'rUN'), ('of_citext', 'Run', 'rUN'), ('of_char', 'a', 'a  ')) AS t (name, one, two);
-- in a view of no unique ids, what one run has twice is one value, whatever comes between
CREATE VIEW twice AS SELECT t.id AS run_id, '{"a": 1}'::jsonb AS metadata
FROM (SELECT run_id FROM of_caseless WHERE false UNION ALL VALUES ('a'), ('A'), ('a'), ('A')) AS t (id);
SET detmeta.runs_table = 'twice';
SELECT * FROM compare_run_metadata('{a,A}');
-- an index under another collation does not say which run is which
CREATE TABLE of_both (run_id text PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE of_other (run_id text, metadata jsonb NOT NULL);
\if :caseless
CREATE UNIQUE INDEX of_both_caseless ON of_both (run_id COLLATE caseless);
CREATE UNIQUE INDEX ON of_other (run_id COLLATE caseless);
\else
CREATE UNIQUE INDEX of_both_caseless ON of_both (lower(run_id));
CREATE UNIQUE INDEX ON of_other (lower(run_id));
\endif
SET detmeta.runs_table = 'of_both';
SELECT post_run_metadata('Run', '{"a": 1}'), merge_run_metadata('Run', '{"b": 1}');
SELECT split_part(outcome(call), ' / ', 1), get_run_metadata('Run')
FROM unnest('{"SELECT post_run_metadata(''rUN'', ''{\"a\": 2}'')","SELECT merge_run_metadata(''rUN'', ''{\"a\": 2}'')"}'::text[]) AS call;
SET detmeta.runs_table = 'of_other';
SELECT outcome('SELECT post_run_metadata(''Run'', ''{"a": 1}'')'), get_run_metadata('Run');
-- the type's equality in another schema from now on
SET detmeta.runs_table = 'of_citext';
SELECT merge_run_metadata('RUN', '{"d": 1}');
CREATE SCHEMA elsewhere;
ALTER EXTENSION citext SET SCHEMA elsewhere;
SELECT merge_run_metadata('run', '{"d": 2}'), get_run_metadata('rUn');
ALTER SCHEMA elsewhere RENAME TO "else where";
SELECT merge_run_metadata('run', '{"d": 3}'), get_run_metadata('rUn');

-- A column that is altered, a table that is swapped: plans are made anew
SET detmeta.runs_table = 'altered';
CREATE TABLE altered (run_id integer PRIMARY KEY, metadata jsonb NOT NULL);
SELECT post_run_metadata('0110', '{"a": 1}'), merge_run_metadata(110, '{"b": 1}'), get_run_metadata('110');
ALTER TABLE altered ALTER COLUMN run_id TYPE text;
SELECT outcome('SELECT post_run_metadata(''x'', ''{"a": 1}'')'), merge_run_metadata(110, '{"b": 2}'), get_run_metadata('0110');
ALTER TABLE altered ALTER COLUMN run_id TYPE varchar(3);
SELECT outcome('SELECT post_run_metadata(''abcd'', ''{"a": 1}'')'), merge_run_metadata('abc', '{"b": 3}'), get_run_metadata('110');
ALTER TABLE altered RENAME TO kept;
SET detmeta.runs_table = 'kept';
SELECT get_run_metadata('110');
SET detmeta.runs_table = 'altered';
CREATE TABLE altered (run_id uuid PRIMARY KEY, metadata jsonb NOT NULL);
SELECT outcome('SELECT post_run_metadata(''abc'', ''{"a": 1}'')'), post_run_metadata('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{"c": 1}'),
  merge_run_metadata('a0eebc999c0b4ef8bb6d6bb9bd380a11', '{"d": 1}');
SELECT run_id, metadata FROM kept UNION ALL SELECT run_id::text, metadata FROM altered ORDER BY 1;
ALTER TABLE altered RENAME COLUMN run_id TO id;
SELECT outcome('SELECT get_run_metadata(''abc'')');
ALTER TABLE altered ADD COLUMN run_id text UNIQUE;
SELECT outcome('SELECT get_run_metadata(''abc'')');
CREATE VIEW viewed AS SELECT run_id, metadata FROM of_text;
SET detmeta.runs_table = 'viewed';
SELECT post_run_metadata('v', '{"a": 1}'), merge_run_metadata('v', '{"b": 1}');
DROP VIEW viewed;
CREATE VIEW viewed AS SELECT run_id, metadata FROM of_bigint;
SELECT outcome('SELECT get_run_metadata(''v'')'), merge_run_metadata('110', '{"v": 1}');

-- Reading an id may run a domain's CHECK, which stores in so many tables itself that their plans take every place
CREATE FUNCTION note(v int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  name text := current_setting('detmeta.runs_table');
BEGIN
  FOR i IN 1..9 LOOP
    PERFORM set_config('detmeta.runs_table', 'note' || i, true), merge_run_metadata(v, '{"noted": true}');
  END LOOP;
  PERFORM set_config('detmeta.runs_table', name, true);
  RETURN true;
END $$;
SELECT create_runs_metadata('note' || i) FROM generate_series(1, 9) AS i;
CREATE DOMAIN noted AS int CHECK (note(value));
CREATE TYPE noted_pair AS (a noted, b int);
CREATE TABLE of_noted (run_id noted_pair PRIMARY KEY, metadata jsonb NOT NULL);
SET detmeta.runs_table = 'of_noted';
SELECT post_run_metadata('(7,1)', '{"a": 1}'), merge_run_metadata('(7,2)', '{"b": 1}'), get_run_metadata('(7,1)');
SELECT run_id::text, metadata FROM of_noted UNION ALL SELECT run_id::text, metadata FROM note9 ORDER BY 1;

-- A caller's operator is not taken for the type's
CREATE FUNCTION never(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN false; END';
CREATE OPERATOR = (LEFTARG = text, RIGHTARG = text, FUNCTION = never);
SET search_path = run_ids, pg_catalog, public;
SET detmeta.runs_table = 'run_ids.of_text';
SELECT post_run_metadata('o', '{"a": 1}'), merge_run_metadata('o', '{"b": 1}'), post_run_metadata('o', '{"a": 1}'), get_run_metadata('o');
SELECT * FROM compare_run_metadata('{o,o}');
SET search_path = run_ids, public;
DROP OPERATOR run_ids.= (text, text);

-- Searching is for integers; the error holds the statement for others
CREATE FUNCTION used(call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  hint text;
BEGIN
  EXECUTE 'SELECT * FROM ' || call;
EXCEPTION WHEN datatype_mismatch THEN
  GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
  RETURN QUERY EXECUTE 'SELECT to_jsonb(s)::text FROM (' || substring(hint FROM 'Use (.*);') || ') AS s';
END $$;
TRUNCATE of_text;
SELECT count(post_run_metadata('run ' || i, jsonb_build_object('n', i, 's', 'it''s ' || i % 3))) FROM generate_series(1, 9) AS i;
SELECT outcome('SELECT search_run_metadata()');
SELECT outcome($$SELECT search_run_metadata('s is "it''s 1"', 'metadata.n=desc', 2, 1)$$);
SELECT outcome($$SELECT search_run_metadata(NULL, 'id desc, n')$$);
SELECT used($$search_run_metadata('s is "it''s 1"', 'metadata.n=desc', 2, 1)$$);
SELECT used($$search_run_metadata('n > 3', 'id', "limit" => NULL, run_ids => '{1,2}')$$);
SELECT used($$search_run_metadata(run_ids => '{1}', "limit" => 1)$$);
SELECT said(name, 'search_run_metadata()') FROM unnest('{of_uuid,of_short,of_json}'::text[]) AS name;
SELECT outcome($$SELECT search_run_metadata('n > 3', "limit" => -1)$$);
CREATE VIEW old AS SELECT run_id, metadata::json AS metadata FROM of_text;
SET detmeta.runs_table = 'old';
SELECT used($$search_run_metadata('n > 8', 'metadata.n')$$);
SET detmeta.runs_table = 'of_integer';
SELECT merge_run_metadata('5', '{"n": 1}');
SELECT * FROM search_run_metadata('n = 1', run_ids => '{5,99999999999}');
CREATE DOMAIN number AS bigint;
CREATE TABLE of_number (run_id number PRIMARY KEY, metadata jsonb NOT NULL);
SET detmeta.runs_table = 'of_number';
SELECT merge_run_metadata('5', '{"n": 1}');
SELECT * FROM search_run_metadata('n = 1', run_ids => '{5}');
CREATE TABLE of_smallint (run_id smallint PRIMARY KEY, metadata jsonb NOT NULL);
SET detmeta.runs_table = 'of_smallint';
SELECT merge_run_metadata('5', '{"n": 1}');
SELECT * FROM search_run_metadata('n = 1', run_ids => '{5}');

-- The type by itself
SELECT 'a'::metadata_run_id, 110::metadata_run_id, 'a'::metadata_run_id::text, metadata_run_id_send('a');

RESET detmeta.runs_table;
DROP SCHEMA run_ids, "else where" CASCADE;
