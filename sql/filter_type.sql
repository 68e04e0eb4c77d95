-- The filter type among types: equality, order, hashing, storing, the binary format
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA filter_type;
SET search_path = filter_type, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

-- filters that mean the same are equal; others are not
SELECT a, b, a::metadata_filter = b::metadata_filter AS eq, a::metadata_filter <> b::metadata_filter AS ne,
  metadata_filter_hash(a::metadata_filter) = metadata_filter_hash(b::metadata_filter) AS hash,
  metadata_filter_hash_extended(a::metadata_filter, 7) = metadata_filter_hash_extended(b::metadata_filter, 7) AS hash7
FROM (VALUES
  ('x is 20', 'x = 2e1'), ('x is 20', '  ((X is 20))'), ('x is 20', '"x" IS 20.00'), ('x is "a"', 'x is ''a'''),
  ('x in (1, 2, 3)', 'x in (3, 2.0, 1, 1)'), ('x = 1 and (y = 2 and z = 3)', '(x = 1 and y = 2) and z = 3'),
  ('not (x = 1)', 'NOT x is 1'), ('x is {"a": 1, "b": 2}', 'x is {"b": 2.0, "a": 1}'), ('x is date "2024-01"', 'x is date "2024-01-01T00:00:00Z"'),
  ('true', '{"filterGroup": {"kind": "group", "conjunction": "and", "children": []}}'),
  ('x >= 20', '{"filterGroup": {"kind": "group", "conjunction": "and", "children": [{"kind": "field", "columnName": "metadata.x", "location": "LOCATION_TYPE_RUN_METADATA", "operator": ">=", "type": "COLUMN_TYPE_NUMBER", "value": 20}]}}'),
  ('x is 20', 'x is "20"'), ('x is "20"', 'x is text "20"'), ('x is 20', 'x is not 20'), ('x is 20', 'y is 20'), ('x < 20', 'x <= 20'),
  ('x = 1 and y = 2', 'x = 1 or y = 2'), ('x = 1', 'not x = 1'), ('x is []', 'x is {}'), ('x is null', 'x is empty'), ('x is 1', 'x in (1)'),
  ('"x.y" is 1', 'x.y is 1')) AS v (a, b);

-- order: total, and the same in an index
CREATE TABLE stored (id int, f metadata_filter);
INSERT INTO stored SELECT i, f::metadata_filter FROM unnest(ARRAY['x is 1', 'x is 2', 'x is 10', 'x < 1', 'x is "a"', 'y is 1', 'true',
  'x is 1 and y is 1', 'x is 1 or y is 1', 'not x is 1', 'x is empty', 'x in ()', 'x is 1.0', NULL]) WITH ORDINALITY AS l (f, i);
SELECT count(*) FROM stored AS a, stored AS b
WHERE (a.f < b.f)::int + (a.f = b.f)::int + (a.f > b.f)::int <> 1 OR (a.f <= b.f) <> (a.f < b.f OR a.f = b.f)
  OR (a.f >= b.f) <> NOT a.f < b.f OR (a.f <> b.f) <> NOT a.f = b.f OR sign(metadata_filter_cmp(a.f, b.f)) <> -sign(metadata_filter_cmp(b.f, a.f));
SELECT count(*) FROM stored AS a, stored AS b, stored AS c WHERE a.f <= b.f AND b.f <= c.f AND NOT a.f <= c.f;
CREATE TABLE in_order AS SELECT row_number() OVER (ORDER BY f, id) AS place, id FROM stored;
CREATE INDEX stored_f ON stored (f);
SET enable_seqscan = off;
SET enable_sort = off;
SELECT plan_nodes('SELECT id FROM stored ORDER BY f');
SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY f) AS place, f FROM stored) AS i JOIN (SELECT place, f FROM in_order JOIN stored USING (id)) AS o USING (place)
WHERE i.f IS DISTINCT FROM o.f;
SELECT id FROM stored WHERE f = 'x = 1' ORDER BY id;
SELECT id FROM stored WHERE f IS NULL;
RESET enable_seqscan;
RESET enable_sort;

