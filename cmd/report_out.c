/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a report goes: standard output, or the file of --report. */
#include "cmd/report_out.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"

int report_out_open(const struct options *opts)
{
	int fd;

	if (!opts->report || !strcmp(opts->report, "-"))
		return STDOUT_FILENO;
	fd = open(opts->report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0)
		log_err("cannot write the report to %s: %m", opts->report);
	return fd;
}

void report_out_close(int fd)
{
	if (fd > STDERR_FILENO)
		close(fd);
}

void report_out_make(const struct options *opts, const struct report_input *in, struct strbuf *ret)
{
	if (opts->json)
		report_json(in, ret);
	else
		report_text(in, ret);
}

int report_out_write(int fd, const struct strbuf *report)
{
	int err = write_all(fd, strbuf_str(report), report->len);

	if (err)
		log_err("cannot write the report: %s", strerror(-err));
	return err;
}
