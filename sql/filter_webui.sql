-- The filter JSON of Determined's WebUI: what it reads and what it refuses
\pset format unaligned
\pset tuples_only on

-- A field of the WebUI's filter; changes replace members, null removes none
CREATE FUNCTION field(changes jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
  SELECT '{"kind": "field", "columnName": "metadata.k", "location": "LOCATION_TYPE_RUN_METADATA",
    "type": "COLUMN_TYPE_NUMBER", "operator": "=", "value": 20}'::jsonb || changes
$$;

-- A filter of one group
CREATE FUNCTION filter_of(VARIADIC children jsonb[]) RETURNS text LANGUAGE sql AS $$
  SELECT jsonb_build_object('showArchived', false, 'filterGroup',
    jsonb_build_object('kind', 'group', 'conjunction', 'and', 'children', to_jsonb(children)))::text
$$;

-- The filter that a JSON text reads as, or the error that it gives
CREATE FUNCTION reads(input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  state text; message text; detail text; hint text;
BEGIN
  RETURN left(input::metadata_filter::text, 100);
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN format(E'%s: %s\n  %s\n  %s', state, left(message, 100), detail, hint);
END $$;

-- as the WebUI sends it
SELECT '{"filterGroup":{"children":[{"columnName":"metadata.effectiveness","kind":"field","location":"LOCATION_TYPE_RUN_METADATA","operator":"=","type":"COLUMN_TYPE_NUMBER","value":20}],"conjunction":"and","kind":"group"},"showArchived":false}'::metadata_filter;
SELECT '
{"filterGroup": {"id": "ROOT", "kind": "group", "conjunction": "and", "children": [
  {"id": "1", "kind": "field", "columnName": "metadata.loss", "location": "LOCATION_TYPE_RUN_METADATA", "type": "COLUMN_TYPE_NUMBER", "operator": "<", "value": 0.1},
  {"id": "2", "kind": "group", "conjunction": "or", "children": [
    {"id": "3", "kind": "field", "columnName": "metadata.notes", "location": "LOCATION_TYPE_RUN_METADATA", "type": "COLUMN_TYPE_TEXT", "operator": "contains", "value": "warm"},
    {"id": "4", "kind": "field", "columnName": "metadata.tags", "location": "LOCATION_TYPE_RUN_METADATA", "type": "COLUMN_TYPE_ARRAY", "operator": "isEmpty", "value": null}]}]},
 "showArchived": true}'::metadata_filter;

-- numbers
SELECT o, reads(filter_of(field(jsonb_build_object('operator', o))))
FROM unnest(ARRAY['=', '!=', '<', '<=', '>', '>=', 'isEmpty', 'notEmpty', 'contains', 'notContains']) AS o;
SELECT v, reads(filter_of(field(jsonb_build_object('value', v))))
FROM unnest(ARRAY['20.0', '1e25', '"20"', '"-1.5e3"', '" 20"', '"abc"', '""', '"NaN"', '"1e999999"', 'true', '[20]', 'null']::jsonb[]) AS v;

-- text: strings, and the booleans that the WebUI shows as text
SELECT o, reads(filter_of(field(jsonb_build_object('type', 'COLUMN_TYPE_TEXT', 'value', 'adam', 'operator', o))))
FROM unnest(ARRAY['=', '!=', '<', '<=', '>', '>=', 'isEmpty', 'notEmpty', 'contains', 'notContains']) AS o;
SELECT o, v, reads(filter_of(field(jsonb_build_object('type', 'COLUMN_TYPE_TEXT', 'value', v, 'operator', o))))
FROM unnest(ARRAY['=', '!=', '>', 'contains']) AS o,
  unnest(ARRAY['"true"', '"false"', 'true', '"20"', '20', '""', '{}', 'null']::jsonb[]) AS v;

-- text is never a date
SELECT o, reads(filter_of(field(jsonb_build_object('type', 'COLUMN_TYPE_TEXT', 'value', '2024-01-15', 'operator', o))))
FROM unnest(ARRAY['=', '!=', '<', '<=', '>', '>=', 'contains']) AS o;

-- dates
SELECT o, reads(filter_of(field(jsonb_build_object('type', 'COLUMN_TYPE_DATE', 'value', '2024-01-15T00:00:00Z', 'operator', o))))
FROM unnest(ARRAY['=', '!=', '<', '<=', '>', '>=', 'isEmpty', 'notEmpty', 'contains', 'notContains']) AS o;
SELECT v, reads(filter_of(field(jsonb_build_object('type', 'COLUMN_TYPE_DATE', 'value', v))))
FROM unnest(ARRAY['"2024-01-15"', '"2024-01-15T02:00:00+02:00"', '"2024-02-31"', '"today"', '20', 'null']::jsonb[]) AS v;

-- no certain type: text as ->> prints it
SELECT t, v, reads(filter_of(field(jsonb_build_object('type', t, 'value', v))))
FROM unnest(ARRAY['"COLUMN_TYPE_UNSPECIFIED"', '"COLUMN_TYPE_ARRAY"', 'null']::jsonb[]) AS t,
  unnest(ARRAY['"20"', '20.50', 'true', '"a"', 'null']::jsonb[]) AS v;
SELECT o, v, reads(filter_of(field(jsonb_build_object('operator', o, 'value', v)) - 'type'))
FROM unnest(ARRAY['=', '!=', '<', 'contains', 'notEmpty']) AS o,
  unnest(ARRAY['"a"', '20', '["a", 1.0]', '{}']::jsonb[]) AS v;

-- groups
SELECT reads(filter_of(VARIADIC '{}'));
SELECT reads(filter_of(field(), filter_of(VARIADIC '{}')::jsonb -> 'filterGroup'));
SELECT reads(filter_of(field(), field('{"value": null}'), field('{"value": null, "location": "LOCATION_TYPE_RUN", "columnName": "id"}')));
SELECT reads(jsonb_set(filter_of(field(), field('{"value": null}'))::jsonb, '{filterGroup,conjunction}', '"or"')::text);
SELECT reads(jsonb_build_object('filterGroup', field())::text);

-- columns and locations
SELECT c, reads(filter_of(field(c) - ARRAY(SELECT k FROM jsonb_each(c) AS e(k, v) WHERE v = '"(absent)"')))
FROM unnest(ARRAY['{"columnName": "k"}', '{"columnName": "metadata.metadata.k"}', '{"columnName": "metadata.a \"b\""}',
  '{"location": null}', '{"location": "(absent)"}', '{"location": "LOCATION_TYPE_UNSPECIFIED"}',
  '{"location": "(absent)", "columnName": "k"}', '{"location": "LOCATION_TYPE_RUN"}', '{"location": 5}',
  '{"columnName": "metadata."}', '{"columnName": ""}', '{"columnName": 5}', '{"columnName": "(absent)"}',
  '{"type": "COLUMN_TYPE_BOOLEAN"}', '{"type": 5}',
  '{"operator": "is"}', '{"operator": "(absent)"}', '{"operator": ["=", "a string that is too long to be shown in whole in a message"]}',
  '{"value": "(absent)"}', '{"value": "(absent)", "operator": "isEmpty"}',
  '{"kind": "(absent)"}', '{"kind": "a string that is too long to be shown in whole in a message"}', '{"added": {"later": 1}}']::jsonb[]) AS c;

-- an error names the path
SELECT reads(filter_of(field(), field(), field('{"operator": "~"}')));
SELECT reads(filter_of(field(), filter_of(field(), field('{"value": "x"}'))::jsonb -> 'filterGroup'));
SELECT reads(filter_of(field(), g)) FROM unnest(ARRAY['null', '5', '"group"', '[]', '{"kind": "group"}',
  '{"kind": "group", "conjunction": "and"}', '{"kind": "group", "conjunction": "xor", "children": []}',
  '{"kind": "group", "conjunction": "and", "children": {}}', '{"kind": "group", "conjunction": "and", "children": [1]}']::jsonb[]) AS g;

-- not such a filter at all
SELECT f, reads(f) FROM unnest(ARRAY['{}', '{"showArchived": false}', '{"filterGroup": null}', '{"filterGroup": []}',
  '{"kind": "group", "conjunction": "and", "children": []}', '{"filterGroup": {}}']) AS f;

-- errors of JSON syntax name the position
SELECT f, reads(f) FROM unnest(ARRAY['{', '{"filterGroup": {"kind": "group"}', '{"filterGroup": tru}', '{"filterGroup": {}} x',
  '{filterGroup: {}}', '{"filterGroup": {"kind": ''group''}}', '{"a": "\u0000"}', '{"a": 1e999999}', '{"a": 1,}']) AS f;

-- limits: 1,000 conditions, 100 levels of groups
SELECT reads(filter_of(VARIADIC array_fill(field(), ARRAY[1000])));
SELECT reads(filter_of(VARIADIC array_fill(field(), ARRAY[1001])));
SELECT reads(filter_of(VARIADIC array_fill(field('{"value": null}'), ARRAY[1001])));
SELECT levels, reads('{"filterGroup": ' || repeat('{"kind": "group", "conjunction": "and", "children": [', levels) || field()
  || repeat(']}', levels) || '}')
FROM unnest(ARRAY[100, 101]) AS levels;

DROP FUNCTION reads(text);
DROP FUNCTION filter_of(jsonb[]);
DROP FUNCTION field(jsonb);
