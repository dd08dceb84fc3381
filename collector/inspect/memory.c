/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of another process, a page at a time. */
#include "inspect/memory.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

void memory_forget(struct memory *m)
{
	for (size_t i = 0; i < MEMORY_PAGE_CNT; i++)
		m->pages[i].is_there = false;
}

static bool read_piece(const struct memory *m, __u64 address, void *buf, size_t len)
{
	__u64 off = address - m->piece_address;

	if (address < m->piece_address || off > m->piece_len || len > m->piece_len - off)
		return false;
	memcpy(buf, m->piece + off, len);
	return true;
}

static const struct memory_page *get_page(struct memory *m, __u64 address)
{
	struct memory_page *page = &m->pages[address / MEMORY_PAGE_SZ % MEMORY_PAGE_CNT];

	if (page->is_there && page->address == address)
		return page;
	page->address = address;
	page->is_there = pread(m->fd, page->bytes, MEMORY_PAGE_SZ, address) == MEMORY_PAGE_SZ;
	return page->is_there ? page : NULL;
}

bool memory_read(struct memory *m, __u64 address, void *buf, size_t len)
{
	if (read_piece(m, address, buf, len))
		return true;
	if (m->fd < 0 || (address + len > m->past_begin && address < m->past_end))
		return false;
	/* The upper half is the kernel's, and an offset of pread() is signed. */
	if (address > (__u64)INT64_MAX || len > (__u64)INT64_MAX - address)
		return false;
	while (len) {
		__u64 off = address % MEMORY_PAGE_SZ;
		size_t part = len < MEMORY_PAGE_SZ - off ? len : MEMORY_PAGE_SZ - off;
		const struct memory_page *page = get_page(m, address - off);

		if (!page)
			return false;
		memcpy(buf, page->bytes + off, part);
		buf = (char *)buf + part;
		address += part;
		len -= part;
	}
	return true;
}
