/* SPDX-License-Identifier: GPL-2.0-only */
/* A table of records, read again with twice the room as long as it does not fit. */
#include "inspect/record_table.h"

#include <errno.h>
#include <stdlib.h>
#include "base/xalloc.h"

int record_table_read(struct record_table *t, record_table_fn fn, void *arg)
{
	int err;

	t->len = 0;
	if (t->is_too_large)
		return -E2BIG;
	if (!t->sz)
		t->bytes = xmalloc(t->sz = RECORD_TABLE_SZ);
	while ((err = fn(arg, t->bytes, t->sz, &t->len)) == -E2BIG) {
		if (t->sz >= RECORD_TABLE_SZ_MAX) {
			t->is_too_large = true;
			break;
		}
		t->sz *= 2;
		free(t->bytes);
		t->bytes = xmalloc(t->sz);
	}
	if (err)
		t->len = 0;
	return err;
}

void record_table_release(struct record_table *t)
{
	free(t->bytes);
	*t = (struct record_table){};
}
