/* SPDX-License-Identifier: GPL-2.0-only */
/* What an event means beyond its kind: who hands a lock on, whether the wait-for graph changed. */
#ifndef TUI_MEANING_H
#define TUI_MEANING_H

#include "model/model.h"

/* Looks at one event after the other; zeroed it begins anew. */
struct meaning {
	bool has_edges;	     /* edges is of the state before the event */
	__u64 version;	     /* model_wait_version() it was computed for */
	__u64 edges;	     /* a checksum of who waits for whom */
	__u32 displaced_tid; /* who is shown to have left its CPU unseen, 0: nobody */
	bool has_lock;
	__u32 lock_pid, handoff_cnt; /* of the lock that the woken thread waited on */
	__u64 lock_address;
};

/* Does the event put a thread to sleep? */
bool meaning_is_block(const struct ev_hdr *ev);

/* Around an event: _before() with the model without it, then the answer with it applied. */
void meaning_before_handoff(struct meaning *x, const struct model *before, const struct ev_hdr *ev);
bool meaning_is_handoff(const struct meaning *x, const struct model *after);

void meaning_before_switch(struct meaning *x, const struct model *before, const struct ev_hdr *ev);

void meaning_before_graph(struct meaning *x, const struct model *before);
bool meaning_is_graph_change(struct meaning *x, const struct model *after);

#endif /* TUI_MEANING_H */
