-- examples.sql
--
-- Verdicts written by hand, so that the oracle itself is held against the contract. Each is
-- put to oracle.matches, to oracle.rows and to detmeta.

CREATE TABLE differential.example (
    n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    metadata jsonb NOT NULL,
    tree jsonb NOT NULL,
    verdict boolean NOT NULL
);

-- Many of one rule: condition without key, then documents' values of key "k" and the verdict on each.
CREATE FUNCTION differential.add_examples(rule text, condition jsonb, yes jsonb[], no jsonb[]) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO differential.example (rule, metadata, tree, verdict)
        SELECT rule, jsonb_build_object('k', v), '{"key": "k"}' || condition, true FROM unnest(yes) v
        UNION ALL
        SELECT rule, jsonb_build_object('k', v), '{"key": "k"}' || condition, false FROM unnest(no) v;
END;

\o /dev/null
SELECT differential.add_examples('numbers compare exactly', '{"op": "is", "form": "json", "value": 20}',
    '{20,20.0,2e1,"[1,[20]]"}', '{"\"20\"",21,20.0000000000000000000000000001,true,"{\"a\":20}",null}');
SELECT differential.add_examples('whole numbers beyond 2^53 stay exact', '{"op": "<", "form": "json", "value": 1152921504606846977}',
    '{1152921504606846976,7e9,-1e400}', '{1152921504606846977,1152921504606846978,1e400}');
SELECT differential.add_examples('minus nought is nought', '{"op": "is", "form": "json", "value": 0}', '{-0,0.0,0e5}', '{1e-400,"[]"}');
SELECT differential.add_examples('a text that is a JSON number equals the string and the number', '{"op": "is", "form": "text", "value": "20"}',
    '{20,20.0,"\"20\"","[\"20\"]"}', '{"\"20.0\"","\"2e1\""}');
SELECT differential.add_examples('a text that is no JSON number is only a string', '{"op": "is", "form": "text", "value": "+20"}', '{"\"+20\""}', '{20}');
SELECT differential.add_examples('a text that is a boolean equals the string and the boolean', '{"op": "is", "form": "text", "value": "true"}',
    '{true,"\"true\"","[false,true]"}', '{"\"True\"",false,1}');
SELECT differential.add_examples('a text is never null or a container', '{"op": "is", "form": "text", "value": "null"}', '{"\"null\""}', '{null,"[null]"}');
SELECT differential.add_examples('a text is never null or a container', '{"op": "is", "form": "text", "value": "[]"}', '{"\"[]\""}', '{"[]","[[]]"}');
SELECT differential.add_examples('a typed string equals strings only', '{"op": "is", "form": "json", "value": "20"}', '{"\"20\""}', '{20}');
SELECT differential.add_examples('a typed string that reads as a date equals its own spelling', '{"op": "is", "form": "json", "value": "2024-01-15"}',
    '{"\"2024-01-15\""}', '{"\"2024-01-15T00:00:00Z\""}');
SELECT differential.add_examples('a date equals every string of its instant', '{"op": "is", "form": "date", "value": "2024-01-15"}',
    '{"\"2024-01-15\"","\"2024-01-15T00:00:00Z\"","\"2024-01-15 01:00:00+01:00\"","\"2024-01-14t23:59:60z\"","[\"2024-01-15T00:00:00.0000001\"]",
      "\"2024-01-15T00:00Z\"","\"2024-01-15 00:00\"","\"2024-01-15T00:00:00+0000\"","\"2024-01-15 01:00:00 +0100\"","\"2024-01-14T19:00-05\""}',
    '{"\"2024-01-16\"","\"2024-01-15T00Z\"","\"2024-01\"","\"2024-01-15T00:00:00+000\"","\" 2024-01-15\"","\"2024-01-15 +00\""}');
SELECT differential.add_examples('a month is its first instant', '{"op": "is", "form": "date", "value": "2024-02"}',
    '{"\"2024-02\"","\"2024-02-01\"","\"2024-01-31T23:00:00-01:00\""}', '{"\"2024-02-02\"","\"2024\""}');
