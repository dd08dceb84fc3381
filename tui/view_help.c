/* SPDX-License-Identifier: GPL-2.0-only */
/* Help: the keys, the states and the reasons, each from its one list. */
#include <stdio.h>

#include "model/state.h"
#include "tui/ui.h"
#include "tui/state_words.h"

enum { KEY_COLS = 16, WORD_COLS = 12, SCROLL_PAGE = 10 };

struct help_state {
	int top;
};

/* Draws line after line; those above top and below the canvas are only counted. */
struct help_page {
	struct canvas *c;
	int top, line;
};

static void help_title(struct help_page *p, const char *title)
{
	if (p->line > 0)
		p->line++;
	canvas_puts(p->c, p->line++ - p->top, 1, STYLE_HEADING, title);
}

static void help_line(struct help_page *p, unsigned style, int cols, const char *word,
		      const char *text)
{
	int row = p->line++ - p->top;

	canvas_puts(p->c, row, 2, style, word);
	canvas_puts(p->c, row, 2 + cols, STYLE_NORMAL, text);
}

static void help_keys(struct help_page *p)
{
	const struct key_info *key;

	for (int group = 0; group < KEY_GROUP_CNT; group++) {
		help_title(p, key_group_title(group));
		for (size_t i = 0; (key = keymap_at(i)); i++) {
			if ((int)key->group == group)
				help_line(p, STYLE_BOLD, KEY_COLS, key->shown, key->help);
		}
	}
	help_line(p, STYLE_BOLD, KEY_COLS, "mouse", "a click selects, the wheel scrolls");
}

static void help_states(struct help_page *p)
{
	help_title(p, "States of a thread");
	for (int s = 0; s < THREAD_STATE_CNT; s++) {
		int row = p->line - p->top;

		help_line(p, theme_state_style(s), WORD_COLS, "", thread_state_help(s));
		canvas_printf(p->c, row, 2, theme_state_style(s), "%c %s", state_letter(s),
			      state_word(s));
	}
}

static void help_reasons(struct help_page *p)
{
	char title[64];

	snprintf(title, sizeof(title), "What a %s thread waits for", state_word(THREAD_BLOCKED));
	help_title(p, title);
	for (int r = 0; r < WAIT_REASON_CNT; r++)
		help_line(p, STYLE_BLOCKED, WORD_COLS, wait_reason_word(r), wait_reason_help(r));
	help_title(p, "In the list");
	help_line(p, STYLE_BOLD, KEY_COLS, "mutex@72a0<phil",
		  "a mutex, the end of its address, its holder");
	help_line(p, STYLE_BOLD, KEY_COLS, "woken", "Ready: was blocked until somebody woke it");
	help_line(p, STYLE_BOLD, KEY_COLS, "preempted",
		  "Ready: the kernel gave its CPU to another");
	help_line(p, STYLE_ALARM, KEY_COLS, "12 LOST", "events were lost: states may be Unknown");
}

static int help_lines(struct canvas *c, int top)
{
	struct help_page p = { .c = c, .top = top };

	help_keys(&p);
	help_states(&p);
	help_reasons(&p);
	return p.line;
}

static void help_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct help_state *st = v->state;
	struct canvas nothing = canvas_sub(c, 0, 0, 0, 0), lines = *c;
	int max_top = help_lines(&nothing, 0) - c->rows;

	(void)ui;
	if (st->top > max_top)
		st->top = max_top;
	if (st->top < 0)
		st->top = 0;
	if (st->top < max_top)
		lines.rows--;
	help_lines(&lines, st->top);
	if (st->top < max_top)
		canvas_puts(c, c->rows - 1, 2, STYLE_DIM, "more: j, PgDn");
	canvas_set_cursor(c, 0, 0);
}

static bool help_act(struct view *v, struct ui *ui, enum ui_action action)
{
	struct help_state *st = v->state;

	(void)ui;
	switch (action) {
	case ACT_UP:
		st->top--;
		return true;
	case ACT_DOWN:
		st->top++;
		return true;
	case ACT_PAGE_UP:
		st->top -= SCROLL_PAGE;
		return true;
	case ACT_PAGE_DOWN:
		st->top += SCROLL_PAGE;
		return true;
	case ACT_FIRST:
		st->top = 0;
		return true;
	default:
		return false;
	}
}

const struct view_ops view_help = {
	.name = "help",
	.state_sz = sizeof(struct help_state),
	.draw = help_draw,
	.act = help_act,
};
