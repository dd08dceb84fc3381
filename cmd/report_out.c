/* SPDX-License-Identifier: GPL-2.0-only */
/* Where reports go: standard output, or the files of --report. */
#include "cmd/report_out.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static int open_file(const struct options *opts, const char *name, struct out_file *ret)
{
	if (name && is_in_use(opts, name))
		return -1;
	return out_file_open(name, opts->overwrite, NULL, ret);
}

int report_out_open(const struct options *opts, struct report_out *ret)
{
	static const struct report_target standard_output = {};
	const struct report_target *targets = opts->report_cnt ? opts->reports : &standard_output;
	size_t cnt = opts->report_cnt ? opts->report_cnt : 1;

	*ret = (struct report_out){};
	for (size_t i = 0; i < cnt; i++) {
		const struct report_target *t = &targets[i];
		struct report_file f = { .format = t->format };

		if (!t->has_format && opts->json)
			f.format = REPORT_AS_json;
		if (open_file(opts, t->file, &f.file)) {
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
		strbuf_release(&out->files[i].file.out.buf);
		out_file_close(&out->files[i].file, false);
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
		make[out->files[i].format](in, &out->files[i].file.out.buf);
}

int report_out_write(struct report_out *out)
{
	int first = 0;

	for (size_t i = 0; i < out->cnt; i++) {
		/* What is not wanted after all, for nothing was found, is no empty file. */
		int err = out_file_close(&out->files[i].file, out->files[i].file.out.buf.len > 0);

		first = first ? first : err;
	}
	out->cnt = 0;
	return first;
}
