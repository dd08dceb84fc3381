/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace record: no screen; the program keeps its terminal. */
#include <stdlib.h>
#include <unistd.h>
#include "cmd/exit_status.h"
#include "cmd/headless.h"

int cmd_record(const struct options *opts, const struct launch_inherited *inherited)
{
	struct options mine = *opts;
	enum headless_end end = HEADLESS_FAILED;
	struct session s;
	int status;

	mine.own_output = !opts->output; /* what is recorded is wanted */
	status = session_start(&mine, inherited, false, 0, 0, &s);

	if (!status)
		end = headless_run(&s, NULL, NULL, 0, &status);
	headless_summary(&s);
	if (!s.stopped_ns && s.rec.path) /* the program could not be started */
		unlink(s.rec.path);
	if (!status && headless_end_has_status(end))
		headless_exit_like(&s);
	session_release(&s);
	return status;
}
