/* SPDX-License-Identifier: GPL-2.0-only */
/* Short names of what threads wait for, and how a thread was woken, as exports write them. */
#ifndef CTRACE_EXPORT_LABEL_H
#define CTRACE_EXPORT_LABEL_H

#include "export/walk.h"

enum { EXPORT_WORD_SZ = 16 };

/*
 * Append "mutex fork[1]", "mutex 0x5581a0", "pipe fd 3", "sleep": the reason and the thing,
 * without who holds it. @lock_name may be "" or NULL.
 */
void label_wait(const struct wait *w, const char *lock_name, struct strbuf *ret);

/* The address that names what is waited on, or 0: a join names a thread instead. */
__u64 label_address(const struct wait *w);

/* A word of the screen in lower case: "blocked". Gives @buf. */
const char *label_lower(const char *word, char buf[EXPORT_WORD_SZ]);

/* "hard" or "soft" for a wake-up that came from an interrupt, else NULL. */
const char *label_irq(__u8 flags);

/* The name of the thread, or NULL: not known. Borrowed like the model. */
const char *label_name(const struct model *m, __u32 tid);

#endif /* CTRACE_EXPORT_LABEL_H */
