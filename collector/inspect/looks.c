/* SPDX-License-Identifier: GPL-2.0-only */
/* The deep look: who is looked at, and what becomes of the answers. */
#include "inspect/looks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/map.h"
#include "base/vec.h"
#include "inspect/catches.h"
#include "inspect/short_waits.h"
#include "inspect/worker.h"

enum {
	BUDGET_PER_MILLE = 8,	   /* of one CPU */
	BUDGET_MAX_NS = 300000000, /* that is saved up: what ten thousand threads take at first */
	CHOSEN_MAX = 512,	   /* threads in one go, of which all registers are read at once */
	SCAN_MAX = 4096,	   /* that are considered for it */
	ROUND_NS = 1000000000,	   /* there may be somebody who was overlooked: the order changes */
	SOON_MAX =
		10 * CHOSEN_MAX, /* that may be waited for: this many are seen in half a second */
};

_Static_assert((int)CHOSEN_MAX <= (int)PROBE_WANTED_MAX, "their registers are read at once");

/* A look that was asked for: at one wait of one thread. */
struct pending {
	__u32 id;
	__u32 tid;
	__u32 pid;
	__u64 since_ns; /* with the tid, the wait */
	__u64 address;
	bool is_nameless;  /* a name was asked for, and may come */
	bool is_name_only; /* nothing else was */
	bool is_caught;	   /* of a wait that was caught as it began, and may be over */
};

/* One turn of all threads; the next begins when somebody may have become due. */
struct round {
	size_t next;	/* the thread to go on with */
	size_t left;	/* threads that are to be considered still */
	__u64 wait_cnt; /* how many waits had begun when it began */
	__u64 wait_ns;	/* how long who is due must have waited */
	__u64 again_ns; /* when the next one has to begin at the latest */
};

struct looks {
	struct worker *worker;
	struct map seen;      /* tid -> mark of the wait that was looked at, or cannot be */
	struct map announced; /* the same: it was told that it will be looked at */
	VEC(struct pending) pending;
	VEC(struct worker_answer *) answers;
	__u32 last_id;
	struct short_waits short_waits;
	struct catches catches;
	__s64 budget_ns;
	bool is_hurried; /* there is no budget */
	__u64 saved_ns;	 /* up to when the budget is counted */
	struct round round;
	__u64 announced_cnt; /* how many waits had begun when all were last considered */
	__u64 announce_ns;   /* when one of them may have to be announced; 0: none */
	struct probe_registers regs[CHOSEN_MAX];
};

struct looks *looks_new(void)
{
	struct looks *l = xcalloc(1, sizeof(*l));

	l->worker = worker_new();
	l->budget_ns = BUDGET_MAX_NS;
	return l;
}

void looks_free(struct looks *l)
{
	if (!l)
		return;
	worker_free(l->worker);
	map_release(&l->seen);
	map_release(&l->announced);
	vec_release(&l->pending);
	vec_for_each(a, &l->answers)
		free(*a);
	vec_release(&l->answers);
	short_waits_release(&l->short_waits);
	catches_release(&l->catches);
	free(l);
}

static __u64 cpu_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void looks_hurry(struct looks *l, bool in_a_hurry)
{
	l->is_hurried = in_a_hurry;
}

static bool budget_is_left(const struct looks *l)
{
	return l->is_hurried || l->budget_ns > 0;
}

static void save_budget(struct looks *l, __u64 now_ns)
{
	if (l->saved_ns && now_ns > l->saved_ns)
		l->budget_ns += (now_ns - l->saved_ns) / 1000 * BUDGET_PER_MILLE;
	if (l->budget_ns > BUDGET_MAX_NS)
		l->budget_ns = BUDGET_MAX_NS;
	l->saved_ns = now_ns;
}

/* Tells one wait of a thread from the next (microseconds of its begin, modulo 2^32). */
static __u32 wait_mark(const struct wait *w)
{
	return w->since_ns >> 10;
}

