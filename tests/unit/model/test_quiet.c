/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads of which nothing was heard for long: when they are asked for, when that is news. */
#include "model/quiet.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "model/model.h"
#include "tests/unit/support/builders.h"

#define MS (1000 * 1000ULL)

enum { FUTEX = 202, LOCK = 0x5000, INTERRUPTIBLE = 1, DEAD = 0x80 };

static struct model *m;

static void setup(void)
{
	m = model_new();
	build_begin();
}

static void teardown(void)
{
	model_free(m);
}

TestSuite(quiet, .init = setup, .fini = teardown);

static void apply(struct ev_hdr *ev)
{
	model_apply(m, ev);
}

static const struct thread *thread(__u32 tid)
{
	return model_find_thread(m, tid);
}

/* In how many of the slices of 1 ms that it is quiet for is it due? */
static int count_due(enum thread_state state, __u64 from_ms, __u64 to_ms)
{
	struct thread t = { .tid = 1, .pid = 1, .state = state, .since_ns = 7 * MS };
	int cnt = 0;

	for (__u64 ms = from_ms; ms < to_ms; ms++)
		cnt += quiet_is_due(&t, (7 + ms) * MS, (8 + ms) * MS);
	return cnt;
}

Test(quiet, the_longer_it_was_quiet_the_less_often_it_is_asked_for)
{
	cr_expect(eq(int, count_due(THREAD_RUNNING, 0, 99), 0));
	cr_expect(eq(int, count_due(THREAD_RUNNING, 99, 100), 1));
	cr_expect(eq(int, count_due(THREAD_RUNNING, 100, 1000), 3));
	cr_expect(eq(int, count_due(THREAD_READY, 0, 8000), 13));
	cr_expect(eq(int, count_due(THREAD_BLOCKED, 0, 100 * 1000), 10));
	cr_expect(eq(int, count_due(THREAD_BLOCKED, 0, 1000 * 1000), 28));
	cr_expect(eq(int, count_due(THREAD_UNKNOWN, 0, 10000), 0));
	cr_expect(eq(int, count_due(THREAD_DEAD, 0, 10000), 0));
}

Test(quiet, who_had_an_event_is_not_due)
{
	struct thread t = { .tid = 1, .pid = 1, .state = THREAD_RUNNING, .since_ns = 950 * MS };

	cr_expect(not(quiet_is_due(&t, 0, 1000 * MS)));
	t.since_ns = 900 * MS;
	cr_expect(quiet_is_due(&t, 0, 1000 * MS));
	t.flags = THREAD_FOREIGN;
	cr_expect(not(quiet_is_due(&t, 0, 1000 * MS)));
}

static struct probe_registers at(enum probe_place place, __u32 state)
{
	return (struct probe_registers){
		.tid = 1,
		.place = place,
		.state = state,
		.nr = FUTEX,
		.regs = { [PREG_RDI] = LOCK },
	};
}

static bool is_wrong(enum thread_state said, struct probe_registers r)
{
	struct thread t = { .tid = 1, .pid = 1, .state = said, .since_ns = 1 };

	t.wait.nr = FUTEX;
	t.wait.args[0] = LOCK;
	return quiet_is_wrong(&t, &r, 1000 * MS);
}

Test(quiet, who_is_elsewhere_is_found)
{
	cr_expect(is_wrong(THREAD_RUNNING, at(PROBE_OFF_CPU, INTERRUPTIBLE)));
	cr_expect(is_wrong(THREAD_RUNNING, at(PROBE_OFF_CPU, 0)));
	cr_expect(is_wrong(THREAD_READY, at(PROBE_ON_CPU, 0)));
	cr_expect(is_wrong(THREAD_READY, at(PROBE_OFF_CPU, INTERRUPTIBLE)));
	cr_expect(is_wrong(THREAD_BLOCKED, at(PROBE_ON_CPU, 0)));
	cr_expect(is_wrong(THREAD_BLOCKED, at(PROBE_OFF_CPU, 0)));
	cr_expect(is_wrong(THREAD_RUNNING, at(PROBE_ENDED, DEAD)));
}

Test(quiet, who_is_where_he_is_said_to_be_is_left_alone)
{
	cr_expect(not(is_wrong(THREAD_RUNNING, at(PROBE_ON_CPU, 0))));
	cr_expect(not(is_wrong(THREAD_READY, at(PROBE_OFF_CPU, 0))));
	cr_expect(not(is_wrong(THREAD_BLOCKED, at(PROBE_OFF_CPU, INTERRUPTIBLE))));
	cr_expect(not(is_wrong(THREAD_DEAD, at(PROBE_ENDED, DEAD))));
}

/* Between the event of a switch and the switch itself nothing can be told. */
Test(quiet, who_is_leaving_is_left_alone)
{
	cr_expect(not(is_wrong(THREAD_BLOCKED, at(PROBE_LEAVING, 0))));
	cr_expect(not(is_wrong(THREAD_RUNNING, at(PROBE_LEAVING, 0))));
}

