/* SPDX-License-Identifier: GPL-2.0-only */
/* The test program looks at itself: its memory, its mappings, its own debug information. */
#ifndef TESTS_INSPECT_SELF_H
#define TESTS_INSPECT_SELF_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>
#include "inspect/stack.h"

/* A sanitizer has an allocator of its own, and moves local variables. */
#if defined(__SANITIZE_ADDRESS__)
#define SELF_IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SELF_IS_SANITIZED true
#else
#define SELF_IS_SANITIZED false
#endif
#else
#define SELF_IS_SANITIZED false
#endif

/* Not inlined, and its frame stays until it returns: no tail calls. */
#define FRAME __attribute__((noinline, noclone, optimize("no-optimize-sibling-calls")))
#ifdef __clang__
#undef FRAME
#define FRAME __attribute__((noinline, disable_tail_calls))
#endif

/* The registers here and now that unwinding may start from; the frame must live on. */
#define CAPTURE(regs)                               \
	__asm__ volatile("movq %%rbx, 24(%0)\n\t"   \
			 "movq %%rbp, 48(%0)\n\t"   \
			 "movq %%rsp, 56(%0)\n\t"   \
			 "movq %%r12, 96(%0)\n\t"   \
			 "movq %%r13, 104(%0)\n\t"  \
			 "movq %%r14, 112(%0)\n\t"  \
			 "movq %%r15, 120(%0)\n\t"  \
			 "leaq 0(%%rip), %%rax\n\t" \
			 "movq %%rax, 128(%0)\n\t"  \
			 :                          \
			 : "r"(regs)                \
			 : "rax", "memory")

static inline struct target_fds self_fds(void)
{
	return (struct target_fds){
		.mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC),
		.maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC),
		.root = open("/proc/self/root", O_PATH | O_DIRECTORY | O_CLOEXEC),
		.exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC),
	};
}

static inline struct target *self_open(struct objects *objs)
{
	struct target_fds fds = self_fds();
	struct target *t = target_open(getpid(), getuid(), &fds, objs);

	cr_assert(t != NULL);
	return t;
}

#endif
