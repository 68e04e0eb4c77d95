-- RUM has no operator class for jsonb. What it can do is kept beside the runs: the words key=value of the keys with few
-- values (elements of tags each), and a number that rows come sorted by. loss, accuracy, seed, started and notes have too
-- many values to be words.

CREATE SCHEMA rum_peer;

CREATE TABLE rum_peer.runs AS
SELECT run_id, (metadata->>'loss')::float8 AS number,
    ARRAY['effectiveness=' || (metadata->>'effectiveness'), 'epoch=' || (metadata->>'epoch'), 'dataset=' || (metadata->>'dataset'),
        'status=' || (metadata->>'status'), 'gpu_count=' || (metadata->>'gpu_count'),
        'converged=' || coalesce(metadata->>'converged', 'null'), 'owner=' || (metadata->>'owner'),
        'failure=' || coalesce(metadata->>'failure', ''), 'optimizer.name=' || (metadata->'optimizer'->>'name'),
        'optimizer.lr=' || (metadata->'optimizer'->>'lr')]
    || ARRAY(SELECT 'tags=' || tag FROM jsonb_array_elements_text(metadata->'tags') AS tag) AS words
FROM runs_metadata;
