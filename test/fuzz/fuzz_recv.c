/*
 * fuzz_recv.c
 *		The binary form of a filter, as a client may send it. The input is the
 *		message: any bytes.
 */
#include "check_filter.h"

extern Datum detmeta_filter_recv(PG_FUNCTION_ARGS);
extern Datum detmeta_filter_send(PG_FUNCTION_ARGS);

/* Make a message of its exact length, but for the NUL that the server puts behind it. */
static StringInfo
make_message(const char *bytes, int len)
{
	StringInfo	message = makeStringInfo();

	appendBinaryStringInfo(message, bytes, len);
	return message;
}

static void
receive(void *message)
{
	MetadataFilter *filter = (MetadataFilter *) DatumGetPointer(DirectFunctionCall1(detmeta_filter_recv, PointerGetDatum(message)));
	bytea	   *sent = DatumGetByteaPP(DirectFunctionCall1(detmeta_filter_send, PointerGetDatum(filter)));
	StringInfo	returned = make_message(VARDATA_ANY(sent), VARSIZE_ANY_EXHDR(sent));

	REQUIRE(same_filter(filter, (MetadataFilter *) DatumGetPointer(DirectFunctionCall1(detmeta_filter_recv, PointerGetDatum(returned)))));
	REQUIRE(returned->cursor == returned->len);
	(void) check_filter(detmeta_filter_read(filter));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void) shim_run(receive, make_message((const char *) data, size));
	shim_reset();
	return 0;
}
