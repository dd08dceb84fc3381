/* SPDX-License-Identifier: GPL-2.0-only */
/* Opens a trace file for reading: by its index, or by a walk from block to block. */
#include "trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "trace/annotations.h"
#include "trace/file.h"
#include "trace/store.h"

enum {
	RESYNC_CHUNK = 1 << 16,
	/* Behind a damaged header the next one is not farther than its block could be long. */
	RESYNC_MAX = 2 * FILE_STORED_MAX,
	RESYNC_TRIES = 1 << 16, /* in one file: places that look like a header and are none */
};

struct reader {
	const char *path;
	int fd;
	__u64 size;
	struct file_hdr hdr;
	struct trace *trace;
	struct trace_meta *meta;
	__u64 next_seq;
	unsigned damage_cnt; /* places in the file */
	unsigned try_cnt;
	bool has_end;
};

static bool reader_has(const struct reader *r, __u64 off, __u64 sz)
{
	return off <= r->size && sz <= r->size - off;
}

static int read_header(struct reader *r)
{
	struct file_hdr *hdr = &r->hdr;
	int err = file_read(r->fd, 0, hdr, sizeof(*hdr));

	if (err && err != -ENODATA) {
		log_err("%s: %s", r->path, strerror(-err));
		return err;
	}
	if (err || memcmp(hdr->magic, FILE_MAGIC, sizeof(hdr->magic))) {
		log_err("%s: not a ctrace recording (at offset 0)", r->path);
		return -EPROTO;
	}
	if (hdr->endian != FILE_ENDIAN || hdr->major != FILE_MAJOR) {
		log_err("%s: this ctrace reads version %u, the file is of another version "
			"or byte order (at offset 8)",
			r->path, FILE_MAJOR);
		return -ENOTSUP;
	}
	if (hdr->crc != file_crc(hdr, offsetof(struct file_hdr, crc)) ||
	    hdr->hdr_sz < sizeof(*hdr) || hdr->hdr_sz > r->size) {
		log_err("%s: the header is damaged (at offset 60)", r->path);
		return -EPROTO;
	}
	if (hdr->minor > FILE_MINOR)
		log_warn("%s: recorded by a later ctrace; what this one does not know is left out",
			 r->path);
	return 0;
}

/* A hole in the numbers of events: a block that is known to be damaged. */
static void add_hole(struct reader *r, __u64 first_event, __u64 end_ns)
{
	struct trace *t = r->trace;

	r->meta->lost_cnt += first_event - t->open_first_event;
	while (t->open_first_event < first_event) {
		__u64 cnt = first_event - t->open_first_event;

		trace_add_block(t, &(struct block){
					   .info = {
						   .first_event = t->open_first_event,
						   .event_cnt = cnt < UINT32_MAX ? cnt : UINT32_MAX,
						   .begin_ns = t->end_ns,
						   .end_ns = end_ns,
					   },
					   .is_damaged = true,
				   });
	}
}

/* Later ones only: time and numbers do not run backwards, whatever a file says. */
static bool add_events(struct reader *r, __u64 off, const struct file_block *hdr)
{
	struct trace *t = r->trace;

	if (hdr->first_event < t->open_first_event || hdr->begin_ns < t->end_ns)
		return false;
	if (t->blocks.cnt && hdr->first_event - t->open_first_event > (__u64)UINT32_MAX << 4)
		return false;
	if (t->blocks.cnt && hdr->first_event > t->open_first_event)
		add_hole(r, hdr->first_event, hdr->begin_ns);
	trace_add_block(t, &(struct block){
				   .info = {
					   .first_event = hdr->first_event,
					   .event_cnt = hdr->event_cnt,
					   .begin_ns = hdr->begin_ns,
					   .end_ns = hdr->end_ns,
				   },
				   .frame_sz = hdr->stored_sz,
				   .raw_sz = hdr->raw_sz,
				   .fd = r->fd,
				   .file_off = off,
			   });
	return true;
}

static void add_meta(struct reader *r, __u64 off, const struct file_block *hdr)
{
	void *raw;

	if (hdr->raw_sz > FILE_META_MAX || file_read_packed(r->fd, off, hdr, &raw)) {
		log_warn("%s: the description is damaged (at offset %llu)", r->path, off);
		return;
	}
	meta_decode(r->meta, raw, hdr->raw_sz);
	free(raw);
}

