/* SPDX-License-Identifier: GPL-2.0-only */
/* The hash table against a table too simple to be wrong, with keys that hurt it. */
#include "base/map.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* xorshift64 (Marsaglia, "Xorshift RNGs", 2003): the same sequence on every run. */
static uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* The first key from *@pos on whose hash ends in the bits @low; *@pos moves behind it. */
static uint64_t key_with_hash(uint64_t *pos, uint64_t mask, uint64_t low)
{
	while ((map_hash(*pos) & mask) != low)
		(*pos)++;
	return (*pos)++;
}

Test(map, zero_initialised_is_empty)
{
	struct map m = {};
	uint32_t value = 42;

	cr_expect(eq(sz, map_cnt(&m), 0));
	cr_expect(not(map_get(&m, 0, &value)));
	cr_expect(not(map_remove(&m, 0)));
	cr_expect(eq(u32, value, 42));
	map_clear(&m);
	map_release(&m);
}

Test(map, get_finds_what_was_put)
{
	struct map m = {};
	uint32_t value = 0;

	map_put(&m, 4711, 1);
	map_put(&m, 4712, 2);
	cr_expect(eq(sz, map_cnt(&m), 2));
	cr_expect(map_get(&m, 4711, &value));
	cr_expect(eq(u32, value, 1));
	cr_expect(map_get(&m, 4712, NULL));
	cr_expect(not(map_get(&m, 4713, &value)));
	cr_expect(eq(u32, value, 1));
	map_release(&m);
}

/* Into an empty one, one of its size, a larger one; then each goes its own way. */
Test(map, a_copy_holds_the_same)
{
	struct map from = {}, to = {};
	uint32_t value;

	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 100; i++)
			map_put(&from, i * 7, round + i);
		map_copy(&to, &from);
		map_put(&from, 7, 4711);
		cr_expect(eq(sz, map_cnt(&to), 100));
		for (uint32_t i = 0; i < 100; i++)
			cr_expect(map_get(&to, i * 7, &value) && value == round + i);
		for (uint32_t i = 0; i < 2000 * round; i++)
			map_put(&to, 1000 + i, i);
	}
	map_release(&from);
	map_copy(&to, &from);
	cr_expect(eq(sz, map_cnt(&to), 0));
	cr_expect(not(map_get(&to, 0, NULL)));
	map_release(&to);
}

Test(map, put_replaces)
{
	struct map m = {};
	uint32_t value = 0;

	map_put(&m, 1, 10);
	map_put(&m, 1, 11);
	cr_expect(eq(sz, map_cnt(&m), 1));
	cr_expect(map_get(&m, 1, &value));
	cr_expect(eq(u32, value, 11));
	map_release(&m);
}

Test(map, extreme_keys_and_values_are_ordinary)
{
	static const uint64_t keys[] = { 0, 1, UINT32_MAX, 1ULL << 63, UINT64_MAX };
	static const uint32_t values[] = { UINT32_MAX, 0, 1, 0x80000000, UINT32_MAX - 1 };
	struct map m = {};

	for (int i = 0; i < 5; i++)
		map_put(&m, keys[i], values[i]);
	for (int i = 0; i < 5; i++) {
		uint32_t value = 77;

		cr_expect(map_get(&m, keys[i], &value));
		cr_expect(eq(u32, value, values[i]));
		cr_expect(map_remove(&m, keys[i]));
		cr_expect(not(map_get(&m, keys[i], NULL)));
	}
	cr_expect(eq(sz, map_cnt(&m), 0));
	map_release(&m);
}

/*
 * The hard case of deletion: a and c want the same slot, b the next one. Without
 * a, c must move past b, which may not move. Also around the end of the table.
 */
static void expect_shift_back(uint64_t home)
{
	struct map m = {};
	uint64_t pos = 1;
	uint64_t a = key_with_hash(&pos, 15, home);
	uint64_t c = key_with_hash(&pos, 15, home);
	uint64_t b = key_with_hash(&pos, 15, (home + 1) & 15);
	uint32_t value = 0;

	map_put(&m, a, 1);
	map_put(&m, b, 2);
	map_put(&m, c, 3);
	cr_assert(eq(sz, m.slot_cnt, 16));
	cr_expect(map_remove(&m, a));
	cr_expect(not(map_get(&m, a, NULL)));
	cr_expect(map_get(&m, b, &value));
	cr_expect(eq(u32, value, 2));
	cr_expect(map_get(&m, c, &value));
	cr_expect(eq(u32, value, 3));
	cr_expect(eq(u64, m.slots[home].key, c));
	cr_expect(eq(u64, m.slots[(home + 1) & 15].key, b));
	map_release(&m);
}

Test(map, remove_closes_the_gap_in_a_chain)
{
	for (uint64_t home = 0; home < 16; home++)
		expect_shift_back(home);
}

/* Threads come and go all day: the table must not grow with the number of the dead. */
Test(map, churn_leaves_no_tombstones)
{
	struct map m = {};

	for (uint64_t tid = 1; tid <= 100000; tid++) {
		map_put(&m, tid, 0);
		if (tid > 7)
			cr_assert(map_remove(&m, tid - 7));
	}
	cr_expect(eq(sz, map_cnt(&m), 7));
	cr_expect(eq(sz, m.slot_cnt, 16));
	map_release(&m);
}

