-- oracle.sql
--
-- A second, independent reading of what the conditions on run metadata mean,
-- written over core's jsonb functions only. It never calls detmeta.
--
-- A document is taken apart into values: one row for what each key holds (the
-- top value, or that of a member of an object in an array) and one for every element of an array there. A condition is put
-- to those rows; filters combine the answers. A filter is a jsonb tree:
--
--   {"op": "true"}
--   {"and": [...]}  {"or": [...]}  {"not": ...}
--   {"op": "is", "key": "a.b", "form": "json", "value": 20}
--   {"op": "between", "key": "a", "form": "text", "value": "1", "high": "5"}
--   {"op": "in", "key": "a", "values": [{"form": "json", "value": 1}, ...]}
--   {"op": "is empty", "key": "a"}
--   {"op": "is", "any": true, "form": "json", "value": 20}     of any key: it has no "key"
--
-- form says how a value is meant: json (typed, of its own JSON kind), text (as
-- metadata->>key would print it), date (an instant, written as a date) or
-- string (one that is no date where order counts, though it reads as one).
--
-- matches, like and ilike are core's ~ and LIKE in the collation "C", ilike on folded texts.
--
-- oracle.matches() answers for one document; oracle.rows() for all documents of
-- oracle.document at once, after oracle.load(). Case folding knows only the
-- letters of oracle.folding and ASCII.

CREATE SCHEMA oracle;

-- Values

-- One value of a key. Of num, bool, str, instant the ones of its kind are set;
-- a date-like string has both str and instant (microseconds since 1970 UTC).
CREATE TYPE oracle.value AS (
    level text,
    kind text,
    num numeric,
    bool boolean,
    str text,
    instant bigint,
    json jsonb
);

CREATE FUNCTION oracle.instant(t text) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    p text[];
    year int;
    month int;
    day int;
    seconds bigint := 0;
    micros bigint := 0;
    zone bigint := 0;
BEGIN
    IF t !~ '^[0-9]{4}-' THEN
        RETURN NULL;
    END IF;
    p := regexp_match(t, '^([0-9]{4})-([0-9]{2})(?:-([0-9]{2})'
        '(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})([.][0-9]+)?)?(?:[Zz]| ?([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?)?$');
    IF p IS NULL THEN
        RETURN NULL;
    END IF;
    year := p[1];
    month := p[2];
    day := coalesce(p[3], '1');
    IF year < 1 OR month NOT BETWEEN 1 AND 12 OR day < 1
       OR day > (CASE WHEN month IN (4, 6, 9, 11) THEN 30
                      WHEN month <> 2 THEN 31
                      WHEN year % 4 = 0 AND (year % 100 <> 0 OR year % 400 = 0) THEN 29
                      ELSE 28 END) THEN
        RETURN NULL;
    END IF;
    IF p[4] IS NOT NULL THEN
        IF p[4]::int > 23 OR p[5]::int > 59 OR coalesce(p[6], '0')::int > 60 THEN
            RETURN NULL;
        END IF;
        seconds := p[4]::int * 3600 + p[5]::int * 60 + coalesce(p[6], '0')::int;
        -- Core rounds the fraction so: by way of a double, half to even.
        micros := round(('0' || coalesce(p[7], '.0'))::float8 * 1000000);
    END IF;
    IF p[8] IS NOT NULL THEN
        IF p[9]::int > 23 OR coalesce(p[10], '0')::int > 59 THEN
            RETURN NULL;
        END IF;
        zone := (p[8] || '1')::int * (p[9]::int * 3600 + coalesce(p[10], '0')::int * 60);
    END IF;
    RETURN ((make_date(year, month, day) - date '1970-01-01')::bigint * 86400 + seconds - zone) * 1000000 + micros;
END
$$;

