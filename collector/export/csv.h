/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes CSV as RFC 4180 has it: comma, CRLF, quotes where they are needed.
 *
 *	csv_text(&sb, "phil-1");
 *	csv_u64(&sb, 42);
 *	csv_end(&sb);
 */
#ifndef CTRACE_EXPORT_CSV_H
#define CTRACE_EXPORT_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

/*
 * One field each. Text that a spreadsheet would take for a formula gets an apostrophe before
 * it (OWASP, "CSV Injection"); NULL is the empty field, which cannot be the first of a row.
 */
void csv_text(struct strbuf *out, const char *text);
void csv_u64(struct strbuf *out, uint64_t value);
void csv_i64(struct strbuf *out, int64_t value);
/* 0x5581a0 */
void csv_address(struct strbuf *out, uint64_t address);
/* Empty unless @is_known. */
void csv_u64_or_empty(struct strbuf *out, bool is_known, uint64_t value);

/* The end of a row. */
void csv_end(struct strbuf *out);

#endif /* CTRACE_EXPORT_CSV_H */
