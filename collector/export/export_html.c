/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One page that works without network: the timeline with zoom, states, notes, the graph.
 *
 * The page has the trace as JSON and draws it by the script in export/page/. Its policy
 * allows this one script and this one style, by their hashes, and nothing else; the
 * script makes text of names, never markup.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/log.h"
#include "base/safe_text.h"
#include "export/html_links.h"
#include "export/html_waits.h"
#include "model/alarmed.h"
#include "export/json.h"
#include "export/label.h"
#include "export/lanes.h"
#include "export/sha256.h"
#include "export/svg.h"

enum {
	STAYS_MAX = 300000, /* what a browser draws while one zooms */
	LINES_MAX = 5000,   /* of output */
	TEXT_SHOWN = 500,
	WOKEN_BY_IRQ = -2,
	NOBODY = -1,
};

/* Files of the source as bytes of the program, from name to name_end. */
#define EMBED(name, incbins)                                            \
	__asm__(".pushsection .rodata\n" #name ":\n" incbins "\n" #name \
		"_end:\n.byte 0\n.popsection\n");                       \
	extern const char name[], name##_end[]
#define PAGE(file) ".incbin \"collector/export/page/" file "\"\n"

EMBED(page_css, PAGE("page.css"));
EMBED(page_html, PAGE("page.html"));
/* Those that use nothing of the others before they are called come first. */
EMBED(page_js, PAGE("graph.js") PAGE("kinds.js") PAGE("look.js") PAGE("page.js"));

struct page {
	const struct export_input *in;
	struct out *out;
	struct lanes lanes;
	struct html_links links;
	struct html_waits waits;
	struct strbuf scratch; /* JSON that is not yet safe within a page */
	struct strbuf output;  /* what the program wrote, as items of an array */
	size_t line_cnt;
	bool has_stay;
};

/* --- the frame ------------------------------------------------------------------- */

static void add_base64(struct strbuf *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = bytes[i] << 16 | (i + 1 < len ? bytes[i + 1] << 8 : 0) |
				(i + 2 < len ? bytes[i + 2] : 0);

		for (int d = 0; d < 4; d++)
			strbuf_addch(out, i + d > len ? '=' : digits[bits >> (18 - 6 * d) & 63]);
	}
}

static void add_hash(struct strbuf *out, const char *text, const char *end)
{
	uint8_t hash[SHA256_SZ];

	sha256(text, end - text, hash);
	strbuf_adds(out, "'sha256-");
	add_base64(out, hash, sizeof(hash));
	strbuf_addch(out, '\'');
}

static void put_begin(struct strbuf *out)
{
	strbuf_adds(out,
		    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\""
		    "default-src 'none'; base-uri 'none'; form-action 'none'; script-src ");
	add_hash(out, page_js, page_js_end);
	strbuf_adds(out, "; style-src ");
	add_hash(out, page_css, page_css_end);
	strbuf_adds(out, "\">\n<title>ctrace</title>\n<style>");
	strbuf_add(out, page_css, page_css_end - page_css);
	strbuf_adds(out, "</style>\n<body>\n");
	strbuf_add(out, page_html, page_html_end - page_html);
	strbuf_adds(out, "<script type=\"application/json\" id=\"data\">\n");
}

static void put_end(struct strbuf *out)
{
	strbuf_adds(out, "</script>\n<script>");
	strbuf_add(out, page_js, page_js_end - page_js);
	strbuf_adds(out, "</script>\n</body>\n</html>\n");
}

/* In JSON a '<' is in strings only, and there it has another spelling that ends no script. */
static void put_json(struct page *p)
{
	const char *at = strbuf_str(&p->scratch), *next;

	for (; (next = strchr(at, '<')); at = next + 1) {
		strbuf_add(&p->out->buf, at, next - at);
		strbuf_adds(&p->out->buf, "\\u003c");
	}
	strbuf_adds(&p->out->buf, at);
	strbuf_reset(&p->scratch);
}

/* --- the data -------------------------------------------------------------------- */

static __u64 since_begin(const struct page *p, __u64 ns)
{
	if (ns < p->in->from_ns)
		return 0;
	return (ns < p->in->to_ns ? ns : p->in->to_ns) - p->in->from_ns;
}

static void put_states(const struct page *p, struct json *j)
{
	const char *(*word)(enum thread_state) = p->in->state_word;

	static const struct {
		const char *color;
		int height;
	} looks[THREAD_STATE_CNT] = {
#define STATE_LOOK(name, color, height) [THREAD_##name] = { color, height },
		SVG_STATES(STATE_LOOK)
#undef STATE_LOOK
	};

	json_array_begin(j, "states");
	for (enum thread_state s = 0; s < THREAD_STATE_CNT; s++) {
		json_object_begin(j, NULL);
		json_string(j, "name", thread_state_word(s));
		json_string(j, "word", word ? word(s) : thread_state_word(s));
		json_string(j, "help", thread_state_help(s));
		/* A pattern is of SVG alone. */
		json_string(j, "color", s == THREAD_UNKNOWN ? "#999999" : looks[s].color);
		json_u64(j, "height", looks[s].height);
		json_object_end(j);
	}
	json_array_end(j);
}

