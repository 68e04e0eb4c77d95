/*
 * shim.h
 *		As much of a server as the fuzzed sources need, for programs without one.
 *
 * Every palloc() is an allocation of its own and every string that leaves a
 * jsonb is a copy of its exact length, so that the address sanitizer sees one
 * byte too far.  A StringInfo's room behind its contents is poisoned.  All of
 * it is freed between inputs.  An error jumps back to shim_run(), which knows
 * its SQLSTATE; an internal error, or one without a SQLSTATE, is a finding and
 * ends the program.
 *
 * Texts are UTF-8.
 */
#ifndef DETMETA_FUZZ_SHIM_H
#define DETMETA_FUZZ_SHIM_H

#include "postgres.h"

#include "utils/jsonb.h"
#include "utils/numeric.h"

/*
 * Run a part of a test; return whether it came to its end without an error.
 * Input may be refused when it is read. What follows may not fail: REQUIRE it.
 */
extern bool shim_run(void (*body) (void *), void *arg);
extern int	shim_sqlstate;		/* of the last error */

/* Free what the last input allocated. */
extern void shim_reset(void);

/* Return bytes as the server would have let them in: UTF-8 without NUL. */
extern char *shim_text(const uint8_t *data, size_t size);

/* Return whether bytes are such text. */
extern bool shim_is_text(const char *bytes, size_t size);

/* Take the first line off a text, which may be the whole. */
extern char *shim_line(char **rest);

/* Run JSON text through jsonb_in. */
extern Jsonb *shim_jsonb(const char *text);

/* Compare finite numbers without the code under test. */
extern int	shim_numeric_compare(Numeric a, Numeric b);

/* With DETMETA_FUZZ_PRINT set, say on a line what a server would answer (run.sh compares). */
extern void shim_answer(const char *format,...);

/* End the program with a finding. */
#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			shim_finding(#condition, __FILE__, __LINE__); \
	} while (0)
extern void shim_finding(const char *condition, const char *file, int line)
			__attribute__((noreturn));

/* libFuzzer calls it with each input. */
extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif							/* DETMETA_FUZZ_SHIM_H */
