/* SPDX-License-Identifier: GPL-2.0-only */
/* The replayed screen as an asciicast: here, for it knows both the export and the screen. */
#ifndef CTRACE_EXPORT_CAST_H
#define CTRACE_EXPORT_CAST_H

#include "export/export.h"

/* As in EXPORT_FORMATS. */
#define CAST_FORMAT(_)                                                \
	_(cast, "cast", EXPORT_WINDOW | EXPORT_SCREEN | EXPORT_WORDS, \
	  "the replayed screen, for asciinema play")

/* As export_fn; in->user is the struct options, for --theme, --color and --ascii. */
int export_cast(const struct export_input *in, struct out *out);

#endif /* CTRACE_EXPORT_CAST_H */
