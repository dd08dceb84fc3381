/* SPDX-License-Identifier: GPL-2.0-only */
/* Many waits are alike, so a link is written once and has a number. */
#include "export/html_links.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "export/graph_picture.h"
#include "export/json.h"
#include "model/namesakes.h"

/* Its number; a new text gets the next one. */
static size_t text_table_get(struct text_table *t, const char *text)
{
	uint64_t key = map_text_key(text);
	uint32_t idx;

	for (; map_get(&t->by_hash, key, &idx); key++)
		if (!strcmp(t->texts.items[idx], text))
			return idx;
	vec_push(&t->texts, xstrdup(text));
	map_put(&t->by_hash, key, t->texts.cnt - 1);
	return t->texts.cnt - 1;
}

static void text_table_release(struct text_table *t)
{
	vec_for_each(text, &t->texts)
		free(*text);
	vec_release(&t->texts);
	map_release(&t->by_hash);
}

static struct html_object describe(const struct model *m, const struct wait_link *l)
{
	struct strbuf words = {};
	const char *name;

	if (!l->lock) {
		wait_link_add_channel(l, &words);
		return (struct html_object){ .name = words.data };
	}
	name = model_lock_name(m, l->lock);
	return (struct html_object){
		.word = wait_reason_word(l->lock->kind),
		.name = name ? xstrdup(name) : NULL,
		.address = l->lock->address,
		.pid = l->lock->pid,
	};
}

static int64_t object_of(struct html_links *h, const struct model *m, const struct wait_link *l)
{
	struct strbuf identity = {};
	size_t idx;

	if (!l->lock && !l->has_channel)
		return -1;
	wait_link_add_identity(m, l, &identity);
	idx = text_table_get(&h->identities, strbuf_str(&identity));
	if (idx == h->objects.cnt)
		vec_push(&h->objects, (struct html_object){});
	free(h->objects.items[idx].name);
	h->objects.items[idx] = describe(m, l); /* the last name counts: the first has often none */
	strbuf_release(&identity);
	return (int64_t)idx;
}

static void put_end(struct json *j, const struct lanes *lanes, const struct wait_end *end)
{
	size_t lane = end->thread ? lanes_find(lanes, end->thread) : SIZE_MAX;
	struct strbuf name = {};

	if (end->thread)
		strbuf_adds(&name, end->thread->name);
	else
		strbuf_addf(&name, "process %u", end->pid);
	json_object_begin(j, NULL);
	json_i64(j, "lane", lane == SIZE_MAX ? -1 : (int64_t)lane);
	json_string(j, "name", strbuf_str(&name));
	json_bool(j, "process", end->is_process);
	json_object_end(j);
	strbuf_release(&name);
}

/* What a link is for, and who could end the wait there. */
static void put_reach(struct json *j, const struct lanes *lanes, const struct wait_link *l,
		      int64_t object)
{
	bool is_unconfirmed = l->kind == WAIT_ENDS_ONE && !l->is_confirmed;
	struct strbuf label = {};

	if (l->kind)
		graph_picture_add_end(l, is_unconfirmed, &label);
	json_i64(j, "object", object);
	json_string(j, "purpose", wait_link_purpose(l));
	json_string(j, "label", strbuf_str(&label));
	json_bool(j, "learned", l->kind == WAIT_ENDS_LEARNED);
	json_bool(j, "dashed", l->kind != WAIT_ENDS_ONE || is_unconfirmed);
	json_array_begin(j, "ends");
	for (int i = 0; i < l->end_cnt; i++)
		put_end(j, lanes, &l->ends[i]);
	json_array_end(j);
	strbuf_release(&label);
}

/* Of a wait for any of several, each. */
static void put_any(struct html_links *h, struct json *j, const struct lanes *lanes,
		    const struct model *m, const struct wait_link *links, size_t cnt)
{
	json_array_begin(j, "any");
	for (size_t i = 0; i < cnt; i++) {
		json_object_begin(j, NULL);
		put_reach(j, lanes, &links[i], object_of(h, m, &links[i]));
		json_object_end(j);
	}
	json_array_end(j);
}

size_t html_links_take(struct html_links *h, const struct lanes *lanes, const struct model *m,
		       const struct thread *t)
{
	struct wait_link links[WAIT_LINK_MAX], none = { .thread = t };
	size_t cnt = wait_links_find(m, t, links), idx;
	bool is_any = links[0].any_of;
	struct strbuf text = {};
	struct json j = json_begin(&text, 0);

	if (wait_link_is_alone(&links[0]))
		return 0;
	json_object_begin(&j, NULL);
	json_string(&j, "word", wait_reason_word(t->wait.reason));
	put_reach(&j, lanes, is_any ? &none : links, is_any ? -1 : object_of(h, m, links));
	json_u64(&j, "any_of", links[0].any_of);
	put_any(h, &j, lanes, m, links, is_any ? cnt : 0);
	json_object_end(&j);
	idx = text_table_get(&h->links, strbuf_str(&text));
	strbuf_release(&text);
	return idx + 1;
}

static void put_object(struct json *j, const struct namesakes *same, const struct html_object *o)
{
	struct strbuf title = {};

	if (o->word)
		strbuf_addf(&title, "%s ", o->word);
	if (!o->name)
		strbuf_addf(&title, "0x%llx", (unsigned long long)o->address);
	else if (o->word)
		namesakes_add_name(same, o->name, o->address, o->pid, &title);
	else
		strbuf_adds(&title, o->name);
	json_string(j, NULL, strbuf_str(&title));
	strbuf_release(&title);
}

static void put_objects(struct json *j, const struct html_links *h)
{
	struct namesakes same = {};

	vec_for_each(o, &h->objects)
		if (o->word && o->name)
			namesakes_take(&same, o->name, o->address, o->pid);
	json_array_begin(j, NULL);
	vec_for_each(o, &h->objects)
		put_object(j, &same, o);
	json_array_end(j);
	namesakes_release(&same);
}

void html_links_put(const struct html_links *h, struct strbuf *ret)
{
	struct strbuf text = {};
	struct json j = json_begin(&text, 0);

	put_objects(&j, h);
	strbuf_addf(ret, ",\n  \"objects\": %s,\n  \"links\": [", strbuf_str(&text));
	for (size_t i = 0; i < h->links.texts.cnt; i++)
		strbuf_addf(ret, "%s\n%s", i ? "," : "", h->links.texts.items[i]);
	strbuf_adds(ret, "\n  ]");
	strbuf_release(&text);
}

void html_links_release(struct html_links *h)
{
	text_table_release(&h->identities);
	vec_for_each(o, &h->objects)
		free(o->name);
	vec_release(&h->objects);
	text_table_release(&h->links);
}
