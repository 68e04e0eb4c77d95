-- The key/value way of storing metadata, as Determined's server does it: the document in one table, and a row for
-- every key and value in another, indexed on run_id and on the key. Here the rows of all runs are loaded; the variable
-- project is a run's project, a number or a column. eav_post.sql posts to these tables, common.txt has more indexes.

CREATE SCHEMA eav;

CREATE TABLE eav.runs_metadata (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL);

CREATE TABLE eav.runs_metadata_index (
    id serial PRIMARY KEY,
    run_id int NOT NULL,
    flat_key text NOT NULL,
    integer_value int,
    float_value float8,
    boolean_value boolean,
    string_value text,
    timestamp_value timestamptz,
    project_id int
);

-- One row for each value: members of objects by their dotted path, elements of arrays under the array's key.
CREATE FUNCTION eav.flatten(metadata jsonb) RETURNS TABLE (flat_key text, integer_value int, float_value float8,
        boolean_value boolean, string_value text, timestamp_value timestamptz)
    LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
    WITH RECURSIVE walk(path, value) AS (
        SELECT key, value FROM jsonb_each(metadata)
        UNION ALL
        SELECT CASE WHEN member.key IS NULL THEN path ELSE path || '.' || member.key END, member.value
        FROM walk, LATERAL (
            SELECT key, value FROM jsonb_each(CASE WHEN jsonb_typeof(walk.value) = 'object' THEN walk.value END)
            UNION ALL
            SELECT NULL, value FROM jsonb_array_elements(CASE WHEN jsonb_typeof(walk.value) = 'array' THEN walk.value END) AS value
        ) AS member
    ), leaf AS (
        SELECT path, jsonb_typeof(value) AS type, value #>> '{}' AS text,
            jsonb_typeof(value) = 'number' AND value #>> '{}' ~ '^-?[0-9]{1,9}$' AS is_integer,
            jsonb_typeof(value) = 'string' AND value #>> '{}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$' AS is_timestamp
        FROM walk WHERE jsonb_typeof(value) NOT IN ('object', 'array')
    )
    SELECT path,
        CASE WHEN is_integer THEN text::int END,
        CASE WHEN type = 'number' AND NOT is_integer THEN text::float8 END,
        CASE WHEN type = 'boolean' THEN text::boolean END,
        CASE WHEN type = 'string' AND NOT is_timestamp THEN text END,
        CASE WHEN is_timestamp THEN text::timestamptz END
    FROM leaf;
END;

INSERT INTO eav.runs_metadata_index (run_id, flat_key, integer_value, float_value, boolean_value, string_value,
    timestamp_value, project_id)
SELECT run_id, flat.*, :project FROM runs_metadata, eav.flatten(metadata) AS flat;
CREATE INDEX ON eav.runs_metadata_index (run_id);
CREATE INDEX ON eav.runs_metadata_index (flat_key);

VACUUM (ANALYZE) eav.runs_metadata_index;
