/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * States that cursors came by, kept for those that go there next: the checkpoint of a block may be
 * a hundred thousand events away, and what is looked at lies close together.
 */
#ifndef CTRACE_TRACE_SNAPSHOTS_H
#define CTRACE_TRACE_SNAPSHOTS_H

#include "base/vec.h"
#include "model/model.h"

struct snapshot {
	struct model *model;
	__u64 event; /* how many events of the trace are applied */
	__u64 used_at;
};

/* Zero-initialised is valid and empty. */
struct snapshots {
	VEC(struct snapshot) items;
	__u64 use_cnt;
};

void snapshots_release(struct snapshots *s);

/* Keep a copy of @m, the state after @event events. */
void snapshots_take(struct snapshots *s, const struct model *m, __u64 event);

/*
 * The last one in @first to @last, borrowed until the next is taken, and the number of its events;
 * NULL: there is none.
 */
const struct model *snapshots_find(struct snapshots *s, __u64 first, __u64 last, __u64 *ret_event);

#endif
