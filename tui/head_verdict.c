/* SPDX-License-Identifier: GPL-2.0-only */
/* The verdict, always in sight: the whole sentence, or a shorter one that fits. */
#include <string.h>

#include "base/fmt.h"
#include "tui/describe.h"
#include "tui/head.h"
#include "tui/state_words.h"
#include "tui/wrap.h"

static bool is_unconfirmed_cycle(const struct ui *ui, const struct verdict *v)
{
	/* Live it lasts some ms and may be an owner that went stale: not worth a fright. */
	return verdict_is_unconfirmed_cycle(v) && !ui_is_following(ui);
}

static unsigned verdict_style(const struct ui *ui, const struct verdict *v)
{
	if (is_unconfirmed_cycle(ui, v))
		return STYLE_WARNING;
	switch (v->kind) {
	case VERDICT_DEADLOCK:
	case VERDICT_STALL:
		return STYLE_ALARM;
	case VERDICT_POTENTIAL:
	case VERDICT_UNSURE:
		return STYLE_WARNING;
	case VERDICT_RUNNING:
	case VERDICT_WAITING:
	case VERDICT_ENDED:
		break;
	}
	return STYLE_BOLD;
}

/* "phil-0 > phil-1 > ... > phil-0", leaving out the middle when it has no room. */
static void add_cycle(const struct model *m, const struct verdict *v, size_t shown,
		      struct strbuf *ret)
{
	if (v->is_for_readers) {
		describe_name(m, v->cycle[0].tid, ret);
		strbuf_adds(ret, " > any reader > ");
	}
	for (size_t i = 0; !v->is_for_readers && i < v->cycle_cnt; i++) {
		if (i == shown && shown < v->cycle_cnt)
			strbuf_adds(ret, "... > ");
		if (i < shown) {
			describe_name(m, v->cycle[i].tid, ret);
			strbuf_adds(ret, " > ");
		}
	}
	describe_name(m, v->cycle[0].tid, ret);
}

static void short_sentence(const struct ui *ui, const struct verdict *v, size_t shown,
			   struct strbuf *ret)
{
	__u64 now_ns = ui_now_ns(ui);
	char buf[FMT_SZ];

	if (v->kind == VERDICT_DEADLOCK)
		strbuf_addf(
			ret, "DEADLOCK for %s: ",
			fmt_duration(buf, sizeof(buf), now_ns > v->at_ns ? now_ns - v->at_ns : 0));
	else
		strbuf_adds(ret, "a cycle, not confirmed yet: ");
	add_cycle(ui_model(ui), v, shown, ret);
}

/* What the model says, and where that is a count of states, in the words that were chosen. */
static void long_sentence(const struct ui *ui, const struct verdict *v, struct strbuf *ret)
{
	static const enum thread_state counted[] = { THREAD_RUNNING, THREAD_READY, THREAD_BLOCKED };
	const struct model *m = ui_model(ui);

	if ((v->kind != VERDICT_RUNNING && v->kind != VERDICT_WAITING) || !model_thread_cnt(m)) {
		verdict_sentence(v, m, ui_now_ns(ui), ret);
		return;
	}
	strbuf_addf(ret, "%s:", verdict_kind_word(v->kind));
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		strbuf_addf(ret, "%s %zu %s", i ? "," : "", model_state_cnt(m, counted[i]),
			    state_word(counted[i]));
	if (v->kind == VERDICT_WAITING)
		verdict_add_signals(v, m, ret);
}

/* The longest text that fits into rows of cols. */
static void verdict_text(const struct ui *ui, int cols, int rows, struct strbuf *ret)
{
	const struct verdict *v = ui_verdict(ui);
	bool is_cycle = v->kind == VERDICT_DEADLOCK || is_unconfirmed_cycle(ui, v);

	strbuf_reset(ret);
	if (!is_unconfirmed_cycle(ui, v))
		long_sentence(ui, v, ret);
	if (!is_cycle || (ret->len && wrap_rows(strbuf_str(ret), cols - 2) <= rows))
		return;
	for (size_t shown = v->cycle_cnt; shown > 0; shown--) {
		strbuf_reset(ret);
		short_sentence(ui, v, shown, ret);
		if (wrap_rows(strbuf_str(ret), cols - 2) <= rows)
			return;
	}
}

int head_verdict_rows(const struct ui *ui, int cols, int max_rows)
{
	struct strbuf text = {};
	int rows;

	verdict_text(ui, cols, max_rows, &text);
	rows = wrap_rows(strbuf_str(&text), cols - 2);
	strbuf_release(&text);
	return rows < 1 ? 1 : rows < max_rows ? rows : max_rows;
}

void head_draw_verdict(const struct ui *ui, struct canvas *c)
{
	unsigned style = verdict_style(ui, ui_verdict(ui));
	struct canvas inner = canvas_sub(c, 0, 1, -1, c->cols - 2);
	struct strbuf text = {};

	for (int row = 0; row < c->rows; row++)
		canvas_blank(c, row, 0, -1, style);
	verdict_text(ui, c->cols, c->rows, &text);
	wrap_draw(&inner, 0, style, strbuf_str(&text));
	strbuf_release(&text);
}
