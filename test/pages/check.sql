-- check.sql
--
-- Asks for pages of pages.runs by a sequential scan and a sort, and by Metadata Scans, and holds the answers against
-- each other. test/t/012_pages.pl fills in documents and questions.
--
-- Where the order is total, rows must be the same, one after the other. Where it is not, any of the rows that are equal
-- may be on the page: they must be sorted by the same values, and be rows that the statement without LIMIT has.
CREATE SCHEMA pages;
CREATE TABLE pages.document (id int PRIMARY KEY, metadata jsonb);
CREATE TABLE pages.counted (name text NOT NULL, times bigint NOT NULL);
CREATE VIEW pages.tally AS SELECT name, sum(times) AS times FROM pages.counted GROUP BY name;

-- The order of each question, and which rows its conditions are about.
CREATE TABLE pages.draft (n int PRIMARY KEY, expressions text[] NOT NULL, rows int[] NOT NULL, source text NOT NULL);

-- {page} in a statement stands for LIMIT and OFFSET. It has two columns, what rows are sorted by and their id. If it is
-- to be prepared, it has arguments, and their types.
CREATE TABLE pages.question (
    n int PRIMARY KEY,
    way text NOT NULL,
    is_total boolean NOT NULL,
    statement text NOT NULL,
    page text NOT NULL,
    types text,
    arguments text
);

-- The values of some rows in the orders, for conditions; as text.
CREATE FUNCTION pages.sorted_by(d pages.draft) RETURNS json
    LANGUAGE plpgsql AS $$
DECLARE
    vals json;
    result json[] := '{}';
BEGIN
    FOR i IN 1 .. cardinality(d.rows) LOOP
        -- a join may have fewer rows than the table
        EXECUTE format('SELECT to_json(ARRAY[%s]) FROM (SELECT * FROM %s WHERE metadata IS NOT NULL ORDER BY id LIMIT %s) r ORDER BY id DESC LIMIT 1',
            (SELECT string_agg(format('(%s)::text', e), ', ') FROM unnest(d.expressions) e), d.source, d.rows[i] + 1) INTO vals;
        vals := coalesce(vals, to_json(array_fill(NULL::text, ARRAY[cardinality(d.expressions)])));
        result := result || vals;
    END LOOP;
    RETURN to_json(result);
END
$$;

-- Let plans be core's, or Metadata Scans.
CREATE FUNCTION pages.use(core boolean) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(s.name, s.setting::text, true)
    FROM (VALUES ('enable_seqscan', core), ('detmeta.enable_metadata_scan', NOT core), ('enable_bitmapscan', false),
                 ('enable_indexscan', NOT core), ('enable_indexonlyscan', false), ('enable_sort', core), ('enable_hashjoin', core),
                 ('enable_mergejoin', core)) s (name, setting);
END
$$;

-- The rows of a question, or its plan; an error is a row.
CREATE FUNCTION pages.answer(q pages.question, page text, explained boolean DEFAULT false,
                             OUT sorted_by text[], OUT ids int[])
    LANGUAGE plpgsql AS $$
DECLARE
    statement text := replace(q.statement, '{page}', page);
    line text;
    r record;
BEGIN
    -- From 17 on, and with assertions before, the incremental sort of the server fails if it has a LIMIT only when it begins again.
    PERFORM set_config('enable_incremental_sort', (q.way <> 'lateral' OR q.statement NOT LIKE '%NULL::bigint%')::text, true);
    IF q.way = 'prepared' THEN
        EXECUTE format('PREPARE asked (%s) AS %s', q.types, statement);
        statement := format('EXECUTE asked (%s)', q.arguments);
    END IF;
    IF explained THEN
        FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
            sorted_by := sorted_by || line;
        END LOOP;
    ELSIF q.way = 'prepared' THEN
        FOR r IN EXECUTE statement LOOP
            sorted_by := sorted_by || r.sorted_by;
            ids := ids || r.id;
        END LOOP;
    ELSE
        EXECUTE format('SELECT array_agg(s.sorted_by), array_agg(s.id) FROM (%s) s', statement) INTO sorted_by, ids;
    END IF;
    IF q.way = 'prepared' THEN
        DEALLOCATE asked;
    END IF;
