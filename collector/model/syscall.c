/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of system calls. Sources: arch/x86/entry/syscalls/syscall_{64,32}.tbl. */
#include <stddef.h>
#include <stdlib.h>
#include "model/syscall.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Ascending in nr64, as far as there is one: of every wait the call is looked up. */
static const struct syscall_info syscalls[] = {
	{ 0, 3, SYSCALL_FD, "read" },
	{ 1, 4, SYSCALL_FD, "write" },
	{ 2, 5, SYSCALL_OPEN, "open" },
	{ 3, 6, SYSCALL_OTHER, "close" },
	{ 4, 106, SYSCALL_OTHER, "stat" },
	{ 5, 108, SYSCALL_OTHER, "fstat" },
	{ 6, 107, SYSCALL_OTHER, "lstat" },
	{ 7, 168, SYSCALL_POLL, "poll" },
	{ 9, -1, SYSCALL_OTHER, "mmap" },
	{ 10, 125, SYSCALL_OTHER, "mprotect" },
	{ 11, 91, SYSCALL_OTHER, "munmap" },
	{ 12, 45, SYSCALL_OTHER, "brk" },
	{ 16, 54, SYSCALL_FD, "ioctl" },
	{ 17, 180, SYSCALL_FD, "pread64" },
	{ 18, 181, SYSCALL_FD, "pwrite64" },
	{ 19, 145, SYSCALL_FD, "readv" },
	{ 20, 146, SYSCALL_FD, "writev" },
	{ 21, 33, SYSCALL_OTHER, "access" },
	{ 23, 142, SYSCALL_SELECT, "select" },
	{ 24, 158, SYSCALL_OTHER, "sched_yield" },
	{ 25, 163, SYSCALL_OTHER, "mremap" },
	{ 26, 144, SYSCALL_DISK, "msync" },
	{ 28, 219, SYSCALL_OTHER, "madvise" },
	{ 34, 29, SYSCALL_SIGNAL, "pause" },
	{ 35, 162, SYSCALL_SLEEP, "nanosleep" },
	{ 40, 239, SYSCALL_FD, "sendfile" },
	{ 42, 362, SYSCALL_CONNECT, "connect" },
	{ 43, -1, SYSCALL_ACCEPT, "accept" },
	{ 44, 369, SYSCALL_FD, "sendto" },
	{ 45, 371, SYSCALL_FD, "recvfrom" },
	{ 46, 370, SYSCALL_FD, "sendmsg" },
	{ 47, 372, SYSCALL_FD, "recvmsg" },
	{ 48, 373, SYSCALL_OTHER, "shutdown" },
	{ 56, 120, SYSCALL_CLONE, "clone" },
	{ 57, 2, SYSCALL_OTHER, "fork" },
	{ 58, 190, SYSCALL_CLONE, "vfork" },
	{ 59, 11, SYSCALL_OTHER, "execve" },
	{ 60, 1, SYSCALL_OTHER, "exit" },
	{ 61, 114, SYSCALL_CHILD, "wait4" },
	{ 62, 37, SYSCALL_OTHER, "kill" },
	{ 64, -1, SYSCALL_OTHER, "semget" },
	{ 65, -1, SYSCALL_IPC, "semop" },
	{ 69, -1, SYSCALL_IPC, "msgsnd" },
	{ 70, -1, SYSCALL_IPC, "msgrcv" },
	{ 72, 55, SYSCALL_FCNTL, "fcntl" },
	{ 73, 143, SYSCALL_FLOCK, "flock" },
	{ 74, 118, SYSCALL_DISK, "fsync" },
	{ 75, 148, SYSCALL_DISK, "fdatasync" },
	{ 76, 92, SYSCALL_OTHER, "truncate" },
	{ 77, 93, SYSCALL_OTHER, "ftruncate" },
	{ 78, 141, SYSCALL_OTHER, "getdents" },
	{ 80, 12, SYSCALL_OTHER, "chdir" },
	{ 82, 38, SYSCALL_OTHER, "rename" },
	{ 83, 39, SYSCALL_OTHER, "mkdir" },
	{ 84, 40, SYSCALL_OTHER, "rmdir" },
	{ 85, 8, SYSCALL_OTHER, "creat" },
	{ 86, 9, SYSCALL_OTHER, "link" },
	{ 87, 10, SYSCALL_OTHER, "unlink" },
	{ 88, 83, SYSCALL_OTHER, "symlink" },
	{ 89, 85, SYSCALL_OTHER, "readlink" },
	{ 128, 177, SYSCALL_SIGNAL_TIMED, "rt_sigtimedwait" },
	{ 130, 179, SYSCALL_SIGNAL, "rt_sigsuspend" },
	{ 137, 99, SYSCALL_OTHER, "statfs" },
	{ 138, 100, SYSCALL_OTHER, "fstatfs" },
	{ 157, 172, SYSCALL_OTHER, "prctl" },
	{ 162, 36, SYSCALL_DISK, "sync" },
	{ 165, 21, SYSCALL_OTHER, "mount" },
	{ 166, 52, SYSCALL_OTHER, "umount2" },
	{ 200, 238, SYSCALL_OTHER, "tkill" },
	{ 202, 240, SYSCALL_FUTEX, "futex" },
	{ 208, 247, SYSCALL_IO_URING, "io_getevents" },
	{ 217, 220, SYSCALL_OTHER, "getdents64" },
	{ 220, -1, SYSCALL_IPC_TIMED, "semtimedop" },
	{ 230, 267, SYSCALL_SLEEP, "clock_nanosleep" },
	{ 231, 252, SYSCALL_OTHER, "exit_group" },
	{ 232, 256, SYSCALL_EPOLL, "epoll_wait" },
	{ 234, 270, SYSCALL_OTHER, "tgkill" },
	{ 242, 279, SYSCALL_MQ_TIMED, "mq_timedsend" },
	{ 243, 280, SYSCALL_MQ_TIMED, "mq_timedreceive" },
	{ 247, 284, SYSCALL_CHILD, "waitid" },
	{ 257, 295, SYSCALL_OPENAT, "openat" },
	{ 258, 296, SYSCALL_OTHER, "mkdirat" },
	{ 262, -1, SYSCALL_OTHER, "newfstatat" },
	{ 263, 301, SYSCALL_OTHER, "unlinkat" },
	{ 264, 302, SYSCALL_OTHER, "renameat" },
	{ 265, 303, SYSCALL_OTHER, "linkat" },
	{ 267, 305, SYSCALL_OTHER, "readlinkat" },
	{ 269, 307, SYSCALL_OTHER, "faccessat" },
	{ 270, 308, SYSCALL_SELECT, "pselect6" },
	{ 271, 309, SYSCALL_PPOLL, "ppoll" },
	{ 275, 313, SYSCALL_FD, "splice" },
	{ 276, 315, SYSCALL_FD, "tee" },
	{ 277, 314, SYSCALL_DISK, "sync_file_range" },
	{ 278, 316, SYSCALL_FD, "vmsplice" },
	{ 281, 319, SYSCALL_EPOLL, "epoll_pwait" },
	{ 285, 324, SYSCALL_OTHER, "fallocate" },
	{ 288, 364, SYSCALL_ACCEPT, "accept4" },
	{ 295, 333, SYSCALL_FD, "preadv" },
	{ 296, 334, SYSCALL_FD, "pwritev" },
	{ 299, 337, SYSCALL_FD, "recvmmsg" },
	{ 306, 344, SYSCALL_DISK, "syncfs" },
	{ 307, 345, SYSCALL_FD, "sendmmsg" },
	{ 316, 353, SYSCALL_OTHER, "renameat2" },
	{ 323, 374, SYSCALL_OTHER, "userfaultfd" },
	{ 324, 375, SYSCALL_OTHER, "membarrier" },
	{ 326, 377, SYSCALL_OTHER, "copy_file_range" },
	{ 327, 378, SYSCALL_FD, "preadv2" },
	{ 328, 379, SYSCALL_FD, "pwritev2" },
	{ 332, 383, SYSCALL_OTHER, "statx" },
	{ 333, 385, SYSCALL_IO_URING, "io_pgetevents" },
	{ 424, 424, SYSCALL_OTHER, "pidfd_send_signal" },
	{ 426, 426, SYSCALL_IO_URING, "io_uring_enter" },
	{ 435, 435, SYSCALL_CLONE, "clone3" },
	{ 437, 437, SYSCALL_OTHER, "openat2" },
	{ 439, 439, SYSCALL_OTHER, "faccessat2" },
	{ 441, 441, SYSCALL_EPOLL2, "epoll_pwait2" },
	{ 449, 449, SYSCALL_FUTEXES, "futex_waitv" },
	{ 455, 455, SYSCALL_FUTEX2, "futex_wait" },
};

