/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The timeline of a window as a picture: a lane per thread, an arrow per wake-up.
 *
 * A stay that is as wide as a column of one pixel is drawn as it is. Shorter ones are
 * added up by column, and a column shows their shares, so the size of the picture does not
 * grow with the number of events, and nothing that happened is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "export/label.h"
#include "export/svg_picture.h"

enum {
	LANES_SHOWN = 200,
	ARROW_GAP = 300, /* centipixels between arrows to one lane */
	LABEL_MIN = 45,	 /* pixels of a bar that has words in it */
	CHAR_W = 6,	 /* of one of them, about */
};

static const struct {
	const char *class;
	int height;
} looks[THREAD_STATE_CNT] = {
#define STATE_LOOK(name, color, h) [THREAD_##name] = { #name, h },
	SVG_STATES(STATE_LOOK)
#undef STATE_LOOK
};

/* --- stays ------------------------------------------------------------------- */

static void add_stay_words(const struct stay *s, struct strbuf *ret)
{
	char buf[FMT_SZ];

	strbuf_addf(ret, "%s %s", thread_state_word(s->thread->state),
		    fmt_duration(buf, sizeof(buf), s->end_ns - s->begin_ns));
	if (!thread_is_blocked(s->thread))
		return;
	strbuf_adds(ret, ": ");
	label_wait(&s->thread->wait, s->lock_name, ret);
	if (s->owner_tid)
		strbuf_addf(ret, " %s %s", wait_relation(&s->thread->wait), s->owner_name);
}

/* What is waited for, over the bar, as far as there is room. */
static void put_label(struct picture *p, const struct stay *s, size_t row, __u64 x, __u64 width)
{
	struct strbuf text = {};
	size_t room = width / CENTI / CHAR_W;

	label_wait(&s->thread->wait, s->lock_name, &text);
	if (width >= LABEL_MIN * CENTI && text.len <= room) {
		strbuf_adds(&p->out->buf, "<text class=\"halo middle\"");
		svg_centi(&p->out->buf, "x", PLOT_X * CENTI + x + width / 2);
		strbuf_addf(&p->out->buf, " y=\"%llu\">", picture_y(row) + BAR_H - 3);
		svg_text(&p->out->buf, strbuf_str(&text));
		strbuf_adds(&p->out->buf, "</text>\n");
	}
	strbuf_release(&text);
}

static void put_bar(struct picture *p, const struct stay *s, size_t row, __u64 x, __u64 width)
{
	struct strbuf *out = &p->out->buf, words = {};
	int height = looks[s->thread->state].height;

	strbuf_addf(out, "<rect class=\"%s\"", looks[s->thread->state].class);
	svg_centi(out, "x", PLOT_X * CENTI + x);
	strbuf_addf(out, " y=\"%llu\"", picture_y(row) + (BAR_H - height) / 2);
	svg_centi(out, "width", width);
	strbuf_addf(out, " height=\"%d\"><title>", height);
	add_stay_words(s, &words);
	svg_text(out, strbuf_str(&words));
	strbuf_adds(out, "</title></rect>\n");
	strbuf_release(&words);
	if (thread_is_blocked(s->thread))
		put_label(p, s, row, x, width);
}

static void add_share(struct row *r, size_t col, enum thread_state state, __u64 ns)
{
	if (!r->columns)
		r->columns = xcalloc(PLOT_W, sizeof(*r->columns));
	/* What takes no time at all has happened nevertheless. */
	r->columns[col < PLOT_W ? col : PLOT_W - 1].ns[state] += ns ? ns : 1;
}

/* A short stay lies in one column, or on the edge of two. */
static void add_short(struct picture *p, const struct stay *s, size_t row, __u64 x, __u64 width)
{
	size_t first = x / CENTI, last = (x + width) / CENTI;
	__u64 ns = s->end_ns - s->begin_ns;
	struct row *r = &p->rows[row];

	if (first == last || !width) {
		add_share(r, first, s->thread->state, ns);
		return;
	}
	add_share(r, first, s->thread->state, ns * (last * CENTI - x) / width);
	if (x + width > last * CENTI)
		add_share(r, last, s->thread->state, ns * (x + width - last * CENTI) / width);
}

