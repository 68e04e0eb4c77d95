/*
 * page.h
 *		Read pages of a GIN index without trusting them.
 */
#ifndef DETMETA_CHECK_PAGE_H
#define DETMETA_CHECK_PAGE_H

#include "check/report.h"

extern Buffer detmeta_check_lock(IndexCheck *check, BlockNumber from, BlockNumber block);
extern bool detmeta_check_copy(IndexCheck *check, BlockNumber from, BlockNumber block,
							   Page page);
extern bool detmeta_check_tuple_page(IndexCheck *check, BlockNumber block, Page page,
									 int allowed_flags);
extern bool detmeta_check_posting_page(IndexCheck *check, BlockNumber block, Page page);
extern bool detmeta_check_root(IndexCheck *check, BlockNumber block, Page page);
extern bool detmeta_check_read_key(IndexCheck *check, BlockNumber block, Page page,
								   OffsetNumber offset, CheckKey *key);
extern int	detmeta_check_read_list(IndexCheck *check, BlockNumber block, IndexTuple itup,
									uint64 *tids);
extern int	detmeta_check_read_leaf(IndexCheck *check, BlockNumber block, Page page,
									uint64 *tids);
extern int	detmeta_check_compare(IndexCheck *check, const CheckKey *a, const CheckKey *b);
extern uint64 detmeta_check_hash(const CheckKey *key);

#endif							/* DETMETA_CHECK_PAGE_H */
