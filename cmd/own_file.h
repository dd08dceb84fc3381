/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that the user asks for with a key: new ones in the current directory. */
#ifndef CTRACE_OWN_FILE_H
#define CTRACE_OWN_FILE_H

enum { OWN_NAME_MAX = 48, OWN_FILE_MAX = OWN_NAME_MAX + 32 };

/*
 * The name of the program or file at path, which may hold any byte, in letters that need no
 * quotes in a shell; it hides no file and climbs nowhere.
 */
void own_file_name(const char *path, char ret[OWN_NAME_MAX]);

/*
 * Create PREFIX-NAME-1.EXT, or with the next number that is free, for its owner alone: a
 * descriptor to read and write, or -errno. What is there already stays as it is, also behind
 * a link. ret_file is the name that was tried last.
 */
int own_file_create(const char *prefix, const char *name, const char *ext,
		    char ret_file[OWN_FILE_MAX]);

#endif /* CTRACE_OWN_FILE_H */
