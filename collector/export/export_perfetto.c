/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace for ui.perfetto.dev: scheduling as ftrace has it, so that thread states, wakers
 * and CPUs show as they do there, the reason of a wait where Perfetto shows the blocked
 * function, and a track for each lock that somebody waits for.
 */
#include <stdlib.h>

#include "base/safe_text.h"
#include "export/label.h"
#include "export/perfetto.h"

enum {
	TEXT_SHOWN = 200,
	/* protos/perfetto/common/builtin_clock.proto */
	CLOCK_REALTIME_ID = 1,
	CLOCK_MONOTONIC_ID = 3,
	CLOCK_BOOTTIME_ID = 6,
};

__u64 perfetto_ts(const struct perfetto *p, __u64 ns)
{
	return ns + (p->in->meta->boottime_ns - p->in->meta->monotonic_ns);
}

size_t perfetto_packet(struct perfetto *p)
{
	struct strbuf *sb = &p->out->buf;
	size_t packet = proto_begin(sb, TRACE_PACKET);

	proto_u64(sb, PACKET_SEQUENCE_ID, 1);
	proto_u64(sb, PACKET_SEQUENCE_FLAGS,
		  p->has_begun ? SEQUENCE_NEEDS_STATE : SEQUENCE_CLEARED);
	p->has_begun = true;
	return packet;
}

/* --- what does not change ---------------------------------------------------- */

static void put_clock(struct strbuf *sb, unsigned id, __u64 ns)
{
	size_t clock = proto_begin(sb, 1);

	proto_u64(sb, 1, id);
	proto_u64(sb, 2, ns);
	proto_end(sb, clock);
}

static void put_clocks(struct perfetto *p)
{
	struct strbuf *sb = &p->out->buf;
	size_t packet = perfetto_packet(p), snapshot = proto_begin(sb, PACKET_CLOCK_SNAPSHOT);

	put_clock(sb, CLOCK_REALTIME_ID, p->in->meta->realtime_ns);
	put_clock(sb, CLOCK_MONOTONIC_ID, p->in->meta->monotonic_ns);
	put_clock(sb, CLOCK_BOOTTIME_ID, p->in->meta->boottime_ns);
	proto_end(sb, snapshot);
	proto_end(sb, packet);
}

static void put_text(struct strbuf *sb, unsigned field, const char *raw)
{
	char text[TEXT_SHOWN];

	safe_text(text, sizeof(text), raw, TEXT_SHOWN);
	proto_string(sb, field, text);
}

/* Without the release of the kernel the bits of a state are misread. */
static void put_system(struct perfetto *p)
{
	struct strbuf *sb = &p->out->buf;
	size_t packet = perfetto_packet(p), info = proto_begin(sb, PACKET_SYSTEM_INFO);
	size_t utsname = proto_begin(sb, 1);

	proto_string(sb, 1, "Linux");
	put_text(sb, 3, p->in->meta->kernel);
	put_text(sb, 4, p->in->meta->machine);
	proto_end(sb, utsname);
	proto_end(sb, info);
	proto_end(sb, packet);
}

static void put_process(struct strbuf *sb, const struct thread *t)
{
	size_t process = proto_begin(sb, 1);

	proto_u64(sb, 1, t->pid);
	proto_u64(sb, 2, t->ppid);
	proto_string(sb, 3, t->name);
	proto_u64(sb, 5, t->uid);
	proto_end(sb, process);
}

static void put_thread(struct perfetto *p, const struct thread *t, __u64 ts_ns)
{
	struct strbuf *sb = &p->out->buf;
	size_t packet, tree, thread;

	if (!t->pid)
		return;
	packet = perfetto_packet(p);
	proto_u64(sb, PACKET_TIMESTAMP, perfetto_ts(p, ts_ns));
	tree = proto_begin(sb, PACKET_PROCESS_TREE);
	if (thread_is_main(t))
		put_process(sb, t);
	thread = proto_begin(sb, 2);
	proto_u64(sb, 1, t->tid);
	proto_string(sb, 2, t->name);
	proto_u64(sb, 3, t->pid);
	proto_end(sb, thread);
	proto_end(sb, tree);
	proto_end(sb, packet);
}

