-- Corners of JSON paths, and of <@: lines of the source that no other test would miss. A line of a list is a
-- condition: how its count is answered, and the rows; "DIFFERENT" would say that a sequential scan gives others.
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA core_json_path;
SET search_path = core_json_path, public;
\set ECHO none
\i :tree/test/regress/dialect.sql
\set ECHO all
DELETE FROM run;
SELECT fill('run', $$
none {}
v {"k": "v"}
v1 {"k": "v", "n": 1}
word {"k": "string", "n": "x"}
[] {"k": [], "n": 1, "m": 2, "tags": []}
null {"k": null, "n": 3}
2 {"n": 2, "m": 2, "o": {"a": 1, "b": 3}}
3 {"n": 3, "m": 2, "o": {"a": 2, "b": 4}}
4 {"n": 4.5, "tags": ["a"], "o": {"name": ["adam"]}}
array {"n": [1, 3], "o": {"name": {}}}
dotted {"a.b": 5, "a": {"b": 1}}
members {"a": {"b": 2}}
nameless {"": 2}
empty {"o": {}, "tags": [[]]}
positions {"p": [5, 6]}
position {"p": [7]}
named {"p": {"0": 5}}
document [{"k": [], "n": 7}]
$$);
VACUUM ANALYZE run;

-- the literal on the left: each operator with its sides swapped, and its bound
SELECT * FROM ask_all('run', $$
metadata @@ '2 < $.n'
metadata @@ '2 <= $.n'
metadata @@ '2 > $.n'
metadata @@ '2 >= $.n'
metadata @@ '2 == $.n'
$$);
-- a literal that has a method is no literal, nor is a predicate that has one a predicate
SELECT * FROM ask_all('run', $$
metadata @@ '$.k == "v".type()'
metadata @? '$.k ? ("v".type() == @)'
metadata @@ '($.n == 1).type()'
metadata @? '$ ? ((@.n == 1).type() == "boolean")'
$$);
-- a member of an element may be an empty array, as it is not unwrapped; nor does a filter unwrap in strict mode
SELECT * FROM ask_all('run', $$
metadata @? '$ ? (@.n == 1).k'
metadata @? '$[*].k'
metadata @? 'strict $.k ? (exists(@))'
metadata @? 'strict $.k ? (@ == null)'
$$);
-- a variable among positions, which functions fail for; and a number that is none, which makes NULL of any array
SELECT * FROM ask_without_variable('run', $$
metadata @? '$.tags[0 to $x]' => -
$$);
SELECT * FROM ask_all('run', $$
jsonb_path_exists(metadata, '$.tags[0 to $x]', '{}', true)
jsonb_path_exists(metadata, '$.tags[$x to 1]', '{}', true)
NOT metadata @? '$.tags[10000000000]'
NOT metadata @? '$.tags[0]'
$$);
-- $ behind @, one filter behind another, and a comparison behind a filter
SELECT * FROM ask_all('run', $$
metadata @? '$.n ? (@ == $.m)'
metadata @? '$.n ? (@ > 1) ? (@ < 3)'
metadata @@ '$.o ? (@.a == 1).b < 5'
metadata @@ '$.o ? (@.a == 1).b > 3'
metadata @? '$ ? (@.k == "v").n'
metadata @? '$ ? (@.n == 1).tags'
$$);
-- two comparisons are one range if they are of one path, which the key alone does not tell
SELECT * FROM ask_all('run', $$
metadata @? '$ ? (@."a.b" > 1 && @.a.b < 3)'
metadata @? '$ ? (@.a.b < 3 && @."a.b" > 1)'
metadata @? '$ ? (@."a.b" > 1 && @."a.b" < 3)'
metadata @? '$."" ? (@ > 1 && (@ == 2 || @ == 1))'
metadata @? '$.n ? (@ > 1 && (@ == 2 || @ == 1))'
metadata @? '$.n ? ((@ == 2 || @ == 1) && @ > 1)'
metadata @? '$.n ? (@ > 1 && @ < 3 && @ < 2.5)'
metadata @? '$.n ? (@ < 2 && @ > 2)'
$$);
-- OR: of another path, and of what nothing is known of; AND: of the document
SELECT * FROM ask_all('run', $$
metadata @? '$.k ? (@ == "v" || $.n == 2)'
metadata @? '$.k ? ($.n == 1 || $.n == 3)'
metadata @@ '$.k == "v" || !($.n == 1)'
metadata @@ '!($.n == 1) || $.k == "v"'
metadata @? '$ ? (@.k == "v" && @ == 20)'
metadata @@ '$.k == "v" && $ == 20'
$$);
-- NOT: a predicate is NULL of what cannot be compared; and behind a position of an array
SELECT * FROM ask_all('run', $$
NOT metadata @@ '$.n > 2'
NOT metadata @@ '$.k == "v"'
(metadata @@ '$.n > 2') IS NULL
NOT metadata->'p'->0 @? '$ ? (@ == 5)'
metadata->'p'->0 @? '$ ? (@ == 5)'
NOT metadata->'p'->'0' @@ '$ == 5'
$$);
-- a value at a path, by names: not in strict mode, which fails
SELECT * FROM ask_all('run', $$
jsonb_path_query_first(metadata, 'strict $.k', '{}', true) = '"v"'
jsonb_path_query_first(metadata, 'strict $.k') = '"v"'
jsonb_path_query_first(metadata, '$.k') = '"v"'
$$);
-- <@: members that are arrays, and empty ones
SELECT * FROM ask_all('run', $$
metadata->'o' <@ '{"name": ["adam", "b"]}'
metadata->'o' <@ '{"name": {"x": 1}}'
metadata->'o' <@ '{"a": 1, "b": 3}'
metadata->'o' <@ '{}'
metadata->'tags' <@ '[]'
metadata->'tags' <@ '[["a"]]'
metadata->'tags' <@ '["a"]'
metadata->'p' <@ '[7, 8]'
NOT metadata->'p' <@ '[7, 8]'
$$);

DROP SCHEMA core_json_path CASCADE;
