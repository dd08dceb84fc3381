/* SPDX-License-Identifier: GPL-2.0-only */
/* The report: every field of its schema, sums that come out, hostile names. */
#include "export/report.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/export/json_look.h"
#include "tests/unit/support/builders.h"

enum {
	A = 0x1000,
	B = 0x2000,
	MS = 1000 * 1000,
};

static struct model *m;
static struct verdict verdict;
static struct report_input in;
static struct strbuf text, json;

static const char *const command[] = { "./forks", "--say", "a \"b\"\n\xff", NULL };

static void apply(struct ev_hdr *ev)
{
	cr_assert(eq(int, model_apply(m, ev), 0));
}

static void setup(void)
{
	build_begin();
	m = model_new();
	in = (struct report_input){
		.model = m,
		.verdict = &verdict,
		.command = command,
		.kernel = "6.18.44",
	};
	apply(build_thread(10, 10, 0, "main"));
	apply(build_thread(2, 10, 10, "left"));
	apply(build_thread(3, 10, 10, "right"));
}

static void teardown(void)
{
	model_free(m);
	strbuf_release(&text);
	strbuf_release(&json);
}

TestSuite(report, .init = setup, .fini = teardown);

static void write_report(void)
{
	verdict_find(m, &verdict);
	in.now_ns = build_now_ns() + 5 * MS;
	report_text(&in, &text);
	report_json(&in, &json);
}

/* main joins left, which waits for B held by right, right for A held by left. */
static void write_deadlock(void)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	build_later(7 * MS);
	apply(build_block_mutex(3, 10, A, 2));
	apply(build_block_join(10, 0, 0x7000, 2));
	build_later(20 * MS);
	apply(build_lockword(2, B, 3));
	apply(build_lockword(3, A, 2));
	write_report();
}

static void expect_json(const char *path, const char *want)
{
	char *got = json_look(strbuf_str(&json), path);

	cr_expect(eq(str, got ? got : "(nothing)", (char *)want), "%s", path);
	free(got);
}

static __u64 number(const char *path)
{
	char *got = json_look(strbuf_str(&json), path);
	__u64 value;

	cr_assert(got && *got >= '0' && *got <= '9', "%s: %s", path, got);
	value = strtoull(got, NULL, 10);
	free(got);
	return value;
}

static void expect_text(const char *want)
{
	cr_expect(ne(ptr, strstr(strbuf_str(&text), want), NULL), "'%s' is not in:\n%s", want,
		  strbuf_str(&text));
}

Test(report, whose_own_tool_tells_more_is_named)
{
	apply(build_run(2));
	apply(build_block_condvar(2, 3, B));
	apply(build_block_condvar(3, 0, A));
	apply(build_stack(2, "pthread_cond_wait libc.so.6\nos::PlatformEvent::park libjvm.so\n"));
	apply(build_stack(3, "pthread_cond_wait libc.so.6\nObjectMonitor::wait libjvm.so\n"));
	write_report();
	expect_text("\n\n  Process 10 is a Java machine, which has locks of its own: 'jstack 10' "
		    "tells who holds them.\n\nThreads\n");
}

Test(report, nothing_is_still_running_where_no_thread_is_left)
{
	write_report();
	expect_text("end       was still running\n");
	strbuf_reset(&text);
	strbuf_reset(&json);
	apply(build_run(2));
	apply(build_die(2, 3));
	apply(build_die(3, 10));
	apply(build_die(10, 0));
	write_report();
	expect_text("end       no thread is left\n");
}

