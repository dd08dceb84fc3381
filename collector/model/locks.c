/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of locks, and the line that decides who holds one.
 *
 * The owner belongs to the lock, not to a waiter: what any waiter or the
 * inspector reads last is what is known, and an unlock that wakes a waiter makes
 * it unknown again until the next reading.
 */
#include <stdlib.h>
#include <string.h>
#include "base/select.h"
#include "base/xalloc.h"
#include "model/model_private.h"

enum {
	PAGE_SZ = 4096,
	CONFIRM_APART_NS = 20000000, /* between the begin of a wait and what confirms it */
};

/* Mixed so that equal keys of different locks do not occur in practice (64 bits). */
__u64 model_lock_key(__u32 pid, __u64 address)
{
	return map_hash(address + map_hash(pid + 1ULL));
}

static struct lock *find_lock(const struct model *m, __u32 pid, __u64 address)
{
	uint32_t idx;

	if (!map_get(&m->by_address, model_lock_key(pid, address), &idx))
		return NULL;
	return &m->locks.items[idx];
}

/* By its second word: see wait_lock_address(). */
static struct lock *find_condvar(const struct model *m, __u32 pid, __u64 address)
{
	struct lock *l = address % 8 == 4 ? find_lock(m, pid, address - 4) : NULL;

	return l && l->kind == WAIT_CONDVAR ? l : NULL;
}

/* Older traces have locks of process 0: those that processes may share. */
struct lock *model_peek_lock(const struct model *m, __u32 pid, __u64 address)
{
	const struct lock_page *p = model_page(m, pid, address);
	struct lock *l = p ? find_lock(m, p->lock_pid, p->lock_address)
			   : find_lock(m, pid, address);

	if (!l)
		l = find_lock(m, 0, address);
	return l ? l : find_condvar(m, pid, address);
}

const struct lock *model_find_lock(const struct model *m, __u32 pid, __u64 address)
{
	return model_peek_lock(m, pid, address);
}

static bool wait_is_on_lock(const struct wait *w)
{
	return wait_is_futex(w) && w->reason != WAIT_JOIN;
}

/* The lock that is known where the futex is that t waits on. */
static struct lock *lock_at_futex(const struct model *m, const struct thread *t)
{
	__u64 address = wait_lock_address(&t->wait);

	return wait_is_shared(&t->wait) ? model_peek_lock(m, t->pid, address)
					: find_lock(m, t->pid, address);
}

struct lock *model_lock_of_wait(const struct model *m, const struct thread *t)
{
	return wait_is_on_lock(&t->wait) ? lock_at_futex(m, t) : NULL;
}

static void forget_lock(struct model *m, size_t idx)
{
	size_t last = m->locks.cnt - 1;
	struct lock *l = m->locks.items;

	map_remove(&m->by_address, model_lock_key(l[idx].pid, l[idx].address));
	if (idx != last) {
		l[idx] = l[last];
		map_put(&m->by_address, model_lock_key(l[last].pid, l[last].address), idx);
	}
	m->locks.cnt--;
}

/* Which locks does a blocked thread wait on? By index; to be freed. */
static bool *mark_waited_on(const struct model *m)
{
	bool *waited = xcalloc(m->locks.cnt, sizeof(*waited));

	vec_for_each(t, &m->threads) {
		const struct lock *l = thread_is_blocked(t) ? model_lock_of_wait(m, t) : NULL;

		if (l)
			waited[l - m->locks.items] = true;
	}
	return waited;
}

/* When the one in the middle was read of all locks that nobody waits on. */
static __u64 middle_time(const struct model *m, const bool *waited)
{
	uint64_t *times = xcalloc(m->locks.cnt, sizeof(*times));
	__u64 middle = 0;
	size_t cnt = 0;

	for (size_t i = 0; i < m->locks.cnt; i++)
		if (!waited[i])
			times[cnt++] = m->locks.items[i].read_ns;
	if (cnt)
		middle = select_nth(times, cnt, cnt / 2);
	free(times);
	return middle;
}

/*
 * Forget the older half of the locks that nobody waits on. One that somebody waits on may
 * be part of a deadlock, however long ago it was read.
 */
