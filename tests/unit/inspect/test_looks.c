/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is looked at, when, and what is told of it: the truth, once, within the budget. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <sys/uio.h>
#include <time.h>
#include "inspect/looks.h"
#include "tests/unit/inspect/blocked.h"
#include "tests/unit/support/builders.h"

enum { MS = 1000000, OWNER = 77 };

static struct probe_catch catches[PROBE_CATCH_MAX];
static __u32 catch_is_wanted;

static struct looks *looks;
static struct model *model;
static struct verdict verdict;
static struct blocked blocked;
static bool can_catch;
static int asked_cnt, name_cnt, stack_cnt, announced_cnt, burn_ms;
static __u32 state;

static void apply(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(model, ev), 0));
}

static void wait_begins(void)
{
	apply(build_run(blocked.pid));
	apply(build_block_mutex(blocked.pid, 0, (__u64)&blocked_table.fork[2], OWNER));
}

static void setup(void)
{
	looks = looks_new();
	model = model_new();
	blocked = blocked_start();
	state = 1;
	build_begin();
	apply(build_thread(blocked.pid, blocked.pid, 1, "eater"));
	apply(build_thread(OWNER, blocked.pid, 1, "owner"));
	wait_begins();
}

static void teardown(void)
{
	looks_free(looks);
	model_free(model);
	blocked_end(&blocked);
}

TestSuite(looks, .init = setup, .fini = teardown);

static __u64 cpu_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void burn(int ms)
{
	__u64 end_ns = cpu_now_ns() + (__u64)ms * MS;

	while (cpu_now_ns() < end_ns)
		;
}

static int read_registers(void *arg, const __u32 *tids, size_t cnt, struct probe_registers *ret)
{
	(void)arg;
	asked_cnt++;
	burn(burn_ms);
	for (size_t i = 0; i < cnt; i++) {
		ret[i] = (struct probe_registers){ .tid = tids[i], .pid = blocked.pid };
		ret[i].state = state;
		memcpy(ret[i].regs, blocked.regs, sizeof(ret[i].regs));
	}
	return cnt;
}

static void emit(void *arg, struct ev_hdr *ev)
{
	(void)arg;
	name_cnt += ev->kind == EV_LOCKNAME;
	stack_cnt += ev->kind == EV_STACK && !(ev->flags & EVF_PENDING);
	announced_cnt += ev->kind == EV_STACK && (ev->flags & EVF_PENDING);
	apply(ev);
}

static void step(__u64 now_ns)
{
	const struct looks_calls calls = { read_registers, emit, NULL, catches, &catch_is_wanted };

	looks_step(looks, model, &verdict, now_ns, &calls);
}

/* Steps until the worker has had time to answer. */
static void step_through(__u64 now_ns)
{
	for (int i = 0; i < 5000 && !stack_cnt; i++) {
		looks_receive(looks, build_now_ns());
		step(now_ns);
		usleep(1000);
	}
}

static const struct thread *eater(void)
{
	return model_find_thread(model, blocked.pid);
}

static const char *lock_name(void)
{
	return model_lock_name(model, model_lock_waited_on(model, eater()));
}

Test(looks, a_long_wait_is_looked_at_once)
{
	bool truncated = true;

	step(build_now_ns() + 9 * MS);
	cr_expect(eq(int, announced_cnt, 0), "no wait that is short is ever told of");
	step(build_now_ns() + 10 * MS);
	cr_expect(eq(int, asked_cnt, 0), "not before it is long");
	cr_expect(eq(int, announced_cnt, 1), "but its owner is doubted from now on");
	cr_expect(model_stack_is_pending(model, eater()));
	step_through(build_now_ns() + 60 * MS);
	cr_expect(eq(int, asked_cnt, 1));
	cr_expect(eq(str, (char *)lock_name(), "blocked_table.fork[2]"));
	cr_assert(model_stack(model, eater(), &truncated) != NULL);
	cr_expect(eq(int, strncmp(model_stack(model, eater(), NULL), "blocked_eat ", 12), 0));
	cr_expect(not(truncated));
	for (int i = 0; i < 20; i++) {
		looks_receive(looks, build_now_ns());
		step(build_now_ns() + (100 + i) * MS);
	}
	cr_expect(eq(int, asked_cnt, 1), "nothing is due any more");
	cr_expect(eq(int, name_cnt, 1));
	cr_expect(eq(int, stack_cnt, 1));
	cr_expect(eq(int, announced_cnt, 1));
	cr_expect(not(model_stack_is_pending(model, eater())));
}

