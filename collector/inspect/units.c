/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which compilation unit the code at an address is from.
 *
 * The section made for that (.debug_aranges) is optional: clang leaves it out. What each
 * unit says of itself is always there.
 */
#include "inspect/object.h"

#include <dwarf.h>
#include <stdlib.h>

enum {
	RANGE_MAX = 1 << 20,
	RANGE_OF_UNIT_MAX = 1 << 16,
};

static void add_unit(struct object *o, Dwarf_Die *unit)
{
	Dwarf_Addr base, begin, end;
	ptrdiff_t at = 0;

	for (int i = 0; i < RANGE_OF_UNIT_MAX && o->ranges.cnt < RANGE_MAX; i++) {
		at = dwarf_ranges(unit, at, &base, &begin, &end);
		if (at <= 0)
			return;
		if (begin < end)
			vec_push(&o->ranges, (struct object_range){ begin, end, *unit });
	}
}

static int compare(const void *a, const void *b)
{
	const struct object_range *x = a, *y = b;

	return x->begin < y->begin ? -1 : x->begin > y->begin;
}

bool object_next_unit(struct object *o, Dwarf_CU **cu, Dwarf_Die *ret)
{
	Dwarf *dwarf = object_dwarf(o);
	Dwarf_Die unit, split;
	uint8_t type;

	while (dwarf && !dwarf_get_units(dwarf, *cu, cu, NULL, &type, &unit, &split)) {
		/* What a skeleton stands for is in a file of its own. */
		if (type == DW_UT_skeleton && dwarf_tag(&split))
			*ret = split;
		else if (type == DW_UT_compile || type == DW_UT_partial)
			*ret = unit;
		else
			continue;
		return true;
	}
	return false;
}

static void load_ranges(struct object *o)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	while (object_next_unit(o, &cu, &unit))
		add_unit(o, &unit);
	if (o->ranges.cnt)
		qsort(o->ranges.items, o->ranges.cnt, sizeof(o->ranges.items[0]), compare);
}

bool object_find_unit(struct object *o, __u64 address, Dwarf_Die *ret)
{
	size_t low = 0, high;

	if (!o->ranges_are_known)
		load_ranges(o);
	o->ranges_are_known = true;
	high = o->ranges.cnt;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->ranges.items[mid].begin <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || address >= o->ranges.items[low - 1].end)
		return false;
	*ret = o->ranges.items[low - 1].unit;
	return true;
}
