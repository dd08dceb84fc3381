/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: the state of the traced program, folded from events.
 *
 * A pure fold: the same events give the same model, live and replayed. It reads
 * no clock, no file and no memory but the event. Times are CLOCK_MONOTONIC
 * nanoseconds, tids are those of the initial PID namespace. A pointer to a
 * thread or lock is borrowed and lives until the next model_apply().
 */
#ifndef CTRACE_MODEL_H
#define CTRACE_MODEL_H

#include <stddef.h>
#include "model/lock.h"
#include "model/thread.h"

enum {
	MODEL_DEAD_MAX = 512,	 /* ended threads that are remembered */
	MODEL_OUTPUT_MAX = 4096, /* bytes of the workload's output that are remembered */
	MODEL_CPU_MAX = 1024,
	/* Where no event came for so long, none is on its way: an interrupted probe has gone on. */
	MODEL_QUIET_NS = 50000000,
};

struct model;

struct model *model_new(void);
void model_free(struct model *m); /* accepts NULL */

/* Back to the empty model, keeping its memory. */
void model_reset(struct model *m);

/* Make m what from is. For many threads a quarter of the price of a checkpoint. */
void model_copy(struct model *m, const struct model *from);

/*
 * Apply one event, tail included. Unknown kinds are skipped (a newer recorder
 * wrote them). -EPROTO when the event contradicts its own length, or there are more
 * threads than a machine can have; the model is then unchanged.
 */
int model_apply(struct model *m, const struct ev_hdr *ev);

__u64 model_now_ns(const struct model *m);   /* time of the last event; 0: none yet */
__u64 model_begin_ns(const struct model *m); /* time of the first */
__u64 model_event_cnt(const struct model *m);

/*
 * Changes whenever a wait begins or ends, an owner becomes known or a thread
 * ends: while it stays the same, verdicts stay the same, but for when it was last
 * confirmed what had been confirmed before (verdict_edge_confirm_ns()).
 */
__u64 model_wait_version(const struct model *m);

/* Changes whenever a wait begins, or it becomes known whose it is: how many did so far. */
__u64 model_wait_cnt(const struct model *m);

/* Threads in no particular order; foreign ones are included. */
size_t model_thread_cnt(const struct model *m);
const struct thread *model_thread_at(const struct model *m, size_t idx);
/* The living thread with this tid, else the last one that had it, else NULL. */
const struct thread *model_find_thread(const struct model *m, __u32 tid);
/*
 * The thread that memory of t, or a system call of it, calls tid: in the PID namespace of t.
 * NULL when that is nobody, or could be several.
 */
const struct thread *model_find_number(const struct model *m, const struct thread *t, __u32 tid);
/* How many threads of process pid live: are traced, and have not ended. */
size_t model_living_cnt(const struct model *m, __u32 pid);
/* How many traced threads are in state s now. */
size_t model_state_cnt(const struct model *m, enum thread_state s);

size_t model_lock_cnt(const struct model *m);
const struct lock *model_lock_at(const struct model *m, size_t idx);
const struct lock *model_find_lock(const struct model *m, __u32 pid, __u64 address);
/* A key for maps, of the lock at address in the memory of process pid. */
__u64 model_lock_key(__u32 pid, __u64 address);

/*
 * How the program calls l: an expression such as "table.fork[1]", or NULL: not known.
 * Safe text, borrowed like l.
 */
const char *model_lock_name(const struct model *m, const struct lock *l);

/* Has it no name of its own, or one that held for a while, which is over (lock.name_until_ns)? */
bool model_lock_name_is_over(const struct model *m, const struct lock *l);

/*
 * From now on a lock that has no name yet is called what it is called later (model/lock_names.h):
 * for who knows the whole trace. names stays the caller's; NULL: no more.
 */
struct lock_names;
void model_know_names(struct model *m, const struct lock_names *names);
/* The lock t waits on, or NULL when it waits for something else. */
const struct lock *model_lock_waited_on(const struct model *m, const struct thread *t);

/* Has process pid its memory together with its parent, or a child that lives, as after vfork(2)? */
bool model_shares_memory(const struct model *m, __u32 pid);

/*
 * The thread of another process, with other memory, that is named by the words t waits on: the
 * lock was copied by fork(2) while that one held it, and the copy is never given back. NULL: it
 * is not so, or not known to be.
 */
const struct thread *model_lock_copied_from(const struct model *m, const struct thread *t);

/*
 * Does t wait for a lock that processes share, whose owner by its word is no thread that is there?
 * The inspector has looked at all that could give it back, and found nobody.
 */
bool model_holder_is_gone(const struct model *m, const struct thread *t);

/*
 * The number of a thread that nobody has, as it is read from the words of the mutex t waits on: who
 * held it has ended before ctrace came, or fork(2) copied it. 0: it is not so, or not known to be.
 */
__u32 model_lock_of_missing(const struct model *m, const struct thread *t);

/*
 * When the word that t, which is Blocked, waits on was last read again; 0: never. A mutex says
 * the same to all who wait for it, so a reading by way of any of them will do.
 */
__u64 model_confirmed_ns(const struct model *m, const struct thread *t);

/*
 * The functions t is in while it waits, one per line, innermost first: "eat forks.c:31";
 * NULL: not known. *ret_truncated (may be NULL): there are more, which were not found.
 * Safe text but for the newlines, borrowed until the next model_apply().
 */
