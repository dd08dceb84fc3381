/* SPDX-License-Identifier: GPL-2.0-only */
/* What a trace file says of itself. */
#include "trace/meta.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>

struct meta_field {
	__u16 id;
	__u16 zero;
	__u32 len; /* bytes that follow */
};

static __u64 read_clock(clockid_t clock)
{
	struct timespec now = {};

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void meta_init(struct trace_meta *meta, const char *command)
{
	struct utsname name = {};

	uname(&name);
	*meta = (struct trace_meta){
		.command = xstrdup(command),
		.kernel = xstrdup(name.release),
		.machine = xstrdup(name.machine),
		.version = xstrdup(CTRACE_VERSION),
		.notes = xstrdup(""),
		.monotonic_ns = read_clock(CLOCK_MONOTONIC),
		.realtime_ns = read_clock(CLOCK_REALTIME),
		.boottime_ns = read_clock(CLOCK_BOOTTIME),
	};
}

void meta_release(struct trace_meta *meta)
{
#define META_FREE(name, id, help) free(meta->name);
	META_FIELDS(META_FREE)
#undef META_FREE
	*meta = (struct trace_meta){};
}

void meta_encode_field(struct column *ret, enum meta_id id, const char *text)
{
	struct meta_field field = { .id = id, .len = strlen(text) };

	column_put_bytes(ret, &field, sizeof(field));
	column_put_bytes(ret, text, field.len);
}

void meta_encode(const struct trace_meta *meta, struct column *ret)
{
#define META_ENCODE(name, id, help) meta_encode_field(ret, id, meta->name);
	META_FIELDS(META_ENCODE)
#undef META_ENCODE
}

static char **meta_find(struct trace_meta *meta, __u16 id)
{
	switch (id) {
#define META_CASE(name, id_, help) \
	case id_:                  \
		return &meta->name;
		META_FIELDS(META_CASE)
#undef META_CASE
	}
	return NULL;
}

void meta_decode(struct trace_meta *meta, const void *buf, size_t sz)
{
	const char *pos = buf, *end = pos + sz;
	struct meta_field field;

	while ((size_t)(end - pos) >= sizeof(field)) {
		char **member;

		memcpy(&field, pos, sizeof(field));
		pos += sizeof(field);
		if (field.len > (size_t)(end - pos))
			break;
		member = meta_find(meta, field.id);
		if (member) {
			free(*member);
			*member = xcalloc(1, field.len + 1UL);
			memcpy(*member, pos, field.len);
		}
		pos += field.len;
	}
}
