/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of C++ and Rust functions as people write them. */
#ifndef CTRACE_INSPECT_DEMANGLE_H
#define CTRACE_INSPECT_DEMANGLE_H

#include "base/strbuf.h"

enum {
	DEMANGLE_IN_MAX = 4096, /* bytes of a name that are tried at all */
	DEMANGLE_OUT_MAX = 100, /* a longer result has its template arguments left out */
};

/* Append name without parameter list and the like; a name of C as it is. */
void demangle(const char *name, struct strbuf *ret);

#endif
