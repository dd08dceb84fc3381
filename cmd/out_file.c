/* SPDX-License-Identifier: GPL-2.0-only */
/* The file an export or a report goes to. */
#include "cmd/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "base/xalloc.h"

static const int ending_signals[] = { SIGHUP, SIGINT, SIGTERM };

enum { UNFINISHED_MAX = 8 };

/* What a signal interrupts is nothing whole: those that are being written. */
static const char *volatile unfinished[UNFINISHED_MAX];

/* Put @to where @from is; there is no more open at once than there are places. */
static void replace_unfinished(const char *from, const char *to)
{
	for (int i = 0; i < UNFINISHED_MAX; i++) {
		if (unfinished[i] != from)
			continue;
		unfinished[i] = to;
		return;
	}
}

static void remove_unfinished(int sig)
{
	for (int i = 0; i < UNFINISHED_MAX; i++)
		if (unfinished[i])
			unlink(unfinished[i]);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void watch_signals(void)
{
	struct sigaction act = { .sa_handler = remove_unfinished };

	for (size_t i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++) {
		struct sigaction before;

		sigaction(ending_signals[i], NULL, &before);
		if (before.sa_handler == SIG_DFL)
			sigaction(ending_signals[i], &act, NULL);
	}
}

static bool is_same_file(const struct stat *st, const char *path)
{
	struct stat other;

	return path && !stat(path, &other) && st->st_dev == other.st_dev &&
	       st->st_ino == other.st_ino;
}

/* A signal waits while it is not known yet what there is to be removed. */
static void hold_signals(bool hold)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++)
		sigaddset(&set, ending_signals[i]);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* May what is at @path be replaced? 0, or -EEXIST, logged. */
static int check_existing(const char *path, bool overwrite, const struct stat *st,
			  const char *source)
{
	if (is_same_file(st, source))
		log_err("%s is the trace itself", path);
	else if (!S_ISREG(st->st_mode))
		log_err("%s is not a regular file and is left alone", path);
	else if (!overwrite)
		log_err("%s is there already; --overwrite replaces a file", path);
	else
		return 0;
	return -EEXIST;
}

/* Beside the file that is to be replaced, and with the rights that a new file would have. */
static int create_beside(const char *path, char **ret)
{
	struct strbuf name = {};
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	strbuf_addf(&name, "%s.XXXXXX", path);
	fd = mkostemp(name.data, O_CLOEXEC);
	if (fd < 0) {
		strbuf_release(&name);
		return -1;
	}
	fchmod(fd, 0666 & ~mask);
	*ret = name.data;
	return fd;
}

static int create_file(const char *path, bool overwrite, const char *source, struct out_file *ret)
{
	struct out_file f = {};
	struct stat st;
	int fd;

	if (lstat(path, &st)) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		f.created = fd < 0 ? NULL : xstrdup(path);
	} else if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)) {
		hold_signals(false); /* nobody may come to read, and nothing is created */
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} else {
		if (check_existing(path, overwrite, &st, source))
			return -EEXIST;
		fd = create_beside(path, &f.created);
	}
	if (fd < 0) {
		log_err("cannot create %s: %m", path);
		return -errno;
	}
	f.out.fd = fd;
	f.path = path;
	if (f.created)
		replace_unfinished(NULL, f.created);
	*ret = f;
	return 0;
}

/* /dev/stdout is one of its names. */
static bool is_standard_output(const char *path)
{
	struct stat st;

	return !path || !strcmp(path, "-") ||
	       (!fstat(STDOUT_FILENO, &st) && is_same_file(&st, path));
}

int out_file_open(const char *path, bool overwrite, const char *source, struct out_file *ret)
{
	int err;

	/* A reader that has enough, and a limit that is reached, are told and not died of. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	*ret = (struct out_file){ .out.fd = STDOUT_FILENO };
	if (is_standard_output(path))
		return 0;
	watch_signals();
	hold_signals(true);
	err = create_file(path, overwrite, source, ret);
	hold_signals(false);
	return err;
}

int out_file_close(struct out_file *f, bool keep)
{
	int err = out_finish(&f->out);

	if (f->path && close(f->out.fd) && !err)
		err = -errno;
	if (!err && keep && f->created && strcmp(f->created, f->path) &&
	    rename(f->created, f->path))
		err = -errno;
	if (err)
		log_err("cannot write %s: %s", f->path ? f->path : "standard output",
			strerror(-err));
	if (f->created && (err || !keep))
		unlink(f->created);
	if (f->created)
		replace_unfinished(f->created, NULL);
	free(f->created);
	return err;
}
