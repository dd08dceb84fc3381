/* SPDX-License-Identifier: GPL-2.0-only */
/* Hash table from u64 (a tid, an address) to u32 (an index), made for look-ups. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot {
	uint64_t key;
	uint32_t value;
	uint32_t is_used;
};

/* Zero-initialised is valid and empty: struct map m = {}; the fields are for this module alone. */
struct map {
	struct map_slot *slots;
	size_t slot_cnt; /* 0 or a power of two */
	size_t cnt;
};

/* Every key and every value is allowed. A key that is there gets the new value. */
void map_put(struct map *m, uint64_t key, uint32_t value);

/* True when @key was there. */
bool map_remove(struct map *m, uint64_t key);

size_t map_cnt(const struct map *m);

/* Make @dst hold what @src does, in its own memory. */
void map_copy(struct map *dst, const struct map *src);

/*
 * A key for a text (FNV-1a: Fowler, Noll, Vo; draft-eastlake-fnv). Other texts may have the same
 * one: it tells where to look, the text decides.
 */
uint64_t map_text_key(const char *text);

/* Forget all entries, keep the memory. */
void map_clear(struct map *m);

/* Give the memory back; the map is empty and may be used again. */
void map_release(struct map *m);

/*
 * The mixing used on keys: bijective, every input bit reaches every output bit.
 * It is not keyed: whoever may choose the keys can make look-ups slow, never wrong.
 * Source: variant 13 in David Stafford, "Better Bit Mixing" (zimbry.blogspot.com,
 * 2011); the finaliser of SplitMix64 in Steele, Lea, Flood, OOPSLA 2014.
 */
static inline uint64_t map_hash(uint64_t key)
{
	key ^= key >> 30;
	key *= 0xbf58476d1ce4e5b9ULL;
	key ^= key >> 27;
	key *= 0x94d049bb133111ebULL;
	return key ^ (key >> 31);
}

/* Where the search for @key begins. */
static inline size_t map_home(const struct map *m, uint64_t key)
{
	return map_hash(key) & (m->slot_cnt - 1);
}

static inline size_t map_next(const struct map *m, size_t idx)
{
	return (idx + 1) & (m->slot_cnt - 1);
}

/* The slot of @key, or the free one where it belongs; needs a free slot somewhere. */
static inline struct map_slot *map_find_slot(const struct map *m, uint64_t key)
{
	size_t idx = map_home(m, key);

	while (m->slots[idx].is_used && m->slots[idx].key != key)
		idx = map_next(m, idx);
	return &m->slots[idx];
}

/*
 * True and *@ret when @key is there; else false, *@ret untouched. @ret may be NULL. Inline, for
 * several are made for every event that is replayed.
 */
static inline bool map_get(const struct map *m, uint64_t key, uint32_t *ret)
{
	const struct map_slot *slot;

	if (!m->cnt)
		return false;
	slot = map_find_slot(m, key);
	if (!slot->is_used)
		return false;
	if (ret)
		*ret = slot->value;
	return true;
}

#endif
