/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that wait, and may: calm SITUATION. Some end by themselves, some wait for ever. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include "corpus.h"

static pthread_mutex_t lock[2] = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER };
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static volatile int is_over;

/* --- these wait for something outside, for ever if need be --- */

static void post(int sig)
{
	(void)sig;
	sem_post(&sem);
}

static void until_sigterm(void)
{
	signal(SIGTERM, post);
	while (sem_wait(&sem))
		;
}

static void *wait_open(void *arg)
{
	sigset_t set;

	sigfillset(&set);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	while (sem_wait(&sem))
		;
	return arg;
}

/* The signal is blocked in all threads but one. */
static void open_in_one(void)
{
	sigset_t set;

	signal(SIGUSR1, post);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	start_and_join(1, wait_open);
}

static int self_pipe[2];

static void write_to_self(int sig)
{
	(void)sig;
	if (write(self_pipe[1], "", 1) < 0)
		_exit(1);
}

/* An event loop whose only event is a signal. */
static void self_pipe_poll(void)
{
	struct pollfd end;

	if (pipe(self_pipe))
		err(1, "pipe");
	signal(SIGTERM, write_to_self);
	end = (struct pollfd){ .fd = self_pipe[0], .events = POLLIN };
	while (poll(&end, 1, -1) < 0)
		;
}

static void *idle_work(void *arg)
{
	pthread_mutex_lock(&lock[0]);
	while (!is_over)
		pthread_cond_wait(&cond, &lock[0]);
	pthread_mutex_unlock(&lock[0]);
	return arg;
}

/* A pool without work, and one who waits for a signal with work. */
static void pool_sigwait(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	start(3, idle_work);
	sigwait(&set, &sig);
}

static void pool_signalfd(void)
{
	struct signalfd_siginfo info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	start(3, idle_work);
	if (read(signalfd(-1, &set, 0), &info, sizeof(info)) < 0)
		warn("read");
}

static void serve(int fd)
{
	if (listen(fd, 1))
		err(1, "listen");
	accept(fd, NULL, NULL);
}

static void tcp_server(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (void *)&in, sizeof(in)))
		err(1, "bind");
	serve(fd);
}

/* Bound to a name of the kernel's choice, which is no file. */
static void pool_unix_server(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(fd, (void *)&un, sizeof(sa_family_t)))
		err(1, "bind");
	start(3, idle_work);
	serve(fd);
}

static void udp(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char byte;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (void *)&in, sizeof(in)) || recv(fd, &byte, 1, 0) < 0)
		warn("udp");
}

static void read_stdin(void)
{
	char byte;

	if (read(STDIN_FILENO, &byte, 1) < 0)
		warn("read");
}

static void poll_stdin(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	poll(&p, 1, -1);
}

static void pool_stdin(void)
{
	start(3, idle_work);
	read_stdin();
}

static void pool_inotify(void)
{
	char bytes[512];
	int fd = inotify_init();

	inotify_add_watch(fd, ".", IN_DELETE_SELF);
	start(2, idle_work);
	if (read(fd, bytes, sizeof(bytes)) < 0)
		warn("read");
}

static void pause_child(long i)
{
	(void)i;
	pause();
}

/* Whoever ends the child lets the parent go on. */
static void paused_writer(void)
{
	int ends[2];
	char byte;

	if (pipe(ends))
		err(1, "pipe");
	start_process(1, pause_child);
	close(ends[1]);
	if (read(ends[0], &byte, 1) < 0)
		warn("read");
}

static void stopping_child(long i)
{
	(void)i;
	raise(SIGSTOP);
}

static void stopped_child(void)
{
	start_process(1, stopping_child);
	wait(NULL);
}

static void holding_child(long i)
{
	pthread_mutex_t *m = (void *)i;

	pthread_mutex_lock(m);
	raise(SIGSTOP);
	pthread_mutex_unlock(m);
}

/* Who has stopped the holder can let it go on. */
static void stopped_holder(void)
{
	pthread_mutex_t *m = share_memory(sizeof(*m));

	share_mutex(m, PTHREAD_MUTEX_STALLED);
	start_process((long)m, holding_child);
	usleep(50000);
	pthread_mutex_lock(m);
}

