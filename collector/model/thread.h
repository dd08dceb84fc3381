/* SPDX-License-Identifier: GPL-2.0-only */
/* One thread as the model sees it: identity, state, totals, its wait. */
#ifndef CTRACE_MODEL_THREAD_H
#define CTRACE_MODEL_THREAD_H

#include <stdbool.h>
#include "bpf/event.h"
#include "model/state.h"
#include "model/wait.h"

enum thread_flag {
	THREAD_MET = 1 << 0,	       /* was there before ctrace */
	THREAD_FOREIGN = 1 << 1,       /* not traced: it only woke somebody */
	THREAD_NAMELESS = 1 << 2,      /* its THREAD event was lost */
	THREAD_WAKE_PENDING = 1 << 3,  /* a WAKE came while it ran; a BLOCK may follow it */
	THREAD_GROUP_ENDED = 1 << 4,   /* the last of its process */
	THREAD_EXECUTED = 1 << 5,      /* a main thread: seen from the begin of its program on */
	THREAD_EXITS = 1 << 6,	       /* its EXIT came; its last switch is what ends it */
	THREAD_SHARES_MEMORY = 1 << 7, /* its process has that of its parent, until it executes */
};

/* The latest wake-up. */
struct thread_wake {
	__u64 at_ns;
	__u32 waker_tid; /* 0: an interrupt or nobody */
	__s32 nr;	 /* the system call of the waker, -1: none */
	__u8 flags;	 /* EVF_HARDIRQ, EVF_SOFTIRQ, EVF_COMPAT */
};

struct thread {
	__u32 tid;
	__u32 pid;
	__u32 parent_tid; /* who created it */
	__u32 ppid;
	__u32 uid;
	__u32 ns_tid;	  /* its tid in its own PID namespace */
	__u32 ns_id;	  /* which that is; 0: not known */
	__u16 cpu;	  /* where it runs or ran last */
	__u8 flags;	  /* enum thread_flag */
	__u8 state;	  /* enum thread_state */
	__u8 ready_cause; /* enum ready_cause; while Ready */
	__u32 pushed_by;  /* while Ready and preempted: who got its CPU; 0: nobody that is traced */
	char name[EVENT_COMM_LEN]; /* passed safe_text() */
	__u64 start_ns;		   /* with the tid, its identity */
	__u64 since_ns;		   /* when it entered its state */
	__u64 created_ns;	   /* when it was created or met */
	__u64 ended_ns;		   /* 0 while it lives */
	__u32 exit_code;	   /* as wait4(2) */

	__u32 switch_cnt;  /* times it was taken off a CPU */
	__u32 preempt_cnt; /* of these: without wanting to */
	__u32 wake_cnt;
	__u32 migrate_cnt; /* times it ran on another CPU than before */

	struct thread_wake wake; /* the latest */
	struct wait wait;	 /* the current one while Blocked, else the latest */

	__u64 state_ns[THREAD_STATE_CNT]; /* up to since_ns; see thread_state_ns() */
	__u64 reason_ns[WAIT_REASON_CNT]; /* of Blocked, the same */
};

/* Time spent in state s until now_ns, the current state included. */
__u64 thread_state_ns(const struct thread *t, enum thread_state s, __u64 now_ns);
__u64 thread_reason_ns(const struct thread *t, enum wait_reason r, __u64 now_ns);

/* That of a task of the kernel that has not ended; task_state: 0, it is on a run queue. */
enum thread_state thread_state_of_task(bool is_running, __u32 task_state);

bool thread_is_alive(const struct thread *t);	/* not Zombie, not Dead */
bool thread_is_blocked(const struct thread *t); /* Blocked: its wait is current */
bool thread_is_main(const struct thread *t);	/* tid == pid */

#endif /* CTRACE_MODEL_THREAD_H */
