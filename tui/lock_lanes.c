/* SPDX-License-Identifier: GPL-2.0-only */
/* Lanes of locks: runs of columns in which one thread has the lock, and the queue behind it. */
#include "tui/lock_lanes.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "tui/describe.h"
#include "tui/lock_cells.h"

enum {
	ALWAYS = TIMELINE_FULL * 31 / 32, /* so much of a waiter is one all the time */
	DIGIT_MAX = 9,
	NAME_MIN = 2,	/* of one letter, and the space behind it */
	NUMBER_MIN = 3, /* columns that a name leaves to the numbers behind it */
	WAITING_COLS = 9,
	OWNER_SAMPLE = 3, /* columns of a held lock in the legend */
};

/* NULL: nobody waits for l in that column, or it is not known. */
static const struct timeline_lock *lock_in(const struct lanes *lanes, int col, const struct lock *l)
{
	const struct timeline_column *column =
		timeline_column(lanes->timeline, lanes->first_idx + col);

	return column && !column->lost_cnt ? timeline_lock(column, l) : NULL;
}

static int compare_unseen(const void *a, const void *b, void *arg)
{
	const struct lock_rows *rows = arg;
	const struct lock *k = rows->locks.items[*(const __u32 *)a].lock;
	const struct lock *l = rows->locks.items[*(const __u32 *)b].lock;

	if (k->pid != l->pid)
		return k->pid < l->pid ? -1 : 1;
	return k->address < l->address ? -1 : k->address > l->address;
}

/* Both are in the same order. What is in the column is unseen no longer. */
static void drop_seen(struct lock_lanes *s, const struct timeline_column *column)
{
	size_t kept = 0, at = 0;

	for (size_t i = 0; i < s->unseen.cnt; i++) {
		const struct lock *l = s->rows.locks.items[s->unseen.items[i]].lock;

		while (at < column->lock_cnt && timeline_lock_compare(&column->locks[at], l) < 0)
			at++;
		if (at < column->lock_cnt && !timeline_lock_compare(&column->locks[at], l))
			continue;
		s->unseen.items[kept++] = s->unseen.items[i];
	}
	s->unseen.cnt = kept;
}

/* Locks come and go by the thousand: one walk along each column tells all that are in it. */
static void find_unseen(struct lock_lanes *s)
{
	vec_clear(&s->unseen);
	for (__u32 i = 0; i < s->rows.locks.cnt; i++)
		vec_push(&s->unseen, i);
	if (s->unseen.cnt)
		qsort_r(s->unseen.items, s->unseen.cnt, sizeof(*s->unseen.items), compare_unseen,
			&s->rows);
	for (int col = 0; col < s->lanes.cols && s->unseen.cnt; col++) {
		const struct timeline_column *column =
			timeline_column(s->lanes.timeline, s->lanes.first_idx + col);

		if (column && !column->lost_cnt)
			drop_seen(s, column);
	}
}

void lock_lanes_make(struct lock_lanes *s, const struct ui *ui, const struct lanes *lanes)
{
	size_t kept = 0;

	s->lanes = *lanes;
	lock_rows_make(&s->rows, ui_model(ui), ui_now_ns(ui), ui_lock_order(ui));
	find_unseen(s);
	vec_for_each(idx, &s->unseen)
		s->rows.locks.items[*idx].lock = NULL;
	vec_for_each(row, &s->rows.locks)
		if (row->lock)
			s->rows.locks.items[kept++] = *row;
	s->rows.locks.cnt = kept;
}

void lock_lanes_release(struct lock_lanes *s)
{
	lock_rows_release(&s->rows);
	vec_release(&s->cells);
	vec_release(&s->unseen);
}

/*
 * Beside the list of threads it is the lock that the selected thread waits on; alone on the
 * screen the one that was chosen, and before somebody chose the first.
 */
static int selected_lane(const struct lock_lanes *s, const struct ui *ui)
{
	const struct thread *t = ui_selected(ui);
	const struct lock *l = t ? model_lock_waited_on(ui_model(ui), t) : NULL;
	int at = lock_rows_find(&s->rows, l), chosen;

	if (!ui_shows(ui, VIEW_timeline))
		return at;
	chosen = lock_rows_find(&s->rows, ui_selected_lock(ui));
	if (chosen >= 0)
		return chosen;
	return at < 0 && s->rows.locks.cnt ? 0 : at;
}