Test(quiet, who_waits_for_something_else_is_found)
{
	struct probe_registers r = at(PROBE_OFF_CPU, INTERRUPTIBLE);

	r.regs[PREG_RDI] = LOCK + 64;
	cr_expect(is_wrong(THREAD_BLOCKED, r));
	r = at(PROBE_OFF_CPU, INTERRUPTIBLE);
	r.nr = 0;
	cr_expect(is_wrong(THREAD_BLOCKED, r));
	r = at(PROBE_OFF_CPU, INTERRUPTIBLE);
	r.is_compat = 1; /* the first argument is in another register */
	cr_expect(is_wrong(THREAD_BLOCKED, r));
	r.regs[PREG_RBX] = 0xffffffff00000000ULL | LOCK;
	cr_expect(not(is_wrong(THREAD_BLOCKED, r)));
}

Test(quiet, what_has_moved_since_it_was_asked_is_no_contradiction)
{
	struct thread t = { .tid = 1, .pid = 1, .state = THREAD_RUNNING, .since_ns = 1000 * MS };
	struct probe_registers r = at(PROBE_OFF_CPU, INTERRUPTIBLE);

	cr_expect(not(quiet_is_wrong(&t, &r, 1000 * MS)));
	cr_expect(quiet_is_wrong(&t, &r, 1000 * MS + 1));
}

/* --- what the model makes of it ---------------------------------------------- */

static struct ev_met *met(__u32 tid, __u64 later_ns, bool is_running, __u32 state)
{
	static struct ev_met ev;

	ev = (struct ev_met){
		.hdr = { .kind = EV_MET, .tid = tid, .flags = EVF_WORDS },
		.running = is_running,
		.state = state,
		.nr = FUTEX,
		.args = { LOCK, 128, 2 },
		.words = { 2, 0, 8 }, /* taken, with waiters, by 8 */
	};
	ev.hdr.ts_ns = build_now_ns() + later_ns;
	return &ev;
}

static void tell_two(void)
{
	apply(build_thread(7, 7, 1, "a"));
	apply(build_thread(8, 7, 7, "b"));
	apply(build_run(7));
}

Test(quiet, who_is_said_to_run_and_waits_is_blocked)
{
	tell_two();
	apply(&met(7, MODEL_QUIET_NS, false, INTERRUPTIBLE)->hdr);
	cr_expect(eq(int, thread(7)->state, THREAD_BLOCKED));
	cr_expect(eq(int, thread(7)->wait.reason, WAIT_MUTEX));
	cr_expect(eq(ptr, (void *)model_waits_for(m, thread(7), NULL), (void *)thread(8)));
	cr_expect(eq(ptr, (void *)model_cpu_thread(m, 0), NULL));
}

/* Its event may have overtaken the look. */
Test(quiet, what_was_seen_a_moment_before_counts_more)
{
	tell_two();
	apply(&met(7, MODEL_QUIET_NS - 1, false, INTERRUPTIBLE)->hdr);
	cr_expect(eq(int, thread(7)->state, THREAD_RUNNING));
}

Test(quiet, who_is_said_to_wait_and_runs_is_running)
{
	__u64 version;

	tell_two();
	apply(build_block_mutex(7, 0, LOCK, 8));
	version = model_wait_version(m);
	apply(&met(7, MODEL_QUIET_NS, true, 0)->hdr);
	cr_expect(eq(int, thread(7)->state, THREAD_RUNNING));
	cr_expect(eq(ptr, (void *)model_cpu_thread(m, 0), (void *)thread(7)));
	cr_expect(ne(u64, model_wait_version(m), version));
	cr_expect(eq(ptr, (void *)model_waits_for(m, thread(7), NULL), NULL));
}

Test(quiet, where_it_runs_nobody_else_does)
{
	tell_two();
	apply(build_block_mutex(7, 8, LOCK, 8));
	cr_assert(eq(int, thread(8)->state, THREAD_RUNNING));
	apply(&met(7, MODEL_QUIET_NS, true, 0)->hdr);
	cr_expect(eq(int, thread(7)->state, THREAD_RUNNING));
	cr_expect(eq(int, thread(8)->state, THREAD_UNKNOWN));
}

Test(quiet, a_wait_that_goes_on_keeps_what_is_known_of_it)
{
	__u64 since_ns;

	tell_two();
	apply(build_block_mutex(7, 0, LOCK, 8));
	since_ns = thread(7)->since_ns;
	met(7, MODEL_QUIET_NS, false, INTERRUPTIBLE);
	apply(&met(7, MODEL_QUIET_NS, false, INTERRUPTIBLE)->hdr);
	cr_expect(eq(u64, thread(7)->since_ns, since_ns));
	cr_expect(eq(int, thread(7)->state, THREAD_BLOCKED));
}

Test(quiet, another_wait_takes_its_place)
{
	struct ev_met *ev;

	tell_two();
	apply(build_block_mutex(7, 0, LOCK + 64, 8));
	ev = met(7, MODEL_QUIET_NS, false, INTERRUPTIBLE);
	apply(&ev->hdr);
	cr_expect(eq(int, thread(7)->state, THREAD_BLOCKED));
	cr_expect(eq(u64, thread(7)->wait.args[0], LOCK));
	cr_expect(eq(u64, thread(7)->since_ns, ev->hdr.ts_ns));
}

Test(quiet, who_has_ended_stays_so)
{
	tell_two();
	apply(build_die(7, 0));
	apply(&met(7, MODEL_QUIET_NS, false, INTERRUPTIBLE)->hdr);
	cr_expect(not(thread_is_alive(thread(7))));
}
