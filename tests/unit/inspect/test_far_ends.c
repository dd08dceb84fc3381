/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has the other end: from tables of open files that are made up. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "inspect/far_ends.h"
#include "inspect/file_locks.h"
#include "inspect/file_words.h"
#include "inspect/process_stat.h"

enum { WAITER = 10, PEER = 20, OTHER = 30 };

static struct open_files files;
static struct far_ends ends;
static char table[8192];
static size_t table_len;

static int copy_table(void *arg, void *buf, size_t sz, size_t *ret_len)
{
	(void)arg;
	cr_assert(ge(sz, sz, table_len));
	memcpy(buf, table, table_len);
	*ret_len = table_len;
	return 0;
}

static void setup(void)
{
	table_len = 0;
	ends = (struct far_ends){ .is_complete = true };
}

static void teardown(void)
{
	open_files_release(&files);
}

TestSuite(far_ends, .init = setup, .fini = teardown);

/* Space in the table, zeroed. */
static void *put(size_t sz)
{
	void *at = table + table_len;

	cr_assert(le(sz, table_len + sz, sizeof(table)));
	memset(at, 0, sz);
	table_len += sz;
	return at;
}

static struct probe_file *put_file(__u32 pid, __u32 fd, __u64 file, __u32 mode, __u64 ino)
{
	struct probe_file *f = put(sizeof(*f));

	*f = (struct probe_file){ .pid = pid, .fd = fd, .file = file, .fd_mode = mode, .ino = ino };
	return f;
}

static void put_pipe(__u32 pid, __u64 file, __u32 access)
{
	struct probe_file *f = put_file(pid, access, file, S_IFIFO, 77);

	f->access = access;
	f->readers = f->writers = 1;
}

static struct probe_socket *put_socket(__u32 pid, __u32 fd, __u64 sock, __u64 peer)
{
	struct probe_socket *s;

	put_file(pid, fd, sock + 1000, S_IFSOCK, sock);
	s = put(sizeof(*s));
	*s = (struct probe_socket){
		.family = AF_UNIX, .type = SOCK_STREAM, .sock = sock, .peer = peer
	};
	return s;
}

static const struct probe_file *read_and_find(__u32 pid, __u32 fd)
{
	const struct probe_file *f;

	cr_assert(eq(int, open_files_read(&files, copy_table, NULL, 1), 0));
	files.is_all = true;
	f = open_files_find(&files, pid, fd);
	cr_assert(ne(ptr, (void *)f, NULL));
	return f;
}

Test(far_ends, a_reader_waits_for_those_who_can_write)
{
	put_pipe(WAITER, 1, PROBE_READ);
	put_pipe(PEER, 2, PROBE_WRITE);
	put_pipe(OTHER, 1, PROBE_READ);
	far_ends_add(&ends, &files, read_and_find(WAITER, PROBE_READ), PROBE_READ, WAITER);
	cr_assert(eq(sz, ends.cnt, 1));
	cr_expect(eq(u32, ends.pids[0], PEER));
	cr_expect(ends.is_complete);
}

Test(far_ends, a_pipe_with_a_writer_that_nobody_has_is_not_complete)
{
	put_pipe(WAITER, 1, PROBE_READ);
	put_pipe(PEER, 2, PROBE_WRITE);
	((struct probe_file *)table)->writers = 2; /* one is on its way in a socket */
	far_ends_add(&ends, &files, read_and_find(WAITER, PROBE_READ), PROBE_READ, WAITER);
	cr_expect(eq(sz, ends.cnt, 1));
	cr_expect(not(ends.is_complete));
}

Test(far_ends, a_pipe_with_a_name_can_be_opened_by_anybody)
{
	put_pipe(WAITER, 1, PROBE_READ);
	put_pipe(PEER, 2, PROBE_WRITE);
	((struct probe_file *)table)->is_named = 1;
	far_ends_add(&ends, &files, read_and_find(WAITER, PROBE_READ), PROBE_READ, WAITER);
	cr_expect(eq(sz, ends.cnt, 1));
	cr_expect(not(ends.is_complete));
}

