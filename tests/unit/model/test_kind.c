/* SPDX-License-Identifier: GPL-2.0-only */
/* What the functions of a stack tell of a wait, and whether its words are those of a lock. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/futex.h>
#include <string.h>
#include "model/story.h"
#include "model/verdict.h"
#include "tests/unit/support/one_model.h"

enum {
	A = 0x1000,
	MAIN = 1,
	LEFT,
	RIGHT,
	NR_FUTEX = 202,
	RUST_WAIT = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG,
};

static void setup(void)
{
	build_begin();
	m = model_new();
	apply(build_thread(MAIN, MAIN, 0, "main"));
	apply(build_thread(LEFT, MAIN, MAIN, "left"));
	apply(build_thread(RIGHT, MAIN, MAIN, "right"));
}

TestSuite(kind, .init = setup, .fini = teardown);

/* As Rust's std waits, with words that look like a mutex of glibc that RIGHT holds. */
static struct ev_hdr *build_block_rust(__u32 tid, __u64 val)
{
	struct ev_block *ev = (struct ev_block *)build_block(tid, 0, NR_FUTEX, A, RUST_WAIT, val);
	__u32 words[EVENT_WORD_CNT] = { val, 0, RIGHT, 1 };

	ev->hdr.flags |= EVF_WORDS;
	memcpy(ev->words, words, sizeof(words));
	return &ev->hdr;
}

static enum wait_reason kind_of(const char *stack)
{
	apply(build_run(LEFT));
	apply(build_block_rust(LEFT, 7));
	apply(build_stack(LEFT, stack));
	return model_find_thread(m, LEFT)->wait.reason;
}

static __u32 owner_seen_by(__u32 tid)
{
	const struct thread *owner = model_waits_for(m, model_find_thread(m, tid), NULL);

	return owner ? owner->tid : 0;
}

struct stack_case {
	const char *frames;
	enum wait_reason kind;
};

#define V0(path) "syscall libc.so.6\n_RNvMNtNtNtNtCsjrHSEGnQ3l9_3std3sys" path " rs\nwork w.rs:1"

