/* SPDX-License-Identifier: GPL-2.0-only */
/* pipe: a parent waits until its child has ended, and the child until its parent reads. */
#include "lesson.h"

static int size = 100000, read_first;
static const struct knob knobs[] = {
	{ "size=BYTES", &size, 0, 10000000, "that the child writes; 65536 fit in (100000)" },
	{ "fix=none|read-first", &read_first, 0, 1, "the cure" },
	{ 0 },
};

static int be_child(int out)
{
	char *bytes = calloc(1, size + 1);

	name_me("child", 0);
	rest(50, 50);
	say("writes %d bytes to fd %d", size, out);
	for (int n, done = 0; done < size; done += n)
		if ((n = write(out, bytes + done, size - done)) < 0)
			err(1, "cannot write");
	say("has written all");
	free(bytes);
	return 0;
}

static void read_all(int in)
{
	int n, sum = 0;
	char bytes[4096];

	say("reads from fd %d", in);
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		sum += n;
	say("has read %d bytes", sum);
}

static int wait_for(pid_t child)
{
	int status;

	say("waits for child %d", child);
	waitpid(child, &status, 0);
	say("child has ended");
	return status != 0;
}

int main(int argc, char **argv)
{
	int ends[2], failed;
	pid_t child;

	knobs_read(argc, argv, "A parent wants its child's output, but not before its end.", knobs);
	name_me("parent", 1);
	if (pipe(ends) < 0 || (child = fork()) < 0)
		err(1, "cannot start a process with a pipe");
	if (!child) {
		close(ends[0]);
		return be_child(ends[1]);
	}
	close(ends[1]);
	if (read_first)
		read_all(ends[0]);
	failed = wait_for(child);
	if (!read_first)
		read_all(ends[0]);
	return failed;
}
