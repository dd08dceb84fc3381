/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks that were read, the least recently used of which go first. */
#include "trace/block_cache.h"

#include "trace/store.h"

enum { CACHE_IDLE_MAX = 3 /* blocks that nobody reads: enough to step to and fro over an edge */ };

static const __u64 FORGOTTEN_SEQ = ~0ULL;

void block_cache_release(struct block_cache *c)
{
	vec_for_each(b, &c->blocks) {
		loaded_block_release(&(*b)->loaded);
		free(*b);
	}
	vec_release(&c->blocks);
}

static struct cached_block *find(const struct block_cache *c, __u64 seq)
{
	vec_for_each(b, &c->blocks)
		if ((*b)->seq == seq)
			return *b;
	return NULL;
}

bool block_cache_has(const struct block_cache *c, __u64 seq)
{
	return find(c, seq);
}

/* Where a block can be read into: the oldest that is idle when there are enough of them. */
static struct cached_block *take_room(struct block_cache *c)
{
	struct cached_block *oldest = NULL;
	unsigned idle_cnt = 0;

	vec_for_each(b, &c->blocks) {
		if ((*b)->pin_cnt)
			continue;
		idle_cnt++;
		if (!oldest || (*b)->used_at < oldest->used_at)
			oldest = *b;
	}
	if (idle_cnt < CACHE_IDLE_MAX) {
		oldest = xcalloc(1, sizeof(*oldest));
		vec_push(&c->blocks, oldest);
	}
	oldest->seq = FORGOTTEN_SEQ;
	oldest->used_at = 0;
	return oldest;
}

struct cached_block *trace_pin_block(struct trace *t, size_t idx)
{
	struct block_cache *c = &t->cache;
	struct cached_block *b = find(c, t->first_seq + idx);

	if (!b) {
		b = take_room(c);
		if (trace_load_block(t, idx, &b->loaded))
			return NULL;
		b->seq = t->first_seq + idx;
		c->decoded_cnt += events_cnt(&b->loaded.events);
	}
	b->used_at = ++c->use_cnt;
	b->pin_cnt++;
	return b;
}

void cached_block_unpin(struct cached_block *b)
{
	if (b)
		b->pin_cnt--;
}

void block_cache_forget(struct block_cache *c, __u64 seq)
{
	struct cached_block *b = find(c, seq);

	if (!b)
		return;
	b->seq = FORGOTTEN_SEQ;
	b->used_at = 0;
}
