/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What both ends of the codec remember of the events before, to say little about the next.
 *
 * A thread does the same few things again and again, so an event is compared with
 * the last different ones of its kind and thread, and with the last of its kind by
 * anybody. Threads share a slot when their hashes collide: a worse prediction, never
 * a wrong event, and so the memory is fixed however many threads there are.
 */
#ifndef CTRACE_TRACE_PREDICT_H
#define CTRACE_TRACE_PREDICT_H

#include <stdbool.h>

#include "trace/codec.h"

enum {
	PREDICT_BITS = 12,
	PREDICT_WAYS = 3,		 /* events of one kind and thread that are remembered */
	PREDICT_KIND_WAY = PREDICT_WAYS, /* the last of the kind */
	PREDICT_CANDIDATES = PREDICT_WAYS + 1,
	PREDICT_CPUS = 1024,
	/* The arena begins with zeros: what an event without predecessor is compared with. */
	PREDICT_ZERO_SZ = sizeof(struct ev_hdr) + 4 * SECTION_WORDS_MAX + 4,
};

_Static_assert(PREDICT_ZERO_SZ % SECTION_ALIGN == 0, "the first event would not be aligned");

/* Offsets of events in the arena; 0 is the zeros. */
struct predictor {
	__u32 own[1 << PREDICT_BITS][PREDICT_WAYS];
	__u32 of_kind[EV_KIND_MAX];
	__u32 running[PREDICT_CPUS]; /* tid */
};

static inline __u32 *predictor_own(struct predictor *p, unsigned kind, __u32 tid)
{
	return p->own[((tid * 0x9e3779b1U) ^ (kind * 0x85ebca6bU)) >> (32 - PREDICT_BITS)];
}

static inline __u32 *predictor_running(struct predictor *p, unsigned cpu)
{
	return &p->running[cpu % PREDICT_CPUS];
}

/*
 * The event at @off, predicted by way @way, becomes the latest. One whose words are all
 * the same gives up its place for it; else the oldest does, so that a thread which does
 * some things in turn finds each of them again.
 */
static inline void predictor_learn(struct predictor *p, __u32 *own, unsigned kind, unsigned way,
				   bool is_same, __u32 off)
{
	unsigned last = is_same && way < PREDICT_WAYS ? way : PREDICT_WAYS - 1;

	for (unsigned i = last; i > 0; i--)
		own[i] = own[i - 1];
	own[0] = off;
	p->of_kind[kind % EV_KIND_MAX] = off;
}

#endif
