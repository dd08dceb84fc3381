/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reader's end of a BPF ring buffer: a page with the reader's position, which it writes, a
 * page with the writers', then the data twice, so that no record is cut in two.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/xalloc.h"
#include "capture/ring.h"

/* The reader gives room back whenever this part of the ring has been read, and at the end. */
enum { GIVE_BACK_PART = 8 };

struct ring {
	unsigned long *read_pos; /* in bytes since the begin; only the kernel wraps it */
	const unsigned long *write_pos;
	const unsigned char *data;
	size_t sz;
};

static size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

struct ring *ring_open(int map_fd, size_t sz)
{
	size_t page = page_size();
	void *mine = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0), *theirs;
	struct ring *r;

	if (mine == MAP_FAILED)
		return NULL;
	theirs = mmap(NULL, page + 2 * sz, PROT_READ, MAP_SHARED, map_fd, page);
	if (theirs == MAP_FAILED) {
		munmap(mine, page);
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	*r = (struct ring){
		.read_pos = mine,
		.write_pos = theirs,
		.data = (const unsigned char *)theirs + page,
		.sz = sz,
	};
	return r;
}

void ring_close(struct ring *r)
{
	if (!r)
		return;
	munmap((void *)r->write_pos, page_size() + 2 * r->sz);
	munmap(r->read_pos, page_size());
	free(r);
}

/* Its header is its length and, for the kernel, where it is; it takes whole 64-bit words. */
static size_t whole_size(__u32 size)
{
	return (size + BPF_RINGBUF_HDR_SZ + 7) & ~(size_t)7;
}

static unsigned long load(const unsigned long *pos)
{
	return __atomic_load_n(pos, __ATOMIC_ACQUIRE);
}

static void give_back(struct ring *r, unsigned long at)
{
	if (at != *r->read_pos)
		__atomic_store_n(r->read_pos, at, __ATOMIC_RELEASE);
}

/* To the end, as it is when that is reached: whoever tells something of now tells it behind. */
int ring_drain(struct ring *r, ring_record_fn fn, void *arg)
{
	unsigned long at = *r->read_pos, begin = at, end = load(r->write_pos);
	int cnt = 0, err = 0;

	while (at < end && !err) {
		const __u32 *header = (const __u32 *)(r->data + (at & (r->sz - 1)));
		__u32 size = __atomic_load_n(header, __ATOMIC_ACQUIRE);

		if (size & BPF_RINGBUF_BUSY_BIT)
			break;
		if (!(size & BPF_RINGBUF_DISCARD_BIT)) {
			err = fn(arg, (const char *)header + BPF_RINGBUF_HDR_SZ, size);
			cnt++;
		}
		at += whole_size(size & ~BPF_RINGBUF_DISCARD_BIT);
		if (at - *r->read_pos >= r->sz / GIVE_BACK_PART)
			give_back(r, at);
		/* But not for ever, when it is filled as fast as it is read. */
		if (at == end && at - begin < r->sz)
			end = load(r->write_pos);
	}
	give_back(r, at);
	return err ? err : cnt;
}