static bool is_marked(const struct map *marks, const struct thread *t)
{
	uint32_t mark;

	return map_get(marks, t->tid, &mark) && mark == wait_mark(&t->wait);
}

static void mark(struct map *marks, const struct thread *t)
{
	map_put(marks, t->tid, wait_mark(&t->wait));
}

void looks_receive(struct looks *l, __u64 now_ns)
{
	struct worker_answer a;

	if (!l->pending.cnt)
		return;
	while (worker_answer(l->worker, &a, now_ns))
		vec_push(&l->answers, xmemdup(&a, sizeof(a)));
}

static struct pending *find_pending(const struct looks *l, __u32 id)
{
	vec_for_each(p, &l->pending)
		if (p->id == id)
			return p;
	return NULL;
}

/* Does the thread still wait as it did when its registers were read? */
static bool is_true_still(const struct model *m, const struct pending *p)
{
	const struct thread *t = model_find_thread(m, p->tid);

	return t && thread_is_blocked(t) && t->wait.since_ns == p->since_ns;
}

/* What a global is called does not depend on who waits; its process must be there, though. */
static bool name_holds(const struct model *m, const struct worker_answer *a,
		       const struct pending *p)
{
	const struct thread *t = model_find_thread(m, p->tid);

	if (p->is_caught && !catches_may_tell(m, p->pid, p->address, a->text, a->len))
		return false;
	if ((a->flags & EVF_BORROWED) && !p->is_caught)
		return is_true_still(m, p);
	return t && thread_is_alive(t) && t->pid == p->pid;
}

static void emit_name(const struct worker_answer *a, const struct pending *p,
		      const struct looks_calls *calls)
{
	struct {
		struct ev_lockname ev;
		char text[WORKER_TEXT_MAX];
	} out = {
		.ev.hdr = { .tid = p->pid, .kind = EV_LOCKNAME, .flags = a->flags & EVF_BORROWED },
		.ev.address = p->address,
		.ev.len = a->len,
		.ev.holds_ns = p->is_caught && (a->flags & EVF_BORROWED) ? CATCHES_HOLDS_NS : 0,
	};

	memcpy(out.text, a->text, a->len);
	calls->emit(calls->arg, &out.ev.hdr);
}

static void emit_stack(const struct worker_answer *a, const struct pending *p,
		       const struct looks_calls *calls)
{
	struct {
		struct ev_stack ev;
		char text[WORKER_TEXT_MAX];
	} out = {
		.ev.hdr = { .tid = p->tid, .kind = EV_STACK, .flags = a->flags & EVF_TRUNCATED },
		.ev.len = a->len,
	};

	memcpy(out.text, a->text, a->len);
	calls->emit(calls->arg, &out.ev.hdr);
}

/* With EVF_PENDING that it is looked for; without that nothing was found. */
static void emit_no_stack(__u32 tid, __u8 flags, const struct looks_calls *calls)
{
	struct ev_stack ev = { .hdr = { .tid = tid, .kind = EV_STACK, .flags = flags } };

	calls->emit(calls->arg, &ev.hdr);
}

/* From now on nothing is claimed of an owner that the words of its lock show, if they do. */
static void announce(struct looks *l, const struct thread *t, const struct looks_calls *calls)
{
	if (!wait_may_be_another(&t->wait) || is_marked(&l->announced, t))
		return;
	mark(&l->announced, t);
	emit_no_stack(t->tid, EVF_PENDING, calls);
}

