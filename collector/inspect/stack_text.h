/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a stack that is longer than a trace takes. */
#ifndef CTRACE_INSPECT_STACK_TEXT_H
#define CTRACE_INSPECT_STACK_TEXT_H

#include "base/strbuf.h"

/*
 * Make text, whole lines with a frame each, at most max bytes long: long names lose their end
 * ("..."), and if that is not enough callers between the innermost and the outermost ones are
 * left out, for which there is a line "(12 callers left out)". max: 256 or more.
 */
void stack_text_fit(struct strbuf *text, size_t max);

#endif
