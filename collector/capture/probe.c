/* SPDX-License-Identifier: GPL-2.0-only */
/* The probes in the kernel, through libbpf. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "capture/kernel_facts.h"
#include "capture/lock_probes.h"
#include "capture/probe.h"
#include "bpf/ctrace.skel.h"
#include "model/syscall.h"

enum {
	RING_SZ_DEFAULT = 16 << 20,
	MEET_ROUNDS_MAX = 16,
};

struct probe {
	struct ctrace_bpf *skel;
	struct ring *ring;
	struct ring *order_ring; /* NULL: not wanted */
	struct lock_probes lock_probes;
	size_t lock_set_cnt;
	struct map wanted; /* tids whose registers are being read */
};

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	char line[512];

	vsnprintf(line, sizeof(line), fmt, args);
	line[strcspn(line, "\n")] = '\0';
	if (level == LIBBPF_DEBUG)
		log_debug("%s", line);
	else
		log_info("%s", line);
	return 0;
}

static __u64 ring_size(__u64 want)
{
	__u64 sz = sysconf(_SC_PAGESIZE);

	want = want ? want : RING_SZ_DEFAULT;
	while (sz < want && sz < 1ULL << 31)
		sz *= 2;
	return sz;
}

static int set_knobs(struct probe *p)
{
	struct ctrace_bpf *skel = p->skel;
	struct kernel_facts facts = {};
	int err = kernel_facts_read(&facts);

	if (err) {
		log_err("cannot read the types of the kernel: %s", strerror(-err));
		return err;
	}
	if (!facts.preempt_count_offset)
		log_warn("wake-ups by interrupts cannot be told from others on this kernel");
	skel->rodata->preempt_count_offset = facts.preempt_count_offset;
	skel->rodata->has_rdonly_cast = facts.has_rdonly_cast;
	for (int nr = 0; nr < PROBE_SYSCALL_MAX; nr++)
		skel->rodata->syscall_takes_fd[nr] = syscall_takes_fd(nr);
	lock_probes_prepare(&p->lock_probes, skel->progs.on_lock_call, facts.has_uprobe_multi);
	return 0;
}

/* What --order needs is neither loaded nor made without it. */
static void choose_order(struct ctrace_bpf *skel, bool wanted)
{
	struct bpf_program *programs[] = { skel->progs.on_lock_call, skel->progs.on_order_fork,
					   skel->progs.on_order_exec, skel->progs.on_order_exit };
	struct bpf_map *maps[] = { skel->maps.order_threads, skel->maps.order_records,
				   skel->maps.order_seen,    skel->maps.order_created,
				   skel->maps.order_tids,    skel->maps.order_processes };

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		bpf_program__set_autoload(programs[i], wanted);
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		bpf_map__set_autocreate(maps[i], wanted);
	bpf_program__set_autoattach(skel->progs.on_lock_call, false);
}

static struct ring *open_ring(struct bpf_map *map)
{
	return ring_open(bpf_map__fd(map), bpf_map__max_entries(map));
}

/* Each probe and each map takes a descriptor: some dozens in all. */
static void say_failed(const char *what, int err)
{
	log_err("%s: %s%s", what, strerror(-err),
		err == -EMFILE ? " (raise the limit: ulimit -n 256)" : "");
}

int probe_open(const struct probe_options *opts, struct probe **ret)
{
	struct probe *p = xcalloc(1, sizeof(*p));
	int err;

	libbpf_set_print(print_libbpf);
	p->skel = ctrace_bpf__open();
	if (!p->skel) {
		err = -errno;
		log_err("cannot open the probes: %s", strerror(-err));
		goto fail;
	}
	err = set_knobs(p);
	if (err)
		goto fail;
	choose_order(p->skel, opts->order);
	p->skel->bss->meet_children = opts->children;
	err = bpf_map__set_max_entries(p->skel->maps.events, ring_size(opts->ring_sz));
	if (!err && opts->children)
		err = bpf_map__set_max_entries(p->skel->maps.targets, PROBE_BELOW_MAX);
	if (!err)
		err = ctrace_bpf__load(p->skel);
	if (err) {
		say_failed("the kernel does not take the probes", err);
		goto fail;
	}
	p->ring = open_ring(p->skel->maps.events);
	if (opts->order)
		p->order_ring = open_ring(p->skel->maps.order_records);
	if (!p->ring || (opts->order && !p->order_ring)) {
		err = -errno;
		log_err("cannot map the ring buffer: %s", strerror(-err));
		goto fail;
	}
	*ret = p;
	return 0;

fail:
	probe_close(p);
	return err;
}

