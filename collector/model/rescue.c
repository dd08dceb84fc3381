/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who could end a wait, decided from what kind of wait it is.
 *
 * What is not known is OUTSIDE: then there is hope, and no verdict.
 */
#include <string.h>
#include "model/rescue.h"
#include "model/model_private.h"

/* include/uapi/linux/wait.h */
enum { WAITID_P_PID = 1 };

static bool lives(const struct thread *t)
{
	return t && thread_is_alive(t) && !(t->flags & THREAD_FOREIGN);
}

const struct thread *model_find_process(const struct model *m, __u32 pid)
{
	const struct thread *t = model_peek_thread(m, pid);

	if (lives(t) && t->pid == pid)
		return t;
	vec_for_each(other, &m->threads)
		if (other->pid == pid && lives(other))
			return other;
	return NULL;
}

/*
 * May what is read in its words turn out to be none of a lock when its stack is known? That of 32
 * bits never is, and a rwlock has fewer words that are what they must be than a mutex.
 */
static bool stack_may_deny(const struct model *m, const struct thread *t)
{
	const struct wait *w = &t->wait;

	if ((w->flags & EVF_COMPAT) && w->reason == WAIT_RWLOCK)
		return true;
	return wait_may_be_another(w) && model_stack_is_pending(m, t);
}

/*
 * The kernel clears the word when the joined thread ends, so no reading of it can be stale, and
 * when it has ended already the wake-up is on its way. But any futex may hold such a number.
 */
static bool rescue_by_join(const struct model *m, const struct thread *t, struct rescue *ret)
{
	if (t->wait.reason != WAIT_JOIN)
		return false;
	ret->owner = model_find_number(m, t, wait_owner_tid(&t->wait));
	ret->by = lives(ret->owner) ? RESCUERS_OWNER : RESCUERS_OUTSIDE;
	ret->evidence = ret->owner ? EVIDENCE_READ : EVIDENCE_UNKNOWN;
	ret->confirm_ns = t->wait.confirm_ns;
	ret->needs_confirm = true;
	ret->is_doubted = stack_may_deny(m, t);
	return true;
}

/* The first of the writers, when t waits for it to have been in the lock. */
static const struct thread *find_first_writer(const struct model *m, const struct thread *t)
{
	const struct thread *first;
	__u64 address;
	uint32_t tid;

	if (!wait_is_for_writer(&t->wait, &address) || wait_is_shared(&t->wait) ||
	    !map_get(&m->first_writer_of, model_lock_key(t->pid, address), &tid))
		return NULL;
	first = model_peek_thread(m, tid);
	return first && first->pid == t->pid && thread_is_blocked(first) &&
			       first->wait.args[0] == address && wait_is_for_readers(&first->wait)
		       ? first
		       : NULL;
}

/* Both are seen to wait, and where they wait says who comes first. */
static bool rescue_by_writer(const struct model *m, const struct thread *t, struct rescue *ret)
{
	ret->owner = find_first_writer(m, t);
	if (!ret->owner)
		return false;
	ret->by = RESCUERS_OWNER;
	ret->evidence = EVIDENCE_READ;
	return true;
}

/*
 * Does every thread live that could have locked what t waits for to read? Those before the
 * process executed its program could not. One that was copied by fork(2) may have been copied
 * with readers in the lock, who are elsewhere.
 */
static bool readers_are_here(const struct model *m, const struct thread *t)
{
	const struct thread *first = model_peek_thread(m, t->pid);

	if (!wait_reader_cnt(&t->wait) || wait_is_shared(&t->wait) || !first ||
	    !(first->flags & THREAD_EXECUTED) || m->dead_cnt >= MODEL_DEAD_MAX || model_lost(m, 0))
		return false;
	vec_for_each(other, &m->threads)
		if (other->pid == t->pid && !lives(other))
			return false;
	return true;
}

size_t rescue_readers(const struct model *m, const struct thread *t, const struct thread **ret,
		      size_t max)
{
	size_t cnt = 0;

	if (!thread_is_blocked(t) || model_living_cnt(m, t->pid) > max || !readers_are_here(m, t))
		return 0;
	vec_for_each(other, &m->threads) {
		if (other->pid != t->pid)
			continue;
		if (cnt == max)
			return 0;
		ret[cnt++] = other;
	}
	return cnt;
}

/* Nobody else is there: it is a reader that wants to write. */
static bool rescue_by_itself(const struct model *m, const struct thread *t, struct rescue *ret)
{
	const struct thread *one;

	if (rescue_readers(m, t, &one, 1) != 1)
		return false;
	ret->owner = one;
	ret->by = RESCUERS_OWNER;
	ret->evidence = EVIDENCE_READ;
	ret->confirm_ns = t->wait.confirm_ns;
	ret->needs_confirm = true;
	return true;
}

const char *rescue_evidence(const struct rescue *r)
{
	return evidence_phrase(r->evidence, r->by == RESCUERS_HOLDERS);
}

