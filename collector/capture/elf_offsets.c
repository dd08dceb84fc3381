/* SPDX-License-Identifier: GPL-2.0-only */
/* Where functions are in an ELF file. Every byte is untrusted. */
#include "capture/elf_offsets.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_MAX = 256 << 20 }; /* bytes: more than the names of any program there is */

struct elf_part {
	struct elf_part *next;
	__u64 off, len;
	__u64 bytes[];
};

static bool read_all(int fd, void *buf, __u64 len, __u64 off)
{
	for (__u64 done = 0; done < len;) {
		ssize_t got = pread(fd, (char *)buf + done, len - done, off + done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += got;
	}
	return true;
}

/* cnt things of sz bytes at off, until the file is closed; or NULL when they are not all in it. */
static const void *part(struct elf_file *f, __u64 off, __u64 cnt, size_t sz)
{
	__u64 len = cnt * sz;
	struct elf_part *p;

	if (off > f->sz || cnt > (f->sz - off) / sz || len > PART_MAX)
		return NULL;
	for (p = f->parts; p; p = p->next)
		if (p->off == off && p->len == len)
			return p->bytes;
	p = malloc(sizeof(*p) + len);
	if (!p || !read_all(f->fd, p->bytes, len, off)) {
		free(p);
		return NULL;
	}
	p->off = off;
	p->len = len;
	p->next = f->parts;
	f->parts = p;
	return p->bytes;
}

static const Elf64_Ehdr *header(struct elf_file *f)
{
	return part(f, 0, 1, sizeof(Elf64_Ehdr));
}

static const Elf64_Phdr *segments(struct elf_file *f, size_t *ret_cnt)
{
	const Elf64_Ehdr *eh = header(f);
	const Elf64_Phdr *ph = part(f, eh->e_phoff, eh->e_phnum, sizeof(*ph));

	*ret_cnt = ph && eh->e_phentsize == sizeof(*ph) ? eh->e_phnum : 0;
	return ph;
}

/* The header, which is kept: header() does not fail any more. */
static int check(struct elf_file *f)
{
	const Elf64_Ehdr *eh;
	struct stat st;

	if (fstat(f->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOEXEC;
	f->sz = st.st_size;
	eh = header(f);
	return eh && !memcmp(eh->e_ident, ELFMAG, SELFMAG) && eh->e_ident[EI_CLASS] == ELFCLASS64
		       ? 0
		       : -ENOEXEC;
}

int elf_file_open(const char *path, struct elf_file *ret)
{
	struct elf_file f = { .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) };
	int err;

	if (f.fd < 0)
		return -errno;
	err = check(&f);
	if (err)
		elf_file_close(&f);
	else
		*ret = f;
	return err;
}

void elf_file_close(struct elf_file *f)
{
	for (struct elf_part *p = f->parts, *next; p; p = next) {
		next = p->next;
		free(p);
	}
	f->parts = NULL;
	close(f->fd);
}

static bool offset_of(struct elf_file *f, __u64 address, __u64 *ret)
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
static const Elf64_Half *versions_of(struct elf_file *f, const Elf64_Shdr *sh, size_t table)
{
	for (size_t i = 0; i < header(f)->e_shnum; i++)
		if (sh[i].sh_type == SHT_GNU_versym && sh[i].sh_link == table)
			return part(f, sh[i].sh_offset, sh[table].sh_size / sizeof(Elf64_Sym),
				    sizeof(Elf64_Half));
	return NULL;
}

/* Of several versions of a function the one that programs are linked with today. */
static bool find_in(struct elf_file *f, const Elf64_Shdr *sh, size_t table, const char *name,
		    __u64 *ret)
{
	const Elf64_Shdr *names = &sh[sh[table].sh_link];
	const Elf64_Half *versions = versions_of(f, sh, table);
	size_t cnt = sh[table].sh_size / sizeof(Elf64_Sym), len = strlen(name) + 1;
	const Elf64_Sym *sym = part(f, sh[table].sh_offset, cnt, sizeof(*sym));
	const char *text = part(f, names->sh_offset, names->sh_size, 1);

	for (size_t i = 0; sym && text && i < cnt; i++) {
		__u64 at = sym[i].st_name;

		if (ELF64_ST_TYPE(sym[i].st_info) != STT_FUNC || !sym[i].st_value ||
		    at > names->sh_size || names->sh_size - at < len ||
		    memcmp(text + at, name, len) || (versions && versions[i] & VERSION_HIDDEN))
			continue;
		return offset_of(f, sym[i].st_value, ret);
	}
	return false;
}

bool elf_file_find(struct elf_file *f, const char *name, __u64 *ret)
{
	const Elf64_Ehdr *eh = header(f);
	const Elf64_Shdr *sh = part(f, eh->e_shoff, eh->e_shnum, sizeof(*sh));

	for (size_t i = 0; sh && i < eh->e_shnum; i++)
		if ((sh[i].sh_type == SHT_DYNSYM || sh[i].sh_type == SHT_SYMTAB) &&
		    sh[i].sh_link < eh->e_shnum && find_in(f, sh, i, name, ret))
			return true;
	return false;
}

const char *elf_file_linker(struct elf_file *f)
{
	size_t cnt;
	const Elf64_Phdr *ph = segments(f, &cnt);

	for (size_t i = 0; i < cnt; i++) {
		const char *path;

		if (ph[i].p_type != PT_INTERP || !ph[i].p_filesz)
			continue;
		path = part(f, ph[i].p_offset, ph[i].p_filesz, 1);
		if (path && !path[ph[i].p_filesz - 1])
			return path;
	}
	return "";
}
