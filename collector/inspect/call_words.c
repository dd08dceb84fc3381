/* SPDX-License-Identifier: GPL-2.0-only */
/* What a call waits for, from its arguments: read from its memory, or from /proc. */
#include "inspect/call_words.h"

#include <limits.h>
#include <linux/io_uring.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/io.h"
#include "inspect/user_memory.h"
#include "model/syscall.h"

enum {
	SIGNAL_MAX = 64,
	SIGNAL_LISTED_MAX = 4,
	OP_MAX = 4, /* operations of a semop() that are told */
	FDINFO_SZ = 16384,
	POLL_OP_MAX = 64, /* requests that are counted */
};

/*
 * SIGKILL and SIGSTOP, which no mask holds back, and the two signals of glibc's own, which it puts
 * into no mask (sysdeps/unix/sysv/linux/internal-signals.h).
 */
#define NEVER_MASKED \
	(1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1) | 1ULL << (32 - 1) | 1ULL << (33 - 1))

static bool waits_for_signals(const struct wait *w)
{
	return wait_is_call(w, "rt_sigtimedwait") || wait_is_call(w, "rt_sigsuspend");
}

bool call_words_are_for(const struct wait *w)
{
	switch (w->class) {
	case SYSCALL_IPC:
	case SYSCALL_IPC_TIMED:
	case SYSCALL_MQ_TIMED:
		return true;
	case SYSCALL_IO_URING:
		return wait_is_call(w, "io_uring_enter");
	}
	return waits_for_signals(w);
}

static void add_signal(int number, struct strbuf *ret)
{
	const char *name = sigabbrev_np(number);

	if (name)
		strbuf_addf(ret, "SIG%s", name);
	else
		strbuf_addf(ret, "signal %d", number);
}

void call_words_add_signals(__u64 set, struct strbuf *ret)
{
	int cnt = __builtin_popcountll(set), told = cnt > SIGNAL_LISTED_MAX ? 3 : cnt, at = 0;

	for (int number = 1; number <= SIGNAL_MAX && at < told; number++) {
		if (!(set >> (number - 1) & 1))
			continue;
		if (at++)
			strbuf_adds(ret, at == cnt ? " or " : ", ");
		add_signal(number, ret);
	}
	if (told < cnt)
		strbuf_addf(ret, " or one of %d others", cnt - told);
}

/* The call that suspends is given the set of those that stay blocked meanwhile. */
static void add_signals(const struct thread *t, struct strbuf *ret)
{
	bool is_mask = wait_is_call(&t->wait, "rt_sigsuspend");
	__u64 set;

	if (user_memory_read(t->tid, t->wait.args[0], &set, sizeof(set)))
		return;
	call_words_add_signals(is_mask ? ~set & ~NEVER_MASKED : set, ret);
}

static void add_semaphores(const struct thread *t, struct strbuf *ret)
{
	size_t cnt = t->wait.args[2];
	struct sembuf ops[OP_MAX];
	int id = t->wait.args[0];

	if (!cnt || cnt > OP_MAX ||
	    user_memory_read(t->tid, t->wait.args[1], ops, cnt * sizeof(ops[0]))) {
		strbuf_addf(ret, "semaphores of set %d", id);
		return;
	}
	for (size_t i = 0; i < cnt; i++) {
		strbuf_addf(ret, "%ssemaphore %u ", i ? ", " : "", ops[i].sem_num);
		if (ops[i].sem_op > 0)
			strbuf_addf(ret, "(to be raised by %d)", ops[i].sem_op);
		else if (ops[i].sem_op)
			strbuf_addf(ret, "to be at least %d", -ops[i].sem_op);
		else
			strbuf_adds(ret, "to be 0");
	}
	strbuf_addf(ret, " in set %d", id);
}

/* msgrcv(2): which type of message will do. -LONG_MIN is LONG_MAX there (ipc/msg.c). */
static void add_message(const struct wait *w, struct strbuf *ret)
{
	long type = w->args[3];

	strbuf_adds(ret, "a message ");
	if (type > 0)
		strbuf_addf(ret, w->args[4] & MSG_EXCEPT ? "of any type but %ld " : "of type %ld ",
			    type);
	else if (type < 0)
		strbuf_addf(ret, "of type 1 to %ld ", type == LONG_MIN ? LONG_MAX : -type);
	strbuf_addf(ret, "in message queue %d", (int)w->args[0]);
}

static void add_posix_queue(const struct thread *t, struct strbuf *ret)
{
	char link[48], path[PATH_MAX];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/%u/fd/%d", t->pid, (int)t->wait.args[0]);
	len = readlink(link, path, sizeof(path) - 1);
	strbuf_addf(ret, "%s message queue ",
		    wait_is_call(&t->wait, "mq_timedsend") ? "room in" : "a message in");
	if (len > 0)
		strbuf_add(ret, path, len);
	strbuf_addf(ret, "%s(fd %d)", len > 0 ? " " : "", (int)t->wait.args[0]);
}

