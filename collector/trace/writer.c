/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes a trace to a file, block by block. */
#include "trace/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "trace/file.h"
#include "trace/store.h"

struct writer {
	char *path;
	int fd;
	struct trace *trace; /* attached to, or NULL */
	__u64 off;	     /* end of the last whole block */
	__u64 event_cnt;
	__u64 lost_cnt;
	int err; /* the first that kept a block from being written */
	VEC(struct file_index_entry) index;
};

/*
 * A write beyond the limit raises SIGXFSZ, which would end the program. To ignore the
 * signal is not ours to decide, for the programs that are started would inherit that.
 */
static bool is_beyond_limit(__u64 end)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur != RLIM_INFINITY &&
	       end > limit.rlim_cur;
}

static int write_at(const struct writer *w, __u64 off, const void *buf, size_t sz)
{
	if (is_beyond_limit(off + sz))
		return -EFBIG;
	while (sz) {
		ssize_t len = pwrite(w->fd, buf, sz, off);

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			return len ? -errno : -EIO;
		buf = (const char *)buf + len;
		off += len;
		sz -= len;
	}
	return 0;
}

/* A whole block or nothing of it: what remains of a half one is cut off. */
static int write_block(struct writer *w, struct file_block *hdr, const void *bytes)
{
	int err;

	hdr->magic = FILE_BLOCK_MAGIC;
	hdr->seq = w->index.cnt;
	hdr->crc = file_crc(hdr, offsetof(struct file_block, crc));
	err = write_at(w, w->off, hdr, sizeof(*hdr));
	if (!err)
		err = write_at(w, w->off + sizeof(*hdr), bytes, hdr->stored_sz);
	if (err) {
		/* Not vital: a reader sees a block that goes beyond the end, or the next try. */
		if (ftruncate(w->fd, w->off))
			log_debug("%s: cannot be cut: %m", w->path);
		return err;
	}
	vec_push(&w->index, (struct file_index_entry){ .off = w->off, .hdr = *hdr });
	w->off += sizeof(*hdr) + hdr->stored_sz;
	return 0;
}

static int write_packed(struct writer *w, enum file_block_type type, const struct column *raw)
{
	struct file_block hdr = { .type = type, .raw_sz = raw->len };
	struct column frame = {};
	int err;

	block_pack(raw, &frame);
	hdr.stored_sz = frame.len;
	err = write_block(w, &hdr, frame.data);
	free(frame.data);
	return err;
}

/* Only a regular file is removed, so that a device or somebody's link stays what it is. */
static int remove_old(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(st.st_mode))
		return -EEXIST;
	return unlink(path) ? -errno : 0;
}

static int create_file(const char *path, bool overwrite)
{
	int err = overwrite ? remove_old(path) : 0;
	int fd = -1;

	if (!err) {
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		err = fd < 0 ? -errno : 0;
	}
	if (err == -EEXIST && overwrite)
		log_err("%s is not a regular file and is left alone", path);
	else if (err == -EEXIST)
		log_err("%s is there already; --overwrite replaces a file", path);
	else if (err)
		log_err("cannot create %s: %s", path, strerror(-err));
	return err ? err : fd;
}

static int write_begin(struct writer *w, const struct trace_meta *meta)
{
	struct file_hdr hdr = {
		.magic = FILE_MAGIC,
		.major = FILE_MAJOR,
		.minor = FILE_MINOR,
		.endian = FILE_ENDIAN,
		.hdr_sz = sizeof(hdr),
		.monotonic_ns = meta->monotonic_ns,
		.realtime_ns = meta->realtime_ns,
		.boottime_ns = meta->boottime_ns,
	};
	struct column fields = {};
	int err;

	hdr.crc = file_crc(&hdr, offsetof(struct file_hdr, crc));
	err = write_at(w, 0, &hdr, sizeof(hdr));
	w->off = sizeof(hdr);
	meta_encode(meta, &fields);
	if (!err)
		err = write_packed(w, FILE_META, &fields);
	free(fields.data);
	return err;
}

/* Who records or annotates has the file alone. Where locks do not work, so be it. */
static int lock_file(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK ? -EBUSY : 0;
}

static struct writer *writer_new(const char *path, int fd)
{
	struct writer *w = xcalloc(1, sizeof(*w));

	w->fd = fd;
	w->path = xstrdup(path);
	return w;
}

static void writer_free(struct writer *w)
{
	if (w->fd >= 0)
		close(w->fd);
	vec_release(&w->index);
	free(w->path);
	free(w);
}

int writer_open(const char *path, const struct trace_meta *meta, bool overwrite,
		struct writer **ret)
{
	int fd = create_file(path, overwrite);

	return fd < 0 ? fd : writer_open_fd(path, fd, meta, ret);
}

int writer_open_fd(const char *path, int fd, const struct trace_meta *meta, struct writer **ret)
{
	struct writer *w = writer_new(path, fd);
	int err;

	lock_file(fd); /* nobody else has it yet */
	err = write_begin(w, meta);
	if (err) {
		unlink(path); /* before it is said: that may fail for the same reason */
		log_err("cannot write %s: %s", path, strerror(-err));
		writer_free(w);
		return err;
	}
	*ret = w;
	return 0;
}

void writer_attach(struct writer *w, struct trace *t)
{
	w->trace = t;
}

