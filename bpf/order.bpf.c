/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --order: which locks a thread holds while it wants another.
 *
 * Probes on the first instruction of the functions of the C library that lock and unlock:
 * none on their return, which would put addresses of the kernel's on stacks that are to be
 * unwound. So a lock counts as held from when it is wanted, and one that is only tried for
 * as perhaps held, until the owner in its words tells more.
 *
 * Memory may be used for one lock after the other. Only two kinds of locks are known not to
 * be such: those in the data of the program itself, and those that were set up by a function,
 * for whose next setting up, or end, there is a probe.
 */
#include "bpf/filter.bpf.h"
#include "bpf/registers.bpf.h"

enum {
	ORDER_SEEN_MAX = 1 << 16,
	ORDER_RENEWED_MAX = 1 << 16,
	ORDER_THREAD_MAX = 1 << 14,
	ORDER_PROCESS_MAX = 1 << 14,
	ORDER_ANCESTOR_MAX = 4, /* whose locks that were set up are known to be still there */
	/* struct __pthread_mutex_s, bits/struct_mutex.h of glibc, x86-64 */
	GLIBC_OWNER_OFF = 8,
	GLIBC_KIND_OFF = 16,
	MUSL_KIND_OFF = 0, /* _m_type, src/internal/pthread_impl.h */
	KIND_MASK = 3,
	KIND_RECURSIVE = 1,
	KIND_SHARED = 128,
	/* __shared of struct __pthread_rwlock_arch_t, _rw_shared of musl */
	GLIBC_RWLOCK_SHARED_OFF = 28,
	MUSL_RWLOCK_SHARED_OFF = 8,
	PAGE_SHIFT = 12,
};

struct order_held {
	__u64 begin_ns;	 /* of the thread, or of the program in it; 0: before all probes */
	bool has_called; /* since the probes are there */
	bool is_met;
	__u32 cnt;
	__u32 overflow_cnt; /* locks that had no room: no edges until they go */
	struct order_lock locks[ORDER_HELD_MAX];
};

struct order_place {
	__u64 address; /* of what is shared: where it is in its file */
	__u64 pid;     /* and the inode of that */
	__u64 dev;     /* and its device; else 0 */
};

/* What its memory holds it has from there. */
struct order_process {
	__u64 begin_ns;	  /* of the process, or of the program in it */
	__u64 parent_pid; /* 0: from nobody, it is a new program */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct order_held);
} order_threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} order_records SEC(".maps");

/* Edges that were told already: the same ones come again and again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ORDER_SEEN_MAX);
	__type(key, __u64);
	__type(value, __u8);
} order_seen SEC(".maps");

/* When locks were set up by a function; 0: their end was declared. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ORDER_RENEWED_MAX);
	__type(key, struct order_place);
	__type(value, __u64);
} order_created SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ORDER_PROCESS_MAX);
	__type(key, __u64); /* pid */
	__type(value, struct order_process);
} order_processes SEC(".maps");

/* pthread_t, which is where the thread's own data lies, to tid. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ORDER_THREAD_MAX);
	__type(key, struct order_place);
	__type(value, __u32);
} order_tids SEC(".maps");

__u64 order_lost = 0;
/* Counts threads that came and were joined: what came before may be ordered by it. */
__u64 order_epoch = 0;
/* Since when all probes of a set are there; 0: they are not yet. */
__u64 order_ready_ns[ORDER_SET_MAX] = {};
__u64 order_last_ready_ns = 0; /* of the set that came last */

static __always_inline void order_fill(struct order_hdr *hdr, enum order_kind kind,
				       struct task_struct *task, __u32 other_tid, __u64 address)
{
	hdr->ts_ns = bpf_ktime_get_ns();
	hdr->kind = kind;
	hdr->tid = task->pid;
	hdr->pid = task->tgid;
	hdr->other_tid = other_tid;
	hdr->address = address;
}

static __always_inline void order_tell_of(enum order_kind kind, struct task_struct *task,
					  __u32 other_tid, __u64 address,
					  const struct order_page *page)
{
	struct order_hdr *hdr = bpf_ringbuf_reserve(&order_records, sizeof(*hdr), 0);

	if (!hdr) {
		__sync_fetch_and_add(&order_lost, 1);
		return;
	}
	order_fill(hdr, kind, task, other_tid, address);
	hdr->page = *page;
	bpf_ringbuf_submit(hdr, BPF_RB_NO_WAKEUP);
}

