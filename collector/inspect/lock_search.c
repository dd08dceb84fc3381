/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Variables, what they point at, and what that points at: two steps, no more. A pointer is
 * taken for one to the lock's surroundings only if its type says how far those reach, or
 * for an array, the allocator does.
 */
#include "inspect/lock_search.h"

#include <dwarf.h>
#include <string.h>
#include "inspect/heap.h"
#include "inspect/type_path.h"
#include "inspect/types.h"

struct step {
	struct lock_search *search;
	const char *name; /* of what the pointers are in, or of what points at it */
	__u64 address;
	bool is_behind_pointer;
	bool is_reference; /* that pointer is one */
	bool go_on;	   /* follow what is found behind the pointers, too */
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

static enum lock_rank member_rank(const char *name)
{
	return strcmp(name, "this") ? LOCK_RANK_MEMBER : LOCK_RANK_THIS;
}

/* "queue" and ".lock": queue->lock, or queue.lock when it is a reference. */
static void add_member(const char *name, const char *path, bool is_reference, struct strbuf *ret)
{
	strbuf_addf(ret, "%s%s%s", name, is_reference ? "." : "->", path + 1);
}

/* path begins with a dot, a bracket, or is empty: the thing itself. */
static void improve_by_pointer(struct lock_search *s, const char *name, const char *path,
			       bool is_reference)
{
	struct strbuf text = {};

	if (path[0] == '.')
		add_member(name, path, is_reference, &text);
	else if (path[0])
		strbuf_addf(&text, is_reference ? "%s%s" : "(*%s)%s", name, path);
	else if (strcmp(name, "this") != 0) /* of a class of locks: tells nothing */
		strbuf_addf(&text, is_reference ? "%s" : "*%s", name);
	if (text.len)
		improve(s, path[0] ? member_rank(name) : LOCK_RANK_BARE, &text);
	strbuf_release(&text);
}

/* value points at the only one, or at the first of many that were allocated together. */
static void try_pointee(struct lock_search *s, const char *name, __u64 value, Dwarf_Die *pointee,
			bool is_reference)
{
	__u64 size = type_size(pointee), off = s->address - value;
	struct strbuf path = {};

	if (!size || s->address < value)
		return;
	if (off < size) {
		if (type_add_path(pointee, off, &path))
			improve_by_pointer(s, name, strbuf_str(&path), is_reference);
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
		if (path[0] == '.' && step->is_behind_pointer)
			add_member(step->name, path, step->is_reference, &name);
		else
			strbuf_addf(&name, "%s%s", step->name, path);
		follow(step->search, strbuf_str(&name), value, pointer, step->go_on);
		strbuf_release(&name);
	}
	return !lock_search_is_done(step->search);
}

static void follow(struct lock_search *s, const char *name, __u64 value, Dwarf_Die *pointer,
		   bool go_on)
{
	struct step step = {
		.search = s,
		.name = name,
		.address = value,
		.is_behind_pointer = true,
		.is_reference = type_is_reference(pointer),
	};
	Dwarf_Die pointee, bare;

	if (!value)
		return;
	if (value == s->address) /* whatever it is said to point at: void */
		improve_by_pointer(s, name, "", step.is_reference);
	if (!type_pointee(pointer, &pointee))
		return;
	try_pointee(s, name, value, &pointee, step.is_reference);
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

static void look_at(struct lock_search *s, const char *name, Dwarf_Die *type,
		    const struct expr_place *place)
{
	__u64 value = place->value;

	if (type_is_pointer(type)) {
		if (!place->is_memory || read_pointer(s, place->value, &value))
			follow(s, name, value, type, true);
	} else if (place->is_memory) {
		look_inside(s, name, type, place->value);
	}
}

/* What a lambda has captured is to the programmer a variable; gcc puts "__" in front. */
static void look_at_captures(struct lock_search *s, Dwarf_Die *type, const struct expr_place *place)
{
	Dwarf_Die closure, bare, member, member_type;
	__u64 address = place->value, off;

	if (!type_pointee(type, &closure) || !type_strip(&closure, &bare) ||
	    (place->is_memory && !read_pointer(s, place->value, &address)) ||
	    dwarf_child(&bare, &member))
		return;
	do {
		const char *name = dwarf_diename(&member);
		struct expr_place captured = { .is_memory = true };

		if (dwarf_tag(&member) != DW_TAG_member || !name || !member_offset(&member, &off) ||
		    !type_of(&member, &member_type))
			continue;
		captured.value = address + off;
		look_at(s, strncmp(name, "__", 2) ? name : name + 2, &member_type, &captured);
	} while (!lock_search_is_done(s) && !dwarf_siblingof(&member, &member));
}

void lock_search_variable(struct lock_search *s, const char *name, Dwarf_Die *type,
			  const struct expr_place *place)
{
	if (!strcmp(name, "__closure"))
		look_at_captures(s, type, place);
	else if (strncmp(name, "__", 2) != 0) /* a library's own */
		look_at(s, name, type, place);
}

bool lock_search_is_done(const struct lock_search *s)
{
	return s->rank == LOCK_RANK_MEMBER || s->read_cnt >= LOCK_SEARCH_READ_MAX;
}
