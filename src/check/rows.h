/*
 * rows.h
 *		Compare the entries of an index with the rows of its table.
 */
#ifndef DETMETA_CHECK_ROWS_H
#define DETMETA_CHECK_ROWS_H

#include "check/report.h"

extern void detmeta_check_rows(IndexCheck *check);

#endif							/* DETMETA_CHECK_ROWS_H */
