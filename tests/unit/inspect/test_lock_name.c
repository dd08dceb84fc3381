/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of locks: an expression of the program, or where it lies, and never something wrong. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "inspect/lock_name.h"
#include "tests/unit/inspect/self.h"

struct account {
	long balance;
	pthread_mutex_t mu;
};

struct queue {
	int len;
	pthread_mutex_t lock;
	pthread_cond_t not_empty;
	union {
		struct {
			pthread_mutex_t inner[2];
		};
		char bytes[80];
	};
};

struct errand {
	const char *what;
	struct queue *queue;
	struct account *accounts[3];
};

static struct table {
	int guests;
	pthread_mutex_t fork[5];
	struct account account[2][3];
	pthread_rwlock_t menu;
	sem_t seats;
} table;

pthread_mutex_t alone;
static struct queue *shared_queue;
static struct account *many;
static struct {
	struct account *of;
} bank;
static void *opaque;

static struct objects objs;
static struct target *target;
static struct stack_trace trace;
static struct strbuf name;
static bool borrowed;

static void setup(void)
{
	memset(&table, 1, sizeof(table));
	target = self_open(&objs);
}

static void teardown(void)
{
	strbuf_release(&name);
	target_close(target);
	objects_release(&objs);
}

TestSuite(lock_name, .init = setup, .fini = teardown);

/* Unwind from a function that has it in its variables, so that they are where they are. */
#define LOOK_FOR(address)                   \
	do {                                \
		__u64 regs_[PREG_CNT] = {}; \
		CAPTURE(regs_);             \
		look(regs_, address);       \
	} while (0)

static void look(const __u64 *regs, const void *address)
{
	memory_forget(&target->memory);
	stack_unwind(target, regs, &trace);
	strbuf_reset(&name);
	borrowed = false;
	if (!lock_name_find(target, (__u64)address, &trace, &name, &borrowed))
		strbuf_adds(&name, "(none)");
}

#define EXPECT_NAME(want) cr_expect(eq(str, (char *)strbuf_str(&name), want))

Test(lock_name, a_global_is_named_by_its_type)
{
	static const struct {
		const void *address;
		const char *name;
	} cases[] = {
		{ &table.fork[0], "table.fork[0]" },
		{ &table.fork[3], "table.fork[3]" },
		{ (char *)&table.fork[3] + 16, "table.fork[3]" }, /* inside the lock */
		{ &table.account[1][2].mu, "table.account[1][2].mu" },
		{ (char *)&table.menu + 8, "table.menu" },
		{ &table.seats, "table.seats" },
		{ &table.guests, "table.guests" },
		{ (char *)&table.account[0][1].balance + 2, "table.account[0][1].balance+0x2" },
		{ &alone, "alone" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		LOOK_FOR(cases[i].address);
		cr_expect(eq(str, (char *)strbuf_str(&name), (char *)cases[i].name));
		cr_expect(not(borrowed));
	}
}

Test(lock_name, a_static_of_a_function_is_a_variable_like_any_other)
{
	static pthread_mutex_t once[3];

	LOOK_FOR(&once[2]);
	EXPECT_NAME("once[2]");
	cr_expect(not(borrowed));
}

FRAME static int wait_in(struct queue *queue, const void *address)
{
	volatile int kept = queue->len;

	LOOK_FOR(address);
	return kept + queue->len;
}

Test(lock_name, a_lock_on_the_heap_is_named_by_who_points_at_it)
{
	struct queue *q = calloc(1, sizeof(*q));

	wait_in(q, &q->not_empty);
	EXPECT_NAME("queue->not_empty");
	cr_expect(borrowed);
	wait_in(q, &q->inner[1]);
	EXPECT_NAME("queue->inner[1]");
	free(q);
}

FRAME static int run_errand(struct errand *errand, const void *address)
{
	volatile int kept = 1;

	LOOK_FOR(address);
	return kept + (errand->what != NULL);
}

Test(lock_name, it_may_be_two_pointers_away)
{
	struct errand e = { .what = "x", .queue = calloc(1, sizeof(*e.queue)) };

	e.accounts[2] = calloc(1, sizeof(*e.accounts[2]));
	run_errand(&e, &e.queue->lock);
	EXPECT_NAME("errand->queue->lock");
	run_errand(&e, &e.accounts[2]->mu);
	EXPECT_NAME("errand->accounts[2]->mu");
	free(e.accounts[2]);
	free(e.queue);
}

FRAME static int hold_local(int n)
{
	struct queue mine = { .len = n };

	LOOK_FOR(&mine.lock);
	return mine.len;
}

Test(lock_name, a_variable_of_a_function_is_named)
{
	hold_local(1);
	if (SELF_IS_SANITIZED)
		cr_expect(eq(int, strncmp(strbuf_str(&name), "hold_local's stack+0x", 21), 0));
	else
		EXPECT_NAME("mine.lock");
	cr_expect(borrowed);
}

FRAME static int wait_without_names(int n)
{
	volatile int kept = n;

	LOOK_FOR(opaque);
	return kept;
}

Test(lock_name, a_global_pointer_is_a_way_to_it)
{
	shared_queue = calloc(1, sizeof(*shared_queue));
	opaque = &shared_queue->not_empty;
	wait_without_names(1);
	EXPECT_NAME("shared_queue->not_empty");
	cr_expect(borrowed);
	free(shared_queue);
	shared_queue = NULL;
}

Test(lock_name, an_array_on_the_heap_ends_where_the_allocator_says, .disabled = SELF_IS_SANITIZED)
{
	many = calloc(6, sizeof(*many));
	opaque = &many[4].mu;
	wait_without_names(1);
	EXPECT_NAME("many[4].mu");
	bank.of = many;
	many = NULL;
	wait_without_names(1);
	EXPECT_NAME("bank.of[4].mu");
	opaque = &bank.of[7].mu;
	wait_without_names(1);
	cr_expect(strstr(strbuf_str(&name), "[7]") == NULL, "%s", strbuf_str(&name));
	free(bank.of);
	bank.of = NULL;
}

/* Without a stack there are no variables to go by. */
static void look_from_nowhere(const void *address)
{
	const __u64 regs[PREG_CNT] = {};

	look(regs, address);
}

Test(lock_name, what_nothing_points_at_is_where_it_lies, .disabled = SELF_IS_SANITIZED)
{
	void *p = calloc(1, 100);

	look_from_nowhere((char *)p + 40);
	cr_expect(eq(int, strncmp(strbuf_str(&name), "[heap]+0x", 9), 0), "%s", strbuf_str(&name));
	cr_expect(borrowed);
	free(p);
}

Test(lock_name, shared_memory_is_called_so)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	target_close(target);
	target = self_open(&objs);
	opaque = p + 0x28;
	wait_without_names(1);
	EXPECT_NAME("*opaque");
	look_from_nowhere(p + 0x28);
	EXPECT_NAME("shared memory+0x28");
	munmap(p, 4096);
}

Test(lock_name, an_address_in_no_mapping_has_no_name)
{
	LOOK_FOR((void *)0x10);
	EXPECT_NAME("(none)");
}

Test(lock_name, a_lock_of_a_library_is_told_by_symbol_or_offset)
{
	LOOK_FOR(stdout);
	cr_expect(strstr(strbuf_str(&name), "_IO_2_1_stdout_") != NULL, "%s", strbuf_str(&name));
}
