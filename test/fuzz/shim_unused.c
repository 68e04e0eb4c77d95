/*
 * shim_unused.c
 *		Functions of the server that the fuzzed sources name, but that no input
 *		of the fuzzers reaches: those of SQL arguments.
 */
#include <stdlib.h>

#define UNREACHED(name) void name(void); void name(void) { abort(); }

UNREACHED(OidOutputFunctionCall)
UNREACHED(RE_compile_and_execute)
UNREACHED(bpchartruelen)
UNREACHED(date2timestamp_opt_overflow)
UNREACHED(date2timestamp_safe)
UNREACHED(find_coercion_pathway)
UNREACHED(format_type_be)
UNREACHED(getBaseType)
UNREACHED(getTypeOutputInfo)
UNREACHED(get_element_type)
UNREACHED(int64_to_numeric)
UNREACHED(text_to_cstring)
UNREACHED(texticlike)
UNREACHED(type_is_enum)