bool rescue_is_confirmed(const struct rescue *r)
{
	return !r->needs_confirm || r->confirm_ns;
}

/* What a futex is does not change while somebody waits on it: the kernel has its key. */
static bool is_told_by_another(const struct model *m, const struct lock *l)
{
	const struct thread *t = model_peek_thread(m, l->told_tid);

	return t && thread_is_blocked(t) && !model_stack_is_pending(m, t) &&
	       model_lock_of_wait(m, t) == l;
}

static bool rescue_by_owner(const struct model *m, const struct thread *t, struct rescue *ret)
{
	const struct lock *l = model_lock_of_wait(m, t);

	if (!l || !l->owner_tid || (t->wait.flags & WAIT_WORDLESS))
		return false;
	ret->owner = model_peek_thread(m, l->owner_tid);
	ret->by = ret->owner ? RESCUERS_OWNER : RESCUERS_OUTSIDE;
	ret->evidence = l->evidence;
	ret->confirm_ns = model_confirmed_ns(m, t);
	ret->needs_confirm = true;
	ret->is_doubted = stack_may_deny(m, t) && !is_told_by_another(m, l);
	return true;
}

/*
 * What a futex is does not change while somebody waits on it: the kernel has its key. But how
 * many readers are in a rwlock is read first, for it tells more.
 */
static bool rescue_by_peers(const struct model *m, const struct thread *t, struct rescue *ret)
{
	if (!wait_is_futex(&t->wait) ||
	    (wait_is_shared(&t->wait) && model_lock_memory(m, t) != MEMORY_PRIVATE))
		return false;
	if (model_shares_memory(m, t->pid)) /* others reach it as well */
		return false;
	if (wait_is_shared(&t->wait) || model_lock_copied_from(m, t))
		ret->evidence = EVIDENCE_READ;
	ret->by = RESCUERS_PEERS;
	ret->pids = &t->pid;
	ret->cnt = 1;
	ret->confirm_ns = t->wait.confirm_ns;
	ret->needs_confirm = wait_is_for_readers(&t->wait);
	return true;
}

static bool rescue_by_holders(const struct model *m, const struct thread *t, struct rescue *ret)
{
	const struct holders *h = model_holders(m, t);

	if (!h || !h->is_complete)
		return false;
	ret->by = RESCUERS_HOLDERS;
	ret->evidence = EVIDENCE_READ;
	ret->pids = h->pids;
	ret->cnt = h->cnt;
	ret->confirm_ns = h->read_ns;
	ret->needs_confirm = true;
	return true;
}

/* The child a wait names, or 0: any. */
static __u32 child_waited_for(const struct wait *w)
{
	const char *name;

	if (w->reason != WAIT_CHILD)
		return 0;
	name = wait_call(w);
	if (!name)
		return 0;
	if (!strcmp(name, "waitid"))
		return w->args[0] == WAITID_P_PID ? w->args[1] : 0;
	return !strcmp(name, "wait4") && (__s32)w->args[0] > 0 ? w->args[0] : 0;
}

/* One child by its number, if that is a child of this process and was not born elsewhere. */
static bool rescue_by_child(const struct model *m, const struct thread *t, struct rescue *ret)
{
	const struct thread *named = model_find_number(m, t, child_waited_for(&t->wait));
	const struct thread *child = named ? model_find_process(m, named->tid) : NULL;

	if (!child || child->ppid != t->pid)
		return false;
	ret->by = RESCUERS_HOLDERS;
	ret->evidence = EVIDENCE_OBSERVED;
	ret->pids = &child->pid;
	ret->cnt = 1;
	return true;
}

void rescue_find(const struct model *m, const struct thread *t, struct rescue *ret)
{
	*ret = (struct rescue){};
	if (!thread_is_blocked(t))
		return;
	if (rescue_by_join(m, t, ret) || rescue_by_owner(m, t, ret) ||
	    rescue_by_writer(m, t, ret) || rescue_by_itself(m, t, ret) ||
	    rescue_by_peers(m, t, ret) || rescue_by_child(m, t, ret))
		return;
	rescue_by_holders(m, t, ret);
}

static bool is_alone(const struct model *m, const struct thread *t)
{
	return model_living_cnt(m, t->pid) == lives(t);
}

bool rescue_may_come_from(const struct model *m, const struct thread *t, __u32 pid)
{
	return pid != t->pid || !is_alone(m, t);
}

const struct thread *rescue_only_one(const struct model *m, const struct thread *t,
				     const struct rescue *r)
{
	if (r->by == RESCUERS_OWNER)
		return r->owner;
	if (r->by != RESCUERS_HOLDERS || r->cnt != 1)
		return NULL;
	if (r->pids[0] != t->pid)
		return model_find_process(m, r->pids[0]);
	return is_alone(m, t) ? t : NULL;
}
