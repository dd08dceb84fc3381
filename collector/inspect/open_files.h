/* SPDX-License-Identifier: GPL-2.0-only */
/* The open files of the whole machine, as they were at one moment. */
#ifndef CTRACE_INSPECT_OPEN_FILES_H
#define CTRACE_INSPECT_OPEN_FILES_H

#include "bpf/event.h"
#include "inspect/record_table.h"

/* Zero-initialised is empty. */
struct open_files {
	struct record_table table;
	__u64 read_ns;	/* when the reading began; 0: there is none */
	bool is_all;	/* no process of the machine was out of sight */
	bool has_sent;	/* some are on their way in Unix sockets, to be received */
	bool has_rings; /* some process has an io_uring */
};

/* Read them all. 0 or -errno: there are none, then. */
int open_files_read(struct open_files *of, record_table_fn fn, void *arg, __u64 now_ns);
void open_files_release(struct open_files *of);

/* The one after f, or the first with f NULL; NULL: that was the last. */
const struct probe_file *open_files_next(const struct open_files *of, const struct probe_file *f);

/* Descriptor fd of process pid, or NULL. */
const struct probe_file *open_files_find(const struct open_files *of, __u32 pid, __u32 fd);

/* May the open file f be on its way to somebody who does not have it yet? */
bool open_files_is_sent(const struct open_files *of, const struct probe_file *f);

/* May the kernel do for process pid, which waits itself perhaps, what it asked an io_uring for? */
bool open_files_has_ring(const struct open_files *of, __u32 pid);

/* Can we see all processes of the machine, with the numbers that the trace has for them? */
bool open_files_see_all(void);

bool file_is_socket(const struct probe_file *f);
bool file_is_pipe(const struct probe_file *f);

/* What more there is of a socket; NULL when f is none. */
const struct probe_socket *file_socket(const struct probe_file *f);

#endif
