/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing a trace file, also where that fails. */
#include "trace/writer.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/unit/support/builders.h"
#include "tests/unit/trace/scratch.h"
#include "trace/cursor.h"
#include "trace/reader.h"

TestSuite(writer, .init = scratch_begin, .fini = scratch_end);

/*
 * The disk of these tests: in place of the one of libc. Writes beyond disk_full_at
 * fail with disk_errno after what fits; with disk_chunk_sz each is short.
 */
static __u64 disk_full_at = UINT64_MAX;
static int disk_errno;
static size_t disk_chunk_sz = SIZE_MAX;
static unsigned disk_interrupt_cnt;

ssize_t pwrite(int fd, const void *buf, size_t sz, off_t off)
{
	if (disk_interrupt_cnt) {
		disk_interrupt_cnt--;
		errno = EINTR;
		return -1;
	}
	if ((__u64)off >= disk_full_at) {
		errno = disk_errno;
		return -1;
	}
	if (sz > disk_full_at - off)
		sz = disk_full_at - off;
	if (sz > disk_chunk_sz)
		sz = disk_chunk_sz;
	return syscall(SYS_pwrite64, fd, buf, sz, off);
}

static struct writer *open_writer(const char *path)
{
	struct trace_meta meta;
	struct writer *w;

	meta_init(&meta, "make -j2");
	cr_assert(eq(int, writer_open(path, &meta, false, &w), 0));
	meta_release(&meta);
	return w;
}

static struct trace *read_back(const char *path, struct trace_meta *ret_meta)
{
	struct trace *t;

	cr_assert(eq(int, reader_open(path, &t, ret_meta), 0));
	return t;
}

static void expect_story(const char *path, __u64 first, __u64 end)
{
	struct trace_meta meta;
	struct trace *t = read_back(path, &meta);

	cr_expect(scratch_has_story(t, first, end));
	cr_expect(eq(int, meta.truncated, 0));
	cr_expect(eq(u64, meta.lost_cnt, 0));
	meta_release(&meta);
	trace_free(t);
}

Test(writer, what_is_written_reads_back)
{
	const char *path = scratch_path("a.ctrace");
	struct stat st;

	scratch_record(path, 50000);
	expect_story(path, 0, 50000);
	cr_assert(eq(int, stat(path, &st), 0));
	cr_expect(eq(u32, st.st_mode & 07777, 0600));
	cr_expect(eq(str, (char *)scratch_log(), ""));
}

Test(writer, a_recording_without_events_is_one_too)
{
	scratch_record(scratch_path("a.ctrace"), 0);
	expect_story(scratch_path("a.ctrace"), 0, 0);
}

Test(writer, a_recording_begins_with_the_history)
{
	const char *path = scratch_path("a.ctrace");
	struct trace *t = trace_new(&(struct trace_options){ .history_sz = 100 * 1000 });
	struct writer *w = open_writer(path);
	__u64 first;

	scratch_append(t, 0, 70000);
	first = trace_first_event(t);
	cr_assert(gt(u64, first, 0));
	trace_set_writer(t, w);
	scratch_append(t, 70000, 90000);
	cr_assert(eq(int, writer_close(w), 0));
	scratch_append(t, 90000, 100000);
	trace_free(t);
	expect_story(path, first, 90000);
}

Test(writer, the_same_history_can_be_recorded_twice)
{
	struct trace *t = trace_new(&(struct trace_options){ .history_sz = 1 });
	struct writer *w = open_writer(scratch_path("a.ctrace"));

	trace_set_writer(t, w);
	scratch_append(t, 0, 50000);
	cr_assert(eq(int, writer_close(w), 0));
	w = open_writer(scratch_path("b.ctrace"));
	trace_set_writer(t, w);
	cr_assert(eq(int, writer_close(w), 0));
	trace_free(t);
	expect_story(scratch_path("b.ctrace"), 0, 50000);
}

Test(writer, what_is_in_the_file_leaves_memory_and_stays_readable)
{
	struct trace *t = trace_new(&(struct trace_options){ .history_sz = 1 });
	struct writer *w = open_writer(scratch_path("a.ctrace"));

	trace_set_writer(t, w);
	scratch_append(t, 0, 60000);
	cr_expect(scratch_has_story(t, 0, 60000));
	cr_assert(eq(int, writer_close(w), 0));
	cr_expect(scratch_has_story(t, 0, 60000));
	trace_free(t);
}

Test(writer, a_flush_puts_all_events_so_far_into_the_file)
{
	struct trace *t = trace_new(NULL), *copy;
	struct writer *w = open_writer(scratch_path("a.ctrace"));
	struct trace_meta meta;

	trace_set_writer(t, w);
	scratch_append(t, 0, 10);
	trace_flush(t);
	trace_flush(t);
	copy = read_back(scratch_path("a.ctrace"), &meta);
	cr_expect(scratch_has_story(copy, 0, 10));
	cr_expect(eq(int, meta.truncated, 1));
	cr_expect(eq(sz, trace_block_cnt(copy), 1));
	meta_release(&meta);
	trace_free(copy);
	writer_close(w);
	trace_free(t);
}

static int try_open(const char *path, bool overwrite)
{
	struct trace_meta meta;
	struct writer *w = NULL;
	int err;

	meta_init(&meta, "x");
	err = writer_open(path, &meta, overwrite, &w);
	meta_release(&meta);
	writer_close(w);
	return err;
}

Test(writer, a_file_that_is_there_is_replaced_only_when_asked)
{
	const char *path = scratch_path("a.ctrace");

	scratch_write(path, "precious", 8);
	cr_expect(eq(int, try_open(path, false), -EEXIST));
	cr_expect(ne(ptr, strstr(scratch_log(), "--overwrite"), NULL));
	cr_expect(eq(int, try_open(path, true), 0));
	expect_story(path, 0, 0);
}

