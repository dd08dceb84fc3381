/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One process for each kind of wait on a descriptor, and a partner that has the other end.
 *
 * Each waiter says before it waits, separated by tabs: what for, its number, who could end
 * that ("+" behind: nobody else), and how the descriptor is to be described. After some
 * time, which may be given in ms, all are ended.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *situation;
static pid_t waiter;

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, " (%s): %m\n", situation);
	_exit(1);
}

#define TRY(call)                                 \
	((__typeof__(call))({                     \
		__typeof__(call) ret_ = (call);   \
		if (ret_ == (__typeof__(call))-1) \
			fail(#call);              \
		ret_;                             \
	}))

/* One line, in one piece. */
__attribute__((format(printf, 2, 3))) static void tell(const char *who, const char *fmt, ...)
{
	char line[1024];
	va_list args;
	int len = snprintf(line, sizeof(line), "%s\t%d\t%s\t", situation, waiter, who);

	va_start(args, fmt);
	len += vsnprintf(line + len, sizeof(line) - len, fmt, args);
	va_end(args);
	line[len++] = '\n';
	TRY(write(STDOUT_FILENO, line, len));
}

/* A partner that does prepare(arg), and then nothing; its number. */
static pid_t partner(void (*prepare)(void *), void *arg)
{
	int ready[2];
	pid_t pid;
	char c;

	TRY(pipe2(ready, O_CLOEXEC));
	pid = TRY(fork());
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		prepare(arg);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	TRY(read(ready[0], &c, 1));
	close(ready[0]);
	return pid;
}

static const char *number(pid_t pid)
{
	static char text[4][16];
	static int next;

	snprintf(text[next %= 4], sizeof(text[0]), "%d+", pid);
	return text[next++];
}

/* The same, but there may be others. */
static const char *one_of(pid_t pid)
{
	static char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return text;
}

static const char *both(pid_t pid)
{
	static char text[32];

	snprintf(text, sizeof(text), "%d,%d+", getpid(), pid);
	return text;
}

static unsigned long inode(int fd)
{
	struct stat st;

	TRY(fstat(fd, &st));
	return st.st_ino;
}

/* What the kernel calls an eventfd. */
static int number_of(int fd)
{
	char path[32], line[64];
	int id = -1;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "r");
	while (info && id < 0 && fgets(line, sizeof(line), info))
		sscanf(line, "eventfd-id: %d", &id);
	if (info)
		fclose(info);
	return id;
}

static void close_fd(void *fd)
{
	close(*(int *)fd);
}

static void nothing(void *arg)
{
	(void)arg;
}

static char byte;

static void pipe_read(void)
{
	int ends[2];
	pid_t pid;

	TRY(pipe(ends));
	pid = partner(close_fd, &ends[0]);
	close(ends[1]);
	tell(number(pid), "pipe:[%lu] (read end)", inode(ends[0]));
	read(ends[0], &byte, 1);
}

static void pipe_write(void)
{
	static char page[4096];
	int ends[2];
	pid_t pid;

	TRY(pipe2(ends, O_NONBLOCK));
	while (write(ends[1], page, sizeof(page)) > 0)
		;
	TRY(fcntl(ends[1], F_SETFL, 0));
	pid = partner(close_fd, &ends[1]);
	close(ends[0]);
	tell(number(pid), "pipe:[%lu] (write end)", inode(ends[1]));
	write(ends[1], &byte, 1);
}

/* It forgot to close its own write end, and so did the partner: nobody ever sees the end. */
static void pipe_eof(void)
{
	int ends[2];
	pid_t pid;

	TRY(pipe(ends));
	pid = partner(nothing, NULL);
	tell(both(pid), "pipe:[%lu] (read end)", inode(ends[0]));
	read(ends[0], &byte, 1);
}

static void open_fifo(void *path)
{
	TRY(open(path, O_RDWR));
}

static void fifo(void)
{
	char path[256] = "";
	int fd;
	pid_t pid;

	TRY((int)(getcwd(path, sizeof(path) - 16) ? 0 : -1));
	sprintf(path + strlen(path), "/fifo");
	TRY(mkfifo(path, 0600));
	pid = partner(open_fifo, path);
	fd = TRY(open(path, O_RDONLY));
	tell(one_of(pid), "FIFO %s (read end)", path); /* anybody could open it to write */
	read(fd, &byte, 1);
}

