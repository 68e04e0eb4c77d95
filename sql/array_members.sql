-- Members of objects in arrays: a[].b is what the objects in the array a have as b.
CREATE SCHEMA array_members;
SET search_path = array_members, public;

CREATE TABLE run (id int PRIMARY KEY, metadata jsonb) WITH (autovacuum_enabled = off);
INSERT INTO run VALUES
    (1, '{"layers": [{"name": "conv", "units": 64}, {"name": "dense", "units": [10, 20]}, 5, [{"name": "Deep"}]]}'),
    (2, '{"layers": [{"name": null, "opt": {"lr": 0.1, "z": 1}}, {"opt": {}}]}'),
    (3, '{"layers": [1, 2]}'),
    (4, '{"layers": {"name": "conv"}}'),
    (5, '{"layers[].name": "conv"}'),
    (6, '{"layers[].name": "x", "layers": [{"name": "conv"}]}'),
    (7, '{"layers[]": {"name": "conv"}}'),
    (8, '{}'),
    (9, '{"layers": [{"name": [], "blocks": [{"size": 3}, {"size": "2024-01-15"}]}, {"opts": [{"a": 1}, {"a": 2}, [[]]]}]}'),
    (10, '{"config": {"layers": [{"name": "conv", "on": true}, {"name": "conv", "on": false}]}}'),
    (11, '{"layers": [[[{"name": {"first": "conv"}}]], {"name": [["conv"], 7]}]}'),
    (12, '{"layers": [{"a.b": 1, "name": "dense"}], "a.layers": [{"name": "pool"}], "a": {"layers": [{"name": "relu"}]}}'),
    (13, '[{"layers": [{"name": "conv"}]}]'),
    (14, NULL),
    (15, jsonb_build_object('layers', jsonb_build_array(jsonb_build_object('name', repeat('x', 200) || 'y'), jsonb_build_object('name', '2024-02')),
                            repeat('k', 140), '[{"name": "conv"}]'::jsonb));

-- How a key is written, and what is none.
SELECT filter::metadata_filter FROM unnest(ARRAY['layers[].name = 1', '"layers[].name" = 1', 'metadata.a[].b[].c.d is empty', '"a[]" = 1', 'a."b c"[].d = 1',
    '"b c"[]."d e" = 1', '"9[].b" = 1', '"and[].b" = 1', 'a[]. = 1', '"[].b" = 1', 'a[]."b"[].c = 1', '"a[][].b" = 1', 'a is[1]', 'a[].0 = 1']) filter;
SELECT metadata_filter('layers[].name', '=', 'conv'),
    '{"filterGroup": {"kind": "field", "columnName": "metadata.layers[].name", "location": "LOCATION_TYPE_RUN_METADATA", "operator": "=", "type": "COLUMN_TYPE_TEXT", "value": "conv"}}'::metadata_filter;
SELECT 'layers[] = 1'::metadata_filter;
SELECT 'layers[].name = 1 and layers[0].name = 1'::metadata_filter;
SELECT 'layers[][].name = 1'::metadata_filter;
SELECT 'layers[' ::metadata_filter;
SELECT '[].name = 1'::metadata_filter;
SELECT * FROM search_run_metadata(sort => 'layers[]=asc');

-- What an index has of them, and what is asked of it.
SELECT metadata_debug_entries(metadata, array_members => true) FROM run WHERE id IN (1, 9);
SELECT metadata_debug_entries(metadata, 'layers[].name', true) FROM run WHERE id = 6;
SELECT metadata_debug_entries(metadata) FROM run WHERE id = 6;
SELECT metadata_debug_filter('layers[].name is not "conv"', array_members => true);
SELECT metadata_debug_filter('layers[].name is not "conv"');
SELECT metadata_debug_filter('a.layers[].blocks[].size > 2 and b[].c is empty');
SELECT metadata_debug_filter('layers[].opt = {"lr": 0.1}', array_members => true);
SELECT metadata_debug_filter('layers[].name = [1, 2] or layers[].name is [] or layers[].opt is {"a": [1]}', array_members => true);
SELECT metadata_debug_filter('layers[].name contains "conv"', 'layers[].name', true);
SELECT metadata_debug_filter('layers[].name contains "conv"', 'layers[].name');