/* Only in the 32-bit table. */
static const struct syscall_info syscalls_32[] = {
	{ -1, 82, SYSCALL_SELECT, "old_select" },
	{ -1, 407, SYSCALL_SLEEP, "clock_nanosleep_time64" },
	{ -1, 413, SYSCALL_SELECT, "pselect6_time64" },
	{ -1, 414, SYSCALL_PPOLL, "ppoll_time64" },
	{ -1, 417, SYSCALL_FD, "recvmmsg_time64" },
	{ -1, 421, SYSCALL_SIGNAL_TIMED, "rt_sigtimedwait_time64" },
	{ -1, 422, SYSCALL_FUTEX, "futex_time64" },
	{ -1, 7, SYSCALL_CHILD, "waitpid" },
	{ -1, 72, SYSCALL_SIGNAL, "sigsuspend" },
	{ -1, 195, SYSCALL_OTHER, "stat64" },
	{ -1, 196, SYSCALL_OTHER, "lstat64" },
	{ -1, 197, SYSCALL_OTHER, "fstat64" },
	{ -1, 221, SYSCALL_FCNTL, "fcntl64" },
	{ -1, 300, SYSCALL_OTHER, "fstatat64" },
};

static int compare_nr64(const void *key, const void *item)
{
	return *(const int *)key - ((const struct syscall_info *)item)->nr64;
}

static const struct syscall_info *find_32(const struct syscall_info *calls, size_t cnt, int nr)
{
	for (size_t i = 0; i < cnt; i++)
		if (calls[i].nr32 == nr)
			return &calls[i];
	return NULL;
}

const struct syscall_info *syscall_find(int nr, bool compat)
{
	const struct syscall_info *s;

	if (nr < 0)
		return NULL;
	if (!compat)
		return bsearch(&nr, syscalls, ARRAY_SIZE(syscalls), sizeof(syscalls[0]),
			       compare_nr64);
	s = find_32(syscalls, ARRAY_SIZE(syscalls), nr);
	return s ? s : find_32(syscalls_32, ARRAY_SIZE(syscalls_32), nr);
}

const char *syscall_name(int nr, bool compat)
{
	const struct syscall_info *s = syscall_find(nr, compat);

	return s ? s->name : NULL;
}

bool syscall_takes_fd(int nr)
{
	const struct syscall_info *s = syscall_find(nr, false);

	return s && (s->class == SYSCALL_FD);
}

/* kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal. */
bool syscall_sends_signal(int nr, bool compat)
{
	static const short calls[][2] = {
		{ 62, 37 }, { 200, 238 }, { 234, 270 }, { 129, 178 }, { 297, 335 }, { 424, 424 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i][compat] == nr)
			return true;
	return false;
}
