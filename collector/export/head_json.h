/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a recording comes from, as members of a JSON object. */
#ifndef CTRACE_EXPORT_HEAD_JSON_H
#define CTRACE_EXPORT_HEAD_JSON_H

#include "export/json.h"
#include "trace/meta.h"

/* ctrace, recorded_by, command, kernel, machine; what is not known is null. */
void head_json_meta(struct json *j, const struct trace_meta *meta);

#endif /* CTRACE_EXPORT_HEAD_JSON_H */
