/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of open files: records of two sizes, one after the other. */
#include "inspect/open_files.h"

#include <sys/stat.h>

enum { PROC_PID_INIT_INO = 0xEFFFFFFCU }; /* include/linux/proc_ns.h */

/* The iterators of the kernel show the processes of our PID namespace, and those below. */
bool open_files_see_all(void)
{
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) && st.st_ino == PROC_PID_INIT_INO;
}

static bool has_sent(const struct open_files *of)
{
	const struct probe_file *f = NULL;

	while ((f = open_files_next(of, f)))
		if (f->sent)
			return true;
	return false;
}

static bool is_ring(const struct probe_file *f)
{
	return FD_MODE_KIND(f->fd_mode) == FILE_IO_URING;
}

static bool has_rings(const struct open_files *of)
{
	const struct probe_file *f = NULL;

	while ((f = open_files_next(of, f)))
		if (is_ring(f))
			return true;
	return false;
}

bool open_files_has_ring(const struct open_files *of, __u32 pid)
{
	const struct probe_file *f = NULL;

	while (of->has_rings && (f = open_files_next(of, f)))
		if (f->pid == pid && is_ring(f))
			return true;
	return false;
}

/* A call that uses the file counts, too, so it need not be true. */
bool open_files_is_sent(const struct open_files *of, const struct probe_file *f)
{
	const struct probe_file *g = NULL;
	__u32 known = 1; /* that of the reading */

	if (!of->has_sent)
		return false;
	while ((g = open_files_next(of, g)))
		known += g->file == f->file;
	return f->refs > known;
}

int open_files_read(struct open_files *of, record_table_fn fn, void *arg, __u64 now_ns)
{
	int err = record_table_read(&of->table, fn, arg);

	of->read_ns = 0;
	if (err)
		return err;
	of->read_ns = now_ns;
	of->is_all = open_files_see_all();
	of->has_sent = has_sent(of);
	of->has_rings = has_rings(of);
	return 0;
}

void open_files_release(struct open_files *of)
{
	record_table_release(&of->table);
	*of = (struct open_files){};
}

bool file_is_socket(const struct probe_file *f)
{
	return S_ISSOCK(f->fd_mode);
}

bool file_is_pipe(const struct probe_file *f)
{
	return S_ISFIFO(f->fd_mode);
}

const struct probe_socket *file_socket(const struct probe_file *f)
{
	return file_is_socket(f) ? (const struct probe_socket *)(f + 1) : NULL;
}

static size_t record_size(const struct probe_file *f)
{
	return sizeof(*f) + (file_is_socket(f) ? sizeof(struct probe_socket) : 0);
}

const struct probe_file *open_files_next(const struct open_files *of, const struct probe_file *f)
{
	const char *at = f ? (const char *)f + record_size(f) : of->table.bytes;
	size_t left = at ? of->table.len - (at - of->table.bytes) : 0;

	f = (const struct probe_file *)at;
	return left >= sizeof(*f) && left >= record_size(f) ? f : NULL;
}

const struct probe_file *open_files_find(const struct open_files *of, __u32 pid, __u32 fd)
{
	const struct probe_file *f = NULL;

	while ((f = open_files_next(of, f)))
		if (f->pid == pid && f->fd == fd)
			return f;
	return NULL;
}
