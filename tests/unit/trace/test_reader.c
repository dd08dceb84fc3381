/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a trace file, whatever is in it. */
#include "trace/reader.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/map.h"
#include "tests/unit/support/builders.h"
#include "tests/unit/trace/scratch.h"
#include "trace/cursor.h"
#include "trace/file.h"

TestSuite(reader, .init = scratch_begin, .fini = scratch_end);

/* The bytes of a good recording of some blocks, and room to change them. */
struct image {
	__u8 *bytes;
	size_t sz;
};

static struct image image_new(__u64 event_cnt)
{
	const char *path = scratch_path("image");
	struct image im;

	scratch_record(path, event_cnt);
	im.bytes = scratch_read(path, &im.sz);
	unlink(path);
	return im;
}

static const char *image_write(const struct image *im, size_t sz)
{
	const char *path = scratch_path("changed");

	scratch_write(path, im->bytes, sz);
	return path;
}

static struct file_block *image_block(const struct image *im, unsigned type, unsigned nth)
{
	size_t off = sizeof(struct file_hdr);

	while (off < im->sz) {
		struct file_block *hdr = (struct file_block *)(im->bytes + off);

		if (hdr->type == type && !nth--)
			return hdr;
		off += sizeof(*hdr) + hdr->stored_sz;
	}
	cr_assert(0, "the recording has no such block");
	return NULL;
}

static size_t block_end(const struct image *im, const struct file_block *hdr)
{
	return (const __u8 *)(hdr + 1) - im->bytes + hdr->stored_sz;
}

static void seal_header(struct image *im)
{
	struct file_hdr *hdr = (struct file_hdr *)im->bytes;

	hdr->crc = file_crc(hdr, offsetof(struct file_hdr, crc));
}

static void seal_block(struct file_block *hdr)
{
	hdr->crc = file_crc(hdr, offsetof(struct file_block, crc));
}

static int open_only(const char *path)
{
	struct trace_meta meta;
	struct trace *t;
	int err = reader_open(path, &t, &meta);

	if (err)
		return err;
	trace_free(t);
	meta_release(&meta);
	return 0;
}

/* Go through all that can be read, and to some places; count the events met. */
static __u64 wander(struct trace *t)
{
	struct cursor *c = cursor_new(t);
	__u64 cnt = 0, last_ns = 0, event_cnt = trace_event_cnt(t);
	const struct ev_hdr *ev;

	while ((ev = cursor_next(c))) {
		cr_assert(ge(u64, ev->ts_ns, last_ns));
		last_ns = ev->ts_ns;
		cnt++;
	}
	for (unsigned i = 0; i < 4; i++) {
		cursor_seek_event(c, event_cnt * i / 4);
		cursor_prev(c);
		cursor_seek_time(c,
				 trace_begin_ns(t) + (trace_end_ns(t) - trace_begin_ns(t)) / 4 * i);
		cr_assert(le(u64, cursor_event(c), trace_event_cnt(t)));
	}
	cursor_free(c);
	return cnt;
}

/* -1 when it does not open, else the events that can be read. */
static long open_and_wander(const char *path, bool *ret_truncated)
{
	struct trace_meta meta;
	struct trace *t;
	long cnt;

	if (reader_open(path, &t, &meta))
		return -1;
	if (ret_truncated)
		*ret_truncated = meta.truncated;
	cnt = wander(t);
	trace_free(t);
	meta_release(&meta);
	return cnt;
}

Test(reader, gives_what_the_recorder_knew)
{
	struct trace_meta meta;
	struct trace *t;

	scratch_record(scratch_path("a"), 100);
	cr_assert(eq(int, reader_open(scratch_path("a"), &t, &meta), 0));
	cr_expect(eq(str, meta.command, "./forks --philosophers 5"));
	cr_expect(eq(str, meta.version, CTRACE_VERSION));
	cr_expect(ne(chr, meta.kernel[0], '\0'));
	cr_expect(gt(u64, meta.realtime_ns, 0));
	cr_expect(ge(u64, meta.boottime_ns, meta.monotonic_ns));
	meta_release(&meta);
	trace_free(t);
}

static void emit(void *arg, const struct ev_hdr *ev, size_t size)
{
	column_put_bytes(arg, ev, size);
}

