/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kind of lock a wait is for, from the innermost functions of its stack that are known.
 *
 * Of the locks of glibc only kinds without an owner are told so: an owner is read from words,
 * whose layout says more. But where the innermost function is none of glibc's locks, the words
 * are none either, and what looks like an owner in them is none.
 */
#include <string.h>
#include "model/model_private.h"

enum {
	FRAME_MAX =
		16, /* of them a futex wait of Rust is some ten deep, with all that is inlined */
	WORD_MAX = 4,
};

/* How a function that is known begins: of glibc and musl. */
static const struct {
	const char *prefix;
	enum wait_reason kind;
} libc_functions[] = {
	{ "sem_wait", WAIT_SEMAPHORE },
	{ "sem_timedwait", WAIT_SEMAPHORE },
	{ "sem_clockwait", WAIT_SEMAPHORE },
	{ "__new_sem_wait", WAIT_SEMAPHORE },
	{ "__sem_wait", WAIT_SEMAPHORE },
	{ "__sem_timedwait", WAIT_SEMAPHORE },
	{ "pthread_barrier_wait", WAIT_BARRIER },
	{ "__pthread_barrier_wait", WAIT_BARRIER },
	{ "pthread_cond_wait", WAIT_CONDVAR },
	{ "pthread_cond_timedwait", WAIT_CONDVAR },
	{ "pthread_cond_clockwait", WAIT_CONDVAR },
	{ "__pthread_cond_wait", WAIT_CONDVAR },
	{ "__pthread_cond_timedwait", WAIT_CONDVAR },
	{ "___pthread_cond_wait", WAIT_CONDVAR },
	{ "___pthread_cond_timedwait", WAIT_CONDVAR },
	{ "___pthread_cond_clockwait", WAIT_CONDVAR },
	{ "__private_cond_wait", WAIT_CONDVAR },
	{ "cnd_wait", WAIT_CONDVAR },
	{ "cnd_timedwait", WAIT_CONDVAR },
	{ "pthread_rwlock_", WAIT_RWLOCK },
	{ "__pthread_rwlock_", WAIT_RWLOCK },
	{ "___pthread_rwlock_", WAIT_RWLOCK },
	{ "pthread_mutex_", WAIT_MUTEX },
	{ "__pthread_mutex_", WAIT_MUTEX },
	{ "___pthread_mutex_", WAIT_MUTEX },
	{ "mtx_lock", WAIT_MUTEX },
	{ "mtx_timedlock", WAIT_MUTEX },
	/* Only the words tell who is to end. */
	{ "pthread_join", WAIT_FUTEX },
	{ "pthread_timedjoin", WAIT_FUTEX },
	{ "pthread_clockjoin", WAIT_FUTEX },
	{ "__pthread_join", WAIT_FUTEX },
	{ "__pthread_timedjoin", WAIT_FUTEX },
	{ "__pthread_clockjoin", WAIT_FUTEX },
	{ "thrd_join", WAIT_FUTEX },
};

/*
 * Words that its name holds, one after the other, mangled or not. Who waits for a Once of Rust, or
 * for pthread_once() or a static variable of C++, waits until another thread has done something:
 * there is no word for that. The token that a parked thread of Rust waits for is a semaphore that
 * holds one.
 */
static const struct {
	const char *words[WORD_MAX];
	enum wait_reason kind;
} other_functions[] = {
	{ { "std", "sys", "Mutex", "lock_contended" }, WAIT_MUTEX },
	{ { "std", "sys", "RwLock", "_contended" }, WAIT_RWLOCK },
	{ { "std", "sys", "Condvar", "wait" }, WAIT_CONDVAR },
	{ { "std", "sys", "Once", "call" }, WAIT_FUTEX },
	{ { "std", "sys", "Once", "wait" }, WAIT_FUTEX },
	{ { "std", "sys", "Parker", "park" }, WAIT_SEMAPHORE },
	{ { "std", "thread", "park" }, WAIT_SEMAPHORE },
	{ { "std", "sync", "Barrier", "wait" }, WAIT_BARRIER },
	{ { "parking_lot", "RawMutex", "lock_slow" }, WAIT_MUTEX },
	{ { "parking_lot", "RawRwLock", "_slow" }, WAIT_RWLOCK },
	{ { "parking_lot", "RawRwLock", "wait_for_readers" }, WAIT_RWLOCK },
	{ { "parking_lot", "Condvar", "wait_until_internal" }, WAIT_CONDVAR },
	{ { "parking_lot", "Once", "call_once_slow" }, WAIT_FUTEX },
	{ { "__cxa_guard_acquire" }, WAIT_FUTEX },
	{ { "pthread_once" }, WAIT_FUTEX },
};

