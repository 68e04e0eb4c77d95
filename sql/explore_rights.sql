-- Exploring: privileges and row-level security
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA explore_rights;
SET search_path = explore_rights, public;
\set ECHO none
\i :tree/test/regress/explore.sql
\set ECHO all

CREATE TABLE run (run_id int, owner text, metadata jsonb, secret jsonb);
CREATE INDEX ON run USING gin (metadata metadata_ops);
CREATE INDEX ON run USING gin (secret metadata_ops);
INSERT INTO run SELECT i, CASE WHEN i % 3 = 0 THEN 'regress_explorer' ELSE 'other' END, document(i), '{"s": 1}' FROM generate_series(1, 200) AS i;
CREATE ROLE regress_explorer;
GRANT USAGE ON SCHEMA explore_rights TO regress_explorer;

SET ROLE regress_explorer;
SELECT * FROM outcomes($$
metadata_keys('run')
metadata_values('run', 'n')
metadata_summary('run', 'n')
$$);
RESET ROLE;
GRANT SELECT (metadata) ON run TO regress_explorer;
SET ROLE regress_explorer;
SELECT way('run'), count(*) > 10, sum(runs) > 500 FROM metadata_keys('run');
SELECT * FROM outcomes($$
metadata_keys('run', 'secret')
metadata_values('run', 's', col => 'secret')
$$);
RESET ROLE;

-- row-level security: the caller's rows, and the owner's answers stay
GRANT SELECT ON run TO regress_explorer;
CREATE POLICY own ON run USING (owner = current_user);
SELECT sum(runs) AS all_runs FROM metadata_keys('run') \gset
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
SELECT sum(runs) = :all_runs, way('run') FROM metadata_keys('run');
CREATE VIEW own_runs AS SELECT * FROM run WHERE owner = 'regress_explorer';
CREATE TABLE expected AS SELECT * FROM answers('own_runs');
GRANT SELECT ON expected TO regress_explorer;
SET ROLE regress_explorer;
SELECT way('run'), sum(runs) < :all_runs FROM metadata_keys('run');
SELECT count(*), count(*) FILTER (WHERE a.answer IS NOT DISTINCT FROM e.answer) AS equal FROM answers('run') AS a FULL JOIN expected AS e USING (what);
SET row_security = off;
SELECT outcome('SELECT metadata_keys(''run'')');
RESET row_security;
RESET ROLE;
ALTER TABLE run FORCE ROW LEVEL SECURITY;
ALTER TABLE run OWNER TO regress_explorer;
SET ROLE regress_explorer;
SELECT way('run'), sum(runs) < :all_runs FROM metadata_keys('run');
RESET ROLE;

-- partitions: the parent's policies and privileges count, not the partitions'
CREATE TABLE parted (run_id int, metadata jsonb) PARTITION BY RANGE (run_id);
CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (1000);
CREATE INDEX ON parted USING gin (metadata metadata_ops);
INSERT INTO parted SELECT i, document(i) FROM generate_series(1, 100) AS i;
ALTER TABLE part ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON parted TO regress_explorer;
SET ROLE regress_explorer;
SELECT way('parted'), count(*) > 10 FROM metadata_keys('parted');
SELECT outcome('SELECT metadata_keys(''part'')');
RESET ROLE;

-- a function of the owner's reads for him; a view with its owner's rights
CREATE FUNCTION of_owner() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = explore_rights, public AS $$ SELECT count(*) FROM metadata_keys('parted') $$;
REVOKE SELECT ON parted FROM regress_explorer;
SET ROLE regress_explorer;
SELECT of_owner() > 10, outcome('SELECT metadata_keys(''parted'')');
RESET ROLE;

DROP SCHEMA explore_rights CASCADE;
DROP ROLE regress_explorer;
