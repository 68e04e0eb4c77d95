/*
 * fuzz_webui.c
 *		The WebUI's filter JSON, without the check of its syntax that comes
 *		before it. The input is JSON text.
 */
#include "check_filter.h"

#include "filter/webui.h"

typedef struct Input
{
	char	   *text;
	FilterNode *root;
} Input;

static void
read_json(void *arg)
{
	Input	   *input = arg;

	input->root = detmeta_filter_parse_webui(input->text);
}

static void
check(void *arg)
{
	shim_answer("%s", check_filter(((Input *) arg)->root));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {shim_text(data, size), NULL};

	if (shim_run(read_json, &input))
		REQUIRE(shim_run(check, &input));
	else
		shim_answer("%s", unpack_sql_state(shim_sqlstate));
	shim_reset();
	return 0;
}
