/*
 * shim.c
 *		Memory, errors, strings and lists of a server, for the fuzzers.
 *
 * What PostgreSQL ships as libpgcommon and libpgport is linked: hashing,
 * UTF-8, the JSON parser, formatting, sorting.  Here is what only the server
 * has, and what those libraries have in a form that hides findings: their
 * palloc() is plain malloc(), and their StringInfo and psprintf() leave room
 * behind a text that the address sanitizer takes for a part of it.  These are
 * stand-ins with the server's interfaces, not its code: what they do is
 * checked by comparing their results for all seeds with a server's (run.sh).
 */
#include "shim.h"

#include <sanitizer/asan_interface.h>
#include <setjmp.h>

#include "common/hashfn.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/memutils.h"

#include "base/settings.h"

#define STACK_LIMIT		(4 * 1024 * 1024)
#define MESSAGE_BYTES	8192

/* In front of each allocation, poisoned so that nothing else touches it. */
typedef struct Chunk
{
	struct Chunk *previous;
	struct Chunk *next;
	size_t		size;
	size_t		magic;
} Chunk;

#define CHUNK_MAGIC 0x6b6e756863ULL

static Chunk chunks = {&chunks, &chunks, 0, 0};

/* What the server has as globals. */
volatile sig_atomic_t InterruptPending = 0;
ErrorContextCallback *error_context_stack = NULL;
const int	day_tab[2][13] = {
	{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0},
	{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0}
};

/* detmeta's settings, low enough to be reached. */
int			detmeta_max_key_bytes = 50;
int			detmeta_max_string_bytes = 200;
int			detmeta_max_array_elements = 20;
int			detmeta_max_depth = 10;
int			detmeta_max_keys = 50;

int			shim_sqlstate;

static sigjmp_buf *handler;
static char *stack_base;
static char message[MESSAGE_BYTES];

/* End the program with a finding. */
void
shim_finding(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
	abort();
}

void
ExceptionalCondition(const char *conditionName,
#if PG_VERSION_NUM < 160000
					 const char *errorType,
#endif
					 const char *fileName, int lineNumber)
{
	shim_finding(conditionName, fileName, lineNumber);
}