/* Take in a sound block. False when it contradicts the ones before. */
static bool add_block(struct reader *r, __u64 off, const struct file_block *hdr)
{
	if (hdr->seq < r->next_seq)
		return false;
	r->next_seq = hdr->seq + 1;
	switch (hdr->type) {
	case FILE_EVENTS:
		return add_events(r, off, hdr);
	case FILE_META:
		add_meta(r, off, hdr);
	}
	return true;
}

/* The sound header of a block at @off that lies in the file with all its bytes. */
static bool read_block_header(const struct reader *r, __u64 off, struct file_block *ret)
{
	return reader_has(r, off, sizeof(*ret)) && !file_read(r->fd, off, ret, sizeof(*ret)) &&
	       file_block_is_sound(ret) && reader_has(r, off + sizeof(*ret), ret->stored_sz);
}

static bool read_end(const struct reader *r, __u64 off, const struct file_block *hdr,
		     struct file_end *ret)
{
	return hdr->type == FILE_END && hdr->stored_sz >= sizeof(*ret) &&
	       !file_read(r->fd, off + sizeof(*hdr), ret, sizeof(*ret)) &&
	       ret->crc == file_crc(ret, offsetof(struct file_end, crc));
}

static bool add_entries(struct reader *r, const struct file_index_entry *entries, size_t cnt)
{
	__u64 end = r->hdr.hdr_sz;

	for (size_t i = 0; i < cnt; i++) {
		const struct file_index_entry *e = &entries[i];
		__u64 size = sizeof(e->hdr) + (__u64)e->hdr.stored_sz;

		if (e->off < end || !reader_has(r, e->off, size) || !file_block_is_sound(&e->hdr) ||
		    !add_block(r, e->off, &e->hdr))
			return false;
		end = e->off + size;
	}
	return true;
}

static bool read_index(struct reader *r, __u64 off)
{
	struct file_block hdr;
	void *raw;
	bool is_good;

	if (!off || !read_block_header(r, off, &hdr) || hdr.type != FILE_INDEX ||
	    hdr.raw_sz % sizeof(struct file_index_entry) ||
	    file_read_packed(r->fd, off, &hdr, &raw))
		return false;
	is_good = add_entries(r, raw, hdr.raw_sz / sizeof(struct file_index_entry));
	free(raw);
	return is_good;
}

/* A file that was closed says at its end where all its blocks are. */
static bool load_by_index(struct reader *r)
{
	const __u64 end_sz = sizeof(struct file_block) + sizeof(struct file_end);
	struct file_block hdr;
	struct file_end end;

	if (r->size < r->hdr.hdr_sz + end_sz || !read_block_header(r, r->size - end_sz, &hdr) ||
	    !read_end(r, r->size - end_sz, &hdr, &end) || !read_index(r, end.index_off))
		return false;
	r->has_end = true;
	if (end.lost_cnt > r->meta->lost_cnt)
		r->meta->lost_cnt = end.lost_cnt;
	return true;
}

/* The next place in @chunk where a sound block begins, or @sz. */
static size_t find_in_chunk(struct reader *r, __u64 off, const __u8 *chunk, size_t sz)
{
	const __u32 magic = FILE_BLOCK_MAGIC;
	const __u8 *pos = chunk, *end = chunk + sz;
	struct file_block hdr;

	while ((pos = memmem(pos, end - pos, &magic, sizeof(magic)))) {
		if (++r->try_cnt > RESYNC_TRIES)
			break;
		if (read_block_header(r, off + (pos - chunk), &hdr))
			return pos - chunk;
		pos++;
	}
	return sz;
}

/* The first sound block at @off or behind it, or the size of the file. */
static __u64 find_block_header(struct reader *r, __u64 off)
{
	const __u64 limit = r->size - off < RESYNC_MAX ? r->size : off + RESYNC_MAX;
	__u8 *chunk = xmalloc(RESYNC_CHUNK);
	__u64 found = r->size;

	while (off < limit && r->try_cnt <= RESYNC_TRIES) {
		size_t sz = limit - off < RESYNC_CHUNK ? limit - off : RESYNC_CHUNK;
		size_t at;

		if (sz < sizeof(struct file_block) || file_read(r->fd, off, chunk, sz))
			break;
		at = find_in_chunk(r, off, chunk, sz);
		if (at < sz) {
			found = off + at;
			break;
		}
		off += sz - (sizeof(__u32) - 1);
	}
	free(chunk);
	return found;
}

