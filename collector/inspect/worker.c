/* SPDX-License-Identifier: GPL-2.0-only */
/* Our side of the worker: start it, ask it, bury it. */
#include "inspect/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/log.h"
#include "base/map.h"
#include "base/vec.h"
#include "inspect/user_memory.h"
#include "inspect/worker_wire.h"

enum {
	ASKED_MAX = 1024, /* looks that are not answered */
	REAP_MS = 500,	  /* one that is stuck in the kernel is left to init */
};

struct asked {
	__u32 id;
	__u32 pid;
};

struct worker {
	pid_t child; /* 0: none */
	pid_t dying; /* one that was killed and is not collected yet; 0: none */
	int fd;
	unsigned start_cnt;
	__u64 heard_ns; /* when it last answered, or was asked while it had nothing to do */
	VEC(struct asked) asked;
	struct map shunned; /* pid -> 1: one died over it */
};

struct worker *worker_new(void)
{
	struct worker *w = xcalloc(1, sizeof(*w));

	w->fd = -1;
	return w;
}

/* Collect what is left of a killed one; it may take a while to give its memory back. */
static void reap(struct worker *w, int timeout_ms)
{
	struct pollfd p = { .events = POLLIN };

	if (!w->dying)
		return;
	p.fd = timeout_ms ? syscall(SYS_pidfd_open, w->dying, 0) : -1;
	if (p.fd >= 0) {
		poll(&p, 1, timeout_ms);
		close(p.fd);
	}
	if (waitpid(w->dying, NULL, WNOHANG) != 0)
		w->dying = 0;
}

static void end_child(struct worker *w)
{
	if (!w->child)
		return;
	reap(w, REAP_MS);
	kill(w->child, SIGKILL);
	close(w->fd);
	w->dying = w->child;
	w->child = 0;
	w->fd = -1;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	end_child(w);
	reap(w, REAP_MS);
	vec_release(&w->asked);
	map_release(&w->shunned);
	free(w);
}

static int start_child(struct worker *w)
{
	int fds[2];
	pid_t child, self = getpid();

	if (w->start_cnt == WORKER_START_MAX)
		return -ESHUTDOWN;
	w->start_cnt++;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	child = fork();
	if (!child)
		worker_run(fds[1], self);
	close(fds[1]);
	if (child < 0) {
		close(fds[0]);
		return -EAGAIN;
	}
	w->child = child;
	w->fd = fds[0];
	return 0;
}

/* What it was busy with is not asked again: the first that has no answer is the culprit. */
static void give_up(struct worker *w, const char *why)
{
	__u32 pid = w->asked.cnt ? w->asked.items[0].pid : 0;

	log_debug("the inspector %s over process %u", why, pid);
	if (pid)
		map_put(&w->shunned, pid, 1);
	end_child(w);
}

