/* SPDX-License-Identifier: GPL-2.0-only */
/* The textbook's diagram: states as boxes, threads in them, the arrow taken last marked. */
#include <stdio.h>
#include <string.h>

#include "tui/describe.h"
#include "tui/diagram_lines.h"
#include "tui/diagram_words.h"
#include "tui/state_words.h"
#include "tui/ui.h"

#define TERMINATED "Terminated"

enum {
	HITS_MAX = 256,	   /* names that can be clicked on */
	NAME_COLS = 18,	   /* a column of names, */
	BLOCKED_COLS = 30, /* of names with what they wait for, */
	LIST_COLS = 12,	   /* and where there is little room */
	LIST_STATE_COLS = 14,
};

/* Where the name of a thread was drawn. */
struct hit {
	int row, col, cols;
	__u32 tid;
};

struct diagram_state {
	struct hit hits[HITS_MAX];
	int hit_cnt;
};

struct diagram {
	const struct ui *ui;
	const struct model *m;
	struct canvas *c;
	struct diagram_state *st;
	struct diagram_layout l;
	struct transition taken[ARROW_CNT]; /* tid 0: not taken last */
};

/*
 * Standing or moving in a trace: the event that happened last. At its end threads run
 * faster than one can read: there it is the latest arrow of the selected thread.
 */
static void find_taken(struct diagram *d)
{
	const struct ui_told *told = ui_told(d->ui);
	const struct thread *t = ui_selected(d->ui);
	struct transition x;

	if (told->cnt && !ui_is_following(d->ui)) {
		for (size_t i = 0; i < told->cnt; i++)
			d->taken[told->steps[i].arrow] = told->steps[i];
	} else if (t) {
		x = transition_latest(t);
		d->taken[x.arrow] = x;
	}
}

static void add_hit(struct diagram *d, int row, int col, int cols, __u32 tid)
{
	if (d->st->hit_cnt < HITS_MAX)
		d->st->hits[d->st->hit_cnt++] = (struct hit){ row, col, cols, tid };
}

static void draw_name(struct diagram *d, int row, int col, int cols, const struct ui_row *of)
{
	const struct thread *t = of->thread;
	bool is_selected = t->tid == ui_selected_tid(d->ui);
	unsigned style = theme_state_style(t->state);
	struct strbuf text = {};
	int width;

	if (of->fold_cnt)
		ui_row_name(d->ui, of, &text);
	else
		describe_name(d->m, t->tid, &text);
	if (t->state == THREAD_RUNNING && (int)text.len + 6 < cols)
		strbuf_addf(&text, " CPU %u", t->cpu);
	if (t->state == THREAD_BLOCKED && (int)text.len + 6 < cols) {
		strbuf_addch(&text, ' ');
		describe_wait_short(d->m, t, cols - 2 - (int)text.len, &text);
	}
	if (verdict_has_thread(ui_verdict(d->ui), t->tid) &&
	    ui_verdict(d->ui)->kind == VERDICT_DEADLOCK)
		style = STYLE_ALARM;
	if (is_selected) {
		style = STYLE_CURSOR;
		canvas_puts(d->c, row, col - 1, STYLE_BOLD, ">");
		canvas_set_cursor(d->c, row, col - 1);
	}
	canvas_field(d->c, row, col, cols - 1, style, strbuf_str(&text));
	width = text_width(strbuf_str(&text));
	if (width < cols - 1)
		canvas_blank(d->c, row, col + width, cols - 1 - width, STYLE_NORMAL);
	add_hit(d, row, col, cols - 1, t->tid);
	strbuf_release(&text);
}

/* The selected row, if its thread is in that state. */
static const struct ui_row *row_in_state(const struct ui *ui, enum thread_state s)
{
	int at = ui_selected_row(ui);
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);

	return at >= 0 && rows[at].thread->state == s ? &rows[at] : NULL;
}

/* Threads that are not listed want a place, too: for "+12 more". */
static int names_in_state(const struct ui *ui, enum thread_state s)
{
	int names = (int)model_state_cnt(ui_model(ui), s);
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);

	for (size_t i = 0; i < cnt; i++)
		if (rows[i].fold_cnt && rows[i].thread->state == s)
			names -= (int)rows[i].fold_cnt - 1;
	return names;
}

