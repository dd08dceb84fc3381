/* SPDX-License-Identifier: GPL-2.0-only */
/* What the waits in an exported page are for and who could end them: tables in its JSON. */
#ifndef CTRACE_EXPORT_HTML_LINKS_H
#define CTRACE_EXPORT_HTML_LINKS_H

#include "export/lanes.h"
#include "model/wait_link.h"

/* Texts that are there once, each with a number. */
struct text_table {
	VEC(char *) texts;
	struct map by_hash;
};

/* A lock, or a channel, which has no word. */
struct html_object {
	const char *word; /* of its kind; static */
	char *name;	  /* NULL: the lock has none */
	__u64 address;
	__u32 pid;
};

/* Zero-initialised is valid. */
struct html_links {
	struct text_table identities; /* of locks and channels; */
	VEC(struct html_object) objects;
	struct text_table links; /* objects in JSON, see page/page.js */
};

/* The number of the link of @t, which is Blocked, plus one; 0: its wait is nobody's business. */
size_t html_links_take(struct html_links *h, const struct lanes *lanes, const struct model *m,
		       const struct thread *t);

/* Append the members "objects" and "links", with a comma before each. */
void html_links_put(const struct html_links *h, struct strbuf *ret);
void html_links_release(struct html_links *h);

#endif /* CTRACE_EXPORT_HTML_LINKS_H */
