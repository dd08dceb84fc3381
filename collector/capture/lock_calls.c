/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that lock, and the file that a program has them from. */
#include "capture/lock_calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
		{ "pthread_cond_wait", MUTEX(WAIT) },
		{ "pthread_cond_timedwait", MUTEX(WAIT) },
		{ "pthread_cond_clockwait", MUTEX(WAIT) },
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

/* Where our own C library is, not what is preloaded before it; false: it is another one. */
static bool find_own_library(Dl_info *ret)
{
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	void *lock = libc ? dlsym(libc, "pthread_mutex_lock") : NULL;
	bool is_found = lock && dladdr(lock, ret);

	if (libc)
		dlclose(libc);
	return is_found;
}

/* With musl, linker and library are one file; with glibc we have the library ourselves. */
static bool library_of_linker(const char *linker, struct lock_library *ret)
{
	Dl_info ours;

	ret->is_musl = strstr(linker, "ld-musl");
	if (ret->is_musl)
		return snprintf(ret->path, PATH_MAX, "%s", linker) < PATH_MAX;
	return strstr(linker, "ld-linux") && find_own_library(&ours) &&
	       snprintf(ret->path, PATH_MAX, "%s", ours.dli_fname) < PATH_MAX;
}

static int identify(struct lock_library *lib)
{
	struct stat st;

	if (stat(lib->path, &st))
		return -errno;
	lib->dev = st.st_dev;
	lib->ino = st.st_ino;
	return 0;
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
	if (!is_known || identify(&lib)) {
		log_err("cannot tell which C library %s locks with", program);
		return -ENOEXEC;
	}
	*ret = lib;
	return 0;
}

/* A line of /proc/PID/maps. */
struct mapping {
	unsigned long begin, end;
	char mode[5];
	const char *path;
};

static bool take_mapping(char *line, struct mapping *ret)
{
	int at = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &ret->begin, &ret->end, ret->mode, &at) < 3)
		return false;
	ret->path = line + at;
	return at && *ret->path == '/' && ret->mode[2] == 'x';
}

static bool begins_with(const char *text, const char *begin)
{
	return !strncmp(text, begin, strlen(begin));
}

/* Up to glibc 2.33 the functions that lock are in a library beside it, which is mapped later. */
static int rank_as_library(const char *path, bool is_musl)
{
	const char *name = strrchr(path, '/') + 1;

	if (is_musl)
		return begins_with(name, "ld-musl") || begins_with(name, "libc.");
	return begins_with(name, "libpthread-")					? 2
	       : begins_with(name, "libc.so.6") || begins_with(name, "libc-2.") ? 1
										: 0;
}

/* Its very inode, also when it was replaced meanwhile; that needs a right that may be gone. */
static bool reach(__u32 pid, const struct mapping *m, struct lock_library *lib)
{
	static const char gone[] = " (deleted)";
	size_t len = strlen(m->path);

	snprintf(lib->path, PATH_MAX, "/proc/%u/map_files/%lx-%lx", pid, m->begin, m->end);
	if (!identify(lib))
		return true;
	if (len > strlen(gone) && !strcmp(m->path + len - strlen(gone), gone))
		return false;
	return snprintf(lib->path, PATH_MAX, "/proc/%u/root%s", pid, m->path) < PATH_MAX &&
	       !identify(lib);
}

static int find_mapped(__u32 pid, struct lock_library *lib)
{
	char path[32], *line = NULL;
	int best = 0, rank;
	struct mapping m;
	size_t sz = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (getline(&line, &sz, f) > 0) {
		if (!take_mapping(line, &m))
			continue;
		rank = rank_as_library(m.path, lib->is_musl);
		if (rank > best && reach(pid, &m, lib))
			best = rank;
	}
	free(line);
	fclose(f);
	return best ? 0 : -EAGAIN;
}

int lock_library_of(__u32 pid, struct lock_library *ret)
{
	struct lock_library lib = {};
	struct elf_file elf;
	bool is_static;
	int err;

	snprintf(lib.path, PATH_MAX, "/proc/%u/exe", pid);
	err = elf_file_open(lib.path, &elf);
	if (err)
		return err;
	is_static = !*elf_file_linker(&elf);
	lib.is_musl = strstr(elf_file_linker(&elf), "ld-musl");
	elf_file_close(&elf);
	err = is_static ? identify(&lib) : find_mapped(pid, &lib);
	if (!err)
		*ret = lib;
	return err;
}
