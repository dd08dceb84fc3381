/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the locks of an inversion, and the functions that took them. */
#include "inspect/order_looks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/strbuf.h"
#include "base/vec.h"
#include "inspect/maps.h"
#include "inspect/worker.h"
#include "model/inversion.h"

enum {
	LOCK_TEXT_MAX = 96,
	JOB_MAX = INVERSION_MAX,
	CALL_SZ = sizeof(__u64), /* what a call puts on the stack */
};

/* Of each step two looks: where the second lock was wanted, and where the first was taken. */
enum look_side { SIDE_WANTED, SIDE_HELD, SIDE_CNT };

struct answered {
	struct strbuf name, functions;
};

struct job {
	struct order_step steps[ORDER_CYCLE_MAX]; /* with edges of its own */
	struct answered answers[ORDER_CYCLE_MAX][SIDE_CNT];
	size_t step_cnt, asked_cnt, done_cnt; /* the last two: of looks */
};

struct order_looks {
	struct worker *worker;
	struct worker_view view;
	struct maps maps; /* those of view */
	__u32 uid;
	VEC(struct job *) jobs; /* the first is under way */
	__u32 number;		/* of the first */
	size_t total;
};

struct order_looks *order_looks_new(void)
{
	struct order_looks *l = xcalloc(1, sizeof(*l));

	l->worker = worker_new();
	l->view = (struct worker_view){ -1, -1, -1 };
	return l;
}

static void view_close(struct worker_view *v)
{
	int fds[] = { v->maps, v->root, v->exe };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*v = (struct worker_view){ -1, -1, -1 };
}

static void job_free(struct job *job)
{
	for (size_t i = 0; i < job->step_cnt; i++) {
		for (int side = 0; side < SIDE_CNT; side++) {
			strbuf_release(&job->answers[i][side].name);
			strbuf_release(&job->answers[i][side].functions);
		}
		free((void *)job->steps[i].edge);
	}
	free(job);
}

void order_looks_free(struct order_looks *l)
{
	if (!l)
		return;
	vec_for_each(job, &l->jobs)
		job_free(*job);
	vec_release(&l->jobs);
	worker_free(l->worker);
	view_close(&l->view);
	maps_release(&l->maps);
	free(l);
}

