/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes and names of events, from the one list. */
#include "model/model.h"

size_t event_fixed_size(unsigned kind)
{
	switch (kind) {
#define KIND_SIZE(name, id, type, tail, help) \
	case id:                              \
		return sizeof(struct ev_##type);
		EVENT_KINDS(KIND_SIZE)
#undef KIND_SIZE
	}
	return 0;
}

size_t event_tail_len(const struct ev_hdr *ev)
{
	switch (ev->kind) {
#define LEN_OF_bare(type) 0
#define LEN_OF_tail(type) ((const struct ev_##type *)ev)->len
#define KIND_TAIL(name, id, type, tail, help) \
	case id:                              \
		return LEN_OF_##tail(type);
		EVENT_KINDS(KIND_TAIL)
#undef KIND_TAIL
#undef LEN_OF_tail
#undef LEN_OF_bare
	}
	return 0;
}

size_t event_size(const struct ev_hdr *ev)
{
	size_t fixed = event_fixed_size(ev->kind);

	return fixed ? fixed + event_tail_len(ev) : 0;
}

__u32 event_next_tid(const struct ev_hdr *ev)
{
	if (ev->kind == EV_SWITCH)
		return ((const struct ev_switch *)ev)->next_tid;
	return ev->kind == EV_BLOCK ? ((const struct ev_block *)ev)->next_tid : 0;
}

const char *event_kind_name(unsigned kind)
{
	switch (kind) {
#define KIND_NAME(name, id, type, tail, help) \
	case id:                              \
		return #type;
		EVENT_KINDS(KIND_NAME)
#undef KIND_NAME
	}
	return "?";
}