EXCEPTION WHEN OTHERS THEN
    DEALLOCATE ALL;
    sorted_by := ARRAY[format('ERROR %s %s', SQLSTATE, SQLERRM)];
    ids := NULL;
END
$$;

-- Say whether rows are those of a page of a statement by core.
CREATE FUNCTION pages.are_right(q pages.question, sorted_by text[], ids int[], by_core text[], ids_by_core int[]) RETURNS boolean
    LANGUAGE plpgsql AS $$
DECLARE
    every record;
BEGIN
    IF sorted_by IS DISTINCT FROM by_core THEN
        RETURN false;
    ELSIF q.is_total OR ids IS NULL OR ids IS NOT DISTINCT FROM ids_by_core THEN
        RETURN ids IS NOT DISTINCT FROM ids_by_core;
    END IF;
    every := pages.answer(q, '');
    RETURN NOT EXISTS (SELECT * FROM unnest(sorted_by, ids) EXCEPT ALL SELECT * FROM unnest(every.sorted_by, every.ids));
END
$$;

-- A text not too long to read.
CREATE FUNCTION pages.brief(t text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN length(t) > 2500 THEN left(t, 2500) || format(' ... (%s)', length(t)) ELSE t END;

-- Put all questions, and count what their plans show.
CREATE PROCEDURE pages.check(label text)
    LANGUAGE plpgsql AS $$
DECLARE
    d record;
BEGIN
    SET LOCAL plan_cache_mode = force_generic_plan;
    CREATE TEMP TABLE IF NOT EXISTS answers (n int, by_core text[], ids_by_core int[], plan text, by_scan text[], ids int[]);
    TRUNCATE answers;
    PERFORM pages.use(true);
    INSERT INTO answers SELECT q.n, a.* FROM pages.question q, LATERAL pages.answer(q, q.page) a;
    PERFORM pages.use(false);
    UPDATE answers SET plan = array_to_string((pages.answer(q, q.page, true)).sorted_by, e'\n') FROM pages.question q WHERE q.n = answers.n;
    UPDATE answers SET (by_scan, ids) = (SELECT a.* FROM pages.answer(q, q.page) a) FROM pages.question q WHERE q.n = answers.n;

    INSERT INTO pages.counted
        SELECT w.name, count(*) FROM answers a JOIN pages.question q USING (n),
            (VALUES ('pages', '.'), ('Order By', 'Order By:'), ('Tie Index', 'Tie Index:'), ('Tie Join', 'Tie Join:'), ('Skipped Rows', 'Skipped Rows:'), ('Start At', 'Start At:'),
                    ('order, column', 'Order By: [^\n]*,[^\n]*\n'), ('start, several', 'Start At: [^\n]*, ')) w (name, pattern)
        WHERE a.plan ~ w.pattern GROUP BY 1
        UNION ALL SELECT 'pages with rows', count(*) FROM answers WHERE ids IS NOT NULL
        UNION ALL SELECT 'errors', count(*) FROM answers WHERE by_core[1] LIKE 'ERROR %'
        UNION ALL SELECT 'way ' || way, count(*) FROM pages.question GROUP BY 1;

    PERFORM pages.use(true);
    FOR d IN SELECT q, a.* FROM pages.question q JOIN answers a USING (n) ORDER BY q.n LOOP
        CONTINUE WHEN pages.are_right(d.q, d.by_scan, d.ids, d.by_core, d.ids_by_core);
        RAISE WARNING USING MESSAGE = format(e'MISMATCH\n%s, page %s, %s\n  %s\n  %s\n%s\n  core: %s %s\n  scan: %s %s', label, d.n, (d.q).way,
            replace((d.q).statement, '{page}', (d.q).page), (d.q).arguments, d.plan, pages.brief(d.ids_by_core::text), pages.brief(d.by_core::text),
            pages.brief(d.ids::text), pages.brief(d.by_scan::text));
    END LOOP;
END
$$;
