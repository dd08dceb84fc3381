/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which function the code at an address is of.
 *
 * libdw's dwarf_getscopes() finds no function that is written inside a type inside a
 * function, which is what a lambda of C++ is. Here all of a unit are put in a table.
 */
#include <dwarf.h>
#include <stdlib.h>
#include "inspect/object.h"

enum {
	DIE_MAX = 16 << 20, /* that are looked at, of one unit */
	DEPTH_MAX = 64,
	FUNCTION_MAX = 1 << 20,
	PIECE_MAX = 64, /* of one function */
};

struct collector {
	struct object *object;
	int die_cnt;
};

static void add_function(struct object *o, Dwarf_Die *die)
{
	Dwarf_Addr base, begin, end;
	ptrdiff_t at = 0;

	for (int i = 0; i < PIECE_MAX && o->functions.cnt < FUNCTION_MAX; i++) {
		at = dwarf_ranges(die, at, &base, &begin, &end);
		if (at <= 0)
			return;
		if (begin < end)
			vec_push(&o->functions, (struct object_function){ begin, end, *die });
	}
}

static bool may_hold_functions(int tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_subprogram:
	case DW_TAG_lexical_block:
		return true;
	}
	return false;
}

static void collect(struct collector *c, Dwarf_Die *parent, int depth)
{
	Dwarf_Die child;

	if (depth > DEPTH_MAX || dwarf_child(parent, &child))
		return;
	do {
		int tag = dwarf_tag(&child);

		if (tag == DW_TAG_subprogram)
			add_function(c->object, &child);
		if (may_hold_functions(tag) && dwarf_haschildren(&child))
			collect(c, &child, depth + 1);
	} while (++c->die_cnt < DIE_MAX && !dwarf_siblingof(&child, &child));
}

static int compare(const void *a, const void *b)
{
	const struct object_function *x = a, *y = b;

	return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static void load(struct object *o, Dwarf_Die *unit)
{
	struct collector c = { .object = o };

	if (map_get(&o->functions_of, dwarf_dieoffset(unit), NULL))
		return;
	map_put(&o->functions_of, dwarf_dieoffset(unit), 0);
	collect(&c, unit, 0);
	if (o->functions.cnt)
		qsort(o->functions.items, o->functions.cnt, sizeof(o->functions.items[0]), compare);
}

bool object_find_function(struct object *o, __u64 address, Dwarf_Die *ret)
{
	size_t low = 0, high;
	Dwarf_Die unit;

	if (!object_find_unit(o, address, &unit))
		return false;
	load(o, &unit);
	high = o->functions.cnt;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->functions.items[mid].begin <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || address >= o->functions.items[low - 1].end)
		return false;
	*ret = o->functions.items[low - 1].die;
	return true;
}
