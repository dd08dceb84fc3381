/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole writes and whole small files. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stddef.h>

/*
 * Write all @len bytes, through interruptions and short writes. Returns 0 or -errno;
 * on failure a beginning may have been written.
 */
int write_all(int fd, const void *buf, size_t len);

/*
 * Read the file at @path (made for /proc) into @buf, NUL-terminated. Returns 0 and in
 * *@ret_len, which may be NULL, the bytes without that NUL; or -errno. A file that does
 * not fit gives -EFBIG, and @buf then holds its first @sz - 1 bytes; after any other
 * error @buf is "".
 */
int read_file(const char *path, char *buf, size_t sz, size_t *ret_len);

#endif
