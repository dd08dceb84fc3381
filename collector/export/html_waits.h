/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a wait changes while it lasts: who holds the lock, that it was read again. */
#ifndef CTRACE_EXPORT_HTML_WAITS_H
#define CTRACE_EXPORT_HTML_WAITS_H

#include "export/html_links.h"

/* Up to until_ns (CLOCK_MONOTONIC) this was known: a number of html_links_take(). */
struct html_early {
	__u64 until_ns;
	size_t link;
};

/* The wait of a lane that lasts, or the last one. */
struct html_wait {
	__u64 since_ns;		/* 0: there was none */
	size_t link;		/* what is known of it now */
	struct wait_link known; /* the first of them */
	VEC(struct html_early) early;
};

/* Zero-initialised is valid. */
struct html_waits {
	VEC(struct html_wait) lanes;
	__u64 version; /* of the waits of the model when they were looked at last */
	__u64 work;    /* threads that were looked at */
};

/* After event @ev, which the model has. */
void html_waits_follow(struct html_waits *h, struct html_links *links, const struct lanes *lanes,
		       const struct model *m, const struct ev_hdr *ev);

/*
 * What was known earlier of the wait of @t in this lane than at its end, oldest first; NULL: it
 * was the same all the time. Borrowed until the next call.
 */
const struct html_wait *html_waits_early(const struct html_waits *h, size_t lane,
					 const struct thread *t);
void html_waits_release(struct html_waits *h);

#endif /* CTRACE_EXPORT_HTML_WAITS_H */
