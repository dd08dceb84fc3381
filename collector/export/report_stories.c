/* SPDX-License-Identifier: GPL-2.0-only */
/* Why each thread does not run, in sentences. */
#include "base/map.h"
#include "export/report_phrases.h"
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

/*
 * Each thread that lives and does not run is told of once: of a chain the rest is not begun
 * again.
 */
void report_add_stories(struct strbuf *ret, const struct report_input *in,
			const struct report_parts *parts)
{
	struct map told = {};
	size_t cnt = 0;

	vec_for_each(t, &parts->threads) {
		struct story story;

		if (!thread_is_alive(*t) || (*t)->state == THREAD_RUNNING ||
		    map_get(&told, (*t)->tid, NULL))
			continue;
		if (!cnt)
			strbuf_adds(ret, "\nWhy\n");
		if (cnt++ >= STORIES_MAX)
			continue;
		story_find(in->model, *t, &story);
		add_story(ret, in, &story, &told);
	}
	if (cnt > STORIES_MAX)
		strbuf_addf(ret, "  and %zu more threads; --json has all\n", cnt - STORIES_MAX);
	map_release(&told);
}
