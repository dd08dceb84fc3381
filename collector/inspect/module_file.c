/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file behind a module, opened as the process sees it: below its root directory. It is
 * believed to be the one that is mapped when the build ids agree, or without those device
 * and inode. A file that was deleted is put together from memory.
 */
#include "inspect/module_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_below(int root, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* A place of a file is not an open file yet. */
static int open_place(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static bool file_is(int fd, const struct module *m)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_dev == m->dev && st.st_ino == m->ino;
}

/* The object of fd, which is closed, if it is what id or m says. */
static struct object *open_if_same(int fd, const struct module *m, const struct build_id *id)
{
	struct object *o;
	bool same;

	if (fd < 0)
		return NULL;
	same = file_is(fd, m);
	o = object_open(fd, m->path);
	if (!o)
		return NULL;
	same = id->len ? build_id_equal(&o->id, id) : same;
	if (same)
		return o;
	object_free(o);
	return NULL;
}

static struct object *open_file(const struct target *t, const struct module *m,
				const struct build_id *id)
{
	struct object *o = NULL;

	if (t->fds.root >= 0 && m->path[0] == '/')
		o = open_if_same(open_below(t->fds.root, m->path), m, id);
	if (!o && t->fds.exe >= 0 && file_is(t->fds.exe, m))
		o = open_if_same(open_place(t->fds.exe), m, id);
	return o;
}

static struct object *open_image(struct target *t, const struct module *m)
{
	int fd = image_copy(&t->memory, m->begin);

	return fd < 0 ? NULL : object_open(fd, m->path);
}

static struct object *find_object(const struct target *t, const struct module *m,
				  const struct build_id *id)
{
	return id->len ? objects_find(t->objects, id)
		       : objects_find_file(t->objects, m->dev, m->ino);
}

struct object *module_open_object(struct target *t, struct module *m)
{
	struct build_id id = {};
	__u64 bias;
	bool is_mapped = m->off == 0 && image_identify(&t->memory, m->begin, &id, &bias);
	struct object *o = find_object(t, m, &id);

	if (!o) {
		o = open_file(t, m, &id);
		if (!o && is_mapped)
			o = open_image(t, m);
		if (!o)
			return NULL;
		objects_add(t->objects, o);
	}
	return object_bias(o, m->begin, m->off, &m->bias) ? o : NULL;
}
