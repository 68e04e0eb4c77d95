/*
 * move_key.h
 *		A document without a key, or with a key's value at another one.
 */
#ifndef DETMETA_MOVE_KEY_H
#define DETMETA_MOVE_KEY_H

/* Raise an error unless a document with this key, and a value there, can be posted. */
extern void detmeta_check_new_key(const char *key, int len);

/* Raise an error unless this is a word for what happens to a run that has the new key. */
extern void detmeta_check_on_conflict(const char *word);

#endif							/* DETMETA_MOVE_KEY_H */
