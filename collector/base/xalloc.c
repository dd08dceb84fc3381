/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation that never returns NULL: without memory the process ends, tidily. */
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

static void (*exit_handler)(void);

void xalloc_set_handler(void (*fn)(void))
{
	__atomic_store_n(&exit_handler, fn, __ATOMIC_RELEASE);
}

/*
 * _exit, because exit handlers and stdio would allocate again. The handler is
 * taken before it runs, so that it runs once even if it needs memory itself.
 */
static _Noreturn void out_of_memory(void)
{
	static const char msg[] = "ctrace: out of memory\n";
	void (*fn)(void) = __atomic_exchange_n(&exit_handler, NULL, __ATOMIC_ACQ_REL);

	if (fn)
		fn();
	write_all(STDERR_FILENO, msg, sizeof(msg) - 1);
	_exit(XALLOC_EXIT_STATUS);
}

static size_t size_product(size_t cnt, size_t sz)
{
	size_t product;

	if (__builtin_mul_overflow(cnt, sz, &product))
		out_of_memory();
	return product;
}

void *xrealloc(void *ptr, size_t sz)
{
	/* realloc(ptr, 0) would free and return NULL. */
	ptr = realloc(ptr, sz ? sz : 1);
	if (!ptr)
		out_of_memory();
	return ptr;
}

void *xmalloc(size_t sz)
{
	return xrealloc(NULL, sz);
}

void *xcalloc(size_t cnt, size_t sz)
{
	size_t product = size_product(cnt, sz);
	/* Not malloc and memset: large fresh mappings are zero already. */
	void *ptr = calloc(1, product ? product : 1);

	if (!ptr)
		out_of_memory();
	return ptr;
}

void *xreallocarray(void *ptr, size_t cnt, size_t sz)
{
	return xrealloc(ptr, size_product(cnt, sz));
}

void *xmemdup(const void *src, size_t sz)
{
	void *copy = xmalloc(sz);

	if (sz)
		memcpy(copy, src, sz);
	return copy;
}

char *xstrdup(const char *str)
{
	return xmemdup(str, strlen(str) + 1);
}
