/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON schema, made from the list of fields and the lists of words. */
#include "export/schema.h"

#include <string.h>

#include "export/json.h"
#include "export/label.h"
#include "export/report_parts.h"
#include "export/schema_fields.h"

static const struct schema_field {
	const char *object, *key, *type, *help;
} fields[] = {
#define SCHEMA_FIELD(object, key, type, help) { #object, #key, type, help },
	SCHEMA_HEAD(SCHEMA_FIELD) SCHEMA_EVENT(SCHEMA_FIELD) SCHEMA_KINDS(SCHEMA_FIELD)
		SCHEMA_WAITS(SCHEMA_FIELD) SCHEMA_INVERSION(SCHEMA_FIELD)
			SCHEMA_REPORT(SCHEMA_FIELD) SCHEMA_REPORT_PARTS(SCHEMA_FIELD)
				SCHEMA_INFO(SCHEMA_FIELD)
#undef SCHEMA_FIELD
#define SCHEMA_LOSS(name, id, word, help) { "report_lost", word, "int", help },
					REPORT_LOSSES(SCHEMA_LOSS)
#undef SCHEMA_LOSS
#define SCHEMA_REASON(name, id, word, help) { "report_reasons", word, "int", help },
						WAIT_REASONS(SCHEMA_REASON)
#undef SCHEMA_REASON
};

enum { FIELD_CNT = sizeof(fields) / sizeof(fields[0]) };

static void put_ref(struct json *j, const char *name)
{
	struct strbuf path = {};

	strbuf_addf(&path, "#/$defs/%s", name);
	json_string(j, "$ref", strbuf_str(&path));
	strbuf_release(&path);
}

/* The members that say what a value is; "?" is not here (put_type). */
static void put_plain_type(struct json *j, const char *type)
{
	if (!strcmp(type, "int") || !strcmp(type, "tid")) {
		json_string(j, "type", "integer");
		json_u64(j, "minimum", *type == 't');
	} else if (!strcmp(type, "bool")) {
		json_string(j, "type", "boolean");
	} else if (!strcmp(type, "text")) {
		json_string(j, "type", "string");
	} else if (!strcmp(type, "address")) {
		json_string(j, "type", "string");
		json_string(j, "pattern", "^0x[0-9a-f]+$");
	} else if (*type == '=') {
		json_string(j, "const", type + 1);
	} else if (*type == '[') {
		json_string(j, "type", "array");
		json_object_begin(j, "items");
		put_plain_type(j, type + 1);
		json_object_end(j);
	} else {
		put_ref(j, type + (*type == '@'));
	}
}

static void put_type(struct json *j, const char *type)
{
	if (*type != '?') {
		put_plain_type(j, type);
		return;
	}
	json_array_begin(j, "anyOf");
	json_object_begin(j, NULL);
	put_plain_type(j, type + 1);
	json_object_end(j);
	json_object_begin(j, NULL);
	json_string(j, "type", "null");
	json_object_end(j);
	json_array_end(j);
}

static void put_field(struct json *j, const struct schema_field *f)
{
	json_object_begin(j, f->key);
	put_type(j, f->type);
	if (*f->help)
		json_string(j, "description", f->help);
	json_object_end(j);
}

/* The fields of an object, which has them all. */
static void put_members(struct json *j, const char *object)
{
	json_string(j, "type", "object");
	json_object_begin(j, "properties");
	for (size_t i = 0; i < FIELD_CNT; i++)
		if (!strcmp(fields[i].object, object))
			put_field(j, &fields[i]);
	json_object_end(j);
	json_array_begin(j, "required");
	for (size_t i = 0; i < FIELD_CNT; i++)
		if (!strcmp(fields[i].object, object))
			json_string(j, NULL, fields[i].key);
	json_array_end(j);
}

static void put_object(struct json *j, const char *object, const char *help)
{
	json_object_begin(j, object);
	if (help)
		json_string(j, "description", help);
	put_members(j, object);
	json_object_end(j);
}

