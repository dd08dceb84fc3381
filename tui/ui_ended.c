/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that have ended and that nobody needs to see: a script leaves dozens of them. */
#include "base/map.h"
#include "tui/ui_private.h"

enum {
	SHORT_PART = 10, /* of the time so far: a life that took less than such a part is short */
};

static bool was_short(const struct ui *ui, const struct thread *t)
{
	__u64 life_ns = t->ended_ns > t->created_ns ? t->ended_ns - t->created_ns : 0;
	__u64 begin_ns = ui_begin_ns(ui), now_ns = ui_now_ns(ui);

	return now_ns > begin_ns && life_ns < (now_ns - begin_ns) / SHORT_PART;
}

/* Who has ended with a lock in its hands is what somebody asks for. */
static void need_owners(const struct model *m, struct map *needed)
{
	for (size_t i = 0; i < model_lock_cnt(m); i++)
		if (model_lock_at(m, i)->owner_tid)
			map_put(needed, model_lock_at(m, i)->owner_tid, 1);
}

static bool is_superfluous(const struct ui *ui, const struct thread *t, const struct map *needed)
{
	bool are_many = model_state_cnt(ui_model(ui), THREAD_DEAD) > UI_ENDED_FEW;

	return t->state == THREAD_DEAD && (are_many || was_short(ui, t)) &&
	       !verdict_has_thread(ui_verdict(ui), t->tid) && !map_get(needed, t->tid, NULL);
}

/* From the youngest on, for whoever stays needs its parent in the tree. */
void ui_ended_mark(const struct ui *ui, const struct thread *const *threads, int cnt, bool *ret)
{
	struct map needed = {};

	if (ui->ended != ENDED_FEW || !model_state_cnt(ui_model(ui), THREAD_DEAD))
		return;
	need_owners(ui_model(ui), &needed);
	for (int i = cnt - 1; i >= 0; i--) {
		const struct thread *t = threads[i];

		ret[i] = is_superfluous(ui, t, &needed);
		if (!ret[i])
			map_put(&needed, thread_is_main(t) ? t->ppid : t->pid, 1);
	}
	map_release(&needed);
}
