-- check.sql
--
-- Puts the same filters to detmeta in every way of paths.sql and holds each
-- answer against the oracle's.
--
-- A mismatch is reported with the seed, filter, documents and who agreed, and
-- ends the run when there are ten. CALL differential.check(seed, state, first, last)
-- does one table; run.sql strings the calls together.

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

-- What the exploring functions should tell of the documents.
CREATE TYPE differential.place AS (class int, num numeric, str text COLLATE "C");
CREATE TABLE differential.key (key text COLLATE "C", type text, runs bigint);
CREATE TABLE differential.scalar (key text COLLATE "C", value jsonb, runs bigint, place differential.place);
CREATE TABLE differential.summary (key text COLLATE "C", runs bigint, distinct_values bigint, low differential.place, high differential.place, counted numeric);

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
    SELECT p.ast FROM part p WHERE p.ast ?| '{key,any}';
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

-- The place of a scalar in the order of values; NULL for none.
CREATE FUNCTION differential.place(v oracle.value) RETURNS differential.place
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN v.bool IS NOT NULL THEN ROW(1, v.bool::int, NULL)::differential.place
                WHEN v.num IS NOT NULL THEN ROW(2, v.num, NULL)::differential.place
                WHEN v.instant IS NOT NULL THEN ROW(3, v.instant, NULL)::differential.place
                WHEN v.str IS NOT NULL THEN ROW(4, NULL, v.str)::differential.place END;

-- Hold what the exploring functions tell of every key, from the index and from the rows, against the oracle.
CREATE PROCEDURE differential.check_exploring(seed bigint, state text, copies int, total int)
    LANGUAGE plpgsql AS $$
DECLARE
    way text;
    wrong text;
