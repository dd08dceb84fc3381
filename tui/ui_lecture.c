/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A lecture on the screen: markers with notes, chapters and questions, and what each of
 * them shows. They come from the recording and go back into it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/xalloc.h"
#include "trace/timeline.h"
#include "tui/ui_private.h"

void ui_lecture_init(struct ui *ui, const char *notes)
{
	struct strbuf why = {};
	unsigned line = annotations_parse(notes ? notes : "", ui_begin_ns(ui), &ui->notes, &why);

	if (line) {
		ui_message(ui, "the notes are damaged (line %u: %.100s); they stay as they are",
			   line, strbuf_str(&why));
		ui->annotate = NULL;
	} else if (annotations_find_later(&ui->notes)) {
		ui_message(ui, "the notes have words of a later ctrace: these are kept, not shown");
	} else if (ui->notes.items.cnt) {
		ui_message(ui, "%zu notes: ] goes to the next, Space plays up to it",
			   ui->notes.items.cnt);
	}
	strbuf_release(&why);
	ui->stops_at_notes = true;
}

const struct annotations *ui_notes(const struct ui *ui)
{
	return &ui->notes;
}

const struct annotation *ui_note_here(const struct ui *ui)
{
	__u64 now_ns = ui_now_ns(ui);

	if (ui->mode != UI_PAUSED)
		return NULL;
	if (ui->note_idx < ui->notes.items.cnt &&
	    ui->notes.items.items[ui->note_idx].at_ns == now_ns)
		return &ui->notes.items.items[ui->note_idx];
	vec_for_each(note, &ui->notes.items)
		if (note->at_ns == now_ns)
			return note;
	return NULL;
}

__u64 ui_horizon_ns(const struct ui *ui)
{
	__u64 now_ns = ui_now_ns(ui);

	if (ui->mode == UI_FOLLOW)
		return ~0ULL;
	if (ui_predict_is_on(ui) && ui->mode == UI_PAUSED)
		return now_ns;
	vec_for_each(note, &ui->notes.items)
		if (note->question && !note->is_revealed && note->at_ns >= now_ns)
			return note->at_ns;
	return ~0ULL;
}

/* The note here, of ui's own list. */
static struct annotation *note_here(struct ui *ui)
{
	return (struct annotation *)ui_note_here(ui);
}

void ui_reveal(struct ui *ui)
{
	struct annotation *note = note_here(ui);

	if (ui_predict_reveal(ui))
		return;
	if (!note || !note->question)
		ui_message(ui, "no question is asked here");
	else
		note->is_revealed = true;
	ui_touch(ui);
}

static void show_view(struct ui *ui, const char *name)
{
	for (int i = 0; i < VIEW_CNT; i++)
		if (!strcmp(ui->views[i].ops->name, name))
			ui_show(ui, i);
}

static void show_thread(struct ui *ui, const char *name)
{
	const struct model *m = ui_model(ui);

	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);

		if (thread_is_alive(t) && !strcmp(t->name, name)) {
			ui_select_tid(ui, t->tid);
			return;
		}
	}
}

static void show_lock(struct ui *ui, const char *name)
{
	const struct model *m = ui_model(ui);

	for (size_t i = 0; i < model_lock_cnt(m); i++) {
		const struct lock *l = model_lock_at(m, i);
		const char *called = model_lock_name(m, l);

		if (called && !strcmp(called, name)) {
			ui_select_lock(ui, l);
			return;
		}
	}
}

static const char *const lanes_words[] = {
#define LANES_WORD(name) #name,
	UI_LANES(LANES_WORD)
#undef LANES_WORD
};

static void show_lanes(struct ui *ui, const char *name)
{
	for (int i = 0; i < LANES_CNT; i++)
		if (!strcmp(lanes_words[i], name))
			ui->lanes = i;
}

static void show_zoom(struct ui *ui, const char *text)
{
	uint64_t ns;

	if (parse_duration(text, &ns) || !ns)
		return;
	ui->zoom = ZOOM_USER;
	ui->ns_per_col = timeline_round_width(ns);
}

/* A picture of its own: nothing of the one before is in it. */
static void clear_picture(struct ui *ui)
{
	ui->filter[0] = '\0';
	ui->rows_are_stale = true;
	ui->is_selected_by_user = false;
	ui->selected_lock = (struct ui_lock_id){};
	ui->lanes = LANES_threads;
	ui->zoom = ZOOM_AUTO;
	ui->hold = (struct ui_hold){};
}

