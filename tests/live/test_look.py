#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The deep look at threads that wait: stacks, names of locks, and who looks with what rights."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import lib

LIMIT = "--timeout=1s"
HANG = 92
# thread: its lock, the functions of the program it is in, innermost first
TRUTH = {
    "fork_2": ("table.fork[2]", ["fork_2"]),
    "account_mu": ("table.account[1][0].mu", ["account_mu"]),
    "menu": ("table.menu", ["menu"]),
    "seats": ("table.seats", ["seats"]),
    "barrier": ("all", ["barrier"]),
    "not_empty": ("queue->not_empty", ["take", "not_empty"]),
    "errand": ("errand->accounts[3].mu", ["errand"]),
    "global": ("shared->lock", ["global"]),
    "once": ("once[1]", ["once"]),
}
NOBODY = 65534


def build(t, name, *flags, compiler="gcc"):
    """The program under a NAME of its own, or None when FLAGS are not possible here."""
    made = t.compile("lock_names", "-O1", *flags, compiler=compiler)
    return made and made.rename(t.dir / name)


def read_report(t):
    path = t.dir / "report"
    with open(path, encoding="utf-8") as report:
        return json.loads(report.read() or "{}")


class Look:
    """What a check that runs into its limit reports of the threads, by name."""

    def __init__(self, t, *argv, **options):
        self.result = t.ctrace("check", "--json", "--overwrite", "--report=report", LIMIT,
                               *argv, **options)
        t.equal(self.result.status, HANG, f"{argv[-1]}: status ({self.result})")
        report = read_report(t)
        self.threads = {thread["name"]: thread["waits_for"] for thread in
                        report.get("threads", []) if thread["waits_for"]}

    def lock(self, name):
        return self.threads[name]["name"]

    def stack(self, name):
        return self.threads[name]["stack"] or []


def functions(stack, source):
    """The functions that are in SOURCE, with lines."""
    return [frame.split()[0] for frame in stack if f" {source}:" in frame]


def check_all(t, look, what, beginnings={}):
    """BEGINNINGS: of locks that cannot be called as the program does."""
    for name, (lock, functions_of_it) in TRUTH.items():
        if t.check(name in look.threads, f"{what}: {name} does not wait"):
            got = look.lock(name)
            if name in beginnings:
                t.check(got.startswith(beginnings[name]), f"{what}: the lock of {name}: {got}")
            else:
                t.equal(got, lock, f"{what}: the lock of {name}")
            stack = look.stack(name)
            t.equal(functions(stack, "lock_names.c"), functions_of_it, f"{what}: {stack}")
            t.equal(look.threads[name]["stack_truncated"], False, f"{what}: {name} truncated")


def locks_have_the_names_of_the_program(t):
    check_all(t, Look(t, build(t, "o1")), "-O1")
    check_all(t, Look(t, build(t, "o0", "-O0")), "-O0")


def lines_are_those_of_the_source(t):
    program = build(t, "lines")
    with open(lib.PROGRAMS / "lock_names.c", encoding="utf-8") as source:
        lines = source.read().splitlines()
    look = Look(t, program)
    place = next(f.split()[-1] for f in look.stack("fork_2") if f.startswith("fork_2 "))
    line = int(place.split(":")[1])
    t.check("table.fork[2]" in lines[line - 1], f"{place}: {lines[line - 1]}")
    t.check(any(f.startswith("pthread_mutex_lock libc") for f in look.stack("fork_2")),
            f"the way is whole: {look.stack('fork_2')}")
    t.check(any(f.startswith("main lock_names.c:") for f in look.stack(program.name)),
            f"main: {look.stack(program.name)}")


def a_static_program_is_no_exception(t):
    program = build(t, "static", "-static")
    if program:
        check_all(t, Look(t, program), "-static")


def clang_makes_other_debug_information(t):
    if not shutil.which("clang"):
        return
    program = build(t, "clang", "-O0", "-Wno-unknown-attributes", compiler="clang")
    if program:
        check_all(t, Look(t, program), "clang")


def without_debug_information_symbols_are_left(t):
    program = build(t, "bare", "-g0")
    look = Look(t, program)
    t.equal(look.lock("fork_2"), "table+0x50", "the lock of fork_2")
    t.check(f"fork_2 {program.name}" in look.stack("fork_2"), look.stack("fork_2"))
    subprocess.run(["strip", program], check=True)
    look = Look(t, program)
    t.check(look.lock("fork_2").startswith(f"{program.name}+0x"), look.lock("fork_2"))
    t.check(any(f.startswith(f"{program.name}+0x") for f in look.stack("fork_2")),
            look.stack("fork_2"))
    t.equal(look.threads["fork_2"]["stack_truncated"], False, "a stripped program unwinds whole")