int writer_dup_fd(const struct writer *w)
{
	int fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int writer_append(struct writer *w, const struct block *b, const void *frame, __u64 *ret_off)
{
	__u64 off = w->off;
	struct file_block hdr = {
		.type = FILE_EVENTS,
		.raw_sz = b->raw_sz,
		.stored_sz = b->frame_sz,
		.first_event = b->info.first_event,
		.begin_ns = b->info.begin_ns,
		.end_ns = b->info.end_ns,
		.event_cnt = b->info.event_cnt,
	};
	int err = -EFBIG;

	/* No reader would take a larger one: a checkpoint of a million threads. */
	if (b->raw_sz <= BLOCK_RAW_MAX && b->frame_sz <= FILE_STORED_MAX)
		err = write_block(w, &hdr, frame);
	if (!err) {
		w->event_cnt += b->info.event_cnt;
		*ret_off = off;
		return 0;
	}
	w->lost_cnt += b->info.event_cnt;
	if (!w->err)
		log_err("cannot write %s: %s; events are missing in it from here on", w->path,
			strerror(-err));
	w->err = err;
	return err;
}

void writer_lose(struct writer *w, __u64 cnt)
{
	w->lost_cnt += cnt;
}

static int write_index(struct writer *w, __u64 *ret_off)
{
	struct column entries = {};
	__u64 off = w->off;
	int err = 0;

	/* A reader would refuse one that is larger; it makes its own. */
	if (w->index.cnt <= BLOCK_RAW_MAX / sizeof(w->index.items[0])) {
		column_put_bytes(&entries, w->index.items,
				 w->index.cnt * sizeof(w->index.items[0]));
		err = write_packed(w, FILE_INDEX, &entries);
		*ret_off = off;
		free(entries.data);
	}
	return err;
}

static int write_end(struct writer *w)
{
	struct file_block hdr = {
		.type = FILE_END,
		.raw_sz = sizeof(struct file_end),
		.stored_sz = sizeof(struct file_end),
	};
	struct file_end end = { .event_cnt = w->event_cnt, .lost_cnt = w->lost_cnt };
	int err = write_index(w, &end.index_off);

	if (err)
		return err;
	end.crc = file_crc(&end, offsetof(struct file_end, crc));
	return write_block(w, &hdr, &end);
}

int writer_close(struct writer *w)
{
	int err;

	if (!w)
		return 0;
	if (w->trace)
		trace_set_writer(w->trace, NULL);
	err = write_end(w);
	if (err && !w->err)
		log_err("cannot write %s: %s; it can be read, but not as fast", w->path,
			strerror(-err));
	flock(w->fd, LOCK_UN); /* the trace may still read from a copy of the descriptor */
	/* Where the file is far away, the last write may fail only here. */
	if (close(w->fd) && !w->err && !err) {
		err = -errno;
		log_err("cannot write %s: %s", w->path, strerror(-err));
	}
	w->fd = -1;
	err = w->err ? w->err : err;
	writer_free(w);
	return err;
}

__u64 writer_lost(const struct writer *w)
{
	return w->lost_cnt;
}

__u64 writer_event_cnt(const struct writer *w)
{
	return w->event_cnt;
}

__u64 writer_size(const struct writer *w)
{
	return w->off;
}

/* All blocks of a file that is there; -EPROTO where one is not sound. */
static int read_blocks(struct writer *w, __u64 size)
{
	struct file_hdr hdr;
	int err = file_read(w->fd, 0, &hdr, sizeof(hdr));

	if (err || memcmp(hdr.magic, FILE_MAGIC, sizeof(hdr.magic)) || hdr.endian != FILE_ENDIAN ||
	    hdr.major != FILE_MAJOR || hdr.crc != file_crc(&hdr, offsetof(struct file_hdr, crc)))
		return -EPROTO;
	w->off = hdr.hdr_sz;
	while (w->off < size) {
		struct file_index_entry e = { .off = w->off };

		if (file_read(w->fd, w->off, &e.hdr, sizeof(e.hdr)) ||
		    !file_block_is_sound(&e.hdr) || e.hdr.seq != w->index.cnt ||
		    e.hdr.stored_sz > size - w->off - sizeof(e.hdr))
			return -EPROTO;
		vec_push(&w->index, e);
		w->off += sizeof(e.hdr) + e.hdr.stored_sz;
	}
	return 0;
}

/* What the end block says that is there. False: the recording was not closed. */
static bool read_end(struct writer *w)
{
	const struct file_index_entry *last = vec_last(&w->index);
	struct file_end end;

	if (!last || last->hdr.type != FILE_END ||
	    file_read(w->fd, last->off + sizeof(last->hdr), &end, sizeof(end)) ||
	    end.crc != file_crc(&end, offsetof(struct file_end, crc)))
		return false;
	w->event_cnt = end.event_cnt;
	w->lost_cnt = end.lost_cnt;
	return true;
}

static int append_notes(struct writer *w, const char *notes)
{
	struct column fields = {};
	bool was_closed = read_end(w);
	__u64 size = w->off;
	int err;

	meta_encode_field(&fields, META_ID_notes, notes);
	err = write_packed(w, FILE_META, &fields);
	if (!err && was_closed)
		err = write_end(w);
	if (err && ftruncate(w->fd, size)) /* a walk finds the way in what is left */
		log_debug("%s: cannot be cut: %m", w->path);
	free(fields.data);
	return err;
}

int writer_annotate(const char *path, const char *notes)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK), err = 0;
	struct writer *w;
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		err = -errno;
		log_err("cannot write %s: %s", path, strerror(-err));
		return err;
	}
	w = writer_new(path, fd);
	err = S_ISREG(st.st_mode) ? lock_file(fd) : -EPROTO;
	if (err == -EBUSY)
		log_err("%s is being recorded, or annotated by somebody else", path);
	if (!err)
		err = read_blocks(w, st.st_size);
	if (err == -EPROTO)
		log_err("%s is no trace, or a damaged one: it is left as it is", path);
	if (!err) {
		err = append_notes(w, notes);
		if (err)
			log_err("cannot write %s: %s; its annotations are those of before", path,
				strerror(-err));
	}
	writer_free(w);
	return err;
}
