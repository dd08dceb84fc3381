/* SPDX-License-Identifier: GPL-2.0-only */
/* A string that grows while it is written. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

/* Zero-initialised is valid and empty: data is NULL until the first add, then ends in NUL. */
struct strbuf {
	char *data;
	size_t len; /* without the NUL */
	size_t cap;
};

void strbuf_addf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));
void strbuf_adds(struct strbuf *sb, const char *str);
void strbuf_addch(struct strbuf *sb, char ch);

/* Append @len bytes of any kind; @mem may be NULL when @len is 0, and must not lie in @sb. */
void strbuf_add(struct strbuf *sb, const void *mem, size_t len);

/* Never NULL; the pointer holds until the next add or release. */
const char *strbuf_str(const struct strbuf *sb);

/* Empty it, keep the memory. */
void strbuf_reset(struct strbuf *sb);

/* Give the memory back; the buffer is empty and may be used again. */
void strbuf_release(struct strbuf *sb);

#endif
