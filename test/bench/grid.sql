-- What grid.sh measures with: forced plans of one query, and the one that the planner chooses.

CREATE SCHEMA grid;

CREATE TABLE grid.results (size int, selectivity float8, shape text, "limit" int, skipped int, chosen text, plan text, ms float8);

-- The settings that force a plan.
CREATE FUNCTION grid.force(plan text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('detmeta.enable_metadata_scan', CASE WHEN plan IN ('seq', 'bitmap') THEN 'off' ELSE 'on' END, true),
        set_config('enable_seqscan', CASE WHEN plan IN ('seq', 'free') THEN 'on' ELSE 'off' END, true),
        set_config('enable_bitmapscan', CASE WHEN plan IN ('bitmap', 'free') THEN 'on' ELSE 'off' END, true),
        set_config('enable_sort', CASE WHEN plan = 'walk' THEN 'off' ELSE 'on' END, true);
END $$;

-- The plan of a query, without what differs between two that do the same.
CREATE FUNCTION grid.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    lines text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
        lines := lines || regexp_replace(line, $re$\((metadata_sort\([^)]*\)) \|\| '\\x'::bytea\)$re$, '\1', 'g') || E'\n';
    END LOOP;
    RETURN lines;
END $$;

CREATE FUNCTION grid.run(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    result json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) ' || query INTO result;
    RETURN (result->0->>'Execution Time')::float8;
END $$;

-- The ORDER BY of a shape: ordered is by a key that is nearly unique, others are keys, and the run behind them.
CREATE FUNCTION grid.order_of(shape text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN shape IN ('count', 'unordered') THEN '' WHEN shape = 'ordered' THEN ' ORDER BY metadata_sort(metadata, ''loss'') NULLS LAST'
        ELSE (SELECT format(' ORDER BY %s, run_id', string_agg(format('metadata_sort(metadata, %L) NULLS LAST', key), ', ' ORDER BY n))
              FROM unnest(string_to_array(shape, ', ')) WITH ORDINALITY AS k (key, n)) END;

-- Measure one cell. A sort is forced on a Metadata Scan by an order that only looks different.
CREATE PROCEDURE grid.measure(size int, selectivity float8, shape text, lim int, skipped int, rounds int) LANGUAGE plpgsql AS $$
DECLARE
    condition text := CASE WHEN selectivity >= 1 THEN 'accuracy >= 0' ELSE 'accuracy < ' || selectivity::numeric END;
    source text := format(' FROM runs_%s WHERE metadata @~ %L', size, condition);
    tail text := coalesce(' LIMIT ' || lim, '') || CASE WHEN skipped > 0 THEN ' OFFSET ' || skipped ELSE '' END;
    query text := CASE WHEN shape = 'count' THEN 'SELECT count(*)' || source
        ELSE 'SELECT run_id, metadata' || source || grid.order_of(shape) || tail END;
    plans text[] := CASE WHEN shape IN ('count', 'unordered') THEN '{seq,bitmap,scan}' ELSE '{seq,bitmap,scan,walk}' END;
    queries text[];
    shapes text[];
    free text;
    chosen text;
    i int;
    round int;
    fast boolean := true;
BEGIN
    PERFORM grid.force('free');
    free := grid.plan(query);
    FOR i IN 1..cardinality(plans) LOOP
        queries[i] := CASE WHEN plans[i] <> 'scan' THEN query
            ELSE regexp_replace(query, $re$(metadata_sort\(metadata, '[^']*'\))$re$, $re$\1 || ''::bytea$re$, 'g') END;
        PERFORM grid.force(plans[i]);
        shapes[i] := grid.plan(queries[i]);
        IF shapes[i] = free THEN
            chosen := plans[i];
        END IF;
    END LOOP;
    IF chosen IS NULL THEN
        plans := plans || 'free'::text;
        queries := queries || query;
        chosen := 'free';
        RAISE WARNING 'an unexpected plan was chosen: %', free;
    END IF;
    FOR round IN 0..CASE WHEN fast THEN 4 * rounds ELSE rounds END LOOP
        FOR i IN 1..cardinality(plans) LOOP
            CONTINUE WHEN plans[i] = 'seq' AND round > rounds;
            PERFORM grid.force(plans[i]);
            IF round = 0 THEN
                fast := fast AND (plans[i] = 'seq' OR grid.run(queries[i]) < 5);
            ELSE
                INSERT INTO grid.results VALUES (size, selectivity, shape, lim, skipped, chosen, plans[i], grid.run(queries[i]));
            END IF;
        END LOOP;
    END LOOP;
    PERFORM grid.force('free');
END $$;

-- One row for each cell: what was chosen, what was best, and the ratio. Less than 0.1 ms is no difference.
CREATE VIEW grid.cells AS
WITH medians AS (
    SELECT size, selectivity, shape, "limit", skipped, chosen, plan, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms
    FROM grid.results
    GROUP BY size, selectivity, shape, "limit", skipped, chosen, plan
)
SELECT size, selectivity, shape, "limit", skipped, chosen,
    (array_agg(plan ORDER BY ms))[1] AS best,
    max(ms) FILTER (WHERE plan = chosen) AS chosen_ms,
    min(ms) AS best_ms,
    CASE WHEN max(ms) FILTER (WHERE plan = chosen) - min(ms) < 0.1 THEN 1
        ELSE max(ms) FILTER (WHERE plan = chosen) / min(ms) END AS ratio,
    max(ms) FILTER (WHERE plan = 'seq') AS seq_ms,
    max(ms) FILTER (WHERE plan = 'bitmap') AS bitmap_ms,
    max(ms) FILTER (WHERE plan = 'scan') AS scan_ms,
    max(ms) FILTER (WHERE plan = 'walk') AS walk_ms
FROM medians
GROUP BY size, selectivity, shape, "limit", skipped, chosen;
