/* SPDX-License-Identifier: GPL-2.0-only */
/* Sentences over several rows, broken between words. */
#include "tui/wrap.h"

#include <string.h>

#include "base/utf8.h"

/*
 * The bytes of text that go into one row; *next is where the following row
 * begins, NULL when there is none. A word longer than the row is cut.
 */
static size_t row_len(const char *text, int cols, const char **next)
{
	const char *p = text, *last_blank = NULL;
	int col = 0;

	while (*p) {
		const char *here = p;
		uint32_t ch = utf8_next(&p);

		if (ch == ' ')
			last_blank = here;
		col += utf8_width(ch);
		if (col <= cols)
			continue;
		if (last_blank && last_blank > text) {
			*next = last_blank + strspn(last_blank, " ");
			return (size_t)(last_blank - text);
		}
		*next = here > text ? here : p;
		return (size_t)(*next - text);
	}
	*next = NULL;
	return (size_t)(p - text);
}

int wrap_rows(const char *text, int cols)
{
	int rows = 0;

	if (!*text)
		return 0;
	if (cols < 1)
		cols = 1;
	for (; text; rows++)
		row_len(text, cols, &text);
	return rows;
}

int wrap_draw(struct canvas *c, int row, unsigned style, const char *text)
{
	struct strbuf line = {};

	while (text && *text && row < c->rows) {
		const char *next;
		size_t len = row_len(text, c->cols > 0 ? c->cols : 1, &next);

		strbuf_reset(&line);
		strbuf_add(&line, text, len);
		if (next && *next && row == c->rows - 1) {
			canvas_field(c, row, 0, c->cols, style, text);
			row++;
			break;
		}
		canvas_puts(c, row++, 0, style, strbuf_str(&line));
		text = next;
	}
	strbuf_release(&line);
	return row;
}
