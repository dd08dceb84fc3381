/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frozen_lock [FILE] - a thread waits for a lock, and whoever reads its memory now waits, too:
 * for the server of FILE, whose first words look like a mutex, or for somebody to fill the page.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096 };

static void *wait_for(void *word)
{
	pthread_setname_np(pthread_self(), "waiter");
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
	return NULL;
}

static void *lock(void *mutex)
{
	pthread_setname_np(pthread_self(), "waiter");
	pthread_mutex_lock(mutex);
	return NULL;
}

static void *map_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	void *page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

	if (fd < 0 || page == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	return page;
}

static int watch(void *page)
{
	struct uffdio_register range = { .range = { (unsigned long)page, PAGE },
					 .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range))
		err(77, "userfaultfd");
	return fd;
}

int main(int argc, char *argv[])
{
	void *page = argc > 1 ? map_file(argv[1])
			      : mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t waiter;

	if (argc == 1)
		pthread_mutex_lock(page);
	pthread_create(&waiter, NULL, argc > 1 ? wait_for : lock, page);
	usleep(100000);
	if (argc == 1) {
		watch(page);
		madvise(page, PAGE, MADV_DONTNEED);
	}
	puts("waits");
	fflush(stdout);
	pause();
}
