/* SPDX-License-Identifier: GPL-2.0-only */
/* The objects that are open, shared by all processes. */
#ifndef CTRACE_INSPECT_OBJECTS_H
#define CTRACE_INSPECT_OBJECTS_H

#include "inspect/object.h"

/* Zero-initialised is empty. */
struct objects {
	VEC(struct object *) items;
};

/* By build id, or NULL. */
struct object *objects_find(const struct objects *objs, const struct build_id *id);

/* One that has no build id, by device and inode, or NULL. */
struct object *objects_find_file(const struct objects *objs, dev_t dev, ino_t ino);

/* Takes o. */
void objects_add(struct objects *objs, struct object *o);

void objects_release(struct objects *objs);

#endif
