/* SPDX-License-Identifier: GPL-2.0-only */
/* Replays the corpus of the fuzzer: what was found once stays mended. */
#include "tests/fuzz/fuzz_reader.c"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>

#include "tests/unit/trace/scratch.h"

/* The tests run from the top of the tree (tests/run-units). */
#define CORPUS "tests/fuzz/corpus"

Test(fuzz_corpus, every_input_is_survived)
{
	DIR *list = opendir(CORPUS);
	unsigned cnt = 0;
	struct dirent *entry;

	cr_assert(ne(ptr, list, NULL), "no " CORPUS " here");
	while ((entry = readdir(list))) {
		char path[512];
		size_t sz;
		void *bytes;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CORPUS "/%s", entry->d_name);
		bytes = scratch_read(path, &sz);
		LLVMFuzzerTestOneInput(bytes, sz);
		free(bytes);
		cnt++;
	}
	closedir(list);
	cr_expect(ge(u32, cnt, 2));
}
