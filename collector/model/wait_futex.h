/* SPDX-License-Identifier: GPL-2.0-only */
/* For wait.c alone: its waits on a futex. What everybody may ask about these is in wait.h. */
#ifndef CTRACE_MODEL_WAIT_FUTEX_H
#define CTRACE_MODEL_WAIT_FUTEX_H

#include "model/wait.h"

/*
 * Of a wait with wait_is_futex(): set reason from the arguments and words[]. WAIT_FUTEX when they
 * are not those of a lock that is known; WAIT_WORDLESS is set in flags where the words of a lock
 * tell no owner.
 */
void wait_decode_futex(struct wait *w);

#endif /* CTRACE_MODEL_WAIT_FUTEX_H */