/* A note that names a view shows what it names; of one that does not the rest stays as it is. */
static void present(struct ui *ui, struct annotation *note)
{
	ui->note_idx = note - ui->notes.items.items;
	note->is_revealed = false;
	if (note->view) {
		clear_picture(ui);
		show_view(ui, note->view);
	}
	if (note->threads) {
		snprintf(ui->filter, sizeof(ui->filter), "%s", note->threads);
		ui->rows_are_stale = true;
	}
	if (note->select)
		show_thread(ui, note->select);
	if (note->lock)
		show_lock(ui, note->lock);
	if (note->lanes)
		show_lanes(ui, note->lanes);
	if (note->zoom)
		show_zoom(ui, note->zoom);
	ui->message[0] = '\0';
	ui_touch_state(ui);
}

static void go_to_note(struct ui *ui, struct annotation *note)
{
	ui_seek_time(ui, note->at_ns);
	present(ui, note);
}

void ui_go_note(struct ui *ui, size_t idx)
{
	ui_forget_jumps(ui);
	if (ui->view == VIEW_notes)
		ui_show(ui, ui->notes_from);
	go_to_note(ui, &ui->notes.items.items[idx]);
}

/* Forward the first note of (from, to], backward the last one of [to, from). */
static struct annotation *note_between(struct ui *ui, __u64 from_ns, __u64 to_ns)
{
	struct annotation *found = NULL;

	vec_for_each(note, &ui->notes.items) {
		if (to_ns >= from_ns && note->at_ns > from_ns && note->at_ns <= to_ns)
			return note;
		if (to_ns < from_ns && note->at_ns >= to_ns && note->at_ns < from_ns)
			found = note;
	}
	return found;
}

bool ui_lecture_stops(struct ui *ui, __u64 from_ns, __u64 to_ns)
{
	struct annotation *note = note_between(ui, from_ns, to_ns);

	if (!note || !(ui->stops_at_notes || note->is_pause || note->question))
		return false;
	go_to_note(ui, note);
	return true;
}

bool ui_lecture_arrive(struct ui *ui, __u64 event, bool is_back)
{
	const struct annotation *here = ui_note_here(ui);
	struct annotation *found = NULL;
	__u64 now_ns = ui_now_ns(ui);

	vec_for_each(note, &ui->notes.items) {
		bool is_before = note->at_ns < now_ns || (here && note < here);

		if (note == here || is_before != is_back || (found && !is_back) ||
		    (!here && note->at_ns == now_ns) ||
		    cursor_seek_time(ui->scan, note->at_ns) < 0 || cursor_event(ui->scan) != event)
			continue;
		found = note;
	}
	if (found)
		go_to_note(ui, found);
	return found;
}

bool ui_lecture_find(struct ui *ui, const char *text)
{
	struct annotation *found = NULL;

	vec_for_each(note, &ui->notes.items) {
		if (!text_contains(note->text, text))
			continue;
		if (note->at_ns > ui_now_ns(ui)) {
			found = note;
			break;
		}
		if (!found)
			found = note;
	}
	if (found)
		go_to_note(ui, found);
	return found;
}

void ui_toggle_stops(struct ui *ui)
{
	ui->stops_at_notes = !ui->stops_at_notes;
	ui_message(ui, ui->stops_at_notes ? "playing stops at each marker"
					  : "playing stops only where a note says so");
}

void ui_print_notes(const struct ui *ui, struct strbuf *ret)
{
	if (ui->notes.items.cnt)
		annotations_print(&ui->notes, ui_begin_ns(ui), ret);
}

/* True when they are, or will be, in the recording; the message says what became of them. */
static bool store(struct ui *ui)
{
	struct strbuf text = {};
	bool is_stored = ui->recording.is_on; /* which gets them when it ends */

	if (ui->annotate) {
		annotations_print(&ui->notes, ui_begin_ns(ui), &text);
		is_stored = ui->annotate(ui->annotate_arg, strbuf_str(&text));
	}
	strbuf_release(&text);
	return is_stored;
}

