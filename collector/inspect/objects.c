/* SPDX-License-Identifier: GPL-2.0-only */
/* The objects that are open. */
#include "inspect/objects.h"

struct object *objects_find(const struct objects *objs, const struct build_id *id)
{
	vec_for_each(o, &objs->items)
		if (build_id_equal(&(*o)->id, id))
			return *o;
	return NULL;
}

struct object *objects_find_file(const struct objects *objs, dev_t dev, ino_t ino)
{
	vec_for_each(o, &objs->items)
		if (!(*o)->id.len && (*o)->dev == dev && (*o)->ino == ino)
			return *o;
	return NULL;
}

void objects_add(struct objects *objs, struct object *o)
{
	vec_push(&objs->items, o);
}

void objects_release(struct objects *objs)
{
	vec_for_each(o, &objs->items)
		object_free(*o);
	vec_release(&objs->items);
}
