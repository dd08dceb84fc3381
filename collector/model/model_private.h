/* SPDX-License-Identifier: GPL-2.0-only */
/* The inside of the model, shared by its own .c files alone. */
#ifndef CTRACE_MODEL_PRIVATE_H
#define CTRACE_MODEL_PRIVATE_H

#include "base/map.h"
#include "base/vec.h"
#include "model/inversion.h"
#include "model/model.h"
#include "model/wakers.h"

enum {
	MODEL_LOCK_MAX = 1024,	    /* that nobody waits on; beyond, the older half is forgotten */
	MODEL_PAGE_MAX = 256,	    /* beyond, locks of processes are told apart by process */
	MODEL_PLACE_MAX = 1024,	    /* beyond, the older half is forgotten */
	MODEL_THREAD_MAX = 1 << 18, /* beyond, no event is taken: a damaged file */
};

/* What the inspector found out about the present wait of tid. */
struct found {
	__u32 tid;
	bool is_truncated; /* the stack */
	bool is_pending;   /* the stack is being looked for */
	char *stack;	   /* one function per line; NULL: not known */
	bool has_holders;
	struct holders holders; /* pids are owned */
	bool has_file;
	struct wait_file file; /* text is owned */
	struct wait_set *set;  /* owned, as are its texts; NULL: not looked for */
	struct ev_lockpage page;
	bool has_page;
};

/* A word that processes map, perhaps at different addresses. */
struct lock_page {
	__u32 pid, lock_pid; /* the lock is counted as one of lock_pid, at lock_address */
	__u64 address, lock_address;
	__u64 dev, ino, off;
};

/* Where threads wait, and who has woken them there. */
struct place {
	__u32 pid;
	__s32 nr; /* system call; -1: a futex */
	__u64 arg;
	__u32 fd_mode;
	__u64 last_ns; /* when somebody was last woken there */
	struct wakers wakers;
};

/* The signals a process handles, as last read. */
struct handlers {
	__u32 pid;
	__s32 err;
	__u64 caught;
	__u64 read_ns;
};

/*
 * No pointers inside threads and locks: they refer to each other by tid and
 * address. Every living thread is in by_tid; an ended one only while no newer
 * thread has its tid.
 */
struct model {
	VEC(struct thread) threads;
	struct map by_tid;     /* tid -> index in threads */
	struct map by_number;  /* namespace and tid in it -> tid; without the initial one */
	struct map living_of;  /* pid -> threads of it that live; see model_living_cnt() */
	struct map sharers_of; /* pid -> living threads of its children that have its memory */
	VEC(struct lock) locks;
	struct map by_address;	       /* lock_key() -> index in locks */
	struct map first_writer_of;    /* lock_key() of where it waits for readers -> its tid */
	VEC(struct found) found;       /* of threads that are Blocked */
	struct map found_of;	       /* tid -> index in found */
	VEC(struct handlers) handlers; /* of processes that looked stalled */
	VEC(struct inversion) inversions;
	VEC(struct lock_page) pages;
	struct map page_of; /* lock_key() -> index in pages */
	VEC(struct place) places;
	struct map place_of; /* place_key() -> index in places */
	VEC(__u32) cpu_tid;  /* who is Running on each CPU, 0: nobody that is traced */
	__u32 dead_cnt;	     /* threads that are Dead, at most MODEL_DEAD_MAX */
	__u32 state_cnt[THREAD_STATE_CNT];

	const struct lock_names *later_names; /* not ours; NULL: none are known */

	__u64 now_ns, begin_ns;
	__u64 event_cnt;
	__u64 wait_version;
	__u64 changed_ns; /* of its last change that no confirmation was: no set closed later */
	__u64 wait_cnt;	  /* see model_wait_cnt() */
	__u64 lost[LOST_CAUSE_MAX];

	char output[MODEL_OUTPUT_MAX];
	size_t output_len;
	__u64 output_total;

	__u32 end_code;
	bool ended;
};

static inline void model_waits_change(struct model *m)
{
	m->wait_version++;
	m->changed_ns = m->now_ns;
}