static void tell(struct looks *l, const struct model *m, const struct worker_answer *a,
		 __u64 now_ns, const struct looks_calls *calls)
{
	struct pending *p = find_pending(l, a->id);

	if (!p)
		return;
	if (a->len && a->kind == WORKER_NAME && name_holds(m, a, p))
		emit_name(a, p, calls);
	else if (a->len && a->kind == WORKER_STACK && is_true_still(m, p))
		emit_stack(a, p, calls);
	else if (a->kind != WORKER_NAME && !p->is_name_only && is_true_still(m, p))
		emit_no_stack(p->tid, 0, calls);
	if (p->is_caught && (a->kind == WORKER_NAME || p->is_nameless))
		catches_told(&l->catches, p->pid, p->address, a->kind == WORKER_NAME, now_ns);
	p->is_nameless = false;
	if (a->kind == WORKER_NAME)
		return;
	l->budget_ns -= a->cpu_ns;
	vec_remove(&l->pending, p - l->pending.items);
}

static void tell_all(struct looks *l, const struct model *m, __u64 now_ns,
		     const struct looks_calls *calls)
{
	vec_for_each(a, &l->answers) {
		tell(l, m, *a, now_ns, calls);
		free(*a);
	}
	vec_clear(&l->answers);
}

struct chosen {
	const struct thread *threads[CHOSEN_MAX];
	size_t cnt;
};

static bool can_be_seen(const struct looks *l, const struct thread *t)
{
	return thread_is_blocked(t) && !(t->flags & THREAD_FOREIGN) && t->pid &&
	       !(t->wait.flags & EVF_COMPAT) && !is_marked(&l->seen, t);
}

/* Is it one of the first cnt? */
static bool is_chosen(const struct chosen *c, size_t cnt, const struct thread *t)
{
	for (size_t i = 0; i < cnt; i++)
		if (c->threads[i] == t)
			return true;
	return false;
}

static bool is_alarm(const struct verdict *v)
{
	return v->kind == VERDICT_DEADLOCK || v->kind == VERDICT_STALL;
}

/* Those of the verdict come first, whatever it costs: they are what people ask about. */
static void choose_of_verdict(struct looks *l, const struct model *m, const struct verdict *v,
			      struct chosen *ret)
{
	for (size_t i = 0; i < v->cycle_cnt && ret->cnt < CHOSEN_MAX; i++) {
		const struct thread *t = model_find_thread(m, v->cycle[i].tid);

		if (t && can_be_seen(l, t))
			ret->threads[ret->cnt++] = t;
	}
}

static void begin_round(struct round *r, const struct model *m, __u64 wait_ns, __u64 now_ns)
{
	if (r->left ||
	    (r->wait_cnt == model_wait_cnt(m) && r->wait_ns == wait_ns && now_ns < r->again_ns))
		return;
	r->left = model_thread_cnt(m);
	r->wait_cnt = model_wait_cnt(m);
	r->wait_ns = wait_ns;
	r->again_ns = now_ns + ROUND_NS;
}

/* Is t due? Where it is, or will be soon, another round follows. */
static bool is_due(const struct looks *l, const struct thread *t, __u64 now_ns, struct round *r)
{
	__u64 due_ns = t->wait.since_ns + r->wait_ns;

	if (!can_be_seen(l, t))
		return false;
	if (due_ns < r->again_ns)
		r->again_ns = due_ns;
	return now_ns >= due_ns;
}

/*
 * Of the others a few are not worth reading registers for while the worker has enough to do. Once
 * there is an alarm nobody has to have waited for long.
 */
static void choose(struct looks *l, const struct model *m, const struct verdict *v, __u64 now_ns,
		   struct chosen *ret)
{
	struct round *r = &l->round;
	size_t first_cnt;

	choose_of_verdict(l, m, v, ret);
	first_cnt = ret->cnt;
	if (worker_room(l->worker) < CHOSEN_MAX)
		return;
	begin_round(r, m, is_alarm(v) ? 0 : LOOKS_WAIT_NS, now_ns);
	for (size_t i = 0; i < SCAN_MAX && r->left && ret->cnt < CHOSEN_MAX && budget_is_left(l);
	     i++) {
		const struct thread *t = model_thread_at(m, r->next++ % model_thread_cnt(m));

		r->left--;
		if (is_due(l, t, now_ns, r) && !is_chosen(ret, first_cnt, t))
			ret->threads[ret->cnt++] = t;
	}
}

