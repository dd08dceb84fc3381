/* SPDX-License-Identifier: GPL-2.0-only */
/* A verdict as exit status. */
#include "cmd/exit_status.h"

#include "export/findings.h"

int exit_status_of(const struct findings *f)
{
	if (f->verdict.kind == VERDICT_DEADLOCK)
		return EXIT_DEADLOCK;
	if (f->verdict.kind == VERDICT_STALL)
		return EXIT_STALL;
	if (f->verdict.kind == VERDICT_POTENTIAL)
		return EXIT_POTENTIAL;
	return f->is_unsure ? EXIT_LOSSY : 0;
}
