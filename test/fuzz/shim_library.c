/*
 * shim_library.c
 *		What the fuzzed sources have PostgreSQL's libraries read, checked: the
 *		libraries are built without the address sanitizer, which so would not
 *		see that they are told to read too far.
 *
 * The linker turns the calls of what is WRAPPED here into calls of
 * __wrap_NAME(), and gives the library's own function as __real_NAME();
 * functions.sh tells it the names that it finds in the object file.
 */
#include "shim.h"

#include <sanitizer/asan_interface.h>

#include "common/hashfn.h"
#include "common/jsonapi.h"
#include "mb/pg_wchar.h"

#define PASTE(a, b)	a##b
#define REAL(name)	PASTE(__real_, name)	/* a header may have another name for it */
#define WRAP(name)	PASTE(__wrap_, name)
#define WRAPPED(name) extern __typeof__(name) REAL(name), WRAP(name)
WRAPPED(hash_bytes);
WRAPPED(hash_bytes_extended);
WRAPPED(pg_encoding_mblen);
WRAPPED(pg_utf_mblen);
WRAPPED(pg_utf8_islegal);
WRAPPED(IsValidJsonNumber);

/* Require that all of some bytes may be read. */
static void
require_readable(const void *bytes, size_t size)
{
	REQUIRE(__asan_region_is_poisoned((void *) bytes, size) == NULL);
}

uint32
WRAP(hash_bytes) (const unsigned char *k, int keylen)
{
	require_readable(k, keylen);
	return REAL(hash_bytes) (k, keylen);
}

uint64
WRAP(hash_bytes_extended) (const unsigned char *k, int keylen, uint64 seed)
{
	require_readable(k, keylen);
	return REAL(hash_bytes_extended) (k, keylen, seed);
}

int
WRAP(pg_encoding_mblen) (int encoding, const char *mbstr)
{
	require_readable(mbstr, 1);
	return REAL(pg_encoding_mblen) (encoding, mbstr);
}

int
WRAP(pg_utf_mblen) (const unsigned char *s)
{
	require_readable(s, 1);
	return REAL(pg_utf_mblen) (s);
}

bool
WRAP(pg_utf8_islegal) (const unsigned char *source, int length)
{
	require_readable(source, length);
	return REAL(pg_utf8_islegal) (source, length);
}

bool
#if PG_VERSION_NUM < 170000
WRAP(IsValidJsonNumber) (const char *str, int len)
#else
WRAP(IsValidJsonNumber) (const char *str, size_t len)
#endif
{
	require_readable(str, len);
	return REAL(IsValidJsonNumber) (str, len);
}
