/* SPDX-License-Identifier: GPL-2.0-only */
/* The signals that processes handle, as the inspector last read them. */
#include "model/handlers.h"
#include "model/model_private.h"

enum { HANDLERS_MAX = 64 };

void model_take_handlers(struct model *m, const struct ev_handlers *ev)
{
	struct handlers fresh = {
		.pid = ev->hdr.tid,
		.err = ev->err,
		.caught = ev->caught,
		.read_ns = ev->read_ns ? ev->read_ns : ev->hdr.ts_ns,
	};

	model_waits_change(m);
	vec_for_each(h, &m->handlers) {
		if (h->pid == fresh.pid) {
			*h = fresh;
			return;
		}
	}
	if (m->handlers.cnt == HANDLERS_MAX)
		vec_remove(&m->handlers, 0);
	vec_push(&m->handlers, fresh);
}

static const struct handlers *find(const struct model *m, __u32 pid, __u64 since_ns)
{
	vec_for_each(h, &m->handlers)
		if (h->pid == pid && h->read_ns > since_ns)
			return h;
	return NULL;
}

__u64 model_handled(const struct model *m, __u32 pid, __u64 signals, __u64 since_ns)
{
	const struct handlers *h = find(m, pid, since_ns);

	return h && !h->err ? h->caught & signals : 0;
}

enum handlers_known model_handlers(const struct model *m, __u32 pid, __u64 signals, __u64 since_ns)
{
	const struct handlers *h = find(m, pid, since_ns);

	if (!h)
		return HANDLERS_UNREAD;
	return h->err || (h->caught & signals) ? HANDLERS_SOME : HANDLERS_NONE;
}
