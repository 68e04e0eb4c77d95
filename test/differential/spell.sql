-- spell.sql
--
-- Ways to write a filter down: the filter language, predicate functions and
-- metadata_filter() in SQL, and the WebUI's JSON; and the order of a search. The seed chooses between
-- spellings that mean the same (generate.language(7, '{"op": "is", "key": "a",
-- "form": "json", "value": 20}') may be: a is 20, "a" = 20e0, a IS 2000E-2).

-- The filter language

-- A JSON string, its letters beyond ASCII sometimes escaped.
CREATE FUNCTION generate.json_string(seed bigint, t text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    written text := '';
    code int;
BEGIN
    IF generate.below(seed, 1, 6) > 0 OR octet_length(t) = char_length(t) THEN
        RETURN to_json(t)::text;
    END IF;
    FOR i IN 1 .. char_length(t) LOOP
        code := ascii(substr(t, i, 1));
        IF code < 128 THEN
            written := written || btrim(to_json(substr(t, i, 1))::text, '"');
            IF code = 34 THEN
                written := written || '"';
            END IF;
        ELSIF code < 65536 THEN
            written := written || '\u' || lpad(to_hex(code), 4, '0');
        ELSE
            written := written || '\u' || to_hex(55296 + (code - 65536) / 1024) || '\u' || to_hex(56320 + (code - 65536) % 1024);
        END IF;
    END LOOP;
    RETURN '"' || written || '"';
END
$$;

CREATE FUNCTION generate.word(seed bigint, word text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE generate.below(seed, 7, 5) WHEN 0 THEN upper(word) WHEN 1 THEN initcap(word) ELSE word END;

-- Whether a key, or a piece of one, can be written without quotes; [] only before a point.
CREATE FUNCTION generate.is_bare(key text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN key ~ '^[a-zA-Z_./-][a-zA-Z0-9_./-]*(\[\]\.[a-zA-Z0-9_./-]*)*$'
        AND split_part(key, '[', 1) NOT IN ('and', 'or', 'not', 'is', 'in', 'true', 'false', 'null', 'between', 'contains', 'icontains',
                        'starts', 'with', 'does', 'contain', 'empty');

-- Without quotes, or in quotes as a whole, or its first piece or the others. In front of what is not in quotes there
-- may be "metadata.", and must be where the key begins so itself.
CREATE FUNCTION generate.language_key(seed bigint, key text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    r int := generate.below(seed, 1, 8);
    prefix text := CASE WHEN key LIKE 'metadata.%' OR generate.below(seed, 5, 4) = 0 THEN 'metadata.' ELSE '' END;
    point int := strpos(key, '.');
BEGIN
    IF r < 2 AND point > 1 AND generate.is_bare(regexp_replace(left(key, point - 1), '\[\]$', '')) THEN
        RETURN prefix || left(key, point) || generate.json_string(seed, substr(key, point + 1));
    ELSIF r = 2 AND point > 1 AND substr(key, point) ~ '^([a-zA-Z0-9_./-]|\[\](?=\.))+$' THEN
        RETURN generate.json_string(seed, left(key, point - 1)) || substr(key, point);
    ELSIF r < 6 AND generate.is_bare(key) THEN
        RETURN prefix || key;
    END IF;
    RETURN CASE r WHEN 7 THEN 'metadata.' ELSE '' END || generate.json_string(seed, key);
END
$$;

CREATE FUNCTION generate.language_value(seed bigint, form text, item jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    t text := item #>> '{}';
    r int := generate.below(seed, 2, 8);
BEGIN
    IF form IN ('text', 'date', 'string') THEN
        RETURN generate.word(seed, form) || ' ' || generate.json_string(seed, t);
    END IF;
    CASE jsonb_typeof(item)
        WHEN 'number' THEN
            RETURN CASE r WHEN 0 THEN t || 'e0' WHEN 1 THEN (t::numeric * 100) || 'E-2' WHEN 2 THEN trim_scale(t::numeric)::text ELSE t END;
        WHEN 'string' THEN
            RETURN CASE WHEN r < 3 AND t !~ '[\x01-\x1f''\\]' THEN '''' || t || '''' ELSE generate.json_string(seed, t) END;
        ELSE
            RETURN CASE WHEN r < 4 AND replace(item::text, ' ', '')::jsonb = item THEN replace(item::text, ' ', '') ELSE item::text END;
    END CASE;
END
$$;

CREATE FUNCTION generate.language(seed bigint, ast jsonb) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    c bigint := generate.child(seed, 1);
    r int := generate.below(seed, 2, 6);
    key text;
    op text := ast ->> 'op';
    spelled text;
BEGIN
    IF ast ? 'and' OR ast ? 'or' THEN
        op := CASE WHEN ast ? 'and' THEN 'and' ELSE 'or' END;
        RETURN (SELECT string_agg(CASE WHEN a ? 'or' OR (a ? 'and' AND op = 'and') OR generate.below(c, i::int, 5) = 0
                                       THEN '(' || generate.language(generate.child(c, i::int), a) || ')'
                                       ELSE generate.language(generate.child(c, i::int), a) END,
                                  ' ' || generate.word(seed, op) || ' ' ORDER BY i)
                FROM jsonb_array_elements(ast -> op) WITH ORDINALITY e (a, i));
    ELSIF ast ? 'not' THEN
        spelled := generate.language(c, ast -> 'not');
        RETURN generate.word(seed, 'not') || CASE WHEN r = 0 AND NOT (ast -> 'not') ?| '{and,or}' THEN ' ' || spelled ELSE ' (' || spelled || ')' END;
    ELSIF op = 'true' THEN
        RETURN generate.word(seed, 'true');
    END IF;

    key := CASE WHEN ast ? 'any' THEN '*' ELSE generate.language_key(c, ast ->> 'key') END;
    CASE op
        WHEN 'is empty', 'is not empty' THEN
            RETURN key || ' ' || generate.word(seed, op);
        WHEN 'in', 'not in' THEN
            RETURN key || ' ' || generate.word(seed, op) || ' ('
                || (SELECT coalesce(string_agg(generate.language_value(generate.child(c, i::int), v ->> 'form', v -> 'value'),
                                               CASE r WHEN 0 THEN ',' ELSE ', ' END ORDER BY i), '')
                    FROM jsonb_array_elements(ast -> 'values') WITH ORDINALITY e (v, i)) || ')';
        WHEN 'between' THEN
            RETURN key || ' ' || generate.word(seed, op) || ' ' || generate.language_value(c, ast ->> 'form', ast -> 'value')
                || ' ' || generate.word(c, 'and') || ' ' || generate.language_value(generate.child(c, 1), ast ->> 'form', ast -> 'high');
        WHEN '<', '<=', '>', '>=' THEN
            RETURN key || CASE WHEN r = 0 AND right(key, 1) IN ('"', '*') THEN op ELSE ' ' || op || ' ' END
                || generate.language_value(c, ast ->> 'form', ast -> 'value');
        WHEN 'is' THEN
            spelled := CASE WHEN r < 2 THEN '=' ELSE generate.word(seed, op) END;
        WHEN 'is not' THEN
            spelled := CASE r WHEN 0 THEN '!=' WHEN 1 THEN '<>' ELSE generate.word(seed, op) END;
        ELSE
            spelled := generate.word(seed, CASE WHEN r = 0 AND oracle.searches(op) THEN coalesce('not ' || oracle.negated(op), op) ELSE op END);
    END CASE;
    RETURN key || ' ' || spelled || ' ' || generate.language_value(c, ast ->> 'form', ast -> 'value');
END
$$;

-- The order of a search by a key, of an ordering such as DESC NULLS LAST

CREATE FUNCTION generate.sort(seed bigint, key text, ordering text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    words text[] := string_to_array(ordering, ' ');
    r int := generate.below(seed, 2, 4);
BEGIN
    -- A key that might be the run or a direction needs quotes.
    RETURN CASE WHEN key ~* '^-|(^|\.)(asc|desc|nullsfirst|nullslast)$|^(run_)?id$' THEN generate.json_string(seed, key)
                ELSE generate.language_key(seed, key) END
        || CASE WHEN words[1] = 'ASC' AND r = 0 THEN '' ELSE CASE WHEN r < 3 THEN '=' ELSE ' ' END || generate.word(seed, lower(words[1])) END
        || CASE WHEN words[3] = 'FIRST' OR generate.below(seed, 3, 3) = 0
                THEN ' ' || generate.word(seed, 'nulls') || ' ' || generate.word(generate.child(seed, 1), lower(words[3])) ELSE '' END;
END
$$;

-- SQL. Constants stand between the characters 2 and 3, so that they can be made
-- parameters; generate.unmarked() takes the marks away.

CREATE FUNCTION generate.constant(t text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    RETURN chr(2) || quote_literal(t) || chr(3);

CREATE FUNCTION generate.unmarked(query text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    RETURN translate(query, chr(2) || chr(3), '');

-- Whether a number goes through a type and back unchanged.
CREATE FUNCTION generate.fits(n numeric, type text) RETURNS boolean
    LANGUAGE plpgsql STABLE SET extra_float_digits = 1 AS $$
BEGIN
    RETURN CASE type
        WHEN 'smallint' THEN n = trunc(n) AND abs(n) < 32768
        WHEN 'int' THEN n = trunc(n) AND abs(n) < 2147483648
        WHEN 'bigint' THEN n = trunc(n) AND abs(n) < 9223372036854775808
        WHEN 'real' THEN n = 0 OR (abs(n) BETWEEN 1e-30 AND 1e30 AND n::real::text::numeric = n)
        WHEN 'float8' THEN n = 0 OR (abs(n) BETWEEN 1e-300 AND 1e300 AND n::float8::text::numeric = n)
        ELSE true END;
END
$$;

-- Whether an instant is one of a type.
CREATE FUNCTION generate.instant_literal(instant bigint, type text) RETURNS text
    LANGUAGE plpgsql STABLE SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
    t timestamp := timestamp '1970-01-01' + (instant / 86400000000)::int * interval '1 day' + (instant % 86400000000) * interval '1 microsecond';
BEGIN
    RETURN CASE type WHEN 'date' THEN t::date::text WHEN 'timestamp' THEN t::text ELSE t::timestamptz::text END;
END
$$;

-- The SQL type in which to pass values that are all of one form and kind; NULL when they are not.
CREATE FUNCTION generate.sql_type(seed bigint, forms text[], items jsonb[]) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    kinds text[];
    type text;
BEGIN
    IF forms <> array_fill(forms[1], ARRAY[cardinality(forms)]) THEN
        RETURN NULL;
    ELSIF forms[1] = 'text' THEN
        type := generate.one_of(seed, 1, '{unknown,unknown,text,varchar,name,bpchar}');
        RETURN CASE WHEN (type = 'name' AND (SELECT max(octet_length(i #>> '{}')) FROM unnest(items) i) > 63)
                      OR (type = 'bpchar' AND (SELECT bool_or(i #>> '{}' LIKE '% ') FROM unnest(items) i))
                    THEN 'text' ELSE type END;
    ELSIF forms[1] = 'date' THEN
        RETURN generate.one_of(seed, 1, CASE WHEN (SELECT bool_and(oracle.instant(i #>> '{}') % 86400000000 = 0) FROM unnest(items) i)
                                             THEN '{date,timestamp,timestamptz}' ELSE '{timestamp,timestamptz}' END::text[]);
    END IF;
    kinds := ARRAY(SELECT DISTINCT jsonb_typeof(i) FROM unnest(items) i);
    IF kinds = '{boolean}' AND generate.below(seed, 2, 4) > 0 THEN
        RETURN 'boolean';
    ELSIF kinds = '{number}' AND generate.below(seed, 2, 4) > 0 THEN
        type := generate.one_of(seed, 3, '{smallint,int,bigint,int,numeric,real,float8,float8}');
        RETURN CASE WHEN (SELECT bool_and(generate.fits(i::numeric, type)) FROM unnest(items) i) THEN type ELSE 'numeric' END;
    END IF;
    RETURN 'jsonb';
END
$$;

CREATE FUNCTION generate.sql_literal(type text, item jsonb) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE WHEN type IN ('date', 'timestamp', 'timestamptz') THEN generate.instant_literal(oracle.instant(item #>> '{}'), type)
                WHEN type = 'jsonb' THEN item::text
                WHEN type IN ('smallint', 'int', 'bigint') THEN trim_scale(item::numeric)::text
                ELSE item #>> '{}' END;

CREATE FUNCTION generate.sql_value(type text, item jsonb) RETURNS text
    LANGUAGE sql STABLE
    RETURN generate.constant(generate.sql_literal(type, item)) || CASE type WHEN 'unknown' THEN '' ELSE '::' || type END;

-- The arguments after the key of a leaf's predicate, as one typed form can give them; NULL when none can.
CREATE FUNCTION generate.sql_arguments(seed bigint, leaf jsonb) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    op text := leaf ->> 'op';
    items jsonb[];
    type text;
BEGIN
    CASE
        WHEN op IN ('is empty', 'is not empty') THEN
            RETURN '';
        WHEN oracle.searches(op) THEN
            RETURN ', ' || generate.sql_value('unknown', leaf -> 'value');
        WHEN op IN ('in', 'not in') THEN
            items := ARRAY(SELECT v -> 'value' FROM jsonb_array_elements(leaf -> 'values') v);
            type := CASE WHEN items = '{}' THEN 'text'
                         ELSE generate.sql_type(seed, ARRAY(SELECT v ->> 'form' FROM jsonb_array_elements(leaf -> 'values') v), items) END;
            RETURN ', ' || generate.constant((ARRAY(SELECT generate.sql_literal(type, i) FROM unnest(items) i)
                || CASE generate.below(seed, 4, 4) WHEN 0 THEN ARRAY[NULL::text] ELSE '{}' END)::text) || CASE type WHEN 'unknown' THEN '' ELSE '::' || type || '[]' END;
        WHEN op = 'between' THEN
            items := ARRAY[leaf -> 'value', leaf -> 'high'];
            type := generate.sql_type(seed, ARRAY[leaf ->> 'form', leaf ->> 'form'], items);
            RETURN ', ' || generate.sql_value(type, items[1]) || ', ' || generate.sql_value(type, items[2]);
        ELSE
            type := generate.sql_type(seed, ARRAY[leaf ->> 'form'], ARRAY[leaf -> 'value']);
            RETURN ', ' || generate.sql_value(type, leaf -> 'value');
    END CASE;
END
$$;

-- The filter as predicate functions on the column metadata.
CREATE FUNCTION generate.predicate(seed bigint, ast jsonb) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    op text := ast ->> 'op';
    c bigint := generate.child(seed, 1);
    arguments text;
BEGIN
    IF ast ? 'and' OR ast ? 'or' THEN
        op := CASE WHEN ast ? 'and' THEN 'and' ELSE 'or' END;
        RETURN '(' || (SELECT string_agg(generate.predicate(generate.child(c, i::int), a), ' ' || op || ' ' ORDER BY i)
                       FROM jsonb_array_elements(ast -> op) WITH ORDINALITY e (a, i)) || ')';
    ELSIF ast ? 'not' THEN
        RETURN 'not (' || generate.predicate(c, ast -> 'not') || ')';
    ELSIF op = 'true' THEN
        RETURN 'true';
    END IF;
    IF ast ->> 'form' = 'string' OR ast ? 'any' THEN
        -- SQL has no type, or no key, for it.
        RETURN 'metadata @~ ' || generate.constant(generate.language(c, ast)) || '::metadata_filter';
    END IF;
    arguments := generate.sql_arguments(seed, ast);
    IF arguments IS NULL THEN
        RETURN (SELECT '(' || string_agg(generate.predicate(generate.child(c, i::int),
                                             v || jsonb_build_object('op', CASE op WHEN 'in' THEN 'is' ELSE 'is not' END, 'key', ast -> 'key')),
                                         CASE op WHEN 'in' THEN ' or ' ELSE ' and ' END ORDER BY i) || ')'
                FROM jsonb_array_elements(ast -> 'values') WITH ORDINALITY e (v, i));
    END IF;
    RETURN CASE op WHEN 'is' THEN 'metadata_is' WHEN 'is not' THEN 'metadata_is_not' WHEN 'in' THEN 'metadata_in'
                   WHEN 'not in' THEN 'metadata_not_in' WHEN '<' THEN 'metadata_lt' WHEN '<=' THEN 'metadata_le'
                   WHEN '>' THEN 'metadata_gt' WHEN '>=' THEN 'metadata_ge' WHEN 'between' THEN 'metadata_between'
                   WHEN 'is empty' THEN 'metadata_is_empty' WHEN 'is not empty' THEN 'metadata_not_empty'
                   ELSE CASE WHEN oracle.negated(op) IS NULL THEN 'metadata_' ELSE 'metadata_not_' END
                        || CASE coalesce(oracle.negated(op), op) WHEN 'matches' THEN 'matches_regex'
                                ELSE replace(coalesce(oracle.negated(op), op), ' ', '_') END END
        || '(metadata, ' || generate.constant(ast ->> 'key') || arguments || ')';
END
$$;

-- The filter of one condition made by metadata_filter(); NULL for any other filter.
CREATE FUNCTION generate.constructor(seed bigint, ast jsonb) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT ast ? 'key' OR ast ->> 'form' = 'string' THEN
        RETURN NULL;
    END IF;
    RETURN 'metadata_filter(' || generate.constant(ast ->> 'key') || ', ' || generate.constant(ast ->> 'op')
        || generate.sql_arguments(seed, ast) || ')';
END
$$;

-- The WebUI's filter JSON; NULL where it has no words for the filter.

CREATE FUNCTION generate.webui_node(seed bigint, ast jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    op text := ast ->> 'op';
    item jsonb := ast -> 'value';
    type text;
    plain text := generate.one_of(seed, 3, '{COLUMN_TYPE_UNSPECIFIED,COLUMN_TYPE_ARRAY,none}');
    children jsonb;
BEGIN
    IF ast ? 'and' OR ast ? 'or' THEN
        op := CASE WHEN ast ? 'and' THEN 'and' ELSE 'or' END;
        SELECT jsonb_agg(generate.webui_node(generate.child(seed, i::int), a) ORDER BY i) INTO children
            FROM jsonb_array_elements(ast -> op) WITH ORDINALITY e (a, i);
        RETURN CASE WHEN NOT children @> '[null]'
                    THEN jsonb_build_object('kind', 'group', 'conjunction', op, 'children', children, 'id', 'g' || seed) END;
    ELSIF op = 'true' THEN
        RETURN '{"kind": "group", "conjunction": "or", "children": []}';
    END IF;
    CASE
        WHEN op IN ('is', 'is not', '<', '<=', '>', '>=') THEN
            type := CASE WHEN ast ->> 'form' = 'text' THEN plain
                         WHEN ast ->> 'form' = 'string' THEN 'COLUMN_TYPE_TEXT'
                         WHEN ast ->> 'form' = 'date' THEN 'COLUMN_TYPE_DATE'
                         WHEN jsonb_typeof(item) = 'number' THEN 'COLUMN_TYPE_NUMBER'
                         WHEN jsonb_typeof(item) = 'string' AND item NOT IN ('"true"', '"false"')
                              AND (op IN ('is', 'is not') OR generate.range_kind(item) = 'string') THEN 'COLUMN_TYPE_TEXT' END;
            op := CASE op WHEN 'is' THEN '=' WHEN 'is not' THEN '!=' ELSE op END;
        WHEN op IN ('contains', 'does not contain') THEN
            type := generate.one_of(seed, 4, ARRAY['COLUMN_TYPE_TEXT', plain]);
            op := CASE op WHEN 'contains' THEN op ELSE 'notContains' END;
        WHEN op IN ('is empty', 'is not empty') THEN
            type := generate.one_of(seed, 4, ARRAY['COLUMN_TYPE_TEXT', 'COLUMN_TYPE_NUMBER', 'COLUMN_TYPE_DATE', plain]);
            op := CASE op WHEN 'is empty' THEN 'isEmpty' ELSE 'notEmpty' END;
            item := 'null';
        ELSE
            NULL;
    END CASE;
    -- No column of the WebUI has an empty name.
    RETURN CASE WHEN type IS NOT NULL AND ast ->> 'key' <> ''
                THEN jsonb_build_object('kind', 'field', 'location', 'LOCATION_TYPE_RUN_METADATA', 'operator', op, 'value', item,
                         'columnName', CASE WHEN ast ->> 'key' LIKE 'metadata.%' OR generate.below(seed, 5, 8) > 0 THEN 'metadata.' ELSE '' END
                             || (ast ->> 'key'))
                     || CASE type WHEN 'none' THEN '{}' ELSE jsonb_build_object('type', type) END END;
END
$$;

CREATE FUNCTION generate.webui(seed bigint, ast jsonb) RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    node jsonb := generate.webui_node(seed, ast);
BEGIN
    IF node ->> 'kind' = 'field' THEN
        node := jsonb_build_object('kind', 'group', 'conjunction', 'and', 'children', jsonb_build_array(node));
    END IF;
    RETURN CASE WHEN node IS NOT NULL THEN jsonb_build_object('filterGroup', node, 'showArchived', false)::text END;
END
$$;
