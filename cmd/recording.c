/* SPDX-License-Identifier: GPL-2.0-only */
/* A trace on its way into a file. */
#include "cmd/recording.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "cmd/own_file.h"

enum { HISTORY_STEP_SZ = 4 << 20 /* written per step, so that the ring is drained between */ };

#define FLUSH_PAUSE_NS 2000000000ULL

static void start(struct recording *r, struct trace *t, const char *path, struct writer *w)
{
	free(r->path);
	*r = (struct recording){
		.writer = w,
		.trace = t,
		.path = xstrdup(path),
		.begin_ns = trace_begin_ns(t),
	};
}

int recording_begin(struct recording *r, struct trace *t, const char *path,
		    const struct trace_meta *meta, bool overwrite, bool is_ring)
{
	struct writer *w;
	int err = writer_open(path, meta, overwrite, &w);

	if (err)
		return err;
	start(r, t, path, w);
	r->is_ring = is_ring;
	if (!is_ring) /* else the history is written when it has its last event */
		trace_set_writer(t, w);
	return 0;
}

int recording_begin_own(struct recording *r, struct trace *t, const char *name,
			const struct trace_meta *meta, bool is_ring)
{
	char path[OWN_FILE_MAX];
	int fd = own_file_create("ctrace", name, "ctrace", path), err;
	struct writer *w;

	if (fd < 0) {
		log_err("cannot create %s: %s; -o names another file", path, strerror(-fd));
		return fd;
	}
	err = writer_open_fd(path, fd, meta, &w);
	if (err)
		return err;
	start(r, t, path, w);
	r->is_ring = is_ring;
	if (!is_ring)
		trace_attach_writer(t, w);
	return 0;
}

bool recording_finish(struct recording *r)
{
	trace_finish_writer(r->trace);
	r->is_ending = true;
	r->is_written = !trace_write_more(r->trace, HISTORY_STEP_SZ);
	return r->is_written;
}

void recording_step(struct recording *r)
{
	if (r->writer && r->is_ending) {
		r->is_written = !trace_write_more(r->trace, HISTORY_STEP_SZ);
		return;
	}
	if (!r->writer || r->is_ring || trace_write_more(r->trace, HISTORY_STEP_SZ) ||
	    trace_event_cnt(r->trace) == r->flushed_event_cnt ||
	    clock_now_ns() < r->flushed_ns + FLUSH_PAUSE_NS)
		return;
	trace_flush(r->trace);
	r->flushed_ns = clock_now_ns();
	r->flushed_event_cnt = trace_event_cnt(r->trace);
}

uint64_t recording_size(const struct recording *r)
{
	if (!r->writer)
		return r->file_sz;
	return r->is_ring ? trace_stored_sz(r->trace) : writer_size(r->writer);
}

int recording_end(struct recording *r)
{
	struct writer *w = r->writer;
	struct stat st;
	int err;

	if (!w)
		return 0;
	trace_set_writer(r->trace, r->is_ring ? w : NULL);
	r->writer = NULL;
	r->is_ending = false;
	if (r->is_ring)
		r->begin_ns = trace_begin_ns(r->trace);
	r->event_cnt = writer_event_cnt(w);
	r->lost_cnt = writer_lost(w);
	err = writer_close(w);
	r->file_sz = stat(r->path, &st) ? 0 : st.st_size;
	return err;
}

void recording_release(struct recording *r)
{
	recording_end(r);
	free(r->path);
	r->path = NULL;
}
