/* SPDX-License-Identifier: GPL-2.0-only */
/* Plain words for waits, wake-ups and states. */
#include "tui/describe.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/unit/support/builders.h"

static struct model *m;
static struct strbuf text;

static void apply(const struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(m, ev), 0));
}

static void setup(void)
{
	m = model_new();
	build_begin();
	apply(build_thread(100, 100, 1, "forks"));
	apply(build_thread(101, 100, 100, "phil-0"));
	apply(build_thread(102, 100, 100, "phil-1"));
	apply(build_run(101));
}

static void teardown(void)
{
	model_free(m);
	strbuf_release(&text);
}

TestSuite(describe, .init = setup, .fini = teardown, .timeout = 10);

static const struct thread *phil(void)
{
	return model_find_thread(m, 101);
}

static char *wait_short(int cols)
{
	strbuf_reset(&text);
	describe_wait_short(m, phil(), cols, &text);
	return (char *)strbuf_str(&text);
}

static char *wait_long(void)
{
	strbuf_reset(&text);
	describe_wait(m, phil(), &text);
	return (char *)strbuf_str(&text);
}

static char *call(void)
{
	strbuf_reset(&text);
	describe_syscall(&phil()->wait, &text);
	return (char *)strbuf_str(&text);
}

static char *state(void)
{
	strbuf_reset(&text);
	describe_state(m, phil(), build_now_ns() + 2000000, &text);
	return (char *)strbuf_str(&text);
}

static char *name(__u32 tid)
{
	strbuf_reset(&text);
	describe_name(m, tid, &text);
	return (char *)strbuf_str(&text);
}

Test(describe, mutex_names_its_owner_and_how_that_is_known)
{
	apply(build_block_mutex(101, 0, 0x7f3b2c0072a0, 102));
	cr_expect(eq(str, wait_short(40), "mutex@72a0<phil-1"));
	cr_expect(eq(str, wait_short(16), "mutex<phil-1"));
	cr_expect(eq(str, wait_long(), "mutex@72a0 held by phil-1 (read from memory)"));
	cr_expect(
		eq(str, call(), "futex(0x7f3b2c0072a0, FUTEX_WAIT_PRIVATE, 2), without time-out"));
}

/* Nothing found is not the same as nothing there. */
Test(describe, mutex_that_was_handed_on_has_an_unknown_owner)
{
	apply(build_thread(103, 100, 100, "phil-2"));
	apply(build_block_mutex(101, 103, 0x72a0, 102));
	apply(build_block_mutex(103, 102, 0x72a0, 102));
	apply(build_wake_futex(103, 102, 0x72a0));
	cr_expect(eq(str, wait_long(), "mutex@72a0, owner unknown"));
	cr_expect(eq(str, wait_short(40), "mutex@72a0"));
}

static void name_lock(__u64 address, const char *lock_name)
{
	struct {
		struct ev_lockname ev;
		char tail[LOCK_NAME_MAX];
	} rec = { .ev = { .hdr = { .tid = 100, .kind = EV_LOCKNAME }, .address = address } };

	rec.ev.hdr.ts_ns = build_now_ns();
	rec.ev.len = (__u32)strlen(lock_name);
	memcpy((char *)&rec + sizeof(rec.ev), lock_name, rec.ev.len);
	apply(&rec.ev.hdr);
}

static void tell_stack(__u32 tid, const char *frames)
{
	struct {
		struct ev_stack ev;
		char tail[128];
	} rec = { .ev = { .hdr = { .tid = tid, .kind = EV_STACK } } };

	rec.ev.hdr.ts_ns = build_now_ns();
	rec.ev.len = (__u32)strlen(frames);
	memcpy((char *)&rec + sizeof(rec.ev), frames, rec.ev.len);
	apply(&rec.ev.hdr);
}

Test(describe, lock_is_called_as_the_program_calls_it)
{
	apply(build_block_mutex(101, 0, 0x7f3b2c0072a0, 102));
	name_lock(0x7f3b2c0072a0, "table.fork[1]");
	cr_expect(eq(str, wait_short(40), "table.fork[1]<phil-1"));
	cr_expect(eq(str, wait_long(), "mutex table.fork[1] held by phil-1 (read from memory)"));
}

Test(describe, stack_is_one_line)
{
	apply(build_block_mutex(101, 0, 0x7f3b2c0072a0, 102));
	tell_stack(101, "eat forks.c:31\nphilosopher forks.c:57");
	strbuf_reset(&text);
	describe_stack(m, phil(), &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), "eat forks.c:31 < philosopher forks.c:57"));
	strbuf_reset(&text);
	describe_stack(m, model_find_thread(m, 102), &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), ""));
}

Test(describe, join_is_for_the_end_of_a_thread)
{
	apply(build_block_join(101, 0, 0x7f0000001000, 102));
	cr_expect(eq(str, wait_short(40), "join phil-1"));
	cr_expect(eq(str, wait_long(), "the end of phil-1 (join, read from memory)"));
}

