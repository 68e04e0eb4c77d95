-- paths.sql
--
-- What is tried; a row more is all it takes to try more:
--
--   differential.state        how the table comes to be (loads, indexes, dead rows, vacuum)
--   differential.environment  settings of the session that must not matter
--   differential.path         ways to ask (settings, query) and what the answer should be
--   differential.claim        what must be true of every filter by itself

CREATE SCHEMA differential;

-- How the table comes to be: statements, each a transaction of its own unless it says BEGIN.

-- With copies, every document is there so many times, as run_id doc, doc + 1000, doc + 2000, ..., and one filter in
-- so many (every) is put. Plans that match unplanned are not looked for, as the index cannot serve them; those of paths
-- "in scope" are nevertheless, and have scope_plan as well, unless that is NULL.
--
-- Every fourth row has NULL in the generated columns scope and other.

CREATE TABLE differential.state (n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL, steps text[] NOT NULL,
    copies int NOT NULL DEFAULT 1, every int NOT NULL DEFAULT 1, unplanned text NOT NULL DEFAULT '^$', scope_plan text DEFAULT '');

CREATE FUNCTION differential.create_table(extra text DEFAULT '', nulls text DEFAULT 'NULL') RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY['DROP TABLE IF EXISTS differential.runs',
        format('CREATE TABLE differential.runs (run_id int, metadata jsonb %s, touched int NOT NULL DEFAULT 0, filler text,
                scope int GENERATED ALWAYS AS (nullif(run_id %% 4, 3)) STORED,
                other jsonb GENERATED ALWAYS AS (CASE WHEN run_id %% 4 < 3 THEN ''{"a": 20, "loss": ["warm", null], "tags": {}}''::jsonb END) STORED) %s', nulls,
               coalesce(nullif(extra, ''), 'WITH (autovacuum_enabled = off)'))];

CREATE FUNCTION differential.create_index(fastupdate text, columns text DEFAULT 'metadata metadata_ops') RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY[format('CREATE INDEX runs_metadata ON differential.runs USING gin (%s) WITH (fastupdate = %s)', columns, fastupdate)];

CREATE FUNCTION differential.insert_rows(condition text DEFAULT 'true', filler text DEFAULT 'NULL') RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY[format('INSERT INTO differential.runs SELECT doc, metadata, 0, %s FROM oracle.document WHERE %s ORDER BY doc', filler, condition)];

CREATE FUNCTION differential.insert_copies(first int, last int) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY[format('INSERT INTO differential.runs SELECT doc + 1000 * c, metadata FROM oracle.document, generate_series(%s, %s) c '
                        'ORDER BY hashint4(doc + 1000 * c)', first, last)];

CREATE FUNCTION differential.without_nulls() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    RETURN ARRAY['DELETE FROM oracle.document WHERE metadata IS NULL', 'CALL oracle.load()'];

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
     differential.without_nulls() || differential.create_table('', 'NOT NULL')
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
INSERT INTO differential.state (name, steps) VALUES
    ('indexed with another column',
     differential.create_table() || differential.insert_rows('doc % 3 = 0')
     || differential.create_index('on', 'other metadata_ops, metadata metadata_ops') || differential.insert_rows('doc % 3 > 0')),
    ('indexed with trigrams',
     differential.create_table() || differential.insert_rows('doc % 3 = 0')
     || differential.create_index('on', 'metadata metadata_ops (trigram_keys = ''a,b,c,a.b,a.b.c,loss,notes,tags,optimizer.lr,Loss'')')
     || differential.insert_rows('doc % 3 > 0')),
    ('indexed with trigrams, dead rows vacuumed',
     differential.create_table() || differential.create_index('off', 'metadata metadata_ops (trigram_keys = ''a,b,c,a.b,a.b.c,loss,notes,tags,optimizer.lr,Loss'')')
     || differential.churn() || ARRAY['VACUUM differential.runs']),
    ('indexed with members of arrays',
     differential.create_table() || differential.insert_rows('doc % 3 = 0')
     || differential.create_index('on', 'metadata metadata_ops (array_members = on)') || differential.insert_rows('doc % 3 > 0')),
    ('indexed with members of arrays, dead rows vacuumed',
     differential.create_table()
     || differential.create_index('off', 'metadata metadata_ops (array_members = on, trigram_keys = ''a,notes,a[].b,tags[].a,a[].b[].c'')')
     || differential.churn() || ARRAY['VACUUM ANALYZE differential.runs']),
    ('indexed with trigrams of all keys',
     differential.create_table() || differential.insert_rows('doc % 3 = 0')
     || differential.create_index('on', 'metadata metadata_ops (trigram_keys = ''*'')')
     || differential.insert_rows('doc % 3 > 0')),
    ('indexed with trigrams of all keys, dead rows vacuumed',
     differential.create_table() || differential.create_index('off', 'metadata metadata_ops (array_members = on, trigram_keys = ''*'')')
     || differential.churn() || ARRAY['VACUUM differential.runs']);