/* Who the verdict is about. */
static void put_alarm_lanes(struct page *p, struct json *j, const struct model *m)
{
	bool *is_alarmed = alarmed_threads(m, &p->in->found->verdict);

	json_array_begin(j, "lanes");
	for (size_t i = 0; i < model_thread_cnt(m); i++) {
		size_t lane = is_alarmed[i] ? lanes_find(&p->lanes, model_thread_at(m, i))
					    : SIZE_MAX;

		if (lane != SIZE_MAX)
			json_u64(j, NULL, lane);
	}
	json_array_end(j);
	free(is_alarmed);
}

static void put_verdict(struct page *p, struct json *j)
{
	const struct verdict *v = &p->in->found->verdict;
	bool is_bad = v->kind == VERDICT_DEADLOCK || v->kind == VERDICT_STALL;
	struct cursor *at = cursor_new(p->in->trace);
	struct strbuf sentence = {};

	cursor_seek_event(at, p->in->found->event);
	verdict_sentence(v, cursor_model(at), cursor_now_ns(at), &sentence);
	json_object_begin(j, "verdict");
	json_string(j, "sentence", strbuf_str(&sentence));
	json_bool(j, "is_bad", is_bad);
	if (is_bad && v->at_ns >= p->in->from_ns && v->at_ns <= p->in->to_ns)
		json_u64(j, "at_ns", since_begin(p, v->at_ns));
	else
		json_null(j, "at_ns");
	json_u64(j, "moment_ns", since_begin(p, cursor_now_ns(at)));
	json_u64(j, "since_ns", since_begin(p, v->at_ns));
	put_alarm_lanes(p, j, cursor_model(at));
	json_object_end(j);
	strbuf_release(&sentence);
	cursor_free(at);
}

static void put_threads(struct page *p, struct json *j)
{
	json_array_begin(j, "threads");
	vec_for_each(lane, &p->lanes.items) {
		json_object_begin(j, NULL);
		json_u64(j, "tid", lane->tid);
		json_u64(j, "pid", lane->pid);
		json_string(j, "name", lane->name);
		json_object_end(j);
	}
	json_array_end(j);
}

/* Time in a column of a terminal; 0: as it fits. */
static __u64 zoom_of(const struct lane_mark *mark)
{
	uint64_t ns;

	return mark->zoom && !parse_duration(mark->zoom, &ns) ? ns : 0;
}

static void put_marks(struct page *p, struct json *j)
{
	struct strbuf text = {};

	json_array_begin(j, "marks");
	vec_for_each(mark, &p->lanes.marks) {
		strbuf_reset(&text);
		if (!mark->text)
			strbuf_addf(&text, "%llu events were lost", mark->lost_cnt);
		json_object_begin(j, NULL);
		json_u64(j, "at_ns", since_begin(p, mark->at_ns));
		json_string(j, "text", mark->text ? mark->text : strbuf_str(&text));
		json_bool(j, "chapter", mark->is_chapter);
#define MARK_FIELD(name, help) json_string(j, #name, mark->name);
		ANNOTATION_FIELDS(MARK_FIELD)
#undef MARK_FIELD
		json_u64(j, "zoom_ns", zoom_of(mark));
		json_object_end(j);
	}
	json_array_end(j);
	strbuf_release(&text);
}

static void put_head(struct page *p)
{
	struct json j = json_begin(&p->scratch, 1);

	json_object_begin(&j, NULL);
	json_string(&j, "source", p->in->source);
	json_string(&j, "command", p->in->meta->command);
	json_string(&j, "kernel", p->in->meta->kernel);
	json_u64(&j, "from_ns", export_clock_ns(p->in, p->in->from_ns));
	json_u64(&j, "to_ns", export_clock_ns(p->in, p->in->to_ns));
	json_u64(&j, "lost", export_lost(p->in));
	json_bool(&j, "truncated", p->in->meta->truncated);
	put_states(p, &j);
	put_verdict(p, &j);
	put_threads(p, &j);
	put_marks(p, &j);
	/* The object goes on with the stays, which are written one by one. */
	strbuf_adds(&p->scratch, ",\n  \"stays\": [");
	put_json(p);
}

static __s64 lane_or_nobody(size_t lane)
{
	return lane == SIZE_MAX ? NOBODY : (__s64)lane;
}

static __s64 waker_of(const struct page *p, const struct stay *s)
{
	if (!s->wake)
		return NOBODY;
	if (label_irq(s->wake->hdr.flags))
		return WOKEN_BY_IRQ;
	return lane_or_nobody(lanes_find_tid(&p->lanes, s->model, s->wake->waker_tid));
}

static void add_words(const struct stay *s, struct strbuf *ret)
{
	if (thread_is_blocked(s->thread))
		label_wait(&s->thread->wait, s->lock_name, ret);
	else if (s->thread->state == THREAD_READY)
		strbuf_adds(ret, ready_cause_word(s->thread->ready_cause));
	else if (s->thread->state == THREAD_RUNNING)
		strbuf_addf(ret, "CPU %u", s->thread->cpu);
}