Test(reader, the_tail_is_the_state_at_the_end)
{
	struct trace *t = trace_new(NULL), *copy;
	struct column x = {}, y = {};
	struct trace_meta meta;

	scratch_append(t, 0, 40000);
	build_begin();
	scratch_record(scratch_path("a"), 40000);
	cr_assert(eq(int, reader_open(scratch_path("a"), &copy, &meta), 0));
	model_checkpoint(trace_tail(t), emit, &x);
	model_checkpoint(trace_tail(copy), emit, &y);
	cr_assert(eq(sz, x.len, y.len));
	cr_expect(eq(int, memcmp(x.data, y.data, x.len), 0));
	cr_expect(eq(u64, trace_end_ns(copy), trace_end_ns(t)));
	cr_expect(eq(u64, trace_begin_ns(copy), trace_begin_ns(t)));
	free(x.data);
	free(y.data);
	meta_release(&meta);
	trace_free(copy);
	trace_free(t);
}

Test(reader, a_trace_that_was_read_can_be_continued)
{
	struct trace_meta meta;
	struct trace *t;

	scratch_record(scratch_path("a"), 20000);
	cr_assert(eq(int, reader_open(scratch_path("a"), &t, &meta), 0));
	scratch_append(t, 20000, 50000);
	cr_expect(scratch_has_story(t, 0, 50000));
	meta_release(&meta);
	trace_free(t);
}

Test(reader, refuses_what_is_no_trace)
{
	cr_expect(eq(int, open_only(scratch_path("missing")), -ENOENT));
	scratch_write(scratch_path("empty"), "", 0);
	cr_expect(eq(int, open_only(scratch_path("empty")), -EPROTO));
	scratch_write(scratch_path("text"), "#include <stdio.h>\nint main(void) { return 0; }\n",
		      48);
	cr_expect(eq(int, open_only(scratch_path("text")), -EPROTO));
	cr_assert(eq(int, mkdir(scratch_path("a-directory"), 0700), 0));
	cr_expect(eq(int, open_only(scratch_path("a-directory")), -EISDIR));
	cr_assert(eq(int, mkfifo(scratch_path("fifo"), 0600), 0));
	cr_expect(eq(int, open_only(scratch_path("fifo")), -EPROTO));
	cr_expect(eq(int, open_only("/dev/zero"), -EPROTO));
	cr_expect(
		ne(ptr, strstr(scratch_log(), "text: not a ctrace recording (at offset 0)"), NULL));
}

Test(reader, a_later_major_version_is_refused_and_a_minor_one_is_not)
{
	struct image im = image_new(1000);
	struct file_hdr *hdr = (struct file_hdr *)im.bytes;

	hdr->minor = FILE_MINOR + 1;
	seal_header(&im);
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz), NULL), 1000));
	cr_expect(ne(ptr, strstr(scratch_log(), "later ctrace"), NULL));
	hdr->major = FILE_MAJOR + 1;
	seal_header(&im);
	cr_expect(eq(int, open_only(image_write(&im, im.sz)), -ENOTSUP));
	hdr->major = FILE_MAJOR;
	hdr->endian = __builtin_bswap32(FILE_ENDIAN);
	seal_header(&im);
	cr_expect(eq(int, open_only(image_write(&im, im.sz)), -ENOTSUP));
	free(im.bytes);
}

Test(reader, unknown_blocks_are_passed_over)
{
	struct image im = image_new(40000);
	struct file_block *meta = image_block(&im, FILE_META, 0);
	bool truncated;

	meta->type = 77;
	seal_block(meta);
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz), &truncated), 40000));
	cr_expect(eq(int, truncated, 0));
	free(im.bytes);
}

/* Whole blocks in the first @sz bytes. */
static long events_within(const struct image *im, size_t sz)
{
	long cnt = 0;

	for (size_t off = sizeof(struct file_hdr); off + sizeof(struct file_block) <= sz;) {
		const struct file_block *hdr = (const struct file_block *)(im->bytes + off);

		off = block_end(im, hdr);
		if (off > sz)
			break;
		cnt += hdr->event_cnt;
	}
	return cnt;
}

