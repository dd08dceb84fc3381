/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports that the user asks for with a key: files in the current directory. */
#include "cmd/save_report.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "export/report.h"

enum { FILE_CNT_MAX = 9999, FILE_NAME_SZ = SAVE_NAME_MAX + 32 };

/* Letters that need no quotes in a shell; the name hides no file and climbs nowhere. */
void save_report_set_name(struct save_report *s, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t len = 0;

	for (base = base ? base + 1 : path; *base && len + 1 < sizeof(s->name); base++)
		s->name[len++] = isalnum((unsigned char)*base) || strchr("._-", *base) ? *base
										       : '_';
	s->name[len] = '\0';
}

void save_report_set_meta(struct save_report *s, const struct trace_meta *meta,
			  const char *const *command, const char *path)
{
	save_report_set_name(s, path);
	s->command = *command ? command : NULL;
	s->kernel = *meta->kernel ? meta->kernel : NULL;
	s->file_lost = meta->lost_cnt;
	s->is_truncated = meta->truncated;
}

/* The first number that is free: a descriptor, or -errno. */
static int open_new(const struct save_report *s, char file[FILE_NAME_SZ])
{
	for (int i = 1; i <= FILE_CNT_MAX; i++) {
		int fd;

		snprintf(file, FILE_NAME_SZ, "ctrace-report-%s-%d.txt", s->name, i);
		fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
			  0600);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
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
	char file[FILE_NAME_SZ];
	int fd = open_new(s, file), err = fd < 0 ? fd : write_report(fd, s, at);

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
