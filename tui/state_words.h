/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words for the states of a thread: ctrace's own, or those of a textbook.
 *
 * The states are THREAD_STATES (model/state.h); a wording only says where it differs.
 * Files and exports always have ctrace's own words. Like the locale it is chosen once
 * for the whole process.
 */
#ifndef TUI_STATE_WORDS_H
#define TUI_STATE_WORDS_H

#include <stdbool.h>
#include "model/thread.h"

/*        name          where it is from */
#define WORDINGS(_)                                                               \
	_(ctrace, "New Ready Running Blocked Stopped Zombie Dead")                \
	_(ostep, "Arpaci-Dusseau, Operating Systems: Three Easy Pieces, ch. 4")   \
	_(silberschatz, "Silberschatz, Operating System Concepts, section 3.1.2") \
	_(linux, "ps(1), PROCESS STATE CODES: Running and Ready are one, R")

/*        wording       state    letter  word */
#define OTHER_STATE_WORDS(_)                       \
	_(ostep, DEAD, 'T', "Terminated")          \
	_(silberschatz, BLOCKED, 'W', "Waiting")   \
	_(silberschatz, ZOMBIE, 'T', "Terminated") \
	_(silberschatz, DEAD, 'T', "Terminated")   \
	_(linux, READY, 'R', "Runnable")           \
	_(linux, BLOCKED, 'S', "Sleeping")         \
	_(linux, STOPPED, 'T', "Stopped")          \
	_(linux, DEAD, 'X', "Dead")

/* False: there is no such wording; nothing is changed. */
bool state_words_choose(const char *wording);

/* Columns that the longest of the words takes. */
int state_words_cols(void);

/* As thread_state_word() and thread_state_letter(). */
const char *state_word(enum thread_state s);
char state_letter(enum thread_state s);

/* The same of a thread: Linux has two words for one that is blocked. */
const char *state_word_of(const struct thread *t);
char state_letter_of(const struct thread *t);

#endif /* TUI_STATE_WORDS_H */
