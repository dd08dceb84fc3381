/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrace doctor: will tracing work on this machine? What it lacks, and the remedy. */
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/io.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "capture/kernel_facts.h"
#include "capture/privileges.h"
#include "capture/probe.h"
#include "cmd/options.h"

enum {
	KERNEL_MAJOR = 5, /* 5.15 brought bpf_task_pt_regs(), commit dd6e10fbd9fb */
	KERNEL_MINOR = 15,
};

enum health {
	HEALTH_OK,
	HEALTH_PART, /* tracing works, and something is missing in it */
	HEALTH_NO,   /* tracing does not work */
};

/* One question: appends the answer, with the remedy if there is something to remedy. */
typedef enum health (*question_fn)(const struct options *opts, struct strbuf *ret);

static enum health ask_kernel(const struct options *opts, struct strbuf *ret)
{
	struct utsname name;
	int major = 0, minor = 0;

	(void)opts;
	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	strbuf_adds(ret, name.release);
	if (major > KERNEL_MAJOR || (major == KERNEL_MAJOR && minor >= KERNEL_MINOR))
		return HEALTH_OK;
	strbuf_addf(ret, ": too old; boot %d.%d or later", KERNEL_MAJOR, KERNEL_MINOR);
	return HEALTH_NO;
}

static enum health ask_types(const struct options *opts, struct strbuf *ret)
{
	struct kernel_facts facts = {};
	int err = kernel_facts_read(&facts);

	(void)opts;
	if (!err) {
		strbuf_adds(ret, "the kernel describes its types (BTF)");
		return HEALTH_OK;
	}
	strbuf_addf(ret,
		    "no BTF (%s): boot a kernel that is built with CONFIG_DEBUG_INFO_BTF=y, as "
		    "those of the distributions are",
		    strerror(-err));
	return HEALTH_NO;
}

static enum health ask_privilege(const struct options *opts, struct strbuf *ret)
{
	(void)opts;
	if (!privileges_can_trace(ret))
		return HEALTH_NO;
	strbuf_adds(ret, "probes may be loaded");
	return HEALTH_OK;
}

/* The first message is the cause, what follows are its consequences. */
static void keep_message(void *arg, enum log_level level, const char *line)
{
	struct strbuf *message = arg;

	if (level == LOG_ERR && !message->len)
		strbuf_adds(message, line);
}

static enum health ask_probes(const struct options *opts, struct strbuf *ret)
{
	struct probe_options probe_opts = { .ring_sz = opts->ring_sz };
	struct strbuf message = {};
	struct probe *probe;
	int err;

	if (!privileges_can_trace(NULL)) {
		strbuf_adds(ret, "not tried, for want of privilege");
		return HEALTH_PART;
	}
	log_set_sink(keep_message, &message);
	err = probe_open(&probe_opts, &probe);
	options_log_to_stderr(opts);
	if (err)
		strbuf_addf(ret, "%s; ctrace -v doctor says more", strbuf_str(&message));
	else
		strbuf_adds(ret, "the kernel takes them, and their ring buffer");
	if (!err)
		probe_close(probe);
	strbuf_release(&message);
	return err ? HEALTH_NO : HEALTH_OK;
}

static enum health ask_lockdown(const struct options *opts, struct strbuf *ret)
{
	char modes[128];

	(void)opts;
	if (read_file("/sys/kernel/security/lockdown", modes, sizeof(modes), NULL) ||
	    !strstr(modes, "[confidentiality]")) {
		strbuf_adds(ret, "probes may read what they have to");
		return HEALTH_OK;
	}
	strbuf_adds(ret, "the kernel keeps its memory confidential: boot with lockdown=integrity");
	return HEALTH_NO;
}

static enum health ask_interrupts(const struct options *opts, struct strbuf *ret)
{
	struct kernel_facts facts = {};

	(void)opts;
	if (!kernel_facts_read(&facts) && facts.preempt_count_offset) {
		strbuf_adds(ret, "a wake-up by an interrupt is told from one by a thread");
		return HEALTH_OK;
	}
	strbuf_adds(ret, "a wake-up by an interrupt looks as if the thread that ran then had "
			 "done it; no remedy on this kernel");
	return HEALTH_PART;
}

