-- # Look at one of them
-- Keys of every kind: numbers, text, dates, booleans, arrays, an object.

SELECT jsonb_pretty(get_run_metadata(1003)) AS metadata;

-- # Find runs
-- is: a number is a number, whether it is written 20, 20.0 or 2e1.

SELECT count(*) FROM runs_metadata
WHERE metadata_is(metadata, 'effectiveness', 20);

-- is not: of the runs that have the key, those with another value.

SELECT count(*) FROM runs_metadata
WHERE metadata_is_not(metadata, 'optimizer.name', 'adam');

-- contains: any part of a text, upper and lower case as written, no wildcards.

SELECT run_id, metadata->>'notes' AS notes FROM runs_metadata
WHERE metadata_contains(metadata, 'notes', 'promising plateau')
ORDER BY run_id LIMIT 5;

-- A range of numbers, and one of dates: text that reads as a date is one.

SELECT count(*) FROM runs_metadata
WHERE metadata_between(metadata, 'accuracy', 0.9, 0.95);

SELECT count(*) FROM runs_metadata
WHERE metadata_ge(metadata, 'started', date '2025-12-01');

-- # Or write it as people say it
-- The same conditions in the filter language, with and, or, not. The operator is @~.
-- An array matches when any of its elements does.

SELECT count(*) FROM runs_metadata
WHERE metadata @~ 'effectiveness >= 90 and tags is "tag7"
                   and (status in ("ERROR", "CANCELED") or not converged is true)';

-- A filter that a WebUI keeps as JSON is read as well.

SELECT '{"filterGroup": {"kind": "group", "conjunction": "and", "children": [
          {"kind": "field", "columnName": "metadata.effectiveness",
           "location": "LOCATION_TYPE_RUN_METADATA", "operator": ">=",
           "type": "COLUMN_TYPE_NUMBER", "value": 90}]},
        "showArchived": false}'::metadata_filter AS filter;

-- # Sort by any key
-- The first page of the best runs: the lowest loss of those that completed.

SELECT run_id, metadata->'loss' AS loss, metadata->'accuracy' AS accuracy,
       metadata->>'owner' AS owner
FROM runs_metadata
WHERE metadata @~ 'status is "COMPLETED" and failure is empty'
ORDER BY metadata_sort(metadata, 'loss') NULLS LAST, run_id
LIMIT 5;

-- # Compare and analyze
-- Groups by a key: the runs of each, and of a number the mean, the least and whose it is.

SELECT "group"->>'optimizer.name' AS optimizer, runs, round(mean, 4) AS mean, min, min_run
FROM metadata_groups('runs_metadata', '{optimizer.name}', 'loss', sort => 'min asc');

-- A facet: what else could be chosen, with the rest of the filter as it is.

SELECT value, runs FROM metadata_values('runs_metadata', 'status', except_own => true,
  filter => 'status is "ERROR" and accuracy < 0.25');

-- A histogram of what a filter leaves.

SELECT "from", "to", runs, bar
FROM metadata_histogram('runs_metadata', 'loss', 6, 'converged is true');

-- Runs whose notes match a regular expression.

SELECT count(*) FROM runs_metadata WHERE metadata @~ 'notes matches "promising.*plateau"';

-- # See why it is fast
-- The predicate became a condition on the index, which was counted there: Postings
-- Read are addresses of rows in the index, Heap Fetches the rows that were looked at
-- in the table, because VACUUM has not marked their page as visible to all, and Rows
-- Rechecked those whose document was opened.

EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
SELECT count(*) FROM runs_metadata
WHERE metadata_is(metadata, 'effectiveness', 20);

-- The same count with the index, and then without it: every document is opened.

SELECT count(*) FROM runs_metadata
WHERE metadata_is(metadata, 'effectiveness', 20);

BEGIN;

DROP INDEX runs_metadata_metadata_idx;

SELECT count(*) FROM runs_metadata
WHERE metadata_is(metadata, 'effectiveness', 20);

-- And as PostgreSQL alone would be asked, also without the index:

SELECT count(*) FROM runs_metadata
WHERE metadata->>'effectiveness' = '20';

ROLLBACK;
