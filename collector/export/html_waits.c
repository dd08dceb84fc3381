/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of each wait is asked again when an event may have changed it, which are those
 * that change who waits for whom, and those of the inspector. A picture of many threads over a
 * long time would take too long so: beyond a limit only the thread of the event is asked.
 */
#include "export/html_waits.h"

#include <string.h>

/* Some seconds at most. */
#define WORK_MAX 20000000ULL
#define SET_WORK 100 /* of one that waits for any of several: all words are made again */

static bool is_of_inspector(const struct ev_hdr *ev)
{
	return ev->kind == EV_LOCKWORD || ev->kind == EV_HOLDERS || ev->kind == EV_STACK ||
	       ev->kind == EV_FILE || ev->kind == EV_LOCKPAGE || ev->kind == EV_SETFD;
}

/* Compares members, for padding and pointers to counts tell nothing. */
static bool is_same(const struct wait_link *a, const struct wait_link *b)
{
	if (a->kind != b->kind || a->evidence != b->evidence ||
	    a->is_confirmed != b->is_confirmed || a->lock != b->lock ||
	    a->has_channel != b->has_channel || a->has_more != b->has_more ||
	    a->is_second_end != b->is_second_end || a->any_of != b->any_of ||
	    a->end_cnt != b->end_cnt)
		return false;
	for (int i = 0; i < a->end_cnt; i++)
		if (a->ends[i].thread != b->ends[i].thread || a->ends[i].pid != b->ends[i].pid ||
		    a->ends[i].is_process != b->ends[i].is_process)
			return false;
	return true;
}

static struct html_wait *wait_of(struct html_waits *h, size_t lane)
{
	while (h->lanes.cnt <= lane)
		vec_push(&h->lanes, (struct html_wait){});
	return &h->lanes.items[lane];
}

static void follow(struct html_waits *h, struct html_links *links, const struct lanes *lanes,
		   const struct model *m, const struct thread *t)
{
	size_t lane, link;
	struct html_wait *w;
	struct wait_link now[WAIT_LINK_MAX];

	h->work++;
	if (!thread_is_blocked(t) || t->flags & THREAD_FOREIGN)
		return;
	lane = lanes_find(lanes, t);
	if (lane == SIZE_MAX)
		return;
	w = wait_of(h, lane);
	wait_links_find(m, t, now);
	if (w->since_ns == t->wait.since_ns && !now->any_of && is_same(&w->known, now))
		return;
	h->work += now->any_of ? SET_WORK : 0;
	link = html_links_take(links, lanes, m, t);
	if (w->since_ns != t->wait.since_ns)
		vec_clear(&w->early);
	else if (link != w->link)
		vec_push(&w->early, (struct html_early){ model_now_ns(m), w->link });
	w->since_ns = t->wait.since_ns;
	w->link = link;
	w->known = *now;
}

void html_waits_follow(struct html_waits *h, struct html_links *links, const struct lanes *lanes,
		       const struct model *m, const struct ev_hdr *ev)
{
	const struct thread *t = model_find_thread(m, ev->tid);

	if (h->version == model_wait_version(m) && !is_of_inspector(ev))
		return;
	h->version = model_wait_version(m);
	if (h->work < WORK_MAX)
		for (size_t i = 0; i < model_thread_cnt(m); i++)
			follow(h, links, lanes, m, model_thread_at(m, i));
	else if (t)
		follow(h, links, lanes, m, t);
}

const struct html_wait *html_waits_early(const struct html_waits *h, size_t lane,
					 const struct thread *t)
{
	const struct html_wait *w = lane < h->lanes.cnt ? &h->lanes.items[lane] : NULL;

	return w && w->early.cnt && w->since_ns == t->wait.since_ns ? w : NULL;
}

void html_waits_release(struct html_waits *h)
{
	vec_for_each(w, &h->lanes)
		vec_release(&w->early);
	vec_release(&h->lanes);
}