int probe_attach(struct probe *p)
{
	int err = ctrace_bpf__attach(p->skel);

	if (err)
		say_failed("cannot attach the probes", err);
	return err;
}

/* One that writes nothing. */
static int run_iterator(const struct bpf_link *link)
{
	char buf[64];
	ssize_t len;
	int fd = bpf_iter_create(bpf_link__fd(link));

	if (fd < 0)
		return -errno;
	while ((len = read(fd, buf, sizeof(buf))) > 0)
		;
	len = len < 0 ? -errno : 0;
	close(fd);
	return len;
}

int probe_target(struct probe *p, __u32 pid, enum probe_target how)
{
	__u8 value = how;

	return bpf_map_update_elem(bpf_map__fd(p->skel->maps.targets), &pid, &value, BPF_ANY);
}

size_t probe_targets(const struct probe *p, __u32 *ret, size_t max)
{
	int fd = bpf_map__fd(p->skel->maps.targets);
	__u32 pid, *before = NULL;
	size_t cnt = 0;
	__u8 how;

	while (cnt < max && !bpf_map_get_next_key(fd, before, &pid)) {
		if (!bpf_map_lookup_elem(fd, &pid, &how) && how == PROBE_TAKEN)
			ret[cnt++] = pid;
		before = &pid;
	}
	return cnt;
}

int probe_meet(struct probe *p)
{
	struct probe_counters counters;
	int err = 0;

	p->skel->bss->meet_left = 1;
	/* One round marks, the next meets; another is for those who came in between. */
	for (int round = 1; round <= MEET_ROUNDS_MAX && p->skel->bss->meet_left && !err; round++) {
		p->skel->bss->meet_left = p->skel->bss->meet_unlisted = 0;
		p->skel->bss->meet_is_last = round == MEET_ROUNDS_MAX;
		err = run_iterator(p->skel->links.on_meet);
	}
	if (err)
		log_err("cannot take a snapshot: %s", strerror(-err));
	if (p->skel->bss->meet_unlisted)
		log_warn("%u threads are not traced: they are of more than %u processes",
			 p->skel->bss->meet_unlisted, PROBE_BELOW_MAX);
	probe_counters(p, &counters);
	if (!err && !counters.generated) {
		log_err("cannot trace: not one thread of it can be found");
		err = -ESRCH;
	}
	return err;
}

void probe_await_exec(struct probe *p, __u32 pid)
{
	__atomic_store_n(&p->skel->bss->awaited_pid, pid, __ATOMIC_RELEASE);
}

static void want(struct probe *p, const __u32 *tids, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		__u32 bit = tids[i] % PROBE_WANTED_BITS;

		p->skel->bss->wanted_bits[bit / 64] |= 1ULL << bit % 64;
		map_put(&p->wanted, tids[i], 0);
	}
}

static void unwant(struct probe *p, const __u32 *tids, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		p->skel->bss->wanted_bits[tids[i] % PROBE_WANTED_BITS / 64] = 0;
	map_clear(&p->wanted);
}

/* A quarter of the ring is for them. */
static size_t meet_max(const struct probe *p)
{
	size_t cnt = bpf_map__max_entries(p->skel->maps.events) / 4 /
		     (sizeof(struct ev_met) + BPF_RINGBUF_HDR_SZ);

	return cnt < PROBE_WANTED_MAX ? cnt : PROBE_WANTED_MAX;
}

int probe_meet_again(struct probe *p, const __u32 *tids, size_t cnt)
{
	int err;

	if (cnt > meet_max(p))
		cnt = meet_max(p);
	p->skel->bss->meet_whom = PROBE_MEET_NAMES;
	err = run_iterator(p->skel->links.on_meet);
	if (!err && cnt) {
		want(p, tids, cnt);
		p->skel->bss->meet_whom = PROBE_MEET_AGAIN;
		err = run_iterator(p->skel->links.on_meet);
		unwant(p, tids, cnt);
	}
	return err ? err : (int)cnt;
}

/* Those of the threads that are wanted, and not of others that have the same bit. */
static int read_wanted(struct probe *p, size_t cnt, struct probe_registers *ret)
{
	int fd = bpf_iter_create(bpf_link__fd(p->skel->links.on_registers));
	struct probe_registers some[64];
	size_t found = 0;
	ssize_t got = 0;

	if (fd < 0)
		return -errno;
	while (found < cnt && (got = read(fd, some, sizeof(some))) > 0)
		for (size_t i = 0; i < got / sizeof(some[0]) && found < cnt; i++)
			if (map_get(&p->wanted, some[i].tid, NULL))
				ret[found++] = some[i];
	got = got < 0 ? -errno : 0;
	close(fd);
	return got ? got : (int)found;
}