/* What tells locks apart is mostly at the end of a name: "~le.fork[2]". */
static void put_name(struct canvas *c, int row, int width, enum style style, const char *name)
{
	int too_many = text_width(name) - width;

	if (too_many > 0 && width > 0) {
		for (too_many++; too_many > 0;)
			too_many -= utf8_width(utf8_next(&name));
		canvas_put(c, row, 1, style, '~');
		canvas_field(c, row, 2, width - 1, style, name);
		return;
	}
	canvas_field(c, row, 1, width, style, name);
}

static void draw_name(const struct ui *ui, struct canvas *c, int row, int left,
		      const struct lock *l, bool is_selected)
{
	struct strbuf name = {};
	enum style style = lock_is_of_deadlock(ui, l) ? STYLE_ALARM : STYLE_NORMAL;

	lock_add_name(ui_model(ui), l, &name);
	if (ui_search_matches(ui, strbuf_str(&name)))
		style = STYLE_MATCH;
	canvas_put(c, row, 0, STYLE_NORMAL, is_selected ? '>' : ' ');
	put_name(c, row, left - 2, style, strbuf_str(&name));
	strbuf_release(&name);
}

/* One lock over the columns of a picture. */
struct lane {
	const struct lanes *lanes;
	const struct model *m;
	const struct lock *lock;
	const struct timeline_lock *const *cells; /* by column */
	struct canvas *c;
	int row;
};

/* What a column looks like in which nobody is seen to wait. */
static void put_nobody(const struct lane *l, int col)
{
	const struct timeline_column *column =
		timeline_column(l->lanes->timeline, l->lanes->first_idx + col);

	if (!column)
		lane_put(l->c, l->row, col, lane_missing_sign(l->lanes, col));
	else if (column->lost_cnt)
		lane_put(l->c, l->row, col, LANE_LOST);
	else
		canvas_put(l->c, l->row, col, STYLE_DIM, '.');
}

static void put_handoff(const struct lane *l, int col)
{
	canvas_glyph(l->c, l->row, col, STYLE_BOLD, GLYPH_ARROW_RIGHT);
}

/* How many wait, in the mean; a part of one is only that. */
static void put_number(const struct lane *l, int col, const struct timeline_lock *lock)
{
	__u32 cnt = (lock->waiters + TIMELINE_FULL / 2) / TIMELINE_FULL;

	if (lock->waiters < ALWAYS)
		canvas_glyph(l->c, l->row, col, STYLE_BLOCKED, GLYPH_HLINE);
	else
		canvas_put(l->c, l->row, col, STYLE_BLOCKED, cnt > DIGIT_MAX ? '*' : '0' + cnt);
}

static void put_owner(const struct lane *l, int col, const struct timeline_lock *lock)
{
	if (lock->owner_tid)
		canvas_put(l->c, l->row, col, STYLE_NORMAL,
			   grid_is_ascii(l->c->grid) ? '=' : 0x2550);
	else
		canvas_put(l->c, l->row, col, STYLE_UNKNOWN, '?');
}

/* How many columns from col on one thread has the lock, up to where it gives it away. */
static int run_length(const struct lane *l, int col)
{
	const struct timeline_lock *first = l->cells[col], *lock = first;
	int end = col;

	while (lock && lock->owner_tid == first->owner_tid && !lock->handoff_cnt)
		lock = ++end < l->lanes->cols ? l->cells[end] : NULL;
	return end - col;
}

static void put_owner_name(const struct lane *l, int col, __u32 tid, int room)
{
	struct strbuf name = {};

	if (room < NAME_MIN)
		return;
	describe_name(l->m, tid, &name);
	strbuf_addch(&name, ' ');
	if (text_width(strbuf_str(&name)) <= room)
		canvas_puts(l->c, l->row, col, STYLE_BOLD, strbuf_str(&name));
	strbuf_release(&name);
}

/* The name of who has the lock, over the begin of each run that leaves so many columns. */
static void put_owner_names(const struct lane *l, int left_over)
{
	int length;

	for (int col = 0; col < l->lanes->cols; col += length ? length : 1) {
		const struct timeline_lock *lock = l->cells[col];

		length = run_length(l, col);
		if (length && lock->owner_tid)
			put_owner_name(l, col, lock->owner_tid, length - left_over);
	}
}

/* Who has the lock: "B =====>C ====". */
static void draw_owners(const struct lane *l)
{
	for (int col = 0; col < l->lanes->cols; col++) {
		const struct timeline_lock *lock = l->cells[col];

		if (!lock)
			put_nobody(l, col);
		else if (lock->handoff_cnt)
			put_handoff(l, col);
		else
			put_owner(l, col, lock);
	}
	put_owner_names(l, 0);
}