Test(far_ends, a_process_that_waits_for_itself_is_named)
{
	put_pipe(WAITER, 1, PROBE_READ);
	put_pipe(WAITER, 2, PROBE_WRITE);
	put_pipe(PEER, 2, PROBE_WRITE);
	far_ends_add(&ends, &files, read_and_find(WAITER, PROBE_READ), PROBE_READ, WAITER);
	cr_assert(eq(sz, ends.cnt, 2));
	cr_expect(eq(u32, ends.pids[0], WAITER));
	cr_expect(ends.is_complete, "two descriptors, one open file");
}

Test(far_ends, what_an_io_uring_was_asked_for_may_still_be_written)
{
	put_pipe(WAITER, 1, PROBE_READ);
	put_pipe(PEER, 2, PROBE_WRITE);
	put_file(OTHER, 3, 4, FD_MODE(0, FILE_IO_URING), 0);
	far_ends_add(&ends, &files, read_and_find(WAITER, PROBE_READ), PROBE_READ, WAITER);
	cr_expect(ends.is_complete, "the io_uring of another is none of theirs");
	put_file(PEER, 3, 5, FD_MODE(0, FILE_IO_URING), 0);
	far_ends_add(&ends, &files, read_and_find(WAITER, PROBE_READ), PROBE_READ, WAITER);
	cr_expect(eq(u32, ends.pids[0], PEER));
	cr_expect(not(ends.is_complete));
}

Test(far_ends, a_socket_has_its_peer_and_who_could_shut_it_down)
{
	put_socket(WAITER, 3, 100, 200);
	put_socket(PEER, 4, 200, 100);
	put_socket(OTHER, 5, 100, 200);
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, WAITER);
	cr_assert(eq(sz, ends.cnt, 2));
	cr_expect(eq(u32, ends.pids[0], PEER));
	cr_expect(eq(u32, ends.pids[1], OTHER));
	cr_expect(ends.is_complete);
}

Test(far_ends, a_socket_with_a_time_out_will_end_by_itself)
{
	put_socket(WAITER, 3, 100, 200)->is_timed = PROBE_READ;
	put_socket(PEER, 4, 200, 100);
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, WAITER);
	cr_expect(not(ends.is_complete));
	ends.is_complete = true;
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_WRITE, WAITER);
	cr_expect(ends.is_complete, "it is for reading alone");
}

Test(far_ends, a_connection_that_was_not_accepted_is_not_complete)
{
	put_socket(WAITER, 3, 100, 200);
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, WAITER);
	cr_expect(eq(sz, ends.cnt, 0));
	cr_expect(not(ends.is_complete));
}

static void make_tcp(struct probe_socket *s, __u16 port, __u16 peer_port)
{
	static const __u8 loopback[4] = { 127, 0, 0, 1 };

	s->family = AF_INET;
	s->protocol = IPPROTO_TCP;
	s->peer = 0;
	s->net = 9;
	s->port = port;
	s->peer_port = peer_port;
	memcpy(s->address, loopback, sizeof(loopback));
	memcpy(s->peer_address, loopback, sizeof(loopback));
}

Test(far_ends, loopback_connections_are_matched_by_their_addresses)
{
	static const __u8 mapped[16] = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 };
	struct probe_socket *peer;

	make_tcp(put_socket(WAITER, 3, 100, 0), 5000, 8080);
	make_tcp(put_socket(OTHER, 4, 200, 0), 8080, 5001);
	peer = put_socket(PEER, 5, 300, 0);
	make_tcp(peer, 8080, 5000);
	peer->family = AF_INET6; /* a server that listens on both */
	memcpy(peer->address, mapped, sizeof(mapped));
	memcpy(peer->peer_address, mapped, sizeof(mapped));
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, WAITER);
	cr_assert(eq(sz, ends.cnt, 1));
	cr_expect(eq(u32, ends.pids[0], PEER));
	cr_expect(ends.is_complete);
}

Test(far_ends, another_network_has_the_same_addresses)
{
	struct probe_socket *peer;

	make_tcp(put_socket(WAITER, 3, 100, 0), 5000, 8080);
	peer = put_socket(PEER, 5, 300, 0);
	make_tcp(peer, 8080, 5000);
	peer->net++;
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, WAITER);
	cr_expect(eq(sz, ends.cnt, 0));
	cr_expect(not(ends.is_complete));
}

