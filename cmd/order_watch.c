/* SPDX-License-Identifier: GPL-2.0-only */
/* --order: from the probes on functions that lock to INVERSION events in the trace. */
#include "cmd/order_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "inspect/order_looks.h"

enum {
	SEE_PAUSE_NS = 200000000, /* what is mapped is read again that often, if locks are taken */
	FINISH_PAUSE_NS = 5000000,
	/* A process that begins maps its library within that time. */
	LIBRARY_NS = 1000000000,
};

#define FINISH_NS 2000000000ULL /* names are waited for so long at the end */

/* A library with probes in it. */
struct watched {
	__u32 pid; /* in this process; 0: in all */
	dev_t dev;
	ino_t ino;
};

/* A process that has become another program. */
struct beginner {
	__u32 pid;
	__u64 until_ns;
};

/* A process in which locks were taken under others since it was seen. */
struct busy {
	__u32 pid;
	__u64 seen_ns;
};

struct order_watch {
	struct pump *pump;
	struct order *order;
	struct order_looks *looks;
	VEC(__u32) pids; /* that were given */
	VEC(struct watched) watched;
	VEC(struct beginner) beginners;
	VEC(struct busy) busy;
	bool with_children;
	bool was_warned, was_warned_of_child, was_warned_of_library;
};

static bool is_watched(const struct order_watch *w, const struct watched *what)
{
	vec_for_each(known, &w->watched)
		if (known->pid == what->pid && known->dev == what->dev && known->ino == what->ino)
			return true;
	return false;
}

static int watch_library(struct order_watch *w, __u32 pid, const struct lock_library *lib)
{
	struct watched what = { w->with_children ? 0 : pid, lib->dev, lib->ino };
	int err;

	if (is_watched(w, &what))
		return 0;
	err = probe_watch_locks(w->pump->probe, what.pid, lib);
	if (!err)
		vec_push(&w->watched, what);
	return err;
}

static struct order_watch *watch_new(struct pump *pump, bool with_children)
{
	struct order_watch *w;

	if (!lock_probes_are_possible()) {
		log_err("--order: this kernel takes no probes in programs (CONFIG_UPROBE_EVENTS)");
		return NULL;
	}
	w = xcalloc(1, sizeof(*w));
	w->pump = pump;
	w->with_children = with_children;
	w->order = order_new();
	w->looks = order_looks_new();
	return w;
}

static const char *why(int err)
{
	return err == -ENOENT	 ? "it has no symbols of functions that lock"
	       : err == -EAGAIN	 ? "it has no C library that is known"
	       : err == -ENOEXEC ? "it is no 64-bit program"
				 : strerror(-err);
}

/* Without locks of its own it may start programs that have some. */
static int watch_first(struct order_watch *w, __u32 pid, const struct lock_library *lib)
{
	int err = watch_library(w, pid, lib);
	bool is_enough = err == -ENOENT && w->with_children;

	if (is_enough)
		log_warn("--order: the locks of %s are not watched: %s", lib->path, why(err));
	else if (err)
		log_err("cannot watch the locks of %s: %s", lib->path, why(err));
	return is_enough ? 0 : err;
}

int order_watch_start(struct pump *pump, __u32 pid, const char *program, bool with_children,
		      struct order_watch **ret)
{
	struct order_watch *w = watch_new(pump, with_children);
	struct lock_library lib;
	int err;

	if (!w)
		return -ENOTSUP;
	vec_push(&w->pids, pid);
	err = lock_library_find(program, &lib);
	if (!err)
		err = watch_first(w, pid, &lib);
	if (err)
		order_watch_free(w);
	else
		*ret = w;
	return err;
}

static int watch_running(struct order_watch *w, __u32 pid)
{
	struct lock_library lib;
	int err = lock_library_of(pid, &lib);

	return err ? err : watch_library(w, pid, &lib);
}

int order_watch_attach(struct pump *pump, const __u32 *pids, size_t cnt, bool with_children,
		       struct order_watch **ret)
{
	struct order_watch *w = watch_new(pump, with_children);
	int err = 0;

