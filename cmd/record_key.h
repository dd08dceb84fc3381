/* SPDX-License-Identifier: GPL-2.0-only */
/* The key that begins and ends a recording of what is on the screen. */
#ifndef CTRACE_RECORD_KEY_H
#define CTRACE_RECORD_KEY_H

#include "cmd/own_file.h"
#include "cmd/session.h"
#include "tui/ui.h"

struct record_key {
	struct session *session;
	char name[OWN_NAME_MAX]; /* of the files: ctrace-NAME-1.ctrace, -2.ctrace, ... */
	char *notes;		 /* for the recording that is ending; NULL: none is */
};

void record_key_release(struct record_key *k);

/* The ui_record_fn; arg is the struct. That of -o goes on to the end, whatever is pressed. */
void record_key(void *arg, const char *notes, struct strbuf *ret);

/* After each step of the session: append what is to be told, that a recording has ended. */
void record_key_step(struct record_key *k, struct strbuf *ret);

/* What the screen is to say of the recording. */
struct ui_recording record_state(const struct session *s);

#endif /* CTRACE_RECORD_KEY_H */
