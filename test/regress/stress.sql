-- What 030_scan_stress.pl and 031_scan_standby.pl share: tables of runs, writers that change them, and a
-- reader that asks the same in one snapshot of all kinds of plans.

CREATE EXTENSION detmeta;
CREATE EXTENSION btree_gin;
CREATE TABLE control (stop boolean NOT NULL);
INSERT INTO control VALUES (false);

-- One index takes new rows at once, by the access method's own insertion, another through a pending list, which is moved
-- often; one has a second column and trigrams, and takes new rows by GIN's insertion; and the partitions of one table are indexed each in its way.
CREATE TABLE direct (run_id int PRIMARY KEY, label text, metadata jsonb NOT NULL, project int DEFAULT 1) WITH (fillfactor = 70, vacuum_truncate = off, autovacuum_enabled = off);
CREATE TABLE pending (LIKE direct INCLUDING INDEXES) WITH (fillfactor = 70, vacuum_truncate = off, autovacuum_enabled = off);
CREATE TABLE scoped (LIKE direct INCLUDING INDEXES INCLUDING DEFAULTS) WITH (fillfactor = 70, vacuum_truncate = off, autovacuum_enabled = off);
CREATE TABLE parts (LIKE direct INCLUDING INDEXES INCLUDING DEFAULTS) PARTITION BY RANGE (run_id);
CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (MINVALUE) TO (2000) WITH (fillfactor = 70, vacuum_truncate = off, autovacuum_enabled = off);
CREATE TABLE part2 PARTITION OF parts FOR VALUES FROM (2000) TO (4000) WITH (fillfactor = 70, vacuum_truncate = off, autovacuum_enabled = off);
CREATE TABLE part3 PARTITION OF parts DEFAULT WITH (autovacuum_enabled = off);
CREATE INDEX ON scoped USING gin (project, metadata metadata_ops (trigram_keys = 'notes,status')) WITH (fastupdate = off);
CREATE INDEX ON part1 USING gin (metadata metadata_ops) WITH (fastupdate = off);
CREATE INDEX ON part2 USING gin (metadata metadata_ops (trigram_keys = 'notes'), project) WITH (fastupdate = on, gin_pending_list_limit = 128);
CREATE INDEX ON direct USING detmeta (metadata) WITH (fastupdate = off);
CREATE INDEX ON pending USING gin (metadata metadata_ops) WITH (fastupdate = on, gin_pending_list_limit = 128);

CREATE FUNCTION document(i int) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('n', i % 10, 'loss', i % 1009 / 8.0, 'status', (ARRAY['done', 'failed', 'running'])[1 + i % 3],
    'notes', repeat('long ', 25) || i % 40, 'r', jsonb_build_object('s', i % 50))
    || CASE i % 4 WHEN 0 THEN '{}' WHEN 1 THEN '{"x": true}' WHEN 2 THEN jsonb_build_object('x', i) ELSE jsonb_build_object('r.s', i % 7) END
$$;
INSERT INTO direct SELECT i, NULL, document(i) FROM generate_series(1, 6000) AS i;
INSERT INTO pending SELECT * FROM direct;
INSERT INTO scoped SELECT run_id, label, metadata, nullif(run_id % 5, 4) FROM direct;
INSERT INTO parts SELECT * FROM scoped;
VACUUM ANALYZE direct, pending, scoped, parts;

-- Insert, update in place and elsewhere, delete, abort all or a part of it, until told to stop.
CREATE PROCEDURE write_until_stopped(name text) LANGUAGE plpgsql AS $$
DECLARE
  first int;
  what float;
BEGIN
  LOOP
    first := random() * 6000;
    what := random();
    IF what < 0.25 THEN
      EXECUTE format('INSERT INTO %I SELECT i, NULL, document(i * 7) FROM generate_series($1, $1 + 10) AS i ON CONFLICT DO NOTHING', name) USING first;
    ELSIF what < 0.5 THEN
      EXECUTE format('UPDATE %I SET metadata = document(run_id + (random() * 1000)::int) WHERE run_id = $1', name) USING first;
    ELSIF what < 0.7 THEN
      EXECUTE format('UPDATE %I SET label = random() WHERE run_id = $1', name) USING first;
      EXECUTE format('UPDATE %I SET project = nullif((random() * 4)::int, 4) WHERE run_id = $1', name) USING first + 1;
    ELSIF what < 0.9 THEN
      EXECUTE format('DELETE FROM %I WHERE run_id = ANY (ARRAY(SELECT run_id FROM %1$I WHERE run_id BETWEEN $1 AND $1 + 8 FOR UPDATE SKIP LOCKED))', name) USING first;
    ELSE
      BEGIN
        EXECUTE format('UPDATE %I SET metadata = document(1) WHERE run_id = $1', name) USING first;
        RAISE EXCEPTION 'undone';
      EXCEPTION WHEN raise_exception THEN NULL;
      END;
    END IF;
    IF random() < 0.2 THEN ROLLBACK; ELSE COMMIT; END IF;
    EXIT WHEN (SELECT stop FROM control);
    PERFORM pg_sleep(0.001);
    COMMIT;
  END LOOP;