/* As the contract has it; what a wait or a lock adds is checked where it is known. */
Test(report, every_field_of_the_schema_is_there)
{
	static const char *const paths[] = {
		"schema",
		"ctrace",
		"command[2]",
		"kernel",
		"start_ns",
		"duration_ns",
		"events",
		"lost.total",
		"lost.ring_full",
		"lost.storage",
		"lost.history",
		"exit.status",
		"exit.signal",
		"verdict.kind",
		"verdict.at_ns",
		"verdict.sentence",
		"verdict.cycle[0].tid",
		"verdict.cycle[0].name",
		"verdict.cycle[0].waits_for.kind",
		"verdict.cycle[0].waits_for.address",
		"verdict.cycle[0].waits_for.name",
		"verdict.cycle[1].held_by",
		"verdict.cycle[1].evidence",
		"verdict.cycle[1].since_ns",
		"verdict.cycle[1].stack",
		"threads[0].tid",
		"threads[0].pid",
		"threads[0].ppid",
		"threads[0].name",
		"threads[0].state",
		"threads[0].running_ns",
		"threads[0].ready_ns",
		"threads[0].blocked_ns",
		"threads[0].switches",
		"threads[0].preemptions",
		"threads[0].wakeups",
		"threads[0].blocked.mutex",
		"threads[0].blocked.condvar",
		"threads[0].blocked.join",
		"threads[0].blocked.sleep",
		"threads[0].blocked.pipe",
		"threads[0].blocked.epoll",
		"threads[0].blocked.child",
		"threads[0].waits_for",
		"threads[0].created_ns",
		"threads[0].ended_ns",
		"locks[0].address",
		"locks[0].name",
		"locks[0].kind",
		"locks[0].waits",
		"locks[0].wait_ns",
		"locks[0].max_wait_ns",
		"locks[0].owner",
		"locks[0].waiters",
	};

	write_deadlock();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char *got = json_look(strbuf_str(&json), paths[i]);

		cr_expect(got != NULL, "%s", paths[i]);
		free(got);
	}
	expect_json("schema", "\"ctrace.report/1\"");
	expect_json("command[0]", "\"./forks\"");
	expect_json("command[3]", "(nothing)");
}

Test(report, a_deadlock_is_told_edge_by_edge)
{
	write_deadlock();
	expect_json("verdict.kind", "\"deadlock\"");
	expect_json("verdict.cycle[0].waits_for.kind", "\"mutex\"");
	expect_json("verdict.cycle[0].waits_for.syscall", "\"futex\"");
	expect_json("verdict.cycle[0].evidence", "\"read\"");
	expect_json("verdict.cycle[2]", "(nothing)");
	cr_expect(eq(u64, number("verdict.cycle[0].tid"), number("verdict.cycle[1].held_by")));
	cr_expect(eq(u64, number("verdict.cycle[1].tid"), number("verdict.cycle[0].held_by")));
	cr_expect(eq(u64, number("verdict.at_ns"), 7 * MS + 5 * BUILD_STEP_NS));
	cr_expect(eq(u64, number("start_ns"), BUILD_BEGIN_NS));
	expect_json("exit.status", "null");
	expect_json("exit.signal", "null");
	expect_text("DEADLOCK for 25.0 ms: left waits for mutex 0x2000 held by right");
	expect_text("\nCycle of 2\n  left (2) waits for mutex 0x2000 since 00:00.000, for 32.0 ms\n"
		    "    held by right (3): read from memory, again 5.00 ms ago\n");
	expect_text("program   ./forks --say a \"b\"??\n");
}

/* Who is in a chain that was told is not told about again. */
Test(report, the_chain_behind_each_thread_is_told_once)
{
	const char *why;

	write_deadlock();
	why = strstr(strbuf_str(&text), "\nWhy\n");
	cr_assert(ne(ptr, (void *)why, NULL));
	expect_text("\n  main has waited ");
	expect_text(" for left to end (read from memory).\n    left has waited ");
	expect_text(": a circle is closed, and main waits outside of it.\n");
	cr_expect(eq(ptr, strstr(why, "\n  left has waited"), NULL));
	expect_json("threads[0].why.chain[0]", "10");
	expect_json("threads[0].why.chain[2]", "3");
	expect_json("threads[0].why.end", "\"circle\"");
	expect_json("threads[1].why.sentence",
		    "\"left has waited 32.0 ms for mutex 0x2000, held by right (read from memory, "
		    "again 5.00 ms ago).\"");
}

