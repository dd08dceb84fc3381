/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns of the thread list, each with what draws its cells. */
#include "tui/thread_cells.h"

#include <stdio.h>
#include <string.h>

#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/state_words.h"

static int need_tid(const struct ui *ui, const struct ui_row *row)
{
	char buf[16];

	(void)ui;
	return snprintf(buf, sizeof(buf), "%u", row->thread->tid);
}

static int need_name(const struct ui *ui, const struct ui_row *row)
{
	struct strbuf name = {};
	int width = text_width(row->tree);

	ui_row_name(ui, row, &name);
	width += text_width(strbuf_str(&name));
	strbuf_release(&name);
	return width;
}

/* The words of a textbook may be longer than ours. */
static int need_state(const struct ui *ui, const struct ui_row *row)
{
	(void)ui;
	return 2 + text_width(state_word_of(row->thread));
}

static void put_text(const struct thread_cell *x, unsigned style, const char *text)
{
	canvas_field(x->c, x->at_row, x->at_col, x->width, style, text);
}

static void put_right(const struct thread_cell *x, const char *text)
{
	int pad = x->width - text_width(text);

	canvas_puts(x->c, x->at_row, x->at_col + (pad > 0 ? pad : 0), x->style, text);
}

static void put_count(const struct thread_cell *x, __u64 cnt)
{
	char buf[FMT_SZ];

	put_right(x, fmt_count(buf, sizeof(buf), cnt));
}

static void draw_tid(const struct thread_cell *x)
{
	char buf[16];

	snprintf(buf, sizeof(buf), "%u", x->t->tid);
	put_right(x, x->row->fold_cnt ? "+" : buf);
}

/* The branch is kept in ASCII; here it becomes lines where the terminal can. */
static int draw_branch(const struct thread_cell *x)
{
	int col = x->at_col;

	for (const char *p = x->row->tree; *p && col < x->at_col + x->width; p++, col++) {
		if (*p == '|' && p[1] == '-')
			canvas_glyph(x->c, x->at_row, col, STYLE_RULE, GLYPH_TREE_MID);
		else if (*p == '|')
			canvas_glyph(x->c, x->at_row, col, STYLE_RULE, GLYPH_VLINE);
		else if (*p == '`')
			canvas_glyph(x->c, x->at_row, col, STYLE_RULE, GLYPH_TREE_END);
		else if (*p == '-')
			canvas_glyph(x->c, x->at_row, col, STYLE_RULE, GLYPH_HLINE);
	}
	return col;
}

static void draw_name(const struct thread_cell *x)
{
	int col = draw_branch(x);
	unsigned style = x->row->is_process ? STYLE_BOLD : x->style;
	struct strbuf name = {};

	if (ui_search_matches(x->ui, x->t->name))
		style = STYLE_MATCH;
	if (verdict_has_thread(ui_verdict(x->ui), x->t->tid) &&
	    ui_verdict(x->ui)->kind == VERDICT_DEADLOCK)
		style = STYLE_ALARM;
	ui_row_name(x->ui, x->row, &name);
	canvas_field(x->c, x->at_row, col, x->at_col + x->width - col, style, strbuf_str(&name));
	strbuf_release(&name);
}

static void draw_state(const struct thread_cell *x)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%c %s", state_letter_of(x->t), state_word_of(x->t));
	put_text(x, theme_state_style(x->t->state), buf);
}

static void draw_cpu(const struct thread_cell *x)
{
	char buf[16];

	snprintf(buf, sizeof(buf), "%u", x->t->cpu);
	put_right(x, x->t->state == THREAD_RUNNING ? buf : "-");
}

static __u64 life_of(const struct thread *t, __u64 now_ns)
{
	__u64 end_ns = t->ended_ns ? t->ended_ns : now_ns;

	return end_ns > t->created_ns ? end_ns - t->created_ns : 0;
}

/*
 * Share of the time it has been known, all together of a shared row; what is Unknown is
 * in none of the three.
 */
static void draw_share(const struct thread_cell *x, enum thread_state s)
{
	__u64 life_ns = x->row->fold_cnt ? 0 : life_of(x->t, x->now_ns);
	__u64 ns = x->row->fold_cnt ? 0 : thread_state_ns(x->t, s, x->now_ns);
	const struct thread *const *threads = ui_fold_threads(x->ui, x->row);
	char buf[16];

	for (size_t i = 0; i < x->row->fold_cnt; i++) {
		life_ns += life_of(threads[i], x->now_ns);
		ns += thread_state_ns(threads[i], s, x->now_ns);
	}
	if (ns > life_ns)
		ns = life_ns;
	snprintf(buf, sizeof(buf), "%.1f", life_ns ? 100.0 * (double)ns / (double)life_ns : 0.0);
	put_right(x, buf);
}

static void draw_running(const struct thread_cell *x)
{
	draw_share(x, THREAD_RUNNING);
}

static void draw_ready(const struct thread_cell *x)
{
	draw_share(x, THREAD_READY);
}

static void draw_blocked(const struct thread_cell *x)
{
	draw_share(x, THREAD_BLOCKED);
}

