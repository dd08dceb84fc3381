/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256, for the one who needs it: a page that names the only script it may run. */
#ifndef CTRACE_EXPORT_SHA256_H
#define CTRACE_EXPORT_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SZ = 32 };

/* FIPS 180-4, section 6.2. */
void sha256(const void *bytes, size_t len, uint8_t ret[SHA256_SZ]);

#endif /* CTRACE_EXPORT_SHA256_H */
