/* SPDX-License-Identifier: GPL-2.0-only */
/* One program of the kernel at the functions of a C library that lock. */
#include "capture/lock_probes.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/xalloc.h"
#include "bpf/event.h"
#include "capture/elf_offsets.h"

enum {
	PLACE_MAX = 32,
	/* enum bpf_cmd and enum bpf_attach_type of Linux 6.6, for older headers */
	CMD_LINK_CREATE = 28,
	ATTACH_UPROBE_MULTI = 48,
};

/* union bpf_attr::link_create with uprobe_multi, include/uapi/linux/bpf.h of Linux 6.6 */
struct link_create_multi {
	__u32 prog_fd, target_fd, attach_type, flags;
	__aligned_u64 path, offsets, ref_ctr_offsets, cookies;
	__u32 cnt, multi_flags, pid, zero;
};

/* The functions of a library, and what is to be known at each. */
struct places {
	__u64 offsets[PLACE_MAX], cookies[PLACE_MAX];
	size_t cnt;
};

void lock_probes_prepare(struct lock_probes *p, struct bpf_program *prog, bool is_multi)
{
	p->is_multi = is_multi;
	if (is_multi)
		bpf_program__set_expected_attach_type(prog,
						      (enum bpf_attach_type)ATTACH_UPROBE_MULTI);
}

static int find_places(const struct lock_library *lib, __u64 cookie, struct places *ret)
{
	const struct lock_call *call;
	struct elf_file elf;
	int err = elf_file_open(lib->path, &elf);

	if (err)
		return err;
	for (size_t i = 0; (call = lock_call_at(i)) && ret->cnt < PLACE_MAX; i++) {
		if (!elf_file_find(&elf, call->name, &ret->offsets[ret->cnt]))
			continue;
		ret->cookies[ret->cnt++] = call->what | cookie |
					   (lib->is_musl ? ORDER_CALL_MUSL : 0);
	}
	elf_file_close(&elf);
	return ret->cnt ? 0 : -ENOENT;
}

static int add_multi(struct lock_probes *p, const struct bpf_program *prog, __u32 pid,
		     const char *path, const struct places *places)
{
	struct link_create_multi attr = {
		.prog_fd = bpf_program__fd(prog),
		.attach_type = ATTACH_UPROBE_MULTI,
		.path = (uintptr_t)path,
		.offsets = (uintptr_t)places->offsets,
		.cookies = (uintptr_t)places->cookies,
		.cnt = places->cnt,
		.pid = pid,
	};
	int fd = syscall(SYS_bpf, CMD_LINK_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		return -errno;
	vec_push(&p->multi_links, fd);
	return 0;
}

static int add_each(struct lock_probes *p, struct bpf_program *prog, __u32 pid, const char *path,
		    const struct places *places)
{
	for (size_t i = 0; i < places->cnt; i++) {
		LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = places->cookies[i]);
		struct bpf_link *link = bpf_program__attach_uprobe_opts(
			prog, pid ? (pid_t)pid : -1, path, places->offsets[i], &opts);

		if (!link)
			return -errno;
		vec_push(&p->links, link);
	}
	return 0;
}

int lock_probes_add(struct lock_probes *p, struct bpf_program *prog, __u32 pid,
		    const struct lock_library *lib, __u64 cookie)
{
	struct places places = {};
	int err = find_places(lib, cookie, &places);

	if (err)
		return err;
	return p->is_multi ? add_multi(p, prog, pid, lib->path, &places)
			   : add_each(p, prog, pid, lib->path, &places);
}

void lock_probes_release(struct lock_probes *p)
{
	vec_for_each(link, &p->links)
		bpf_link__destroy(*link);
	vec_for_each(fd, &p->multi_links)
		close(*fd);
	vec_release(&p->links);
	vec_release(&p->multi_links);
}