Test(describe, descriptor)
{
	apply(build_block_fd(101, 0, SYS_read, 3, S_IFIFO));
	cr_expect(eq(str, wait_short(40), "pipe fd 3"));
	cr_expect(eq(str, call(), "read(3), without time-out"));
}

Test(describe, descriptor_with_its_other_end)
{
	__u32 pids[] = { 102, 812 };

	apply(build_thread(102, 102, 100, "phil-1"));
	apply(build_block_fd(101, 0, SYS_read, 3, S_IFIFO));
	apply(build_file(101, "pipe:[7] (read end)", 0));
	cr_expect(eq(str, wait_long(), "fd 3 pipe:[7] (read end)"));
	cr_expect(eq(str, wait_short(40), "pipe fd 3"), "nobody is known");
	apply(build_holders(101, pids, 1));
	cr_expect(eq(str, wait_long(), "fd 3 pipe:[7] (read end), written by phil-1"));
	cr_expect(eq(str, wait_short(40), "pipe<-phil-1"));
	apply(build_holders(101, pids, 2));
	cr_expect(eq(str, wait_long(), "fd 3 pipe:[7] (read end), written by phil-1, process 812"));
	cr_expect(eq(str, wait_short(40), "pipe<-2 processes"));
	apply(build_holders(101, pids + 1, 1));
	cr_expect(eq(str, wait_short(40), "pipe<-812"));
	apply(build_run(101));
	apply(build_block_fd(101, 0, SYS_write, 4, S_IFIFO));
	apply(build_file(101, "pipe:[7] (write end)", 0));
	apply(build_holders(101, pids, 1));
	cr_expect(eq(str, wait_long(), "fd 4 pipe:[7] (write end), read by phil-1"));
	cr_expect(eq(str, wait_short(40), "pipe->phil-1"));
}

Test(describe, descriptors_without_a_type_have_a_word)
{
	__u32 pid = 102;

	apply(build_thread(102, 102, 100, "phil-1"));
	apply(build_block_fd(101, 0, SYS_read, 3, FD_MODE(S_IFREG, FILE_EVENTFD)));
	apply(build_file(101, "eventfd", 0));
	apply(build_holders(101, &pid, 1));
	cr_expect(eq(str, wait_short(40), "eventfd<-phil-1"));
	cr_expect(eq(str, wait_long(), "fd 3 eventfd; it could come from phil-1"));
}

Test(describe, child_that_is_not_traced_has_its_number)
{
	__u32 pid = 812;

	apply(build_block(101, 0, SYS_wait4, (__u64)-1, 0, 0));
	apply(build_file(101, "child 812 (sleep)", 0));
	apply(build_holders(101, &pid, 1));
	cr_expect(eq(str, wait_short(40), "child 812"));
	cr_expect(eq(str, wait_long(), "child 812 (sleep)"));
	strbuf_reset(&text);
	describe_holder(m, pid, &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), "process 812, which is not traced"));
}

/* As the pane says it: no lock word in memory tells who is a child of whom. */
Test(describe, what_the_kernel_told_was_not_read_from_memory)
{
	__u32 pid = 200;

	apply(build_thread(200, 200, 100, "child"));
	apply(build_block(101, 0, SYS_wait4, (__u64)-1, 0, 0));
	apply(build_holders(101, &pid, 1));
	cr_expect(eq(str, wait_long(), "the end of child (child, told by the kernel)"));
}

Test(describe, time_that_is_left)
{
	apply(build_block_sleep(101, 0));
	strbuf_reset(&text);
	describe_time_left(m, phil(), build_now_ns(), &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), ""), "it is not known");
	apply(build_file(101, "", build_now_ns() + 3200000000));
	describe_time_left(m, phil(), build_now_ns(), &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), ", 3.20 s left"));
	strbuf_reset(&text);
	describe_time_left(m, phil(), build_now_ns() + 3200000000, &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), ""), "it is over");
}

Test(describe, negative_int_is_not_a_large_number)
{
	apply(build_block(101, 0, SYS_epoll_wait, 5, 0x7ffe00001000, 16));
	cr_expect(ne(ptr, strstr(call(), "epoll_wait(5, 0x7ffe00001000, 16, "), NULL));
	apply(build_run(101));
	apply(build_block(101, 0, SYS_wait4, 0xffffffff, 0, 0));
	cr_expect(eq(str, call(), "wait4(-1, 0, 0), without time-out"));
}

Test(describe, sleep_is_for_a_limited_time)
{
	apply(build_block_sleep(101, 0));
	cr_expect(ne(ptr, strstr(call(), "for a limited time"), NULL));
}

Test(describe, page_fault_is_no_system_call)
{
	apply(build_block_fault(101, 0));
	cr_expect(eq(str, call(), "no system call: the kernel brings in a page"));
}

Test(describe, unknown_system_call_has_its_number)
{
	apply(build_block(101, 0, 9999, 1, 2, 3));
	cr_expect(eq(str, call(), "system call 9999(1, 2, 3), without time-out"));
}