static int open_of(__u32 pid, const char *name, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	return open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* A copy in memory, which does not change and stays; -1 when there is nothing. */
static int copy_maps(__u32 pid)
{
	int from = open_of(pid, "maps", O_RDONLY), to = memfd_create("maps", MFD_CLOEXEC);
	char buf[1 << 14];
	ssize_t len = 0, total = 0;

	while (from >= 0 && to >= 0 && (len = read(from, buf, sizeof(buf))) > 0) {
		if (write(to, buf, len) != len)
			break;
		total += len;
	}
	if (from >= 0)
		close(from);
	if (!total && to >= 0) {
		close(to);
		to = -1;
	}
	return to;
}

void order_looks_see(struct order_looks *l, __u32 pid)
{
	struct worker_view now = { .maps = copy_maps(pid), -1, -1 };
	struct stat st;

	if (now.maps < 0)
		return;
	now.root = open_of(pid, "root", O_PATH | O_DIRECTORY);
	now.exe = open_of(pid, "exe", O_RDONLY);
	if (now.root < 0 || maps_read(&l->maps, now.maps) || fstat(now.root, &st)) {
		view_close(&now);
		return;
	}
	view_close(&l->view);
	l->view = now;
	l->uid = getuid();
}

void order_looks_want(struct order_looks *l, const struct order_inversion *inv)
{
	struct job *job;

	if (l->total++ == JOB_MAX)
		return;
	job = xcalloc(1, sizeof(*job));
	for (size_t i = 0; i < inv->cnt; i++) {
		struct order_edge *copy = xmalloc(sizeof(*copy));

		*copy = *inv->steps[i].edge;
		job->steps[i] = (struct order_step){ copy, inv->steps[i].held_idx };
	}
	job->step_cnt = inv->cnt;
	vec_push(&l->jobs, job);
}

/* Is what was kept that of the program that ran when the edge was seen? */
static bool view_is_of(const struct order_looks *l, const struct order_edge *e)
{
	const struct region *r = maps_find(&l->maps, e->code_start);

	return r && r->is_executable;
}

/* As in the caller, at the call: what it had there is on the stack, or where it was. */
static void look_where_wanted(const struct order_edge *e, struct worker_look *ret)
{
	__u64 caller = 0;

	if (e->stack_len >= CALL_SZ)
		memcpy(&caller, e->stack, CALL_SZ);
	memcpy(ret->regs, e->regs, sizeof(ret->regs));
	ret->regs[PREG_RIP] = caller - 1;
	ret->regs[PREG_RSP] += CALL_SZ;
}

static int ask(struct order_looks *l, const struct job *job, size_t number, __u64 now_ns)
{
	const struct order_step *s = &job->steps[number / SIDE_CNT];
	const struct order_edge *e = s->edge;
	const struct order_lock *held = &e->held[s->held_idx];
	struct worker_look look = { .id = l->number << 8 | number, .tid = e->hdr.tid };
	size_t len = 0;

	if (number % SIDE_CNT == SIDE_WANTED) {
		look_where_wanted(e, &look);
		len = e->stack_len > CALL_SZ ? e->stack_len - CALL_SZ : 0;
	} else {
		look.address = held->address;
		look.regs[PREG_RIP] = held->caller - 1;
	}
	return worker_ask_kept(l->worker, e->hdr.pid, l->uid, &l->view, &look, e->stack + CALL_SZ,
			       len, now_ns);
}

/* As many as the worker takes at once. */
static void ask_all(struct order_looks *l, struct job *job, __u64 now_ns)
{
	while (job->asked_cnt < job->step_cnt * SIDE_CNT) {
		int err = view_is_of(l, job->steps[0].edge) ? ask(l, job, job->asked_cnt, now_ns)
							    : -ESRCH;

		if (err == -EAGAIN)
			return;
		job->asked_cnt++;
		job->done_cnt += err != 0; /* without an answer */
	}
}

static void take_answer(const struct order_looks *l, struct job *job, const struct worker_answer *a)
{
	size_t number = a->id & 0xff;
	struct answered *to;

	if (a->id >> 8 != (l->number & 0xffffff) || number >= job->step_cnt * SIDE_CNT)
		return;
	to = &job->answers[number / SIDE_CNT][number % SIDE_CNT];
	job->done_cnt += a->kind != WORKER_NAME;
	if (a->kind == WORKER_NAME)
		strbuf_add(&to->name, a->text, a->len);
	for (size_t i = 0; a->kind == WORKER_STACK && i < a->len; i++) {
		if (a->text[i] != '\n')
			strbuf_addch(&to->functions, a->text[i]);
		else if (i + 1 < a->len)
			strbuf_adds(&to->functions, " < ");
	}
}

static const char *lock_text(const struct answered *a, __u64 address, char buf[LOCK_TEXT_MAX])
{
	if (a->name.len)
		snprintf(buf, LOCK_TEXT_MAX, "%s", strbuf_str(&a->name));
	else
		snprintf(buf, LOCK_TEXT_MAX, "lock 0x%llx", (unsigned long long)address);
	return buf;
}

static void emit_job(const struct job *job, const struct model *m, looks_emit_fn emit, void *arg)
{
	struct {
		struct ev_inversion ev;
		char text[EVENT_TAIL_MAX];
	} out = { .ev.hdr = { .tid = job->steps[0].edge->hdr.pid, .kind = EV_INVERSION } };
	struct inversion_step steps[ORDER_CYCLE_MAX];
	char held[ORDER_CYCLE_MAX][LOCK_TEXT_MAX], wanted[ORDER_CYCLE_MAX][LOCK_TEXT_MAX];
	struct strbuf text = {};

	/* A waiter's own names for locks are not those of others: that of the holder is for all. */
	for (size_t i = 0; i < job->step_cnt; i++) {
		const struct order_step *s = &job->steps[i];
		const struct answered *a = job->answers[i];
		size_t next = (i + 1) % job->step_cnt;
		const struct thread *t = model_find_thread(m, s->edge->hdr.tid);

		steps[i] = (struct inversion_step){
			.tid = s->edge->hdr.tid,
			.name = t ? t->name : "?",
			.held = lock_text(&a[SIDE_HELD], s->edge->held[s->held_idx].address,
					  held[i]),
			.held_at = strbuf_str(&a[SIDE_HELD].functions),
			.wanted = lock_text(&job->answers[next][SIDE_HELD], s->edge->hdr.address,
					    wanted[i]),
			.wanted_at = strbuf_str(&a[SIDE_WANTED].functions),
		};
	}
	inversion_encode(steps, job->step_cnt, &text);
	out.ev.len = text.len < sizeof(out.text) ? text.len : sizeof(out.text);
	memcpy(out.text, strbuf_str(&text), out.ev.len);
	strbuf_release(&text);
	emit(arg, &out.ev.hdr);
}

void order_looks_step(struct order_looks *l, const struct model *m, __u64 now_ns,
		      looks_emit_fn emit, void *arg)
{
	struct worker_answer answer;

	while (l->jobs.cnt) {
		struct job *job = l->jobs.items[0];

		ask_all(l, job, now_ns);
		while (worker_answer(l->worker, &answer, now_ns))
			take_answer(l, job, &answer);
		if (job->done_cnt < job->step_cnt * SIDE_CNT)
			return;
		emit_job(job, m, emit, arg);
		job_free(job);
		vec_remove(&l->jobs, 0);
		l->number++;
	}
}

bool order_looks_pending(const struct order_looks *l)
{
	return l->jobs.cnt;
}