Test(reader, a_recording_killed_at_any_byte_opens_up_to_its_last_whole_block)
{
	struct image im = image_new(50000);
	size_t second = block_end(&im, image_block(&im, FILE_EVENTS, 0));

	for (size_t sz = 0; sz < im.sz; sz += sz < 400 || sz / 8 == second / 8 ? 1 : 997) {
		const char *path = image_write(&im, sz);
		bool truncated = false;
		long cnt = open_and_wander(path, &truncated);

		if (sz < sizeof(struct file_hdr)) {
			cr_assert(eq(long, cnt, -1));
			continue;
		}
		cr_assert(eq(long, cnt, events_within(&im, sz)));
		cr_assert(eq(int, truncated, 1));
	}
	free(im.bytes);
}

Test(reader, a_lost_index_is_made_anew)
{
	struct image im = image_new(50000);
	struct file_block *index = image_block(&im, FILE_INDEX, 0);
	bool truncated;

	((__u8 *)(index + 1))[20] ^= 1;
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz), &truncated), 50000));
	cr_expect(eq(int, truncated, 0));
	index->magic = 0;
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz), &truncated), 50000));
	free(im.bytes);
}

/* By the index the header is not met before the block is loaded; by a walk it is. */
Test(reader, a_damaged_block_is_a_hole_and_the_rest_can_be_read)
{
	struct image im = image_new(60000);
	struct file_block *second = image_block(&im, FILE_EVENTS, 1);
	long rest = 60000 - (long)second->event_cnt;
	bool truncated;

	((__u8 *)(second + 1))[second->stored_sz / 2] ^= 0x10;
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz), NULL), rest));
	((__u8 *)(second + 1))[second->stored_sz / 2] ^= 0x10;
	second->begin_ns ^= 1;
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz), NULL), rest));
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz - 1), &truncated), rest));
	cr_expect(eq(int, truncated, 1));
	free(im.bytes);
}

Test(reader, a_damaged_last_block_leaves_the_state_before_it_as_the_tail)
{
	struct image im = image_new(60000);
	struct file_block *last = image_block(&im, FILE_EVENTS, 3);
	struct trace_meta meta;
	struct trace *t;

	((__u8 *)(last + 1))[last->stored_sz - 1] ^= 1;
	cr_assert(eq(int, reader_open(image_write(&im, im.sz), &t, &meta), 0));
	cr_expect(eq(u64, model_event_cnt(trace_tail(t)), last->first_event));
	meta_release(&meta);
	trace_free(t);
	free(im.bytes);
}

Test(reader, every_flipped_bit_of_headers_and_index_is_survived)
{
	struct image im = image_new(300);
	struct file_block *index = image_block(&im, FILE_INDEX, 0);
	size_t begin = (__u8 *)index - im.bytes;
	size_t first = block_end(&im, image_block(&im, FILE_META, 0));

	for (size_t bit = 0; bit < im.sz * 8; bit++) {
		/* The first block: its header whole, of its frame each eleventh bit. */
		if (bit / 8 > first + 64 && bit / 8 < begin && bit % 11)
			continue;
		im.bytes[bit / 8] ^= 1 << bit % 8;
		cr_assert(le(long, open_and_wander(image_write(&im, im.sz), NULL), 300));
		im.bytes[bit / 8] ^= 1 << bit % 8;
	}
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz), NULL), 300));
	free(im.bytes);
}

Test(reader, random_damage_is_survived)
{
	struct image im = image_new(20000);

	for (__u64 round = 0; round < 300; round++) {
		__u8 *good = xmemdup(im.bytes, im.sz);

		for (__u64 i = 0; i < 1 + round % 5; i++) {
			__u64 dice = map_hash(round * 5 + i);

			im.bytes[(dice >> 8) % im.sz] = dice;
		}
		cr_assert(le(long, open_and_wander(image_write(&im, im.sz), NULL), 20000));
		memcpy(im.bytes, good, im.sz);
		free(good);
	}
	free(im.bytes);
}

/* Lengths that no recorder writes, in a header whose sum is right all the same. */
/* One bit at a time; with SOAK in the environment all the 100 000 that are asked for. */
Test(reader, random_flips_are_survived)
{
	struct image im = image_new(300);
	__u64 flip_cnt = getenv("SOAK") ? 100000 : 2000;

	for (__u64 i = 0; i < flip_cnt; i++) {
		__u64 bit = map_hash(i + 1) % (im.sz * 8);

		im.bytes[bit / 8] ^= 1 << bit % 8;
		cr_assert(le(long, open_and_wander(image_write(&im, im.sz), NULL), 300));
		im.bytes[bit / 8] ^= 1 << bit % 8;
	}
	cr_expect(eq(long, open_and_wander(image_write(&im, im.sz), NULL), 300));
	free(im.bytes);
}

