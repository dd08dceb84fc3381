/* SPDX-License-Identifier: GPL-2.0-only */
/* The pump: from the ring of the probes into the trace. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "capture/pump.h"

enum {
	IN_FLIGHT_NS = 500000000,
	IN_FLIGHT_PAUSE_US = 1000,
};

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
	};
	char path[32], comm[EVENT_COMM_LEN];
	int err;

	snprintf(path, sizeof(path), "/proc/%u/comm", ev->waker_tid);
	err = read_file(path, comm, sizeof(comm), NULL);
	if (!err || err == -EFBIG) /* a worker of the kernel has a longer one there */
		memcpy(stranger.comm, comm, strcspn(comm, "\n"));
	trace_append(p->trace, &stranger.hdr);
}

static bool is_by_stranger(const struct pump *p, const struct ev_hdr *ev)
{
	const struct ev_wake *wake = (const struct ev_wake *)ev;

	return ev->kind == EV_WAKE && wake->waker_tid &&
	       !(ev->flags & (EVF_HARDIRQ | EVF_SOFTIRQ)) &&
	       !model_find_thread(trace_tail(p->trace), wake->waker_tid);
}

static int on_record(void *arg, const void *record, size_t size)
{
	const struct ev_hdr *ev = record;
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
	ev->ts_ns = p->drained_ns ? p->drained_ns : clock_now_ns();
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
	int cnt;

	p->drained_ns = clock_now_ns();
	cnt = probe_drain(p->probe, on_record, p);

	if (cnt >= 0)
		append_lost(p);
	return cnt;
}

static bool is_sum_right(const struct pump *p, struct probe_counters *ret)
{
	const struct model *m = trace_tail(p->trace);
	__u64 lost;

	probe_counters(p->probe, ret);
	lost = ret->lost[LOST_RING_FULL] + ret->lost[LOST_STORAGE];
	return ret->generated == p->stored + lost &&
	       lost == model_lost(m, LOST_RING_FULL) + model_lost(m, LOST_STORAGE);
}

/* A probe that runs on another CPU while it is detached has counted its event and emits it yet. */
int pump_finish(struct pump *p)
{
	__u64 end_ns = clock_now_ns() + IN_FLIGHT_NS;
	struct probe_counters c;
	int err;

	probe_detach(p->probe);
	for (;;) {
		err = pump_run(p);
		if (err < 0)
			return err;
		if (is_sum_right(p, &c))
			return 0;
		if (clock_now_ns() > end_ns)
			break;
		usleep(IN_FLIGHT_PAUSE_US);
	}
	log_err("the sum is wrong: %llu events generated, %llu stored, %llu lost", c.generated,
		p->stored, c.lost[LOST_RING_FULL] + c.lost[LOST_STORAGE]);
	return -EBADE;
}