SELECT differential.add_examples('an impossible date is only a string', '{"op": "<", "form": "date", "value": "9999-12-31"}',
    '{"\"2024-02-29\"","\"0001-01-01\"","\"2024-01-15T23:59:60Z\""}',
    '{"\"2023-02-29\"","\"2024-02-31\"","\"0000-01-01\"","\"2024-01-15T24:00:00Z\"","\"2024-01-15T00:00:61Z\"","\"2024-01-15T00:00:00+24:00\""}');
SELECT differential.add_examples('a typed string that reads as a date compares with dates only', '{"op": "<", "form": "json", "value": "2024-01-15"}',
    '{"\"2024-01-14\"","\"2024-01-15T00:30:00+01:00\""}', '{"\"2024-01-15T00:00:00Z\"","\"1\"","\"\"","\"2023-02-29\""}');
SELECT differential.add_examples('another typed string compares by bytes with every string', '{"op": "<", "form": "json", "value": "b"}',
    '{"\"a\"","\"B\"","\"\"","\"2024-01-15\"","\"ab\""}', '{"\"b\"","\"c\"","\"é\"",1,"{\"a\":\"a\"}"}');
SELECT differential.add_examples('a text that is a date compares dates by instant and other strings by bytes',
    '{"op": ">", "form": "text", "value": "2024-01-15"}',
    '{"\"2024-01-16\"","\"2024-01-15T00:00:00-01:00\"","\"a\"","\"2024-01-15Z\"","\"2024-02-31\""}',
    '{"\"2024-01-15T00:00:00Z\"","\"2024-01-15T00:00:00+01:00\"","\"1\"","\"2023-02-29\"",3000}');
SELECT differential.add_examples('a text may have a zone of whole hours', '{"op": ">", "form": "text", "value": "2024-01-15 01:00:00+01"}',
    '{"\"2024-01-15T00:00:01Z\"","\"2024-01-16\"","\"a\"","\"2024-01-16 +02\""}', '{"\"2024-01-15\"","\"2024-01-15T00:59:00+01:00\"","\"2024-01-15 01:00:00+02\""}');
SELECT differential.add_examples('a day with a zone is the day', '{"op": ">=", "form": "text", "value": "2024-01-15 +05:45"}',
    '{"\"2024-01-15\"","\"2024-01-15T00:00:00Z\"","\"2024-01-15 +06\""}', '{"\"2024-01-14\"","\"2024-01-14T23:59:59Z\"","\"2024-01-15 +05\""}');
SELECT differential.add_examples('a text that is a number compares with numbers, and with strings by bytes', '{"op": ">=", "form": "text", "value": "20"}',
    '{20,100,"\"3\"","\"20\"","\"2024-01-15\""}', '{3,"\"100\"",true}');
SELECT differential.add_examples('between two numbers as text', '{"op": "between", "form": "text", "value": "5", "high": "10"}', '{7,5,10.0}', '{"\"7\"","\"5\"",11}');
SELECT differential.add_examples('between texts of which one is a number has no numbers', '{"op": "between", "form": "text", "value": "5", "high": "a"}',
    '{"\"7\"","\"5\"","\"a\""}', '{7,5,"\"aa\""}');
SELECT differential.add_examples('between needs one value in both ends', '{"op": "between", "form": "json", "value": 5, "high": 10}',
    '{5,10,"[1,7,20]"}', '{"[1,20]",4.999,10.001,"\"7\""}');
SELECT differential.add_examples('false is less than true', '{"op": "<", "form": "json", "value": true}', '{false,"[true,false]"}', '{true,0,"\"false\""}');
SELECT differential.add_examples('is null: the key holds null, or an array does', '{"op": "is", "form": "json", "value": null}',
    '{null,"[null]","[[null]]"}', '{"[]","{}","{\"a\":null}","\"null\""}');
SELECT differential.add_examples('is {}: the key holds {}, or an array does', '{"op": "is", "form": "json", "value": {}}', '{"{}","[{}]","[[1,{}]]"}', '{"[]",null,"{\"a\":{}}"}');
SELECT differential.add_examples('is []: the whole array', '{"op": "is", "form": "json", "value": []}', '{"[]"}', '{"[[]]","{}",null}');
SELECT differential.add_examples('is an array: the whole array, by jsonb equality', '{"op": "is", "form": "json", "value": [1, 2]}', '{"[1,2]","[1.0,2e0]"}',
    '{"[2,1]","[[1,2]]","[1,2,3]",1}');
