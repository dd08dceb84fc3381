/* SPDX-License-Identifier: GPL-2.0-only */
/* Replays the corpus of the fuzzer of events: what was found once stays mended. */
#include "tests/fuzz/fuzz_events.c"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <glob.h>
#include <stdio.h>

enum { INPUT_MAX = 1 << 16 };

static void replay(const char *path)
{
	static uint8_t bytes[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	size_t len;

	cr_assert(ne(ptr, f, NULL), "%s cannot be opened", path);
	len = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	LLVMFuzzerTestOneInput(bytes, len);
}

/* The tests run from the top of the tree (tests/run-units). */
Test(fuzz_events, every_input_is_survived)
{
	glob_t inputs = {};

	cr_assert(eq(int, glob("tests/fuzz/events/*", 0, NULL, &inputs), 0), "no corpus here");
	for (size_t i = 0; i < inputs.gl_pathc; i++)
		replay(inputs.gl_pathv[i]);
	cr_expect(ge(sz, inputs.gl_pathc, 5));
	globfree(&inputs);
}