/* Whoever it was sent to in a Unix socket will have it, and its sender has it still. */
Test(far_ends, an_end_on_its_way_in_a_socket_is_not_complete)
{
	struct probe_file *reader = put_file(WAITER, 3, 1, S_IFIFO, 5);
	struct probe_file *writer = put_file(WAITER, 4, 2, S_IFIFO, 5);

	reader->writers = writer->writers = 1;
	reader->access = PROBE_READ;
	writer->access = PROBE_WRITE;
	writer->refs = 3; /* the descriptor, the reading, and one more */
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, 0);
	cr_expect(ends.is_complete, "a call that uses it");
	writer->sent = 1;
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, 0);
	cr_expect(not(ends.is_complete), "who receives it may write");
	ends.is_complete = true;
	writer->refs = 2;
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, 0);
	cr_expect(ends.is_complete, "another file is on its way");
}

Test(far_ends, an_eventfd_that_the_kernel_knows_may_be_written_by_it)
{
	struct probe_file *f = put_file(WAITER, 3, 1, FD_MODE(0, FILE_EVENTFD), 5);

	f->writers = 1;
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, WAITER);
	cr_expect(eq(sz, ends.cnt, 1));
	cr_expect(ends.is_complete);
	f->writers = 2;
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, WAITER);
	cr_expect(not(ends.is_complete));
}

Test(far_ends, a_file_that_anybody_may_touch_is_not_complete)
{
	put_file(WAITER, 3, 1, FD_MODE(S_IFCHR, FILE_TERMINAL), 5);
	far_ends_add(&ends, &files, read_and_find(WAITER, 3), PROBE_READ, WAITER);
	cr_expect(eq(sz, ends.cnt, 0));
	cr_expect(not(ends.is_complete));
}

static const char locks[] = "1: POSIX  ADVISORY  WRITE 20 00:1f:77 0 EOF\n"
			    "1: -> POSIX  ADVISORY  READ 10 00:1f:77 0 EOF\n"
			    "2: FLOCK  ADVISORY  READ 20 fe:01:78 0 EOF\n"
			    "2: -> FLOCK  ADVISORY  WRITE 10 fe:01:78 0 EOF\n"
			    "2:  -> FLOCK  ADVISORY  WRITE 11 fe:01:78 0 EOF\n"
			    "a line of a kernel to come\n"
			    "3: LEASE  ACTIVE    READ 20 00:1f:79 0 EOF\n"
			    "3: -> LEASE  ACTIVE    READ 10 00:1f:79 0 EOF\n";

Test(far_ends, the_lock_that_a_process_waits_for_is_the_one_above_it)
{
	struct probe_file f = { .ino = 77, .dev = 0x1f };
	struct file_lock lock;

	cr_assert(file_locks_find(locks, 10, &f, &lock));
	cr_expect(lock.is_posix);
	cr_expect(lock.is_write);
	cr_expect(eq(u32, lock.pid, 20));
	f = (struct probe_file){ .ino = 78, .dev = 0xfe << 20 | 1 };
	cr_assert(file_locks_find(locks, 11, &f, &lock));
	cr_expect(not(lock.is_posix));
	cr_expect(not(lock.is_write));
	cr_expect(not(file_locks_find(locks, 12, &f, &lock)));
	f.dev++;
	cr_expect(not(file_locks_find(locks, 10, &f, &lock)), "another file system");
	f = (struct probe_file){ .ino = 79, .dev = 0x1f };
	cr_expect(not(file_locks_find(locks, 10, &f, &lock)), "a lease is no lock");
	cr_expect(not(file_locks_find("", 10, &f, &lock)));
}