INSERT INTO differential.state (name, steps, unplanned, scope_plan) VALUES
    ('indexed with a scope',
     differential.without_nulls() || differential.create_table('', 'NOT NULL') || differential.create_index('off', 'scope, metadata metadata_ops') || differential.churn() || ARRAY['VACUUM differential.runs'],
     '^$', e'Cond:[^\n]*scope'),
    ('indexed with a scope, in the pending list',
     differential.without_nulls() || differential.create_table('', 'NOT NULL') || differential.insert_rows('doc % 2 = 0') || differential.create_index('on', 'metadata metadata_ops, scope')
     || differential.insert_rows('doc % 2 = 1'),
     '^$', e'Cond:[^\n]*scope'),
    ('partial index',
     differential.create_table() || differential.churn()
     || ARRAY['CREATE INDEX runs_metadata ON differential.runs USING gin (metadata metadata_ops) WHERE scope >= 0',
              'UPDATE differential.runs SET touched = touched + 1 WHERE run_id % 3 = 1'],
     'Metadata|Bitmap', ''),
    ('partitions indexed each in its way',
     differential.create_table('PARTITION BY RANGE (run_id)')
     || ARRAY['CREATE TABLE differential.runs_1 PARTITION OF differential.runs FOR VALUES FROM (MINVALUE) TO (40)',
              'CREATE TABLE differential.runs_2 PARTITION OF differential.runs FOR VALUES FROM (40) TO (90)',
              'CREATE TABLE differential.runs_3 PARTITION OF differential.runs FOR VALUES FROM (90) TO (130)',
              'CREATE TABLE differential.runs_4 PARTITION OF differential.runs DEFAULT',
              'CREATE INDEX ON differential.runs_1 USING gin (metadata metadata_ops) WITH (fastupdate = on)',
              'CREATE INDEX ON differential.runs_2 USING gin (scope, metadata metadata_ops (trigram_keys = ''notes,a'', array_members = on)) WITH (fastupdate = off)',
              'CREATE INDEX ON differential.runs_3 USING gin (metadata metadata_ops) WHERE scope >= 0']
     || differential.churn(),
     'Order By', NULL);

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
    SET detmeta.runs_table = 'differential.runs';
    PERFORM set_config(split_part(s, '=', 1), split_part(s, '=', 2), false)
        FROM differential.environment e, unnest(e.settings) s WHERE e.n = environment;
END
$$;

