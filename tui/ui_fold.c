/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folding: threads of a process that have long been waiting for the same become one row, and so do
 * those that ended after short lives (ui_ended.c).
 *
 * Only waits that nobody holds up: who waits for a lock that somebody has is no idle
 * worker, and who is in the verdict or selected stands for itself.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tui/ui_private.h"

enum {
	FOLD_MIN = 4,			   /* fewer are listed one by one */
	FOLD_WAIT_NS = 1000 * 1000 * 1000, /* shorter waits are part of the work */
	CONDVAR_GROUPS = 0x7, /* glibc's struct __pthread_cond_s: two words, __g_signals[2] */
};

static bool key_is_same(const struct ui_fold_key *a, const struct ui_fold_key *b)
{
	return a->pid == b->pid && a->reason == b->reason && a->object == b->object;
}

static int compare_keys(const struct ui_fold_key *a, const struct ui_fold_key *b)
{
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->reason != b->reason)
		return a->reason < b->reason ? -1 : 1;
	return a->object < b->object ? -1 : a->object > b->object;
}

static struct ui_fold_key key_of(const struct thread *t)
{
	struct ui_fold_key key = { .pid = t->pid, .reason = t->wait.reason };

	if (t->state == THREAD_DEAD)
		return (struct ui_fold_key){ .reason = WAIT_REASON_CNT };
	if (wait_is_futex(&t->wait))
		key.object = t->wait.args[0];
	else
		key.object = (__u64)wait_fd(&t->wait);
	if (t->wait.reason == WAIT_CONDVAR)
		key.object &= ~(__u64)CONDVAR_GROUPS;
	return key;
}

/* When not all of a stall are known by name it may be anybody. */
static bool is_alarm(const struct verdict *v, const struct thread *t)
{
	if (v->kind == VERDICT_STALL && v->closed_cnt > v->cycle_cnt)
		return true;
	return (v->kind == VERDICT_DEADLOCK || v->kind == VERDICT_STALL) &&
	       verdict_has_thread(v, t->tid);
}

static bool waits_idly(const struct ui *ui, const struct thread *t)
{
	return thread_is_blocked(t) && !thread_is_main(t) && t->wait.reason != WAIT_JOIN &&
	       !model_waits_for(ui_model(ui), t, NULL) && !is_alarm(ui_verdict(ui), t);
}

/* Has it done so for long? If not, it will have when the rows are due. */
static bool waits_long(struct ui *ui, const struct thread *t)
{
	__u64 long_ns = t->wait.since_ns + FOLD_WAIT_NS;

	if (long_ns <= ui_now_ns(ui))
		return true;
	if (thread_is_blocked(t) && long_ns < ui->rows_due_ns)
		ui->rows_due_ns = long_ns;
	return false;
}

bool ui_is_unfolded(const struct ui *ui, const struct thread *t)
{
	struct ui_fold_key key = key_of(t);

	vec_for_each(k, &ui->unfolded)
		if (key_is_same(k, &key))
			return true;
	return false;
}

void ui_unfold(struct ui *ui, const struct thread *t)
{
	vec_push(&ui->unfolded, key_of(t));
	ui->rows_are_stale = true;
	ui_touch(ui);
}

/* First all that were unfolded one by one are folded again. */
void ui_toggle_folds(struct ui *ui)
{
	bool had_unfolded = ui->unfolded.cnt > 0;

	vec_clear(&ui->unfolded);
	ui->never_folds = !ui->never_folds && !had_unfolded;
	ui->rows_are_stale = true;
	ui_message(ui, ui->never_folds ? "each thread has its row"
				       : "threads that wait alike, or ended soon, share a row");
}

struct candidate {
	struct ui_fold_key key;
	const struct thread *thread;
	int idx; /* in the list by age */
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int keys = compare_keys(&x->key, &y->key);

	return keys ? keys : x->idx - y->idx;
}

static int compare_tids(const void *a, const void *b)
{
	const struct thread *s = *(const struct thread *const *)a;
	const struct thread *t = *(const struct thread *const *)b;

	return s->tid < t->tid ? -1 : s->tid > t->tid;
}

/*
 * One row for these threads, which wait alike: that of the oldest, or of the one through
 * which it is selected. The others leave the list. A thread selected by itself stays.
 */
