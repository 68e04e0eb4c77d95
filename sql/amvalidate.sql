-- The catalog entries of the extension: operator classes, labels, comments
\pset format unaligned
\pset tuples_only on

-- every object of the extension
CREATE TEMP VIEW members AS
  SELECT d.classid, d.objid
  FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
  WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'detmeta';
CREATE TEMP VIEW functions AS
  SELECT p.*, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS signature
  FROM pg_proc p JOIN members m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;
SELECT count(*) > 50 FROM functions;

-- operator classes
SELECT am.amname, c.opcname, c.opcintype::regtype, nullif(c.opckeytype, 0)::regtype AS stored, c.opcdefault, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am am ON am.oid = c.opcmethod JOIN members m ON m.classid = 'pg_opclass'::regclass AND m.objid = c.oid
ORDER BY 1, 2;

-- the index serves both operators, and has all support functions
SELECT a.amopstrategy, a.amopopr::regoperator
FROM pg_amop a JOIN pg_opfamily f ON f.oid = a.amopfamily WHERE f.opfname = 'metadata_ops' ORDER BY 1;
SELECT a.amprocnum, a.amproc::regproc
FROM pg_amproc a JOIN pg_opfamily f ON f.oid = a.amprocfamily WHERE f.opfname = 'metadata_ops' ORDER BY 1;

-- operators: estimators, and partners that point at each other
SELECT o.oprname, o.oprleft::regtype, o.oprright::regtype, o.oprrest, o.oprjoin,
  c.oprname AS commutator, n.oprname AS negator, o.oprcanhash, o.oprcanmerge,
  c.oprcom = o.oid AS commutes, n.oprnegate = o.oid AS negates
FROM pg_operator o JOIN members m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
  LEFT JOIN pg_operator c ON c.oid = o.oprcom LEFT JOIN pg_operator n ON n.oid = o.oprnegate
ORDER BY 2, 1;

-- no function runs with its owner's rights, sets anything, or claims not to leak
SELECT signature FROM functions WHERE prosecdef OR proconfig IS NOT NULL OR proleakproof ORDER BY 1;

-- what is not immutable, strict and safe in parallel plans
SELECT signature, provolatile, proisstrict, proparallel FROM functions
WHERE NOT (provolatile = 'i' AND proisstrict AND proparallel = 's') ORDER BY 1;

-- what the planner is helped with, and how much the rest of the functions cost
SELECT procost, prosupport, string_agg(DISTINCT proname, ' ' ORDER BY proname) FROM functions
WHERE procost <> 1 GROUP BY procost, prosupport ORDER BY 1, 2;

-- whoever calls a function can read what it does; only what the server calls for itself has no comment
SELECT signature FROM functions
WHERE obj_description(oid, 'pg_proc') IS NULL AND prorettype <> 'internal'::regtype
  AND NOT 'internal'::regtype = ANY (proargtypes::oid[]) AND NOT 'cstring'::regtype = ANY (proargtypes::oid[])
  AND proname !~ '^metadata_filter_|^metadata_compare_entries$'
ORDER BY 1;
SELECT o.oprname, o.oprleft::regtype FROM pg_operator o JOIN members m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
WHERE obj_description(o.oid, 'pg_operator') IS NULL AND o.oprleft <> 'metadata_filter'::regtype;
SELECT t.typname FROM pg_type t JOIN members m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
WHERE obj_description(t.oid, 'pg_type') IS NULL AND t.typcategory <> 'A';

-- anyone may call everything
SELECT signature FROM functions WHERE NOT has_function_privilege('pg_monitor', oid, 'EXECUTE');

-- core's own checks of its catalogs: an operator's function and its estimator fit
SELECT o.oid::regoperator FROM pg_operator o JOIN members m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
  JOIN pg_proc p ON p.oid = o.oprcode
WHERE p.provolatile <> 'i' OR p.prorettype <> o.oprresult OR p.pronargs <> 2;

-- none of this is in a dump: dropping and creating again is possible in one transaction
BEGIN;
CREATE SCHEMA amvalidate;
SET LOCAL search_path = amvalidate;
CREATE TABLE uses (filter public.metadata_filter, m jsonb);
CREATE INDEX ON uses USING gin (m public.metadata_ops);
DO $$ BEGIN DROP EXTENSION detmeta; EXCEPTION WHEN dependent_objects_still_exist THEN RAISE NOTICE 'still used'; END $$;
DROP TABLE uses;
DROP EXTENSION detmeta;
CREATE EXTENSION detmeta SCHEMA amvalidate;
SELECT '{"x": 1}' @~ 'x is 1';
ROLLBACK;
DROP VIEW functions, members;