/* "chapter: Begin question: Who? answer: B" as the lines of an annotation. */
static bool parse_typed(struct ui *ui, const char *typed, struct annotations *ret)
{
	static const char *const words[] = { "question:", "answer:" };
	struct strbuf text = {}, why = {};
	unsigned line;

	strbuf_adds(&text, "0s ");
	while (*typed) {
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (!strncmp(typed, words[i], strlen(words[i])))
				strbuf_adds(&text, "\n ");
		strbuf_addch(&text, *typed++);
	}
	line = annotations_parse(strbuf_str(&text), ui_now_ns(ui), ret, &why);
	if (line)
		ui_message(ui, "not set: %.200s", strbuf_str(&why));
	strbuf_release(&text);
	strbuf_release(&why);
	return !line;
}

void ui_note_typed(const struct ui *ui, char *ret, size_t sz)
{
	const struct annotation *note = ui_note_here(ui);
	bool tells = note && note->answer && (note->is_revealed || !note->question);

	if (!note)
		snprintf(ret, sz, "%s", "");
	else
		snprintf(ret, sz, "%s%s%s%s%s%s", note->is_chapter ? "chapter: " : "", note->text,
			 note->question ? " question: " : "", note->question ? note->question : "",
			 tells ? " answer: " : "", tells ? note->answer : "");
}

/* What is typed at a note replaces it; what it shows stays, and an answer nobody saw. */
static void inherit(struct annotation *fresh, struct annotation *old)
{
	if (fresh->question && !fresh->answer && !old->is_revealed) {
		fresh->answer = old->answer;
		old->answer = NULL;
	}
	fresh->is_pause = old->is_pause;
	fresh->later = old->later;
	fresh->view = old->view;
	fresh->threads = old->threads;
	fresh->select = old->select;
	fresh->lock = old->lock;
	fresh->lanes = old->lanes;
	fresh->zoom = old->zoom;
	old->view = old->threads = old->select = old->lock = old->lanes = old->zoom = NULL;
	old->later = (struct strbuf){};
}

bool ui_mark(struct ui *ui, const char *typed)
{
	const struct annotation *here = ui_note_here(ui);
	struct annotations fresh;
	char buf[FMT_SZ];
	bool is_stored;

	if (!parse_typed(ui, typed, &fresh))
		return false;
	if (here) {
		size_t idx = here - ui->notes.items.items;

		inherit(&fresh.items.items[0], &ui->notes.items.items[idx]);
		annotations_remove(&ui->notes, idx);
	}
	if (here && !*typed)
		annotations_release(&fresh);
	else
		ui->note_idx = annotations_insert(&ui->notes, &fresh.items.items[0]);
	if (fresh.items.items)
		vec_release(&fresh.items);
	is_stored = store(ui);
	if (!ui->annotate || is_stored) /* else it was said why not */
		ui_message(ui, "marker %s %s%s", here && !*typed ? "removed from" : "at",
			   fmt_clock(buf, sizeof(buf), ui_now_ns(ui) - ui_begin_ns(ui)),
			   is_stored ? ", stored in the recording" : "");
	return true;
}

static void replace(char **member, const char *text)
{
	free(*member);
	*member = text && *text ? xstrdup(text) : NULL;
}

void ui_note_view(struct ui *ui)
{
	struct annotation *note = note_here(ui);
	const struct thread *t = ui_selected(ui);
	const struct lock *l = ui_selected_lock(ui);
	char buf[FMT_SZ];

	if (!note) {
		ui_message(ui, "no marker is here: m sets one, ] goes to the next");
		return;
	}
	replace(&note->view, ui->views[ui->view].ops->name);
	replace(&note->threads, ui->filter);
	replace(&note->select, ui->is_selected_by_user && t ? t->name : NULL);
	replace(&note->lock, l ? model_lock_name(ui_model(ui), l) : NULL);
	replace(&note->lanes, ui->lanes == LANES_threads ? NULL : lanes_words[ui->lanes]);
	snprintf(buf, sizeof(buf), "%lluns", (unsigned long long)ui->ns_per_col);
	replace(&note->zoom, ui->zoom == ZOOM_USER ? buf : NULL);
	if (store(ui))
		ui_message(ui, "stored: at this marker the screen will look as it does now");
	else if (!ui->annotate)
		ui_message(ui, "at this marker the screen will look as it does now");
}
