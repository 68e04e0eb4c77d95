/*
 * compare.c
 *		Comparisons of values in the metadata with jsonb and with text.
 *
 * jsonb is equal as our values are: numbers as numeric, strings by their bytes.
 * It orders values of different kinds, too:
 *
 *		[] < null < strings < numbers < false < true < arrays < objects
 *
 * Text is what ->> prints.  A string is its own text.  A number prints in one
 * way, unless zeros end what is behind its point; a flag tells of keys with such.
 */
#include "postgres.h"

#include "catalog/pg_collation_d.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "dialect/compare.h"
#include "value/number.h"

/* Say whether a collation orders text by its bytes. */
static bool
is_bytewise(Oid collation)
{
	return OidIsValid(collation) && COLLATION_IS_C(collation);
}

/* ---- jsonb ---- */

/* Return where jsonb orders a kind. */
static int
jsonb_rank(MetaKind kind)
{
	static const int ranks[] = {
		[META_EMPTY_ARRAY] = 0,
		[META_NULL] = 1,
		[META_STRING] = 2,
		[META_DATE] = 2,
		[META_NUMBER] = 3,
		[META_FALSE] = 4,
		[META_TRUE] = 5,
		[META_ARRAY] = 6,
		[META_OBJECT] = 7,
		[META_EMPTY_OBJECT] = 7
	};

	return ranks[kind];
}

/* Return the kind of a JSON value; a date is a string. */
static MetaKind
jsonb_kind(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return META_NULL;
		case jbvBool:
			return value->val.boolean ? META_TRUE : META_FALSE;
		case jbvNumeric:
			return META_NUMBER;
		case jbvString:
			return META_STRING;
		default:
			if (JsonContainerIsArray(value->val.binary.data))
				return JsonContainerSize(value->val.binary.data) == 0 ? META_EMPTY_ARRAY :
					META_ARRAY;
			return JsonContainerSize(value->val.binary.data) == 0 ? META_EMPTY_OBJECT : META_OBJECT;
	}
}

/* Return a number's bytes. */
static char *
number_bytes(Numeric number, int *len)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	detmeta_number_encode(number, &bytes);
	*len = bytes.len;
	return bytes.data;
}

/* Return the bytes of a number or a string. */
static const char *
scalar_bytes(const JsonbValue *value, int *len)
{
	if (value->type == jbvNumeric)
		return number_bytes(value->val.numeric, len);
	*len = value->val.string.len;
	return value->val.string.val;
}

/* Let a leaf accept what equals a scalar. */
void
detmeta_leaf_add_scalar(Leaf *leaf, const JsonbValue *value, bool unsure)
{
	MetaKind	kind = jsonb_kind(value);
	ValueTest  *test = detmeta_leaf_add_test(leaf,
											 kind >= META_NUMBER ? TEST_EQUAL : TEST_KIND, kind);

	test->unsure = unsure;
	if (kind >= META_NUMBER)
		test->bytes = scalar_bytes(value, &test->len);
}

/* Let a leaf accept what equals a JSON value; whether a container does is in doubt. */
static void
add_jsonb_equality(Leaf *leaf, const JsonbValue *value)
{
	MetaKind	kind = jsonb_kind(value);

	if (kind == META_ARRAY || kind == META_OBJECT)
		detmeta_leaf_add_kinds(leaf, META_KIND_BIT(kind), true);
	else
		detmeta_leaf_add_scalar(leaf, value, false);
}

/* Let a leaf accept the kinds that jsonb orders before a kind, or behind it. */
static void
add_other_kinds(Leaf *leaf, MetaKind kind, bool before)
{
	for (MetaKind other = META_NULL; other <= META_OBJECT; other++)
	{
		int			difference = jsonb_rank(other) - jsonb_rank(kind);

		if (before ? difference < 0 : difference > 0)
			detmeta_leaf_add_test(leaf, TEST_KIND, other);
	}
}

/* Add the test of a range that ends, or begins, at some bytes. */
static void
add_open_range(Leaf *leaf, MetaKind kind, StrategyNumber strategy, const char *bytes, int len)
{
	bool		before = strategy == BTLessStrategyNumber || strategy == BTLessEqualStrategyNumber;
	bool		inclusive = strategy == BTLessEqualStrategyNumber ||
		strategy == BTGreaterEqualStrategyNumber;
	ValueTest  *test = detmeta_leaf_add_test(leaf, TEST_RANGE, kind);

	if (before)
		test->high = detmeta_bound(bytes, len, inclusive);
	else
		test->low = detmeta_bound(bytes, len, inclusive);
}

