/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines "START SIZE NAME", in hexadecimal, in no order. Every byte is untrusted. */
#include "inspect/perf_map.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "inspect/process_status.h"

/* The number the process has for itself: the last one of "NSpid:". */
static __u32 inner_pid(__u32 pid)
{
	char numbers[512]; /* of up to 33 namespaces: MAX_PID_NS_LEVEL, linux/pid_namespace.h */
	const char *last;

	if (process_status_read(pid, "NSpid", numbers, sizeof(numbers)))
		return pid;
	last = strrchr(numbers, '\t');
	return last ? strtoul(last, NULL, 10) : pid;
}

/* A descriptor, or -1. *ret_size: bytes in the file. */
static int open_map(int root, __u32 pid, uid_t uid, off_t *ret_size)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
	};
	struct stat st;
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/tmp/perf-%u.map", inner_pid(pid));
	fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != uid || !st.st_size ||
	    st.st_size > PERF_MAP_SZ_MAX) {
		close(fd);
		return -1;
	}
	*ret_size = st.st_size;
	return fd;
}

static void parse_line(struct perf_map *p, char *line)
{
	char *end;
	__u64 begin = strtoull(line, &end, 16), size;

	if (end == line || *end != ' ')
		return;
	line = end;
	size = strtoull(line, &end, 16);
	if (end == line || *end != ' ' || !end[1] || size > UINT64_MAX - begin)
		return;
	vec_push(&p->functions, (struct perf_function){ begin, begin + size, end + 1 - p->text,
							p->functions.cnt });
}

static int compare(const void *a, const void *b)
{
	const struct perf_function *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static void parse(struct perf_map *p)
{
	for (char *line = p->text, *next; (next = strchr(line, '\n')); line = next + 1) {
		*next = '\0';
		parse_line(p, line);
	}
	if (p->functions.cnt)
		qsort(p->functions.items, p->functions.cnt, sizeof(p->functions.items[0]), compare);
}

static void load(struct perf_map *p, int fd, off_t size)
{
	ssize_t len;

	perf_map_release(p);
	p->size = size;
	p->text = xcalloc(1, size + 1);
	len = pread(fd, p->text, size, 0);
	p->text[len > 0 ? len : 0] = '\0';
	parse(p);
}

/* The last that begins at address or before, if it reaches so far. */
static const char *find(const struct perf_map *p, __u64 address)
{
	size_t low = 0, high = p->functions.cnt;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->functions.items[mid].begin <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || address >= p->functions.items[low - 1].end)
		return NULL;
	return p->text + p->functions.items[low - 1].name;
}

const char *perf_map_find(struct perf_map *p, int root, __u32 pid, uid_t uid, __u64 address)
{
	const char *name = find(p, address);
	off_t size;
	int fd;

	if (name)
		return name;
	fd = open_map(root, pid, uid, &size);
	if (fd < 0)
		return NULL;
	if (size != p->size)
		load(p, fd, size);
	close(fd);
	return find(p, address);
}

void perf_map_release(struct perf_map *p)
{
	free(p->text);
	vec_release(&p->functions);
	*p = (struct perf_map){};
}
