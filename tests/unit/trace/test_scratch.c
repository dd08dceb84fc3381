/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of a test. */
#include "tests/unit/trace/scratch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "tests/unit/support/builders.h"
#include "trace/cursor.h"
#include "trace/writer.h"

enum { THREADS = 5 };

static char dir[64];
static char log_text[4096], log_shown[4096];

static void keep_line(void *arg, enum log_level level, const char *line)
{
	size_t len = strlen(log_text);

	(void)arg;
	(void)level;
	snprintf(log_text + len, sizeof(log_text) - len, "%s\n", line);
}

void scratch_begin(void)
{
	snprintf(dir, sizeof(dir), "/tmp/ctrace-test-XXXXXX");
	cr_assert(ne(ptr, mkdtemp(dir), NULL));
	log_set_sink(keep_line, NULL);
	build_begin();
}

void scratch_end(void)
{
	struct dirent *entry;
	DIR *list = opendir(dir);

	while (list && (entry = readdir(list)))
		unlinkat(dirfd(list), entry->d_name, 0);
	if (list)
		closedir(list);
	rmdir(scratch_path("a-directory"));
	rmdir(dir);
	log_set_sink(NULL, NULL);
}

const char *scratch_path(const char *name)
{
	static char paths[16][128];
	static unsigned idx;
	char *path = paths[idx++ % 16];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

void *scratch_read(const char *path, size_t *ret_sz)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *bytes;

	cr_assert(ge(int, fd, 0));
	cr_assert(eq(int, fstat(fd, &st), 0));
	bytes = xmalloc(st.st_size);
	cr_assert(eq(long, read(fd, bytes, st.st_size), st.st_size));
	close(fd);
	*ret_sz = st.st_size;
	return bytes;
}

void scratch_write(const char *path, const void *bytes, size_t sz)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert(ge(int, fd, 0));
	cr_assert(eq(int, write_all(fd, bytes, sz), 0));
	close(fd);
}

void scratch_append(struct trace *t, __u64 begin, __u64 end)
{
	for (__u64 i = begin; i < end; i++)
		cr_assert(eq(int, trace_append(t, build_story(3, THREADS, i)), 0));
}

void scratch_record(const char *path, __u64 cnt)
{
	struct trace *t = trace_new(NULL);
	struct trace_meta meta;
	struct writer *w;

	meta_init(&meta, "./forks --philosophers 5");
	cr_assert(eq(int, writer_open(path, &meta, false, &w), 0));
	trace_set_writer(t, w);
	scratch_append(t, 0, cnt);
	cr_assert(eq(int, writer_close(w), 0));
	trace_free(t);
	meta_release(&meta);
}

bool scratch_has_story(struct trace *t, __u64 first, __u64 end)
{
	struct cursor *c = cursor_new(t);
	bool is_same = trace_first_event(t) == first && trace_event_cnt(t) == end;

	build_begin();
	for (__u64 i = 0; i < end && is_same; i++) {
		const struct ev_hdr *want = build_story(3, THREADS, i), *ev;

		if (i < first)
			continue;
		ev = cursor_next(c);
		is_same = ev && !memcmp(ev, want, event_size(want));
	}
	is_same = is_same && !cursor_next(c);
	cursor_free(c);
	return is_same;
}

const char *scratch_log(void)
{
	memcpy(log_shown, log_text, sizeof(log_shown));
	log_text[0] = '\0';
	return log_shown;
}
