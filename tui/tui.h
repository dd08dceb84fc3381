/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen as the program uses it: opened, fed with time, closed.
 *
 * The caller owns the loop:
 *
 *	poll(tui_fd(tui), ..., tui_timeout_ms(tui, clock_now_ns()));
 *	result = tui_input(tui);
 *	... append events to the trace ...
 *	tui_frame(tui, clock_now_ns());
 */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include <stdbool.h>
#include "trace/trace.h"
#include "tui/ui.h"

struct tui;

struct tui_options {
	const char *title; /* the command with its arguments, or the file; safe text */
	const char *color; /* "auto", "always" or "never"; NULL: auto, which minds NO_COLOR */
	const char *theme; /* "dark", "light", "projector" or "mono"; NULL: dark */
	bool ascii;	   /* no line drawing, whatever the terminal can */
	bool live;	   /* the trace grows: follow its end */
	ui_save_fn save;   /* writes reports; NULL: there are none */
	void *save_arg;
	const char *notes;	 /* of the recording; see ui.h */
	ui_annotate_fn annotate; /* NULL: there is no recording */
	void *annotate_arg;
	ui_record_fn record; /* NULL: it is a recording */
	void *record_arg;
};

/*
 * Take the terminal. t must outlive the tui. 0; -ENXIO and the like: there is no
 * terminal; -ENOTSUP: it cannot move its cursor, -EINVAL: no such color or theme.
 * Sets LC_CTYPE from the environment.
 */
int tui_open(const struct tui_options *opts, struct trace *t, struct tui **ret);
void tui_close(struct tui *tui); /* accepts NULL */

int tui_fd(const struct tui *tui); /* readable when keys are there */

enum tui_result {
	TUI_CONTINUE,
	TUI_QUIT,    /* the user wants to leave, or the terminal was closed */
	TUI_SUSPEND, /* ^Z: call tui_suspend(), stop, and when continued tui_resume() */
};

/* Take all keys that are there; the next tui_frame() answers them at once. */
enum tui_result tui_input(struct tui *tui);

/*
 * The time is now_ns: draw if anything has changed, at most 20 times a second, 4
 * times when only the clock moves. Sees by itself when the terminal's size changes.
 */
void tui_frame(struct tui *tui, __u64 now_ns);

/* What the frames that were drawn took by the clock, from the events to the terminal. */
struct tui_cost {
	__u64 frame_cnt, total_ns, max_ns;
};
struct tui_cost tui_cost(const struct tui *tui);

/* How long the loop may sleep if no event and no key comes; -1: for ever. */
int tui_timeout_ms(const struct tui *tui, __u64 now_ns);

void tui_resize(struct tui *tui); /* SIGWINCH: the next frame asks for the size */
void tui_suspend(struct tui *tui);
void tui_resume(struct tui *tui);

/* The trace will not grow any more. */
void tui_set_ended(struct tui *tui);
/* See ui.h. */
void tui_set_recording(struct tui *tui, const struct ui_recording *rec);
void tui_print_notes(const struct tui *tui, struct strbuf *ret);
/* A line at the bottom, until the next key. */
void tui_message(struct tui *tui, const char *text);
/* The same, and on the terminal at once: for what takes long while a key is being answered. */
void tui_show_message(struct tui *tui, const char *text);

#endif /* TUI_TUI_H */
