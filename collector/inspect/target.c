/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that is looked at. */
#include "inspect/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "inspect/module_file.h"

enum { STALE_FACTOR = 300 }; /* times what it took: less than half of what looks may take */

static bool region_continues(const struct module *m, const struct region *r)
{
	return r->ino && m->ino == r->ino && m->dev == r->dev && !strcmp(m->path, r->name);
}

static bool region_is_file(const struct region *r)
{
	return (r->ino && r->name[0] == '/') || !strcmp(r->name, "[vdso]");
}

/* Regions of one file follow each other, but for the anonymous one behind its data. */
static void find_modules(struct target *t)
{
	vec_for_each(r, &t->maps.regions) {
		struct module *last = vec_last(&t->modules);

		if (last && region_continues(last, r))
			last->end = r->end;
		else if (last && !r->name[0] && last->end == r->begin)
			last->end = r->end;
		else if (region_is_file(r))
			vec_push(&t->modules, (struct module){
						      .begin = r->begin,
						      .end = r->end,
						      .off = r->off,
						      .dev = r->dev,
						      .ino = r->ino,
						      .path = r->name,
					      });
	}
}

static void close_fds(struct target_fds *fds)
{
	int all[] = { fds->mem, fds->maps, fds->root, fds->exe };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] >= 0)
			close(all[i]);
}

static int read_maps(struct target *t, int fd, struct maps *ret)
{
	__u64 begin_ns = clock_now_ns();
	int err = maps_read(ret, fd);

	t->read_ns = begin_ns;
	t->read_cost_ns = clock_now_ns() - begin_ns;
	return err;
}

struct target *target_open(__u32 pid, uid_t uid, const struct target_fds *fds,
			   struct objects *objects)
{
	struct target *t = xcalloc(1, sizeof(*t));

	t->pid = pid;
	t->uid = uid;
	t->fds = *fds;
	t->memory.fd = fds->mem;
	t->objects = objects;
	if (read_maps(t, fds->maps, &t->maps) || !t->maps.regions.cnt) {
		target_close(t);
		return NULL;
	}
	find_modules(t);
	return t;
}

void target_close(struct target *t)
{
	if (!t)
		return;
	if (t->dwfl)
		dwfl_end(t->dwfl);
	close_fds(&t->fds);
	vec_release(&t->modules);
	maps_release(&t->maps);
	perf_map_release(&t->perf_map);
	free(t);
}

static bool maps_are_same(struct target *t, const struct target_fds *fds)
{
	struct maps now = {};
	bool same = !read_maps(t, fds->maps, &now) && now.text_len == t->maps.text_len &&
		    !memcmp(now.text, t->maps.text, now.text_len);

	maps_release(&now);
	return same;
}

/* Ten thousand threads have twenty thousand mappings: the dearer, the more seldom. */
static bool is_stale(const struct target *t)
{
	return clock_now_ns() > t->read_ns + TARGET_STALE_NS + STALE_FACTOR * t->read_cost_ns;
}

bool target_refresh(struct target *t, const struct target_fds *fds, bool is_urgent)
{
	if ((is_urgent || is_stale(t)) && !maps_are_same(t, fds))
		return false;
	close_fds(&t->fds);
	t->fds = *fds;
	t->memory.fd = fds->mem;
	memory_forget(&t->memory);
	t->round++;
	return true;
}

/*
 * Is there still what was there before? Mappings are not read for each look, but the
 * beginning of a module that is looked into is.
 */
static bool is_there(struct target *t, struct module *m)
{
	struct build_id id;
	__u64 bias;

	if (m->round == t->round || !m->object->id.len || t->fds.mem < 0 || m->off)
		return true;
	if (!image_identify(&t->memory, m->begin, &id, &bias) ||
	    !build_id_equal(&id, &m->object->id) || bias != m->bias)
		return false;
	m->round = t->round;
	return true;
}

struct object *target_open_module(struct target *t, struct module *m)
{
	if (!m->is_tried)
		m->object = module_open_object(t, m);
	m->is_tried = true;
	return m->object;
}

struct module *target_find_module(struct target *t, __u64 address)
{
	vec_for_each(m, &t->modules) {
		if (address < m->begin || address >= m->end)
			continue;
		return !target_open_module(t, m) || is_there(t, m) ? m : NULL;
	}
	return NULL;
}
