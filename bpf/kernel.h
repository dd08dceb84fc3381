/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel fields that are read, and no others.
 *
 * CO-RE moves every access to where the field is in the running kernel
 * (preserve_access_index), so the build needs no BTF of the build machine and
 * this page says all that ctrace depends on. Layouts here mean nothing.
 */
#ifndef CTRACE_KERNEL_H
#define CTRACE_KERNEL_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
typedef int pid_t;

enum { false = 0, true = 1 };

/* include/uapi/linux/bpf.h */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum {
	BPF_ANY = 0,
	BPF_F_NO_PREALLOC = 1,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
	BPF_RB_NO_WAKEUP = 1,
};

/* include/linux/sched.h: bits of task_struct::__state and ::flags */
enum {
	TASK_INTERRUPTIBLE = 0x1,
	TASK_UNINTERRUPTIBLE = 0x2,
	TASK_DEAD = 0x80,
	TASK_WAKING = 0x200,
	PF_KTHREAD = 0x00200000,
};

/* include/linux/mm.h: bits of vm_area_struct::vm_flags */
enum { VM_SHARED = 0x8, VM_MAYSHARE = 0x80 };

/* include/linux/fs.h: bits of file::f_mode */
enum { FMODE_READ = 1, FMODE_WRITE = 2 };

/* include/uapi/linux/stat.h */
enum {
	S_IFMT = 0170000,
	S_IFIFO = 0010000,
	S_IFCHR = 0020000,
	S_IFREG = 0100000,
	S_IFSOCK = 0140000
};

/* include/linux/socket.h */
enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10 };

/* arch/x86/include/asm/thread_info.h: in a system call of the 32-bit table */
enum { TS_COMPAT = 0x0002 };

/* include/linux/preempt.h: what __preempt_count says about interrupts */
enum {
	SOFTIRQ_SERVED = 0x00000100,
	HARDIRQ_MASK = 0x000f0000,
	NMI_MASK = 0x00f00000,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct refcount_struct {
	atomic_t refs;
};

struct qspinlock {
	union {
		atomic_t val;
	};
};

struct raw_spinlock {
	struct qspinlock raw_lock;
};

struct rq;

struct cfs_rq {
	struct rq *rq;
};

struct sched_info {
	unsigned long long last_arrival;
};

struct sched_entity {
	__u64 exec_start;
	__u64 sum_exec_runtime;
	__u64 prev_sum_exec_runtime;
	struct cfs_rq *cfs_rq;
	unsigned char sched_delayed; /* from 6.12 on */
};

struct super_block {
	unsigned int s_dev;
	unsigned long s_magic;
};

struct pipe_inode_info {
	unsigned int readers;
	unsigned int writers;
};

struct inode {
	unsigned short i_mode;
	unsigned int i_nlink;
	unsigned int i_rdev;
	unsigned long i_ino;
	struct super_block *i_sb;
	struct pipe_inode_info *i_pipe;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct dentry *dentry;
};

struct file_ref {
	struct {
		long counter;
	} refcnt;
};

struct file {
	unsigned int f_mode;
	struct {
		long counter;
	} f_count; /* up to 6.12 */
	struct file_ref f_ref;
	void *private_data;
	struct inode *f_inode;
	struct path f_path;
};

struct kref {
	struct refcount_struct refcount;
};

struct eventfd_ctx {
	struct kref kref;
};

struct net;

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	unsigned char bytes[16];
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	long sk_rcvtimeo;
	long sk_sndtimeo;
	__u16 sk_protocol;
	__u16 sk_type;
};

struct sockaddr_un {
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[0];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct socket {
	struct sock *sk;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

typedef struct {
	unsigned int val;
} kuid_t;

struct user_struct {
	unsigned long unix_inflight;
};

struct cred {
	kuid_t uid;
	struct user_struct *user;
};

struct signal_struct {
	atomic_t live;
};

struct thread_info {
	__u32 status;
	__u32 cpu;
};

/* A mapping; pages are counted in vm_pgoff. */
struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	unsigned long vm_flags;
	unsigned long vm_pgoff;
	struct file *vm_file;
};

/* Where the program's own code begins, and where the heap behind its data does. */
struct mm_struct {
	unsigned long start_code;
	unsigned long start_brk;
};

struct thread_struct {
	unsigned long fsbase;
};

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

/* The numbers of a thread, from the initial namespace to its own, which is at level. */
struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state;
	unsigned int flags;
	int on_cpu;
	int on_rq;
	struct sched_entity se;
	struct sched_info sched_info; /* CONFIG_SCHED_INFO */
	int exit_state;
	int exit_code;
	unsigned int frozen : 1;
	pid_t pid;
	pid_t tgid;
	struct pid *thread_pid;
	struct task_struct *real_parent;
	__u64 start_boottime;
	const struct cred *cred;
	char comm[16];
	struct files_struct *files;
	struct signal_struct *signal;
	struct raw_spinlock pi_lock;
	struct mm_struct *mm;
	struct thread_struct thread;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
};

struct linux_binprm {
	const char *filename;
};

struct pt_regs {
	unsigned long r15;
	unsigned long r14;
	unsigned long r13;
	unsigned long r12;
	unsigned long bp;
	unsigned long bx;
	unsigned long r11;
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long sp;
};

#pragma clang attribute pop

#endif /* CTRACE_KERNEL_H */
