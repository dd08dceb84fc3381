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

/* Zero-initialised is valid and empty: struct map m = {}; the fields are for map.c alone. */
struct map {
	struct map_slot *slots;
	size_t slot_cnt; /* 0 or a power of two */
	size_t cnt;
};

/* Every key and every value is allowed. A key that is there gets the new value. */
void map_put(struct map *m, uint64_t key, uint32_t value);

/* True and *@ret when @key is there; else false, *@ret untouched. @ret may be NULL. */
bool map_get(const struct map *m, uint64_t key, uint32_t *ret);

/* True when @key was there. */
bool map_remove(struct map *m, uint64_t key);

size_t map_cnt(const struct map *m);

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

#endif
