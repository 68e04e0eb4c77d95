-- The filter language: what it reads, how it prints, and what it refuses
\pset format unaligned
\pset tuples_only on

-- The canonical text of a filter, which must read back as the same filter
CREATE FUNCTION canonical(input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  filter metadata_filter := input::metadata_filter;
BEGIN
  IF filter::text::metadata_filter IS DISTINCT FROM filter THEN
    RETURN 'DIFFERENT: ' || filter::text || ' / ' || filter::text::metadata_filter::text;
  END IF;
  RETURN filter::text;
END $$;

-- The error that a text gives
CREATE FUNCTION refusal(input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  state text; message text; detail text; hint text;
BEGIN
  RETURN 'accepted: ' || left(input::metadata_filter::text, 60);
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN format(E'%s\n  %s: %s\n  %s\n  %s', left(input, 60), state, message, detail, hint);
END $$;

-- operators and their other spellings
SELECT canonical(f) FROM unnest(ARRAY[
  'x is 1', 'x = 1', 'X IS NOT 1', 'x != 1', 'x <> 1',
  'x < 1', 'x <= 1', 'x > 1', 'x >= 1', 'x between 1 and 5 and y between "a" and "b"',
  'x in (3, 1, 2.0, 1, "b", ''b'', null, true)', 'x In ()', 'x not in (1)', 'x NOT IN ( )',
  'notes contains "w%"', 'notes does not contain "x"', 'notes not contains "x"',
  'notes icontains "x"', 'notes starts with "x"', 'notes starts
  with ''''', 'tags is empty', 'tags Is Not Empty']) AS f;

-- and, or, not, parentheses; only those are printed that are needed
SELECT canonical(f) FROM unnest(ARRAY[
  'effectiveness >= 20 and optimizer is not "adam" and (notes contains ''warm'' or not (tags is empty))',
  'a = 1 or b = 2 and c = 3', '(a = 1 or b = 2) and c = 3', 'a = 1 or (b = 2 or (c = 3))',
  'NOT a = 1 AND b = 2', 'not (a = 1 and b = 2)', 'not (a = 1 or b = 2)', 'not not a = 1',
  '((((a = 1))))', 'a=1 and(b=2)or not(c=3)']) AS f;

-- the filter that every document satisfies; no text is no condition
SELECT canonical(f) FROM unnest(ARRAY[
  '', '  ', E'\t\r\n', 'true', ' TRUE ', '(true)', 'true and a = 1', 'true or a = 1', 'not true', 'a = 1 and not (true)']) AS f;

-- keys
SELECT canonical(f) FROM unnest(ARRAY[
  'optimizer.lr = 1', 'a-b_c/d.e = 1', 'schlüssel = 1', '-x = 1', 'text = 1', 'date = 1', 'empty is empty',
  '"bare" = 1', '"a b" = 1', '"1a" = 1', '"" = 1', '"a\"b\\c\n\u00e9" = 1', '"$" = 1', 'nothing = 1',
  '"and" = 1 and "Or" = 2 and "NOT" = 3', '"true" = 1 and "false" = 2 and "null" = 3',
  '"is" = 1 and "in" = 2 and "between" = 3 and "contains" = 4 and "icontains" = 5 and "starts" = 6 and "does" = 7'
  ]) AS f;

-- keys with metadata. in front, as the WebUI and sorts have them; in quotes it is part of the key
SELECT canonical(f) FROM unnest(ARRAY[
  'metadata.loss < 5', 'metadata.optimizer.lr < 5', 'metadata."a b" = 1', 'metadata.and = 1 or metadata.1a = 1', 'metadata = 1', 'Metadata.x = 1', 'a.metadata.x = 1',
  'metadata_x = 1', '"metadata.loss" < 5', 'metadata.metadata.loss < 5', '"metadata".loss < 5', 'metadata."metadata.x" = 1', 'metadata.metadata.metadata.x = 1',
  '"metadata." = 1', '"metadata" = 1', 'metadata."" = 1', '"metadata.and" = 1', '"metadata.é" = 1']) AS f;
SELECT metadata_filter('metadata.loss', '<', 5), metadata_filter('metadata.loss', '<', 5) = '"metadata.loss" < 5', metadata_filter('loss', '<', 5) = 'metadata.loss < 5';
SELECT d @~ 'metadata.x = 1' AS top, d @~ '"metadata.x" = 1' AS nested, metadata_is(d, 'metadata.x', 1) AS function
FROM (VALUES (jsonb '{"x": 1}'), ('{"metadata": {"x": 1}}'), ('{"metadata.x": 1}')) AS v (d);

-- keys of several pieces, of which some are quoted
SELECT canonical(f) FROM unnest(ARRAY[
  'config."lr-0" = 1', 'config."lr 0".x = 1', 'config."a"."b" = 1', '"a"."b c".d.e = 1', '"a".0 = 1', 'config."" = 1', '"a""b" = 1', '"""" = 1', 'x."a"=1',
  'not."x" = 1 and true."and" is empty', '"a.b"."c" is not empty', 'config."lr\u0020\"0" = 1']) AS f;
SELECT jsonb '{"config": {"lr 0": 1}}' @~ 'config."lr 0" = 1';

-- numbers
SELECT canonical(f) FROM unnest(ARRAY[
  'x>-5', 'x>=20 and y<1', 'x = 20.0', 'x = 2e1', 'x = 2E+1', 'x = -0', 'x = -1.5e-3', 'x = 9007199254740993',
  'x = 123456789012345678901234567890.5', 'x = number "20"', 'x = number "NaN"', 'x < number ''Infinity''',
  'x > number "-Infinity"']) AS f;

-- strings
SELECT canonical(f) FROM unnest(ARRAY[
  'x = "adam"', 'x = ''adam''', 'x = ''it''''s''', 'x = ''a"b\n''', E'x = ''a\nb''', 'x = "it''s"', 'x = ""', 'x = ''''',
  'x = "\"\\\/\b\f\n\r\t"', 'x = "\u00e9\ud83d\ude00 \u0001"', 'x = "20"', 'x = text "20"', 'x = TEXT ''true''',
  'x is"a"and y is''b''', 'x contains text "20"']) AS f;

-- dates; a string that reads as one is one where order counts
SELECT canonical(f) FROM unnest(ARRAY[
  'x = "2024-01-15"', 'x = date "2024-01-15"', 'x = date ''2024-01''', 'x = date "2024-01-15 12:00:00.25+02:00"',
  'x < "2024-01-15"', 'x < "soon"', 'x < text "2024-01-15"', 'x between "2024-01" and date "2024-02"',
  'x between "2024" and "2024-06"', 'x < string "2024-01-15"', 'x < STRING ''soon''', 'x = string "2024-01-15"', 'x contains string "2024-01-15"',
  'x between string "2024-01" and "2024-06"', 'x between string "2024" and string "2024-06"', 'x between date "2024-01-15" and "2024-02"', 'x < date "infinity"', 'x > date "-infinity"',
  'x < date "0001-01-01"', 'x = date "9999-12-31T23:59:60Z"', 'x = date "+012024-02-29T12:00:00Z"',
  'x > date "+000000-12-31"', 'x > date "-004713-11-24T00:00:00Z"', 'x = date "+002024-02-29"']) AS f;

-- other values
SELECT canonical(f) FROM unnest(ARRAY[
  'x = true', 'x = False', 'x > false', 'x is null', 'x is not NULL', 'x is []', 'x is not {}',
  'x = [1, 2.0, "a", null, [true]]', 'x = {"b": 1, "a": {"c": "\u00e9}]"}}', 'x in ([1], {}, "a")']) AS f;

-- values of SQL types print as what reads back
SELECT f, f::text::metadata_filter = f
FROM (VALUES (metadata_filter('x', 'is', 'NaN'::float8)), (metadata_filter('x', '<', '-inf'::float4)),
  (metadata_filter('x', 'is', 0.1::float8)), (metadata_filter('x', 'is', 1e20::float8)),
  (metadata_filter('x', '<', '4713-01-01 BC'::date)), (metadata_filter('x', '<', 'infinity'::date)),
  (metadata_filter('x', '<', '294276-12-31 23:59:59.999999+00'::timestamptz)),
  (metadata_filter('x', 'is', 'a "b"'::text)), (metadata_filter(E'a\tb', 'is', '[1.50, {}]'::jsonb))) AS v(f);

-- equal filters are equal, however they are written
SELECT 'x in (1, "a", 2)'::metadata_filter = '"x" IN (2.0,''a'',1,2)'::metadata_filter,
  'x = 1'::metadata_filter = 'x is text "1"'::metadata_filter,
  'x = {"a": 1, "b": 2}'::metadata_filter = 'x = {"b": 2, "a": 1.0}'::metadata_filter;

-- errors: where the filter goes on or ends
SELECT refusal(f) FROM unnest(ARRAY[
  'x = 1 y = 2', 'x = 1 && y = 2', 'x = 1 and', 'x = 1 and and y = 2', '(x = 1', 'x = 1)', '()', 'not',
  'naïve = 1 or ?', '[1]']) AS f;

-- errors: keys
SELECT refusal(f) FROM unnest(ARRAY[
  '1a = 1', 'true = 1', 'true is 1', 'IN = 1', '''x'' = 1', '$x = 1', '"x = 1', 'metadata. = 1', 'metadata.', 'config"x" = 1', '"a"b = 1', 'a. "b" = 1', '"a" ."b" = 1',
  '"a"."b = 1']) AS f;

-- errors: operators
SELECT refusal(f) FROM unnest(ARRAY[
  'x', 'x == 1', 'x => 1', 'x resembles "a"', 'x not between 1 and 2', 'x does contain "a"', 'x starts "a"',
  'x ~ "a"', 'é é é']) AS f;

-- errors: values
SELECT refusal(f) FROM unnest(ARRAY[
  'x =', 'x = adam', 'x = averyveryverylongwordthatgoesonandonandon', 'x>=20and y = 1', 'x = 2024-01-15', 'x = 007',
  'x = +5', 'x = .5', 'x = 5.', 'x = -', 'x = 0x1F', 'x = 1e131072', 'x = 1e-16384', 'x = [1e99999999999999999999]',
  'x in 1', 'x in (1', 'x in (1 2)', 'x in (,)', 'x between 1', 'x between 1, 2', 'x = text 20',
  'x = date 2024-01-15', 'x = date "2024-02-31"', 'x = date "today"', 'x = date "+2024-01-01"',
  'x = date "+586800-01-01"', 'x = date "+999999-01-01"', 'x = date "-004713-11-23"', 'x = number "0x10"', 'x = number ""']) AS f;
-- psql leaves out half a character
SELECT octet_length(split_part(refusal('x = a' || repeat('é', 30)), '"', 2));

-- errors: strings and JSON
SELECT refusal(f) FROM unnest(ARRAY[
  'x = "abc', 'x = ''abc', 'x = "a\qb"', 'x = "\u12"', 'x = "\u0000"', 'x = "\u123', 'x = "\ud83d\u0041"', 'x = "\ud83d"', 'x = "\ude00\ud83d"', E'x = "a\nb"',
  'x = "\', 'x = [1, 2', 'x = [1 2]', 'x = [1,]', 'x = [TRUE]', 'x = [''a'']', 'x = {"a" 1}', 'x = {a: 1}',
  'x = {"a": 1 "b"', 'x = {"a": "\u0000"}']) AS f;

-- the error context names a place only where the words of another file need it
SELECT 'x = "\u00e9\q"'::metadata_filter;
SELECT 'x = 1 and ?'::metadata_filter;

-- errors: kinds of values that the operator does not take
SELECT refusal(f) FROM unnest(ARRAY[
  'x contains 5', 'x does not contain true', 'x icontains null', 'x starts with [1]', 'x contains date "2024-01-15"',
  'x < null', 'x >= [1]', 'x between 1 and {}', 'x between 1 and "a"', 'x between "2024-01-15" and 5',
  'x between true and 1', 'x between text "1" and 2', 'x between string "2024-01" and date "2024-06"', 'x between date "2024-01-15" and "soon"', 'x between "soon" and date "2024-01-15"']) AS f;

-- limits: 1,000 conditions, 100 levels
SELECT refusal(repeat('x = 1 and ', 999) || 'x = 1');
SELECT refusal(repeat('x = 1 and ', 1000) || 'x = 1');
SELECT refusal(repeat('x = 1 or ', 1000) || 'x = 1');
SELECT refusal('x in (' || repeat('1, ', 5000) || '1)');
SELECT refusal(repeat('(', 100) || 'x = 1' || repeat(')', 100));
SELECT refusal(repeat('(', 101) || 'x = 1' || repeat(')', 101));
SELECT refusal(repeat('not ', 101) || 'x = 1');
SELECT refusal(repeat('(', 1000000));
SELECT refusal(repeat('(x = 1) and ', 900) || '(y = 2)');

-- case folding
SELECT v, s, metadata_icontains(jsonb_build_object('k', v), 'k', s)
FROM (VALUES ('Warm START', 'warm start'), ('STRASSE', 'straße'), ('Straße', 'RASS'), ('ΟΔΟΣ', 'οδος'), ('οδοσ', 'ΟΔΟς'),
  ('ﬁne', 'FI'), ('É', 'é'), ('e', 'é'), ('İ', 'i'), ('I', 'ı'), ('ЖЖЖ', 'жж'), ('K', 'k'), ('x', 'xx'), ('x', '')) AS t(v, s);

DROP FUNCTION canonical(text);
DROP FUNCTION refusal(text);
