/* SPDX-License-Identifier: GPL-2.0-only */
/* Fuzz what the inspector makes of an ELF file and its DWARF: frames, variables, types. */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include "inspect/source.h"
#include "inspect/type_path.h"
#include "inspect/types.h"
#include "inspect/variables.h"

enum {
	STEP = 16,		/* between two addresses that are asked for */
	SEGMENT_PART = 1 << 14, /* of each segment that is asked for */
};

static bool pass(void *arg, const char *path, __u64 offset, Dwarf_Die *pointer)
{
	(void)path, (void)offset, (void)pointer;
	return ++*(int *)arg < 1000;
}

static void ask_variable(struct object *o, __u64 address)
{
	const struct object_variable *v = variables_find(o, address);
	struct strbuf name = {};
	Dwarf_Die die, type;
	int cnt = 0;

	if (!v)
		return;
	die = v->die;
	variable_add_name(v, &name);
	if (type_of(&die, &type)) {
		type_add_path(&type, address - v->address, &name);
		type_each_pointer(&type, pass, &cnt);
	}
	strbuf_release(&name);
}

static void ask(struct object *o)
{
	for (size_t i = 0; i < o->segment_cnt; i++) {
		const struct object_segment *s = &o->segments[i];

		for (__u64 off = 0; off < s->size && off < SEGMENT_PART; off += STEP) {
			__u64 address = s->address + off;

			object_is_outermost(o, address);
			source_frames(o, address);
			symbols_find(object_symbols(o), address, false);
			ask_variable(o, address);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct object *o;

	if (write(fd, data, size) != (ssize_t)size) {
		close(fd);
		return -1;
	}
	o = object_open(fd, "/fuzz");
	if (o)
		ask(o);
	object_free(o);
	return 0;
}