static void add_ipc(const struct thread *t, struct strbuf *ret)
{
	if (t->wait.class == SYSCALL_MQ_TIMED)
		add_posix_queue(t, ret);
	else if (wait_is_call(&t->wait, "msgrcv"))
		add_message(&t->wait, ret);
	else if (wait_is_call(&t->wait, "msgsnd"))
		strbuf_addf(ret, "room for %llu bytes in message queue %d", t->wait.args[2],
			    (int)t->wait.args[0]);
	else
		add_semaphores(t, ret);
}

static const char *ring_op_word(unsigned op)
{
	/* clang-format off */
	static const char *const words[] = {
		[IORING_OP_READV] = "readv",
		[IORING_OP_WRITEV] = "writev",
		[IORING_OP_READ_FIXED] = "read",
		[IORING_OP_WRITE_FIXED] = "write",
		[IORING_OP_POLL_ADD] = "poll",
		[IORING_OP_SENDMSG] = "sendmsg",
		[IORING_OP_RECVMSG] = "recvmsg",
		[IORING_OP_ACCEPT] = "accept",
		[IORING_OP_CONNECT] = "connect",
		[IORING_OP_READ] = "read",
		[IORING_OP_WRITE] = "write",
		[IORING_OP_SEND] = "send",
		[IORING_OP_RECV] = "recv",
		[IORING_OP_SPLICE] = "splice",
	};
	/* clang-format on */

	return op < sizeof(words) / sizeof(words[0]) ? words[op] : NULL;
}

/* A number behind a word at the begin of a line, or -1. */
static long long field(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? strtoll(line + strlen(name), NULL, 10) : -1;
}

/* "poll, read, read" of those that wait until their file is ready */
static void add_polls(const char *text, struct strbuf *ret)
{
	const char *at = strstr(text, "\nPollList:\n");
	const char *between = "; not ready yet: ";
	int cnt = 0;

	if (!at)
		return;
	at += strlen("\nPollList:\n");
	for (; !strncmp(at, "  op=", 5) && cnt < POLL_OP_MAX; cnt++) {
		unsigned op = strtoul(at + 5, NULL, 10);

		if (cnt < 4) {
			strbuf_adds(ret, between);
			if (ring_op_word(op))
				strbuf_adds(ret, ring_op_word(op));
			else
				strbuf_addf(ret, "request %u", op);
		}
		between = ", ";
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	if (cnt > 4)
		strbuf_addf(ret, " and %d more", cnt - 4);
}

void call_words_add_ring(const char *text, struct strbuf *ret)
{
	long long head = field(text, "\nCqHead:"), tail = field(text, "\nCqTail:");
	long long begun = field(text, "\nCachedSqHead:");

	if (begun >= 0 && head >= 0 && tail >= 0)
		strbuf_addf(ret, ", %u there; %lld requests taken and %lld completed so far",
			    (__u32)tail - (__u32)head, begun, tail);
	add_polls(text, ret);
}

/* io_uring_enter(2): fd, to_submit, min_complete, flags. A registered ring has no descriptor. */
static void add_ring(const struct thread *t, struct strbuf *ret)
{
	const struct wait *w = &t->wait;
	char path[48], text[FDINFO_SZ];
	size_t len;

	if (w->args[3] & IORING_ENTER_REGISTERED_RING)
		strbuf_addf(ret, "registered io_uring %u", (__u32)w->args[0]);
	else
		strbuf_addf(ret, "io_uring fd %d", (__s32)w->args[0]);
	if (w->args[3] & IORING_ENTER_SQ_WAIT)
		strbuf_adds(ret, ": room for requests");
	if (w->args[3] & IORING_ENTER_GETEVENTS)
		strbuf_addf(ret, ": %u completion%s", (__u32)w->args[2],
			    (__u32)w->args[2] == 1 ? "" : "s");
	if (w->args[3] & IORING_ENTER_REGISTERED_RING)
		return;
	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%d", t->pid, (__s32)w->args[0]);
	if (!read_file(path, text, sizeof(text), &len))
		call_words_add_ring(text, ret);
}

bool call_words_parse_sigmask(const char *text, __u64 *ret)
{
	const char *line = strstr(text, "\nsigmask:");
	unsigned long long set;

	if (!line || sscanf(line, "\nsigmask: %llx", &set) != 1)
		return false;
	*ret = set;
	return true;
}

void call_words_add(const struct thread *t, struct strbuf *ret)
{
	if (waits_for_signals(&t->wait))
		add_signals(t, ret);
	else if (t->wait.class == SYSCALL_IO_URING)
		add_ring(t, ret);
	else
		add_ipc(t, ret);
}
