/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions to a type of DWARF. Numbers of steps are bounded: DWARF may be hostile. */
#include "inspect/types.h"

#include <dwarf.h>
#include <string.h>

enum { ALIAS_MAX = 16 }; /* typedefs and qualifiers on top of each other */

static const char *const lock_types[] = {
	"pthread_mutex_t",
	"pthread_cond_t",
	"pthread_rwlock_t",
	"pthread_barrier_t",
	"pthread_spinlock_t",
	"pthread_once_t",
	"sem_t",
	"mtx_t",
	"cnd_t",
	"once_flag",
	"_IO_lock_t",
};

bool type_is_lock(Dwarf_Die *type)
{
	const char *name = dwarf_diename(type);

	for (size_t i = 0; name && i < sizeof(lock_types) / sizeof(lock_types[0]); i++)
		if (!strcmp(name, lock_types[i]))
			return true;
	return false;
}

bool type_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute attr;

	return dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, ret);
}

__u64 type_size(Dwarf_Die *type)
{
	Dwarf_Word size;

	return dwarf_aggregate_size(type, &size) ? 0 : size;
}

/* Another name for a type, or the same type with a qualifier. */
bool type_is_alias(Dwarf_Die *type)
{
	switch (dwarf_tag(type)) {
	case DW_TAG_typedef:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		return true;
	}
	return false;
}

bool type_strip(Dwarf_Die *type, Dwarf_Die *ret)
{
	*ret = *type;
	for (int i = 0; i < ALIAS_MAX; i++)
		if (!type_is_alias(ret))
			return true;
		else if (!type_of(ret, ret))
			return false;
	return false;
}

static int bare_tag(Dwarf_Die *type)
{
	Dwarf_Die bare;

	return type_strip(type, &bare) ? dwarf_tag(&bare) : 0;
}

bool type_is_reference(Dwarf_Die *type)
{
	int tag = bare_tag(type);

	return tag == DW_TAG_reference_type || tag == DW_TAG_rvalue_reference_type;
}

bool type_is_pointer(Dwarf_Die *type)
{
	return bare_tag(type) == DW_TAG_pointer_type || type_is_reference(type);
}

bool type_pointee(Dwarf_Die *type, Dwarf_Die *ret)
{
	Dwarf_Die pointer;

	return type_is_pointer(type) && type_strip(type, &pointer) && type_of(&pointer, ret);
}

bool type_is_aggregate(Dwarf_Die *type)
{
	int tag = dwarf_tag(type);

	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/* Offset of a member or base class in what it is part of; false for a static one. */
bool member_offset(Dwarf_Die *member, __u64 *ret)
{
	Dwarf_Attribute attr;
	Dwarf_Word off = 0;

	if (dwarf_hasattr(member, DW_AT_external) || dwarf_hasattr(member, DW_AT_declaration))
		return false;
	if (dwarf_attr(member, DW_AT_data_member_location, &attr) && dwarf_formudata(&attr, &off))
		return false; /* an expression: a virtual base class */
	*ret = off;
	return true;
}

/* The standard libraries of C++ give their members such names; students need not know them. */
bool member_is_internal(const char *name)
{
	return !strncmp(name, "_M_", 3) || !strncmp(name, "__", 2);
}

/* How many elements of the next dimension one of this has; 0: not known. */
static __u64 dimension(Dwarf_Die *subrange)
{
	Dwarf_Attribute attr;
	Dwarf_Word n;

	if (dwarf_attr(subrange, DW_AT_count, &attr) && !dwarf_formudata(&attr, &n))
		return n;
	if (dwarf_attr(subrange, DW_AT_upper_bound, &attr) && !dwarf_formudata(&attr, &n))
		return n + 1;
	return 0;
}

int type_dimensions(Dwarf_Die *array, __u64 dims[DIMENSION_MAX])
{
	Dwarf_Die child;
	int cnt = 0;

	if (dwarf_child(array, &child))
		return 0;
	do {
		if (dwarf_tag(&child) != DW_TAG_subrange_type)
			continue;
		if (cnt == DIMENSION_MAX)
			return 0;
		dims[cnt++] = dimension(&child);
	} while (!dwarf_siblingof(&child, &child));
	return cnt;
}
