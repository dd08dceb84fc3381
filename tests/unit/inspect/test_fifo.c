/* SPDX-License-Identifier: GPL-2.0-only */
/* What is being opened, looked up where this very process would. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "inspect/fifo.h"
#include "model/wait.h"

static char dir[] = "/tmp/ctrace-fifo-XXXXXX";
static struct strbuf words;

/* The kernel does not follow a link from what it has at hand when its time of access is due. */
static void access_later(const char *link)
{
	const struct timespec times[] = { { .tv_sec = time(NULL) + 3600 },
					  { .tv_nsec = UTIME_OMIT } };

	utimensat(AT_FDCWD, link, times, AT_SYMLINK_NOFOLLOW);
}

static void setup(void)
{
	int fd;

	cr_assert(ne(ptr, mkdtemp(dir), NULL));
	cr_assert(eq(int, chdir(dir), 0));
	cr_assert(eq(int, mkfifo("fifo", 0600), 0));
	cr_assert(eq(int, symlink("fifo", "link"), 0));
	access_later("link");
	fd = open("file", O_WRONLY | O_CREAT, 0600);
	cr_assert(ge(int, fd, 0));
	close(fd);
}

static void teardown(void)
{
	unlink("fifo");
	unlink("link");
	unlink("file");
	rmdir(dir);
	strbuf_release(&words);
}

TestSuite(fifo, .init = setup, .fini = teardown);

static const char *words_for(int at, const char *path, int flags, enum wait_reason reason)
{
	struct thread t = {
		.tid = getpid(),
		.pid = getpid(),
		.wait = { .nr = SYS_openat, .args = { at, (__u64)path, flags } },
	};

	wait_classify(&t.wait);
	t.wait.reason = reason;
	strbuf_release(&words);
	words = (struct strbuf){};
	cr_assert(eq(int, fifo_add_words(&t, &words), 0));
	return strbuf_str(&words);
}

Test(fifo, one_is_found_wherever_its_path_begins)
{
	char path[64];
	int fd = open(".", O_PATH | O_DIRECTORY);

	snprintf(path, sizeof(path), "%s/fifo", dir);
	cr_expect(eq(str, (char *)words_for(AT_FDCWD, "fifo", O_RDONLY, WAIT_OTHER),
		     WAIT_FIFO_WORD " fifo, which nobody has opened to write"));
	cr_expect(eq(str, (char *)words_for(fd, "link", O_WRONLY, WAIT_OTHER),
		     WAIT_FIFO_WORD " link, which nobody has opened to read"));
	cr_expect(eq(ptr, strstr(words_for(fd, path, O_RDONLY, WAIT_OTHER), WAIT_FIFO_WORD " /tmp"),
		     (char *)strbuf_str(&words)));
	close(fd);
}

Test(fifo, what_is_none_has_its_path)
{
	cr_expect(eq(str, (char *)words_for(AT_FDCWD, "file", O_RDONLY, WAIT_OTHER),
		     "the opening of file"));
	cr_expect(eq(str, (char *)words_for(AT_FDCWD, "gone", O_RDONLY, WAIT_OTHER),
		     "the opening of gone"));
}

Test(fifo, who_waits_for_a_disk_is_not_followed_there)
{
	cr_expect(eq(str, (char *)words_for(AT_FDCWD, "fifo", O_RDONLY, WAIT_DISK),
		     "the opening of fifo"));
}
