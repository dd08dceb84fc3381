/* SPDX-License-Identifier: GPL-2.0-only */
/* Turns of phrase of the text report; for report_*.c alone. */
#ifndef CTRACE_EXPORT_REPORT_PHRASES_H
#define CTRACE_EXPORT_REPORT_PHRASES_H

#include "export/report_parts.h"

/* Each appends to @ret. */
void phrase_add_duration(struct strbuf *ret, __u64 ns);
/* Made safe for a terminal. */
void phrase_add_raw(struct strbuf *ret, const char *raw);
/* "phil-1 (4712)" */
void phrase_add_thread(struct strbuf *ret, const struct model *m, __u32 tid);
/* "since 00:00.481, for 11.9 s" */
void phrase_add_since(struct strbuf *ret, const struct report_input *in, __u64 since_ns);
/* "fork[1] (mutex 0x5581a0)", "mutex 0x5581a0", "pipe fd 3"; name may be NULL, address 0. */
void phrase_add_target(struct strbuf *ret, __u8 reason, const char *name, __u64 address, int fd);
/* The functions t waits in, one per line, each behind @indent blanks; nothing if not known. */
void phrase_add_stack(struct strbuf *ret, const struct report_input *in, const struct thread *t,
		      int indent);

/* The chains of those who wait for each other, in sentences. */
void report_add_stories(struct strbuf *ret, const struct report_input *in,
			const struct report_parts *parts);
/* "  Process 4711 runs Python: ...": whose own tool tells more than what the kernel knows. */
void report_add_runtimes(struct strbuf *ret, const struct report_input *in,
			 const struct report_parts *parts);
/* The tables. */
void report_add_threads(struct strbuf *ret, const struct report_input *in,
			const struct report_parts *parts);
/* "  27 ended after short lives: sed (12), cut (8); ...": those of parts->ended, in one line. */
void report_add_ended(struct strbuf *ret, const struct report_input *in,
		      const struct report_parts *parts);
void report_add_locks(struct strbuf *ret, const struct report_input *in,
		      const struct report_parts *parts);

#endif /* CTRACE_EXPORT_REPORT_PHRASES_H */
