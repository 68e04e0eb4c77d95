-- Posting to the key/value tables of eav.sql: a post deletes a run's rows and inserts new ones.
-- The rows to post are flattened beforehand: that work is not counted. The variable posts is how many documents there are.

INSERT INTO eav.runs_metadata SELECT run_id, metadata FROM runs_metadata;

-- What is posted: other documents, and their rows.
CREATE TABLE eav.posts (post_id bigint PRIMARY KEY, metadata jsonb NOT NULL);
CREATE TABLE eav.post_rows (post_id bigint, LIKE eav.runs_metadata_index);
ALTER TABLE eav.post_rows DROP COLUMN id, DROP COLUMN run_id, DROP COLUMN project_id;

INSERT INTO eav.posts SELECT * FROM generator.runs(1, :posts, seed => 2);
INSERT INTO eav.post_rows SELECT post_id, flat.* FROM eav.posts, eav.flatten(metadata) AS flat;
CREATE INDEX ON eav.post_rows (post_id);

VACUUM (ANALYZE) eav.runs_metadata;
VACUUM (ANALYZE) eav.posts;
VACUUM (ANALYZE) eav.post_rows;

-- The best that can be done for it: one call, plans kept, rows from a table.
CREATE FUNCTION eav.post(run bigint, post bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO eav.runs_metadata SELECT run, metadata FROM eav.posts WHERE post_id = post
    ON CONFLICT (run_id) DO UPDATE SET metadata = excluded.metadata;
    DELETE FROM eav.runs_metadata_index WHERE run_id = run;
    INSERT INTO eav.runs_metadata_index (run_id, flat_key, integer_value, float_value, boolean_value, string_value,
        timestamp_value, project_id)
    SELECT run, flat_key, integer_value, float_value, boolean_value, string_value, timestamp_value, 1
    FROM eav.post_rows WHERE post_id = post;
END $$;

-- The same posts as a client sends them, as pgbench scripts. In each the loss, the seed and the end of the notes
-- differ every time (:a, :b and :c), as they do in life.
CREATE FUNCTION eav.client_values(flat_key text, integer_value int, float_value float8, boolean_value boolean,
        string_value text, timestamp_value timestamptz) RETURNS text
    LANGUAGE sql STABLE
    RETURN format('(:run, %L, %s, %s, %s, %s, %s, 1)', flat_key, coalesce(integer_value::text, 'NULL'),
        CASE flat_key WHEN 'loss' THEN '0.:a' WHEN 'seed' THEN ':b' ELSE coalesce(float_value::text, 'NULL') END,
        coalesce(boolean_value::text, 'NULL'),
        CASE WHEN flat_key = 'notes' THEN quote_literal(string_value || ' :c') ELSE quote_nullable(string_value) END,
        quote_nullable(timestamp_value));

CREATE FUNCTION eav.client_document(metadata jsonb) RETURNS text
    LANGUAGE sql STABLE
    RETURN quote_literal(replace(replace(
        (metadata || jsonb_build_object('loss', '@loss', 'seed', '@seed', 'notes', metadata->>'notes' || ' :c'))::text,
        '"@loss"', '0.:a'), '"@seed"', ':b'));

CREATE FUNCTION eav.client_script(post bigint, peer text) RETURNS text
    LANGUAGE sql STABLE
    RETURN E'\\set run random(1, :runs)\n\\set a random(100000000, 999999999)\n\\set b random(1, 1099511627775)\n'
        || E'\\set c random(1, 1000000000)\n'
        || CASE peer
            WHEN 'detmeta' THEN (
                SELECT format('SELECT post_run_metadata(:run, %s);', eav.client_document(metadata))
                FROM eav.posts WHERE post_id = post)
            ELSE (
                SELECT format(E'BEGIN;\nINSERT INTO eav.runs_metadata VALUES (:run, %s)\n'
                    'ON CONFLICT (run_id) DO UPDATE SET metadata = excluded.metadata;\n'
                    'DELETE FROM eav.runs_metadata_index WHERE run_id = :run;\n'
                    'INSERT INTO eav.runs_metadata_index (run_id, flat_key, integer_value, float_value, boolean_value,\n'
                    '    string_value, timestamp_value, project_id)\nVALUES\n%s;\nCOMMIT;',
                    eav.client_document(metadata),
                    (SELECT string_agg(eav.client_values(flat_key, integer_value, float_value, boolean_value,
                        string_value, timestamp_value), E',\n') FROM eav.post_rows WHERE post_id = post))
                FROM eav.posts WHERE post_id = post)
        END;
