/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user interface without a terminal: what is shown, and what a key does to it.
 *
 * Pure: time comes in through ui_tick(), keys through ui_key(), and pictures go
 * out through ui_draw(). A ui follows the tail of its trace (live) or stands at
 * a cursor of its own (paused, playing); views cannot tell the two apart.
 *
 * Times are those of the trace: CLOCK_MONOTONIC ns. What accessors return is
 * borrowed until the next call that changes the ui or the trace.
 */
#ifndef TUI_UI_H
#define TUI_UI_H

#include "model/verdict.h"
#include "trace/annotations.h"
#include "trace/trace.h"
#include "tui/canvas.h"
#include "tui/keymap.h"
#include "tui/lock_rows.h"
#include "tui/transition.h"
#include "tui/views.h"

struct ui;

/* What a report is to be about. Borrowed. */
struct ui_moment {
	const struct model *model;
	const struct model *last; /* the end of the trace, when that is later; else NULL */
	const struct verdict *verdict;
	__u64 now_ns;
};

/* Write the report to a file of its own, and append what is to be told: its name, or why not. */
typedef void (*ui_save_fn)(void *arg, const struct ui_moment *at, struct strbuf *ret);

/*
 * Begin a recording, or end the one that runs and put the annotations into it, as text ("":
 * none); append what is to be told.
 */
typedef void (*ui_record_fn)(void *arg, const char *notes, struct strbuf *ret);

/* A recording that is running, also one that no key began. */
struct ui_recording {
	bool is_on;
	bool is_ending; /* no longer on, but not all of it is in the file yet */
	__u64 begin_ns; /* of what is in it */
	__u64 sz;	/* bytes so far */
	__u64 lost_cnt; /* events that could not be written */
};

/* Put the annotations into the recording, as text. False: it cannot be, and that was said. */
typedef bool (*ui_annotate_fn)(void *arg, const char *notes);

struct ui_options {
	const char *title; /* the command or the file; safe text; copied */
	bool live;	   /* the trace grows: begin at its end and follow it */
	ui_save_fn save;   /* NULL: there are no reports */
	void *save_arg;
	const char *notes; /* annotations of the recording (trace/annotations.h); NULL: none */
	ui_annotate_fn annotate; /* NULL: there is no recording to keep them in */
	void *annotate_arg;
	ui_record_fn record; /* NULL: nothing is here that could be recorded */
	void *record_arg;
};

/* t must outlive the ui; it is written to for one thing only, a marker that is set live. */
struct ui *ui_new(struct trace *t, const struct ui_options *opts);
void ui_free(struct ui *ui); /* accepts NULL */

enum ui_result {
	UI_OK, /* go on */
	UI_QUIT,
	UI_SUSPEND, /* give the terminal back and stop, then go on */
	UI_REDRAW,  /* the terminal is to be drawn anew from nothing */
};

enum ui_result ui_act(struct ui *ui, enum ui_action action);
/* A key as it was typed: an action, or a letter for the prompt that is open. */
enum ui_result ui_key(struct ui *ui, uint32_t key);
void ui_click(struct ui *ui, int row, int col);
void ui_scroll(struct ui *ui, int lines); /* wheel: > 0 is down */

/*
 * The time is now now_ns. Plays on, continues a long search, notices growth of
 * the trace. True when the picture may have changed since the last ui_draw().
 */
bool ui_tick(struct ui *ui, __u64 now_ns);

/* Draw everything into the grid. */
void ui_draw(struct ui *ui, struct grid *g);

