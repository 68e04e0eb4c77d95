\echo Use "CREATE EXTENSION detmeta" to load this file. \quit

-- The filter type

CREATE TYPE metadata_filter;

CREATE FUNCTION metadata_filter_in(cstring) RETURNS metadata_filter
    AS 'MODULE_PATHNAME', 'detmeta_filter_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_in(cstring) IS 'reads either text form of a filter';

CREATE FUNCTION metadata_filter_out(filter metadata_filter) RETURNS cstring
    AS 'MODULE_PATHNAME', 'detmeta_filter_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_out(metadata_filter) IS 'prints a filter in the filter language';

CREATE FUNCTION metadata_filter_recv(internal) RETURNS metadata_filter
    AS 'MODULE_PATHNAME', 'detmeta_filter_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_recv(internal) IS 'reads the binary form of a filter';

CREATE FUNCTION metadata_filter_send(filter metadata_filter) RETURNS bytea
    AS 'MODULE_PATHNAME', 'detmeta_filter_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_send(metadata_filter) IS 'writes the binary form of a filter';

CREATE TYPE metadata_filter (
    INPUT = metadata_filter_in,
    OUTPUT = metadata_filter_out,
    RECEIVE = metadata_filter_recv,
    SEND = metadata_filter_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);

COMMENT ON TYPE metadata_filter IS 'a condition on run metadata, such as: loss < 0.1 and (notes contains ''warm'' or tags is empty); also read from the WebUI''s filter JSON';

-- Drivers that give a string its type send text or varchar; drivers that know JSON send json or jsonb.
CREATE CAST (text AS metadata_filter) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS metadata_filter) IS 'reads either text form of a filter';
CREATE CAST (varchar AS metadata_filter) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS metadata_filter) IS 'reads either text form of a filter';
CREATE CAST (json AS metadata_filter) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (json AS metadata_filter) IS 'reads the WebUI''s filter JSON';
CREATE CAST (jsonb AS metadata_filter) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS metadata_filter) IS 'reads the WebUI''s filter JSON';

-- Filters of one condition, made from values

CREATE FUNCTION metadata_filter(key text, operator text) RETURNS metadata_filter
    AS 'MODULE_PATHNAME', 'detmeta_filter_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter(text, text) IS 'filter of one condition on key, without a value; operator is one of: is empty, is not empty';

CREATE FUNCTION metadata_filter(key text, operator text, value anyelement) RETURNS metadata_filter
    AS 'MODULE_PATHNAME', 'detmeta_filter_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter(text, text, anyelement) IS 'filter of one condition on key and a typed value; operator as in the filter language: is, is not, <, <=, >, >=, and with an array as value: in, not in';

CREATE FUNCTION metadata_filter(key text, operator text, value text) RETURNS metadata_filter
    AS 'MODULE_PATHNAME', 'detmeta_filter_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter(text, text, text) IS 'filter of one condition on key and a text value, read as metadata->>key would print it; operator as in the filter language: is, is not, <, <=, >, >=, with or without not: contains, icontains, iis, starts with, istarts with, ends with, matches, like, ilike, and with an array literal such as {7,20} as value: in, not in';

CREATE FUNCTION metadata_filter(key text, operator text, low anycompatible, high anycompatible) RETURNS metadata_filter
    AS 'MODULE_PATHNAME', 'detmeta_filter_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter(text, text, anycompatible, anycompatible) IS 'filter of one condition on key and the typed values low and high; operator is between';

CREATE FUNCTION metadata_filter(key text, operator text, low text, high text) RETURNS metadata_filter
    AS 'MODULE_PATHNAME', 'detmeta_filter_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter(text, text, text, text) IS 'filter of one condition on key and the text values low and high, read as metadata->>key would print them; operator is between';

-- Equality, order and hashing of filters

