/* SPDX-License-Identifier: GPL-2.0-only */
/* What the program wrote to its terminal, as text: the last lines, scrolled back on request. */
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/safe_text.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "tui/ui.h"

enum { TAB_COLS = 8, SCROLL_PAGE = 10, ESC = 0x1b };

struct output_state {
	int back; /* rows scrolled back from the end */
};

/* The bytes of text that one row of the screen shows. */
struct output_row {
	const char *text;
	size_t len;
};

struct output_rows {
	VEC(struct output_row) v;
};

/*
 * Length of the escape sequence at p: CSI with its parameters, OSC up to its end,
 * or two bytes (ECMA-48, 5.3 and 5.4). Programs colour their output; as text that
 * is noise.
 */
static size_t escape_len(const char *p, size_t len)
{
	size_t i = 2;

	if (len < 2)
		return len;
	if (p[1] == '[') {
		while (i < len && (p[i] < 0x40 || p[i] > 0x7e))
			i++;
		return i < len ? i + 1 : len;
	}
	if (p[1] == ']') {
		while (i < len && p[i] != '\a' && p[i] != ESC)
			i++;
		return i < len && p[i] == '\a' ? i + 1 : i;
	}
	return 2;
}

static void add_tab(struct strbuf *line)
{
	do {
		strbuf_addch(line, ' ');
	} while (text_width(strbuf_str(line)) % TAB_COLS);
}

/* One line of raw output as safe text. What stands before a carriage return was overwritten. */
static void clean_line(const char *raw, size_t len, struct strbuf *ret)
{
	struct strbuf line = {};

	for (size_t i = 0; i < len; i++) {
		if (raw[i] == ESC)
			i += escape_len(raw + i, len - i) - 1;
		else if (raw[i] == '\r' && i + 1 < len)
			strbuf_reset(&line);
		else if (raw[i] == '\t')
			add_tab(&line);
		else if (raw[i] == '\b' && line.len)
			line.data[--line.len] = '\0';
		else if (raw[i] && raw[i] != '\r' && raw[i] != '\a' && raw[i] != '\b')
			strbuf_addch(&line, raw[i]);
	}
	if (line.len)
		line.len = safe_text(line.data, line.len + 1, line.data, line.len);
	strbuf_adds(ret, strbuf_str(&line));
	strbuf_addch(ret, '\n');
	strbuf_release(&line);
}

static void clean_output(const char *raw, size_t len, struct strbuf *ret)
{
	while (len > 0) {
		const char *nl = memchr(raw, '\n', len);
		size_t line_len = nl ? (size_t)(nl - raw) : len;

		clean_line(raw, line_len, ret);
		line_len += nl ? 1 : 0;
		raw += line_len;
		len -= line_len;
	}
}

/* Lines longer than the screen go on in the next row. */
static void split_rows(const char *text, int cols, struct output_rows *ret)
{
	while (*text) {
		const char *p = text;
		int col = 0;

		while (*p && *p != '\n') {
			const char *here = p;

			col += utf8_width(utf8_next(&p));
			if (col > cols && here > text) {
				p = here;
				break;
			}
		}
		vec_push(&ret->v, (struct output_row){ text, (size_t)(p - text) });
		text = *p == '\n' ? p + 1 : p;
	}
}

static void draw_row(struct canvas *c, int row, const struct output_row *r)
{
	struct strbuf line = {};

	strbuf_add(&line, r->text, r->len);
	canvas_puts(c, row, 1, STYLE_NORMAL, strbuf_str(&line));
	strbuf_release(&line);
}

static void draw_title(struct canvas *c, const struct model *m, size_t shown, int back)
{
	char total[FMT_SZ];

	fmt_count(total, sizeof(total), model_output_total(m));
	if (model_output_total(m) > shown)
		canvas_printf(c, 0, 1, STYLE_DIM, "%s bytes, the last %zu are kept%s", total, shown,
			      back ? " (scrolled back)" : "");
	else
		canvas_printf(c, 0, 1, STYLE_DIM, "%s bytes%s", total,
			      back ? " (scrolled back)" : "");
}

static void output_draw(struct view *v, const struct ui *ui, struct canvas *c)
{
	struct output_state *st = v->state;
	struct output_rows rows = {};
	struct strbuf text = {};
	size_t len;
	const char *raw = model_output(ui_model(ui), &len);
	int height = c->rows - 1, first;

	draw_title(c, ui_model(ui), len, st->back);
	clean_output(raw, len, &text);
	split_rows(strbuf_str(&text), c->cols > 2 ? c->cols - 1 : 1, &rows);
	if (st->back > (int)rows.v.cnt - height)
		st->back = (int)rows.v.cnt > height ? (int)rows.v.cnt - height : 0;
	first = (int)rows.v.cnt - height - st->back;
	for (int i = first > 0 ? first : 0; i < (int)rows.v.cnt; i++)
		draw_row(c, 1 + i - (first > 0 ? first : 0), &rows.v.items[i]);
	if (!rows.v.cnt)
		canvas_puts(c, 1, 1, STYLE_DIM, "Nothing was printed up to this time.");
	canvas_set_cursor(c, c->rows - 1, 0);
	vec_release(&rows.v);
	strbuf_release(&text);
}

static bool output_act(struct view *v, struct ui *ui, enum ui_action action)
{
	struct output_state *st = v->state;

	(void)ui;
	switch (action) {
	case ACT_UP:
		st->back++;
		return true;
	case ACT_DOWN:
		st->back--;
		break;
	case ACT_PAGE_UP:
		st->back += SCROLL_PAGE;
		return true;
	case ACT_PAGE_DOWN:
		st->back -= SCROLL_PAGE;
		break;
	default:
		return false;
	}
	if (st->back < 0)
		st->back = 0;
	return true;
}

const struct view_ops view_output = {
	.name = "output",
	.state_sz = sizeof(struct output_state),
	.draw = output_draw,
	.act = output_act,
};