/* A line at the bottom until the next key. */
void ui_message(struct ui *ui, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* How the recording is; to be called before each picture while there may be one. */
void ui_set_recording(struct ui *ui, const struct ui_recording *rec);
/* Append the annotations as text, for a recording that ends; nothing when there are none. */
void ui_print_notes(const struct ui *ui, struct strbuf *ret);
/* The trace will not grow any more (the program ended, the recorder stopped). */
void ui_set_ended(struct ui *ui);

/* --- for views ------------------------------------------------------------- */

struct trace *ui_trace(const struct ui *ui);
const struct model *ui_model(const struct ui *ui); /* the state that is shown */
__u64 ui_now_ns(const struct ui *ui);		   /* its time: ages are counted up to here */
__u64 ui_event(const struct ui *ui);		   /* events applied: number of the next one */
__u64 ui_begin_ns(const struct ui *ui);		   /* clocks on the screen count from here */
__u64 ui_end_ns(const struct ui *ui);		   /* the newest time there is */
bool ui_is_live(const struct ui *ui);		   /* the trace still grows */
__u64 ui_work(const struct ui *ui); /* to be where it is, since the latest picture, in events */
bool ui_is_following(const struct ui *ui); /* the end is shown, whatever comes */
bool ui_is_playing(const struct ui *ui);
bool ui_is_moving(const struct ui *ui); /* there is more to do at the next ui_tick() */

/* Go there, paused. */
void ui_seek_time(struct ui *ui, __u64 ns);
void ui_seek_event(struct ui *ui, __u64 n); /* so that exactly n events are applied */

__u32 ui_selected_tid(const struct ui *ui);	       /* 0: none */
const struct thread *ui_selected(const struct ui *ui); /* NULL: none, or not born yet */
void ui_select_tid(struct ui *ui, __u32 tid);

/* The lock that is selected, in the view of locks; NULL: none, or not known of at this time. */
const struct lock *ui_selected_lock(const struct ui *ui);
void ui_select_lock(struct ui *ui, const struct lock *l);
/* In what order locks are listed, and the next one. */
enum lock_order ui_lock_order(const struct ui *ui);
void ui_next_lock_order(struct ui *ui);
/* Jump to the thread that holds the selected lock. */
void ui_jump_lock_owner(struct ui *ui);

/* The verdict about ui_model(); cached. */
const struct verdict *ui_verdict(const struct ui *ui);

/*
 * The threads in the order they are listed: the tree, without what the filter hides.
 * Threads that have long been waiting alike share a row.
 */
struct ui_row {
	const struct thread *thread; /* of a shared row one of them */
	size_t fold_cnt;	     /* threads that share it; 0: it is that of thread alone */
	size_t fold_idx;
	unsigned short depth;
	bool is_process; /* main thread: its row stands for the process too */
	bool is_last;	 /* the last child of its parent */
	char tree[24];	 /* the branch before the name, in ASCII: "|- ", "|  `- " */
};
const struct ui_row *ui_rows(const struct ui *ui, size_t *ret_cnt);
/* As long as it is the same, so are the rows and what is known of their threads. */
__u64 ui_rows_version(const struct ui *ui);
/* Those that share the row, by tid, fold_cnt of them. */
const struct thread *const *ui_fold_threads(const struct ui *ui, const struct ui_row *row);
bool ui_row_has(const struct ui *ui, const struct ui_row *row, __u32 tid);
/* Append "phil-1", or "13 x worker"; "?" for a thread without a name. */
void ui_row_name(const struct ui *ui, const struct ui_row *row, struct strbuf *ret);
void ui_select_row(struct ui *ui, size_t idx);

/* Index of the selected row, -1: none. */
int ui_selected_row(const struct ui *ui);
/*
 * The first row to show so that the selected one is among the height visible
 * ones, moving *top as little as possible.
 */
void ui_scroll_to(int selected, int cnt, int height, int *top);

/* Does the text match the search that is active? For STYLE_MATCH. */
bool ui_search_matches(const struct ui *ui, const char *text);

/* What the lanes of the timeline are of, and to go on to the next. */
enum ui_lanes ui_lanes(const struct ui *ui);
void ui_next_lanes(struct ui *ui);
bool ui_shows(const struct ui *ui, enum ui_view view); /* with all of the screen */

/* The stretch of time a timeline of cols columns shows. */
struct ui_window {
	__u64 begin_ns;	  /* left edge of column 0; a multiple of ns_per_col */
	__u64 ns_per_col; /* 1, 2 or 5 times a power of ten; never 0 */
	int cursor_col;	  /* the column ui_now_ns() is in; -1: none */
};
void ui_window(const struct ui *ui, int cols, struct ui_window *ret);
/* Move the window without moving the cursor; following ends when it leaves the end. */
void ui_pan(struct ui *ui, int cols);

/* What the event did that happened last before the instant that is shown. */
struct ui_told {
	__u64 event; /* events applied: it is number event - 1 */
	__u8 kind;   /* enum event_kind; 0: there is none */
	size_t cnt;  /* arrows it took */
	struct transition steps[TRANSITIONS_MAX];
	const char *text; /* in words; "" when there is none */
};
const struct ui_told *ui_told(const struct ui *ui);

/* Markers of the recording and those set by the user, ascending in time. */
const struct annotations *ui_notes(const struct ui *ui);
/* The one whose time is shown, at rest; NULL: none. */
const struct annotation *ui_note_here(const struct ui *ui);
/* Go to the note of that index, and show it as it was prepared. */
void ui_go_note(struct ui *ui, size_t idx);
/* What is asked before a step (tui/ui_predict.c); NULL: nothing. */
const char *ui_predict_question(const struct ui *ui);
/* A question is asked here, or will be: what comes after that is not to be seen yet. */
__u64 ui_horizon_ns(const struct ui *ui); /* ~0: all may be seen */

#endif /* TUI_UI_H */
