/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of locks, read from the whole trace. */
#include "trace/cursor.h"
#include "trace/store.h"

void trace_read_lock_names(struct trace *t)
{
	struct cursor *c = cursor_new(t);
	const struct ev_hdr *ev;

	cursor_seek_event(c, trace_first_event(t));
	while ((ev = cursor_next(c)))
		lock_names_take(&t->names, cursor_model(c), ev);
	cursor_free(c);
	t->has_names = true;
}
