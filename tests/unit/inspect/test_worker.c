/* SPDX-License-Identifier: GPL-2.0-only */
/* The worker answers, has no rights, and takes nobody with it when it dies. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include "base/clock.h"
#include "inspect/worker.h"
#include "tests/unit/inspect/blocked.h"

static struct worker *worker;
static struct blocked blocked;

static void setup(void)
{
	worker = worker_new();
	blocked = blocked_start();
}

static void teardown(void)
{
	worker_free(worker);
	blocked_end(&blocked);
}

TestSuite(worker, .init = setup, .fini = teardown);

static int ask_about(pid_t pid, __u32 id)
{
	struct worker_look look = {
		.id = id,
		.tid = pid,
		.address = (__u64)&blocked_table.fork[2],
	};
	int asked;

	memcpy(look.regs, blocked.regs, sizeof(look.regs));
	asked = worker_ask(worker, pid, getuid(), &look, 1, true, clock_now_ns());
	return asked == 1 ? 0 : asked;
}

/* The next answer, waited for; false: none within some seconds. */
static bool next_answer(struct worker_answer *ret)
{
	for (int i = 0; i < 10000; i++) {
		if (worker_answer(worker, ret, clock_now_ns()))
			return true;
		usleep(1000);
	}
	return false;
}

static void wait_for_worker(void)
{
	for (int i = 0; i < 5000 && !find_worker(); i++)
		usleep(1000);
	cr_assert(find_worker() != 0);
}

Test(worker, the_name_comes_first_and_then_the_stack)
{
	struct worker_answer a;

	cr_assert(eq(int, ask_about(blocked.pid, 7), 0));
	cr_assert(next_answer(&a));
	cr_expect(eq(u32, a.id, 7));
	cr_expect(eq(int, a.kind, WORKER_NAME));
	a.text[a.len] = '\0';
	cr_expect(eq(str, a.text, "blocked_table.fork[2]"));
	cr_assert(next_answer(&a));
	cr_expect(eq(u32, a.id, 7));
	cr_expect(eq(int, a.kind, WORKER_STACK));
	a.text[a.len] = '\0';
	cr_expect(eq(int, strncmp(a.text, "blocked_eat blocked.h:", 22), 0), "%s", a.text);
	cr_expect(eq(int, a.flags, 0), "it is whole");
	cr_expect(gt(u64, a.cpu_ns, 0));
	cr_expect(not(worker_answer(worker, &a, clock_now_ns())));
}

Test(worker, a_name_that_is_not_asked_for_is_not_told)
{
	struct worker_look look = { .id = 1, .tid = blocked.pid };
	struct worker_answer a;

	memcpy(look.regs, blocked.regs, sizeof(look.regs));
	cr_assert(eq(int, worker_ask(worker, blocked.pid, getuid(), &look, 1, true, clock_now_ns()),
		     1));
	cr_assert(next_answer(&a));
	cr_expect(eq(int, a.kind, WORKER_STACK));
}

Test(worker, many_looks_are_answered_in_order)
{
	struct worker_look looks[WORKER_BATCH_MAX] = {};
	struct worker_answer a;

	for (__u32 i = 0; i < WORKER_BATCH_MAX; i++) {
		looks[i].id = 100 + i;
		looks[i].tid = blocked.pid;
		memcpy(looks[i].regs, blocked.regs, sizeof(looks[i].regs));
	}
	for (int round = 0; round < 3; round++)
		cr_assert(eq(int,
			     worker_ask(worker, blocked.pid, 0, looks, WORKER_BATCH_MAX, false,
					clock_now_ns()),
			     WORKER_BATCH_MAX));
	for (__u32 i = 0; i < 3 * WORKER_BATCH_MAX; i++) {
		cr_assert(next_answer(&a));
		cr_expect(eq(u32, a.id, 100 + i % WORKER_BATCH_MAX));
		cr_expect(gt(int, a.len, 0));
	}
}

Test(worker, more_than_it_can_remember_has_to_wait)
{
	int err = 0, cnt;

	cr_assert(eq(int, ask_about(blocked.pid, 0), 0));
	wait_for_worker();
	kill(find_worker(), SIGSTOP);
	for (cnt = 1; cnt < 2000 && !err; cnt++)
		err = ask_about(blocked.pid, cnt);
	cr_expect(eq(int, err, -EAGAIN));
	kill(find_worker(), SIGCONT);
}

Test(worker, a_process_that_is_gone_is_told_at_once)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	cr_expect(eq(int, ask_about(pid, 1), -ESRCH));
}

Test(worker, what_it_died_over_is_left_alone_and_others_are_not)
{
	struct blocked other = blocked_start();
	struct worker_answer a;
	pid_t first;

	cr_assert(eq(int, ask_about(blocked.pid, 1), 0));
	while (next_answer(&a) && a.kind != WORKER_STACK)
		;
	first = find_worker();
	kill(first, SIGSTOP);
	cr_assert(eq(int, ask_about(blocked.pid, 2), 0));
	kill(first, SIGKILL);
	while (next_answer(&a) && a.id != 2)
		;
	cr_expect(eq(int, a.kind, WORKER_FAILED));
	cr_expect(eq(int, ask_about(blocked.pid, 3), -ECONNABORTED));
	cr_assert(eq(int, ask_about(other.pid, 4), 0));
	cr_assert(next_answer(&a));
	cr_expect(eq(u32, a.id, 4));
	cr_expect(eq(int, a.kind, WORKER_NAME));
	blocked_end(&other);
}

