/* SPDX-License-Identifier: GPL-2.0-only */
/* Events in the form of ftrace, in the bundles of their CPUs. */
#include "export/perfetto.h"

enum {
	/* include/linux/trace_events.h */
	TRACE_FLAG_HARDIRQ = 0x08,
	TRACE_FLAG_SOFTIRQ = 0x10,

	PRIORITY = 120, /* that of nice 0: ctrace does not record priorities */
	BUNDLE_SZ = 8192,
	REASONS_KEPT = 16384, /* that are known by number */
};

static void flush_cpu(struct perfetto *p, unsigned cpu)
{
	struct strbuf *sb = &p->out->buf, *events = &p->cpus.items[cpu];
	size_t packet, bundle;

	if (!events->len)
		return;
	packet = perfetto_packet(p);
	bundle = proto_begin(sb, PACKET_FTRACE_EVENTS);
	proto_u64(sb, BUNDLE_CPU, cpu);
	if (p->has_loss.items[cpu])
		proto_u64(sb, BUNDLE_LOST_EVENTS, 1);
	strbuf_add(sb, events->data, events->len);
	proto_end(sb, bundle);
	proto_end(sb, packet);
	strbuf_reset(events);
	p->has_loss.items[cpu] = false;
}

void perfetto_flush_cpus(struct perfetto *p)
{
	for (size_t cpu = 0; cpu < p->cpus.cnt; cpu++)
		flush_cpu(p, cpu);
}

struct strbuf *perfetto_event(struct perfetto *p, unsigned cpu, __u64 ts_ns, __u32 pid,
			      size_t *ret_event)
{
	struct strbuf *sb;

	cpu = cpu < MODEL_CPU_MAX ? cpu : MODEL_CPU_MAX - 1;
	while (p->cpus.cnt <= cpu) {
		vec_push(&p->cpus, (struct strbuf){});
		vec_push(&p->has_loss, false);
	}
	if (p->cpus.items[cpu].len >= BUNDLE_SZ)
		flush_cpu(p, cpu);
	sb = &p->cpus.items[cpu];
	*ret_event = proto_begin(sb, BUNDLE_EVENT);
	proto_u64(sb, FTRACE_TIMESTAMP, perfetto_ts(p, ts_ns));
	proto_u64(sb, FTRACE_PID, pid);
	return sb;
}

const char *perfetto_name(const struct model *m, __u32 tid)
{
	const struct thread *t = tid ? model_find_thread(m, tid) : NULL;

	if (!tid)
		return "swapper";
	return t ? t->name : "?";
}

void perfetto_switch(struct perfetto *p, const struct model *m, unsigned cpu, __u64 ts_ns,
		     __u32 prev_tid, unsigned prev_state, __u32 next_tid)
{
	size_t event, body;
	struct strbuf *sb = perfetto_event(p, cpu, ts_ns, prev_tid, &event);

	body = proto_begin(sb, FTRACE_SCHED_SWITCH);
	proto_string(sb, 1, perfetto_name(m, prev_tid));
	proto_u64(sb, 2, prev_tid);
	proto_u64(sb, 3, PRIORITY);
	proto_u64(sb, 4, prev_state);
	proto_string(sb, 5, perfetto_name(m, next_tid));
	proto_u64(sb, 6, next_tid);
	proto_u64(sb, 7, PRIORITY);
	proto_end(sb, body);
	proto_end(sb, event);
}

void perfetto_waking(struct perfetto *p, const struct model *m, unsigned cpu, __u64 ts_ns,
		     const struct thread_wake *wake, const struct thread *t)
{
	bool is_irq = wake->flags & (EVF_HARDIRQ | EVF_SOFTIRQ);
	size_t event, body;
	struct strbuf *sb = perfetto_event(p, cpu, ts_ns, is_irq ? 0 : wake->waker_tid, &event);

	if (is_irq)
		proto_u64(sb, FTRACE_COMMON_FLAGS,
			  wake->flags & EVF_HARDIRQ ? TRACE_FLAG_HARDIRQ : TRACE_FLAG_SOFTIRQ);
	body = proto_begin(sb, FTRACE_SCHED_WAKING);
	proto_string(sb, 1, perfetto_name(m, t->tid));
	proto_u64(sb, 2, t->tid);
	proto_u64(sb, 3, PRIORITY);
	proto_u64(sb, 4, 1);
	proto_u64(sb, 5, t->cpu);
	proto_end(sb, body);
	proto_end(sb, event);
}

void perfetto_free(struct perfetto *p, const struct model *m, unsigned cpu, __u64 ts_ns, __u32 tid)
{
	size_t event, body;
	struct strbuf *sb = perfetto_event(p, cpu, ts_ns, 0, &event);

	body = proto_begin(sb, FTRACE_SCHED_PROCESS_FREE);
	proto_string(sb, 1, perfetto_name(m, tid));
	proto_u64(sb, 2, tid);
	proto_u64(sb, 3, PRIORITY);
	proto_end(sb, body);
	proto_end(sb, event);
}

__u32 perfetto_reason(struct perfetto *p, const char *words)
{
	struct strbuf *sb = &p->out->buf;
	__u64 hash = map_text_key(words); /* no two words have the same in practice */
	size_t packet, data, symbol;
	uint32_t iid;

	if (map_get(&p->reasons, hash, &iid))
		return iid;
	if (map_cnt(&p->reasons) >= REASONS_KEPT)
		map_clear(&p->reasons);
	iid = ++p->reason_cnt;
	map_put(&p->reasons, hash, iid);
	packet = perfetto_packet(p);
	data = proto_begin(sb, PACKET_INTERNED_DATA);
	symbol = proto_begin(sb, 26); /* kernel_symbols */
	proto_u64(sb, 1, iid);
	proto_string(sb, 2, words);
	proto_end(sb, symbol);
	proto_end(sb, data);
	proto_end(sb, packet);
	return iid;
}
