/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of /proc/PID/status, however many groups somebody is in. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "inspect/process_status.h"

static int parse(const char *text, const char *name, char *ret, size_t sz)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	int err = process_status_parse(f, name, ret, sz);

	fclose(f);
	return err;
}

Test(process_status, a_line_is_found_by_its_whole_name)
{
	char text[32] = "?";

	cr_assert(eq(int, parse("Name:\tx\nNSpid:\t7\t1\nPid:\t7\n", "Pid", text, 32), 0));
	cr_expect(eq(str, text, "\t7"));
	cr_assert(eq(int, parse("NSpid:\t7\t1\nPid:\t7\n", "NSpid", text, 32), 0));
	cr_expect(eq(str, text, "\t7\t1"));
	cr_expect(eq(int, parse("NSpid:\t7\t1\n", "Pid", text, 32), -EPROTO));
	cr_expect(eq(int, parse("Pid", "Pid", text, 32), -EPROTO));
	cr_assert(eq(int, parse("Pid:\t1234567890", "Pid", text, 5), 0));
	cr_expect(eq(str, text, "\t123"));
}

/* A user of a large directory service is in hundreds. */
Test(process_status, many_groups_hide_nothing)
{
	struct strbuf text = {};
	char caught[32];

	strbuf_adds(&text, "Name:\tx\nGroups:\t");
	for (int gid = 0; gid < 65536; gid++)
		strbuf_addf(&text, "%d ", 1000000000 + gid);
	strbuf_adds(&text, "\nSigCgt:\t0000000000000200\n");
	cr_assert(eq(int, parse(strbuf_str(&text), "SigCgt", caught, sizeof(caught)), 0));
	cr_expect(eq(u64, strtoull(caught, NULL, 16), 1 << 9));
	strbuf_release(&text);
}

Test(process_status, of_a_process)
{
	char pid[16];

	cr_assert(eq(int, process_status_read(getpid(), "Tgid", pid, sizeof(pid)), 0));
	cr_expect(eq(int, atoi(pid), getpid()));
	cr_expect(eq(int, process_status_read(1U << 30, "Tgid", pid, sizeof(pid)), -ENOENT));
}
