#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What ctrace keeps of its privileges while it traces, and what the program is given."""

import os
import pwd
import subprocess
import sys

sys.dont_write_bytecode = True

import lib

CAP_KILL = 1 << 5               # include/uapi/linux/capability.h
CAP_SYS_PTRACE = 1 << 19
INVOKER = {"SUDO_UID": "12345", "SUDO_GID": "12346", "SUDO_USER": "nobody-knows", "HOME": "/root"}
# What a program can see of itself that a tracer might have left there.
SHOW_SELF = """
grep -E '^(Uid|Gid|Groups|NoNewPrivs|Seccomp|Cap|SigBlk|SigIgn|SigCgt|Umask)' /proc/self/status
for fd in /proc/$$/fd/*; do [ "${fd##*/}" = 255 ] || echo "fd ${fd##*/}"; done
echo "env $HOME"; pwd; nice; ulimit -a
"""


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as status:
        return dict(line.rstrip("\n").split(":", 1) for line in status)


def let_anybody_record(t):
    """A recording is made by whom the program runs as."""
    t.dir.chmod(0o777)


class Traced:
    """ctrace recording a program that waits: the status of both, once that is so."""

    def __init__(self, t, options=(), env=None):
        let_anybody_record(t)
        self.process = t.popen([lib.CTRACE, *options, "sh", "-c", "echo $$; read line"],
                               env={**os.environ, **(env or {})}, stdin=subprocess.PIPE)
        self.program = status_of(int(self.process.stdout.readline()))
        self.ctrace = status_of(self.process.pid)
        self.result = self.process.communicate(b"\n", timeout=lib.TIMEOUT_S)


def check_capabilities(t, who, status, allowed):
    t.equal(int(status["CapPrm"], 16) & ~allowed, 0, f"{who}: CapPrm beyond what is allowed")
    t.equal(int(status["CapEff"], 16) & ~allowed, 0, f"{who}: CapEff beyond what is allowed")
    for name in "CapInh", "CapBnd", "CapAmb":
        t.equal(int(status[name], 16), 0, f"{who}: {name}")
    t.equal(status["NoNewPrivs"].strip(), "1", f"{who}: NoNewPrivs")


def check_ids(t, who, status, uid, gid, groups):
    t.equal(status["Uid"].split(), [str(uid)] * 4, f"{who}: Uid")
    t.equal(status["Gid"].split(), [str(gid)] * 4, f"{who}: Gid")
    t.equal(sorted(map(int, status["Groups"].split())), sorted(groups), f"{who}: Groups")


def under_plain_root_only_ptrace_and_kill_stay(t):
    for options in ["record"], ["--plain"]:
        traced = Traced(t, options)
        check_capabilities(t, f"ctrace {options}", traced.ctrace, CAP_SYS_PTRACE | CAP_KILL)


def under_plain_root_the_program_keeps_root(t):
    traced, mine = Traced(t, ["record"]), status_of("self")
    for name in "Uid", "Gid", "Groups", "CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb":
        t.equal(traced.program[name].split(), mine[name].split(), f"program: {name}")


def under_sudo_nothing_stays(t):
    for options in ["record"], ["--plain"]:
        traced = Traced(t, options, INVOKER)
        check_capabilities(t, f"ctrace {options}", traced.ctrace, 0)
        check_ids(t, f"ctrace {options}", traced.ctrace, 12345, 12346, [])


def under_sudo_the_program_runs_as_the_invoker(t):
    traced = Traced(t, ["record"], INVOKER)
    check_ids(t, "program", traced.program, 12345, 12346, [])
    for name in "CapEff", "CapPrm", "CapInh", "CapAmb":
        t.equal(int(traced.program[name], 16), 0, f"program: {name}")
    t.equal(traced.program["NoNewPrivs"].strip(), "0", "program: NoNewPrivs")


def under_sudo_the_groups_are_those_of_the_user(t):
    """A user that the system knows, preferably one with more groups than one."""
    users = [(user, sorted(os.getgrouplist(user.pw_name, user.pw_gid)))
             for user in pwd.getpwall() if user.pw_uid]
    if not t.check(users, "this system has no user but root"):
        return
    user, groups = max(users, key=lambda entry: len(entry[1]))
    traced = Traced(t, ["record"], {"SUDO_UID": str(user.pw_uid), "SUDO_GID": str(user.pw_gid),
                                    "SUDO_USER": user.pw_name})
    for who, status in ("ctrace", traced.ctrace), ("program", traced.program):
        check_ids(t, who, status, user.pw_uid, user.pw_gid, groups)