static void forget_locks(struct model *m)
{
	bool *waited = mark_waited_on(m);
	__u64 middle = middle_time(m, waited);
	size_t kept = 0;

	map_clear(&m->by_address);
	for (size_t i = 0; i < m->locks.cnt; i++) {
		struct lock l = m->locks.items[i];

		if (!waited[i] && l.read_ns <= middle)
			continue;
		map_put(&m->by_address, model_lock_key(l.pid, l.address), kept);
		m->locks.items[kept++] = l;
	}
	m->locks.cnt = kept;
	free(waited);
}

void model_add_lock(struct model *m, const struct lock *l)
{
	vec_push(&m->locks, *l);
	map_put(&m->by_address, model_lock_key(l->pid, l->address), m->locks.cnt - 1);
}

static struct lock *get_lock(struct model *m, __u32 pid, __u64 address)
{
	struct lock *l = find_lock(m, pid, address);

	if (l)
		return l;
	/* A thread waits on one lock at most, so there are many that can go. */
	if (m->locks.cnt >= MODEL_LOCK_MAX + m->state_cnt[THREAD_BLOCKED])
		forget_locks(m);
	model_add_lock(m, &(struct lock){ .pid = pid, .address = address });
	return vec_last(&m->locks);
}

static struct lock *get_lock_of_wait(struct model *m, const struct thread *t)
{
	const struct lock_page *p = wait_is_shared(&t->wait)
					    ? model_page(m, t->pid, wait_lock_address(&t->wait))
					    : NULL;
	struct lock *l = model_lock_of_wait(m, t);

	if (l)
		return l;
	l = p ? get_lock(m, p->lock_pid, p->lock_address)
	      : get_lock(m, t->pid, wait_lock_address(&t->wait));
	l->is_shared = p != NULL;
	return l;
}

bool model_shares_memory(const struct model *m, __u32 pid)
{
	const struct thread *first = model_peek_thread(m, pid);

	return map_get(&m->sharers_of, pid, NULL) ||
	       (first && first->pid == pid && (first->flags & THREAD_SHARES_MEMORY));
}

/* Can other, whose number is in the words t waits on, not reach them? */
static bool is_elsewhere(const struct model *m, const struct thread *t, const struct thread *other)
{
	return other->pid != t->pid && !wait_is_shared(&t->wait) &&
	       !model_shares_memory(m, other->pid) && !model_shares_memory(m, t->pid);
}

const struct thread *model_lock_copied_from(const struct model *m, const struct thread *t)
{
	const struct thread *other = t->wait.reason != WAIT_JOIN
					     ? model_find_number(m, t, wait_owner_tid(&t->wait))
					     : NULL;
	const struct thread *first = model_peek_thread(m, t->pid);

	/* One that is younger only has the number of who locked it. */
	if (!other || !first || !is_elsewhere(m, t, other) || other->start_ns > first->start_ns ||
	    other->tid == first->parent_tid)
		return NULL;
	return other;
}

/* Who called fork(2) goes on in the child as its first thread, and has there what it held. */
static const struct thread *holder_in_copy(const struct model *m, const struct thread *t,
					   const struct thread *other)
{
	const struct thread *first = model_peek_thread(m, t->pid);

	return first && first->parent_tid == other->tid ? first : NULL;
}

static bool process_has_number(const struct model *m, __u32 pid, __u32 tid)
{
	vec_for_each(t, &m->threads)
		if (t->pid == pid && (t->ns_tid ? t->ns_tid : t->tid) == tid)
			return true;
	return false;
}

/* Of a lock that processes share: has the inspector found that nobody is left who could? */
bool model_holder_is_gone(const struct model *m, const struct thread *t)
{
	const struct holders *h = model_holders(m, t);
	bool has_owner = t->wait.reason == WAIT_MUTEX || t->wait.reason == WAIT_RWLOCK;

	return has_owner && wait_is_shared(&t->wait) && h && h->is_complete && !h->cnt;
}

static bool may_be_of_missing(const struct model *m, const struct thread *t)
{
	if (!thread_is_blocked(t) || wait_is_pi(&t->wait) || !model_waits_in_libc(m, t))
		return false;
	if (wait_is_shared(&t->wait))
		return model_holder_is_gone(m, t);
	return t->wait.reason == WAIT_MUTEX && !model_lost(m, 0);
}

__u32 model_lock_of_missing(const struct model *m, const struct thread *t)
{
	struct wait w = t->wait;
	__u32 tid;

	if (!may_be_of_missing(m, t))
		return 0;
	w.flags &= ~WAIT_WORDLESS;
	wait_decode(&w);
	tid = w.reason == t->wait.reason ? wait_owner_tid(&w) : 0;
	return tid && !process_has_number(m, t->pid, tid) && !model_find_number(m, t, tid) ? tid
											   : 0;
}

