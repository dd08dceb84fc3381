/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chunks of glibc's malloc (malloc/malloc.c, "Vital statistics", 2.26 to 2.40): the word in
 * front of an allocation is its size with three flags, and the next chunk begins with a
 * word like that, too.
 */
#include "inspect/heap.h"

enum {
	HEAD = 16, /* from the begin of a chunk to what the program gets of it */
	CHUNK_MIN = 32,
	FLAG_PREV_IN_USE = 1,
	FLAG_MMAPPED = 2,
	FLAGS = 7,
};

#define CHUNK_MAX (1ULL << 36)

static bool read_size(struct memory *m, __u64 address, __u64 *ret)
{
	return memory_read(m, address - sizeof(*ret), ret, sizeof(*ret));
}

static bool size_is_plausible(__u64 word)
{
	__u64 size = word & ~(__u64)FLAGS;

	return size >= CHUNK_MIN && size < CHUNK_MAX && size % HEAD == 0;
}

/* Bytes the program may use from address on, or 0: it is no allocation. */
static __u64 usable(struct memory *m, __u64 address)
{
	__u64 word, size, next;

	if (address % HEAD || !read_size(m, address, &word) || !size_is_plausible(word))
		return 0;
	size = word & ~(__u64)FLAGS;
	if (word & FLAG_MMAPPED) /* pages of its own; a text can look like such a word */
		return size % MEMORY_PAGE_SZ || address % MEMORY_PAGE_SZ != HEAD ? 0 : size - HEAD;
	/* It is in use if the one behind says so. That one may be the rest of the heap. */
	if (!read_size(m, address + size, &next) || !size_is_plausible(next) ||
	    !(next & FLAG_PREV_IN_USE))
		return 0;
	return size - sizeof(word);
}

bool heap_holds_array(struct memory *m, __u64 address, __u64 size, __u64 idx)
{
	__u64 have = usable(m, address), cnt;

	if (!size || idx >= CHUNK_MAX / size)
		return false;
	if (have)
		return (idx + 1) * size <= have;
	/* new[] of C++ puts the number in front when there is something to destroy. */
	return address % HEAD == sizeof(cnt) && usable(m, address - sizeof(cnt)) &&
	       read_size(m, address, &cnt) && cnt < CHUNK_MAX / size && idx < cnt &&
	       cnt * size + sizeof(cnt) <= usable(m, address - sizeof(cnt));
}