/* How many wait: "1111222". */
static void draw_queue(const struct lane *l)
{
	for (int col = 0; col < l->lanes->cols; col++) {
		const struct timeline_lock *lock = l->cells[col];

		if (lock)
			put_number(l, col, lock);
		else
			put_nobody(l, col);
	}
}

/*
 * Both in one row: "B 1112222>C 111". Where the lock changes hands in each column, a number
 * stands in every other.
 */
static void draw_both(const struct lane *l)
{
	bool is_handoff = false;

	draw_queue(l);
	for (int col = 0; col < l->lanes->cols; col++) {
		const struct timeline_lock *lock = l->cells[col];

		is_handoff = lock && lock->handoff_cnt && !(is_handoff && lock->waiters);
		if (is_handoff)
			put_handoff(l, col);
	}
	put_owner_names(l, NUMBER_MIN);
}

static bool is_there_room(const struct lock_lanes *s, int rows)
{
	int cnt = 0;

	vec_for_each(row, &s->rows.locks)
		cnt += lock_has_owner(row->lock) ? 2 : 1;
	return cnt <= rows;
}

/* Rows that it took. */
static int draw_lane(const struct lock_lanes *s, struct lane *lane)
{
	if (!lock_has_owner(lane->lock)) {
		draw_queue(lane);
		return 1;
	}
	if (!s->is_roomy) {
		draw_both(lane);
		return 1;
	}
	draw_owners(lane);
	lane->row++;
	draw_queue(lane);
	return 2;
}

/* All of a lane are looked for once: what draws it asks for each several times. */
static const struct timeline_lock *const *find_cells(struct lock_lanes *s, const struct lock *l)
{
	vec_clear(&s->cells);
	for (int col = 0; col < s->lanes.cols; col++)
		vec_push(&s->cells, lock_in(&s->lanes, col, l));
	return s->cells.items;
}

static int draw_one(struct lock_lanes *s, const struct ui *ui, struct canvas *c, int row, int left,
		    const struct lock *l, bool is_selected)
{
	struct canvas field = canvas_sub(c, 0, left, -1, s->lanes.cols);
	struct lane lane = {
		.lanes = &s->lanes,
		.m = ui_model(ui),
		.lock = l,
		.cells = find_cells(s, l),
		.c = &field,
		.row = row,
	};
	int rows = draw_lane(s, &lane);

	draw_name(ui, c, row, left, l, is_selected);
	if (rows > 1)
		canvas_field(c, row + 1, 1, left - 2, STYLE_DIM,
			     left - 2 < WAITING_COLS ? "waiting" : "  waiting");
	if (is_selected)
		canvas_select_row(c, row);
	return rows;
}

int lock_lanes_draw(struct lock_lanes *s, const struct ui *ui, struct canvas *c, int left)
{
	int cnt = (int)s->rows.locks.cnt, selected = selected_lane(s, ui), row = 0;

	s->is_roomy = is_there_room(s, c->rows);
	s->height = c->rows;
	ui_scroll_to(selected, cnt, c->rows, &s->top);
	for (int i = s->top; i < cnt && row < c->rows; i++)
		row += draw_one(s, ui, c, row, left, s->rows.locks.items[i].lock, i == selected);
	if (!cnt)
		canvas_puts(c, row++, 1, STYLE_DIM,
			    "nobody was seen to wait for a lock in this time");
	return row;
}

void lock_lanes_draw_legend(struct canvas *c, int row, bool is_pending)
{
	int col = canvas_puts(c, row, 1, STYLE_BOLD, "B ");

	for (int i = 0; i < OWNER_SAMPLE; i++)
		col = canvas_put(c, row, col, STYLE_NORMAL, grid_is_ascii(c->grid) ? '=' : 0x2550);
	col = canvas_puts(c, row, col, STYLE_DIM, " held by B") + 2;
	col = canvas_puts(c, row, col, STYLE_BLOCKED, "2");
	col = canvas_puts(c, row, col, STYLE_DIM, " wait") + 2;
	col = canvas_glyph(c, row, col, STYLE_BLOCKED, GLYPH_HLINE);
	col = canvas_puts(c, row, col, STYLE_DIM, " at times") + 2;
	col = canvas_glyph(c, row, col, STYLE_BOLD, GLYPH_ARROW_RIGHT);
	col = canvas_puts(c, row, col, STYLE_DIM, " hand-off") + 2;
	col = canvas_puts(c, row, col, STYLE_UNKNOWN, "?");
	col = canvas_puts(c, row, col, STYLE_DIM, " not known") + 2;
	if (is_pending) {
		col = lane_put(c, row, col, LANE_PENDING);
		col = canvas_puts(c, row, col, STYLE_DIM, " being computed") + 2;
	}
	canvas_puts(c, row, col, STYLE_DIM, ". none seen");
}

