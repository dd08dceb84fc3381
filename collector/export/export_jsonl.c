/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON Lines: a header, then one object per event, with names and in words.
 *
 * export/schema.c describes every field; what is not known is null.
 */
#include <string.h>

#include "export/event_json.h"
#include "export/head_json.h"

struct jsonl {
	const struct export_input *in;
	struct out *out;
	struct strbuf text; /* of the event, said before it is applied */
	char name[EVENT_COMM_LEN];
	bool has_name;
};

static void put_head(const struct export_input *in, struct out *out)
{
	struct json j = json_begin(&out->buf, 0);
	__u64 begin_ns = export_begin_ns(in);

	json_object_begin(&j, NULL);
	json_string(&j, "schema", "ctrace.events/1");
	head_json_meta(&j, in->meta);
	json_u64(&j, "start_ns", begin_ns);
	json_u64(&j, "realtime_ns", in->meta->realtime_ns + begin_ns - in->meta->monotonic_ns);
	json_u64(&j, "from_ns", export_clock_ns(in, in->from_ns));
	json_u64(&j, "to_ns", export_clock_ns(in, in->to_ns));
	json_u64(&j, "first_event", trace_first_event(in->trace));
	json_u64(&j, "events", trace_event_cnt(in->trace) - trace_first_event(in->trace));
	json_u64(&j, "lost", export_lost(in));
	json_bool(&j, "truncated", in->meta->truncated);
	json_object_end(&j);
	strbuf_addch(&out->buf, '\n');
}

/* A new thread has its name after the event, the others may lose it by it. */
static void take_name(struct jsonl *l, const struct model *m, __u32 tid)
{
	const char *name = label_name(m, tid);

	l->has_name = name;
	if (name)
		memcpy(l->name, name, sizeof(l->name));
}

static void before_event(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n)
{
	struct jsonl *l = arg;

	(void)n;
	take_name(l, m, ev->tid);
	strbuf_reset(&l->text);
	if (l->in->sentence)
		l->in->sentence(m, ev, &l->text);
}

static void after_event(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n)
{
	struct jsonl *l = arg;
	struct json j = json_begin(&l->out->buf, 0);

	if (ev->kind == EV_THREAD)
		take_name(l, m, ev->tid);
	json_object_begin(&j, NULL);
	json_u64(&j, "n", n);
	json_u64(&j, "t_ns", export_clock_ns(l->in, ev->ts_ns));
	json_u64(&j, "cpu", ev->cpu);
	json_string(&j, "kind", event_kind_name(ev->kind));
	event_json_tid(&j, "tid", ev->tid);
	json_string(&j, "name", l->has_name ? l->name : NULL);
	event_json_fields(&j, m, ev);
	json_string(&j, "text", l->in->sentence ? strbuf_str(&l->text) : NULL);
	json_object_end(&j);
	strbuf_addch(&l->out->buf, '\n');
}

static void after_gap(void *arg, const struct model *m)
{
	struct jsonl *l = arg;

	(void)m;
	strbuf_adds(&l->out->buf, "{\"kind\": \"gap\", \"text\": "
				  "\"a part of the file cannot be read\"}\n");
}

int export_jsonl(const struct export_input *in, struct out *out)
{
	static const struct walk_hooks hooks = {
		.before = before_event,
		.after = after_event,
		.gap = after_gap,
	};
	struct jsonl l = { .in = in, .out = out };
	int err;

	put_head(in, out);
	err = walk(in, out, &hooks, &l);
	strbuf_release(&l.text);
	return err;
}
