/* SPDX-License-Identifier: GPL-2.0-only */
/* The name of a lock: as a variable, as something behind one, or by where it lies. */
#include "inspect/lock_name.h"

#include <dwarf.h>
#include <string.h>
#include "inspect/demangle.h"
#include "inspect/lock_search.h"
#include "inspect/source.h"
#include "inspect/type_path.h"
#include "inspect/types.h"
#include "inspect/variables.h"

enum {
	GLOBAL_MAX = 8192, /* variables behind which a lock is looked for */
	CHILD_MAX = 1024,  /* variables of one scope */
};

static void add_offset(const char *name, size_t len, __u64 off, struct strbuf *ret)
{
	strbuf_add(ret, name, len);
	if (off)
		strbuf_addf(ret, "+0x%llx", (unsigned long long)off);
}

static bool add_variable(struct object *o, __u64 address, struct strbuf *ret)
{
	const struct object_variable *v = variables_find(o, address);
	Dwarf_Die die, type;
	size_t len = ret->len;

	if (!v)
		return false;
	die = v->die;
	variable_add_name(v, ret);
	len = ret->len;
	if (type_of(&die, &type) && type_add_path(&type, address - v->address, ret))
		return true;
	ret->len = len;
	ret->data[len] = '\0';
	strbuf_addf(ret, "+0x%llx", (unsigned long long)(address - v->address));
	return true;
}

static bool add_symbol(struct object *o, __u64 address, struct strbuf *ret)
{
	const struct symbol *sym = symbols_find(object_symbols(o), address, false);
	char *name;

	if (!sym)
		return false;
	name = strndup(sym->name, strcspn(sym->name, "@"));
	demangle(name ? name : "?", ret);
	free(name);
	add_offset("", 0, address - sym->begin, ret);
	return true;
}

/* In the data of the program or of a library? */
static bool name_global(struct target *t, __u64 address, struct strbuf *ret)
{
	const struct module *m = target_find_module(t, address);
	__u64 inside;

	if (!m || !m->object || !object_has_address(m->object, address - m->bias))
		return false;
	inside = address - m->bias;
	if ((object_is_runtime(m->object) || !add_variable(m->object, inside, ret)) &&
	    !add_symbol(m->object, inside, ret))
		add_offset(m->object->name, strlen(m->object->name), inside, ret);
	return true;
}

static void search_scope(struct lock_search *s, const struct expr_frame *ef, Dwarf_Die *scope,
			 __u64 code)
{
	Dwarf_Die child, type;
	int cnt = 0;

	if (dwarf_child(scope, &child))
		return;
	do {
		int tag = dwarf_tag(&child);
		struct expr_place place;
		const char *name;

		if (tag != DW_TAG_variable && tag != DW_TAG_formal_parameter)
			continue;
		name = dwarf_diename(&child);
		if (name && type_of(&child, &type) && expr_find_place(ef, &child, code, &place))
			lock_search_variable(s, name, &type, &place);
	} while (++cnt < CHILD_MAX && !lock_search_is_done(s) && !dwarf_siblingof(&child, &child));
}

/* The blocks and functions, inlined or not, that the frame stands for. */
static void search_frame(struct lock_search *s, const struct frame *f)
{
	const struct module *m = target_find_module(s->target, frame_code(f));
	struct expr_frame ef = { .target = s->target, .module = m, .frame = f };
	Dwarf_Die scopes[SOURCE_SCOPE_MAX];
	__u64 code;
	int cnt;

	if (!m || !m->object || object_is_runtime(m->object))
		return;
	code = frame_code(f) - m->bias;
	cnt = source_scopes(m->object, code, scopes);
	ef.function = cnt ? &scopes[cnt - 1] : NULL;
	for (int i = 0; i < cnt && !lock_search_is_done(s); i++)
		search_scope(s, &ef, &scopes[i], code);
}

