-- run.sql
--
-- psql -v seed=1 -v first=1 -v sets=10 -v filters=250 -f run.sql
--
-- compares detmeta with the oracle in a database that setup.sql has prepared: sets of documents number first,
-- first + 1, ... of the seed, and so many filters with each. It stops with an error at the tenth mismatch;
-- -v tell=true names every filter before it is put, for when the server does not survive it.
\set ON_ERROR_STOP on
\set VERBOSITY terse
\if :{?seed}
\else
	\set seed 1
\endif
\if :{?first}
\else
	\set first 1
\endif
\if :{?sets}
\else
	\set sets 1
\endif
\if :{?filters}
\else
	\set filters 250
\endif
\if :{?tell}
\else
	\set tell false
\endif
\set QUIET on
\o /dev/null
SELECT differential.statements(:seed, :first, :sets, :filters, :tell) \gexec
\o