/* As seen with rustc 1.95 and CPython 3.8 to 3.13, debug and release. */
static const struct stack_case seen[] = {
	{ V0("4sync5mutex5futexNtB2_5Mutex14lock_contended"), WAIT_MUTEX },
	{ V0("4sync6rwlock5futexNtB2_6RwLock15write_contended"), WAIT_RWLOCK },
	{ V0("4sync6rwlock5futexNtB2_6RwLock14read_contended"), WAIT_RWLOCK },
	{ V0("4sync7condvar5futexNtB2_7Condvar21wait_optional_timeout"), WAIT_CONDVAR },
	{ V0("4sync4once5futexNtB5_4Once4call"), WAIT_FUTEX },
	{ V0("4sync14thread_parking5futexNtB2_6Parker4park"), WAIT_SEMAPHORE },
	{ "syscall libc.so.6\n_RNvNtNtCsjrHSEGnQ3l9_3std6thread9functions4park rs",
	  WAIT_SEMAPHORE },
	{ "syscall libc.so.6\n_RNvMs0_NtNtCsjrHSEGnQ3l9_3std4sync7barrierNtB5_7Barrier4wait rs",
	  WAIT_BARRIER },
	{ "syscall libc.so.6\n"
	  "_RNvNtNtNtNtCsjrHSEGnQ3l9_3std3sys3pal4unix5futex10futex_wait futex.rs:73\n"
	  "_RNvMNtNtNtNtCsjrHSEGnQ3l9_3std3sys4sync7condvar5futexNtB2_7Condvar4wait futex.rs:33\n"
	  "std::sync::poison::condvar::Condvar::wait condvar.rs:128\n"
	  "std::sync::poison::condvar::Condvar::wait_while condvar.rs:9\n"
	  "std::sync::barrier::Barrier::wait barrier.rs:1",
	  WAIT_BARRIER },
	{ "syscall libc.so.6\nstd::sys::unix::futex::futex_wait futex.rs:62\n"
	  "std::sys::unix::locks::futex_mutex::Mutex::lock_contended futex_mutex.rs:76",
	  WAIT_MUTEX },
	{ "syscall libc.so.6\n_ZN3std3sys4sync5mutex5futex5Mutex14lock_contended17h01234567E",
	  WAIT_MUTEX },
	{ "syscall libc.so.6\nparking_lot_core::thread_parker::imp::ThreadParker::futex_wait l:1\n"
	  "<parking_lot_core::thread_parker::imp::ThreadParker as X>::park l.rs:2\n"
	  "parking_lot_core::parking_lot::park::{{closure}} p.rs:3\n"
	  "parking_lot_core::parking_lot::with_thread_data p.rs:4\n"
	  "parking_lot_core::parking_lot::park p.rs:5\n"
	  "parking_lot::raw_mutex::RawMutex::lock_slow raw_mutex.rs:6",
	  WAIT_MUTEX },
	{ "syscall libc.so.6\nparking_lot::raw_rwlock::RawRwLock::lock_shared_slow p",
	  WAIT_RWLOCK },
	{ "syscall libc.so.6\nparking_lot::condvar::Condvar::wait_until_internal p", WAIT_CONDVAR },
	{ "sem_wait libc.so.6\nPyThread_acquire_lock_timed python3.11\npython3.11+0x5899ae",
	  WAIT_SEMAPHORE },
	{ "__new_sem_wait_slow64 libc.so.6\nPyThread_acquire_lock_timed thread_pthread.h:544\n"
	  "acquire_timed _threadmodule.c:737\nrlock_acquire _threadmodule.c:1052",
	  WAIT_MUTEX },
	{ "__new_sem_wait_slow64 libc.so.6\nPyThread_acquire_lock_timed thread_pthread.h:544\n"
	  "lock_PyThread_acquire_lock _threadmodule.c:146\npy::eat:/tmp/a.py",
	  WAIT_MUTEX },
	{ "__new_sem_wait_slow64 libc.so.6\nPyThread_acquire_lock_timed thread_pthread.h:544\n"
	  "lock_PyThread_acquire_lock _threadmodule.c:146\npy::Condition.wait:/lib/threading.py\n"
	  "py::eat:/tmp/a.py",
	  WAIT_CONDVAR },
	{ "__new_sem_wait_slow64 libc.so.6\nPyThread_acquire_lock_timed thread_pthread.h:544\n"
	  "lock_PyThread_acquire_lock _threadmodule.c:146\n_PyEval_Vector ceval.c:1806",
	  WAIT_SEMAPHORE },
	{ "sem_clockwait libc.so.6\n_PySemaphore_Wait parking_lot.c:1\n_PyParkingLot_Park p.c:2\n"
	  "_PyMutex_LockTimed lock.c:3",
	  WAIT_MUTEX },
	{ "pthread_cond_timedwait libc.so.6\nPyCOND_TIMEDWAIT condvar.h:74\ntake_gil ceval.c:331",
	  WAIT_MUTEX },
	{ "pthread_cond_timedwait libc.so.6\npython3.11+0x4f94ed\nPyEval_RestoreThread python3.11",
	  WAIT_MUTEX },
	{ "pthread_cond_timedwait libc.so.6\nwork w.c:1\nPyEval_RestoreThread python3.11",
	  WAIT_CONDVAR },
	{ "__timedwait_cp ld-musl-x86_64.so.1\npthread_cond_timedwait ld-musl-x86_64.so.1",
	  WAIT_CONDVAR },
	{ "__timedwait ld-musl-x86_64.so.1\n__pthread_mutex_timedlock ld-musl-x86_64.so.1",
	  WAIT_MUTEX },
	{ "__timedwait_cp ld-musl-x86_64.so.1\nsem_timedwait ld-musl-x86_64.so.1", WAIT_SEMAPHORE },
	{ "__cxa_guard_acquire libstdc++.so.6\nwork w.cc:1", WAIT_FUTEX },
	{ "__pthread_once_slow libc.so.6\n___pthread_once libc.so.6\nwork w.c:1", WAIT_FUTEX },
	/* These tell nothing. */
	{ "syscall libc.so.6\nstd_sys::Mutex w.rs:1\nstd::sys::Mutex::lock_contended w.rs:2",
	  WAIT_FUTEX },
	{ "ld-musl-x86_64.so.1+0x5dc21\n0x7f0012\nwork w.c:1\npthread_cond_wait w.c:2",
	  WAIT_FUTEX },
	{ "", WAIT_FUTEX },
	{ " \n\n+0x", WAIT_FUTEX },
};