/* No device is tried: if this ever failed as root, it would be gone. */
Test(writer, what_is_no_regular_file_is_never_replaced)
{
	const char *link = scratch_path("link"), *target = scratch_path("target");
	struct stat st;

	scratch_write(target, "precious", 8);
	cr_assert(eq(int, symlink(target, link), 0));
	cr_assert(eq(int, mkfifo(scratch_path("fifo"), 0600), 0));
	cr_assert(eq(int, mkdir(scratch_path("a-directory"), 0700), 0));
	for (int overwrite = 0; overwrite < 2; overwrite++) {
		cr_expect(eq(int, try_open(link, overwrite), -EEXIST));
		cr_expect(eq(int, try_open(scratch_path("fifo"), overwrite), -EEXIST));
		cr_expect(eq(int, try_open(scratch_path("a-directory"), overwrite), -EEXIST));
	}
	cr_expect(eq(int, try_open(scratch_path("missing/file"), true), -ENOENT));
	cr_expect(eq(int, lstat(link, &st), 0));
	cr_expect(eq(int, stat(target, &st), 0));
	cr_expect(eq(i64, st.st_size, 8));
}

Test(writer, short_and_interrupted_writes_lose_nothing)
{
	const char *path = scratch_path("a.ctrace");

	disk_chunk_sz = 1000;
	disk_interrupt_cnt = 3;
	scratch_record(path, 40000);
	expect_story(path, 0, 40000);
}

/* The blocks before the failure stay; those after it are written when there is room again. */
Test(writer, a_full_disk_makes_a_hole_that_is_counted)
{
	const char *path = scratch_path("a.ctrace");
	struct trace *t = trace_new(NULL);
	struct writer *w = open_writer(path);
	struct trace_meta meta;
	struct cursor *c;
	struct stat st;
	__u64 lost;

	trace_set_writer(t, w);
	scratch_append(t, 0, 20000);
	trace_flush(t);
	disk_full_at = writer_size(w) + 5000;
	disk_errno = ENOSPC;
	scratch_append(t, 20000, 60000);
	trace_flush(t);
	lost = writer_lost(w);
	cr_expect(eq(u64, lost, 40000));
	cr_assert(eq(int, stat(path, &st), 0));
	cr_expect(eq(u64, st.st_size, writer_size(w)));
	disk_full_at = UINT64_MAX;
	scratch_append(t, 60000, 80000);
	cr_expect(eq(int, writer_close(w), -ENOSPC));
	cr_expect(ne(ptr, strstr(scratch_log(), "No space left"), NULL));
	cr_expect(scratch_has_story(t, 0, 80000));
	trace_free(t);

	t = read_back(path, &meta);
	cr_expect(eq(u64, meta.lost_cnt, lost));
	cr_expect(eq(int, meta.truncated, 0));
	cr_expect(eq(u64, trace_event_cnt(t), 80000));
	c = cursor_new(t);
	cr_expect(eq(int, cursor_seek_event(c, 20000), 0));
	cr_expect(eq(int, cursor_seek_event(c, 40000), -ENODATA));
	cr_expect(eq(int, cursor_seek_event(c, 60000), 0));
	cr_expect(eq(u64, model_event_cnt(cursor_model(c)), 60000));
	cr_expect(eq(int, cursor_seek_event(c, 70000), 0));
	cr_expect(eq(u64, model_event_cnt(cursor_model(c)), 70000));
	cursor_free(c);
	meta_release(&meta);
	trace_free(t);
}

Test(writer, a_broken_disk_is_reported_once)
{
	struct trace *t = trace_new(NULL);
	struct writer *w = open_writer(scratch_path("a.ctrace"));
	const char *log;

	trace_set_writer(t, w);
	disk_full_at = 0;
	disk_errno = EIO;
	scratch_append(t, 0, 60000);
	cr_expect(eq(int, writer_close(w), -EIO));
	log = strstr(scratch_log(), "Input/output error");
	cr_assert(ne(ptr, (void *)log, NULL));
	cr_expect(eq(ptr, strstr(log + 1, "Input/output error"), NULL));
	trace_free(t);
}

Test(writer, a_file_that_cannot_be_begun_is_not_left_behind)
{
	const char *path = scratch_path("a.ctrace");

	disk_full_at = 40;
	disk_errno = ENOSPC;
	cr_expect(eq(int, try_open(path, false), -ENOSPC));
	cr_expect(eq(int, access(path, F_OK), -1));
}

/* Beyond the limit the kernel would send SIGXFSZ, which ends a process. */
Test(writer, a_limit_on_file_size_is_an_error_and_no_signal)
{
	const char *path = scratch_path("a.ctrace");
	struct trace *t = trace_new(NULL);
	struct writer *w = open_writer(path);
	struct rlimit limit = { .rlim_cur = 100 * 1000, .rlim_max = RLIM_INFINITY };
	struct trace_meta meta;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 100 * 1000;
	cr_assert(eq(int, setrlimit(RLIMIT_FSIZE, &limit), 0));
	trace_set_writer(t, w);
	scratch_append(t, 0, 100000);
	cr_expect(gt(u64, writer_lost(w), 0));
	cr_expect(eq(int, writer_close(w), -EFBIG));
	trace_free(t);
	t = read_back(path, &meta);
	cr_expect(ge(u64, trace_event_cnt(t), 16384));
	cr_expect(gt(u64, meta.lost_cnt, 0));
	meta_release(&meta);
	trace_free(t);
}
