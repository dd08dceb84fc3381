/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace info FILE: what a recording is, without reading all of it; needs no privilege. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fmt.h"
#include "base/io.h"
#include "base/log.h"
#include "base/safe_text.h"
#include "cmd/exit_status.h"
#include "cmd/progress.h"
#include "cmd/replay.h"
#include "export/info.h"

static int print(struct strbuf *text)
{
	int err = write_all(STDOUT_FILENO, strbuf_str(text), text->len);

	if (err)
		log_err("cannot write: %s", strerror(-err));
	return err ? EXIT_CTRACE_FAILED : EXIT_SUCCESS;
}

int cmd_info(const struct options *opts, const struct launch_inherited *inherited)
{
	struct strbuf text = {};
	struct trace_meta meta;
	struct progress p;
	struct info info;
	struct trace *t;
	int status = replay_open(opts, &t, &meta);

	(void)inherited;
	if (status)
		return status;
	progress_begin(&p, "reading", opts->quiet);
	info_collect(t, &meta, progress_show, &p, &info);
	progress_end(&p);
	if (opts->json)
		info_json(&info, &text);
	else
		info_text(&info, &text);
	status = print(&text);
	strbuf_release(&text);
	meta_release(&meta);
	trace_free(t);
	return status;
}
