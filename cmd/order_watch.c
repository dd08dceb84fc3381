/* SPDX-License-Identifier: GPL-2.0-only */
/* --order: from the probes on functions that lock to INVERSION events in the trace. */
#include "cmd/order_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "inspect/order_looks.h"

enum {
	SEE_PAUSE_NS = 200000000, /* what is mapped is read again that often, if locks are taken */
	FINISH_PAUSE_NS = 5000000,
};

#define FINISH_NS 2000000000ULL /* names are waited for so long at the end */

struct order_watch {
	struct pump *pump;
	struct order *order;
	struct order_looks *looks;
	__u32 pid;
	__u64 seen_ns;
	size_t edge_cnt; /* when it was seen */
	bool was_warned;
};

int order_watch_new(struct pump *pump, __u32 pid, const char *program, struct order_watch **ret)
{
	struct lock_library library = {};
	struct order_watch *w;
	int err = 0;

	if (!lock_probes_are_possible()) {
		log_err("--order: this kernel takes no probes in programs (CONFIG_UPROBE_EVENTS)");
		return -ENOTSUP;
	}
	err = lock_library_find(program, &library);
	if (!err)
		err = probe_watch_locks(pump->probe, pid, &library);
	if (err)
		return err;
	w = xcalloc(1, sizeof(*w));
	w->pump = pump;
	w->pid = pid;
	w->order = order_new();
	w->looks = order_looks_new();
	*ret = w;
	return 0;
}

void order_watch_free(struct order_watch *w)
{
	if (!w)
		return;
	order_looks_free(w->looks);
	order_free(w->order);
	free(w);
}

void order_watch_begin(struct order_watch *w)
{
	if (w)
		order_looks_see(w->looks, w->pid);
}

static int take_record(void *arg, const void *record, size_t size)
{
	const struct order_hdr *rec = record;
	size_t want = rec->kind == ORDER_EDGE ? sizeof(struct order_edge) : sizeof(*rec);
	struct order_watch *w = arg;
	struct order_inversion found;

	if (size >= want && order_take(w->order, rec, &found))
		order_looks_want(w->looks, &found);
	return 0;
}

static void append(void *arg, struct ev_hdr *ev)
{
	struct order_watch *w = arg;

	pump_append(w->pump, ev);
}

/* New edges may be of libraries that were not there before. */
static void see_again(struct order_watch *w, __u64 now_ns)
{
	if (order_edge_cnt(w->order) == w->edge_cnt || now_ns < w->seen_ns + SEE_PAUSE_NS)
		return;
	w->edge_cnt = order_edge_cnt(w->order);
	w->seen_ns = now_ns;
	order_looks_see(w->looks, w->pid);
}

static void warn_once(struct order_watch *w)
{
	if (order_is_complete(w->order) || w->was_warned)
		return;
	w->was_warned = true;
	log_warn("--order: too many locks were taken under others, or records of that were lost; "
		 "what comes now is not looked at");
}

void order_watch_step(struct order_watch *w, __u64 now_ns)
{
	__u64 lost;

	if (!w)
		return;
	probe_drain_order(w->pump->probe, take_record, w, &lost);
	if (lost)
		order_give_up(w->order);
	warn_once(w);
	see_again(w, now_ns);
	order_looks_step(w->looks, trace_tail(w->pump->trace), now_ns, append, w);
}

void order_watch_finish(struct order_watch *w)
{
	const struct timespec pause = { .tv_nsec = FINISH_PAUSE_NS };
	__u64 begin_ns = clock_now_ns(), now_ns = begin_ns;

	order_watch_step(w, now_ns);
	while (w && order_looks_pending(w->looks) && now_ns < begin_ns + FINISH_NS) {
		nanosleep(&pause, NULL);
		now_ns = clock_now_ns();
		order_watch_step(w, now_ns);
	}
}