-- grouping, distinct, joins of each kind
SELECT count(*), string_agg(id::text, ' ' ORDER BY id) FROM stored GROUP BY f HAVING count(*) > 1;
SELECT count(DISTINCT f) FROM stored;
SELECT count(*) FROM (SELECT DISTINCT f FROM stored) AS d;
SELECT count(*) FROM (SELECT f FROM stored INTERSECT SELECT 'x is 1.000') AS d;
CREATE FUNCTION joined() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN plan_nodes('SELECT * FROM stored AS a JOIN stored AS b USING (f)') || ' = ' ||
    (SELECT count(*) || ' ' || sum(a.id * b.id) FROM stored AS a JOIN stored AS b USING (f));
END $$;
SET enable_nestloop = off;
SET enable_mergejoin = off;
SELECT joined() ~ 'Hash Join', substr(joined(), strpos(joined(), '='));
SET enable_hashjoin = off;
RESET enable_mergejoin;
SELECT joined() ~ 'Merge Join', substr(joined(), strpos(joined(), '='));
RESET enable_hashjoin;
RESET enable_nestloop;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT f FROM stored GROUP BY f) AS g;
RESET enable_hashagg;
CREATE UNIQUE INDEX ON stored USING btree (f, id);
CREATE INDEX ON stored USING hash (f);
CREATE TABLE by_filter (f metadata_filter) PARTITION BY HASH (f);
CREATE TABLE by_filter0 PARTITION OF by_filter FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_filter1 PARTITION OF by_filter FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_filter SELECT f FROM stored;
SELECT count(*) FROM by_filter WHERE f = 'x = 1.00';
CREATE TABLE alone (f metadata_filter PRIMARY KEY);
INSERT INTO alone VALUES ('x is 1');
SELECT outcome('INSERT INTO alone VALUES (''x = 1.0'') RETURNING f');

-- long filters are stored out of line and compressed
DROP INDEX stored_f, stored_f_id_idx;
INSERT INTO stored SELECT 100, ('x in (' || string_agg(i::text, ', ') || ')')::metadata_filter FROM generate_series(1, 20000) AS i;
INSERT INTO stored SELECT 101, ('x is "' || string_agg(md5(i::text), '') || '"')::metadata_filter FROM generate_series(1, 1000) AS i;
SELECT id, length(f::text), '{"x": 777}' @~ f, metadata_matches('{"x": 20001}', f), f = f::text::metadata_filter FROM stored WHERE id >= 100 ORDER BY id;

-- arrays, composites, domains, casts, jsonb
SELECT '{x is 1,"y in (1, 2)"}'::metadata_filter[];
SELECT ARRAY['x is 1'::metadata_filter] = ARRAY['x = 1.0'::metadata_filter], ROW('x is 1'::metadata_filter) < ROW('x is 2'::metadata_filter);
CREATE DOMAIN short_filter AS metadata_filter CHECK (length(value::text) < 20);
SELECT 'x = 1'::short_filter, '{"x": 1}' @~ 'x = 1'::short_filter;
SELECT outcome($$SELECT 'x is "123456789012345"'::short_filter$$);
SELECT to_jsonb('x is "a"'::metadata_filter);
SELECT max(f::text), greatest('x is 1'::metadata_filter, 'x is 2') FROM stored WHERE id < 3;

-- send and recv: COPY in the binary format
SELECT 'x is 1 and y contains "é"'::metadata_filter AS f, length(metadata_filter_send('x is 1 and y contains "é"')) > 5;
-- a file that the server may write, and removes when it starts; its folder is there after a sort on disk
SET temp_tablespaces = '';
SET work_mem = '64kB';
SELECT count(*) FROM (SELECT i FROM generate_series(1, 10000) AS i ORDER BY md5(i::text) OFFSET 0) AS x;
RESET work_mem;
SELECT current_setting('data_directory') || '/base/pgsql_tmp/pgsql_tmp_filter_type' AS file \gset
SELECT set_config('filter_type.file', :'file', false) = :'file';
COPY (SELECT id, f FROM stored ORDER BY id) TO :'file' (FORMAT binary);
CREATE TABLE received (id int, f metadata_filter);
COPY received FROM :'file' (FORMAT binary);
SELECT count(*) FROM stored AS a FULL JOIN received AS b USING (id) WHERE a.f IS DISTINCT FROM b.f OR a.id IS NULL OR b.id IS NULL;

