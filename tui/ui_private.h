/* SPDX-License-Identifier: GPL-2.0-only */
/* The inside of struct ui, shared by the ui_*.c files alone. */
#ifndef TUI_UI_PRIVATE_H
#define TUI_UI_PRIVATE_H

#include "base/vec.h"
#include "trace/cursor.h"
#include "tui/steps.h"
#include "tui/ui.h"

enum {
	UI_TEXT_MAX = 256, /* bytes of a prompt */
	UI_ROWS_MIN = 10,  /* below this, and */
	UI_COLS_MIN = 40,  /* below that, the screen only says that it is too small */
	UI_ORIGIN_MAX = 32,
	UI_ENDED_FEW = 32, /* so many ended threads are shown without being asked for */
};

enum ui_mode {
	UI_FOLLOW, /* the end of the trace */
	UI_PAUSED, /* the cursor */
	UI_PLAY,   /* the cursor, moving */
};

enum ui_prompt {
	PROMPT_NONE,
	PROMPT_GOTO,
	PROMPT_SEARCH,
	PROMPT_FILTER,
	PROMPT_MARK,
};

enum ui_ended {
	ENDED_FEW, /* until d is pressed: shown while there are few */
	ENDED_SHOWN,
	ENDED_HIDDEN,
};

enum ui_zoom {
	ZOOM_AUTO, /* what ui_window.c thinks best */
	ZOOM_FIT,  /* everything in one window */
	ZOOM_USER,
};

/* What a long search looks for. It goes on block by block in ui_tick(). */
enum hunt_kind {
	HUNT_NONE,
	HUNT_STATE,   /* an event that changes the state of hunt.tid */
	HUNT_MARK,    /* a marker, an alarm, a loss, the end */
	HUNT_BLOCK,   /* a thread blocks, whichever */
	HUNT_HANDOFF, /* an unlock wakes a waiter of the lock */
	HUNT_EDGE,    /* the wait-for graph changes */
	HUNT_ALARM,   /* a deadlock or stall begins */
};

struct ui_hunt {
	enum hunt_kind kind;
	bool is_back;
	__u32 tid;
	__u64 from;	 /* events that were applied when it began */
	__u64 next;	 /* forward: the first event not looked at; back: one more than the last */
	__u64 alarm;	 /* the nearest that is known: the event with which it began */
	__u64 judged_ns; /* at_ns of the verdict that was looked at last */
};

/* What is asked before a step. */
struct ui_predict {
	bool is_on, is_asked;
	enum hunt_kind kind; /* HUNT_NONE: any event */
	__u64 event;	     /* events applied where it is asked: the number of the answer */
};

/* The window of the latest picture, in columns of unit ns: a paused picture holds still. */
struct ui_hold {
	__u64 unit;
	__u64 calm; /* what unit is when slow motion is over */
	long long left, now;
	int cnt;
};

/* What threads have in common that wait alike. */
struct ui_fold_key {
	__u32 pid;
	__u32 reason; /* enum wait_reason */
	__u64 object; /* address or descriptor */
};

struct ui_fold {
	const struct thread *thread; /* whose row it is */
	size_t idx, cnt;	     /* in fold_threads */
};

struct ui_lock_id {
	__u64 address; /* 0: none */
	__u32 pid;
};

/* Where a jump began, to come back to. */
struct ui_origin {
	enum ui_view view;
	bool is_large;
	__u32 tid;
	struct ui_lock_id lock;
};

struct ui {
	struct trace *trace;
	struct cursor *cursor; /* what is shown unless following */
	struct cursor *scan;   /* where the hunt reads */
	struct cursor *tell;   /* where the narration reads, and who looks aside */
	char *title;
	bool is_live;
	ui_save_fn save;
	void *save_arg;
	ui_record_fn record;
	void *record_arg;
	struct ui_recording recording;
	bool is_changed;		 /* something to draw */
	__u64 wall_ns;			 /* the latest ui_tick() */
	__u64 drawn_ns, drawn_event_cnt; /* of the latest picture that followed */
	__u64 drawn_work;		 /* cursor_work() when the latest picture was done */

	enum ui_mode mode;
	int speed;			  /* index of the table in ui_play.c */
	__u64 play_wall_ns, play_from_ns; /* playing began then, there */
	bool skips_idle;
	bool plays_back;
	struct ui_hunt hunt;
	struct ui_predict predict;

	enum ui_view view;
	enum ui_view notes_from; /* where the list of notes was asked for */
	bool is_large;		 /* the details have most of the main screen */
	/* Of these, in the last picture: how far they were scrolled, for whom, by what steps. */
	int details_top, details_page;
	__u32 details_tid;
	bool details_is_cut; /* there is more below */
	struct view views[VIEW_CNT];
	struct canvas list, strip, body; /* where the last picture had them, for clicks */

	enum ui_lanes lanes;
	enum lock_order lock_order;
	struct ui_lock_id selected_lock;
	struct ui_origin origins[UI_ORIGIN_MAX]; /* of the jumps that were not gone back yet */
	int origin_cnt;

	__u32 selected_tid;
	bool is_selected_by_user;
	int list_height; /* rows a page has */
	VEC(struct ui_row) rows;
	bool rows_are_stale;
	__u64 rows_version;	   /* another one, other rows */
	__u64 rows_due_ns;	   /* when a wait becomes a long one: there are other rows then */
	VEC(struct ui_fold) folds; /* of the same age as the rows */
	VEC(const struct thread *) fold_threads;
	VEC(struct ui_fold_key) unfolded; /* by the user, one by one */
	bool never_folds;
	bool is_fold_selected; /* the selection is the row that selected_tid is folded into */
	enum ui_ended ended;

