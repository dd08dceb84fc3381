/* SPDX-License-Identifier: GPL-2.0-only */
/* What the descriptors of a set are, and who has their other ends: one event for each. */
#ifndef CTRACE_INSPECT_SET_WORDS_H
#define CTRACE_INSPECT_SET_WORDS_H

#include "base/vec.h"
#include "inspect/far_ends.h"
#include "inspect/fd_list.h"
#include "model/model.h"

struct set_word {
	struct ev_setfd ev; /* without what is said of all */
	char *text;	    /* NULL: not known */
};

/* Zero-initialised is empty. */
struct set_words {
	VEC(struct set_word) fds; /* the first SETFD_MAX */
	__u32 total;
};

/* The next one is item; file: what it is, NULL if that is not known; ends: who could end it. */
void set_words_add(struct set_words *s, const struct open_files *of, const struct fd_item *item,
		   const struct probe_file *file, const struct far_ends *ends);

/* Tell them of t, unless all is known already. */
void set_words_emit(const struct set_words *s, const struct model *m, const struct thread *t,
		    void (*emit)(void *arg, struct ev_hdr *ev), void *arg);
void set_words_release(struct set_words *s);

#endif
