/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions and lines from DWARF, else from the symbol table. */
#include "inspect/source.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include "inspect/demangle.h"

enum { FRAMES_MAX = 1 << 16 }; /* that are remembered */

/* The block or inlined function inside die that address is in. */
static bool find_inner(Dwarf_Die *die, __u64 address, Dwarf_Die *ret)
{
	Dwarf_Die child;

	if (dwarf_child(die, &child))
		return false;
	do {
		int tag = dwarf_tag(&child);

		if ((tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine ||
		     tag == DW_TAG_try_block || tag == DW_TAG_catch_block) &&
		    dwarf_haspc(&child, address) == 1) {
			*ret = child;
			return true;
		}
	} while (!dwarf_siblingof(&child, &child));
	return false;
}

int source_scopes(struct object *o, __u64 address, Dwarf_Die ret[SOURCE_SCOPE_MAX])
{
	Dwarf_Die *last = &ret[SOURCE_SCOPE_MAX - 1];
	int cnt = 1;

	if (!object_find_function(o, address, last))
		return 0;
	while (cnt < SOURCE_SCOPE_MAX && find_inner(last, address, last - 1)) {
		last--;
		cnt++;
	}
	memmove(ret, last, cnt * sizeof(*ret));
	return cnt;
}

static bool is_function(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What the compiler or linker has appended: pthread_join@@GLIBC_2.34, f.constprop.0. */
static void add_symbol(const struct symbol *sym, struct strbuf *ret)
{
	char *name = strndup(sym->name, strcspn(sym->name, "@."));

	demangle(name ? name : "?", ret);
	free(name);
}

/*
 * In C++ the name that the linker sees tells the class, too. In the C library it may be one
 * of many, of which the symbol table knows the public one.
 */
static void add_function(struct object *o, Dwarf_Die *die, __u64 address, struct strbuf *ret)
{
	const struct symbol *sym = NULL;
	Dwarf_Attribute attr;
	const char *name = NULL;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attr))
		name = dwarf_formstring(&attr);
	if (!name)
		name = dwarf_diename(die);
	name = name ? name : "?";
	if (!strncmp(name, "__", 2) && dwarf_tag(die) == DW_TAG_subprogram)
		sym = symbols_find(object_symbols(o), address, true);
	if (sym && symbol_name_rank(sym->name) < symbol_name_rank(name))
		add_symbol(sym, ret);
	else
		demangle(name, ret);
}

static void add_place(const char *file, int line, struct strbuf *ret)
{
	if (file && line > 0)
		strbuf_addf(ret, " %s:%d", base_name(file), line);
	strbuf_addch(ret, '\n');
}

static const char *call_file(Dwarf_Die *inlined, Dwarf_Die *unit)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word idx;
	size_t cnt;

	if (!dwarf_attr(inlined, DW_AT_call_file, &attr) || dwarf_formudata(&attr, &idx) ||
	    dwarf_getsrcfiles(unit, &files, &cnt) || idx >= cnt)
		return NULL;
	return dwarf_filesrc(files, idx, NULL, NULL);
}

static int call_line(Dwarf_Die *inlined)
{
	Dwarf_Attribute attr;
	Dwarf_Word line;

	if (!dwarf_attr(inlined, DW_AT_call_line, &attr) || dwarf_formudata(&attr, &line))
		return 0;
	return line;
}

/* Where the innermost function is now; for the others where they call the one inside. */
static bool add_frames_of_dwarf(struct object *o, __u64 address, struct strbuf *ret)
{
	Dwarf_Die scopes[SOURCE_SCOPE_MAX], unit;
	int cnt = source_scopes(o, address, scopes), line = 0;
	const char *file = NULL;
	Dwarf_Line *here;

	if (!cnt || !object_find_unit(o, address, &unit))
		return false;
	here = dwarf_getsrc_die(&unit, address);
	if (here && !dwarf_lineno(here, &line))
		file = dwarf_linesrc(here, NULL, NULL);
	for (int i = 0; i < cnt; i++) {
		if (!is_function(&scopes[i]))
			continue;
		add_function(o, &scopes[i], address, ret);
		add_place(file, line, ret);
		file = call_file(&scopes[i], &unit);
		line = call_line(&scopes[i]);
	}
	return true;
}

static void add_frame_of_symbol(struct object *o, __u64 address, struct strbuf *ret)
{
	const struct symbol *sym = symbols_find(object_symbols(o), address, true);

	if (sym) {
		add_symbol(sym, ret);
		strbuf_addf(ret, " %s\n", o->name);
	} else {
		strbuf_addf(ret, "%s+0x%llx\n", o->name, (unsigned long long)address);
	}
}

static void forget_frames(struct object *o)
{
	vec_for_each(text, &o->frames)
		free(*text);
	vec_clear(&o->frames);
	map_clear(&o->frame_of);
}

const char *source_frames(struct object *o, __u64 address)
{
	struct strbuf text = {};
	uint32_t idx;

	if (map_get(&o->frame_of, address, &idx))
		return o->frames.items[idx];
	if (o->frames.cnt == FRAMES_MAX)
		forget_frames(o);
	if (object_is_runtime(o) || !add_frames_of_dwarf(o, address, &text))
		add_frame_of_symbol(o, address, &text);
	map_put(&o->frame_of, address, o->frames.cnt);
	vec_push(&o->frames, text.data);
	return text.data;
}