/* By the number of any thread: that of the process says nothing once its main thread has ended. */
static int open_of(__u32 tid, const char *name, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/%s", tid, name);
	return open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static void open_fds(__u32 pid, __u32 tid, int fds[WORKER_FD_CNT])
{
	fds[WORKER_FD_MAPS] = open_of(tid, "maps", O_RDONLY);
	if (fds[WORKER_FD_MAPS] < 0 && errno == ENOENT) { /* it has ended, others wait on */
		tid = pid;
		fds[WORKER_FD_MAPS] = open_of(tid, "maps", O_RDONLY);
	}
	if (fds[WORKER_FD_MAPS] < 0 && errno != ENOENT)
		log_info("no stacks and names of locks of process %u: %s", pid, strerror(errno));
	fds[WORKER_FD_MEM] = open_of(tid, "mem", O_RDONLY);
	fds[WORKER_FD_ROOT] = open_of(tid, "root", O_PATH | O_DIRECTORY);
	/* Not opened: a file system whose server is gone would keep us, not the worker. */
	fds[WORKER_FD_EXE] = open_of(tid, "exe", O_PATH);
}

static void close_fds(const int fds[WORKER_FD_CNT])
{
	for (int i = 0; i < WORKER_FD_CNT; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int send_request(struct worker *w, struct worker_request *rq, const int fds[WORKER_FD_CNT],
			const void *piece)
{
	union {
		struct cmsghdr hdr;
		char bytes[CMSG_SPACE(WORKER_FD_CNT * sizeof(int))];
	} control = {};
	struct iovec iov[] = { { rq, sizeof(*rq) }, { (void *)piece, rq->piece_len } };
	struct msghdr msg = {
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = &control,
	};
	int present[WORKER_FD_CNT], cnt = 0;

	rq->fds = 0;
	for (int i = 0; i < WORKER_FD_CNT; i++) {
		if (fds[i] < 0)
			continue;
		rq->fds |= 1U << i;
		present[cnt++] = fds[i];
	}
	msg.msg_controllen = CMSG_SPACE(cnt * sizeof(int));
	control.hdr.cmsg_level = SOL_SOCKET;
	control.hdr.cmsg_type = SCM_RIGHTS;
	control.hdr.cmsg_len = CMSG_LEN(cnt * sizeof(int));
	memcpy(CMSG_DATA(&control.hdr), present, cnt * sizeof(int));
	return sendmsg(w->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/*
 * The memory of another user's process cannot be opened, for it is a file that is not
 * ours; but with CAP_SYS_PTRACE it can be read. So the stack goes along with the request.
 */
static int send_with_stack(struct worker *w, struct worker_request *rq,
			   const int fds[WORKER_FD_CNT])
{
	static __u8 piece[WORKER_PIECE_MAX];
	__u64 sp = rq->looks[0].regs[PREG_RSP];
	ssize_t len = user_memory_read_some(rq->looks[0].tid, sp, piece, sizeof(piece));

	rq->piece_address = sp;
	rq->piece_len = len > 0 ? len : 0;
	return send_request(w, rq, fds, piece);
}

/* How many were asked, the first of them, or -errno. */
static int ask(struct worker *w, struct worker_request *rq, const struct worker_look *looks,
	       size_t cnt, const int fds[WORKER_FD_CNT])
{
	int err = 0;
	size_t i;

	if (fds[WORKER_FD_MEM] >= 0) {
		memcpy(rq->looks, looks, cnt * sizeof(*looks));
		rq->look_cnt = cnt;
		err = send_request(w, rq, fds, NULL);
		return err ? err : (int)cnt;
	}
	rq->look_cnt = 1;
	for (i = 0; i < cnt && !err; i++) {
		rq->looks[0] = looks[i];
		err = send_with_stack(w, rq, fds);
	}
	if (err == -EAGAIN && i > 1)
		return i - 1;
	return err ? err : (int)cnt;
}

static bool is_gone(int err)
{
	return err == -EPIPE || err == -ECONNRESET;
}

struct question {
	const struct worker_look *looks;
	size_t cnt;
	const int *fds;
	const void *stack; /* NULL: it is read, if it has to be */
	size_t stack_len;
};

static int ask_kept(struct worker *w, struct worker_request *rq, const struct question *q)
{
	int err;

	rq->looks[0] = q->looks[0];
	rq->look_cnt = 1;
	rq->piece_address = q->looks[0].regs[PREG_RSP];
	rq->piece_len = q->stack_len < WORKER_PIECE_MAX ? q->stack_len : WORKER_PIECE_MAX;
	err = send_request(w, rq, q->fds, q->stack);
	return err ? err : 1;
}

/*
 * How many were asked, the first of them, or -errno. One that died while it had nothing to do died
 * over nobody: its successor is asked.
 */
static int ask_somebody(struct worker *w, struct worker_request *rq, const struct question *q)
{
	int err;

	do {
		err = w->child ? 0 : start_child(w);
		if (err)
			return err;
		err = q->stack ? ask_kept(w, rq, q) : ask(w, rq, q->looks, q->cnt, q->fds);
		if (is_gone(err) && !w->asked.cnt)
			end_child(w);
	} while (is_gone(err) && !w->asked.cnt);
	return is_gone(err) ? -EAGAIN : err;
}

size_t worker_room(const struct worker *w)
{
	return ASKED_MAX - w->asked.cnt;
}

/* May it be asked now? */
static int may_ask(const struct worker *w, __u32 pid, size_t cnt)
{
	if (cnt > WORKER_BATCH_MAX)
		return -E2BIG;
	if (map_get(&w->shunned, pid, NULL))
		return -ECONNABORTED;
	return cnt > worker_room(w) ? -EAGAIN : 0;
}

/* The first cnt of them. */
static void note_asked(struct worker *w, __u32 pid, const struct question *q, size_t cnt,
		       __u64 now_ns)
{
	if (!w->asked.cnt)
		w->heard_ns = now_ns;
	for (size_t i = 0; i < cnt; i++)
		vec_push(&w->asked, (struct asked){ q->looks[i].id, pid });
}

int worker_ask(struct worker *w, __u32 pid, __u32 uid, const struct worker_look *looks, size_t cnt,
	       bool is_urgent, __u64 now_ns)
{
	struct worker_request rq = { .pid = pid, .uid = uid, .is_urgent = is_urgent };
	int fds[WORKER_FD_CNT], ret = may_ask(w, pid, cnt);
	struct question q = { .looks = looks, .cnt = cnt, .fds = fds };

	if (ret)
		return ret;
	open_fds(pid, looks[0].tid, fds);
	ret = fds[WORKER_FD_MAPS] < 0 ? -ESRCH : ask_somebody(w, &rq, &q);
	close_fds(fds);
	if (ret > 0)
		note_asked(w, pid, &q, ret, now_ns);
	return ret;
}

/* 0 or -errno. */
static int ask_about_one(struct worker *w, struct worker_request *rq, const struct question *q,
			 __u64 now_ns)
{
	int err = ask_somebody(w, rq, q);

	if (err > 0)
		note_asked(w, rq->pid, q, 1, now_ns);
	return err < 0 ? err : 0;
}

int worker_ask_kept(struct worker *w, __u32 pid, __u32 uid, const struct worker_view *view,
		    const struct worker_look *look, const void *stack, size_t len, __u64 now_ns)
{
	struct worker_request rq = { .pid = pid, .uid = uid, .is_urgent = true };
	const int fds[WORKER_FD_CNT] = {
		[WORKER_FD_MAPS] = view->maps,
		[WORKER_FD_MEM] = -1,
		[WORKER_FD_ROOT] = view->root,
		[WORKER_FD_EXE] = view->exe,
	};
	struct question q = {
		.looks = look,
		.cnt = 1,
		.fds = fds,
		.stack = stack,
		.stack_len = len,
	};
	int err = may_ask(w, pid, 1);

	return err ? err : ask_about_one(w, &rq, &q, now_ns);
}

int worker_ask_caught(struct worker *w, __u32 pid, __u32 uid, const struct worker_look *look,
		      const void *stack, size_t len, __u64 now_ns)
{
	struct worker_request rq = { .pid = pid, .uid = uid };
	int fds[WORKER_FD_CNT], err = may_ask(w, pid, 1);
	struct question q = {
		.looks = look,
		.cnt = 1,
		.fds = fds,
		.stack = stack,
		.stack_len = len,
	};

	if (err)
		return err;
	open_fds(pid, look->tid, fds);
	err = fds[WORKER_FD_MAPS] < 0 ? -ESRCH : ask_about_one(w, &rq, &q, now_ns);
	close_fds(fds);
	return err;
}

/* After the end of a worker: tell that there is no answer to what is left. */
static bool fail_one(struct worker *w, struct worker_answer *ret)
{
	if (w->child || !w->asked.cnt)
		return false;
	*ret = (struct worker_answer){ .id = w->asked.items[0].id, .kind = WORKER_FAILED };
	vec_remove(&w->asked, 0);
	return true;
}

static void strike_off(struct worker *w, __u32 id)
{
	for (size_t i = 0; i < w->asked.cnt; i++) {
		if (w->asked.items[i].id == id) {
			vec_remove(&w->asked, i);
			return;
		}
	}
}

/* Untrusted: it may have been taken over by what it read. */
static bool answer_is_sound(const struct worker_answer *a, ssize_t len)
{
	size_t head = offsetof(struct worker_answer, text);

	return (size_t)len >= head && a->len == len - head &&
	       (a->kind == WORKER_NAME || a->kind == WORKER_STACK);
}

bool worker_answer(struct worker *w, struct worker_answer *ret, __u64 now_ns)
{
	ssize_t len;

	reap(w, 0);
	if (!w->child)
		return fail_one(w, ret);
	len = recv(w->fd, ret, sizeof(*ret), MSG_DONTWAIT);
	if (len > 0 && answer_is_sound(ret, len)) {
		w->heard_ns = now_ns;
		if (ret->kind == WORKER_STACK)
			strike_off(w, ret->id);
		return true;
	}
	if (len >= 0 || (errno != EAGAIN && errno != EINTR))
		give_up(w, "died");
	else if (w->asked.cnt && now_ns > w->heard_ns + WORKER_PATIENCE_NS)
		give_up(w, "hung");
	return fail_one(w, ret);
}
