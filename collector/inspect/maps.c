/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of /proc/PID/maps (kernel: fs/proc/task_mmu.c, show_map_vma()). */
#include "inspect/maps.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int read_text(struct maps *m, int fd)
{
	size_t cap = 1 << 16;
	ssize_t len;

	m->text = xmalloc(cap);
	for (;;) {
		if (cap - m->text_len < 1 << 12) {
			cap *= 2;
			if (cap > MAPS_SZ_MAX)
				return -EFBIG;
			m->text = xrealloc(m->text, cap);
		}
		len = pread(fd, m->text + m->text_len, cap - m->text_len - 1, m->text_len);
		if (len <= 0)
			break;
		m->text_len += len;
	}
	m->text[m->text_len] = '\0';
	return len < 0 ? -errno : 0;
}

static bool parse_line(char *line, struct region *ret)
{
	unsigned long long begin, end, off, ino;
	unsigned major, minor;
	char flags[5];
	int name = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &begin, &end, flags, &off, &major,
		   &minor, &ino, &name) < 7)
		return false;
	*ret = (struct region){
		.begin = begin,
		.end = end,
		.off = off,
		.dev = makedev(major, minor),
		.ino = ino,
		.is_executable = flags[2] == 'x',
		.is_writable = flags[1] == 'w',
		.is_shared = flags[3] == 's',
		.name = name ? line + name : "",
	};
	return true;
}

int maps_read(struct maps *m, int fd)
{
	int err;

	maps_release(m);
	err = read_text(m, fd);
	for (char *line = m->text, *next; !err && *line; line = next) {
		struct region r;

		next = strchr(line, '\n');
		if (!next)
			break;
		*next++ = '\0';
		if (parse_line(line, &r))
			vec_push(&m->regions, r);
	}
	return err;
}

void maps_release(struct maps *m)
{
	free(m->text);
	vec_release(&m->regions);
	*m = (struct maps){};
}

const struct region *maps_find(const struct maps *m, __u64 address)
{
	size_t low = 0, high = m->regions.cnt;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->regions.items[mid].begin <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low && address < m->regions.items[low - 1].end ? &m->regions.items[low - 1] : NULL;
}