Test(report, a_stack_that_was_cut_says_so)
{
	struct ev_hdr *cut;

	write_deadlock();
	cut = build_stack(10, "main forks.c:80");
	cut->flags |= EVF_TRUNCATED;
	apply(cut);
	strbuf_reset(&text);
	strbuf_reset(&json);
	write_report();
	expect_json("threads[0].waits_for.stack", "[\"main forks.c:80\"]");
	expect_json("threads[0].waits_for.stack_truncated", "true");
	expect_text("main forks.c:80\n              (further callers are not known)\n");
}

Test(report, a_named_lock_is_called_by_its_name)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	apply(build_lockname(10, B, "table.fork[1]"));
	apply(build_stack(2, "pthread_mutex_lock libc.so.6\neat forks.c:31\neater forks.c:60"));
	apply(build_block_mutex(3, 10, A, 2));
	build_later(20 * MS);
	apply(build_lockword(2, B, 3));
	apply(build_lockword(3, A, 2));
	write_report();
	expect_json("verdict.cycle[0].waits_for.name", "\"table.fork[1]\"");
	expect_json("verdict.cycle[0].stack",
		    "[\"pthread_mutex_lock libc.so.6\", \"eat forks.c:31\", "
		    "\"eater forks.c:60\"]");
	expect_json("verdict.cycle[0].stack_truncated", "false");
	expect_json("verdict.cycle[1].waits_for.name", "null");
	expect_json("verdict.cycle[1].stack", "null");
	expect_json("threads[1].waits_for.name", "\"table.fork[1]\"");
	expect_json("threads[1].waits_for.stack[2]", "\"eater forks.c:60\"");
	expect_json("locks[0].name", "\"table.fork[1]\"");
	expect_text("  left (2) waits for table.fork[1] (mutex 0x2000) since");
	expect_text("\n      eat forks.c:31\n      eater forks.c:60\n");
	expect_text("    table.fork[1], waiting: left (2)\n");
}

Test(report, a_descriptor_has_its_other_end)
{
	__u32 pids[] = { 10, 812 };

	apply(build_run(2));
	apply(build_block_fd(2, 3, 0, 5, 0010000));
	apply(build_file(2, "pipe:[7] (read end)", 0));
	apply(build_holders(2, pids, 2));
	apply(build_block_sleep(3, 10));
	apply(build_file(3, "", build_now_ns() + 2000 * MS));
	write_report();
	expect_json("threads[1].waits_for.file", "\"pipe:[7] (read end)\"");
	expect_json("threads[1].waits_for.left_ns", "null");
	expect_json("threads[1].waits_for.holders", "[10, 812]");
	expect_json("threads[1].waits_for.holders_complete", "true");
	expect_json("threads[2].waits_for.file", "null");
	expect_json("threads[2].waits_for.holders", "null");
	expect_text(
		"            on pipe:[7] (read end); could be ended by main (10), process 812\n");
	expect_text(" left\n");
}

Test(report, who_waits_alone_could_not_end_it)
{
	__u32 pid = 20;
	struct ev_hdr *holders;

	apply(build_thread(20, 20, 10, "alone"));
	apply(build_run(20));
	apply(build_block_fd(20, 3, 0, 5, 0010000));
	holders = build_holders(20, &pid, 1);
	holders->flags &= ~EVF_COMPLETE;
	apply(holders);
	write_report();
	expect_text("            who could end it is not known\n");
	apply(build_holders(20, &pid, 1));
	write_report();
	expect_text("            nobody could end it\n");
}

/* left waits on a condition variable that right has signalled twice before, a timer once. */
static void write_learned(void)
{
	for (int i = 0; i < 3; i++) {
		apply(build_run(2));
		apply(build_block_condvar(2, 0, A));
		apply(i < 2 ? build_wake_futex(2, 3, A) : build_wake_irq(2));
	}
	apply(build_run(2));
	apply(build_block_condvar(2, 0, A));
	apply(build_run(3));
	apply(build_block_condvar(3, 0, B));
	write_report();
}

