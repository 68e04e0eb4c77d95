-- detmeta.runs_table under the rights of another role: only who may act as that role chooses the table
\set SHOW_CONTEXT never
\set superuser :USER
CREATE ROLE regress_runs_owner LOGIN;
CREATE ROLE regress_runs_caller LOGIN;
CREATE SCHEMA runs_table AUTHORIZATION regress_runs_owner;
CREATE SCHEMA runs_table_caller AUTHORIZATION regress_runs_caller;
GRANT USAGE ON SCHEMA runs_table TO regress_runs_caller;
SET SESSION AUTHORIZATION regress_runs_owner;
SET search_path = runs_table, public;
SELECT create_runs_metadata();
SELECT create_runs_metadata('secret');
INSERT INTO secret VALUES (1, '{"loss": 42}');

-- what the owner lets others do: nothing said of the table; said with the function; said inside
CREATE FUNCTION log(run bigint, document jsonb) RETURNS jsonb LANGUAGE sql SECURITY DEFINER SET search_path = runs_table, public
  AS 'SELECT post_run_metadata(run, document)';
CREATE FUNCTION search() RETURNS TABLE (run_id bigint, metadata jsonb) LANGUAGE sql SECURITY DEFINER SET search_path = runs_table, public
  AS 'SELECT run_id, metadata FROM search_run_metadata()';
CREATE FUNCTION log_with(run bigint, document jsonb) RETURNS jsonb LANGUAGE sql SECURITY DEFINER SET search_path = runs_table, public
  SET detmeta.runs_table = 'runs_table.runs_metadata' AS 'SELECT post_run_metadata(run, document)';
