/* SPDX-License-Identifier: GPL-2.0-only */
/* The turns of a screen: signals, keys, frames; the same for a live program and a recording. */
#ifndef CTRACE_SCREEN_LOOP_H
#define CTRACE_SCREEN_LOOP_H

#include <stdbool.h>
#include "cmd/options.h"
#include "cmd/record_key.h"
#include "cmd/save_report.h"
#include "tui/tui.h"

struct screen_loop {
	struct tui *tui;
	int signal_fd;
};

/* Can a screen be shown at all? Otherwise it is lines. */
bool screen_is_possible(const struct options *opts);

/* What is shown. All borrowed. */
struct screen_source {
	const char *title;
	struct trace *trace;
	bool live;
	struct save_report *reports;
	const char *path;  /* of a recording, which notes are put into; NULL: there is none */
	const char *notes; /* that it has */
	struct record_key *record; /* of what is live; NULL: it is a recording */
};

/* Take the terminal. 0, or -errno with a message. Messages go to the screen until it is closed. */
int screen_loop_open(const struct options *opts, const struct screen_source *src,
		     struct screen_loop *ret);
/* Messages go to standard error again; one of them (-v) is what the frames took. */
void screen_loop_close(struct screen_loop *l, const struct options *opts);

/*
 * Sleep until a key, a signal, data on fd (-1: none) or timeout_ms (-1: until a frame is
 * due); answer the first two. False: the user leaves. *ret_hangup: fd was hung up.
 */
bool screen_loop_wait(struct screen_loop *l, int fd, int timeout_ms, bool *ret_hangup);

/* Draw what is to be drawn. */
void screen_loop_frame(struct screen_loop *l);

#endif /* CTRACE_SCREEN_LOOP_H */
