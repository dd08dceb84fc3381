/* SPDX-License-Identifier: GPL-2.0-only */
/* Time-outs of system calls, relative or of some clock. */
#include "inspect/time_left.h"

#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/io.h"
#include "inspect/user_memory.h"
#include "model/syscall.h"

enum { NS_PER_MS = 1000000, NS_PER_US = 1000, NS_PER_S = 1000000000 };

#define SECONDS_MAX 1000000000LL /* beyond, it is for ever */

/* Where a call has its time-out: a structure at an address, or a number of ms. */
struct timeout {
	bool is_there;
	bool is_ms;
	bool is_timeval;
	bool is_absolute; /* of the clock, else relative to the begin of the wait */
	clockid_t clock;
	__u64 arg;
};

static struct timeout at_address(__u64 address)
{
	return (struct timeout){ .is_there = address != 0, .arg = address };
}

static struct timeout in_ms(__u64 arg)
{
	return (struct timeout){ .is_there = (__s32)arg >= 0, .is_ms = true, .arg = (__u32)arg };
}

static struct timeout of_sleep(const struct wait *w)
{
	struct timeout ret;

	if (wait_is_call(w, "nanosleep"))
		return at_address(w->args[0]);
	ret = at_address(w->args[2]);
	ret.is_absolute = w->args[1] & TIMER_ABSTIME;
	ret.clock = (clockid_t)w->args[0];
	return ret;
}

static struct timeout of_select(const struct wait *w)
{
	struct timeout ret = at_address(w->args[4]);

	ret.is_timeval = wait_is_call(w, "select");
	return ret;
}

static struct timeout of_futex(const struct wait *w)
{
	struct timeout ret = at_address(w->args[3]);

	ret.is_absolute = (w->args[1] & FUTEX_CMD_MASK) != FUTEX_WAIT;
	ret.clock = w->args[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	if ((w->args[1] & FUTEX_CMD_MASK) == FUTEX_LOCK_PI) /* futex(2): always that clock */
		ret.clock = CLOCK_REALTIME;
	return ret;
}

static struct timeout timeout_of(const struct wait *w)
{
	struct timeout ret = {};

	switch (w->class) {
	case SYSCALL_SLEEP:
		return of_sleep(w);
	case SYSCALL_FUTEX:
		return of_futex(w);
	case SYSCALL_EPOLL:
		return in_ms(w->args[3]);
	case SYSCALL_POLL:
		return in_ms(w->args[2]);
	case SYSCALL_SELECT:
		return of_select(w);
	case SYSCALL_EPOLL2:
	case SYSCALL_IPC_TIMED:
		return at_address(w->args[3]);
	case SYSCALL_PPOLL:
	case SYSCALL_SIGNAL_TIMED:
		return at_address(w->args[2]);
	case SYSCALL_MQ_TIMED:
		ret = at_address(w->args[4]);
		ret.is_absolute = true;
		ret.clock = CLOCK_REALTIME;
		return ret;
	}
	return ret;
}

/* What has to be added to a time of clock to be one of the trace; false: not known. */
static bool clock_offset(clockid_t clock, __s64 *ret)
{
	struct timespec now;
	__s64 now_ns = clock_now_ns();

	if (clock == CLOCK_MONOTONIC) {
		*ret = 0;
		return true;
	}
	if (clock != CLOCK_REALTIME && clock != CLOCK_BOOTTIME && clock != CLOCK_TAI)
		return false;
	if (clock_gettime(clock, &now))
		return false;
	*ret = now_ns - (now.tv_sec * (__s64)NS_PER_S + now.tv_nsec);
	return true;
}

__u64 time_left_until_ns(const struct thread *t)
{
	const struct wait *w = &t->wait;
	struct timeout to;
	__s64 value[2], from = w->since_ns;

	if (w->flags & EVF_COMPAT)
		return 0;
	to = timeout_of(w);
	if (!to.is_there)
		return 0;
	if (to.is_ms)
		return w->since_ns + to.arg * NS_PER_MS;
	if (user_memory_read(t->tid, to.arg, value, sizeof(value)) ||
	    (to.is_absolute && !clock_offset(to.clock, &from)))
		return 0;
	if (value[0] < 0 || value[1] < 0 || value[1] >= NS_PER_S ||
	    (value[0] >= SECONDS_MAX && !(to.is_absolute && value[0] < 4 * SECONDS_MAX)))
		return 0;
	from += value[0] * NS_PER_S + value[1] * (to.is_timeval ? NS_PER_US : 1);
	return from > 0 ? from : 0;
}

__u64 time_left_timerfd_ns(__u32 pid, __u32 fd, __u64 now_ns)
{
	char path[48], text[1024];
	long long seconds, ns;
	const char *line;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%u", pid, fd);
	if (read_file(path, text, sizeof(text), &len))
		return 0;
	line = strstr(text, "\nit_value:");
	if (!line || sscanf(line, "\nit_value: (%lld, %lld)", &seconds, &ns) != 2)
		return 0;
	if (seconds < 0 || seconds >= SECONDS_MAX || ns < 0 || (!seconds && !ns))
		return 0;
	return now_ns + seconds * NS_PER_S + ns;
}