/*
 * The threads that are in a state, from top to bottom, then in the next column. The
 * last place is for the selected one when it would have none, and for "+12 more".
 */
static void draw_names(struct diagram *d, enum thread_state s, const struct diagram_box *in,
		       int want)
{
	int cols = in->cols / want > 0 ? in->cols / want : 1, width = in->cols / cols;
	int places = in->rows * cols, at = 0, left = (int)model_state_cnt(d->m, s);
	const struct ui_row *selected = row_in_state(d->ui, s); /* not drawn yet */
	size_t cnt;
	const struct ui_row *rows = ui_rows(d->ui, &cnt);

	if (places <= 0)
		return;
	if (names_in_state(d->ui, s) > places)
		places--;
	for (size_t i = 0; i < cnt && at < places; i++) {
		const struct ui_row *row = &rows[i];

		if (row->thread->state != s || (row->thread->flags & THREAD_FOREIGN))
			continue;
		if (selected && at == places - 1)
			row = selected;
		if (row == selected)
			selected = NULL;
		draw_name(d, in->row + at % in->rows, in->col + 1 + at / in->rows * width,
			  width - 1, row);
		left -= row->fold_cnt ? (int)row->fold_cnt : 1;
		at++;
	}
	if (left > 0 && at < in->rows * cols)
		canvas_printf(d->c, in->row + at % in->rows, in->col + 1 + at / in->rows * width,
			      STYLE_DIM, "+%d more", left);
}

/* What they wait for is told in full where it has room; to show more threads comes first. */
static int column_width(const struct diagram *d, enum thread_state s, const struct diagram_box *in)
{
	int all = names_in_state(d->ui, s);

	if (s != THREAD_BLOCKED)
		return NAME_COLS;
	return all <= in->rows * (in->cols / BLOCKED_COLS) ? BLOCKED_COLS : NAME_COLS;
}

static void draw_state(struct diagram *d, enum thread_state s, const struct diagram_box *b)
{
	struct diagram_box in = { b->row + 1, b->col + 1, b->rows - 2, b->cols - 2 };
	char title[48], mean[48];

	snprintf(title, sizeof(title), " %s %zu ", state_word(s), model_state_cnt(d->m, s));
	diagram_mean(d->m, s, ui_now_ns(d->ui), mean, sizeof(mean));
	diagram_draw_box(d->c, b, theme_state_style(s), title, mean);
	draw_names(d, s, &in, column_width(d, s, &in));
}

/* In a box that is called so the word would be a second number of the same. */
static const char *gone_word(void)
{
	return strcmp(state_word(THREAD_DEAD), TERMINATED) ? state_word(THREAD_DEAD) : "gone";
}

/* One box for Zombie and Dead, with the arrow between them. */
static void draw_terminated(struct diagram *d)
{
	const struct diagram_box *b = &d->l.terminated;
	struct diagram_box zombies = { b->row + 2, b->col + 1, d->l.reap_row - b->row - 2,
				       b->cols - 2 };
	struct diagram_box dead = { d->l.reap_row + 2, b->col + 1,
				    b->row + b->rows - 3 - d->l.reap_row, b->cols - 2 };
	bool is_one_word = !strcmp(state_word(THREAD_ZOMBIE), state_word(THREAD_DEAD));
	char title[48];

	snprintf(title, sizeof(title), " " TERMINATED " %zu ",
		 model_state_cnt(d->m, THREAD_ZOMBIE) + model_state_cnt(d->m, THREAD_DEAD));
	diagram_draw_box(d->c, b, STYLE_ENDED, title, "");
	canvas_printf(d->c, b->row + 1, b->col + 2, STYLE_DIM, "%s %zu",
		      is_one_word ? "to reap" : state_word(THREAD_ZOMBIE),
		      model_state_cnt(d->m, THREAD_ZOMBIE));
	canvas_printf(d->c, d->l.reap_row + 1, b->col + 2, STYLE_DIM, "%s %zu", gone_word(),
		      model_state_cnt(d->m, THREAD_DEAD));
	draw_names(d, THREAD_ZOMBIE, &zombies, NAME_COLS);
	draw_names(d, THREAD_DEAD, &dead, NAME_COLS);
}