Test(report, what_has_no_owner_has_who_woke_it_before)
{
	write_learned();
	expect_text("  woken here before by right (3), 2 of 3 times, which is now Blocked: "
		    "condvar 0x2000 (learned)\n");
	expect_json("threads[1].waits_for.held_by", "null");
	expect_json("threads[1].waits_for.evidence", "\"learned\"");
	expect_json("threads[1].waits_for.learned.wakeups", "3");
	expect_json("threads[1].waits_for.learned.wakers[0].tid", "3");
	expect_json("threads[1].waits_for.learned.wakers[0].name", "\"right\"");
	expect_json("threads[1].waits_for.learned.wakers[0].count", "2");
	expect_json("threads[1].waits_for.learned.wakers[0].state", "\"blocked\"");
	expect_json("threads[2].waits_for.evidence", "\"unknown\"");
	expect_json("threads[2].waits_for.learned", "null");
	expect_json("verdict.kind", "\"running\"");
}

static struct ev_hdr *build_handlers(__u32 pid)
{
	static struct ev_handlers ev;

	ev = (struct ev_handlers){ .hdr = *build_note("") };
	ev.hdr.kind = EV_HANDLERS;
	ev.hdr.tid = pid;
	return &ev.hdr;
}

/* Nobody holds what they wait for: a set, not a cycle. */
Test(report, a_stall_is_a_set)
{
	apply(build_run(2));
	apply(build_block_condvar(2, 3, B));
	apply(build_block_condvar(3, 10, A));
	apply(build_block_join(10, 0, 0x7000, 2));
	build_later(20 * MS);
	apply(build_joinword(10, 0x7000, 2));
	apply(build_handlers(10));
	write_report();
	expect_json("verdict.kind", "\"stall\"");
	expect_json("verdict.cycle[0].tid", "2");
	expect_json("verdict.cycle[0].held_by", "null");
	expect_json("verdict.cycle[0].evidence", "\"unknown\"");
	expect_json("verdict.cycle[2].tid", "10");
	expect_json("verdict.cycle[2].held_by", "2");
	expect_text("\nThe 3 that wait for each other alone, without a time-out\n"
		    "  left (2) waits for condvar 0x2000 since 00:00.000, for");
	expect_json("verdict.cycle[2].evidence", "\"read\"");
	expect_text("  main (10) waits for join since 00:00.000, for 25.0 ms\n"
		    "    of left (2): read from memory, again 5.00 ms ago\n");
}

Test(report, what_was_met_waiting_began_before_the_trace)
{
	struct ev_hdr *ev = build_thread_met(4, 10, "old");
	struct ev_met met = { .since_ns = BUILD_BEGIN_NS - 1000 };

	apply(ev);
	met.hdr = *build_note("");
	met.hdr.kind = EV_MET;
	met.hdr.tid = 4;
	met.state = 1;
	met.nr = 34; /* pause(2) */
	apply(&met.hdr);
	write_report();
	expect_json("threads[3].state", "\"blocked\"");
	expect_json("threads[3].waits_for.since_ns", "-1000");
	expect_text("in pause(), since before the trace, for");
}

Test(report, one_who_is_not_in_the_cycle_waits_too)
{
	write_deadlock();
	expect_json("threads[0].name", "\"main\"");
	expect_json("threads[0].waits_for.kind", "\"join\"");
	expect_json("threads[0].waits_for.address", "null");
	expect_json("threads[0].waits_for.held_by", "2");
	expect_text("waits for join of left (2), in futex(), since");
}

Test(report, locks_have_their_waiters_and_the_waits_that_last)
{
	write_deadlock();
	expect_json("locks[0].address", "\"0x2000\"");
	expect_json("locks[0].owner", "3");
	expect_json("locks[0].waiters", "[2]");
	expect_json("locks[1].waiters", "[3]");
	cr_expect(eq(u64, number("locks[0].wait_ns"),
		     in.now_ns - BUILD_BEGIN_NS - 4 * BUILD_STEP_NS));
	cr_expect(eq(u64, number("locks[0].max_wait_ns"), number("locks[0].wait_ns")));
	expect_text("    waiting: left (2)\n");
}

