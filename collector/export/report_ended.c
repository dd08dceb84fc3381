/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that ended after short lives, as scripts have them by the dozen: one line for all. */
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "export/report_phrases.h"

enum {
	SHORT_PART = 10, /* of the time: a life that took less than such a part is short */
	FOLD_MIN = 4,	 /* fewer are listed one by one */
	NAME_MAX = 8,	 /* names that are told */
};

static bool has_lock(const struct model *m, const struct thread *t)
{
	for (size_t i = 0; i < model_lock_cnt(m); i++)
		if (model_lock_at(m, i)->owner_tid == t->tid)
			return true;
	return false;
}

/* No verdict asks for it, and nobody waits for what it took with it. */
static bool is_superfluous(const struct report_input *in, const struct thread *t)
{
	__u64 so_far_ns = in->now_ns - model_begin_ns(in->model);

	return t->state == THREAD_DEAD && t->ended_ns >= t->created_ns &&
	       t->ended_ns - t->created_ns < so_far_ns / SHORT_PART &&
	       !(report_has_cycle(in) && verdict_has_thread(in->verdict, t->tid)) &&
	       !has_lock(in->model, t);
}

void report_fold_ended(const struct report_input *in, struct report_parts *parts)
{
	size_t kept = 0, cnt = 0;

	vec_for_each(t, &parts->threads)
		cnt += is_superfluous(in, *t);
	if (cnt < FOLD_MIN)
		return;
	vec_for_each(t, &parts->threads)
		if (is_superfluous(in, *t))
			vec_push(&parts->ended, *t);
		else
			parts->threads.items[kept++] = *t;
	parts->threads.cnt = kept;
}

struct namesakes_cnt {
	const char *name;
	size_t cnt;
};

static int compare_cnt(const void *a, const void *b)
{
	const struct namesakes_cnt *x = a, *y = b;

	if (x->cnt != y->cnt)
		return x->cnt > y->cnt ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* "sed (12), cut (8), bash" */
static void add_names(struct strbuf *ret, const struct report_parts *parts)
{
	VEC(struct namesakes_cnt) names = {};
	size_t shown = 0;

	vec_for_each(t, &parts->ended) {
		size_t i = 0;

		while (i < names.cnt && strcmp(names.items[i].name, (*t)->name) != 0)
			i++;
		if (i == names.cnt)
			vec_push(&names, (struct namesakes_cnt){ .name = (*t)->name });
		names.items[i].cnt++;
	}
	qsort(names.items, names.cnt, sizeof(names.items[0]), compare_cnt);
	for (; shown < names.cnt && shown < NAME_MAX; shown++) {
		const struct namesakes_cnt *n = &names.items[shown];

		strbuf_addf(ret, "%s%s", shown ? ", " : "", *n->name ? n->name : "?");
		if (n->cnt > 1)
			strbuf_addf(ret, " (%zu)", n->cnt);
	}
	strbuf_adds(ret, shown < names.cnt ? " and others" : "");
	vec_release(&names);
}

void report_add_ended(struct strbuf *ret, const struct report_input *in,
		      const struct report_parts *parts)
{
	__u64 running_ns = 0;

	if (!parts->ended.cnt)
		return;
	vec_for_each(t, &parts->ended)
		running_ns += thread_state_ns(*t, THREAD_RUNNING, in->now_ns);
	strbuf_addf(ret, "  %zu ended after short lives: ", parts->ended.cnt);
	add_names(ret, parts);
	strbuf_adds(ret, "; all together Running ");
	phrase_add_duration(ret, running_ns);
	strbuf_adds(ret, "; --json lists them\n");
}