Test(worker, one_that_dies_idle_is_replaced_without_a_word)
{
	struct worker_answer a;

	cr_assert(eq(int, ask_about(blocked.pid, 1), 0));
	while (next_answer(&a) && a.kind != WORKER_STACK)
		;
	kill(find_worker(), SIGKILL);
	usleep(20000);
	cr_assert(eq(int, ask_about(blocked.pid, 2), 0));
	cr_assert(next_answer(&a));
	cr_expect(eq(u32, a.id, 2));
	cr_expect(eq(int, a.kind, WORKER_NAME));
}

Test(worker, one_that_hangs_is_given_up)
{
	struct worker_answer a;

	cr_assert(eq(int, ask_about(blocked.pid, 1), 0));
	wait_for_worker();
	kill(find_worker(), SIGSTOP);
	while (worker_answer(worker, &a, clock_now_ns()))
		;
	cr_assert(eq(int, ask_about(blocked.pid, 2), 0));
	cr_expect(not(worker_answer(worker, &a, clock_now_ns())));
	cr_assert(worker_answer(worker, &a, clock_now_ns() + 2 * WORKER_PATIENCE_NS));
	cr_expect(eq(int, a.kind, WORKER_FAILED));
	for (int i = 0; i < 1000 && find_worker(); i++) {
		worker_answer(worker, &a, clock_now_ns());
		usleep(1000);
	}
	cr_expect(eq(int, find_worker(), 0), "not even a zombie is left");
}

Test(worker, it_is_not_started_for_ever)
{
	int err = 0;

	for (int i = 0; i < 20 && err != -ESHUTDOWN; i++) {
		struct blocked other = blocked_start();
		struct worker_answer a;

		err = ask_about(other.pid, i);
		if (!err) {
			wait_for_worker();
			kill(find_worker(), SIGKILL);
			while (next_answer(&a) && a.kind != WORKER_STACK && a.kind != WORKER_FAILED)
				;
			for (int ms = 0; ms < 5000 && find_worker(); ms++) {
				worker_answer(worker, &a, clock_now_ns());
				usleep(1000);
			}
		}
		blocked_end(&other);
	}
	cr_expect(eq(int, err, -ESHUTDOWN));
}

/* The line of /proc/PID/status that begins with key, behind it. */
static void read_status(pid_t pid, const char *key, char value[64])
{
	char path[32], text[8192];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	cr_assert(eq(int, read_file(path, text, sizeof(text), NULL), 0));
	at = strstr(text, key);
	cr_assert(at != NULL);
	snprintf(value, 64, "%.*s", (int)strcspn(at, "\n"), at);
}

Test(worker, it_has_no_rights_and_nothing_open)
{
	int terminal = open("/dev/null", O_RDONLY), cnt = 0;
	struct worker_answer a;
	char path[32], value[64];
	struct dirent *entry;
	DIR *dir;

	cr_assert(eq(int, ask_about(blocked.pid, 1), 0));
	while (next_answer(&a) && a.kind != WORKER_STACK)
		;
	read_status(find_worker(), "CapEff:", value);
	cr_expect(eq(str, value, "CapEff:\t0000000000000000"));
	read_status(find_worker(), "CapPrm:", value);
	cr_expect(eq(str, value, "CapPrm:\t0000000000000000"));
	read_status(find_worker(), "NoNewPrivs:", value);
	cr_expect(eq(str, value, "NoNewPrivs:\t1"));
	cr_expect(ne(int, getsid(find_worker()), getsid(0)));
	/* Its socket, three times nowhere, what it was given, and the files it found there. */
	snprintf(path, sizeof(path), "/proc/%d/fd", find_worker());
	dir = opendir(path);
	cr_assert(dir != NULL);
	while ((entry = readdir(dir))) {
		char link[300], to[256] = "";

		snprintf(link, sizeof(link), "%s/%s", path, entry->d_name);
		if (readlink(link, to, sizeof(to) - 1) > 0 && atoi(entry->d_name) == terminal)
			cr_expect(strstr(to, "/dev/null") == NULL);
		cnt++;
	}
	closedir(dir);
	cr_expect(lt(int, cnt, 24));
	close(terminal);
}

Test(worker, it_ends_when_nobody_needs_it)
{
	struct worker_answer a;

	cr_assert(eq(int, ask_about(blocked.pid, 1), 0));
	while (next_answer(&a) && a.kind != WORKER_STACK)
		;
	cr_assert(ne(int, find_worker(), 0));
	worker_free(worker);
	worker = NULL;
	cr_expect(eq(int, find_worker(), 0));
}