/* What was known is known to hold since the last change; that it does still makes no difference. */
static inline void model_wait_is_confirmed(struct model *m)
{
	m->wait_version++;
}

/* model.c: the members that have memory; copy.c knows them, too. What m had is not released. */
void model_take_memory(struct model *m, const struct model *from);

/* threads.c */
struct thread *model_get_thread(struct model *m, __u32 tid, __u64 ts_ns); /* made if unknown */
struct thread *model_peek_thread(const struct model *m, __u32 tid);	  /* NULL if unknown */
struct thread *model_add_thread(struct model *m, const struct thread *t);
void model_set_state(struct model *m, struct thread *t, enum thread_state s, __u64 ts_ns);
void model_end_thread(struct model *m, struct thread *t, enum thread_state s, __u64 ts_ns);
void model_change_tid(struct model *m, __u32 old_tid, __u32 tid, __u64 ts_ns);
void model_set_cpu(struct model *m, unsigned cpu, __u32 tid);
void model_number_thread(struct model *m, const struct thread *t);
void model_count_living(struct model *m, const struct thread *t, int by);
void model_leave_cpu(struct model *m, const struct thread *t); /* if it is said to be there */

/* locks.c */
struct lock *model_lock_of_wait(const struct model *m, const struct thread *t);
void model_wait_begins(struct model *m, struct thread *t);
void model_wait_ends(struct model *m, struct thread *t, const struct ev_wake *by, __u64 ts_ns);
void model_lock_read(struct model *m, const struct ev_lockword *ev);
void model_forget_owners(struct model *m);
void model_add_lock(struct model *m, const struct lock *l);
struct lock *model_peek_lock(const struct model *m, __u32 pid, __u64 address);
void model_note_writer(struct model *m, const struct thread *t); /* if it is a first one */
void model_lock_is_wordless(struct model *m, struct thread *t, enum wait_reason reason);
void model_lock_has_words(struct model *m, struct thread *t);
void model_lock_is_at(struct model *m, struct thread *t, __u32 pid, __u64 address); /* shared */

/* lock_page.c */
void model_take_page(struct model *m, const struct ev_lockpage *ev);
void model_forget_pages(struct model *m, __u32 pid);
const struct lock_page *model_page(const struct model *m, __u32 pid, __u64 address);

/* wakers.c */
void model_count_waker(struct model *m, const struct thread *t, const struct ev_wake *by);
void model_forget_places(struct model *m, __u32 pid);
void model_restore_place(struct model *m, const struct ev_ck_place *ev);

/* evidence.c */
void model_check_lock_name(struct model *m, struct lock *l, const struct thread *t); /* t waits */
void model_forget_lock_names(struct model *m, __u32 pid);
void model_name_lock(struct model *m, const struct ev_lockname *ev);

/* kind.c */
void model_take_kind(struct model *m, struct thread *t, const char *stack); /* t waits in it */
bool model_waits_in_libc(const struct model *m, const struct thread *t);    /* in a lock of it */

/* found.c */
void model_keep_stack(struct model *m, const struct ev_stack *ev);
void model_keep_holders(struct model *m, const struct ev_holders *ev);
void model_keep_file(struct model *m, const struct ev_file *ev);
void model_keep_setfd(struct model *m, const struct ev_setfd *ev);
void model_keep_page(struct model *m, const struct ev_lockpage *ev);
const struct ev_lockpage *model_found_page(const struct model *m, const struct thread *t);
void model_drop_found(struct model *m, __u32 tid); /* its wait is over */
void model_drop_all_found(struct model *m);

/* handlers.c */
void model_take_handlers(struct model *m, const struct ev_handlers *ev);

/* inversion.c */
void model_keep_inversion(struct model *m, const struct ev_inversion *ev);
void model_drop_inversions(struct model *m);

/* checkpoint.c */
void model_restore_thread(struct model *m, const struct ev_ck_thread *ev);
void model_restore_lock(struct model *m, const struct ev_ck_lock *ev);

#endif /* CTRACE_MODEL_PRIVATE_H */
