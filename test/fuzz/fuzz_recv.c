/*
 * fuzz_recv.c
 *		The binary form of a filter, as a client may send it. The input is the
 *		message: any bytes.
 */
#include "check_filter.h"

#include "filter/filter.h"

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

typedef struct Input
{
	StringInfo	message;
	MetadataFilter *filter;
} Input;

static MetadataFilter *
receive(StringInfo message)
{
	return (MetadataFilter *) DatumGetPointer(DirectFunctionCall1(detmeta_filter_recv,
																  PointerGetDatum(message)));
}

static void
read_message(void *arg)
{
	Input	   *input = arg;

	input->filter = receive(input->message);
}

/* A filter that was read can be sent, and read again. */
static void
check(void *arg)
{
	MetadataFilter *filter = ((Input *) arg)->filter;
	bytea	   *sent = DatumGetByteaPP(DirectFunctionCall1(detmeta_filter_send,
														   PointerGetDatum(filter)));
	StringInfo	returned = make_message(VARDATA_ANY(sent), VARSIZE_ANY_EXHDR(sent));

	REQUIRE(same_filter(filter, receive(returned)));
	REQUIRE(returned->cursor == returned->len);
	(void) check_filter(detmeta_filter_read(filter));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input		input = {make_message((const char *) data, size), NULL};

	if (shim_run(read_message, &input))
		REQUIRE(shim_run(check, &input));
	shim_reset();
	return 0;
}
