/* SPDX-License-Identifier: GPL-2.0-only */
/* The symbol table sorted by address: libdwfl walks all of it for each look-up. */
#include "inspect/symbols.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* pthread_mutex_lock is also __pthread_mutex_lock, and __GI___pthread_mutex_lock inside glibc. */
unsigned symbol_name_rank(const char *name)
{
	size_t underscores = strspn(name, "_");

	return (strncmp(name, "__GI_", 5) ? 0 : 32) + (underscores < 31 ? underscores : 31);
}

static __u8 rank_of(const GElf_Sym *sym, const char *name)
{
	return (GELF_ST_BIND(sym->st_info) == STB_LOCAL ? 64 : 0) + symbol_name_rank(name);
}

static bool symbol_is_wanted(const GElf_Sym *sym, const char *name)
{
	int type = GELF_ST_TYPE(sym->st_info);

	return name && *name && sym->st_size && sym->st_shndx != SHN_UNDEF &&
	       (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_OBJECT ||
		(type == STT_NOTYPE && GELF_ST_BIND(sym->st_info) != STB_LOCAL));
}

static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (int)x->rank - y->rank;
}

void symbols_load(struct symbols *s, Dwfl_Module *mod)
{
	int cnt = dwfl_module_getsymtab(mod);

	for (int i = 1; i < cnt && s->items.cnt < SYMBOLS_MAX; i++) {
		GElf_Addr address;
		GElf_Sym sym;
		const char *name =
			dwfl_module_getsym_info(mod, i, &sym, &address, NULL, NULL, NULL);

		if (symbol_is_wanted(&sym, name))
			vec_push(&s->items,
				 (struct symbol){
					 .begin = address,
					 .end = address + sym.st_size,
					 .name = name,
					 .is_function = GELF_ST_TYPE(sym.st_info) != STT_OBJECT,
					 .rank = rank_of(&sym, name),
				 });
	}
	if (s->items.cnt)
		qsort(s->items.items, s->items.cnt, sizeof(s->items.items[0]), compare);
}

void symbols_release(struct symbols *s)
{
	vec_release(&s->items);
}

/* How many begin at address or before. */
static size_t count_up_to(const struct symbols *s, __u64 address)
{
	size_t low = 0, high = s->items.cnt;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->items.items[mid].begin <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * The innermost that holds address; symbols rarely overlap, so a few steps back are enough.
 * One of unknown size (written in assembler) holds nothing: in a stripped file many lie
 * behind it that have no symbol.
 */
const struct symbol *symbols_find(const struct symbols *s, __u64 address, bool is_function)
{
	enum { STEPS_BACK = 32 };
	size_t end = count_up_to(s, address);
	const struct symbol *found = NULL;

	for (size_t i = end; i-- > 0 && end - i <= STEPS_BACK;) {
		const struct symbol *sym = &s->items.items[i];

		if (sym->is_function != is_function || sym->end <= address)
			continue;
		/* Sorted by rank where they begin alike: the first of those is the best. */
		if (!found || sym->begin == found->begin)
			found = sym;
	}
	return found;
}
