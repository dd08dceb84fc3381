/* SPDX-License-Identifier: GPL-2.0-only */
/* Observe a program without a screen, until it ends or the user has enough. */
#ifndef CTRACE_HEADLESS_H
#define CTRACE_HEADLESS_H

#include "cmd/session.h"

enum headless_end {
	HEADLESS_PROGRAM_ENDED,
	HEADLESS_INTERRUPTED, /* a second signal: leave at once */
	HEADLESS_ENOUGH,      /* the step function said so */
	HEADLESS_TIMEOUT,
	HEADLESS_FAILED,
};

/* Called after every step; false: that is enough. */
typedef bool (*headless_step_fn)(void *arg, struct session *s);

/*
 * Let the held program of s go and observe it. Interrupts that the terminal sends reach
 * the program, too, and it decides; those sent to ctrace alone are passed on. fn may be
 * NULL. When the program could not be executed: HEADLESS_FAILED and *ret_status, the
 * exit status to leave with. Else *ret_status is 0, or tells that the recording is not whole.
 */
enum headless_end headless_run(struct session *s, headless_step_fn fn, void *arg,
			       uint64_t timeout_ns, int *ret_status);

/*
 * The closing line, always with the loss count: what is in the file; what was seen, when that
 * is more; and which limit ended the recording. Nothing of what was never observed.
 */
void headless_summary(const struct session *s);

/* Is there somebody to be like, for headless_exit_like()? */
bool headless_end_has_status(enum headless_end end);

/* Leave as the program did; or, interrupted, as the signal that interrupted. */
_Noreturn void headless_exit_like(struct session *s);

#endif /* CTRACE_HEADLESS_H */