/* An event is what all have, and what those of its kind have. */
static void put_event(struct json *j, const char *kind, const char *help)
{
	struct strbuf name = {};

	strbuf_addf(&name, "event_%s", kind);
	json_object_begin(j, strbuf_str(&name));
	json_string(j, "description", help);
	json_array_begin(j, "allOf");
	json_object_begin(j, NULL);
	put_ref(j, "event");
	json_object_end(j);
	json_object_begin(j, NULL);
	json_object_begin(j, "properties");
	json_object_begin(j, "kind");
	json_string(j, "const", kind);
	json_object_end(j);
	json_object_end(j);
	json_object_end(j);
	json_object_begin(j, NULL);
	put_members(j, kind);
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
	strbuf_release(&name);
}

static void put_words(struct json *j)
{
	char buf[EXPORT_WORD_SZ];

	json_object_begin(j, "kind");
	json_array_begin(j, "enum");
#define PUT_KIND(name, id, type, tail, help)      \
	if (!event_kind_is_checkpoint(EV_##name)) \
		json_string(j, NULL, #type);
	EVENT_KINDS(PUT_KIND)
#undef PUT_KIND
	json_array_end(j);
	json_object_end(j);
#define PUT_WORD(name, id, word, ...)		json_string(j, NULL, word);
#define PUT_STATE(name, id, letter, word, help) json_string(j, NULL, label_lower(word, buf));
#define PUT_SET(set, list, put)      \
	json_object_begin(j, set);   \
	json_array_begin(j, "enum"); \
	list(put) json_array_end(j); \
	json_object_end(j)
	PUT_SET("state", THREAD_STATES, PUT_STATE);
	PUT_SET("reason", WAIT_REASONS, PUT_WORD);
	PUT_SET("evidence", EVIDENCES, PUT_WORD);
#undef PUT_WORD
#undef PUT_STATE
#undef PUT_SET
}

static void put_definitions(struct json *j)
{
	static const char *const parts[] = {
		"event",	  "event_wait",	      "report_lost",	"report_exit",
		"report_verdict", "report_inversion", "inversion_step", "report_edge",
		"report_object",  "report_wait",      "report_thread",	"report_reasons",
		"report_lock",	  "report_learned",   "report_waker",	"report_why",
	};

	json_object_begin(j, "$defs");
	put_words(j);
#define PUT_TOP(object, help) put_object(j, #object, help);
	SCHEMA_TOPS(PUT_TOP)
#undef PUT_TOP
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		put_object(j, parts[i], NULL);
#define PUT_EVENT(name, id, type, tail, help)     \
	if (!event_kind_is_checkpoint(EV_##name)) \
		put_event(j, #type, help);
	EVENT_KINDS(PUT_EVENT)
#undef PUT_EVENT
	json_object_begin(j, "info_kinds");
	json_string(j, "type", "object");
	json_object_begin(j, "propertyNames");
	put_ref(j, "kind");
	json_object_end(j);
	json_object_begin(j, "additionalProperties");
	put_plain_type(j, "int");
	json_object_end(j);
	json_object_end(j);
	json_object_end(j);
}

static void put_alternative(struct json *j, const char *name)
{
	json_object_begin(j, NULL);
	put_ref(j, name);
	json_object_end(j);
}

void schema_json(struct strbuf *ret)
{
	struct json j = json_begin(ret, 3);

	json_object_begin(&j, NULL);
	json_string(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_string(&j, "title", "ctrace " CTRACE_VERSION ": events, report, info");
	json_array_begin(&j, "anyOf");
#define PUT_ALTERNATIVE(object, help) put_alternative(&j, #object);
	SCHEMA_TOPS(PUT_ALTERNATIVE)
#undef PUT_ALTERNATIVE
#define PUT_EVENT_ALTERNATIVE(name, id, type, tail, help) \
	if (!event_kind_is_checkpoint(EV_##name))         \
		put_alternative(&j, "event_" #type);
	EVENT_KINDS(PUT_EVENT_ALTERNATIVE)
#undef PUT_EVENT_ALTERNATIVE
	json_array_end(&j);
	put_definitions(&j);
	json_object_end(&j);
	strbuf_addch(ret, '\n');
}