static enum health ask_namespace(const struct options *opts, struct strbuf *ret)
{
	(void)opts;
	if (kernel_numbers_are_ours()) {
		strbuf_adds(ret, "thread numbers are those of the machine");
		return HEALTH_OK;
	}
	strbuf_adds(ret,
		    "this is a container with thread numbers of its own, its threads would not be "
		    "found: trace from the host, or with docker run --pid=host");
	return HEALTH_NO;
}

static enum health ask_memory(const struct options *opts, struct strbuf *ret)
{
	(void)opts;
	switch (ptrace_scope_read()) {
	case PTRACE_SCOPE_ANY:
		strbuf_adds(ret, "locks of a waiting program can be read again");
		return HEALTH_OK;
	case PTRACE_SCOPE_ANCESTOR:
		strbuf_adds(ret, "locks of a waiting program can be read again; with -p as another "
				 "than root: sysctl kernel.yama.ptrace_scope=0");
		return HEALTH_OK;
	case PTRACE_SCOPE_ADMIN:
		strbuf_adds(ret, "locks of a waiting program can be read again, but as another "
				 "than root: sysctl kernel.yama.ptrace_scope=1");
		return HEALTH_OK;
	case PTRACE_SCOPE_NOBODY:
		break;
	}
	strbuf_adds(ret, "kernel.yama.ptrace_scope is 3: locks of a waiting program are read again "
			 "by the probes, but of another user's not");
	return HEALTH_PART;
}

static enum health ask_order(const struct options *opts, struct strbuf *ret)
{
	(void)opts;
	if (lock_probes_are_possible()) {
		strbuf_adds(ret, "--order: the functions that lock can be probed");
		return HEALTH_OK;
	}
	strbuf_adds(ret, "--order is not possible: the kernel has no probes in programs "
			 "(CONFIG_UPROBE_EVENTS)");
	return HEALTH_PART;
}

static enum health ask_terminal(const struct options *opts, struct strbuf *ret)
{
	const char *term = getenv("TERM");

	(void)opts;
	if (term && *term && strcmp(term, "dumb") != 0) {
		strbuf_addf(ret, "TERM=%s", term);
		return HEALTH_OK;
	}
	strbuf_adds(ret, "TERM says that there is no screen, so it is one line per state change; "
			 "in a terminal: export TERM=xterm-256color");
	return HEALTH_PART;
}

static enum health ask_letters(const struct options *opts, struct strbuf *ret)
{
	const char *codeset = nl_langinfo(CODESET);

	(void)opts;
	strbuf_adds(ret, codeset);
	if (!strcmp(codeset, "UTF-8"))
		return HEALTH_OK;
	strbuf_adds(ret, ": lines are drawn with letters; export LC_ALL=C.UTF-8");
	return HEALTH_PART;
}

static const struct question {
	const char *name;
	question_fn ask;
} questions[] = {
	{ "kernel", ask_kernel },	{ "types", ask_types },	  { "privilege", ask_privilege },
	{ "lockdown", ask_lockdown },	{ "probes", ask_probes }, { "interrupts", ask_interrupts },
	{ "namespace", ask_namespace }, { "memory", ask_memory }, { "terminal", ask_terminal },
	{ "characters", ask_letters },	{ "order", ask_order },
};

static enum health answer(const struct question *q, const struct options *opts)
{
	static const char *const words[] = { "ok", "part", "NO" };
	struct strbuf text = {};
	enum health health = q->ask(opts, &text);

	printf("%-5s %-11s %s\n", words[health], q->name, strbuf_str(&text));
	strbuf_release(&text);
	return health;
}

int cmd_doctor(const struct options *opts, const struct launch_inherited *inherited)
{
	enum health worst = HEALTH_OK;

	(void)inherited;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		enum health health = answer(&questions[i], opts);

		if (health > worst)
			worst = health;
	}
	puts(worst == HEALTH_NO ? "Tracing will not work here. Recordings can be replayed."
				: "Tracing will work here.");
	return worst == HEALTH_NO ? EXIT_FAILURE : EXIT_SUCCESS;
}
