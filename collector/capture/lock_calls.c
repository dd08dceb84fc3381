/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that lock, and the file that a program has them from. */
#include "capture/lock_calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "bpf/event.h"
#include "capture/elf_offsets.h"

enum {
	SCRIPT_DEPTH_MAX = 4, /* BINPRM_MAX_RECURSION, fs/exec.c */
	SCRIPT_LINE_MAX = 256,
};

#define MUTEX(call)  (ORDER_CALL_##call | ORDER_CALL_MUTEX)
#define READER(call) (ORDER_CALL_##call | ORDER_CALL_READ)
#define WRITER(call) ORDER_CALL_##call

const struct lock_call *lock_call_at(size_t idx)
{
	static const struct lock_call calls[] = {
		{ "pthread_mutex_lock", MUTEX(LOCK) },
		{ "pthread_mutex_trylock", MUTEX(TRY) },
		{ "pthread_mutex_timedlock", MUTEX(TRY) },
		{ "pthread_mutex_clocklock", MUTEX(TRY) },
		{ "pthread_mutex_unlock", MUTEX(UNLOCK) },
		{ "pthread_mutex_init", MUTEX(RENEW) | ORDER_CALL_CREATE },
		{ "pthread_mutex_destroy", MUTEX(RENEW) },
		{ "pthread_rwlock_rdlock", READER(LOCK) },
		{ "pthread_rwlock_tryrdlock", READER(TRY) },
		{ "pthread_rwlock_timedrdlock", READER(TRY) },
		{ "pthread_rwlock_clockrdlock", READER(TRY) },
		{ "pthread_rwlock_wrlock", WRITER(LOCK) },
		{ "pthread_rwlock_trywrlock", WRITER(TRY) },
		{ "pthread_rwlock_timedwrlock", WRITER(TRY) },
		{ "pthread_rwlock_clockwrlock", WRITER(TRY) },
		{ "pthread_rwlock_unlock", WRITER(UNLOCK) },
		{ "pthread_rwlock_init", WRITER(RENEW) | ORDER_CALL_CREATE },
		{ "pthread_rwlock_destroy", WRITER(RENEW) },
		{ "pthread_join", ORDER_CALL_JOIN },
	};

	return idx < sizeof(calls) / sizeof(calls[0]) ? &calls[idx] : NULL;
}

bool lock_probes_are_possible(void)
{
	return access("/sys/bus/event_source/devices/uprobe/type", R_OK) == 0;
}

static bool find_in_path(const char *program, char ret[PATH_MAX])
{
	const char *dirs = getenv("PATH");

	for (size_t len; dirs && !strchr(program, '/'); dirs = dirs[len] ? dirs + len + 1 : NULL) {
		len = strcspn(dirs, ":");
		if (snprintf(ret, PATH_MAX, "%.*s/%s", (int)len, dirs, program) < PATH_MAX &&
		    !access(ret, X_OK))
			return true;
	}
	return snprintf(ret, PATH_MAX, "%s", program) < PATH_MAX;
}

/* Of a script: its interpreter, in place of its path. */
static bool read_script(char path[PATH_MAX])
{
	char line[SCRIPT_LINE_MAX + 1] = "";
	char *word = line + 2;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t len = fd < 0 ? -1 : pread(fd, line, SCRIPT_LINE_MAX, 0);

	if (fd >= 0)
		close(fd);
	if (len < 2 || line[0] != '#' || line[1] != '!')
		return false;
	word += strspn(word, " \t");
	word[strcspn(word, " \t\n")] = '\0';
	snprintf(path, PATH_MAX, "%s", word);
	return *path;
}

/* With musl, linker and library are one file; with glibc we have the library ourselves. */
static bool library_of_linker(const char *linker, struct lock_library *ret)
{
	Dl_info ours;

	ret->is_musl = strstr(linker, "ld-musl");
	if (ret->is_musl)
		return snprintf(ret->path, PATH_MAX, "%s", linker) < PATH_MAX;
	return strstr(linker, "ld-linux") && dladdr((void *)pthread_mutex_lock, &ours) &&
	       snprintf(ret->path, PATH_MAX, "%s", ours.dli_fname) < PATH_MAX;
}

int lock_library_find(const char *program, struct lock_library *ret)
{
	struct lock_library lib = {};
	struct elf_file elf;
	char path[PATH_MAX];
	bool is_known;
	int err = find_in_path(program, path) ? elf_file_open(path, &elf) : -ENAMETOOLONG;

	for (int depth = 0; err == -ENOEXEC && depth < SCRIPT_DEPTH_MAX && read_script(path);
	     depth++)
		err = elf_file_open(path, &elf);
	if (err) {
		log_err("cannot tell which C library %s locks with: %s", program, strerror(-err));
		return err;
	}
	if (*elf_file_linker(&elf))
		is_known = library_of_linker(elf_file_linker(&elf), &lib);
	else
		is_known = snprintf(lib.path, PATH_MAX, "%s", path) < PATH_MAX;
	elf_file_close(&elf);
	if (!is_known) {
		log_err("cannot tell which C library %s locks with", program);
		return -ENOEXEC;
	}
	*ret = lib;
	return 0;
}