Test(looks, a_wait_of_a_verdict_is_looked_at_at_once)
{
	verdict.cycle_cnt = 1;
	verdict.cycle[0].tid = blocked.pid;
	cr_expect(looks_stack_pending(looks, model, &verdict));
	step(build_now_ns());
	cr_expect(eq(int, asked_cnt, 1));
	cr_expect(eq(int, announced_cnt, 1), "before there is an answer");
	cr_expect(looks_stack_pending(looks, model, &verdict));
	cr_expect(looks_name_pending(looks, model, &verdict));
	step_through(build_now_ns());
	cr_expect(not(looks_name_pending(looks, model, &verdict)));
	cr_expect(not(looks_stack_pending(looks, model, &verdict)));
	cr_expect(eq(str, (char *)lock_name(), "blocked_table.fork[2]"));
}

Test(looks, when_there_is_an_alarm_nobody_has_to_wait_for_long)
{
	verdict.kind = VERDICT_DEADLOCK;
	step(build_now_ns() + MS);
	cr_expect(eq(int, asked_cnt, 1));
	step_through(build_now_ns() + MS);
	cr_expect(not(looks_stack_pending(looks, model, &verdict)));
}

Test(looks, what_is_over_is_not_told)
{
	step(build_now_ns() + 60 * MS);
	cr_assert(eq(int, asked_cnt, 1));
	for (int i = 0; i < 100; i++) { /* the answers are there by now */
		looks_receive(looks, build_now_ns());
		usleep(1000);
	}
	apply(build_wake_futex(blocked.pid, OWNER, (__u64)&blocked_table.fork[2]));
	step(build_now_ns());
	cr_expect(eq(int, stack_cnt, 0));
	cr_expect(eq(int, name_cnt, 1), "but a global has its name for ever");
}

Test(looks, the_next_wait_is_another_one)
{
	step_through(build_now_ns() + 60 * MS);
	apply(build_wake_futex(blocked.pid, OWNER, (__u64)&blocked_table.fork[2]));
	wait_begins();
	stack_cnt = 0;
	step_through(build_now_ns() + 60 * MS);
	cr_expect(eq(int, asked_cnt, 2));
	cr_expect(eq(int, stack_cnt, 1));
	cr_expect(eq(int, name_cnt, 1), "the lock has its name already");
}

Test(looks, a_thread_that_runs_after_all_is_not_looked_at)
{
	state = 0;
	step(build_now_ns() + 60 * MS);
	step(build_now_ns() + 80 * MS);
	cr_expect(eq(int, asked_cnt, 2), "its events will tell, or it waits again");
	looks_receive(looks, build_now_ns());
	step(build_now_ns() + 90 * MS);
	cr_expect(eq(int, stack_cnt, 0));
	cr_expect(eq(int, find_worker(), 0), "nobody was asked");
}

Test(looks, looking_has_a_budget)
{
	__u64 now_ns = build_now_ns() + 60 * MS;

	burn_ms = 400;
	state = 0;
	step(now_ns);
	cr_assert(eq(int, asked_cnt, 1));
	burn_ms = 0;
	step(now_ns + 20 * MS);
	step(now_ns + 40 * MS);
	cr_expect(eq(int, asked_cnt, 1), "it is overdrawn");
	cr_expect(not(looks_stack_pending(looks, model, &verdict)), "so it takes too long");
	verdict.cycle_cnt = 1;
	verdict.cycle[0].tid = blocked.pid;
	cr_expect(looks_stack_pending(looks, model, &verdict));
	step(now_ns + 60 * MS);
	cr_expect(eq(int, asked_cnt, 2), "but not for a verdict");
	verdict.cycle_cnt = 0;
	step(now_ns + 60000ULL * MS);
	cr_expect(eq(int, asked_cnt, 3), "a minute later it is saved up again");
}

Test(looks, in_a_hurry_there_is_no_budget)
{
	__u64 now_ns = build_now_ns() + 60 * MS;

	burn_ms = 400;
	state = 0;
	step(now_ns);
	looks_hurry(looks, true);
	cr_expect(looks_stack_pending(looks, model, &verdict));
	burn_ms = 0;
	step(now_ns + 20 * MS);
	cr_expect(eq(int, asked_cnt, 2));
	looks_hurry(looks, false);
	step(now_ns + 40 * MS);
	cr_expect(eq(int, asked_cnt, 2), "it is overdrawn still");
}

enum { CROWD = 2000, CROWD_TID = 5000000 };

/* Their registers are those of the one thread that there is. */
static void crowd_blocks(void)
{
	for (__u32 tid = CROWD_TID; tid < CROWD_TID + CROWD; tid++) {
		apply(build_thread(tid, blocked.pid, blocked.pid, "one of many"));
		apply(build_run(tid));
		apply(build_block_condvar(tid, 0, (__u64)&blocked_table.fork[1]));
	}
}

Test(looks, of_many_the_registers_are_read_at_once)
{
	__u64 now_ns;

	crowd_blocks();
	now_ns = build_now_ns() + 60 * MS;
	for (int i = 0; i < 5000 && stack_cnt < CROWD + 1; i++) {
		looks_receive(looks, now_ns);
		step(now_ns += 20 * MS);
		usleep(1000);
	}
	cr_expect(eq(int, stack_cnt, CROWD + 1));
	cr_expect(lt(int, asked_cnt, CROWD / 50), "all threads are walked through for each time");
}