SELECT differential.add_examples('is an object: the whole object or an element', '{"op": "is", "form": "json", "value": {"a": 1}}',
    '{"{\"a\":1}","[{\"a\":1.0}]","[[3,{\"a\":1}]]"}', '{"{\"a\":1,\"b\":2}","[[\"a\",1]]","{\"a\":{\"a\":1}}"}');
SELECT differential.add_examples('empty: null, [], {}', '{"op": "is empty"}', '{null,"[]","{}"}', '{"[null]","[[]]","[{}]","{\"a\":null}",0,false,"\"\""}');
SELECT differential.add_examples('is not needs a value and no equal one', '{"op": "is not", "form": "json", "value": 1}',
    '{2,"\"1\"","[null]","[[]]","{\"a\":1}"}', '{1,"[2,1]",null,"[]","{}"}');
SELECT differential.add_examples('in nothing', '{"op": "in", "values": []}', '{}', '{1,null}');
SELECT differential.add_examples('not in nothing is having a value', '{"op": "not in", "values": []}', '{1,"[null]"}', '{null,"{}"}');
SELECT differential.add_examples('in mixes kinds', '{"op": "in", "values": [{"form": "json", "value": 1}, {"form": "text", "value": "2"}, {"form": "date", "value": "2024-01"}]}',
    '{1,2,"\"2\"","\"2024-01-01\""}', '{"\"1\"",3}');
SELECT differential.add_examples('contains has no wildcards', '{"op": "contains", "form": "json", "value": "%"}', '{"\"a%\"","[1,\"%\"]"}', '{"\"a\"","{\"a\":\"%\"}"}');
SELECT differential.add_examples('every string contains the empty one', '{"op": "contains", "form": "json", "value": ""}', '{"\"\"","\"a\"","[\"b\"]"}', '{1,"[1]",null}');
SELECT differential.add_examples('contains sees strings only, dates among them', '{"op": "contains", "form": "json", "value": "24-0"}', '{"\"2024-01-15\"","\"24-0\""}', '{2024,"\"24 -0\""}');
SELECT differential.add_examples('does not contain needs a value', '{"op": "does not contain", "form": "json", "value": "a"}', '{1,"\"b\"","[1]","{\"a\":\"a\"}"}', '{"\"a\"",null,"[\"b\",\"xax\"]"}');
SELECT differential.add_examples('contains minds the case', '{"op": "contains", "form": "json", "value": "É"}', '{"\"É\""}', '{"\"é\"","\"E\""}');
SELECT differential.add_examples('icontains folds both', '{"op": "icontains", "form": "json", "value": "STRASSE"}', '{"\"Straße\"","\"straẞe\"","\"ſtraſſe!\""}', '{"\"strase\""}');
SELECT differential.add_examples('a final sigma folds like any', '{"op": "icontains", "form": "json", "value": "σας"}', '{"\"ΣΑΣ\"","\"ςας\""}', '{"\"σα\""}');
SELECT differential.add_examples('a dotted capital I folds to i and a dot', '{"op": "icontains", "form": "json", "value": "i"}', '{"\"İ\"","\"I\""}', '{"\"ı\""}');
SELECT differential.add_examples('iis folds both', '{"op": "iis", "form": "json", "value": "STRASSE"}', '{"\"Straße\"","[1,\"strasse\"]"}', '{"\"strassen\"","\"stras\""}');
SELECT differential.add_examples('iis is of strings', '{"op": "iis", "form": "json", "value": "TRUE"}', '{"\"True\""}', '{true,1}');
SELECT differential.add_examples('istarts with folds both', '{"op": "istarts with", "form": "json", "value": "STRAS"}', '{"\"Straße\"","\"stras\""}', '{"\"stra\"","\"astras\""}');
SELECT differential.add_examples('ends with', '{"op": "ends with", "form": "json", "value": "15"}', '{"\"2024-01-15\"","\"15\"","[1,\"x15\"]"}', '{15,"\"15 \"","\"5\""}');
SELECT differential.add_examples('does not end with needs a value', '{"op": "does not end with", "form": "json", "value": "a"}', '{1,"\"ab\""}', '{"\"ba\"",null,"[\"b\",\"a\"]"}');
SELECT differential.add_examples('matches anywhere', '{"op": "matches", "form": "json", "value": "a.c"}', '{"\"xabcx\"","[\"b\",\"aac\"]"}', '{"\"ac\"","\"Abc\"",1}');
SELECT differential.add_examples('matches minds case of letters beyond ASCII', '{"op": "matches", "form": "json", "value": "(?i)^aé$"}', '{"\"Aé\"","\"aé\""}', '{"\"aÉ\""}');
SELECT differential.add_examples('like has wildcards', '{"op": "like", "form": "json", "value": "a_%\\%"}', '{"\"ab%\"","\"abc%\""}', '{"\"a%\"","\"ab\"","\"Ab%\""}');
SELECT differential.add_examples('ilike folds both', '{"op": "ilike", "form": "json", "value": "STRA__E"}', '{"\"Straße\"","\"straxxe\""}', '{"\"strae\""}');
SELECT differential.add_examples('starts with', '{"op": "starts with", "form": "json", "value": "2024"}', '{"\"2024-01-15\"","\"2024\"","[1,\"2024x\"]"}', '{2024,"\" 2024\"","\"202\""}');

