/* SPDX-License-Identifier: GPL-2.0-only */
/* The note at a marker, and what is asked before a step: for the last row of a lecture hall. */
#include "tui/head.h"
#include "tui/wrap.h"

enum { PART = 3 /* of the screen, at most */ };

/* The lines of the note; an answer is there only when it was revealed. */
static void note_text(const struct annotation *note, struct strbuf *ret)
{
	if (note->is_chapter)
		strbuf_adds(ret, "CHAPTER ");
	strbuf_adds(ret, note->text);
	if (!note->question)
		return;
	strbuf_addf(ret, "%sQUESTION %s", ret->len ? "  " : "", note->question);
	if (!note->is_revealed)
		strbuf_adds(ret, "  (x shows what comes next)");
	else if (note->answer)
		strbuf_addf(ret, "  ANSWER %s", note->answer);
}

/* All that is told here; empty: nothing is. */
static void lecture_text(const struct ui *ui, struct strbuf *ret)
{
	const struct annotation *note = ui_note_here(ui);
	const char *question = ui_predict_question(ui);

	if (note)
		note_text(note, ret);
	if (question)
		strbuf_addf(ret, "%sPREDICT %s  (x shows it)", ret->len ? "  " : "", question);
}

int head_note_rows(const struct ui *ui, int rows, int cols)
{
	struct strbuf text = {};
	int cnt = 0;

	lecture_text(ui, &text);
	if (text.len || ui_note_here(ui))
		cnt = wrap_rows(strbuf_str(&text), cols - 4);
	strbuf_release(&text);
	return cnt < rows / PART ? cnt : rows / PART;
}

void head_draw_note(const struct ui *ui, struct canvas *c)
{
	struct canvas inner = canvas_sub(c, 0, 2, -1, c->cols - 4);
	struct strbuf text = {};

	for (int row = 0; row < c->rows; row++)
		canvas_blank(c, row, 0, -1, STYLE_CURSOR);
	lecture_text(ui, &text);
	wrap_draw(&inner, 0, STYLE_CURSOR, strbuf_str(&text));
	strbuf_release(&text);
}
