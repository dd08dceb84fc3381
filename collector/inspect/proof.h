/* SPDX-License-Identifier: GPL-2.0-only */
/* What a suspicion needs to become a verdict, beside lock words: that everybody really waits. */
#ifndef CTRACE_INSPECT_PROOF_H
#define CTRACE_INSPECT_PROOF_H

#include "inspect/looks.h"

enum { PROOF_WAIT_NS = 20000000 }; /* a suspicion this old is looked into */

/*
 * For each process that v asks for: see that its threads in the closed set wait now, and tell
 * which signals it would handle. Of a process with a thread that runs, against what the
 * events say, nothing is told: some machines lose a wake-up now and then.
 */
void proof_step(const struct model *m, const struct verdict *v, __u64 now_ns,
		const struct looks_calls *calls);

#endif
