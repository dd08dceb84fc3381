/* SPDX-License-Identifier: GPL-2.0-only */
/* An ELF file put together from the segments that are mapped. Every byte is untrusted. */
#include "inspect/image.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PHDR_MAX = 64,
	NOTES_SZ_MAX = 4096,
	DYNAMIC_SZ_MAX = 64 << 10,
};

struct image {
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdrs[PHDR_MAX];
	__u64 bias;
};

bool build_id_equal(const struct build_id *a, const struct build_id *b)
{
	return a->len && a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/* What was added to the addresses of the file: the first page of it tells. */
static bool find_bias(const struct image *im, __u64 address, __u64 *ret)
{
	for (unsigned i = 0; i < im->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &im->phdrs[i];

		if (ph->p_type == PT_LOAD && ph->p_offset / MEMORY_PAGE_SZ == 0) {
			*ret = address - ph->p_vaddr + ph->p_offset;
			return *ret % MEMORY_PAGE_SZ == 0;
		}
	}
	return false;
}

static bool read_headers(struct memory *m, __u64 address, struct image *ret)
{
	Elf64_Ehdr *eh = &ret->ehdr;

	return memory_read(m, address, eh, sizeof(*eh)) && !memcmp(eh->e_ident, ELFMAG, SELFMAG) &&
	       eh->e_ident[EI_CLASS] == ELFCLASS64 && eh->e_phentsize == sizeof(Elf64_Phdr) &&
	       eh->e_phnum <= PHDR_MAX && eh->e_phoff < IMAGE_SZ_MAX &&
	       memory_read(m, address + eh->e_phoff, ret->phdrs,
			   eh->e_phnum * sizeof(Elf64_Phdr)) &&
	       find_bias(ret, address, &ret->bias);
}

static size_t align4(size_t sz)
{
	return (sz + 3) & ~(size_t)3;
}

static bool find_id(const __u8 *notes, size_t len, struct build_id *ret)
{
	size_t at = 0;

	while (len - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr nh;
		size_t name, desc;

		memcpy(&nh, notes + at, sizeof(nh));
		name = at + sizeof(nh);
		if (nh.n_namesz > len || nh.n_descsz > len)
			return false;
		desc = name + align4(nh.n_namesz);
		at = desc + align4(nh.n_descsz);
		if (at > len)
			return false;
		if (nh.n_type == NT_GNU_BUILD_ID && nh.n_namesz == 4 && nh.n_descsz &&
		    nh.n_descsz <= IMAGE_ID_MAX && !memcmp(notes + name, "GNU", 4)) {
			ret->len = nh.n_descsz;
			memcpy(ret->bytes, notes + desc, nh.n_descsz);
			return true;
		}
	}
	return false;
}

bool image_identify(struct memory *m, __u64 address, struct build_id *ret, __u64 *ret_bias)
{
	__u8 notes[NOTES_SZ_MAX];
	struct image im;

	if (!read_headers(m, address, &im))
		return false;
	*ret = (struct build_id){};
	*ret_bias = im.bias;
	for (unsigned i = 0; i < im.ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &im.phdrs[i];

		if (ph->p_type == PT_NOTE && ph->p_filesz <= sizeof(notes) &&
		    memory_read(m, im.bias + ph->p_vaddr, notes, ph->p_filesz) &&
		    find_id(notes, ph->p_filesz, ret))
			break;
	}
	return true;
}

static void copy_segment(struct memory *m, const struct image *im, const Elf64_Phdr *ph, int fd)
{
	__u8 page[MEMORY_PAGE_SZ];

	for (__u64 off = 0; off < ph->p_filesz; off += sizeof(page)) {
		__u64 len = ph->p_filesz - off;

		len = len < sizeof(page) ? len : sizeof(page);
		/* A hole stays a hole: what is not there is zeros. */
		if (memory_read(m, im->bias + ph->p_vaddr + off, page, len) &&
		    pwrite(fd, page, len, ph->p_offset + off) < 0)
			return;
	}
}

static bool is_pointer_tag(__s64 tag)
{
	switch (tag) {
	case DT_HASH:
	case DT_STRTAB:
	case DT_SYMTAB:
	case DT_GNU_HASH:
	case DT_VERSYM:
	case DT_VERDEF:
	case DT_VERNEED:
		return true;
	}
	return false;
}

/* The dynamic linker has made addresses of the process of those in its own table. */
static void unrelocate(struct memory *m, const struct image *im, const Elf64_Phdr *ph, int fd)
{
	Elf64_Dyn dyn;

	if (ph->p_filesz > DYNAMIC_SZ_MAX || ph->p_offset > IMAGE_SZ_MAX)
		return;
	for (__u64 off = 0; off + sizeof(dyn) <= ph->p_filesz; off += sizeof(dyn)) {
		if (!memory_read(m, im->bias + ph->p_vaddr + off, &dyn, sizeof(dyn)))
			return;
		if (!is_pointer_tag(dyn.d_tag) || dyn.d_un.d_ptr < im->bias)
			continue;
		dyn.d_un.d_ptr -= im->bias;
		if (pwrite(fd, &dyn, sizeof(dyn), ph->p_offset + off) < 0)
			return;
	}
}

/* Section headers lie behind all segments, but in the vdso. */
static void hide_sections(Elf64_Ehdr *eh, __u64 size)
{
	if (eh->e_shoff + (__u64)eh->e_shnum * eh->e_shentsize <= size && eh->e_shoff < size)
		return;
	eh->e_shoff = 0;
	eh->e_shnum = 0;
	eh->e_shstrndx = 0;
}

static int copy_segments(struct memory *m, struct image *im)
{
	int fd = memfd_create("image", MFD_CLOEXEC);
	__u64 size = 0, left = IMAGE_SZ_MAX;

	if (fd < 0)
		return -1;
	for (unsigned i = 0; i < im->ehdr.e_phnum; i++) {
		const Elf64_Phdr *ph = &im->phdrs[i];

		if (ph->p_type != PT_LOAD || ph->p_filesz > left || ph->p_offset > IMAGE_SZ_MAX)
			continue;
		left -= ph->p_filesz;
		copy_segment(m, im, ph, fd);
		if (size < ph->p_offset + ph->p_filesz)
			size = ph->p_offset + ph->p_filesz;
	}
	for (unsigned i = 0; i < im->ehdr.e_phnum; i++)
		if (im->phdrs[i].p_type == PT_DYNAMIC)
			unrelocate(m, im, &im->phdrs[i], fd);
	hide_sections(&im->ehdr, size);
	if (pwrite(fd, &im->ehdr, sizeof(im->ehdr), 0) != sizeof(im->ehdr)) {
		close(fd);
		return -1;
	}
	return fd;
}

int image_copy(struct memory *m, __u64 address)
{
	struct image im;

	return read_headers(m, address, &im) ? copy_segments(m, &im) : -1;
}
