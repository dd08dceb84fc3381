/* SPDX-License-Identifier: GPL-2.0-only */
/* The worker's own life: take a request, look, answer. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "inspect/lock_name.h"
#include "inspect/source.h"
#include "inspect/stack_text.h"
#include "inspect/worker_sandbox.h"
#include "inspect/worker_wire.h"

enum {
	TARGET_MAX = 8,	  /* processes that are remembered */
	OBJECT_MAX = 128, /* files; beyond, all are forgotten */
	NAME_TEXT_MAX = 256,
	STACK_TEXT_MAX = 1 << 20, /* bytes, before it is made to fit */
};

struct work {
	struct objects objects;
	VEC(struct target *) targets; /* the last used is the last */
	struct stack_trace traces[WORKER_BATCH_MAX];
	struct {
		struct worker_request rq;
		__u8 piece[WORKER_PIECE_MAX];
	} in;
};

static __u64 cpu_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void forget_targets(struct work *w, size_t keep)
{
	while (w->targets.cnt > keep) {
		target_close(w->targets.items[0]);
		vec_remove(&w->targets, 0);
	}
}

/* The process as it is now; what was found out about it before is kept if it still holds. */
static struct target *get_target(struct work *w, const struct target_fds *fds)
{
	const struct worker_request *rq = &w->in.rq;
	struct target *t;

	if (w->objects.items.cnt > OBJECT_MAX) {
		forget_targets(w, 0);
		objects_release(&w->objects);
	}
	for (size_t i = 0; i < w->targets.cnt; i++) {
		t = w->targets.items[i];
		if (t->pid != rq->pid)
			continue;
		vec_remove(&w->targets, i);
		if (target_refresh(t, fds, rq->is_urgent)) {
			vec_push(&w->targets, t);
			return t;
		}
		target_close(t);
		break;
	}
	forget_targets(w, TARGET_MAX - 1);
	t = target_open(rq->pid, rq->uid, fds, &w->objects);
	if (t)
		vec_push(&w->targets, t);
	return t;
}

static void answer(__u32 id, enum worker_answer_kind kind, __u8 flags, const struct strbuf *text,
		   __u64 begin_ns)
{
	struct worker_answer a = {
		.id = id,
		.kind = kind,
		.flags = flags,
		.len = text->len < sizeof(a.text) ? text->len : sizeof(a.text),
		.cpu_ns = cpu_now_ns() - begin_ns,
	};

	memcpy(a.text, strbuf_str(text), a.len);
	if (send(WORKER_SOCKET, &a, offsetof(struct worker_answer, text) + a.len, MSG_NOSIGNAL) < 0)
		_exit(EXIT_FAILURE);
}

static void add_frame(struct target *t, const struct frame *f, struct strbuf *ret)
{
	__u64 code = frame_code(f);
	struct module *m = target_find_module(t, code);
	const char *name;

	if (m && m->object) {
		strbuf_adds(ret, source_frames(m->object, code - m->bias));
		return;
	}
	name = m ? NULL : perf_map_find(&t->perf_map, t->fds.root, t->pid, t->uid, code);
	if (name)
		strbuf_addf(ret, "%s\n", name);
	else
		strbuf_addf(ret, "0x%llx\n", (unsigned long long)f->pc);
}

/* trace: of who waits, or NULL. */
static void tell_name(struct target *t, const struct worker_look *look,
		      const struct stack_trace *trace)
{
	__u64 begin_ns = cpu_now_ns();
	struct strbuf name = {};
	bool borrowed, is_found;

	is_found = look->is_name_only
			   ? lock_name_find_expression(t, look->address, trace, &name, &borrowed)
			   : lock_name_find(t, look->address, trace, &name, &borrowed);
	if (is_found && name.len < NAME_TEXT_MAX)
		answer(look->id, WORKER_NAME, borrowed ? EVF_BORROWED : 0, &name, begin_ns);
	strbuf_release(&name);
}

