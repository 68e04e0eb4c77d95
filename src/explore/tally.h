/*
 * tally.h
 *		How many rows have each of some byte strings.
 */
#ifndef DETMETA_EXPLORE_TALLY_H
#define DETMETA_EXPLORE_TALLY_H

typedef struct Tally Tally;

typedef struct TallyItem
{
	const char *bytes;
	int			len;
	int64		runs;
	int64		last_row;		/* that was counted */
} TallyItem;

extern Tally *detmeta_tally_create(void);

/* Count a string of the current row, once for however often it comes. */
extern void detmeta_tally_next_row(Tally *tally);
extern void detmeta_tally_count(Tally *tally, const char *bytes, int len);
extern int	detmeta_tally_row_strings(const Tally *tally);

/* Add rows that were counted elsewhere; or take what was counted of a string. */
extern void detmeta_tally_add(Tally *tally, const char *bytes, int len, int64 runs);
extern int64 detmeta_tally_take(Tally *tally, const char *bytes, int len);

/* All strings with rows, in the order of their bytes; valid until the tally changes. */
extern TallyItem **detmeta_tally_sorted(Tally *tally, int64 *n);

#endif							/* DETMETA_EXPLORE_TALLY_H */