static void expect_sum(int idx)
{
	static const char *const states[] = { "running", "ready",   "blocked",
					      "new",	 "stopped", "unknown" };
	char path[64];
	__u64 sum = 0, end_ns, reasons = 0;
	char *ended;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		snprintf(path, sizeof(path), "threads[%d].%s_ns", idx, states[i]);
		sum += number(path);
	}
	snprintf(path, sizeof(path), "threads[%d].ended_ns", idx);
	ended = json_look(strbuf_str(&json), path);
	end_ns = ended && strcmp(ended, "null") ? number(path) : number("duration_ns");
	free(ended);
	snprintf(path, sizeof(path), "threads[%d].created_ns", idx);
	cr_expect(eq(u64, sum, end_ns - number(path)), "thread %d", idx);

	for (enum wait_reason r = 0; r < WAIT_REASON_CNT; r++) {
		snprintf(path, sizeof(path), "threads[%d].blocked.%s", idx, wait_reason_word(r));
		reasons += number(path);
	}
	snprintf(path, sizeof(path), "threads[%d].blocked_ns", idx);
	cr_expect(eq(u64, reasons, number(path)), "thread %d", idx);
}

Test(report, the_times_of_a_thread_are_its_life)
{
	write_deadlock();
	for (int i = 0; i < 3; i++)
		expect_sum(i);
}

/* Every state, losses and ends included: nothing a program does may break the sum. */
Test(report, the_times_of_a_long_story_are_its_threads_lives)
{
	int listed = 0;

	model_reset(m);
	build_begin();
	for (int i = 0; i < 3000; i++) {
		apply(build_story(5, 6, i));
		if (i % 700 == 0)
			apply(build_lost(LOST_RING_FULL, 3));
	}
	write_report();
	for (size_t i = 0; i < model_thread_cnt(m); i++)
		listed += !(model_thread_at(m, i)->flags & THREAD_FOREIGN);
	cr_expect(gt(int, listed, 5));
	for (int i = 0; i < listed; i++)
		expect_sum(i);
	expect_json("lost.total", "15");
	expect_json("lost.ring_full", "15");
	expect_text(
		"lost      15\n          15: the ring buffer was full; try a larger --buffer\n");
}

Test(report, losses_are_told_by_cause)
{
	apply(build_lost(LOST_STORAGE, 2));
	apply(build_lost(77, 4));
	write_report();
	expect_json("lost.total", "6");
	expect_json("lost.storage", "2");
	expect_json("lost.other", "4");
	expect_json("lost.ring_full", "0");
	expect_json("verdict.kind", "\"unsure\"");
	expect_json("verdict.at_ns", "null");
	expect_json("threads[1].state", "\"unknown\"");
}

static void end_program(__u32 code)
{
	apply(build_run(2));
	apply(build_die(2, 3));
	apply(build_die(3, 10));
	apply(build_exit(10, code));
	apply(build_die(10, 0));
	apply(build_end(10, code));
	write_report();
}

Test(report, an_end_has_a_status)
{
	end_program(3 << 8);
	expect_json("exit.status", "3");
	expect_json("exit.signal", "null");
	expect_json("verdict.kind", "\"ended\"");
	expect_json("verdict.cycle", "[]");
	expect_json("threads[0].state", "\"zombie\"");
	expect_json("threads[0].waits_for", "null");
	expect_text("end       ended with status 3\n");
	for (int i = 0; i < 3; i++)
		expect_sum(i);
}

Test(report, or_a_signal)
{
	end_program(SIGSEGV);
	expect_json("exit.status", "null");
	expect_json("exit.signal", "11");
	expect_text("end       killed by signal 11 (Segmentation fault)\n");
}

Test(report, a_hang_says_what_everybody_waits_for)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 10));
	apply(build_block_sleep(3, 0));
	in.limit = REPORT_HANG;
	in.limit_ns = 2000ULL * MS;
	write_report();
	expect_json("verdict.kind", "\"hang\"");
	expect_json("verdict.at_ns", "null");
	expect_json("threads[2].waits_for.timed", "true");
	expect_text("HANG: no thread has run for 2.00 s: 1 New, 2 Blocked (mutex 1, sleep 1)\n");
}

