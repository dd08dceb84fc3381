/* SPDX-License-Identifier: GPL-2.0-only */
/* What a probe tells of the whole machine at one moment: records, one after the other. */
#ifndef CTRACE_INSPECT_RECORD_TABLE_H
#define CTRACE_INSPECT_RECORD_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RECORD_TABLE_SZ = 1 << 20,	/* bytes at first: some ten thousand files */
	RECORD_TABLE_SZ_MAX = 64 << 20, /* of machines with more nothing is said */
};

/* As probe_read_files() has them. */
typedef int (*record_table_fn)(void *arg, void *buf, size_t sz, size_t *ret_len);

/* Zero-initialised is empty. */
struct record_table {
	char *bytes;
	size_t len, sz;
	bool is_too_large; /* for RECORD_TABLE_SZ_MAX: it is not tried again */
};

/* Read them all anew. 0 or -errno: there are none, then. */
int record_table_read(struct record_table *t, record_table_fn fn, void *arg);
void record_table_release(struct record_table *t);

#endif