Test(map, clear_keeps_the_memory_and_forgets_the_keys)
{
	struct map m = {};
	size_t slot_cnt;

	for (uint64_t key = 0; key < 1000; key++)
		map_put(&m, key, 1);
	slot_cnt = m.slot_cnt;
	map_clear(&m);
	cr_expect(eq(sz, map_cnt(&m), 0));
	cr_expect(eq(sz, m.slot_cnt, slot_cnt));
	for (uint64_t key = 0; key < 1000; key++)
		cr_assert(not(map_get(&m, key, NULL)));
	map_put(&m, 3, 4);
	cr_expect(map_get(&m, 3, NULL));
	cr_expect(not(map_get(&m, 4, NULL)));
	map_release(&m);
	map_put(&m, 5, 6);
	cr_expect(map_get(&m, 5, NULL));
	cr_expect(not(map_get(&m, 3, NULL)));
	map_release(&m);
}

/* --- against a naive model ----------------------------------------------------- */

#define KEY_CNT 1024

/* keys[i] is in the map when is_there[i], with values[i]. */
struct naive {
	uint64_t keys[KEY_CNT];
	uint32_t values[KEY_CNT];
	bool is_there[KEY_CNT];
	size_t cnt;
};

/*
 * A quarter each: tids in a row, page-aligned addresses, keys that share one hash
 * in every table below 4096 slots, and keys that gather at the end of the table.
 */
static void naive_fill_keys(struct naive *model)
{
	uint64_t pos = 1ULL << 40;

	for (int i = 0; i < KEY_CNT / 4; i++) {
		model->keys[4 * i] = i;
		model->keys[4 * i + 1] = 0x7f0000000000 + i * 4096ULL;
		model->keys[4 * i + 2] = key_with_hash(&pos, 4095, 0x123);
		model->keys[4 * i + 3] = key_with_hash(&pos, 1023, 1023);
	}
}

static void expect_same(const struct map *m, const struct naive *model)
{
	cr_assert(eq(sz, map_cnt(m), model->cnt));
	for (int i = 0; i < KEY_CNT; i++) {
		uint32_t value = 0;

		cr_assert(eq(int, map_get(m, model->keys[i], &value), model->is_there[i]));
		if (model->is_there[i])
			cr_assert(eq(u32, value, model->values[i]));
	}
}

/* @put_share of 256 operations put, a quarter look up, the rest remove. */
static void random_operation(struct map *m, struct naive *model, uint64_t random,
			     unsigned put_share)
{
	size_t i = (random >> 16) % KEY_CNT;
	uint32_t value = random >> 32;
	unsigned op = random & 255;

	if (op < put_share) {
		map_put(m, model->keys[i], value);
		model->cnt += !model->is_there[i];
		model->is_there[i] = true;
		model->values[i] = value;
	} else if (op >= 192) {
		value = 0;
		cr_assert(eq(int, map_get(m, model->keys[i], &value), model->is_there[i]));
		if (model->is_there[i])
			cr_assert(eq(u32, value, model->values[i]));
	} else {
		cr_assert(eq(int, map_remove(m, model->keys[i]), model->is_there[i]));
		model->cnt -= model->is_there[i];
		model->is_there[i] = false;
	}
	cr_assert(eq(sz, map_cnt(m), model->cnt));
}

/* Alternately filling and emptying, so that every load is passed through. */
Test(map, random_operations_agree_with_a_naive_table)
{
	static struct naive model;
	struct map m = {};
	uint64_t state = 0x9e3779b97f4a7c15;
	size_t most = 0;

	naive_fill_keys(&model);
	for (int i = 0; i < 200000; i++) {
		random_operation(&m, &model, random_next(&state), i / 5000 % 2 ? 40 : 160);
		most = model.cnt > most ? model.cnt : most;
		if (i % 1000 == 999)
			expect_same(&m, &model);
	}
	/* Else the sequence never filled the table. */
	cr_expect(gt(sz, most, KEY_CNT / 2));
	map_release(&m);
}

/* A flipped input bit flips half of the output bits on average: 32, here within 4. */
Test(map, hash_spreads_every_key_bit)
{
	uint64_t state = 88172645463325252;

	for (int bit = 0; bit < 64; bit++) {
		int flip_cnt = 0;

		for (int i = 0; i < 256; i++) {
			uint64_t key = random_next(&state);

			flip_cnt +=
				__builtin_popcountll(map_hash(key) ^ map_hash(key ^ 1ULL << bit));
		}
		cr_expect(gt(int, flip_cnt, 28 * 256));
		cr_expect(lt(int, flip_cnt, 36 * 256));
	}
}

/* First output of SplitMix64 seeded with 0, as published with it (splitmix64.c, Vigna). */
Test(map, hash_is_the_published_mixer)
{
	cr_expect(eq(u64, map_hash(0x9e3779b97f4a7c15), 0xe220a8397b1dcdaf));
}
