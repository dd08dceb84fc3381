/* SPDX-License-Identifier: GPL-2.0-only */
/* One way through the window of an export: its events, and the stays of threads in states. */
#ifndef CTRACE_EXPORT_WALK_H
#define CTRACE_EXPORT_WALK_H

#include "export/export.h"

/* A thread was in one state all the time. Everything is borrowed for the call. */
struct stay {
	const struct thread *thread; /* as it was at the end of the stay */
	const struct model *model;   /* after the event that ended it */
	__u64 begin_ns, end_ns;	     /* cut to the window */
	bool is_open;		     /* it goes on after the window */
	bool has_ended;		     /* and with it the thread is Dead */

	/* While Blocked: */
	__u32 owner_tid; /* whom it waited for; 0: not known */
	enum evidence evidence;
	char owner_name[EVENT_COMM_LEN];
	char lock_name[LOCK_NAME_MAX]; /* "": none */
	__u32 learned_tid;	       /* who ended most waits there before; 0: not known */
	char learned_name[EVENT_COMM_LEN];
	__u32 learned_cnt, learned_total; /* so many of so many */
	const struct ev_wake *wake;	  /* what ended it; NULL: something else */
	size_t wait;			  /* what hooks->wait gave for it; 0: it was not asked */
};

/* Each may be NULL. What has no thread of the program, or a foreign one, is no stay. */
struct walk_hooks {
	/* The window begins, and @m is the state there. */
	void (*begin)(void *arg, const struct model *m);
	/* Event number @n, before and after it is applied to @m. */
	void (*before)(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n);
	void (*after)(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n);
	/* Events are missing here, for the file is damaged; @m is the state after them. */
	void (*gap)(void *arg, const struct model *m);
	/*
	 * The wait of @t may end with the next event; @m still knows of it. What is returned is
	 * told with the stay.
	 */
	size_t (*wait)(void *arg, const struct model *m, const struct thread *t);
	/* After the event that ends it; what is open comes last, by age of the threads. */
	void (*stay)(void *arg, const struct stay *s);
	/* The window is over. */
	void (*end)(void *arg, const struct model *m);
};

/* Commits to @out after every event and stops when that fails. As export_fn returns. */
int walk(const struct export_input *in, struct out *out, const struct walk_hooks *hooks, void *arg);

/* The traced threads of @m that still live, oldest first; to be freed, NULL when @*ret_cnt is 0. */
const struct thread **walk_living(const struct model *m, size_t *ret_cnt);

#endif /* CTRACE_EXPORT_WALK_H */