/* --- these end, after a moment --- */

static void sleeping(void)
{
	wait_a_moment();
}

static void spinning(void)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	do
		clock_gettime(CLOCK_MONOTONIC, &b);
	while ((b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000 < MOMENT_US);
}

static void *signal_late_work(void *arg)
{
	wait_a_moment();
	pthread_mutex_lock(&lock[0]);
	is_over = 1;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&lock[0]);
	return arg;
}

static void signal_late(void)
{
	start(1, signal_late_work);
	idle_work(NULL);
	join_all();
}

static void sleeping_child(long i)
{
	(void)i;
	wait_a_moment();
}

static void child_sleeps(void)
{
	start_process(1, sleeping_child);
	wait(NULL);
}

static void spinning_child(long i)
{
	(void)i;
	spinning();
}

static void child_works(void)
{
	start_process(1, spinning_child);
	wait(NULL);
}

/* The end of the pipe comes with the end of the child. */
static void sleeping_writer(void)
{
	int ends[2];
	char byte;

	if (pipe(ends))
		err(1, "pipe");
	start_process(1, sleeping_child);
	close(ends[1]);
	if (read(ends[0], &byte, 1) < 0)
		warn("read");
	wait(NULL);
}

static void debugger(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	wait_a_moment();
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	waitpid(pid, &status, 0);
}

static void vforking(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		struct timespec t = { .tv_nsec = MOMENT_US * 1000L };

		syscall(SYS_nanosleep, &t, NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void *holder_work(void *arg)
{
	pthread_mutex_lock(&lock[0]);
	wait_a_moment();
	pthread_mutex_unlock(&lock[0]);
	wait_a_moment();
	sem_post(&sem);
	return arg;
}

/* What the child waits for is in the memory of its parent, too, whose other thread has it. */
static void vforked_waiter(void)
{
	pid_t pid;

	start(1, holder_work);
	usleep(MOMENT_US / 10);
	pid = vfork();
	if (pid == 0) {
		pthread_mutex_lock(&lock[0]);
		pthread_mutex_unlock(&lock[0]);
		sem_wait(&sem);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	join_all();
}

static int cloned_work(void *arg)
{
	struct timespec t = { .tv_nsec = MOMENT_US * 1000L };

	syscall(SYS_nanosleep, &t, NULL);
	sem_post(&sem);
	return arg != NULL;
}

/* A process, no thread, that has the memory of its parent, and wakes it. */
static void cloned_helper(void)
{
	enum { STACK_SZ = 65536 };
	static char stack[STACK_SZ] __attribute__((aligned(16)));
	pid_t pid = clone(cloned_work, stack + STACK_SZ, CLONE_VM | SIGCHLD, NULL);

	sem_wait(&sem);
	waitpid(pid, NULL, 0);
}

static void daemon_child(long i)
{
	(void)i;
	setsid();
	if (fork() == 0)
		wait_a_moment();
}

static void daemonize(void)
{
	start_process(1, daemon_child);
	wait(NULL);
	wait_a_moment();
}

static void ignore(int sig)
{
	(void)sig;
}

/* Reads from itself, and is interrupted: a time-out as one had them before poll(2). */
static void alarmed(void)
{
	struct itimerval in = { .it_value.tv_usec = MOMENT_US };
	struct sigaction sa = { .sa_handler = ignore };
	int ends[2];
	char byte;

	sigaction(SIGALRM, &sa, NULL);
	if (pipe(ends) || setitimer(ITIMER_REAL, &in, NULL))
		err(1, "alarmed");
	if (read(ends[0], &byte, 1) >= 0)
		errx(1, "read something");
}

static void on_timer(union sigval v)
{
	(void)v;
	signal_late_work(NULL);
}

/* The C library has a thread of its own that waits for the timer. */
static void timer_thread(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD, .sigev_notify_function = on_timer };
	struct itimerspec in = { .it_value.tv_nsec = 10000000 };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &in, NULL))
		err(1, "timer");
	idle_work(NULL);
}

static void *end_with_lock_work(void *arg)
{
	pthread_mutex_lock(arg);
	wait_a_moment();
	return arg;
}

