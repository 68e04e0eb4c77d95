-- What the tests of core's SQL share, made in the current schema: a table of runs, and functions that say how a
-- condition is answered from the index, and that the answer is core's.

\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '
SET client_min_messages = warning;
SET jit = off;
-- VACUUM marks pages as all-visible only if the commit has been flushed
SET synchronous_commit = on;
SET max_parallel_workers_per_gather = 0;
SET enable_seqscan = off;

CREATE TABLE run (id int GENERATED ALWAYS AS IDENTITY, name text NOT NULL, metadata jsonb NOT NULL);
CREATE INDEX run_metadata ON run USING gin (metadata metadata_ops) WITH (fastupdate = off);

-- Make rows of lines "name json".
CREATE FUNCTION fill(rel regclass, lines text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO %s (name, metadata) SELECT split_part(line, '' '', 1), substr(line, strpos(line, '' '') + 1)::jsonb'
    ' FROM regexp_split_to_table(btrim($1, E''\n''), E''\n'') WITH ORDINALITY AS l (line, i) ORDER BY i', rel) USING lines;
END $$;

-- The node of a plan that reads a table: one of ours, or else the last.
CREATE FUNCTION scan_of(plan json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  WHILE plan ->> 'Custom Plan Provider' IS NULL AND plan -> 'Plans' IS NOT NULL LOOP
    plan := plan #> '{Plans,-1}';
  END LOOP;
  RETURN plan;
END $$;

-- The plan of a query, but for what depends on the server's version.
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    IF line !~ 'Disabled: true' THEN
      RETURN NEXT line;
    END IF;
  END LOOP;
END $$;

-- What EXPLAIN says of the node that reads the table; NULL if the query fails.
CREATE FUNCTION explain_scan(query text, options text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE format('EXPLAIN (FORMAT JSON, COSTS OFF %s) ', options) || query INTO plan;
  RETURN scan_of(plan #> '{0,Plan}');
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;

-- How a count is answered: from the index, with how many rows in doubt, or as core does.
CREATE FUNCTION way(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  plan json := explain_scan(query, '');
BEGIN
  IF plan ->> 'Custom Plan Provider' IS NULL THEN
    RETURN CASE WHEN plan IS NULL THEN 'planning fails' ELSE 'not served' END;
  END IF;
  RETURN concat_ws(', ', CASE plan ->> 'Custom Plan Provider' WHEN 'Metadata Count' THEN 'count' ELSE 'scan' END,
    CASE WHEN plan ->> 'Index Cond' IS NULL THEN 'no condition' END,
    CASE WHEN plan ->> 'Filter' IS NOT NULL THEN 'filter' END,
    nullif(explain_scan(query, ', ANALYZE, TIMING OFF, SUMMARY OFF') ->> 'Rows Rechecked', '0') || ' in doubt');
END $$;

-- The names of the rows that satisfy a condition, or the error.
CREATE FUNCTION names(rel text, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text;
BEGIN
  EXECUTE format('SELECT string_agg(name, '' '' ORDER BY id) FROM (SELECT id, name FROM %s WHERE %s OFFSET 0) AS r', rel, condition) INTO result;
  RETURN coalesce(result, '-');
EXCEPTION WHEN OTHERS THEN
  RETURN 'ERROR: ' || SQLERRM;
END $$;

-- How a condition is answered, and the answer; both answers if core's is another one.
CREATE FUNCTION ask(rel text, condition text, OUT how text, OUT answer text) LANGUAGE plpgsql AS $$
DECLARE
  by_core text;
BEGIN
  how := way(format('SELECT count(*) FROM %s WHERE %s', rel, condition));
  answer := names(rel, condition);
  PERFORM set_config('enable_seqscan', 'on', true), set_config('detmeta.enable_metadata_scan', 'off', true),
    set_config('enable_bitmapscan', 'off', true);
  by_core := names(rel, condition);
  PERFORM set_config('enable_seqscan', 'off', true), set_config('detmeta.enable_metadata_scan', 'on', true),
    set_config('enable_bitmapscan', 'on', true);
  IF answer <> by_core THEN
    answer := format('DIFFERENT: %s, by core: %s', answer, by_core);
  END IF;
END $$;

-- The same for each line.
CREATE FUNCTION ask_all(rel text, conditions text) RETURNS TABLE (condition text, how text, answer text) LANGUAGE plpgsql AS $$
BEGIN
  FOREACH condition IN ARRAY regexp_split_to_array(btrim(conditions, E'\n'), E'\n') LOOP
    SELECT a.how, a.answer INTO how, answer FROM ask(rel, condition) AS a;
    RETURN NEXT;
  END LOOP;
END $$;

-- The same of paths with a variable that is not given, in lines "condition => answer": since PostgreSQL 17 that is an error,
-- when planning, too, if there are statistics; before, the answer is that of no value.
CREATE FUNCTION ask_without_variable(rel text, lines text) RETURNS TABLE (condition text, outcome text) LANGUAGE plpgsql AS $$
DECLARE
  line text;
  is_error boolean := current_setting('server_version_num')::int >= 170000;
  asked record;
BEGIN
  FOREACH line IN ARRAY regexp_split_to_array(btrim(lines, E'\n'), E'\n') LOOP
    condition := split_part(line, ' => ', 1);
    SELECT * INTO asked FROM ask(rel, condition);
    outcome := CASE
      WHEN is_error AND asked.how IN ('not served', 'planning fails') AND asked.answer = 'ERROR: could not find jsonpath variable "x"'
        OR NOT is_error AND asked.how = 'not served' AND asked.answer = split_part(line, ' => ', 2) THEN 'as core, not served'
      ELSE concat_ws(', ', asked.how, asked.answer) END;
    RETURN NEXT;
  END LOOP;
END $$;

SELECT fill('run', $$
absent {}
null {"k": null}
v {"k": "v"}
V {"k": "V"}
warm {"k": "warm start"}
20 {"k": 20}
20.0 {"k": 20.0}
"20" {"k": "20"}
7.5 {"k": 7.5}
true {"k": true}
"true" {"k": "true"}
[] {"k": []}
["v"] {"k": ["v"]}
[20] {"k": [20, "w"]}
{} {"k": {}}
{v} {"k": {"v": 1}}
day {"k": "2024-01-15"}
"" {"k": ""}
one {"n": 1, "whole": 1, "text": "warm start", "flag": true, "when": "2024-01-15T10:00:00Z", "opt": {"name": "adam", "lr": 0.1}, "tags": ["a", "b"], "mixed": 1, "spelled": "1e2"}
two {"n": 2, "whole": 2, "text": "Warm", "flag": false, "when": "2024-03-01", "opt": {"name": "sgd", "lr": 0.5}, "tags": ["b"], "mixed": 2, "spelled": " 20 "}
three {"n": 3, "text": "cold", "flag": true, "when": "2024-03-02T23:30:00+02:00", "opt": {"name": "adam"}, "tags": [], "mixed": "abc", "spelled": "NaN"}
four {"n": 4.5, "text": "100% of it", "opt": {"lr": "small"}, "tags": ["a", ["c"]], "mixed": 4, "spelled": 0.1000000000000000000001}
five {"id": "00000000-0000-0000-0000-00000000000a"}
$$);
VACUUM ANALYZE run;
