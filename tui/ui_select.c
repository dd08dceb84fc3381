/* SPDX-License-Identifier: GPL-2.0-only */
/* Which thread is selected: by moving, by searching, by name. */
#include <stdio.h>

#include "tui/ui_private.h"

__u32 ui_selected_tid(const struct ui *ui)
{
	return ui->selected_tid;
}

const struct thread *ui_selected(const struct ui *ui)
{
	return ui->selected_tid ? model_find_thread(ui_model(ui), ui->selected_tid) : NULL;
}

void ui_select_tid(struct ui *ui, __u32 tid)
{
	ui->selected_tid = tid;
	ui->is_selected_by_user = true;
	ui->is_fold_selected = false;
	ui->rows_are_stale = true;
	ui_touch(ui);
}

void ui_select_row(struct ui *ui, size_t idx)
{
	size_t cnt;
	const struct ui_row *row = &ui_rows(ui, &cnt)[idx];
	bool is_fold = row->fold_cnt > 0;

	ui_select_tid(ui, row->thread->tid);
	ui->is_fold_selected = is_fold;
}

int ui_selected_row(const struct ui *ui)
{
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);

	for (size_t i = 0; i < cnt; i++) {
		if (rows[i].thread->tid == ui->selected_tid)
			return (int)i;
	}
	return -1;
}

void ui_move(struct ui *ui, int distance)
{
	int row = ui_selected_row(ui);
	size_t cnt;

	ui_rows(ui, &cnt);
	if (!cnt)
		return;
	row = row < 0 ? 0 : row + distance;
	if (row < 0)
		row = 0;
	if (row >= (int)cnt)
		row = (int)cnt - 1;
	ui_select_row(ui, (size_t)row);
}

void ui_scroll_to(int selected, int cnt, int height, int *top)
{
	if (*top > cnt - height)
		*top = cnt - height;
	if (*top < 0)
		*top = 0;
	if (selected < 0 || height <= 0)
		return;
	if (selected < *top)
		*top = selected;
	if (selected >= *top + height)
		*top = selected - height + 1;
}

bool ui_search_matches(const struct ui *ui, const char *text)
{
	return ui->search[0] && text_contains(text, ui->search);
}

static bool row_matches(const struct ui *ui, const struct ui_row *row)
{
	char tid[16];

	snprintf(tid, sizeof(tid), "%u", row->thread->tid);
	return ui_search_matches(ui, row->thread->name) || ui_search_matches(ui, tid);
}

bool ui_search_step(struct ui *ui, __u32 from_tid, int dir)
{
	size_t cnt;
	const struct ui_row *rows = ui_rows(ui, &cnt);
	size_t from = 0;

	while (from < cnt && rows[from].thread->tid != from_tid)
		from++;
	if (from == cnt)
		from = dir > 0 && cnt ? cnt - 1 : 0;
	for (size_t i = 1; i <= cnt; i++) {
		size_t at = (from + (dir > 0 ? i : cnt - i)) % cnt;

		if (row_matches(ui, &rows[at])) {
			ui_select_tid(ui, rows[at].thread->tid);
			return true;
		}
	}
	return false;
}
