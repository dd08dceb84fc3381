/* SPDX-License-Identifier: GPL-2.0-only */
/* The pane that explains one lock: who has it, who waits, how it went so far. */
#include "tui/pane_lock.h"

#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/pane.h"
#include "tui/state_words.h"

static void add_duration(struct pane *p, __u64 ns)
{
	char buf[FMT_SZ];

	strbuf_adds(&p->text, fmt_duration(buf, sizeof(buf), ns));
}

static void lock_sentence(struct pane *p, const struct lock_row *row)
{
	const struct lock *l = row->lock;

	strbuf_addf(&p->text, "%s ", wait_reason_word(l->kind));
	if (model_lock_name(p->m, l))
		strbuf_addf(&p->text, "%s ", model_lock_name(p->m, l));
	if (l->owner_tid) {
		strbuf_adds(&p->text, "is held by ");
		describe_name(p->m, l->owner_tid, &p->text);
		strbuf_adds(&p->text, ", for ");
		add_duration(p, row->held_ns);
		strbuf_adds(&p->text, " at least");
	} else if (lock_has_owner(l) && row->waiter_cnt) {
		strbuf_adds(&p->text, "is held by somebody, it is not known by whom");
	} else if (lock_has_owner(l)) {
		strbuf_adds(&p->text, "is not waited for: who has it now is not known");
	} else {
		strbuf_adds(&p->text, "has no owner: anybody may wake who waits");
	}
	strbuf_addch(&p->text, '.');
	pane_sentence(p, STYLE_BOLD);
}

static void lock_owner(struct pane *p, const struct lock *l)
{
	const struct thread *owner = l->owner_tid ? model_find_thread(p->m, l->owner_tid) : NULL;

	if (!owner)
		return;
	if (model_waits_for(p->m, owner, NULL)) {
		describe_chain(p->m, owner, &p->text);
		pane_fact(p, "chain");
	}
	describe_name(p->m, owner->tid, &p->text);
	strbuf_adds(&p->text, ": ");
	describe_state(p->m, owner, p->now_ns, &p->text);
	pane_fact(p, "owner");
	strbuf_addf(&p->text, "%s, ", evidence_word(l->evidence));
	pane_add_ago(p, l->read_ns);
	pane_fact(p, "known by");
}

static void lock_queue(struct pane *p, const struct lock_rows *rows, const struct lock_row *row)
{
	size_t room = (size_t)(p->c->rows * p->c->cols);

	for (size_t i = 0; i < row->waiter_cnt && p->text.len < room; i++) {
		const struct thread *t = rows->waiters.items[row->waiter_idx + i].thread;

		strbuf_addf(&p->text, "%s%zu. ", i ? ", " : "", i + 1);
		describe_name(p->m, t->tid, &p->text);
		strbuf_adds(&p->text, " for ");
		pane_add_age(p, t->wait.since_ns);
		strbuf_adds(&p->text, wait_is_timed(&t->wait) ? " (with time-out)" : "");
	}
	pane_fact(p, "queue");
}

/* What has no owner, or one whom its words do not show, has who woke others there before. */
static void lock_learned(struct pane *p, const struct lock_row *row)
{
	if (lock_has_owner(row->lock) && !row->waiter_cnt)
		return;
	describe_lock_wakers(p->m, row->lock, &p->text);
	if (p->text.len)
		strbuf_adds(&p->text, ". Learned, not proved: somebody else may do it next");
	pane_fact(p, "woken");
}

static void lock_waits(struct pane *p, const struct lock_row *row)
{
	char cnt[2][FMT_SZ];

	strbuf_addf(&p->text, "%s, of which %s now; ",
		    fmt_count(cnt[0], FMT_SZ, row->lock->wait_cnt),
		    fmt_count(cnt[1], FMT_SZ, row->waiter_cnt));
	add_duration(p, row->wait_ns);
	strbuf_adds(&p->text, " in all, ");
	add_duration(p, row->lock->wait_cnt ? row->wait_ns / row->lock->wait_cnt : 0);
	strbuf_adds(&p->text, " on average; the longest ");
	add_duration(p, row->max_wait_ns);
	if (row->max_wait_tid) {
		strbuf_adds(&p->text, ", by ");
		describe_name(p->m, row->max_wait_tid, &p->text);
	}
	pane_fact(p, "waits");
}

static void lock_holds(struct pane *p, const struct lock *l)
{
	char buf[FMT_SZ];

	if (!l->hold_cnt)
		return;
	strbuf_addf(&p->text, "%s seen to their end: ", fmt_count(buf, sizeof(buf), l->hold_cnt));
	add_duration(p, l->hold_ns / l->hold_cnt);
	strbuf_adds(&p->text, " on average, the longest ");
	add_duration(p, l->max_hold_ns);
	strbuf_adds(&p->text, ", from when it was first seen to the hand-off");
	pane_fact(p, "holds");
}

static void lock_handoffs(struct pane *p, const struct lock *l)
{
	char buf[FMT_SZ];

	strbuf_addf(&p->text, "%s", fmt_count(buf, sizeof(buf), l->handoff_cnt));
	if (l->waker_tid) {
		strbuf_adds(&p->text, ", the last by ");
		describe_name(p->m, l->waker_tid, &p->text);
	}
	pane_fact(p, "hand-offs");
}

static void lock_identity(struct pane *p, const struct lock *l)
{
	strbuf_addf(&p->text, "0x%llx ", (unsigned long long)l->address);
	if (l->pid && !l->is_shared) {
		strbuf_adds(&p->text, "in process ");
		describe_name(p->m, l->pid, &p->text);
	} else {
		strbuf_adds(&p->text, "of no one process, several may use it");
	}
	if (l->name_until_ns)
		strbuf_adds(&p->text, "; a waiter called it so a while ago");
	strbuf_addf(&p->text, "; %s: %s", wait_reason_word(l->kind), wait_reason_help(l->kind));
	pane_fact(p, "lock");
}

void pane_lock_draw(const struct ui *ui, const struct lock_rows *rows, const struct lock_row *row,
		    struct canvas *c)
{
	struct pane p = {
		.ui = ui,
		.m = ui_model(ui),
		.now_ns = ui_now_ns(ui),
		.c = c,
		.row = 1,
	};
	struct strbuf title = {};

	if (!row) {
		canvas_rule(c, 0, "lock");
		canvas_puts(c, 1, 1, STYLE_DIM, "No lock is selected.");
		return;
	}
	lock_add_name(p.m, row->lock, &title);
	canvas_rule(c, 0, strbuf_str(&title));
	strbuf_release(&title);
	lock_sentence(&p, row);
	lock_queue(&p, rows, row);
	lock_owner(&p, row->lock);
	lock_learned(&p, row);
	lock_waits(&p, row);
	lock_holds(&p, row->lock);
	lock_handoffs(&p, row->lock);
	lock_identity(&p, row->lock);
	strbuf_release(&p.text);
}
