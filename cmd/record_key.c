/* SPDX-License-Identifier: GPL-2.0-only */
/* The key that begins and ends a recording of what is on the screen. */
#include "cmd/record_key.h"

#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/xalloc.h"

static void begin(const struct record_key *k, struct strbuf *ret)
{
	struct session *s = k->session;
	struct trace_meta meta;
	int err;

	session_meta(s, &meta);
	err = recording_begin_own(&s->rec, s->trace, k->name, &meta, false);
	meta_release(&meta);
	if (!err) /* else the message is there */
		strbuf_addf(ret, "recording to %s, with what is in memory", s->rec.path);
}

static void end(struct recording *r, const char *notes, struct strbuf *ret)
{
	char size[FMT_SZ], cnt[FMT_SZ];
	int err = recording_end(r);
	bool has_notes = !*notes || !writer_annotate(r->path, notes);

	strbuf_addf(ret, "the recording is in %s, %s", r->path,
		    fmt_size(size, sizeof(size), r->file_sz));
	if (r->lost_cnt)
		strbuf_addf(ret, ", without %s events", fmt_count(cnt, sizeof(cnt), r->lost_cnt));
	if (!has_notes)
		strbuf_adds(ret, ", without the notes");
	if (err)
		strbuf_addf(ret, ": %s", strerror(-err));
}

/* With the history still to be written that takes seconds, which the screen cannot wait. */
static void finish(struct record_key *k, const char *notes, struct strbuf *ret)
{
	struct recording *r = &k->session->rec;

	if (recording_finish(r)) {
		end(r, notes, ret);
		return;
	}
	k->notes = xstrdup(notes);
	strbuf_addf(ret, "the recording has ended; what is in memory is being written to %s",
		    r->path);
}

void record_key_step(struct record_key *k, struct strbuf *ret)
{
	struct recording *r = &k->session->rec;

	if (!k->notes || !r->writer || !r->is_written)
		return;
	end(r, k->notes, ret);
	record_key_release(k);
}

void record_key_release(struct record_key *k)
{
	free(k->notes);
	k->notes = NULL;
}

void record_key(void *arg, const char *notes, struct strbuf *ret)
{
	struct record_key *k = arg;
	struct session *s = k->session;

	if (s->opts->output)
		strbuf_addf(ret, "-o records to %s already, until ctrace ends", s->opts->output);
	else if (s->rec.is_ending)
		strbuf_addf(ret, "what is in memory is still being written to %s", s->rec.path);
	else if (s->rec.writer)
		finish(k, notes, ret);
	else
		begin(k, ret);
}

struct ui_recording record_state(const struct session *s)
{
	const struct recording *r = &s->rec;

	if (!r->writer)
		return (struct ui_recording){};
	return (struct ui_recording){
		.is_on = !r->is_ending,
		.is_ending = r->is_ending,
		.begin_ns = r->begin_ns ? r->begin_ns : trace_begin_ns(s->trace),
		.sz = recording_size(r),
		.lost_cnt = writer_lost(r->writer),
	};
}
