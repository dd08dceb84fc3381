/* SPDX-License-Identifier: GPL-2.0-only */
/* Decodes a section into events. */
#ifndef CTRACE_TRACE_DECODE_H
#define CTRACE_TRACE_DECODE_H

#include "trace/events.h"
#include "trace/codec.h"

/*
 * The header of the section at @buf and its whole size. 0, or -EPROTO when the
 * @len bytes hold no whole section. Nothing but the bounds is checked.
 */
int section_peek(const void *buf, size_t len, struct section_hdr *ret, size_t *ret_size);

/*
 * Decode the section at @buf, of which every byte is untrusted, replacing what
 * @evs held. Events read as this program knows them: what a newer one added to a
 * record is left out, what an older one did not have is zero, kinds that are not
 * known are there to be counted. 0, or -EPROTO; @evs is then empty.
 */
int section_decode(const void *buf, size_t len, struct events *evs);

#endif