int probe_read_registers(struct probe *p, const __u32 *tids, size_t cnt,
			 struct probe_registers *ret)
{
	int found;

	if (cnt > PROBE_WANTED_MAX)
		return -E2BIG;
	want(p, tids, cnt);
	found = read_wanted(p, cnt, ret);
	unwant(p, tids, cnt);
	return found;
}

struct probe_catch *probe_catches(struct probe *p, __u32 **ret_is_wanted)
{
	*ret_is_wanted = &p->skel->bss->catch_is_wanted;
	return p->skel->bss->catches;
}

/* All that the iterator of @link writes. */
static int read_all(const struct bpf_link *link, void *buf, size_t sz, size_t *ret_len)
{
	size_t len = 0;
	ssize_t got = 0;
	int fd = bpf_iter_create(bpf_link__fd(link));

	if (fd < 0)
		return -errno;
	while (len < sz && (got = read(fd, (char *)buf + len, sz - len)) > 0)
		len += got;
	got = got < 0 ? -errno : len == sz ? -E2BIG : 0;
	close(fd);
	if (!got)
		*ret_len = len;
	return got;
}

int probe_read_files(struct probe *p, void *buf, size_t sz, size_t *ret_len)
{
	return read_all(p->skel->links.on_files, buf, sz, ret_len);
}

int probe_read_mappings(struct probe *p, void *buf, size_t sz, size_t *ret_len)
{
	return read_all(p->skel->links.on_mappings, buf, sz, ret_len);
}

int probe_read_memory(struct probe *p, __u32 tid, __u64 address, void *buf, size_t len)
{
	struct probe_memory *memory = &p->skel->bss->memory;
	int err;

	if (len > sizeof(memory->bytes))
		return -E2BIG;
	if (!p->skel->links.on_memory)
		return -ESRCH;
	memory->tid = tid;
	memory->len = len;
	memory->address = address;
	memory->err = -ESRCH;
	err = run_iterator(p->skel->links.on_memory);
	if (err || memory->err)
		return err ? err : memory->err;
	memcpy(buf, memory->bytes, len);
	return 0;
}

int probe_drain(struct probe *p, ring_record_fn fn, void *arg)
{
	return ring_drain(p->ring, fn, arg);
}

__u64 probe_take_lost(struct probe *p, enum lost_cause cause)
{
	return __atomic_exchange_n(&p->skel->bss->lost_pending[cause], 0, __ATOMIC_ACQ_REL);
}

void probe_counters(const struct probe *p, struct probe_counters *ret)
{
	*ret = (struct probe_counters){};
	for (int cpu = 0; cpu < PROBE_CPU_MAX; cpu++) {
		const struct probe_counters *c = &p->skel->bss->counters[cpu];

		ret->generated += c->generated;
		for (int cause = 0; cause < LOST_CAUSE_MAX; cause++)
			ret->lost[cause] += c->lost[cause];
	}
}

int probe_watch_locks(struct probe *p, __u32 pid, const struct lock_library *lib)
{
	__u64 set = p->lock_set_cnt, now_ns;
	int err = -ENOSPC;

	if (set < ORDER_SET_MAX)
		err = lock_probes_add(&p->lock_probes, p->skel->progs.on_lock_call, pid, lib,
				      set << ORDER_CALL_SET_SHIFT);
	if (err)
		return err;
	p->lock_set_cnt++;
	now_ns = clock_now_ns();
	__atomic_store_n(&p->skel->bss->order_ready_ns[set], now_ns, __ATOMIC_RELEASE);
	__atomic_store_n(&p->skel->bss->order_last_ready_ns, now_ns, __ATOMIC_RELEASE);
	return 0;
}

int probe_drain_order(struct probe *p, ring_record_fn fn, void *arg, __u64 *ret_lost)
{
	*ret_lost = p->skel->bss->order_lost;
	if (!p->order_ring)
		return 0;
	return ring_drain(p->order_ring, fn, arg);
}

void probe_detach(struct probe *p)
{
	lock_probes_release(&p->lock_probes);
	ctrace_bpf__detach(p->skel);
}

void probe_close(struct probe *p)
{
	if (!p)
		return;
	lock_probes_release(&p->lock_probes);
	ring_close(p->order_ring);
	ring_close(p->ring);
	ctrace_bpf__destroy(p->skel);
	map_release(&p->wanted);
	free(p);
}
