/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace demo: the bundled lessons, listed or shown. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/safe_text.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "cmd/exit_status.h"
#include "cmd/options.h"

enum { HELP_SZ = 2048, HELP_WAIT_MS = 2000 };

struct lessons {
	char dir[PATH_MAX];
	VEC(char *) names; /* sorted */
};

extern char **environ;

/* Beside the binary where it was built, else where it is installed. */
static const char *const places[] = { "workloads", "../lib/ctrace/workloads" };

static bool find_dir(char dir[PATH_MAX])
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len <= 0)
		return false;
	exe[len] = '\0';
	*strrchr(exe, '/') = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (snprintf(dir, PATH_MAX, "%s/%s", exe, places[i]) < PATH_MAX &&
		    !access(dir, X_OK))
			return true;
	}
	return false;
}

/* For strbuf_release(). */
static struct strbuf path_of(const struct lessons *l, const char *name)
{
	struct strbuf path = {};

	strbuf_addf(&path, "%s/%s", l->dir, name);
	return path;
}

static bool is_lesson(const struct lessons *l, const char *name)
{
	struct strbuf path = path_of(l, name);
	bool is = !strchr(name, '.') && !access(strbuf_str(&path), X_OK);

	strbuf_release(&path);
	return is;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_names(struct lessons *l)
{
	DIR *dir = opendir(l->dir);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (is_lesson(l, entry->d_name))
			vec_push(&l->names, xstrdup(entry->d_name));
	if (dir)
		closedir(dir);
	if (l->names.cnt)
		qsort(l->names.items, l->names.cnt, sizeof(l->names.items[0]), compare_names);
}

static int lessons_find(struct lessons *ret)
{
	*ret = (struct lessons){};
	if (find_dir(ret->dir))
		list_names(ret);
	if (ret->names.cnt)
		return 0;
	log_err("the lessons are not installed beside this binary: make all, or make install");
	return EXIT_CTRACE_FAILED;
}

static void lessons_release(struct lessons *l)
{
	vec_for_each(name, &l->names)
		free(*name);
	vec_release(&l->names);
}

/* What the lesson prints when it is asked for help; "" when it does not answer. */
static void ask_for_help(const char *path, char help[HELP_SZ])
{
	char *argv[] = { (char *)path, "--help", NULL };
	posix_spawn_file_actions_t actions;
	size_t len = 0;
	ssize_t got;
	int fds[2];
	pid_t pid;

	*help = '\0';
	if (pipe2(fds, O_CLOEXEC) < 0)
		return;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	if (!posix_spawn(&pid, path, &actions, NULL, argv, environ)) {
		struct pollfd pfd = { .fd = fds[0], .events = POLLIN };

		close(fds[1]);
		while (len < HELP_SZ - 1 && poll(&pfd, 1, HELP_WAIT_MS) == 1 &&
		       (got = read(fds[0], help + len, HELP_SZ - 1 - len)) > 0)
			len += got;
		kill(pid, SIGKILL); /* it has answered, or never will */
		waitpid(pid, NULL, 0);
	} else {
		close(fds[1]);
	}
	help[len] = '\0';
	close(fds[0]);
	posix_spawn_file_actions_destroy(&actions);
}

/* The first line behind the usage, whose further lines are indented; "" when there is none. */
static const char *find_sentence(char *help)
{
	while (!strncmp(help, "usage:", 6) || *help == ' ' || *help == '\n') {
		help += strcspn(help, "\n");
		help += *help == '\n';
	}
	help[strcspn(help, "\n")] = '\0';
	safe_text(help, strlen(help) + 1, help, strlen(help));
	return help;
}

static void print_lesson(const struct lessons *l, const char *name)
{
	struct strbuf path = path_of(l, name);
	char help[HELP_SZ];

	ask_for_help(strbuf_str(&path), help);
	printf("  %-10s %s\n", name, find_sentence(help));
	strbuf_release(&path);
}

static int print_list(const struct lessons *l)
{
	vec_for_each(name, &l->names)
		print_lesson(l, *name);
	printf("\nctrace demo NAME [OPTIONS] shows one, %s/NAME --help tells its options.\n",
	       l->dir);
	return EXIT_SUCCESS;
}

static bool has_name(const struct lessons *l, const char *want)
{
	vec_for_each(name, &l->names)
		if (!strcmp(*name, want))
			return true;
	return false;
}

static int show(const struct lessons *l, const struct options *opts,
		const struct launch_inherited *inherited)
{
	struct options live = *opts;
	struct strbuf path = {};
	size_t cnt = 0;
	char **argv;
	int status;

	if (!has_name(l, opts->argv[0])) {
		log_err("no lesson is called %s; ctrace demo lists them", opts->argv[0]);
		return EXIT_USAGE;
	}
	while (opts->argv[cnt])
		cnt++;
	argv = xmemdup(opts->argv, (cnt + 1) * sizeof(*argv));
	path = path_of(l, opts->argv[0]);
	argv[0] = path.data;
	live.argv = argv;
	status = cmd_live(&live, inherited);
	free(argv);
	strbuf_release(&path);
	return status;
}

int cmd_demo(const struct options *opts, const struct launch_inherited *inherited)
{
	struct lessons l;
	int status = lessons_find(&l);

	if (!status)
		status = opts->argv[0] ? show(&l, opts, inherited) : print_list(&l);
	lessons_release(&l);
	return status;
}