CREATE FUNCTION metadata_filter_eq(filter metadata_filter, other metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_filter_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_eq(metadata_filter, metadata_filter) IS 'implementation of = operator';
CREATE FUNCTION metadata_filter_ne(filter metadata_filter, other metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_filter_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_ne(metadata_filter, metadata_filter) IS 'implementation of <> operator';
CREATE FUNCTION metadata_filter_lt(filter metadata_filter, other metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_filter_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_lt(metadata_filter, metadata_filter) IS 'implementation of < operator';
CREATE FUNCTION metadata_filter_le(filter metadata_filter, other metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_filter_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_le(metadata_filter, metadata_filter) IS 'implementation of <= operator';
CREATE FUNCTION metadata_filter_gt(filter metadata_filter, other metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_filter_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_gt(metadata_filter, metadata_filter) IS 'implementation of > operator';
CREATE FUNCTION metadata_filter_ge(filter metadata_filter, other metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_filter_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_ge(metadata_filter, metadata_filter) IS 'implementation of >= operator';
CREATE FUNCTION metadata_filter_cmp(filter metadata_filter, other metadata_filter) RETURNS integer
    AS 'MODULE_PATHNAME', 'detmeta_filter_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_cmp(metadata_filter, metadata_filter) IS 'orders filters; the order itself means nothing';
CREATE FUNCTION metadata_filter_hash(filter metadata_filter) RETURNS integer
    AS 'MODULE_PATHNAME', 'detmeta_filter_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_hash(metadata_filter) IS 'hash of a filter';
CREATE FUNCTION metadata_filter_hash_extended(filter metadata_filter, seed bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'detmeta_filter_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_filter_hash_extended(metadata_filter, bigint) IS '64-bit hash of a filter, with a seed';

CREATE OPERATOR = (
    LEFTARG = metadata_filter, RIGHTARG = metadata_filter, PROCEDURE = metadata_filter_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (metadata_filter, metadata_filter) IS 'equal';
CREATE OPERATOR <> (
    LEFTARG = metadata_filter, RIGHTARG = metadata_filter, PROCEDURE = metadata_filter_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (metadata_filter, metadata_filter) IS 'not equal';
CREATE OPERATOR < (
    LEFTARG = metadata_filter, RIGHTARG = metadata_filter, PROCEDURE = metadata_filter_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (metadata_filter, metadata_filter) IS 'sorts before';
CREATE OPERATOR <= (
    LEFTARG = metadata_filter, RIGHTARG = metadata_filter, PROCEDURE = metadata_filter_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (metadata_filter, metadata_filter) IS 'sorts before or is equal';
CREATE OPERATOR > (
    LEFTARG = metadata_filter, RIGHTARG = metadata_filter, PROCEDURE = metadata_filter_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (metadata_filter, metadata_filter) IS 'sorts after';
CREATE OPERATOR >= (
    LEFTARG = metadata_filter, RIGHTARG = metadata_filter, PROCEDURE = metadata_filter_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (metadata_filter, metadata_filter) IS 'sorts after or is equal';

CREATE OPERATOR CLASS metadata_filter_btree_ops DEFAULT FOR TYPE metadata_filter USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 metadata_filter_cmp(metadata_filter, metadata_filter);
COMMENT ON OPERATOR CLASS metadata_filter_btree_ops USING btree IS 'order of filters, for DISTINCT and merge joins';

CREATE OPERATOR CLASS metadata_filter_hash_ops DEFAULT FOR TYPE metadata_filter USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 metadata_filter_hash(metadata_filter),
    FUNCTION 2 metadata_filter_hash_extended(metadata_filter, bigint);
COMMENT ON OPERATOR CLASS metadata_filter_hash_ops USING hash IS 'hashing of filters, for GROUP BY and hash joins';

-- Matching: the one operator of the index, and its negation

CREATE FUNCTION metadata_match_sel(internal, oid, internal, integer) RETURNS double precision
    AS 'MODULE_PATHNAME', 'detmeta_match_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_match_sel(internal, oid, internal, integer) IS 'restriction selectivity of @~';
CREATE FUNCTION metadata_match_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'detmeta_match_joinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_match_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of @~';
CREATE FUNCTION metadata_no_match_sel(internal, oid, internal, integer) RETURNS double precision
    AS 'MODULE_PATHNAME', 'detmeta_no_match_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_no_match_sel(internal, oid, internal, integer) IS 'restriction selectivity of !@~';
CREATE FUNCTION metadata_no_match_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'detmeta_no_match_joinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_no_match_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of !@~';
CREATE FUNCTION metadata_predicate_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'detmeta_predicate_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_predicate_support(internal) IS 'planner support of the predicates and of metadata_sort()';

CREATE FUNCTION metadata_match(metadata jsonb, filter metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_match' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION metadata_match(jsonb, metadata_filter) IS 'implementation of @~ operator: metadata satisfies filter';
CREATE FUNCTION metadata_no_match(metadata jsonb, filter metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_no_match' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION metadata_no_match(jsonb, metadata_filter) IS 'implementation of !@~ operator: metadata does not satisfy filter';

CREATE OPERATOR @~ (
    LEFTARG = jsonb, RIGHTARG = metadata_filter, PROCEDURE = metadata_match,
    NEGATOR = !@~, RESTRICT = metadata_match_sel, JOIN = metadata_match_joinsel
);
COMMENT ON OPERATOR @~ (jsonb, metadata_filter) IS 'metadata satisfies the filter';
CREATE OPERATOR !@~ (
    LEFTARG = jsonb, RIGHTARG = metadata_filter, PROCEDURE = metadata_no_match,
    NEGATOR = @~, RESTRICT = metadata_no_match_sel, JOIN = metadata_no_match_joinsel
);
COMMENT ON OPERATOR !@~ (jsonb, metadata_filter) IS 'metadata does not satisfy the filter';

CREATE FUNCTION metadata_matches(metadata jsonb, filter metadata_filter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_matches' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_matches(jsonb, metadata_filter) IS 'metadata satisfies filter, where metadata NULL reads as {}';

-- Predicates. Each becomes  metadata @~ filter  during planning.

CREATE FUNCTION metadata_is(metadata jsonb, key text, value anyelement) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_is' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_is(jsonb, text, anyelement) IS 'some value of key in metadata equals value (typed: numbers, booleans, dates and jsonb compare as that kind)';

CREATE FUNCTION metadata_is(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_is' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_is(jsonb, text, text) IS 'some value of key in metadata equals value (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_is_not(metadata jsonb, key text, value anyelement) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_is_not' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_is_not(jsonb, text, anyelement) IS 'key in metadata holds a value and none equals value (typed: numbers, booleans, dates and jsonb compare as that kind)';

CREATE FUNCTION metadata_is_not(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_is_not' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_is_not(jsonb, text, text) IS 'key in metadata holds a value and none equals value (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_lt(metadata jsonb, key text, value anyelement) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_lt(jsonb, text, anyelement) IS 'some value of key in metadata is less than value (typed: numbers, booleans, dates and jsonb compare as that kind)';

CREATE FUNCTION metadata_lt(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_lt(jsonb, text, text) IS 'some value of key in metadata is less than value (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_le(metadata jsonb, key text, value anyelement) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_le(jsonb, text, anyelement) IS 'some value of key in metadata is at most value (typed: numbers, booleans, dates and jsonb compare as that kind)';

CREATE FUNCTION metadata_le(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_le(jsonb, text, text) IS 'some value of key in metadata is at most value (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_gt(metadata jsonb, key text, value anyelement) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_gt(jsonb, text, anyelement) IS 'some value of key in metadata is greater than value (typed: numbers, booleans, dates and jsonb compare as that kind)';

CREATE FUNCTION metadata_gt(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_gt(jsonb, text, text) IS 'some value of key in metadata is greater than value (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_ge(metadata jsonb, key text, value anyelement) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_ge(jsonb, text, anyelement) IS 'some value of key in metadata is at least value (typed: numbers, booleans, dates and jsonb compare as that kind)';

CREATE FUNCTION metadata_ge(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_ge(jsonb, text, text) IS 'some value of key in metadata is at least value (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_between(metadata jsonb, key text, low anycompatible, high anycompatible) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_between' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_between(jsonb, text, anycompatible, anycompatible) IS 'one value of key in metadata lies between low and high, both included (typed: numbers, booleans, dates and jsonb compare as that kind)';

CREATE FUNCTION metadata_between(metadata jsonb, key text, low text, high text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_between' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_between(jsonb, text, text, text) IS 'one value of key in metadata lies between low and high, both included (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_in(metadata jsonb, key text, "values" anyarray) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_in(jsonb, text, anyarray) IS 'some value of key in metadata equals an element of values; NULL elements are passed over (numbers, booleans, dates and jsonb compare as that kind, strings as metadata->>key would print them)';

CREATE FUNCTION metadata_in(metadata jsonb, key text, "values" text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_in(jsonb, text, text) IS 'some value of key in metadata equals an element of values, an array literal such as {7,20}: what drivers send that leave types open; NULL elements are passed over (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_not_in(metadata jsonb, key text, "values" anyarray) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_in(jsonb, text, anyarray) IS 'key in metadata holds a value and none equals an element of values; NULL elements are passed over (numbers, booleans, dates and jsonb compare as that kind, strings as metadata->>key would print them)';

CREATE FUNCTION metadata_not_in(metadata jsonb, key text, "values" text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_in(jsonb, text, text) IS 'key in metadata holds a value and none equals an element of values, an array literal such as {7,20}: what drivers send that leave types open; NULL elements are passed over (text: compared as metadata->>key would print it)';

CREATE FUNCTION metadata_contains(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_contains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_contains(jsonb, text, text) IS 'some string value of key in metadata has value as a substring; case-sensitive, no wildcards';

CREATE FUNCTION metadata_not_contains(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_contains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_contains(jsonb, text, text) IS 'key in metadata holds a value and no string value has value as a substring; case-sensitive, no wildcards';

CREATE FUNCTION metadata_icontains(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_icontains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_icontains(jsonb, text, text) IS 'some string value of key in metadata has value as a substring after Unicode case folding of both';

CREATE FUNCTION metadata_not_icontains(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_icontains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_icontains(jsonb, text, text) IS 'key in metadata holds a value and no string value has value as a substring after Unicode case folding of both';

CREATE FUNCTION metadata_iis(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_iis' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_iis(jsonb, text, text) IS 'some string value of key in metadata equals value after Unicode case folding of both';

CREATE FUNCTION metadata_not_iis(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_iis' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_iis(jsonb, text, text) IS 'key in metadata holds a value and no string value equals value after Unicode case folding of both';

CREATE FUNCTION metadata_starts_with(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_starts_with' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_starts_with(jsonb, text, text) IS 'some string value of key in metadata starts with value; case-sensitive, no wildcards';

CREATE FUNCTION metadata_not_starts_with(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_starts_with' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_starts_with(jsonb, text, text) IS 'key in metadata holds a value and no string value starts with value; case-sensitive, no wildcards';

CREATE FUNCTION metadata_istarts_with(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_istarts_with' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_istarts_with(jsonb, text, text) IS 'some string value of key in metadata starts with value after Unicode case folding of both';

CREATE FUNCTION metadata_not_istarts_with(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_istarts_with' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_istarts_with(jsonb, text, text) IS 'key in metadata holds a value and no string value starts with value after Unicode case folding of both';

CREATE FUNCTION metadata_ends_with(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_ends_with' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_ends_with(jsonb, text, text) IS 'some string value of key in metadata ends with value; case-sensitive, no wildcards';

CREATE FUNCTION metadata_not_ends_with(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_ends_with' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_ends_with(jsonb, text, text) IS 'key in metadata holds a value and no string value ends with value; case-sensitive, no wildcards';

CREATE FUNCTION metadata_matches_regex(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_matches_regex' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_matches_regex(jsonb, text, text) IS 'some string value of key in metadata matches value, an advanced regular expression of PostgreSQL, anchored nowhere, in the collation "C"; (?i) in front of it ignores case';

CREATE FUNCTION metadata_not_matches_regex(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_matches_regex' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_matches_regex(jsonb, text, text) IS 'key in metadata holds a value and no string value matches value, an advanced regular expression of PostgreSQL, anchored nowhere, in the collation "C"; (?i) in front of it ignores case';

CREATE FUNCTION metadata_like(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_like' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_like(jsonb, text, text) IS 'some string value of key in metadata is like value; %, _ and \ as in SQL';

CREATE FUNCTION metadata_not_like(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_like' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_like(jsonb, text, text) IS 'key in metadata holds a value and no string value is like value; %, _ and \ as in SQL';

CREATE FUNCTION metadata_ilike(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_ilike' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_ilike(jsonb, text, text) IS 'some string value of key in metadata is like value after Unicode case folding of both; %, _ and \ as in SQL';

CREATE FUNCTION metadata_not_ilike(metadata jsonb, key text, value text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_ilike' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_ilike(jsonb, text, text) IS 'key in metadata holds a value and no string value is like value after Unicode case folding of both; %, _ and \ as in SQL';

CREATE FUNCTION metadata_is_empty(metadata jsonb, key text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_is_empty' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_is_empty(jsonb, text) IS 'key is absent from metadata or holds only null, [] or {}; metadata NULL reads as {}';

CREATE FUNCTION metadata_not_empty(metadata jsonb, key text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_not_empty' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_not_empty(jsonb, text) IS 'key in metadata holds a value other than null, [] and {}';

-- Sorting

CREATE FUNCTION metadata_sort(metadata jsonb, key text) RETURNS bytea
    AS 'MODULE_PATHNAME', 'detmeta_sort' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40
    SUPPORT metadata_predicate_support;
COMMENT ON FUNCTION metadata_sort(jsonb, text) IS 'bytes whose order is the order of the value of key in metadata: boolean < number < date < string < array or object; NULL where key is empty';

-- The GIN operator class

CREATE FUNCTION metadata_compare_entries(entry bytea, other bytea) RETURNS integer
    AS 'MODULE_PATHNAME', 'detmeta_compare_entries' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_compare_entries(bytea, bytea) IS 'GIN support of metadata_ops: order of entries';
CREATE FUNCTION metadata_extract_value(jsonb, internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'detmeta_extract_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_extract_value(jsonb, internal, internal) IS 'GIN support of metadata_ops: entries of a document';
CREATE FUNCTION metadata_extract_query(jsonb, internal, smallint, internal, internal, internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'detmeta_extract_query' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_extract_query(jsonb, internal, smallint, internal, internal, internal, internal) IS 'GIN support of metadata_ops: probes of a filter';
CREATE FUNCTION metadata_consistent(internal, smallint, jsonb, integer, internal, internal, internal, internal) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_consistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_consistent(internal, smallint, jsonb, integer, internal, internal, internal, internal) IS 'GIN support of metadata_ops: whether a row satisfies a filter';
CREATE FUNCTION metadata_triconsistent(internal, smallint, jsonb, integer, internal, internal, internal) RETURNS "char"
    AS 'MODULE_PATHNAME', 'detmeta_triconsistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_triconsistent(internal, smallint, jsonb, integer, internal, internal, internal) IS 'GIN support of metadata_ops: the same in three-valued logic';
CREATE FUNCTION metadata_compare_partial(bytea, bytea, smallint, internal) RETURNS integer
    AS 'MODULE_PATHNAME', 'detmeta_compare_partial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_compare_partial(bytea, bytea, smallint, internal) IS 'GIN support of metadata_ops: whether an entry belongs to a probe';
CREATE FUNCTION metadata_options(internal) RETURNS void
    AS 'MODULE_PATHNAME', 'detmeta_options' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_options(internal) IS 'GIN support of metadata_ops: its options';

CREATE OPERATOR CLASS metadata_ops FOR TYPE jsonb USING gin AS
    OPERATOR 1 @~ (jsonb, metadata_filter),
    OPERATOR 2 !@~ (jsonb, metadata_filter),
    OPERATOR 7 @> (jsonb, jsonb),
    OPERATOR 9 ? (jsonb, text),
    OPERATOR 10 ?| (jsonb, text[]),
    OPERATOR 11 ?& (jsonb, text[]),
    OPERATOR 15 @? (jsonb, jsonpath),
    OPERATOR 16 @@ (jsonb, jsonpath),
    FUNCTION 1 metadata_compare_entries(bytea, bytea),
    FUNCTION 2 metadata_extract_value(jsonb, internal, internal),
    FUNCTION 3 metadata_extract_query(jsonb, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 metadata_consistent(internal, smallint, jsonb, integer, internal, internal, internal, internal),
    FUNCTION 5 metadata_compare_partial(bytea, bytea, smallint, internal),
    FUNCTION 6 metadata_triconsistent(internal, smallint, jsonb, integer, internal, internal, internal),
    FUNCTION 7 metadata_options(internal),
    STORAGE bytea;
COMMENT ON OPERATOR CLASS metadata_ops USING gin IS 'exact entries for every key and value of run metadata; option trigram_keys names keys, separated by commas, whose strings also get trigram entries; with the option array_members members of objects in arrays have entries, too';

-- The access method: GIN in all but its build

CREATE FUNCTION detmeta_handler(internal) RETURNS index_am_handler
    AS 'MODULE_PATHNAME', 'detmeta_handler' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION detmeta_handler(internal) IS 'handler of the index access method detmeta';
CREATE ACCESS METHOD detmeta TYPE INDEX HANDLER detmeta_handler;
COMMENT ON ACCESS METHOD detmeta IS 'GIN with a build of its own, which leaves pages packed; option fillfactor, 90 unless given, says how full, in percent';

CREATE OPERATOR CLASS metadata_ops DEFAULT FOR TYPE jsonb USING detmeta AS
    OPERATOR 1 @~ (jsonb, metadata_filter),
    OPERATOR 2 !@~ (jsonb, metadata_filter),
    OPERATOR 7 @> (jsonb, jsonb),
    OPERATOR 9 ? (jsonb, text),
    OPERATOR 10 ?| (jsonb, text[]),
    OPERATOR 11 ?& (jsonb, text[]),
    OPERATOR 15 @? (jsonb, jsonpath),
    OPERATOR 16 @@ (jsonb, jsonpath),
    FUNCTION 1 metadata_compare_entries(bytea, bytea),
    FUNCTION 2 metadata_extract_value(jsonb, internal, internal),
    FUNCTION 3 metadata_extract_query(jsonb, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 metadata_consistent(internal, smallint, jsonb, integer, internal, internal, internal, internal),
    FUNCTION 5 metadata_compare_partial(bytea, bytea, smallint, internal),
    FUNCTION 6 metadata_triconsistent(internal, smallint, jsonb, integer, internal, internal, internal),
    FUNCTION 7 metadata_options(internal),
    STORAGE bytea;
COMMENT ON OPERATOR CLASS metadata_ops USING detmeta IS 'the same entries as metadata_ops of gin has, with the same options';

CREATE FUNCTION metadata_index_clean_pending(index regclass) RETURNS bigint
    AS 'MODULE_PATHNAME', 'detmeta_index_clean_pending' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION metadata_index_clean_pending(regclass) IS 'moves the pending list of an index of detmeta or gin to its tree, as gin_clean_pending_list does for gin, and returns how many pages of the list were removed; for the index''s owner (42501), not during recovery (55000); another index: 42809';

-- Plain columns beside the metadata: equality

CREATE FUNCTION metadata_scalar_extract_value(value anyelement, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'detmeta_scalar_extract_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_scalar_extract_value(anyelement, internal) IS 'support of plain columns of detmeta indexes: the entry of a value';
CREATE FUNCTION metadata_scalar_extract_query(value anyelement, internal, smallint, internal, internal, internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'detmeta_scalar_extract_query' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_scalar_extract_query(anyelement, internal, smallint, internal, internal, internal, internal) IS 'support of plain columns of detmeta indexes: the entry to look for';
CREATE FUNCTION metadata_text_extract_value(value text, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'detmeta_text_extract_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_text_extract_value(text, internal) IS 'support of plain columns of detmeta indexes: the entry of a text';
CREATE FUNCTION metadata_text_extract_query(value text, internal, smallint, internal, internal, internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'detmeta_text_extract_query' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_text_extract_query(text, internal, smallint, internal, internal, internal, internal) IS 'support of plain columns of detmeta indexes: the entry to look for';
CREATE FUNCTION metadata_scalar_consistent(internal, smallint, value anyelement, integer, internal, internal, internal, internal) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_scalar_consistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal) IS 'support of plain columns of detmeta indexes: whether a row satisfies the condition';
CREATE FUNCTION metadata_scalar_triconsistent(internal, smallint, value anyelement, integer, internal, internal, internal) RETURNS "char"
    AS 'MODULE_PATHNAME', 'detmeta_scalar_triconsistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal) IS 'support of plain columns of detmeta indexes: the same in three-valued logic';

CREATE OPERATOR CLASS int2_ops DEFAULT FOR TYPE smallint USING detmeta AS
    OPERATOR 3 =,
    FUNCTION 2 (smallint, smallint) metadata_scalar_extract_value(anyelement, internal),
    FUNCTION 3 (smallint, smallint) metadata_scalar_extract_query(anyelement, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 (smallint, smallint) metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal),
    FUNCTION 6 (smallint, smallint) metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS int2_ops USING detmeta IS 'equality of a column beside the metadata';
CREATE OPERATOR CLASS int4_ops DEFAULT FOR TYPE integer USING detmeta AS
    OPERATOR 3 =,
    FUNCTION 2 (integer, integer) metadata_scalar_extract_value(anyelement, internal),
    FUNCTION 3 (integer, integer) metadata_scalar_extract_query(anyelement, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 (integer, integer) metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal),
    FUNCTION 6 (integer, integer) metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS int4_ops USING detmeta IS 'equality of a column beside the metadata';
CREATE OPERATOR CLASS int8_ops DEFAULT FOR TYPE bigint USING detmeta AS
    OPERATOR 3 =,
    FUNCTION 2 (bigint, bigint) metadata_scalar_extract_value(anyelement, internal),
    FUNCTION 3 (bigint, bigint) metadata_scalar_extract_query(anyelement, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 (bigint, bigint) metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal),
    FUNCTION 6 (bigint, bigint) metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS int8_ops USING detmeta IS 'equality of a column beside the metadata';
CREATE OPERATOR CLASS bool_ops DEFAULT FOR TYPE boolean USING detmeta AS
    OPERATOR 3 =,
    FUNCTION 2 (boolean, boolean) metadata_scalar_extract_value(anyelement, internal),
    FUNCTION 3 (boolean, boolean) metadata_scalar_extract_query(anyelement, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 (boolean, boolean) metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal),
    FUNCTION 6 (boolean, boolean) metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS bool_ops USING detmeta IS 'equality of a column beside the metadata';
CREATE OPERATOR CLASS date_ops DEFAULT FOR TYPE date USING detmeta AS
    OPERATOR 3 =,
    FUNCTION 2 (date, date) metadata_scalar_extract_value(anyelement, internal),
    FUNCTION 3 (date, date) metadata_scalar_extract_query(anyelement, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 (date, date) metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal),
    FUNCTION 6 (date, date) metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS date_ops USING detmeta IS 'equality of a column beside the metadata';
CREATE OPERATOR CLASS timestamptz_ops DEFAULT FOR TYPE timestamp with time zone USING detmeta AS
    OPERATOR 3 =,
    FUNCTION 2 (timestamp with time zone, timestamp with time zone) metadata_scalar_extract_value(anyelement, internal),
    FUNCTION 3 (timestamp with time zone, timestamp with time zone) metadata_scalar_extract_query(anyelement, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 (timestamp with time zone, timestamp with time zone) metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal),
    FUNCTION 6 (timestamp with time zone, timestamp with time zone) metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS timestamptz_ops USING detmeta IS 'equality of a column beside the metadata';
CREATE OPERATOR CLASS uuid_ops DEFAULT FOR TYPE uuid USING detmeta AS
    OPERATOR 3 =,
    FUNCTION 2 (uuid, uuid) metadata_scalar_extract_value(anyelement, internal),
    FUNCTION 3 (uuid, uuid) metadata_scalar_extract_query(anyelement, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 (uuid, uuid) metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal),
    FUNCTION 6 (uuid, uuid) metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS uuid_ops USING detmeta IS 'equality of a column beside the metadata';
CREATE OPERATOR CLASS text_ops DEFAULT FOR TYPE text USING detmeta AS
    OPERATOR 3 =,
    FUNCTION 2 (text, text) metadata_text_extract_value(text, internal),
    FUNCTION 3 (text, text) metadata_text_extract_query(text, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 (text, text) metadata_scalar_consistent(internal, smallint, anyelement, integer, internal, internal, internal, internal),
    FUNCTION 6 (text, text) metadata_scalar_triconsistent(internal, smallint, anyelement, integer, internal, internal, internal);
COMMENT ON OPERATOR CLASS text_ops USING detmeta IS 'equality of a column beside the metadata';

-- Ids of runs: texts, to be read by the type of the column run_id. One argument takes whatever an id comes as, and programs
-- that choose a function by the names of its arguments, as PostgREST does, need not choose.

CREATE TYPE metadata_run_id;

CREATE FUNCTION metadata_run_id_in(cstring) RETURNS metadata_run_id
    AS 'textin' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_run_id_in(cstring) IS 'reads the id of a run';
CREATE FUNCTION metadata_run_id_out(run_id metadata_run_id) RETURNS cstring
    AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_run_id_out(metadata_run_id) IS 'prints the id of a run';
CREATE FUNCTION metadata_run_id_recv(internal) RETURNS metadata_run_id
    AS 'textrecv' LANGUAGE internal STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_run_id_recv(internal) IS 'reads the binary form of the id of a run';
CREATE FUNCTION metadata_run_id_send(run_id metadata_run_id) RETURNS bytea
    AS 'textsend' LANGUAGE internal STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_run_id_send(metadata_run_id) IS 'writes the binary form of the id of a run';

CREATE TYPE metadata_run_id (
    INPUT = metadata_run_id_in,
    OUTPUT = metadata_run_id_out,
    RECEIVE = metadata_run_id_recv,
    SEND = metadata_run_id_send,
    LIKE = text
);
COMMENT ON TYPE metadata_run_id IS 'the id of a run, as an argument: an integer, uuid or text, which the type of the column run_id reads';

CREATE CAST (smallint AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (smallint AS metadata_run_id) IS 'a number as the id of a run';
CREATE CAST (integer AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (integer AS metadata_run_id) IS 'a number as the id of a run';
CREATE CAST (bigint AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (bigint AS metadata_run_id) IS 'a number as the id of a run';
CREATE CAST (numeric AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (numeric AS metadata_run_id) IS 'a number as the id of a run';
CREATE CAST (uuid AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (uuid AS metadata_run_id) IS 'a uuid as the id of a run';
CREATE CAST (text AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (text AS metadata_run_id) IS 'a text as the id of a run';
CREATE CAST (varchar AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (varchar AS metadata_run_id) IS 'a text as the id of a run';
CREATE CAST (char AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (char AS metadata_run_id) IS 'a text as the id of a run';
CREATE CAST (name AS metadata_run_id) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (name AS metadata_run_id) IS 'a text as the id of a run';

-- Storing

CREATE FUNCTION create_runs_metadata(name text DEFAULT 'runs_metadata', runs regclass DEFAULT NULL, trigram_keys text DEFAULT NULL, array_members boolean DEFAULT false) RETURNS regclass
    AS 'MODULE_PATHNAME', 'detmeta_create_runs_metadata' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION create_runs_metadata(text, regclass, text, boolean) IS 'creates the table called name (run_id bigint PRIMARY KEY, metadata jsonb NOT NULL) and its index; with runs, run_id is of the type of that table''s primary key, and references it ON DELETE CASCADE; trigram_keys names the keys, separated by commas, that substring searches are made of; array_members: the index also has members of objects in arrays; the table belongs to the caller, not to the extension';

CREATE FUNCTION post_run_metadata(run_id metadata_run_id, metadata jsonb) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_post_run_metadata' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION post_run_metadata(metadata_run_id, jsonb) IS 'replaces the metadata of the run run_id and returns what is stored; metadata NULL or {} removes it; the same document again writes nothing';

CREATE FUNCTION post_run_metadata(request jsonb) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_post_run_metadata_request' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION post_run_metadata(jsonb) IS 'the same from request, an HTTP body {"runId": 110, "metadata": {"effectiveness": 20}}, where runId is a number or a string; returns {"metadata": ...}';

CREATE FUNCTION merge_run_metadata(run_id metadata_run_id, patch jsonb) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_merge_run_metadata' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION merge_run_metadata(metadata_run_id, jsonb) IS 'applies patch, an RFC 7396 merge patch, to the metadata of the run run_id (null removes a key) and returns what is stored';

CREATE FUNCTION get_run_metadata(run_id metadata_run_id) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_get_run_metadata' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION get_run_metadata(metadata_run_id) IS 'the metadata of the run run_id; {} where there is none';

CREATE FUNCTION metadata_identical(metadata jsonb, other jsonb) RETURNS boolean
    AS 'MODULE_PATHNAME', 'detmeta_identical' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2;
COMMENT ON FUNCTION metadata_identical(jsonb, jsonb) IS 'metadata and other are the same document as stored, where 1 and 1.0 are not, and NULL is the same as NULL; what posting and merging compare by';

CREATE FUNCTION metadata_without_key(metadata jsonb, key text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_without_key' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION metadata_without_key(jsonb, text) IS 'metadata without key, and without the objects that have no other member; what remove_metadata_key() makes of a run';

CREATE FUNCTION metadata_with_key_renamed(metadata jsonb, run_id text, old text, new text, conflict text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_with_key_renamed' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION metadata_with_key_renamed(jsonb, text, text, text, text) IS 'metadata with the value of key old at key new, where conflict says what to do if there is one already: error, keep or replace; what rename_metadata_key() makes of the run that run_id names in errors';

CREATE FUNCTION rename_metadata_key(old text, new text, filter metadata_filter DEFAULT NULL, on_conflict text DEFAULT 'error') RETURNS bigint
    AS 'MODULE_PATHNAME', 'detmeta_rename_metadata_key' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION rename_metadata_key(text, text, metadata_filter, text) IS 'moves the value of key old to key new in all runs, or in those that filter finds, and returns how many were changed; on_conflict says what happens where a run has key new: error (nothing is changed), keep (the run loses key old only) or replace; of the table that detmeta.runs_table names';

CREATE FUNCTION remove_metadata_key(key text, filter metadata_filter DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'detmeta_remove_metadata_key' LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000;
COMMENT ON FUNCTION remove_metadata_key(text, metadata_filter) IS 'removes key from all runs, or from those that filter finds, and returns how many were changed; a run with no other key has no metadata then; of the table that detmeta.runs_table names';

-- Exploring and searching

CREATE FUNCTION metadata_keys(rel regclass, col name DEFAULT 'metadata', filter metadata_filter DEFAULT NULL, scope jsonb DEFAULT NULL)
    RETURNS TABLE (key text, type text, runs bigint)
    AS 'MODULE_PATHNAME', 'detmeta_metadata_keys' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED COST 1000 ROWS 100;
COMMENT ON FUNCTION metadata_keys(regclass, name, metadata_filter, jsonb) IS 'the keys of a table''s metadata: one row per key and type (text, number, date, boolean, array, object, empty) with the exact count of rows; rel is a table or view, col its metadata column; filter and scope, if not NULL, say which rows are counted: those that satisfy the filter, and those whose other columns have the values of {"project_id": 42, "state": ["A", "B"]}, where an array means any and null is NULL';

CREATE FUNCTION metadata_values(rel regclass, key text, search text DEFAULT NULL, "limit" bigint DEFAULT 100, col name DEFAULT 'metadata', ignore_case boolean DEFAULT false, max_values bigint DEFAULT NULL, filter metadata_filter DEFAULT NULL, scope jsonb DEFAULT NULL, except_own boolean DEFAULT false)
    RETURNS TABLE (value jsonb, runs bigint)
    AS 'MODULE_PATHNAME', 'detmeta_metadata_values' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED COST 1000 ROWS 100;
COMMENT ON FUNCTION metadata_values(regclass, text, text, bigint, name, boolean, bigint, metadata_filter, jsonb, boolean) IS 'the strings, numbers and booleans at a key, elements of arrays included, with the exact count of rows that have each: the most frequent first, then by value; rel is a table or view, key the dotted key, search keeps values whose text contains it (with ignore_case after Unicode case folding of both), limit is the number of values (NULL for all), max_values, if not NULL, is it in its place, for interfaces that keep that name for themselves, col the metadata column; filter and scope, if not NULL, say which rows are counted: those that satisfy the filter, and those whose other columns have the values of {"project_id": 42, "state": ["A", "B"]}, where an array means any and null is NULL; with except_own the filter''s conditions on key itself are left out, as in a list to choose another value from';

CREATE FUNCTION metadata_find(rel regclass, search text, filter metadata_filter DEFAULT NULL, scope jsonb DEFAULT NULL, "limit" bigint DEFAULT 100, col name DEFAULT 'metadata', max_values bigint DEFAULT NULL)
    RETURNS TABLE (key text, value jsonb, runs bigint)
    AS 'MODULE_PATHNAME', 'detmeta_metadata_find' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED COST 1000 ROWS 100;
COMMENT ON FUNCTION metadata_find(regclass, text, metadata_filter, jsonb, bigint, name, bigint) IS 'the values of any key, nested keys and elements of arrays included, whose text contains search after Unicode case folding of both, with their keys and the exact count of rows that have each: the most frequent first, then by key and value; rel is a table or view; filter and scope, if not NULL, say which rows are counted: those that satisfy the filter, and those whose other columns have the values of {"project_id": 42, "state": ["A", "B"]}, where an array means any and null is NULL; limit is the number of values (NULL for all), max_values, if not NULL, is it in its place, for interfaces that keep that name for themselves, col the metadata column';

CREATE FUNCTION metadata_summary(rel regclass, key text, buckets integer DEFAULT 10, col name DEFAULT 'metadata', filter metadata_filter DEFAULT NULL, scope jsonb DEFAULT NULL)
    RETURNS TABLE (runs bigint, empty_runs bigint, distinct_values bigint, min jsonb, max jsonb, histogram jsonb, quantiles jsonb)
    AS 'MODULE_PATHNAME', 'detmeta_metadata_summary' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED COST 1000 ROWS 1;
COMMENT ON FUNCTION metadata_summary(regclass, text, integer, name, metadata_filter, jsonb) IS 'one row about a key: rows with a value and rows without, distinct values as metadata_values lists them, the least and the greatest in the order of metadata_sort, and a histogram of its numbers and of its dates: [{"type", "from", "to", "count"}, ...], and the quantiles at 0, 25, 50, 75 and 100 percent of these: {"number": [...], "date": [...]}, between two values where percentile_cont is; rel is a table or view, key the dotted key, buckets the number of ranges from 1 to 1000 (NULL for no histogram), col the metadata column; filter and scope, if not NULL, say which rows are counted: those that satisfy the filter, and those whose other columns have the values of {"project_id": 42, "state": ["A", "B"]}, where an array means any and null is NULL';

CREATE FUNCTION metadata_histogram(rel regclass, key text, buckets integer DEFAULT 10, filter metadata_filter DEFAULT NULL, scope jsonb DEFAULT NULL, col name DEFAULT 'metadata')
    RETURNS TABLE ("from" jsonb, "to" jsonb, runs bigint, bar text)
    AS 'MODULE_PATHNAME', 'detmeta_metadata_histogram' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED COST 1000 ROWS 10;
COMMENT ON FUNCTION metadata_histogram(regclass, text, integer, metadata_filter, jsonb, name) IS 'the numbers of a key, and then its dates, in ranges of equal width, elements of arrays included: where each begins (included) and ends (included in the last), the count of rows, and a bar of up to 40 characters; rel is a table or view, key the dotted key, buckets the number of ranges from 1 to 1000; filter and scope say which rows are meant; col is the metadata column';

CREATE FUNCTION metadata_groups(rel regclass, by text[], measure text DEFAULT NULL, filter metadata_filter DEFAULT NULL, scope jsonb DEFAULT NULL, sort text DEFAULT 'runs=desc', "limit" bigint DEFAULT 100, col name DEFAULT 'metadata', max_groups bigint DEFAULT NULL)
    RETURNS TABLE ("group" jsonb, runs bigint, numbers bigint, min numeric, max numeric, mean numeric, median numeric, stddev numeric, min_run jsonb, max_run jsonb)
    AS 'MODULE_PATHNAME', 'detmeta_metadata_groups' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED COST 1000 ROWS 100;
COMMENT ON FUNCTION metadata_groups(regclass, text[], text, metadata_filter, jsonb, text, bigint, name, bigint) IS 'groups of rows by the values of keys: the values {key: value}, null where a row has none (a row with an array is in the group of each of its elements), the number of rows, and of the numbers that rows have at measure how many there are, the least, the greatest, the mean, the median (between the two in the middle), the standard deviation of a sample, and the primary keys of the rows with the least and the greatest (of equal ones the least); rel is a table or view, by the dotted keys, each perhaps with ranges of its numbers and dates behind it: loss:10 for ten of equal width, started:month for year, quarter, month, week, day, hour or minute in UTC; measure the dotted key of the numbers; filter and scope say which rows are meant; sort is by runs, numbers, min, max, mean, median or stddev, and groups that are equal are in the order of their values; limit is the number of groups (NULL for all), max_groups, if not NULL, is it in its place; col is the metadata column';

CREATE FUNCTION compare_run_metadata(run_ids metadata_run_id[], only_different boolean DEFAULT false)
    RETURNS TABLE (key text, "values" jsonb, same boolean)
    AS 'MODULE_PATHNAME', 'detmeta_compare_run_metadata' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1000 ROWS 100;
COMMENT ON FUNCTION compare_run_metadata(metadata_run_id[], boolean) IS 'runs side by side: one row per key, with values {run_id: value} and whether all the runs have the same one; run_ids are the runs, only_different leaves out keys that are the same; of the table that detmeta.runs_table names';

CREATE FUNCTION search_run_metadata(filter metadata_filter DEFAULT NULL, sort text DEFAULT NULL, "limit" bigint DEFAULT 20, "offset" bigint DEFAULT 0, run_ids bigint[] DEFAULT NULL, max_runs bigint DEFAULT NULL, skip_runs bigint DEFAULT NULL, after text DEFAULT NULL, before text DEFAULT NULL)
    RETURNS TABLE (run_id bigint, metadata jsonb, total bigint, cursor text)
    AS 'MODULE_PATHNAME', 'detmeta_search_run_metadata' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED COST 1000 ROWS 20;
COMMENT ON FUNCTION search_run_metadata(metadata_filter, text, bigint, bigint, bigint[], bigint, bigint, text, text) IS 'one page of runs, and in each row the count of all matches (a page behind the end has no rows, and so no count) and a cursor, which is the place of the row in the order; filter is the condition (NULL for all runs), sort is as in metadata.loss=desc,id=asc or loss desc nulls first, with runs without a value last and ties by run_id unless it says otherwise, limit and offset are in runs (limit NULL for all), max_runs and skip_runs, if not NULL, are they in their place, for interfaces that keep those names for themselves, run_ids restricts to these runs, after and before are cursors of the same sort: the first runs behind that place, and the last ones before it (with both, the first between them), whether or not the run is still there; of the table that detmeta.runs_table names, whose run_id has to be an integer';

CREATE TYPE metadata_key_count AS (key text, type text, runs bigint);
COMMENT ON TYPE metadata_key_count IS 'a key, a type that it has (text, number, date, boolean, array, object, empty), and the count of rows; element of what metadata_key_counts returns';

-- States are jsonb, so that Citus sends them between servers; parts are what functions of exploring ask there.

CREATE FUNCTION metadata_part_add(state jsonb, metadata jsonb, request jsonb) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_part_add_row' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION metadata_part_add(jsonb, jsonb, jsonb) IS 'transition function of metadata_part';
CREATE FUNCTION metadata_part_add(state jsonb, metadata jsonb, request jsonb, run text[]) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_part_add_keyed_row' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION metadata_part_add(jsonb, jsonb, jsonb, text[]) IS 'transition function of metadata_part, with the primary key of the row';
CREATE FUNCTION metadata_part_combine(state jsonb, other jsonb) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_part_combine' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_part_combine(jsonb, jsonb) IS 'adds two states of metadata_part or metadata_key_counts';

CREATE AGGREGATE metadata_part(metadata jsonb, request jsonb) (
    SFUNC = metadata_part_add,
    STYPE = jsonb,
    COMBINEFUNC = metadata_part_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE metadata_part(jsonb, jsonb) IS 'what a function of exploring counts of the aggregated rows, as jsonb to be added to what it counts of others; metadata is the document of a row, request says what to count: for the extension itself, which asks other servers';
CREATE AGGREGATE metadata_part(metadata jsonb, request jsonb, run text[]) (
    SFUNC = metadata_part_add,
    STYPE = jsonb,
    COMBINEFUNC = metadata_part_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE metadata_part(jsonb, jsonb, text[]) IS 'the same of groups of rows with documents metadata, as request says; run is the primary key of a row, its columns as texts';

CREATE FUNCTION metadata_part_of(rel regclass, col name, request jsonb, filter metadata_filter, scope jsonb) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_part_of' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED COST 1000;
COMMENT ON FUNCTION metadata_part_of(regclass, name, jsonb, metadata_filter, jsonb) IS 'what metadata_part returns of the rows of rel, read from its index: the planner calls it in place of the aggregate; col is the metadata column, request says what to count; filter and scope say which rows are meant';

CREATE FUNCTION metadata_key_counts_add(state jsonb, metadata jsonb) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'detmeta_key_counts_add' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION metadata_key_counts_add(jsonb, jsonb) IS 'transition function of metadata_key_counts';
CREATE FUNCTION metadata_key_counts_final(state jsonb) RETURNS metadata_key_count[]
    AS 'MODULE_PATHNAME', 'detmeta_key_counts_final' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_key_counts_final(jsonb) IS 'final function of metadata_key_counts';

CREATE AGGREGATE metadata_key_counts(metadata jsonb) (
    SFUNC = metadata_key_counts_add,
    STYPE = jsonb,
    FINALFUNC = metadata_key_counts_final,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = metadata_part_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE metadata_key_counts(jsonb) IS 'the keys, types and counts of the aggregated rows, as metadata_keys tells them of a table: SELECT * FROM unnest((SELECT metadata_key_counts(metadata) FROM ...)); metadata is the document of a row';

-- Looking inside

CREATE FUNCTION metadata_debug_entries(metadata jsonb, trigram_keys text DEFAULT NULL, array_members boolean DEFAULT false) RETURNS SETOF text
    AS 'MODULE_PATHNAME', 'detmeta_debug_entries' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_debug_entries(jsonb, text, boolean) IS 'the entries that metadata_ops makes of the document metadata, one a row, in index order; trigram_keys and array_members as the operator class options';

CREATE FUNCTION metadata_debug_filter(filter metadata_filter, trigram_keys text DEFAULT NULL, array_members boolean DEFAULT false) RETURNS SETOF text
    AS 'MODULE_PATHNAME', 'detmeta_debug_filter' LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION metadata_debug_filter(metadata_filter, text, boolean) IS 'what filter asks of a metadata_ops index: its probes and how they combine; trigram_keys and array_members as the operator class options';

-- Checking an index

CREATE FUNCTION metadata_index_check(index regclass) RETURNS TABLE (index_name regclass, tid tid, entry text, problem text)
    AS 'MODULE_PATHNAME', 'detmeta_index_check' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 10 COST 100000;
COMMENT ON FUNCTION metadata_index_check(regclass) IS 'the problems of a metadata_ops index, one a row, none if it has what its table has; index_name is the partition''s index, tid the row''s address; for the owner; blocks neither reads nor writes';
