/* SPDX-License-Identifier: GPL-2.0-only */
/* A model made the same as another. */
#include "base/xalloc.h"
#include "model/model_private.h"

static struct wait_set *copy_set(const struct wait_set *from)
{
	struct wait_set *set = xmemdup(from, sizeof(*from));

	for (__u32 i = 0; i < set->cnt; i++)
		set->fds[i].text = xstrdup(set->fds[i].text);
	return set;
}

static void copy_found(struct model *m, const struct model *from)
{
	model_drop_all_found(m);
	map_copy(&m->found_of, &from->found_of);
	vec_copy(&m->found, &from->found);
	vec_for_each(f, &m->found) {
		if (f->stack)
			f->stack = xstrdup(f->stack);
		if (f->holders.pids)
			f->holders.pids =
				xmemdup(f->holders.pids, f->holders.cnt * sizeof(*f->holders.pids));
		if (f->file.text)
			f->file.text = xstrdup(f->file.text);
		if (f->set)
			f->set = copy_set(f->set);
	}
}

static void copy_inversions(struct model *m, const struct model *from)
{
	model_drop_inversions(m);
	vec_for_each(inv, &from->inversions) {
		struct inversion copy;

		inversion_copy(inv, &copy);
		vec_push(&m->inversions, copy);
	}
}

void model_copy(struct model *m, const struct model *from)
{
	struct model made;

	vec_copy(&m->threads, &from->threads);
	map_copy(&m->by_tid, &from->by_tid);
	map_copy(&m->by_number, &from->by_number);
	map_copy(&m->living_of, &from->living_of);
	map_copy(&m->sharers_of, &from->sharers_of);
	vec_copy(&m->locks, &from->locks);
	map_copy(&m->by_address, &from->by_address);
	map_copy(&m->first_writer_of, &from->first_writer_of);
	copy_found(m, from);
	vec_copy(&m->handlers, &from->handlers);
	copy_inversions(m, from);
	vec_copy(&m->pages, &from->pages);
	map_copy(&m->page_of, &from->page_of);
	vec_copy(&m->places, &from->places);
	map_copy(&m->place_of, &from->place_of);
	vec_copy(&m->cpu_tid, &from->cpu_tid);
	/* All else is no memory of its own. */
	made = *from;
	made.later_names = m->later_names;
	model_take_memory(&made, m);
	*m = made;
}
