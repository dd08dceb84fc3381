/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frozen_mount FILE DIRECTORY - a file system whose server answers no more, like that of a
 * network that is gone. DIRECTORY shows FILE under the name "file"; after SIGUSR1 nobody who
 * asks for anything gets an answer, and what was read of it is forgotten.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { THE_FILE = 2, REQUEST_MAX = 1 << 18, FOREVER_S = 3600 };

static int dev_fd, file_fd;
static volatile sig_atomic_t is_frozen;

static void freeze(int sig)
{
	(void)sig;
	is_frozen = 1;
}

static void reply(__u64 unique, int error, const void *data, size_t len)
{
	struct fuse_out_header out = { .len = sizeof(out) + len, .error = error, .unique = unique };
	struct iovec iov[] = { { &out, sizeof(out) }, { (void *)data, len } };

	if (writev(dev_fd, iov, 2) < 0 && errno != ENOENT && errno != EINVAL)
		err(1, "reply");
}

static struct fuse_attr attr_of(__u64 node)
{
	struct stat st;

	if (node != THE_FILE)
		return (struct fuse_attr){ .ino = node, .mode = S_IFDIR | 0755, .nlink = 2 };
	fstat(file_fd, &st);
	return (struct fuse_attr){
		.ino = node, .mode = S_IFREG | 0755, .nlink = 1, .size = st.st_size
	};
}

static void do_lookup(const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out out = { .nodeid = THE_FILE,
				      .attr_valid = FOREVER_S,
				      .entry_valid = FOREVER_S };

	out.attr = attr_of(THE_FILE);
	if (strcmp(name, "file"))
		reply(in->unique, -ENOENT, NULL, 0);
	else
		reply(in->unique, 0, &out, sizeof(out));
}

static void do_init(const struct fuse_in_header *in, const struct fuse_init_in *init)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = init->max_readahead,
		.max_write = 4096,
	};

	reply(in->unique, 0, &out, sizeof(out));
}

static void do_read(const struct fuse_in_header *in, const struct fuse_read_in *want)
{
	static char data[REQUEST_MAX];
	size_t len = want->size < sizeof(data) ? want->size : sizeof(data);
	ssize_t got = pread(file_fd, data, len, want->offset);

	reply(in->unique, got < 0 ? -EIO : 0, data, got < 0 ? 0 : got);
}

static void serve(const struct fuse_in_header *in)
{
	struct fuse_attr_out attr = { .attr_valid = FOREVER_S, .attr = attr_of(in->nodeid) };
	struct fuse_open_out opened = {};

	if (in->opcode == FUSE_INIT)
		do_init(in, (const void *)(in + 1));
	else if (in->opcode == FUSE_LOOKUP)
		do_lookup(in, (const char *)(in + 1));
	else if (in->opcode == FUSE_GETATTR)
		reply(in->unique, 0, &attr, sizeof(attr));
	else if (in->opcode == FUSE_OPEN)
		reply(in->unique, 0, &opened, sizeof(opened));
	else if (in->opcode == FUSE_READ)
		do_read(in, (const void *)(in + 1));
	else if (in->opcode == FUSE_RELEASE)
		reply(in->unique, 0, NULL, 0);
	else if (in->opcode != FUSE_FORGET && in->opcode != FUSE_BATCH_FORGET)
		reply(in->unique, -ENOSYS, NULL, 0);
}

static void forget_pages(void)
{
	struct fuse_notify_inval_inode_out what = { .ino = THE_FILE };

	reply(0, FUSE_NOTIFY_INVAL_INODE, &what, sizeof(what));
}

int main(int argc, char *argv[])
{
	static char request[REQUEST_MAX] __attribute__((aligned(8)));
	struct sigaction act = { .sa_handler = freeze };
	char options[64];

	if (argc != 3)
		errx(2, "usage: frozen_mount FILE DIRECTORY");
	sigaction(SIGUSR1, &act, NULL);
	file_fd = open(argv[1], O_RDONLY);
	dev_fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (file_fd < 0 || dev_fd < 0)
		err(1, "open");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other",
		 dev_fd);
	if (mount("frozen", argv[2], "fuse.frozen", MS_NOSUID | MS_NODEV, options))
		err(1, "mount");
	puts("mounted");
	fflush(stdout);
	while (!is_frozen)
		if (read(dev_fd, request, sizeof(request)) > 0)
			serve((const void *)request);
		else if (errno != EINTR && errno != EAGAIN && errno != ENOENT)
			return 0; /* unmounted */
	forget_pages();
	puts("frozen");
	fflush(stdout);
	for (;;)
		pause();
}
