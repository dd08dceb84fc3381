/* SPDX-License-Identifier: GPL-2.0-only */
/* limit COMMAND...: run it under the probes of limit.bpf.c, and drop what they say. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/bench/limit/limit.skel.h"

enum { POLL_US = 10000 }; /* ctrace empties its ring that often */

static int on_record(void *arg, void *data, size_t size)
{
	(void)data;
	(void)size;
	++*(unsigned long *)arg;
	return 0;
}

/* The command, held until a byte comes. */
static pid_t start_held(char *argv[], int *ret_release_fd)
{
	int pipe_fds[2];
	pid_t pid;
	char byte;

	if (pipe2(pipe_fds, O_CLOEXEC))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(pipe_fds[1]);
		if (read(pipe_fds[0], &byte, 1) == 1)
			execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	close(pipe_fds[0]);
	*ret_release_fd = pipe_fds[1];
	return pid;
}

static void trace(struct limit_bpf *limit, pid_t pid)
{
	int pid_fd = syscall(SYS_pidfd_open, pid, 0);
	unsigned long value = 0;

	if (pid_fd < 0 || bpf_map__update_elem(limit->maps.traced, &pid_fd, sizeof(pid_fd), &value,
					       sizeof(value), BPF_ANY))
		err(1, "cannot trace %d", pid);
	close(pid_fd);
}

int main(int argc, char *argv[])
{
	struct limit_bpf *limit = limit_bpf__open_and_load();
	unsigned long record_cnt = 0;
	struct ring_buffer *ring;
	int release_fd, status = 0;
	pid_t pid;

	if (argc < 2)
		errx(1, "usage: limit COMMAND...");
	if (!limit || limit_bpf__attach(limit))
		err(1, "cannot attach");
	ring = ring_buffer__new(bpf_map__fd(limit->maps.ring), on_record, &record_cnt, NULL);
	if (!ring)
		err(1, "ring");
	pid = start_held(argv + 1, &release_fd);
	trace(limit, pid);
	if (write(release_fd, "", 1) != 1)
		err(1, "write");
	while (waitpid(pid, &status, WNOHANG) == 0) {
		ring_buffer__consume(ring);
		usleep(POLL_US);
	}
	ring_buffer__consume(ring);
	fprintf(stderr, "limit: %lu records, %llu lost\n", record_cnt,
		(unsigned long long)limit->bss->lost_cnt);
	ring_buffer__free(ring);
	limit_bpf__destroy(limit);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