/* The partner has the other end alone. */
static void tell_unix(const char *who, pid_t pid, const int ends[2])
{
	tell(who, "unix socket %lu > %lu, peer pid %d", inode(ends[0]), inode(ends[1]), pid);
	close(ends[1]);
}

static void unix_pair(void)
{
	int ends[2];
	pid_t pid;

	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	pid = partner(close_fd, &ends[0]);
	tell_unix(number(pid), pid, ends);
	recv(ends[0], &byte, 1, 0);
}

static struct sockaddr_in address_of(int fd, int (*get)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_in ret;
	socklen_t len = sizeof(ret);

	TRY(get(fd, (struct sockaddr *)&ret, &len));
	return ret;
}

static void connect_to(void *arg)
{
	int listener = *(int *)arg;
	struct sockaddr_in to = address_of(listener, getsockname);
	int fd = TRY(socket(AF_INET, SOCK_STREAM, 0));

	TRY(connect(fd, (struct sockaddr *)&to, sizeof(to)));
	close(listener);
}

static void tcp(void)
{
	struct sockaddr_in self = { .sin_family = AF_INET }, peer;
	int listener = TRY(socket(AF_INET, SOCK_STREAM, 0)), fd;
	pid_t pid;

	self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	TRY(bind(listener, (struct sockaddr *)&self, sizeof(self)));
	TRY(listen(listener, 1));
	pid = partner(connect_to, &listener);
	fd = TRY(accept(listener, NULL, NULL));
	close(listener);
	self = address_of(fd, getsockname);
	peer = address_of(fd, getpeername);
	tell(number(pid), "tcp 127.0.0.1:%u > 127.0.0.1:%u, peer pid %d", ntohs(self.sin_port),
	     ntohs(peer.sin_port), pid);
	read(fd, &byte, 1);
}

static void unix_accept(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = TRY(socket(AF_UNIX, SOCK_STREAM, 0));

	sprintf(name.sun_path + 1, "ends-%d", getpid());
	TRY(bind(fd, (struct sockaddr *)&name,
		 offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name.sun_path + 1)));
	TRY(listen(fd, 1));
	tell("", "unix socket @%s (listening)", name.sun_path + 1);
	accept(fd, NULL, NULL);
}

static void udp(void)
{
	struct sockaddr_in self = { .sin_family = AF_INET };
	int fd = TRY(socket(AF_INET, SOCK_DGRAM, 0));

	self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	TRY(bind(fd, (struct sockaddr *)&self, sizeof(self)));
	self = address_of(fd, getsockname);
	tell("", "udp 127.0.0.1:%u", ntohs(self.sin_port));
	recv(fd, &byte, 1, 0);
}

/* Time will end it, which no system call says. */
static void patient_pair(void)
{
	struct timeval patience = { .tv_sec = 30 };
	int ends[2];
	pid_t pid;

	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	TRY(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)));
	pid = partner(close_fd, &ends[0]);
	tell_unix("?", pid, ends);
	recv(ends[0], &byte, 1, 0);
}

static void event(void)
{
	int fd = TRY(eventfd(0, 0));
	eventfd_t value;
	pid_t pid = partner(nothing, NULL);

	tell(both(pid), "eventfd:[%d]", number_of(fd));
	eventfd_read(fd, &value);
}

static void timer(void)
{
	struct itimerspec in = { .it_value = { .tv_sec = 40 } };
	int fd = TRY(timerfd_create(CLOCK_MONOTONIC, 0));
	eventfd_t value;

	TRY(timerfd_settime(fd, 0, &in, NULL));
	tell("", "timerfd");
	read(fd, &value, sizeof(value));
}

static void signals(void)
{
	struct signalfd_siginfo si;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = TRY(signalfd(-1, &set, 0));
	tell("", "signalfd (SIGUSR1)");
	read(fd, &si, sizeof(si));
}

