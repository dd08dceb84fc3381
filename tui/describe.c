/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads, waits and wake-ups in plain words. */
#include "tui/describe.h"

#include <linux/futex.h>
#include <string.h>

#include "base/fmt.h"
#include "model/rescue.h"
#include "model/story.h"
#include "model/syscall.h"
#include "tui/canvas.h"
#include "tui/sentence.h"

enum { CHAIN_MAX = 32, ADDRESS_TAIL = 0xffff };

void describe_name(const struct model *m, __u32 tid, struct strbuf *ret)
{
	model_add_name(m, tid, ret);
}

/* Has the wait an address that names what is waited on? A join names a thread instead. */
static bool wait_has_address(const struct wait *w)
{
	return wait_is_futex(w) && w->reason != WAIT_JOIN;
}

/* How the program calls the lock that t waits on, or NULL. */
static const char *lock_name_of(const struct model *m, const struct thread *t)
{
	const struct lock *l = model_lock_waited_on(m, t);

	return l ? model_lock_name(m, l) : NULL;
}

static void add_wait_short(const struct model *m, const struct thread *t, bool with_address,
			   struct strbuf *ret)
{
	const struct wait *w = &t->wait;
	const struct thread *owner = model_waits_for(m, t, NULL);
	const char *name = lock_name_of(m, t);
	int fd = wait_fd(w);

	strbuf_adds(ret, name ? name : wait_reason_word(w->reason));
	if (!name && wait_has_address(w) && with_address)
		strbuf_addf(ret, "@%04llx",
			    (unsigned long long)wait_lock_address(w) & ADDRESS_TAIL);
	else if (fd >= 0)
		strbuf_addf(ret, " fd %d", fd);
	if (!owner && wait_reader_cnt(w))
		strbuf_addf(ret, "<%u reader%s", wait_reader_cnt(w),
			    wait_reader_cnt(w) == 1 ? "" : "s");
	if (!owner)
		return;
	strbuf_addch(ret, wait_has_address(w) ? '<' : ' ');
	describe_name(m, owner->tid, ret);
}

void describe_wait_short(const struct model *m, const struct thread *t, int cols,
			 struct strbuf *ret)
{
	struct strbuf text = {};

	if (describe_file_short(m, t, ret))
		return;
	add_wait_short(m, t, true, &text);
	if (text_width(strbuf_str(&text)) > cols) {
		strbuf_reset(&text);
		add_wait_short(m, t, false, &text);
	}
	strbuf_adds(ret, strbuf_str(&text));
	strbuf_release(&text);
}

/* How many threads have locked to read what w is to write. */
static void add_readers(const struct wait *w, struct strbuf *ret)
{
	__u32 cnt = wait_reader_cnt(w);

	if (cnt)
		strbuf_addf(ret, " held by %u reader%s (%s)", cnt, cnt == 1 ? "" : "s",
			    evidence_phrase(EVIDENCE_READ, false));
	else
		strbuf_adds(ret, " held by readers");
}

/* "mutex@6120": as the list of threads has it, for the whole address tells nobody more. */
static void add_place(const struct wait *w, struct strbuf *ret)
{
	strbuf_addf(ret, "%s@%04llx", wait_reason_word(w->reason),
		    (unsigned long long)wait_lock_address(w) & ADDRESS_TAIL);
	if (wait_is_timed(w))
		strbuf_adds(ret, ", with time-out");
}

void describe_wait(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	const struct wait *w = &t->wait;
	const struct thread *owner;
	const char *name = lock_name_of(m, t);
	struct rescue r;

	rescue_find(m, t, &r);
	owner = rescue_only_one(m, t, &r);
	if (describe_file(m, t, ret))
		return;
	if (owner && !wait_has_address(w)) {
		strbuf_adds(ret, "the end of ");
		describe_name(m, owner->tid, ret);
		strbuf_addf(ret, " (%s, %s)", wait_reason_word(w->reason), rescue_evidence(&r));
		return;
	}
	if (name)
		strbuf_addf(ret, "%s %s", wait_reason_word(w->reason), name);
	else if (wait_has_address(w))
		add_place(w, ret);
	else
		add_wait_words(w, ret);
	if (owner) {
		strbuf_adds(ret, " held by ");
		describe_name(m, owner->tid, ret);
		strbuf_addf(ret, " (%s)", rescue_evidence(&r));
	} else if (wait_is_for_readers(w)) {
		add_readers(w, ret);
	} else if (w->reason == WAIT_MUTEX || w->reason == WAIT_RWLOCK) {
		strbuf_adds(ret, ", owner unknown");
	}
}

