/* SPDX-License-Identifier: GPL-2.0-only */
/* One ELF file, opened through libdwfl as if it were mapped where it says itself. */
#include "inspect/object.h"

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Separate debug information is found by build id or link, both checked by libdwfl. */
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
};

static bool read_segments(struct object *o)
{
	size_t cnt;

	if (elf_getphdrnum(o->elf, &cnt))
		return false;
	for (size_t i = 0; i < cnt && o->segment_cnt < OBJECT_SEGMENT_MAX; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(o->elf, i, &ph) || ph.p_type != PT_LOAD)
			continue;
		o->segments[o->segment_cnt++] = (struct object_segment){
			.address = ph.p_vaddr,
			.size = ph.p_memsz,
			.off = ph.p_offset,
			.align = ph.p_align,
		};
	}
	return o->segment_cnt > 0;
}

static void read_id(struct object *o)
{
	const unsigned char *bytes;
	GElf_Addr address;
	int len = dwfl_module_build_id(o->mod, &bytes, &address);

	if (len <= 0 || len > IMAGE_ID_MAX)
		return;
	o->id.len = len;
	memcpy(o->id.bytes, bytes, len);
}

static bool is_for_this_machine(Elf *elf)
{
	GElf_Ehdr ehdr;

	return elf && gelf_getehdr(elf, &ehdr) && ehdr.e_machine == EM_X86_64 &&
	       (ehdr.e_type == ET_EXEC || ehdr.e_type == ET_DYN);
}

static bool load(struct object *o, int fd, const char *path)
{
	GElf_Addr bias = 0;

	o->dwfl = dwfl_begin(&callbacks);
	if (!o->dwfl) {
		close(fd);
		return false;
	}
	o->mod = dwfl_report_elf(o->dwfl, o->name, path, fd, 0, true);
	if (!o->mod) {
		close(fd);
		return false;
	}
	dwfl_report_end(o->dwfl, NULL, NULL);
	o->elf = dwfl_module_getelf(o->mod, &bias);
	if (!is_for_this_machine(o->elf) || bias || !read_segments(o))
		return false;
	read_id(o);
	o->cfi = dwfl_module_eh_cfi(o->mod, &bias);
	if (bias)
		o->cfi = NULL;
	return true;
}

struct object *object_open(int fd, const char *path)
{
	const char *name = strrchr(path, '/');
	struct object *o;
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (__u64)st.st_size > OBJECT_SZ_MAX) {
		close(fd);
		return NULL;
	}
	o = xcalloc(1, sizeof(*o));
	o->dev = st.st_dev;
	o->ino = st.st_ino;
	name = name ? name + 1 : path;
	strncpy(o->name, name, sizeof(o->name) - 1);
	o->name[strcspn(o->name, " ")] = '\0'; /* "(deleted)" */
	if (load(o, fd, path))
		return o;
	object_free(o);
	return NULL;
}

void object_free(struct object *o)
{
	if (!o)
		return;
	symbols_release(&o->symbols);
	vec_release(&o->ranges);
	vec_release(&o->functions);
	map_release(&o->functions_of);
	vec_release(&o->variables);
	vec_for_each(text, &o->frames)
		free(*text);
	vec_release(&o->frames);
	map_release(&o->frame_of);
	if (o->dwfl)
		dwfl_end(o->dwfl);
	free(o);
}

bool object_bias(const struct object *o, __u64 address, __u64 off, __u64 *ret)
{
	for (size_t i = 0; i < o->segment_cnt; i++) {
		const struct object_segment *s = &o->segments[i];

		if (s->off / MEMORY_PAGE_SZ == off / MEMORY_PAGE_SZ) {
			*ret = address - (s->address - s->off % MEMORY_PAGE_SZ);
			return *ret % MEMORY_PAGE_SZ == 0;
		}
	}
	return false;
}

bool object_has_address(const struct object *o, __u64 address)
{
	for (size_t i = 0; i < o->segment_cnt; i++)
		if (address - o->segments[i].address < o->segments[i].size)
			return true;
	return false;
}

__u64 object_end(const struct object *o)
{
	__u64 end = 0;

	for (size_t i = 0; i < o->segment_cnt; i++)
		if (o->segments[i].address + o->segments[i].size > end)
			end = o->segments[i].address + o->segments[i].size;
	return end;
}

bool object_has_cfi(const struct object *o, __u64 address)
{
	Dwarf_Frame *frame = NULL;
	bool found = o->cfi && !dwarf_cfi_addrframe(o->cfi, address, &frame);

	free(frame);
	return found;
}

bool object_is_outermost(const struct object *o, __u64 address)
{
	Dwarf_Frame *frame = NULL;
	Dwarf_Op room[3], *ops;
	bool is_signal, found;
	Dwarf_Addr begin, end;
	size_t cnt;

	if (!o->cfi || dwarf_cfi_addrframe(o->cfi, address, &frame))
		return false;
	/* An empty expression in the room given stands for "undefined". */
	found = !dwarf_frame_register(frame, dwarf_frame_info(frame, &begin, &end, &is_signal),
				      room, &ops, &cnt) &&
		!cnt && ops == room;
	free(frame);
	return found;
}

bool object_is_runtime(const struct object *o)
{
	static const char *const names[] = { "libc.so", "libc-",    "libpthread", "libstdc++",
					     "libc++",	"ld-linux", "libgcc_s",	  "ld-musl" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(o->name, names[i], strlen(names[i])))
			return true;
	return false;
}

const struct symbols *object_symbols(struct object *o)
{
	if (!o->symbols_are_known)
		symbols_load(&o->symbols, o->mod);
	o->symbols_are_known = true;
	return &o->symbols;
}

Dwarf *object_dwarf(struct object *o)
{
	Dwarf_Addr bias = 0;

	if (!o->dwarf_is_known)
		o->dwarf = dwfl_module_getdwarf(o->mod, &bias);
	if (bias)
		o->dwarf = NULL; /* prelinked, and its debug information is not */
	o->dwarf_is_known = true;
	return o->dwarf;
}