INSERT INTO differential.example (rule, metadata, tree, verdict) VALUES
    ('a key is any path of that name', '{"a.b": 1, "a": {"b": 2}}', '{"op": "is", "key": "a.b", "form": "json", "value": 1}', true),
    ('a key is any path of that name', '{"a.b": 1, "a": {"b": 2}}', '{"op": "is", "key": "a.b", "form": "json", "value": 2}', true),
    ('a key is any path of that name', '{"a.b": null, "a": {"b": 2}}', '{"op": "is empty", "key": "a.b"}', false),
    ('a key is any path of that name', '{"a.b": {"c": 1}}', '{"op": "is", "key": "a.b.c", "form": "json", "value": 1}', true),
    ('a key is any path of that name', '{"": {"": 1}}', '{"op": "is", "key": ".", "form": "json", "value": 1}', true),
    ('objects in arrays are not searched', '{"a": [{"b": 1}]}', '{"op": "is not empty", "key": "a.b"}', false),
    ('members of objects in arrays', '{"a": [{"b": 1}, {"b": 2}]}', '{"op": "is", "key": "a[].b", "form": "json", "value": 2}', true),
    ('members of objects in arrays', '{"a": [[{"b": 1}], 3]}', '{"op": "is", "key": "a[].b", "form": "json", "value": 1}', true),
    ('members of objects in arrays', '{"a": [{"b": [{"c": 1}]}]}', '{"op": "is", "key": "a[].b[].c", "form": "json", "value": 1}', true),
    ('members of objects in arrays', '{"a": [{"b": {"c": 1}}]}', '{"op": "is", "key": "a[].b.c", "form": "json", "value": 1}', true),
    ('members of objects in arrays', '{"a": [{"b": [[1], 2]}]}', '{"op": "is", "key": "a[].b", "form": "json", "value": 1}', true),
    ('members of objects in arrays', '{"a": {"b": 1}}', '{"op": "is not empty", "key": "a[].b"}', false),
    ('members of objects in arrays', '{"a": [{"b": null}, {"b": []}]}', '{"op": "is empty", "key": "a[].b"}', true),
    ('members of objects in arrays', '{"a": [{"b": null}, {"b": 2}]}', '{"op": "is not", "key": "a[].b", "form": "json", "value": 1}', true),
    ('members of objects in arrays', '{"a": [{"b": 1}, {"b": 2}]}', '{"op": "is not", "key": "a[].b", "form": "json", "value": 1}', false),
    ('members of objects in arrays', '{"a[].b": 1, "a": [{"b": 2}]}', '{"op": "is", "key": "a[].b", "form": "json", "value": 1}', true),
    ('members of objects in arrays', '{"a[]": {"b": 1}}', '{"op": "is", "key": "a[].b", "form": "json", "value": 1}', true),
    ('a document that is no object has no keys', '[{"a": 1}]', '{"op": "is empty", "key": "a"}', true),
    ('a document that is no object has no keys', '"a"', '{"op": "is not", "key": "", "form": "json", "value": 1}', false),
    ('not is plain logic', '{}', '{"not": {"op": "is", "key": "x", "form": "json", "value": 1}}', true),
    ('is not is not', '{}', '{"op": "is not", "key": "x", "form": "json", "value": 1}', false),
    ('true', '{}', '{"op": "true"}', true),
    ('any key is every key, nested ones too', '{"a": {"b": [1, [2]]}}', '{"op": "is", "any": true, "form": "json", "value": 2}', true),
    ('any key is every key, nested ones too', '{"a": [{"b": 2}]}', '{"op": "is", "any": true, "form": "json", "value": 2}', false),
    ('any key is every key, nested ones too', '{"a": {"b": 2}}', '{"op": "is", "any": true, "form": "json", "value": {"b": 2}}', true),
    ('the document is no value of a key', '{"b": 2}', '{"op": "is", "any": true, "form": "json", "value": {"b": 2}}', false),
    ('the document is no value of a key', '[2]', '{"op": "is", "any": true, "form": "json", "value": 2}', false),
    ('the key * is one of that name', '{"a": "warm"}', '{"op": "contains", "key": "*", "form": "json", "value": "warm"}', false),
    ('the key * is one of that name', '{"*": "warm"}', '{"op": "contains", "key": "*", "form": "json", "value": "warm"}', true),
    ('no value of any key', '{"*": "cold", "b": ["warm"]}', '{"not": {"op": "contains", "any": true, "form": "json", "value": "warm"}}', false),
    ('and, or', '{"a": 1}', '{"and": [{"or": [{"op": "is empty", "key": "a"}, {"op": "is not empty", "key": "a"}]}, {"op": "is empty", "key": "b"}]}', true);

