/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole writes and whole small files. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int write_all(int fd, const void *buf, size_t len)
{
	const char *pos = buf;

	while (len) {
		ssize_t n = write(fd, pos, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		/* Nothing written and no reason given would repeat for ever. */
		if (n == 0)
			return -EIO;
		pos += n;
		len -= n;
	}
	return 0;
}

/* Until the end of the file or @sz bytes; the bytes read, or -errno. */
static ssize_t read_some(int fd, char *buf, size_t sz)
{
	size_t len = 0;

	while (len < sz) {
		ssize_t n = read(fd, buf + len, sz - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += n;
	}
	return len;
}

/* The byte of @buf kept for the NUL also shows whether the file goes on. */
int read_file(const char *path, char *buf, size_t sz, size_t *ret_len)
{
	ssize_t len;
	int fd;

	if (!sz)
		return -EINVAL;
	buf[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	len = read_some(fd, buf, sz);
	close(fd);
	if (len < 0) {
		buf[0] = '\0';
		return len;
	}
	if ((size_t)len == sz) {
		buf[sz - 1] = '\0';
		return -EFBIG;
	}
	buf[len] = '\0';
	if (ret_len)
		*ret_len = len;
	return 0;
}