Test(looks, a_process_that_is_gone_is_not_asked_for_again)
{
	kill(blocked.pid, SIGKILL);
	waitpid(blocked.pid, NULL, 0);
	step(build_now_ns() + 60 * MS);
	step(build_now_ns() + 80 * MS);
	cr_expect(eq(int, asked_cnt, 1));
	cr_expect(not(looks_stack_pending(looks, model, &verdict)));
	cr_expect(not(model_stack_is_pending(model, eater())), "there is nothing to be had");
}

/* As the probes would, of a waiter that is caught. */
static void catch (struct probe_catch *c)
{
	struct iovec local = { c->stack, sizeof(c->stack) };
	struct iovec remote = { (void *)blocked.regs[PREG_RSP], sizeof(c->stack) };
	ssize_t len = process_vm_readv(blocked.pid, &local, 1, &remote, 1, 0);

	c->tid = blocked.pid;
	c->stack_len = len > 0 ? len : 0;
	memcpy(c->regs, blocked.regs, sizeof(c->regs));
	c->state = PROBE_CATCH_TAKEN;
}

static void catch_who_waits(const __u64 *word)
{
	for (int i = 0; i < PROBE_CATCH_MAX && catch_is_wanted; i++)
		if (catches[i].state == PROBE_CATCH_WANTED && catches[i].address == (__u64)word)
			catch (&catches[i]);
}

static bool is_named_after_waiter(const __u64 *word)
{
	const struct lock *l = model_find_lock(model, blocked.pid, (__u64)word);

	return l && l->name_until_ns;
}

/* The lock has been there for a while, nobody has waited for it for long. */
static void step_with_short_waits(const __u64 *word)
{
	__u64 begin_ns;

	for (int i = 0; i < 4; i++) {
		apply(build_wake_futex(blocked.pid, OWNER, (__u64)word));
		apply(build_run(blocked.pid));
		apply(build_block_mutex(blocked.pid, 0, (__u64)word, OWNER));
	}
	begin_ns = build_now_ns();
	for (int i = 0; i < (can_catch ? 5000 : 300) && !is_named_after_waiter(word); i++) {
		apply(build_wake_futex(blocked.pid, OWNER, (__u64)word));
		looks_receive(looks, begin_ns);
		step(begin_ns + i * MS);
		apply(build_run(blocked.pid));
		apply(build_block_mutex(blocked.pid, 0, (__u64)word, OWNER));
		if (can_catch)
			catch_who_waits(word);
		usleep(1000);
	}
}

Test(looks, a_global_has_its_name_though_its_waits_are_short)
{
	step_with_short_waits((__u64 *)&blocked_table.fork[2]);
	cr_expect(eq(str, (char *)lock_name(), "blocked_table.fork[2]"));
	cr_expect(eq(int, name_cnt, 1), "asked once");
	cr_expect(eq(int, asked_cnt, 0), "nobody's registers are read for it");
	cr_expect(eq(int, stack_cnt, 0), "nor is a stack said to be missing");
	apply(build_wake_futex(blocked.pid, OWNER, (__u64)&blocked_table.fork[2]));
	cr_expect(not(looks_stack_pending(looks, model, &verdict)));
}

Test(looks, what_is_no_global_has_no_name_without_a_waiter)
{
	step_with_short_waits(blocked.regs);
	cr_expect(lock_name() == NULL);
	cr_expect(eq(int, name_cnt, 1), "the lock it waited for before is one");
	cr_expect(eq(int, stack_cnt, 0));
}

Test(looks, what_is_no_global_is_named_after_a_waiter_that_was_caught)
{
	const struct lock *l;

	can_catch = true;
	step_with_short_waits(blocked.regs);
	l = model_find_lock(model, blocked.pid, (__u64)blocked.regs);
	cr_assert(l != NULL);
	cr_expect(eq(str, (char *)l->name, "*regs"));
	cr_expect(l->name_is_borrowed);
	cr_expect(gt(u64, l->name_until_ns, model_now_ns(model)));
	cr_expect(eq(int, asked_cnt, 0));
	cr_expect(eq(int, stack_cnt, 0), "its stack is of a wait that is over");
}

Test(looks, of_what_was_caught_the_stack_is_as_it_was)
{
	struct probe_catch *c = &catches[0];

	step_with_short_waits((__u64 *)&blocked_table.fork[0]);
	*c = (struct probe_catch){ .pid = blocked.pid, .address = (__u64)blocked.regs };
	catch (c);
	c->stack_len = 0;
	step(build_now_ns() + 10 * MS);
	cr_expect(eq(int, c->state, PROBE_CATCH_FREE), "nothing can be found there");
	catch (c);
	c->tid = 12345;
	step(build_now_ns() + 20 * MS);
	cr_expect(eq(int, c->state, PROBE_CATCH_FREE), "nobody knows that thread");
}
