/*
 * value_search.c
 *		Search a text in the texts of values.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "explore/document.h"
#include "explore/value_search.h"
#include "value/casefold.h"

/* Return a text's case folding, as icontains searches it. */
static const char *
fold_case(const char *text, int *len)
{
	StringInfoData folded;

	initStringInfo(&folded);
	detmeta_casefold(text, *len, &folded);
	*len = folded.len;
	return folded.data;
}

/* Say whether the text of a value contains what is searched. */
bool
detmeta_value_search_finds(const char *bytes, int len, void *arg)
{
	const ValueSearch *search = arg;
	MemoryContext old = MemoryContextSwitchTo(search->context);
	JsonbValue	jbv;
	const char *text;
	int			textlen;
	bool		result;

	if (search->keyed)
		bytes = detmeta_keyed_value(bytes, &len);
	detmeta_tallied_value(bytes, len, &jbv);
	if (jbv.type == jbvString)
	{
		text = jbv.val.string.val;
		textlen = jbv.val.string.len;
	}
	else
	{
		text = jbv.type == jbvBool ? (jbv.val.boolean ? "true" : "false") :
			DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(jbv.val.numeric)));
		textlen = strlen(text);
	}
	if (search->ignore_case)
		text = fold_case(text, &textlen);
	result = detmeta_substring_found(search->part, text, textlen);
	MemoryContextSwitchTo(old);
	MemoryContextReset(search->context);
	return result;
}

/* Prepare a search, in the current memory context. */
ValueSearch *
detmeta_value_search(const char *text, int len, bool ignore_case, bool keyed)
{
	ValueSearch *search = palloc_object(ValueSearch);

	search->text = text;
	search->textlen = len;
	search->ignore_case = ignore_case;
	search->keyed = keyed;
	search->context = AllocSetContextCreate(CurrentMemoryContext, "metadata value text",
											ALLOCSET_SMALL_SIZES);
	if (ignore_case)
		text = fold_case(text, &len);
	search->part = detmeta_substring(text, len);
	return search;
}