Test(reader, lying_lengths_are_refused)
{
	static const __u32 lengths[] = {
		0, 1, 63, 0x7fffffff, 0xffffffff, BLOCK_RAW_MAX, FILE_STORED_MAX
	};
	struct image im = image_new(40000);
	struct file_block *first = image_block(&im, FILE_EVENTS, 0), good = *first;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (unsigned field = 0; field < 4; field++) {
			*first = good;
			if (field == 0)
				first->raw_sz = lengths[i];
			else if (field == 1)
				first->stored_sz = lengths[i];
			else if (field == 2)
				first->event_cnt = lengths[i];
			else
				first->first_event = ~(__u64)lengths[i];
			seal_block(first);
			/* With the index, which tells otherwise, and without. */
			cr_assert(lt(long, open_and_wander(image_write(&im, im.sz), NULL), 40000));
			cr_assert(lt(long, open_and_wander(image_write(&im, im.sz - 1), NULL),
				     40000));
		}
	}
	free(im.bytes);
}

/* The first block once more in place of the second: sound in itself, but of an earlier time. */
Test(reader, time_that_runs_backwards_from_block_to_block_is_refused)
{
	struct image im = image_new(20000);
	struct file_block *first = image_block(&im, FILE_EVENTS, 0), again = *first;
	size_t begin = (__u8 *)(first + 1) - im.bytes, end = block_end(&im, first);
	struct image twice = { xmalloc(im.sz * 2), end };

	memcpy(twice.bytes, im.bytes, end);
	again.first_event += first->event_cnt;
	again.seq++;
	seal_block(&again);
	memcpy(twice.bytes + twice.sz, &again, sizeof(again));
	memcpy(twice.bytes + twice.sz + sizeof(again), im.bytes + begin, first->stored_sz);
	twice.sz += sizeof(again) + first->stored_sz;
	cr_expect(eq(long, open_and_wander(image_write(&twice, twice.sz), NULL),
		     (long)first->event_cnt));
	cr_expect(ne(ptr, strstr(scratch_log(), "contradicts"), NULL));
	free(twice.bytes);
	free(im.bytes);
}

/* A file of one block that unpacks to @sz zeros but promises @raw_sz. */
static const char *write_bomb(size_t sz, __u32 raw_sz)
{
	struct image im = image_new(10);
	struct file_block *hdr = image_block(&im, FILE_EVENTS, 0);
	size_t off = (__u8 *)hdr - im.bytes, bound = ZSTD_compressBound(sz);
	__u8 *zeros = xcalloc(1, sz), *file = xmalloc(off + sizeof(*hdr) + bound);
	const char *path = scratch_path("bomb");

	memcpy(file, im.bytes, off + sizeof(*hdr));
	hdr = (struct file_block *)(file + off);
	hdr->stored_sz = ZSTD_compress(hdr + 1, bound, zeros, sz, 1);
	hdr->raw_sz = raw_sz;
	seal_block(hdr);
	scratch_write(path, file, off + sizeof(*hdr) + hdr->stored_sz);
	free(zeros);
	free(file);
	free(im.bytes);
	return path;
}

Test(reader, a_bomb_does_not_go_off)
{
	cr_expect(eq(long, open_and_wander(write_bomb(200 << 20, 200 << 20), NULL), 0));
	cr_expect(eq(long, open_and_wander(write_bomb(200 << 20, 1 << 20), NULL), 0));
	cr_expect(eq(long, open_and_wander(write_bomb(BLOCK_RAW_MAX, BLOCK_RAW_MAX), NULL), 0));
}

/* A gigabyte without a byte on the disk: to search it all would take seconds. */
Test(reader, a_huge_hole_in_the_file_is_not_searched_to_its_end)
{
	const char *path = scratch_path("a");

	scratch_record(path, 1000);
	cr_assert(eq(int, truncate(path, 1L << 40), 0));
	cr_expect(eq(long, open_and_wander(path, NULL), 1000));
}