static void put_arrow(struct picture *p, const struct stay *s, size_t row, __u64 x)
{
	size_t from = lanes_find_tid(&p->lanes, s->model, s->wake->waker_tid);
	struct row *r = &p->rows[row];
	bool is_down = from < row;

	if (label_irq(s->wake->hdr.flags) || from >= p->row_cnt || from == row ||
	    p->arrow_cnt > ARROW_MAX || (r->has_arrow && x < r->arrow_x + ARROW_GAP))
		return;
	strbuf_adds(&p->arrows, "<line class=\"wake\"");
	svg_centi(&p->arrows, "x1", PLOT_X * CENTI + x);
	strbuf_addf(&p->arrows, " y1=\"%llu\"", picture_y(from) + BAR_H / 2);
	svg_centi(&p->arrows, "x2", PLOT_X * CENTI + x);
	strbuf_addf(&p->arrows, " y2=\"%llu\"/>\n", picture_y(row) + (is_down ? 0 : BAR_H));
	r->has_arrow = true;
	r->arrow_x = x;
	p->arrow_cnt++;
}

static void take_stay(void *arg, const struct stay *s)
{
	struct picture *p = arg;
	size_t row = lanes_find(&p->lanes, s->thread);
	__u64 x = picture_x(p, s->begin_ns), end = picture_x(p, s->end_ns);

	if (row >= p->row_cnt || !looks[s->thread->state].class)
		return;
	if (end - x >= CENTI)
		put_bar(p, s, row, x, end - x);
	else
		add_short(p, s, row, x, end - x);
	if (s->wake)
		put_arrow(p, s, row, end);
}

/* --- columns of short stays ---------------------------------------------------- */

struct shares {
	__u8 height[THREAD_STATE_CNT]; /* in pixels of BAR_H */
};

/* The heights that show the shares; what happened at all gets a pixel. */
static struct shares shares_of(const struct pixels *c)
{
	struct shares ret = {};
	__u64 total = 0;
	int left = BAR_H, main = 0;

	for (int s = 0; s < THREAD_STATE_CNT; s++)
		total += c->ns[s];
	for (int s = 0; total && s < THREAD_STATE_CNT; s++) {
		ret.height[s] = (unsigned __int128)c->ns[s] * BAR_H / total;
		if (c->ns[s] && !ret.height[s])
			ret.height[s] = 1;
		left -= ret.height[s];
		if (c->ns[s] > c->ns[main])
			main = s;
	}
	if (total)
		ret.height[main] += left;
	return ret;
}

/* One state of a run of columns, as a part of a path. */
static void add_share_path(struct strbuf *path, size_t row, size_t col, size_t width,
			   const struct shares *shares, int state)
{
	int y = picture_y(row);

	for (int s = THREAD_STATE_CNT - 1; s > state; s--)
		y += shares->height[s];
	if (shares->height[state])
		strbuf_addf(path, "M%zu %dh%zuv%dh-%zuz", PLOT_X + col, y, width,
			    shares->height[state], width);
}

/* Columns that look the same are one; each state has one path in a lane. */
static void put_columns(struct picture *p, size_t row, int state)
{
	struct strbuf path = {};
	struct shares run = {};
	size_t begin = 0;

	for (size_t col = 0; col <= PLOT_W; col++) {
		struct shares now = {};

		if (col < PLOT_W)
			now = shares_of(&p->rows[row].columns[col]);
		if (!memcmp(&now, &run, sizeof(now)) && col < PLOT_W)
			continue;
		add_share_path(&path, row, begin, col - begin, &run, state);
		run = now;
		begin = col;
	}
	if (path.len)
		strbuf_addf(&p->out->buf, "<path class=\"%s\" d=\"%s\"/>\n", looks[state].class,
			    strbuf_str(&path));
	strbuf_release(&path);
}

static void put_short_stays(struct picture *p)
{
	for (size_t row = 0; row < p->row_cnt && !out_commit(p->out); row++)
		for (int s = 0; s < THREAD_STATE_CNT && p->rows[row].columns; s++)
			put_columns(p, row, s);
}

static void release(struct picture *p)
{
	for (size_t row = 0; row < p->row_cnt; row++)
		free(p->rows[row].columns);
	free(p->rows);
	strbuf_release(&p->arrows);
	lanes_release(&p->lanes);
}

int svg_timeline(const struct export_input *in, struct out *out)
{
	static const struct walk_hooks hooks = { .stay = take_stay };
	struct picture p = { .in = in, .out = out };
	int err = lanes_collect(in, out, &p.lanes);

	p.row_cnt = p.lanes.items.cnt < LANES_SHOWN ? p.lanes.items.cnt : LANES_SHOWN;
	p.rows = xcalloc(p.row_cnt, sizeof(*p.rows));
	svg_put_frame(&p);
	if (!out->err)
		err = walk(in, out, &hooks, &p);
	put_short_stays(&p);
	if (p.arrow_cnt <= ARROW_MAX)
		strbuf_add(&out->buf, p.arrows.data, p.arrows.len);
	svg_put_marks(&p);
	release(&p);
	return out_commit(out) ? out->err : err;
}
