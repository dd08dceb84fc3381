/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the processes of the machine have mapped that they may share: who could wake who waits on a
 * word in it? /proc/PID/maps tells it only to who may look into the process.
 *
 * Looked at while threads wait on such a word, and only then.
 */
#include "bpf/compat.bpf.h"

enum { PAGE_SHIFT = 12 };

SEC("iter/task_vma")
int on_mappings(struct bpf_iter__task_vma *ctx)
{
	struct vm_area_struct *vma = ctx->vma;
	struct task_struct *task = ctx->task;
	struct probe_mapping r = {};
	struct inode *inode;
	struct file *file;

	if (!task || !vma || !(vma->vm_flags & VM_MAYSHARE))
		return 0;
	file = vma->vm_file;
	if (!file)
		return 0;
	inode = file->f_inode;
	r.pid = task->tgid;
	r.dev = inode->i_sb->s_dev;
	r.ino = inode->i_ino;
	r.off = (__u64)vma->vm_pgoff << PAGE_SHIFT;
	r.len = vma->vm_end - vma->vm_start;
	bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
	return 0;
}
