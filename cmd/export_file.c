/* SPDX-License-Identifier: GPL-2.0-only */
/* The file an export goes to. */
#include "cmd/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static const int ending_signals[] = { SIGHUP, SIGINT, SIGTERM };

/* What a signal interrupts is no export: set while a file is being written. */
static const char *volatile unfinished;

static void remove_unfinished(int sig)
{
	if (unfinished)
		unlink(unfinished);
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

	return !stat(path, &other) && st->st_dev == other.st_dev && st->st_ino == other.st_ino;
}

/* Something is at @path: may it be replaced or written to? */
static int open_existing(const char *path, bool overwrite, const struct stat *st,
			 const char *source)
{
	if (is_same_file(st, source)) {
		log_err("%s is the trace itself", path);
		return -EEXIST;
	}
	if (S_ISFIFO(st->st_mode) || S_ISCHR(st->st_mode))
		return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (!S_ISREG(st->st_mode))
		log_err("%s is not a regular file and is left alone", path);
	else if (!overwrite)
		log_err("%s is there already; --overwrite replaces a file", path);
	else if (!unlink(path))
		return -1;
	return -EEXIST;
}

int export_file_open(const char *path, bool overwrite, const char *source, struct export_file *ret)
{
	struct export_file f = { .out.fd = STDOUT_FILENO };
	struct stat st;
	int fd = -1;

	/* A reader that has enough, and a limit that is reached, are told and not died of. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	*ret = f;
	if (!path || !strcmp(path, "-"))
		return 0;
	if (!lstat(path, &st)) {
		fd = open_existing(path, overwrite, &st, source);
		if (fd == -EEXIST)
			return fd;
	}
	if (fd < 0) {
		watch_signals();
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		f.is_ours = fd >= 0;
	}
	if (fd < 0) {
		log_err("cannot create %s: %m", path);
		return -errno;
	}
	f.out.fd = fd;
	f.path = path;
	if (f.is_ours)
		unfinished = path;
	*ret = f;
	return 0;
}

int export_file_close(struct export_file *f, bool keep)
{
	int err = out_finish(&f->out);

	if (f->path && close(f->out.fd) && !err)
		err = -errno;
	if (err)
		log_err("cannot write %s: %s", f->path ? f->path : "the export", strerror(-err));
	if (f->is_ours && (err || !keep))
		unlink(f->path);
	unfinished = NULL;
	return err;
}
