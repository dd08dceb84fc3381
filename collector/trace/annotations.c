/* SPDX-License-Identifier: GPL-2.0-only */
/* Annotations: the list, and its form as text. */
#include "trace/annotations.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/safe_text.h"
#include "base/xalloc.h"

struct parser {
	const char *line; /* without its newline, len bytes */
	size_t len;
	__u64 begin_ns;
	const struct annotation_limits *limits; /* NULL: none */
	struct annotations *ret;
	struct strbuf *why;
};

static void release_one(struct annotation *a)
{
	free(a->text);
	strbuf_release(&a->later);
#define ANNOTATION_FREE(name, help) free(a->name);
	ANNOTATION_FIELDS(ANNOTATION_FREE)
#undef ANNOTATION_FREE
}

void annotations_release(struct annotations *a)
{
	vec_for_each(item, &a->items)
		release_one(item);
	vec_release(&a->items);
}

void annotations_remove(struct annotations *a, size_t idx)
{
	release_one(&a->items.items[idx]);
	memmove(&a->items.items[idx], &a->items.items[idx + 1],
		(a->items.cnt - idx - 1) * sizeof(a->items.items[0]));
	a->items.cnt--;
}

size_t annotations_insert(struct annotations *a, const struct annotation *item)
{
	size_t idx = a->items.cnt;

	vec_push(&a->items, *item);
	for (; idx && a->items.items[idx - 1].at_ns > item->at_ns; idx--)
		a->items.items[idx] = a->items.items[idx - 1];
	a->items.items[idx] = *item;
	return idx;
}

/* Stable, and what is in order already costs one pass. */
void annotations_sort(struct annotations *a)
{
	struct annotations sorted = {};

	vec_for_each(item, &a->items)
		annotations_insert(&sorted, item);
	vec_release(&a->items);
	*a = sorted;
}

static char *safe_copy(const char *text, size_t len)
{
	char buf[ANNOTATION_TEXT_MAX];

	safe_text(buf, sizeof(buf), text, len);
	return xstrdup(buf);
}

/* What is wrong, and the text it is about. */
__attribute__((format(printf, 2, 3))) static bool fail(struct parser *p, const char *fmt, ...)
{
	char what[256], word[64];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	safe_text(word, sizeof(word), p->line, p->len);
	strbuf_addf(p->why, "%s: %s", what, word);
	return false;
}

static void skip_space(struct parser *p)
{
	while (p->len && isspace((unsigned char)*p->line)) {
		p->line++;
		p->len--;
	}
}

/* "#4711". */
static bool take_event(struct parser *p, const char *number, struct annotation *ret)
{
	const struct annotation_limits *l = p->limits;
	char *end;

	ret->event = strtoull(number, &end, 10) + 1;
	if (*end || !ret->event)
		return fail(p, "no number of an event");
	if (l && (ret->event <= l->first_event || ret->event > l->event_cnt))
		return fail(p, "the trace has no such event, only #%llu to #%llu",
			    (unsigned long long)l->first_event,
			    (unsigned long long)l->event_cnt - (l->event_cnt > 0));
	return true;
}

/* "12.5s". */
static bool take_time(struct parser *p, const char *word, struct annotation *ret)
{
	const struct annotation_limits *l = p->limits;
	__u64 span_ns = l && l->end_ns > l->begin_ns ? l->end_ns - l->begin_ns : 0;
	uint64_t ns;

	if (word[0] == '-' && !parse_duration(word + 1, &ns))
		return fail(p, "before the begin of the trace, which is 0s");
	if (parse_duration(word, &ns) || ns > ~0ULL - p->begin_ns)
		return fail(p, "no time");
	if (l && ns > span_ns)
		return fail(p, "behind the end of the trace, which is %llu.%09llus",
			    (unsigned long long)(span_ns / 1000000000),
			    (unsigned long long)(span_ns % 1000000000));
	ret->at_ns = p->begin_ns + ns;
	return true;
}

/* The first word: "12.5s", or "#4711". */
static bool take_when(struct parser *p, struct annotation *ret)
{
	char word[32];
	size_t len = 0;

	while (len < p->len && !isspace((unsigned char)p->line[len]))
		len++;
	if (len >= sizeof(word))
		return fail(p, "no time");
	memcpy(word, p->line, len);
	word[len] = '\0';
	if (word[0] == '#' ? !take_event(p, word + 1, ret) : !take_time(p, word, ret))
		return false;
	p->line += len;
	p->len -= len;
	skip_space(p);
	return true;
}

static bool take_word(struct parser *p, const char *word)
{
	size_t len = strlen(word);

	if (p->len < len || strncmp(p->line, word, len))
		return false;
	p->line += len;
	p->len -= len;
	skip_space(p);
	return true;
}

/* What would be cut is not taken at all: nothing of what was written gets lost. */
static bool is_short(struct parser *p, const struct annotation *a)
{
	size_t len = p->len + (a->text ? strlen(a->text) + 1 : 0);

	return len < ANNOTATION_TEXT_MAX || fail(p, "a text is too long");
}

static bool take_head(struct parser *p)
{
	struct annotation a = {};

	if (p->ret->items.cnt == ANNOTATIONS_MAX)
		return fail(p, "too many annotations");
	if (!take_when(p, &a))
		return false;
	a.is_chapter = take_word(p, "chapter:");
	if (!is_short(p, &a))
		return false;
	a.text = safe_copy(p->line, p->len);
	vec_push(&p->ret->items, a);
	return true;
}