CREATE FUNCTION log_inside(run bigint, document jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = runs_table, public AS $$
BEGIN
  PERFORM set_config('detmeta.runs_table', 'runs_table.runs_metadata', true);
  RETURN post_run_metadata(run, document);
END $$;
-- one that hands the call on
CREATE FUNCTION relay(run bigint, document jsonb) RETURNS jsonb LANGUAGE sql SET search_path = runs_table, public AS 'SELECT log(run, document)';

-- the caller: the default counts; his own choice does not, in whichever way he makes it
SET SESSION AUTHORIZATION regress_runs_caller;
SELECT runs_table.log(1, '{"by": "default"}');
SET detmeta.runs_table = 'runs_table.secret';
SELECT runs_table.log(1, '{}');
\echo :SQLSTATE
SELECT * FROM runs_table.search();
SELECT runs_table.relay(1, '{"loss": 0}');
SELECT runs_table.log_with(2, '{"by": "setting"}');
SELECT runs_table.log_inside(3, '{"by": "inside"}');
SHOW detmeta.runs_table;
RESET detmeta.runs_table;
BEGIN;
SET LOCAL detmeta.runs_table = 'runs_table.secret';
SAVEPOINT s;
SELECT runs_table.log(1, '{}');
ROLLBACK TO s;
SELECT runs_table.log_with(2, '{"by": "setting"}');
ROLLBACK TO s;
SELECT runs_table.log(1, '{}');
ROLLBACK;
SELECT runs_table.log(4, '{"by": "default"}');
CREATE FUNCTION runs_table_caller.call() RETURNS jsonb LANGUAGE sql SET detmeta.runs_table = 'runs_table.secret' AS $$ SELECT runs_table.log(1, '{}') $$;
SELECT runs_table_caller.call();
-- a table of his own, whose trigger would run as the owner
SELECT create_runs_metadata('runs_table_caller.mine');
CREATE FUNCTION runs_table_caller.told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'run as %', current_user; RETURN NEW; END $$;
CREATE TRIGGER told BEFORE INSERT ON runs_table_caller.mine FOR EACH ROW EXECUTE FUNCTION runs_table_caller.told();
GRANT ALL ON SCHEMA runs_table_caller TO PUBLIC;
GRANT ALL ON runs_table_caller.mine TO PUBLIC;
SET detmeta.runs_table = 'runs_table_caller.mine';
SELECT runs_table.log(1, '{"loss": 1}');
SELECT post_run_metadata(1, '{"loss": 1}');
-- for his role, before the library is loaded
ALTER ROLE regress_runs_caller SET detmeta.runs_table = 'runs_table.secret';
\c - regress_runs_caller
SELECT runs_table.log(1, '{}');
SET detmeta.runs_table = 'runs_table_caller.mine';
SELECT runs_table.log(1, '{}');
RESET detmeta.runs_table;
SELECT runs_table.log(1, '{}');
ALTER ROLE regress_runs_caller RESET detmeta.runs_table;
-- for a database, by its owner
\set database :DBNAME
\c - :superuser
SELECT datdba::regrole AS owner FROM pg_database WHERE datname = current_database() \gset
ALTER DATABASE :"database" OWNER TO regress_runs_caller;
ALTER DATABASE :"database" SET detmeta.runs_table = 'runs_table.secret';
\c - regress_runs_caller
SELECT runs_table.log(1, '{}');
\c - :superuser
ALTER DATABASE :"database" SET detmeta.runs_table = 'runs_table.runs_metadata';
ALTER DATABASE :"database" OWNER TO :owner;
\c - regress_runs_caller
SELECT runs_table.log(8, '{"by": "database"}');
\c - :superuser
ALTER DATABASE :"database" RESET detmeta.runs_table;
\c - regress_runs_caller
-- as he connects
\set connection 'dbname=' :DBNAME ' user=regress_runs_caller options=''-c detmeta.runs_table=runs_table.secret'''
\c :"connection"
SELECT runs_table.log(1, '{}');
\c - regress_runs_caller
SET detmeta.runs_table = 'runs_table.secret';
SELECT runs_table.log(1, '{}');

-- who could act as the owner, does: a superuser, a member of the role; and one who has become it
\c - :superuser
SET detmeta.runs_table = 'runs_table.secret';
SELECT runs_table.log(5, '{"by": "superuser"}');
SET ROLE regress_runs_owner;
SELECT public.post_run_metadata(6, '{"by": "role"}');
RESET ROLE;
GRANT regress_runs_owner TO regress_runs_caller;
SET SESSION AUTHORIZATION regress_runs_caller;
SET detmeta.runs_table = 'runs_table.secret';
SELECT runs_table.log(7, '{"by": "member"}');
RESET SESSION AUTHORIZATION;
RESET detmeta.runs_table;
REVOKE regress_runs_owner FROM regress_runs_caller;

-- what maintenance calls as the owner of a table, started by the owner of the database
CREATE ROLE regress_runs_dba;
GRANT USAGE ON SCHEMA runs_table TO regress_runs_dba;
SELECT pg_get_userbyid(datdba) AS dba FROM pg_database WHERE datname = current_database() \gset
ALTER DATABASE :"DBNAME" OWNER TO regress_runs_dba;
SET ROLE regress_runs_owner;
CREATE FUNCTION runs_table.loss(run int) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN public.get_run_metadata(run);
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING '%', SQLERRM;
  RETURN '{}';
END $$;
CREATE TABLE runs_table.list (run int);
CREATE INDEX ON runs_table.list (runs_table.loss(run));
SET detmeta.runs_table = 'runs_table.runs_metadata';
INSERT INTO runs_table.list VALUES (1);
SET SESSION AUTHORIZATION regress_runs_dba;
SET detmeta.runs_table = 'runs_table.secret';
ANALYZE runs_table.list;
RESET SESSION AUTHORIZATION;
RESET detmeta.runs_table;
ALTER DATABASE :"DBNAME" OWNER TO :"dba";

SELECT * FROM runs_table.runs_metadata ORDER BY 1;
SELECT * FROM runs_table.secret ORDER BY 1;
SET client_min_messages = warning;
DROP SCHEMA runs_table, runs_table_caller CASCADE;
DROP ROLE regress_runs_owner, regress_runs_caller, regress_runs_dba;
