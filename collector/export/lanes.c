/* SPDX-License-Identifier: GPL-2.0-only */
/* The lanes of a timeline, found in a first reading of the window. */
#include "export/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "base/safe_text.h"
#include "trace/annotations.h"

static __u64 lane_key(__u32 tid, __u64 start_ns)
{
	return map_hash(start_ns + map_hash(tid));
}

size_t lanes_find(const struct lanes *l, const struct thread *t)
{
	uint32_t idx;

	return map_get(&l->by_id, lane_key(t->tid, t->start_ns), &idx) ? idx : SIZE_MAX;
}

size_t lanes_find_tid(const struct lanes *l, const struct model *m, __u32 tid)
{
	const struct thread *t = tid ? model_find_thread(m, tid) : NULL;

	return t ? lanes_find(l, t) : SIZE_MAX;
}

static void take_stay(void *arg, const struct stay *s)
{
	struct lanes *l = arg;
	const struct thread *t = s->thread;
	size_t idx = lanes_find(l, t);

	/* What ended with the begin of the window was not there in it. */
	if (idx == SIZE_MAX && !s->is_open && s->end_ns == l->in->from_ns && s->has_ended)
		return;
	if (idx == SIZE_MAX && l->items.cnt == LANES_MAX) {
		l->has_more = true;
		return;
	}
	if (idx == SIZE_MAX) {
		idx = l->items.cnt;
		map_put(&l->by_id, lane_key(t->tid, t->start_ns), idx);
		vec_push(&l->items, (struct lane){
					    .tid = t->tid,
					    .pid = t->pid,
					    .start_ns = t->start_ns,
					    .created_ns = t->created_ns,
					    .is_main = thread_is_main(t),
				    });
	}
	memcpy(l->items.items[idx].name, t->name, sizeof(t->name));
	l->items.items[idx].stay_cnt++;
	l->stay_cnt++;
}

static void take_event(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n)
{
	struct lanes *l = arg;
	struct lane_mark mark = { .at_ns = ev->ts_ns };

	(void)m;
	(void)n;
	if (ev->kind == EV_LOST) {
		mark.lost_cnt = ((const struct ev_lost *)ev)->cnt;
		l->lost_cnt += mark.lost_cnt;
	}
	if ((ev->kind != EV_LOST && ev->kind != EV_NOTE) || l->marks.cnt == LANES_MARKS_MAX)
		return;
	if (ev->kind == EV_NOTE) {
		const struct ev_note *note = (const struct ev_note *)ev;

		mark.text = xmalloc(note->len + 1);
		safe_text(mark.text, note->len + 1, note + 1, note->len);
	}
	vec_push(&l->marks, mark);
}

static int compare_marks(const void *a, const void *b)
{
	const struct lane_mark *x = a, *y = b;

	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

static struct lane_mark mark_of(const struct annotation *note)
{
	const char *text = note->text[0] || !note->question ? note->text : note->question;

	return (struct lane_mark){ .at_ns = note->at_ns,
				   .is_chapter = note->is_chapter,
				   .text = xstrdup(text),
#define COPY_FIELD(name, help) .name = note->name ? xstrdup(note->name) : NULL,
				   ANNOTATION_FIELDS(COPY_FIELD)
#undef COPY_FIELD
	};
}

/* What was added to the recording later; damaged annotations are none. */
static void add_annotations(struct lanes *l)
{
	const struct export_input *in = l->in;
	struct annotations a;
	struct strbuf why = {};

	annotations_parse(in->meta->notes ? in->meta->notes : "",
			  model_begin_ns(trace_tail(in->trace)), &a, &why);
	vec_for_each(note, &a.items) {
		bool is_cut = note->at_ns > in->to_ns && in->to_ns < trace_end_ns(in->trace);

		/* Of a program that hung a note can be later than all events. */
		if (note->at_ns < in->from_ns || is_cut || l->marks.cnt == LANES_MARKS_MAX)
			continue;
		vec_push(&l->marks, mark_of(note));
	}
	if (l->marks.cnt)
		qsort(l->marks.items, l->marks.cnt, sizeof(l->marks.items[0]), compare_marks);
	annotations_release(&a);
	strbuf_release(&why);
}

static int compare_lanes(const void *a, const void *b)
{
	const struct lane *x = a, *y = b;

	if (x->created_ns != y->created_ns)
		return x->created_ns < y->created_ns ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

int lanes_collect(const struct export_input *in, struct out *out, struct lanes *ret)
{
	static const struct walk_hooks hooks = { .after = take_event, .stay = take_stay };
	int err;

	*ret = (struct lanes){ .in = in };
	err = walk(in, out, &hooks, ret);
	add_annotations(ret);
	if (ret->items.cnt)
		qsort(ret->items.items, ret->items.cnt, sizeof(ret->items.items[0]), compare_lanes);
	for (size_t i = 0; i < ret->items.cnt; i++)
		map_put(&ret->by_id,
			lane_key(ret->items.items[i].tid, ret->items.items[i].start_ns), i);
	return err;
}

void lanes_release(struct lanes *l)
{
	vec_for_each(mark, &l->marks) {
		free(mark->text);
#define FREE_FIELD(name, help) free(mark->name);
		ANNOTATION_FIELDS(FREE_FIELD)
#undef FREE_FIELD
	}
	vec_release(&l->marks);
	vec_release(&l->items);
	map_release(&l->by_id);
}
