/* SPDX-License-Identifier: GPL-2.0-only */
/* An ELF file as it lies in the memory of a process. */
#ifndef CTRACE_INSPECT_IMAGE_H
#define CTRACE_INSPECT_IMAGE_H

#include "inspect/memory.h"

enum {
	IMAGE_SZ_MAX = 64 << 20, /* of what is copied */
	IMAGE_ID_MAX = 32,
};

/* What identifies the contents of an ELF file: NT_GNU_BUILD_ID. */
struct build_id {
	__u8 len; /* 0: there is none */
	__u8 bytes[IMAGE_ID_MAX];
};

bool build_id_equal(const struct build_id *a, const struct build_id *b);

/*
 * The build id of the file whose first page is mapped at address, and in *ret_bias what
 * was added to the addresses in it. False when there is no 64-bit ELF header.
 */
bool image_identify(struct memory *m, __u64 address, struct build_id *ret, __u64 *ret_bias);

/*
 * Copy what is mapped of it to a file in memory, for a file that was deleted or is none
 * (the vdso). A descriptor to be closed by the caller, or -1.
 */
int image_copy(struct memory *m, __u64 address);

#endif
