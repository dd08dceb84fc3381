/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stack machine of DWARF (version 5, 2.5), as far as compilers use it for variables.
 *
 * What is not known here ends the evaluation without a result: a guess would be a lie.
 */
#include "inspect/expr.h"

#include <dwarf.h>

enum {
	VALUE_MAX = 32,
	STEP_MAX = 256,
};

struct machine {
	const struct expr_frame *ef;
	__u64 values[VALUE_MAX];
	int cnt;
	bool is_value; /* DW_OP_stack_value or a register: the result is the variable itself */
};

static bool run(struct machine *m, const Dwarf_Op *ops, size_t op_cnt);

static bool push(struct machine *m, __u64 value)
{
	if (m->cnt == VALUE_MAX)
		return false;
	m->values[m->cnt++] = value;
	return true;
}

static bool pop(struct machine *m, __u64 *ret)
{
	if (!m->cnt)
		return false;
	*ret = m->values[--m->cnt];
	return true;
}

static bool get_reg(const struct machine *m, unsigned no, __u64 *ret)
{
	const struct frame *f = m->ef->frame;

	if (no >= PREG_CNT || !(f->known & 1U << no))
		return false;
	*ret = f->regs[no];
	return true;
}

static bool push_reg(struct machine *m, unsigned no, __u64 off)
{
	__u64 value;

	return get_reg(m, no, &value) && push(m, value + off);
}

static bool push_cfa(struct machine *m)
{
	return m->ef->frame->cfa && push(m, m->ef->frame->cfa);
}

/* What variables of a function are counted from: an expression of its own. */
static bool push_frame_base(struct machine *m, __u64 off)
{
	struct machine base = { .ef = m->ef };
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t cnt;

	if (!m->ef->function || !dwarf_attr_integrate(m->ef->function, DW_AT_frame_base, &attr) ||
	    dwarf_getlocation(&attr, &ops, &cnt) || !cnt || ops[0].atom == DW_OP_fbreg ||
	    !run(&base, ops, cnt) || !base.cnt)
		return false;
	return push(m, base.values[base.cnt - 1] + off);
}

static bool load(struct machine *m, unsigned size)
{
	__u64 address, value = 0;

	return size <= sizeof(value) && pop(m, &address) &&
	       memory_read(&m->ef->target->memory, address, &value, size) && push(m, value);
}

static bool compute(struct machine *m, int atom)
{
	__u64 a, b;

	if (!pop(m, &b) || !pop(m, &a))
		return false;
	switch (atom) {
	case DW_OP_plus:
		return push(m, a + b);
	case DW_OP_minus:
		return push(m, a - b);
	case DW_OP_mul:
		return push(m, a * b);
	case DW_OP_and:
		return push(m, a & b);
	case DW_OP_or:
		return push(m, a | b);
	case DW_OP_xor:
		return push(m, a ^ b);
	case DW_OP_shl:
		return push(m, b < 64 ? a << b : 0);
	case DW_OP_shr:
		return push(m, b < 64 ? a >> b : 0);
	}
	return false;
}

static bool step_data(struct machine *m, const Dwarf_Op *op)
{
	switch (op->atom) {
	case DW_OP_addr:
		return push(m, op->number + m->ef->module->bias);
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts:
		return push(m, op->number); /* libdw has extended the sign */
	case DW_OP_bregx:
		return push_reg(m, op->number, op->number2);
	case DW_OP_fbreg:
		return push_frame_base(m, op->number);
	case DW_OP_call_frame_cfa:
		return push_cfa(m);
	case DW_OP_deref:
		return load(m, sizeof(__u64));
	case DW_OP_deref_size:
		return load(m, op->number);
	case DW_OP_plus_uconst:
		return push(m, op->number) && compute(m, DW_OP_plus);
	case DW_OP_nop:
		return true;
	}
	return compute(m, op->atom);
}

static bool step(struct machine *m, const Dwarf_Op *op)
{
	int atom = op->atom;

	if (m->is_value)
		return false; /* nothing may follow but what would be a piece */
	if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
		return push(m, atom - DW_OP_lit0);
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
		return push_reg(m, atom - DW_OP_breg0, op->number);
	if ((atom >= DW_OP_reg0 && atom <= DW_OP_reg31) || atom == DW_OP_regx) {
		m->is_value = true;
		return push_reg(m, atom == DW_OP_regx ? op->number : (unsigned)atom - DW_OP_reg0,
				0);
	}
	if (atom == DW_OP_stack_value) {
		m->is_value = true;
		return m->cnt > 0;
	}
	return step_data(m, op);
}

static bool run(struct machine *m, const Dwarf_Op *ops, size_t op_cnt)
{
	if (op_cnt > STEP_MAX)
		return false;
	for (size_t i = 0; i < op_cnt; i++)
		if (!step(m, &ops[i]))
			return false;
	return true;
}

bool expr_find_place(const struct expr_frame *ef, Dwarf_Die *die, __u64 address,
		     struct expr_place *ret)
{
	struct machine m = { .ef = ef };
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t cnt;

	if (!dwarf_attr_integrate(die, DW_AT_location, &attr) ||
	    dwarf_getlocation_addr(&attr, address, &ops, &cnt, 1) != 1 || !cnt ||
	    !run(&m, ops, cnt) || !m.cnt)
		return false;
	ret->is_memory = !m.is_value;
	ret->value = m.values[m.cnt - 1];
	return true;
}
