-- The error that a query gives, or else its first value.
CREATE FUNCTION outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text; state text; message text; detail text; hint text;
BEGIN
  EXECUTE query INTO result;
  RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  -- what the server advises for an unknown function is a matter of its version
  IF hint ~ 'might need to add explicit type casts' THEN
    RETURN state || ' ' || message;
  END IF;
  RETURN concat_ws(' / ', state || ' ' || message, nullif(detail, ''), nullif(hint, ''));
END $$;

-- The same for each line.
CREATE FUNCTION outcomes(queries text) RETURNS TABLE (query text, result text) LANGUAGE plpgsql AS $$
BEGIN
  FOREACH query IN ARRAY regexp_split_to_array(btrim(queries, E'\n'), E'\n') LOOP
    result := outcome('SELECT ' || query);
    RETURN NEXT;
  END LOOP;
END $$;