/* How long it had waited when the stay, or the window, began. */
static __u64 waited_before(const struct stay *s)
{
	__u64 since_ns = s->thread->wait.since_ns;

	return thread_is_blocked(s->thread) && since_ns < s->begin_ns ? s->begin_ns - since_ns : 0;
}

static size_t take_wait(void *arg, const struct model *m, const struct thread *t)
{
	struct page *p = arg;

	return html_links_take(&p->links, &p->lanes, m, t);
}

/* What was known earlier: pairs of how long after the begin it was so, and the link. */
static void put_early(const struct page *p, struct json *j, size_t lane, const struct stay *s)
{
	const struct html_wait *w = html_waits_early(&p->waits, lane, s->thread);

	if (!w || !thread_is_blocked(s->thread))
		return;
	json_array_begin(j, NULL);
	vec_for_each(early, &w->early) {
		if (early->until_ns <= s->begin_ns || early->until_ns > s->end_ns)
			continue;
		json_u64(j, NULL, early->until_ns - s->begin_ns);
		json_i64(j, NULL, (__s64)early->link - 1);
	}
	json_array_end(j);
}

static void take_stay(void *arg, const struct stay *s)
{
	struct page *p = arg;
	size_t lane = lanes_find(&p->lanes, s->thread);
	struct json j = json_begin(&p->scratch, 0);
	struct strbuf words = {};

	if (lane == SIZE_MAX)
		return;
	add_words(s, &words);
	strbuf_adds(&p->scratch, p->has_stay ? ",\n" : "\n");
	p->has_stay = true;
	json_array_begin(&j, NULL);
	json_u64(&j, NULL, lane);
	json_u64(&j, NULL, since_begin(p, s->begin_ns));
	json_u64(&j, NULL, s->end_ns - s->begin_ns);
	json_u64(&j, NULL, s->thread->state);
	json_string(&j, NULL, strbuf_str(&words));
	json_i64(&j, NULL, lane_or_nobody(lanes_find_tid(&p->lanes, s->model, s->owner_tid)));
	json_string(&j, NULL, evidence_word(s->evidence));
	json_i64(&j, NULL, waker_of(p, s));
	json_i64(&j, NULL, (__s64)s->wait - 1);
	json_u64(&j, NULL, waited_before(s));
	json_string(&j, NULL, s->owner_tid ? wait_relation(&s->thread->wait) : "");
	put_early(p, &j, lane, s);
	json_array_end(&j);
	put_json(p);
	strbuf_release(&words);
}

static void put_line(struct page *p, const struct ev_output *output)
{
	struct json j = json_begin(&p->output, 0);
	const char *bytes = (const char *)(output + 1);
	size_t len = output->len;
	char text[TEXT_SHOWN];

	while (len && strchr("\r\n", bytes[len - 1]))
		len--;
	safe_text(text, sizeof(text), bytes, len);
	strbuf_adds(&p->output, p->line_cnt++ ? ",\n" : "\n");
	json_object_begin(&j, NULL);
	json_u64(&j, "at_ns", since_begin(p, output->hdr.ts_ns));
	json_string(&j, "text", text);
	json_object_end(&j);
}

static void take_event(void *arg, const struct model *m, const struct ev_hdr *ev, __u64 n)
{
	struct page *p = arg;

	(void)n;
	html_waits_follow(&p->waits, &p->links, &p->lanes, m, ev);
	if (ev->kind == EV_OUTPUT && p->line_cnt < LINES_MAX)
		put_line(p, (const struct ev_output *)ev);
}

static void put_output(struct page *p)
{
	strbuf_adds(&p->scratch, "\n  ],\n  \"output\": [");
	strbuf_adds(&p->scratch, strbuf_str(&p->output));
	strbuf_adds(&p->scratch, "]");
	html_links_put(&p->links, &p->scratch);
	strbuf_adds(&p->scratch, "\n}\n");
	put_json(p);
}

static int refuse(const struct page *p)
{
	char cnt[FMT_SZ], max[FMT_SZ];

	log_err("%s changes of state are too many for one page (%s); "
		"choose a window with --from and --to",
		fmt_count(cnt, sizeof(cnt), p->lanes.stay_cnt),
		fmt_count(max, sizeof(max), STAYS_MAX));
	return -EMSGSIZE;
}

int export_html(const struct export_input *in, struct out *out)
{
	static const struct walk_hooks hooks = { .after = take_event,
						 .stay = take_stay,
						 .wait = take_wait };
	struct page p = { .in = in, .out = out };
	int err = lanes_collect(in, out, &p.lanes);

	if (!err || err == -ENODATA) {
		if (p.lanes.stay_cnt > STAYS_MAX || p.lanes.has_more) {
			err = refuse(&p);
		} else {
			put_begin(&out->buf);
			put_head(&p);
			err = walk(in, out, &hooks, &p);
			put_output(&p);
			put_end(&out->buf);
		}
	}
	strbuf_release(&p.scratch);
	strbuf_release(&p.output);
	html_links_release(&p.links);
	html_waits_release(&p.waits);
	lanes_release(&p.lanes);
	return out_commit(out) ? out->err : err;
}
