/* SPDX-License-Identifier: GPL-2.0-only */
/* A few states, those that were used last. */
#include "trace/snapshots.h"

enum {
	SNAPSHOT_MIN = 4,
	SNAPSHOT_MAX = 16,
	SNAPSHOT_THREADS = 48 << 10, /* of all of them: some 50 MiB */
};

void snapshots_release(struct snapshots *s)
{
	vec_for_each(item, &s->items)
		model_free(item->model);
	vec_release(&s->items);
}

static size_t count_max(const struct model *m)
{
	size_t cnt = SNAPSHOT_THREADS / (model_thread_cnt(m) + 1);

	return cnt < SNAPSHOT_MIN ? SNAPSHOT_MIN : cnt > SNAPSHOT_MAX ? SNAPSHOT_MAX : cnt;
}

/* The one to be overwritten. */
static struct snapshot *take_room(struct snapshots *s, size_t cnt_max)
{
	struct snapshot *oldest = s->items.items;

	if (s->items.cnt < cnt_max) {
		vec_push(&s->items, (struct snapshot){ .model = model_new() });
		return vec_last(&s->items);
	}
	vec_for_each(item, &s->items)
		if (item->used_at < oldest->used_at)
			oldest = item;
	return oldest;
}

void snapshots_take(struct snapshots *s, const struct model *m, __u64 event)
{
	struct snapshot *item;
	__u64 at;

	if (snapshots_find(s, event, event, &at))
		return;
	item = take_room(s, count_max(m));
	model_copy(item->model, m);
	item->event = event;
	item->used_at = ++s->use_cnt;
}

const struct model *snapshots_find(struct snapshots *s, __u64 first, __u64 last, __u64 *ret_event)
{
	struct snapshot *best = NULL;

	vec_for_each(item, &s->items)
		if (item->event >= first && item->event <= last &&
		    (!best || item->event > best->event))
			best = item;
	if (!best)
		return NULL;
	best->used_at = ++s->use_cnt;
	*ret_event = best->event;
	return best->model;
}
