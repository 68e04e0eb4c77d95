-- How numeric is stored is private to the server, but number.c reads it: the bytes of many numbers must be those
-- that numeric_send() says. Should this fail on a new server, its form of numeric is another.
\pset format unaligned
\pset tuples_only on

CREATE FUNCTION word(bytes bytea, i int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT get_byte(bytes, 2 * i) * 256 + get_byte(bytes, 2 * i + 1) $$;

-- what number.c describes, made of numeric_send(): digits, weight, sign, display scale, then digits in base 10000
CREATE FUNCTION sent(n numeric) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  s bytea := numeric_send(n);
  ndigits int := word(s, 0);
  weight int := word(s, 1) - CASE WHEN word(s, 1) > 32767 THEN 65536 ELSE 0 END;
  pairs int[] := ARRAY(SELECT unnest(ARRAY[word(s, 4 + i) / 100, word(s, 4 + i) % 100]) FROM generate_series(0, ndigits - 1) AS i);
  e int := 2 * weight + 2;
  hex text;
BEGIN
  IF ndigits = 0 THEN RETURN '\x80'; END IF;
  IF pairs[1] = 0 THEN pairs := pairs[2:]; e := e - 1; END IF;
  WHILE pairs[cardinality(pairs)] = 0 LOOP pairs := pairs[:cardinality(pairs) - 1]; END LOOP;
  hex := CASE WHEN e BETWEEN -40 AND 40 THEN lpad(to_hex(192 + e), 2, '0')
    ELSE CASE WHEN e > 0 THEN 'f0' ELSE '90' END || lpad(to_hex(e + 8388608), 6, '0') END
    || (SELECT string_agg(lpad(to_hex(p + 1), 2, '0'), '' ORDER BY i) FROM unnest(pairs) WITH ORDINALITY AS u(p, i));
  IF word(s, 2) = 16384 THEN
    hex := (SELECT string_agg(lpad(to_hex(255 - get_byte(decode(hex, 'hex'), i)), 2, '0'), '' ORDER BY i)
      FROM generate_series(0, length(hex) / 2 - 1) AS i) || 'ff';
  END IF;
  RETURN decode(hex, 'hex');
END $$;
SELECT n, sent(n) FROM unnest('{0,20,0.5,-20,-0.51,1e100,-1e-100}'::numeric[]) AS n;

-- digits, zeros behind them, exponents around the ends of the short form (63 digits behind the point, 256 before it)
-- and those of numeric
CREATE TEMP TABLE number AS
SELECT (sign || digits || repeat('0', zeros) || 'e' || exponent)::numeric AS n
FROM unnest('{"",-}'::text[]) AS sign,
  unnest('{0.,1.,9.,10.,99.,100.,101.,9999.,10000.,10001.,99990000.,0.5,1234567.0089,31415926535897932384626433832795028841.97169}'::text[]) AS digits,
  unnest('{0,1,70}'::int[]) AS zeros,
  (SELECT i FROM generate_series(-280, 280, 7) AS i UNION SELECT i FROM generate_series(-66, 8) AS i
    UNION SELECT i FROM generate_series(250, 260) AS i UNION SELECT unnest('{-16000,-4000,4000,131000}'::int[])) AS e(exponent);

-- 6 or 8 bytes come before the digits of the short and the long form
SELECT count(*) > 9000 AS many, bool_or(pg_column_size(n) - 2 * word(numeric_send(n), 0) = 6) AS short,
  bool_or(pg_column_size(n) - 2 * word(numeric_send(n), 0) = 8) AS long FROM (SELECT n + 0 AS n FROM number) AS computed;
SELECT n, metadata_sort(jsonb_build_object('n', n), 'n'), sent(n) FROM number
WHERE metadata_sort(jsonb_build_object('n', n), 'n') IS DISTINCT FROM '\x05'::bytea || sent(n) LIMIT 5;

-- as an argument, of which a table has a short header, and back
SELECT n, metadata_filter('n', 'is', n) FROM number
WHERE metadata_filter('n', 'is', n)::text IS DISTINCT FROM 'n is ' || trim_scale(n)::text LIMIT 5;

-- what only an argument can be; numeric_send() has the kind in its third word
SELECT n, to_hex(word(numeric_send(n), 2)), metadata_filter('n', 'is', n) FROM unnest('{NaN,Infinity,-Infinity}'::numeric[]) AS n;

DROP FUNCTION sent;
DROP FUNCTION word;