/* These wait on behalf of who has called them, and tell nothing themselves. */
static const char *const between[][WORD_MAX] = {
	{ "std", "sys", "futex_wait" },
	{ "parking_lot_core" },
};

/*
 * What is made of a lock further in. Python makes its locks of semaphores, and all else of
 * these locks; its lock of the interpreter is a condition variable.
 */
static const struct {
	enum wait_reason from;
	const char *prefix;
	enum wait_reason to;
} made_of[] = {
	{ WAIT_SEMAPHORE, "rlock_acquire", WAIT_MUTEX },
	{ WAIT_SEMAPHORE, "_PyMutex_Lock", WAIT_MUTEX },
	{ WAIT_SEMAPHORE, "PyMutex_Lock", WAIT_MUTEX },
	{ WAIT_SEMAPHORE, "_PyRawMutex_Lock", WAIT_MUTEX },
	{ WAIT_SEMAPHORE, "_PyRWMutex_", WAIT_RWLOCK },
	{ WAIT_SEMAPHORE, "py::Condition.wait:", WAIT_CONDVAR },
	{ WAIT_CONDVAR, "take_gil", WAIT_MUTEX },
	{ WAIT_CONDVAR, "PyEval_RestoreThread", WAIT_MUTEX },
	{ WAIT_CONDVAR, "PyEval_AcquireThread", WAIT_MUTEX },
	{ WAIT_CONDVAR, "PyEval_AcquireLock", WAIT_MUTEX },
	{ WAIT_CONDVAR, "PyGILState_Ensure", WAIT_MUTEX },
};

/* What the innermost functions of a stack tell of its wait. */
struct told {
	enum {
		TOLD_NOTHING, /* none of them has a name that says something */
		TOLD_LIBC,    /* a lock of glibc, or musl: the words are what they look like */
		TOLD_OTHER,   /* something else */
	} by;
	enum wait_reason kind; /* FUTEX: not told */
};

/* One line of a stack: "eat forks.c:31", "libc.so.6+0x1234", "0x7f0012". */
struct frame {
	const char *name;
	size_t len;
};

static struct frame frame_of(const char *line)
{
	struct frame f = { line, strcspn(line, "\n") };
	const char *place = memrchr(line, ' ', f.len);

	if (place)
		f.len = place - line;
	return f;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : NULL;
}

static bool begins(const struct frame *f, const char *prefix)
{
	size_t len = strlen(prefix);

	return f->len >= len && !memcmp(f->name, prefix, len);
}

static bool holds(const struct frame *f, const char *const words[WORD_MAX])
{
	const char *at = f->name, *end = f->name + f->len;

	for (int i = 0; i < WORD_MAX && words[i]; i++) {
		at = memmem(at, end - at, words[i], strlen(words[i]));
		if (!at)
			return false;
		at += strlen(words[i]);
	}
	return true;
}

static bool has_name(const struct frame *f)
{
	return f->len && !begins(f, "0x") && !memmem(f->name, f->len, "+0x", 3);
}

/* Inside of the C library; its names that begin so are nobody else's. */
static bool is_between(const struct frame *f)
{
	if ((begins(f, "__") && !begins(f, "__libc_start")) || begins(f, "futex") ||
	    begins(f, "lll_") || begins(f, "do_futex_wait") || begins(f, "syscall"))
		return true;
	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++)
		if (holds(f, between[i]))
			return true;
	return false;
}

static bool is_lock(const struct frame *f, struct told *ret)
{
	for (size_t i = 0; i < sizeof(libc_functions) / sizeof(libc_functions[0]); i++) {
		if (!begins(f, libc_functions[i].prefix))
			continue;
		*ret = (struct told){ TOLD_LIBC, libc_functions[i].kind };
		return true;
	}
	for (size_t i = 0; i < sizeof(other_functions) / sizeof(other_functions[0]); i++) {
		if (!holds(f, other_functions[i].words))
			continue;
		*ret = (struct told){ TOLD_OTHER, other_functions[i].kind };
		return true;
	}
	return false;
}

/* A lock of Python's threading, unless it is the one by which it tells that a thread has ended. */
static bool is_python_lock(const struct frame *f, bool has_acquired)
{
	return has_acquired && begins(f, "py::") && !begins(f, "py::Thread._wait_for") &&
	       !begins(f, "py::Thread.join:");
}

/* Can what is made of a lock of this kind be told further out than f? */
static bool is_inside(enum wait_reason kind, const struct frame *f)
{
	if (begins(f, "py::"))
		return false;
	return kind != WAIT_CONDVAR || !has_name(f) || is_between(f) ||
	       memmem(f->name, f->len, "Cond", 4) || memmem(f->name, f->len, "COND", 4);
}