/* Where the lock is that has no name yet, or 0. */
static __u64 nameless_lock(const struct model *m, const struct thread *t)
{
	const struct lock *lock = model_lock_waited_on(m, t);

	/* What was learned from a wait before is asked for anew. */
	return lock && (!model_lock_name(m, lock) || lock->name_until_ns) ? lock->address : 0;
}

static int compare_tids(const void *a, const void *b)
{
	const struct probe_registers *x = a, *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

/* Of a thread that waits, among regs[cnt], which are by tid; else NULL. */
static const struct probe_registers *find_registers(const struct probe_registers *regs, size_t cnt,
						    __u32 tid)
{
	const struct probe_registers key = { .tid = tid },
				     *r = bsearch(&key, regs, cnt, sizeof(*regs), compare_tids);

	return r && r->state && !r->is_compat ? r : NULL;
}

struct batch {
	struct worker_look looks[WORKER_BATCH_MAX];
	struct pending pending[WORKER_BATCH_MAX];
	const struct thread *threads[WORKER_BATCH_MAX];
	size_t cnt;
	bool is_urgent; /* one is of a verdict: it has not waited for long */
};

static void add_to_batch(struct looks *l, const struct model *m, const struct thread *t,
			 const struct probe_registers *regs, __u64 now_ns, struct batch *b)
{
	struct worker_look *look = &b->looks[b->cnt];

	*look = (struct worker_look){
		.id = ++l->last_id,
		.tid = t->tid,
		.address = nameless_lock(m, t),
	};
	memcpy(look->regs, regs->regs, sizeof(look->regs));
	b->pending[b->cnt] = (struct pending){
		.id = look->id,
		.tid = t->tid,
		.pid = t->pid,
		.since_ns = t->wait.since_ns,
		.address = look->address,
		.is_nameless = look->address != 0,
	};
	b->threads[b->cnt++] = t;
	b->is_urgent |= now_ns < t->wait.since_ns + LOOKS_WAIT_NS;
}

/* False: the worker is busy, and those that are left are for another time. */
static bool send_batch(struct looks *l, const struct batch *b, __u64 now_ns,
		       const struct looks_calls *calls)
{
	size_t cnt = b->cnt;
	int asked;

	if (!cnt)
		return true;
	asked = worker_ask(l->worker, b->threads[0]->pid, b->threads[0]->uid, b->looks, cnt,
			   b->is_urgent, now_ns);
	if (asked == -EAGAIN)
		return false;
	if (asked >= 0)
		cnt = asked;
	for (size_t i = 0; i < cnt; i++) {
		announce(l, b->threads[i], calls);
		mark(&l->seen, b->threads[i]);
		if (asked < 0)
			emit_no_stack(b->threads[i]->tid, 0, calls);
		else
			vec_push(&l->pending, b->pending[i]);
	}
	return cnt == b->cnt;
}

/* The kernel does not tell: nothing will be found. */
static void give_up(struct looks *l, const struct chosen *c, const struct looks_calls *calls)
{
	for (size_t i = 0; i < c->cnt; i++) {
		mark(&l->seen, c->threads[i]);
		emit_no_stack(c->threads[i]->tid, 0, calls);
	}
}

/* Some of the same process; those that are not are left to be chosen from. */
static void take_batch(struct looks *l, const struct model *m, struct chosen *c, size_t regs_cnt,
		       __u64 now_ns, struct batch *ret)
{
	__u32 pid = c->threads[0]->pid;
	size_t left = 0;

	for (size_t i = 0; i < c->cnt; i++) {
		const struct thread *t = c->threads[i];
		const struct probe_registers *r = find_registers(l->regs, regs_cnt, t->tid);

		if (!r) /* it does not wait any more, which its events will tell */
			continue;
		if (t->pid != pid || ret->cnt == WORKER_BATCH_MAX)
			c->threads[left++] = t;
		else
			add_to_batch(l, m, t, r, now_ns, ret);
	}
	c->cnt = left;
}

static void ask(struct looks *l, const struct model *m, struct chosen *c, __u64 now_ns,
		const struct looks_calls *calls)
{
	__u32 tids[CHOSEN_MAX];
	struct batch b;
	int cnt;

	for (size_t i = 0; i < c->cnt; i++)
		tids[i] = c->threads[i]->tid;
	cnt = calls->read_registers(calls->arg, tids, c->cnt, l->regs);
	if (cnt < 0) {
		give_up(l, c, calls);
		return;
	}
	qsort(l->regs, cnt, sizeof(l->regs[0]), compare_tids);
	do {
		b.cnt = 0;
		b.is_urgent = false;
		take_batch(l, m, c, cnt, now_ns, &b);
	} while (send_batch(l, &b, now_ns, calls) && c->cnt);
}

/*
 * What a global is called can be told without a waiter: of locks that nobody waits for long enough
 * to be looked at. They come last.
 */
static void ask_names(struct looks *l, const struct model *m, __u64 now_ns)
{
	struct worker_look looks[SHORT_WAITS_MAX];
	struct nameless_locks locks;
	int cnt;

	_Static_assert((int)SHORT_WAITS_MAX <= (int)WORKER_BATCH_MAX, "they are asked at once");
	if (!budget_is_left(l) || worker_room(l->worker) < SHORT_WAITS_MAX ||
	    !short_waits_find(&l->short_waits, m, now_ns, &locks))
		return;
	for (size_t i = 0; i < locks.cnt; i++)
		looks[i] = (struct worker_look){
			.id = ++l->last_id,
			.tid = locks.pid,
			.address = locks.addresses[i],
			.is_name_only = true,
		};
	cnt = worker_ask(l->worker, locks.pid, locks.uid, looks, locks.cnt, false, now_ns);
	if (cnt == -EAGAIN)
		return;
	if (cnt >= 0)
		locks.cnt = cnt; /* the others are found again */
	short_waits_forget(&l->short_waits, &locks);
	for (int i = 0; i < cnt; i++)
		vec_push(&l->pending, (struct pending){
					      .id = looks[i].id,
					      .tid = locks.pid,
					      .pid = locks.pid,
					      .address = looks[i].address,
					      .is_name_only = true,
				      });
}

/* False: not now. */
static bool ask_caught(struct looks *l, const struct model *m, struct probe_catch *c, __u64 now_ns)
{
	const struct thread *t = model_find_thread(m, c->tid);
	struct worker_look look = {
		.id = ++l->last_id,
		.tid = c->tid,
		.address = c->address,
		.is_name_only = true,
	};
	int err = -ESRCH;

	memcpy(look.regs, c->regs, sizeof(look.regs));
	if (t && t->pid == c->pid && c->stack_len)
		err = worker_ask_caught(l->worker, c->pid, t->uid, &look, c->stack, c->stack_len,
					now_ns);
	if (err == -EAGAIN)
		return false;
	if (err) {
		catches_told(&l->catches, c->pid, c->address, c->stack_len == 0, now_ns);
		return true;
	}
	catches_told(&l->catches, c->pid, c->address, false, now_ns); /* until it is */
	vec_push(&l->pending, (struct pending){
				      .id = look.id,
				      .tid = c->tid,
				      .pid = c->pid,
				      .address = c->address,
				      .is_nameless = true,
				      .is_name_only = true,
				      .is_caught = true,
			      });
	return true;
}

/* The others have one if a waiter tells it: one is caught as it begins to wait. */
static void ask_all_caught(struct looks *l, const struct model *m, __u64 now_ns,
			   const struct looks_calls *calls)
{
	bool has_budget = budget_is_left(l) && worker_room(l->worker) >= SHORT_WAITS_MAX;

	if (!calls->catches)
		return;
	for (size_t i = 0; i < PROBE_CATCH_MAX && has_budget; i++) {
		struct probe_catch *c = &calls->catches[i];

		if (__atomic_load_n(&c->state, __ATOMIC_ACQUIRE) == PROBE_CATCH_TAKEN &&
		    ask_caught(l, m, c, now_ns))
			__atomic_store_n(&c->state, PROBE_CATCH_FREE, __ATOMIC_RELEASE);
	}
	if (has_budget)
		*calls->catch_is_wanted =
			catches_want(&l->catches, &l->short_waits, m, calls->catches, now_ns);
}

/* Ended threads stay in the map of waits; that it does not grow for ever is enough. */
static void prune_seen(struct looks *l, const struct model *m)
{
	if (map_cnt(&l->seen) > 4 * model_thread_cnt(m) + 4096)
		map_clear(&l->seen);
	if (map_cnt(&l->announced) > 4 * model_thread_cnt(m) + 4096)
		map_clear(&l->announced);
}

/* Has no wait begun that may have to be announced? All are looked at for that. */
static bool none_is_to_announce(const struct looks *l, const struct model *m, __u64 now_ns)
{
	return l->announced_cnt == model_wait_cnt(m) &&
	       (!l->announce_ns || now_ns < l->announce_ns);
}

/* Before their words are read again, which would prove a deadlock (inspect/lock_words.h). */
static void announce_all(struct looks *l, const struct model *m, __u64 now_ns,
			 const struct looks_calls *calls)
{
	if (none_is_to_announce(l, m, now_ns))
		return;
	l->announced_cnt = model_wait_cnt(m);
	l->announce_ns = 0;
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		const struct thread *t = model_thread_at(m, i);
		__u64 due_ns = t->wait.since_ns + LOOKS_ANNOUNCE_NS;

		if (!wait_may_be_another(&t->wait) || !can_be_seen(l, t))
			continue;
		if (now_ns >= due_ns)
			announce(l, t, calls);
		else if (!l->announce_ns || due_ns < l->announce_ns)
			l->announce_ns = due_ns;
	}
}

