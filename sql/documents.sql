-- Documents of any shape go into the index, and are found again
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA documents;
SET search_path = documents, public;
\set ECHO none
\i :tree/test/regress/helpers.sql
\set ECHO all

CREATE FUNCTION random_text(length int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(string_agg(md5(i::text), '' ORDER BY i), length) FROM generate_series(1, length / 32 + 1) AS i
$$;
INSERT INTO doc (name, m) VALUES
  ('null', 'null'), ('true', 'true'), ('number', '1'), ('string', '"s"'), ('[]', '[]'), ('[...]', '[1, {"x": 1}, [[{}]]]'), ('{}', '{}'),
  ('empty', '{"": "", "a": {"": {"": null}}}'),
  ('keys', (SELECT jsonb_object_agg('key' || i, i) FROM generate_series(1, 100000) AS i)),
  ('elements', jsonb_build_object('many', (SELECT jsonb_agg(i) FROM generate_series(1, 100000) AS i))),
  ('same elements', jsonb_build_object('many', (SELECT jsonb_agg('x'::text) FROM generate_series(1, 100000) AS i))),
  ('digits', jsonb_build_object('n', (repeat('1234567890', 13000))::numeric)),
  ('fraction', jsonb_build_object('n', ('0.' || repeat('0', 16000) || '1')::numeric)),
  ('text', jsonb_build_object('s', random_text(1000000))),
  ('repeated text', jsonb_build_object('s', repeat('x', 1000000))),
  ('5 MB', jsonb_build_object('large', (SELECT jsonb_object_agg('part' || i, random_text(100000) || i) FROM generate_series(1, 50) AS i))),
  ('key', jsonb_build_object(repeat('k', 10000), 1, repeat('k', 10000) || 'x', 2)),
  ('multibyte', jsonb_build_object(repeat('鍵', 5000), repeat('値', 50000))),
  ('nested arrays', jsonb_build_object('deep', (repeat('[', 4000) || '"bottom"' || repeat(']', 4000))::jsonb)),
  ('nested objects', (repeat('{"d":', 1000) || '"bottom"' || repeat('}', 1000))::jsonb),
  ('dots', (SELECT jsonb_object_agg(repeat('.', i), i) FROM generate_series(0, 50) AS i)),
  ('repeated', '{"a.b.c": 1, "a.b": {"c": 2}, "a": {"b.c": 3, "b": {"c": 4}}}'),
  ('long array value', jsonb_build_object('many', jsonb_build_array(random_text(300), jsonb_build_object('o', random_text(300))))),
  ('controls', '{"a\u0001\u001f": "\u0001\n\t\u007f"}'),
  ('outside', '{"x": 1e400, "y": -1e400, "z": 1e-400}');
INSERT INTO doc (name, m) SELECT 'plain', '{"x": 1}' FROM generate_series(1, 3);

SELECT condition, names FROM matches($$
metadata_is(m, 'key99999', 99999)
metadata_is(m, 'many', 99999)
metadata_is(m, 'many', 'x')
metadata_not_empty(m, 'many')
metadata_is(m, 'n', repeat('1234567890', 13000)::numeric)
metadata_is(m, 'n', repeat('1234567890', 13000)::numeric + 1)
metadata_gt(m, 'n', 1e1000)
metadata_lt(m, 'n', 1e-16000)
metadata_is(m, 'n', ('0.' || repeat('0', 16000) || '1')::numeric)
metadata_is(m, 's', random_text(1000000))
metadata_is(m, 's', random_text(1000000) || 'x')
metadata_is(m, 's', repeat('x', 1000000))
metadata_is(m, 'large.part7', random_text(100000) || 7)
metadata_contains(m, 'large.part50', '50')
metadata_not_empty(m, 'large')
metadata_contains(m, 's', substr(random_text(1000000), 500000, 50))
metadata_contains(m, 's', repeat('x', 500000))
metadata_starts_with(m, 's', repeat('x', 500000))
metadata_is(m, repeat('k', 10000), 1)
metadata_is(m, repeat('k', 10000), 2)
metadata_is(m, repeat('k', 10000) || 'x', 2)
metadata_is_not(m, repeat('k', 9999), 2)
metadata_contains(m, repeat('鍵', 5000), '値値')
metadata_is(m, 'deep', 'bottom')
metadata_is(m, 'd' || repeat('.d', 999), 'bottom')
metadata_not_empty(m, 'd' || repeat('.d', 998))
metadata_is(m, 'd' || repeat('.d', 998), jsonb '{"d": "bottom"}')
metadata_is(m, '', '')
metadata_is(m, 'a..', jsonb 'null')
metadata_is(m, '.....', 5)
metadata_is(m, '', 0)
metadata_is(m, 'a.b.c', 4) and metadata_is(m, 'a.b.c', 1)
metadata_is(m, 'many', jsonb_build_object('o', random_text(300)))
metadata_is(m, 'many', jsonb_build_array(random_text(300), jsonb_build_object('o', random_text(300))))
metadata_contains(m, E'a\x01\x1f', E'\n\t')
metadata_is(m, 'x', 1e400)
metadata_between(m, 'y', -1e401, -1e399)
metadata_is_empty(m, 'x')
m @~ 'true'
$$);

-- one row has the same keys as another, changed; the index follows
UPDATE doc SET m = '{"x": 2}' WHERE name = 'keys';
DELETE FROM doc WHERE name = 'text';
VACUUM doc;
SELECT * FROM matches($$
metadata_is(m, 'key99999', 99999)
metadata_is(m, 'x', 2)
metadata_contains(m, 's', substr(random_text(1000000), 500000, 50))
$$);
-- the same when the index is built from the table
REINDEX TABLE doc;
SELECT * FROM matches($$
metadata_is(m, 'x', 2)
metadata_is(m, 'many', 99999)
metadata_is(m, 'deep', 'bottom')
metadata_is(m, repeat('k', 10000), 1)
metadata_not_empty(m, 'n')
$$);

-- as deep as jsonb takes it: no more than an error, with or without the index
SET max_stack_depth = '100kB';
SELECT outcome($$INSERT INTO doc (name, m) SELECT 'too deep', (repeat('{"d":', 5000) || '1' || repeat('}', 5000))::jsonb RETURNING name$$) ~ '^(too deep|54001)';
RESET max_stack_depth;
SELECT outcome($$INSERT INTO doc (name, m) SELECT 'deep', (repeat('{"d":', 4000) || '1' || repeat('}', 4000))::jsonb RETURNING name$$);
SELECT matching($$metadata_is(m, 'd' || repeat('.d', 3999), 1)$$);

DROP SCHEMA documents CASCADE;
