/* SPDX-License-Identifier: GPL-2.0-only */
/* A trace in memory and what an export makes of it. */
#ifndef TESTS_EXPORTING_H
#define TESTS_EXPORTING_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "export/export.h"
#include "tests/unit/support/builders.h"

struct exporting {
	struct trace *trace;
	struct trace_meta meta;
	struct findings found;
	struct export_input in;
	struct out out;
};

static inline void exporting_begin(struct exporting *e)
{
	static char command[] = "./forks --say 'a <b>'", kernel[] = "6.18.44", machine[] = "x86_64",
		    version[] = "0.1.0";

	*e = (struct exporting){
		.trace = trace_new(NULL),
		.meta = {
			.command = command,
			.kernel = kernel,
			.machine = machine,
			.version = version,
			.monotonic_ns = 1000,
			.realtime_ns = 1700000000000001000,
			.boottime_ns = 5000,
		},
		.out.fd = OUT_MEMORY,
	};
	build_begin();
}

static inline void exporting_append(struct exporting *e, struct ev_hdr *ev)
{
	cr_assert(eq(int, trace_append(e->trace, ev), 0));
}

/* The whole trace as the window, and what there is to find. */
static inline void exporting_set_input(struct exporting *e)
{
	e->in.trace = e->trace;
	e->in.meta = &e->meta;
	e->in.source = "forks.ctrace";
	e->in.from_ns = trace_begin_ns(e->trace);
	e->in.to_ns = trace_end_ns(e->trace);
	e->in.found = &e->found;
	findings_collect(e->trace, NULL, NULL, &e->found);
}

/* What @fn writes; borrowed until the next call. */
static inline const char *exporting_run(struct exporting *e, export_fn fn)
{
	strbuf_reset(&e->out.buf);
	cr_assert(eq(int, fn(&e->in, &e->out), 0));
	return strbuf_str(&e->out.buf);
}

static inline void exporting_end(struct exporting *e)
{
	cursor_free(e->in.at);
	strbuf_release(&e->out.buf);
	trace_free(e->trace);
}

/* A bit of everything: threads, a deadlock with names and stacks, losses, hostile text. */
static inline void exporting_append_all(struct exporting *e)
{
	static const char hostile[] = "\"<&>\\\n\033[31m\xff";

	exporting_append(e, build_thread_met(10, 10, "main"));
	exporting_append(e, build_thread(2, 10, 10, "left"));
	exporting_append(e, build_admit(2));
	exporting_append(e, build_thread(3, 10, 10, "=cmd|' /C'!A0"));
	exporting_append(e, build_admit(3));
	exporting_append(e, build_exec(10, 10, "forks", "/bin/forks"));
	exporting_append(e, build_rename(10, "</script>\"&"));
	exporting_append(e, build_run(2));
	exporting_append(e, build_block_mutex(2, 3, 0x2000, 3));
	exporting_append(e, build_output(hostile, sizeof(hostile) - 1));
	exporting_append(e, build_note(hostile));
	exporting_append(e, build_block_mutex(3, 10, 0x1000, 2));
	exporting_append(e, build_lockname(10, 0x1000, "fork[1] <\"&]|;\n"));
	exporting_append(e, build_stack(2, "eat forks.c:31\nmain forks.c:60"));
	exporting_append(e, build_block_join(10, 0, 0x7000, 2));
	exporting_append(e, build_lockword(2, 0x2000, 3));
	exporting_append(e, build_lockword(3, 0x1000, 2));
	exporting_append(e, build_thread_foreign(99, 99, "stranger"));
	exporting_append(e, build_wake(2, 99, 62, 0, 0));
	exporting_append(e, build_wake_irq(3));
	exporting_append(e, build_run(2));
	exporting_append(e, build_yield(2, 3));
	exporting_append(e, build_lost(LOST_RING_FULL, 7));
	exporting_append(e, build_exit(3, 9));
	exporting_append(e, build_die(3, 0));
	exporting_append(e, build_reap(3));
	exporting_append(e, build_end(10, 9));
}

static inline size_t count_in(const char *text, const char *what)
{
	size_t cnt = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		cnt++;
	return cnt;
}

#endif /* TESTS_EXPORTING_H */
