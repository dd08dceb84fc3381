/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The JSON that chrome://tracing began with and many viewers read ("Trace Event Format",
 * 2016): a slice per state of each thread, a flow per wake-up.
 */
#include <stdio.h>

#include "base/safe_text.h"
#include "export/head_json.h"
#include "export/label.h"

enum { NOTE_SHOWN = 200 };

struct chrome {
	const struct export_input *in;
	struct out *out;
	bool has_event;
	__u64 flow_cnt;
};

/* Colours that the viewers have names for. */
static const char *color_of(const struct thread *t)
{
	switch ((enum thread_state)t->state) {
	case THREAD_RUNNING:
		return "thread_state_running";
	case THREAD_READY:
		return "thread_state_runnable";
	case THREAD_BLOCKED:
		return t->wait.reason == WAIT_DISK ? "thread_state_iowait"
						   : "thread_state_sleeping";
	default:
		return "thread_state_unknown";
	}
}

static struct json begin_event(struct chrome *c, const char *phase, const char *name)
{
	struct json j = json_begin(&c->out->buf, 0);

	strbuf_adds(&c->out->buf, c->has_event ? ",\n" : "\n");
	c->has_event = true;
	json_object_begin(&j, NULL);
	json_string(&j, "ph", phase);
	json_string(&j, "name", name);
	return j;
}

static void put_id(struct json *j, const struct thread *t)
{
	json_u64(j, "pid", t->pid);
	json_u64(j, "tid", t->tid);
}

/* Microseconds, with the digits behind the point. */
static void put_us(struct json *j, const char *key, __u64 ns)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu.%03llu", ns / 1000, ns % 1000);
	json_number(j, key, text);
}

static void put_ts(struct chrome *c, struct json *j, __u64 ns)
{
	put_us(j, "ts", export_clock_ns(c->in, ns));
}

/* --- slices ------------------------------------------------------------------- */

static void put_wait_args(struct json *j, const struct stay *s)
{
	const struct wait *w = &s->thread->wait;

	json_string(j, "syscall", wait_call(w));
	if (s->owner_tid) {
		json_string(j, "held by", s->owner_name);
		json_u64(j, "held by tid", s->owner_tid);
		json_string(j, "evidence", evidence_word(s->evidence));
	}
}

static void put_ready_args(struct json *j, const struct stay *s)
{
	const struct thread_wake *wake = &s->thread->wake;

	json_string(j, "cause", ready_cause_word(s->thread->ready_cause));
	if (s->thread->ready_cause != READY_WOKEN)
		return;
	if (label_irq(wake->flags))
		json_string(j, "interrupt", label_irq(wake->flags));
	else
		json_string(j, "woken by", label_name(s->model, wake->waker_tid));
}

static void put_slice(struct chrome *c, const struct stay *s)
{
	struct strbuf name = {};
	struct json j;

	if (thread_is_blocked(s->thread))
		label_wait(&s->thread->wait, s->lock_name, &name);
	else
		strbuf_adds(&name, thread_state_word(s->thread->state));
	j = begin_event(c, "X", strbuf_str(&name));
	json_string(&j, "cat", thread_state_word(s->thread->state));
	put_id(&j, s->thread);
	put_ts(c, &j, s->begin_ns);
	put_us(&j, "dur", s->end_ns - s->begin_ns);
	json_string(&j, "cname", color_of(s->thread));
	json_object_begin(&j, "args");
	if (thread_is_blocked(s->thread))
		put_wait_args(&j, s);
	else if (s->thread->state == THREAD_READY)
		put_ready_args(&j, s);
	else if (s->thread->state == THREAD_RUNNING)
		json_u64(&j, "cpu", s->thread->cpu);
	json_object_end(&j);
	json_object_end(&j);
	strbuf_release(&name);
}

static void put_flow_end(struct chrome *c, const char *phase, const struct thread *t, __u64 ns)
{
	struct json j = begin_event(c, phase, "wakes");

	json_string(&j, "cat", "wake");
	json_u64(&j, "id", c->flow_cnt);
	put_id(&j, t);
	put_ts(c, &j, ns);
	if (*phase == 'f')
		json_string(&j, "bp", "e");
	json_object_end(&j);
}

/* From the slice in which the waker runs to that in which the other one is Ready. */
static void put_flow(struct chrome *c, const struct stay *s)
{
	const struct thread *waker = model_find_thread(s->model, s->wake->waker_tid);

	if (!waker || (waker->flags & THREAD_FOREIGN) || label_irq(s->wake->hdr.flags))
		return;
	c->flow_cnt++;
	put_flow_end(c, "s", waker, s->end_ns);
	put_flow_end(c, "f", s->thread, s->end_ns);
}

static void put_name(struct chrome *c, const struct thread *t, const char *what)
{
	struct json j = begin_event(c, "M", what);

	put_id(&j, t);
	json_object_begin(&j, "args");
	json_string(&j, "name", t->name);
	json_object_end(&j);
	json_object_end(&j);
}

static void take_stay(void *arg, const struct stay *s)
{
	struct chrome *c = arg;

	put_slice(c, s);
	if (s->wake)
		put_flow(c, s);
	/* Names come last: it is the last one that counts. */
	if (!s->is_open && !s->has_ended)
		return;
	if (thread_is_main(s->thread))
		put_name(c, s->thread, "process_name");
	put_name(c, s->thread, "thread_name");
}

/* --- the rest ------------------------------------------------------------------ */

static void put_instant(struct chrome *c, const char *name, const char *category, __u64 ns)
{
	struct json j = begin_event(c, "i", name);

	json_string(&j, "cat", category);
	json_string(&j, "s", "g");
	json_u64(&j, "pid", 0);
	json_u64(&j, "tid", 0);
	put_ts(c, &j, ns);
	json_object_end(&j);
}

static void take_event(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n)
{
	char text[NOTE_SHOWN];

	(void)m;
	(void)n;
	if (ev->kind == EV_NOTE) {
		const struct ev_note *note = (const struct ev_note *)ev;

		safe_text(text, sizeof(text), note + 1, note->len);
		put_instant(arg, text, "note", ev->ts_ns);
	} else if (ev->kind == EV_LOST) {
		snprintf(text, sizeof(text), "%llu events lost", ((const struct ev_lost *)ev)->cnt);
		put_instant(arg, text, "lost", ev->ts_ns);
	}
}

static void take_gap(void *arg, const struct model *m)
{
	put_instant(arg, "a part of the file cannot be read", "lost", model_now_ns(m));
}

static void put_end(const struct export_input *in, struct strbuf *out)
{
	struct json j;

	strbuf_adds(out, "\n],\n\"displayTimeUnit\": \"ns\",\n\"otherData\": ");
	j = json_begin(out, 0);
	json_object_begin(&j, NULL);
	head_json_meta(&j, in->meta);
	json_u64(&j, "start_ns", export_begin_ns(in));
	json_u64(&j, "lost", export_lost(in));
	json_object_end(&j);
	strbuf_adds(out, "}\n");
}

int export_chrome(const struct export_input *in, struct out *out)
{
	static const struct walk_hooks hooks = {
		.after = take_event,
		.gap = take_gap,
		.stay = take_stay,
	};
	struct chrome c = { .in = in, .out = out };
	int err;

	strbuf_adds(&out->buf, "{\"traceEvents\": [");
	err = walk(in, out, &hooks, &c);
	put_end(in, &out->buf);
	return out_commit(out) ? out->err : err;
}