const char *model_stack(const struct model *m, const struct thread *t, bool *ret_truncated);

/*
 * Of a thread that waits for a Once, as its stack tells: the call that it is in itself, further
 * out, "call_once()" or "pthread_once()"; it may be of another Once. NULL: none, or not known.
 */
const char *model_inside_once(const struct model *m, const struct thread *t);

/* Is it being looked for? Then what it will be, or that there is none, will be told. */
bool model_stack_is_pending(const struct model *m, const struct thread *t);

/* The processes that could end a wait, as the inspector last found them. */
struct holders {
	int err;	  /* 0, or -errno: it could not be found out */
	bool is_complete; /* nobody else on the machine could */
	__u64 read_ns;
	size_t cnt;
	const __u32 *pids; /* of processes, in the initial PID namespace; borrowed */
};

/* Who could end the wait of t; NULL: not looked for. Borrowed until the next model_apply(). */
const struct holders *model_holders(const struct model *m, const struct thread *t);

/* What the descriptor of a wait is, and when time will end the wait. */
struct wait_file {
	int err;	  /* 0, or -errno: it could not be found out */
	const char *text; /* "pipe:[4711] (read end)", safe text, borrowed; NULL: not known */
	__u64 until_ns;	  /* 0: never, or not known */
};

/* Of the wait of t; NULL: not looked for. Borrowed until the next model_apply(). */
const struct wait_file *model_wait_file(const struct model *m, const struct thread *t);

/* One descriptor of the set that a thread waits for. */
struct set_fd {
	__u32 fd;
	bool is_for_room; /* to write, and not to read as well */
	bool is_complete; /* nobody but pids[] could make it ready */
	__u32 pid_cnt;	  /* processes that could; as many as fit are in pids[] */
	__u32 pids[SETFD_PID_MAX];
	const char *text; /* as of struct wait_file; never NULL */
};

/* The first of those that poll, select or epoll wait for. */
struct wait_set {
	__u32 total; /* how many the set has */
	__u32 cnt;   /* of these in fds[] */
	struct set_fd fds[SETFD_MAX];
};

/* Of the wait of t; NULL: not looked for. Borrowed until the next model_apply(). */
const struct wait_set *model_wait_set(const struct model *m, const struct thread *t);

/* The memory that the word of a wait is in. */
enum lock_memory {
	MEMORY_UNKNOWN, /* not looked for */
	MEMORY_PRIVATE, /* no other process can map it */
	MEMORY_SHARED,
};

/* That of the wait of t, when it is on a futex without FUTEX_PRIVATE_FLAG. */
enum lock_memory model_lock_memory(const struct model *m, const struct thread *t);

/*
 * Whom does t wait for? The thread that holds the lock it waits on, or that it joins; of a
 * process that has the other end of its pipe, or is its child, the main thread. NULL when t
 * is not blocked, or nobody is known, or several could end the wait.
 * *ret_evidence (may be NULL) says how it is known.
 */
const struct thread *model_waits_for(const struct model *m, const struct thread *t,
				     enum evidence *ret_evidence);

/* What CPU cpu runs: a traced thread, or NULL (idle, or a thread that is not traced). */
const struct thread *model_cpu_thread(const struct model *m, unsigned cpu);
/*
 * Whom ev, which is not applied yet, shows to have left its CPU unseen, for events were lost
 * or the kernel left one out: a third thread, which becomes Unknown. NULL: nobody, as usual.
 */
const struct thread *model_displaced_by(const struct model *m, const struct ev_hdr *ev);
unsigned model_cpu_cnt(const struct model *m); /* one more than the highest CPU seen */

/* Events lost so far, by cause (enum lost_cause), or all for cause 0. */
__u64 model_lost(const struct model *m, unsigned cause);

/* The last bytes the workload wrote, raw (not NUL-terminated); borrowed. */
const char *model_output(const struct model *m, size_t *ret_len);
__u64 model_output_total(const struct model *m); /* bytes written since the begin */

/* Has the started program ended? *ret_code as wait4(2). */
bool model_ended(const struct model *m, __u32 *ret_code);

/*
 * Fold the model into events that, applied to an empty model, give the same
 * model again: a checkpoint. emit is called once per event, tail included.
 */
typedef void (*model_emit_fn)(void *arg, const struct ev_hdr *ev, size_t size);
void model_checkpoint(const struct model *m, model_emit_fn emit, void *arg);

/* Size of an event with its tail; 0 for an unknown kind. ev must hold its fixed part. */
size_t event_size(const struct ev_hdr *ev);
/* Size of the fixed part of a kind, 0 when unknown. */
size_t event_fixed_size(unsigned kind);
/* Length of the tail that ev announces, 0 for kinds without. */
size_t event_tail_len(const struct ev_hdr *ev);
/* Who runs after ev; 0: nobody that is traced, or ev does not say. */
__u32 event_next_tid(const struct ev_hdr *ev);
/* Name of a kind as in the list, lower case ("switch"), or "?". */
const char *event_kind_name(unsigned kind);
/* Is it of CHECKPOINT_KINDS? Asked for every event. */
static inline bool event_kind_is_checkpoint(unsigned kind)
{
	switch (kind) {
#define CASE_CHECKPOINT(name, id, type, tail, help) case id:
		CHECKPOINT_KINDS(CASE_CHECKPOINT)
#undef CASE_CHECKPOINT
		return true;
	}
	return false;
}

#endif /* CTRACE_MODEL_H */
