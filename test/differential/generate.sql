-- generate.sql
--
-- Documents and filters made from a seed. Every draw is a hash of the seed and
-- a label, so that a seed gives the same test on every server and plan:
-- generate.below(seed, 3, 10) is always the same one of 0 to 9.
--
-- A set of documents has a focus, a few keys and values that come back in most of
-- its documents, so that filters drawn from what occurs have something to find.
-- Filters are trees as oracle.sql has them; spell.sql writes them down.

CREATE SCHEMA generate;

-- Numbers from a seed

CREATE FUNCTION generate.below(seed bigint, label int, n int) RETURNS int
    LANGUAGE sql IMMUTABLE
    RETURN ((hashint8extended(label::bigint, seed) & 9223372036854775807) % n)::int;

CREATE FUNCTION generate.child(seed bigint, label int) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    RETURN hashint8extended(label::bigint + 1000000, seed);

CREATE FUNCTION generate.one_of(seed bigint, label int, items text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN items[1 + generate.below(seed, label, array_length(items, 1))];

-- Keys and values to draw from

CREATE TABLE generate.pool (family text, n int, item jsonb NOT NULL, PRIMARY KEY (family, n));

CREATE FUNCTION generate.add(family text, items text[]) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO generate.pool
        SELECT add.family, (SELECT count(*) FROM generate.pool p WHERE p.family = add.family) + i.n, to_jsonb(i.item)
        FROM unnest(add.items) WITH ORDINALITY i (item, n);
END;

CREATE FUNCTION generate.add_json(family text, items jsonb[]) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO generate.pool
        SELECT add_json.family, (SELECT count(*) FROM generate.pool p WHERE p.family = add_json.family) + i.n, i.item
        FROM unnest(add_json.items) WITH ORDINALITY i (item, n);
END;

DO $do$
BEGIN
    PERFORM generate.add('key', ARRAY['a', 'b', 'c', 'a.b', 'a.b.c', 'b.c', 'loss', 'notes', 'tags', 'optimizer', 'optimizer.lr', 'Loss',
        'a[].b', 'tags[].a', 'a[].b[].c', 'optimizer.b[].a.c']);
    PERFORM generate.add('odd key', ARRAY['', '*', '.', 'a.', '.a', '..', 'a..b', ' ', 'a b', '"', '''', '\', 'a"b', 'a\"b', '%', '_', 'é',
        'É', 'ключ', '日本', '😀', '1st', '-1', '-', '/', 'x/y-z_1', 'and', 'or', 'not', 'is', 'in', 'true', 'null', 'between',
        'contains', 'empty', 'text', 'date', 'metadata', 'metadata.a', '$ref', 'a[0]', 'a[]', '[].a', '[]', 'a[]b', 'a[].', 'a[][].b', 'and[].a', '1[].a', 'a b[].c', chr(1), e'a\tb', e'a\nb', chr(127), '«»']);
    -- Around the length at which the index cuts a key, also through a character.
    PERFORM generate.add('long key', ARRAY[repeat('k', 126), repeat('k', 127), repeat('k', 128), repeat('k', 129), repeat('k', 130),
        repeat('k', 200), repeat('k', 199) || 'l', repeat('k', 199) || 'm', repeat('k', 127) || 'é', repeat('k', 126) || 'é',
        repeat('k', 127) || 'ê', repeat('é', 64), repeat('é', 64) || 'a', repeat('é', 65), 'k' || repeat('é', 64),
        repeat('k', 128) || '0123456789abcdef', repeat('k', 100) || '.' || repeat('m', 60), repeat('k', 100) || '.' || repeat('m', 61),
        repeat('k', 128) || '.x', repeat('k', 127) || '.x', repeat('k', 127) || '.', repeat('k', 128) || chr(1), repeat('k', 124) || '[].m', repeat('k', 125) || '[].m', repeat('k', 128) || '[].m', repeat('k', 130) || '[].m']);

    PERFORM generate.add_json('number', ARRAY['0', '-0', '0.0', '1', '-1', '1.0', '2', '3', '5', '10', '20', '20.0', '2e1', '-20', '0.1', '0.10',
        '-0.1', '0.5', '1.5', '0.30000000000000004', '0.3', '99', '100', '101', '9999', '10000', '10001', '99.99', '100.01', '0.01',
        '0.001', '0.0001', '0.00001', '-0.00001', '999999.999999', '1234567.891', '-1234567.891', '1000000', '7e9', '7000000001',
        '2147483647', '2147483648', '-2147483648', '-2147483649', '9007199254740992', '9007199254740993', '1152921504606846976',
        '1152921504606846977', '9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809',
        '123456789012345678901234567890', '123456789012345678901234567891', '123456789012345678901234567890.5',
        '-123456789012345678901234567890', '0.123456789012345678901234567890', '1e-400', '-1e-400', '1.1e-400', '1e-401', '1e400',
        '-1e400', '1e401', '9e400', '1e1000', '1e-1000', '1e22', '1e16', '1e15', '1e-7', '3.4028235e38', '1.7976931348623157e308', '5e-324']::jsonb[]);

    PERFORM generate.add('string', ARRAY['', 'a', 'A', 'b', 'ab', 'abc', 'b a', 'warm', 'WARM', 'Warm start', 'warm start', 'adam', 'adamw',
        'sgd', '%', '_', '\', '%%', 'a%b', 'a_b', 'a\b', '\%', '"', '''', '"a"', 'a"b', 'it''s', '20', '20.0', '2e1', '20 ', ' 20', '+20',
        '020', '-0', '0', '.5', '5.', '1E5', '0x10', '1_000', '1e-400', 'Infinity', 'NaN', 'true', 'false', 'True', 'null', '[]', '{}',
        '[1]', 'É', 'é', U&'e\0301', U&'E\0301', 'Ä', 'ß', 'ss', 'SS', 'ẞ', 'straße', 'STRASSE', 'Σ', 'σ', 'ς', 'ΣΑΣ',
        U&'\0130', 'i', 'I', U&'\0131', U&'i\0307', U&'\212A', 'k', 'K', U&'\017F', U&'\FB01', 'fi', U&'\0149', U&'\01F0', U&'\0390',
        U&'\01C4', U&'\01C5', U&'\00B5', U&'\03BC', U&'\03D0', U&'\0345', U&'\1C90', U&'\AB70', U&'\13A0', U&'\+010400', U&'\+010428',
        U&'\212B', U&'\00E5', 'Ж', 'ж', '日本語', '😀', 'a😀b', U&'\FFFF', U&'\+10FFFF', U&'\E000', chr(1), e'a\nb', e'a\tb', e'a\rb', chr(127),
        ' ', 'a ', ' a', U&'\00A0', U&'\2028', U&'\FEFF']);

    PERFORM generate.add('date', ARRAY['2024-01-15', '2024-01-15T00:00:00Z', '2024-01-15T01:00:00+01:00', '2024-01-14T19:00:00-05:00',
        '2024-01-15 00:00:00', '2024-01-15t00:00:00z', '2024-01-15T00:00:00', '2024-01-15T00:00:00.000Z', '2024-01-14T23:59:60Z',
        '2024-01-14T23:59:59.9999999Z', '2024-01-15T00:00:00.0000001Z', '2024-01-15 00:00:00+00:00', '2024-01-15T00:00:00-00:00',
        '2024-01', '2024-01-01', '2024-01-01T00:00:00Z', '2023-12-31T23:59:60Z', '2024-02', '2024-02-01', '2024-01-15T00:00:00.123456Z',
        '2024-01-15T00:00:00.1234565Z', '2024-01-15T00:00:00.1234575Z', '2024-01-15T00:00:00.123457', '2024-01-15T00:00:00.5Z',
        '2024-01-15T00:00:00.50Z', '2024-01-15T00:00:00.999999Z', '2024-01-15T00:00:00.9999995Z', '2024-01-15T00:00:00.9999994999Z',
        '2024-02-29', '2000-02-29', '1969-12-31T23:59:59.999999Z', '1970-01-01', '0001-01-01', '0001-01', '0001-01-01T00:00:00+23:59',
        '0001-01-01T00:00:00.000001Z', '9999-12-31', '9999-12', '9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:60.5Z',
        '9999-12-31T23:59:59-23:59', '2024-01-15T10:20:30+05:30', '2024-01-15T04:50:30Z', '2024-01-15T10:20:60+05:30',
        '2024-06-15T10:00:00-00:01', '2024-01-15T00:00:00.' || repeat('1', 60) || 'Z', '2024-01-15T00:00:00.' || repeat('1', 150) || 'Z',
        '2024-01-15T00:00:00.' || repeat('1', 149) || '2Z', '1582-10-10', '2024-12-31T12:00:60', '2024-01-15T00:30:60.25+00:30',
        '2024-01-15T00:00', '2024-01-15 00:00', '2024-01-15t00:00z', '2024-01-15T00:00Z', '2024-01-15T01:00+01:00', '2024-01-15T01:00+0100',
        '2024-01-15T01:00+01', '2024-01-14T19:00 -05', '2024-01-15T01:00:00+0100', '2024-01-15 01:00:00 +0100', '2024-01-15 01:00:00+01',
        '2024-01-14 20:30:00.000 -03:30', '2024-01-14T20:30:00.5-0330', '2024-01-15T00:00:00-0000', '2024-01-15T00:00:00-00', '2024-01-15T00:00+0000',
        '2024-01-15T00:00:00+00', '0001-01-01T00:00+2359', '9999-12-31T23:59-23']);
    -- Nearly dates.
    PERFORM generate.add('undated', ARRAY['2024-02-30', '2024-02-31', '2023-02-29', '1900-02-29', '2024-13-01', '2024-00-10', '2024-01-00',
        '2024-13', '2024-00', '0000-01-01', '0000-01', '2024-01-15T24:00:00Z', '2024-01-15T10:60:00Z', '2024-01-15T10:00:61Z',
        '2024-01-15T10', '2024-01-15T10Z', '2024-01-15T10+01', '2024-01-15T10:00.5', '2024-01-15T10:00:00+24:00', '2024-01-15T10:00:00+01:60',
        '2024-01-15T10:00:00+2400', '2024-01-15T10:00:00+0160', '2024-01-15T10:00:00+1', '2024-01-15T10:00:00+010', '2024-01-15T10:00:00+01:0',
        '2024-01-15T10:00:00+01:00:00', '2024-01-15T10:00:00+010000', '2024-01-15T10:00:00  +01', '2024-01-15 +02', '2024-01-15 -03:30',
        '2024-01-15+02', '2024-01-15 +0200', '2024-02-30 +02', '2024-01-15 +24', '2024-01-15 10:00:00+24', '2024-01-15T10:00+24', '2024-1-5', ' 2024-01-15', '2024-01-15 ', '2024-01-15Z', '2024-01-15T',
        '2024-01-15  00:00:00', '2024-01-15_00:00:00', '20240115', '2024', '2024-', '2024-01-', '2024-W03', '-2024-01-15', '+2024-01-15',
        '12024-01-15', '2024-01-15T10:00:00.Z', '2024-01-15T10:00:00,5Z', '2024-01-15T10:00:00 Z', '2024-01-15T10:00:00Z ',
        U&'\FF12\FF10\FF12\FF14-01-15', U&'2024-01-15T10:00:00\221205:00', e'2024-01-15\n', e'2024-01-15T00:00:00Z\n', '2024-01-15T00:00:00ZZ',
        '2024-01-15T00:00:00+', '2024/01/15', '2024-01-15T00:00:00.1.2Z', '2024-01-15T00:00:00+00:00Z', 'now', 'infinity', 'epoch', '15-01-2024']);

    PERFORM generate.add_json('container', ARRAY['[]', '{}', '[null]', '[[]]', '[{}]', '[[],[[]]]', '[[null]]', '[[[null]],{}]', '[1,[2,[3]]]',
        '[[1,2]]', '[1,2]', '[2,1]', '[1,2,2]', '[20]', '[20.0]', '["20"]', '[{"a":1}]', '[{"a":{"b":1}}]', '{"a":{}}', '{"a":[]}', '{"a":null}',
        '{"a":1}', '{"a":1.0}', '{"a":1,"b":2}', '{"b":2,"a":1}', '{"a":{"b":1}}', '{"":{"":1}}', '{"a.b":1,"a":{"b":2}}', '[true]', '[false,null]',
        '["2024-01-15","2024-02-31"]', '["a",["b",["c"]]]', '[[{"a":1}]]', '[{"a":1},{}]', '["warm",20,null,true,[],{}]', '[1,"1",[1]]', '[[[[[1]]]]]',
        '{"a":{"b":{"c":{"d":1}}}}', '[[],[],{"a":[]}]', '[[1],[2],[3,{"b":2}]]']::jsonb[]);
    PERFORM generate.add_json('no object', ARRAY['1', '"a"', 'null', 'true', '[]', '[1,2]', '[{"a":1}]', '[[]]', '"2024-01-15"', '{}', '{}']::jsonb[]);
END
$do$;

CREATE FUNCTION generate.from_pool(family text, seed bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN (SELECT p.item FROM generate.pool p
            WHERE p.family = from_pool.family
              AND p.n = 1 + generate.below(from_pool.seed, 0, (SELECT count(*)::int FROM generate.pool q WHERE q.family = from_pool.family)));

-- A length near those at which an index could cut a value, or near the setting differential.cut.
CREATE FUNCTION generate.long_length(seed bigint) RETURNS int
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    cut text := nullif(current_setting('differential.cut', true), '');
BEGIN
    IF cut IS NOT NULL AND generate.below(seed, 1, 2) = 0 THEN
        RETURN greatest(1, cut::int - 6 + generate.below(seed, 2, 24));
    END IF;
    CASE generate.below(seed, 3, 10)
        WHEN 0, 1, 2 THEN RETURN 60 + generate.below(seed, 4, 11);
        WHEN 3, 4, 5 THEN RETURN 120 + generate.below(seed, 4, 21);
        WHEN 6, 7 THEN RETURN 250 + generate.below(seed, 4, 12);
        WHEN 8 THEN RETURN 300;
        ELSE RETURN 25 + generate.below(seed, 4, 15);
    END CASE;
END
$$;

-- Long strings that differ late, if at all.
CREATE FUNCTION generate.long_string(seed bigint) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    bytes int := generate.long_length(generate.child(seed, 1));
    t text;
BEGIN
    CASE generate.below(seed, 2, 8)
        WHEN 0 THEN t := repeat('é', bytes / 2) || CASE bytes % 2 WHEN 1 THEN 'e' ELSE '' END;
        WHEN 1 THEN t := 'x' || repeat('é', (bytes - 1) / 2);
        WHEN 2 THEN t := rpad('2024-01-15T00:00:00.', bytes, '0');
        WHEN 3 THEN t := rpad('Warm Start ', bytes, 'Warm Start ');
        ELSE t := repeat('x', bytes);
    END CASE;
    CASE generate.below(seed, 3, 8)
        WHEN 0 THEN RETURN t || 'a';
        WHEN 1 THEN RETURN t || 'b';
        WHEN 2 THEN RETURN left(t, -1) || 'warm';
        WHEN 3 THEN RETURN left(t, -1) || chr(1);
        WHEN 4 THEN RETURN left(t, -1) || '日本';
        ELSE RETURN t;
    END CASE;
END
$$;

-- A word of letters that case folding turns into others, or that others turn into.
CREATE FUNCTION generate.folding_word(seed bigint) RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT string_agg(CASE generate.below(seed, i, 4) WHEN 0 THEN f.letter WHEN 1 THEN f.folded
                                   ELSE generate.one_of(seed, 100 + i, '{s,S,ss,SS,i,I,k,f,fi,FI,a,A,é,É,σ,ı}') END, '' ORDER BY i)
            FROM generate_series(1, 1 + generate.below(seed, 0, 5)) i,
                 LATERAL (SELECT * FROM oracle.folding ORDER BY letter COLLATE "C"
                          OFFSET generate.below(seed, 200 + i, (SELECT count(*)::int FROM oracle.folding)) LIMIT 1) f);

CREATE FUNCTION generate.long_number(seed bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    digits text := rpad('', generate.long_length(generate.child(seed, 1)), '1234567890') || generate.one_of(seed, 2, '{"",0,1,2,00001}');
    point int := generate.below(seed, 3, 4);
BEGIN
    RETURN (CASE generate.below(seed, 4, 3) WHEN 0 THEN '-' ELSE '' END
        || CASE point WHEN 0 THEN '0.' || digits
                      WHEN 1 THEN left(digits, 5) || '.' || substr(digits, 6)
                      WHEN 2 THEN digits || 'e-300'
                      ELSE digits END)::jsonb;
END
$$;

CREATE FUNCTION generate.scalar(seed bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    c bigint := generate.child(seed, 1);
    r int := generate.below(seed, 2, 100);
BEGIN
    RETURN CASE
        WHEN r < 26 THEN generate.from_pool('number', c)
        WHEN r < 30 THEN generate.long_number(c)
        WHEN r < 34 THEN to_jsonb(generate.below(seed, 3, 30) - 5)
        WHEN r < 50 THEN generate.from_pool('string', c)
        WHEN r < 56 THEN to_jsonb(generate.folding_word(c))
        WHEN r < 67 THEN to_jsonb(generate.long_string(c))
        WHEN r < 87 THEN generate.from_pool('date', c)
        WHEN r < 93 THEN generate.from_pool('undated', c)
        WHEN r < 98 THEN to_jsonb(r < 96)
        ELSE 'null'
    END;
END
$$;

-- Documents

CREATE TABLE generate.focus (keys text[], scalars jsonb[]);

CREATE PROCEDURE generate.choose_focus(seed bigint)
    LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM generate.focus;
    INSERT INTO generate.focus
        SELECT (SELECT array_agg(generate.from_pool(CASE WHEN r < 6 THEN 'key' WHEN r < 9 THEN 'odd key' ELSE 'long key' END,
                                                    generate.child(seed, i)) #>> '{}' ORDER BY i)
                FROM generate_series(1, 3 + generate.below(seed, 1, 5)) i, LATERAL generate.below(seed, 100 + i, 10) r),
               (SELECT array_agg(generate.scalar(generate.child(seed, 1000 + i)) ORDER BY i)
                FROM generate_series(1, 6 + generate.below(seed, 2, 25)) i);
END
$$;

CREATE FUNCTION generate.key(seed bigint) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    r int := generate.below(seed, 1, 20);
    c bigint := generate.child(seed, 2);
BEGIN
    IF r < 16 THEN
        RETURN (SELECT f.keys[1 + generate.below(c, 3, array_length(f.keys, 1))] FROM generate.focus f);
    END IF;
    RETURN generate.from_pool(CASE WHEN r < 18 THEN 'key' WHEN r < 19 THEN 'odd key' ELSE 'long key' END, c) #>> '{}';
END
$$;

-- Put a value under a key, as one member or through objects split at its dots, and through arrays where it has [] in front.
CREATE FUNCTION generate.put(doc jsonb, key text, item jsonb, seed bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    parts text[] := string_to_array(key, '.');
    at int := generate.below(seed, 1, greatest(array_length(parts, 1), 1));
    head text;
    rest text;
    name text;
    found jsonb;
BEGIN
    IF key = '' OR at = 0 OR generate.below(seed, 2, 5) < 2 THEN
        RETURN doc || jsonb_build_object(key, item);
    END IF;
    head := array_to_string(parts[1:at], '.');
    rest := array_to_string(parts[at + 1:], '.');
    IF head LIKE '%[]' AND generate.below(seed, 4, 8) > 0 THEN
        name := left(head, -2);
        found := jsonb_build_array(generate.put('{}', rest, item, generate.child(seed, 3)));
        FOR i IN 1 .. generate.below(seed, 5, 4) LOOP
            found := found || jsonb_build_array(generate.put('{}', rest, generate.item(generate.child(seed, 10 + i), 3), generate.child(seed, 20 + i)));
        END LOOP;
        RETURN doc || jsonb_build_object(name, CASE jsonb_typeof(doc -> name) WHEN 'array' THEN doc -> name ELSE '[]' END
            || CASE generate.below(seed, 6, 4) WHEN 0 THEN jsonb_build_array(found) WHEN 1 THEN found || '1' ELSE found END);
    END IF;
    RETURN doc || jsonb_build_object(head,
        generate.put(CASE jsonb_typeof(doc -> head) WHEN 'object' THEN doc -> head ELSE '{}' END, rest, item, generate.child(seed, 3)));
END
$$;

CREATE FUNCTION generate.item(seed bigint, depth int) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    r int := generate.below(seed, 1, 100);
    c bigint := generate.child(seed, 2);
    made jsonb;
BEGIN
    IF r < 55 OR depth > 4 THEN
        RETURN (SELECT f.scalars[1 + generate.below(c, 3, array_length(f.scalars, 1))] FROM generate.focus f);
    ELSIF r < 68 THEN
        RETURN generate.scalar(c);
    ELSIF r < 72 THEN
        RETURN 'null';
    ELSIF r < 80 THEN
        RETURN generate.from_pool('container', c);
    ELSIF r < 92 THEN
        RETURN (SELECT coalesce(jsonb_agg(generate.item(generate.child(c, i), depth + 1) ORDER BY i), '[]')
                FROM generate_series(1, generate.below(seed, 4, 5)) i);
    END IF;
    made := '{}';
    FOR i IN 1 .. generate.below(seed, 5, 4) LOOP
        made := generate.put(made, generate.one_of(c, i, '{a,b,c,"",b.c,lr,é}'), generate.item(generate.child(c, i), depth + 1),
                             generate.child(c, 100 + i));
    END LOOP;
    RETURN made;
END
$$;

CREATE FUNCTION generate.document(seed bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    r int := generate.below(seed, 1, 100);
    c bigint := generate.child(seed, 2);
    doc jsonb := '{}';
BEGIN
    IF r < 3 THEN
        RETURN NULL;
    ELSIF r < 7 THEN
        RETURN generate.from_pool('no object', c);
    END IF;
    FOR i IN 1 .. 1 + generate.below(seed, 3, 6) LOOP
        doc := generate.put(doc, generate.key(generate.child(c, i)), generate.item(generate.child(c, 100 + i), 1), generate.child(c, 200 + i));
    END LOOP;
    IF r = 99 THEN
        doc := doc || jsonb_build_object('blob', (SELECT string_agg(md5(seed::text || i), '') FROM generate_series(1, 200) i));
    END IF;
    RETURN doc;
END
$$;

-- Fill oracle.document with a set of documents.
CREATE PROCEDURE generate.documents(seed bigint)
    LANGUAGE plpgsql AS $$
BEGIN
    CALL generate.choose_focus(generate.child(seed, 1));
    DELETE FROM oracle.document;
    INSERT INTO oracle.document
        SELECT i, generate.document(generate.child(seed, 1000 + i))
        FROM generate_series(1, 60 + generate.below(seed, 2, 141)) i;
    CALL oracle.load();
END
$$;

-- Filters

-- One of the values that the key holds, or that any key holds, or any value.
CREATE FUNCTION generate.draw(seed bigint, key text) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    r int := generate.below(seed, 1, 20);
    total int;
    found jsonb;
BEGIN
    IF r < 15 THEN
        SELECT count(*) INTO total FROM oracle.held h WHERE h.key = draw.key;
        IF total > 0 THEN
            SELECT (h.v).json INTO found FROM oracle.held h WHERE h.key = draw.key
                ORDER BY h.n OFFSET generate.below(seed, 2, total) LIMIT 1;
        END IF;
    ELSIF r < 18 THEN
        SELECT max(n) INTO total FROM oracle.held h;
        SELECT (h.v).json INTO found FROM oracle.held h WHERE h.n = 1 + generate.below(seed, 2, total);
    END IF;
    RETURN coalesce(found, generate.scalar(generate.child(seed, 3)));
END
$$;

-- A value near another, of its kind.
CREATE FUNCTION generate.near(seed bigint, item jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    r int := generate.below(seed, 1, 6);
    t text := item #>> '{}';
BEGIN
    CASE jsonb_typeof(item)
        WHEN 'number' THEN
            RETURN to_jsonb(CASE r WHEN 0 THEN t::numeric + 1 WHEN 1 THEN t::numeric - 1 WHEN 2 THEN t::numeric * 10
                                   WHEN 3 THEN t::numeric - 1e-30 WHEN 4 THEN t::numeric + 1e-10 ELSE -t::numeric END);
        WHEN 'boolean' THEN
            RETURN to_jsonb(NOT t::boolean);
        WHEN 'string' THEN
            IF oracle.instant(t) IS NOT NULL THEN
                RETURN generate.from_pool('date', generate.child(seed, 2));
            END IF;
            RETURN to_jsonb(CASE r WHEN 0 THEN t || 'a' WHEN 1 THEN left(t, -1) WHEN 2 THEN left(t, -1) || '~' WHEN 3 THEN t || '0'
                                   WHEN 4 THEN 'b' || t ELSE t || U&'\+10FFFF' END);
        ELSE
            RETURN item;
    END CASE;
END
$$;

-- A piece of a string to look for, sometimes in other letters.
CREATE FUNCTION generate.piece(seed bigint, op text, t text) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    start int := CASE WHEN op IN ('starts with', 'istarts with') OR generate.below(seed, 1, 3) = 0 THEN 1
                      ELSE 1 + generate.below(seed, 2, greatest(char_length(t), 1)) END;
    size int := generate.below(seed, 3, char_length(t) - start + 2);
BEGIN
    IF generate.below(seed, 4, 3) = 0 THEN
        size := char_length(t);
    ELSIF generate.below(seed, 4, 3) = 1 THEN
        size := least(size, 4);
    END IF;
    t := CASE op WHEN 'ends with' THEN right(t, size) ELSE substr(t, start, size) END;
    CASE generate.below(seed, 5, CASE WHEN op IN ('icontains', 'iis', 'istarts with', 'ilike') THEN 7 ELSE 12 END)
        WHEN 0 THEN t := t || generate.one_of(seed, 6, '{%,_,a,é}');
        WHEN 1 THEN t := translate(t, 'abcdefghijklmnopqrstuvwxyzéσä', 'ABCDEFGHIJKLMNOPQRSTUVWXYZÉΣÄ');
        WHEN 2 THEN t := translate(t, 'ABCDEFGHIJKLMNOPQRSTUVWXYZÉΣÄ', 'abcdefghijklmnopqrstuvwxyzéσä');
        WHEN 3 THEN t := oracle.fold(t);
        WHEN 4 THEN t := translate(replace(t, 'ss', 'ß'), 'sk', U&'\017F\212A');
        WHEN 5 THEN t := translate(replace(oracle.fold(t), 'ss', 'ẞ'), 'σik', U&'ςI\212A');
        ELSE NULL;
    END CASE;
    RETURN t;
END
$$;

-- A pattern of LIKE that a string matches, or nearly: characters stand for themselves, with a backslash or without, or are
-- replaced by wildcards; the end is cut off now and then.
CREATE FUNCTION generate.like_pattern(seed bigint, t text) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    wild int := generate.one_of(seed, 1, '{3,6,20,1000}')::int;
    start int := CASE generate.below(seed, 2, 3) WHEN 0 THEN 1 + generate.below(seed, 3, char_length(t) + 1) ELSE 1 END;
    last int := CASE generate.below(seed, 4, 3) WHEN 0 THEN generate.below(seed, 5, char_length(t) + 1) ELSE char_length(t) END;
    pattern text := CASE WHEN start > 1 OR generate.below(seed, 6, 4) = 0 THEN '%' ELSE '' END;
    c text;
BEGIN
    FOR i IN start .. last LOOP
        c := substr(t, i, 1);
        pattern := pattern || CASE WHEN generate.below(seed, 1000 + i, wild) = 0 THEN generate.one_of(seed, 2000 + i, '{_,%,%%}')
                                   WHEN c IN ('%', '_', chr(92)) OR generate.below(seed, 3000 + i, 10) = 0 THEN chr(92) || c ELSE c END;
    END LOOP;
    RETURN pattern || CASE WHEN last < char_length(t) OR generate.below(seed, 7, 4) = 0 THEN '%' ELSE '' END
        || CASE generate.below(seed, 8, 12) WHEN 0 THEN generate.one_of(seed, 9, '{_,a,é}') ELSE '' END;
END
$$;

-- A regular expression that a string matches, or nearly: characters stand for themselves, or are replaced by others of the same
-- kind, repeated, optional, one of a choice.
CREATE FUNCTION generate.regex(seed bigint, t text) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    wild int := generate.one_of(seed, 1, '{2,4,15,1000}')::int;
    start int := CASE generate.below(seed, 2, 2) WHEN 0 THEN 1 + generate.below(seed, 3, char_length(t) + 1) ELSE 1 END;
    last int := CASE generate.below(seed, 4, 2) WHEN 0 THEN start + generate.below(seed, 5, 12) - 1 ELSE char_length(t) END;
    regex text := CASE WHEN start = 1 AND generate.below(seed, 6, 2) = 0 THEN '^' ELSE '' END;
    c text;
    quoted text;
BEGIN
    IF generate.below(seed, 7, 40) = 0 THEN
        RETURN '***=' || substr(t, start, last - start + 1);
    END IF;
    FOR i IN start .. least(last, char_length(t)) LOOP
        c := substr(t, i, 1);
        quoted := CASE WHEN c ~ '[a-zA-Z0-9]' OR ascii(c) > 127 OR ascii(c) < 32 THEN c ELSE chr(92) || c END;
        IF generate.below(seed, 1000 + i, wild) > 0 THEN
            regex := regex || quoted;
            CONTINUE;
        END IF;
        CASE generate.below(seed, 2000 + i, 16)
            WHEN 0 THEN regex := regex || '.';
            WHEN 1 THEN regex := regex || '.*';
            WHEN 2 THEN regex := regex || quoted || '?';
            WHEN 3 THEN regex := regex || quoted || '+';
            WHEN 4 THEN regex := regex || quoted || '*';
            WHEN 5 THEN regex := regex || 'x?' || quoted;
            WHEN 6 THEN regex := regex || quoted || '{1,3}';
            WHEN 7 THEN regex := regex || '(' || quoted || '|x)';
            WHEN 8 THEN regex := regex || '(?:x|' || quoted || 'y?)';
            WHEN 9 THEN regex := regex || CASE WHEN c ~ '[a-zA-Z0-9]' OR ascii(c) > 127 THEN '[' || c || 'x]' ELSE '[^x]' END;
            WHEN 10 THEN regex := regex || '[^]]';
            WHEN 11 THEN regex := regex || CASE WHEN c ~ '[a-z]' THEN '[[:lower:]]' WHEN c ~ '[0-9]' THEN '\d' ELSE quoted END;
            WHEN 12 THEN regex := regex || '(?=' || quoted || ')' || quoted;
            WHEN 13 THEN regex := regex || CASE WHEN ascii(c) BETWEEN 32 AND 126 THEN chr(92) || 'u' || lpad(to_hex(ascii(c)), 4, '0') ELSE quoted END;
            WHEN 14 THEN regex := regex || CASE generate.below(seed, 3000 + i, 3) WHEN 0 THEN '|' ELSE '(?#a' || chr(92) || ')' END || quoted;
            ELSE regex := regex || quoted || '{0,1}' || quoted || '?' || quoted || '*';
        END CASE;
    END LOOP;
    RETURN CASE generate.below(seed, 8, 5) WHEN 0 THEN '(?i)' ELSE '' END || regex
        || CASE WHEN last = char_length(t) AND generate.below(seed, 9, 2) = 0 THEN '$' ELSE '' END;
END
$$;

-- What a search looks for, made of a string.
CREATE FUNCTION generate.searched(seed bigint, op text, t text) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE op WHEN 'matches' THEN generate.regex(seed, t)
                   WHEN 'like' THEN generate.like_pattern(seed, t)
                   WHEN 'ilike' THEN generate.like_pattern(seed, generate.piece(generate.child(seed, 10), op, t))
                   ELSE generate.piece(seed, op, t) END;

-- A way of writing a number as text; some are no JSON numbers and so no numbers at all.
CREATE FUNCTION generate.number_text(seed bigint, n numeric) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE generate.below(seed, 1, 14)
        WHEN 0 THEN '+' || n WHEN 1 THEN '0' || n WHEN 2 THEN ' ' || n WHEN 3 THEN n || ' '
        WHEN 4 THEN n || '.' WHEN 5 THEN n || 'e0' WHEN 6 THEN (n * 100) || 'E-2' WHEN 7 THEN n || 'e+00'
        WHEN 8 THEN trim_scale(n)::text
        ELSE n::text END;
END
$$;

-- A value for a condition: {"form": ..., "value": ...}
CREATE FUNCTION generate.operand(seed bigint, op text, key text) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    item jsonb := generate.draw(generate.child(seed, 1), key);
    kind text;
    r int := generate.below(seed, 2, 100);
BEGIN
    IF op NOT IN ('is', 'is not', 'in', 'not in') AND jsonb_typeof(item) = 'array' THEN
        item := coalesce((SELECT e FROM oracle.elements(item) e LIMIT 1), '20');
    END IF;
    IF op NOT IN ('is', 'is not', 'in', 'not in') AND jsonb_typeof(item) IN ('null', 'object', 'array') THEN
        item := generate.from_pool('number', seed);
    END IF;
    IF oracle.searches(op) THEN
        RETURN jsonb_build_object('form', 'json', 'value',
            generate.searched(generate.child(seed, 3), coalesce(oracle.negated(op), op), item #>> '{}'));
    END IF;
    IF generate.below(seed, 4, 5) = 0 THEN
        item := generate.near(generate.child(seed, 5), item);
    END IF;
    kind := jsonb_typeof(item);
    IF kind = 'string' AND oracle.instant(item #>> '{}') IS NOT NULL AND r < 35 THEN
        RETURN jsonb_build_object('form', 'date', 'value', item);
    ELSIF kind = 'string' AND oracle.instant(item #>> '{}') IS NOT NULL AND r < 50 AND op IN ('<', '<=', '>', '>=') THEN
        RETURN jsonb_build_object('form', 'string', 'value', item);
    ELSIF r < 65 OR (kind IN ('null', 'array', 'object') AND r < 90) THEN
        RETURN jsonb_build_object('form', 'json', 'value', item);
    ELSIF kind = 'number' THEN
        RETURN jsonb_build_object('form', 'text', 'value', generate.number_text(seed, item::numeric));
    END IF;
    RETURN jsonb_build_object('form', 'text', 'value', coalesce(item #>> '{}', 'null'));
END
$$;

-- The kind by which a typed value is compared in a range.
CREATE FUNCTION generate.range_kind(item jsonb) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE WHEN oracle.instant(CASE jsonb_typeof(item) WHEN 'string' THEN item #>> '{}' END) IS NOT NULL THEN 'date'
                ELSE jsonb_typeof(item) END;

CREATE FUNCTION generate.between(seed bigint, key text) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    low jsonb := generate.operand(generate.child(seed, 1), 'between', key);
    other jsonb := generate.operand(generate.child(seed, 2), 'between', key);
    high jsonb := other -> 'value';
    low_first boolean;
BEGIN
    IF low ->> 'form' = 'text' THEN
        high := to_jsonb(high #>> '{}');
    ELSIF generate.range_kind(high) <> generate.range_kind(low -> 'value') THEN
        high := generate.near(generate.child(seed, 3), low -> 'value');
        IF generate.range_kind(high) <> generate.range_kind(low -> 'value') THEN
            high := low -> 'value';
        END IF;
    END IF;
    low_first := CASE WHEN generate.range_kind(low -> 'value') = 'date' AND generate.range_kind(high) = 'date'
                      THEN oracle.instant(low ->> 'value') <= oracle.instant(high #>> '{}')
                      WHEN jsonb_typeof(high) = 'string' AND oracle.is_json_number(low ->> 'value') AND oracle.is_json_number(high #>> '{}')
                      THEN (low ->> 'value')::numeric <= (high #>> '{}')::numeric
                      WHEN jsonb_typeof(high) = 'number' THEN (low -> 'value')::numeric <= high::numeric
                      ELSE low ->> 'value' <= high #>> '{}' COLLATE "C" END;
    IF NOT low_first AND generate.below(seed, 4, 8) > 0 THEN
        RETURN low || jsonb_build_object('value', high, 'high', low -> 'value');
    END IF;
    RETURN low || jsonb_build_object('high', high);
END
$$;

-- Whether a condition may be on any key: it is about values.
CREATE FUNCTION generate.takes_any(leaf jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN oracle.negated(leaf ->> 'op') IS NULL AND leaf ->> 'op' NOT IN ('is empty', 'is not empty')
        AND NOT coalesce(leaf -> 'value' IN ('null', '[]', '{}'), false)
        AND NOT EXISTS (SELECT FROM jsonb_array_elements(leaf -> 'values') v WHERE v -> 'value' IN ('null', '[]', '{}'));

CREATE FUNCTION generate.leaf_of_key(seed bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    op text := generate.one_of(seed, 1, ARRAY['is', 'is', 'is', 'is not', 'is not', 'in', 'in', 'not in', '<', '<=', '>', '>=', '<', '>',
        'between', 'between', 'contains', 'contains', 'does not contain', 'icontains', 'icontains', 'starts with', 'starts with',
        'is empty', 'is not empty', 'iis', 'istarts with', 'ends with', 'matches', 'matches', 'like', 'like', 'ilike',
        generate.one_of(seed, 8, ARRAY['iis not', 'does not icontain', 'does not start with', 'does not istart with', 'does not end with',
            'does not match', 'not like', 'not ilike'])]);
    key text;
    c bigint := generate.child(seed, 2);
    leaf jsonb;
    found text;
BEGIN
    IF op IN ('icontains', 'iis', 'istarts with', 'ilike') AND generate.below(seed, 7, 5) < 3 THEN
        -- Look for letters that fold, where there are any.
        SELECT h.key, (h.v).str INTO key, found FROM oracle.held h
            WHERE (h.v).str ~ (SELECT '[' || string_agg(f.letter, '') || ']' FROM oracle.folding f WHERE f.letter <> 'É')
            ORDER BY hashint8extended(h.n, c) LIMIT 1;
        IF found IS NOT NULL THEN
            RETURN jsonb_build_object('op', op, 'key', key, 'form', 'json', 'value', generate.searched(generate.child(c, 3), op, found));
        END IF;
    END IF;
    IF generate.below(seed, 3, 8) > 0 THEN
        SELECT h.key INTO key FROM oracle.held h WHERE h.n = 1 + generate.below(seed, 4, (SELECT max(n) FROM oracle.held));
    END IF;
    key := coalesce(key, generate.key(c));
    leaf := jsonb_build_object('op', op, 'key', key);
    CASE op
        WHEN 'is empty', 'is not empty' THEN
            RETURN leaf;
        WHEN 'in', 'not in' THEN
            RETURN leaf || jsonb_build_object('values',
                (SELECT coalesce(jsonb_agg(generate.operand(generate.child(c, i), op, key) ORDER BY i), '[]')
                 FROM generate_series(1, CASE generate.below(seed, 5, 20) WHEN 0 THEN 0 ELSE 1 + generate.below(seed, 6, 5) END) i));
        WHEN 'between' THEN
            RETURN leaf || generate.between(c, key);
        ELSE
            RETURN leaf || generate.operand(c, op, key);
    END CASE;
END
$$;

-- One in so many is on any key; some of a key of the name that means it.
CREATE FUNCTION generate.leaf(seed bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    leaf jsonb := generate.leaf_of_key(seed);
BEGIN
    RETURN CASE generate.below(seed, 9, 60) WHEN 0 THEN leaf || '{"key": "*"}'
        ELSE CASE WHEN generate.below(seed, 10, 8) = 0 AND generate.takes_any(leaf) THEN leaf - 'key' || '{"any": true}' ELSE leaf END END;
END
$$;

CREATE FUNCTION generate.filter(seed bigint, depth int DEFAULT 0) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    r int := generate.below(seed, 1, 100);
    c bigint := generate.child(seed, 2);
    children jsonb;
BEGIN
    IF r < 60 + 15 * depth OR depth > 3 THEN
        RETURN CASE WHEN r = 0 THEN '{"op": "true"}' ELSE generate.leaf(c) END;
    ELSIF r > 91 THEN
        RETURN jsonb_build_object('not', generate.filter(c, depth + 1));
    END IF;
    children := (SELECT jsonb_agg(generate.filter(generate.child(c, i), depth + 1) ORDER BY i)
                 FROM generate_series(1, 2 + generate.below(seed, 3, 3)) i);
    RETURN jsonb_build_object(CASE r % 2 WHEN 0 THEN 'and' ELSE 'or' END, children);
END
$$;
