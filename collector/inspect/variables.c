/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of variables of an object, made from its DWARF when it is first asked for. */
#include "inspect/variables.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include "inspect/demangle.h"
#include "inspect/types.h"

enum {
	VARIABLE_MAX = 1 << 20,
	DIE_MAX = 16 << 20, /* that are looked at, of one object */
	DEPTH_MAX = 32,
};

struct collector {
	struct object *object;
	enum variables_level level;
	int die_cnt;
};

static bool fixed_address(Dwarf_Die *die, __u64 *ret)
{
	Dwarf_Attribute attr, address;
	Dwarf_Block block;
	Dwarf_Op *ops;
	size_t cnt;

	if (!dwarf_attr(die, DW_AT_location, &attr) || dwarf_formblock(&attr, &block) ||
	    !block.length)
		return false;
	if (block.data[0] == DW_OP_addr && block.length == 1 + sizeof(*ret)) {
		memcpy(ret, block.data + 1, sizeof(*ret));
		return true;
	}
	if (block.data[0] != DW_OP_addrx || dwarf_getlocation(&attr, &ops, &cnt) || cnt != 1 ||
	    dwarf_getlocation_attr(&attr, ops, &address))
		return false;
	return !dwarf_formaddr(&address, (Dwarf_Addr *)ret);
}

static bool holds_variables(const struct collector *c, int tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
		return true;
	case DW_TAG_subprogram:
	case DW_TAG_lexical_block:
		return c->level == VARIABLES_OF_FUNCTIONS;
	}
	return false;
}

static void collect(struct collector *c, Dwarf_Die *parent, int depth)
{
	struct object *o = c->object;
	Dwarf_Die child;
	__u64 address;

	if (depth > DEPTH_MAX || dwarf_child(parent, &child))
		return;
	do {
		int tag = dwarf_tag(&child);

		if (tag == DW_TAG_variable && o->variables.cnt < VARIABLE_MAX &&
		    fixed_address(&child, &address))
			vec_push(&o->variables, (struct object_variable){ address, child });
		else if (holds_variables(c, tag))
			collect(c, &child, depth + 1);
	} while (++c->die_cnt < DIE_MAX && !dwarf_siblingof(&child, &child));
}

static int compare(const void *a, const void *b)
{
	const struct object_variable *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static void load(struct object *o, enum variables_level level)
{
	struct collector c = { .object = o, .level = level };
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	vec_clear(&o->variables);
	while (object_next_unit(o, &cu, &unit))
		collect(&c, &unit, 0);
	if (o->variables.cnt)
		qsort(o->variables.items, o->variables.cnt, sizeof(o->variables.items[0]), compare);
	o->variables_level = level;
}

void variables_load(struct object *o)
{
	if (o->variables_level == VARIABLES_NONE)
		load(o, VARIABLES_OF_UNITS);
}

static const struct object_variable *find(const struct object *o, __u64 address)
{
	size_t low = 0, high = o->variables.cnt;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->variables.items[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	/* The same variable may be told by several units; one of them knows its size. */
	for (size_t i = low; i-- > 0;) {
		const struct object_variable *v = &o->variables.items[i];
		Dwarf_Die die = v->die, type;

		if (v->address != o->variables.items[low - 1].address)
			break;
		if (type_of(&die, &type) && address - v->address < type_size(&type))
			return v;
	}
	return NULL;
}

const struct object_variable *variables_find(struct object *o, __u64 address)
{
	for (;;) {
		const struct object_variable *v = find(o, address);

		if (v || o->variables_level == VARIABLES_ALL)
			return v;
		load(o, o->variables_level + 1);
	}
}

/* The namespaces around, outermost first. */
static void add_namespaces(Dwarf_Die *die, struct strbuf *ret)
{
	Dwarf_Die *scopes = NULL, declaration = *die;
	Dwarf_Attribute attr;
	int cnt;

	if (dwarf_attr(die, DW_AT_specification, &attr))
		dwarf_formref_die(&attr, &declaration); /* the one in the namespace */
	cnt = dwarf_getscopes_die(&declaration, &scopes);
	while (cnt-- > 1) {
		const char *name = dwarf_diename(&scopes[cnt]);

		if (dwarf_tag(&scopes[cnt]) == DW_TAG_namespace && name)
			strbuf_addf(ret, "%s::", name);
	}
	free(scopes);
}

void variable_add_name(const struct object_variable *v, struct strbuf *ret)
{
	Dwarf_Die die = v->die;
	Dwarf_Attribute attr;
	const char *name = dwarf_diename(&die), *linkage_name = NULL;

	if (dwarf_attr_integrate(&die, DW_AT_linkage_name, &attr))
		linkage_name = dwarf_formstring(&attr);
	if (linkage_name) {
		demangle(linkage_name, ret);
		return;
	}
	add_namespaces(&die, ret);
	strbuf_adds(ret, name ? name : "?");
}