/* Seen on 6.18: a lock that is an open file's own has nobody's number, nor has who waits so. */
Test(far_ends, who_waits_for_an_open_files_own_lock_has_no_number)
{
	static const char ofd[] = "1: OFDLCK ADVISORY  WRITE -1 fe:01:78 0 9\n"
				  "1: -> OFDLCK ADVISORY  WRITE -1 fe:01:78 0 EOF\n"
				  "2: POSIX  ADVISORY  WRITE 20 fe:01:79 0 9\n"
				  "2: -> OFDLCK ADVISORY  WRITE -1 fe:01:79 0 EOF\n"
				  "3: OFDLCK ADVISORY  WRITE -1 fe:01:79 20 EOF\n"
				  "3: -> OFDLCK ADVISORY  WRITE -1 fe:01:79 0 EOF\n";
	struct probe_file f = { .ino = 78, .dev = 0xfe << 20 | 1 };
	struct file_lock lock;

	cr_assert(file_locks_find(ofd, 0, &f, &lock));
	cr_expect(not(lock.is_posix));
	cr_expect(eq(u32, lock.pid, 0));
	cr_expect(not(file_locks_find(ofd, 10, &f, &lock)), "it is not process 10 that waits");
	f.ino = 79;
	cr_expect(not(file_locks_find(ofd, 0, &f, &lock)), "for which of the two is not told");
	f.ino = 77;
	cr_expect(not(file_locks_find(ofd, 0, &f, &lock)));
}

static void expect_lock_words(const struct file_lock *l, bool are_known, const char *words)
{
	struct strbuf text = {};

	file_lock_add_words(l, &ends, are_known, &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), (char *)words));
	strbuf_release(&text);
}

Test(far_ends, of_a_part_of_a_file_it_is_said_which)
{
	static const char parts[] = "1: POSIX  ADVISORY  WRITE 20 00:1f:77 10 29\n"
				    "1: -> POSIX  ADVISORY  READ 10 00:1f:77 0 14\n"
				    "1: -> POSIX  ADVISORY  READ 11 00:1f:77 12 12\n"
				    "2: POSIX  ADVISORY  READ 20 00:1f:78 0 EOF\n"
				    "2: -> POSIX  ADVISORY  WRITE 10 00:1f:78 7 EOF\n";
	struct probe_file f = { .ino = 77, .dev = 0x1f };
	struct file_lock lock;

	cr_assert(file_locks_find(parts, 10, &f, &lock));
	expect_lock_words(&lock, true, " bytes 0 to 14, locked by pid 20 (bytes 10 to 29)");
	cr_assert(file_locks_find(parts, 11, &f, &lock));
	expect_lock_words(&lock, true, " byte 12, locked by pid 20 (bytes 10 to 29)");
	f.ino = 78;
	cr_assert(file_locks_find(parts, 10, &f, &lock));
	expect_lock_words(&lock, true,
			  " bytes from 7 on, locked for reading by pid 20 (bytes from "
			  "0 on)");
}

Test(far_ends, who_took_a_lock_and_has_it_no_more_is_told_with_those_who_have)
{
	struct file_lock lock = { .is_write = true, .pid = 0x7fffffff };

	lock.range.last = lock.wanted.last = UINT64_MAX;
	far_ends_add_pid(&ends, 20);
	far_ends_add_pid(&ends, 21);
	expect_lock_words(&lock, true,
			  ", locked by pid 2147483647, which has ended; now it is with "
			  "pid 20, 21");
	expect_lock_words(&lock, false, ", locked by pid 2147483647");
	lock.pid = 20;
	expect_lock_words(&lock, true, ", locked by pid 20");
}

Test(far_ends, a_lock_of_an_open_file_is_of_all_who_have_it)
{
	struct file_lock lock = { .pid = PEER };
	const struct probe_file *f;

	put_file(WAITER, 3, 1, S_IFREG, 5);
	put_file(PEER, 3, 2, S_IFREG, 5);
	put_file(OTHER, 9, 2, S_IFREG, 5); /* a child of the peer */
	put_file(40, 3, 3, S_IFREG, 5);
	f = read_and_find(WAITER, 3);
	far_ends_add_lock(&ends, &files, f, &lock);
	cr_assert(eq(sz, ends.cnt, 2));
	cr_expect(eq(u32, ends.pids[0], PEER));
	cr_expect(eq(u32, ends.pids[1], OTHER));
	cr_expect(ends.is_complete);
	lock.pid = 99; /* who took it has ended: it may be any of the others */
	far_ends_add_lock(&ends, &files, f, &lock);
	cr_expect(eq(sz, ends.cnt, 3));
}

