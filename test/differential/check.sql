-- check.sql
--
-- Puts the same filters to detmeta in every way there is and holds each answer
-- against the oracle's. Four tables say what is tried; a row more is all it
-- takes to try more:
--
--   differential.state        how the table comes to be (loads, indexes, dead rows, vacuum)
--   differential.environment  settings of the session that must not matter
--   differential.path         ways to ask (settings, query) and what the answer should be
--   differential.claim        what must be true of every filter by itself
--
-- A mismatch is reported with the seed, filter, documents and all answers, and
-- ends the run when there are ten. CALL differential.check(seed, state, n) does
-- one table; run.sql strings the calls together.

CREATE SCHEMA differential;

-- How the table comes to be: statements, each a transaction of its own unless it says BEGIN.

-- With copies, every document is there so many times, as run_id doc, doc + 1000, doc + 2000, ..., and one filter in
-- so many (every) is put. metadata_scan: whether the custom scan can read the index.

CREATE TABLE differential.state (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL, steps text[] NOT NULL,
    copies int NOT NULL DEFAULT 1, every int NOT NULL DEFAULT 1, metadata_scan boolean NOT NULL DEFAULT true);

CREATE FUNCTION differential.create_table(extra text DEFAULT '', nulls text DEFAULT 'NULL') RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY['DROP TABLE IF EXISTS differential.runs',
        format('CREATE TABLE differential.runs (run_id int, metadata jsonb %s, touched int NOT NULL DEFAULT 0, filler text,
                other jsonb NOT NULL DEFAULT ''{"a": 20, "loss": ["warm", null], "tags": {}}'') %s', nulls,
               coalesce(nullif(extra, ''), 'WITH (autovacuum_enabled = off)'))];