/* --- the walk ---------------------------------------------------------------- */

static void put_state_of(struct perfetto *p, const struct model *m, const struct thread *t,
			 __u64 ts_ns)
{
	put_thread(p, t, ts_ns);
	perfetto_state(p, m, t, ts_ns);
	if (thread_is_blocked(t))
		perfetto_lock_waited_on(p, m, t, true, ts_ns);
}

/* The threads that are there, and their states. */
static void begin_window(void *arg, const struct model *m)
{
	struct perfetto *p = arg;
	__u64 ts_ns = model_now_ns(m) > p->in->from_ns ? model_now_ns(m) : p->in->from_ns;
	size_t cnt;
	const struct thread **living = walk_living(m, &cnt);

	for (size_t i = 0; i < cnt; i++)
		put_state_of(p, m, living[i], ts_ns);
	free(living);
}

static void mark_loss(struct perfetto *p)
{
	perfetto_flush_cpus(p);
	vec_for_each(has_loss, &p->has_loss)
		*has_loss = true;
}

static void after_gap(void *arg, const struct model *m)
{
	mark_loss(arg);
	perfetto_forget_locks(arg, model_now_ns(m));
	perfetto_instant(arg, "a part of the file cannot be read", model_now_ns(m));
	begin_window(arg, m);
}

static void say_loss(struct perfetto *p, const struct ev_lost *ev)
{
	struct strbuf text = {};

	strbuf_addf(&text, "%llu events lost", ev->cnt);
	perfetto_instant(p, strbuf_str(&text), ev->hdr.ts_ns);
	strbuf_release(&text);
	perfetto_flush_cpus(p);
	vec_for_each(has_loss, &p->has_loss)
		*has_loss = true;
}

static void say_note(struct perfetto *p, const struct ev_note *ev)
{
	char text[TEXT_SHOWN];

	safe_text(text, sizeof(text), ev + 1, ev->len);
	perfetto_instant(p, text, ev->hdr.ts_ns);
}

static void before_event(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n)
{
	(void)n;
	perfetto_sched_event(arg, m, ev);
}

static void after_event(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n)
{
	const struct thread *t = model_find_thread(m, ev->tid);
	struct perfetto *p = arg;

	(void)n;
	if (ev->kind == EV_THREAD && t && !(ev->flags & EVF_FOREIGN))
		put_thread(p, t, ev->ts_ns);
	if ((ev->kind == EV_MET || (ev->kind == EV_THREAD && (ev->flags & EVF_RUNS))) && t)
		perfetto_state(p, m, t, ev->ts_ns);
	else if (ev->kind == EV_BLOCK && t)
		perfetto_blocked(p, m, t, ev->cpu, ev->ts_ns);
	else if (ev->kind == EV_LOST)
		say_loss(p, (const struct ev_lost *)ev);
	else if (ev->kind == EV_NOTE)
		say_note(p, (const struct ev_note *)ev);
	if (t && thread_is_blocked(t) &&
	    (ev->kind == EV_BLOCK || ev->kind == EV_MET || ev->kind == EV_LOCKWORD))
		perfetto_lock_waited_on(
			p, m, t, t->since_ns == ev->ts_ns && ev->kind != EV_LOCKWORD, ev->ts_ns);
}

static void take_stay(void *arg, const struct stay *s)
{
	if (!s->is_open && thread_is_blocked(s->thread))
		perfetto_lock_left(arg, s);
}

int export_perfetto(const struct export_input *in, struct out *out)
{
	static const struct walk_hooks hooks = {
		.begin = begin_window,
		.before = before_event,
		.after = after_event,
		.gap = after_gap,
		.stay = take_stay,
	};
	struct perfetto p = { .in = in, .out = out };
	int err;

	put_clocks(&p);
	put_system(&p);
	perfetto_begin_tracks(&p);
	err = walk(in, out, &hooks, &p);
	perfetto_flush_cpus(&p);
	vec_for_each(cpu, &p.cpus)
		strbuf_release(cpu);
	vec_release(&p.cpus);
	vec_release(&p.has_loss);
	map_release(&p.reasons);
	perfetto_release_tracks(&p);
	return out_commit(out) ? out->err : err;
}
