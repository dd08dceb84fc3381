/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports that the user asks for with a key: files in the current directory. */
#include "cmd/save_report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "export/report.h"

void save_report_set_meta(struct save_report *s, const struct trace_meta *meta,
			  const char *const *command, const char *path)
{
	own_file_name(path, s->name);
	s->command = *command ? command : NULL;
	s->kernel = *meta->kernel ? meta->kernel : NULL;
	s->file_lost = meta->lost_cnt;
	s->is_truncated = meta->truncated;
}

static int write_report(int fd, const struct save_report *s, const struct ui_moment *at)
{
	struct report_input in = {
		.model = at->model,
		.last = at->last,
		.verdict = at->verdict,
		.now_ns = at->now_ns,
		.command = s->command,
		.kernel = s->kernel,
		.file_lost = s->file_lost,
		.is_truncated = s->is_truncated,
	};
	struct strbuf text = {};
	int err;

	report_text(&in, &text);
	err = write_all(fd, strbuf_str(&text), text.len);
	strbuf_release(&text);
	return err;
}

void save_report(void *arg, const struct ui_moment *at, struct strbuf *ret)
{
	const struct save_report *s = arg;
	char file[OWN_FILE_MAX];
	int fd = own_file_create("ctrace-report", s->name, "txt", file);
	int err = fd < 0 ? fd : write_report(fd, s, at);

	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	if (!err) {
		strbuf_addf(ret, "the report is in %s", file);
		return;
	}
	if (fd >= 0)
		unlink(file); /* half a report would pass for a whole one */
	strbuf_addf(ret, "cannot write %s: %s", file, strerror(-err));
}
