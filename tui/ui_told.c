/* SPDX-License-Identifier: GPL-2.0-only */
/* What the event did that happened last: read once, shown by several. */
#include "tui/sentence.h"
#include "tui/ui_private.h"

static void told_narrate(struct ui_told *told, const struct model *after, struct strbuf *text)
{
	for (size_t i = 0; i < told->cnt; i++) {
		strbuf_adds(text, i ? "; " : "");
		transition_narrate(after, &told->steps[i], text);
	}
}

/* Read event n - 1: its words need the state before it, its arrows that behind it, too. */
static void told_read(struct ui *ui, __u64 n)
{
	struct thread_before before[TRANSITIONS_MAX];
	struct strbuf sentence = {};
	const struct ev_hdr *ev;

	ui->told = (struct ui_told){ .event = n };
	strbuf_reset(&ui->told_text);
	ui->told.text = "";
	if (n <= trace_first_event(ui->trace) || cursor_seek_event(ui->tell, n - 1) < 0)
		return;
	ev = cursor_peek(ui->tell);
	if (!ev)
		return;
	ui->told.kind = ev->kind;
	transition_before(cursor_model(ui->tell), ev, before);
	event_sentence(cursor_model(ui->tell), ev, &sentence);
	ev = cursor_next(ui->tell);
	ui->told.cnt = transition_after(before, cursor_model(ui->tell), ev, ui->told.steps);
	if (ui->told.cnt)
		told_narrate(&ui->told, cursor_model(ui->tell), &ui->told_text);
	else
		strbuf_adds(&ui->told_text, strbuf_str(&sentence));
	ui->told.text = strbuf_str(&ui->told_text);
	strbuf_release(&sentence);
}

const struct ui_told *ui_told(const struct ui *ui)
{
	struct ui *cache = (struct ui *)ui; /* a cache: the answer is the same */
	__u64 n = ui_event(ui);

	if (!ui->told.text || ui->told.event != n)
		told_read(cache, n);
	return &ui->told;
}
