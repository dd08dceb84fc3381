/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Variables, what they point at, and what that points at: two steps, no more. A pointer is
 * taken for one to the lock's surroundings only if its type says how far those reach, or
 * for an array, the allocator does.
 */
#include "inspect/lock_search.h"

#include <dwarf.h>
#include "inspect/heap.h"
#include "inspect/type_path.h"
#include "inspect/types.h"

struct step {
	struct lock_search *search;
	const char *name;  /* of what the pointers are in, ready for a path to be appended */
	const char *joint; /* between name and path: "->", or "" where the path begins with a dot */
	__u64 address;
	bool go_on; /* follow what is found behind the pointers, too */
};

static void follow(struct lock_search *s, const char *name, __u64 value, Dwarf_Die *pointer,
		   bool go_on);

static bool read_pointer(struct lock_search *s, __u64 address, __u64 *ret)
{
	s->read_cnt++;
	return memory_read(&s->target->memory, address, ret, sizeof(*ret));
}

static void improve(struct lock_search *s, enum lock_rank rank, const struct strbuf *name)
{
	if (rank <= s->rank)
		return;
	s->rank = rank;
	strbuf_reset(&s->name);
	strbuf_add(&s->name, strbuf_str(name), name->len);
}

/* path begins with a dot, a bracket, or is empty: the thing itself. */
static void improve_by_pointer(struct lock_search *s, const char *name, const char *path)
{
	struct strbuf text = {};

	if (path[0] == '.')
		strbuf_addf(&text, "%s->%s", name, path + 1);
	else if (path[0])
		strbuf_addf(&text, "(*%s)%s", name, path);
	else
		strbuf_addf(&text, "*%s", name);
	improve(s, path[0] ? LOCK_RANK_MEMBER : LOCK_RANK_BARE, &text);
	strbuf_release(&text);
}

/* value points at the only one, or at the first of many that were allocated together. */
static void try_pointee(struct lock_search *s, const char *name, __u64 value, Dwarf_Die *pointee)
{
	__u64 size = type_size(pointee), off = s->address - value;
	struct strbuf path = {};

	if (!value || !size || s->address < value)
		return;
	if (off < size) {
		if (type_add_path(pointee, off, &path))
			improve_by_pointer(s, name, strbuf_str(&path));
	} else if (heap_holds_array(&s->target->memory, value, size, off / size)) {
		strbuf_addf(&path, "%s[%llu]", name, (unsigned long long)(off / size));
		if (type_add_path(pointee, off % size, &path))
			improve(s, LOCK_RANK_MEMBER, &path);
	}
	strbuf_release(&path);
}

static bool try_inner_pointer(void *arg, const char *path, __u64 offset, Dwarf_Die *pointer)
{
	struct step *step = arg;
	struct strbuf name = {};
	__u64 value;

	if (read_pointer(step->search, step->address + offset, &value)) {
		strbuf_adds(&name, step->name);
		/* "->" and ".path" make "->path". */
		strbuf_adds(&name, path[0] == '.' ? step->joint : "");
		strbuf_adds(&name, path + (path[0] == '.' && step->joint[0]));
		follow(step->search, strbuf_str(&name), value, pointer, step->go_on);
		strbuf_release(&name);
	}
	return !lock_search_is_done(step->search);
}

static void follow(struct lock_search *s, const char *name, __u64 value, Dwarf_Die *pointer,
		   bool go_on)
{
	struct step step = { .search = s, .name = name, .joint = "->", .address = value };
	Dwarf_Die pointee, bare;

	if (!value || !type_pointee(pointer, &pointee))
		return;
	try_pointee(s, name, value, &pointee);
	if (go_on && !lock_search_is_done(s) && type_strip(&pointee, &bare) &&
	    type_is_aggregate(&bare))
		type_each_pointer(&bare, try_inner_pointer, &step);
}

/* A variable that is no pointer may hold the lock itself, or pointers. */
static void look_inside(struct lock_search *s, const char *name, Dwarf_Die *type, __u64 address)
{
	struct step step = {
		.search = s,
		.name = name,
		.joint = "",
		.address = address,
		.go_on = true,
	};
	struct strbuf text = {};

	strbuf_adds(&text, name);
	if (s->address - address < type_size(type) &&
	    type_add_path(type, s->address - address, &text))
		improve(s, LOCK_RANK_MEMBER, &text);
	strbuf_release(&text);
	if (!lock_search_is_done(s))
		type_each_pointer(type, try_inner_pointer, &step);
}

void lock_search_variable(struct lock_search *s, const char *name, Dwarf_Die *type,
			  const struct expr_place *place)
{
	__u64 value = place->value;
	Dwarf_Die pointee;

	if (type_pointee(type, &pointee)) {
		if (!place->is_memory || read_pointer(s, place->value, &value))
			follow(s, name, value, type, true);
	} else if (place->is_memory) {
		look_inside(s, name, type, place->value);
	}
}

bool lock_search_is_done(const struct lock_search *s)
{
	return s->rank == LOCK_RANK_MEMBER || s->read_cnt >= LOCK_SEARCH_READ_MAX;
}