static __always_inline void order_tell(enum order_kind kind, struct task_struct *task,
				       __u32 other_tid, __u64 address)
{
	const struct order_page none = {};

	order_tell_of(kind, task, other_tid, address, &none);
}

static __always_inline __u32 read_user_u32(__u64 address)
{
	__u32 value = 0;

	bpf_probe_read_user(&value, sizeof(value), (void *)address);
	return value;
}

struct mapped {
	__u64 address;
	struct order_page page;
};

static long on_mapping(struct task_struct *task, struct vm_area_struct *vma, void *arg)
{
	struct mapped *m = arg;
	struct inode *inode;

	if (!(vma->vm_flags & VM_SHARED) || !vma->vm_file)
		return 0;
	inode = vma->vm_file->f_inode;
	m->page.ino = inode->i_ino;
	m->page.dev = inode->i_sb->s_dev;
	m->page.off = m->address - vma->vm_start + (vma->vm_pgoff << PAGE_SHIFT);
	return 0;
}

/* What is at address, for all processes. False: somebody is changing what is mapped. */
static __always_inline bool find_page(struct task_struct *task, __u64 address,
				      struct order_page *ret)
{
	struct mapped m = { .address = address };

	if (bpf_find_vma(task, address, on_mapping, &m, 0))
		return false;
	*ret = m.page;
	return true;
}

/* Was it set up to be shared by processes? Or is it in memory that nobody here has touched yet? */
static __always_inline bool may_be_shared(__u64 call, __u64 address)
{
	bool is_musl = call & ORDER_CALL_MUSL;
	__u32 off = is_musl ? MUSL_RWLOCK_SHARED_OFF : GLIBC_RWLOCK_SHARED_OFF, value;

	if (call & ORDER_CALL_MUTEX)
		off = is_musl ? MUSL_KIND_OFF : GLIBC_KIND_OFF;
	if (bpf_probe_read_user(&value, sizeof(value), (void *)(address + off)))
		return true;
	return call & ORDER_CALL_MUTEX ? value & KIND_SHARED : value != 0;
}

/* Was it set up by process pid, or before that was forked by one of its ancestors? */
static __always_inline bool was_created(__u64 pid, __u64 address)
{
	__u64 until_ns = ~0ULL;

	for (int i = 0; i < ORDER_ANCESTOR_MAX && pid; i++) {
		struct order_place place = { address, pid, 0 };
		__u64 *created_ns = bpf_map_lookup_elem(&order_created, &place);
		struct order_process *process = bpf_map_lookup_elem(&order_processes, &pid);
		__u64 begin_ns = process ? process->begin_ns : 0;

		if (created_ns && *created_ns < until_ns &&
		    (!*created_ns || *created_ns > begin_ns))
			return *created_ns;
		pid = process ? process->parent_pid : 0;
		until_ns = begin_ns;
	}
	return false;
}

/* No other lock can have been there. */
static __always_inline bool is_lasting(struct task_struct *task, __u64 address,
				       const struct order_page *page)
{
	if (page->ino) {
		struct order_place place = { page->off, page->ino, page->dev };
		__u64 *created_ns = bpf_map_lookup_elem(&order_created, &place);

		return created_ns && *created_ns;
	}
	if (address >= task->mm->start_code && address < task->mm->start_brk)
		return true;
	return was_created(task->tgid, address);
}

static __always_inline __u32 lock_flags(struct task_struct *task, __u64 call, __u64 address,
					const struct order_page *page)
{
	__u32 flags = is_lasting(task, address, page) ? ORDER_LASTING : 0;

	if (call & ORDER_CALL_READ)
		flags |= ORDER_SHARED;
	if (!(call & ORDER_CALL_MUTEX) || (call & ORDER_CALL_MUSL))
		flags |= ORDER_OPAQUE;
	if ((call & ORDER_CALL_MASK) == ORDER_CALL_TRY)
		flags |= ORDER_MAYBE;
	return flags;
}

