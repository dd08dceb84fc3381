/* SPDX-License-Identifier: GPL-2.0-only */
/* Inversions that were found: kept, told, and restored from a checkpoint. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inversion.h"
#include "model/verdict.h"

static struct model *model;

static void set_up(void)
{
	model = model_new();
}

static void tear_down(void)
{
	model_free(model);
}

TestSuite(inversion, .init = set_up, .fini = tear_down);

static const struct inversion_step steps[] = {
	{ 11, "one", "table.left", "take a.c:1", "table.right", "take a.c:2 < main a.c:9" },
	{ 12, "two", "table.right", "take a.c:1", "table.left",
	  "__gthread_mutex_lock gthr.h:7 < std::mutex::lock mutex.h:1 < put(int, int) b.c:3" },
};

static void apply_text(struct model *m, const char *text, size_t len)
{
	struct {
		struct ev_inversion ev;
		char text[EVENT_TAIL_MAX];
	} rec = { .ev.hdr = { .ts_ns = 77, .tid = 10, .kind = EV_INVERSION }, .ev.len = len };

	memcpy(rec.text, text, len);
	cr_assert_eq(model_apply(m, &rec.ev.hdr), 0);
}

static void apply_steps(void)
{
	struct strbuf text = {};

	inversion_encode(steps, 2, &text);
	apply_text(model, strbuf_str(&text), text.len);
	strbuf_release(&text);
}

static void expect_steps(const struct model *m)
{
	const struct inversion *inv = model_inversion_at(m, 0);

	cr_assert_eq(model_inversion_cnt(m), 1);
	cr_assert_eq(inv->found_ns, 77);
	cr_assert_eq(inv->pid, 10);
	cr_assert_eq(inv->step_cnt, 2);
	for (size_t i = 0; i < 2; i++) {
		cr_assert_eq(inv->steps[i].tid, steps[i].tid);
		cr_assert_str_eq(inv->steps[i].name, steps[i].name);
		cr_assert_str_eq(inv->steps[i].held, steps[i].held);
		cr_assert_str_eq(inv->steps[i].held_at, steps[i].held_at);
		cr_assert_str_eq(inv->steps[i].wanted, steps[i].wanted);
		cr_assert_str_eq(inv->steps[i].wanted_at, steps[i].wanted_at);
	}
}

Test(inversion, what_is_told_is_remembered)
{
	apply_steps();
	expect_steps(model);
}

static void restore(void *arg, const struct ev_hdr *ev, size_t size)
{
	cr_assert_eq(event_size(ev), size);
	model_apply(arg, ev);
}

Test(inversion, a_checkpoint_keeps_it)
{
	struct model *again = model_new();

	apply_steps();
	model_checkpoint(model, restore, again);
	expect_steps(again);
	cr_assert_eq(model_event_cnt(again), model_event_cnt(model), "told again, not counted");
	model_free(again);
}

Test(inversion, a_copy_outlives_the_original)
{
	struct model *copy = model_new();

	apply_steps();
	model_copy(copy, model);
	model_free(model);
	model = copy;
	expect_steps(model);
}

Test(inversion, a_reset_forgets_it)
{
	apply_steps();
	model_reset(model);
	cr_assert_eq(model_inversion_cnt(model), 0);
}

Test(inversion, the_verdict_is_potential_in_one_sentence)
{
	struct strbuf sentence = {};
	struct verdict v;

	apply_steps();
	verdict_find(model, &v);
	cr_assert_eq(v.kind, VERDICT_POTENTIAL);
	verdict_sentence(&v, model, 0, &sentence);
	cr_assert_str_eq(strbuf_str(&sentence),
			 "POTENTIAL DEADLOCK: one took table.left then table.right at a.c:2, two "
			 "took table.right then table.left at b.c:3; it did not strike.");
	strbuf_release(&sentence);
}

Test(inversion, more_than_one_are_counted)
{
	struct strbuf sentence = {};
	struct verdict v;

	apply_steps();
	apply_steps();
	verdict_find(model, &v);
	verdict_sentence(&v, model, 0, &sentence);
	cr_assert(strstr(strbuf_str(&sentence), "; and 1 more."), "%s", strbuf_str(&sentence));
	strbuf_release(&sentence);
}

Test(inversion, any_bytes_are_taken_and_made_safe)
{
	static const char *const texts[] = {
		"",
		"\n\n\n",
		"\t\t\t\t\t\t\t\t\n",
		"4294967296999\tx",
		"1\ta\033[2J\tb",
		"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n",
		"x\t\xff\xfe\t\t\t\t < < \n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct strbuf sentence = {};

		apply_text(model, texts[i], strlen(texts[i]));
		inversion_sentence(model_inversion_at(model, i), &sentence);
		cr_assert(!strchr(strbuf_str(&sentence), '\033'));
		cr_assert_leq(model_inversion_at(model, i)->step_cnt, INVERSION_STEP_MAX);
		strbuf_release(&sentence);
	}
}

Test(inversion, only_so_many_are_remembered)
{
	for (int i = 0; i < INVERSION_MAX + 5; i++)
		apply_steps();
	cr_assert_eq(model_inversion_cnt(model), INVERSION_MAX);
}