Test(kind, the_innermost_functions_tell)
{
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		cr_expect(eq(int, kind_of(seen[i].frames), seen[i].kind), "%s", seen[i].frames);
		cr_expect(eq(u32, owner_seen_by(LEFT), 0), "%s", seen[i].frames);
		apply(build_exec(MAIN, MAIN, "next", "/bin/next")); /* other locks */
	}
}

Test(kind, a_mutex_of_rust_never_has_the_owner_its_neighbours_look_like)
{
	apply(build_run(LEFT));
	apply(build_block_rust(LEFT, 2));
	cr_expect(eq(u32, owner_seen_by(LEFT), 0));
	apply(build_stack(LEFT, V0("4sync5mutex5futexNtB2_5Mutex14lock_contended")));
	apply(build_lockword(LEFT, A, RIGHT));
	cr_expect(eq(u32, owner_seen_by(LEFT), 0), "nor when the word is read again");
	cr_expect(eq(u32, model_find_lock(m, MAIN, A)->owner_tid, 0));
}

Test(kind, the_next_wait_for_a_mutex_of_rust_is_known_at_once)
{
	apply(build_run(LEFT));
	apply(build_block_rust(LEFT, 2));
	apply(build_stack(LEFT, V0("4sync5mutex5futexNtB2_5Mutex14lock_contended")));
	apply(build_run(MAIN));
	apply(build_block_rust(MAIN, 2));
	cr_expect(eq(int, model_find_thread(m, MAIN)->wait.reason, WAIT_MUTEX));
	cr_expect(eq(u32, owner_seen_by(MAIN), 0));
}

Test(kind, what_no_lock_of_glibc_waits_on_has_no_owner)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, 0, A, RIGHT));
	cr_expect(eq(u32, owner_seen_by(LEFT), RIGHT), "so it looks");
	apply(build_stack(LEFT, "syscall libc.so.6\nfutex_wait w.c:7\nmy_lock w.c:9\nmain w.c:30"));
	cr_expect(eq(u32, owner_seen_by(LEFT), 0));
	cr_expect(eq(int, model_find_thread(m, LEFT)->wait.reason, WAIT_FUTEX));
	apply(build_lockword(LEFT, A, RIGHT));
	cr_expect(eq(u32, owner_seen_by(LEFT), 0));
	apply(build_run(MAIN));
	apply(build_block_mutex(MAIN, 0, A, RIGHT));
	cr_expect(eq(u32, owner_seen_by(MAIN), 0), "nor for the next one");
	apply(build_stack(MAIN, "__lll_lock_wait libc.so.6\npthread_mutex_lock libc.so.6\nmain"));
	cr_expect(eq(u32, owner_seen_by(MAIN), RIGHT), "the memory is another lock by now");
	cr_expect(eq(int, model_find_thread(m, MAIN)->wait.reason, WAIT_MUTEX));
}

Test(kind, a_lock_inside_the_c_library_is_not_of_the_program)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, 0, A, RIGHT));
	apply(build_stack(LEFT, "__lll_lock_wait_private libc.so.6\nlibc.so.6+0x1\nprog+0x2"));
	cr_expect(eq(u32, owner_seen_by(LEFT), 0));
}

