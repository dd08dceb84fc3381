/* SPDX-License-Identifier: GPL-2.0-only */
/* The file an export or a report goes to: whole, or not there at all. */
#ifndef CTRACE_OUT_FILE_H
#define CTRACE_OUT_FILE_H

#include <stdbool.h>

#include "export/out.h"

struct out_file {
	struct out out;
	const char *path; /* NULL: standard output */
	char *created;	  /* the file created here, which goes when it is not kept; NULL: none */
};

/*
 * @path NULL or "-", and any name of what standard output is, is standard output. A regular file
 * that is there is an error, unless @overwrite; the file @source (NULL: none) that is read from is
 * one in any case. A pipe or a device is written to. 0, or -errno, logged.
 */
int out_file_open(const char *path, bool overwrite, const char *source, struct out_file *ret);

/*
 * Write what is left, close; with @keep false remove what was created. A file that is
 * replaced stays as it was until all is written. 0, or -errno, logged.
 */
int out_file_close(struct out_file *f, bool keep);

#endif /* CTRACE_OUT_FILE_H */