/* The owner ends, and whoever waits for a robust lock is told. */
static void robust(void)
{
	pthread_mutex_t m;

	share_mutex(&m, PTHREAD_MUTEX_ROBUST);
	pthread_create(&thread[0], NULL, end_with_lock_work, &m);
	usleep(50000);
	pthread_mutex_lock(&m);
}

static void error_checked(void)
{
	pthread_mutex_t m = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

	pthread_mutex_lock(&m);
	pthread_mutex_lock(&m);
	wait_a_moment();
}

static int file_fd;
static pthread_barrier_t *both;

static void fcntl_work(long i)
{
	struct flock l = { .l_type = F_WRLCK, .l_start = i, .l_len = 1 };

	fcntl(file_fd, F_SETLKW, &l);
	pthread_barrier_wait(both);
	usleep(i * 50000);
	l.l_start = !i;
	fcntl(file_fd, F_SETLKW, &l);
	usleep(50000);
}

/* The kernel sees this cycle, and refuses the lock that would close it. */
static void fcntl_cycle(void)
{
	char name[] = "file-XXXXXX";

	file_fd = mkstemp(name);
	unlink(name);
	both = share_memory(sizeof(*both));
	share_barrier(both, 2);
	start_process(0, fcntl_work);
	start_process(1, fcntl_work);
	while (wait(NULL) > 0)
		;
}

static void posting_child(long i)
{
	wait_a_moment();
	sem_post((sem_t *)i);
}

static void shared_semaphore(void)
{
	sem_t *s = share_memory(sizeof(*s));

	sem_init(s, 1, 0);
	start_process((long)s, posting_child);
	sem_wait(s);
	wait(NULL);
}

static void *answer_work(void *arg)
{
	int fd = *(int *)arg;
	char byte;

	if (read(fd, &byte, 1) != 1)
		warn("read");
	wait_a_moment();
	if (write(fd, &byte, 1) != 1)
		warn("write");
	return arg;
}

