/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation that never returns NULL: without memory the process ends, tidily. */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

#include <stddef.h>

#define XALLOC_EXIT_STATUS 125

/*
 * @fn runs once, before the message "ctrace: out of memory" goes to stderr and
 * the process leaves by _exit(XALLOC_EXIT_STATUS). It gives the terminal back
 * and must not allocate. NULL: nothing to do.
 */
void xalloc_set_handler(void (*fn)(void));

/*
 * As malloc, calloc, realloc, reallocarray, strdup: the caller owns the result
 * and gives it to free(). Size 0 yields a valid pointer too; a product that
 * overflows counts as out of memory.
 */
void *xmalloc(size_t sz) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *xcalloc(size_t cnt, size_t sz) __attribute__((malloc, returns_nonnull, alloc_size(1, 2)));
void *xrealloc(void *ptr, size_t sz) __attribute__((returns_nonnull, alloc_size(2)));
void *xreallocarray(void *ptr, size_t cnt, size_t sz)
	__attribute__((returns_nonnull, alloc_size(2, 3)));
char *xstrdup(const char *str) __attribute__((malloc, returns_nonnull));

/* A copy of the @sz bytes at @src, which may be NULL when @sz is 0. */
void *xmemdup(const void *src, size_t sz) __attribute__((malloc, returns_nonnull));

#endif