/* Let a leaf accept the numbers before, or behind, one. */
void
detmeta_leaf_add_numbers(Leaf *leaf, StrategyNumber strategy, Numeric number, bool unsure)
{
	int			len;
	char	   *bytes = number_bytes(number, &len);

	add_open_range(leaf, META_NUMBER, strategy, bytes, len);
	leaf->tests[leaf->ntests - 1].unsure = unsure;
}

/* Let a leaf accept what jsonb orders before, or behind, a value. */
static void
add_jsonb_order(Leaf *leaf, StrategyNumber strategy, const JsonbValue *value)
{
	MetaKind	kind = jsonb_kind(value);
	bool		before = strategy == BTLessStrategyNumber || strategy == BTLessEqualStrategyNumber;
	bool		inclusive = strategy == BTLessEqualStrategyNumber ||
		strategy == BTGreaterEqualStrategyNumber;
	const char *bytes;
	int			len;

	add_other_kinds(leaf, kind, before);
	switch (kind)
	{
		case META_NULL:
		case META_EMPTY_ARRAY:
		case META_FALSE:
		case META_TRUE:
			if (inclusive)
				detmeta_leaf_add_kinds(leaf, META_KIND_BIT(kind), false);
			break;
		case META_STRING:
			if (!is_bytewise(DEFAULT_COLLATION_OID))
			{
				detmeta_leaf_add_kinds(leaf, META_STRING_KINDS, true);
				break;
			}
			pg_fallthrough;
		case META_NUMBER:
			bytes = scalar_bytes(value, &len);
			add_open_range(leaf, kind, strategy, bytes, len);
			break;
		case META_ARRAY:
			detmeta_leaf_add_kinds(leaf, META_KIND_BIT(META_ARRAY), true);
			break;
		default:
			detmeta_leaf_add_kinds(leaf, META_KIND_BIT(META_OBJECT) |
								   META_KIND_BIT(META_EMPTY_OBJECT), true);
			break;
	}
}

/* path -> operator jsonb */
Truth
detmeta_compare_jsonb(Dialect *dialect, const DocumentPath *path, const Comparison *comparison)
{
	Leaf		leaf;

	/* the document as a whole has no entry */
	if (path->nsteps == 0 || comparison->type != JSONBOID)
		return detmeta_truth_nothing();
	detmeta_leaf_begin(&leaf, path);
	for (int i = 0; i < comparison->nvalues; i++)
	{
		Jsonb	   *jsonb = DatumGetJsonbP(comparison->values[i]);
		JsonbValue	value;

		CHECK_FOR_INTERRUPTS();
		if (!JsonbExtractScalar(&jsonb->root, &value))
		{
			value.type = jbvBinary;
			value.val.binary.data = &jsonb->root;
		}
		if (comparison->strategy == BTEqualStrategyNumber)
			add_jsonb_equality(&leaf, &value);
		else
			add_jsonb_order(&leaf, comparison->strategy, &value);
	}
	return detmeta_truth_of_leaf(dialect, path, &leaf);
}

/* ---- text ---- */

/* Let a leaf accept numbers that print as a text. */
static void
add_number_text(Dialect *dialect, const DocumentPath *path, Leaf *leaf, const char *text, int len)
{
	StringInfoData bytes;
	ValueTest  *test;
	Numeric		number;
	bool		is_usual;
	bool		may_be_odd;

	initStringInfo(&bytes);
	if (!detmeta_number_encode_text(text, len, &bytes))
		return;
	/* a plain number prints in one way, so it is this text or is not */
	number = detmeta_number_read(pnstrdup(text, len));
	is_usual = detmeta_number_is_plain(number) &&
		strcmp(DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number))),
			   pnstrdup(text, len)) == 0;
	may_be_odd = path->arrays != NIL || detmeta_may_have(dialect, leaf, TEST_ODD, META_NUMBER);
	if (!is_usual && !may_be_odd)
		return;
	test = detmeta_leaf_add_test(leaf, TEST_EQUAL, META_NUMBER);
	test->bytes = bytes.data;
	test->len = bytes.len;
	test->unsure = may_be_odd;
}