-- The instant of an argument in text form. Beyond date-like strings that may be a day with a zone, as JDBC writes one, which is
-- the day alone.
CREATE FUNCTION oracle.argument_instant(t text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT
    RETURN CASE WHEN t ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2} [+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?$' THEN oracle.instant(left(t, 10))
                ELSE oracle.instant(t) END;

CREATE FUNCTION oracle.is_json_number(t text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT
    RETURN t ~ '^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?$';

CREATE FUNCTION oracle.read(level text, item jsonb) RETURNS oracle.value
    LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    v oracle.value;
BEGIN
    v.level := level;
    v.json := item;
    v.kind := jsonb_typeof(item);
    IF v.kind = 'number' THEN
        v.num := item::numeric;
    ELSIF v.kind = 'boolean' THEN
        v.bool := item::boolean;
    ELSIF v.kind = 'string' THEN
        v.str := item #>> '{}';
        v.instant := oracle.instant(v.str);
    END IF;
    RETURN v;
END
$$;

-- The elements of an array, those of nested arrays in place of the nested arrays.
CREATE FUNCTION oracle.elements(item jsonb) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    WITH RECURSIVE element (item) AS (
        SELECT e FROM jsonb_array_elements(CASE jsonb_typeof(elements.item) WHEN 'array' THEN elements.item ELSE '[]' END) e
        UNION ALL
        SELECT e
        FROM element n, jsonb_array_elements(CASE jsonb_typeof(n.item) WHEN 'array' THEN n.item ELSE '[]' END) e
    )
    SELECT n.item FROM element n WHERE jsonb_typeof(n.item) <> 'array';
END;

-- What every key of the document holds. A key is any path of member names
-- joined by dots, so two paths can give one key; [] before a dot goes from an
-- array to the objects in it.
CREATE FUNCTION oracle.members(doc jsonb) RETURNS TABLE (key text, item jsonb, in_array boolean)
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    WITH RECURSIVE member (key, item, in_array) AS (
        SELECT e.key, e.value, false
        FROM jsonb_each(CASE jsonb_typeof(doc) WHEN 'object' THEN doc ELSE '{}' END) e
        UNION ALL
        SELECT m.key || s.step || e.key, e.value, m.in_array OR s.in_array
        FROM member m,
             LATERAL (SELECT '.', m.item, false UNION ALL SELECT '[].', n, true FROM oracle.elements(m.item) n) s (step, item, in_array),
             jsonb_each(CASE jsonb_typeof(s.item) WHEN 'object' THEN s.item ELSE '{}' END) e
    )
    SELECT m.key, m.item, m.in_array FROM member m;
END;

CREATE FUNCTION oracle.values(doc jsonb) RETURNS TABLE (key text, v oracle.value)
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT m.key, oracle.read(CASE WHEN m.in_array THEN 'member' ELSE 'top' END, m.item) FROM oracle.members(doc) m
    UNION ALL
    SELECT m.key, oracle.read(CASE WHEN m.in_array THEN 'member element' ELSE 'element' END, e) FROM oracle.members(doc) m, oracle.elements(m.item) e;
END;

-- has(k), seen from one value of k.
CREATE FUNCTION oracle.is_filled(v oracle.value) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN v.level IN ('top', 'member') AND v.json NOT IN ('null', '[]', '{}');

-- Case folding: the full foldings (statuses C and F of Unicode's CaseFolding.txt)
-- of the letters that the generator uses. Cherokee folds to its capitals.

CREATE TABLE oracle.folding (letter text PRIMARY KEY, folded text NOT NULL);
INSERT INTO oracle.folding VALUES
    ('É', 'é'), ('Ä', 'ä'), ('Α', 'α'), ('ß', 'ss'), ('ẞ', 'ss'), ('Σ', 'σ'), ('ς', 'σ'), ('Ω', 'ω'), ('Ж', 'ж'),
    (U&'\0130', U&'i\0307'),            -- capital I with dot
    (U&'\017F', 's'),                   -- long s
    (U&'\212A', 'k'),                   -- Kelvin sign
    (U&'\212B', U&'\00E5'),             -- Angstrom sign
    (U&'\2126', U&'\03C9'),             -- Ohm sign
    (U&'\00B5', U&'\03BC'),             -- micro sign
    (U&'\03D0', U&'\03B2'),             -- beta symbol
    (U&'\0345', U&'\03B9'),             -- combining iota
    (U&'\FB01', 'fi'),                  -- ligature fi
    (U&'\0149', U&'\02BCn'),            -- n preceded by apostrophe
    (U&'\01F0', U&'j\030C'),            -- j with caron
    (U&'\0390', U&'\03B9\0308\0301'),   -- iota with dialytika and tonos
    (U&'\01C4', U&'\01C6'), (U&'\01C5', U&'\01C6'),     -- capital and title case dz
    (U&'\1C90', U&'\10D0'),             -- Georgian mtavruli an
    (U&'\AB70', U&'\13A0'),             -- Cherokee small a
    (U&'\+010400', U&'\+010428');       -- Deseret long i

CREATE FUNCTION oracle.fold(t text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    f oracle.folding;
BEGIN
    t := translate(t, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');
    IF octet_length(t) > char_length(t) THEN
        FOR f IN SELECT * FROM oracle.folding LOOP
            t := replace(t, f.letter, f.folded);
        END LOOP;
    END IF;
    RETURN t;
END
$$;

-- Conditions

-- A condition made ready: each field set is something a value of that kind is
-- compared with, the second of each the upper end of between.
CREATE TYPE oracle.condition AS (
    op text,
    num numeric, num2 numeric,
    bool boolean, bool2 boolean,
    str text, str2 text,
    instant bigint, instant2 bigint,
    json jsonb
);

CREATE FUNCTION oracle.condition(op text, form text, value jsonb, high jsonb DEFAULT NULL) RETURNS oracle.condition
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    c oracle.condition;
    kind text := jsonb_typeof(value);
    t text := value #>> '{}';
    t2 text := coalesce(high, value) #>> '{}';
BEGIN
    c.op := op;
    IF op IN ('contains', 'starts with', 'ends with', 'matches', 'like') THEN
        c.str := t;
    ELSIF op IN ('icontains', 'iis', 'istarts with', 'ilike') THEN
        c.str := oracle.fold(t);
    ELSIF form = 'string' THEN
        c.str := t;
    ELSIF form = 'date' THEN
        c.instant := oracle.instant(t);
        c.instant2 := oracle.instant(t2);
    ELSIF form = 'text' THEN
        c.str := t;
        c.str2 := t2;
        IF oracle.is_json_number(t) AND oracle.is_json_number(t2) THEN
            c.num := t;
            c.num2 := t2;
        END IF;
        IF op = 'is' THEN
            c.bool := CASE t WHEN 'true' THEN true WHEN 'false' THEN false END;
        ELSIF oracle.argument_instant(t) IS NOT NULL AND oracle.argument_instant(t2) IS NOT NULL THEN
            c.instant := oracle.argument_instant(t);
            c.instant2 := oracle.argument_instant(t2);
        END IF;
    ELSIF kind = 'number' THEN
        c.num := t;
        c.num2 := t2;
    ELSIF kind = 'boolean' THEN
        c.bool := t;
        c.bool2 := t2;
    ELSIF kind = 'string' AND op <> 'is' AND oracle.instant(t) IS NOT NULL THEN
        c.instant := oracle.instant(t);
        c.instant2 := oracle.instant(t2);
    ELSIF kind = 'string' THEN
        c.str := t;
        c.str2 := t2;
    ELSE
        c.json := value;
    END IF;
    RETURN c;
END
$$;

-- Whether a value that compares so with the lower and the upper end (-1, 0, 1) is meant by op.
CREATE FUNCTION oracle.in_range(op text, low int, high int) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN CASE op WHEN '<' THEN low < 0 WHEN '<=' THEN low <= 0 WHEN '>' THEN low > 0 WHEN '>=' THEN low >= 0
                   WHEN 'between' THEN low >= 0 AND high <= 0 END;

-- What a negative operator negates; NULL for others.
CREATE FUNCTION oracle.negated(op text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE op WHEN 'is not' THEN 'is' WHEN 'not in' THEN 'in' WHEN 'does not contain' THEN 'contains'
                   WHEN 'does not icontain' THEN 'icontains' WHEN 'iis not' THEN 'iis' WHEN 'does not start with' THEN 'starts with'
                   WHEN 'does not istart with' THEN 'istarts with' WHEN 'does not end with' THEN 'ends with'
                   WHEN 'does not match' THEN 'matches' WHEN 'not like' THEN 'like' WHEN 'not ilike' THEN 'ilike' END;

-- Whether an operator looks for a text or a pattern in strings.
CREATE FUNCTION oracle.searches(op text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN coalesce(oracle.negated(op), op) IN ('contains', 'icontains', 'iis', 'starts with', 'istarts with', 'ends with', 'matches', 'like', 'ilike');

-- Whether one value satisfies a condition.
CREATE FUNCTION oracle.satisfies(v oracle.value, c oracle.condition) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    CASE c.op
        WHEN 'contains', 'icontains' THEN
            RETURN v.str IS NOT NULL
               AND strpos(CASE c.op WHEN 'icontains' THEN oracle.fold(v.str) ELSE v.str END COLLATE "C", c.str) > 0;
        WHEN 'starts with' THEN
            RETURN v.str IS NOT NULL AND left(v.str, char_length(c.str)) = c.str COLLATE "C";
        WHEN 'ends with' THEN
            RETURN v.str IS NOT NULL AND substr(v.str, greatest(char_length(v.str) - char_length(c.str) + 1, 1)) = c.str COLLATE "C";
        WHEN 'iis' THEN
            RETURN v.str IS NOT NULL AND oracle.fold(v.str) = c.str COLLATE "C";
        WHEN 'istarts with' THEN
            RETURN v.str IS NOT NULL AND left(oracle.fold(v.str), char_length(c.str)) = c.str COLLATE "C";
        WHEN 'matches' THEN
            RETURN v.str IS NOT NULL AND v.str ~ c.str COLLATE "C";
        WHEN 'like' THEN
            RETURN v.str IS NOT NULL AND v.str LIKE c.str COLLATE "C";
        WHEN 'ilike' THEN
            RETURN v.str IS NOT NULL AND oracle.fold(v.str) LIKE c.str COLLATE "C";
        WHEN 'is' THEN
            RETURN coalesce(v.num = c.num OR v.bool = c.bool OR v.str = c.str COLLATE "C" OR v.instant = c.instant
                OR v.json = c.json, false);
        ELSE
            IF v.num IS NOT NULL AND c.num IS NOT NULL THEN
                RETURN oracle.in_range(c.op, CASE WHEN v.num < c.num THEN -1 WHEN v.num > c.num THEN 1 ELSE 0 END,
                    CASE WHEN v.num < c.num2 THEN -1 WHEN v.num > c.num2 THEN 1 ELSE 0 END);
            ELSIF v.bool IS NOT NULL AND c.bool IS NOT NULL THEN
                RETURN oracle.in_range(c.op, v.bool::int - c.bool::int, v.bool::int - c.bool2::int);
            ELSIF v.instant IS NOT NULL AND c.instant IS NOT NULL THEN
                RETURN oracle.in_range(c.op, sign(v.instant - c.instant)::int, sign(v.instant - c.instant2)::int);
            ELSIF v.str IS NOT NULL AND c.str IS NOT NULL THEN
                RETURN oracle.in_range(c.op,
                    CASE WHEN v.str < c.str COLLATE "C" THEN -1 WHEN v.str > c.str COLLATE "C" THEN 1 ELSE 0 END,
                    CASE WHEN v.str < c.str2 COLLATE "C" THEN -1 WHEN v.str > c.str2 COLLATE "C" THEN 1 ELSE 0 END);
            END IF;
            RETURN false;
    END CASE;
END
$$;

-- The conditions one of whose being satisfied by one value makes a leaf true. The
-- negative operators give those of their positive ones; is empty gives none.
CREATE FUNCTION oracle.conditions(leaf jsonb) RETURNS SETOF oracle.condition
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE coalesce(oracle.negated(leaf ->> 'op'), leaf ->> 'op')
        WHEN 'is empty', 'is not empty' THEN
            NULL;
        WHEN 'in' THEN
            RETURN QUERY SELECT c.*
                FROM jsonb_array_elements(leaf -> 'values') i, oracle.condition('is', i ->> 'form', i -> 'value') c;
        ELSE
            RETURN NEXT oracle.condition(coalesce(oracle.negated(leaf ->> 'op'), leaf ->> 'op'), leaf ->> 'form', leaf -> 'value', leaf -> 'high');
    END CASE;
END
$$;

-- Filters

-- Whether one document satisfies a filter. A missing document reads as {}.
CREATE FUNCTION oracle.matches(doc jsonb, ast jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    filled boolean;
    hit boolean;
BEGIN
    IF ast ? 'and' THEN
        RETURN (SELECT coalesce(bool_and(oracle.matches(doc, a)), true) FROM jsonb_array_elements(ast -> 'and') a);
    ELSIF ast ? 'or' THEN
        RETURN (SELECT coalesce(bool_or(oracle.matches(doc, a)), false) FROM jsonb_array_elements(ast -> 'or') a);
    ELSIF ast ? 'not' THEN
        RETURN NOT oracle.matches(doc, ast -> 'not');
    ELSIF ast ->> 'op' = 'true' THEN
        RETURN true;
    END IF;
    SELECT coalesce(bool_or(oracle.is_filled(d.v)), false),
           coalesce(bool_or(EXISTS (SELECT FROM oracle.conditions(ast) c WHERE oracle.satisfies(d.v, c))), false)
        INTO filled, hit
        FROM oracle.values(doc) d
        WHERE CASE WHEN ast ? 'any' THEN (d.v).level NOT LIKE 'member%' ELSE d.key = ast ->> 'key' COLLATE "C" END;
    CASE ast ->> 'op'
        WHEN 'is empty' THEN RETURN NOT filled;
        WHEN 'is not empty' THEN RETURN filled;
        ELSE RETURN CASE WHEN oracle.negated(ast ->> 'op') IS NULL THEN hit ELSE filled AND NOT hit END;
    END CASE;
END
$$;

-- The same for a set of documents.

CREATE TABLE oracle.document (doc int PRIMARY KEY, metadata jsonb);
CREATE TABLE oracle.held (
    n int PRIMARY KEY,
    doc int NOT NULL,
    key text COLLATE "C" NOT NULL,
    v oracle.value NOT NULL
);
CREATE INDEX ON oracle.held (key);
CREATE TABLE oracle.ordered (key text COLLATE "C", doc int, rank int NOT NULL, PRIMARY KEY (key, doc));

-- Documents in the order of metadata_sort, by the lowest value that counts.
CREATE FUNCTION oracle.sort_ranks() RETURNS SETOF oracle.ordered
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT s.key, s.doc, dense_rank() OVER (PARTITION BY s.key ORDER BY s.class, s.num, s.str COLLATE "C")::int
    FROM (
        SELECT DISTINCT ON (w.key, w.doc) w.key, w.doc, w.class, w.num, w.str
        FROM (
            SELECT h.key, h.doc,
                   CASE WHEN (h.v).bool IS NOT NULL THEN 1 WHEN (h.v).num IS NOT NULL THEN 2
                        WHEN (h.v).instant IS NOT NULL THEN 3 WHEN (h.v).str IS NOT NULL THEN 4 ELSE 5 END AS class,
                   coalesce((h.v).bool::int, (h.v).num, (h.v).instant) AS num,
                   CASE WHEN (h.v).instant IS NULL THEN (h.v).str END AS str
            FROM oracle.held h WHERE oracle.is_filled(h.v) AND (h.v).level = 'top'
        ) w
        ORDER BY w.key, w.doc, w.class, w.num, w.str COLLATE "C"
    ) s;
END;

-- Take the documents apart; call after each change of oracle.document.
CREATE PROCEDURE oracle.load()
    LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE oracle.held, oracle.ordered;
    INSERT INTO oracle.held
        SELECT row_number() OVER (ORDER BY d.doc, h.key COLLATE "C", (h.v).level, (h.v).json::text COLLATE "C"), d.doc, h.key, h.v
        FROM oracle.document d, oracle.values(d.metadata) h;
    INSERT INTO oracle.ordered SELECT * FROM oracle.sort_ranks();
    ANALYZE oracle.held, oracle.ordered, oracle.document;
END
$$;

-- The documents that satisfy a filter, ascending; missing ones read as {}.
CREATE FUNCTION oracle.rows(ast jsonb) RETURNS int[]
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    everything int[];
    filled int[];
    hit int[];
    child jsonb;
    c oracle.condition;
BEGIN
    IF ast ? 'or' THEN
        hit := '{}';
        FOR child IN SELECT jsonb_array_elements(ast -> 'or') LOOP
            hit := ARRAY(SELECT unnest(hit) UNION SELECT unnest(oracle.rows(child)) ORDER BY 1);
        END LOOP;
        RETURN hit;
    END IF;
    everything := ARRAY(SELECT doc FROM oracle.document ORDER BY doc);
    IF ast ? 'and' THEN
        hit := everything;
        FOR child IN SELECT jsonb_array_elements(ast -> 'and') LOOP
            hit := ARRAY(SELECT unnest(hit) INTERSECT SELECT unnest(oracle.rows(child)) ORDER BY 1);
        END LOOP;
        RETURN hit;
    ELSIF ast ? 'not' THEN
        RETURN ARRAY(SELECT unnest(everything) EXCEPT SELECT unnest(oracle.rows(ast -> 'not')) ORDER BY 1);
    ELSIF ast ->> 'op' = 'true' THEN
        RETURN everything;
    END IF;

    IF ast ->> 'op' IN ('is empty', 'is not empty') OR oracle.negated(ast ->> 'op') IS NOT NULL THEN
        filled := ARRAY(SELECT DISTINCT h.doc FROM oracle.held h
                        WHERE h.key = ast ->> 'key' AND oracle.is_filled(h.v) ORDER BY 1);
    END IF;
    hit := '{}';
    FOR c IN SELECT * FROM oracle.conditions(ast) LOOP
        hit := hit || ARRAY(SELECT h.doc FROM oracle.held h 
            WHERE CASE WHEN ast ? 'any' THEN (h.v).level NOT LIKE 'member%' ELSE h.key = ast ->> 'key' END AND oracle.satisfies(h.v, c));
    END LOOP;
    CASE ast ->> 'op'
        WHEN 'is empty' THEN
            RETURN ARRAY(SELECT unnest(everything) EXCEPT SELECT unnest(filled) ORDER BY 1);
        WHEN 'is not empty' THEN
            RETURN filled;
        ELSE
            RETURN CASE WHEN oracle.negated(ast ->> 'op') IS NULL THEN ARRAY(SELECT DISTINCT unnest(hit) ORDER BY 1)
                        ELSE ARRAY(SELECT unnest(filled) EXCEPT SELECT unnest(hit) ORDER BY 1) END;
    END CASE;
END
$$;

-- What a filter spelled with predicate functions says of a row whose metadata is
-- NULL: is empty is true, every other predicate NULL, and SQL's logic does the rest.
CREATE FUNCTION oracle.of_null(ast jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    child jsonb;
    answer boolean;
BEGIN
    IF ast ? 'and' THEN
        answer := true;
        FOR child IN SELECT jsonb_array_elements(ast -> 'and') LOOP
            answer := answer AND oracle.of_null(child);
        END LOOP;
        RETURN answer;
    ELSIF ast ? 'or' THEN
        answer := false;
        FOR child IN SELECT jsonb_array_elements(ast -> 'or') LOOP
            answer := answer OR oracle.of_null(child);
        END LOOP;
        RETURN answer;
    ELSIF ast ? 'not' THEN
        RETURN NOT oracle.of_null(ast -> 'not');
    END IF;
    RETURN CASE WHEN ast ->> 'op' IN ('true', 'is empty') THEN true END;
END
$$;
