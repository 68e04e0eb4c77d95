-- Queries that client libraries write for their own filters of JSON, as far as these libraries are not run by the
-- programs of test/clients: each with its plan, a generic one where there are parameters, and the names of the rows,
-- which are compared with those of a sequential scan.
\getenv tree PG_ABS_SRCDIR
CREATE SCHEMA core_clients;
SET search_path = core_clients, public;
\set ECHO none
\i :tree/test/regress/dialect.sql

-- A query's rows, or its error.
CREATE FUNCTION answer(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  r record;
  result text[] := '{}';
BEGIN
  FOR r IN EXECUTE query LOOP
    result := result || (to_json(r) ->> 'name');
  END LOOP;
  RETURN coalesce(nullif(array_to_string(result, ' '), ''), '-');
EXCEPTION WHEN OTHERS THEN
  RETURN 'ERROR: ' || SQLERRM;
END $$;

-- Each query, its plan, and its rows by this plan; and by core's if they are others.
CREATE FUNCTION show_all(queries text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  query text;
  by_index text;
  by_core text;
BEGIN
  FOREACH query IN ARRAY regexp_split_to_array(btrim(queries, E'\n'), E'\n') LOOP
    RETURN NEXT query;
    RETURN QUERY SELECT '    ' || line FROM plan(query) AS line;
    by_index := answer(query);
    PERFORM set_config('enable_seqscan', 'on', true), set_config('detmeta.enable_metadata_scan', 'off', true),
      set_config('enable_bitmapscan', 'off', true);
    by_core := answer(query);
    PERFORM set_config('enable_seqscan', 'off', true), set_config('detmeta.enable_metadata_scan', 'on', true),
      set_config('enable_bitmapscan', 'on', true);
    RETURN NEXT '    => ' || by_index || CASE WHEN by_index <> by_core THEN '; DIFFERENT by core: ' || by_core ELSE '' END;
  END LOOP;
END $$;
\set ECHO all
SET plan_cache_mode = force_generic_plan;

-- EF Core (Npgsql)
PREPARE ef_is(text) AS SELECT r.name FROM run AS r WHERE r.metadata ->> 'text' = $1;
PREPARE ef_any(text[]) AS SELECT r.name FROM run AS r WHERE r.metadata ->> 'text' = ANY ($1);
PREPARE ef_index(int) AS SELECT r.name FROM run AS r WHERE r.metadata #>> ARRAY['tags',$1]::text[] = 'a';
PREPARE ef_exists(text[]) AS SELECT r.name FROM run AS r WHERE r.metadata -> 'opt' ?| $1;
SELECT * FROM show_all($$
EXECUTE ef_is('cold')
EXECUTE ef_any('{cold,Warm}')
SELECT r.name FROM run AS r WHERE r.metadata ->> 'text' <> 'cold' OR r.metadata ->> 'text' IS NULL
SELECT r.name FROM run AS r WHERE CAST(r.metadata ->> 'whole' AS integer) < 2
SELECT r.name FROM run AS r WHERE CAST(r.metadata ->> 'flag' AS boolean)
SELECT r.name FROM run AS r WHERE NOT (CAST(r.metadata ->> 'flag' AS boolean))
SELECT r.name FROM run AS r WHERE CAST(r.metadata ->> 'id' AS uuid) = '00000000-0000-0000-0000-00000000000a'
SELECT r.name FROM run AS r WHERE CAST(r.metadata #>> '{n}' AS numeric(18,2)) < 2.5
SELECT r.name FROM run AS r WHERE r.metadata #>> '{opt,name}' = 'adam'
EXECUTE ef_index(0)
SELECT r.name FROM run AS r WHERE r.metadata ->> 'text' LIKE 'warm%'
SELECT r.name FROM run AS r WHERE length(r.metadata ->> 'text')::int > 4
EXECUTE ef_exists('{lr,none}')
SELECT r.name FROM run AS r WHERE r.metadata @> '{"opt": {"name": "adam"}}'
SELECT r.name FROM run AS r WHERE '{"opt": {"name": "adam"}}' <@ r.metadata
SELECT r.name FROM run AS r WHERE jsonb_typeof(r.metadata #> '{opt,lr}') = 'number'
$$);

-- Laravel
PREPARE laravel_is(text) AS SELECT * FROM "run" WHERE "metadata"->>'text' = $1;
PREPARE laravel_number(text) AS SELECT * FROM "run" WHERE "metadata"->>'n' = $1;
PREPARE laravel_in(text, text) AS SELECT * FROM "run" WHERE "metadata"->>'text' IN ($1, $2);
PREPARE laravel_above(text) AS SELECT * FROM "run" WHERE "metadata"->>'n' > $1;
PREPARE laravel_like(text) AS SELECT * FROM "run" WHERE "metadata"->>'text'::text LIKE $1;
PREPARE laravel_ilike(text) AS SELECT * FROM "run" WHERE "metadata"->'opt'->>'name'::text ILIKE $1;
PREPARE laravel_contains(jsonb) AS SELECT * FROM "run" WHERE ("metadata"->'tags')::jsonb @> $1;
PREPARE laravel_length(int) AS SELECT * FROM "run" WHERE jsonb_array_length(("metadata"->'tags')::jsonb) > $1;
SELECT * FROM show_all($$
EXECUTE laravel_is('cold')
EXECUTE laravel_number('2')
SELECT * FROM "run" WHERE ("metadata"->'flag')::jsonb = 'true'::jsonb
SELECT * FROM "run" WHERE "metadata"->>'text' != 'cold'
EXECUTE laravel_in('cold', 'Warm')
EXECUTE laravel_above('2')
EXECUTE laravel_like('%arm%')
EXECUTE laravel_ilike('AD%')
EXECUTE laravel_contains('"a"')
EXECUTE laravel_length(1)
SELECT * FROM "run" WHERE coalesce(("metadata")::jsonb ? 'n', false)
SELECT * FROM "run" WHERE NOT coalesce(("metadata")::jsonb ? 'k', false)
SELECT * FROM "run" WHERE ("metadata"->'text' IS NULL OR jsonb_typeof("metadata"->'text') = 'null') AND "metadata" ? 'id'
$$);

-- Ecto
PREPARE ecto_is(jsonb) AS SELECT r0."name" FROM "run" AS r0 WHERE ((r0."metadata"#>'{"text"}') = $1);
PREPARE ecto_above(jsonb) AS SELECT r0."name" FROM "run" AS r0 WHERE ((r0."metadata"#>'{"n"}') > $1);
PREPARE ecto_any(jsonb[]) AS SELECT r0."name" FROM "run" AS r0 WHERE ((r0."metadata"#>'{"text"}') = ANY ($1));
PREPARE ecto_type(bigint) AS SELECT r0."name" FROM "run" AS r0 WHERE ((r0."metadata"#>'{"n"}')::bigint <= $1);
SELECT * FROM show_all($$
SELECT r0."name" FROM "run" AS r0 WHERE (r0."metadata"@>'{"n": 2}')
SELECT r0."name" FROM "run" AS r0 WHERE ((r0."metadata"#>'{"opt"}')@>'{"name": "adam"}')
EXECUTE ecto_is('"cold"')
EXECUTE ecto_any('{"\"cold\"","\"Warm\""}')
EXECUTE ecto_above('2')
EXECUTE ecto_type(2)
SELECT r0."name" FROM "run" AS r0 WHERE ((r0."metadata"#>'{"opt","lr"}') IS NULL)
SELECT r0."name" FROM "run" AS r0 WHERE ((r0."metadata"#>'{"text"}') != '"cold"')
$$);

-- Hibernate 6 and 7, before PostgreSQL 17; jOOQ
SELECT * FROM show_all($$
SELECT r.name FROM run r WHERE cast(jsonb_path_query_first(r.metadata,'$.n')#>>'{}' as integer)=2
SELECT r.name FROM run r WHERE jsonb_path_query_first(r.metadata,'$.text')#>>'{}'='cold'
SELECT r.name FROM run r WHERE jsonb_path_exists(r.metadata,'$.opt.lr')
SELECT r.name FROM run r WHERE (r.metadata->>'text') = 'cold'
SELECT r.name FROM run r WHERE cast((r.metadata->'opt'->>'lr') as text) = '0.1'
SELECT r.name FROM run r WHERE jsonb_path_query_first(cast(r.metadata as jsonb), cast('$.n' as jsonpath)) = '2'
$$);

-- PostgREST: literals without a type
SELECT * FROM show_all($$
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->>'text' = 'cold'
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->'n' = '2'
SELECT "run"."name" FROM "core_clients"."run" WHERE NOT "core_clients"."run"."metadata"->>'text' = 'cold'
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->>'text' IS NULL AND "core_clients"."run"."metadata"->'k' IS NULL
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->'n' > '2'
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->>'text' = ANY ('{"cold","Warm"}')
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->>'text' LIKE 'warm%'
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->>'text' ILIKE '%WARM%'
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->>'text' ~ '^warm'
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata" @> '{"n": 2}'
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->'tags' @> '["a"]'
SELECT "run"."name" FROM "core_clients"."run" WHERE "core_clients"."run"."metadata"->'tags'->>'0'::int = 'a'
$$);

-- Hasura
SELECT * FROM show_all($$
SELECT name FROM run WHERE (("run"."metadata") @> (('{"n": 2}')::jsonb))
SELECT name FROM run WHERE (("run"."metadata") ? (('id')::text))
SELECT name FROM run WHERE (("run"."metadata") ?| (ARRAY['id','n']::text[]))
SELECT name FROM run WHERE (("run"."metadata") ?& (ARRAY['n','text']::text[]))
SELECT name FROM run WHERE ((("run"."metadata")::text) ILIKE (('%warm%')::text))
$$);

-- GORM: the jsonb is printed, and read as json
PREPARE gorm_is(text, text) AS SELECT * FROM "run" WHERE json_extract_path_text("metadata"::json,$1) = $2;
PREPARE gorm_has(text) AS SELECT * FROM "run" WHERE "metadata"::jsonb ? $1;
PREPARE gorm_nested(text, text) AS SELECT * FROM "run" WHERE "metadata"::jsonb -> $1 ? $2;
SELECT * FROM show_all($$
EXECUTE gorm_is('text', 'cold')
EXECUTE gorm_has('id')
EXECUTE gorm_nested('opt', 'lr')
$$);

-- Metabase
PREPARE metabase_bigint(text, bigint) AS SELECT * FROM "core_clients"."run" WHERE ("core_clients"."run"."metadata"#>> ARRAY[$1]::text[])::bigint = $2;
PREPARE metabase_double(text, float8) AS SELECT * FROM "core_clients"."run" WHERE ("core_clients"."run"."metadata"#>> ARRAY[$1]::text[])::double precision >= $2;
PREPARE metabase_text(text, text, text) AS SELECT * FROM "core_clients"."run" WHERE ("core_clients"."run"."metadata"#>> ARRAY[$1, $2]::text[])::text = $3;
PREPARE metabase_boolean(text) AS SELECT * FROM "core_clients"."run" WHERE ("core_clients"."run"."metadata"#>> ARRAY[$1]::text[])::boolean = true;
PREPARE metabase_time(text, timestamp) AS SELECT * FROM "core_clients"."run" WHERE ("core_clients"."run"."metadata"#>> ARRAY[$1]::text[])::timestamp >= $2;
PREPARE metabase_contains(text, text) AS SELECT * FROM "core_clients"."run" WHERE lower(("core_clients"."run"."metadata"#>> ARRAY[$1]::text[])::text) LIKE $2;
SELECT * FROM show_all($$
EXECUTE metabase_bigint('whole', 2)
EXECUTE metabase_double('n', 2)
EXECUTE metabase_text('opt', 'name', 'adam')
EXECUTE metabase_boolean('flag')
EXECUTE metabase_time('when', '2024-02-01')
EXECUTE metabase_contains('text', '%warm%')
$$);

-- Objection and Prisma
PREPARE objection_text(text) AS SELECT "run".* FROM "run" WHERE CAST("metadata"#>>'{text}' AS text) = $1;
PREPARE objection_float(float8) AS SELECT "run".* FROM "run" WHERE CAST("metadata"#>>'{n}' AS float) > $1;
PREPARE objection_integer(int) AS SELECT "run".* FROM "run" WHERE CAST("metadata"#>>'{whole}' AS integer) = $1;
PREPARE objection_contains(jsonb) AS SELECT "run".* FROM "run" WHERE ( "metadata"#>'{}' )::jsonb @> $1::jsonb;
PREPARE prisma_is(text, jsonb) AS SELECT * FROM "run" WHERE ("metadata"#>ARRAY[$1]::text[])::jsonb = $2;
PREPARE prisma_above(text, jsonb, text) AS SELECT * FROM "run" WHERE (("metadata"#>ARRAY[$1]::text[])::jsonb > $2 AND JSONB_TYPEOF(("metadata"#>ARRAY[$3]::text[])::jsonb) = 'number');
PREPARE prisma_contains(text, text, text) AS SELECT * FROM "run" WHERE (("metadata"#>>ARRAY[$1]::text[])::text LIKE $2 AND JSONB_TYPEOF(("metadata"#>ARRAY[$3]::text[])::jsonb) = 'string');
PREPARE prisma_insensitive(text, text, text) AS SELECT * FROM "run" WHERE (LOWER(("metadata"#>>ARRAY[$1]::text[])::text) LIKE LOWER($2) AND JSONB_TYPEOF(("metadata"#>ARRAY[$3]::text[])::jsonb) = 'string');
PREPARE prisma_array(text, jsonb, text) AS SELECT * FROM "run" WHERE (("metadata"#>ARRAY[$1]::text[])::jsonb @> $2 AND JSONB_TYPEOF(("metadata"#>ARRAY[$3]::text[])::jsonb) = 'array');
PREPARE prisma_starts(text, jsonb) AS SELECT * FROM "run" WHERE ("metadata"#>ARRAY[$1]::text[]->0)::jsonb = $2;
SELECT * FROM show_all($$
EXECUTE objection_text('cold')
EXECUTE objection_float(2)
EXECUTE objection_integer(2)
EXECUTE objection_contains('{"n": 2}')
SELECT "run".* FROM "run" WHERE "metadata"#>'{opt}' ?| array['lr','none']
EXECUTE prisma_is('text', '"cold"')
EXECUTE prisma_above('n', '2', 'n')
EXECUTE prisma_contains('text', '%arm%', 'text')
EXECUTE prisma_insensitive('text', '%WARM%', 'text')
EXECUTE prisma_array('tags', '["a"]', 'tags')
EXECUTE prisma_starts('tags', '"a"')
$$);

-- Determined's list of runs, in the order of a key
SELECT * FROM show_all($$
SELECT r.name FROM run AS r WHERE r.metadata->'text' IS NOT NULL ORDER BY r.metadata->'opt'->'lr' DESC NULLS LAST, r.id DESC
$$);

-- What Rails, bun, Superset and Grafana leave to be written by hand is one of the above
PREPARE rails(text, text) AS SELECT "run".* FROM "run" WHERE (metadata->>$1 = $2);
PREPARE jsonb_accessor(float8) AS SELECT "run".* FROM "run" WHERE (run.metadata @> '{"flag": true}'::jsonb) AND ((run.metadata->>'n')::float > $1);
SELECT * FROM show_all($$
EXECUTE rails('text', 'cold')
EXECUTE jsonb_accessor(1)
$$);

DROP SCHEMA core_clients CASCADE;
