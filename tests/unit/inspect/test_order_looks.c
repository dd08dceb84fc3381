/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of inversions whose processes nobody has seen: they have no names, but are told. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "inspect/order_looks.h"
#include "model/inversion.h"

enum { PID = 100, A = 0x1000, B = 0x2000 };

static struct order_looks *looks;
static struct model *model;

static void set_up(void)
{
	looks = order_looks_new();
	model = model_new();
}

static void tear_down(void)
{
	order_looks_free(looks);
	model_free(model);
}

TestSuite(order_looks, .init = set_up, .fini = tear_down);

static void want(void)
{
	const struct order_edge ab = {
		.hdr = { .tid = 101, .pid = PID, .address = B },
		.held_cnt = 1,
		.held = { { .address = A } },
	};
	const struct order_edge ba = {
		.hdr = { .tid = 102, .pid = PID, .address = A },
		.held_cnt = 1,
		.held = { { .address = B } },
	};
	const struct order_inversion inv = { .steps = { { &ab, 0 }, { &ba, 0 } }, .cnt = 2 };

	order_looks_want(looks, &inv);
}

static void take(void *arg, struct ev_hdr *ev)
{
	(void)arg;
	model_apply(model, ev);
}

static void count(void *arg, struct ev_hdr *ev)
{
	++*(unsigned *)arg;
	take(NULL, ev);
}

Test(order_looks, locks_without_a_name_have_their_address)
{
	const struct inversion *inv;

	want();
	cr_expect(order_looks_pending(looks));
	order_looks_step(looks, model, 1, take, NULL);
	cr_expect(not(order_looks_pending(looks)));
	cr_assert(eq(sz, model_inversion_cnt(model), 1));
	inv = model_inversion_at(model, 0);
	cr_assert(eq(sz, inv->step_cnt, 2));
	cr_expect(eq(u32, inv->steps[0].tid, 101));
	cr_expect(eq(str, (char *)inv->steps[0].held, "lock 0x1000"));
	cr_expect(eq(str, (char *)inv->steps[0].wanted, "lock 0x2000"));
	cr_expect(eq(str, (char *)inv->steps[1].held, "lock 0x2000"));
}

/* The model keeps no more of them, and names cost time. */
Test(order_looks, only_so_many_are_looked_at_as_are_kept)
{
	unsigned cnt = 0;

	for (int i = 0; i < 2 * INVERSION_MAX; i++)
		want();
	order_looks_step(looks, model, 1, count, &cnt);
	cr_expect(eq(u32, cnt, INVERSION_MAX));
	cr_expect(eq(sz, model_inversion_cnt(model), INVERSION_MAX));
}
