/* SPDX-License-Identifier: GPL-2.0-only */
/* From a thread to whom it waits for, who woke it, the lock it waits on; and back again. */
#include <string.h>

#include "tui/describe.h"
#include "tui/ui_private.h"

const struct lock *ui_selected_lock(const struct ui *ui)
{
	const struct ui_lock_id *id = &ui->selected_lock;

	return id->address ? model_find_lock(ui_model(ui), id->pid, id->address) : NULL;
}

void ui_select_lock(struct ui *ui, const struct lock *l)
{
	ui->selected_lock = (struct ui_lock_id){ .address = l->address, .pid = l->pid };
	ui_touch(ui);
}

/* A way longer than the memory for it loses its begin. */
static void remember_origin(struct ui *ui)
{
	if (ui->origin_cnt == UI_ORIGIN_MAX)
		memmove(&ui->origins[0], &ui->origins[1],
			--ui->origin_cnt * sizeof(ui->origins[0]));
	ui->origins[ui->origin_cnt++] = (struct ui_origin){
		.view = ui->view,
		.is_large = ui->is_large,
		.tid = ui->selected_tid,
		.lock = ui->selected_lock,
	};
}

void ui_forget_jumps(struct ui *ui)
{
	ui->origin_cnt = 0;
}

bool ui_jump_back(struct ui *ui)
{
	const struct ui_origin *o;

	if (!ui->origin_cnt)
		return false;
	o = &ui->origins[--ui->origin_cnt];
	ui_show(ui, o->view);
	ui->is_large = o->is_large;
	ui->selected_lock = o->lock;
	ui_select_tid(ui, o->tid);
	return true;
}

static bool shows_lock_lanes(const struct ui *ui)
{
	return ui->view == VIEW_timeline && ui->lanes == LANES_locks;
}

/* Views that say nothing about the selected thread give way to the main screen. */
static bool view_shows_thread(const struct ui *ui)
{
	return ui->view != VIEW_locks && ui->view != VIEW_output && ui->view != VIEW_help &&
	       !shows_lock_lanes(ui);
}

static void jump_to_thread(struct ui *ui, const struct thread *t)
{
	struct strbuf name = {};

	if (t->flags & THREAD_FOREIGN) {
		describe_name(ui_model(ui), t->tid, &name);
		ui_message(ui, "%s is a thread that is not traced", strbuf_str(&name));
		strbuf_release(&name);
		return;
	}
	remember_origin(ui);
	if (!view_shows_thread(ui))
		ui_show(ui, VIEW_threads);
	ui->filter[0] = '\0';
	ui_select_tid(ui, t->tid);
}

static const struct thread *selected_or_tell(struct ui *ui)
{
	const struct thread *t = ui_selected(ui);

	if (!t)
		ui_message(ui, "no thread is selected");
	return t;
}

static void jump_to_owner(struct ui *ui)
{
	const struct thread *t = selected_or_tell(ui);
	const struct thread *owner = t ? model_waits_for(ui_model(ui), t, NULL) : NULL;

	if (owner)
		jump_to_thread(ui, owner);
	else if (t && !thread_is_blocked(t))
		ui_message(ui, "%s does not wait for anybody", t->name);
	else if (t)
		ui_message(ui, "for whom %s waits is not known", t->name);
}

/* An interrupt wakes in nobody's name, whichever thread it has interrupted. */
static void jump_to_waker(struct ui *ui)
{
	const struct thread *t = selected_or_tell(ui), *waker = NULL;

	if (!t)
		return;
	if (t->wake.waker_tid && !(t->wake.flags & (EVF_HARDIRQ | EVF_SOFTIRQ)))
		waker = model_find_thread(ui_model(ui), t->wake.waker_tid);
	if (waker)
		jump_to_thread(ui, waker);
	else if (!t->wake.at_ns)
		ui_message(ui, "%s was not woken yet", t->name);
	else if (t->wake.flags & (EVF_HARDIRQ | EVF_SOFTIRQ))
		ui_message(ui, "%s was woken by an interrupt, by no thread", t->name);
	else
		ui_message(ui, "who woke %s is not known", t->name);
}

void ui_jump_lock_owner(struct ui *ui)
{
	const struct lock *l = ui_selected_lock(ui);
	const struct thread *owner =
		l && l->owner_tid ? model_find_thread(ui_model(ui), l->owner_tid) : NULL;

	if (owner)
		jump_to_thread(ui, owner);
	else
		ui_message(ui, l ? "who holds this lock is not known" : "no lock is selected");
}

/* The view of locks, at the lock that is selected, or that the thread waits on, if it does. */
static bool jump_to_lock(struct ui *ui)
{
	const struct thread *t = ui_selected(ui);
	const struct lock *l = t ? model_lock_waited_on(ui_model(ui), t) : NULL;

	if (shows_lock_lanes(ui))
		l = ui_selected_lock(ui);
	if (!l || ui->view == VIEW_locks)
		return false;
	remember_origin(ui);
	ui_show(ui, VIEW_locks);
	ui_select_lock(ui, l);
	return true;
}

bool ui_jump(struct ui *ui, enum ui_action action)
{
	switch (action) {
	case ACT_OWNER:
		jump_to_owner(ui);
		return true;
	case ACT_WAKER:
		jump_to_waker(ui);
		return true;
	case ACT_LOCKS:
		return jump_to_lock(ui);
	default:
		return false;
	}
}
