-- What the clients in this folder ask, on which runs, and which answers are right. Run by test/run.sh as a
-- superuser in an empty database; the clients come as the role clients.
--
-- A client runs each case with its library's own means, gathers the plans that the server reports (auto_explain
-- sends them as notices, so they are those that were executed), and prints what check_case() says. test/run.sh
-- runs it twice: as it is, and with plans that are made before the parameters are known.

CREATE EXTENSION detmeta;
SELECT create_runs_metadata();

SELECT post_run_metadata(1, '{"effectiveness": 20, "version": 20, "optimizer": {"name": "adam", "lr": 0.001}, "converged": true,
    "started": "2024-01-15T10:00:00Z", "finished": "2024-01-15T12:00:00Z", "epochs": 10, "notes": "Warm restart, 100% of data", "tags": ["baseline", "gpu"]}'),
  post_run_metadata(2, '{"effectiveness": 35.5, "version": "20", "optimizer": {"name": "sgd", "lr": 0.1}, "converged": false,
    "started": "2024-03-01", "finished": "2024-03-02 02:00+02", "epochs": 20, "notes": "say \"warm\" and ''hot'' \\ 50%", "tags": ["gpu", 3]}'),
  post_run_metadata(3, '{"effectiveness": 7, "optimizer": {"name": "adam"}, "converged": true, "started": "2024-03", "epochs": 5, "notes": "",
    "tags": []}'),
  post_run_metadata(4, '{"effectiveness": null, "parent": 7000000000, "started": "2023-12-31T23:00:00-02:00", "notes": "imported"}'),
  post_run_metadata(5, '{"effectiveness": -1.5, "notes": "größer"}');
-- The other runs make an index scan worth it.
INSERT INTO runs_metadata SELECT i, jsonb_build_object('seed', i) FROM generate_series(1001, 6000) AS i;

CREATE TABLE cases (name text, runs bigint[] NOT NULL, meaning text NOT NULL,
  native boolean NOT NULL DEFAULT false, -- by what the library has of its own
  plan text NOT NULL DEFAULT 'Metadata (Scan|Count)|Bitmap Index Scan on runs_metadata_\w*idx|One-Time Filter: false',
  other_plan text NOT NULL DEFAULT 'Seq Scan on (\w+[.])?runs_metadata', -- has to be absent
  PRIMARY KEY (native, name));
INSERT INTO cases (name, runs, meaning) VALUES
  ('is_number', '{1}', 'effectiveness is 20'),
  ('is_decimal', '{2}', 'effectiveness is 35.5'),
  ('is_big', '{4}', 'parent is 7000000000'),
  ('is_text', '{1,3}', 'optimizer.name is "adam"'),
  ('is_boolean', '{1,3}', 'converged is true'),
  ('is_date', '{2,3}', 'started is the instant 2024-03-01 00:00 UTC'),
  ('is_json', '{2}', 'version is the JSON string "20"'),
  ('is_null', '{}', 'effectiveness is NULL'),
  ('is_not_number', '{2,3,5}', 'effectiveness is not 20'),
  ('is_not_text', '{2}', 'optimizer.name is not "adam"'),
  ('in_numbers', '{2,3}', 'effectiveness in (7, 35.5)'),
  ('in_texts', '{2}', 'optimizer.name in ("sgd", "lion")'),
  ('in_nothing', '{}', 'effectiveness in ()'),
  ('not_in', '{1,5}', 'effectiveness not in (7, 35.5)'),
  ('lt', '{5}', 'effectiveness < 7'),
  ('le', '{3,5}', 'effectiveness <= 7'),
  ('gt', '{2}', 'effectiveness > 20'),
  ('ge', '{1,2}', 'effectiveness >= 20'),
  ('ge_instant', '{1,2,3,4}', 'started >= the instant 2024-01-01 00:30 UTC'),
  ('ge_day', '{2,3}', 'started >= the day 2024-03-01'),
  ('between_numbers', '{1,3}', 'effectiveness between 7 and 20'),
  ('between_days', '{1,4}', 'started between the days 2024-01-01 and 2024-01-31'),
  ('contains', '{1}', 'notes contains "100%"'),
  ('contains_quotes', '{2}', 'notes contains "warm" and ''hot'' \, quotes included'),
  ('not_contains', '{3,4,5}', 'notes does not contain "arm"'),
  ('icontains', '{5}', 'notes icontains "GRÖSSER"'),
  ('starts_with', '{1}', 'notes starts with "Warm"'),
  ('is_empty', '{3,4,5}', 'tags is empty and notes is not empty'),
  ('not_empty', '{1,2}', 'tags is not empty'),
  ('filter', '{2}', 'a filter: effectiveness >= 20 and optimizer.name is not "adam"'),
  ('webui', '{1,2}', 'a filter of the WebUI: effectiveness >= 20 and tags is not empty'),
  ('sort', '{1,3}', 'effectiveness > 0, by effectiveness downwards: two runs behind the first'),
  ('count', '{4}', 'how many: effectiveness is not empty'),
  ('search', '{1,3}', 'search_run_metadata: the same page, where effectiveness is not empty'),
  ('post', '{900}', 'post run 900 with an effectiveness of 900, get it, find it, and remove it');
