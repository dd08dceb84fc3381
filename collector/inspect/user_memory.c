/* SPDX-License-Identifier: GPL-2.0-only */
/* One system call for each piece. */
#include "inspect/user_memory.h"

#include <errno.h>
#include <sys/uio.h>

int user_memory_read(__u32 tid, __u64 address, void *buf, size_t len)
{
	struct iovec local = { .iov_base = buf, .iov_len = len };
	struct iovec remote = { .iov_base = (void *)address, .iov_len = len };
	ssize_t got = process_vm_readv(tid, &local, 1, &remote, 1, 0);

	if (got < 0)
		return -errno;
	return (size_t)got == len ? 0 : -EFAULT;
}