Test(report, losses_can_make_all_unsure)
{
	apply(build_lost(LOST_RING_FULL, 1234));
	in.limit = REPORT_UNSURE;
	end_program(0);
	expect_json("verdict.kind", "\"unsure\"");
	expect_text("UNSURE: 1,234 lost events may hide a deadlock\n");
}

Test(report, a_deadlock_is_more_than_a_time_out)
{
	in.limit = REPORT_TIMEOUT;
	in.limit_ns = MS;
	write_deadlock();
	expect_json("verdict.kind", "\"deadlock\"");
}

Test(report, a_cycle_that_is_not_proved_is_not_shown)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	apply(build_block_mutex(3, 10, A, 2));
	write_report();
	expect_json("verdict.kind", "\"running\"");
	expect_json("verdict.cycle", "[]");
	cr_expect(eq(ptr, strstr(text.data, "Cycle"), NULL));
}

/* As the screen says it at the same moment. */
Test(report, a_cycle_that_was_not_read_again_is_said_to_be_one)
{
	apply(build_run(2));
	apply(build_block_mutex(2, 3, B, 3));
	apply(build_block_mutex(3, 10, A, 2));
	apply(build_block_join(10, 0, 0x7000, 2));
	write_report();
	expect_json("verdict.kind", "\"waiting\"");
	expect_json(
		"verdict.sentence",
		"\"a cycle, not confirmed yet: left waits for mutex 0x2000 held by right, which "
		"waits for mutex 0x1000 held by left\"");
}

static void expect_harmless(const char *c)
{
	for (; *c; c++) {
		bool is_control = (unsigned char)*c < 0x20 || *c == 0x7f;

		cr_assert(not(is_control && *c != '\n'), "byte %02x", *c);
	}
}

Test(report, hostile_names_reach_no_terminal)
{
	apply(build_rename(2, "\33[31mEV\7\xff\"\\"));
	apply(build_rename(3, "K\xc3\xb6\xe2\x80\xae"));
	write_deadlock();
	expect_harmless(text.data);
	expect_harmless(json.data);
	cr_expect(eq(ptr, strstr(json.data, "\xff"), NULL));
	expect_json("threads[1].name", "\"?[31mEV??\\\"\\\\\"");
	expect_json("command[2]", "\"a \\\"b\\\"\\n\\ufffd\"");
	expect_text("K\xc3\xb6?             Blocked");
}

Test(report, what_is_not_known_is_null)
{
	in.command = NULL;
	in.kernel = NULL;
	apply(build_run(99)); /* its THREAD event was lost */
	write_report();
	expect_json("command", "null");
	expect_json("kernel", "null");
	expect_json("threads[3].tid", "99");
	expect_json("threads[3].pid", "null");
	expect_json("threads[3].ppid", "null");
	expect_json("threads[3].name", "null");
	expect_text("program   not known\n");
	expect_text("kernel    not known\n");
}

/* A ring has forgotten the first two of three events: what is there, and what was seen. */
Test(report, of_a_trace_that_keeps_its_end_says_what_it_has)
{
	in.first_event = 2;
	in.first_ns = build_now_ns();
	write_report();
	expect_json("events", "1");
	expect_json("first_event", "2");
	cr_expect(eq(u64, number("first_ns"), in.first_ns - BUILD_BEGIN_NS));
	expect_text("observed  5.00 ms, 3 events\n"
		    "kept      the last 0 ns of it, 1 events; times and counts below are of all\n");
}

Test(report, of_a_whole_trace_begins_with_it)
{
	write_report();
	expect_json("events", "3");
	expect_json("first_event", "0");
	expect_json("first_ns", "0");
	cr_expect(eq(ptr, strstr(strbuf_str(&text), "kept"), NULL));
}

/* check reports when it has found something, and counts on until the program has ended. */
Test(report, of_a_trace_that_goes_on_says_so)
{
	in.goes_on = true;
	write_report();
	expect_text("observed  5.00 ms, 3 events up to this report\n");
}

