-- What RUM can do with the packages: see rum_generated.sql.

CREATE SCHEMA rum_peer;

CREATE TABLE rum_peer.runs AS
SELECT run_id, (metadata->>'Installed-Size')::float8 AS number,
    ARRAY['Section=' || (metadata->>'Section'), 'Architecture=' || (metadata->>'Architecture'), 'Priority=' || (metadata->>'Priority'),
        'Essential=' || coalesce(metadata->>'Essential', '')]
    || ARRAY(SELECT 'Depends=' || name FROM jsonb_array_elements_text(metadata->'Depends') AS name) AS words
FROM runs_metadata;
