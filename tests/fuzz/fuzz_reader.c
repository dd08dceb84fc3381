/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libFuzzer harness: opens the input as a trace file and goes everywhere in it.
 *
 *	tests/fuzz/run [SECONDS]
 *
 * Sums and compression would stop nearly every mutation at the door, so the input
 * is what lies behind them: 'R' and a file whose header sums are put right here, or
 * 'U' and a file with blocks not packed, which are packed here. tests/unit/trace
 * replays the corpus.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace/cursor.h"
#include "trace/file.h"
#include "trace/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The header as it is in the input, with the right sum when there is room for it. */
static size_t put_header(const uint8_t *data, size_t size, struct column *file)
{
	struct file_hdr hdr;

	if (size < sizeof(hdr)) {
		column_put_bytes(file, data, size);
		return size;
	}
	memcpy(&hdr, data, sizeof(hdr));
	hdr.crc = file_crc(&hdr, offsetof(struct file_hdr, crc));
	column_put_bytes(file, &hdr, sizeof(hdr));
	return sizeof(hdr);
}

/* One block of the input, stored_sz of which tells its bytes there. */
static size_t put_block(const uint8_t *data, size_t size, bool is_unpacked, struct column *file)
{
	struct column raw = { .data = (uint8_t *)data + sizeof(struct file_block) };
	struct column frame = {};
	struct file_block hdr;

	memcpy(&hdr, data, sizeof(hdr));
	raw.len = size - sizeof(hdr) < hdr.stored_sz ? size - sizeof(hdr) : hdr.stored_sz;
	if (is_unpacked && hdr.type != FILE_END) {
		block_pack(&raw, &frame);
		hdr.raw_sz = raw.len;
		hdr.stored_sz = frame.len;
	} else {
		column_put_bytes(&frame, raw.data, raw.len);
	}
	hdr.crc = file_crc(&hdr, offsetof(struct file_block, crc));
	column_put_bytes(file, &hdr, sizeof(hdr));
	column_put_bytes(file, frame.data, frame.len);
	free(frame.data);
	return sizeof(hdr) + raw.len;
}

static void make_file(const uint8_t *data, size_t size, struct column *file)
{
	bool is_unpacked = size && data[0] == 'U';
	size_t pos = size ? 1 : 0;

	pos += put_header(data + pos, size - pos, file);
	while (size - pos >= sizeof(struct file_block))
		pos += put_block(data + pos, size - pos, is_unpacked, file);
	column_put_bytes(file, data + pos, size - pos);
}

static void wander(struct trace *t)
{
	struct cursor *c = cursor_new(t);
	__u64 length_ns = trace_end_ns(t) - trace_begin_ns(t);

	while (cursor_next(c))
		;
	for (unsigned i = 0; i <= 4; i++) {
		cursor_seek_event(c, trace_event_cnt(t) / 4 * i);
		cursor_prev(c);
		cursor_seek_time(c, trace_begin_ns(t) + length_ns / 4 * i);
		cursor_next(c);
	}
	cursor_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct column file = {};
	struct trace_meta meta;
	struct trace *t;
	char path[32];

	make_file(data, size, &file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd >= 0 && write(fd, file.data, file.len) == (ssize_t)file.len &&
	    !reader_open(path, &t, &meta)) {
		wander(t);
		trace_free(t);
		meta_release(&meta);
	}
	free(file.data);
	close(fd);
	return 0;
}
