/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace file as bytes: header and blocks (docs/trace-format.md). Little-endian. */
#ifndef CTRACE_TRACE_FILE_H
#define CTRACE_TRACE_FILE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "trace/block.h"

enum {
	FILE_MAJOR = 1, /* another one cannot be read */
	FILE_MINOR = 0, /* a later one can: what it added is passed over */
	FILE_ENDIAN = 0x01020304,
	FILE_BLOCK_MAGIC = 0x4b425443,		     /* "CTBK" */
	FILE_STORED_MAX = BLOCK_RAW_MAX + (1 << 20), /* bytes of a block in the file */
	FILE_META_MAX = 1 << 20,		     /* of the meta block, unpacked */
};

/* As PNG has it: not text, and damaged by what damages text. */
#define FILE_MAGIC \
	"\x89"     \
	"ctrace\n"

enum file_block_type {
	FILE_EVENTS = 1, /* a zstd frame of sections */
	FILE_META = 2,	 /* a zstd frame of fields */
	FILE_INDEX = 3,	 /* a zstd frame of struct file_index_entry */
	FILE_END = 4,	 /* struct file_end; the last bytes of a file that was closed */
};

struct file_hdr {
	char magic[8];
	__u16 major;
	__u16 minor;
	__u32 endian;
	__u32 hdr_sz; /* where the first block begins */
	__u32 zero;
	__u64 monotonic_ns; /* three clocks, read at one moment */
	__u64 realtime_ns;
	__u64 boottime_ns;
	__u32 zeros[3];
	__u32 crc; /* of the bytes before */
};

/* Then come stored_sz bytes, then the next block: it may begin at any byte. */
struct file_block {
	__u32 magic;
	__u16 type; /* enum file_block_type; others are passed over */
	__u16 zero;
	__u32 raw_sz; /* unpacked */
	__u32 stored_sz;
	__u64 seq;	   /* number of the block in the file */
	__u64 first_event; /* these four of FILE_EVENTS, else 0 */
	__u64 begin_ns;
	__u64 end_ns;
	__u32 event_cnt;
	__u32 zeros[2];
	__u32 crc; /* of the bytes before */
} __attribute__((packed));

struct file_index_entry {
	__u64 off; /* of hdr in the file */
	struct file_block hdr;
};

struct file_end {
	__u64 index_off; /* of the index block; 0: none */
	__u64 event_cnt; /* events in the file */
	__u64 lost_cnt;	 /* events that could not be written */
	__u32 zero;
	__u32 crc; /* of the bytes before */
};

_Static_assert(sizeof(struct file_hdr) == 64, "file format changed");
_Static_assert(sizeof(struct file_block) == 64, "file format changed");
_Static_assert(sizeof(struct file_index_entry) == 72, "file format changed");
_Static_assert(sizeof(struct file_end) == 32, "file format changed");

/* CRC-32 of ISO 3309, that of gzip and zlib. */
__u32 file_crc(const void *mem, size_t sz);

/* Is it a block header that was written whole, of a block that this program may load? */
bool file_block_is_sound(const struct file_block *hdr);

/* All of @sz bytes at @off: 0, -ENODATA when the file ends before, or -errno. */
int file_read(int fd, __u64 off, void *buf, size_t sz);

/*
 * Read and unpack the zstd frame of the block at @off, whose header is *hdr. 0 and
 * *ret, hdr->raw_sz bytes, to be freed; or -errno, -EPROTO for damaged ones.
 */
int file_read_packed(int fd, __u64 off, const struct file_block *hdr, void **ret);

/* The frame of an events block that is in a file, to be freed; or NULL when it is damaged. */
void *file_read_frame(const struct block *b);

#endif