/* Pointers in variables of the program that the waiter may use without having one itself. */
static void search_globals(struct lock_search *s, const struct module *m)
{
	struct object *o = m->object;

	variables_load(o);
	for (size_t i = 0; i < o->variables.cnt && i < GLOBAL_MAX; i++) {
		const struct object_variable *v = &o->variables.items[i];
		struct expr_place place = { .is_memory = true, .value = v->address + m->bias };
		Dwarf_Die die = v->die, type;
		const char *name = dwarf_diename(&die);

		if (lock_search_is_done(s))
			return;
		if (name && type_of(&die, &type))
			lock_search_variable(s, name, &type, &place);
	}
}

/* Those of the modules the waiter is in; of each once. */
static void search_globals_of_frames(struct lock_search *s, const struct stack_trace *trace)
{
	const struct module *last = NULL;

	for (size_t i = 0; i < trace->cnt && !lock_search_is_done(s); i++) {
		const struct module *m =
			target_find_module(s->target, frame_code(&trace->frames[i]));

		if (!m || m == last || !m->object || object_is_runtime(m->object))
			continue;
		search_globals(s, m);
		last = m;
	}
}

static bool name_by_search(struct target *t, __u64 address, const struct stack_trace *trace,
			   struct strbuf *ret)
{
	struct lock_search s = { .target = t, .address = address };

	for (size_t i = 0; i < trace->cnt && !lock_search_is_done(&s); i++)
		search_frame(&s, &trace->frames[i]);
	if (!lock_search_is_done(&s))
		search_globals_of_frames(&s, trace);
	strbuf_adds(ret, strbuf_str(&s.name));
	strbuf_release(&s.name);
	return s.rank != LOCK_RANK_NONE;
}

/* On the waiter's own stack, in the frame of which function? */
static bool name_by_frame(struct target *t, __u64 address, const struct stack_trace *trace,
			  struct strbuf *ret)
{
	for (size_t i = 0; i < trace->cnt; i++) {
		const struct frame *f = &trace->frames[i];
		const struct module *m = target_find_module(t, frame_code(f));
		const struct symbol *sym;

		if (!(f->known & 1U << PREG_RSP) || address < f->regs[PREG_RSP] ||
		    address >= f->cfa)
			continue;
		sym = m && m->object ? symbols_find(object_symbols(m->object),
						    frame_code(f) - m->bias, true)
				     : NULL;
		if (!sym)
			return false;
		strbuf_addf(ret, "%.*s's stack+0x%llx", (int)strcspn(sym->name, "@"), sym->name,
			    (unsigned long long)(address - f->regs[PREG_RSP]));
		return true;
	}
	return false;
}

/* A piece of memory with a name: the stack is counted from its end, for its begin moves. */
static bool name_by_region(const struct target *t, __u64 address, struct strbuf *ret)
{
	const struct region *r = maps_find(&t->maps, address);
	const char *name = r ? r->name : "", *slash = strrchr(name, '/');

	if (!strcmp(name, "[stack]"))
		strbuf_addf(ret, "%s-0x%llx", name, (unsigned long long)(r->end - address));
	else if (!strcmp(name, "[heap]"))
		add_offset(name, strlen(name), address - r->begin, ret);
	else if (!strncmp(name, "/dev/zero", 9))
		add_offset("shared memory", 13, address - r->begin + r->off, ret);
	else if (slash)
		add_offset(slash + 1, strcspn(slash + 1, " "), address - r->begin + r->off, ret);
	else
		return false;
	return true;
}

bool lock_name_find_expression(struct target *t, __u64 address, const struct stack_trace *trace,
			       struct strbuf *ret, bool *ret_borrowed)
{
	*ret_borrowed = false;
	if (name_global(t, address, ret))
		return true;
	*ret_borrowed = trace != NULL;
	return trace && name_by_search(t, address, trace, ret);
}

bool lock_name_find(struct target *t, __u64 address, const struct stack_trace *trace,
		    struct strbuf *ret, bool *ret_borrowed)
{
	return lock_name_find_expression(t, address, trace, ret, ret_borrowed) ||
	       (trace &&
		(name_by_frame(t, address, trace, ret) || name_by_region(t, address, ret)));
}
