/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs do that tracers forget: bad_luck NAME [FILE]. */
#include <err.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 2000, AT_ONCE = 40, FORKS = 3000, VFORKS = 1500, TALKS = 60000 };

static const char *file;

static void *nothing(void *arg)
{
	return arg;
}

static void threads(void)
{
	pthread_t batch[AT_ONCE];

	for (int done = 0; done < THREADS; done += AT_ONCE) {
		for (int i = 0; i < AT_ONCE; i++)
			if (pthread_create(&batch[i], NULL, nothing, NULL))
				errx(1, "no more threads");
		for (int i = 0; i < AT_ONCE; i++)
			pthread_join(batch[i], NULL);
	}
}

static void forks(void)
{
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static void vforks(void)
{
	for (int i = 0; i < VFORKS; i++) {
		pid_t pid = vfork();

		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

/* A thread that is not the first becomes another program: it takes over the number of the first. */
static void *exec_work(void *arg)
{
	(void)arg;
	usleep(20000);
	execl("/bin/sleep", "sleep", "0.1", NULL);
	err(1, "sleep");
}

static void exec_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_work, NULL);
	pthread_join(thread, NULL);
}

static void *linger(void *arg)
{
	prctl(PR_SET_NAME, "lingers");
	for (int i = 0; i < 10; i++)
		usleep(20000);
	return arg;
}

static void main_gone(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, linger, NULL);
	pthread_create(&thread, NULL, linger, NULL);
	pthread_exit(NULL);
}

static void write_file(void)
{
	int fd = open(file, O_CREAT | O_WRONLY, 0600);

	if (fd < 0 || write(fd, "done", 4) != 4)
		err(1, "%s", file);
	close(fd);
}

static void daemonise(void)
{
	if (fork())
		_exit(0);
	setsid();
	if (fork())
		_exit(0);
	close(0);
	close(1);
	close(2);
	usleep(300000);
	write_file();
}

static const char *const bad_names[] = {
	"\033[2J\033[31mred",
	"\xff\xfe\xff",
	"new\nline\ttab",
	"\r0.0 1 x Dead",
	"        right",
	"\xe2\x80\xae"
	"evods",
	"0123456789abcde",
	"%s%n%d",
	"\302\233"
	"31mcsi",
	"\xc3\x28half\xe2\x82",
	"\xf0\x9f\x8d\x9cnoodles!",
	"a b  c   d",
};

static void *bad_name_work(void *arg)
{
	prctl(PR_SET_NAME, arg);
	usleep(20000);
	return NULL;
}

static void names(void)
{
	enum { CNT = sizeof(bad_names) / sizeof(bad_names[0]) };
	pthread_t thread[CNT];

	for (int i = 0; i < CNT; i++)
		pthread_create(&thread[i], NULL, bad_name_work, (void *)bad_names[i]);
	for (int i = 0; i < CNT; i++)
		pthread_join(thread[i], NULL);
	bad_name_work((void *)bad_names[0]);
}

static void stop(void)
{
	usleep(20000);
	raise(SIGSTOP);
	usleep(20000);
}

/* Children that nobody collects, and one that outlives its parent's interest. */
static void zombies(void)
{
	for (int i = 0; i < 20; i++)
		if (fork() == 0)
			_exit(i);
	usleep(100000);
}

/* Two processes pass a byte to and fro, far faster than a tiny ring holds. */
static void pass_bytes(int cnt)
{
	int there[2], back[2];
	char byte = 0;

	if (pipe(there) || pipe(back))
		err(1, "pipe");
	if (fork() == 0) {
		for (int i = 0; i < cnt; i++)
			if (read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1)
				err(1, "child");
		_exit(0);
	}
	for (int i = 0; i < cnt; i++)
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			err(1, "parent");
	wait(NULL);
}

/* A storm of events, then all is calm. */
static void talk(void)
{
	pass_bytes(TALKS);
	usleep(100000);
	prctl(PR_SET_NAME, "calm");
	for (int i = 0; i < 10; i++)
		usleep(20000);
}

/* More pairs than there are processors, so that all of these are busy. */
static void crowd(void)
{
	for (int i = 0; i < 4; i++) {
		if (fork() == 0) {
			pass_bytes(TALKS / 6);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
}

/* The next request of the kernel to a file system; its number. */
static __u64 next_request(int dev)
{
	static char buf[1 << 18];

	if (read(dev, buf, sizeof(buf)) < (ssize_t)sizeof(struct fuse_in_header))
		err(1, "/dev/fuse");
	return ((struct fuse_in_header *)buf)->unique;
}

/* A child opens a file; the file system begins to work, but does not answer to that. */
static void dead_disk(void)
{
	struct {
		struct fuse_out_header hdr;
		struct fuse_init_out init;
	} answer = {
		.hdr.len = sizeof(answer),
		.init = { .major = FUSE_KERNEL_VERSION,
			  .minor = FUSE_KERNEL_MINOR_VERSION,
			  .max_write = 4096 },
	};
	int dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[80];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", dev);
	if (dev < 0 || unshare(CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("dead", "/mnt", "fuse", 0, options))
		exit(77);
	answer.hdr.unique = next_request(dev);
	if (write(dev, &answer, sizeof(answer)) < 0)
		err(1, "/dev/fuse");
	if (fork() == 0) {
		close(dev); /* so the file system ends with who does not answer */
		open("/mnt/file", O_RDONLY);
		_exit(0);
	}
	next_request(dev);
	for (;;)
		pause();
}

static void slow(void)
{
	for (int i = 0; i < 20; i++)
		usleep(20000);
	write_file();
}

static const struct scenario {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{ "threads", threads },	    { "forks", forks },
	{ "vforks", vforks },	    { "exec-thread", exec_thread },
	{ "main-gone", main_gone }, { "daemonise", daemonise },
	{ "names", names },	    { "stop", stop },
	{ "zombies", zombies },	    { "talk", talk },
	{ "crowd", crowd },	    { "slow", slow },
	{ "dead-disk", dead_disk },
};

int main(int argc, char **argv)
{
	file = argc == 3 ? argv[2] : "/dev/null";
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (argc >= 2 && !strcmp(argv[1], scenarios[i].name)) {
			scenarios[i].run();
			return 0;
		}
	}
	errx(2, "usage: bad_luck NAME [FILE]");
}