void
shim_answer(const char *format,...)
{
	va_list		args;

	if (getenv("DETMETA_FUZZ_PRINT") == NULL)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* ---- memory ---- */

static void *
allocate(size_t size)
{
	Chunk	   *chunk;

	REQUIRE(size <= MaxAllocSize);
	chunk = malloc(sizeof(Chunk) + size);
	REQUIRE(chunk != NULL);
	chunk->previous = &chunks;
	chunk->next = chunks.next;
	chunk->size = size;
	chunk->magic = CHUNK_MAGIC;
	if (chunks.next != &chunks)
		ASAN_UNPOISON_MEMORY_REGION(chunks.next, sizeof(Chunk));
	chunks.next->previous = chunk;
	if (chunks.next != &chunks)
		ASAN_POISON_MEMORY_REGION(chunks.next, sizeof(Chunk));
	chunks.next = chunk;
	/* Nothing may rely on new memory being zero. */
	memset(chunk + 1, 0x7F, size);
	ASAN_POISON_MEMORY_REGION(chunk, sizeof(Chunk));
	return chunk + 1;
}

/* Return the header of an allocation, open for reading and writing. */
static Chunk *
open_chunk(void *pointer)
{
	Chunk	   *chunk = (Chunk *) pointer - 1;

	ASAN_UNPOISON_MEMORY_REGION(chunk, sizeof(Chunk));
	REQUIRE(chunk->magic == CHUNK_MAGIC);
	return chunk;
}

/* Change a neighbour's link. */
static void
set_link(Chunk *chunk, Chunk *previous, Chunk *next)
{
	if (chunk != &chunks)
		ASAN_UNPOISON_MEMORY_REGION(chunk, sizeof(Chunk));
	if (previous != NULL)
		chunk->previous = previous;
	if (next != NULL)
		chunk->next = next;
	if (chunk != &chunks)
		ASAN_POISON_MEMORY_REGION(chunk, sizeof(Chunk));
}

void
pfree(void *pointer)
{
	Chunk	   *chunk = open_chunk(pointer);

	set_link(chunk->previous, NULL, chunk->next);
	set_link(chunk->next, chunk->previous, NULL);
	chunk->magic = 0;
	ASAN_UNPOISON_MEMORY_REGION(pointer, chunk->size);
	free(chunk);
}

void
shim_reset(void)
{
	while (chunks.next != &chunks)
		pfree(chunks.next + 1);
}

void *
palloc(Size size)
{
	return allocate(size);
}

void *
palloc0(Size size)
{
	return memset(allocate(size), 0, size);
}

/* Always moves, so that a pointer that was kept is one to freed memory. */
void *
repalloc(void *pointer, Size size)
{
	Chunk	   *chunk = open_chunk(pointer);
	size_t		old = chunk->size;
	void	   *moved;

	ASAN_POISON_MEMORY_REGION(chunk, sizeof(Chunk));
	moved = memcpy(allocate(size), pointer, Min(old, size));
	pfree(pointer);
	return moved;
}

/* Late minor releases have these, with a check of the product. */
extern void *palloc_mul(Size s1, Size s2);
extern void *palloc0_mul(Size s1, Size s2);
extern void *repalloc_mul(void *pointer, Size s1, Size s2);

void *
palloc_mul(Size s1, Size s2)
{
	REQUIRE(s2 == 0 || s1 <= MaxAllocSize / s2);
	return palloc(s1 * s2);
}

void *
palloc0_mul(Size s1, Size s2)
{
	REQUIRE(s2 == 0 || s1 <= MaxAllocSize / s2);
	return palloc0(s1 * s2);
}

void *
repalloc_mul(void *pointer, Size s1, Size s2)
{
	REQUIRE(s2 == 0 || s1 <= MaxAllocSize / s2);
	return repalloc(pointer, s1 * s2);
}

char *
pnstrdup(const char *in, Size len)
{
	char	   *copy;

	len = strnlen(in, len);
	copy = palloc(len + 1);
	memcpy(copy, in, len);
	copy[len] = '\0';
	return copy;
}

char *
pstrdup(const char *in)
{
	return pnstrdup(in, strlen(in));
}

char *
psprintf(const char *format,...)
{
	StringInfoData out;
	va_list		args;
	int			len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	out.data = palloc(len + 1);
	va_start(args, format);
	vsnprintf(out.data, len + 1, format, args);
	va_end(args);
	return out.data;
}

struct varlena *
pg_detoast_datum(struct varlena *datum)
{
	return datum;
}

struct varlena *
pg_detoast_datum_packed(struct varlena *datum)
{
	return datum;
}

/* ---- errors ---- */

bool
shim_run(void (*body) (void *), void *arg)
{
	sigjmp_buf	jump;
	volatile bool done = false;

	REQUIRE(handler == NULL);
	error_context_stack = NULL;
	shim_sqlstate = 0;
	/* not that of a variable, which AddressSanitizer may have elsewhere */
	stack_base = __builtin_frame_address(0);
	handler = &jump;
	if (sigsetjmp(jump, 0) == 0)
	{
		body(arg);
		REQUIRE(error_context_stack == NULL);
		done = true;
	}
	handler = NULL;
	return done;
}

bool
errstart(int elevel, const char *domain)
{
	if (elevel < ERROR)
		return false;
	shim_sqlstate = ERRCODE_INTERNAL_ERROR;
	return true;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

/* As in the server, the callbacks of the stack add their part; then jump. */
void
errfinish(const char *filename, int lineno, const char *funcname)
{
	for (ErrorContextCallback *callback = error_context_stack; callback != NULL;
		 callback = callback->previous)
		callback->callback(callback->arg);
	if (ERRCODE_TO_CATEGORY(shim_sqlstate) == ERRCODE_INTERNAL_ERROR || shim_sqlstate == 0 ||
		handler == NULL)
	{
		fprintf(stderr, "%s: %s\n", funcname, message);
		shim_finding("errors have a SQLSTATE", filename, lineno);
	}
	siglongjmp(*handler, 1);
}

int
errcode(int sqlerrcode)
{
	shim_sqlstate = sqlerrcode;
	return 0;
}

/* Format into a buffer, so that the arguments are read as the server would. */
#define FORMAT_INTO(buffer) \
	do { \
		va_list args; \
		va_start(args, fmt); \
		vsnprintf(buffer, MESSAGE_BYTES, fmt, args); \
		va_end(args); \
		REQUIRE(shim_is_text(buffer, strlen(buffer)) || strlen(buffer) == MESSAGE_BYTES - 1); \
	} while (0)

#define MESSAGE_FUNCTION(name) \
int \
name(const char *fmt,...) \
{ \
	char		part[MESSAGE_BYTES]; \
	FORMAT_INTO(part); \
	return 0; \
}

MESSAGE_FUNCTION(errdetail)
MESSAGE_FUNCTION(errdetail_internal)
MESSAGE_FUNCTION(errhint)
MESSAGE_FUNCTION(errcontext_msg)

int
errmsg(const char *fmt,...)
{
	FORMAT_INTO(message);
	return 0;
}

int
errmsg_internal(const char *fmt,...)
{
	FORMAT_INTO(message);
	return 0;
}

int
errmsg_plural(const char *fmt_singular, const char *fmt_plural, unsigned long n,...)
{
	const char *fmt = n == 1 ? fmt_singular : fmt_plural;
	va_list		args;

	va_start(args, n);
	vsnprintf(message, MESSAGE_BYTES, fmt, args);
	va_end(args);
	return 0;
}

/* Return a SQLSTATE as its five characters. */
char *
unpack_sql_state(int sql_state)
{
	static char text[6];

	for (int i = 0; i < 5; i++, sql_state >>= 6)
		text[i] = PGUNSIXBIT(sql_state);
	return text;
}

int
set_errcontext_domain(const char *domain)
{
	return 0;
}

void
ProcessInterrupts(void)
{
}

void
check_stack_depth(void)
{
	if (labs(stack_base - (char *) __builtin_frame_address(0)) > STACK_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("stack depth limit exceeded")));
}

/* ---- strings ---- */

void
initStringInfo(StringInfo str)
{
	str->data = palloc(1);
	resetStringInfo(str);
}

StringInfo
makeStringInfo(void)
{
	StringInfo	str = palloc(sizeof(StringInfoData));

	initStringInfo(str);
	return str;
}

/* Leave just the given room open behind the contents; the rest is poisoned. */
static void
open_room(StringInfo str, int needed)
{
	Chunk	   *chunk = open_chunk(str->data);
	size_t		size = chunk->size;

	ASAN_POISON_MEMORY_REGION(chunk, sizeof(Chunk));
	str->maxlen = str->len + needed + 1;
	ASAN_UNPOISON_MEMORY_REGION(str->data, size);
	ASAN_POISON_MEMORY_REGION(str->data + str->maxlen, size - str->maxlen);
}

void
resetStringInfo(StringInfo str)
{
	str->len = 0;
	str->cursor = 0;
	open_room(str, 0);
	str->data[0] = '\0';
}

/* From PostgreSQL 17 on the JSON parser has a use for it. */
extern void destroyStringInfo(StringInfo str);

void
destroyStringInfo(StringInfo str)
{
	pfree(str->data);
	pfree(str);
}

void
enlargeStringInfo(StringInfo str, int needed)
{
	Chunk	   *chunk = open_chunk(str->data);
	size_t		size = chunk->size;

	ASAN_POISON_MEMORY_REGION(chunk, sizeof(Chunk));
	REQUIRE(needed >= 0);
	if (str->len + (size_t) needed + 1 > size)
	{
		ASAN_UNPOISON_MEMORY_REGION(str->data, size);
		str->data = repalloc(str->data, Max(2 * size, str->len + (size_t) needed + 1));
	}
	open_room(str, needed);
}

void
appendBinaryStringInfo(StringInfo str,
#if PG_VERSION_NUM < 160000
					   const char *data,
#else
					   const void *data,
#endif
					   int datalen)
{
	enlargeStringInfo(str, datalen);
	memcpy(str->data + str->len, data, datalen);
	str->len += datalen;
	str->data[str->len] = '\0';
}

void
appendStringInfoString(StringInfo str, const char *s)
{
	appendBinaryStringInfo(str, s, strlen(s));
}

#undef appendStringInfoCharMacro
void
appendStringInfoChar(StringInfo str, char ch)
{
	appendBinaryStringInfo(str, &ch, 1);
}

void
appendStringInfoSpaces(StringInfo str, int count)
{
	enlargeStringInfo(str, count);
	memset(str->data + str->len, ' ', count);
	str->len += count;
	str->data[str->len] = '\0';
}

void
appendStringInfo(StringInfo str, const char *fmt,...)
{
	va_list		args;
	int			len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	enlargeStringInfo(str, len);
	va_start(args, fmt);
	vsnprintf(str->data + str->len, len + 1, fmt, args);
	va_end(args);
	str->len += len;
}

void
qsort_interruptible(void *base, size_t nel, size_t elsize,
					int (*cmp) (const void *, const void *, void *), void *arg)
{
	qsort_arg(base, nel, elsize, cmp, arg);
}

void
escape_json(StringInfo buf, const char *str)
{
	appendStringInfoChar(buf, '"');
	for (; *str != '\0'; str++)
	{
		static const char letters[] = "\"\\\b\f\n\r\t";
		static const char names[] = "\"\\bfnrt";
		const char *letter = strchr(letters, *str);

		if (letter != NULL)
			appendStringInfo(buf, "\\%c", names[letter - letters]);
		else if ((unsigned char) *str < ' ')
			appendStringInfo(buf, "\\u%04x", (int) *str);
		else
			appendStringInfoChar(buf, *str);
	}
	appendStringInfoChar(buf, '"');
}

/* ---- lists ---- */

List *
lappend(List *list, void *datum)
{
	if (list == NIL)
	{
		list = palloc0(sizeof(List));
		list->type = T_List;
		list->elements = palloc(sizeof(ListCell));
	}
	else
		list->elements = repalloc(list->elements, sizeof(ListCell) * (list->length + 1));
	list->elements[list->length++].ptr_value = datum;
	return list;
}

List *
list_delete_last(List *list)
{
	if (list == NIL || list->length == 1)
		return NIL;
	list->length--;
	return list;
}

void
list_sort(List *list, list_sort_comparator cmp)
{
	if (list != NIL)
		qsort(list->elements, list->length, sizeof(ListCell),
			  (int (*) (const void *, const void *)) cmp);
}

/* ---- calendar ---- */

/* Count years from a March; 8000 of them are 20 cycles of the calendar. */
int
date2j(int year, int month, int day)
{
	int			y = year + 8000 - (month < 3);
	int			m = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 1200820;
}

/* The inverse, by search. */
void
j2date(int jd, int *year, int *month, int *day)
{
	*year = (int) ((jd - 1721060) / 365.2425);
	while (date2j(*year + 1, 1, 1) <= jd)
		(*year)++;
	while (date2j(*year, 1, 1) > jd)
		(*year)--;
	for (*month = 12; date2j(*year, *month, 1) > jd;)
		(*month)--;
	*day = jd - date2j(*year, *month, 1) + 1;
}

/* ---- characters ---- */

int
GetDatabaseEncoding(void)
{
	return PG_UTF8;
}

int
pg_database_encoding_max_length(void)
{
	return 4;
}

int
pg_mblen(const char *s)
{
	return pg_utf_mblen((const unsigned char *) s);
}

void
pg_unicode_to_server(pg_wchar c, unsigned char *s)
{
	unicode_to_utf8(c, s);
	s[pg_utf_mblen(s)] = '\0';
}

int
pg_mbcliplen(const char *mbstr, int len, int limit)
{
	int			clipped = 0;

	while (clipped < len && mbstr[clipped] != '\0' && clipped + pg_mblen(mbstr + clipped) <= limit)
		clipped += pg_mblen(mbstr + clipped);
	return clipped;
}

int
pg_mbstrlen_with_len(const char *mbstr, int limit)
{
	int			n = 0;

	for (int i = 0; i < limit && mbstr[i] != '\0'; i += pg_mblen(mbstr + i))
		n++;
	return n;
}

bool
shim_is_text(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size;)
	{
		const unsigned char *c = (const unsigned char *) bytes + i;
		size_t		len = pg_utf_mblen(c);

		if (*c == '\0' || i + len > size || !pg_utf8_islegal(c, len))
			return false;
		i += len;
	}
	return true;
}

