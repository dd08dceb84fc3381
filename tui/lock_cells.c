/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of the table of locks, each with what draws its cells. */
#include "tui/lock_cells.h"

#include <stdio.h>

#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/state_words.h"

static void put_text(const struct lock_cell *x, unsigned style, const char *text)
{
	canvas_field(x->c, x->at_row, x->at_col, x->width, style, text);
}

static void put_right(const struct lock_cell *x, const char *text)
{
	int pad = x->width - text_width(text);

	canvas_puts(x->c, x->at_row, x->at_col + (pad > 0 ? pad : 0), STYLE_NORMAL, text);
}

static void put_count(const struct lock_cell *x, __u64 cnt)
{
	char buf[FMT_SZ];

	put_right(x, fmt_count(buf, sizeof(buf), cnt));
}

static void put_duration(const struct lock_cell *x, __u64 ns)
{
	char buf[FMT_SZ];

	put_right(x, ns ? fmt_duration(buf, sizeof(buf), ns) : "-");
}

static void put_name(const struct lock_cell *x, unsigned style, __u32 tid)
{
	struct strbuf text = {};

	describe_name(x->m, tid, &text);
	put_text(x, style, strbuf_str(&text));
	strbuf_release(&text);
}

static const struct thread *owner_of(const struct lock_cell *x)
{
	return x->row->lock->owner_tid ? model_find_thread(x->m, x->row->lock->owner_tid) : NULL;
}

bool lock_is_of_deadlock(const struct ui *ui, const struct lock *l)
{
	const struct verdict *v = ui_verdict(ui);

	for (size_t i = 0; v->kind == VERDICT_DEADLOCK && i < v->cycle_cnt; i++) {
		const struct thread *t = model_find_thread(ui_model(ui), v->cycle[i].tid);

		if (t && model_lock_waited_on(ui_model(ui), t) == l)
			return true;
	}
	return false;
}

static void draw_lock(const struct lock_cell *x)
{
	struct strbuf text = {};
	unsigned style = lock_is_of_deadlock(x->ui, x->row->lock) ? STYLE_ALARM : STYLE_NORMAL;

	lock_add_name(x->m, x->row->lock, &text);
	if (ui_search_matches(x->ui, strbuf_str(&text)))
		style = STYLE_MATCH;
	put_text(x, style, strbuf_str(&text));
	strbuf_release(&text);
}

static void draw_kind(const struct lock_cell *x)
{
	put_text(x, STYLE_NORMAL, wait_reason_word(x->row->lock->kind));
}

static void draw_owner(const struct lock_cell *x)
{
	if (x->row->lock->owner_tid)
		put_name(x, STYLE_NORMAL, x->row->lock->owner_tid);
	else
		put_text(x, STYLE_DIM,
			 x->row->waiter_cnt && lock_has_owner(x->row->lock) ? "unknown" : "-");
}

/* The letter of the list of threads, or all of the word where there is room. */
static void draw_owner_state(const struct lock_cell *x)
{
	const struct thread *t = owner_of(x);
	char buf[32];

	if (!t)
		return;
	snprintf(buf, sizeof(buf), "%c %s", state_letter_of(t), state_word_of(t));
	if (x->width == 1)
		buf[1] = '\0';
	put_text(x, theme_state_style(t->state), buf);
}

static void draw_evidence(const struct lock_cell *x)
{
	if (x->row->lock->owner_tid)
		put_text(x, STYLE_DIM, evidence_word(x->row->lock->evidence));
}

/* It was seen no earlier, so it is that long at least. */
static void draw_held(const struct lock_cell *x)
{
	char buf[FMT_SZ], text[FMT_SZ + 1];

	snprintf(text, sizeof(text), ">%s", fmt_duration(buf, sizeof(buf), x->row->held_ns));
	put_right(x, x->row->held_ns ? text : "-");
}

/* "3: B C D": how many, then as many as fit, the one that came first at the left. */
static void draw_queue(const struct lock_cell *x)
{
	const struct lock_row *row = x->row;
	struct strbuf text = {};

	if (!row->waiter_cnt) {
		put_text(x, STYLE_DIM, "-");
		return;
	}
	strbuf_addf(&text, "%zu:", row->waiter_cnt);
	for (size_t i = 0; i < row->waiter_cnt && text_width(strbuf_str(&text)) <= x->width; i++) {
		strbuf_addch(&text, ' ');
		describe_name(x->m, x->rows->waiters.items[row->waiter_idx + i].thread->tid, &text);
	}
	put_text(x, STYLE_BLOCKED, strbuf_str(&text));
	strbuf_release(&text);
}

static void draw_waits(const struct lock_cell *x)
{
	put_count(x, x->row->lock->wait_cnt);
}

static void draw_total(const struct lock_cell *x)
{
	put_duration(x, x->row->wait_ns);
}

static void draw_mean(const struct lock_cell *x)
{
	__u32 cnt = x->row->lock->wait_cnt;

	put_duration(x, cnt ? x->row->wait_ns / cnt : 0);
}

static void draw_longest(const struct lock_cell *x)
{
	put_duration(x, x->row->max_wait_ns);
}

static void draw_longest_by(const struct lock_cell *x)
{
	if (x->row->max_wait_tid)
		put_name(x, STYLE_NORMAL, x->row->max_wait_tid);
}

static void draw_handoffs(const struct lock_cell *x)
{
	put_count(x, x->row->lock->handoff_cnt);
}

const struct lock_column lock_columns[LOCK_COLUMN_CNT] = {
	{ "LOCK", 14, 3, 0, LOCK_BY_NAME, false, draw_lock },
	{ "KIND", 9, 0, 96, LOCK_ORDER_CNT, false, draw_kind },
	{ "OWNER", 8, 1, 0, LOCK_ORDER_CNT, false, draw_owner },
	{ "S", 1, 0, 50, LOCK_ORDER_CNT, false, draw_owner_state },
	{ "KNOWN", 8, 0, 66, LOCK_ORDER_CNT, false, draw_evidence },
	{ "HELD", 8, 0, 58, LOCK_BY_HELD, true, draw_held },
	{ "QUEUE", 8, 3, 0, LOCK_BY_QUEUE, false, draw_queue },
	{ "WAITS", 6, 0, 70, LOCK_BY_WAITS, true, draw_waits },
	{ "LONGEST", 7, 0, 76, LOCK_BY_LONGEST, true, draw_longest },
	{ "BY", 10, 1, 130, LOCK_ORDER_CNT, false, draw_longest_by },
	{ "MEAN", 7, 0, 112, LOCK_ORDER_CNT, true, draw_mean },
	{ "TOTAL", 7, 0, 104, LOCK_BY_TOTAL, true, draw_total },
	{ "HAND-OFFS", 9, 0, 122, LOCK_BY_HANDOFFS, true, draw_handoffs },
};