def as_root_keeps_the_program_root_under_sudo(t):
    traced = Traced(t, ["record", "--as-root"], INVOKER)
    t.equal(traced.program["Uid"].split(), ["0"] * 4, "program: Uid")


def a_damaged_invoker_is_never_believed(t):
    """Ids that are no ids must not end in another user, nor in root that was not asked for."""
    for uid in "0", "-1", "4294967295", "4294967296", "12345x", "", " 12345", "0x3039":
        got = t.ctrace("record", "-q", "sh", "-c", "id -u", env={**os.environ, "SUDO_UID": uid})
        t.equal((got.status, got.out), (0, b"0\n"), f"SUDO_UID={uid!r}")
    got = t.ctrace("record", "id", env={**os.environ, "SUDO_UID": "12345"})
    t.check(got.status == 125 and "12345" in got.err, f"a user without any group: {got}")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [int(word) for word in children.read().split()]


def who_looks_into_the_program_can_do_nothing_else(t):
    """The worker that reads stacks and symbols of a deadlock has the least of all."""
    let_anybody_record(t)
    for env in {}, INVOKER:
        process = t.popen([lib.CTRACE, "record", t.compile("deadlocks"), "abba"],
                          env={**os.environ, **env})
        worker = t.wait_until(lambda p=process.pid: next(
            (pid for pid in children_of(p) if status_of(pid)["Name"].strip() == "ctrace-inspect"),
            None), "the worker")
        if worker:
            check_capabilities(t, "worker", status_of(worker), 0)
            uid = env.get("SUDO_UID", "0")
            t.equal(status_of(worker)["Uid"].split(), [uid] * 4, "worker: Uid")
            check_read_only(t, worker)
        process.terminate()
        process.communicate()


def check_read_only(t, pid):
    """Of files it can write to none."""
    for name in os.listdir(f"/proc/{pid}/fd"):
        path = os.readlink(f"/proc/{pid}/fd/{name}")
        with open(f"/proc/{pid}/fdinfo/{name}", encoding="ascii") as info:
            flags = next(int(line.split()[1], 8) for line in info if line.startswith("flags"))
        t.check(not path.startswith("/") or path == "/dev/null"
                or flags & os.O_ACCMODE == os.O_RDONLY, f"worker: {path} is open for writing")


def the_program_sees_what_it_would_see_without_ctrace(t):
    bare = t.run("bash", "-c", SHOW_SELF)
    traced = t.ctrace("record", "-q", "bash", "-c", SHOW_SELF)
    t.check(bare.out.count(b"\n") > 10, f"the program said too little: {bare.out!r}")
    for mine, its in zip(bare.out.splitlines(), traced.out.splitlines()):
        t.equal(its, mine, "traced, the program sees")
    t.equal(len(traced.out.splitlines()), len(bare.out.splitlines()), "lines that it sees")


def the_environment_of_sudo_is_undone(t):
    let_anybody_record(t)
    got = t.ctrace("record", "-q", "env", env={**os.environ, **INVOKER, "LANG": "C", "KEPT": "1"})
    env = dict(line.split("=", 1) for line in got.out.decode().splitlines() if "=" in line)
    t.check(not [name for name in env if name.startswith("SUDO_")], f"SUDO_* are left: {env}")
    t.check(env.get("HOME") != "/root", "HOME is still that of root")
    t.equal(env.get("KEPT"), "1", "a variable of the user")


def main():
    lib.need_tracing(["bash", "gcc"])
    lib.main([
        under_plain_root_only_ptrace_and_kill_stay,
        under_plain_root_the_program_keeps_root,
        under_sudo_nothing_stays,
        under_sudo_the_program_runs_as_the_invoker,
        under_sudo_the_groups_are_those_of_the_user,
        who_looks_into_the_program_can_do_nothing_else,
        as_root_keeps_the_program_root_under_sudo,
        a_damaged_invoker_is_never_believed,
        the_program_sees_what_it_would_see_without_ctrace,
        the_environment_of_sudo_is_undone,
    ])


if __name__ == "__main__":
    main()