Test(kind, where_no_function_has_a_name_the_words_count)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, 0, A, RIGHT));
	apply(build_stack(LEFT, "__lll_lock_wait libc.so.6\nprog+0x1234\n0x7f001234"));
	cr_expect(eq(u32, owner_seen_by(LEFT), RIGHT));
	cr_expect(eq(int, model_find_thread(m, LEFT)->wait.reason, WAIT_MUTEX));
}

static bool is_deadlock(void)
{
	struct verdict v;

	verdict_find(m, &v);
	return v.kind == VERDICT_DEADLOCK;
}

/* LEFT holds A + 64 and waits for A, which RIGHT holds; and the other way round. */
static void close_ring(void)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, RIGHT, A, RIGHT));
	apply(build_block_mutex(RIGHT, 0, A + 64, LEFT));
}

static void confirm_ring(void)
{
	apply(build_lockword(LEFT, A, RIGHT));
	apply(build_lockword(RIGHT, A + 64, LEFT));
}

Test(kind, nothing_is_claimed_of_words_while_a_stack_is_looked_for)
{
	close_ring();
	apply(build_stack_pending(LEFT));
	apply(build_stack_pending(RIGHT));
	confirm_ring();
	cr_expect(not(is_deadlock()));
	apply(build_stack(LEFT, "pthread_mutex_lock libc.so.6\nmain w.c:1"));
	cr_expect(not(is_deadlock()), "the other one may still be none");
	apply(build_stack(RIGHT, "pthread_mutex_lock libc.so.6\nmain w.c:1"));
	cr_expect(is_deadlock());
}

Test(kind, the_stack_of_one_who_waits_there_tells_of_the_lock_of_all)
{
	close_ring();
	apply(build_run(MAIN));
	apply(build_block_mutex(MAIN, 0, model_find_thread(m, LEFT)->wait.args[0], RIGHT));
	apply(build_stack_pending(LEFT));
	confirm_ring();
	cr_expect(not(is_deadlock()));
	apply(build_stack(MAIN, "pthread_mutex_lock libc.so.6\nmain w.c:1"));
	cr_expect(is_deadlock());
	apply(build_wake_irq(MAIN));
	cr_expect(not(is_deadlock()), "as long as it waits there");
}

Test(kind, what_is_found_out_to_be_no_lock_is_never_a_deadlock)
{
	close_ring();
	apply(build_stack_pending(LEFT));
	confirm_ring();
	apply(build_stack(LEFT, "syscall libc.so.6\nmy_lock w.c:1\nmain w.c:2"));
	confirm_ring();
	cr_expect(not(is_deadlock()));
}

Test(kind, where_no_stack_can_be_had_the_words_count)
{
	close_ring();
	apply(build_stack_pending(LEFT));
	confirm_ring();
	cr_expect(not(is_deadlock()));
	apply(build_stack(LEFT, ""));
	cr_expect(is_deadlock());
}

static void restore(void *arg, const struct ev_hdr *ev, size_t size)
{
	(void)size;
	cr_assert(eq(int, model_apply(arg, ev), 0));
}

Test(kind, a_checkpoint_keeps_the_doubt_and_what_is_no_lock)
{
	struct model *before = m;

	close_ring();
	apply(build_stack(RIGHT, "syscall libc.so.6\nmy_lock w.c:1\nmain w.c:2"));
	apply(build_stack_pending(LEFT));
	m = model_new();
	model_checkpoint(before, restore, m);
	model_free(before);
	cr_expect(model_stack_is_pending(m, model_find_thread(m, LEFT)));
	cr_expect(eq(u32, owner_seen_by(RIGHT), 0));
	apply(build_run(MAIN));
	apply(build_block_mutex(MAIN, 0, A + 64, LEFT));
	cr_expect(eq(u32, owner_seen_by(MAIN), 0));
}

