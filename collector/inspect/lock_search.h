/* SPDX-License-Identifier: GPL-2.0-only */
/* A lock that is in no variable: is it behind one? */
#ifndef CTRACE_INSPECT_LOCK_SEARCH_H
#define CTRACE_INSPECT_LOCK_SEARCH_H

#include "base/strbuf.h"
#include "inspect/expr.h"

/* How good a name is: the higher the better. */
enum lock_rank {
	LOCK_RANK_NONE,
	LOCK_RANK_BARE,	  /* *mutex: some pointer points at it */
	LOCK_RANK_THIS,	  /* this->not_empty: part of some object of the class one is in */
	LOCK_RANK_MEMBER, /* queue->not_empty: what it is part of is known, too */
};

enum { LOCK_SEARCH_READ_MAX = 1 << 14 }; /* pointers that are followed: some ms */

struct lock_search {
	struct target *target;
	__u64 address;
	enum lock_rank rank;
	struct strbuf name; /* the best so far */
	int read_cnt;
};

/*
 * Look at one variable, called name, at this place: is the lock in it, or behind it, or
 * behind a pointer in it? Improves s->name and s->rank.
 */
void lock_search_variable(struct lock_search *s, const char *name, Dwarf_Die *type,
			  const struct expr_place *place);

/* Is the search at its end: a name as good as it gets, or too much was read? */
bool lock_search_is_done(const struct lock_search *s);

#endif
