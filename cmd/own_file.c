/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that the user asks for with a key: new ones in the current directory. */
#include "cmd/own_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { FILE_CNT_MAX = 9999 };

void own_file_name(const char *path, char ret[OWN_NAME_MAX])
{
	const char *base = strrchr(path, '/');
	size_t len = 0;

	for (base = base ? base + 1 : path; *base && len + 1 < OWN_NAME_MAX; base++)
		ret[len++] = isalnum((unsigned char)*base) || strchr("._-", *base) ? *base : '_';
	ret[len] = '\0';
}

int own_file_create(const char *prefix, const char *name, const char *ext,
		    char ret_file[OWN_FILE_MAX])
{
	for (int i = 1; i <= FILE_CNT_MAX; i++) {
		int fd;

		snprintf(ret_file, OWN_FILE_MAX, "%s-%s-%d.%s", prefix, name, i, ext);
		fd = open(ret_file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
			  0600);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}
