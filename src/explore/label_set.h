/*
 * label_set.h
 *		Byte strings, numbered from 0 in the order they came.
 */
#ifndef DETMETA_EXPLORE_LABEL_SET_H
#define DETMETA_EXPLORE_LABEL_SET_H


typedef struct LabelSet LabelSet;

typedef struct Label
{
	const char *bytes;
	int			len;
	uint32		number;
} Label;

extern LabelSet *detmeta_label_set_create(void);

/* Return the number of a string, which is added if it is new. */
extern uint32 detmeta_label_number(LabelSet *set, const char *bytes, int len);
extern const Label *detmeta_label(const LabelSet *set, uint32 number);

#endif							/* DETMETA_EXPLORE_LABEL_SET_H */