/* The first entry of the lock, or ORDER_HELD_MAX. */
static __always_inline __u32 find_held(const struct order_held *h, __u64 address)
{
	for (__u32 i = 0; i < ORDER_HELD_MAX; i++)
		if (i < h->cnt && h->locks[i].address == address)
			return i;
	return ORDER_HELD_MAX;
}

static __always_inline void remove_held(struct order_held *h, __u32 at)
{
	for (__u32 i = 0; i + 1 < ORDER_HELD_MAX; i++)
		if (i >= at)
			h->locks[i] = h->locks[i + 1];
	h->cnt--;
}

/*
 * Locks that were tried for: their words tell by now whether the thread has got them. In a
 * PID namespace they hold other numbers, and all that is known is that nobody has it.
 */
static __always_inline void settle(struct order_held *h, struct task_struct *task)
{
	for (__u32 i = 0; i < ORDER_HELD_MAX; i++) {
		struct order_lock *l = &h->locks[i];
		__u32 owner;

		if (i >= h->cnt || (l->flags & (ORDER_MAYBE | ORDER_OPAQUE)) != ORDER_MAYBE)
			continue;
		owner = read_user_u32(l->address + GLIBC_OWNER_OFF);
		if (owner == (__u32)task->pid)
			l->flags &= ~ORDER_MAYBE;
		else if (!owner)
			remove_held(h, i);
	}
}

/* Of the locks, and of where the last ones were taken. */
static __always_inline __u64 edge_hash(const struct order_held *h, struct task_struct *task,
				       __u64 address, __u64 caller)
{
	__u64 hash = (__u64)task->pid << 32 ^ order_epoch;

	for (__u32 i = 0; i < ORDER_HELD_MAX; i++) {
		if (i >= h->cnt)
			break;
		hash = (hash ^ h->locks[i].address) * 0x100000001b3ULL;
		hash = (hash ^ h->locks[i].caller ^ h->locks[i].flags) * 0x100000001b3ULL;
		hash ^= hash >> 29;
	}
	hash = (hash ^ address) * 0x100000001b3ULL;
	return (hash ^ caller ^ hash >> 31) * 0x100000001b3ULL;
}

static __noinline int tell_edge(struct pt_regs *ctx, struct order_held *h,
				const struct order_lock *wanted)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct order_edge *e;

	if (!h || !wanted)
		return 0;
	e = bpf_ringbuf_reserve(&order_records, sizeof(*e), 0);
	if (!e) {
		__sync_fetch_and_add(&order_lost, 1);
		return 0;
	}
	order_fill(&e->hdr, ORDER_EDGE, task, 0, ctx->di);
	e->hdr.page = wanted->page;
	e->flags = wanted->flags;
	e->held_cnt = h->cnt;
	__builtin_memcpy(e->held, h->locks, sizeof(e->held));
	registers_copy(ctx, e->regs);
	e->stack_len = stack_copy(e->stack, ctx->sp);
	e->zero = 0;
	e->code_start = task->mm->start_code;
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

static __always_inline void tell_new_edge(struct pt_regs *ctx, struct order_held *h,
					  struct task_struct *task, const struct order_lock *wanted)
{
	__u64 hash = edge_hash(h, task, ctx->di, wanted->caller);
	__u8 yes = 1;

	if (h->overflow_cnt || bpf_map_lookup_elem(&order_seen, &hash))
		return;
	bpf_map_update_elem(&order_seen, &hash, &yes, BPF_ANY);
	tell_edge(ctx, h, wanted);
}

static __always_inline bool may_be_taken_again(__u64 call, __u64 address)
{
	__u32 off = call & ORDER_CALL_MUSL ? MUSL_KIND_OFF : GLIBC_KIND_OFF;

	if (!(call & ORDER_CALL_MUTEX))
		return true;
	return (read_user_u32(address + off) & KIND_MASK) == KIND_RECURSIVE;
}

static __always_inline void take(struct pt_regs *ctx, struct order_held *h,
				 struct task_struct *task, __u64 call)
{
	struct order_lock fresh = { .address = ctx->di, .cnt = 1 };
	__u32 at = find_held(h, ctx->di);
	bool is_try = (call & ORDER_CALL_MASK) == ORDER_CALL_TRY;

