-- setup.sql
--
-- Makes the schemas oracle, generate and differential in a database that has detmeta.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
\o /dev/null
DROP SCHEMA IF EXISTS differential, generate, oracle CASCADE;
-- The settings of detmeta are there once its library is.
SELECT 'true'::metadata_filter;
\ir oracle.sql
\ir generate.sql
\ir spell.sql
\ir paths.sql
\ir check.sql
\ir examples.sql
\o
