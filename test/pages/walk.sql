-- walk.sql
--
-- Tables that are walked from the first page to the last, each page behind the last row of the one before and in a
-- snapshot of its own, while others write: rows with an even id keep what they are sorted by, and have to come once each,
-- in order. They are updated, too, so that they are found elsewhere.
CREATE TABLE public.control (stop boolean NOT NULL);
INSERT INTO public.control VALUES (false);
CREATE TABLE pages.walked (id int PRIMARY KEY, touched int NOT NULL, metadata jsonb NOT NULL) WITH (autovacuum_enabled = off);

-- x is of mixed kinds, and note is cut in the index.
CREATE FUNCTION pages.walked_document(i int) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN jsonb_build_object('status', (ARRAY['done', 'failed', 'running'])[1 + i * 7 % 3], 'loss', i * 7919 % 211 / 8.0,
            'note', repeat('long ', 25) || i * 13 % 9)
        || CASE i * 31 % 6 WHEN 0 THEN '{}' WHEN 1 THEN '{"x": true}' WHEN 2 THEN '{"x": [1]}' WHEN 3 THEN '{"x": "2024-01-15"}'
               WHEN 4 THEN '{"x": "2024-01-15T00:00:00Z"}' ELSE jsonb_build_object('x', i % 5) END;

INSERT INTO pages.walked SELECT i, 0, pages.walked_document(i) FROM generate_series(1, 3000) i;
CREATE INDEX walked_metadata ON pages.walked USING gin (metadata metadata_ops);
VACUUM ANALYZE pages.walked;

-- The condition that a row comes behind one with these values, rows without a value last.
CREATE FUNCTION pages.behind(expressions text[], down boolean[], vals text[]) RETURNS text
    LANGUAGE sql AS $$
SELECT CASE WHEN cardinality(expressions) = 0 THEN 'false'
    WHEN vals[1] IS NULL THEN format('(%s IS NULL AND %s)', expressions[1], pages.behind(expressions[2:], down[2:], vals[2:]))
    ELSE format('(%1$s %2$s %3$L OR (%1$s = %3$L AND %4$s) OR %1$s IS NULL)', expressions[1], CASE WHEN down[1] THEN '<' ELSE '>' END, vals[1],
                pages.behind(expressions[2:], down[2:], vals[2:])) END
$$;

-- Walk in one order; say what is wrong.
CREATE PROCEDURE pages.walk(expressions text[], down boolean[], size int, INOUT wrong text)
    LANGUAGE plpgsql AS $$
DECLARE
    ordering text := (SELECT string_agg(e || CASE WHEN d THEN ' DESC' ELSE '' END || ' NULLS LAST', ', ' ORDER BY i) FROM unnest(expressions, down) WITH ORDINALITY u (e, d, i));
    vals text := (SELECT string_agg(format('(%s)::text', e), ', ') FROM unnest(expressions) e);
    condition text := 'true';
    expected int[];
    met int[] := '{}';
    ids int[];
    last text[];
BEGIN
    EXECUTE format('SELECT array_agg(id ORDER BY %s) FROM pages.walked WHERE id %% 2 = 0', ordering) INTO expected;
    LOOP
        COMMIT;
        EXECUTE format('SELECT array_agg(id), (array_agg(vals))[array_upper(array_agg(vals), 1):] FROM (SELECT id, ARRAY[%s] AS vals FROM pages.walked WHERE %s ORDER BY %s LIMIT %s) s',
            vals, condition, ordering, size) INTO ids, last;
        EXIT WHEN ids IS NULL;
        met := met || ARRAY(SELECT i FROM unnest(ids) WITH ORDINALITY u (i, n) WHERE i % 2 = 0 ORDER BY n);
        condition := pages.behind(expressions, down, ARRAY(SELECT unnest(last)));
        -- where rows have all values, and go one way
        IF random() < 0.5 AND NOT true = ANY (down) AND array_position(ARRAY(SELECT unnest(last)), NULL) IS NULL AND NOT 'metadata_sort(metadata, ''x'')' = ANY (expressions) THEN
            condition := format('(%s) > (%s)', array_to_string(expressions, ', '), (SELECT string_agg(quote_literal(v), ', ') FROM unnest(last) v));
        END IF;
    END LOOP;
    IF met IS DISTINCT FROM expected THEN
        wrong := concat_ws(' ', wrong, ordering, 'not met:', ARRAY(SELECT unnest(expected) EXCEPT ALL SELECT unnest(met)), 'met twice:', ARRAY(SELECT unnest(met) EXCEPT ALL SELECT unnest(expected)), 'or not in order;');
    END IF;
END
$$;

-- Walk in all orders; say what is wrong, if anything.
CREATE PROCEDURE pages.walk_all(size int)
    LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    CALL pages.walk(ARRAY['metadata_sort(metadata, ''status'')', 'id'], '{f,f}', size, wrong);
    CALL pages.walk(ARRAY['metadata_sort(metadata, ''status'')', 'metadata_sort(metadata, ''loss'')', 'id'], '{f,t,f}', size, wrong);
    CALL pages.walk(ARRAY['metadata_sort(metadata, ''x'')', 'metadata_sort(metadata, ''status'')', 'id'], '{t,f,t}', size, wrong);
    CALL pages.walk(ARRAY['metadata_sort(metadata, ''note'')', 'metadata_sort(metadata, ''x'')', 'id'], '{f,f,f}', size, wrong);
    CALL pages.walk(ARRAY['metadata_sort(metadata, ''loss'')', 'id'], '{t,f}', size, wrong);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '%', wrong;
    END IF;
END
$$;

-- Write until told to stop.
CREATE PROCEDURE pages.write()
    LANGUAGE plpgsql AS $$
DECLARE
    i int;
BEGIN
    WHILE NOT (SELECT stop FROM public.control) LOOP
        i := random() * 1499;
        CASE (random() * 4)::int
            WHEN 0 THEN DELETE FROM pages.walked WHERE id = 2 * i + 1;
            WHEN 1 THEN INSERT INTO pages.walked VALUES (2 * i + 1, 0, pages.walked_document((random() * 3000)::int)) ON CONFLICT DO NOTHING;
            WHEN 2 THEN UPDATE pages.walked SET metadata = pages.walked_document((random() * 3000)::int) WHERE id = 2 * i + 1;
            ELSE UPDATE pages.walked SET touched = touched + 1 WHERE id = 2 * i;
        END CASE;
        COMMIT;
    END LOOP;
END
$$;