-- Answers: of a sequential scan, and of all others the same.
CREATE TABLE asked (n int GENERATED ALWAYS AS IDENTITY, filter metadata_filter, answer int[]);
INSERT INTO asked (filter) SELECT filter::metadata_filter FROM unnest(ARRAY[
    'layers[].name = "conv"', 'layers[].name != "conv"', 'layers[].name in ("dense", 7)', 'layers[].name not in ("conv", "x")',
    'layers[].name is empty', 'layers[].name is not empty', 'layers[].name is null', 'layers[].name is []', 'layers[].name is [["conv"], 7]',
    'layers[].name is {"first": "conv"}', 'layers[].name.first = "conv"', 'layers[].units > 15', 'layers[].units between 11 and 19', 'layers[].units < 64',
    'layers[].opt = {"lr": 0.10, "z": 1}', 'layers[].opt = {}', 'layers[].opt.lr <= 0.1', 'layers[].opts = {"a": 2}', 'layers[].opts[].a = 2',
    'layers[].blocks[].size >= "2024-01-01"', 'layers[].blocks[].size = 3', 'layers[].blocks = {"size": 3}', 'layers[].a.b = 1',
    'layers[].name contains "e"', 'layers[].name does not contain "e"', 'layers[].name icontains "dEE"', 'layers[].name starts with "d"',
    'layers[].name starts with "2024"', 'layers[].name ends with "y"', 'layers[].name contains "yy"', 'layers[].name matches "^d.*e"', 'layers[].name like "d%"', 'not (layers[].name like "d%")',
    'layers[].name iis "deep"', 'layers[].name < "d"', 'layers[].name > "xxx"', 'layers[].name = date "2024-02-01"', 'config.layers[].on = false',
    'config.layers[].on is not true', 'a.layers[].name is not "pool"', 'layers[].name = "conv" and layers[].units > 1 or a.layers[].name = "relu"',
    'layers.name = "conv"', '"layers[]" is not empty', '"layers[]".name = "conv"',
    repeat('k', 140) || '[].name = "conv"', repeat('k', 140) || '[].name is empty', repeat('k', 140) || '[].name != "x"']) filter;
UPDATE asked SET answer = ARRAY(SELECT id FROM run WHERE metadata @~ filter ORDER BY id);
SELECT filter, answer FROM asked ORDER BY n;

CREATE FUNCTION answer(query text) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    result int[];
BEGIN
    EXECUTE 'SELECT ARRAY(' || query || ')' INTO result;
    RETURN result;
