/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hash table from u64 to u32: open addressing with linear probing, so that a
 * look-up touches one cache line, and deletion that shifts the followers back
 * (Knuth, TAOCP 3, 6.4, Algorithm R), so that no tombstones slow down a table
 * that threads enter and leave all day.
 */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define MAP_MIN_SLOTS 16

static void map_grow(struct map *m)
{
	struct map bigger = { .cnt = m->cnt };

	bigger.slot_cnt = m->slot_cnt ? m->slot_cnt * 2 : MAP_MIN_SLOTS;
	bigger.slots = xcalloc(bigger.slot_cnt, sizeof(*bigger.slots));
	for (size_t i = 0; i < m->slot_cnt; i++) {
		if (m->slots[i].is_used)
			*map_find_slot(&bigger, m->slots[i].key) = m->slots[i];
	}
	free(m->slots);
	*m = bigger;
}

/*
 * At most half full: a search that finds nothing then looks at 2.5 slots on
 * average (Knuth, TAOCP 3, 6.4), and most look-ups find nothing.
 */
void map_put(struct map *m, uint64_t key, uint32_t value)
{
	struct map_slot *slot;

	if (m->cnt >= m->slot_cnt / 2)
		map_grow(m);
	slot = map_find_slot(m, key);
	m->cnt += !slot->is_used;
	*slot = (struct map_slot){ .key = key, .value = value, .is_used = 1 };
}

/* Close the gap at @gap: whoever behind it may stand there, moves there. */
static void map_shift_back(struct map *m, size_t gap)
{
	size_t mask = m->slot_cnt - 1;

	for (size_t i = map_next(m, gap); m->slots[i].is_used; i = map_next(m, i)) {
		size_t home = map_home(m, m->slots[i].key);

		/* Its search comes past the gap: the gap is no farther from it than its home. */
		if (((i - home) & mask) >= ((i - gap) & mask)) {
			m->slots[gap] = m->slots[i];
			gap = i;
		}
	}
	m->slots[gap].is_used = 0;
}

bool map_remove(struct map *m, uint64_t key)
{
	struct map_slot *slot;

	if (!m->cnt)
		return false;
	slot = map_find_slot(m, key);
	if (!slot->is_used)
		return false;
	map_shift_back(m, slot - m->slots);
	m->cnt--;
	return true;
}

size_t map_cnt(const struct map *m)
{
	return m->cnt;
}

void map_copy(struct map *dst, const struct map *src)
{
	if (!src->cnt) {
		map_clear(dst);
		return;
	}
	if (dst->slot_cnt != src->slot_cnt) {
		dst->slots = xreallocarray(dst->slots, src->slot_cnt, sizeof(*dst->slots));
		dst->slot_cnt = src->slot_cnt;
	}
	memcpy(dst->slots, src->slots, src->slot_cnt * sizeof(*dst->slots));
	dst->cnt = src->cnt;
}

uint64_t map_text_key(const char *text)
{
	uint64_t key = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		key = (key ^ (unsigned char)*text) * 0x100000001b3ULL;
	return key;
}

void map_clear(struct map *m)
{
	if (m->slots)
		memset(m->slots, 0, m->slot_cnt * sizeof(*m->slots));
	m->cnt = 0;
}

void map_release(struct map *m)
{
	free(m->slots);
	*m = (struct map){};
}