/* Let a leaf accept values that print as a text. */
void
detmeta_leaf_add_text(Dialect *dialect, const DocumentPath *path, Leaf *leaf, const char *text,
					  int len)
{
	ValueTest  *test = detmeta_leaf_add_test(leaf, TEST_EQUAL, META_STRING);

	test->bytes = text;
	test->len = len;
	if (len == 4 && memcmp(text, "true", len) == 0)
		detmeta_leaf_add_kinds(leaf, META_KIND_BIT(META_TRUE), false);
	else if (len == 5 && memcmp(text, "false", len) == 0)
		detmeta_leaf_add_kinds(leaf, META_KIND_BIT(META_FALSE), false);
	else if (len > 0 && text[0] == '[')
		detmeta_leaf_add_kinds(leaf, META_KIND_BIT(META_ARRAY) | META_KIND_BIT(META_EMPTY_ARRAY),
							   true);
	else if (len > 0 && text[0] == '{')
		detmeta_leaf_add_kinds(leaf, META_KIND_BIT(META_OBJECT) | META_KIND_BIT(META_EMPTY_OBJECT),
							   true);
	add_number_text(dialect, path, leaf, text, len);
}

/* path ->> operator text */
Truth
detmeta_compare_text(Dialect *dialect, const DocumentPath *path, const Comparison *comparison)
{
	Leaf		leaf;

	if (path->nsteps == 0 || (comparison->type != TEXTOID && comparison->type != VARCHAROID) ||
		!OidIsValid(comparison->collation) ||
		!get_collation_isdeterministic(comparison->collation))
		return detmeta_truth_nothing();
	if (comparison->strategy != BTEqualStrategyNumber &&
		!is_bytewise(comparison->collation))
		return detmeta_truth_where_held(dialect, path);

	detmeta_leaf_begin(&leaf, path);
	for (int i = 0; i < comparison->nvalues; i++)
	{
		text	   *value = DatumGetTextPP(comparison->values[i]);
		const char *bytes = VARDATA_ANY(value);
		int			len = VARSIZE_ANY_EXHDR(value);

		CHECK_FOR_INTERRUPTS();
		if (comparison->strategy == BTEqualStrategyNumber)
		{
			detmeta_leaf_add_text(dialect, path, &leaf, bytes, len);
			continue;
		}
		add_open_range(&leaf, META_STRING, comparison->strategy, bytes, len);
		detmeta_leaf_add_kinds(&leaf, META_ALL_KINDS & ~META_STRING_KINDS &
							   ~META_KIND_BIT(META_NULL), true);
	}
	return detmeta_truth_of_leaf(dialect, path, &leaf);
}

/* ---- jsonb_typeof() ---- */

/* Return the kinds that jsonb_typeof() calls so. */
static int
kinds_of_name(const char *name)
{
	static const struct
	{
		const char *name;
		int			kinds;
	}			names[] = {
		{"null", META_KIND_BIT(META_NULL)},
		{"boolean", META_KIND_BIT(META_FALSE) | META_KIND_BIT(META_TRUE)},
		{"number", META_KIND_BIT(META_NUMBER)},
		{"string", META_STRING_KINDS},
		{"array", META_KIND_BIT(META_ARRAY) | META_KIND_BIT(META_EMPTY_ARRAY)},
		{"object", META_KIND_BIT(META_OBJECT) | META_KIND_BIT(META_EMPTY_OBJECT)}
	};

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (strcmp(name, names[i].name) == 0)
			return names[i].kinds;
	}
	return 0;
}

/* jsonb_typeof(path ->) = name */
Truth
detmeta_compare_kind_name(Dialect *dialect, const DocumentPath *path, const Comparison *comparison)
{
	int			kinds = 0;

	if (path->nsteps == 0 || comparison->strategy != BTEqualStrategyNumber ||
		comparison->type != TEXTOID || !OidIsValid(comparison->collation) ||
		!get_collation_isdeterministic(comparison->collation))
		return detmeta_truth_nothing();
	for (int i = 0; i < comparison->nvalues; i++)
		kinds |= kinds_of_name(TextDatumGetCString(comparison->values[i]));
	return detmeta_truth_of_kinds(dialect, path, kinds);
}
