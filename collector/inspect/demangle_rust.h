/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of Rust functions as its compiler writes them since 2019: "_RNvC5crate4main". */
#ifndef CTRACE_INSPECT_DEMANGLE_RUST_H
#define CTRACE_INSPECT_DEMANGLE_RUST_H

#include <stdbool.h>
#include "base/strbuf.h"

/*
 * Append the path that name, len bytes, stands for: "crate::Type<u8>::method", without lifetimes
 * and numbers of crates; when not with_args: "crate::Type::method". false: it is no such name, or
 * one of more than some 10 000 steps or 1000 bytes of path; then nothing is appended.
 */
bool demangle_rust(const char *name, size_t len, bool with_args, struct strbuf *ret);

#endif
