/* SPDX-License-Identifier: GPL-2.0-only */
/* The reader's end of a ring buffer, over a file that is laid out like one. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "capture/ring.h"

enum { RING_SZ = 4096, SEEN_MAX = 64 };

static size_t page;
static unsigned char *file; /* the reader's page, the writers' page, the data twice */
static struct ring *ring;

static struct {
	int cnt;
	char text[SEEN_MAX][16];
	int fail_at; /* 0: never */
	unsigned long read_pos;
} seen;

static unsigned long *read_pos(void)
{
	return (unsigned long *)file;
}

static unsigned long *write_pos(void)
{
	return (unsigned long *)(file + page);
}

static void open_ring(void)
{
	int fd = memfd_create("ring", MFD_CLOEXEC);
	size_t sz;

	page = sysconf(_SC_PAGESIZE);
	sz = 2 * page + 2 * RING_SZ;
	cr_assert(ge(int, fd, 0));
	cr_assert(eq(int, ftruncate(fd, sz), 0));
	file = mmap(NULL, sz, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	cr_assert(ne(ptr, file, MAP_FAILED));
	ring = ring_open(fd, RING_SZ);
	cr_assert(ne(ptr, ring, NULL));
	close(fd);
	memset(&seen, 0, sizeof(seen));
}

static void close_ring(void)
{
	ring_close(ring);
	munmap(file, 2 * page + 2 * RING_SZ);
}

TestSuite(ring, .init = open_ring, .fini = close_ring);

/* A byte of the ring is there twice. */
static void put_byte(unsigned long pos, unsigned char byte)
{
	unsigned char *data = file + 2 * page;

	data[pos % RING_SZ] = data[pos % RING_SZ + RING_SZ] = byte;
}

static void put(const char *text, unsigned bits)
{
	unsigned header[2] = { (strlen(text) + 1) | bits, 0 };
	unsigned long at = *write_pos();

	for (size_t i = 0; i < sizeof(header); i++)
		put_byte(at + i, ((unsigned char *)header)[i]);
	for (size_t i = 0; i <= strlen(text); i++)
		put_byte(at + sizeof(header) + i, text[i]);
	*write_pos() = (at + sizeof(header) + strlen(text) + 1 + 7) & ~7UL;
}

static int see(void *arg, const void *record, size_t size)
{
	cr_expect(eq(ptr, arg, &seen));
	cr_expect(eq(sz, size, strlen(record) + 1));
	strcpy(seen.text[seen.cnt++ % SEEN_MAX], record);
	seen.read_pos = *read_pos();
	return seen.cnt == seen.fail_at ? -EPROTO : 0;
}

static int drain(void)
{
	return ring_drain(ring, see, &seen);
}

Test(ring, nothing_is_nothing)
{
	cr_expect(eq(int, drain(), 0));
	cr_expect(eq(ulong, *read_pos(), 0));
}

Test(ring, records_come_in_order_and_their_room_is_given_back)
{
	put("one", 0);
	put("twenty-two", 0);
	cr_expect(eq(int, drain(), 2));
	cr_expect(eq(str, seen.text[0], "one"));
	cr_expect(eq(str, seen.text[1], "twenty-two"));
	cr_expect(eq(ulong, *read_pos(), *write_pos()));
	cr_expect(eq(int, drain(), 0));
}

Test(ring, what_is_still_written_is_waited_for)
{
	put("one", 0);
	put("two", BPF_RINGBUF_BUSY_BIT);
	put("three", 0);
	cr_expect(eq(int, drain(), 1));
	put_byte(*read_pos() + 3, 0);
	cr_expect(eq(int, drain(), 2));
	cr_expect(eq(str, seen.text[2], "three"));
}

Test(ring, what_was_discarded_is_skipped)
{
	put("one", BPF_RINGBUF_DISCARD_BIT);
	put("two", 0);
	cr_expect(eq(int, drain(), 1));
	cr_expect(eq(str, seen.text[0], "two"));
	cr_expect(eq(ulong, *read_pos(), *write_pos()));
}

Test(ring, an_error_stops_behind_its_record)
{
	put("one", 0);
	put("two", 0);
	seen.fail_at = 1;
	cr_expect(eq(int, drain(), -EPROTO));
	cr_expect(eq(int, drain(), 1));
	cr_expect(eq(str, seen.text[1], "two"));
}

Test(ring, it_goes_round)
{
	for (int i = 0; i < 1000; i++) {
		put("a record", 0);
		cr_assert(eq(int, drain(), 1));
		cr_assert(eq(str, seen.text[i % SEEN_MAX], "a record"));
	}
	cr_expect(gt(ulong, *read_pos(), 5 * RING_SZ));
}

/* The probes look at the reader's place with every record: it is not moved with every one. */
Test(ring, room_is_given_back_now_and_then)
{
	for (int i = 0; i < 60; i++)
		put("sixteen bytes..", 0);
	cr_expect(eq(int, drain(), 60));
	cr_expect(gt(ulong, seen.read_pos, 0));
	cr_expect(lt(ulong, seen.read_pos, *write_pos() - 32));
}
