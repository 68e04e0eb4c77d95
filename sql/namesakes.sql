-- Functions of users with names of the extension's, in its schema: theirs are called, never taken for ours
CREATE ROLE regress_namesakes;
GRANT CREATE ON SCHEMA public TO regress_namesakes;
CREATE SCHEMA namesakes AUTHORIZATION regress_namesakes;
SET ROLE regress_namesakes;
SET search_path = namesakes, public;
CREATE TABLE run (run_id int PRIMARY KEY, metadata jsonb NOT NULL, other jsonb);
CREATE INDEX ON run USING gin (metadata metadata_ops);
CREATE INDEX ON run USING gin (other metadata_ops);
INSERT INTO run SELECT i, jsonb_build_object('n', i, 's', 'text ' || i), '{"n": 1}' FROM generate_series(1, 20) AS i;
VACUUM ANALYZE run;
SET enable_seqscan = off;

-- each answers by what divides n, which none of ours does
CREATE FUNCTION public.metadata_matches(m jsonb, f int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (m->>'n')::int % f = 0; END $$;
CREATE FUNCTION public.metadata_matches(m jsonb, f text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (m->>'n')::int % 2 = 0; END $$;
CREATE FUNCTION public.metadata_contains(m jsonb, k text, v int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN (m->>k)::int % v = 0; END $$;
CREATE FUNCTION public.metadata_is(m jsonb, k int, v text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN (m->>'n')::int % k = 0; END $$;
CREATE FUNCTION public.metadata_is_empty(m jsonb, k int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (m->>'n')::int % k = 0; END $$;
CREATE FUNCTION public.metadata_between(m jsonb, k text, low text, high int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN (m->>k)::int % high = 0; END $$;
CREATE FUNCTION public.metadata_sort(m jsonb, k int) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN int4send((m->>'n')::int * k % 21); END $$;
CREATE FUNCTION count_of(clause text, OUT count bigint) LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT count(*) FROM run WHERE ' || clause INTO count; END $$;
SELECT clause, count_of(clause)
FROM (VALUES ('metadata_matches(metadata, 5)'), ('metadata_matches(metadata, ''loss'')'), ('metadata_matches(metadata, text ''n = 1'')'),
  ('NOT metadata_matches(metadata, 5)'), ('metadata_matches(other, 5)'), ('metadata_contains(metadata, ''n'', 5)'),
  ('metadata_is(metadata, 5, ''x'')'), ('metadata_is_empty(metadata, 5)'), ('NOT metadata_is_empty(metadata, 5)'),
  ('metadata_between(metadata, ''n'', ''1'', 5)')) AS v (clause);
SELECT array_agg(run_id) FROM (SELECT run_id FROM run ORDER BY metadata_sort(metadata, 2) DESC LIMIT 5) AS r;
SELECT array_agg(run_id) FROM (SELECT run_id FROM run WHERE metadata @~ 'n > 3' ORDER BY metadata_sort(metadata, 2) DESC LIMIT 5) AS r;
SELECT count(*) FILTER (WHERE metadata_matches(metadata, 5)) FROM run WHERE metadata @~ 'n > 3';

-- estimators of ours, borrowed by an operator on other types
RESET ROLE;
CREATE OPERATOR ## (LEFTARG = jsonb, RIGHTARG = int, PROCEDURE = public.metadata_matches, RESTRICT = public.metadata_match_sel, JOIN = public.metadata_match_joinsel);
SELECT count(*) FROM run WHERE metadata ## 5;
SELECT count(*) FROM run AS a JOIN run AS b ON a.metadata ## b.run_id WHERE b.run_id < 3;

-- a function of the extension that a superuser changed is called as it is
ALTER FUNCTION public.metadata_is_empty(jsonb, text) SET extra_float_digits = 0;
SELECT count(*) FROM run WHERE metadata_is_empty(metadata, 's');
SELECT count(*) FROM run WHERE NOT metadata_is_empty(metadata, 's');
ALTER FUNCTION public.metadata_is_empty(jsonb, text) RESET ALL;

DROP OPERATOR ## (jsonb, int);
RESET enable_seqscan;
SET client_min_messages = warning;
DROP OWNED BY regress_namesakes CASCADE;
DROP ROLE regress_namesakes;
