/* SPDX-License-Identifier: GPL-2.0-only */
/* The threads that are there in a window, by age: the lanes of a timeline. */
#ifndef CTRACE_EXPORT_LANES_H
#define CTRACE_EXPORT_LANES_H

#include "base/map.h"
#include "base/vec.h"
#include "export/walk.h"
#include "trace/annotations.h"

struct lane {
	__u32 tid, pid;
	__u64 start_ns, created_ns; /* start_ns and tid: its identity */
	__u64 stay_cnt;
	char name[EVENT_COMM_LEN]; /* the last it had */
	bool is_main;
};

/* Something that happened to all: a note, a loss. */
struct lane_mark {
	__u64 at_ns;
	__u64 lost_cnt; /* 0: it is a note */
	bool is_chapter;
	char *text; /* of the note, safe; of a question that, when it has no other */
#define LANE_MARK_MEMBER(name, help) char *name; /* as in struct annotation */
	ANNOTATION_FIELDS(LANE_MARK_MEMBER)
#undef LANE_MARK_MEMBER
};

struct lanes {
	const struct export_input *in;
	VEC(struct lane) items;
	VEC(struct lane_mark) marks;
	struct map by_id;
	__u64 stay_cnt;
	__u64 lost_cnt;
	bool has_more; /* threads than LANES_MAX; which of them are there is chance */
};

enum {
	LANES_MAX = 10000,
	LANES_MARKS_MAX = 1000, /* further ones are left out */
};

/* Read the window. As walk(). */
int lanes_collect(const struct export_input *in, struct out *out, struct lanes *ret);
void lanes_release(struct lanes *l);

/* The lane of a thread, or of the one that has the tid now; SIZE_MAX: it has none. */
size_t lanes_find(const struct lanes *l, const struct thread *t);
size_t lanes_find_tid(const struct lanes *l, const struct model *m, __u32 tid);

#endif /* CTRACE_EXPORT_LANES_H */