void looks_step(struct looks *l, const struct model *m, const struct verdict *v, __u64 now_ns,
		const struct looks_calls *calls)
{
	__u64 begin_ns = cpu_now_ns();
	struct chosen c = {};

	save_budget(l, now_ns);
	tell_all(l, m, now_ns, calls);
	prune_seen(l, m);
	announce_all(l, m, now_ns, calls);
	choose(l, m, v, now_ns, &c);
	if (c.cnt)
		ask(l, m, &c, now_ns, calls);
	else
		ask_names(l, m, now_ns);
	ask_all_caught(l, m, now_ns, calls);
	l->budget_ns -= cpu_now_ns() - begin_ns;
}

/* Will a thread of the verdict be looked at still? */
static bool verdict_is_due(const struct looks *l, const struct model *m, const struct verdict *v)
{
	for (size_t i = 0; i < v->cycle_cnt; i++) {
		const struct thread *t = model_find_thread(m, v->cycle[i].tid);

		if (t && can_be_seen(l, t))
			return true;
	}
	return false;
}

bool looks_name_pending(const struct looks *l, const struct model *m, const struct verdict *v)
{
	if (verdict_is_due(l, m, v))
		return true;
	vec_for_each(p, &l->pending)
		if (p->is_nameless && verdict_has_thread(v, p->tid))
			return true;
	return false;
}

bool looks_stack_pending(const struct looks *l, const struct model *m, const struct verdict *v)
{
	size_t cnt = 0;

	if (verdict_is_due(l, m, v))
		return true;
	vec_for_each(p, &l->pending) {
		cnt += !p->is_name_only;
		if (!p->is_name_only && verdict_has_thread(v, p->tid))
			return true;
	}
	for (size_t i = 0; i < model_thread_cnt(m) && budget_is_left(l); i++)
		cnt += can_be_seen(l, model_thread_at(m, i));
	return cnt && (l->is_hurried || cnt <= SOON_MAX);
}
