/* SPDX-License-Identifier: GPL-2.0-only */
/* How far a work is. */
#include "cmd/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { PATIENCE_NS = 1000000000 };

void progress_begin(struct progress *p, const char *verb, bool is_quiet)
{
	*p = (struct progress){
		.verb = verb,
		.begin_ns = clock_now_ns(),
		.is_wanted = !is_quiet && isatty(STDERR_FILENO),
	};
}

void progress_next(struct progress *p, const char *verb)
{
	p->verb = verb;
}

void progress_show(void *arg, __u64 done, __u64 total)
{
	struct progress *p = arg;

	if (!p->is_wanted || (!p->is_shown && clock_now_ns() < p->begin_ns + PATIENCE_NS))
		return;
	p->is_shown = true;
	fprintf(stderr, "\rctrace: %s, %llu %%\033[K", p->verb, total ? done * 100 / total : 0);
}

void progress_end(struct progress *p)
{
	if (p->is_shown)
		fputs("\r\033[K", stderr);
	p->is_shown = false;
}
