/* SPDX-License-Identifier: GPL-2.0-only */
/* A lock-order inversion as JSON, in events and in the report. */
#ifndef CTRACE_EXPORT_INVERSION_JSON_H
#define CTRACE_EXPORT_INVERSION_JSON_H

#include "export/json.h"
#include "model/inversion.h"

/* The member @key: an array of the steps. */
void inversion_json_steps(struct json *j, const char *key, const struct inversion *inv);

#endif /* CTRACE_EXPORT_INVERSION_JSON_H */
