/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a trace to a file, block by block, so that a recording that is killed
 * can be read up to its last whole block.
 *
 * When a block cannot be written (the disk is full), the file is cut back to its
 * last whole block, the loss is logged once and counted, and each later block is
 * tried again: the recording goes on, and so does the program that is recorded.
 */
#ifndef CTRACE_TRACE_WRITER_H
#define CTRACE_TRACE_WRITER_H

#include "trace/meta.h"
#include "trace/trace.h"

struct writer;

/*
 * Create the file at @path, for its owner alone to read. Something that is there is
 * an error, also a symbolic link; with @overwrite a regular file is removed before.
 * 0, or -errno, which was logged with its remedy.
 */
int writer_open(const char *path, const struct trace_meta *meta, bool overwrite,
		struct writer **ret);

/* The same with a file just made: fd, to read and to write, is the writer's from now on. */
int writer_open_fd(const char *path, int fd, const struct trace_meta *meta, struct writer **ret);

/*
 * Detach from the trace, write what it still holds and the index, close. 0 when all
 * events are in the file, or -errno. @w is gone in any case. Accepts NULL.
 */
int writer_close(struct writer *w);

/* Events that could not be written so far. */
__u64 writer_lost(const struct writer *w);
/* Events that are in the file so far. */
__u64 writer_event_cnt(const struct writer *w);
/* Bytes of the file so far. */
__u64 writer_size(const struct writer *w);

/*
 * Put the annotations of the trace file at @path: a text, see trace/annotations.h, replacing
 * those it has. They are appended, with a new index; nothing is overwritten, so whenever this
 * is interrupted the file reads as before or as after. 0, or -errno, which was logged: -EBUSY
 * while it is still being recorded, -EPROTO for what is no trace or is damaged.
 */
int writer_annotate(const char *path, const char *notes);

#endif
