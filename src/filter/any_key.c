/*
 * any_key.c
 *		Conditions on any key of a document:  * contains "warm"
 *
 * Some value of some key satisfies it, nested keys and elements of arrays
 * included.  So only conditions are taken that a value satisfies: a negation
 * could mean that no key has such a value or that some key has another, and
 * the first of these is  not (* contains "warm") .
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "filter/any_key.h"

/* Refuse an operator that is not about a value. */
static void
check_any_key_operator(FilterOp op)
{
	FilterOp	positive = detmeta_filter_op_positive(op);

	if (positive != op)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("\"%s\" needs one key, not \"%c\"", detmeta_filter_op_name(op),
						FILTER_ANY_KEY_SIGN),
				 errhint("To say that no key has such a value, write: not (%c %s ...).",
						 FILTER_ANY_KEY_SIGN, detmeta_filter_op_name(positive))));
	if (op == FILTER_IS_EMPTY || op == FILTER_NOT_EMPTY)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("\"%s\" needs one key, not \"%c\"", detmeta_filter_op_name(op),
						FILTER_ANY_KEY_SIGN),
				 errhint("Conditions on any key are about values; name the key.")));
}

/* Say whether an operand is null, [] or {}, which are no values. */
static bool
is_no_value(const Operand *operand)
{
	uint32		header;

	if (operand->kind != OPERAND_CONTAINER)
		return operand->kind == OPERAND_NULL;
	memcpy(&header, operand->bytes, sizeof(header));
	return (header & JB_CMASK) == 0;
}

/* Make a condition on any key.  The operands may be changed in place. */
FilterNode *
detmeta_filter_any_key(FilterOp op, Operand *operands, int noperands)
{
	FilterNode *node;

	check_any_key_operator(op);
	for (int i = 0; i < noperands; i++)
	{
		if (is_no_value(&operands[i]))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("null, [] and {} need one key, not \"%c\"", FILTER_ANY_KEY_SIGN),
					 errhint("Conditions on any key are about values; name the key.")));
	}
	node = detmeta_filter_condition("", 0, op, operands, noperands);
	node->any_key = true;
	return node;
}