static void draw_arrow(struct diagram *d, enum arrow arrow)
{
	static const char *const idle[ARROW_CNT] = {
		[ARROW_PREEMPT] = "preempt, yield",
		[ARROW_BLOCK] = "block",
		[ARROW_WAKE] = "wake",
		[ARROW_REAP] = "reap",
	};
	const struct transition *x = &d->taken[arrow];
	struct strbuf label = {};

	if (x->tid)
		diagram_label(d->m, x, &label);
	else
		strbuf_adds(&label, idle[arrow] ? idle[arrow] : "");
	diagram_draw_arrow(d->c, &d->l, arrow, x->tid, strbuf_str(&label));
	strbuf_release(&label);
}

static void draw_arrows(struct diagram *d)
{
	bool is_yield = d->taken[ARROW_YIELD].tid;

	draw_arrow(d, ARROW_ADMIT);
	draw_arrow(d, ARROW_DISPATCH);
	draw_arrow(d, ARROW_EXIT);
	draw_arrow(d, is_yield ? ARROW_YIELD : ARROW_PREEMPT);
	draw_arrow(d, ARROW_BLOCK);
	draw_arrow(d, ARROW_WAKE);
	draw_arrow(d, ARROW_REAP);
}

/* States the textbook has no box for. */
static void draw_others(struct diagram *d, int row)
{
	static const enum thread_state others[] = { THREAD_STOPPED, THREAD_UNKNOWN };
	int col = 1;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t cnt = model_state_cnt(d->m, others[i]);

		if (cnt)
			col = canvas_printf(d->c, row, col, theme_state_style(others[i]),
					    "%s %zu: %s", state_word(others[i]), cnt,
					    thread_state_help(others[i])) +
			      2;
	}
}

/* Where there is no room for boxes: a row for each state. */
static void draw_list(struct diagram *d)
{
	int row = 0;

	for (int s = 0; s < THREAD_STATE_CNT; s++) {
		struct diagram_box in = { row, LIST_STATE_COLS, 1, d->c->cols - LIST_STATE_COLS };

		if (s == THREAD_UNKNOWN && !model_state_cnt(d->m, s))
			continue;
		canvas_printf(d->c, row, 1, theme_state_style(s), "%s %zu", state_word(s),
			      model_state_cnt(d->m, s));
		draw_names(d, s, &in, LIST_COLS);
		row++;
	}
}

static void diagram_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct diagram d = { .ui = ui, .m = ui_model(ui), .c = c, .st = v->state };

	d.st->hit_cnt = 0;
	if (c->rows < DIAGRAM_ROWS_MIN || c->cols < DIAGRAM_COLS_MIN) {
		draw_list(&d);
		return;
	}
	diagram_lay_out(c->rows, c->cols, &d.l);
	find_taken(&d);
	draw_state(&d, THREAD_NEW, &d.l.fresh);
	draw_state(&d, THREAD_READY, &d.l.ready);
	draw_state(&d, THREAD_RUNNING, &d.l.running);
	draw_state(&d, THREAD_BLOCKED, &d.l.blocked);
	draw_terminated(&d);
	draw_arrows(&d);
	draw_others(&d, c->rows - 1);
}

static bool diagram_click(struct view *v, struct ui *ui, int row, int col)
{
	const struct diagram_state *st = v->state;

	for (int i = 0; i < st->hit_cnt; i++) {
		const struct hit *h = &st->hits[i];

		if (row != h->row || col < h->col || col >= h->col + h->cols)
			continue;
		ui_select_tid(ui, h->tid);
		return true;
	}
	return false;
}

const struct view_ops view_diagram = {
	.name = "diagram",
	.state_sz = sizeof(struct diagram_state),
	.draw = diagram_draw,
	.click = diagram_click,
};