/* "2 wait", "1.4 wait in the mean". */
static void add_number(const struct timeline_lock *lock, struct strbuf *ret)
{
	unsigned tenths = (lock->waiters * 10 + TIMELINE_FULL / 2) / TIMELINE_FULL;

	if (lock->waiters < ALWAYS && !tenths)
		strbuf_adds(ret, "somebody waits for a moment");
	else if (tenths % 10)
		strbuf_addf(ret, "%u.%u wait in the mean", tenths / 10, tenths % 10);
	else
		strbuf_addf(ret, "%u wait%s", tenths / 10, tenths == 10 ? "s" : "");
}

void lock_lanes_draw_words(const struct lock_lanes *s, const struct ui *ui, struct canvas *c,
			   int row, int col)
{
	int at = selected_lane(s, ui);
	const struct lock *l = at < 0 ? NULL : s->rows.locks.items[at].lock;
	const struct timeline_lock *lock = l ? lock_in(&s->lanes, col, l) : NULL;
	struct strbuf sb = {};

	if (!l)
		return;
	lock_add_name(ui_model(ui), l, &sb);
	strbuf_adds(&sb, " here: ");
	if (!lock)
		strbuf_adds(&sb, "nobody is seen to wait");
	else
		add_number(lock, &sb);
	if (lock && lock->handoff_cnt)
		strbuf_addf(&sb, "; handed over %u time%s", lock->handoff_cnt,
			    lock->handoff_cnt == 1 ? "" : "s");
	if (lock && lock->owner_tid) {
		strbuf_adds(&sb, lock->handoff_cnt ? ", last held by " : "; held by ");
		describe_name(ui_model(ui), lock->owner_tid, &sb);
	}
	canvas_puts(c, row, 1, STYLE_NORMAL, strbuf_str(&sb));
	strbuf_release(&sb);
}

/* The locks are of the last picture, and the model may have changed: make them anew. */
static void select_lane(struct lock_lanes *s, struct ui *ui, int at)
{
	int cnt = (int)s->rows.locks.cnt;

	if (at >= cnt)
		at = cnt - 1;
	if (at < 0)
		at = 0;
	if (cnt)
		ui_select_lock(ui, s->rows.locks.items[at].lock);
}

static void move(struct lock_lanes *s, struct ui *ui, int distance)
{
	struct lanes lanes = s->lanes;

	if (!lanes.timeline)
		return;
	lock_lanes_make(s, ui, &lanes);
	select_lane(s, ui, selected_lane(s, ui) + distance);
}

bool lock_lanes_act(struct lock_lanes *s, struct ui *ui, enum ui_action action)
{
	int page = s->height > 1 ? s->height - 1 : 1;

	if (!ui_shows(ui, VIEW_timeline))
		return false;
	switch (action) {
	case ACT_UP:
	case ACT_DOWN:
		move(s, ui, action == ACT_UP ? -1 : 1);
		return true;
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN:
		move(s, ui, action == ACT_PAGE_UP ? -page : page);
		return true;
	case ACT_ORDER:
		ui_next_lock_order(ui);
		ui_message(ui, "locks: %s", lock_order_words(ui_lock_order(ui)));
		return true;
	case ACT_OWNER:
		move(s, ui, 0);
		ui_jump_lock_owner(ui);
		return true;
	case ACT_LOCKS: /* goes to the one that is selected */
		move(s, ui, 0);
		return false;
	default:
		return false;
	}
}

void lock_lanes_click(struct lock_lanes *s, struct ui *ui, int row)
{
	struct lanes lanes = s->lanes;
	int at = s->top;

	lock_lanes_make(s, ui, &lanes);
	for (; at < (int)s->rows.locks.cnt && row > 0; at++) {
		row -= s->is_roomy && lock_has_owner(s->rows.locks.items[at].lock) ? 2 : 1;
		if (row < 0)
			break;
	}
	if (at < (int)s->rows.locks.cnt)
		select_lane(s, ui, at);
}
