/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts about the running kernel, from its BTF. */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "capture/kernel_facts.h"

enum { INITIAL_PID_NAMESPACE = 0xeffffffc }; /* PROC_PID_INIT_INO, include/linux/proc_ns.h */

static const char btf_path[] = "/sys/kernel/btf/vmlinux";

/* Offset of the variable in the per-CPU section, or -ENOENT. */
static __s64 variable_offset(const struct btf *btf, const struct btf_type *section,
			     const char *name, const struct btf_type **ret_type)
{
	const struct btf_var_secinfo *var = btf_var_secinfos(section);

	for (int i = 0; i < btf_vlen(section); i++, var++) {
		const struct btf_type *t = btf__type_by_id(btf, var->type);

		if (strcmp(btf__name_by_offset(btf, t->name_off), name))
			continue;
		*ret_type = t;
		return var->offset;
	}
	return -ENOENT;
}

/* Offset of a member, looking into unnamed structs and unions; or -ENOENT. */
static __s64 member_offset(const struct btf *btf, const struct btf_type *t, const char *name)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		const char *member = btf__name_by_offset(btf, m->name_off);
		const struct btf_type *type = btf__type_by_id(btf, m->type);
		__s64 inner;

		if (!strcmp(member, name))
			return btf_member_bit_offset(t, i) / 8;
		if (*member || !btf_is_composite(type))
			continue;
		inner = member_offset(btf, type, name);
		if (inner >= 0)
			return btf_member_bit_offset(t, i) / 8 + inner;
	}
	return -ENOENT;
}

static __s64 preempt_count_in(const struct btf *btf, const struct btf_type *section)
{
	const struct btf_type *var;
	__s64 offset = variable_offset(btf, section, "__preempt_count", &var);
	__s64 member;

	if (offset >= 0)
		return offset;
	offset = variable_offset(btf, section, "pcpu_hot", &var);
	if (offset < 0)
		return offset;
	var = btf__type_by_id(btf, btf__resolve_type(btf, var->type));
	if (!var || !btf_is_composite(var))
		return -ENOENT;
	member = member_offset(btf, var, "preempt_count");
	return member < 0 ? member : offset + member;
}

static __s64 preempt_count_offset(const struct btf *btf)
{
	__s32 id = btf__find_by_name_kind(btf, ".data..percpu", BTF_KIND_DATASEC);
	const struct btf_type *section, *var;
	__s64 count, rq;

	if (id < 0)
		return 0;
	section = btf__type_by_id(btf, id);
	count = preempt_count_in(btf, section);
	rq = variable_offset(btf, section, "runqueues", &var);
	return count < 0 || rq < 0 ? 0 : count - rq;
}

static bool has_member(const struct btf *btf, const char *name, const char *member)
{
	__s32 id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id > 0 && member_offset(btf, btf__type_by_id(btf, id), member) >= 0;
}

int kernel_facts_read(struct kernel_facts *ret)
{
	struct btf *btf = btf__parse_raw(btf_path);

	if (!btf)
		return -errno;
	ret->preempt_count_offset = preempt_count_offset(btf);
	ret->has_rdonly_cast = btf__find_by_name_kind(btf, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0;
	ret->has_uprobe_multi = has_member(btf, "bpf_uprobe", "uprobe");
	btf__free(btf);
	return 0;
}

bool kernel_numbers_are_ours(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) || (__u32)st.st_ino == INITIAL_PID_NAMESPACE;
}