CREATE FUNCTION differential.create_index(fastupdate text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY[format('CREATE INDEX runs_metadata ON differential.runs USING gin (metadata metadata_ops) WITH (fastupdate = %s)', fastupdate)];

CREATE FUNCTION differential.insert_rows(condition text DEFAULT 'true', filler text DEFAULT 'NULL') RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY[format('INSERT INTO differential.runs SELECT doc, metadata, 0, %s FROM oracle.document WHERE %s ORDER BY doc', filler, condition)];

CREATE FUNCTION differential.insert_copies(first int, last int) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY[format('INSERT INTO differential.runs SELECT doc + 1000 * c, metadata FROM oracle.document, generate_series(%s, %s) c '
                        'ORDER BY hashint4(doc + 1000 * c)', first, last)];

-- First other documents in every row, rows too many, rows that never were; then the right ones.
CREATE FUNCTION differential.churn() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY[
        'INSERT INTO differential.runs SELECT d.doc, coalesce(o.metadata, ''{}'') FROM oracle.document d LEFT JOIN oracle.document o ON o.doc = d.doc + 7',
        'INSERT INTO differential.runs SELECT doc + 100000, metadata FROM oracle.document WHERE metadata IS NOT NULL',
        'BEGIN',
        'INSERT INTO differential.runs SELECT doc + 200000, metadata FROM oracle.document WHERE metadata IS NOT NULL',
        'UPDATE differential.runs SET metadata = ''{"a": 1}'' WHERE run_id < 20',
        'ROLLBACK',
        'UPDATE differential.runs r SET metadata = d.metadata FROM oracle.document d WHERE d.doc = r.run_id',
        'DELETE FROM differential.runs WHERE run_id > 100000',
        'UPDATE differential.runs SET touched = touched + 1',
        'UPDATE differential.runs SET touched = touched + 1 WHERE run_id % 3 = 0'];

INSERT INTO differential.state (name, steps) VALUES
    ('indexed after loading',
     differential.create_table() || differential.insert_rows() || differential.create_index('on')),
    ('pending list',
     differential.create_table() || differential.create_index('on') || differential.insert_rows()),
    ('indexed before loading',
     differential.create_table() || differential.create_index('off') || differential.insert_rows()),
    ('half in the pending list',
     differential.create_table() || differential.insert_rows('doc % 2 = 0') || differential.create_index('on') || differential.insert_rows('doc % 2 = 1')),
    ('dead rows',
     differential.create_table() || differential.create_index('off') || differential.churn()),
    ('dead rows in the pending list',
     differential.create_table() || differential.create_index('on') || differential.churn()),
    ('dead rows vacuumed',
     differential.create_table() || differential.create_index('off') || differential.churn() || ARRAY['VACUUM differential.runs']),
    ('vacuumed, then updated',
     differential.create_table() || differential.create_index('on') || differential.churn()
     || ARRAY['VACUUM ANALYZE differential.runs', 'UPDATE differential.runs SET touched = touched + 1',
              'UPDATE differential.runs SET metadata = metadata || ''{}'' WHERE run_id % 4 = 0 AND jsonb_typeof(metadata) = ''object''']),
    ('indexed over dead rows',
     differential.create_table() || differential.churn() || differential.create_index('on')),
    ('column not null',
     ARRAY['DELETE FROM oracle.document WHERE metadata IS NULL', 'CALL oracle.load()'] || differential.create_table('', 'NOT NULL')
     || differential.create_index('off') || differential.insert_rows() || ARRAY['VACUUM (FREEZE, ANALYZE) differential.runs']),
    ('over many pages',
     differential.create_table() || differential.create_index('on') || differential.insert_rows('true', 'repeat(''filler'', 300)')
     || ARRAY['VACUUM ANALYZE differential.runs', 'DELETE FROM differential.runs WHERE run_id % 5 = 0']
     || differential.insert_rows('doc % 5 = 0', 'repeat(''filler'', 300)')),
    ('partitioned',
     differential.create_table('PARTITION BY RANGE (run_id)')
     || ARRAY['CREATE TABLE differential.runs_1 PARTITION OF differential.runs FOR VALUES FROM (MINVALUE) TO (40)',
              'CREATE TABLE differential.runs_2 PARTITION OF differential.runs FOR VALUES FROM (40) TO (90)',
              'CREATE TABLE differential.runs_3 PARTITION OF differential.runs DEFAULT']
     || differential.create_index('on') || differential.churn()),
    ('emptied and filled again',
     differential.create_table() || differential.create_index('on') || differential.insert_rows()
     || ARRAY['DELETE FROM differential.runs', 'VACUUM differential.runs'] || differential.insert_rows());
INSERT INTO differential.state (name, steps, metadata_scan) VALUES
    ('indexed with another column',
     differential.create_table() || differential.insert_rows('doc % 3 = 0')
     || ARRAY['CREATE INDEX runs_metadata ON differential.runs USING gin (other metadata_ops, metadata metadata_ops) WITH (fastupdate = on)']
     || differential.insert_rows('doc % 3 > 0'), false);

-- Enough rows for posting trees of several pages, some of them emptied, and pages that are all visible, or were.
INSERT INTO differential.state (name, steps, copies, every) VALUES
    ('copies, all visible',
     differential.create_table() || differential.insert_copies(0, 59) || differential.create_index('off') || ARRAY['VACUUM ANALYZE differential.runs'], 60, 30),
    ('copies, vacuumed and changed since',
     differential.create_table() || differential.create_index('on') || differential.insert_copies(50, 89) || differential.insert_copies(0, 49)
     || ARRAY['DELETE FROM differential.runs WHERE run_id >= 60000', 'VACUUM ANALYZE differential.runs',
              'DELETE FROM differential.runs WHERE run_id BETWEEN 20000 AND 20999'] || differential.insert_copies(20, 20)
     || ARRAY['UPDATE differential.runs SET touched = 1 WHERE run_id BETWEEN 30000 AND 31999'], 60, 30);

-- Settings that must not matter. Tables are built under one and asked under another.
-- Slow ones get fewer filters: one in so many.

CREATE TABLE differential.environment (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, settings text[] NOT NULL, every int NOT NULL DEFAULT 1);
INSERT INTO differential.environment (settings) VALUES
    ('{}'),
    (ARRAY['timezone=America/New_York', 'datestyle=German, DMY', 'extra_float_digits=-5']),
    (ARRAY['timezone=Asia/Kathmandu', 'datestyle=SQL, MDY', 'bytea_output=escape']),
    (ARRAY['timezone=Pacific/Kiritimati', 'search_path=pg_catalog, public', 'extra_float_digits=3']),
    (ARRAY['default_transaction_isolation=serializable']),
    (ARRAY['default_transaction_isolation=repeatable read', 'work_mem=64kB']);
INSERT INTO differential.environment (settings, every) VALUES
    (ARRAY['parallel_setup_cost=0', 'parallel_tuple_cost=0', 'min_parallel_table_scan_size=0', 'min_parallel_index_scan_size=0'], 20);

CREATE PROCEDURE differential.enter(environment int)
    LANGUAGE plpgsql AS $$
BEGIN
    -- Compiling plans whose cost only says that other plans are switched off takes most of the time.
    SET jit = off;
    PERFORM set_config(split_part(s, '=', 1), split_part(s, '=', 2), false)
        FROM differential.environment e, unnest(e.settings) s WHERE e.n = environment;
END
$$;

-- Ways to ask.
--
-- query may hold {table}, {filter} (language), {canonical} (what the filter prints), {negated}, {webui}, {predicate},
-- {constructor}, {key}, {order}, {limit}; a path whose spelling a filter has not is passed over. One column, an int.
-- answer: match, no match, filled (both together; all without NULLs), matches, matches not (NULL reads as {}), predicate, predicate not (SQL's
-- logic over predicates), their number (count ...), ordered, predicate ordered, all ordered. Prepared paths get their constants as parameters of a generic plan.
-- every: the path is asked of one filter in so many. plan: what EXPLAIN must show (looked at now and then).

CREATE TABLE differential.usual (name text PRIMARY KEY, setting text NOT NULL);
INSERT INTO differential.usual
    SELECT name, setting FROM pg_settings
    WHERE name IN ('enable_seqscan', 'enable_bitmapscan', 'enable_indexscan', 'enable_indexonlyscan', 'enable_sort', 'plan_cache_mode')
       OR name = 'detmeta.enable_metadata_scan';

-- The names in braces.
CREATE FUNCTION differential.names(template text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY(SELECT DISTINCT m[1] FROM regexp_matches(template, '\{([a-z]+)\}', 'g') m);

CREATE TABLE differential.path (
    n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text UNIQUE NOT NULL,
    settings text[] NOT NULL,
    query text NOT NULL,
    answer text NOT NULL,
    every int NOT NULL DEFAULT 1,
    prepared boolean NOT NULL DEFAULT false,
    plan text,
    names text[] GENERATED ALWAYS AS (differential.names(query)) STORED
);

CREATE PROCEDURE differential.add_paths()
    LANGUAGE plpgsql AS $$
DECLARE
    sequential text[] := '{enable_bitmapscan=off,enable_indexscan=off,enable_indexonlyscan=off}';
    bitmap text[] := '{enable_seqscan=off,enable_indexscan=off,enable_indexonlyscan=off}';
    custom text[] := '{enable_seqscan=off,enable_bitmapscan=off,enable_indexscan=off,enable_indexonlyscan=off,enable_sort=off}';
    custom_scan boolean := EXISTS (SELECT FROM differential.usual WHERE name = 'detmeta.enable_metadata_scan');
    generic text[] := '{plan_cache_mode=force_generic_plan}';
    rows text := 'SELECT run_id FROM {table} WHERE ';
    count text := 'SELECT count(*) FROM {table} WHERE ';
    ordered text := ' ORDER BY metadata_sort(metadata, {key}) {order}, run_id LIMIT {limit}';
    everything text := 'SELECT run_id FROM {table} ORDER BY metadata_sort(metadata, {key}) {order}, run_id LIMIT {limit}';
    rescanned text := 'SELECT r.run_id FROM (VALUES ({filter}), ({negated})) f (f), '
        'LATERAL (SELECT run_id FROM {table} WHERE metadata @~ f.f OFFSET 0) r';
BEGIN
    -- Where the custom scan exists, other paths are to be core's own plans.
    IF custom_scan THEN
        sequential := sequential || '{detmeta.enable_metadata_scan=off}';
        bitmap := bitmap || '{detmeta.enable_metadata_scan=off}';
    END IF;
    INSERT INTO differential.path (name, settings, query, answer, every, prepared, plan) VALUES
        ('operator, sequential', sequential, rows || 'metadata @~ {filter}', 'match', 1, false, 'Seq Scan'),
        ('negator, sequential', sequential, rows || 'metadata !@~ {filter}', 'no match', 3, false, 'Seq Scan'),
        ('negated filter, sequential', sequential, rows || 'metadata @~ {negated}', 'no match', 4, false, NULL),
        ('predicates, sequential', sequential, rows || '{predicate}', 'predicate', 2, false, NULL),
        ('predicates, not planned', sequential, 'SELECT run_id FROM (SELECT *, {predicate} AS hit FROM {table} OFFSET 0) r WHERE hit',
         'predicate', 4, false, NULL),
        ('operator, row by row', sequential, rows || 'metadata @~ CASE WHEN run_id >= 0 THEN {filter} END', 'match', 5, false, NULL),
        ('constructor, sequential', sequential, rows || 'metadata @~ {constructor}', 'match', 4, false, NULL),
        ('WebUI filter, sequential', sequential, rows || 'metadata @~ {webui}', 'match', 4, false, NULL),
        ('metadata_matches', sequential, rows || 'metadata_matches(metadata, {filter})', 'matches', 4, false, NULL),
        ('ordered, sequential', sequential, rows || 'metadata @~ {filter}' || ordered, 'ordered', 4, false, NULL),
        ('everything ordered, sequential', sequential, everything, 'all ordered', 8, false, NULL),

        ('operator, bitmap', bitmap, rows || 'metadata @~ {filter}', 'match', 1, false, 'Bitmap Index Scan'),
        ('negator, bitmap', bitmap, rows || 'metadata !@~ {filter}', 'no match', 3, false, 'Bitmap Index Scan'),
        ('NOT operator, bitmap', bitmap, rows || 'NOT metadata @~ {filter}', 'no match', 5, false, 'Bitmap Index Scan'),
        ('negated filter, bitmap', bitmap, rows || 'metadata @~ {negated}', 'no match', 4, false, 'Bitmap Index Scan'),
        ('canonical filter, bitmap', bitmap, rows || 'metadata @~ {canonical}', 'match', 4, false, NULL),
        ('predicates, bitmap', bitmap, rows || '{predicate}', 'predicate', 2, false, NULL),
        ('NOT predicates, bitmap', bitmap, rows || 'NOT ({predicate})', 'predicate not', 4, false, NULL),
        ('operator, subquery', bitmap, rows || 'metadata @~ (SELECT {filter})', 'match', 5, false, NULL),
        ('operator, rescanned', bitmap, rescanned, 'filled', 6, false, NULL),
        ('constructor, bitmap', bitmap, rows || 'metadata @~ {constructor}', 'match', 4, false, 'Bitmap Index Scan'),
        ('WebUI filter, bitmap', bitmap, rows || 'metadata @~ {webui}', 'match', 3, false, 'Bitmap Index Scan'),
        ('metadata_matches, bitmap if it can', bitmap, rows || 'metadata_matches(metadata, {filter})', 'matches', 4, false, NULL),
        ('NOT metadata_matches', bitmap, rows || 'NOT metadata_matches(metadata, {filter})', 'matches not', 5, false, NULL),
        ('predicates, parameters', bitmap || generic, rows || '{predicate}', 'predicate', 5, true, NULL),
        ('operator, parameter', bitmap || generic, rows || 'metadata @~ {filter}', 'match', 5, true, 'Bitmap Index Scan'),

        ('operator, any plan', '{}', rows || 'metadata @~ {filter}', 'match', 4, false, NULL),
        ('count, any plan', '{}', count || 'metadata @~ {filter}', 'count match', 4, false, NULL),
        ('ordered, any plan', '{}', rows || 'metadata @~ {filter}' || ordered, 'ordered', 4, false, NULL);
    IF NOT custom_scan THEN
        RETURN;
    END IF;
    INSERT INTO differential.path (name, settings, query, answer, every, prepared, plan) VALUES
        ('operator, metadata scan', custom, rows || 'metadata @~ {filter}', 'match', 1, false, 'Metadata Scan'),
        ('negator, metadata scan', custom, rows || 'metadata !@~ {filter}', 'no match', 4, false, 'Metadata Scan'),
        ('negated filter, metadata scan', custom, rows || 'metadata @~ {negated}', 'no match', 4, false, 'Metadata Scan'),
        ('predicates, metadata scan', custom, rows || '{predicate}', 'predicate', 2, false, NULL),
        ('NOT predicates, metadata scan', custom, rows || 'NOT ({predicate})', 'predicate not', 5, false, NULL),
        ('operator and another, metadata scan', custom, rows || 'metadata @~ {filter} AND touched >= 0', 'match', 4, false, 'Metadata Scan'),
        ('two operators, metadata scan', custom, rows || 'metadata @~ {filter} AND NOT metadata @~ {negated}', 'match', 5, false, 'Metadata Scan'),
        ('operator, subquery, metadata scan', custom, rows || 'metadata @~ (SELECT {filter})', 'match', 5, false, NULL),
        ('operator, rescanned, metadata scan', custom, rescanned, 'filled', 6, false, NULL),
        ('metadata_matches, metadata scan if it can', custom, rows || 'metadata_matches(metadata, {filter})', 'matches', 5, false, NULL),
        ('count, metadata scan', custom, count || 'metadata @~ {filter}', 'count match', 2, false, 'Metadata (Count|Scan)'),
        ('count of predicates, metadata scan', custom, count || '{predicate}', 'count predicate', 4, false, NULL),
        ('count of the negator, metadata scan', custom, count || 'metadata !@~ {filter}', 'count no match', 3, false, 'Metadata (Count|Scan)'),
        ('count of a column, metadata scan', custom, 'SELECT count(metadata) FROM {table} WHERE metadata @~ {filter}', 'count match', 5, false, NULL),
        ('ordered, metadata scan', custom, rows || 'metadata @~ {filter}' || ordered, 'ordered', 2, false, NULL),
        ('predicates ordered, metadata scan', custom, rows || '{predicate}' || ordered, 'predicate ordered', 4, false, NULL),
        ('everything ordered, metadata scan', custom, everything, 'all ordered', 4, false, NULL),
        ('predicates, parameters, metadata scan', custom || generic, rows || '{predicate}', 'predicate', 5, true, NULL),
        ('operator, parameter, metadata scan', custom || generic, rows || 'metadata @~ {filter}', 'match', 5, true, NULL),
        ('count, parameter, metadata scan', custom || generic, count || 'metadata @~ {filter}', 'count match', 5, true, NULL),
        ('ordered, parameter, metadata scan', custom || generic, rows || 'metadata @~ {filter}' || ordered, 'ordered', 5, true, NULL);
END
$$;
CALL differential.add_paths();

-- What must be true of a filter by itself; {again} is the same filter in other words, where equal spellings give equal filters.

CREATE TABLE differential.claim (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, expression text NOT NULL,
    names text[] GENERATED ALWAYS AS (differential.names(expression)) STORED);
INSERT INTO differential.claim (name, expression) VALUES
    ('what it prints reads back as the same filter', '{filter}::text::metadata_filter = {filter}'),
    ('what it prints is canonical', '{filter}::text::metadata_filter::text = {filter}::text'),
    ('another spelling is the same filter', '{filter} = {again} AND metadata_filter_cmp({filter}, {again}) = 0'
        ' AND NOT {filter} <> {again} AND metadata_filter_hash({filter}) = metadata_filter_hash({again})'),
    ('another spelling prints the same', '{filter}::text = {again}::text');

-- Results

CREATE TABLE differential.mismatch (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, seed bigint, state text, filter int, names text[], tree jsonb, report text);
CREATE TABLE differential.asked (filter text NOT NULL);
CREATE TABLE differential.counted (name text NOT NULL, times bigint NOT NULL);
CREATE VIEW differential.tally AS SELECT name, sum(times) AS times FROM differential.counted GROUP BY name;

CREATE FUNCTION differential.sorted(items int[]) RETURNS int[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY(SELECT unnest(items) ORDER BY 1);

CREATE PROCEDURE differential.set_settings(settings text[])
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(w.name, w.setting, true)
        FROM (SELECT u.name, coalesce((SELECT split_part(s, '=', 2) FROM unnest(settings) s WHERE split_part(s, '=', 1) = u.name), u.setting)
              FROM differential.usual u) w (name, setting)
        WHERE current_setting(w.name) <> w.setting;
END
$$;

-- Replace names in braces; NULL where one of them is NULL.
CREATE FUNCTION differential.fill(template text, names text[], spelled jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        template := replace(template, '{' || name || '}', spelled ->> name);
    END LOOP;
    RETURN template;
END
$$;

-- The rows that a query gives, its constants made parameters of a generic plan if so wanted; or the error it raises.
CREATE PROCEDURE differential.ask(query text, prepared boolean, explain boolean, INOUT answer int[], INOUT error text, INOUT plan text)
    LANGUAGE plpgsql AS $$
DECLARE
    parts text[];
    statement text := '';
    arguments text[] := '{}';
    line text;
BEGIN
    answer := NULL;
    error := NULL;
    plan := NULL;
    IF prepared THEN
        parts := string_to_array(translate(query, chr(3), chr(2)), chr(2));
        FOR i IN 1 .. array_length(parts, 1) LOOP
            IF i % 2 = 0 THEN
                arguments := arguments || parts[i];
                statement := statement || '$' || array_length(arguments, 1);
            ELSE
                statement := statement || parts[i];
            END IF;
        END LOOP;
        EXECUTE 'PREPARE asked AS SELECT ARRAY(' || statement || ')';
        statement := 'EXECUTE asked' || CASE WHEN arguments = '{}' THEN '' ELSE '(' || array_to_string(arguments, ', ') || ')' END;
    ELSE
        statement := 'SELECT ARRAY(' || generate.unmarked(query) || ')';
    END IF;
    EXECUTE statement INTO answer;
    IF explain THEN
        FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
            plan := concat_ws(e'\n', plan, line);
        END LOOP;
    END IF;
    IF prepared THEN
        DEALLOCATE asked;
    END IF;
EXCEPTION WHEN OTHERS THEN
    error := SQLERRM || ' (' || SQLSTATE || ')';
    IF EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'asked') THEN
        DEALLOCATE asked;
    END IF;
END
$$;

-- The leaves of a filter.
CREATE FUNCTION differential.leaves(ast jsonb) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    WITH RECURSIVE part (ast) AS (
        SELECT leaves.ast
        UNION ALL
        SELECT c.child FROM part p, LATERAL (
            SELECT jsonb_array_elements(coalesce(p.ast -> 'and', p.ast -> 'or', '[]')) AS child
            UNION ALL
            SELECT p.ast -> 'not' WHERE p.ast ? 'not') c
    )
    SELECT p.ast FROM part p WHERE p.ast ? 'key';
END;

-- A text not too long to read.
CREATE FUNCTION differential.brief(t text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    run text;
BEGIN
    LOOP
        run := (regexp_match(t, '((.)\2{39,})'))[1];
        EXIT WHEN run IS NULL;
        t := replace(t, run, format('<%s times %s>', char_length(run), left(run, 1)));
    END LOOP;
    RETURN CASE WHEN length(t) > 2000 THEN left(t, 2000) || ' ... (' || length(t) || ')' ELSE t END;
END
$$;

-- Say of a document what the oracle and the operator say of it and of every leaf of the filter.
CREATE FUNCTION differential.dispute(seed bigint, doc_number int, ast jsonb) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    document jsonb := (SELECT metadata FROM oracle.document WHERE doc = doc_number);
    leaf jsonb;
    said text;
    report text := format(e'  document %s: %s\n', doc_number, differential.brief(document::text));
BEGIN
    FOR leaf IN SELECT ast UNION ALL SELECT l FROM differential.leaves(ast) l WHERE l <> ast LOOP
        BEGIN
            EXECUTE format('SELECT ($1 @~ %L::metadata_filter)::text', generate.language(seed, leaf)) INTO said USING document;
        EXCEPTION WHEN OTHERS THEN
            said := SQLERRM;
        END;
        report := report || format(e'    %s: the oracle says %s, @~ says %s\n', differential.brief(generate.language(seed, leaf)),
                                   oracle.matches(document, leaf), said);
    END LOOP;
    RETURN report;
END
$$;

CREATE PROCEDURE differential.report(seed bigint, state text, filter int, names text[], tree jsonb, report text)
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO differential.mismatch (seed, state, filter, names, tree, report)
        VALUES (report.seed, report.state, report.filter, report.names, report.tree, report.report);
    RAISE WARNING USING MESSAGE = format(e'MISMATCH of %s\n  seed %s, state "%s", filter %s\n', array_to_string(names, '; '), seed, state, filter) || report;
    IF (SELECT count(*) FROM differential.mismatch) >= coalesce(nullif(current_setting('differential.mismatches', true), '')::int, 10) THEN
        RAISE EXCEPTION 'too many mismatches';
    END IF;
END
$$;

-- Hold the order of metadata_sort against the oracle's, for every key of the documents and one that none has.
CREATE PROCEDURE differential.check_sort(seed bigint, state text)
    LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
    keys int := (SELECT count(DISTINCT key) FROM oracle.held);
BEGIN
    EXECUTE $q$
        WITH keys AS (SELECT DISTINCT key FROM oracle.held UNION ALL SELECT 'no such key'),
             said AS (SELECT key, run_id AS doc, dense_rank() OVER (PARTITION BY key ORDER BY s)::int AS rank, s
                      FROM keys, differential.runs r, LATERAL metadata_sort(r.metadata, key) s WHERE run_id < 1000 AND s IS NOT NULL)
        SELECT string_agg(format('  document %s, key %s: rank %s by the oracle, %s by metadata_sort, which gives %s; it holds %s',
                                 doc, to_json(key), coalesce(o.rank::text, 'NULL'), coalesce(a.rank::text, 'NULL'), a.s,
                                 (SELECT string_agg(differential.brief((h.v).json::text), ' and ') FROM oracle.held h
                                  WHERE h.doc = coalesce(o.doc, a.doc) AND h.key = coalesce(o.key, a.key) AND (h.v).level = 'top')), e'\n')
        FROM oracle.ordered o FULL JOIN said a USING (key, doc)
        WHERE o.rank IS DISTINCT FROM a.rank$q$ INTO wrong;
    IF wrong IS NOT NULL THEN
        CALL differential.report(seed, state, NULL, '{metadata_sort}', NULL, wrong);
    END IF;
    INSERT INTO differential.counted VALUES ('keys sorted', keys);
END
$$;

-- What each kind of answer should be. Every missing document is among the matching ones or none is.
CREATE FUNCTION differential.expected(answer text, matching int[], match int[], no_match int[], missing int[], of_null boolean,
                                      key text, ordering text, at_most int)
    RETURNS int[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    rows int[];
BEGIN
    CASE answer
        WHEN 'match' THEN RETURN match;
        WHEN 'no match' THEN RETURN no_match;
        WHEN 'filled' THEN RETURN differential.sorted(match || no_match);
        WHEN 'matches' THEN RETURN matching;
        WHEN 'matches not' THEN
            RETURN CASE WHEN cardinality(matching) > cardinality(match) THEN no_match ELSE differential.sorted(no_match || missing) END;
        WHEN 'predicate' THEN RETURN CASE WHEN of_null THEN differential.sorted(match || missing) ELSE match END;
        WHEN 'predicate not' THEN RETURN CASE WHEN NOT of_null THEN differential.sorted(no_match || missing) ELSE no_match END;
        WHEN 'count match' THEN RETURN ARRAY[cardinality(match)];
        WHEN 'count no match' THEN RETURN ARRAY[cardinality(no_match)];
        WHEN 'count predicate' THEN RETURN ARRAY[cardinality(match) + CASE WHEN of_null THEN cardinality(missing) ELSE 0 END];
        WHEN 'ordered' THEN rows := match;
        WHEN 'predicate ordered' THEN rows := match || CASE WHEN of_null THEN missing ELSE '{}' END;
        WHEN 'all ordered' THEN rows := match || no_match || missing;
    END CASE;
    EXECUTE format('SELECT ARRAY(SELECT d FROM unnest($1) d LEFT JOIN oracle.ordered o ON o.doc = d %% 1000 AND o.key = $2
                                 ORDER BY o.rank %s, d LIMIT $3)', ordering)
        INTO rows USING rows, key, at_most;
    RETURN rows;
END
$$;

-- The rows of documents when each is there so many times.
CREATE FUNCTION differential.copied(docs int[], copies int) RETURNS int[]
    LANGUAGE sql IMMUTABLE
    RETURN CASE copies WHEN 1 THEN docs
                ELSE ARRAY(SELECT d + 1000 * c FROM unnest(docs) d, generate_series(0, copies - 1) c ORDER BY 1) END;

-- Put one filter to every path and claim.
CREATE PROCEDURE differential.check_filter(seed bigint, state text, number int, filled int[], missing int[], copies int, metadata_scan boolean, tell boolean)
    LANGUAGE plpgsql AS $$
DECLARE
    s bigint := generate.child(seed, number);
    ast jsonb := generate.filter(generate.child(s, 1));
    matching int[] := differential.copied(oracle.rows(ast), copies);
    match int[] := CASE missing WHEN '{}' THEN matching ELSE ARRAY(SELECT unnest(matching) EXCEPT SELECT unnest(missing) ORDER BY 1) END;
    no_match int[] := ARRAY(SELECT unnest(filled) EXCEPT SELECT unnest(match) ORDER BY 1);
    of_null boolean := oracle.of_null(ast);
    language text;
    spelled jsonb;
    sort_key text := generate.key(generate.child(s, 2));
    ordering text := generate.one_of(s, 3, '{ASC NULLS LAST,DESC NULLS LAST,ASC NULLS FIRST,DESC NULLS FIRST}');
    at_most int := CASE generate.below(s, 4, 3) WHEN 0 THEN 1000 ELSE 1 + generate.below(s, 5, 20) END;
    expected jsonb := '{}';
    path differential.path;
    claim differential.claim;
    query text;
    answer int[];
    error text;
    plan text;
    settings text[];
    asked int := 0;
    agreed text[] := '{}';
    wrong text[] := '{}';
    report text := '';
    lacking int[];
    extra int[];
    disputed int[] := '{}';
BEGIN
    language := generate.language(s, ast);
    spelled := jsonb_build_object('table', 'differential.runs',
        'filter', generate.constant(language) || '::metadata_filter',
        'again', generate.constant(generate.language(generate.child(s, 6), ast)) || '::metadata_filter',
        'negated', generate.constant('not (' || language || ')') || '::metadata_filter',
        'predicate', generate.predicate(s, ast), 'constructor', generate.constructor(s, ast),
        'webui', generate.constant(generate.webui(s, ast)) || '::metadata_filter',
        'key', generate.constant(sort_key), 'order', ordering, 'limit', at_most);
    IF tell THEN
        RAISE NOTICE 'filter %: %', number, generate.unmarked(spelled ->> 'filter');
        RAISE NOTICE '  as predicates: %', generate.unmarked(spelled ->> 'predicate');
    END IF;
    BEGIN
        EXECUTE 'SELECT ' || generate.unmarked(spelled ->> 'filter') || '::text' INTO query;
        INSERT INTO differential.asked VALUES (query);
        spelled := spelled || jsonb_build_object('canonical', generate.constant(query) || '::metadata_filter');
    EXCEPTION WHEN OTHERS THEN
        wrong := ARRAY['reading the filter: ' || SQLERRM];
    END;

    FOR path IN SELECT * FROM differential.path p WHERE wrong = '{}' AND (number + p.n) % p.every = 0 ORDER BY p.n LOOP
        query := differential.fill(path.query, path.names, spelled);
        CONTINUE WHEN query IS NULL;
        IF settings IS DISTINCT FROM path.settings THEN
            settings := path.settings;
            CALL differential.set_settings(settings);
        END IF;
        IF NOT expected ? path.answer THEN
            expected := expected || jsonb_build_object(path.answer,
                differential.expected(path.answer, matching, match, no_match, missing, of_null, sort_key, ordering, at_most)::text);
        END IF;
        CALL differential.ask(query, path.prepared,
            (number + path.n) % 16 = 0 AND path.plan IS NOT NULL
            AND NOT (path.plan ~ 'Metadata' AND NOT metadata_scan), answer, error, plan);
        asked := asked + 1;
        IF error IS NOT NULL THEN
            wrong := wrong || format('%s: %s', path.name, error);
        ELSIF answer::text <> expected ->> path.answer
              AND (path.answer ~ 'count|ordered' OR differential.sorted(answer)::text <> expected ->> path.answer) THEN
            wrong := wrong || path.name;
            report := report || '  ' || path.name || e'\n';
            IF path.answer ~ 'count|ordered' THEN
                report := report || format(e'    should give %s\n    and gives   %s\n', expected ->> path.answer, answer);
            ELSE
                lacking := ARRAY(SELECT unnest((expected ->> path.answer)::int[]) EXCEPT ALL SELECT unnest(answer) ORDER BY 1);
                extra := ARRAY(SELECT unnest(answer) EXCEPT ALL SELECT unnest((expected ->> path.answer)::int[]) ORDER BY 1);
                report := report || format(e'    lacks %s, should not give %s\n', lacking[1:300], extra[1:300]);
                disputed := disputed || ARRAY(SELECT d % 1000 FROM unnest(lacking || extra) d);
            END IF;
            IF position(differential.brief(generate.unmarked(query)) in report) = 0 THEN
                report := report || format(e'    from %s\n', differential.brief(generate.unmarked(query)));
            END IF;
        ELSE
            agreed := agreed || path.name;
        END IF;
        IF plan !~ path.plan THEN
            wrong := wrong || (path.name || ': another plan');
            report := report || e'  the plan should have ' || path.plan || e':\n' || plan || e'\n';
        END IF;
    END LOOP;

    FOR claim IN SELECT * FROM differential.claim c WHERE wrong = '{}' LOOP
        query := differential.fill('SELECT (' || claim.expression || ')::int', claim.names, spelled);
        CALL differential.ask(query, false, false, answer, error, plan);
        IF answer IS DISTINCT FROM ARRAY[1] THEN
            wrong := wrong || concat_ws(': ', claim.name, error);
            report := report || '  ' || differential.brief(generate.unmarked(query)) || e'\n';
        END IF;
    END LOOP;
    INSERT INTO differential.counted VALUES
        ('answers compared', asked),
        (CASE cardinality(matching) WHEN 0 THEN 'filters that nothing matches'
              WHEN cardinality(filled || missing) THEN 'filters that everything matches' ELSE 'filters that some match' END, 1);

    IF wrong <> '{}' THEN
        CALL differential.set_settings('{}');
        report := format(e'  filter: %s\n  again: %s\n  prints: %s\n  tree: %s\n  in agreement: %s\n',
            differential.brief(generate.unmarked(spelled ->> 'filter')), differential.brief(generate.unmarked(spelled ->> 'again')),
            differential.brief(generate.unmarked(spelled ->> 'canonical')), differential.brief(ast::text), array_to_string(agreed, '; ')) || report;
        report := report || coalesce((SELECT string_agg(differential.dispute(s, d.doc, ast), '')
                                      FROM (SELECT doc FROM oracle.document WHERE doc = ANY (disputed)
                                            ORDER BY length(metadata::text), doc LIMIT 3) d), '');
        CALL differential.report(seed, state, number, wrong, ast, report);
    END IF;
END
$$;

-- Put filters to the table as it is now. The table holds the documents of oracle.document.
CREATE PROCEDURE differential.check(seed bigint, state text, first int, last int, tell boolean DEFAULT false)
    LANGUAGE plpgsql AS $$
DECLARE
    copies int := coalesce((SELECT s.copies FROM differential.state s WHERE s.name = state), 1);
    filled int[] := differential.copied(ARRAY(SELECT doc FROM oracle.document WHERE metadata IS NOT NULL ORDER BY doc), copies);
    missing int[] := differential.copied(ARRAY(SELECT doc FROM oracle.document WHERE metadata IS NULL ORDER BY doc), copies);
    metadata_scan boolean := current_setting('transaction_isolation') <> 'serializable'
        AND coalesce((SELECT s.metadata_scan FROM differential.state s WHERE s.name = state), true);
    ast jsonb;
BEGIN
    IF (SELECT array_agg(run_id ORDER BY run_id) FROM differential.runs r)
       IS DISTINCT FROM differential.sorted(filled || missing) THEN
        RAISE EXCEPTION 'state "%" does not hold the documents', state;
    END IF;
    FOR number IN first .. last LOOP
        CALL differential.check_filter(seed, state, number, filled, missing, copies, metadata_scan, tell);
    END LOOP;
    CALL differential.check_sort(seed, state);
    CALL differential.set_settings('{}');
    -- The oracle's two ways to an answer agree.
    FOR number IN 1 .. 3 LOOP
        ast := generate.filter(generate.child(seed, number));
        IF EXISTS (SELECT FROM oracle.document d, oracle.rows(ast) r
                   WHERE d.doc % 10 = generate.below(seed, number, 10) AND oracle.matches(d.metadata, ast) <> (d.doc = ANY (r))) THEN
            RAISE EXCEPTION 'oracle.rows and oracle.matches disagree on % (seed %)', ast, seed;
        END IF;
    END LOOP;
    INSERT INTO differential.counted VALUES
        ('pairs', last - first + 1), ('sets of documents', 1), ('documents', cardinality(filled || missing));
END
$$;

-- The statements of a run, in order: number sets of documents, from set first on, with so many filters each.
CREATE FUNCTION differential.statements(seed bigint, first int, number int, filters int, tell boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql AS $$
DECLARE
    set_seed bigint;
    state differential.state;
    settings text[];
    states int := (SELECT count(*) FROM differential.state);
    environments int := (SELECT count(*) FROM differential.environment);
BEGIN
    FOR i IN first .. first + number - 1 LOOP
        set_seed := generate.child(seed, i);
        SELECT * INTO state FROM differential.state WHERE n = 1 + (i - 1) % states;
        RETURN NEXT 'RESET ALL';
        RETURN NEXT 'CALL differential.enter(1)';
        RETURN NEXT format('CALL generate.documents(%s)', set_seed);
        RETURN NEXT format('CALL differential.enter(%s)', (i - 1) / 2 % environments + 1);
        RETURN QUERY SELECT unnest(state.steps);
        RETURN NEXT 'RESET ALL';
        RETURN NEXT format('CALL differential.enter(%s)', (i - 1) % environments + 1);
        RETURN NEXT format('CALL differential.check(%s, %L, 1, %s, %L)', set_seed, state.name,
                           greatest(1, filters / state.every / (SELECT e.every FROM differential.environment e WHERE e.n = (i - 1) % environments + 1)),
                           tell);
    END LOOP;
    RETURN NEXT 'RESET ALL';
END
$$;
