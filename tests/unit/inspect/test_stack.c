/* SPDX-License-Identifier: GPL-2.0-only */
/* Stacks: whole, in the right order, with the lines of the source; and else truncated. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "inspect/source.h"
#include "tests/unit/inspect/self.h"

static struct objects objs;
static struct target *target;
static struct stack_trace trace;
static int line_of_innermost, line_of_middle, line_of_inline;

static void setup(void)
{
	target = self_open(&objs);
}

static void teardown(void)
{
	target_close(target);
	objects_release(&objs);
}

TestSuite(stack, .init = setup, .fini = teardown);

static const char *frames_of(size_t i)
{
	__u64 code = frame_code(&trace.frames[i]);
	const struct module *m = target_find_module(target, code);

	cr_assert(m && m->object);
	return source_frames(m->object, code - m->bias);
}

FRAME static int innermost(int n)
{
	__u64 regs[PREG_CNT] = {};

	line_of_innermost = __LINE__ + 1;
	CAPTURE(regs);
	stack_unwind(target, regs, &trace);
	return n + 1;
}

FRAME static int middle(int n)
{
	volatile int kept = n;

	line_of_middle = __LINE__ + 1;
	kept += innermost(n);
	return kept;
}

static inline __attribute__((always_inline)) int inlined(int n)
{
	line_of_inline = __LINE__ + 1;
	return middle(n) + 1;
}

FRAME static int outermost(int n)
{
	volatile int kept = inlined(n);

	return kept;
}

static bool begins_with(const char *text, const char *function, int line)
{
	char want[64];

	snprintf(want, sizeof(want), "%s test_stack.c:%d\n", function, line);
	return !strncmp(text, want, strlen(want));
}

Test(stack, functions_come_innermost_first_with_their_lines)
{
	outermost(1);
	cr_assert(ge(sz, trace.cnt, 3));
	cr_expect(begins_with(frames_of(0), "innermost", line_of_innermost), "%s", frames_of(0));
	cr_expect(begins_with(frames_of(1), "middle", line_of_middle), "%s", frames_of(1));
	cr_expect(trace.frames[0].is_active);
	cr_expect(not(trace.frames[1].is_active));
}

Test(stack, an_inlined_function_is_a_frame_of_its_own)
{
	const char *text, *next;

	outermost(1);
	text = frames_of(2);
	cr_expect(begins_with(text, "inlined", line_of_inline), "%s", text);
	next = strchr(text, '\n') + 1;
	cr_expect(eq(int, strncmp(next, "outermost test_stack.c:", 23), 0), "%s", next);
}

Test(stack, it_ends_where_the_program_begins)
{
	outermost(1);
	cr_expect(not(trace.is_truncated));
	cr_expect(gt(sz, strlen(frames_of(trace.cnt - 1)), 0));
}

static void *run_in_thread(void *arg)
{
	outermost(1);
	return arg;
}

Test(stack, that_of_a_thread_ends_where_the_thread_begins)
{
	pthread_t thread;

	cr_assert(eq(int, pthread_create(&thread, NULL, run_in_thread, NULL), 0));
	pthread_join(thread, NULL);
	cr_expect(not(trace.is_truncated));
	cr_expect(lt(sz, trace.cnt, 8));
	cr_expect(begins_with(frames_of(0), "innermost", line_of_innermost));
}

Test(stack, a_frame_knows_where_that_of_its_caller_is)
{
	int here;

	outermost(1);
	for (size_t i = 0; i + 1 < trace.cnt; i++) {
		cr_expect(eq(u64, trace.frames[i].cfa, trace.frames[i + 1].regs[PREG_RSP]));
		cr_expect(gt(u64, trace.frames[i].cfa, trace.frames[i].regs[PREG_RSP]));
	}
	cr_expect(lt(u64, trace.frames[0].cfa, (__u64)&here));
}

FRAME static int deep(int n)
{
	volatile int kept = n;

	return n ? kept + deep(n - 1) : innermost(n);
}

Test(stack, too_many_frames_are_truncated)
{
	deep(200);
	cr_expect(eq(sz, trace.cnt, STACK_FRAME_MAX));
	cr_expect(trace.is_truncated);
	cr_expect(eq(int, strncmp(frames_of(STACK_FRAME_MAX - 1), "deep ", 5), 0));
}

Test(stack, registers_that_point_nowhere_give_nothing)
{
	__u64 regs[PREG_CNT] = {};

	stack_unwind(target, regs, &trace);
	cr_expect(eq(sz, trace.cnt, 0));
	cr_expect(trace.is_truncated);
	regs[PREG_RIP] = (__u64)&target; /* data is no code */
	regs[PREG_RSP] = (__u64)regs;
	stack_unwind(target, regs, &trace);
	cr_expect(eq(sz, trace.cnt, 0));
}

Test(stack, a_stack_that_cannot_be_read_is_truncated)
{
	__u64 regs[PREG_CNT] = {};

	regs[PREG_RIP] = (__u64)middle + 8;
	regs[PREG_RSP] = 0x1000;
	stack_unwind(target, regs, &trace);
	cr_expect(eq(sz, trace.cnt, 1), "%zu", trace.cnt);
	cr_expect(trace.is_truncated);
}

Test(stack, without_debug_information_there_is_the_name_of_the_file)
{
	const struct module *m = target_find_module(target, (__u64)pthread_create);
	const char *text;

	cr_assert(m && m->object);
	text = source_frames(m->object, (__u64)pthread_create - m->bias);
	cr_expect(strstr(text, "pthread_create") != NULL, "%s", text);
}