/*
 * Here is decided that "this thread is blocked on that lock, held by that one":
 * the words say a tid, and it is a thread that is traced. Otherwise memory that
 * merely looks like a mutex would get an owner. Nor does who has locked it in another
 * process, of which fork(2) made this copy: nobody but who called fork has that as well.
 */
static void take_owner(struct model *m, struct lock *l, const struct thread *t)
{
	const struct wait *w = &t->wait;
	const struct thread *owner = model_find_number(m, t, wait_owner_tid(w));
	__u32 before = l->owner_tid;

	if (owner && (owner->flags & THREAD_FOREIGN))
		owner = NULL;
	if (owner && is_elsewhere(m, t, owner))
		owner = holder_in_copy(m, t, owner);
	l->read_ns = w->read_ns;
	l->owner_tid = owner ? owner->tid : 0;
	if (l->owner_tid != before)
		l->owner_since_ns = l->owner_tid ? l->read_ns : 0;
	l->evidence = l->owner_tid ? EVIDENCE_READ : EVIDENCE_UNKNOWN;
}

/*
 * Memory that is not shared has no owner in a process that is known from its wake-ups alone, and
 * only threads of the same process are joined.
 */
static bool can_have_owner(const struct model *m, const struct thread *t)
{
	const struct thread *owner = model_find_number(m, t, wait_owner_tid(&t->wait));

	if (owner && t->wait.reason == WAIT_JOIN)
		return owner->pid == t->pid;
	return owner && (wait_is_shared(&t->wait) || !(owner->flags & THREAD_FOREIGN));
}

/*
 * A "mutex" whose owner is no thread we know is a futex of some other kind, but where the kernel
 * itself hands it over.
 */
static void check_reason(const struct model *m, struct thread *t)
{
	struct wait *w = &t->wait;

	if (wait_needs_owner(w) && !wait_is_pi(w) && !(w->flags & WAIT_WORDLESS) &&
	    !can_have_owner(m, t))
		w->reason = WAIT_FUTEX;
}

/*
 * A stack has told that this is no lock of glibc, whatever the words look like. What it is in
 * Rust is recalled where the wait is made as its Mutex makes it; else the next stack tells.
 */
static void recall_wordless(const struct lock *l, struct wait *w)
{
	if (wait_needs_owner(w)) {
		w->reason = WAIT_FUTEX;
		w->flags |= WAIT_WORDLESS;
	}
	if (l->kind == WAIT_MUTEX && wait_is_as_of_rust(w)) {
		w->reason = WAIT_MUTEX;
		w->flags |= WAIT_WORDLESS;
	}
}

/*
 * The probe reads the words of a futex without owner only now and then (bpf/sched.bpf.c,
 * has_no_owner_again()); what the lock was at the waits before is what it is. So it is with
 * what a stack told, for words alone never tell it.
 */
static void recall_reason(const struct model *m, struct thread *t)
{
	const struct lock *l = wait_is_futex(&t->wait) ? lock_at_futex(m, t) : NULL;

	if (l && l->is_wordless && !wait_is_pi(&t->wait))
		recall_wordless(l, &t->wait);
	/* glibc, nptl/pthread_barrier_wait.c: until the number of the round changes */
	if (l && l->kind == WAIT_BARRIER && t->wait.reason == WAIT_FUTEX)
		t->wait.reason = WAIT_BARRIER;
	if (!l || !wait_has_no_owner(&t->wait))
		return;
	if (!(t->wait.flags & EVF_WORDS) || l->kind == WAIT_SEMAPHORE || l->kind == WAIT_BARRIER)
		t->wait.reason = l->kind;
	if (t->wait.reason == WAIT_MUTEX) /* made of something else, whose words tell no owner */
		t->wait.flags |= WAIT_WORDLESS;
}

/*
 * Who waits for the readers of a rwlock is the first of its writers; all others wait for this one,
 * and are to find it without looking at each other.
 */
void model_note_writer(struct model *m, const struct thread *t)
{
	if (thread_is_blocked(t) && wait_is_for_readers(&t->wait))
		map_put(&m->first_writer_of, model_lock_key(t->pid, t->wait.args[0]), t->tid);
}

