/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs whose language has threads and locks of its own: which tool tells of those. */
#include <string.h>

#include "base/map.h"
#include "export/report_phrases.h"

enum { TOLD_MAX = 4 }; /* processes */

/* What is in the stacks of such a program, what it is, the tool, and what that tells. */
static const struct runtime {
	const char *mark, *is, *tool, *tells;
} runtimes[] = {
	{ " libjvm.so", "is a Java machine, which has locks of its own", "jstack",
	  "who holds them" },
	{ "_PyEval_EvalFrameDefault ", "runs Python", "py-spy dump --pid",
	  "where in that program its threads are" },
};

static const struct runtime *runtime_of(const struct model *m, const struct thread *t)
{
	bool is_truncated;
	const char *stack = thread_is_blocked(t) ? model_stack(m, t, &is_truncated) : NULL;

	for (size_t i = 0; stack && i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		if (strstr(stack, runtimes[i].mark))
			return &runtimes[i];
	return NULL;
}

void report_add_runtimes(struct strbuf *ret, const struct report_input *in,
			 const struct report_parts *parts)
{
	struct map told = {};
	size_t cnt = 0;

	vec_for_each(t, &parts->threads) {
		const struct runtime *r = NULL;

		if (cnt < TOLD_MAX && !map_get(&told, (*t)->pid, NULL))
			r = runtime_of(in->model, *t);
		if (!r)
			continue;
		map_put(&told, (*t)->pid, 1);
		strbuf_addf(ret, "%s  Process %u %s: '%s %u' tells %s.\n", cnt++ ? "" : "\n",
			    (*t)->pid, r->is, r->tool, (*t)->pid, r->tells);
	}
	map_release(&told);
}
