/* SPDX-License-Identifier: GPL-2.0-only */
/* The probes in the kernel: load, attach, drain their ring, count. The only room with libbpf. */
#ifndef CTRACE_PROBE_H
#define CTRACE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include "bpf/event.h"
#include "capture/lock_calls.h"
#include "capture/ring.h"

struct probe;

struct probe_options {
	__u64 ring_sz; /* bytes, made a power of two of at least a page; 0: 16 MiB */
	bool order;    /* probe_watch_locks() will be called */
	bool children; /* probe_meet() is for all below the processes, too */
};

/*
 * Load the programs and their maps; nothing is attached yet. Needs privilege (see
 * privileges_can_trace()). 0 and *ret, to be closed with probe_close(); or -errno,
 * with a message that names what failed.
 */
int probe_open(const struct probe_options *opts, struct probe **ret);

/*
 * Say of a process what it is to probe_meet(), before that is called; the last word counts. At
 * most PROBE_TARGET_MAX, or PROBE_BELOW_MAX with children. 0 or -errno.
 */
int probe_target(struct probe *p, __u32 pid, enum probe_target how);

/*
 * Meet the threads of the processes that are taken, and with children of all below them, which
 * go on undisturbed: each is traced from now on and is announced with what it does. To be called
 * after probe_attach(). 0 or -errno with a message.
 */
int probe_meet(struct probe *p);

/*
 * Trace process pid, which is not the program yet that it will be, from its next exec on, and what
 * it creates from then on. To be called after probe_attach(), before that exec.
 */
void probe_await_exec(struct probe *p, __u32 pid);

/* The processes that are taken, as of probe_meet(), in no order: how many, max of them in ret. */
size_t probe_targets(const struct probe *p, __u32 *ret, size_t max);

/*
 * Meet threads again that are traced already: some of tids[cnt], as many as the ring has room
 * for beside what else happens, from the first on; and tell the names of those that no THREAD
 * event told of. The model believes it of whom it knows nothing else. Nobody is stopped for it;
 * needs no privilege. Returns how many of tids were done, or -errno.
 */
int probe_meet_again(struct probe *p, const __u32 *tids, size_t cnt);

/* Attach: events flow. 0 or -errno with a message. */
int probe_attach(struct probe *p);

/* Call fn for the records in the ring: events (struct ev_hdr). As ring_drain(). */
int probe_drain(struct probe *p, ring_record_fn fn, void *arg);

/*
 * Events lost since last asked that no LOST record in the ring tells of: the ring
 * was full and nothing came after. Needs no privilege.
 */
__u64 probe_take_lost(struct probe *p, enum lost_cause cause);

/* The counters of all CPUs together. Exact only after probe_detach(). */
void probe_counters(const struct probe *p, struct probe_counters *ret);

/*
 * The registers of those of the threads tids[cnt] (at most PROBE_WANTED_MAX) that wait, in
 * no particular order, to ret[cnt]. Nobody is stopped for it, so what is read is true only
 * if the thread has not been woken meanwhile: its events tell. Needs no privilege. Returns
 * how many were found, or -errno.
 */
int probe_read_registers(struct probe *p, const __u32 *tids, size_t cnt,
			 struct probe_registers *ret);

/*
 * PROBE_CATCH_MAX places for the stacks of threads that begin to wait, shared with the probes
 * (enum probe_catch_state), which look at them while *ret_is_wanted is not 0. They live as long
 * as p. Needs no privilege.
 */
struct probe_catch *probe_catches(struct probe *p, __u32 **ret_is_wanted);

/*
 * The open files of all processes that can be seen from the PID namespace of the caller:
 * struct probe_file one after the other, each of a socket with its struct probe_socket,
 * bytes *ret_len of them to buf[sz]. Takes about a microsecond for each. Needs no privilege.
 * 0, -E2BIG: they do not fit, or another -errno.
 */
int probe_read_files(struct probe *p, void *buf, size_t sz, size_t *ret_len);

/*
 * len bytes, at most PROBE_MEMORY_MAX, at address in the memory of thread tid, which must be
 * traced; what else the system says of who may read it does not matter. Costs a pass over all
 * threads of the machine. Needs no privilege. 0 or -errno: -ESRCH, it is not traced; -EFAULT.
 */
int probe_read_memory(struct probe *p, __u32 tid, __u64 address, void *buf, size_t len);

/*
 * What all these processes have mapped that they may share: struct probe_mapping one after the
 * other. As probe_read_files().
 */
int probe_read_mappings(struct probe *p, void *buf, size_t sz, size_t *ret_len);

/*
 * From now on tell in which order process pid takes the locks that are of lib, or 0: all
 * traced processes that have it. Each call of one of the functions costs about 8 us, or 20
 * where the first instruction has to be stepped over; with 0 that costs all processes, whether
 * they are traced or not. At most ORDER_SET_MAX times. Needs no privilege where the kernel has
 * one link for many places. 0; -ENOENT: lib has no such functions; or -errno. Without message.
 */
int probe_watch_locks(struct probe *p, __u32 pid, const struct lock_library *lib);

/*
 * Call fn for the records of these (struct order_hdr). As ring_drain(); *ret_lost: how many
 * are missing since the begin.
 */
int probe_drain_order(struct probe *p, ring_record_fn fn, void *arg, __u64 *ret_lost);

/* No event is made any more; what is in the ring can still be drained. */
void probe_detach(struct probe *p);

void probe_close(struct probe *p); /* accepts NULL */

#endif /* CTRACE_PROBE_H */
