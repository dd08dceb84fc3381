/* SPDX-License-Identifier: GPL-2.0-only */
/* The pointers in a variable, for what they may point at. */
#include <dwarf.h>
#include <string.h>
#include "inspect/type_path.h"
#include "inspect/types.h"

enum {
	POINTER_DEPTH_MAX = 8, /* std::unique_ptr needs 6 */
	MEMBER_MAX = 4096,
	ELEMENT_MAX = 16, /* of an array of pointers that are looked at */
};

struct hunt {
	type_pointer_fn fn;
	void *arg;
	struct strbuf path;
};

static bool hunt_type(struct hunt *h, Dwarf_Die *type, __u64 offset, int depth);

static void cut(struct strbuf *sb, size_t len)
{
	sb->len = len;
	if (sb->data)
		sb->data[len] = '\0';
}

static bool hunt_members(struct hunt *h, Dwarf_Die *aggregate, __u64 offset, int depth)
{
	Dwarf_Die child, type;
	int cnt = 0;
	__u64 off;

	if (dwarf_child(aggregate, &child))
		return true;
	do {
		int tag = dwarf_tag(&child);
		size_t len = h->path.len;
		const char *name = dwarf_diename(&child);
		bool more;

		if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
		    !member_offset(&child, &off) || !type_of(&child, &type))
			continue;
		if (tag == DW_TAG_member && name && !member_is_internal(name))
			strbuf_addf(&h->path, ".%s", name);
		more = hunt_type(h, &type, offset + off, depth + 1);
		cut(&h->path, len);
		if (!more)
			return false;
	} while (++cnt < MEMBER_MAX && !dwarf_siblingof(&child, &child));
	return true;
}

static bool hunt_elements(struct hunt *h, Dwarf_Die *array, __u64 offset, int depth)
{
	__u64 dims[DIMENSION_MAX], size;
	Dwarf_Die element;

	if (type_dimensions(array, dims) != 1 || !type_of(array, &element))
		return true;
	size = type_size(&element);
	for (__u64 i = 0; size && i < dims[0] && i < ELEMENT_MAX; i++) {
		size_t len = h->path.len;
		bool more;

		strbuf_addf(&h->path, "[%llu]", (unsigned long long)i);
		more = hunt_type(h, &element, offset + i * size, depth + 1);
		cut(&h->path, len);
		if (!more)
			return false;
	}
	return true;
}

static bool hunt_type(struct hunt *h, Dwarf_Die *type, __u64 offset, int depth)
{
	Dwarf_Die bare;
	int tag;

	if (depth > POINTER_DEPTH_MAX || type_is_lock(type) || !type_strip(type, &bare))
		return true;
	tag = dwarf_tag(&bare);
	if (type_is_aggregate(&bare))
		return hunt_members(h, &bare, offset, depth);
	if (tag == DW_TAG_array_type)
		return hunt_elements(h, &bare, offset, depth);
	return !type_is_pointer(&bare) || h->fn(h->arg, strbuf_str(&h->path), offset, &bare);
}

bool type_each_pointer(Dwarf_Die *type, type_pointer_fn fn, void *arg)
{
	struct hunt h = { .fn = fn, .arg = arg };
	bool more = hunt_type(&h, type, 0, 0);

	strbuf_release(&h.path);
	return more;
}
