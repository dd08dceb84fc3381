/* SPDX-License-Identifier: GPL-2.0-only */
/* The CSV writer. */
#include "export/csv.h"

#include <inttypes.h>
#include <string.h>

static void separate(struct strbuf *out)
{
	if (out->len && out->data[out->len - 1] != '\n')
		strbuf_addch(out, ',');
}

static bool looks_like_formula(const char *text)
{
	return *text && strchr("=+-@\t\r", *text);
}

void csv_text(struct strbuf *out, const char *text)
{
	bool is_quoted;

	separate(out);
	if (!text)
		text = "";
	is_quoted = strpbrk(text, ",\"\r\n") || *text == ' ' ||
		    (*text && text[strlen(text) - 1] == ' ');
	if (is_quoted)
		strbuf_addch(out, '"');
	if (looks_like_formula(text))
		strbuf_addch(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			strbuf_addch(out, '"');
		strbuf_addch(out, *text);
	}
	if (is_quoted)
		strbuf_addch(out, '"');
}

void csv_u64(struct strbuf *out, uint64_t value)
{
	separate(out);
	strbuf_addf(out, "%" PRIu64, value);
}

void csv_i64(struct strbuf *out, int64_t value)
{
	separate(out);
	strbuf_addf(out, "%" PRId64, value);
}

void csv_address(struct strbuf *out, uint64_t address)
{
	separate(out);
	strbuf_addf(out, "0x%" PRIx64, address);
}

void csv_u64_or_empty(struct strbuf *out, bool is_known, uint64_t value)
{
	if (is_known)
		csv_u64(out, value);
	else
		csv_text(out, NULL);
}

void csv_end(struct strbuf *out)
{
	strbuf_adds(out, "\r\n");
}
