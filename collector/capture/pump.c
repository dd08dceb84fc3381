/* SPDX-License-Identifier: GPL-2.0-only */
/* The pump: from the ring of the probes into the trace. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "capture/pump.h"

/*
 * A thread that is not traced has woken one that is: give it a name, once. Read from
 * /proc now; it may be gone already, and then it is only a number.
 */
static void name_stranger(struct pump *p, const struct ev_wake *ev)
{
	struct ev_thread stranger = {
		.hdr = { .ts_ns = ev->hdr.ts_ns,
			 .tid = ev->waker_tid,
			 .kind = EV_THREAD,
			 .flags = EVF_FOREIGN },
		.comm = "?",
	};
	char path[32], comm[EVENT_COMM_LEN + 1];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%u/comm", ev->waker_tid);
	if (!read_file(path, comm, sizeof(comm), &len)) {
		comm[strcspn(comm, "\n")] = '\0';
		memcpy(stranger.comm, comm, sizeof(stranger.comm));
	}
	trace_append(p->trace, &stranger.hdr);
}

static bool is_by_stranger(const struct pump *p, const struct ev_hdr *ev)
{
	const struct ev_wake *wake = (const struct ev_wake *)ev;

	return ev->kind == EV_WAKE && wake->waker_tid &&
	       !(ev->flags & (EVF_HARDIRQ | EVF_SOFTIRQ)) &&
	       !model_find_thread(trace_tail(p->trace), wake->waker_tid);
}

static int on_record(void *arg, const struct ev_hdr *ev, size_t size)
{
	struct pump *p = arg;

	if (size < sizeof(*ev) || size < event_size(ev) || trace_append(p->trace, ev)) {
		log_err("a record of the probes is damaged (kind %u, %zu bytes)", ev->kind, size);
		return -EPROTO;
	}
	p->stored += ev->kind != EV_LOST;
	if (is_by_stranger(p, ev))
		name_stranger(p, (const struct ev_wake *)ev);
	return 0;
}

void pump_append(struct pump *p, struct ev_hdr *ev)
{
	ev->ts_ns = clock_now_ns();
	trace_append(p->trace, ev);
}

/* The ring was full, and nothing came after that could have told. */
static void append_lost(struct pump *p)
{
	for (unsigned cause = 1; cause < LOST_CAUSE_MAX; cause++) {
		struct ev_lost ev = { .hdr = { .kind = EV_LOST }, .cause = cause };

		ev.cnt = probe_take_lost(p->probe, cause);
		if (ev.cnt)
			pump_append(p, &ev.hdr);
	}
}

int pump_run(struct pump *p)
{
	int cnt = probe_drain(p->probe, on_record, p);

	if (cnt >= 0)
		append_lost(p);
	return cnt;
}

int pump_finish(struct pump *p)
{
	struct probe_counters c;
	__u64 lost;
	int err;

	probe_detach(p->probe);
	err = pump_run(p);
	if (err < 0)
		return err;
	probe_counters(p->probe, &c);
	lost = c.lost[LOST_RING_FULL] + c.lost[LOST_STORAGE];
	if (c.generated == p->stored + lost &&
	    lost == model_lost(trace_tail(p->trace), LOST_RING_FULL) +
			    model_lost(trace_tail(p->trace), LOST_STORAGE))
		return 0;
	log_err("the sum is wrong: %llu events generated, %llu stored, %llu lost", c.generated,
		p->stored, lost);
	return -EBADE;
}