	if (at < ORDER_HELD_MAX && is_try && (call & ORDER_CALL_MUSL))
		return; /* there the functions that lock call those that try */
	if (at < ORDER_HELD_MAX && !(h->locks[at].flags & ORDER_MAYBE)) {
		h->locks[at].cnt += may_be_taken_again(call, ctx->di);
		return;
	}
	if (at < ORDER_HELD_MAX && is_try)
		return;
	if (at < ORDER_HELD_MAX) /* the try was in vain */
		remove_held(h, at);
	bpf_probe_read_user(&fresh.caller, sizeof(fresh.caller), (void *)ctx->sp);
	if (may_be_shared(call, ctx->di) && !find_page(task, ctx->di, &fresh.page)) {
		h->overflow_cnt++;
		return;
	}
	fresh.flags = lock_flags(task, call, ctx->di, &fresh.page);
	if (h->cnt && !is_try && (fresh.flags & ORDER_LASTING))
		tell_new_edge(ctx, h, task, &fresh);
	if (h->cnt < ORDER_HELD_MAX)
		h->locks[h->cnt++] = fresh;
	else
		h->overflow_cnt++;
}

/* What it holds and was not seen to take. */
static __always_inline void tell_release(struct order_held *h, struct task_struct *task, __u64 call,
					 __u64 address)
{
	struct order_page page = {};

	if (may_be_shared(call, address))
		find_page(task, address, &page);
	order_tell_of(ORDER_RELEASE, task, h->is_met, address, &page);
}

static __always_inline void give_back(struct order_held *h, struct task_struct *task, __u64 call,
				      __u64 address)
{
	__u32 at = find_held(h, address);

	if (at < ORDER_HELD_MAX) {
		if (h->locks[at].cnt > 1)
			h->locks[at].cnt--;
		else
			remove_held(h, at);
	} else if (h->overflow_cnt) {
		h->overflow_cnt--;
	} else {
		tell_release(h, task, call, address);
	}
}

/*
 * It is given back and taken again, and whoever comes here holds it. That is news of a thread
 * that was met: it gates from now on. What is more, where it was taken, is not known.
 */
static __always_inline void wait(struct order_held *h, struct task_struct *task, __u64 call,
				 __u64 address)
{
	struct order_lock known = {
		.address = address,
		.flags = ORDER_MAYBE | ORDER_OPAQUE,
		.cnt = 1,
	};

	if (!h->is_met || find_held(h, address) < ORDER_HELD_MAX)
		return;
	tell_release(h, task, call, address);
	if (may_be_shared(call, address))
		find_page(task, address, &known.page);
	if (h->cnt < ORDER_HELD_MAX)
		h->locks[h->cnt++] = known;
	else
		h->overflow_cnt++;
}

/* A lock is set up, or its end is declared. */
static __always_inline void renew(struct task_struct *task, __u64 call, __u64 address)
{
	struct order_place place = { address, task->tgid, 0 };
	__u64 now_ns = call & ORDER_CALL_CREATE ? bpf_ktime_get_ns() : 0;
	struct order_page page = {};

	bpf_map_update_elem(&order_created, &place, &now_ns, BPF_ANY);
	find_page(task, address, &page);
	if (page.ino) {
		place = (struct order_place){ page.off, page.ino, page.dev };
		bpf_map_update_elem(&order_created, &place, &now_ns, BPF_ANY);
	}
	order_tell_of(ORDER_FORGET, task, 0, address, &page);
}

static __always_inline void join(struct task_struct *task, __u64 thread)
{
	struct order_place place = { thread, task->tgid, 0 };
	__u32 *tid = bpf_map_lookup_elem(&order_tids, &place);

	if (!tid)
		return;
	order_tell(ORDER_JOIN, task, *tid, 0);
	__sync_fetch_and_add(&order_epoch, 1);
}

/*
 * Its first call, or thread created, since the probes are there: it does not take a lock unseen
 * any more, and if it was in pthread_join() when they came, it is not now.
 */
static __always_inline void meet(struct order_held *h, struct task_struct *task, __u64 ready_ns)
{
	h->has_called = true;
	if (h->begin_ns > ready_ns)
		return;
	h->is_met = true;
	order_tell(ORDER_MET, task, 0, 0);
	__sync_fetch_and_add(&order_epoch, 1);
}

