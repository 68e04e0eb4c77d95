/*
 * entries.h
 *		Look up an entry in one column of a GIN index.
 *
 * Entries are bytea, in the order of their bytes, then of their length.  Other
 * columns of the index may have entries of other types.  Entries for NULL are
 * passed over, but may be looked up.  What the caller must hold and must have
 * read before is told in gin/postings.h.
 */
#ifndef DETMETA_GIN_ENTRIES_H
#define DETMETA_GIN_ENTRIES_H

#include "gin/path.h"
#include "gin/postings.h"

/* an entry as it is compared: column, category, then the key's bytes */
typedef struct GinEntryKey
{
	AttrNumber	attnum;
	GinNullCategory category;
	const char *data;			/* of a normal key in the reader's column */
	int			len;
} GinEntryKey;

/* Keys between two bounds; a bound that is NULL is open. */
typedef struct GinKeyRange
{
	const char *lower;
	int			lower_len;
	bool		lower_exclusive;
	const char *upper;
	int			upper_len;
	bool		upper_inclusive;
} GinKeyRange;

/* A list is allocated in the current context; false: there is no such entry. */
extern bool detmeta_gin_lookup(GinReader *reader, const char *key, int keylen,
							   GinPostings *postings);
extern bool detmeta_gin_lookup_null(GinReader *reader, GinNullCategory category,
									GinPostings *postings);

/* Bounded work; without entries in the pending list. */
extern double detmeta_gin_estimate_entry(GinReader *reader, const char *key, int keylen,
										 int nleaves);

/* for the other files that read entries */
typedef struct GinFence
{
	bool		valid;
	GinEntryKey key;
	char	   *buffer;
	int			capacity;
} GinFence;

extern void detmeta_gin_read_key(GinReader *reader, IndexTuple itup, GinEntryKey *key);
extern void detmeta_gin_range_bounds(GinReader *reader, const GinKeyRange *range,
									 GinEntryKey *lower, GinEntryKey *upper);
extern OffsetNumber detmeta_gin_search_page(GinReader *reader, Page page,
											const GinEntryKey *target, bool after);
extern int	detmeta_gin_compare_keys(const GinEntryKey *a, const GinEntryKey *b);
extern Buffer detmeta_gin_find_entry_leaf(GinReader *reader, const GinEntryKey *target,
										  GinFence *fence, GinPath *path);

#endif							/* DETMETA_GIN_ENTRIES_H */