def started(t, program, **options):
    process = t.popen([program], **options)
    lib.read_until(process.stdout.fileno(), b"ready", 5)
    time.sleep(0.1)
    return process


def a_deleted_program_is_still_known(t):
    program = build(t, "deleted")
    process = started(t, program)
    program.unlink()
    try:
        check_all(t, Look(t, "-p", process.pid), "deleted")
    finally:
        process.kill()
        process.communicate()


def a_replaced_program_is_not_taken_for_itself(t):
    program = build(t, "replaced")
    process = started(t, program)
    os.replace(build(t, "other", "-O0"), program)
    try:
        check_all(t, Look(t, "-p", process.pid), "replaced")
    finally:
        process.kill()
        process.communicate()


def somebody_elses_process_gives_its_stacks(t):
    program = build(t, "program")
    process = started(t, program, user=NOBODY, group=NOBODY, extra_groups=[])
    heap = {name: "[heap]+0x" for name in ("errand", "global")}     # its memory is not ours
    try:
        check_all(t, Look(t, "-p", process.pid), "of another user", heap)
    finally:
        process.kill()
        process.communicate()


def inspectors_of(pid):
    """The workers that process PID has started."""
    found = []
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as children:
        for child in children.read().split():
            with open(f"/proc/{child}/comm", encoding="utf-8") as comm:
                if comm.read().strip() == "ctrace-inspect":
                    found.append(int(child))
    return found


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)


def whoever_parses_elf_files_has_no_rights(t):
    """Under sudo: not root, no capability, no descriptor of the terminal or the probes."""
    program = build(t, "program")
    user = pwd.getpwuid(NOBODY)
    environment = dict(os.environ, SUDO_UID=str(user.pw_uid), SUDO_GID=str(user.pw_gid))
    ctrace = t.popen([lib.CTRACE, "--plain", program], env=environment)
    try:
        workers = t.wait_until(lambda: inspectors_of(ctrace.pid), "the inspector")
        if not workers:
            return
        time.sleep(0.3)
        status = status_of(workers[0])
        t.equal(status["Uid"].split(), [str(NOBODY)] * 4, "user")
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            t.equal(int(status[name], 16), 0, name)
        t.equal(status["NoNewPrivs"], "1", "NoNewPrivs")
        links = [os.readlink(f"/proc/{workers[0]}/fd/{fd}")
                 for fd in os.listdir(f"/proc/{workers[0]}/fd")]
        t.check(not [link for link in links if "bpf" in link or link.startswith("/dev/pts")],
                f"open: {links}")
    finally:
        ctrace.send_signal(signal.SIGTERM)
        ctrace.communicate(timeout=10)


def who_never_waits_for_long_is_not_looked_at(t):
    ctrace = t.popen([lib.CTRACE, "--plain", "sh", "-c", "i=0; while [ $i -lt 200000 ]; do "
                      "i=$((i+1)); done"])
    seen = []
    while ctrace.poll() is None:
        seen += inspectors_of(ctrace.pid)
        lib.read_until(ctrace.stdout.fileno(), None, 0.02)
    ctrace.communicate()
    t.equal(seen, [], "inspectors that were started")


def it_survives_the_death_of_its_inspector(t):
    program = build(t, "program")
    ctrace = t.popen([lib.CTRACE, "check", "--json", "--overwrite", "--report=report", LIMIT,
                      program])
    workers = t.wait_until(lambda: inspectors_of(ctrace.pid), "the inspector")
    for worker in workers or []:
        os.kill(worker, signal.SIGKILL)
    _, err = ctrace.communicate(timeout=20)
    t.equal(ctrace.returncode, HANG, f"status ({err.decode()[-200:]})")
    t.equal(len(read_report(t)["threads"]), len(TRUTH) + 1, "threads in the report")


def main():
    lib.need_tracing(["strip"])
    lib.main([
        locks_have_the_names_of_the_program,
        lines_are_those_of_the_source,
        a_static_program_is_no_exception,
        clang_makes_other_debug_information,
        without_debug_information_symbols_are_left,
        a_deleted_program_is_still_known,
        a_replaced_program_is_not_taken_for_itself,
        somebody_elses_process_gives_its_stacks,
        whoever_parses_elf_files_has_no_rights,
        who_never_waits_for_long_is_not_looked_at,
        it_survives_the_death_of_its_inspector,
    ])


if __name__ == "__main__":
    main()
