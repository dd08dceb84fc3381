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
	PROCESS_MAX = 64,	 /* each may have three files open */
	CALL_SZ = sizeof(__u64), /* what a call puts on the stack */
};

/* Of each step two looks: where the second lock was wanted, and where the first was taken. */
enum look_side { SIDE_WANTED, SIDE_HELD, SIDE_CNT };

struct answered {
	struct strbuf name, functions;
};

/* What a process had mapped. Those that were forked since have it in common. */
struct view {
	struct worker_view fds;
	struct maps maps;
	__u32 uid;
	size_t ref_cnt;
};

struct process {
	__u32 pid;
	struct view *view;
};

struct job {
	struct order_step steps[ORDER_CYCLE_MAX]; /* with edges of its own */
	struct view *views[ORDER_CYCLE_MAX];	  /* of their processes; NULL: not known */
	struct answered answers[ORDER_CYCLE_MAX][SIDE_CNT];
	size_t step_cnt, asked_cnt, done_cnt; /* the last two: of looks */
};

struct order_looks {
	struct worker *worker;
	VEC(struct process) processes; /* the last seen is the last */
	VEC(struct job *) jobs;	       /* the first is under way */
	__u32 number;		       /* of the first */
	size_t total;
};

struct order_looks *order_looks_new(void)
{
	struct order_looks *l = xcalloc(1, sizeof(*l));

	l->worker = worker_new();
	return l;
}

static void view_put(struct view *v)
{
	if (!v || --v->ref_cnt)
		return;
	for (size_t i = 0; i < sizeof(v->fds) / sizeof(int); i++) {
		int fd = ((const int[]){ v->fds.maps, v->fds.root, v->fds.exe })[i];

		if (fd >= 0)
			close(fd);
	}
	maps_release(&v->maps);
	free(v);
}

static struct view *view_get(struct view *v)
{
	if (v)
		v->ref_cnt++;
	return v;
}

static void job_free(struct job *job)
{
	for (size_t i = 0; i < job->step_cnt; i++) {
		for (int side = 0; side < SIDE_CNT; side++) {
			strbuf_release(&job->answers[i][side].name);
			strbuf_release(&job->answers[i][side].functions);
		}
		view_put(job->views[i]);
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
	vec_for_each(process, &l->processes)
		view_put(process->view);
	vec_release(&l->jobs);
	vec_release(&l->processes);
	worker_free(l->worker);
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

static struct view *view_open(__u32 pid)
{
	struct view *v = xcalloc(1, sizeof(*v));
	struct stat st;

	v->ref_cnt = 1;
	v->uid = getuid();
	v->fds.maps = copy_maps(pid);
	v->fds.root = open_of(pid, "root", O_PATH | O_DIRECTORY);
	v->fds.exe = open_of(pid, "exe", O_PATH); /* as in worker.c */
	if (v->fds.maps >= 0 && v->fds.root >= 0 && !maps_read(&v->maps, v->fds.maps) &&
	    !fstat(v->fds.root, &st))
		return v;
	view_put(v);
	return NULL;
}

static struct view *find_view(const struct order_looks *l, __u32 pid)
{
	vec_for_each(process, &l->processes)
		if (process->pid == pid)
			return process->view;
	return NULL;
}

void order_looks_forget(struct order_looks *l, __u32 pid)
{
	for (size_t i = 0; i < l->processes.cnt; i++) {
		if (l->processes.items[i].pid != pid)
			continue;
		view_put(l->processes.items[i].view);
		vec_remove(&l->processes, i);
		return;
	}
}

/* Takes the view; of too many the one that was not seen for the longest time goes. */
static void keep_view(struct order_looks *l, __u32 pid, struct view *v)
{
	order_looks_forget(l, pid);
	if (l->processes.cnt == PROCESS_MAX)
		order_looks_forget(l, l->processes.items[0].pid);
	vec_push(&l->processes, (struct process){ pid, v });
}

void order_looks_see(struct order_looks *l, __u32 pid)
{
	struct view *v = view_open(pid);

	if (v)
		keep_view(l, pid, v);
}

void order_looks_fork(struct order_looks *l, __u32 parent, __u32 pid)
{
	struct view *v = view_get(find_view(l, parent));

	if (v)
		keep_view(l, pid, v);
	else
		order_looks_forget(l, pid); /* that was another */
}

void order_looks_want(struct order_looks *l, const struct order_inversion *inv)
{
	struct job *job;

	if (l->total == JOB_MAX)
		return;
	l->total++;
	job = xcalloc(1, sizeof(*job));
	for (size_t i = 0; i < inv->cnt; i++) {
		struct order_edge *copy = xmalloc(sizeof(*copy));

		*copy = *inv->steps[i].edge;
		job->steps[i] = (struct order_step){ copy, inv->steps[i].held_idx };
		job->views[i] = view_get(find_view(l, copy->hdr.pid));
	}
	job->step_cnt = inv->cnt;
	vec_push(&l->jobs, job);
}

/* Is what was kept that of the program that ran when the edge was seen? */
static bool view_is_of(const struct view *v, const struct order_edge *e)
{
	const struct region *r = v ? maps_find(&v->maps, e->code_start) : NULL;

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
	const struct view *v = job->views[number / SIDE_CNT];
	struct worker_look look = { .id = l->number << 8 | number, .tid = e->hdr.tid };
	size_t len = 0;

	if (!view_is_of(v, e))
		return -ESRCH;
	if (number % SIDE_CNT == SIDE_WANTED) {
		look_where_wanted(e, &look);
		len = e->stack_len > CALL_SZ ? e->stack_len - CALL_SZ : 0;
	} else {
		look.address = held->address;
		look.regs[PREG_RIP] = held->caller - 1;
	}
	return worker_ask_kept(l->worker, e->hdr.pid, v->uid, &v->fds, &look, e->stack + CALL_SZ,
			       len, now_ns);
}

/* As many as the worker takes at once. */
static void ask_all(struct order_looks *l, struct job *job, __u64 now_ns)
{
	while (job->asked_cnt < job->step_cnt * SIDE_CNT) {
		int err = ask(l, job, job->asked_cnt, now_ns);

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
