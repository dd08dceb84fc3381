/* SPDX-License-Identifier: GPL-2.0-only */
/* Turns of phrase of the text report. */
#include "export/report_phrases.h"

#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/safe_text.h"
#include "base/xalloc.h"

void phrase_add_raw(struct strbuf *ret, const char *raw)
{
	size_t sz = strlen(raw) + 1;
	char *text = xmalloc(sz);

	safe_text(text, sz, raw, sz);
	strbuf_adds(ret, text);
	free(text);
}

void phrase_add_duration(struct strbuf *ret, __u64 ns)
{
	char buf[FMT_SZ];

	strbuf_adds(ret, fmt_duration(buf, sizeof(buf), ns));
}

void phrase_add_thread(struct strbuf *ret, const struct model *m, __u32 tid)
{
	const struct thread *t = model_find_thread(m, tid);

	strbuf_addf(ret, "%s (%u)", t && t->name[0] ? t->name : "?", tid);
}

void phrase_add_since(struct strbuf *ret, const struct report_input *in, __u64 since_ns)
{
	__u64 begin_ns = model_begin_ns(in->model);
	char buf[FMT_SZ];

	if (since_ns < begin_ns)
		strbuf_adds(ret, "since before the trace, for ");
	else
		strbuf_addf(ret, "since %s, for ",
			    fmt_clock(buf, sizeof(buf), since_ns - begin_ns));
	phrase_add_duration(ret, in->now_ns > since_ns ? in->now_ns - since_ns : 0);
}

void phrase_add_target(struct strbuf *ret, __u8 reason, const char *name, __u64 address, int fd)
{
	if (name)
		strbuf_addf(ret, "%s (", name);
	strbuf_adds(ret, wait_reason_word(reason));
	if (address)
		strbuf_addf(ret, " 0x%llx", address);
	if (fd >= 0)
		strbuf_addf(ret, " fd %d", fd);
	if (name)
		strbuf_addch(ret, ')');
}

void phrase_add_stack(struct strbuf *ret, const struct report_input *in, const struct thread *t,
		      int indent)
{
	bool is_truncated = false;
	const char *at = model_stack(in->model, t, &is_truncated);

	if (!at)
		return;
	for (size_t len; *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		strbuf_addf(ret, "%*s%.*s\n", indent, "", (int)len, at);
	}
	if (is_truncated)
		strbuf_addf(ret, "%*s(further callers are not known)\n", indent, "");
}