static void tell_stack(struct target *t, const struct worker_look *look,
		       const struct stack_trace *trace, __u64 begin_ns)
{
	struct strbuf text = {};

	size_t i = 0;

	for (; i < trace->cnt && text.len < STACK_TEXT_MAX; i++)
		add_frame(t, &trace->frames[i], &text);
	stack_text_fit(&text, WORKER_TEXT_MAX);
	answer(look->id, WORKER_STACK, trace->is_truncated || i < trace->cnt ? EVF_TRUNCATED : 0,
	       &text, begin_ns);
	strbuf_release(&text);
}

/* Names first: a verdict waits for them, and the sources of stacks can be large. */
static void look(struct work *w, struct target *t, __u64 begin_ns)
{
	const struct worker_request *rq = &w->in.rq;
	size_t cnt = rq->look_cnt < WORKER_BATCH_MAX ? rq->look_cnt : WORKER_BATCH_MAX;

	for (size_t i = 0; i < cnt; i++) {
		bool has_waiter = rq->looks[i].regs[PREG_RIP] != 0;

		w->traces[i].cnt = 0;
		if (t && has_waiter)
			stack_unwind(t, rq->looks[i].regs, &w->traces[i]);
		if (t && rq->looks[i].address)
			tell_name(t, &rq->looks[i], has_waiter ? &w->traces[i] : NULL);
		if (rq->looks[i].is_name_only)
			w->traces[i].cnt = 0;
	}
	for (size_t i = 0; i < cnt; i++) {
		tell_stack(t, &rq->looks[i], &w->traces[i], begin_ns);
		begin_ns = cpu_now_ns();
	}
}

/* Where there is more of its memory, what came with the request is of a stack that has changed. */
static void take_piece(struct work *w, struct target *t, size_t piece_len)
{
	struct memory *m = &t->memory;
	const struct region *r = NULL;

	m->piece = w->in.piece;
	m->piece_address = w->in.rq.piece_address;
	m->piece_len = piece_len;
	if (piece_len && m->fd >= 0)
		r = maps_find(&t->maps, m->piece_address);
	m->past_begin = r ? r->begin : 0;
	m->past_end = r ? r->end : 0;
}

static void serve(struct work *w, const struct target_fds *fds, size_t piece_len)
{
	__u64 begin_ns = cpu_now_ns();
	struct target *t = get_target(w, fds);

	if (t)
		take_piece(w, t, piece_len);
	look(w, t, begin_ns);
}

static void take_fds(struct msghdr *msg, __u32 mask, struct target_fds *ret)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int all[WORKER_FD_CNT], *next = c ? (int *)CMSG_DATA(c) : NULL;

	for (int i = 0; i < WORKER_FD_CNT; i++)
		all[i] = next && (mask & 1U << i) ? *next++ : -1;
	*ret = (struct target_fds){
		.mem = all[WORKER_FD_MEM],
		.maps = all[WORKER_FD_MAPS],
		.root = all[WORKER_FD_ROOT],
		.exe = all[WORKER_FD_EXE],
	};
}

static bool take_request(struct work *w)
{
	union {
		struct cmsghdr hdr;
		char bytes[CMSG_SPACE(WORKER_FD_CNT * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = &w->in, .iov_len = sizeof(w->in) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct target_fds fds;
	ssize_t len = recvmsg(WORKER_SOCKET, &msg, MSG_CMSG_CLOEXEC);

	if (len < (ssize_t)sizeof(w->in.rq))
		return false;
	take_fds(&msg, w->in.rq.fds, &fds);
	serve(w, &fds, len - sizeof(w->in.rq));
	return true;
}

void worker_run(int fd, pid_t parent)
{
	struct work *w;

	worker_sandbox_enter(fd, parent);
	w = xcalloc(1, sizeof(*w));
	while (take_request(w))
		;
	_exit(EXIT_SUCCESS); /* no atexit() of the parent's */
}