	if (!w)
		return -ENOTSUP;
	for (size_t i = 0; i < cnt && !err; i++) {
		vec_push(&w->pids, pids[i]);
		err = watch_running(w, pids[i]);
		if (err)
			log_err("cannot watch the locks of %u: %s", pids[i], why(err));
	}
	if (err)
		order_watch_free(w);
	else
		*ret = w;
	return err;
}

void order_watch_free(struct order_watch *w)
{
	if (!w)
		return;
	order_looks_free(w->looks);
	order_free(w->order);
	vec_release(&w->pids);
	vec_release(&w->watched);
	vec_release(&w->beginners);
	vec_release(&w->busy);
	free(w);
}

void order_watch_begin(struct order_watch *w)
{
	for (size_t i = 0; w && i < w->pids.cnt; i++)
		order_looks_see(w->looks, w->pids.items[i]);
}

static bool was_given(const struct order_watch *w, __u32 pid)
{
	vec_for_each(given, &w->pids)
		if (*given == pid)
			return true;
	return false;
}

static struct busy *find_busy(struct order_watch *w, __u32 pid)
{
	vec_for_each(b, &w->busy)
		if (b->pid == pid)
			return b;
	return NULL;
}

/* New edges may be of libraries that were not there before. */
static void see_again(struct order_watch *w, __u32 pid, __u64 now_ns)
{
	struct busy *b = find_busy(w, pid);

	if (b && now_ns < b->seen_ns + SEE_PAUSE_NS)
		return;
	if (b)
		b->seen_ns = now_ns;
	else
		vec_push(&w->busy, (struct busy){ pid, now_ns });
	order_looks_see(w->looks, pid);
}

static void forget_busy(struct order_watch *w, __u32 pid)
{
	struct busy *b = find_busy(w, pid);

	if (b)
		vec_remove(&w->busy, b - w->busy.items);
}

static void on_process(struct order_watch *w, const struct order_hdr *rec)
{
	see_again(w, rec->pid, clock_now_ns());
	order_looks_fork(w->looks, rec->pid, rec->other_tid);
	if (w->with_children || w->was_warned_of_child)
		return;
	w->was_warned_of_child = true;
	log_warn("--order: the locks of %u, which was forked, are not watched; --order-all does",
		 rec->other_tid);
}

static void on_exec(struct order_watch *w, const struct order_hdr *rec)
{
	order_looks_forget(w->looks, rec->pid);
	forget_busy(w, rec->pid);
	if (w->with_children || was_given(w, rec->pid))
		vec_push(&w->beginners, (struct beginner){ rec->pid, rec->ts_ns + LIBRARY_NS });
}

static int take_record(void *arg, const void *record, size_t size)
{
	const struct order_hdr *rec = record;
	size_t want = rec->kind == ORDER_EDGE ? sizeof(struct order_edge) : sizeof(*rec);
	struct order_watch *w = arg;
	struct order_inversion found;

	if (size < want)
		return 0;
	if (rec->kind == ORDER_EDGE)
		see_again(w, rec->pid, clock_now_ns());
	if (order_take(w->order, rec, &found))
		order_looks_want(w->looks, &found);
	if (rec->kind == ORDER_PROCESS)
		on_process(w, rec);
	else if (rec->kind == ORDER_EXEC)
		on_exec(w, rec);
	else if (rec->kind == ORDER_EXIT)
		forget_busy(w, rec->pid);
	return 0;
}

static void append(void *arg, struct ev_hdr *ev)
{
	struct order_watch *w = arg;

	pump_append(w->pump, ev);
}

static void warn_of_library(struct order_watch *w, __u32 pid, int err)
{
	if (w->was_warned_of_library || err == -ENOENT)
		return;
	w->was_warned_of_library = true;
	log_warn("--order: the locks of %u are not watched: %s", pid, why(err));
}

/* Programs with another library than those before, as soon as it is there. */
static void watch_beginners(struct order_watch *w, __u64 now_ns)
{
	for (size_t i = 0; i < w->beginners.cnt;) {
		struct beginner *b = &w->beginners.items[i];
		int err = watch_running(w, b->pid);

		if (err == -EAGAIN && now_ns < b->until_ns) {
			i++;
			continue;
		}
		order_looks_see(w->looks, b->pid);
		if (err)
			warn_of_library(w, b->pid, err);
		vec_remove(&w->beginners, i);
	}
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
	watch_beginners(w, now_ns);
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
