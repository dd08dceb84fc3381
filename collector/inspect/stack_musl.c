/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits for a condition variable of musl puts a node into its list, on his own stack, and waits
 * for a word in it (src/thread/pthread_cond_timedwait.c, 1.1.9 to 1.2.5). That the node is there,
 * has the neighbours it says, and that below it lies a return address into that function: all of
 * it together is no accident. Where the frames in between begin need not be known for it.
 */
#include "inspect/stack_musl.h"

#include <linux/futex.h>
#include <stddef.h>
#include <string.h>
#include "inspect/stack.h"
#include "inspect/symbols.h"

enum {
	NODE_MAX = 1024, /* bytes from the stack pointer to the node: three small frames */
	STATE_WAITING = 0,
	BARRIER_WAITED_FOR = 2,
};

/* struct waiter of that file */
struct node {
	__u64 prev, next;
	__s32 state;
	__s32 barrier; /* the word that is waited for */
	__u64 notify;
};

static bool read_node(struct target *t, __u64 address, struct node *ret)
{
	return memory_read(&t->memory, address, ret, sizeof(*ret));
}

static bool is_in_list(struct target *t, __u64 address, const struct node *n)
{
	struct node other;

	if (n->prev && (!read_node(t, n->prev, &other) || other.next != address))
		return false;
	return !n->next || (read_node(t, n->next, &other) && other.prev == address);
}

static bool is_cond_wait(const struct symbol *sym)
{
	return sym && (!strcmp(sym->name, "pthread_cond_timedwait") ||
		       !strcmp(sym->name, "__pthread_cond_timedwait"));
}

/* The function in the module m that pc lies in. */
static bool returns_to_cond_wait(struct target *t, const struct module *m, __u64 pc)
{
	if (pc <= m->begin || pc > m->end || !stack_is_behind_call(t, pc))
		return false;
	return is_cond_wait(symbols_find(object_symbols(m->object), pc - 1 - m->bias, true));
}

__u64 stack_musl_find_cond(struct target *t, const __u64 *regs)
{
	__u64 sp = regs[PREG_RSP], node = regs[PREG_RDI] - offsetof(struct node, barrier), pc;
	const struct module *m = target_find_module(t, regs[PREG_RIP]);
	struct node n;

	if (!m || !m->object || (regs[PREG_RSI] & FUTEX_CMD_MASK) != FUTEX_WAIT || sp % 8 ||
	    regs[PREG_RDX] != BARRIER_WAITED_FOR || node <= sp || node - sp > NODE_MAX ||
	    !read_node(t, node, &n) || n.state != STATE_WAITING ||
	    n.barrier != BARRIER_WAITED_FOR || n.notify || !is_in_list(t, node, &n))
		return 0;
	for (__u64 at = sp; at < node; at += sizeof(pc))
		if (memory_read(&t->memory, at, &pc, sizeof(pc)) && returns_to_cond_wait(t, m, pc))
			return pc;
	return 0;
}