END
$$;
-- The plan of a query that is run, without the numbers that core words differently from version to version.
CREATE FUNCTION explained(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS OFF, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
        RETURN NEXT regexp_replace(line, ' \(actual rows=(\d+)[^)]*\)', ' of \1 rows');
    END LOOP;
END
$$;
-- What differs from the sequential scan's answers, of rows and counts, also of negations and orders.
CREATE FUNCTION differences() RETURNS TABLE (way text, filter metadata_filter, said int[], expected int[]) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    a asked;
    all_rows int[] := ARRAY(SELECT id FROM run WHERE metadata IS NOT NULL ORDER BY id);
BEGIN
    PERFORM set_config('enable_seqscan', 'off', true);
    FOREACH way IN ARRAY '{on,off}'::text[] LOOP
        PERFORM set_config('detmeta.enable_metadata_scan', way, true);
        FOR a IN SELECT * FROM asked ORDER BY n LOOP
            RETURN QUERY SELECT q.name || ', ' || way, a.filter, q.said, q.expected
            FROM (VALUES
                ('rows', answer(format('SELECT id FROM run WHERE metadata @~ %L ORDER BY id', a.filter)), a.answer),
                ('count', answer(format('SELECT count(*) FROM run WHERE metadata @~ %L', a.filter)), ARRAY[cardinality(a.answer)]),
                ('others', answer(format('SELECT id FROM run WHERE NOT metadata @~ %L ORDER BY id', a.filter)),
                    ARRAY(SELECT unnest(all_rows) EXCEPT SELECT unnest(a.answer) ORDER BY 1)),
                ('count of others', answer(format('SELECT count(*) FROM run WHERE NOT metadata @~ %L', a.filter)), ARRAY[cardinality(all_rows) - cardinality(a.answer)]),
                ('ordered', answer(format('SELECT id FROM run WHERE metadata @~ %L ORDER BY metadata_sort(metadata, ''layers[].name'') NULLS FIRST, id LIMIT 100', a.filter)),
                    ARRAY(SELECT id FROM run WHERE id = ANY (a.answer) ORDER BY metadata_sort(metadata, 'layers[].name') NULLS FIRST, id))) q (name, said, expected)
            WHERE q.said IS DISTINCT FROM q.expected;
            IF (SELECT string_agg(p, ' ') FROM explained(format('SELECT id FROM run WHERE metadata @~ %L', a.filter)) p) !~ (CASE way WHEN 'on' THEN 'Metadata Scan' ELSE 'Bitmap Heap Scan' END) THEN
                RETURN QUERY VALUES ('another plan, ' || way, a.filter, NULL::int[], NULL::int[]);
            END IF;
        END LOOP;
    END LOOP;
END
$$;

-- The same of core's operators, which an index with members tells more of: the rows that are checked, and the answer unless it is core's.
CREATE TABLE asked_core (n int GENERATED ALWAYS AS IDENTITY, condition text, answer int[]);
INSERT INTO asked_core (condition) SELECT unnest(ARRAY[
    $$metadata @> '{"layers": [{"name": "conv"}]}'$$, $$metadata @> '{"layers": [{"name": "conv", "units": 64}]}'$$, $$metadata @> '{"layers": [{"units": [10]}]}'$$,
    $$metadata @> '{"layers": [{"units": [10, 20], "name": "dense"}, 5]}'$$, $$metadata @> '{"layers": [{"opt": {"lr": 0.10}}]}'$$, $$metadata @> '{"layers": [{"opt": {}}]}'$$,
    $$metadata @> '{"layers": [{"opts": [{"a": 2}, {"a": 1}]}]}'$$, $$metadata @> '{"layers": [[{"name": "Deep"}]]}'$$, $$metadata @> '{"layers": [[[{"name": {"first": "conv"}}]]]}'$$,
    $$metadata @> '{"layers": [{}]}'$$, $$metadata @> '{"layers": [{"name": [["conv"]]}]}'$$, $$metadata @> '{"layers": [{"name": null}]}'$$,
    $$metadata @> '[{"layers": [{"name": "conv"}]}]'$$, $$metadata -> 'config' @> '{"layers": [{"on": true}]}'$$, $$NOT metadata @> '{"layers": [{"name": "conv"}]}'$$,
    $$metadata @? '$.layers[*] ? (@.name == "conv")'$$, $$metadata @@ '$.layers.name == "conv"'$$, $$metadata @@ '$.layers[*].units > 15'$$, $$metadata @? '$.layers[*].units ? (@ > 15 && @ < 30)'$$,
    $$metadata @@ '$.layers[*].units > 15 && $.layers[*].units < 15'$$, $$metadata @? '$.layers[*] ? (@.name == "dense" && @.units == 10)'$$, $$metadata @@ '$.layers[0].name == "conv"'$$,
    $$metadata @@ '$.layers[*].blocks[*].size == 3'$$, $$metadata @@ '$.layers.blocks.size == 3'$$, $$metadata @@ '$.layers[*].opt.lr < 1'$$, $$metadata @@ '$.layers[*].name == null'$$,
    $$metadata @@ '$.layers[*].name.first == "conv"'$$, $$metadata @@ '$.config.layers[*].on == false'$$, $$metadata @@ 'strict $.layers[*].name == "conv"'$$, $$NOT metadata @@ '$.layers[*].name == "conv"'$$,
    $$metadata @? '$.layers[*].name'$$, $$metadata @@ '$."layers[]".name == "conv"'$$, $$metadata @@ '$."layers[].name" == "conv"'$$, $$metadata @@ '$.layers[*]."a.b" == 1'$$,
    $$metadata @@ '$[*].layers[*].name == "conv"'$$]);
UPDATE asked_core SET answer = answer('SELECT id FROM run WHERE ' || condition || ' ORDER BY id');
CREATE FUNCTION checked() RETURNS TABLE (condition text, answer int[], rows_rechecked text, different text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    a asked_core;
    way text;
    said int[];
BEGIN
    PERFORM set_config('enable_seqscan', 'off', true);
    FOR a IN SELECT * FROM asked_core ORDER BY n LOOP
        different := '';
        FOREACH way IN ARRAY '{off,on}'::text[] LOOP
            PERFORM set_config('detmeta.enable_metadata_scan', way, true);
            said := answer('SELECT id FROM run WHERE ' || a.condition || ' ORDER BY id');
            IF said <> a.answer THEN
                different := different || way || ': ' || said::text;
            END IF;
        END LOOP;
        condition := a.condition;
        answer := a.answer;
        rows_rechecked := (SELECT string_agg(substring(p FROM 'Rows Rechecked: (\d+)'), '') FROM explained('SELECT id FROM run WHERE ' || a.condition) p);
        RETURN NEXT;
    END LOOP;
END
$$;

-- An index without their entries leads to the rows with such arrays, which are checked.
CREATE INDEX plain ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);
VACUUM ANALYZE run;
SELECT * FROM differences();
SELECT * FROM checked();
SET enable_seqscan = off;
SELECT explained($$SELECT id FROM run WHERE metadata @~ 'layers[].units > 15'$$);
SELECT explained($$SELECT id FROM run WHERE metadata @~ 'layers[].units is empty'$$);
-- What explores: keys are those by names, values those of all places; the same from rows, and from an index.
CREATE VIEW explored AS
    SELECT 'key' AS what, to_jsonb(k) AS said FROM metadata_keys('run') k
    UNION ALL SELECT 'value ' || key, to_jsonb(v) FROM unnest('{layers[].name,layers[].units,config.layers[].on,layers[].blocks[].size,a.layers[].name}'::text[]) key, metadata_values('run', key) v
    UNION ALL SELECT 'summary ' || key, to_jsonb(s) FROM unnest('{layers[].name,layers[].units,layers[].blocks[].size}'::text[]) key, metadata_summary('run', key, 2) s
    UNION ALL SELECT 'group', to_jsonb(g) FROM metadata_groups('run', '{layers[].name}') g
    UNION ALL SELECT 'group of two', to_jsonb(g) FROM metadata_groups('run', '{config.layers[].on,layers[].units}', filter => 'layers[].name is not empty or config is not empty') g
    UNION ALL SELECT 'bar', to_jsonb(h) FROM metadata_histogram('run', 'layers[].units', 2) h;
CREATE TABLE explored_plain AS SELECT * FROM explored;
SET detmeta.enable_metadata_scan = off;
CREATE TABLE explored_rows AS SELECT * FROM explored;
RESET detmeta.enable_metadata_scan;
SELECT what, said - '{histogram,quantiles,bar}'::text[] AS said FROM explored_rows WHERE what NOT IN ('key', 'bar');
SELECT * FROM explored_plain EXCEPT ALL SELECT * FROM explored_rows;
SELECT * FROM explored_rows EXCEPT ALL SELECT * FROM explored_plain;
DROP INDEX plain;

-- One with them tells for sure.
CREATE INDEX wrong ON run USING gin (metadata metadata_ops (array_members = maybe));
CREATE INDEX members ON run USING gin (metadata metadata_ops (array_members = on)) WITH (fastupdate = off);
VACUUM ANALYZE run;
SELECT pg_get_indexdef('members'::regclass);
SELECT * FROM differences();
SELECT explained($$SELECT id FROM run WHERE metadata @~ 'layers[].units > 15'$$);
SELECT explained($$SELECT id FROM run WHERE metadata @~ 'layers[].units is empty'$$);
SELECT explained($$SELECT count(*) FROM run WHERE metadata @~ 'layers[].name != "conv"'$$);
SELECT * FROM checked();
CREATE TABLE explored_members AS SELECT * FROM explored;
SELECT * FROM explored_members EXCEPT ALL SELECT * FROM explored_rows;
SELECT * FROM explored_rows EXCEPT ALL SELECT * FROM explored_members;
SELECT * FROM metadata_index_check('members');
-- Rows of the pending list, with trigrams, and beside an index without.
DROP INDEX members;
CREATE INDEX members ON run USING gin (metadata metadata_ops (array_members = on, trigram_keys = 'layers[].name')) WITH (fastupdate = on);
CREATE INDEX plain ON run USING gin (metadata metadata_ops (array_members = off, trigram_keys = 'layers[].name'));
UPDATE run SET metadata = metadata || '{"new": 1}' WHERE id % 2 = 0 AND jsonb_typeof(metadata) = 'object';
SELECT * FROM differences();
SELECT said - '{rows}'::text[] AS said FROM (SELECT what, said FROM explored WHERE what <> 'key' EXCEPT ALL SELECT * FROM explored_rows) d;
VACUUM run;
SELECT * FROM differences();
SELECT * FROM metadata_index_check('members') UNION ALL SELECT * FROM metadata_index_check('plain');
DROP INDEX members;
SELECT * FROM differences();

-- With another option in the catalog, what an index has is not what it should have, until it is built anew.
UPDATE pg_attribute SET attoptions = '{array_members=on}' WHERE attrelid = 'plain'::regclass;
SELECT problem, count(*) > 10 AS many FROM metadata_index_check('plain') GROUP BY 1;
REINDEX INDEX plain;
SELECT * FROM metadata_index_check('plain');
SELECT * FROM differences();

-- Functions, and a key that is not known when a query is planned.
SELECT id FROM run WHERE metadata_is(metadata, 'layers[].name', 'conv') ORDER BY 1;
SELECT id FROM run WHERE metadata_not_in(metadata, 'layers[].units', ARRAY[64, 1]) ORDER BY 1;
SELECT id FROM run WHERE metadata_is_empty(metadata, 'layers[].name') ORDER BY 1;
SET plan_cache_mode = force_generic_plan;
PREPARE named (text, text) AS SELECT id FROM run WHERE metadata_is(metadata, $1, $2) ORDER BY 1;
EXECUTE named('layers[].name', 'conv');
EXECUTE named('layers[].blocks[].size', '3');
PREPARE known (text) AS SELECT id FROM run WHERE metadata_is(metadata, 'layers[].name', $1) ORDER BY 1;
EXECUTE known('dense');
RESET plan_cache_mode;

-- Members of objects in arrays have no order, and no name in core's operators.
SELECT id, metadata_sort(metadata, 'layers[].name') FROM run WHERE metadata_sort(metadata, 'layers[].name') IS NOT NULL;
SELECT id FROM run WHERE metadata @~ 'layers[].name = "conv"' ORDER BY metadata_sort(metadata, 'layers[].name') DESC NULLS LAST, id LIMIT 5;
SELECT id FROM run WHERE metadata->>'layers[].name' = 'conv';
SELECT count(*) FROM run WHERE metadata->>'layers[].name' IS NOT NULL;
SELECT id FROM run WHERE metadata @> '{"layers[].name": "conv"}' OR metadata ? 'layers[]' ORDER BY 1;
SELECT id FROM run WHERE metadata @? '$.layers[*] ? (@.name == "conv")' ORDER BY 1;

-- A condition on such a key does not limit a walk in the order of the key's other values.
CREATE TABLE walked (id int PRIMARY KEY, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);
INSERT INTO walked SELECT i, jsonb_build_object('a[].b', i % 50, 'a', jsonb_build_array(jsonb_build_object('b', i % 7))) - CASE WHEN i % 3 = 0 THEN 'a[].b' ELSE '' END
    FROM generate_series(1, 2000) i;
CREATE INDEX ON walked USING gin (metadata metadata_ops (array_members = on)) WITH (fastupdate = off);
VACUUM ANALYZE walked;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT id FROM walked WHERE metadata @~ 'a[].b = 3' ORDER BY metadata_sort(metadata, 'a[].b') NULLS LAST, id LIMIT 3;
SELECT id, metadata FROM walked WHERE metadata @~ 'a[].b = 3' ORDER BY metadata_sort(metadata, 'a[].b') NULLS LAST, id LIMIT 3;
SELECT id, metadata FROM walked WHERE metadata @~ 'a[].b = 3' ORDER BY metadata_sort(metadata, 'a[].b') DESC NULLS FIRST, id LIMIT 3;
RESET enable_sort;

-- The table of runs.
SELECT create_runs_metadata('members', array_members => true);
SELECT create_runs_metadata('both', trigram_keys => 'notes', array_members => true);
SELECT create_runs_metadata('neither', array_members => NULL);
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN ('members'::regclass, 'both'::regclass, 'neither'::regclass) AND NOT indisprimary ORDER BY 1;
SET detmeta.runs_table = 'array_members.members';
SELECT post_run_metadata(1, '{"layers": [{"name": "conv"}, {"name": "dense"}], "loss": 1}');
SELECT post_run_metadata(2, '{"layers": [{"name": "conv"}], "layers[].name": 1}');
SELECT post_run_metadata(2, '{"layers": [{"name": "pool"}], "loss": 2}');
SELECT run_id, total FROM search_run_metadata('layers[].name in ("conv", "pool")', 'layers[].name=desc,loss=desc');
SELECT * FROM metadata_values('members', 'layers[].name', filter => 'layers[].name = "conv"');
SELECT * FROM compare_run_metadata('{1,2}');

-- Estimates: of 10,000 rows, 5,000 with layers, a name in 500 of them.
CREATE TABLE many (metadata jsonb) WITH (autovacuum_enabled = off);
INSERT INTO many SELECT CASE WHEN i % 2 = 0 THEN jsonb_build_object('layers', jsonb_build_array(jsonb_build_object('name', 'n' || i / 2 % 10), jsonb_build_object('name', 'm' || i))) ELSE '{}' END
    FROM generate_series(1, 10000) i;
CREATE FUNCTION estimated(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM many WHERE ' || condition INTO plan;
    plan := plan -> 0 -> 'Plan';
    RETURN concat_ws(' ', plan ->> 'Node Type', plan ->> 'Custom Plan Provider', plan ->> 'Plan Rows', 'of', trunc((plan ->> 'Actual Rows')::numeric));
END
$$;
CREATE TABLE estimates AS SELECT c FROM unnest(ARRAY['layers[].name = "n3"', 'layers[].name = "m8"', 'layers[].name is empty', 'layers[].name is not empty',
    'layers[].name != "n3"', 'layers[].name starts with "n"', 'layers[].name contains "7"']) c;
CREATE INDEX many_members ON many USING gin (metadata metadata_ops (array_members = on)) WITH (fastupdate = off);
VACUUM ANALYZE many;
RESET enable_seqscan;
SELECT c, estimated(format('metadata @~ %L', c)) FROM estimates;
DROP INDEX many_members;
CREATE INDEX many_plain ON many USING gin (metadata metadata_ops) WITH (fastupdate = off);
ANALYZE many;
SELECT c, regexp_replace(estimated(format('metadata @~ %L', c)), '\d+ of', '... of') AS estimated FROM estimates;
SELECT estimated('metadata_is(metadata, ''layers[].name'', (SELECT ''n3''))') ~ ' of 500' AS found;

SET client_min_messages = warning;
DROP SCHEMA array_members CASCADE;