/* One line tells that a file is damaged, thousands tell no more. */
static void note_damage(struct reader *r, __u64 off, const char *what)
{
	if (!r->damage_cnt++)
		log_warn("%s: %s (at offset %llu of %llu)", r->path, what, off, r->size);
}

/* Without an index: from block to block, and around what is damaged. */
static void load_by_walk(struct reader *r)
{
	__u64 off = r->hdr.hdr_sz;

	while (off < r->size) {
		struct file_block hdr;
		struct file_end end;
		__u64 next;

		if (read_block_header(r, off, &hdr)) {
			next = off + sizeof(hdr) + hdr.stored_sz;
			r->has_end = read_end(r, off, &hdr, &end);
			if (r->has_end && end.lost_cnt > r->meta->lost_cnt)
				r->meta->lost_cnt = end.lost_cnt;
			if (!add_block(r, off, &hdr))
				note_damage(r, off, "a block contradicts those before it");
		} else {
			next = find_block_header(r, off);
			note_damage(r, off,
				    next == r->size ? "ends in the middle of a block"
						    : "damaged; what follows is read");
		}
		off = next;
	}
}

static void reader_begin(struct reader *r)
{
	meta_release(r->meta);
	*r->meta = (struct trace_meta){
#define META_EMPTY(name, id, help) .name = xstrdup(""),
		META_FIELDS(META_EMPTY)
#undef META_EMPTY
			.monotonic_ns = r->hdr.monotonic_ns,
		.realtime_ns = r->hdr.realtime_ns,
		.boottime_ns = r->hdr.boottime_ns,
		.minor = r->hdr.minor,
	};
	trace_free(r->trace);
	r->trace = trace_new(NULL);
	r->next_seq = 0;
}

/* Whoever sees the notes must know that they say more than is shown. */
static void tell_later_words(const struct reader *r)
{
	struct strbuf why = {};
	struct annotations a;
	const char *later;

	annotations_parse(r->meta->notes ? r->meta->notes : "", 0, &a, &why);
	later = annotations_find_later(&a);
	if (later)
		log_warn("%s: its notes have words of a later ctrace, which are kept and not shown "
			 "(%.*s)",
			 r->path, (int)strcspn(later + 1, ":"), later + 1);
	annotations_release(&a);
	strbuf_release(&why);
}

static int reader_load(struct reader *r)
{
	int err = read_header(r);

	if (err)
		return err;
	reader_begin(r);
	if (!load_by_index(r)) {
		reader_begin(r);
		load_by_walk(r);
	}
	r->meta->truncated = !r->has_end;
	if (!r->has_end)
		log_warn("%s: was not closed; it is read up to its last whole block", r->path);
	tell_later_words(r);
	vec_push(&r->trace->files, r->fd);
	trace_finish_loading(r->trace);
	return 0;
}

/* O_NONBLOCK, for a FIFO without a writer would make us wait for ever. */
static int open_file(const char *path, __u64 *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		err = -EPROTO;
	if (err && !strcmp(path, "-"))
		log_err("-: a trace is read at many places, not from its begin to its end: give "
			"the name of a file, not standard input");
	else if (err == -EPROTO)
		log_err("%s: not a regular file; a trace is read at many places, and must be one",
			path);
	else if (err)
		log_err("%s: %s", path, strerror(-err));
	else
		*ret_size = st.st_size;
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

int reader_open(const char *path, struct trace **ret, struct trace_meta *ret_meta)
{
	struct trace_meta meta = {};
	struct reader r = { .path = path, .meta = &meta };
	int err;

	r.fd = open_file(path, &r.size);
	if (r.fd < 0)
		return r.fd;
	err = reader_load(&r);
	if (err) {
		close(r.fd);
		return err;
	}
	*ret = r.trace;
	*ret_meta = meta;
	return 0;
}
