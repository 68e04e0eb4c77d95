-- # Post metadata for a run
-- Metadata is one JSON object per run. A table holds it, and the table is yours:
-- a run_id, a jsonb column, and one index that answers everything below.

CREATE EXTENSION detmeta;

SELECT create_runs_metadata();

-- Post the body of the HTTP request as it is. Posting again replaces the object.

SELECT post_run_metadata('{"runId": 110, "metadata": {"effectiveness": 20}}');

-- Or merge: new keys are added, null removes one. Nested members are keys too,
-- joined with a dot: optimizer.name.

SELECT merge_run_metadata(110, '{"optimizer": {"name": "adam", "lr": 0.001}}');
