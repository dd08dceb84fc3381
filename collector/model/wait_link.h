/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one thread that is Blocked adds to the wait-for graph: what it waits on - a lock, or a
 * channel: a pipe, a FIFO, a socket, an eventfd, a file with a lock on it - and who could end that.
 * In poll, select and epoll it waits for any of some channels, and each of them is a link.
 */
#ifndef CTRACE_MODEL_WAIT_LINK_H
#define CTRACE_MODEL_WAIT_LINK_H

#include "base/strbuf.h"
#include "model/wakers.h"

enum { WAIT_END_MAX = 4, WAIT_LINK_MAX = SETFD_MAX };

enum wait_channel {
	CHANNEL_NONE,
	CHANNEL_PIPE, /* or FIFO */
	CHANNEL_SOCKET,
	CHANNEL_EVENTFD,
	CHANNEL_FLOCK,
};

enum wait_ends {
	WAIT_ENDS_UNKNOWN, /* nobody is known who could end it */
	WAIT_ENDS_ONE,	/* ends[0] alone could: it holds the lock, is to end, has the other end */
	WAIT_ENDS_SOME, /* each of ends[] could: they have the other end of the channel */
	WAIT_ENDS_LEARNED, /* ends[0] has ended waits there before: it explains, no more */
};

struct wait_end {
	const struct thread *thread; /* NULL: a process that is not traced, with the number pid */
	__u32 pid;
	bool is_process; /* any thread of the process could, and this is the main thread */
};

/* Borrowed like the model. */
struct wait_link {
	const struct thread *thread; /* who waits */
	const struct lock *lock;     /* what it waits on, if that is a lock, */
	bool has_channel;	     /* or a channel of which the other end is known: */
	__u8 channel;		     /* enum wait_channel; NONE: it is none, whoever could end it */
	bool is_for_room;	     /* it wants to write */
	__s32 fd;		     /* in the process of thread; -1: not known */
	const char *text;	     /* "pipe:[4711] (read end)"; NULL: not known */
	__u32 any_of;	    /* any of so many ends the wait, and this is one; 0: it alone */
	bool is_second_end; /* of a connection: it waits at the other one of its two ends */
	bool is_confirmed;  /* who could end it was seen again since the wait began */
	bool has_more;	    /* of SOME: others could, too, who are not known or too many */
	__u8 kind;	    /* enum wait_ends */
	__u8 evidence;	    /* enum evidence: how ends[] are known */
	__u8 end_cnt;
	struct wait_end ends[WAIT_END_MAX];
	__u64 read_ns;		     /* when that was last read; 0: not, or with the wait */
	const struct wakers *wakers; /* of LEARNED: ends[0] is the one of waker */
	const struct waker *waker;
};

/* Of t, which is Blocked: their number, 1 or more. */
size_t wait_links_find(const struct model *m, const struct thread *t,
		       struct wait_link ret[WAIT_LINK_MAX]);

/* Has its wait to do with nobody and nothing that others could wait for? A sleep, say. */
bool wait_link_is_alone(const struct wait_link *l);

/* Append safe text of a channel: "pipe:[4711]", "FIFO /run/jobs", "unix socket 4711 <> 4712". */
void wait_link_add_channel(const struct wait_link *l, struct strbuf *ret);

/* Two links with the same text here have the same lock or channel. */
void wait_link_add_identity(const struct model *m, const struct wait_link *l, struct strbuf *ret);

/* " for data", " for room" or "" */
const char *wait_link_purpose(const struct wait_link *l);

/*
 * Append what an end has to do with what is waited on: "held by", "written by", "its peer is"; of
 * one of several "could be written by", "perhaps held by".
 */
void wait_link_add_relation(const struct wait_link *l, bool is_one_of_some, struct strbuf *ret);

#endif /* CTRACE_MODEL_WAIT_LINK_H */
