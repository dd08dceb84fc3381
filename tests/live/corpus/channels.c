/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes and threads stuck with pipes, sockets, files and children: channels SITUATION. */
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "corpus.h"

enum { TOO_MUCH = 4 << 20 };

static int to_child[2], to_parent[2];
static int file_fd[2];
static pthread_mutex_t *shared;
static pthread_barrier_t *both;

static void write_too_much(int fd)
{
	static char bytes[TOO_MUCH];

	for (size_t done = 0; done < sizeof(bytes);) {
		ssize_t len = write(fd, bytes + done, sizeof(bytes) - done);

		if (len <= 0)
			return;
		done += len;
	}
}

static void read_one(int fd)
{
	char byte;

	if (read(fd, &byte, 1) < 0)
		warn("read");
}

static void make_pipes(void)
{
	if (pipe(to_child) || pipe(to_parent))
		err(1, "pipe");
}

/* As parents and children should, each closes the ends of the other. */
static void keep(int in[2], int out[2])
{
	close(in[1]);
	close(out[0]);
}

static void full_child(long i)
{
	(void)i;
	keep(to_child, to_parent);
	write_too_much(to_parent[1]);
}

/* Both write, and nobody reads. */
static void pipes_full(void)
{
	make_pipes();
	name_me(0);
	start_process(1, full_child);
	keep(to_parent, to_child);
	write_too_much(to_child[1]);
	wait(NULL);
}

/* The parent reads only after the child has ended, which it cannot. */
static void child_full(void)
{
	make_pipes();
	name_me(0);
	start_process(1, full_child);
	keep(to_parent, to_child);
	wait(NULL);
	read_one(to_parent[0]);
}

static void reading_child(long i)
{
	(void)i;
	keep(to_child, to_parent);
	read_one(to_child[0]);
}

/* Each waits for the first word of the other. */
static void both_read(void)
{
	make_pipes();
	name_me(0);
	start_process(1, reading_child);
	keep(to_parent, to_child);
	read_one(to_parent[0]);
	wait(NULL);
}

/* The end of the pipe never comes: the reader holds the other end itself. */
static void own_writer(void)
{
	make_pipes();
	name_me(0);
	read_one(to_parent[0]);
}

/* The child was given the other end, too, and waits for its parent. */
static void leaked_end_child(long i)
{
	(void)i;
	close(to_child[1]);
	read_one(to_child[0]);
}

static void leaked_end(void)
{
	make_pipes();
	name_me(0);
	start_process(1, leaked_end_child);
	close(to_parent[1]);
	read_one(to_parent[0]);
	write_too_much(to_child[1]);
}

static void full_socket_child(long i)
{
	(void)i;
	close(to_child[0]);
	write_too_much(to_child[1]);
}

static void socketpair_full(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, to_child))
		err(1, "socketpair");
	name_me(0);
	start_process(1, full_socket_child);
	close(to_child[1]);
	write_too_much(to_child[0]);
}

static void *socket_work(void *arg)
{
	name_me((long)arg);
	read_one(to_child[(long)arg]);
	return arg;
}

static void socketpair_read(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, to_child))
		err(1, "socketpair");
	start_and_join(2, socket_work);
}

/* Named pipes instead, both opened to read and to write: open(2) does not wait then. */
static void fifos(void)
{
	char name[64];

	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "fifo-%d-%d", getpid(), i);
		if (mkfifo(name, 0600))
			err(1, "mkfifo");
		file_fd[i] = open(name, O_RDWR);
		unlink(name);
		to_child[i] = file_fd[i];
	}
	start_and_join(2, socket_work);
}

static void open_files(void)
{
	for (int i = 0; i < 2; i++) {
		char name[] = "file-XXXXXX";

		file_fd[i] = mkstemp(name);
		unlink(name);
	}
	both = share_memory(sizeof(*both));
	share_barrier(both, 2);
}

/* Locks of flock(2) are those of an open file: each process needs one of its own. */
static void reopen(int i)
{
	int inherited = file_fd[i];
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", inherited);
	file_fd[i] = open(path, O_RDWR);
	close(inherited);
}

static void flock_work(long i)
{
	reopen(0);
	reopen(1);
	flock(file_fd[i], LOCK_EX);
	pthread_barrier_wait(both);
	flock(file_fd[!i], LOCK_EX);
}

static void flocks(void)
{
	open_files();
	start_process(0, flock_work);
	start_process(1, flock_work);
	while (wait(NULL) > 0)
		;
}

/* The same with the locks of fcntl(2) that are an open file's own. */
static void ofd_work(long i)
{
	struct flock all = { .l_type = F_WRLCK };

	reopen(0);
	reopen(1);
	fcntl(file_fd[i], F_OFD_SETLKW, &all);
	pthread_barrier_wait(both);
	fcntl(file_fd[!i], F_OFD_SETLKW, &all);
}

static void ofd_locks(void)
{
	open_files();
	start_process(0, ofd_work);
	start_process(1, ofd_work);
	while (wait(NULL) > 0)
		;
}

