/* SPDX-License-Identifier: GPL-2.0-only */
/* Why each thread does not run, in sentences. */
#include "base/map.h"
#include "base/vec.h"
#include "export/report_phrases.h"
#include "model/namesakes.h"
#include "model/story.h"

enum { STORIES_MAX = 20 };

static void add_story(struct strbuf *ret, const struct report_input *in, const struct story *s,
		      struct map *told)
{
	for (size_t i = 0; i < s->cnt; i++) {
		strbuf_adds(ret, i ? "    " : "  ");
		if (i && map_get(told, s->tids[i], NULL)) {
			model_add_name(in->model, s->tids[i], ret);
			strbuf_adds(ret, " is told about above.\n");
			return;
		}
		map_put(told, s->tids[i], 1);
		story_sentence(in->model, s, i, in->now_ns, ret);
		strbuf_addch(ret, '\n');
	}
}

/* The first that is told of those that wait for one lock alike, and how many more there are. */
struct alike {
	const struct thread *first;
	__u32 more_cnt;
};

struct alikes {
	struct map by_lock;
	VEC(struct alike) items;
};

/* Those of a cycle are told one by one, and so is a reader, who waits for others than a writer. */
static bool may_be_folded(const struct report_input *in, const struct thread *t)
{
	return thread_is_blocked(t) && !wait_is_timed(&t->wait) && t->wait.reason != WAIT_RWLOCK &&
	       !(in->verdict->kind == VERDICT_DEADLOCK && verdict_has_thread(in->verdict, t->tid));
}

/* Is one told of that waits like t? Then t is counted there; else, if t is told, others may be. */
static bool fold(const struct report_input *in, const struct thread *t, bool is_told,
		 struct alikes *a)
{
	const struct lock *l = may_be_folded(in, t) ? model_lock_waited_on(in->model, t) : NULL;
	uint32_t idx;

	if (!l)
		return false;
	if (map_get(&a->by_lock, (uintptr_t)l, &idx)) {
		a->items.items[idx].more_cnt++;
		return true;
	}
	if (!is_told)
		return false;
	map_put(&a->by_lock, (uintptr_t)l, a->items.cnt);
	vec_push(&a->items, (struct alike){ .first = t });
	return false;
}

/* "  498 more wait for mutex table_lock, as worker-1 does" */
static void add_alikes(struct strbuf *ret, const struct report_input *in, const struct alikes *a)
{
	vec_for_each(one, &a->items) {
		const struct lock *l = model_lock_waited_on(in->model, one->first);

		if (!one->more_cnt)
			continue;
		strbuf_addf(ret, "  %u more %s for %s ", one->more_cnt,
			    one->more_cnt == 1 ? "waits" : "wait",
			    wait_reason_word(one->first->wait.reason));
		if (!model_add_lock_name(in->model, l, ret))
			strbuf_addf(ret, "0x%llx", (unsigned long long)l->address);
		strbuf_adds(ret, ", as ");
		model_add_name(in->model, one->first->tid, ret);
		strbuf_adds(ret, " does\n");
	}
}

/*
 * Each thread that lives and does not run is told of once: of a chain the rest is not begun
 * again, and of those that wait for one lock alike there is only the first.
 */
void report_add_stories(struct strbuf *ret, const struct report_input *in,
			const struct report_parts *parts)
{
	struct alikes alikes = {};
	struct map told = {};
	size_t cnt = 0;

	vec_for_each(t, &parts->threads) {
		struct story story;

		if (!thread_is_alive(*t) || (*t)->state == THREAD_RUNNING ||
		    map_get(&told, (*t)->tid, NULL))
			continue;
		if (!cnt)
			strbuf_adds(ret, "\nWhy\n");
		if (fold(in, *t, cnt < STORIES_MAX, &alikes) || cnt++ >= STORIES_MAX)
			continue;
		story_find(in->model, *t, &story);
		add_story(ret, in, &story, &told);
	}
	if (cnt > STORIES_MAX)
		strbuf_addf(ret, "  and %zu more threads; --json has all\n", cnt - STORIES_MAX);
	add_alikes(ret, in, &alikes);
	map_release(&alikes.by_lock);
	vec_release(&alikes.items);
	map_release(&told);
}