	enum ui_prompt prompt;
	char text[UI_TEXT_MAX]; /* of the prompt */
	__u32 search_origin;	/* selected when the search began */
	char search[UI_TEXT_MAX];
	char filter[UI_TEXT_MAX];
	char message[UI_TEXT_MAX];
	bool is_interrupted; /* ^C once */

	enum ui_zoom zoom;
	__u64 ns_per_col; /* as the user zoomed */
	struct ui_hold hold;

	struct annotations notes;
	ui_annotate_fn annotate;
	void *annotate_arg;
	bool stops_at_notes; /* playing does */
	size_t note_idx;     /* of the note that was shown last */

	struct ui_told told;
	struct strbuf told_text;

	struct steps steps; /* to the deadlock that was shown last */
	struct verdict verdict;
	bool verdict_is_stale;
	__u64 verdict_version;
};

/* Something that is shown has changed; other state than before when state_too. */
void ui_touch(struct ui *ui);
void ui_touch_state(struct ui *ui);

/* ui_time.c: where the cursor is */
void ui_pause(struct ui *ui); /* leave the end, stop playing */
void ui_follow(struct ui *ui);
void ui_place(struct ui *ui, __u64 n); /* cursor to n events applied, no pause message */
void ui_step(struct ui *ui, bool is_back);
void ui_first(struct ui *ui);
void ui_last(struct ui *ui);
void ui_goto(struct ui *ui, const char *text);
void ui_note_live(struct ui *ui, const char *note); /* also an event of the trace */

/* ui_lecture.c */
void ui_lecture_init(struct ui *ui, const char *notes);
/* Set what was typed as the note of this time, or change the one there; false: it is wrong. */
bool ui_mark(struct ui *ui, const char *typed);
void ui_note_typed(const struct ui *ui, char *ret, size_t sz); /* the note here, to be edited */
void ui_note_view(struct ui *ui); /* keep how the screen looks with the note here */
void ui_reveal(struct ui *ui);
void ui_toggle_stops(struct ui *ui);
/* Playing went from one time to another: is there a note to stop at? Then it is shown. */
bool ui_lecture_stops(struct ui *ui, __u64 from_ns, __u64 to_ns);
/* Show the next note (back: the one before) where event events are applied; false: none is. */
bool ui_lecture_arrive(struct ui *ui, __u64 event, bool is_back);
bool ui_lecture_find(struct ui *ui, const char *text); /* the next note that has it */

/* ui_play.c */
void ui_play_toggle(struct ui *ui);
void ui_play_speed(struct ui *ui, int step);
void ui_play_turn(struct ui *ui); /* backwards, or forwards again */
void ui_play_idle(struct ui *ui); /* skip idle stretches, or do not */
void ui_play_tick(struct ui *ui);
const char *ui_speed_word(const struct ui *ui);		/* "1:1000" */
__u64 ui_played_ns(const struct ui *ui, __u64 wall_ns); /* of the trace, in so long */

/* ui_hunt.c */
void ui_hunt_begin(struct ui *ui, enum hunt_kind kind, bool is_back);
void ui_hunt_tick(struct ui *ui); /* one slice of work */

/* ui_predict.c */
void ui_predict_toggle(struct ui *ui);
bool ui_predict_is_on(const struct ui *ui);
/* Ask for an event, before it; false: it is not wanted, so go there. */
bool ui_predict_ask(struct ui *ui, enum hunt_kind kind, __u64 event);
/* Show what was asked for, of a step of that kind or of any; false: nothing was asked. */
bool ui_predict_again(struct ui *ui, enum hunt_kind kind);
bool ui_predict_reveal(struct ui *ui);

/* ui_steps.c */
void ui_go_step(struct ui *ui, bool is_back); /* the next step that led to the deadlock */

/* ui_rows.c */
void ui_build_rows(struct ui *ui);
void ui_move(struct ui *ui, int rows);
bool ui_search_step(struct ui *ui, __u32 from_tid, int dir); /* false: nothing matches */
bool text_contains(const char *text, const char *part);	     /* case does not matter */

/* ui_jump.c */
bool ui_jump(struct ui *ui, enum ui_action action); /* false: it is no jump */
bool ui_jump_back(struct ui *ui);		    /* false: there was none */
void ui_forget_jumps(struct ui *ui);

/* ui_act.c */
void ui_show(struct ui *ui, enum ui_view view);

/* ui_ended.c */
/* Which of the threads, by age, have ended and may share a row; *ret is all false before. */
void ui_ended_mark(const struct ui *ui, const struct thread *const *threads, int cnt, bool *ret);

/* ui_fold.c */
/* Fold those of the threads that wait alike: how many stay in the list, which is by age. */
int ui_fold(struct ui *ui, const struct thread **threads, int cnt);
void ui_unfold(struct ui *ui, const struct thread *t); /* those that wait like t */
bool ui_is_unfolded(const struct ui *ui, const struct thread *t);
void ui_toggle_folds(struct ui *ui);

/* ui_prompt.c */
void ui_prompt_open(struct ui *ui, enum ui_prompt prompt);
bool ui_prompt_key(struct ui *ui, uint32_t key); /* false: it is for what is behind the line */
const char *ui_prompt_label(enum ui_prompt prompt);
/* What can be typed there, while nothing is; "": that is clear. */
const char *ui_prompt_hint(enum ui_prompt prompt);

/* ui_window.c */
void ui_zoom(struct ui *ui, int step); /* < 0: less time per column */
void ui_zoom_fit(struct ui *ui);

#endif /* TUI_UI_PRIVATE_H */
