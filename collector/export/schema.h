/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON schema of what ctrace writes: events, report, info. */
#ifndef CTRACE_EXPORT_SCHEMA_H
#define CTRACE_EXPORT_SCHEMA_H

#include "base/strbuf.h"

/*
 * Append one document of JSON Schema, draft 2020-12. It describes a line of
 * `export --format=jsonl` and the objects of `report --json` and `info --json`, which say
 * themselves what they are. Fields may be added later: readers ignore what they do not know.
 */
void schema_json(struct strbuf *ret);

#endif /* CTRACE_EXPORT_SCHEMA_H */
