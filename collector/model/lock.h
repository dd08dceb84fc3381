/* SPDX-License-Identifier: GPL-2.0-only */
/* One futex word: who holds it, who waits, how it went so far. */
#ifndef CTRACE_MODEL_LOCK_H
#define CTRACE_MODEL_LOCK_H

#include <stdbool.h>
#include "bpf/event.h"
#include "model/state.h"

enum { LOCK_NAME_MAX = 96 };

struct lock {
	__u64 address;
	__u32 pid;	  /* the address space it was seen in */
	__u8 kind;	  /* enum wait_reason: what its waiters say it is */
	__u8 evidence;	  /* enum evidence: how owner_tid is known */
	bool is_shared;	  /* between processes, as the memory it is in tells */
	bool is_wordless; /* a stack told that it is no lock of glibc: no owner in its words */
	__u32 owner_tid;  /* 0: nobody, or not known */
	__u64 read_ns;	  /* when the owner was read */
	__u64 confirm_ns; /* when the inspector last read it again; 0: not yet */
	__u32 told_tid;	  /* who waits, and by whose stack it is a lock of glibc; 0: nobody */
	__u32 wait_cnt;
	__u32 handoff_cnt; /* times an unlock woke a waiter */
	__u32 waker_tid;   /* the last that woke a waiter here */
	__u64 wait_ns;	   /* waits that have ended */
	__u64 max_wait_ns;
	__u32 max_wait_tid; /* whose wait that was */
	/*
	 * Holds as far as they are seen: from the first reading of the owner to the
	 * hand-off. One that nobody waited for leaves no trace.
	 */
	__u64 owner_since_ns; /* first reading of owner_tid; 0: there is no owner */
	__u64 hold_ns;	      /* holds that a hand-off has ended */
	__u64 max_hold_ns;
	__u32 hold_cnt;
	char name[LOCK_NAME_MAX]; /* passed safe_text(); "": not known, see model_lock_name() */
	bool name_is_borrowed;	  /* EVF_BORROWED */
	__u64 name_until_ns;	  /* of a borrowed one: it holds without a waiter, too; or 0 */
};

#endif /* CTRACE_MODEL_LOCK_H */
