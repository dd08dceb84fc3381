/* SPDX-License-Identifier: GPL-2.0-only */
/* A lock-order inversion as JSON, in events and in the report. */
#include "export/inversion_json.h"

#include <string.h>

/* One string per function, innermost first. */
static void put_functions(struct json *j, const char *key, const char *at)
{
	json_array_begin(j, key);
	while (*at) {
		const char *end = strstr(at, " < ");
		size_t len = end ? (size_t)(end - at) : strlen(at);

		json_string_n(j, NULL, at, len);
		at += end ? len + 3 : len;
	}
	json_array_end(j);
}

void inversion_json_steps(struct json *j, const char *key, const struct inversion *inv)
{
	json_array_begin(j, key);
	for (size_t i = 0; i < inv->step_cnt; i++) {
		const struct inversion_step *s = &inv->steps[i];

		json_object_begin(j, NULL);
		json_u64(j, "tid", s->tid);
		json_string(j, "name", s->name);
		json_string(j, "first", s->held);
		put_functions(j, "first_at", s->held_at);
		json_string(j, "then", s->wanted);
		put_functions(j, "then_at", s->wanted_at);
		json_object_end(j);
	}
	json_array_end(j);
}
