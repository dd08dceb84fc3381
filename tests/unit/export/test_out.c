/* SPDX-License-Identifier: GPL-2.0-only */
/* The buffered writer: everything arrives, and the first error stays. */
#include "export/out.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

Test(out, everything_arrives_in_order)
{
	char name[] = "/tmp/ctrace-test-out-XXXXXX", line[16];
	struct out o = { .fd = mkstemp(name) };
	FILE *f;

	cr_assert(ge(int, o.fd, 0));
	for (int i = 0; i < 100000; i++) {
		strbuf_addf(&o.buf, "%d\n", i);
		cr_assert(eq(int, out_commit(&o), 0));
		cr_assert(lt(sz, o.buf.len, OUT_BUFFER_SZ));
	}
	cr_expect(eq(int, out_finish(&o), 0));
	f = fdopen(o.fd, "r");
	rewind(f);
	for (int i = 0; i < 100000; i++) {
		cr_assert(ne(ptr, fgets(line, sizeof(line), f), NULL));
		cr_assert(eq(int, atoi(line), i));
	}
	cr_expect(eq(ptr, fgets(line, sizeof(line), f), NULL));
	cr_expect(eq(u64, o.written, (__u64)ftell(f)));
	fclose(f);
	unlink(name);
}

Test(out, a_full_disk_is_told_and_stays)
{
	struct out o = { .fd = open("/dev/full", O_WRONLY) };
	int err = 0;

	cr_assert(ge(int, o.fd, 0));
	for (int i = 0; i < 2 * OUT_BUFFER_SZ && !err; i++) {
		strbuf_addch(&o.buf, 'x');
		err = out_commit(&o);
	}
	cr_expect(eq(int, err, -ENOSPC));
	cr_expect(eq(int, out_commit(&o), -ENOSPC));
	cr_expect(eq(int, out_finish(&o), -ENOSPC));
	cr_expect(eq(u64, o.written, 0));
	close(o.fd);
}

Test(out, memory_keeps_it_all)
{
	struct out o = { .fd = OUT_MEMORY };

	for (int i = 0; i < 3 * OUT_BUFFER_SZ; i++) {
		strbuf_addch(&o.buf, 'x');
		out_commit(&o);
	}
	cr_expect(eq(sz, o.buf.len, 3 * OUT_BUFFER_SZ));
	out_finish(&o);
}
