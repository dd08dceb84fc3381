/* SPDX-License-Identifier: GPL-2.0-only */
/* The pane that explains the selected thread: why does it not run? */
#include "tui/pane_details.h"

#include <stdio.h>

#include "base/fmt.h"
#include "model/story.h"
#include "tui/describe.h"
#include "tui/pane.h"
#include "tui/state_words.h"
#include "tui/wrap.h"

enum { HOLDERS_SHOWN = 4 };

/*
 * The whole chain, one sentence each. In a small pane what does not fit is folded into a line
 * that counts it; a large one is scrolled instead.
 */
static void pane_story(struct pane *p, bool is_large)
{
	struct story story;

	story_find(p->m, p->t, &story);
	for (size_t i = 0; i < story.cnt; i++) {
		size_t left = story.cnt - i;
		int need;

		story_sentence(p->m, &story, i, p->now_ns, &p->text);
		need = wrap_rows(strbuf_str(&p->text), p->c->cols - 1) + (left > 1);
		if (i && !is_large && p->row + need > p->c->rows) {
			strbuf_reset(&p->text);
			strbuf_addf(&p->text, "... and %zu more; at the end: %s. Enter shows them.",
				    left, story_end_word(story.end));
			pane_sentence(p, STYLE_DIM);
			return;
		}
		pane_sentence(p, i ? STYLE_NORMAL : STYLE_BOLD);
	}
}

/* How sure is that: read when, and read again when. */
static void pane_evidence(struct pane *p)
{
	const struct wait *w = &p->t->wait;
	__u64 confirmed_ns = model_confirmed_ns(p->m, p->t);

	if (!w->read_ns)
		return;
	strbuf_adds(&p->text, "lock word read ");
	pane_add_ago(p, w->read_ns);
	if (confirmed_ns) {
		strbuf_adds(&p->text, ", confirmed ");
		pane_add_ago(p, confirmed_ns);
	} else {
		strbuf_adds(&p->text, ", not confirmed since");
	}
	pane_fact(p, "evidence");
}

static void pane_lock(struct pane *p)
{
	const struct lock *l = model_lock_waited_on(p->m, p->t);
	char total[FMT_SZ], max[FMT_SZ];

	if (!l)
		return;
	if (model_lock_name(p->m, l))
		strbuf_addf(&p->text, "%s; ", model_lock_name(p->m, l));
	strbuf_addf(&p->text, "waits %u, hand-offs %u", l->wait_cnt, l->handoff_cnt);
	if (l->max_wait_ns)
		strbuf_addf(&p->text, "; ended waits took %s in all, %s at most",
			    fmt_duration(total, sizeof(total), l->wait_ns),
			    fmt_duration(max, sizeof(max), l->max_wait_ns));
	pane_fact(p, "lock");
}

/* Each process that could end the wait, and what it does instead. */
static void pane_holders(struct pane *p)
{
	const struct holders *h = model_holders(p->m, p->t);

	for (size_t i = 0; h && i < h->cnt && i < HOLDERS_SHOWN; i++) {
		strbuf_adds(&p->text, i ? "; " : "");
		describe_holder(p->m, h->pids[i], &p->text);
	}
	if (h && h->cnt > HOLDERS_SHOWN)
		strbuf_addf(&p->text, "; and %zu more", h->cnt - HOLDERS_SHOWN);
	if (h && !h->is_complete)
		strbuf_adds(&p->text, h->cnt ? "; and perhaps others" : "not known");
	pane_fact(p, "others");
}

static void pane_learned(struct pane *p)
{
	describe_wakers(p->m, p->t, &p->text);
	if (p->text.len)
		strbuf_adds(&p->text, ". Learned, not proved: somebody else may end this wait");
	pane_fact(p, "woken here");
}

static void pane_wait(struct pane *p)
{
	if (!thread_is_blocked(p->t))
		return;
	describe_stack(p->m, p->t, &p->text);
	pane_fact(p, "at");
	describe_syscall(&p->t->wait, &p->text);
	pane_fact(p, "in");
	pane_holders(p);
	pane_learned(p);
	pane_evidence(p);
	pane_lock(p);
	strbuf_addf(&p->text, "%s: %s", wait_reason_word(p->t->wait.reason),
		    wait_reason_help(p->t->wait.reason));
	pane_fact(p, "that is");
}

static void pane_waker(struct pane *p)
{
	if (!p->t->wake.at_ns)
		return;
	describe_wake(p->m, &p->t->wake, &p->text);
	strbuf_adds(&p->text, ", ");
	pane_add_ago(p, p->t->wake.at_ns);
	pane_fact(p, "last woken");
}

static void pane_times(struct pane *p)
{
	static const enum thread_state states[] = { THREAD_RUNNING, THREAD_READY, THREAD_BLOCKED,
						    THREAD_STOPPED, THREAD_UNKNOWN };
	char buf[FMT_SZ];

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		__u64 ns = thread_state_ns(p->t, states[i], p->now_ns);

		if (ns)
			strbuf_addf(&p->text, "%s%s %s", p->text.len ? ", " : "",
				    state_word(states[i]), fmt_duration(buf, sizeof(buf), ns));
	}
	pane_fact(p, "time");
}

static void pane_reasons(struct pane *p)
{
	char buf[FMT_SZ];

	for (int r = 0; r < WAIT_REASON_CNT; r++) {
		__u64 ns = thread_reason_ns(p->t, r, p->now_ns);

		if (ns)
			strbuf_addf(&p->text, "%s%s %s", p->text.len ? ", " : "",
				    wait_reason_word(r), fmt_duration(buf, sizeof(buf), ns));
	}
	pane_fact(p, "blocked by");
}

