-- A table of runs partitioned by run_id, through all that detmeta does: post, merge, get, filter, count, sort, explore
CREATE SCHEMA partitions;
SET search_path = partitions, public;
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' : '
SET client_min_messages = warning;

CREATE TABLE runs_metadata (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL) PARTITION BY RANGE (run_id);
CREATE TABLE runs_metadata_0 PARTITION OF runs_metadata FOR VALUES FROM (0) TO (1000);
-- a partition whose columns lie elsewhere
CREATE TABLE runs_metadata_1 (dropped int, metadata jsonb NOT NULL, run_id bigint NOT NULL);
ALTER TABLE runs_metadata_1 DROP dropped;
ALTER TABLE runs_metadata ATTACH PARTITION runs_metadata_1 FOR VALUES FROM (1000) TO (2000);
CREATE INDEX ON runs_metadata USING gin (metadata metadata_ops) WITH (fastupdate = off);

SELECT post_run_metadata(110, '{"effectiveness": 20}'), post_run_metadata(1110, '{"effectiveness": 30}');
SELECT post_run_metadata(1110, '{"effectiveness": 40}'), merge_run_metadata(110, '{"optimizer": "adam"}'), merge_run_metadata(1111, '{"optimizer": "sgd"}');
SELECT get_run_metadata(110), get_run_metadata(1110), get_run_metadata(5000);
SELECT post_run_metadata(1111, NULL), merge_run_metadata(110, '{"optimizer": null}');
-- no partition for the run
\set VERBOSITY sqlstate
SELECT post_run_metadata(5000, '{"effectiveness": 50}');
SELECT merge_run_metadata(5000, '{"effectiveness": 50}');
\set VERBOSITY default
SELECT tableoid::regclass, run_id, metadata FROM runs_metadata ORDER BY run_id;

INSERT INTO runs_metadata
SELECT i, jsonb_build_object('effectiveness', i * 37 % 1001, 'dataset', 'set ' || i % 7) FROM generate_series(0, 1999) AS i WHERE i NOT IN (110, 1110);
VACUUM (ANALYZE) runs_metadata;

-- counts, pruned and not
EXPLAIN (COSTS OFF) SELECT count(*) FROM runs_metadata WHERE metadata @~ 'dataset is "set 3"';
EXPLAIN (COSTS OFF) SELECT count(*) FROM runs_metadata WHERE metadata @~ 'dataset is "set 3"' AND run_id < 1000;
EXPLAIN (COSTS OFF) SELECT count(metadata) FROM runs_metadata WHERE metadata_is_empty(metadata, 'dataset');
SELECT count(*), count(*) FILTER (WHERE metadata @~ 'effectiveness < 500') FROM runs_metadata WHERE metadata @~ 'dataset is "set 3"';
-- pages over partitions come in order from each
EXPLAIN (COSTS OFF) SELECT run_id FROM runs_metadata WHERE metadata @~ 'dataset is "set 3"' ORDER BY metadata_sort(metadata, 'effectiveness') DESC NULLS LAST LIMIT 5;
SELECT run_id, metadata->'effectiveness' FROM runs_metadata WHERE metadata @~ 'dataset is "set 3"' ORDER BY metadata_sort(metadata, 'effectiveness') DESC NULLS LAST, run_id LIMIT 5;
SELECT run_id, metadata->'effectiveness', total FROM search_run_metadata('dataset is "set 3"', 'metadata.effectiveness=desc', 5);
SELECT * FROM metadata_keys('runs_metadata');
SELECT * FROM metadata_values('runs_metadata', 'dataset') LIMIT 2;
SELECT runs, empty_runs, distinct_values, min, max FROM metadata_summary('runs_metadata', 'effectiveness');
SELECT * FROM compare_run_metadata('{3, 1003}');

-- a new partition, and one that leaves
CREATE TABLE runs_metadata_2 PARTITION OF runs_metadata FOR VALUES FROM (2000) TO (3000);
SELECT post_run_metadata(2000, '{"effectiveness": 20}');
SELECT count(*) FROM runs_metadata WHERE metadata @~ 'effectiveness is 20';
ALTER TABLE runs_metadata DETACH PARTITION runs_metadata_0;
SELECT count(*) FROM runs_metadata WHERE metadata @~ 'effectiveness is 20';
SELECT count(*) FROM runs_metadata_0 WHERE metadata @~ 'effectiveness is 20';

DROP SCHEMA partitions CASCADE;