/* The mutex first, then a word that only comes from one who wants the mutex. */
static void *mutex_pipe_work(void *arg)
{
	name_me((long)arg);
	pthread_mutex_lock(shared);
	if (arg)
		write_too_much(to_child[1]);
	else
		read_one(to_child[0]);
	pthread_mutex_unlock(shared);
	return arg;
}

static void mutex_pipe(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	shared = &lock;
	make_pipes();
	start(1, mutex_pipe_work);
	usleep(20000);
	pthread_create(&thread[1], NULL, mutex_pipe_work, (void *)1);
	join_all();
}

static int wake_up;

/* It would write to either, if it got the lock. */
static void *event_work(void *arg)
{
	name_me(1);
	pthread_mutex_lock(shared);
	if (write(to_parent[1], "x", 1) < 0)
		warn("write");
	eventfd_write(wake_up, 1);
	return arg;
}

/* An event loop waits for any of two, and has what the only one needs who would write to them. */
static void event_loop(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct pollfd any[2] = { { .events = POLLIN }, { .events = POLLIN } };

	name_me(0);
	shared = &lock;
	make_pipes();
	wake_up = eventfd(0, 0);
	any[0].fd = to_parent[0];
	any[1].fd = wake_up;
	pthread_mutex_lock(shared);
	start(1, event_work);
	poll(any, 2, -1);
}

static void locking_child(long i)
{
	(void)i;
	pthread_mutex_lock(shared);
}

/* The parent holds what the child wants, and waits for its end. */
static void mutex_wait(void)
{
	shared = share_memory(sizeof(*shared));
	share_mutex(shared, PTHREAD_MUTEX_STALLED);
	name_me(0);
	pthread_mutex_lock(shared);
	start_process(1, locking_child);
	wait(NULL);
}

static void ring_child(long i)
{
	pthread_mutex_lock(&shared[i]);
	pthread_barrier_wait(both);
	pthread_mutex_lock(&shared[!i]);
}

static void set_up_shared(int fd)
{
	size_t sz = 2 * sizeof(*shared) + sizeof(*both);

	shared = fd < 0 ? share_memory(sz)
			: mmap(NULL, sz, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	both = (void *)&shared[2];
}

static void init_shared(void)
{
	share_mutex(&shared[0], PTHREAD_MUTEX_STALLED);
	share_mutex(&shared[1], PTHREAD_MUTEX_STALLED);
	share_barrier(both, 2);
}

static void processes(void)
{
	set_up_shared(-1);
	init_shared();
	start_process(0, ring_child);
	start_process(1, ring_child);
	while (wait(NULL) > 0)
		;
}

/* The same memory, at another address in each. */
static void elsewhere_child(long i)
{
	mmap(NULL, (i + 1) * 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	set_up_shared(file_fd[0]);
	ring_child(i);
}

static void elsewhere(void)
{
	file_fd[0] = memfd_create("shared", 0);
	if (ftruncate(file_fd[0], 4096))
		err(1, "ftruncate");
	set_up_shared(file_fd[0]);
	init_shared();
	start_process(0, elsewhere_child);
	start_process(1, elsewhere_child);
	while (wait(NULL) > 0)
		;
}

/* A lock of System V that the kernel gives back when its holder ends. */
static void sysv_undo(void)
{
	struct sembuf take = { .sem_op = -1, .sem_flg = SEM_UNDO };
	int id = semget(IPC_PRIVATE, 1, 0600);

	semctl(id, 0, SETVAL, 1);
	semop(id, &take, 1);
	if (!fork()) {
		semop(id, &take, 1);
		semctl(id, 0, IPC_RMID);
		_exit(0);
	}
	wait_a_moment();
	wait_a_moment();
}

/* The writer of a pipe is to be killed when its parent ends, and then that pipe is at its end. */
static void killed_with_parent(void)
{
	int ends[2];
	char c;

	if (pipe(ends))
		err(1, "pipe");
	if (!fork()) {
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (read(ends[0], &c, 1))
				_exit(1);
			_exit(0);
		}
		wait_a_moment();
		wait_a_moment();
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], &c, 1))
		err(1, "read");
}

static const struct situation situations[] = {
	{ "sysv-undo", sysv_undo },
	{ "killed-with-parent", killed_with_parent },
	{ "pipes-full", pipes_full },
	{ "child-full", child_full },
	{ "both-read", both_read },
	{ "own-writer", own_writer },
	{ "leaked-end", leaked_end },
	{ "socketpair-full", socketpair_full },
	{ "socketpair-read", socketpair_read },
	{ "fifos", fifos },
	{ "flocks", flocks },
	{ "ofd-locks", ofd_locks },
	{ "mutex-pipe", mutex_pipe },
	{ "event-loop", event_loop },
	{ "mutex-wait", mutex_wait },
	{ "processes", processes },
	{ "elsewhere", elsewhere },
};

int main(int argc, char **argv)
{
	return CHOOSE(situations, argc, argv);
}