static __always_inline void on_call(struct pt_regs *ctx, struct order_held *h,
				    struct task_struct *task, __u64 call)
{
	settle(h, task);
	switch (call & ORDER_CALL_MASK) {
	case ORDER_CALL_LOCK:
	case ORDER_CALL_TRY:
		take(ctx, h, task, call);
		break;
	case ORDER_CALL_UNLOCK:
		give_back(h, task, call, ctx->di);
		break;
	case ORDER_CALL_RENEW:
		renew(task, call, ctx->di);
		break;
	case ORDER_CALL_JOIN:
		join(task, ctx->di);
		break;
	case ORDER_CALL_WAIT:
		wait(h, task, call, ctx->si);
		break;
	}
}

SEC("uprobe")
int on_lock_call(struct pt_regs *ctx)
{
	__u64 call = bpf_get_attach_cookie(ctx);
	__u64 ready_ns = order_ready_ns[call >> ORDER_CALL_SET_SHIFT & (ORDER_SET_MAX - 1)];
	struct task_struct *task = bpf_get_current_task_btf();
	struct order_held *h;

	if (!ready_ns || !traced_find(task))
		return 0;
	h = bpf_task_storage_get(&order_threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!h) {
		__sync_fetch_and_add(&order_lost, 1);
		return 0;
	}
	if (!h->has_called)
		meet(h, task, ready_ns);
	on_call(ctx, h, task, call);
	return 0;
}

static __always_inline void begin_process(struct task_struct *task, __u64 parent_pid)
{
	struct order_process process = { bpf_ktime_get_ns(), parent_pid };
	__u64 pid = task->tgid;

	bpf_map_update_elem(&order_processes, &pid, &process, BPF_ANY);
}

/* What it can come by from now on is seen. */
static __always_inline struct order_held *begin_thread(struct task_struct *task)
{
	struct order_held *h =
		bpf_task_storage_get(&order_threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (h)
		h->begin_ns = bpf_ktime_get_ns();
	else
		__sync_fetch_and_add(&order_lost, 1);
	return h;
}

/* It has what its creator held, in memory of its own. */
static __always_inline void inherit(struct order_held *h, struct task_struct *parent)
{
	struct order_held *from = bpf_task_storage_get(&order_threads, parent, 0, 0);

	h->is_met = !from || from->is_met;
	if (!from)
		return;
	h->cnt = from->cnt;
	h->overflow_cnt = from->overflow_cnt;
	__builtin_memcpy(h->locks, from->locks, sizeof(h->locks));
}

static __always_inline void meet_parent(struct task_struct *parent)
{
	__u64 ready_ns = order_last_ready_ns;
	struct order_held *h;

	if (!ready_ns)
		return;
	h = bpf_task_storage_get(&order_threads, parent, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!h)
		__sync_fetch_and_add(&order_lost, 1);
	else if (!h->has_called && h->begin_ns <= ready_ns)
		meet(h, parent, ready_ns);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_order_fork, struct task_struct *parent, struct task_struct *child)
{
	struct order_place place = { child->thread.fsbase, child->tgid, 0 };
	__u32 tid = child->pid;
	struct order_held *h;

	if (!traced_find(parent))
		return 0;
	meet_parent(parent);
	h = begin_thread(child);
	if (child->tgid != parent->tgid) {
		if (h)
			inherit(h, parent);
		begin_process(child, parent->tgid);
		order_tell(ORDER_PROCESS, parent, tid, 0);
	} else {
		bpf_map_update_elem(&order_tids, &place, &tid, BPF_ANY);
		order_tell(ORDER_FORK, parent, tid, 0);
	}
	__sync_fetch_and_add(&order_epoch, 1);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_order_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	if (!traced_find(task))
		return 0;
	bpf_task_storage_delete(&order_threads, task);
	begin_thread(task);
	begin_process(task, 0);
	order_tell(ORDER_EXEC, task, 0, 0);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_order_exit, struct task_struct *task)
{
	if (traced_find(task) && !task->signal->live.counter)
		order_tell(ORDER_EXIT, task, task->real_parent->tgid, 0);
	return 0;
}
