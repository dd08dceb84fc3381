/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every open file of every process: who has the other end of a pipe or a socket?
 *
 * Looked at while threads wait, and only then. Nothing is locked but one descriptor at a
 * time, so two that were open at different moments can both be seen, or neither.
 */
#include "bpf/compat.bpf.h"

enum { TIMEO_NEVER_BIT = 62 }; /* MAX_SCHEDULE_TIMEOUT is LONG_MAX, include/linux/sched.h */

static __always_inline void fill_file(struct probe_file *f, struct file *file)
{
	struct inode *inode = file->f_inode;
	__u32 mode = inode->i_mode;

	f->file = (__u64)file;
	f->refs = file_refs(file);
	f->ino = inode->i_ino;
	f->dev = inode->i_sb->s_dev;
	f->fd_mode = FD_MODE(mode, file_kind(file, mode));
	f->access = (file->f_mode & FMODE_READ ? PROBE_READ : 0) |
		    (file->f_mode & FMODE_WRITE ? PROBE_WRITE : 0);
}

/* What tells whether all ends have been found. */
static __always_inline void fill_counts(struct probe_file *f, struct file *file)
{
	if ((f->fd_mode & S_IFMT) == S_IFIFO) {
		f->readers = BPF_CORE_READ(file, f_inode, i_pipe, readers);
		f->writers = BPF_CORE_READ(file, f_inode, i_pipe, writers);
		f->is_named = BPF_CORE_READ(file, f_inode, i_sb, s_magic) != PIPEFS_MAGIC &&
			      BPF_CORE_READ(file, f_inode, i_nlink);
	} else if (FD_MODE_KIND(f->fd_mode) == FILE_EVENTFD) {
		struct eventfd_ctx *ctx = file->private_data;

		f->writers = BPF_CORE_READ(ctx, kref.refcount.refs.counter);
	}
}

static __always_inline void fill_unix(struct probe_socket *s, struct sock *sk)
{
	struct unix_sock *u = (struct unix_sock *)sk;
	struct unix_address *name = BPF_CORE_READ(u, addr);

	s->peer = (__u64)BPF_CORE_READ(u, peer);
	s->net = (__u64)name;
	if (!name)
		return;
	s->name_len = BPF_CORE_READ(name, len) - sizeof(__u16); /* sun_family comes first */
	bpf_probe_read_kernel(s->name, sizeof(s->name), &name->name[0].sun_path);
}

static __always_inline void fill_inet(struct probe_socket *s, struct sock *sk)
{
	s->net = (__u64)BPF_CORE_READ(sk, __sk_common.skc_net.net);
	s->port = BPF_CORE_READ(sk, __sk_common.skc_num);
	s->peer_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (s->family == AF_INET) {
		BPF_CORE_READ_INTO((__be32 *)s->address, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)s->peer_address, sk, __sk_common.skc_daddr);
	} else {
		BPF_CORE_READ_INTO((struct in6_addr *)s->address, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)s->peer_address, sk,
				   __sk_common.skc_v6_daddr);
	}
}

static __always_inline void fill_socket(struct probe_socket *s, struct file *file)
{
	struct socket *socket = file->private_data;
	struct sock *sk = BPF_CORE_READ(socket, sk);

	if (!sk)
		return;
	s->sock = (__u64)sk;
	s->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	s->state = BPF_CORE_READ(sk, __sk_common.skc_state);
	s->type = BPF_CORE_READ(sk, sk_type);
	s->protocol = BPF_CORE_READ(sk, sk_protocol);
	s->is_timed = (BPF_CORE_READ(sk, sk_rcvtimeo) >> TIMEO_NEVER_BIT ? 0 : PROBE_READ) |
		      (BPF_CORE_READ(sk, sk_sndtimeo) >> TIMEO_NEVER_BIT ? 0 : PROBE_WRITE);
	if (s->family == AF_UNIX)
		fill_unix(s, sk);
	else if (s->family == AF_INET || s->family == AF_INET6)
		fill_inet(s, sk);
}

SEC("iter/task_file")
int on_files(struct bpf_iter__task_file *ctx)
{
	struct {
		struct probe_file f;
		struct probe_socket s;
	} r = {};
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	/* Loaded once: what was checked is not what another load gives. */
	if (!file || !task)
		return 0;
	r.f.pid = task->tgid;
	r.f.fd = ctx->fd;
	r.f.sent = task_files_sent(task);
	fill_file(&r.f, file);
	if ((r.f.fd_mode & S_IFMT) == S_IFSOCK) {
		fill_socket(&r.s, file);
		bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
		return 0;
	}
	fill_counts(&r.f, file);
	bpf_seq_write(ctx->meta->seq, &r.f, sizeof(r.f));
	return 0;
}
