/* SPDX-License-Identifier: GPL-2.0-only */
/* What each kind of event holds, as members of a JSON object. */
#ifndef CTRACE_EXPORT_EVENT_JSON_H
#define CTRACE_EXPORT_EVENT_JSON_H

#include "export/json.h"
#include "export/label.h"

/* The fields that are of this kind alone; @after is the state with the event applied. */
void event_json_fields(struct json *j, const struct model *after, const struct ev_hdr *ev);

/* A tid, or null for 0. */
void event_json_tid(struct json *j, const char *key, __u32 tid);

#endif /* CTRACE_EXPORT_EVENT_JSON_H */