-- hostile bytes: a file whose one filter is other bytes. Whatever they are, the answer is an error or a filter.
CREATE FUNCTION receive(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  file text := current_setting('filter_type.file');
  object oid;
  detail text;
BEGIN
  object := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || int2send(1::int2) || int4send(length(bytes)) || bytes || '\xffff');
  PERFORM lo_export(object, file);
  PERFORM lo_unlink(object);
  DELETE FROM incoming;
  EXECUTE format('COPY incoming FROM %L (FORMAT binary)', file);
  RETURN (SELECT coalesce(f::text, 'NULL') FROM incoming);
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
  RETURN SQLSTATE || ' ' || concat_ws(' / ', SQLERRM, nullif(detail, ''));
END $$;
CREATE TEMP TABLE incoming (f metadata_filter);
SELECT f, receive(metadata_filter_send(f)) = f::text FROM unnest(ARRAY['true', 'x is empty', 'not x in (1, "a", null, [1])', 'x between date "2024-01" and date "2025-01"']::metadata_filter[]) AS f;
SELECT bytes, receive(bytes) FROM unnest(ARRAY['\x', '\x00', '\x01', '\xff', '\x0000000000', '\x01000000', '\x02ffffffff', '\xffffffffffffffffffff']::bytea[]) AS bytes;
-- each prefix, and a byte too many
SELECT answer FROM metadata_filter_send('x is 20 and (tags contains "é" or not y is {"a": [1]})') AS sent,
  generate_series(0, length(sent) - 1) AS i, receive(substr(sent, 1, i)) AS answer WHERE answer !~ '^[0-9A-Z]{5} ';
SELECT receive(metadata_filter_send('x is 20') || '\x00'), receive(metadata_filter_send('x is 20') || '\x20'), receive(metadata_filter_send('x is 20') || '\x29');
-- each byte changed: refused with an error of its kind, or a filter that prints, reads back and runs
SELECT count(*), count(*) FILTER (WHERE answer ~ '^(22|42|08|54)[0-9A-Z]{3} ') > 100 AS refused, string_agg(left(answer, 60), ' | ') FILTER (WHERE answer ~ '^(XX|58|53|57)') AS bad,
  count(*) FILTER (WHERE answer !~ '^[0-9A-Z]{5} ' AND outcome(format('SELECT (%L::metadata_filter)::text = %L AND (''{"x": 1}'' @~ %L::metadata_filter) IS NOT NULL', answer, answer, answer)) <> 'true') AS unreadable
FROM metadata_filter_send('x is 20 and (tags contains "é" or not y in ({"a": [1]}, -1.5, "s")) and z between date "2024-01" and date "2025-01" or u is text "2"') AS sent,
  generate_series(0, length(sent) - 1) AS i, unnest(ARRAY[34, 255]) AS b, receive(set_byte(sent, i, b)) AS answer;
-- what no text could say: keys and strings that are not text, numbers that are not numbers
SELECT receive(overlay(metadata_filter_send('key is "string"') PLACING '\xff' FROM position('key'::bytea IN metadata_filter_send('key is "string"')) FOR 1));
SELECT receive(overlay(metadata_filter_send('key is "string"') PLACING '\xc3' FROM position('string'::bytea IN metadata_filter_send('key is "string"')) + 5 FOR 1));
SELECT receive(overlay(metadata_filter_send('key is "string"') PLACING '\x00' FROM position('string'::bytea IN metadata_filter_send('key is "string"')) FOR 1));
COPY (SELECT) TO :'file';

-- the input function by hand
SELECT outcome($$SELECT metadata_filter_in(NULL)$$);

DROP SCHEMA filter_type CASCADE;
