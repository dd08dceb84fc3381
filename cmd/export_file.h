/* SPDX-License-Identifier: GPL-2.0-only */
/* The file an export goes to: whole, or not there at all. */
#ifndef CTRACE_EXPORT_FILE_H
#define CTRACE_EXPORT_FILE_H

#include <stdbool.h>

#include "export/out.h"

struct export_file {
	struct out out;
	const char *path; /* NULL: standard output */
	char *created;	  /* the file created here, which goes when the export fails; NULL: none */
};

/*
 * @path NULL or "-" is standard output. A regular file that is there is an error, unless
 * @overwrite; the file @source is read from is one in any case. A pipe or a device is
 * written to. 0, or -errno, logged.
 */
int export_file_open(const char *path, bool overwrite, const char *source, struct export_file *ret);

/*
 * Write what is left, close; with @keep false remove what was created. A file that is
 * replaced stays as it was until all is written. 0, or -errno, logged.
 */
int export_file_close(struct export_file *f, bool keep);

#endif /* CTRACE_EXPORT_FILE_H */
