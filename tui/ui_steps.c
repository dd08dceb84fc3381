/* SPDX-License-Identifier: GPL-2.0-only */
/* From a deadlock to each step that led to it, and on. */
#include "tui/steps.h"
#include "tui/ui_private.h"

static bool is_alarm(const struct verdict *v)
{
	return v->suspect == VERDICT_DEADLOCK || v->suspect == VERDICT_STALL;
}

/*
 * Those of the deadlock that is shown; where none is shown of the one they were of before,
 * for one goes from step to step, and most are earlier; else of the one at the end.
 */
static void refresh(struct ui *ui)
{
	const struct model *m = ui_model(ui);
	struct verdict v = *ui_verdict(ui);

	if (!is_alarm(&v) && !ui->steps.cnt) {
		m = trace_tail(ui->trace);
		verdict_find(m, &v);
	}
	if (!is_alarm(&v) ||
	    (ui->steps.cnt && ui->steps.closed_ns == v.at_ns && ui->steps.tid == v.cycle[0].tid))
		return;
	steps_find(ui->scan, m, trace_tail(ui->trace), &v, &ui->steps);
}

static const struct step *next_step(const struct ui *ui, bool is_back)
{
	const struct steps *all = &ui->steps;
	__u64 event = ui_event(ui);

	for (size_t i = 0; i < all->cnt; i++) {
		const struct step *s = &all->items[is_back ? all->cnt - 1 - i : i];

		if (is_back ? s->event < event : s->event > event)
			return s;
	}
	return NULL;
}

/* Who and what it is about is selected, so that each view shows it. */
static void show_step(struct ui *ui, const struct step *s)
{
	const struct lock *l;

	ui_seek_event(ui, s->event);
	l = s->lock_address ? model_find_lock(ui_model(ui), s->lock_pid, s->lock_address) : NULL;
	if (l)
		ui_select_lock(ui, l);
	if (s->tid)
		ui_select_tid(ui, s->tid);
	ui_message(ui, "%zu of %zu: %s%s", s - ui->steps.items + 1, ui->steps.cnt, s->text,
		   s->closes ? "; with this it closed" : "");
}

void ui_go_step(struct ui *ui, bool is_back)
{
	const struct step *s;

	refresh(ui);
	s = next_step(ui, is_back);
	if (!ui->steps.cnt)
		ui_message(ui, "no deadlock is known of here; a and A look for one");
	else if (!s)
		ui_message(ui, is_back ? "this is how the deadlock began"
				       : "there is no later step to the deadlock");
	else if (s->at_ns > ui_horizon_ns(ui))
		ui_message(ui, "the question comes first: x shows what comes next");
	else
		show_step(ui, s);
}
