/* SPDX-License-Identifier: GPL-2.0-only */
/* Types taken apart. Depth and number of steps are bounded: DWARF may be hostile. */
#include "inspect/type_path.h"

#include <dwarf.h>
#include <string.h>
#include "inspect/types.h"

enum {
	DEPTH_MAX = 16,
	MEMBER_MAX = 4096,
};

static bool add_path(Dwarf_Die *type, __u64 offset, int depth, struct strbuf *ret);

/* Of the members of a union that lie there, the one with the most structure is meant. */
static int member_rank(Dwarf_Die *type)
{
	Dwarf_Die bare, element;

	if (type_is_lock(type))
		return 4;
	if (!type_strip(type, &bare))
		return 0;
	if (type_is_aggregate(&bare))
		return 3;
	if (dwarf_tag(&bare) == DW_TAG_array_type && type_of(&bare, &element))
		return type_size(&element) > 1 ? 2 : 0;
	return 1;
}

static bool member_holds(Dwarf_Die *member, __u64 offset, __u64 *ret_off, Dwarf_Die *ret_type)
{
	__u64 size;

	if (!member_offset(member, ret_off) || offset < *ret_off || !type_of(member, ret_type))
		return false;
	size = type_size(ret_type);
	/* Without a size it is an array at the end of its structure: who knows how long. */
	return size ? offset - *ret_off < size : dwarf_tag(ret_type) == DW_TAG_array_type;
}

static bool add_member(Dwarf_Die *aggregate, __u64 offset, int depth, struct strbuf *ret)
{
	Dwarf_Die child, best = {}, best_type, type;
	int best_rank = -1, cnt = 0;
	__u64 off, best_off = 0;

	if (dwarf_child(aggregate, &child))
		return false;
	do {
		int tag = dwarf_tag(&child);

		if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
		    !member_holds(&child, offset, &off, &type) || member_rank(&type) <= best_rank)
			continue;
		best = child;
		best_type = type;
		best_off = off;
		best_rank = member_rank(&type);
	} while (++cnt < MEMBER_MAX && !dwarf_siblingof(&child, &child));
	if (best_rank < 0)
		return false;
	if (dwarf_tag(&best) == DW_TAG_member) {
		const char *name = dwarf_diename(&best);

		if (name && !member_is_internal(name))
			strbuf_addf(ret, ".%s", name);
	}
	return add_path(&best_type, offset - best_off, depth + 1, ret);
}

static bool add_element(Dwarf_Die *array, __u64 offset, int depth, struct strbuf *ret)
{
	__u64 dims[DIMENSION_MAX], size, idx, below = 1;
	Dwarf_Die element;
	int cnt = type_dimensions(array, dims);

	if (!cnt || !type_of(array, &element) || !(size = type_size(&element)))
		return false;
	for (int i = 1; i < cnt; i++)
		below *= dims[i];
	idx = offset / size;
	for (int i = 0; i < cnt && below; i++) {
		strbuf_addf(ret, "[%llu]", (unsigned long long)(idx / below));
		idx %= below;
		if (i + 1 < cnt)
			below /= dims[i + 1];
	}
	return below && add_path(&element, offset % size, depth + 1, ret);
}

static bool add_path(Dwarf_Die *type, __u64 offset, int depth, struct strbuf *ret)
{
	Dwarf_Die bare = *type;
	int tag;

	while (!type_is_lock(&bare) && type_is_alias(&bare) && depth++ < DEPTH_MAX)
		if (!type_of(&bare, &bare))
			return false;
	if (depth >= DEPTH_MAX)
		return false;
	tag = dwarf_tag(&bare);
	if (type_is_lock(&bare))
		return offset < type_size(&bare);
	if (type_is_aggregate(&bare))
		return add_member(&bare, offset, depth, ret);
	if (tag == DW_TAG_array_type)
		return add_element(&bare, offset, depth, ret);
	if (offset)
		strbuf_addf(ret, "+0x%llx", (unsigned long long)offset);
	return offset < type_size(&bare);
}

bool type_add_path(Dwarf_Die *type, __u64 offset, struct strbuf *ret)
{
	return add_path(type, offset, 0, ret);
}
