/* SPDX-License-Identifier: GPL-2.0-only */
/* The registers of a thread, in the order that DWARF has them, and its stack. */
#ifndef CTRACE_REGISTERS_BPF_H
#define CTRACE_REGISTERS_BPF_H

#include "bpf/maps.bpf.h"

static __always_inline void registers_copy(const struct pt_regs *from, __u64 to[PREG_CNT])
{
	to[PREG_RAX] = from->ax;
	to[PREG_RDX] = from->dx;
	to[PREG_RCX] = from->cx;
	to[PREG_RBX] = from->bx;
	to[PREG_RSI] = from->si;
	to[PREG_RDI] = from->di;
	to[PREG_RBP] = from->bp;
	to[PREG_RSP] = from->sp;
	to[PREG_R8] = from->r8;
	to[PREG_R9] = from->r9;
	to[PREG_R10] = from->r10;
	to[PREG_R11] = from->r11;
	to[PREG_R12] = from->r12;
	to[PREG_R13] = from->r13;
	to[PREG_R14] = from->r14;
	to[PREG_R15] = from->r15;
	to[PREG_RIP] = from->ip;
}

/* As much of it as there is: near its end less is there. */
static __always_inline __u32 stack_copy(__u8 *to, __u64 sp)
{
	if (!bpf_probe_read_user(to, PROBE_STACK_SZ, (void *)sp))
		return PROBE_STACK_SZ;
	if (!bpf_probe_read_user(to, PROBE_STACK_SZ / 4, (void *)sp))
		return PROBE_STACK_SZ / 4;
	if (!bpf_probe_read_user(to, PROBE_STACK_SZ / 16, (void *)sp))
		return PROBE_STACK_SZ / 16;
	return 0;
}

#endif /* CTRACE_REGISTERS_BPF_H */