/* The member of *a that a line "name: value" is for, or NULL; the line is then its value. */
static char **take_field(struct parser *p, struct annotation *a)
{
#define ANNOTATION_TAKE(name, help)  \
	if (take_word(p, #name ":")) \
		return &a->name;
	ANNOTATION_FIELDS(ANNOTATION_TAKE)
#undef ANNOTATION_TAKE
	return NULL;
}

/* "veiw: graph" is a mistake and no text. */
static bool looks_like_field(const struct parser *p)
{
	size_t len = 0;

	while (len < p->len && islower((unsigned char)p->line[len]))
		len++;
	return len && len < p->len && p->line[len] == ':';
}

static bool zoom_is_good(struct parser *p, const char *text)
{
	uint64_t ns;

	return (!parse_duration(text, &ns) && ns) || fail(p, "no time");
}

static bool is_one_of(struct parser *p, const char *const *words, const char *text,
		      const char *what)
{
	struct strbuf all = {};

	for (; *words; words++) {
		if (!strcmp(*words, text)) {
			strbuf_release(&all);
			return true;
		}
		strbuf_addf(&all, "%s%s", all.len ? ", " : "", *words);
	}
	fail(p, "no such %s, there are %s", what, strbuf_str(&all));
	strbuf_release(&all);
	return false;
}

/* The text of a field of a. */
static bool field_is_good(struct parser *p, const struct annotation *a, const char *text)
{
	if (text == a->zoom)
		return zoom_is_good(p, text);
	if (p->limits && text == a->view)
		return is_one_of(p, p->limits->views, text, "view");
	if (p->limits && text == a->lanes)
		return is_one_of(p, p->limits->lanes, text, "lanes");
	return true;
}

static void add_text(struct annotation *a, const char *text, size_t len)
{
	struct strbuf sb = {};

	strbuf_adds(&sb, a->text);
	if (sb.len)
		strbuf_addch(&sb, ' ');
	strbuf_add(&sb, text, len);
	free(a->text);
	a->text = safe_copy(strbuf_str(&sb), sb.len);
	strbuf_release(&sb);
}

/* A later ctrace may show it, when it finds it again. */
static bool keep_later(struct parser *p, struct annotation *a)
{
	char *line = safe_copy(p->line, p->len);

	strbuf_addf(&a->later, "\t%s\n", line);
	free(line);
	return true;
}

static bool take_detail(struct parser *p)
{
	struct annotation *a;
	char **member;

	skip_space(p);
	if (!p->ret->items.cnt)
		return fail(p, "belongs to no annotation");
	a = vec_last(&p->ret->items);
	if (p->len == strlen("pause") && take_word(p, "pause")) {
		a->is_pause = true;
		return true;
	}
	member = take_field(p, a);
	if (!member && looks_like_field(p) && p->limits)
		return fail(p, "no such word");
	if (!is_short(p, member || looks_like_field(p) ? &(struct annotation){} : a))
		return false;
	if (!member && looks_like_field(p))
		return keep_later(p, a);
	if (!member) {
		add_text(a, p->line, p->len);
		return true;
	}
	free(*member);
	*member = safe_copy(p->line, p->len);
	return field_is_good(p, a, *member);
}

static bool take_line(struct parser *p)
{
	while (p->len && isspace((unsigned char)p->line[p->len - 1]))
		p->len--;
	if (!p->len || (p->line[0] == '#' && (p->len == 1 || !isdigit((unsigned char)p->line[1]))))
		return true;
	return isspace((unsigned char)p->line[0]) ? take_detail(p) : take_head(p);
}

static unsigned parse(struct parser *p, const char *text)
{
	unsigned line = 1;

	*p->ret = (struct annotations){};
	for (; *text; line++) {
		size_t len = strcspn(text, "\n");

		p->line = text;
		p->len = len;
		if (!take_line(p)) {
			annotations_release(p->ret);
			return line;
		}
		text += len + (text[len] == '\n');
	}
	return 0;
}

unsigned annotations_parse(const char *text, __u64 begin_ns, struct annotations *ret,
			   struct strbuf *why)
{
	return parse(&(struct parser){ .begin_ns = begin_ns, .ret = ret, .why = why }, text);
}

unsigned annotations_parse_for(const char *text, const struct annotation_limits *limits,
			       struct annotations *ret, struct strbuf *why)
{
	struct parser p = {
		.begin_ns = limits->begin_ns,
		.limits = limits,
		.ret = ret,
		.why = why,
	};

	return parse(&p, text);
}

const char *annotations_find_later(const struct annotations *a)
{
	vec_for_each(item, &a->items)
		if (item->later.len)
			return strbuf_str(&item->later);
	return NULL;
}

static void print_one(const struct annotation *a, __u64 begin_ns, struct strbuf *ret)
{
	__u64 ns = a->at_ns > begin_ns ? a->at_ns - begin_ns : 0;

	strbuf_addf(ret, "%llu.%09llus  %s%s\n", (unsigned long long)(ns / 1000000000),
		    (unsigned long long)(ns % 1000000000), a->is_chapter ? "chapter: " : "",
		    a->text);
	if (a->is_pause)
		strbuf_adds(ret, "\tpause\n");
#define ANNOTATION_PRINT(name, help) \
	if (a->name)                 \
		strbuf_addf(ret, "\t" #name ": %s\n", a->name);
	ANNOTATION_FIELDS(ANNOTATION_PRINT)
#undef ANNOTATION_PRINT
	strbuf_adds(ret, strbuf_str(&a->later));
}

void annotations_print(const struct annotations *a, __u64 begin_ns, struct strbuf *ret)
{
	vec_for_each(item, &a->items)
		print_one(item, begin_ns, ret);
}
