-- What a document puts into the index, and what a filter asks of it
\pset format unaligned
\pset tuples_only on

-- entries: of each kind of value, in index order
SELECT metadata_debug_entries('{}');
SELECT metadata_debug_entries('[{"a": 1}]');
SELECT metadata_debug_entries('{"null": null, "no array": [], "no object": {}, "f": false, "t": true, "number": -20.50, "big": 1e400,
  "date": "2024-01-15", "time": "2024-01-15t10:00:00.5+02:00", "string": "adam \"é\"\n", "empty": ""}');
SELECT metadata_debug_entries('{"list": [1, 1.0, "a", "2024-01", null, true, false, {}, [], [[2]], {"b": [3]}]}');
SELECT metadata_debug_entries('{"optimizer": {"lr": 0.1, "name": "adam", "deep": {"er": null}}}');
-- a key that is there twice; values and keys that are cut
SELECT metadata_debug_entries('{"a.b": 1, "a": {"b": 2}}');
SELECT regexp_replace(regexp_replace(e, 'hash [0-9a-f]{16}', 'hash H'), '(.)\1{20,}', '\1...\1') FROM metadata_debug_entries(jsonb_build_object(repeat('k', 129), 1, 's', repeat('é', 49), 'n', repeat('7', 300)::numeric,
  'd', '2024-01-15T00:00:00.' || repeat('0', 100) || 'Z', 'l', jsonb_build_array(repeat('x', 97), jsonb_build_object('a', repeat('y', 97))))) AS e;

-- probes: of each type, and how they combine
SELECT f AS filter, metadata_debug_filter(f) FROM unnest(ARRAY[
  'x is 20', 'x is "adam"', 'x is "2024-01-15"', 'x is text "20"', 'x is text "true"', 'x is true', 'x is null', 'x is []', 'x is {}',
  'x is date "2024-01-15T10:00:00.5Z"', 'x is [1, 2]', 'x is [[]]', 'x is {"a": {"b": 1}, "c": 2}', 'x is {"a": []}', 'x in (2, 1, "a")', 'x in ()']::metadata_filter[]) AS f;
SELECT f AS filter, metadata_debug_filter(f) FROM unnest(ARRAY[
  'x < 20', 'x >= "adam"', 'x <= text "20"', 'x > text "2024-01"', 'x > "2024-01"', 'x between 1 and 5', 'x between "a" and "b"', 'x >= false']::metadata_filter[]) AS f;
SELECT f AS filter, metadata_debug_filter(f) FROM unnest(ARRAY[
  'x contains "wa\"rm"', 'x contains ""', 'x icontains "WARM"', 'x starts with "wa"', 'x starts with "2024"', 'x does not contain "a"']::metadata_filter[]) AS f;
SELECT f AS filter, metadata_debug_filter(f) FROM unnest(ARRAY[
  'x is not empty', 'x is empty', 'x is not 20', 'x not in ()', 'true', 'not true', 'not x is 20', 'x is 1 and (y is empty or not x is not 2)',
  'x is not 1 and x is not empty and y is not 1']::metadata_filter[]) AS f;
-- what is cut is checked
SELECT regexp_replace(regexp_replace(line, 'hash [0-9a-f]{16}', 'hash H'), '(.)\1{20,}', '\1...\1') FROM unnest(ARRAY[
  ('x is "' || repeat('s', 97) || '"'), ('x < "' || repeat('s', 97) || '"'), ('x starts with "' || repeat('s', 97) || '"'),
  ('x starts with "2' || repeat('0', 97) || '"'), ('x is 1' || repeat('7', 200)), (repeat('k', 129) || ' is 1'), (repeat('k', 128) || ' is 1')]::metadata_filter[]) AS f,
  metadata_debug_filter(f) AS line;
-- trigrams of the keys that are named
SELECT metadata_debug_entries('{"notes": "Wärme", "tags": ["abcd", 1], "other": "abcd"}', 'notes, tags');
SELECT f AS filter, metadata_debug_filter(f, 'notes') FROM unnest(ARRAY[
  'notes contains "rme"', 'notes icontains "ÄRME"', 'notes contains "rm"', 'notes does not contain "abcd"', 'other contains "abcd"']::metadata_filter[]) AS f;
SELECT count(*) FROM metadata_debug_entries(NULL, 'notes');
SELECT metadata_debug_entries('{}', 'notes,');
SELECT metadata_debug_entries('{}', '"notes');
SELECT metadata_debug_entries('{}', '"a""b" c');
SELECT metadata_debug_entries('{"a\"b": "xyz"}', ' "a""b" , c d ');