/* "sed, cut, bash": what they were, each name once, as many as there is room for. */
static void describe_ended(const struct thread_cell *x, struct strbuf *ret)
{
	const struct thread *const *threads = ui_fold_threads(x->ui, x->row);

	for (size_t i = 0; i < x->row->fold_cnt && (int)ret->len < x->width; i++) {
		size_t same = 0;

		while (same < i && strcmp(threads[same]->name, threads[i]->name) != 0)
			same++;
		if (same == i)
			strbuf_addf(ret, "%s%s", i ? ", " : "", threads[i]->name);
	}
}

/* "idle on queue.not_empty", or, where that has no room, what it waits for alone. */
static void describe_idle(const struct thread_cell *x, struct strbuf *ret)
{
	strbuf_adds(ret, "idle on ");
	describe_wait_short(x->m, x->t, x->width, ret);
	if (text_width(strbuf_str(ret)) <= x->width)
		return;
	strbuf_reset(ret);
	describe_wait_short(x->m, x->t, x->width, ret);
}

/* All there is to say, or where that has no room, who has the other end of the descriptor. */
static void describe_all(const struct thread_cell *x, struct strbuf *ret)
{
	describe_wait(x->m, x->t, ret);
	if (text_width(strbuf_str(ret)) <= x->width || !model_wait_file(x->m, x->t))
		return;
	strbuf_reset(ret);
	describe_wait_short(x->m, x->t, x->width, ret);
}

static void draw_waits(const struct thread_cell *x)
{
	struct strbuf text = {};

	if (x->row->fold_cnt && x->t->state == THREAD_DEAD)
		describe_ended(x, &text);
	else if (x->row->fold_cnt)
		describe_idle(x, &text);
	else if (thread_is_blocked(x->t) && x->width >= 40)
		describe_all(x, &text);
	else if (thread_is_blocked(x->t))
		describe_wait_short(x->m, x->t, x->width, &text);
	else if (x->t->state == THREAD_READY)
		strbuf_adds(&text, ready_cause_word(x->t->ready_cause));
	else if (x->t->state == THREAD_ZOMBIE || x->t->state == THREAD_DEAD)
		describe_exit(x->t->exit_code, &text);
	if (!x->row->fold_cnt)
		describe_time_left(x->m, x->t, x->now_ns, &text);
	put_text(x, x->style, strbuf_str(&text));
	strbuf_release(&text);
}

/* Of a shared row since when all of them wait. */
static __u64 since_of(const struct thread_cell *x)
{
	const struct thread *const *threads = ui_fold_threads(x->ui, x->row);
	__u64 since_ns = x->t->since_ns;

	for (size_t i = 0; i < x->row->fold_cnt; i++)
		if (threads[i]->since_ns > since_ns)
			since_ns = threads[i]->since_ns;
	return since_ns;
}

static void draw_since(const struct thread_cell *x)
{
	__u64 since_ns = since_of(x);
	char buf[FMT_SZ];

	put_right(x,
		  fmt_duration(buf, sizeof(buf), x->now_ns > since_ns ? x->now_ns - since_ns : 0));
}

/* The counter at that offset of a thread, of a shared row the sum. */
static void put_counter(const struct thread_cell *x, size_t offset)
{
	const struct thread *const *threads = ui_fold_threads(x->ui, x->row);
	__u64 cnt = x->row->fold_cnt ? 0 : *(const __u32 *)((const char *)x->t + offset);

	for (size_t i = 0; i < x->row->fold_cnt; i++)
		cnt += *(const __u32 *)((const char *)threads[i] + offset);
	put_count(x, cnt);
}

static void draw_switches(const struct thread_cell *x)
{
	put_counter(x, offsetof(struct thread, switch_cnt));
}

static void draw_preempted(const struct thread_cell *x)
{
	put_counter(x, offsetof(struct thread, preempt_cnt));
}

static void draw_wakes(const struct thread_cell *x)
{
	put_counter(x, offsetof(struct thread, wake_cnt));
}

static void draw_waker(const struct thread_cell *x)
{
	struct strbuf text = {};

	if (x->t->wake.at_ns && !x->row->fold_cnt)
		describe_wake(x->m, &x->t->wake, &text);
	put_text(x, STYLE_DIM, strbuf_str(&text));
	strbuf_release(&text);
}

const struct thread_column thread_columns[THREAD_COLUMN_CNT] = {
	{ "TID", 4, 0, 0, true, need_tid, draw_tid },
	{ "THREAD", 8, 0, 0, false, need_name, draw_name },
	{ "STATE", 9, 0, 0, false, need_state, draw_state },
	{ "CPU", 3, 0, 50, true, NULL, draw_cpu },
	{ "RUN%", 5, 0, 60, true, NULL, draw_running },
	{ "READY%", 6, 0, 72, true, NULL, draw_ready },
	{ "BLOCK%", 6, 0, 72, true, NULL, draw_blocked },
	{ "WAITS FOR", 7, 7, 0, false, NULL, draw_waits },
	{ "SINCE", 7, 0, 60, true, NULL, draw_since },
	{ "SWITCHES", 10, 0, 120, true, NULL, draw_switches },
	{ "PREEMPTED", 10, 0, 132, true, NULL, draw_preempted },
	{ "WOKEN", 10, 0, 144, true, NULL, draw_wakes },
	{ "LAST WOKEN", 16, 3, 160, false, NULL, draw_waker },
};
