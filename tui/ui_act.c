/* SPDX-License-Identifier: GPL-2.0-only */
/* What each action does. The view that is shown is asked first. */
#include "tui/ui_private.h"

#define MAIN_VIEW VIEW_threads

void ui_show(struct ui *ui, enum ui_view view)
{
	if (view == VIEW_notes && ui->view != VIEW_notes)
		ui->notes_from = ui->view;
	ui->view = view;
	ui->is_large = false;
	ui->details_top = 0;
	ui_touch(ui);
}

/* Large details are what pages are of, for a chain may be long. */
static bool act_details_page(struct ui *ui, int dir)
{
	if (ui->view != MAIN_VIEW || !ui->is_large)
		return false;
	if (dir > 0 && ui->details_is_cut)
		ui->details_top += ui->details_page;
	else if (dir < 0 && ui->details_top > ui->details_page)
		ui->details_top -= ui->details_page;
	else if (dir < 0)
		ui->details_top = 0;
	return true;
}

/* The key of a view shows it, and pressed again goes back. */
static bool act_view(struct ui *ui, enum ui_action action)
{
	static const enum ui_action shown_by[VIEW_CNT] = {
#define VIEW_ACTION(name, act) [VIEW_##name] = (act),
		VIEWS(VIEW_ACTION)
#undef VIEW_ACTION
	};

	for (int i = 0; i < VIEW_CNT; i++) {
		if (shown_by[i] != action)
			continue;
		ui_forget_jumps(ui);
		ui_show(ui, ui->view == (enum ui_view)i ? MAIN_VIEW : (enum ui_view)i);
		return true;
	}
	return false;
}

static void act_back(struct ui *ui)
{
	if (ui_jump_back(ui))
		return;
	if (ui->view != MAIN_VIEW || ui->is_large) {
		ui_show(ui, MAIN_VIEW);
	} else if (ui->filter[0]) {
		ui->filter[0] = '\0';
		ui->rows_are_stale = true;
	} else {
		ui->search[0] = '\0';
	}
	ui_touch(ui);
}

static void act_jump(struct ui *ui, int dir)
{
	__u64 step_ns = ui->hold.unit * (__u64)ui->hold.cnt / 10;
	__u64 now_ns = ui_now_ns(ui);

	if (dir > 0)
		ui_seek_time(ui, now_ns + step_ns);
	else
		ui_seek_time(ui, now_ns > step_ns ? now_ns - step_ns : 0);
}

static void act_ended(struct ui *ui)
{
	ui->ended = ui->ended == ENDED_HIDDEN ? ENDED_SHOWN : ENDED_HIDDEN;
	ui_message(ui, "threads that have ended are %s",
		   ui->ended == ENDED_SHOWN ? "shown" : "hidden");
	ui->rows_are_stale = true;
}

static void act_search(struct ui *ui, int dir)
{
	if (!ui->search[0])
		ui_message(ui, "nothing to search for: / begins a search");
	else if (!ui_search_step(ui, ui->selected_tid, dir))
		ui_message(ui, "no thread of this moment matches \"%.200s\"", ui->search);
}

/* What is on the screen, as a report; followed, up to this very moment. */
static void act_save(struct ui *ui)
{
	struct ui_moment at = {
		.model = ui_model(ui),
		.verdict = ui_verdict(ui),
		.now_ns = ui_now_ns(ui),
	};
	struct strbuf told = {};

	if (!ui->save) {
		ui_message(ui, "no reports here");
		return;
	}
	if (ui_event(ui) < trace_event_cnt(ui->trace))
		at.last = trace_tail(ui->trace);
	ui->save(ui->save_arg, &at, &told);
	ui_message(ui, "%s", strbuf_str(&told));
	strbuf_release(&told);
}

static void act_record(struct ui *ui)
{
	struct strbuf notes = {}, told = {};

	if (!ui->record) {
		ui_message(ui, "this is a recording already");
		return;
	}
	ui_print_notes(ui, &notes);
	ui->record(ui->record_arg, strbuf_str(&notes), &told);
	if (told.len) /* else a message of its own was given */
		ui_message(ui, "%s", strbuf_str(&told));
	strbuf_release(&notes);
	strbuf_release(&told);
}