static void notify(void)
{
	int fd = TRY(inotify_init());
	struct stat here;

	TRY(inotify_add_watch(fd, "/proc/self", IN_CREATE));
	TRY(stat("/proc/self", &here));
	tell("", "inotify on inode %lu of device %u:%u", here.st_ino, major(here.st_dev),
	     minor(here.st_dev));
	read(fd, &byte, 1);
}

static struct sockaddr_un full = { .sun_family = AF_UNIX };
static socklen_t full_len;

static void listen_only(void *arg)
{
	int fd = TRY(socket(AF_UNIX, SOCK_STREAM, 0));

	TRY(bind(fd, arg, full_len));
	TRY(listen(fd, 0));
}

/* Nobody accepts, and one may wait for it. */
static void connect_unix(void)
{
	pid_t pid;
	int fd;

	full_len = offsetof(struct sockaddr_un, sun_path) + 1 +
		   sprintf(full.sun_path + 1, "ctrace-full-%d", getpid());
	pid = partner(listen_only, &full);
	TRY(connect(TRY(socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)&full, full_len));
	fd = TRY(socket(AF_UNIX, SOCK_STREAM, 0));
	tell(one_of(pid), "unix socket to @%s, whose queue is full; there listens pid %d",
	     full.sun_path + 1, pid);
	connect(fd, (struct sockaddr *)&full, full_len);
}

static char *lock_path(const char *name)
{
	static char path[256];

	TRY((int)(getcwd(path, sizeof(path) - 32) ? 0 : -1));
	sprintf(path + strlen(path), "/%s", name);
	return path;
}

static void take_flock(void *path)
{
	TRY(flock(TRY(open(path, O_RDWR | O_CREAT, 0600)), LOCK_EX));
}

static void wait_flock(void)
{
	char *path = lock_path("flock");
	pid_t pid = partner(take_flock, path);
	int fd = TRY(open(path, O_RDWR));

	tell(number(pid), "%s, locked by pid %d", path, pid);
	flock(fd, LOCK_EX);
}

static pid_t *heir;

/* Its child has the open file, and so the lock, when it has ended. */
static void take_and_leave(void *path)
{
	pid_t waiter = getppid();

	take_flock(path);
	*heir = TRY(fork());
	if (*heir)
		_exit(0);
	while (getppid() != waiter)
		usleep(1000);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	*heir = getpid();
}

