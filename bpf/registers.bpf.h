/* SPDX-License-Identifier: GPL-2.0-only */
/* The registers of a thread, in the order that DWARF has them. */
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

#endif /* CTRACE_REGISTERS_BPF_H */
