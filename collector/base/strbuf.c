/* SPDX-License-Identifier: GPL-2.0-only */
/* A string that grows while it is written. */
#include "base/strbuf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define STRBUF_MIN_CAP 64

/* Room for @len more bytes and the NUL. */
static void strbuf_grow(struct strbuf *sb, size_t len)
{
	size_t cap = sb->cap * 2;
	size_t need;

	/* A sum beyond size_t asks for more than any allocator has, which ends the process. */
	if (__builtin_add_overflow(sb->len + 1, len, &need))
		need = SIZE_MAX;
	if (need <= sb->cap)
		return;
	if (cap < STRBUF_MIN_CAP)
		cap = STRBUF_MIN_CAP;
	if (cap < need)
		cap = need;
	sb->data = xrealloc(sb->data, cap);
	sb->cap = cap;
}

void strbuf_add(struct strbuf *sb, const void *mem, size_t len)
{
	strbuf_grow(sb, len);
	if (len)
		memcpy(sb->data + sb->len, mem, len);
	sb->len += len;
	sb->data[sb->len] = '\0';
}

void strbuf_adds(struct strbuf *sb, const char *str)
{
	strbuf_add(sb, str, strlen(str));
}

void strbuf_addch(struct strbuf *sb, char ch)
{
	strbuf_add(sb, &ch, 1);
}

/* Formats into the room there is; only what does not fit is formatted twice. */
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list args)
{
	int saved_errno = errno; /* what %m prints, both times */
	va_list again;
	int len;

	strbuf_grow(sb, 0);
	va_copy(again, args);
	errno = saved_errno;
	len = vsnprintf(sb->data + sb->len, sb->cap - sb->len, fmt, args);
	if (len > 0 && (size_t)len >= sb->cap - sb->len) {
		strbuf_grow(sb, len);
		errno = saved_errno;
		len = vsnprintf(sb->data + sb->len, sb->cap - sb->len, fmt, again);
	}
	va_end(again);
	if (len > 0)
		sb->len += len;
	sb->data[sb->len] = '\0';
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	strbuf_vaddf(sb, fmt, args);
	va_end(args);
}

const char *strbuf_str(const struct strbuf *sb)
{
	return sb->data ? sb->data : "";
}

void strbuf_reset(struct strbuf *sb)
{
	sb->len = 0;
	if (sb->data)
		sb->data[0] = '\0';
}

void strbuf_release(struct strbuf *sb)
{
	free(sb->data);
	*sb = (struct strbuf){};
}
