/* SPDX-License-Identifier: GPL-2.0-only */
/* Load: two processes that pass one word back and forth over two pipes, pinned to one CPU. */
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static void word_send(int fd)
{
	int word = 0;

	if (write(fd, &word, sizeof(word)) != sizeof(word))
		err(1, "write");
}

static void word_receive(int fd)
{
	int word;

	if (read(fd, &word, sizeof(word)) != sizeof(word))
		err(1, "read");
}

static void echo_words(long rounds, int in, int out)
{
	while (rounds--) {
		word_receive(in);
		word_send(out);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	long rounds = bench_number(argc, argv, 1);
	int ping[2], pong[2];
	uint64_t start_ns;
	pid_t pid;

	bench_pin();
	if (pipe(ping) || pipe(pong))
		err(1, "pipe");
	start_ns = bench_now_ns();
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid)
		echo_words(rounds, ping[0], pong[1]);
	for (long i = 0; i < rounds; i++) {
		word_send(ping[1]);
		word_receive(pong[0]);
	}
	waitpid(pid, NULL, 0);
	bench_report(start_ns);
	return 0;
}