char *
shim_text(const uint8_t *data, size_t size)
{
	char	   *text = palloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0; i < size;)
	{
		size_t		len = pg_utf_mblen((unsigned char *) text + i);

		if (text[i] == '\0' || i + len > size || !pg_utf8_islegal((unsigned char *) text + i, len))
		{
			text[i] = '?';
			len = 1;
		}
		i += len;
	}
	return text;
}

char *
shim_line(char **rest)
{
	char	   *end = strchr(*rest, '\n');
	char	   *line;

	if (end == NULL)
		end = *rest + strlen(*rest);
	line = pnstrdup(*rest, end - *rest);
	*rest = pstrdup(*end == '\0' ? end : end + 1);
	return line;
}

/* ---- function calls and messages ---- */

static void
set_argument(FunctionCallInfo fcinfo, int i, Datum value)
{
	fcinfo->args[i].value = value;
	fcinfo->args[i].isnull = false;
}

Datum
DirectFunctionCall1Coll(PGFunction func, Oid collation, Datum arg1)
{
	LOCAL_FCINFO(fcinfo, 1);

	InitFunctionCallInfoData(*fcinfo, NULL, 1, collation, NULL, NULL);
	set_argument(fcinfo, 0, arg1);
	return func(fcinfo);
}

Datum
DirectFunctionCall2Coll(PGFunction func, Oid collation, Datum arg1, Datum arg2)
{
	LOCAL_FCINFO(fcinfo, 2);

	InitFunctionCallInfoData(*fcinfo, NULL, 2, collation, NULL, NULL);
	set_argument(fcinfo, 0, arg1);
	set_argument(fcinfo, 1, arg2);
	return func(fcinfo);
}