static void forget_writer(struct model *m, const struct thread *t)
{
	__u64 key = model_lock_key(t->pid, t->wait.args[0]);
	uint32_t tid;

	if (wait_is_for_readers(&t->wait) && map_get(&m->first_writer_of, key, &tid) &&
	    tid == t->tid)
		map_remove(&m->first_writer_of, key);
}

void model_wait_begins(struct model *m, struct thread *t)
{
	struct lock *l;

	model_waits_change(m);
	m->wait_cnt++;
	check_reason(m, t);
	recall_reason(m, t);
	model_note_writer(m, t);
	if (!wait_is_on_lock(&t->wait))
		return;
	l = get_lock_of_wait(m, t);
	model_check_lock_name(m, l, t);
	if (!l->is_wordless || t->wait.reason != WAIT_FUTEX)
		l->kind = t->wait.reason;
	l->wait_cnt++;
	if (t->wait.flags & EVF_WORDS)
		take_owner(m, l, t);
}

/* In another process the word is somewhere else, but at the same place in its page. */
static bool is_same_word(const struct model *m, const struct thread *t, const struct ev_wake *by)
{
	const struct thread *waker;

	if (by->args[0] == t->wait.args[0])
		return true;
	if (!wait_is_shared(&t->wait) || (by->args[0] ^ t->wait.args[0]) & (PAGE_SZ - 1))
		return false;
	waker = model_peek_thread(m, by->waker_tid);
	return waker && waker->pid != t->pid;
}

/* Did the waker call futex(FUTEX_WAKE) on the very word t waits on? */
static bool is_handoff(const struct model *m, const struct thread *t, const struct ev_wake *by)
{
	struct wait waker = { .nr = by->nr, .flags = by->hdr.flags & EVF_COMPAT };

	if ((by->hdr.flags & (EVF_HARDIRQ | EVF_SOFTIRQ)) || !is_same_word(m, t, by))
		return false;
	wait_classify(&waker);
	return wait_is_futex(&waker);
}

static void forget_owner(struct lock *l)
{
	l->owner_tid = 0;
	l->owner_since_ns = 0;
	l->evidence = EVIDENCE_UNKNOWN;
}

/* The owner gives it back. */
static void count_hold(struct lock *l, __u64 ts_ns)
{
	__u64 ns = ts_ns > l->owner_since_ns ? ts_ns - l->owner_since_ns : 0;

	if (!l->owner_tid)
		return;
	l->hold_cnt++;
	l->hold_ns += ns;
	if (ns > l->max_hold_ns)
		l->max_hold_ns = ns;
}

void model_wait_ends(struct model *m, struct thread *t, const struct ev_wake *by, __u64 ts_ns)
{
	struct lock *l = model_lock_of_wait(m, t);
	__u64 ns = ts_ns > t->wait.since_ns ? ts_ns - t->wait.since_ns : 0;

	model_waits_change(m);
	forget_writer(m, t);
	if (!l)
		return;
	if (l->told_tid == t->tid)
		l->told_tid = 0;
	l->wait_ns += ns;
	if (ns > l->max_wait_ns) {
		l->max_wait_ns = ns;
		l->max_wait_tid = t->tid;
	}
	if (!by || !is_handoff(m, t, by))
		return;
	if (l->owner_tid == by->waker_tid)
		count_hold(l, ts_ns);
	l->handoff_cnt++;
	l->waker_tid = by->waker_tid;
	forget_owner(l);
}

/*
 * Whatever is confirmed after the last change is confirmed for every verdict. To say the same
 * once more makes none that is another.
 */
static bool is_confirmed_for_good(const struct model *m, const struct thread *t)
{
	return model_confirmed_ns(m, t) > m->changed_ns + CONFIRM_APART_NS;
}

static bool says_the_same(const struct wait *w, const struct ev_lockword *ev)
{
	return (w->flags & EVF_WORDS) && w->readers == ev->readers &&
	       !memcmp(w->words, ev->words, sizeof(ev->words));
}

