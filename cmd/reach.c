/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose memory is out of reach: one byte of it is asked for. */
#include <errno.h>
#include "base/log.h"
#include "capture/kernel_facts.h"
#include "cmd/reach.h"
#include "inspect/user_memory.h"

static const char *remedy(const struct invoker *as)
{
	if (ptrace_scope_read() == PTRACE_SCOPE_NOBODY)
		return "kernel.yama.ptrace_scope is 3, which only a reboot can undo";
	if (as->is_sudo || as->uid == 0)
		return "this root has no CAP_SYS_PTRACE (a container?)";
	return "it needs CAP_SYS_PTRACE, try sudo";
}

static bool is_out_of_reach(__u32 pid)
{
	char byte;

	return user_memory_read(pid, 0, &byte, 1) == -EPERM;
}

static void say_of_one(const struct invoker *as, __u32 pid)
{
	if (is_out_of_reach(pid))
		log_warn("the memory of %u may not be read, so no deadlock of it can be proved: "
			 "%s",
			 pid, remedy(as));
}

/* They may be many. */
static void say_of_those_below(const struct invoker *as, const struct attach *attached)
{
	__u32 example = 0;
	size_t cnt = 0;

	vec_for_each(pid, &attached->below) {
		if (is_out_of_reach(*pid) && !cnt++)
			example = *pid;
	}
	if (cnt)
		log_warn("the memory of %u may not be read, nor that of %zu more below, so no "
			 "deadlock of theirs can be proved: %s",
			 example, cnt - 1, remedy(as));
}

void reach_say(const struct invoker *as, __u32 launched, const struct attach *attached)
{
	if (launched)
		say_of_one(as, launched);
	for (size_t i = 0; i < attached->cnt; i++)
		say_of_one(as, attached->pids[i]);
	say_of_those_below(as, attached);
}
