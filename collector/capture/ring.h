/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reader's end of a BPF ring buffer (kernel/bpf/ringbuf.c). That of libbpf says after every
 * record how far it has read; the probes look there with each record of theirs, and each time
 * find the cache line gone. This one says so now and then.
 */
#ifndef CAPTURE_RING_H
#define CAPTURE_RING_H

#include <stddef.h>

struct ring;

/* Map the ring buffer map_fd of sz bytes, a power of two. NULL with errno set. */
struct ring *ring_open(int map_fd, size_t sz);
void ring_close(struct ring *r); /* accepts NULL */

/*
 * Call fn for each record in the ring, in order, up to the first that is not complete; those that
 * come meanwhile included, but no more than fill it once over. A record is borrowed for the call.
 * fn returns 0, or -errno to stop behind it. Returns how many there were, or that -errno.
 */
typedef int (*ring_record_fn)(void *arg, const void *record, size_t size);
int ring_drain(struct ring *r, ring_record_fn fn, void *arg);

#endif /* CAPTURE_RING_H */
