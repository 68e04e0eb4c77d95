/*
 * fuzz_webui.c
 *		The WebUI's filter JSON, without the check of its syntax that comes
 *		before it. The input is JSON text.
 */
#include "check_filter.h"

static void
read_json(void *text)
{
	shim_answer("%s", check_filter(detmeta_filter_parse_webui(text)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!shim_run(read_json, shim_text(data, size)))
		shim_answer("%s", unpack_sql_state(shim_sqlstate));
	shim_reset();
	return 0;
}
