/* SPDX-License-Identifier: GPL-2.0-only */
/* Where functions are in an ELF file. Every byte is untrusted. */
#include "capture/elf_offsets.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* cnt things of sz bytes at off, or NULL when they are not all in the file, and aligned. */
static const void *part(const struct elf_file *f, __u64 off, __u64 cnt, size_t sz)
{
	size_t align = sz < _Alignof(__u64) ? sz : _Alignof(__u64);

	if (off > f->sz || cnt > (f->sz - off) / sz || off % align)
		return NULL;
	return f->bytes + off;
}

static const Elf64_Ehdr *header(const struct elf_file *f)
{
	return (const Elf64_Ehdr *)f->bytes;
}

static const Elf64_Phdr *segments(const struct elf_file *f, size_t *ret_cnt)
{
	const Elf64_Ehdr *eh = header(f);
	const Elf64_Phdr *ph = part(f, eh->e_phoff, eh->e_phnum, sizeof(*ph));

	*ret_cnt = ph && eh->e_phentsize == sizeof(*ph) ? eh->e_phnum : 0;
	return ph;
}

int elf_file_open(const char *path, struct elf_file *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err = 0;
	struct elf_file f = {};
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(Elf64_Ehdr))
		err = -ENOEXEC;
	if (!err) {
		f.sz = st.st_size;
		f.bytes = mmap(NULL, f.sz, PROT_READ, MAP_PRIVATE, fd, 0);
		err = f.bytes == MAP_FAILED ? -errno : 0;
	}
	close(fd);
	if (err)
		return err;
	if (memcmp(f.bytes, ELFMAG, SELFMAG) || f.bytes[EI_CLASS] != ELFCLASS64) {
		elf_file_close(&f);
		return -ENOEXEC;
	}
	*ret = f;
	return 0;
}

void elf_file_close(struct elf_file *f)
{
	munmap((void *)f->bytes, f->sz);
	f->bytes = NULL;
}

static bool offset_of(const struct elf_file *f, __u64 address, __u64 *ret)
{
	size_t cnt;
	const Elf64_Phdr *ph = segments(f, &cnt);

	for (size_t i = 0; i < cnt; i++) {
		if (ph[i].p_type != PT_LOAD || !(ph[i].p_flags & PF_X) || address < ph[i].p_vaddr ||
		    address - ph[i].p_vaddr >= ph[i].p_filesz)
			continue;
		*ret = address - ph[i].p_vaddr + ph[i].p_offset;
		return true;
	}
	return false;
}

enum { VERSION_HIDDEN = 0x8000 };

/* The versions of the symbols of section number table, or NULL. */
static const Elf64_Half *versions_of(const struct elf_file *f, const Elf64_Shdr *sh, size_t table)
{
	for (size_t i = 0; i < header(f)->e_shnum; i++)
		if (sh[i].sh_type == SHT_GNU_versym && sh[i].sh_link == table)
			return part(f, sh[i].sh_offset, sh[table].sh_size / sizeof(Elf64_Sym),
				    sizeof(Elf64_Half));
	return NULL;
}

/* Of several versions of a function the one that programs are linked with today. */
static bool find_in(const struct elf_file *f, const Elf64_Shdr *sh, size_t table, const char *name,
		    __u64 *ret)
{
	const Elf64_Shdr *names = &sh[sh[table].sh_link];
	const Elf64_Half *versions = versions_of(f, sh, table);
	size_t cnt = sh[table].sh_size / sizeof(Elf64_Sym), len = strlen(name) + 1;
	const Elf64_Sym *sym = part(f, sh[table].sh_offset, cnt, sizeof(*sym));

	for (size_t i = 0; sym && i < cnt; i++) {
		__u64 at = names->sh_offset + sym[i].st_name;

		if (ELF64_ST_TYPE(sym[i].st_info) != STT_FUNC || !sym[i].st_value ||
		    at < names->sh_offset || at > f->sz || f->sz - at < len ||
		    memcmp(f->bytes + at, name, len) || (versions && versions[i] & VERSION_HIDDEN))
			continue;
		return offset_of(f, sym[i].st_value, ret);
	}
	return false;
}

bool elf_file_find(const struct elf_file *f, const char *name, __u64 *ret)
{
	const Elf64_Ehdr *eh = header(f);
	const Elf64_Shdr *sh = part(f, eh->e_shoff, eh->e_shnum, sizeof(*sh));

	for (size_t i = 0; sh && i < eh->e_shnum; i++)
		if ((sh[i].sh_type == SHT_DYNSYM || sh[i].sh_type == SHT_SYMTAB) &&
		    sh[i].sh_link < eh->e_shnum && find_in(f, sh, i, name, ret))
			return true;
	return false;
}

const char *elf_file_linker(const struct elf_file *f)
{
	size_t cnt;
	const Elf64_Phdr *ph = segments(f, &cnt);

	for (size_t i = 0; i < cnt; i++) {
		if (ph[i].p_type != PT_INTERP || !ph[i].p_filesz || ph[i].p_offset > f->sz ||
		    ph[i].p_filesz > f->sz - ph[i].p_offset ||
		    f->bytes[ph[i].p_offset + ph[i].p_filesz - 1])
			continue;
		return (const char *)f->bytes + ph[i].p_offset;
	}
	return "";
}