static enum ui_result act_interrupt(struct ui *ui, bool was_interrupted)
{
	if (was_interrupted)
		return UI_QUIT;
	ui->is_interrupted = true;
	ui_message(ui, "Ctrl-C again quits");
	return UI_OK;
}

static bool act_hunt(struct ui *ui, enum ui_action action)
{
	static const struct {
		enum ui_action next, prev;
		enum hunt_kind kind;
	} hunts[] = {
		{ ACT_STATE_NEXT, ACT_STATE_PREV, HUNT_STATE },
		{ ACT_MARK_NEXT, ACT_MARK_PREV, HUNT_MARK },
		{ ACT_BLOCK_NEXT, ACT_BLOCK_PREV, HUNT_BLOCK },
		{ ACT_HANDOFF_NEXT, ACT_HANDOFF_PREV, HUNT_HANDOFF },
		{ ACT_EDGE_NEXT, ACT_EDGE_PREV, HUNT_EDGE },
		{ ACT_ALARM_NEXT, ACT_ALARM_PREV, HUNT_ALARM },
	};

	for (size_t i = 0; i < sizeof(hunts) / sizeof(hunts[0]); i++) {
		if (action != hunts[i].next && action != hunts[i].prev)
			continue;
		ui_hunt_begin(ui, hunts[i].kind, action == hunts[i].prev);
		return true;
	}
	return false;
}

/* How time passes by itself, and where it stops. */
static bool act_play(struct ui *ui, enum ui_action action)
{
	switch (action) {
	case ACT_PAUSE:
		ui_play_toggle(ui);
		return true;
	case ACT_SLOWER:
	case ACT_FASTER:
		ui_play_speed(ui, action == ACT_FASTER ? 1 : -1);
		return true;
	case ACT_BACKWARDS:
		ui_play_turn(ui);
		return true;
	case ACT_STOPS:
		ui_toggle_stops(ui);
		return true;
	case ACT_PREDICT:
		ui_predict_toggle(ui);
		return true;
	case ACT_REVEAL:
		ui_reveal(ui);
		return true;
	case ACT_NOTE_VIEW:
		ui_note_view(ui);
		return true;
	case ACT_IDLE:
		ui_play_idle(ui);
		return true;
	default:
		return false;
	}
}

/* Where in time the view goes, and how much of it is shown. */
static bool act_time(struct ui *ui, enum ui_action action)
{
	switch (action) {
	case ACT_STEP_NEXT:
	case ACT_STEP_PREV:
		ui_step(ui, action == ACT_STEP_PREV);
		return true;
	case ACT_CAUSE_NEXT:
	case ACT_CAUSE_PREV:
		ui_go_step(ui, action == ACT_CAUSE_PREV);
		return true;
	case ACT_JUMP_NEXT:
	case ACT_JUMP_PREV:
		act_jump(ui, action == ACT_JUMP_NEXT ? 1 : -1);
		return true;
	case ACT_FIRST:
		ui_first(ui);
		return true;
	case ACT_LAST:
		ui_last(ui);
		return true;
	case ACT_ZOOM_IN:
	case ACT_ZOOM_OUT:
		ui_zoom(ui, action == ACT_ZOOM_OUT ? 1 : -1);
		return true;
	case ACT_ZOOM_FIT:
		ui_zoom_fit(ui);
		return true;
	default:
		return false;
	}
}

/* A row that several share: each gets its own. */
static bool unfold_selected(struct ui *ui)
{
	int at = ui_selected_row(ui);
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);

	if (at < 0 || !rows[at].fold_cnt)
		return false;
	ui_unfold(ui, rows[at].thread);
	ui->is_fold_selected = false;
	ui_message(ui, "unfolded; z folds them again");
	return true;
}