-- Every letter of oracle.folding, in either direction, and that contains tells them apart.
INSERT INTO differential.example (rule, metadata, tree, verdict)
    SELECT 'letters that fold', jsonb_build_object('k', 'a' || doc || 'b'),
           jsonb_build_object('op', op, 'key', 'k', 'form', 'json', 'value', needle), op = 'icontains'
    FROM oracle.folding, (VALUES ('icontains'), ('contains')) o (op),
         LATERAL (VALUES (letter, 'A' || folded), (folded, letter || 'B'), (letter || letter, folded || letter)) p (doc, needle);
\o

CREATE PROCEDURE differential.check_examples() SET jit = off
    LANGUAGE plpgsql AS $$
DECLARE
    e differential.example;
    said boolean;
    spelled text;
    wrong int := 0;
BEGIN
    FOR e IN SELECT * FROM differential.example LOOP
        IF oracle.matches(e.metadata, e.tree) <> e.verdict THEN
            RAISE WARNING 'the oracle is wrong: %, % on % should be %', e.rule, e.tree, e.metadata, e.verdict;
            wrong := wrong + 1;
        END IF;
        spelled := generate.language(e.n, e.tree);
        BEGIN
            EXECUTE 'SELECT $1 @~ $2::metadata_filter' INTO said USING e.metadata, spelled;
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING '%', SQLERRM;
            said := NULL;
        END;
        IF said IS DISTINCT FROM e.verdict THEN
            RAISE WARNING 'MISMATCH: %; % on % should be %', e.rule, spelled, e.metadata, e.verdict;
            wrong := wrong + 1;
        END IF;
    END LOOP;
    DELETE FROM oracle.document;
    INSERT INTO oracle.document SELECT n, metadata FROM differential.example;
    CALL oracle.load();
    IF EXISTS (SELECT FROM differential.example x WHERE (x.n = ANY (oracle.rows(x.tree))) <> x.verdict) THEN
        RAISE WARNING 'oracle.rows is wrong';
        wrong := wrong + 1;
    END IF;
    IF wrong > 0 THEN
        RAISE EXCEPTION '% of the examples went wrong', wrong;
    END IF;
END
$$;
