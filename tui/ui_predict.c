/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens next? Asked before each step, and answered by it: the audience predicts.
 *
 * A step of a kind then goes to the moment before its event. What comes next is not to be seen
 * there until the step is made.
 */
#include <stdio.h>

#include "tui/ui_private.h"

static bool is_asked(const struct ui *ui)
{
	const struct ui_predict *p = &ui->predict;

	return p->is_asked && ui->mode == UI_PAUSED && ui_event(ui) == p->event;
}

void ui_predict_toggle(struct ui *ui)
{
	ui->predict = (struct ui_predict){ .is_on = !ui->predict.is_on };
	ui_message(ui, ui->predict.is_on ? "each step forward asks first; again, or x, shows it"
					 : "steps show at once what happens");
}

bool ui_predict_reveal(struct ui *ui)
{
	if (!is_asked(ui))
		return false;
	ui->predict.is_asked = false;
	ui_seek_event(ui, ui->predict.event + 1);
	return true;
}

bool ui_predict_again(struct ui *ui, enum hunt_kind kind)
{
	return ui->predict.kind == kind && ui_predict_reveal(ui);
}

bool ui_predict_ask(struct ui *ui, enum hunt_kind kind, __u64 event)
{
	if (!ui->predict.is_on || kind == HUNT_MARK)
		return false;
	if (ui_event(ui) != event) /* else it is asked at this very moment, with its note */
		ui_seek_event(ui, event);
	ui->predict.kind = kind;
	ui->predict.event = event;
	ui->predict.is_asked = true;
	return true;
}

bool ui_predict_is_on(const struct ui *ui)
{
	return ui->predict.is_on;
}

const char *ui_predict_question(const struct ui *ui)
{
	static const char *const questions[] = {
		[HUNT_NONE] = "What happens next?",
		[HUNT_STATE] = "What becomes of the selected thread next?",
		[HUNT_MARK] = "",
		[HUNT_BLOCK] = "Which thread blocks next, and on what?",
		[HUNT_HANDOFF] = "Who hands a lock on next, and to whom?",
		[HUNT_EDGE] = "How does it change next who waits for whom?",
		[HUNT_ALARM] = "How does it come to a standstill?",
	};

	return is_asked(ui) ? questions[ui->predict.kind] : NULL;
}
