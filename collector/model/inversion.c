/* SPDX-License-Identifier: GPL-2.0-only */
/* Lock-order inversions that did not strike. */
#include "model/inversion.h"

#include <stdlib.h>
#include <string.h>
#include "base/safe_text.h"
#include "base/xalloc.h"
#include "model/model_private.h"

enum {
	FIELD_CNT = 6, /* of a line: tid, name, held, held_at, wanted, wanted_at */
	NAME_MAX_LEN = 100,
};

size_t model_inversion_cnt(const struct model *m)
{
	return m->inversions.cnt;
}

const struct inversion *model_inversion_at(const struct model *m, size_t idx)
{
	return &m->inversions.items[idx];
}

/* The next field of a line, safe, in place; *at moves behind it. "" when there is none. */
static const char *take_field(char **at)
{
	char *field = *at;
	size_t len = strcspn(field, "\t");
	bool has_more = field[len];

	field[len] = '\0';
	*at = field + len + has_more;
	safe_text(field, len + 1, field, len);
	return field;
}

static void take_line(char *line, struct inversion *inv)
{
	const char *fields[FIELD_CNT];

	for (int i = 0; i < FIELD_CNT; i++)
		fields[i] = take_field(&line);
	inv->steps[inv->step_cnt++] = (struct inversion_step){
		.tid = strtoul(fields[0], NULL, 10),
		.name = fields[1],
		.held = fields[2],
		.held_at = fields[3],
		.wanted = fields[4],
		.wanted_at = fields[5],
	};
}

void inversion_decode(const struct ev_inversion *ev, struct inversion *ret)
{
	*ret = (struct inversion){
		.found_ns = ev->found_ns ? ev->found_ns : ev->hdr.ts_ns,
		.pid = ev->hdr.tid,
		.text = xcalloc(1, ev->len + 1),
		.text_sz = ev->len + 1,
	};
	memcpy(ret->text, ev + 1, ev->len);
	for (char *line = ret->text, *next; *line && ret->step_cnt < INVERSION_STEP_MAX;
	     line = next) {
		size_t len = strcspn(line, "\n");

		next = line + len + (line[len] == '\n');
		line[len] = '\0';
		take_line(line, ret);
	}
}

void inversion_copy(const struct inversion *inv, struct inversion *ret)
{
	*ret = *inv;
	ret->text = xmemdup(inv->text, inv->text_sz);
	for (size_t i = 0; i < ret->step_cnt; i++) {
		const char **fields[] = { &ret->steps[i].name, &ret->steps[i].held,
					  &ret->steps[i].held_at, &ret->steps[i].wanted,
					  &ret->steps[i].wanted_at };

		for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++)
			*fields[f] = ret->text + (*fields[f] - inv->text);
	}
}

void inversion_release(struct inversion *inv)
{
	free(inv->text);
}

void model_keep_inversion(struct model *m, const struct ev_inversion *ev)
{
	struct inversion inv;

	model_waits_change(m);
	if (m->inversions.cnt == INVERSION_MAX)
		return;
	inversion_decode(ev, &inv);
	vec_push(&m->inversions, inv);
}

void model_drop_inversions(struct model *m)
{
	vec_for_each(inv, &m->inversions)
		inversion_release(inv);
	vec_clear(&m->inversions);
}

/* Is it the standard library of C++, inlined? What the program called it from is meant. */
static bool is_library(const char *frame)
{
	return !strncmp(frame, "std::", 5) || !strncmp(frame, "__gthread", 9);
}

/* "a.c:10" of the first frame that is the program's own. */
static void add_place(const char *frames, struct strbuf *ret)
{
	const char *end, *word;

	for (const char *next; is_library(frames); frames = next + 3) {
		next = strstr(frames, " < ");
		if (!next)
			break;
	}
	end = strstr(frames, " < ");
	end = end ? end : frames + strlen(frames);
	for (word = end; word > frames && word[-1] != ' '; word--)
		;
	if (end > word)
		strbuf_addf(ret, " at %.*s", (int)(end - word), word);
}

void inversion_sentence(const struct inversion *inv, struct strbuf *ret)
{
	for (size_t i = 0; i < inv->step_cnt; i++) {
		const struct inversion_step *s = &inv->steps[i];

		strbuf_addf(ret, "%s%s took %s then %s", i ? ", " : "", s->name[0] ? s->name : "?",
			    s->held, s->wanted);
		add_place(s->wanted_at, ret);
	}
}

/* Without what separates fields and lines. */
static void add_field(const char *text, size_t max, struct strbuf *ret)
{
	size_t len = strnlen(text, max);

	for (size_t i = 0; i < len; i++)
		strbuf_addch(ret, text[i] == '\t' || text[i] == '\n' ? '?' : text[i]);
}

void inversion_encode(const struct inversion_step *steps, size_t cnt, struct strbuf *ret)
{
	size_t room = cnt ? EVENT_TAIL_MAX / cnt / 2 - 2 * NAME_MAX_LEN : 0;

	for (size_t i = 0; i < cnt; i++) {
		const struct inversion_step *s = &steps[i];

		strbuf_addf(ret, "%u\t", s->tid);
		add_field(s->name, EVENT_COMM_LEN, ret);
		strbuf_addch(ret, '\t');
		add_field(s->held, NAME_MAX_LEN, ret);
		strbuf_addch(ret, '\t');
		add_field(s->held_at, room, ret);
		strbuf_addch(ret, '\t');
		add_field(s->wanted, NAME_MAX_LEN, ret);
		strbuf_addch(ret, '\t');
		add_field(s->wanted_at, room, ret);
		strbuf_addch(ret, '\n');
	}
}
