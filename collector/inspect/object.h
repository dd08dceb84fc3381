/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An ELF file with what its debug information says; kept by build id, for all processes.
 *
 * All addresses are those of the file: what a process adds to them is the module's affair.
 * Nothing is fetched from a network. Files are hostile until proven otherwise, which libdw
 * does not do: this runs in the worker alone (inspect/worker.h).
 */
#ifndef CTRACE_INSPECT_OBJECT_H
#define CTRACE_INSPECT_OBJECT_H

#include <elfutils/libdwfl.h>
#include <sys/stat.h>
#include "base/map.h"
#include "base/vec.h"
#include "inspect/image.h"
#include "inspect/symbols.h"

enum {
	OBJECT_SEGMENT_MAX = 16,
	OBJECT_NAME_MAX = 64,
};

#define OBJECT_SZ_MAX (4ULL << 30)

struct object_segment {
	__u64 address, size; /* in memory */
	__u64 off;
	__u64 align;
};

/* The part of a compilation unit's code that lies in one piece. */
struct object_range {
	__u64 begin, end;
	Dwarf_Die unit;
};

/* A function, or the part of it that lies in one piece. */
struct object_function {
	__u64 begin, end;
	Dwarf_Die die;
};

/* A variable with a fixed address. */
struct object_variable {
	__u64 address;
	Dwarf_Die die;
};

struct object {
	struct build_id id;
	dev_t dev; /* what stands for the build id when there is none */
	ino_t ino;
	char name[OBJECT_NAME_MAX]; /* last part of the path */

	Dwfl *dwfl;
	Dwfl_Module *mod;
	Elf *elf;
	Dwarf_CFI *cfi; /* NULL: none */
	Dwarf *dwarf;	/* NULL: none, or not asked for yet; see object_dwarf() */
	bool dwarf_is_known;

	struct object_segment segments[OBJECT_SEGMENT_MAX];
	size_t segment_cnt;

	struct symbols symbols;
	bool symbols_are_known;
	VEC(struct object_range) ranges; /* by address */
	bool ranges_are_known;
	VEC(struct object_function) functions; /* by address; of the units in the map */
	struct map functions_of;	       /* offset of a unit -> nothing */
	VEC(struct object_variable) variables; /* by address */
	int variables_level; /* how deep was searched for them: enum variables_level */

	struct map frame_of; /* address -> index in frames, see source.c */
	VEC(char *) frames;
};

/*
 * Open the file behind fd, which is closed in any case. path gives its name, and where
 * separate debug information is looked for. NULL when it is no ELF file for this machine.
 */
struct object *object_open(int fd, const char *path);
void object_free(struct object *o); /* accepts NULL */

/* What a process has added to the addresses, when off of the file is mapped at address. */
bool object_bias(const struct object *o, __u64 address, __u64 off, __u64 *ret);

/* Is address in one of the segments? */
bool object_has_address(const struct object *o, __u64 address);

/* The highest address of the object, which the zeros behind its data belong to. */
__u64 object_end(const struct object *o);

/* Does the unwind information cover address? Does it say that nobody has called this? */
bool object_has_cfi(const struct object *o, __u64 address);
bool object_is_outermost(const struct object *o, __u64 address);

/*
 * Is it a run time library, such as the C library? What it has inside tells nothing about
 * the program, and its debug information is larger than that of most programs.
 */
bool object_is_runtime(const struct object *o);

const struct symbols *object_symbols(struct object *o);
Dwarf *object_dwarf(struct object *o);

/* The next compilation unit with its contents, from cu NULL on; false: there is none. */
bool object_next_unit(struct object *o, Dwarf_CU **cu, Dwarf_Die *ret);

/* The compilation unit of the code at address, or false. */
bool object_find_unit(struct object *o, __u64 address, Dwarf_Die *ret);

/* The function of the code at address, not an inlined one, or false. */
bool object_find_function(struct object *o, __u64 address, Dwarf_Die *ret);

#endif