static void fold_group(struct ui *ui, const struct thread **threads, const struct candidate *group,
		       size_t cnt)
{
	struct ui_fold fold = { .idx = ui->fold_threads.cnt };
	int kept = -1;

	for (size_t i = 0; i < cnt; i++) {
		bool is_selected = group[i].thread->tid == ui->selected_tid;

		if (is_selected && !ui->is_fold_selected)
			continue;
		if (kept < 0 || is_selected)
			kept = (int)i;
		vec_push(&ui->fold_threads, group[i].thread);
		threads[group[i].idx] = NULL;
		fold.cnt++;
	}
	fold.thread = group[kept].thread;
	threads[group[kept].idx] = fold.thread;
	qsort(&ui->fold_threads.items[fold.idx], fold.cnt, sizeof(*ui->fold_threads.items),
	      compare_tids);
	vec_push(&ui->folds, fold);
}

static void fold_groups(struct ui *ui, const struct thread **threads,
			const struct candidate *candidates, size_t cnt)
{
	for (size_t i = 0, end; i < cnt; i = end) {
		for (end = i + 1;
		     end < cnt && key_is_same(&candidates[end].key, &candidates[i].key);)
			end++;
		if (end - i >= FOLD_MIN && !ui_is_unfolded(ui, candidates[i].thread))
			fold_group(ui, threads, &candidates[i], end - i);
	}
}

int ui_fold(struct ui *ui, const struct thread **threads, int cnt)
{
	VEC(struct candidate) candidates = {};
	bool *has_ended;
	int kept = 0;

	vec_clear(&ui->folds);
	vec_clear(&ui->fold_threads);
	ui->rows_due_ns = ~0ULL;
	/* Who looks for a thread wants to see it. */
	if (ui->never_folds || ui->search[0] || ui->filter[0])
		return cnt;
	has_ended = xcalloc((size_t)cnt + 1, sizeof(*has_ended));
	ui_ended_mark(ui, threads, cnt, has_ended);
	for (int i = 0; i < cnt; i++)
		if (has_ended[i] || (waits_long(ui, threads[i]) && waits_idly(ui, threads[i])))
			vec_push(&candidates,
				 (struct candidate){ key_of(threads[i]), threads[i], i });
	if (candidates.cnt)
		qsort(candidates.items, candidates.cnt, sizeof(*candidates.items),
		      compare_candidates);
	fold_groups(ui, threads, candidates.items, candidates.cnt);
	vec_release(&candidates);
	free(has_ended);
	for (int i = 0; i < cnt; i++)
		if (threads[i])
			threads[kept++] = threads[i];
	return kept;
}

const struct thread *const *ui_fold_threads(const struct ui *ui, const struct ui_row *row)
{
	return row->fold_cnt ? &ui->fold_threads.items[row->fold_idx] : NULL;
}

bool ui_row_has(const struct ui *ui, const struct ui_row *row, __u32 tid)
{
	const struct thread *const *threads = ui_fold_threads(ui, row);

	for (size_t i = 0; i < row->fold_cnt; i++)
		if (threads[i]->tid == tid)
			return true;
	return row->thread->tid == tid;
}

/* The name of all, or what all begin with, without a number: "worker" of "worker-12". */
static int common_stem(const struct thread *const *threads, size_t cnt)
{
	const char *name = threads[0]->name;
	int len = (int)strlen(name);
	bool is_one_name = true;

	for (size_t i = 1; i < cnt; i++) {
		int same = 0;

		while (same < len && name[same] == threads[i]->name[same])
			same++;
		is_one_name = is_one_name && !strcmp(name, threads[i]->name);
		len = same;
	}
	if (is_one_name)
		return len;
	while (len > 0 &&
	       (isdigit((unsigned char)name[len - 1]) || strchr("-_:#/ ", name[len - 1])))
		len--;
	while (len > 0 && ((unsigned char)name[len] & 0xc0) == 0x80)
		len--; /* not in the middle of a character */
	return len;
}

void ui_row_name(const struct ui *ui, const struct ui_row *row, struct strbuf *ret)
{
	const struct thread *const *threads = ui_fold_threads(ui, row);
	int len;

	if (!row->fold_cnt) {
		strbuf_adds(ret, row->thread->name[0] ? row->thread->name : "?");
		return;
	}
	if (row->thread->state == THREAD_DEAD) {
		strbuf_addf(ret, "%zu ended", row->fold_cnt);
		return;
	}
	len = common_stem(threads, row->fold_cnt);
	strbuf_addf(ret, "%zu x %.*s", row->fold_cnt, len ? len : (int)strlen("threads"),
		    len ? threads[0]->name : "threads");
}
