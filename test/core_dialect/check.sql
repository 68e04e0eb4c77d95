-- check.sql
--
-- Asks questions of core_dialect.runs by a sequential scan, by the index with what is derived from core's operators, and,
-- if members of the operator class are among them, by core's bitmap scan, and holds the answers against each other. test/t/011_core_dialect.pl fills in documents and questions.
--
-- Answers are the rows, in order where one is asked for, their number, or the error with its code, and must be equal. Two things are the plan's affair,
-- and let an error differ. Rows may be read in another order: where both sides fail, the index's error has to be one
-- that a clause alone gives on a row. And of several clauses under WHERE, any may be evaluated first, so one that fails
-- may or may not be evaluated on a row that another excludes: an error by one side alone passes if
--
--  - it is the error that one of the clauses alone gives on a row, and
--  - an answer without an error has the rows where all clauses alone are true, and there is no row where one fails and
--    the others are true; or it has as many rows as LIMIT says, in order, and so need not have come to those rows.
--    Of a plan that is core's own bitmap scan, a single clause counts as several, as core takes it apart; and it may leave out a
--    clause that follows from what it reads of the index, so rows where one fails and the others are true may be among the answer's.
CREATE SCHEMA core_dialect;
CREATE TABLE core_dialect.document (id int PRIMARY KEY, metadata jsonb);
CREATE TABLE core_dialect.mismatch (report text NOT NULL);
CREATE TABLE core_dialect.counted (name text NOT NULL, times bigint NOT NULL);
CREATE VIEW core_dialect.tally AS SELECT name, sum(times) AS times FROM core_dialect.counted GROUP BY name;

-- The statement has {what} in place of what it asks for. If it is to be prepared, it has arguments. "clauses" are those
-- under its WHERE, with their constants written out.
CREATE TABLE core_dialect.question (
    n int PRIMARY KEY,
    way text NOT NULL,
    clauses text[] NOT NULL,
    statement text NOT NULL,
    arguments text
);

DO $$
BEGIN
    CREATE COLLATION core_dialect.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
EXCEPTION WHEN OTHERS THEN
    NULL;       -- a server without ICU
END
$$;

-- A constant that the planner does not know.
CREATE FUNCTION core_dialect.kept(item anyelement) RETURNS anyelement
    LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN item; END';

