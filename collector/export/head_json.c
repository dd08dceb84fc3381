/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a recording comes from. */
#include "export/head_json.h"

#include <stdlib.h>

#include "export/words.h"

static void put_command(struct json *j, const char *command)
{
	char **words = words_split(command);

	if (*words) {
		json_array_begin(j, "command");
		for (char **word = words; *word; word++)
			json_string(j, NULL, *word);
		json_array_end(j);
	} else {
		json_null(j, "command");
	}
	free(words);
}

static void put_text(struct json *j, const char *key, const char *text)
{
	json_string(j, key, *text ? text : NULL);
}

void head_json_meta(struct json *j, const struct trace_meta *meta)
{
	json_string(j, "ctrace", CTRACE_VERSION);
	put_text(j, "recorded_by", meta->version);
	put_command(j, meta->command);
	put_text(j, "kernel", meta->kernel);
	put_text(j, "machine", meta->machine);
}