static void expect_words(const struct probe_file *f, const char *words)
{
	struct strbuf text = {};

	file_words_add(&files, f, &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), (char *)words));
	strbuf_release(&text);
}

Test(far_ends, sockets_have_words)
{
	struct probe_socket *s;

	make_tcp(put_socket(WAITER, 3, 100, 0), 5000, 8080);
	s = put_socket(WAITER, 4, 101, 0);
	make_tcp(s, 8080, 0);
	s->state = 10;
	s = put_socket(WAITER, 5, 102, 200);
	s->net = 1;
	s->name_len = 3;
	memcpy(s->name, "\0ab", 3);
	put_socket(PEER, 3, 200, 102);
	s = put_socket(WAITER, 6, 103, 0);
	s->net = 1;
	s->state = 10;
	s->name_len = 50;
	memset(s->name, 'x', sizeof(s->name));
	expect_words(read_and_find(WAITER, 3), "tcp 127.0.0.1:5000 > 127.0.0.1:8080");
	expect_words(open_files_find(&files, WAITER, 4), "tcp 127.0.0.1:8080 (listening)");
	expect_words(open_files_find(&files, WAITER, 5), "unix socket 102 > 200 @ab, peer pid 20");
	expect_words(open_files_find(&files, PEER, 3), "unix socket 200 > 102 @ab, peer pid 10");
	expect_words(open_files_find(&files, WAITER, 6),
		     "unix socket xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... (listening)");
}

Test(far_ends, a_table_that_is_cut_ends_there)
{
	put_socket(WAITER, 3, 100, 200);
	table_len -= 8;
	cr_assert(eq(int, open_files_read(&files, copy_table, NULL, 1), 0));
	cr_expect(eq(ptr, (void *)open_files_find(&files, WAITER, 3), NULL));
}

Test(far_ends, a_process_has_a_name_that_may_hold_anything)
{
	struct process_stat st;

	cr_assert(process_stat_parse("812 (a) b (c) S 1 812", &st));
	cr_expect(eq(str, st.name, "a) b (c"));
	cr_expect(eq(str, (char *)st.state, "sleeping"));
	cr_assert(process_stat_parse("812 () ? 1", &st));
	cr_expect(eq(str, (char *)st.state, "in a state of its own"));
	cr_expect(not(process_stat_parse("812", &st)));
	cr_expect(not(process_stat_parse(")(", &st)));
}

static void expect_watches(const char *fdinfo, const char *words)
{
	struct strbuf text = {};

	file_words_add_watches(fdinfo, &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), (char *)words));
	strbuf_release(&text);
}

/* Lines as of Linux 6.18. */
Test(far_ends, what_an_inotify_watches_is_told_by_its_inode)
{
	expect_watches("pos:\t0\nflags:\t00\n", "");
	expect_watches("pos:\t0\ninotify wd:1 ino:1267 sdev:800001 mask:100 ignored_mask:0 "
		       "fhandle-bytes:8\n",
		       " on inode 4711 of device 8:1");
	expect_watches("inotify wd:1 ino:1 sdev:a mask\ninotify wd:2 ino:2 sdev:a mask\n"
		       "inotify wd:b ino:c sdev:b mask\ninotify wd:4 ino:4 sdev:a mask\n"
		       "inotify wd:\n",
		       " on inode 1 of device 0:10, inode 2 of device 0:10, inode 12 of device "
		       "0:11 and 1 more");
}

Test(far_ends, an_eventfd_has_a_number)
{
	struct strbuf text = {};

	file_words_add_eventfd("pos:\t0\nflags:\t02\nino:\t1036\neventfd-count: 0\n"
			       "eventfd-id: 17\neventfd-semaphore: 0\n",
			       &text);
	strbuf_addch(&text, ' ');
	file_words_add_eventfd("eventfd-count: 0\n", &text);
	strbuf_addch(&text, ' ');
	file_words_add_eventfd("pos:\t0\neventfd-id: -28\n", &text);
	cr_expect(eq(str, (char *)strbuf_str(&text), "eventfd:[17] eventfd eventfd"));
	strbuf_release(&text);
}