/* The answer takes its time. */
static void slow_answer(void)
{
	int ends[2];
	char byte = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		err(1, "socketpair");
	pthread_create(&thread[0], NULL, answer_work, &ends[1]);
	if (write(ends[0], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
		err(1, "answer");
	pthread_join(thread[0], NULL);
}

/* Two that write to each other, and read as well. */
static void *chat_work(void *arg)
{
	static char bytes[2][65536];
	int i = *(int *)arg & 1, fd = *(int *)arg >> 1;

	for (int n = 0; n < 400; n++)
		if ((n & 1) == i ? write(fd, bytes[i], sizeof(bytes[i])) < 0
				 : recv(fd, bytes[i], sizeof(bytes[i]), MSG_WAITALL) < 0)
			warn("chat");
	return arg;
}

static void chat(void)
{
	int ends[2], args[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		err(1, "socketpair");
	for (int i = 0; i < 2; i++) {
		args[i] = ends[i] << 1 | i;
		pthread_create(&thread[i], NULL, chat_work, &args[i]);
	}
	thread_cnt = 2;
	join_all();
}

static void *nested_work(void *arg)
{
	for (int n = 0; n < 30; n++) {
		pthread_mutex_lock(&lock[0]);
		usleep(2000);
		pthread_mutex_lock(&lock[1]);
		usleep(2000);
		pthread_mutex_unlock(&lock[1]);
		pthread_mutex_unlock(&lock[0]);
	}
	return arg;
}

/* All take both locks, in one order. */
static void nested(void)
{
	start_and_join(4, nested_work);
}

union one_fd {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

static void send_fd(int socket, int fd)
{
	union one_fd control = {
		.head = { CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS },
	};
	struct iovec byte = { "", 1 };
	struct msghdr msg = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(socket, &msg, 0) < 0)
		err(1, "sendmsg");
}

static int receive_fd(int socket)
{
	union one_fd control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(socket, &msg, 0) < 0)
		err(1, "recvmsg");
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

/* The end that is to be written is on its way to a server that has other things to do yet. */
static void sent_end(void)
{
	int socket[2], ends[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, socket) || pipe(ends))
		err(1, "pipe");
	if (fork() == 0) {
		close(ends[1]);
		usleep(700000);
		if (write(receive_fd(socket[1]), "", 1) != 1)
			err(1, "write");
		_exit(0);
	}
	send_fd(socket[0], ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		err(1, "read");
}

/* A new io_uring and its queue of requests; the one with the number of the place in each place. */
static int make_ring(struct io_uring_sqe **ret_requests, unsigned **ret_tail)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 2, &params);
	char *queue;

	if (ring < 0)
		err(1, "io_uring_setup");
	queue = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned),
		     PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	*ret_requests = mmap(NULL, params.sq_entries * sizeof(**ret_requests),
			     PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	if (queue == MAP_FAILED || *ret_requests == MAP_FAILED)
		err(1, "mmap");
	((unsigned *)(queue + params.sq_off.array))[1] = 1;
	*ret_tail = (unsigned *)(queue + params.sq_off.tail);
	return ring;
}

/* Both ends are its own, and it waits: the kernel writes, as it was asked to, after a time-out. */
static void ring_write(void)
{
	struct __kernel_timespec delay = { .tv_nsec = 700000000 };
	struct io_uring_sqe *requests;
	unsigned *tail;
	int ring = make_ring(&requests, &tail), ends[2];
	char byte = 0;

	if (pipe(ends))
		err(1, "pipe");
	requests[0] = (struct io_uring_sqe){ .opcode = IORING_OP_TIMEOUT,
					     .fd = -1,
					     .flags = IOSQE_IO_HARDLINK,
					     .addr = (uintptr_t)&delay,
					     .len = 1 };
	requests[1] = (struct io_uring_sqe){ .opcode = IORING_OP_WRITE,
					     .fd = ends[1],
					     .addr = (uintptr_t)&byte,
					     .len = 1,
					     .off = -1 };
	*tail = 2;
	if (syscall(SYS_io_uring_enter, ring, 2, 0, 0, NULL, 0) != 2)
		err(1, "io_uring_enter");
	if (read(ends[0], &byte, 1) != 1)
		err(1, "read");
}

/* Anybody may come and open its other end. */
static void fifo_open(void)
{
	char name[32];

	snprintf(name, sizeof(name), "fifo-%d", getpid());
	if (mkfifo(name, 0600) || open(name, O_WRONLY) < 0)
		err(1, "%s", name);
}

static const struct situation situations[] = {
	{ "until-sigterm", until_sigterm },
	{ "self-pipe", self_pipe_poll },
	{ "pool-sigwait", pool_sigwait },
	{ "pool-signalfd", pool_signalfd },
	{ "open-in-one", open_in_one },
	{ "tcp-server", tcp_server },
	{ "pool-unix-server", pool_unix_server },
	{ "udp", udp },
	{ "read-stdin", read_stdin },
	{ "poll-stdin", poll_stdin },
	{ "pool-stdin", pool_stdin },
	{ "pool-inotify", pool_inotify },
	{ "paused-writer", paused_writer },
	{ "fifo-open", fifo_open },
	{ "stopped-child", stopped_child },
	{ "stopped-holder", stopped_holder },
	{ "sleeping", sleeping },
	{ "spinning", spinning },
	{ "signal-late", signal_late },
	{ "child-sleeps", child_sleeps },
	{ "child-works", child_works },
	{ "sleeping-writer", sleeping_writer },
	{ "debugger", debugger },
	{ "vforking", vforking },
	{ "vforked-waiter", vforked_waiter },
	{ "cloned-helper", cloned_helper },
	{ "daemonize", daemonize },
	{ "alarmed", alarmed },
	{ "timer-thread", timer_thread },
	{ "robust", robust },
	{ "error-checked", error_checked },
	{ "fcntl-cycle", fcntl_cycle },
	{ "shared-semaphore", shared_semaphore },
	{ "slow-answer", slow_answer },
	{ "chat", chat },
	{ "nested", nested },
	{ "sent-end", sent_end },
	{ "ring-write", ring_write },
};

int main(int argc, char **argv)
{
	sem_init(&sem, 0, 0);
	return CHOOSE(situations, argc, argv);
}