-- Ways to ask.
--
-- query may hold {table}, {filter} (language), {canonical} (what the filter prints), {negated}, {webui}, {predicate},
-- {constructor}, {key}, {order}, {limit}; a path whose spelling a filter has not is passed over. One column, an int.
-- answer: match, no match, filled (both together; all without NULLs), matches, matches not (NULL reads as {}), predicate, predicate not (SQL's
-- logic over predicates), their number (count ...), ordered, predicate ordered, all ordered, search (by run_id), search ordered (NULLs last);
-- "in scope" means those with scope 1, "in scopes" with scope 0 or 2, "of others" those with other. Prepared paths get their constants as parameters of a generic plan.
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
        ('negator, sequential', sequential, rows || 'metadata !@~ {filter}', 'no match', 5, false, 'Seq Scan'),
        ('negated filter, sequential', sequential, rows || 'metadata @~ {negated}', 'no match', 6, false, NULL),
        ('predicates, sequential', sequential, rows || '{predicate}', 'predicate', 3, false, NULL),
        ('predicates, not planned', sequential, 'SELECT run_id FROM (SELECT *, {predicate} AS hit FROM {table} OFFSET 0) r WHERE hit',
         'predicate', 6, false, NULL),
        ('operator, row by row', sequential, rows || 'metadata @~ CASE WHEN run_id >= 0 THEN {filter} END', 'match', 7, false, NULL),
        ('constructor, sequential', sequential, rows || 'metadata @~ {constructor}', 'match', 6, false, NULL),
        ('WebUI filter, sequential', sequential, rows || 'metadata @~ {webui}', 'match', 6, false, NULL),
        ('metadata_matches', sequential, rows || 'metadata_matches(metadata, {filter})', 'matches', 6, false, NULL),
        ('ordered, sequential', sequential, rows || 'metadata @~ {filter}' || ordered, 'ordered', 6, false, NULL),
        ('everything ordered, sequential', sequential, everything, 'all ordered', 10, false, NULL),

        ('operator, bitmap', bitmap, rows || 'metadata @~ {filter}', 'match', 1, false, 'Bitmap Index Scan'),
        ('negator, bitmap', bitmap, rows || 'metadata !@~ {filter}', 'no match', 4, false, 'Bitmap Index Scan'),
        ('NOT operator, bitmap', bitmap, rows || 'NOT metadata @~ {filter}', 'no match', 7, false, 'Bitmap Index Scan'),
        ('negated filter, bitmap', bitmap, rows || 'metadata @~ {negated}', 'no match', 5, false, 'Bitmap Index Scan'),
        ('canonical filter, bitmap', bitmap, rows || 'metadata @~ {canonical}', 'match', 6, false, NULL),
        ('predicates, bitmap', bitmap, rows || '{predicate}', 'predicate', 3, false, NULL),
        ('NOT predicates, bitmap', bitmap, rows || 'NOT ({predicate})', 'predicate not', 6, false, NULL),
        ('operator, subquery', bitmap, rows || 'metadata @~ (SELECT {filter})', 'match', 7, false, NULL),
        ('operator, rescanned', bitmap, rescanned, 'filled', 8, false, NULL),
        ('constructor, bitmap', bitmap, rows || 'metadata @~ {constructor}', 'match', 6, false, 'Bitmap Index Scan'),
        ('WebUI filter, bitmap', bitmap, rows || 'metadata @~ {webui}', 'match', 3, false, 'Bitmap Index Scan'),
        ('metadata_matches, bitmap if it can', bitmap, rows || 'metadata_matches(metadata, {filter})', 'matches', 6, false, NULL),
        ('NOT metadata_matches', bitmap, rows || 'NOT metadata_matches(metadata, {filter})', 'matches not', 7, false, NULL),
        ('predicates, parameters', bitmap || generic, rows || '{predicate}', 'predicate', 7, true, NULL),
        ('operator, parameter', bitmap || generic, rows || 'metadata @~ {filter}', 'match', 7, true, 'Bitmap Index Scan'),

        ('operator, any plan', '{}', rows || 'metadata @~ {filter}', 'match', 6, false, NULL),
        ('count, any plan', '{}', count || 'metadata @~ {filter}', 'count match', 6, false, NULL),
        ('ordered, any plan', '{}', rows || 'metadata @~ {filter}' || ordered, 'ordered', 6, false, NULL),
        ('operator in scope, bitmap', bitmap, rows || 'metadata @~ {filter} AND scope = 1', 'match in scope', 9, false, 'Bitmap Index Scan'),
        ('search', '{}', 'SELECT run_id::int FROM search_run_metadata({filter}, NULL, {limit})', 'search', 8, false, NULL),
        ('search, its total', '{}', 'SELECT coalesce(max(total), 0)::int FROM search_run_metadata({filter}, NULL, {limit})', 'count matches', 8, false, NULL),
        ('search in order', '{}', 'SELECT run_id::int FROM search_run_metadata({filter}, {sort}, {limit})', 'search ordered', 8, false, NULL),
        ('search among runs', '{}', 'SELECT run_id::int FROM search_run_metadata({filter}, {sort}, {limit}, 0, '
            'ARRAY(SELECT run_id::bigint FROM {table} WHERE scope = 1))', 'search ordered in scope', 9, false, NULL);
    IF NOT custom_scan THEN
        RETURN;
    END IF;
    INSERT INTO differential.path (name, settings, query, answer, every, prepared, plan) VALUES
        ('operator, metadata scan', custom, rows || 'metadata @~ {filter}', 'match', 1, false, 'Metadata Scan'),
        ('negator, metadata scan', custom, rows || 'metadata !@~ {filter}', 'no match', 4, false, 'Metadata Scan'),
        ('negated filter, metadata scan', custom, rows || 'metadata @~ {negated}', 'no match', 5, false, 'Metadata Scan'),
        ('predicates, metadata scan', custom, rows || '{predicate}', 'predicate', 3, false, NULL),
        ('NOT predicates, metadata scan', custom, rows || 'NOT ({predicate})', 'predicate not', 7, false, NULL),
        ('operator and another, metadata scan', custom, rows || 'metadata @~ {filter} AND touched >= 0', 'match', 6, false, 'Metadata Scan'),
        ('two operators, metadata scan', custom, rows || 'metadata @~ {filter} AND NOT metadata @~ {negated}', 'match', 7, false, 'Metadata Scan'),
        ('operator, subquery, metadata scan', custom, rows || 'metadata @~ (SELECT {filter})', 'match', 7, false, NULL),
        ('operator, rescanned, metadata scan', custom, rescanned, 'filled', 8, false, NULL),
        ('metadata_matches, metadata scan if it can', custom, rows || 'metadata_matches(metadata, {filter})', 'matches', 7, false, NULL),
        ('count, metadata scan', custom, count || 'metadata @~ {filter}', 'count match', 2, false, 'Metadata (Count|Scan)'),
        ('count of predicates, metadata scan', custom, count || '{predicate}', 'count predicate', 6, false, NULL),
        ('count of the negator, metadata scan', custom, count || 'metadata !@~ {filter}', 'count no match', 5, false, 'Metadata (Count|Scan)'),
        ('count of a column, metadata scan', custom, 'SELECT count(metadata) FROM {table} WHERE metadata @~ {filter}', 'count match', 7, false, NULL),
        ('ordered, metadata scan', custom, rows || 'metadata @~ {filter}' || ordered, 'ordered', 2, false, 'Metadata Scan.*Order By'),
        ('predicates ordered, metadata scan', custom, rows || '{predicate}' || ordered, 'predicate ordered', 6, false, NULL),
        ('everything ordered, metadata scan', custom, everything, 'all ordered', 6, false, NULL),
        ('operator in scope, metadata scan', custom, rows || 'metadata @~ {filter} AND scope = 1', 'match in scope', 5, false, 'Metadata Scan'),
        ('negator in scopes, metadata scan', custom, rows || 'metadata !@~ {filter} AND scope IN (2, 0)', 'no match in scopes', 7, false, 'Metadata Scan'),
        ('count in scopes, metadata scan', custom, count || 'metadata @~ {filter} AND scope = ANY (''{2,NULL,0,2}'')', 'count match in scopes', 7, false,
         'Metadata (Count|Scan)'),
        ('ordered in scope, metadata scan', custom, rows || 'metadata @~ {filter} AND scope = 1' || ordered, 'ordered in scope', 7, false,
         'Metadata Scan.*Order By'),
        ('operator or a scope, metadata scan', custom, rows || '(metadata @~ {filter} OR scope = 1) AND metadata @~ ''true''', 'match or in scope', 9, false,
         'Metadata Scan'),
        ('operator and one on another column, metadata scan', custom, rows || 'other @~ ''a is 20'' AND metadata @~ {filter}', 'match of others', 9, false,
         'Metadata Scan'),
        ('predicates, parameters, metadata scan', custom || generic, rows || '{predicate}', 'predicate', 7, true, NULL),
        ('operator, parameter, metadata scan', custom || generic, rows || 'metadata @~ {filter}', 'match', 7, true, NULL),
        ('count, parameter, metadata scan', custom || generic, count || 'metadata @~ {filter}', 'count match', 7, true, NULL),
        ('ordered, parameter, metadata scan', custom || generic, rows || 'metadata @~ {filter}' || ordered, 'ordered', 7, true, NULL);
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
