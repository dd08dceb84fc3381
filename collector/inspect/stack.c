/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unwinding by libdwfl, which is told what is mapped where and reads memory through us.
 *
 * Where there is no unwind information libdwfl follows frame pointers. That is right for
 * code of a JIT that keeps them and wrong for most other code, so such a step is believed
 * only if it leads behind a call instruction.
 */
#include "inspect/stack.h"

#include <dwarf.h>
#include <string.h>
#include "inspect/stack_musl.h"

struct walk {
	struct target *target;
	struct stack_trace *trace;
};

static int find_elf(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
		    char **ret_path, Elf **ret_elf)
{
	struct object *o = *userdata;

	(void)mod, (void)name, (void)base, (void)ret_path;
	/* One more reference to the same one, which the module will give back. */
	*ret_elf = o ? elf_begin(-1, ELF_C_READ_MMAP_PRIVATE, o->elf) : NULL;
	return -1;
}

static int find_no_debuginfo(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
			     const char *file, const char *link, GElf_Word crc, char **ret)
{
	(void)mod, (void)userdata, (void)name, (void)base, (void)file, (void)link, (void)crc;
	(void)ret; /* unwinding needs none */
	return -1;
}

static const Dwfl_Callbacks module_callbacks = {
	.find_elf = find_elf,
	.find_debuginfo = find_no_debuginfo,
};

static pid_t next_thread(Dwfl *dwfl, void *arg, void **ret_arg)
{
	(void)dwfl, (void)arg, (void)ret_arg;
	return 0; /* they are asked for one by one */
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **ret_arg)
{
	(void)dwfl, (void)tid;
	*ret_arg = arg;
	return true;
}

static bool read_word(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *ret, void *arg)
{
	struct target *t = arg;

	(void)dwfl;
	return memory_read(&t->memory, address, ret, sizeof(*ret));
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct target *t = arg;

	return dwfl_thread_state_registers(thread, 0, PREG_CNT, (const Dwarf_Word *)t->first_regs);
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
	.next_thread = next_thread,
	.get_thread = get_thread,
	.memory_read = read_word,
	.set_initial_registers = set_registers,
};

/*
 * Make the module that pc is in known to libdwfl, which may be walking already: it looks
 * modules up anew for each step. False when it cannot be, or would be taken for mapped
 * elsewhere than it is.
 */
static bool know_module(struct target *t, __u64 pc)
{
	struct module *m = target_find_module(t, pc);
	Dwarf_Addr bias;
	void **userdata;

	if (!m)
		return true; /* the code of a JIT */
	if (m->mod || !m->object)
		return m->mod && !m->is_misplaced;
	dwfl_report_begin_add(t->dwfl);
	m->mod = dwfl_report_module(t->dwfl, m->path, m->begin, m->end);
	dwfl_report_end(t->dwfl, NULL, NULL);
	if (!m->mod)
		return false;
	dwfl_module_info(m->mod, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
	*userdata = m->object;
	m->is_misplaced = !dwfl_module_getelf(m->mod, &bias) || bias != m->bias;
	return !m->is_misplaced;
}

/* libdwfl wants to see a file of the right machine before anything else. */
static Elf *any_elf(struct target *t, __u64 pc)
{
	struct module *first = target_find_module(t, pc);

	if (first && first->object)
		return first->object->elf;
	vec_for_each(m, &t->modules)
		if (target_open_module(t, m))
			return m->object->elf;
	return NULL;
}

static bool attach(struct target *t, __u64 pc)
{
	Elf *elf;

	if (t->dwfl_is_attached)
		return true;
	elf = any_elf(t, pc);
	if (!t->dwfl)
		t->dwfl = dwfl_begin(&module_callbacks);
	if (!t->dwfl || !elf)
		return false;
	t->dwfl_is_attached = dwfl_attach_state(t->dwfl, elf, t->pid, &thread_callbacks, t);
	return t->dwfl_is_attached;
}

static bool has_cfi(struct target *t, const struct frame *f)
{
	__u64 code = frame_code(f);
	const struct module *m = target_find_module(t, code);

	return m && m->object && object_has_cfi(m->object, code - m->bias);
}

static bool is_outermost(struct target *t, const struct frame *f)
{
	__u64 code = frame_code(f);
	const struct module *m = target_find_module(t, code);

	return m && m->object && object_is_outermost(m->object, code - m->bias);
}

static bool is_code(const struct target *t, __u64 address)
{
	const struct region *r = maps_find(&t->maps, address);

	return r && r->is_executable;
}

/* call rel32, or one of the indirect forms, of 2 to 7 bytes (Intel SDM, CALL). */
bool stack_is_behind_call(struct target *t, __u64 pc)
{
	__u8 before[7];

	if (!memory_read(&t->memory, pc - sizeof(before), before, sizeof(before)))
		return false;
	if (before[2] == 0xe8)
		return true;
	for (int i = 0; i < 6; i++)
		if (before[i] == 0xff && (before[i + 1] >> 3 & 7) == 2)
			return true;
	return false;
}

/* May pc be where the last frame returns to? */
static bool pc_is_believed(struct walk *w, __u64 pc)
{
	struct stack_trace *st = w->trace;
	const struct frame *last = st->cnt ? &st->frames[st->cnt - 1] : NULL;

	if (!is_code(w->target, pc))
		return false;
	return !last || has_cfi(w->target, last) || stack_is_behind_call(w->target, pc);
}

static int take_frame(Dwfl_Frame *state, void *arg)
{
	struct walk *w = arg;
	struct stack_trace *st = w->trace;
	struct frame *f = &st->frames[st->cnt];
	Dwarf_Addr pc;

	st->is_truncated = true; /* unless it turns out to be the last */
	if (st->cnt == STACK_FRAME_MAX || !dwfl_frame_pc(state, &pc, NULL) ||
	    !pc_is_believed(w, pc) || !know_module(w->target, pc - 1))
		return DWARF_CB_ABORT;
	*f = (struct frame){ .pc = pc };
	/* This has the next frame unwound, so the module must be known by now. */
	dwfl_frame_pc(state, &pc, &f->is_active);
	for (unsigned i = 0; i < PREG_CNT; i++)
		if (!dwfl_frame_reg(state, i, (Dwarf_Word *)&f->regs[i]))
			f->known |= 1U << i;
	if (st->cnt && (f->known & 1U << PREG_RSP))
		f[-1].cfa = f->regs[PREG_RSP];
	st->cnt++;
	return DWARF_CB_OK;
}

/* One function more is known of what cannot be unwound. */
static void add_musl_frame(struct target *t, const __u64 *regs, struct stack_trace *st)
{
	__u64 pc = st->cnt == 1 && st->is_truncated ? stack_musl_find_cond(t, regs) : 0;

	if (pc)
		st->frames[st->cnt++] = (struct frame){ .pc = pc };
}

void stack_unwind(struct target *t, const __u64 *regs, struct stack_trace *ret)
{
	struct walk w = { .target = t, .trace = ret };
	ret->cnt = 0;
	ret->is_truncated = true;
	t->first_regs = regs;
	if (!attach(t, regs[PREG_RIP]))
		return;
	/* For libdwfl a return address that cannot be read is an end like any other. */
	if (dwfl_getthread_frames(t->dwfl, t->pid, take_frame, &w) == 0 && ret->cnt)
		ret->is_truncated = !is_outermost(t, &ret->frames[ret->cnt - 1]);
	add_musl_frame(t, regs, ret);
}