Test(describe, state_sentences)
{
	cr_expect(eq(str, state(), "Running for 2.00 ms: on CPU 0"));
	apply(build_preempt(101, 102));
	cr_expect(eq(str, state(),
		     "Ready for 2.00 ms: taken off CPU 0 against its will; CPU 0 runs phil-1"));
	apply(build_run(101));
	apply(build_block_mutex(101, 102, 0x72a0, 102));
	cr_expect(eq(str, state(),
		     "Blocked for 2.00 ms: waits for mutex@72a0 held by phil-1 "
		     "(read from memory)"));
	apply(build_wake_futex(101, 102, 0x72a0));
	cr_expect(eq(str, state(),
		     "Ready for 2.00 ms: woken by phil-1, in futex(), waits for a CPU; "
		     "CPU 0 runs phil-1"));
}

Test(describe, waking_interrupt_is_not_blamed_on_who_ran)
{
	apply(build_block_sleep(101, 102));
	apply(build_wake_irq(101));
	strbuf_reset(&text);
	describe_wake(m, &phil()->wake, &text);
	cr_expect(
		eq(str, (char *)strbuf_str(&text), "by a hardware interrupt: a timer or a device"));
}

Test(describe, end_of_a_thread)
{
	apply(build_exit(101, 9));
	apply(build_die(101, 0));
	cr_expect(ne(ptr, strstr(state(), "killed by signal 9"), NULL));
	strbuf_reset(&text);
	describe_exit(3 << 8, &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), "status 3"));
}

Test(describe, chain_ends_in_a_cycle_or_in_who_does_not_wait)
{
	apply(build_block_mutex(101, 102, 0x72a0, 102));
	strbuf_reset(&text);
	describe_chain(m, phil(), &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), "phil-0 > phil-1"));
	apply(build_block_mutex(102, 0, 0x72c8, 101));
	strbuf_reset(&text);
	describe_chain(m, phil(), &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), "phil-0 > phil-1 > phil-0 (a cycle)"));
}

/* Threads that nobody named all have the name of their program. */
/* phil-0 waits on the condition variable and is woken by waker, so often. */
static void woken_by(__u32 waker, int times)
{
	while (times--) {
		apply(build_block_condvar(101, 0, 0x9000));
		apply(build_wake_futex(101, waker, 0x9000));
		apply(build_run(101));
	}
}

static char *wakers(void)
{
	strbuf_reset(&text);
	describe_wakers(m, phil(), &text);
	return (char *)strbuf_str(&text);
}

Test(describe, nothing_is_learned_of_the_first_wait_nor_of_one_with_an_owner)
{
	apply(build_block_condvar(101, 0, 0x9000));
	cr_expect(eq(str, wakers(), ""));
	apply(build_wake_futex(101, 102, 0x9000));
	apply(build_run(101));
	apply(build_block_mutex(101, 0, 0x9000, 102));
	cr_expect(eq(str, wakers(), ""));
	cr_expect(eq(str, state(),
		     "Blocked for 2.00 ms: waits for mutex@9000 held by phil-1 "
		     "(read from memory)"));
}

Test(describe, what_has_no_owner_has_who_woke_it_before)
{
	woken_by(100, 1);
	woken_by(102, 2);
	apply(build_block_condvar(101, 0, 0x9000));
	apply(build_run(102));
	cr_expect(eq(str, wakers(),
		     "by phil-1 (2 of 3 times), now Running; by forks (1 of 3 times), "
		     "now New"));
	apply(build_block_condvar(102, 0, 0xa000));
	cr_expect(eq(str, wakers(),
		     "by phil-1 (2 of 3 times), now Blocked: condvar@a000; by forks "
		     "(1 of 3 times), now New"));
	cr_expect(eq(str, state(),
		     "Blocked for 2.00 ms: waits for condvar@9000, woken here before "
		     "by phil-1 (2 of 3 times)"));
}

Test(describe, a_waker_that_has_ended_is_not_the_one_to_look_at)
{
	struct ev_hdr *heir, *stranger = build_thread_foreign(555, 555, "shell");

	((struct ev_thread *)stranger)->start_ns = 0; /* /proc is not asked for it */
	woken_by(102, 1);
	woken_by(555, 1);
	apply(stranger);
	woken_by(555, 1);
	apply(build_block_condvar(101, 0, 0x9000));
	apply(build_run(102));
	apply(build_die(102, 0));
	cr_expect(eq(str, wakers(),
		     "by shell (2 of 3 times), which is not traced; by phil-1 (1 of 3 times), "
		     "which has ended"));
	cr_expect(eq(str, state(), "Blocked for 2.00 ms: waits for condvar@9000"));
	heir = build_thread(102, 100, 100, "heir");
	((struct ev_thread *)heir)->start_ns = 9;
	apply(heir);
	cr_expect(eq(str, wakers(),
		     "by shell (2 of 3 times), which is not traced; by a former thread 102 (1 of "
		     "3 times)"));
}

Test(describe, same_names_are_told_apart_by_tid)
{
	apply(build_thread(103, 100, 100, "phil-1"));
	cr_expect(eq(str, name(102), "phil-1:102"));
	cr_expect(eq(str, name(101), "phil-0"));
	cr_expect(eq(str, name(4711), "tid 4711"));
}
