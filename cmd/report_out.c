/* SPDX-License-Identifier: GPL-2.0-only */
/* Where reports go: standard output, or the files of --report. */
#include "cmd/report_out.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return b && !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* What is reported on, or recorded to, is no place for a report. */
static bool is_in_use(const struct options *opts, const char *name)
{
	bool is_so = is_same_file(name, opts->argv[0]) || is_same_file(name, opts->output);

	if (is_so)
		log_err("%s is what the report is about: it is left alone", name);
	return is_so;
}

static int open_file(const struct options *opts, const char *name)
{
	int fd;

	if (!name || !strcmp(name, "-"))
		return STDOUT_FILENO;
	if (is_in_use(opts, name))
		return -1;
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0)
		log_err("cannot write the report to %s: %m", name);
	return fd;
}

int report_out_open(const struct options *opts, struct report_out *ret)
{
	static const struct report_target standard_output = {};
	const struct report_target *targets = opts->report_cnt ? opts->reports : &standard_output;
	size_t cnt = opts->report_cnt ? opts->report_cnt : 1;

	*ret = (struct report_out){};
	for (size_t i = 0; i < cnt; i++) {
		const struct report_target *t = &targets[i];
		struct report_file f = { .fd = open_file(opts, t->file), .format = t->format };

		if (!t->has_format && opts->json)
			f.format = REPORT_AS_json;
		if (f.fd < 0) {
			report_out_close(ret);
			return -1;
		}
		ret->files[ret->cnt++] = f;
	}
	return 0;
}

void report_out_close(struct report_out *out)
{
	for (size_t i = 0; i < out->cnt; i++) {
		strbuf_release(&out->files[i].text);
		if (out->files[i].fd > STDERR_FILENO)
			close(out->files[i].fd);
	}
	out->cnt = 0;
}

void report_out_make(struct report_out *out, const struct report_input *in)
{
	static void (*const make[])(const struct report_input *, struct strbuf *) = {
#define REPORT_FORMAT_MAKE(name, help) [REPORT_AS_##name] = report_##name,
		REPORT_FORMATS(REPORT_FORMAT_MAKE)
#undef REPORT_FORMAT_MAKE
	};

	for (size_t i = 0; i < out->cnt; i++)
		make[out->files[i].format](in, &out->files[i].text);
}

int report_out_write(const struct report_out *out)
{
	int first = 0;

	for (size_t i = 0; i < out->cnt; i++) {
		const struct strbuf *text = &out->files[i].text;
		int err = write_all(out->files[i].fd, strbuf_str(text), text->len);

		if (err)
			log_err("cannot write the report: %s", strerror(-err));
		first = first ? first : err;
	}
	return first;
}