Test(kind, the_kernel_knows_the_owner_of_a_pi_futex_whoever_waits_for_it)
{
	struct ev_block *ev;

	apply(build_run(LEFT));
	ev = (struct ev_block *)build_block(LEFT, 0, NR_FUTEX, A, FUTEX_LOCK_PI, 0);
	ev->hdr.flags |= EVF_WORDS;
	ev->words[0] = RIGHT | FUTEX_WAITERS;
	apply(&ev->hdr);
	apply(build_stack(LEFT, "syscall libc.so.6\nmy_lock w.c:9"));
	cr_expect(eq(u32, owner_seen_by(LEFT), RIGHT));
}

/* LEFT and RIGHT wait for each other's end, as far as the words on which they wait tell. */
static void close_ring_of_joins(void)
{
	apply(build_run(LEFT));
	apply(build_block_join(LEFT, RIGHT, A, RIGHT));
	apply(build_block_join(RIGHT, 0, A + 64, LEFT));
	cr_expect(not(is_deadlock()), "any futex may hold such a number");
	apply(build_stack_pending(LEFT));
	apply(build_joinword(LEFT, A, RIGHT));
	apply(build_joinword(RIGHT, A + 64, LEFT));
	cr_expect(not(is_deadlock()));
}

Test(kind, a_stack_tells_that_it_is_a_join)
{
	close_ring_of_joins();
	apply(build_stack(LEFT, "__futex_abstimed_wait_common libc.so.6\npthread_join w.c\nmain"));
	cr_expect(is_deadlock());
	cr_expect(eq(int, model_find_thread(m, LEFT)->wait.reason, WAIT_JOIN));
}

Test(kind, a_futex_that_holds_the_number_of_a_thread_is_no_join)
{
	close_ring_of_joins();
	apply(build_stack(LEFT, "syscall libc.so.6\nwait_for w.c:1\nmain w.c:2"));
	apply(build_joinword(LEFT, A, RIGHT));
	cr_expect(not(is_deadlock()));
	cr_expect(eq(int, model_find_thread(m, LEFT)->wait.reason, WAIT_FUTEX));
	cr_assert(ne(ptr, (void *)model_find_lock(m, MAIN, A), NULL));
	cr_expect(eq(u32, model_find_lock(m, MAIN, A)->wait_cnt, 1));
	apply(build_run(LEFT));
	apply(build_block_join(LEFT, 0, A, RIGHT));
	cr_expect(eq(int, model_find_thread(m, LEFT)->wait.reason, WAIT_FUTEX), "nor the next");
	apply(build_stack(LEFT, "pthread_join libc.so.6\nmain w.c:2"));
	cr_expect(eq(int, model_find_thread(m, LEFT)->wait.reason, WAIT_JOIN), "by now it is");
	apply(build_run(LEFT));
	apply(build_block_join(LEFT, 0, A, RIGHT));
	cr_expect(eq(int, model_find_thread(m, LEFT)->wait.reason, WAIT_JOIN));
}

Test(kind, a_thread_of_another_process_is_not_joined)
{
	apply(build_thread(9, 8, 8, "elsewhere"));
	apply(build_run(LEFT));
	apply(build_block_join(LEFT, 0, A, 9));
	cr_expect(eq(int, model_find_thread(m, LEFT)->wait.reason, WAIT_FUTEX));
}

enum { GONE = 4711 };

/* Who held it ended before ctrace came, so nobody is known to have that number. */
static const struct thread *left_waits_in(const char *stack, __u32 owner)
{
	apply(build_run(LEFT));
	apply(build_block_mutex(LEFT, 0, A, owner));
	apply(build_stack(LEFT, stack));
	return model_find_thread(m, LEFT);
}

Test(kind, a_holder_that_is_no_thread_of_the_process_is_told_by_number)
{
	const struct thread *t = left_waits_in("__lll_lock_wait libc.so.6\n"
					       "pthread_mutex_lock libc.so.6\nmain a.c:3",
					       GONE);
	struct strbuf text = {};
	struct story s;

	cr_expect(eq(int, t->wait.reason, WAIT_MUTEX));
	cr_expect(eq(u32, model_lock_of_missing(m, t), GONE));
	story_find(m, t, &s);
	story_sentence(m, &s, 0, t->wait.since_ns, &text);
	cr_expect(eq(str, (char *)strbuf_str(&text),
		     "left has waited 0 ns for mutex 0x1000; it is held by thread 4711, which its "
		     "process does not have (read from memory)."));
	strbuf_release(&text);
}