static void pane_counts(struct pane *p)
{
	char buf[4][FMT_SZ];

	strbuf_addf(&p->text, "switches %s (preempted %s), woken %s, moved to another CPU %s",
		    fmt_count(buf[0], FMT_SZ, p->t->switch_cnt),
		    fmt_count(buf[1], FMT_SZ, p->t->preempt_cnt),
		    fmt_count(buf[2], FMT_SZ, p->t->wake_cnt),
		    fmt_count(buf[3], FMT_SZ, p->t->migrate_cnt));
	pane_fact(p, "counts");
}

static void pane_identity(struct pane *p)
{
	char buf[FMT_SZ];

	strbuf_addf(&p->text, "tid %u of process %u, parent process %u, user %u; ", p->t->tid,
		    p->t->pid, p->t->ppid, p->t->uid);
	strbuf_adds(&p->text, p->t->flags & THREAD_MET ? "met at " : "created at ");
	strbuf_adds(&p->text, fmt_clock(buf, sizeof(buf), p->t->created_ns - ui_begin_ns(p->ui)));
	if (!(p->t->flags & THREAD_MET) && p->t->parent_tid) {
		strbuf_adds(&p->text, " by ");
		describe_name(p->m, p->t->parent_tid, &p->text);
	}
	pane_fact(p, "thread");
}

/* Since when the youngest and the oldest of a shared row are what they are: "1.20 s to 3.40 s". */
static void pane_fold_ages(struct pane *p, const struct ui_row *row)
{
	const struct thread *const *threads = ui_fold_threads(p->ui, row);
	__u64 last_ns = 0, first_ns = ~0ULL;

	for (size_t i = 0; i < row->fold_cnt; i++) {
		last_ns = threads[i]->since_ns > last_ns ? threads[i]->since_ns : last_ns;
		first_ns = threads[i]->since_ns < first_ns ? threads[i]->since_ns : first_ns;
	}
	pane_add_age(p, last_ns);
	strbuf_adds(&p->text, " to ");
	pane_add_age(p, first_ns);
}

static void pane_fold_sentence(struct pane *p, const struct ui_row *row)
{
	bool has_ended = row->thread->state == THREAD_DEAD;

	if (has_ended)
		strbuf_addf(&p->text, "%zu threads and processes have ended, ", row->fold_cnt);
	else
		strbuf_addf(&p->text, "%zu threads wait alike, nobody holds them up: %s for ",
			    row->fold_cnt, state_word_of(row->thread));
	pane_fold_ages(p, row);
	if (has_ended) {
		strbuf_adds(&p->text, " ago");
	} else {
		strbuf_adds(&p->text, ", on ");
		describe_wait(p->m, row->thread, &p->text);
	}
	strbuf_adds(&p->text, ". Enter gives each its row.");
	pane_sentence(p, STYLE_BOLD);
}

/* Of a row that several threads share: who they are; then one of them as an example. */
static void pane_fold(struct pane *p, const struct ui_row *row)
{
	const struct thread *const *threads = ui_fold_threads(p->ui, row);

	pane_fold_sentence(p, row);
	for (size_t i = 0; i < row->fold_cnt && (int)p->text.len < p->c->rows * p->c->cols; i++)
		strbuf_addf(&p->text, "%s%s:%u", i ? ", " : "", threads[i]->name, threads[i]->tid);
	pane_fact(p, "threads");
	describe_name(p->m, row->thread->tid, &p->text);
	pane_fact(p, "such as");
}

/* The row that is selected when several share it, else NULL. */
static const struct ui_row *selected_fold(const struct ui *ui)
{
	int at = ui_selected_row(ui);
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);

	return at >= 0 && rows[at].fold_cnt ? &rows[at] : NULL;
}

static void draw_title(const struct pane *p, const struct ui_row *fold, bool is_cut,
		       struct canvas *c)
{
	struct strbuf title = {};

	if (fold)
		ui_row_name(p->ui, fold, &title);
	else
		strbuf_adds(&title, p->t->name);
	strbuf_addf(&title, ": why %s%s",
		    fold			    ? "they do not run"
		    : p->t->state == THREAD_RUNNING ? "it runs"
						    : "it does not run",
		    is_cut ? "; PgDn: more" : "");
	canvas_rule(c, 0, strbuf_str(&title));
	strbuf_release(&title);
}

static void draw_facts(struct pane *p, const struct ui_row *fold, bool is_large)
{
	if (fold)
		pane_fold(p, fold);
	else
		pane_story(p, is_large);
	pane_wait(p);
	pane_waker(p);
	pane_times(p);
	pane_reasons(p);
	pane_counts(p);
	pane_identity(p);
}

bool pane_details_draw(const struct ui *ui, struct canvas *c, bool is_large, int top)
{
	int head = c->rows > 1; /* else the sentence alone */
	struct canvas body = canvas_sub(c, head, 0, -1, -1);
	struct pane p = {
		.ui = ui,
		.m = ui_model(ui),
		.t = ui_selected(ui),
		.now_ns = ui_now_ns(ui),
		.c = &body,
		.row = -top,
	};
	const struct ui_row *fold = selected_fold(ui);

	if (!p.t) {
		canvas_rule(c, 0, "details");
		canvas_puts(c, 1, 1, STYLE_DIM,
			    ui_selected_tid(ui) ? "The selected thread does not exist at this time."
						: "No thread is selected.");
		return false;
	}
	draw_facts(&p, fold, is_large);
	if (head)
		draw_title(&p, fold, is_large && p.is_cut, c);
	strbuf_release(&p.text);
	return p.is_cut;
}