static void add_futex_op(__u64 op, struct strbuf *ret)
{
	static const struct {
		int command;
		const char *name;
	} commands[] = {
		{ FUTEX_WAIT, "FUTEX_WAIT" },
		{ FUTEX_WAKE, "FUTEX_WAKE" },
		{ FUTEX_REQUEUE, "FUTEX_REQUEUE" },
		{ FUTEX_CMP_REQUEUE, "FUTEX_CMP_REQUEUE" },
		{ FUTEX_WAKE_OP, "FUTEX_WAKE_OP" },
		{ FUTEX_LOCK_PI, "FUTEX_LOCK_PI" },
		{ FUTEX_UNLOCK_PI, "FUTEX_UNLOCK_PI" },
		{ FUTEX_TRYLOCK_PI, "FUTEX_TRYLOCK_PI" },
		{ FUTEX_WAIT_BITSET, "FUTEX_WAIT_BITSET" },
		{ FUTEX_WAKE_BITSET, "FUTEX_WAKE_BITSET" },
		{ FUTEX_WAIT_REQUEUE_PI, "FUTEX_WAIT_REQUEUE_PI" },
		{ FUTEX_LOCK_PI2, "FUTEX_LOCK_PI2" },
	};
	int command = (int)op & FUTEX_CMD_MASK;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i].command == command) {
			strbuf_adds(ret, commands[i].name);
			strbuf_adds(ret, op & FUTEX_PRIVATE_FLAG ? "_PRIVATE" : "");
			return;
		}
	}
	strbuf_addf(ret, "op %d", command);
}

/* Small numbers and descriptors read as decimals, pointers and masks do not. */
static void add_arg(__u64 arg, struct strbuf *ret)
{
	if ((__s64)arg >= -4096 && (__s64)arg <= 65536)
		strbuf_addf(ret, "%lld", (long long)arg);
	else if (arg >> 32 == 0 && (__s32)arg >= -4096 && (__s32)arg < 0)
		strbuf_addf(ret, "%d", (__s32)arg); /* an int that went through a register */
	else
		strbuf_addf(ret, "0x%llx", (unsigned long long)arg);
}

static int shown_arg_cnt(const struct wait *w)
{
	if (w->reason == WAIT_EPOLL || w->reason == WAIT_IO_URING)
		return 4;
	return wait_fd(w) >= 0 ? 1 : 3;
}

void describe_syscall(const struct wait *w, struct strbuf *ret)
{
	const char *name = wait_call(w);

	if (w->nr < 0) {
		strbuf_adds(ret, "no system call: the kernel brings in a page");
		return;
	}
	if (name)
		strbuf_addf(ret, "%s(", name);
	else
		strbuf_addf(ret, "system call %d(", w->nr);
	if (wait_is_futex(w)) {
		add_arg(w->args[0], ret);
		strbuf_adds(ret, ", ");
		add_futex_op(w->args[1], ret);
		strbuf_adds(ret, ", ");
		add_arg(w->args[2], ret);
	} else {
		for (int i = 0; i < shown_arg_cnt(w); i++) {
			strbuf_adds(ret, i ? ", " : "");
			add_arg(w->args[i], ret);
		}
	}
	strbuf_adds(ret, wait_is_timed(w) ? "), for a limited time" : "), without time-out");
	strbuf_adds(ret, w->flags & EVF_COMPAT ? ", 32-bit" : "");
}

void describe_wake(const struct model *m, const struct thread_wake *w, struct strbuf *ret)
{
	const char *name = syscall_name(w->nr, w->flags & EVF_COMPAT);

	if (w->flags & EVF_HARDIRQ) {
		strbuf_adds(ret, "by a hardware interrupt: a timer or a device");
		return;
	}
	if (w->flags & EVF_SOFTIRQ) {
		strbuf_adds(ret, "by a soft interrupt: a timer or the network");
		return;
	}
	if (!w->waker_tid) {
		strbuf_adds(ret, "by the kernel");
		return;
	}
	strbuf_adds(ret, "by ");
	describe_name(m, w->waker_tid, ret);
	if (name)
		strbuf_addf(ret, ", in %s()", name);
	else if (w->nr >= 0)
		strbuf_addf(ret, ", in system call %d", w->nr);
}

void describe_exit(__u32 code, struct strbuf *ret)
{
	if (code & 0x7f)
		strbuf_addf(ret, "killed by signal %u (%s)", code & 0x7f,
			    strsignal((int)code & 0x7f));
	else
		strbuf_addf(ret, "status %u", code >> 8 & 0xff);
}

void describe_chain(const struct model *m, const struct thread *t, struct strbuf *ret)
{
	__u32 seen[CHAIN_MAX];
	int cnt = 0;

	describe_name(m, t->tid, ret);
	seen[cnt++] = t->tid;
	while ((t = model_waits_for(m, t, NULL))) {
		strbuf_adds(ret, " > ");
		describe_name(m, t->tid, ret);
		for (int i = 0; i < cnt; i++) {
			if (seen[i] == t->tid) {
				strbuf_adds(ret, " (a cycle)");
				return;
			}
		}
		if (cnt == CHAIN_MAX) {
			strbuf_adds(ret, " > ...");
			return;
		}
		seen[cnt++] = t->tid;
	}
}
