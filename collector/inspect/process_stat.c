/* SPDX-License-Identifier: GPL-2.0-only */
/* "812 (name, which may hold anything) S 1 ..." */
#include "inspect/process_stat.h"

#include <stdio.h>
#include <string.h>
#include "base/io.h"

static const char *state_word(char letter)
{
	switch (letter) {
	case 'R':
		return "running";
	case 'S':
		return "sleeping";
	case 'D':
		return "in disk sleep";
	case 'T':
		return "stopped";
	case 't':
		return "stopped by a debugger";
	case 'Z':
	case 'X':
		return "ended";
	}
	return "in a state of its own";
}

bool process_stat_parse(const char *text, struct process_stat *ret)
{
	const char *begin = strchr(text, '('), *end = strrchr(text, ')');

	if (!begin || !end || end < begin || end[1] != ' ')
		return false;
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(end - begin - 1), begin + 1);
	ret->state = state_word(end[2]);
	return true;
}

bool process_stat_read(__u32 pid, struct process_stat *ret)
{
	char path[32], text[1024];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	return !read_file(path, text, sizeof(text), &len) && process_stat_parse(text, ret);
}
