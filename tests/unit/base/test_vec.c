/* SPDX-License-Identifier: GPL-2.0-only */
/* Vectors: growth, order, and what the macros do with their arguments. */
#include "base/vec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdint.h>

struct pair {
	uint32_t a;
	uint64_t b;
};

struct numbers {
	VEC(uint32_t) vec;
};

static struct numbers numbers_new(uint32_t cnt)
{
	struct numbers n = {};

	for (uint32_t i = 0; i < cnt; i++)
		vec_push(&n.vec, i);
	return n;
}

Test(vec, zero_initialised_is_empty)
{
	struct numbers n = {};
	int seen_cnt = 0;

	vec_for_each(number, &n.vec)
		seen_cnt++;
	cr_expect(eq(int, seen_cnt, 0));
	cr_expect(eq(ptr, vec_last(&n.vec), NULL));
	vec_clear(&n.vec);
	vec_release(&n.vec);
	cr_expect(eq(ptr, n.vec.items, NULL));
}

Test(vec, push_keeps_order_while_growing)
{
	struct numbers n = numbers_new(10000);
	uint32_t next = 0;

	cr_assert(eq(sz, n.vec.cnt, 10000));
	cr_assert(ge(sz, n.vec.cap, 10000));
	vec_for_each(number, &n.vec)
		cr_assert(eq(u32, *number, next++));
	cr_assert(eq(u32, next, 10000));
	vec_release(&n.vec);
}

Test(vec, push_takes_a_compound_literal)
{
	VEC(struct pair) pairs = {};

	vec_push(&pairs, (struct pair){ .a = 1, .b = UINT64_MAX });
	vec_push(&pairs, (struct pair){ 2, 3 });
	cr_assert(eq(sz, pairs.cnt, 2));
	cr_expect(eq(u64, pairs.items[0].b, UINT64_MAX));
	cr_expect(eq(u32, pairs.items[1].a, 2));
	vec_release(&pairs);
}

/* The array moves at some of these pushes; the address sanitizer sees a stale read. */
Test(vec, push_may_read_the_vector_itself)
{
	struct numbers n = numbers_new(1);

	for (uint32_t i = 1; i < 1000; i++) {
		uint32_t *first = &n.vec.items[0];

		vec_push(&n.vec, *first + i);
	}
	cr_expect(eq(u32, *vec_last(&n.vec), 999));
	vec_release(&n.vec);
}

Test(vec, push_evaluates_its_arguments_once)
{
	struct numbers two[2] = {};
	struct numbers *pos = two;
	uint32_t value = 7;

	vec_push(&pos++->vec, value++);
	cr_expect(eq(ptr, pos, &two[1]));
	cr_expect(eq(u32, value, 8));
	cr_expect(eq(u32, two[0].vec.items[0], 7));
	vec_release(&two[0].vec);
}

Test(vec, reserve_keeps_pointers_valid)
{
	struct numbers n = numbers_new(1);
	uint32_t *first;

	vec_reserve(&n.vec, 500);
	first = n.vec.items;
	for (uint32_t i = 1; i < 500; i++)
		vec_push(&n.vec, i);
	cr_expect(eq(ptr, n.vec.items, first));
	vec_reserve(&n.vec, 3);
	cr_expect(eq(ptr, n.vec.items, first));
	cr_expect(eq(sz, n.vec.cnt, 500));
	vec_release(&n.vec);
}

Test(vec, pop_yields_the_last)
{
	struct numbers n = numbers_new(3);

	cr_expect(eq(u32, *vec_last(&n.vec), 2));
	cr_expect(eq(u32, vec_pop(&n.vec), 2));
	cr_expect(eq(u32, vec_pop(&n.vec), 1));
	cr_expect(eq(u32, vec_pop(&n.vec), 0));
	cr_expect(eq(sz, n.vec.cnt, 0));
	vec_release(&n.vec);
}

Test(vec, pop_from_empty_aborts, .signal = SIGABRT)
{
	struct numbers n = {};

	vec_pop(&n.vec);
}

/* @cnt numbers without the one at @idx. */
static void expect_removed(uint32_t cnt, uint32_t idx)
{
	struct numbers n = numbers_new(cnt);

	vec_remove(&n.vec, idx);
	cr_assert(eq(sz, n.vec.cnt, cnt - 1));
	for (uint32_t i = 0; i < cnt - 1; i++)
		cr_assert(eq(u32, n.vec.items[i], i < idx ? i : i + 1));
	vec_release(&n.vec);
}

/* 8 fills the first allocation: reading one too far shows under the sanitizer. */
Test(vec, remove_keeps_order)
{
	for (uint32_t idx = 0; idx < 8; idx++)
		expect_removed(8, idx);
	expect_removed(1, 0);
}

Test(vec, remove_beyond_the_end_aborts, .signal = SIGABRT)
{
	struct numbers n = numbers_new(3);

	vec_remove(&n.vec, 3);
}

Test(vec, for_each_yields_pointers_that_write)
{
	struct numbers n = numbers_new(4);

	vec_for_each(number, &n.vec)
		*number *= 10;
	cr_expect(eq(u32, n.vec.items[3], 30));
	vec_for_each(number, &n.vec) {
		if (*number == 20)
			break;
		*number = 1;
	}
	cr_expect(eq(u32, n.vec.items[1], 1));
	cr_expect(eq(u32, n.vec.items[2], 20));
	vec_release(&n.vec);
}

static uint32_t numbers_sum(const struct numbers *n)
{
	uint32_t sum = 0;

	vec_for_each(number, &n->vec)
		sum += *number;
	return sum;
}

Test(vec, for_each_reads_a_constant_vector)
{
	struct numbers n = numbers_new(5);

	cr_expect(eq(u32, numbers_sum(&n), 10));
	vec_release(&n.vec);
}

Test(vec, clear_keeps_the_memory_and_release_gives_it_back)
{
	struct numbers n = numbers_new(100);
	size_t cap = n.vec.cap;

	vec_clear(&n.vec);
	cr_expect(eq(sz, n.vec.cnt, 0));
	cr_expect(eq(sz, n.vec.cap, cap));
	vec_release(&n.vec);
	cr_expect(eq(sz, n.vec.cap, 0));
	vec_push(&n.vec, 5);
	cr_expect(eq(u32, *vec_last(&n.vec), 5));
	vec_release(&n.vec);
}
