/* SPDX-License-Identifier: GPL-2.0-only */
/* child: it ends, and is a zombie until its parent asks. Or its parent ends first, or stops it. */
#include <signal.h>

#include "lesson.h"

enum play { ZOMBIE, WAIT, ORPHAN, STOP };
static int play, life = 200;
static const struct knob knobs[] = {
	{ "play=zombie|wait|orphan|stop", &play, 0, 3, "what becomes of the child (zombie)" },
	{ "life=MS", &life, 10, 60000, "of the child (200)" },
	{ 0 },
};

static pid_t start(int (*be)(void))
{
	pid_t child = fork();

	if (child < 0)
		err(1, "cannot start a process");
	if (!child)
		exit(be());
	return child;
}

static int be_child(void)
{
	pid_t parent = getppid();
	int ms = play == STOP ? 10 * life : life; /* nobody has that much patience */

	name_me("child", 2);
	say("has parent %d", parent);
	rest(ms, ms);
	if (getppid() != parent)
		say("has parent %d", getppid());
	say("ends");
	return 7;
}

static int be_first_to_end(void)
{
	name_me("parent", 1);
	start(be_child);
	rest(life / 2, life / 2);
	say("ends");
	return 0;
}

static void give_signal(pid_t child, int number, const char *name)
{
	say("sends %s", name);
	kill(child, number);
	rest(life, life);
}

static void ask_for(pid_t child)
{
	int status;

	say("asks for child %d", child);
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		say("hears of signal %d", WTERMSIG(status));
	else
		say("hears of status %d", WEXITSTATUS(status));
	rest(life, life);
}

int main(int argc, char **argv)
{
	pid_t child;

	knobs_read(argc, argv, "A process has a child, and one of them ends first.", knobs);
	name_me(play == ORPHAN ? "grandparent" : "parent", 0);
	child = start(play == ORPHAN ? be_first_to_end : be_child);
	if (play == STOP) {
		rest(life / 2, life / 2);
		give_signal(child, SIGSTOP, "SIGSTOP");
		give_signal(child, SIGCONT, "SIGCONT");
		give_signal(child, SIGTERM, "SIGTERM");
	}
	if (play == ZOMBIE) /* the child ends meanwhile, and nobody asks for it */
		rest(2 * life, 2 * life);
	ask_for(child);
	return 0;
}