/* A deadlock that was killed: the state is that of the deadlock, the end that of the trace. */
Test(report, the_end_of_the_trace_may_be_later)
{
	struct model *last = model_new();

	model_apply(last, build_run(2));
	model_apply(last, build_lost(LOST_RING_FULL, 6));
	model_apply(last, build_end(10, SIGKILL));
	in.last = last;
	in.file_lost = 4;
	in.is_truncated = true;
	write_deadlock();
	model_free(last);
	expect_json("exit.signal", "9");
	expect_json("events", "3");
	expect_json("lost.total", "10");
	expect_json("lost.file", "4");
	expect_json("lost.other", "0");
	expect_json("truncated", "true");
	expect_json("verdict.kind", "\"deadlock\"");
	expect_json("threads[0].state", "\"blocked\"");
	cr_expect(eq(u64, number("state_ns"), in.now_ns - BUILD_BEGIN_NS));
	cr_expect(lt(u64, number("duration_ns"), number("state_ns")));
	expect_text("end       killed by signal 9 (Killed)\n");
	expect_text("lost      10\n");
	expect_text("          4: the file is damaged, or the disk was full\n");
	expect_text("          the file was not closed: there may have been more\n");
	expect_text("state     as it was at 00:00.032\n");
}

Test(report, an_empty_trace_has_one_too)
{
	model_reset(m);
	write_report();
	expect_json("duration_ns", "0");
	expect_json("threads", "[]");
	expect_json("locks", "[]");
	cr_expect(gt(sz, text.len, 0));
}

Test(report, those_who_only_woke_somebody_are_not_listed)
{
	apply(build_thread_foreign(77, 77, "sshd"));
	write_report();
	expect_json("threads[2].tid", "3");
	expect_json("threads[3]", "(nothing)");
	expect_json("threads_complete", "true");
}

Test(report, forgotten_threads_are_admitted)
{
	for (__u32 tid = 100; tid < 100 + MODEL_DEAD_MAX; tid++) {
		apply(build_thread(tid, 10, 10, "short"));
		apply(build_die(tid, 0));
	}
	write_report();
	expect_json("threads_complete", "false");
	expect_text("only the last 512 are listed");
}

/* Behind a lock that runs on, and in an idle pool: many that wait alike are one story. */
/* A script starts 30 small programs before what is to be seen: a line for all, but in JSON. */
Test(report, those_that_ended_after_short_lives_share_a_line)
{
	apply(build_thread(50, 10, 10, "owner"));
	for (__u32 tid = 100; tid < 109; tid++) {
		apply(build_thread(tid, tid, 10, tid % 3 ? "sed" : "cut"));
		apply(build_exit(tid, 0));
		apply(build_reap(tid));
	}
	apply(build_run(2));
	apply(build_block_mutex(2, 0, A, 50));
	apply(build_exit(50, 0));
	apply(build_reap(50));
	build_later(1000 * MS);
	apply(build_run(3));
	write_report();
	expect_text("\n  9 ended after short lives: sed (6), cut (3); all together Running 0 ns; "
		    "--json lists them\n");
	expect_text("     50      10 owner"); /* somebody waits for what it has */
	cr_expect(eq(ptr, strstr(strbuf_str(&text), "    100 "), NULL));
	expect_json("threads[12].tid", "108");
}

Test(report, those_who_wait_for_one_lock_alike_are_told_once)
{
	for (__u32 tid = 20; tid < 60; tid++)
		apply(build_thread(tid, 10, 10, "worker"));
	apply(build_run(2));
	for (__u32 tid = 20; tid < 40; tid++) {
		apply(build_run(tid));
		apply(build_block_mutex(tid, 2, B, 2));
	}
	for (__u32 tid = 40; tid < 60; tid++) {
		apply(build_run(tid));
		apply(build_block_condvar(tid, 2, 0x7028));
	}
	write_report();
	expect_text("  worker:20 has waited ");
	expect_text("  worker:40 has waited ");
	expect_text("  19 more wait for mutex 0x2000, as worker:20 does\n"
		    "  19 more wait for condvar 0x7028, as worker:40 does\n");
	cr_expect(strstr(strbuf_str(&text), "worker:21 has waited") == NULL);
}