void model_lock_read(struct model *m, const struct ev_lockword *ev)
{
	struct thread *t = model_peek_thread(m, ev->hdr.tid);
	__u32 owner_tid = 0;
	struct lock *l;
	bool is_same, was_confirmed;

	if (!t || t->state != THREAD_BLOCKED || !wait_is_futex(&t->wait) ||
	    t->wait.args[0] != ev->address || ev->err)
		return;
	is_same = says_the_same(&t->wait, ev);
	was_confirmed = is_confirmed_for_good(m, t);
	memcpy(t->wait.words, ev->words, sizeof(ev->words));
	t->wait.readers = ev->readers;
	t->wait.flags |= EVF_WORDS;
	t->wait.read_ns = t->wait.confirm_ns = ev->hdr.ts_ns;
	model_note_writer(m, t);
	l = model_lock_of_wait(m, t);
	if (l) {
		owner_tid = l->owner_tid;
		take_owner(m, l, t);
		l->confirm_ns = l->read_ns;
		is_same &= l->owner_tid == owner_tid;
	}
	if (!is_same)
		model_waits_change(m);
	else if (!was_confirmed)
		model_wait_is_confirmed(m);
}

/* What looked like a join is a wait on a lock. */
static void begin_on_lock(struct model *m, const struct thread *t)
{
	struct lock *l = get_lock_of_wait(m, t);

	model_check_lock_name(m, l, t);
	l->wait_cnt++;
}

/* The stack of t tells that words of this shape are none of a lock of glibc. */
void model_lock_is_wordless(struct model *m, struct thread *t, enum wait_reason reason)
{
	bool is_join = t->wait.reason == WAIT_JOIN;
	struct lock *l;

	t->wait.reason = reason;
	if (is_join)
		begin_on_lock(m, t);
	t->wait.flags |= WAIT_WORDLESS;
	model_waits_change(m);
	l = model_lock_of_wait(m, t);
	if (!l)
		return;
	l->kind = reason;
	l->is_wordless = true;
	l->told_tid = 0;
	forget_owner(l);
}

/* It tells that they are, though another one before told that they were not. */
void model_lock_has_words(struct model *m, struct thread *t)
{
	struct lock *l = lock_at_futex(m, t);

	t->wait.flags &= ~WAIT_WORDLESS;
	wait_decode(&t->wait);
	check_reason(m, t);
	model_note_writer(m, t);
	model_waits_change(m);
	if (!l)
		return;
	l->is_wordless = false;
	if (!wait_is_on_lock(&t->wait))
		return;
	l->kind = t->wait.reason;
	if (t->wait.flags & EVF_WORDS)
		take_owner(m, l, t);
}

__u64 model_confirmed_ns(const struct model *m, const struct thread *t)
{
	const struct wait *w = &t->wait;
	bool tells_all = w->reason == WAIT_MUTEX && !(w->flags & WAIT_WORDLESS);
	const struct lock *l = tells_all ? model_lock_of_wait(m, t) : NULL;

	if (l && l->confirm_ns > w->read_ns && l->confirm_ns >= w->since_ns + CONFIRM_APART_NS)
		return l->confirm_ns;
	return w->confirm_ns;
}

void model_forget_owners(struct model *m)
{
	vec_for_each(l, &m->locks)
		forget_owner(l);
}

/* What was counted as two is one. */
static void merge(struct lock *into, const struct lock *from)
{
	into->wait_cnt += from->wait_cnt;
	into->handoff_cnt += from->handoff_cnt;
	into->wait_ns += from->wait_ns;
	into->hold_ns += from->hold_ns;
	into->hold_cnt += from->hold_cnt;
	if (from->max_hold_ns > into->max_hold_ns)
		into->max_hold_ns = from->max_hold_ns;
	if (from->max_wait_ns > into->max_wait_ns) {
		into->max_wait_ns = from->max_wait_ns;
		into->max_wait_tid = from->max_wait_tid;
	}
}

/* It has become known that the lock t waits on, in shared memory, is the one at address of pid. */
void model_lock_is_at(struct model *m, struct thread *t, __u32 pid, __u64 address)
{
	__u64 own_address = wait_lock_address(&t->wait);
	struct lock *own = find_lock(m, t->pid, own_address), *l;

	if (t->pid != pid || own_address != address) {
		struct lock from = own ? *own : (struct lock){};

		if (own)
			forget_lock(m, own - m->locks.items);
		l = get_lock(m, pid, address);
		merge(l, &from);
	} else {
		l = get_lock(m, pid, address);
	}
	l->is_shared = true;
	l->kind = t->wait.reason;
	if ((t->wait.flags & EVF_WORDS) && t->wait.read_ns >= l->read_ns)
		take_owner(m, l, t);
}
