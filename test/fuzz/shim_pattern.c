/*
 * shim_pattern.c
 *		Patterns: LIKE as the server has it, and regular expressions that all
 *		stand for themselves, so that a text matches if it has them in it.
 */
#include "shim.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "regex/regex.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

MemoryContext CurrentMemoryContext = NULL;
volatile uint32 InterruptHoldoffCount = 0;
volatile sig_atomic_t QueryCancelPending = false;
volatile sig_atomic_t ProcDiePending = false;

/* All memory is freed between inputs: there are no contexts. */
MemoryContext
AllocSetContextCreateInternal(MemoryContext parent, const char *name, Size minContextSize,
							  Size initBlockSize, Size maxBlockSize)
{
	return NULL;
}

void
MemoryContextReset(MemoryContext context)
{
}

text *
cstring_to_text_with_len(const char *s, int len)
{
	text	   *result = palloc(VARHDRSZ + len);

	SET_VARSIZE(result, VARHDRSZ + len);
	memcpy(VARDATA(result), s, len);
	return result;
}

/* Say whether a text is like a pattern, which ends with no escape character. */
static bool
is_like(const char *t, const char *tend, const char *p, const char *pend)
{
	const char *any = NULL;		/* behind the last % */
	const char *from = NULL;	/* of the text, what follows it is compared with */

	for (;;)
	{
		if (p < pend && *p == '%')
		{
			any = ++p;
			from = t;
			continue;
		}
		if (p == pend && t == tend)
			return true;
		if (p < pend && t < tend && *p == '_')
		{
			t += pg_utf_mblen((const unsigned char *) t);
			p++;
			continue;
		}
		if (p < pend && t < tend && *t == *(p + (*p == '\\')))
		{
			p += *p == '\\' ? 2 : 1;
			t++;
			continue;
		}
		if (any == NULL || from == tend)
			return false;
		from += pg_utf_mblen((const unsigned char *) from);
		t = from;
		p = any;
	}
}

Datum
textlike(PG_FUNCTION_ARGS)
{
	text	   *t = DatumGetTextPP(fcinfo->args[0].value);
	text	   *p = DatumGetTextPP(fcinfo->args[1].value);

	return BoolGetDatum(is_like(VARDATA_ANY(t), VARDATA_ANY(t) + VARSIZE_ANY_EXHDR(t),
								VARDATA_ANY(p), VARDATA_ANY(p) + VARSIZE_ANY_EXHDR(p)));
}

regex_t *
RE_compile_and_cache(text *text_re, int cflags, Oid collation)
{
	return (regex_t *) text_re;
}

char *
regexp_fixed_prefix(text *text_re, bool case_insensitive, Oid collation, bool *exact)
{
	*exact = false;
	return NULL;
}

/* Characters are bytes to the expressions here. */
int
pg_mb2wchar_with_len(const char *from, pg_wchar *to, int len)
{
	for (int i = 0; i < len; i++)
		to[i] = (unsigned char) from[i];
	to[len] = 0;
	return len;
}

int
pg_regexec(regex_t *re, const pg_wchar *string, size_t len, size_t search_start,
		   rm_detail_t *details, size_t nmatch, regmatch_t pmatch[], int flags)
{
	text	   *wanted = (text *) re;

	for (size_t start = 0; start + VARSIZE_ANY_EXHDR(wanted) <= len; start++)
	{
		size_t		i = 0;

		while (i < VARSIZE_ANY_EXHDR(wanted) &&
			   string[start + i] == (unsigned char) VARDATA_ANY(wanted)[i])
			i++;
		if (i == VARSIZE_ANY_EXHDR(wanted))
			return REG_OKAY;
	}
	return REG_NOMATCH;
}