\ir native_cases.sql
VACUUM ANALYZE runs_metadata;

CREATE TABLE checked (client text, name text, mode text);

-- Return the cases that a client has to run.
CREATE FUNCTION cases_of(client text) RETURNS SETOF cases
  LANGUAGE sql AS $$
  SELECT * FROM cases WHERE native = (client LIKE 'native%')
    AND name NOT IN (SELECT l.name FROM lacking AS l WHERE l.client = cases_of.client)
$$;

-- Say in a line of TAP whether a client found the right runs, and by the index.
CREATE FUNCTION check_case(client text, name text, runs bigint[], plans text) RETURNS text
  LANGUAGE plpgsql AS $$
DECLARE
  this_mode text := current_setting('plan_cache_mode');
  this cases;
  label text := client || ': ' || name || CASE this_mode WHEN 'auto' THEN '' ELSE ', ' || this_mode END;
  n bigint;
BEGIN
  SELECT * INTO this FROM cases_of(client) AS c WHERE c.name = check_case.name;
  INSERT INTO checked VALUES (client, name, this_mode);
  n := (SELECT count(*) FROM checked AS c WHERE c.client = check_case.client AND c.mode = this_mode);
  IF runs IS DISTINCT FROM this.runs THEN
    RETURN format(E'not ok %s - %s\n# found %s instead of %s', n, label, runs, this.runs);
  ELSIF plans !~ this.plan OR plans ~ this.other_plan THEN
    RETURN format(E'not ok %s - %s\n# not by the index:\n%s', n, label, regexp_replace(plans, '^', '# ', 'gn'));
  END IF;
  RETURN format('ok %s - %s', n, label);
END $$;

-- Say which cases a client left out, and close its report.
CREATE FUNCTION finish(client text) RETURNS SETOF text
  LANGUAGE sql AS $$
  WITH ran AS (SELECT name FROM checked WHERE checked.client = finish.client AND mode = current_setting('plan_cache_mode'))
  SELECT format('not ok - %s: %s was not run', client, name) FROM cases_of(client) WHERE name NOT IN (SELECT name FROM ran)
  UNION ALL SELECT format('1..%s', count(*)) FROM ran
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON runs_metadata TO clients;
GRANT SELECT ON cases, lacking TO clients;
GRANT SELECT, INSERT ON checked TO clients;
ALTER ROLE clients SET session_preload_libraries = 'auto_explain';
ALTER ROLE clients SET auto_explain.log_min_duration = 0;
ALTER ROLE clients SET auto_explain.log_nested_statements = on;
ALTER ROLE clients SET client_min_messages = log;
