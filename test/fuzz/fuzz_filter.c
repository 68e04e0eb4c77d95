/*
 * fuzz_filter.c
 *		The filter language. The input is a filter's text.
 */
#include "check_filter.h"

/* Read a text and check the filter it is; a refusal is as good. */
static void
read_text(void *text)
{
	shim_answer("%s", check_filter(detmeta_filter_parse(text)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!shim_run(read_text, shim_text(data, size)))
		shim_answer("%s", unpack_sql_state(shim_sqlstate));
	shim_reset();
	return 0;
}
