/* SPDX-License-Identifier: GPL-2.0-only */
/* Columns out of looks at the tail. */
#include "trace/timeline_look.h"

/* More bounds between two looks than this: what is between them is a guess, not a look. */
enum { BOUNDS_MAX = 4 };

void timeline_look_at_locks(struct timeline_look *l)
{
	l->last.of_locks = l->now.of_locks = l->begin.of_locks = l->bound.of_locks = true;
}

void timeline_look_release(struct timeline_look *l)
{
	timeline_marks_release(&l->last);
	timeline_marks_release(&l->now);
	timeline_marks_release(&l->begin);
	timeline_marks_release(&l->bound);
}

static void swap_marks(struct timeline_marks *a, struct timeline_marks *b)
{
	struct timeline_marks marks = *a;

	*a = *b;
	*b = marks;
}

bool timeline_look_take(struct timeline_look *l, const struct model *m, __u64 end_ns)
{
	if (end_ns <= l->now.at_ns)
		return false;
	swap_marks(&l->last, &l->now);
	timeline_marks_take(&l->now, m, end_ns);
	return true;
}

/* The bound that is to come next; what lies before the last look is past. */
static __u64 next_bound(const struct timeline_look *l)
{
	if (l->has_begin)
		return l->begin.at_ns + l->width_ns;
	return (l->last.at_ns / l->width_ns + 1) * l->width_ns;
}

bool timeline_look_next(struct timeline_look *l, const struct model *m, __u64 width_ns,
			struct timeline_column *ret)
{
	bool had_begin;
	__u64 bound_ns;

	if (l->width_ns != width_ns || !l->last.at_ns ||
	    l->now.at_ns - l->last.at_ns > BOUNDS_MAX * width_ns) {
		l->width_ns = width_ns;
		l->has_begin = false;
		return false;
	}
	do {
		bound_ns = next_bound(l);
		if (bound_ns > l->now.at_ns)
			return false;
		timeline_marks_between(&l->bound, &l->last, &l->now, m, bound_ns);
		had_begin = l->has_begin;
		if (had_begin) {
			timeline_marks_diff(&l->begin, &l->bound, m, ret);
			timeline_marks_guess_cpus(&l->bound, m, ret);
			ret->begin_ns = l->begin.at_ns;
			ret->end_ns = bound_ns;
		}
		swap_marks(&l->begin, &l->bound);
		l->has_begin = true;
	} while (!had_begin);
	return true;
}
