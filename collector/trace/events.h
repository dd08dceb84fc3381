/* SPDX-License-Identifier: GPL-2.0-only */
/* A run of events in one piece of memory, by number. */
#ifndef CTRACE_TRACE_EVENTS_H
#define CTRACE_TRACE_EVENTS_H

#include <stdlib.h>

#include "base/vec.h"
#include "bpf/event.h"

/* Zero-initialised is valid and empty. Offsets are aligned so that an event can be cast. */
struct events {
	__u8 *arena;
	size_t arena_len;
	size_t arena_cap;
	VEC(__u32) offs;
};

static inline size_t events_cnt(const struct events *evs)
{
	return evs->offs.cnt;
}

/* Borrowed until the run grows. */
static inline const struct ev_hdr *events_at(const struct events *evs, size_t idx)
{
	return (const struct ev_hdr *)(evs->arena + evs->offs.items[idx]);
}

/* The arena with room for @sz more bytes; they are not zeroed. */
static inline void events_reserve(struct events *evs, size_t sz)
{
	if (sz <= evs->arena_cap - evs->arena_len)
		return;
	evs->arena_cap = (evs->arena_len ? evs->arena_cap * 2 : 0) + sz + 4096;
	evs->arena = xrealloc(evs->arena, evs->arena_cap);
}

/* Forget the events, keep the memory. */
static inline void events_clear(struct events *evs)
{
	evs->arena_len = 0;
	vec_clear(&evs->offs);
}

static inline void events_release(struct events *evs)
{
	free(evs->arena);
	vec_release(&evs->offs);
	*evs = (struct events){};
}

/* The first event whose time is later than @ns, or the count. */
static inline size_t events_find_after(const struct events *evs, __u64 ns)
{
	size_t low = 0, high = events_cnt(evs);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (events_at(evs, mid)->ts_ns <= ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

#endif