BEGIN
    DELETE FROM differential.key;
    INSERT INTO differential.key
        SELECT h.key, CASE WHEN (h.v).json IN ('null', '[]', '{}') THEN 'empty' WHEN (h.v).instant IS NOT NULL THEN 'date'
                           WHEN (h.v).kind = 'string' THEN 'text' ELSE (h.v).kind END, count(DISTINCT h.doc) * copies
        FROM oracle.held h WHERE (h.v).level = 'top' GROUP BY 1, 2;
    DELETE FROM differential.scalar;
    INSERT INTO differential.scalar
        SELECT h.key, (h.v).json, count(DISTINCT h.doc) * copies, differential.place(h.v)
        FROM oracle.held h WHERE (h.v).kind IN ('number', 'string', 'boolean') GROUP BY 1, 2, 4;
    DELETE FROM differential.summary;
    INSERT INTO differential.summary
        SELECT k.key, copies * (SELECT count(DISTINCT h.doc) FROM oracle.held h WHERE h.key = k.key AND oracle.is_filled(h.v)),
               count(s.key), (array_agg(s.place ORDER BY s.place))[1], (array_agg(s.place ORDER BY s.place DESC))[1], sum(s.runs) FILTER (WHERE (s.place).class IN (2, 3))
        FROM (SELECT DISTINCT key FROM oracle.held UNION ALL SELECT 'no such key') k LEFT JOIN differential.scalar s USING (key)
        GROUP BY k.key;
    FOREACH way IN ARRAY '{on,off}'::text[] LOOP
        PERFORM set_config('detmeta.enable_metadata_scan', way, true);
        EXECUTE $q$
            WITH said AS MATERIALIZED (SELECT * FROM metadata_keys('differential.runs')),
                 listed AS MATERIALIZED (
                     SELECT k.key, v.* FROM differential.summary k, metadata_values('differential.runs', k.key, NULL, NULL) WITH ORDINALITY v (value, runs, n)),
                 told AS MATERIALIZED (SELECT k.key, s.* FROM differential.summary k, metadata_summary('differential.runs', k.key, 3) s)
            SELECT string_agg('  ' || differential.brief(what), e'\n') FROM (
                SELECT format('only the oracle has the key %s', d) FROM (SELECT * FROM differential.key EXCEPT ALL SELECT * FROM said) d
                UNION ALL
                SELECT format('only metadata_keys has the key %s', d) FROM (SELECT * FROM said EXCEPT ALL SELECT * FROM differential.key) d
                UNION ALL
                SELECT format('only the oracle has the value %s', d)
                FROM (SELECT key, value, runs FROM differential.scalar EXCEPT ALL SELECT key, value, runs FROM listed) d
                UNION ALL
                SELECT format('only metadata_values has the value %s', d)
                FROM (SELECT key, value, runs FROM listed EXCEPT ALL SELECT key, value, runs FROM differential.scalar) d
                UNION ALL
                SELECT format('the values of %s are not in order', l.key) FROM listed l JOIN listed m USING (key) WHERE m.n = l.n + 1 AND m.runs > l.runs
                UNION ALL
                SELECT format('the first values of %s are %s', k.key, f.a)
                FROM differential.summary k, LATERAL (
                    SELECT array_agg(v.value ORDER BY n) FROM metadata_values('differential.runs', k.key, NULL, 4) WITH ORDINALITY v (value, runs, n)) f (a)
                WHERE f.a IS DISTINCT FROM (SELECT array_agg(l.value ORDER BY l.n) FROM listed l WHERE l.key = k.key AND l.n <= 4)
                UNION ALL
                SELECT format('the values of %s with a 1 are %s', k.key, f.a)
                FROM differential.summary k, LATERAL (
                    SELECT array_agg(v.value ORDER BY n) FROM metadata_values('differential.runs', k.key, '1', NULL) WITH ORDINALITY v (value, runs, n)) f (a)
                WHERE f.a IS DISTINCT FROM (SELECT array_agg(l.value ORDER BY l.n) FROM listed l WHERE l.key = k.key AND strpos(l.value #>> '{}', '1') > 0)
                UNION ALL
                SELECT format('the summary is %s, by the oracle %s', t, o)
                FROM told t FULL JOIN differential.summary o USING (key)
                WHERE (t.runs, t.empty_runs, t.distinct_values) IS DISTINCT FROM (o.runs, $1 - o.runs, o.distinct_values)
                   OR differential.place(oracle.read('top', t.min)) IS DISTINCT FROM o.low
                   OR differential.place(oracle.read('top', t.max)) IS DISTINCT FROM o.high
                   OR (SELECT sum((b ->> 'count')::bigint) FROM jsonb_array_elements(t.histogram) b) IS DISTINCT FROM o.counted) x (what)$q$
            INTO wrong USING total;
        IF wrong IS NOT NULL THEN
            CALL differential.report(seed, state, NULL, ARRAY['exploring with the index ' || way], NULL, left(wrong, 4000) || e'\n');
        END IF;
    END LOOP;
    INSERT INTO differential.counted VALUES ('keys explored', (SELECT count(*) FROM differential.summary));
END
$$;

-- What each kind of answer should be. Every missing document is among the matching ones or none is.
CREATE FUNCTION differential.expected(answer text, matching int[], match int[], no_match int[], missing int[], of_null boolean,
                                      key text, ordering text, at_most int)
    RETURNS int[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    rows int[];
    scopes int[] := CASE WHEN answer ~ 'in scope$' THEN '{1}' WHEN answer ~ 'in scopes$' THEN '{0,2}' WHEN answer ~ 'of others$' THEN '{0,1,2}' END;
BEGIN
    IF answer = 'match or in scope' THEN
        RETURN ARRAY(SELECT unnest(match) UNION SELECT d FROM unnest(no_match) d WHERE d % 4 = 1 ORDER BY 1);
    ELSIF scopes IS NOT NULL THEN
        RETURN differential.expected(regexp_replace(answer, ' (in scopes?|of others)$', ''),
            ARRAY(SELECT d FROM unnest(matching) d WHERE d % 4 = ANY (scopes)), ARRAY(SELECT d FROM unnest(match) d WHERE d % 4 = ANY (scopes)),
            ARRAY(SELECT d FROM unnest(no_match) d WHERE d % 4 = ANY (scopes)), ARRAY(SELECT d FROM unnest(missing) d WHERE d % 4 = ANY (scopes)),
            of_null, key, ordering, at_most);
    END IF;
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
        WHEN 'count matches' THEN RETURN ARRAY[cardinality(matching)];
        WHEN 'search' THEN RETURN matching[1:at_most];
        WHEN 'search ordered' THEN rows := matching;
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

-- A key to sort by: every other time one that the filter is about.
CREATE FUNCTION differential.sort_key(seed bigint, ast jsonb) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    keys text[] := ARRAY(SELECT DISTINCT k #>> '{}' FROM jsonb_path_query(ast, 'lax $.**.key') k WHERE jsonb_typeof(k) = 'string' ORDER BY 1);
BEGIN
    RETURN CASE WHEN keys <> '{}' AND generate.below(seed, 7, 2) = 0 THEN generate.one_of(seed, 8, keys)
        ELSE generate.key(generate.child(seed, 2)) END;
END
$$;

-- Put one filter to every path and claim.
CREATE PROCEDURE differential.check_filter(seed bigint, state text, number int, filled int[], missing int[], copies int, unplanned text, scope_plan text,
                                           tell boolean)
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
    sort_key text := differential.sort_key(s, ast);
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
        'key', generate.constant(sort_key), 'order', ordering, 'limit', at_most,
        'sort', generate.constant(generate.sort(s, sort_key, ordering)));
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
            AND (path.plan !~ unplanned OR path.name ~ 'in scope' AND scope_plan IS NOT NULL), answer, error, plan);
        asked := asked + 1;
        IF error IS NOT NULL THEN
            wrong := wrong || format('%s: %s', path.name, error);
        ELSIF answer::text <> expected ->> path.answer
              AND (path.answer ~ 'count|ordered|search' OR differential.sorted(answer)::text <> expected ->> path.answer) THEN
            wrong := wrong || path.name;
            report := report || '  ' || path.name || e'\n';
            IF path.answer ~ 'count|ordered|search' THEN
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
        IF plan !~ path.plan OR path.name ~ 'in scope' AND plan !~ scope_plan THEN
            wrong := wrong || (path.name || ': another plan');
            report := report || concat_ws(' and ', '  the plan should have ' || path.plan, scope_plan) || e':\n' || plan || e'\n';
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
    unplanned text := coalesce((SELECT s.unplanned FROM differential.state s WHERE s.name = state), '^$');
    scope_plan text := (SELECT s.scope_plan FROM differential.state s WHERE s.name = state);
    ast jsonb;
BEGIN
    IF (SELECT array_agg(run_id ORDER BY run_id) FROM differential.runs r)
       IS DISTINCT FROM differential.sorted(filled || missing) THEN
        RAISE EXCEPTION 'state "%" does not hold the documents', state;
    END IF;
    IF current_setting('transaction_isolation') = 'serializable' THEN
        unplanned := unplanned || '|Metadata';
        scope_plan := NULL;
    END IF;
    FOR number IN first .. last LOOP
        CALL differential.check_filter(seed, state, number, filled, missing, copies, unplanned, scope_plan, tell);
    END LOOP;
    CALL differential.check_sort(seed, state);
    CALL differential.check_exploring(seed, state, copies, cardinality(filled || missing));
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