/* Then nobody owes it, however many have it mapped and go on, and whatever signals they handle. */
Test(kind, a_holder_of_a_shared_lock_who_is_gone_makes_a_stall)
{
	struct strbuf text = {};
	struct verdict v;

	apply(build_run(LEFT));
	apply(build_block_shared(LEFT, 0, A, GONE));
	apply(build_lockpage(LEFT, LEFT, A, 12, 64));
	apply(build_stack(LEFT, "__lll_lock_wait libc.so.6\npthread_mutex_lock libc.so.6"));
	verdict_find(m, &v);
	cr_expect(eq(u32, model_lock_of_missing(m, model_find_thread(m, LEFT)), 0), "not known");
	cr_expect(ne(int, v.suspect, VERDICT_STALL));
	apply(build_holders(LEFT, NULL, 0));
	verdict_find(m, &v);
	cr_expect(eq(int, v.kind, VERDICT_STALL));
	verdict_sentence(&v, m, v.at_ns, &text);
	cr_expect(eq(str, (char *)strbuf_str(&text),
		     "STALL for 0 ns: left waits for mutex 0x1000 held by thread 4711, which is "
		     "gone; nobody is left to wake it."));
	strbuf_release(&text);
}

/* Who runs what a Once is to run, and waits for it, waits for itself. */
Test(kind, who_waits_for_a_once_may_be_inside_of_one)
{
	static const struct {
		const char *stack, *call;
	} cases[] = {
		{ "__pthread_once_slow libc.so.6\ninit a.c:3\n__pthread_once_slow libc.so.6\nmain "
		  "a.c:4",
		  "pthread_once()" },
		{ "__pthread_once_slow libc.so.6\n__gthread_once g.h:700\nstd::call_once<f> "
		  "mutex:859\n"
		  "load a.cpp:5\nstd::call_once<f>::{lambda()#1}::operator() mutex:852\n"
		  "__pthread_once_slow libc.so.6\nstd::call_once<f> mutex:859\nmain a.cpp:6",
		  "call_once()" },
		{ "__pthread_once_slow libc.so.6\npthread_once libc.so.6\nmain a.c:4", NULL },
		{ "__pthread_once_slow libc.so.6\n__gthread_once g.h:700\nstd::call_once<f> "
		  "mutex:859\n"
		  "load a.cpp:5\nmain a.cpp:6",
		  NULL },
		{ "__lll_lock_wait libc.so.6\npthread_mutex_lock libc.so.6\ninit a.c:3\n"
		  "__pthread_once_slow libc.so.6\nmain a.c:4",
		  NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = model_inside_once(m, left_waits_in(cases[i].stack, 0));

		cr_expect(eq(str, (char *)(got ? got : "none"),
			     (char *)(cases[i].call ? cases[i].call : "none")),
			  "%s", cases[i].stack);
	}
}

Test(kind, words_of_other_locks_name_no_missing_holder)
{
	const char *libc = "__lll_lock_wait libc.so.6\npthread_mutex_lock libc.so.6";

	cr_expect(eq(u32, model_lock_of_missing(m, left_waits_in("main a.c:3", GONE)), 0));
	cr_expect(eq(u32,
		     model_lock_of_missing(
			     m, left_waits_in("syscall libc.so.6\nstd::sys::sync::mutex::futex::"
					      "Mutex::lock_contended futex.rs:61",
					      GONE)),
		     0));
	cr_expect(eq(u32, model_lock_of_missing(m, left_waits_in(libc, RIGHT)), 0));
	apply(build_lost(LOST_RING_FULL, 1));
	cr_expect(eq(u32, model_lock_of_missing(m, left_waits_in(libc, GONE)), 0),
		  "its creation may have been lost");
}
