/* SPDX-License-Identifier: GPL-2.0-only */
/* Line by line: that of the groups may be as long as somebody has groups, 65 536. */
#include "inspect/process_status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int process_status_parse(FILE *f, const char *name, char *ret, size_t sz)
{
	size_t name_len = strlen(name), line_sz = 0;
	char *line = NULL;
	int err = -EPROTO;

	while (err && getline(&line, &line_sz, f) > 0) {
		if (strncmp(line, name, name_len) != 0 || line[name_len] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(ret, sz, "%s", line + name_len + 1);
		err = 0;
	}
	free(line);
	return err;
}

int process_status_read(__u32 pid, const char *name, char *ret, size_t sz)
{
	char path[32];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	err = process_status_parse(f, name, ret, sz);
	fclose(f);
	return err;
}