/* What the lock that was found is made into by those who wait for it; line may be NULL. */
static enum wait_reason kind_outward(enum wait_reason kind, const char *line)
{
	static const char *const barrier[WORD_MAX] = { "std", "sync", "Barrier", "wait" };
	bool has_acquired = false;

	for (int i = 0; line && i < FRAME_MAX; i++, line = next_line(line)) {
		struct frame f = frame_of(line);

		for (size_t n = 0; n < sizeof(made_of) / sizeof(made_of[0]); n++)
			if (made_of[n].from == kind && begins(&f, made_of[n].prefix))
				return made_of[n].to;
		if (kind == WAIT_CONDVAR && holds(&f, barrier))
			return WAIT_BARRIER;
		if (kind == WAIT_SEMAPHORE && is_python_lock(&f, has_acquired))
			return WAIT_MUTEX;
		has_acquired |= begins(&f, "lock_PyThread_acquire_lock");
		if (!is_inside(kind, &f))
			break;
	}
	return kind;
}

static struct told read_stack(const char *stack)
{
	struct told told = { TOLD_NOTHING, WAIT_FUTEX };
	const char *line = stack;

	for (int i = 0; line && i < FRAME_MAX; i++, line = next_line(line)) {
		struct frame f = frame_of(line);

		if (!has_name(&f))
			continue;
		if (is_lock(&f, &told)) {
			told.kind = kind_outward(told.kind, next_line(line));
			return told;
		}
		if (begins(&f, "__lll_lock_wait_private")) /* a lock inside the C library */
			told.by = TOLD_OTHER;
		if (!is_between(&f)) {
			told.by = TOLD_OTHER;
			return told;
		}
	}
	return told;
}

/* Those of a Once: what it is in the language of who called it. */
static const char *once_call(const struct frame *f)
{
	static const char *const c[WORD_MAX] = { "pthread_once" };
	static const char *const cpp[WORD_MAX] = { "std::call_once" };
	static const char *const rust[WORD_MAX] = { "std", "sys", "Once", "call" };

	if (holds(f, cpp) || holds(f, rust))
		return "call_once()";
	return holds(f, c) ? "pthread_once()" : NULL;
}

/*
 * The first frames are the call that waits. What was called from the other one is between them;
 * further out one call can have several frames.
 */
const char *model_inside_once(const struct model *m, const struct thread *t)
{
	const char *line = model_stack(m, t, NULL), *outer = NULL;
	bool is_waiting = false, is_between_calls = false;

	for (; line; line = next_line(line)) {
		struct frame f = frame_of(line);
		const char *call = once_call(&f);

		if (call && !is_between_calls)
			is_waiting = true;
		else if (call)
			outer = !outer || *call == 'c' ? call : outer;
		else if (is_waiting && !is_between(&f))
			is_between_calls = true;
		else if (!is_waiting && !is_between(&f))
			return NULL;
	}
	return outer;
}

static bool is_vague(enum wait_reason r)
{
	return r == WAIT_FUTEX || r == WAIT_CONDVAR || r == WAIT_SEMAPHORE || r == WAIT_BARRIER;
}

/* What is not in the words; of a mutex that they do not show they do not show the owner. */
static void take_vague(struct model *m, struct thread *t, const struct told *told)
{
	struct lock *l = model_lock_of_wait(m, t);

	if (!l || told->kind == WAIT_FUTEX)
		return;
	t->wait.reason = l->kind = told->kind;
	if (told->kind == WAIT_MUTEX)
		t->wait.flags |= WAIT_WORDLESS;
}

/* Who else waits there waits for a lock of glibc, too, as long as t does. */
static void tell_of_lock(struct model *m, const struct thread *t)
{
	struct lock *l = wait_may_be_another(&t->wait) ? model_lock_of_wait(m, t) : NULL;

	if (l)
		l->told_tid = t->tid;
}

bool model_waits_in_libc(const struct model *m, const struct thread *t)
{
	const char *stack = model_stack(m, t, NULL);

	return stack && read_stack(stack).by == TOLD_LIBC;
}

void model_take_kind(struct model *m, struct thread *t, const char *stack)
{
	struct told told = read_stack(stack);

	if (!wait_is_futex(&t->wait) || told.by == TOLD_NOTHING || wait_is_pi(&t->wait))
		return;
	if (told.by == TOLD_LIBC && (t->wait.flags & WAIT_WORDLESS))
		model_lock_has_words(m, t);
	if (told.by == TOLD_LIBC && told.kind == t->wait.reason)
		tell_of_lock(m, t);
	if (told.by == TOLD_OTHER &&
	    (wait_needs_owner(&t->wait) || told.kind == WAIT_MUTEX || told.kind == WAIT_RWLOCK))
		model_lock_is_wordless(m, t, told.kind);
	else if (is_vague(t->wait.reason))
		take_vague(m, t, &told);
}
