/* SPDX-License-Identifier: GPL-2.0-only */
/* What a descriptor is, in words. */
#ifndef CTRACE_INSPECT_FILE_WORDS_H
#define CTRACE_INSPECT_FILE_WORDS_H

#include "base/strbuf.h"
#include "inspect/open_files.h"

/*
 * Append "pipe:[4711] (read end)", "unix socket 4712 > 4713, peer pid 812", "tcp 127.0.0.1:5000 >
 * 127.0.0.1:8080", "eventfd:[17]", "/dev/pts/3". Unsafe: paths are what others chose.
 */
void file_words_add(const struct open_files *of, const struct probe_file *f, struct strbuf *ret);

/* Of the fdinfo of an inotify: " on inode 4711 of device 8:1, inode 2 of device 8:1 and 2 more". */
void file_words_add_watches(const char *text, struct strbuf *ret);

/* Of the fdinfo of an eventfd: "eventfd:[17]"; "eventfd" where that does not tell its number. */
void file_words_add_eventfd(const char *fdinfo, struct strbuf *ret);

/* The word for a kind: "eventfd". */
const char *file_kind_word(enum file_kind kind);

#endif
