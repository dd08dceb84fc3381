/* SPDX-License-Identifier: GPL-2.0-only */
/* The narration: what the event did that happened last, for those who look on. */
#include "tui/head.h"
#include "tui/ui_private.h"
#include "tui/wrap.h"

enum {
	ONE_ROW_MIN = 14, /* a lower screen needs its rows for other things */
	TWO_ROWS_MIN = 30,
	LONG_COLS = 120, /* so wide one row holds nearly all there is to say */
};

int head_narration_rows(const struct ui *ui, int rows, int cols)
{
	bool is_diagram = ui->view == VIEW_diagram;

	if (rows < ONE_ROW_MIN || (ui_is_following(ui) && !is_diagram))
		return 0;
	return cols < LONG_COLS && (is_diagram || rows >= TWO_ROWS_MIN) ? 2 : 1;
}

void head_draw_narration(const struct ui *ui, struct canvas *c)
{
	const struct ui_told *told = ui_told(ui);
	struct canvas inner = canvas_sub(c, 0, 1, -1, c->cols - 2);
	struct strbuf text = {};

	if (told->text[0])
		strbuf_addf(&text, "#%llu %s", (unsigned long long)told->event - 1, told->text);
	else
		strbuf_adds(&text, "before the first event");
	wrap_draw(&inner, 0, STYLE_BOLD, strbuf_str(&text));
	strbuf_release(&text);
}
