/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the export to Perfetto is made of, for export_perfetto.c and perfetto_*.c alone.
 *
 * Numbers of fields are those of protos/perfetto/trace/ in github.com/google/perfetto.
 */
#ifndef CTRACE_EXPORT_PERFETTO_H
#define CTRACE_EXPORT_PERFETTO_H

#include "base/map.h"
#include "base/vec.h"
#include "export/proto.h"
#include "export/walk.h"

/* Fields of messages, prefixed by these. */
enum perfetto_field {
	TRACE_PACKET = 1,

	PACKET_FTRACE_EVENTS = 1,
	PACKET_PROCESS_TREE = 2,
	PACKET_CLOCK_SNAPSHOT = 6,
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE_ID = 10,
	PACKET_TRACK_EVENT = 11,
	PACKET_INTERNED_DATA = 12,
	PACKET_SEQUENCE_FLAGS = 13,
	PACKET_SYSTEM_INFO = 45,
	PACKET_TRACK_DESCRIPTOR = 60,

	SEQUENCE_CLEARED = 1,
	SEQUENCE_NEEDS_STATE = 2,

	BUNDLE_CPU = 1,
	BUNDLE_EVENT = 2,
	BUNDLE_LOST_EVENTS = 3,

	FTRACE_TIMESTAMP = 1,
	FTRACE_PID = 2,
	FTRACE_SCHED_SWITCH = 4,
	FTRACE_COMMON_FLAGS = 5,
	FTRACE_SCHED_BLOCKED_REASON = 18,
	FTRACE_SCHED_WAKING = 20,
	FTRACE_TASK_RENAME = 236,
	FTRACE_SCHED_PROCESS_EXEC = 237,
	FTRACE_SCHED_PROCESS_FREE = 240,

	TRACK_UUID = 1,
	TRACK_NAME = 2,
	TRACK_PARENT = 5,

	EVENT_CATEGORIES = 22,
	EVENT_TYPE = 9,
	EVENT_TRACK = 11,
	EVENT_NAME = 23,
	EVENT_SLICE_BEGIN = 1,
	EVENT_SLICE_END = 2,
	EVENT_INSTANT = 3,
};

/* A track of slices that say who holds a lock; there while somebody waits for it. */
struct lock_track {
	__u64 key; /* also its uuid */
	__u32 waiter_cnt;
	__u32 owner_tid;
};

struct perfetto {
	const struct export_input *in;
	struct out *out;
	bool has_begun;		 /* the first packet of the sequence is written */
	VEC(struct strbuf) cpus; /* the bundle of each CPU, not yet written */
	VEC(bool) has_loss;	 /* before the bundle of that CPU */
	struct map reasons;	 /* hash of the words -> their number */
	__u32 reason_cnt;
	VEC(struct lock_track) locks;
	struct map lock_idx;  /* key -> index in locks */
	struct map described; /* keys of tracks that have been described */
};

/* Perfetto's clock is CLOCK_BOOTTIME. */
__u64 perfetto_ts(const struct perfetto *p, __u64 ns);

/* A packet of the one sequence there is; for proto_end(). */
size_t perfetto_packet(struct perfetto *p);

/* perfetto_ftrace.c: events of a CPU */

/* The bundle of the CPU with the begin of an event in it, whose body is to follow. */
struct strbuf *perfetto_event(struct perfetto *p, unsigned cpu, __u64 ts_ns, __u32 pid,
			      size_t *ret_event);
/* Never NULL; borrowed. */
const char *perfetto_name(const struct model *m, __u32 tid);
void perfetto_switch(struct perfetto *p, const struct model *m, unsigned cpu, __u64 ts_ns,
		     __u32 prev_tid, unsigned prev_state, __u32 next_tid);
/* The waker is whose event it is; 0: an interrupt, or nobody that is known. */
void perfetto_waking(struct perfetto *p, const struct model *m, unsigned cpu, __u64 ts_ns,
		     const struct thread_wake *wake, const struct thread *t);
/* The tid may be another thread's from now on. */
void perfetto_free(struct perfetto *p, const struct model *m, unsigned cpu, __u64 ts_ns, __u32 tid);
/* The words of a reason, written before they are used; their number. */
__u32 perfetto_reason(struct perfetto *p, const char *words);
void perfetto_flush_cpus(struct perfetto *p);

/* perfetto_sched.c: what the kernel would have written itself */

void perfetto_sched_event(struct perfetto *p, const struct model *before, const struct ev_hdr *ev);
/* After a block: what for. */
void perfetto_blocked(struct perfetto *p, const struct model *m, const struct thread *t,
		      unsigned cpu, __u64 ts_ns);
/* The state in which a thread is met, without an event that says how it came to it. */
void perfetto_state(struct perfetto *p, const struct model *m, const struct thread *t, __u64 ts_ns);

/* perfetto_tracks.c: what the kernel does not know */

void perfetto_begin_tracks(struct perfetto *p);
void perfetto_release_tracks(struct perfetto *p);
/* A thread waits, or more is known of what it waits for. */
void perfetto_lock_waited_on(struct perfetto *p, const struct model *m, const struct thread *t,
			     bool is_new, __u64 ts_ns);
/* Nothing is known of any of them. */
void perfetto_forget_locks(struct perfetto *p, __u64 ts_ns);
/* Its wait is over. */
void perfetto_lock_left(struct perfetto *p, const struct stay *s);
/* Notes and losses. */
void perfetto_instant(struct perfetto *p, const char *text, __u64 ts_ns);

#endif /* CTRACE_EXPORT_PERFETTO_H */