static bool act_move(struct ui *ui, enum ui_action action)
{
	int page = ui->list_height > 1 ? ui->list_height - 1 : 1;

	switch (action) {
	case ACT_UP:
		ui_move(ui, -1);
		return true;
	case ACT_DOWN:
		ui_move(ui, 1);
		return true;
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN:
		if (!act_details_page(ui, action == ACT_PAGE_DOWN ? 1 : -1))
			ui_move(ui, action == ACT_PAGE_DOWN ? page : -page);
		return true;
	case ACT_FOLD:
		ui_toggle_folds(ui);
		return true;
	case ACT_ENTER:
		if (unfold_selected(ui))
			return true;
		ui_forget_jumps(ui);
		ui_show(ui, MAIN_VIEW);
		ui->is_large = true;
		return true;
	case ACT_BACK:
		act_back(ui);
		return true;
	case ACT_ENDED:
		act_ended(ui);
		return true;
	case ACT_SEARCH_NEXT:
	case ACT_SEARCH_PREV:
		act_search(ui, action == ACT_SEARCH_NEXT ? 1 : -1);
		return true;
	default:
		return false;
	}
}

static bool act_prompt(struct ui *ui, enum ui_action action)
{
	switch (action) {
	case ACT_GOTO:
		ui_prompt_open(ui, PROMPT_GOTO);
		return true;
	case ACT_SEARCH:
		ui_prompt_open(ui, PROMPT_SEARCH);
		return true;
	case ACT_FILTER:
		ui_prompt_open(ui, PROMPT_FILTER);
		return true;
	case ACT_MARK:
		ui_prompt_open(ui, PROMPT_MARK);
		return true;
	default:
		return false;
	}
}

static bool view_act(struct ui *ui, enum ui_view view, enum ui_action action)
{
	struct view *v = &ui->views[view];

	return v->ops->act && v->ops->act(v, ui, action);
}

static bool act_in_view(struct ui *ui, enum ui_action action)
{
	if (view_act(ui, ui->view, action))
		return true;
	return ui->view == MAIN_VIEW && view_act(ui, VIEW_timeline, action);
}

enum ui_result ui_act(struct ui *ui, enum ui_action action)
{
	bool was_interrupted = ui->is_interrupted;

	ui->message[0] = '\0';
	ui->is_interrupted = false;
	ui->hunt.kind = HUNT_NONE;
	ui_touch(ui);
	switch (action) {
	case ACT_QUIT:
		return UI_QUIT;
	case ACT_INTERRUPT:
		return act_interrupt(ui, was_interrupted);
	case ACT_SUSPEND:
		return UI_SUSPEND;
	case ACT_REDRAW:
		return UI_REDRAW;
	case ACT_SAVE:
		act_save(ui);
		return UI_OK;
	case ACT_RECORD:
		act_record(ui);
		return UI_OK;
	case ACT_VIEW_NEXT:
		ui_forget_jumps(ui);
		ui_show(ui, (ui->view + 1) % VIEW_CNT);
		return UI_OK;
	case ACT_VIEW_PREV:
		ui_forget_jumps(ui);
		ui_show(ui, (ui->view + VIEW_CNT - 1) % VIEW_CNT);
		return UI_OK;
	default:
		break;
	}
	if (act_in_view(ui, action))
		return UI_OK;
	if (!ui_jump(ui, action) && !act_hunt(ui, action) && !act_play(ui, action) &&
	    !act_time(ui, action) && !act_move(ui, action) && !act_prompt(ui, action))
		act_view(ui, action);
	return UI_OK;
}

enum ui_result ui_key(struct ui *ui, uint32_t key)
{
	if (ui->prompt != PROMPT_NONE && ui_prompt_key(ui, key))
		return UI_OK;
	return ui_act(ui, keymap_action(key));
}

void ui_click(struct ui *ui, int row, int col)
{
	const struct {
		enum ui_view view;
		const struct canvas *area;
	} areas[] = {
		{ ui->view, &ui->body },
		{ VIEW_threads, &ui->list },
		{ VIEW_timeline, &ui->strip },
	};

	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		const struct canvas *a = areas[i].area;
		struct view *v = &ui->views[areas[i].view];

		if (row < a->row || row >= a->row + a->rows || col < a->col ||
		    col >= a->col + a->cols || !v->ops->click)
			continue;
		v->ops->click(v, ui, row - a->row, col - a->col);
		ui_touch(ui);
		return;
	}
}

void ui_scroll(struct ui *ui, int lines)
{
	enum ui_action action = lines > 0 ? ACT_DOWN : ACT_UP;

	for (int i = lines > 0 ? lines : -lines; i > 0; i--)
		ui_act(ui, action);
}
