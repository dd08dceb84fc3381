/* SPDX-License-Identifier: GPL-2.0-only */
/* Where functions are in an ELF file: libbpf 1.1 takes two versions of one for an ambiguity. */
#ifndef CTRACE_CAPTURE_ELF_OFFSETS_H
#define CTRACE_CAPTURE_ELF_OFFSETS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct elf_part;

struct elf_file {
	int fd;
	__u64 sz;
	struct elf_part *parts; /* that were read, the last one first */
};

/*
 * Open a 64-bit ELF file; nothing in it is believed, nor that it stays as it is: it is read and not
 * mapped, for who cuts off a mapped file kills who looks at it. 0 and *ret, to be closed; or
 * -errno.
 */
int elf_file_open(const char *path, struct elf_file *ret);
void elf_file_close(struct elf_file *f);

/* The offset in the file of the function that is called name, by its symbols. */
bool elf_file_find(struct elf_file *f, const char *name, __u64 *ret);

/*
 * The dynamic linker that it asks for, as long as the file is open; "": it asks for none, it is
 * linked statically.
 */
const char *elf_file_linker(struct elf_file *f);

#endif /* CTRACE_CAPTURE_ELF_OFFSETS_H */