END $$;

-- Let only one kind of plan read the tables.
CREATE FUNCTION plan_by(kind text) RETURNS void LANGUAGE sql AS $$
  SELECT set_config('detmeta.enable_metadata_scan', CASE WHEN kind = 'node' THEN 'on' ELSE 'off' END, true),
    set_config('enable_bitmapscan', CASE WHEN kind = 'bitmap' THEN 'on' ELSE 'off' END, true),
    set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true),
    set_config('enable_seqscan', CASE WHEN kind = 'seq' THEN 'on' ELSE 'off' END, true),
    set_config('enable_sort', CASE WHEN kind = 'node' THEN 'off' ELSE 'on' END, true),
    set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)
$$;

-- Ask something in each kind of plan, in a transaction of one snapshot.
CREATE FUNCTION compare_plans(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  kind text;
  answer text;
  answers text[] := '{}';
BEGIN
  FOREACH kind IN ARRAY '{node,seq,bitmap,node}'::text[] LOOP
    PERFORM plan_by(kind);
    -- A bitmap scan that needs no column counts, in older minor releases, rows that VACUUM removed meanwhile.
    EXECUTE CASE WHEN kind = 'bitmap' THEN replace(query, 'count(*)::text', 'count(run_id)::text') ELSE query END INTO answer;
    answers := answers || answer;
    -- the snapshot gets older meanwhile
    PERFORM pg_sleep(random() * 0.01);
  END LOOP;
  IF (SELECT count(DISTINCT coalesce(a, '')) FROM unnest(answers) AS a) > 1 THEN
    RAISE WARNING 'MISMATCH: % gives %', query, answers;
  END IF;
  RETURN 1;
END $$;

CREATE FUNCTION compare_once() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  filters text[] := ARRAY['n = ' || (random() * 9)::int, 'status is not "done"', 'loss < ' || (random() * 120)::int, 'x is empty', 'not (n < 5)', 'true',
    'status is "done" and not (loss between 10 and 100)', 'notes contains "long ' || (random() * 40)::int || '"', 'r.s > ' || (random() * 50)::int, 'x is true or n = 3',
    'status icontains "FAIL"', 'not (notes icontains "NG ' || (random() * 4)::int || '")'];
  name text := (ARRAY['direct', 'pending', 'scoped', 'parts'])[1 + floor(random() * 4)];
  filter text := filters[1 + floor(random() * cardinality(filters))];
  scope text := (ARRAY['', '', ' AND project = ' || (random() * 4)::int, ' AND project IN (0, NULL, 2)', ' AND project IS NULL'])[1 + floor(random() * 5)];
  key text := (ARRAY['loss', 'x', 'r.s', 'notes', 'n'])[1 + floor(random() * 5)];
  direction text := (ARRAY['ASC', 'DESC', 'ASC NULLS FIRST', 'DESC NULLS LAST'])[1 + floor(random() * 4)];
  work text := CASE WHEN random() < 0.2 THEN '64kB' ELSE '4MB' END;
BEGIN
  PERFORM set_config('work_mem', work, true);
  RETURN compare_plans(format('SELECT count(*)::text FROM %I WHERE metadata @~ %L', name, filter) || scope)
    + CASE WHEN random() < 0.2 THEN compare_plans(format('SELECT md5(string_agg(k::text, '' '')) FROM metadata_keys(%L) AS k', name))
        + compare_plans(format('SELECT md5(string_agg(v::text, '' '')) FROM metadata_values(%L, %L) AS v', name, key))
        + compare_plans(format('SELECT s::text FROM metadata_summary(%L, %L) AS s', name, key)) ELSE 0 END
    + compare_plans(format('SELECT concat_ws('','', count(*), count(*) FILTER (WHERE metadata @~ %2$L), count(*) FILTER (WHERE metadata !@~ ''loss > 60'')) FROM %1$I', name, filter))
    + compare_plans(format('SELECT count(run_id) || md5(string_agg(run_id || metadata::text, '' '' ORDER BY run_id)) FROM %I WHERE metadata @~ %L AND run_id > 0', name, filter) || scope)
    + compare_plans(format('SELECT string_agg(run_id::text, '' '') FROM (SELECT run_id FROM %I WHERE metadata @~ %L%s ORDER BY metadata_sort(metadata, %L) %s, run_id LIMIT 20 OFFSET %s) AS page',
        name, filter, scope, key, direction, (random() ^ 3 * 2000)::int))
    + compare_plans(format('SELECT count(*) || md5(string_agg(run_id::text, '' '')) FROM (SELECT run_id FROM %I ORDER BY metadata_sort(metadata, %L) %s, run_id) AS page', name, key, direction));
END $$;
