/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace file as bytes: what reader and writer share. */
#include "trace/file.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "trace/codec.h"

enum { CRC_POLYNOMIAL = 0xedb88320 }; /* ISO 3309, reflected */

/* Headers are 64 bytes, so a table would not pay. */
__u32 file_crc(const void *mem, size_t sz)
{
	const __u8 *bytes = mem;
	__u32 crc = ~0U;

	for (size_t i = 0; i < sz; i++) {
		crc ^= bytes[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
	}
	return ~crc;
}

static bool events_are_sound(const struct file_block *hdr)
{
	return hdr->event_cnt && hdr->event_cnt <= SECTION_EVENTS_MAX &&
	       hdr->first_event <= UINT64_MAX - hdr->event_cnt && hdr->begin_ns <= hdr->end_ns &&
	       hdr->raw_sz >= sizeof(struct section_hdr) + hdr->event_cnt;
}

bool file_block_is_sound(const struct file_block *hdr)
{
	return hdr->magic == FILE_BLOCK_MAGIC &&
	       hdr->crc == file_crc(hdr, offsetof(struct file_block, crc)) &&
	       hdr->raw_sz <= BLOCK_RAW_MAX && hdr->stored_sz <= FILE_STORED_MAX &&
	       (hdr->type != FILE_EVENTS || events_are_sound(hdr));
}

int file_read(int fd, __u64 off, void *buf, size_t sz)
{
	while (sz) {
		ssize_t len = pread(fd, buf, sz, off);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		if (!len)
			return -ENODATA;
		buf = (char *)buf + len;
		off += len;
		sz -= len;
	}
	return 0;
}

int file_read_packed(int fd, __u64 off, const struct file_block *hdr, void **ret)
{
	void *frame = xmalloc(hdr->stored_sz), *raw = xmalloc(hdr->raw_sz);
	int err = file_read(fd, off + sizeof(*hdr), frame, hdr->stored_sz);

	if (!err)
		err = block_unpack(frame, hdr->stored_sz, raw, hdr->raw_sz);
	free(frame);
	if (err)
		free(raw);
	else
		*ret = raw;
	return err;
}

static bool header_is_of(const struct file_block *hdr, const struct block *b)
{
	return file_block_is_sound(hdr) && hdr->type == FILE_EVENTS &&
	       hdr->stored_sz == b->frame_sz && hdr->raw_sz == b->raw_sz &&
	       hdr->first_event == b->info.first_event && hdr->event_cnt == b->info.event_cnt &&
	       hdr->begin_ns == b->info.begin_ns && hdr->end_ns == b->info.end_ns;
}

void *file_read_frame(const struct block *b)
{
	void *frame = xmalloc(b->frame_sz);
	struct file_block hdr;

	/* The header once more: the index may have lied, or the file been changed. */
	if (!file_read(b->fd, b->file_off, &hdr, sizeof(hdr)) && header_is_of(&hdr, b) &&
	    !file_read(b->fd, b->file_off + sizeof(hdr), frame, b->frame_sz))
		return frame;
	free(frame);
	return NULL;
}