-- The side that is asked: 'scan', 'index' or 'bitmap'.
CREATE FUNCTION core_dialect.use(side text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(s.name, s.setting::text, true)
    FROM (VALUES ('enable_seqscan', side = 'scan'), ('detmeta.enable_metadata_scan', side = 'index'),
                 ('detmeta.enable_core_dialect', side = 'index'), ('enable_bitmapscan', side = 'bitmap'), ('enable_indexscan', false),
                 ('enable_indexonlyscan', false), ('enable_sort', side <> 'index')) s (name, setting);
END
$$;

-- The answer to a statement, or its error; "what" is what it asks for. Both the rows and their number are text.
CREATE FUNCTION core_dialect.answer(q core_dialect.question, what text, explained boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    statement text := replace(q.statement, '{what}', what);
    said text;
    line text;
BEGIN
    IF q.way = 'prepared' THEN
        EXECUTE 'PREPARE asked AS ' || statement;
        statement := 'EXECUTE asked ' || q.arguments;
    END IF;
    IF explained THEN
        FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
            said := concat_ws(e'\n', said, line);
        END LOOP;
    ELSE
        EXECUTE statement INTO said;
    END IF;
    IF q.way = 'prepared' THEN
        DEALLOCATE asked;
    END IF;
    RETURN said;
EXCEPTION WHEN OTHERS THEN
    IF q.way = 'prepared' THEN
        DEALLOCATE ALL;
    END IF;
    RETURN format('ERROR %s %s', SQLSTATE, SQLERRM);
END
$$;

CREATE FUNCTION core_dialect.rows(q core_dialect.question) RETURNS text
    LANGUAGE sql RETURN core_dialect.answer(q, CASE q.way WHEN 'ordered' THEN 'coalesce(array_agg(id), ''{}'')'
                                                   ELSE 'coalesce(array_agg(id ORDER BY id), ''{}'')' END);

CREATE FUNCTION core_dialect.failed(answer text) RETURNS boolean
    LANGUAGE sql IMMUTABLE RETURN answer LIKE 'ERROR %';

-- The number of rows that goes with some rows; an error is the same.
CREATE FUNCTION core_dialect.number(rows text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN core_dialect.failed(rows) THEN rows ELSE cardinality(rows::int[])::text END;

-- What each row says to a clause under WHERE: true, not true, or an error.
CREATE FUNCTION core_dialect.said(clause text, OUT id int, OUT said text) RETURNS SETOF record
    LANGUAGE plpgsql AS $$
BEGIN
    FOR id IN SELECT r.id FROM core_dialect.runs r LOOP
        BEGIN
            EXECUTE format('SELECT CASE count(*) WHEN 1 THEN ''true'' ELSE ''not true'' END'
                ' FROM (SELECT * FROM core_dialect.runs WHERE id = %s OFFSET 0) r WHERE %s', id, clause) INTO said;
        EXCEPTION WHEN OTHERS THEN
            said := format('ERROR %s %s', SQLSTATE, SQLERRM);
        END;
        RETURN NEXT;
    END LOOP;
END
$$;

-- The answer to a question with a LIMIT if no row failed; NULL where it has less rows than that, unless it may.
CREATE FUNCTION core_dialect.without_failing(q core_dialect.question, what text, may_end boolean) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    most int := substring(q.statement FROM 'LIMIT (\d+)')::int;
    rows text;
BEGIN
    q.statement := replace(q.statement, 'FROM core_dialect.runs WHERE', format(
        'FROM (SELECT * FROM core_dialect.runs WHERE id <> ALL (%L) OFFSET 0) runs WHERE',
        ARRAY(SELECT s.id FROM unnest(q.clauses) c, core_dialect.said(c) s WHERE core_dialect.failed(s.said))));
    rows := core_dialect.rows(q);
    RETURN CASE WHEN core_dialect.failed(rows) OR (cardinality(rows::int[]) < most AND NOT may_end) THEN NULL
                WHEN what = 'rows' THEN rows ELSE core_dialect.number(rows) END;
END
$$;

-- The plan of a question on a side.
CREATE FUNCTION core_dialect.plan(q core_dialect.question, side text) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    PERFORM core_dialect.use(side);
    said := core_dialect.answer(q, 'id', true);
    PERFORM core_dialect.use('scan');
    RETURN said;
END
$$;

-- Are these the rows, or is this their number, where all clauses alone are true, and is there none where one fails and the others are true?
-- Of one clause, core reads those members of the operator class that do for the whole from a bitmap, and so does not come to all rows.
CREATE FUNCTION core_dialect.is_clear(clauses text[], got text, what text, by_bitmap boolean) RETURNS boolean
    LANGUAGE sql AS $$
    WITH said AS (
        SELECT s.id, bool_or(core_dialect.failed(s.said)) AS fails, bool_and(s.said = 'true') AS is_true,
               bool_and(core_dialect.failed(s.said) OR s.said = 'true') AS may_be_true
        FROM unnest(clauses) c, core_dialect.said(c) s GROUP BY s.id),
    found AS (
        SELECT coalesce(array_agg(id ORDER BY id) FILTER (WHERE is_true), '{}') AS true_rows,
               coalesce(array_agg(id ORDER BY id) FILTER (WHERE may_be_true), '{}') AS possible_rows,
               coalesce(bool_or(fails AND may_be_true), false) AS in_doubt
        FROM said)
    SELECT CASE WHEN by_bitmap AND what = 'rows' THEN true_rows <@ got::int[] AND got::int[] <@ possible_rows
                WHEN what = 'rows' THEN got = true_rows::text AND NOT in_doubt
                ELSE got = cardinality(true_rows)::text AND (by_bitmap OR NOT in_doubt) END
    FROM found
$$;

-- The answers to a question with two rows of values, of each of these on each row alone.
CREATE FUNCTION core_dialect.lateral_answers(q core_dialect.question) RETURNS text[]
    LANGUAGE plpgsql AS $$
DECLARE
    place record;
    asked core_dialect.question;
    answers text[] := '{}';
BEGIN
    FOR place IN SELECT r.id, v FROM core_dialect.runs r, generate_series(0, 1) v LOOP
        asked := q;
        asked.statement := replace(replace(replace(q.statement, 'FROM (VALUES ', 'FROM (SELECT * FROM (VALUES '),
            ') p (', format(') v OFFSET %s LIMIT 1) p (', place.v)),
            'FROM core_dialect.runs WHERE', format('FROM (SELECT * FROM core_dialect.runs WHERE id = %s OFFSET 0) runs WHERE', place.id));
        answers := answers || core_dialect.rows(asked);
    END LOOP;
    RETURN answers;
END
$$;

-- The rows of answers that have no error.
CREATE FUNCTION core_dialect.rows_of_answers(answers text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM unnest(answers) a, unnest(a::int[]) id WHERE NOT core_dialect.failed(a));

-- Is the difference only that an error came on one side, as the rule above allows?
CREATE FUNCTION core_dialect.may_differ(q core_dialect.question, side text, expected text, got text, what text) RETURNS boolean
    LANGUAGE plpgsql AS $$
DECLARE
    errors text[];
    answers text[];
    by_bitmap boolean := core_dialect.plan(q, side) ~ 'Bitmap Heap Scan';
BEGIN
    -- the second row of values has its constants in other places, so both rows of it are asked on each document
    IF q.way = 'lateral' THEN
        answers := core_dialect.lateral_answers(q);
        RETURN core_dialect.failed(expected) AND expected = ANY (answers) AND CASE WHEN core_dialect.failed(got) THEN got = ANY (answers)
            ELSE by_bitmap AND what = 'rows' AND got = core_dialect.rows_of_answers(answers) END;
    END IF;
    IF NOT core_dialect.failed(expected) AND NOT core_dialect.failed(got) THEN
        RETURN false;
    END IF;
    IF cardinality(q.clauses) = 1 AND NOT by_bitmap AND NOT (core_dialect.failed(expected) AND core_dialect.failed(got)) THEN
        RETURN false;
    END IF;
    errors := ARRAY(SELECT DISTINCT s.said FROM unnest(q.clauses) c, core_dialect.said(c) s WHERE core_dialect.failed(s.said));
    IF core_dialect.failed(got) THEN
        RETURN got = ANY (errors);
    END IF;
    IF q.way = 'ordered' AND expected = ANY (errors) AND got = core_dialect.without_failing(q, what, by_bitmap) THEN
        RETURN true;
    END IF;
    RETURN expected = ANY (errors) AND core_dialect.is_clear(q.clauses, got, what, by_bitmap);
END
$$;

-- A text not too long to read.
CREATE FUNCTION core_dialect.brief(t text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN length(t) > 1500 THEN left(t, 1500) || format(' ... (%s)', length(t)) ELSE t END;

CREATE PROCEDURE core_dialect.report(label text, q core_dialect.question, side text, what text, expected text, got text)
    LANGUAGE plpgsql AS $$
DECLARE
    report text := format(e'%s, question %s, %s, %s\n  %s\n  sequential scan: %s\n  %s: %s\n', label, q.n, q.way, what,
        core_dialect.brief(array_to_string(q.clauses, ' AND ')), core_dialect.brief(expected), side, core_dialect.brief(got));
    differing text;
BEGIN
    IF what = 'rows' AND NOT core_dialect.failed(expected) AND NOT core_dialect.failed(got) THEN
        SELECT string_agg(format('  row %s: %s', r.id, core_dialect.brief(r.metadata::text)), e'\n') INTO differing
            FROM (SELECT r.* FROM core_dialect.runs r WHERE (r.id = ANY (expected::int[])) <> (r.id = ANY (got::int[])) LIMIT 3) r;
    END IF;
    report := concat_ws(e'\n', report || coalesce(differing, ''), core_dialect.plan(q, side));
    INSERT INTO core_dialect.mismatch VALUES (report);
    RAISE WARNING USING MESSAGE = e'MISMATCH\n' || report;
END
$$;

-- Put all questions. Of one in "explained", and of all with an order, it is counted if the plan reads the index.
CREATE PROCEDURE core_dialect.check(label text, explained int)
    LANGUAGE plpgsql AS $$
DECLARE
    d record;
    what text;
    expected text;
BEGIN
    PERFORM core_dialect.use('scan');
    SET LOCAL plan_cache_mode = force_generic_plan;
    CREATE TEMP TABLE IF NOT EXISTS answers (n int, by_scan text, by_bitmap text, by_rows text, by_number text);
    TRUNCATE answers;
    INSERT INTO answers SELECT q.n, core_dialect.rows(q) FROM core_dialect.question q;
    PERFORM core_dialect.use('bitmap');
    UPDATE answers a SET by_bitmap = core_dialect.rows(q)
        FROM core_dialect.question q
        WHERE q.n = a.n AND q.statement ~ ' (@>|<@|\?|\?\||\?&|@\?|@@) ';
    PERFORM core_dialect.use('index');
    UPDATE answers a SET by_rows = core_dialect.rows(q), by_number = core_dialect.answer(q, (ARRAY['count(*)', 'count(*)', 'count(1)', 'count(id)'])[1 + q.n % 4])
        FROM core_dialect.question q WHERE q.n = a.n;

    INSERT INTO core_dialect.counted
        SELECT CASE WHEN p.plan ~ 'Metadata (Scan|Count)' THEN 'plans of the index' ELSE 'other plans' END || ' for ' || p.what, count(*)
        FROM (SELECT w.what, core_dialect.answer(q, w.asked, true) AS plan
              FROM core_dialect.question q, (VALUES ('rows', 'id'), ('counts', 'count(*)')) w (what, asked)
              WHERE q.n % explained = 0 AND q.way <> 'ordered') p
        WHERE NOT core_dialect.failed(p.plan) GROUP BY 1;
    INSERT INTO core_dialect.counted
        SELECT CASE WHEN p.plan ~ 'Order By:' THEN 'plans of the index' ELSE 'other plans' END || ' for orders', count(*)
        FROM (SELECT core_dialect.answer(q, 'id', true) AS plan FROM core_dialect.question q WHERE q.way = 'ordered') p
        WHERE NOT core_dialect.failed(p.plan) GROUP BY 1;
    INSERT INTO core_dialect.counted
        SELECT 'questions', count(*) FROM answers
        UNION ALL SELECT 'questions of members of the operator class', count(by_bitmap) FROM answers
        UNION ALL SELECT 'questions that fail', count(*) FROM answers WHERE core_dialect.failed(by_scan)
        UNION ALL SELECT 'questions that find rows', count(*) FROM answers WHERE NOT core_dialect.failed(by_scan) AND by_scan <> '{}';

    PERFORM core_dialect.use('scan');
    FOR d IN SELECT q, w.side, w.what, w.expected, w.got
             FROM core_dialect.question q JOIN answers a USING (n),
                  LATERAL (VALUES ('bitmap', 'rows', a.by_scan, coalesce(a.by_bitmap, a.by_scan)), ('index', 'rows', a.by_scan, a.by_rows),
                                  ('index', 'count', core_dialect.number(a.by_scan), a.by_number)) w (side, what, expected, got)
             WHERE w.expected IS DISTINCT FROM w.got ORDER BY q.n LOOP
        IF core_dialect.may_differ(d.q, d.side, d.expected, d.got, d.what) THEN
            INSERT INTO core_dialect.counted VALUES ('errors that differ as they may', 1);
        ELSE
            CALL core_dialect.report(label, d.q, d.side, d.what, d.expected, d.got);
        END IF;
    END LOOP;
END
$$;
