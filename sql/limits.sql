-- What posting refuses, and how it says so
SET client_min_messages = warning;
CREATE SCHEMA limits_test;
SET search_path = limits_test, public;
\pset format unaligned
\pset tuples_only on

SELECT create_runs_metadata();

CREATE FUNCTION refusal(metadata jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  state text; message text; detail text; hint text;
BEGIN
  PERFORM post_run_metadata(1, metadata);
  RETURN 'posted';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN format(E'%s: %s\n  %s\n  %s', state, message, detail, hint);
END $$;

-- not an object
SELECT refusal(d) FROM unnest('{[],"[{\"a\": 1}]","\"a\"",1,true,"null"}'::jsonb[]) AS d;

-- keys: bytes, not characters
SELECT refusal(jsonb_build_object(repeat('k', 50), 1));
SELECT refusal(jsonb_build_object(repeat('k', 51), 1));
SELECT refusal(jsonb_build_object(repeat('é', 25), 1));
SELECT refusal(jsonb_build_object(repeat('é', 26), 1));
SELECT refusal(jsonb_build_object('optimizer', jsonb_build_object('a', 1, repeat('é', 500), 1)));
SELECT refusal(jsonb_build_object(repeat('k', 60), 1));
-- psql leaves out half a character
SELECT octet_length(split_part(refusal(jsonb_build_object('a' || repeat('é', 30), 1)), '"', 2));
SET detmeta.max_key_bytes = 51;
SELECT refusal(jsonb_build_object(repeat('k', 51), 1));
RESET detmeta.max_key_bytes;

-- keys: empty, or with characters that paths give a meaning
SELECT refusal('{"": 1}');
SELECT refusal('{"a": {"b": {"c": 1, "": 2}}}');
SELECT refusal('{"a.b": 1}');
SELECT refusal('{"$a": 1}');
SELECT refusal('{"ok": 1, "list": {"x[0": 1}}');
SELECT refusal('{"x]": 1}');
SELECT refusal('{"a-b_c/d e:f\"g\\h": 1, "ключ": 2, "{}": 3}');

-- members of objects in arrays are no keys, and their names may be any; what follows the array is a key again
SELECT refusal('{"layers": [{"conv.weight": 1, "$ref": {"": 2, "x[0]": [{"a.b": 3}]}}]}');
SELECT get_run_metadata(1);
SELECT key, type FROM metadata_keys('runs_metadata') ORDER BY key, type;
SELECT refusal(jsonb_build_object('a', jsonb_build_array(jsonb_build_object(repeat('k', 5000), 1))));
SELECT refusal(jsonb_build_object('a', jsonb_build_object('b', jsonb_build_array(jsonb_build_object('c.d', jsonb_build_object(repeat('k', 5001), 1))))));
SELECT refusal('{"a": [{"x": [1]}, 2], "b.c": 1}');
SELECT refusal('{"a": {"list": [{"x.y": {"z": [1]}}], "more": {"$": 1}}}');
SELECT refusal('{"a": {"list": [{"x.y": {"z": [1]}}], "": 1}}');
SELECT refusal('{"a": {"": [{"x.y": 1}]}}');

-- strings
SELECT refusal(jsonb_build_object('s', repeat('x', 5000)));
SELECT refusal(jsonb_build_object('s', repeat('x', 5001)));
SELECT refusal(jsonb_build_object('s', repeat('é', 2501)));
SELECT refusal(jsonb_build_object('a', jsonb_build_object('b', jsonb_build_array('x', repeat('y', 6000)))));
SET detmeta.max_string_bytes = 3;
SELECT refusal('{"a": "four"}');
SELECT refusal('{"a": ["abc", "four"], "key_longer_than_three": 1}');
SELECT refusal('{"a": {"b": [1, {"c.d": [{"e": "four"}]}]}}');
RESET detmeta.max_string_bytes;

-- arrays
SELECT refusal(jsonb_build_object('a', (SELECT jsonb_agg(i) FROM generate_series(1, 100) AS i)));
SELECT refusal(jsonb_build_object('a', (SELECT jsonb_agg(i) FROM generate_series(1, 101) AS i)));
SET detmeta.max_array_elements = 2;
SELECT refusal('{"m": {"n": [[1, 2], [1, 2, 3]]}}');
SELECT refusal('{"m": {"n": [{"o.p": [1, 2, 3]}]}}');
RESET detmeta.max_array_elements;

-- nesting: the document is level 1, and arrays are levels too
CREATE FUNCTION nested(levels int, open text, close text) RETURNS jsonb
  LANGUAGE sql RETURN ('{"top": ' || repeat(open, levels - 1) || '1' || repeat(close, levels - 1) || '}')::jsonb;
SELECT refusal(nested(10, '{"k": ', '}'));
SELECT refusal(nested(11, '{"k": ', '}'));
SELECT refusal(nested(10, '[', ']'));
SELECT refusal(nested(11, '[', ']'));
SELECT refusal(nested(1000, '[', ']'));
SET detmeta.max_depth = 1;
SELECT refusal('{"a": 1, "b": "two"}');
SELECT refusal('{"a": 1, "b": {}}');
SET detmeta.max_depth = 4;
SELECT refusal('{"a": [{"b.c": [1]}]}');
SELECT refusal('{"a": [{"b.c": [1, {}]}]}');
SELECT refusal('{"a": [[1], [1], {"b": [1]}], "c": [1], "d": {"e": {"f": {}}}}');
RESET detmeta.max_depth;

-- number of keys, at all depths together
SELECT refusal((SELECT jsonb_object_agg('k' || i, i) FROM generate_series(1, 1000) AS i));
SELECT refusal((SELECT jsonb_object_agg('k' || i, i) FROM generate_series(1, 1001) AS i));
SET detmeta.max_keys = 4;
SELECT refusal('{"a": {"b": 1}, "c": [{"d": 1}, {"e": 1}], "f": 1}');
SELECT refusal('{"a": {"b": 1}, "c": [{"d": 1}, {"e": 1}], "f": {"g": 1}}');
RESET detmeta.max_keys;

-- a refused document leaves what was stored
SELECT post_run_metadata(2, '{"a": 1}');
SELECT post_run_metadata(2, '{"a.b": 1}');
SELECT get_run_metadata(2);

-- a merge is held to the limits by its result, not by its patch
SET detmeta.max_keys = 2;
SELECT merge_run_metadata(2, '{"a": null, "b": 1, "c": null, "d.e": null}');
SELECT merge_run_metadata(2, '{"c": 2}');
SELECT merge_run_metadata(2, '{"d": 3}');
SELECT merge_run_metadata(3, '{"a": 1, "b": 2, "c": 3}');
SELECT merge_run_metadata(3, '{"a": [{"b.c": 2, "d": {"": 3}}]}');
SELECT merge_run_metadata(3, '{"a": {"b": [{"c.d": null}]}}');
SELECT merge_run_metadata(3, '{"a": {"b": {"c.d": 1}}}');
RESET detmeta.max_keys;
SELECT get_run_metadata(2), get_run_metadata(3);

-- rows from elsewhere are not limited, and can be mended
INSERT INTO runs_metadata VALUES (4, '{"a.b": 1, "c": 2}');
SELECT get_run_metadata(4);
SELECT merge_run_metadata(4, '{"c": 2}');
SELECT merge_run_metadata(4, '{"c": 3}');
SELECT merge_run_metadata(4, '{"a.b": null, "a": {"b": 1}}');

-- the settings
SELECT name, setting, min_val, max_val, context FROM pg_settings WHERE name LIKE 'detmeta.max%' ORDER BY name;
SELECT name FROM pg_settings WHERE name LIKE 'detmeta.%' AND 'EXPLAIN' = ANY (pg_settings_get_flags(name));
SET detmeta.max_keys = 0;
SET detmeta.max_key = 10;
SET detmeta.runs_table = '';
SET detmeta.runs_table = 'a.b.c';
SET detmeta.runs_table = 'a b';
SET detmeta.runs_table = '"a b"."c.d"';
SELECT get_run_metadata(2);

\pset format aligned
\pset tuples_only off
DROP SCHEMA limits_test CASCADE;
