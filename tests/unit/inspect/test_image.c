/* SPDX-License-Identifier: GPL-2.0-only */
/* ELF files: recognised in memory, put together from it, and refused when they are none. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <elf.h>
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include "inspect/object.h"
#include "inspect/source.h"
#include "tests/unit/inspect/self.h"

static struct objects objs;
static struct target *target;

static void setup(void)
{
	target = self_open(&objs);
}

static void teardown(void)
{
	target_close(target);
	objects_release(&objs);
}

TestSuite(image, .init = setup, .fini = teardown);

Test(image, memory_and_file_have_the_same_build_id)
{
	const struct module *m = target_find_module(target, (__u64)setup);
	struct build_id id;
	__u64 bias;

	cr_assert(m && m->object);
	cr_assert(image_identify(&target->memory, m->begin, &id, &bias));
	cr_expect(gt(int, id.len, 0), "the linker makes none; this test wants one");
	cr_expect(build_id_equal(&id, &m->object->id));
	cr_expect(eq(u64, bias, m->bias));
}

Test(image, the_vdso_is_a_file_once_it_is_copied)
{
	__u64 vdso = getauxval(AT_SYSINFO_EHDR);
	struct module *m = target_find_module(target, vdso);
	bool found = false;

	cr_assert(m && m->object);
	cr_expect(eq(str, m->object->name, "[vdso]"));
	vec_for_each(sym, &object_symbols(m->object)->items)
		found |= !strcmp(sym->name, "__vdso_clock_gettime");
	cr_expect(found);
}

/* As for a deleted library: from memory there are the symbols that are linked by. */
Test(image, a_library_can_be_told_from_memory_alone)
{
	struct module *m = target_find_module(target, (__u64)pthread_create);
	struct object *o;
	const char *text;
	int fd;

	cr_assert(m && m->object);
	fd = image_copy(&target->memory, m->begin);
	cr_assert(ge(int, fd, 0));
	o = object_open(fd, "/lib/gone.so (deleted)");
	cr_assert(o != NULL);
	cr_expect(build_id_equal(&o->id, &m->object->id));
	cr_expect(object_has_cfi(o, (__u64)pthread_create - m->bias));
	text = source_frames(o, (__u64)pthread_create - m->bias);
	cr_expect(strstr(text, "pthread_create") != NULL, "%s", text);
	object_free(o);
}

static void *fake_elf(void)
{
	Elf64_Ehdr *eh = mmap(NULL, 2 * MEMORY_PAGE_SZ, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	Elf64_Phdr *ph = (Elf64_Phdr *)(eh + 1);

	memcpy(eh->e_ident, ELFMAG, SELFMAG);
	eh->e_ident[EI_CLASS] = ELFCLASS64;
	eh->e_ident[EI_DATA] = ELFDATA2LSB;
	eh->e_phoff = sizeof(*eh);
	eh->e_phentsize = sizeof(*ph);
	eh->e_phnum = 2;
	ph[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_filesz = MEMORY_PAGE_SZ };
	ph[1] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_vaddr = 0x200, .p_filesz = 0x40 };
	return eh;
}

static bool identify(const void *p, struct build_id *ret)
{
	__u64 bias;

	memory_forget(&target->memory);
	return image_identify(&target->memory, (__u64)p, ret, &bias);
}

Test(image, headers_that_lie_are_refused)
{
	struct build_id id;
	Elf64_Ehdr *eh = fake_elf(), good = *eh;

	cr_expect(identify(eh, &id));
	eh->e_phnum = 0xffff;
	cr_expect(not(identify(eh, &id)));
	*eh = good;
	eh->e_phoff = ~0ULL - 8;
	cr_expect(not(identify(eh, &id)));
	*eh = good;
	eh->e_phentsize = 1;
	cr_expect(not(identify(eh, &id)));
	*eh = good;
	eh->e_ident[EI_CLASS] = ELFCLASS32;
	cr_expect(not(identify(eh, &id)));
	*eh = good;
	memset(eh, 0, sizeof(*eh));
	cr_expect(not(identify(eh, &id)));
	cr_expect(not(identify((void *)0x10, &id)));
}

Test(image, notes_that_lie_have_no_build_id)
{
	char *p = fake_elf();
	Elf64_Nhdr *note = (Elf64_Nhdr *)(p + 0x200);
	static const Elf64_Nhdr lies[] = {
		{ 4, 0xffffffff, NT_GNU_BUILD_ID }, { 0xffffffff, 4, NT_GNU_BUILD_ID },
		{ 4, 0x3c, NT_GNU_BUILD_ID },	    { 4, 33, NT_GNU_BUILD_ID },
		{ 4, 0, NT_GNU_BUILD_ID },	    { 0, 0, 0 },
	};
	struct build_id id;

	memcpy(note + 1, "GNU", 4);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		*note = lies[i];
		cr_assert(identify(p, &id));
		cr_expect(eq(int, id.len, 0), "%zu", i);
	}
	*note = (Elf64_Nhdr){ 4, 20, NT_GNU_BUILD_ID };
	cr_assert(identify(p, &id));
	cr_expect(eq(int, id.len, 20));
}

Test(image, a_huge_segment_is_not_copied)
{
	Elf64_Ehdr *eh = fake_elf();
	Elf64_Phdr *ph = (Elf64_Phdr *)(eh + 1);
	int fd;

	ph[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = 1ULL << 40, .p_filesz = 1ULL << 40 };
	memory_forget(&target->memory);
	fd = image_copy(&target->memory, (__u64)eh);
	cr_assert(ge(int, fd, 0));
	cr_expect(le(sz, lseek(fd, 0, SEEK_END), MEMORY_PAGE_SZ));
	close(fd);
}

Test(image, what_is_no_elf_file_is_no_object)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	cr_assert(eq(sz, write(fd, "#!/bin/sh\n", 10), 10));
	cr_expect(eq(ptr, object_open(fd, "/bin/script"), NULL));
	cr_expect(eq(ptr, object_open(open("/dev/null", O_RDONLY), "/dev/null"), NULL));
	cr_expect(eq(ptr, object_open(open("/", O_RDONLY | O_DIRECTORY), "/"), NULL));
}
