/* SPDX-License-Identifier: GPL-2.0-only */
/* Where functions are in an ELF file, which may change while it is looked at. */
#include "tests/unit/capture/launching.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>

#include "capture/elf_offsets.h"

static char copy[] = "/tmp/elf.XXXXXX";

static Dl_info libc;
static __u64 mutex_lock;

/* The C library itself; a sanitizer has functions of the same names before it. */
static void find_libc(void)
{
	void *handle = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	mutex_lock = handle ? (__u64)dlsym(handle, "pthread_mutex_lock") : 0;
	cr_assert(ne(u64, mutex_lock, 0));
	cr_assert(dladdr((void *)mutex_lock, &libc) != 0);
}

/* A copy of the C library of this program, to be changed. */
static void make_copy(void)
{
	static char buf[1 << 16];
	ssize_t len;
	int from, to;

	set_up();
	find_libc();
	from = open(libc.dli_fname, O_RDONLY);
	to = mkstemp(copy);
	cr_assert(from >= 0 && to >= 0);
	while ((len = read(from, buf, sizeof(buf))) > 0)
		cr_assert(write(to, buf, len) == len);
	close(from);
	close(to);
}

static void remove_copy(void)
{
	unlink(copy);
}

TestSuite(elf_offsets, .init = make_copy, .fini = remove_copy, .timeout = 20);

Test(elf_offsets, a_function_is_where_the_linker_finds_it)
{
	struct elf_file f;
	__u64 off = 0;

	cr_assert(eq(int, elf_file_open(copy, &f), 0));
	cr_assert(elf_file_find(&f, "pthread_mutex_lock", &off));
	/* The code of the C library is mapped as far from its begin as it is in the file. */
	cr_expect(eq(u64, off, mutex_lock - (__u64)libc.dli_fbase));
	cr_expect(not(elf_file_find(&f, "no_such_function", &off)));
	cr_expect(ne(ptr, strstr(elf_file_linker(&f), "ld-linux"), NULL));
	elf_file_close(&f);
}

/* Mapped, it would kill who reads it. */
Test(elf_offsets, a_file_that_is_cut_off_while_it_is_open_has_no_functions)
{
	struct elf_file f;
	__u64 off;

	cr_assert(eq(int, elf_file_open(copy, &f), 0));
	cr_assert(truncate(copy, 0) == 0);
	cr_expect(not(elf_file_find(&f, "pthread_mutex_lock", &off)));
	cr_expect(eq(str, (char *)elf_file_linker(&f), ""));
	elf_file_close(&f);
	cr_expect(eq(int, elf_file_open(copy, &f), -ENOEXEC));
}

/* Whatever it claims there is less of it. */
Test(elf_offsets, what_is_cut_off_anywhere_is_read_up_to_there)
{
	for (off_t sz = 1 << 20; sz; sz /= 2) {
		struct elf_file f;
		__u64 off;

		cr_assert(truncate(copy, sz) == 0);
		if (elf_file_open(copy, &f))
			continue;
		elf_file_find(&f, "pthread_mutex_lock", &off);
		elf_file_linker(&f);
		elf_file_close(&f);
	}
}

Test(elf_offsets, sizes_that_are_lies_are_not_believed)
{
	Elf64_Ehdr eh;
	Elf64_Shdr sh = { .sh_type = SHT_SYMTAB, .sh_size = ~0ULL, .sh_offset = 64 };
	int fd = open(copy, O_RDWR);
	struct elf_file f;
	__u64 off;

	cr_assert(pread(fd, &eh, sizeof(eh), 0) == sizeof(eh));
	eh.e_shoff = sizeof(eh);
	eh.e_shnum = 1;
	eh.e_phoff = ~0ULL - 8;
	cr_assert(pwrite(fd, &eh, sizeof(eh), 0) == sizeof(eh));
	for (int i = 0; i < 4; i++) {
		sh.sh_link = i ? 0xffffffff : 0;
		sh.sh_offset = i > 1 ? ~0ULL : 64;
		sh.sh_size = i > 2 ? 1 << 20 : ~0ULL;
		cr_assert(pwrite(fd, &sh, sizeof(sh), sizeof(eh)) == sizeof(sh));
		cr_assert(eq(int, elf_file_open(copy, &f), 0));
		cr_expect(not(elf_file_find(&f, "pthread_mutex_lock", &off)));
		cr_expect(eq(str, (char *)elf_file_linker(&f), ""));
		elf_file_close(&f);
	}
	close(fd);
}
