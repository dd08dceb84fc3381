/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports that the user asks for with a key: files in the current directory. */
#include "cmd/save_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "export/report.h"

enum { TELL_AFTER_NS = 500000000, TELL_PAUSE_NS = 200000000 };

void save_report_set_recording(struct save_report *s, struct trace *t,
			       const struct trace_meta *meta, const char *const *command,
			       const char *path)
{
	s->recording = t;
	own_file_name(path, s->name);
	s->command = *command ? command : NULL;
	s->kernel = *meta->kernel ? meta->kernel : NULL;
	s->file_lost = meta->lost_cnt;
	s->is_truncated = meta->truncated;
}

void save_report_release(struct save_report *s)
{
	lock_names_release(&s->names);
	s->has_names = false;
}

static void tell_progress(void *arg, __u64 done, __u64 total)
{
	struct save_report *s = arg;
	__u64 now_ns = clock_now_ns();
	char text[80];

	if (!s->tell || now_ns < s->tell_ns)
		return;
	s->tell_ns = now_ns + TELL_PAUSE_NS;
	snprintf(text, sizeof(text), "the report: reading the names of locks, %llu %%",
		 total ? done * 100 / total : 0);
	s->tell(s->tell_arg, text);
}

static void read_names(struct save_report *s)
{
	if (!s->recording || s->has_names)
		return;
	s->tell_ns = clock_now_ns() + TELL_AFTER_NS;
	trace_collect_lock_names(s->recording, tell_progress, s, &s->names);
	s->has_names = true;
}

/* A copy in which locks are called what they are called later; the caller frees. */
static struct model *copy_named(struct save_report *s, const struct model *m)
{
	struct model *ret = m ? model_new() : NULL;

	if (!m)
		return NULL;
	model_copy(ret, m);
	if (s->has_names)
		model_know_names(ret, &s->names);
	return ret;
}

static int write_report(int fd, struct save_report *s, const struct ui_moment *at)
{
	struct model *model = copy_named(s, at->model), *last = copy_named(s, at->last);
	struct report_input in = {
		.model = model,
		.last = last,
		.verdict = at->verdict,
		.now_ns = at->now_ns,
		.command = s->command,
		.kernel = s->kernel,
		.goes_on = !s->recording,
		.file_lost = s->file_lost,
		.is_truncated = s->is_truncated,
		.first_event = s->recording ? trace_first_event(s->recording) : 0,
		.first_ns = s->recording ? trace_begin_ns(s->recording) : 0,
	};
	struct strbuf text = {};
	int err;

	report_text(&in, &text);
	err = write_all(fd, strbuf_str(&text), text.len);
	strbuf_release(&text);
	model_free(model);
	model_free(last);
	return err;
}

void save_report(void *arg, const struct ui_moment *at, struct strbuf *ret)
{
	struct save_report *s = arg;
	char file[OWN_FILE_MAX];
	int fd = own_file_create("ctrace-report", s->name, "txt", file), err = fd;

	if (fd >= 0) {
		read_names(s);
		err = write_report(fd, s, at);
	}
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