static void wait_for_heir(void)
{
	char *path = lock_path("heir");
	pid_t pid;
	int fd;

	heir = mmap(NULL, sizeof(*heir), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = partner(take_and_leave, path);
	fd = TRY(open(path, O_RDWR));
	waitpid(pid, NULL, 0);
	tell(number(*heir), "%s, locked by pid %d, which has ended; now it is with pid %d", path,
	     pid, *heir);
	flock(fd, LOCK_EX);
}

static struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

static void take_fcntl(void *path)
{
	TRY(fcntl(TRY(open(path, O_RDWR | O_CREAT, 0600)), F_SETLKW, &whole));
}

static void take_part(void *path)
{
	struct flock part = { .l_type = F_WRLCK, .l_start = 10, .l_len = 20 };

	TRY(fcntl(TRY(open(path, O_RDWR | O_CREAT, 0600)), F_SETLKW, &part));
}

static void wait_for_part(void)
{
	struct flock part = { .l_type = F_WRLCK, .l_len = 15 };
	char *path = lock_path("part");
	pid_t pid = partner(take_part, path);
	int fd = TRY(open(path, O_RDWR));

	tell(number(pid), "%s bytes 0 to 14, locked by pid %d (bytes 10 to 29)", path, pid);
	fcntl(fd, F_SETLKW, &part);
}

static void wait_fcntl(void)
{
	char *path = lock_path("fcntl");
	pid_t pid = partner(take_fcntl, path);
	int fd = TRY(open(path, O_RDWR));

	tell(number(pid), "%s, locked by pid %d", path, pid);
	fcntl(fd, F_SETLKW, &whole);
}

static void wait_child(void)
{
	pid_t pid = partner(nothing, NULL);

	tell(number(pid), "child %d (%s)", pid, situation);
	wait4(pid, NULL, 0, NULL);
}

static void two_pipes(int fds[2], pid_t *ret)
{
	int a[2], b[2];

	TRY(pipe(a));
	TRY(pipe(b));
	*ret = partner(nothing, NULL);
	close(a[1]);
	close(b[1]);
	fds[0] = a[0];
	fds[1] = b[0];
}

static void wait_poll(void)
{
	struct pollfd p[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int fds[2];
	pid_t pid;

	two_pipes(fds, &pid);
	p[0].fd = fds[0];
	p[1].fd = fds[1];
	tell(number(pid), "poll: fd %d pipe:[%lu] (read end), fd %d pipe:[%lu] (read end)", fds[0],
	     inode(fds[0]), fds[1], inode(fds[1]));
	poll(p, 2, -1);
}

static void wait_select(void)
{
	fd_set in;
	int fds[2];
	pid_t pid;

	two_pipes(fds, &pid);
	FD_ZERO(&in);
	FD_SET(fds[1], &in);
	tell(number(pid), "select: fd %d pipe:[%lu] (read end)", fds[1], inode(fds[1]));
	select(fds[1] + 1, &in, NULL, NULL, NULL);
}

static void wait_epoll(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ends[2], epfd;
	pid_t pid;

	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	pid = partner(close_fd, &ends[0]);
	epfd = TRY(epoll_create1(0));
	TRY(epoll_ctl(epfd, EPOLL_CTL_ADD, ends[0], &ev));
	tell(number(pid), "epoll: fd %d unix socket %lu > %lu, peer pid %d", ends[0],
	     inode(ends[0]), inode(ends[1]), pid);
	close(ends[1]);
	epoll_wait(epfd, &ev, 1, -1);
}

static void wait_sleep(void)
{
	struct timespec duration = { .tv_sec = 40 };

	tell("", "%s", "");
	nanosleep(&duration, NULL);
}

static void wait_poll_time(void)
{
	tell("", "poll: no descriptor");
	poll(NULL, 0, 40000);
}

static void wait_signal(void)
{
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	tell("", "SIGUSR1 or SIGUSR2");
	sigwait(&set, &got);
}

/* The queue is gone when its process is: nobody removes it then. */
static int end_with(int (*destroy)(int), int id)
{
	int ready[2];

	TRY(pipe(ready));
	if (!TRY(fork())) {
		close(ready[1]);
		setsid();
		read(ready[0], &byte, 1); /* the end, when the other process has ended */
		destroy(id);
		_exit(0);
	}
	close(ready[0]);
	return id;
}

static int destroy_queue(int id)
{
	return msgctl(id, IPC_RMID, NULL);
}

static int destroy_set(int id)
{
	return semctl(id, 0, IPC_RMID);
}

static void wait_message(void)
{
	struct {
		long type;
		char text[8];
	} message;
	int id = end_with(destroy_queue, TRY(msgget(IPC_PRIVATE, 0600)));

	tell("", "a message of type 7 in message queue %d", id);
	msgrcv(id, &message, sizeof(message.text), 7, 0);
}

static void wait_semaphore(void)
{
	struct sembuf down = { .sem_num = 1, .sem_op = -2 };
	int id = end_with(destroy_set, TRY(semget(IPC_PRIVATE, 2, 0600)));

	tell("", "semaphore 1 to be at least 2 in set %d", id);
	semop(id, &down, 1);
}

static void wait_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	char name[32], message[8];
	mqd_t queue;

	sprintf(name, "/ends-%d", getpid());
	queue = TRY(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	mq_unlink(name);
	tell("", "a message in message queue %s (deleted) (fd %d)", name, queue);
	mq_receive(queue, message, sizeof(message), NULL);
}

/* Three are wanted; one is there, one waits for data, the third was never asked for. */
static void wait_ring(void)
{
	struct io_uring_params p = {};
	int ring = TRY((int)syscall(SYS_io_uring_setup, 4, &p)), ends[2];
	size_t len = p.sq_off.array + p.sq_entries * sizeof(unsigned);
	char *queue = TRY((char *)mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
				       IORING_OFF_SQ_RING));
	struct io_uring_sqe *requests = TRY((struct io_uring_sqe *)mmap(
		NULL, p.sq_entries * sizeof(*requests), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		IORING_OFF_SQES));

	TRY(pipe(ends));
	requests[0] = (struct io_uring_sqe){ .opcode = IORING_OP_NOP };
	requests[1] = (struct io_uring_sqe){ .opcode = IORING_OP_POLL_ADD,
					     .fd = ends[0],
					     .poll32_events = POLLIN };
	for (unsigned i = 0; i < 2; i++)
		((unsigned *)(queue + p.sq_off.array))[i] = i;
	*(unsigned *)(queue + p.sq_off.tail) = 2;
	tell("",
	     "io_uring fd %d: 3 completions, 1 there; 2 requests taken and 1 completed so far; "
	     "not ready yet: poll",
	     ring);
	syscall(SYS_io_uring_enter, ring, 2, 3, IORING_ENTER_GETEVENTS, NULL, 0);
}

static void wait_vforked(void)
{
	if (!vfork()) {
		tell("", "child %d (%s)", getpid(), situation);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
}

static void send_file(void)
{
	int file = TRY(open("/proc/self/exe", O_RDONLY)), ends[2];
	off_t begin;

	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	TRY(fcntl(ends[0], F_SETFL, O_NONBLOCK));
	do
		begin = 0;
	while (sendfile(ends[0], file, &begin, 1 << 16) > 0);
	TRY(fcntl(ends[0], F_SETFL, 0));
	begin = 0;
	tell("", "unix socket %lu > %lu, peer pid %d, from fd %d %s", inode(ends[0]),
	     inode(ends[1]), getpid(), file, realpath("/proc/self/exe", NULL));
	sendfile(ends[0], file, &begin, 1 << 16);
}

static void splice_pipes(void)
{
	int from[2], to[2];

	TRY(pipe(from));
	TRY(pipe(to));
	tell("", "pipe:[%lu] (read end), to fd %d pipe:[%lu] (write end)", inode(from[0]), to[1],
	     inode(to[1]));
	splice(from[0], NULL, to[1], NULL, 1, 0);
}

static void poll_child(void)
{
	pid_t pid = partner(nothing, NULL);
	struct pollfd p = { .fd = TRY((int)syscall(SYS_pidfd_open, pid, 0)), .events = POLLIN };

	tell("", "poll: fd %d pidfd of process %d", p.fd, pid);
	poll(&p, 1, -1);
}

static const struct {
	const char *name;
	void (*wait)(void);
} situations[] = {
	{ "pipe-read", pipe_read },
	{ "pipe-write", pipe_write },
	{ "pipe-eof", pipe_eof },
	{ "fifo", fifo },
	{ "socketpair", unix_pair },
	{ "tcp", tcp },
	{ "connect-unix", connect_unix },
	{ "accept", unix_accept },
	{ "udp", udp },
	{ "patient-pair", patient_pair },
	{ "eventfd", event },
	{ "timerfd", timer },
	{ "signalfd", signals },
	{ "inotify", notify },
	{ "flock", wait_flock },
	{ "fcntl", wait_fcntl },
	{ "heir", wait_for_heir },
	{ "part", wait_for_part },
	{ "child", wait_child },
	{ "poll", wait_poll },
	{ "select", wait_select },
	{ "epoll", wait_epoll },
	{ "sleep", wait_sleep },
	{ "poll-time", wait_poll_time },
	{ "signal", wait_signal },
	{ "message", wait_message },
	{ "semaphore", wait_semaphore },
	{ "queue", wait_queue },
	{ "ring", wait_ring },
	{ "vfork", wait_vforked },
	{ "sendfile", send_file },
	{ "splice", splice_pipes },
	{ "pidfd", poll_child },
};

enum { CNT = sizeof(situations) / sizeof(situations[0]) };

int main(int argc, char **argv)
{
	pid_t pids[CNT];

	for (int i = 0; i < CNT; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, situation = situations[i].name);
		waiter = getpid();
		situations[i].wait();
		fail("its wait is over");
	}
	usleep((argc > 1 ? atoi(argv[1]) : 1000) * 1000);
	for (int i = 0; i < CNT; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