Datum
DirectFunctionCall3Coll(PGFunction func, Oid collation, Datum arg1, Datum arg2, Datum arg3)
{
	LOCAL_FCINFO(fcinfo, 3);

	InitFunctionCallInfoData(*fcinfo, NULL, 3, collation, NULL, NULL);
	set_argument(fcinfo, 0, arg1);
	set_argument(fcinfo, 1, arg2);
	set_argument(fcinfo, 2, arg3);
	return func(fcinfo);
}

void
pq_begintypsend(StringInfo buf)
{
	initStringInfo(buf);
	appendStringInfoSpaces(buf, VARHDRSZ);
}

bytea *
pq_endtypsend(StringInfo buf)
{
	SET_VARSIZE(buf->data, buf->len);
	return (bytea *) buf->data;
}

void
pq_sendtext(StringInfo buf, const char *str, int slen)
{
	appendBinaryStringInfo(buf, str, slen);
}

/* Take bytes of a message. */
static const char *
take(StringInfo msg, int n)
{
	if (n < 0 || n > msg->len - msg->cursor)
		ereport(ERROR,
				(errcode(ERRCODE_PROTOCOL_VIOLATION),
				 errmsg("insufficient data left in message")));
	msg->cursor += n;
	return msg->data + msg->cursor - n;
}

unsigned int
pq_getmsgint(StringInfo msg, int b)
{
	unsigned int value = 0;

	for (int i = 0; i < b; i++)
		value = value << 8 | (unsigned char) *take(msg, 1);
	return value;
}

char *
pq_getmsgtext(StringInfo msg, int rawbytes, int *nbytes)
{
	const char *bytes = take(msg, rawbytes);

	if (!shim_is_text(bytes, rawbytes))
		ereport(ERROR,
				(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
				 errmsg("invalid byte sequence for encoding")));
	*nbytes = rawbytes;
	return pnstrdup(bytes, rawbytes);
}
