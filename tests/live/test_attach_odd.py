#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Attaching to programs in odd states: in namespaces, stopped, traced, without their file."""

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import lib

PTRACE_SEIZE, PTRACE_INTERRUPT, WAIT_ALL = 0x4206, 0x4207, 0x40000000
TRIES = 20
NO_MAIN = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).pthread_exit(None)
"""


def check(t, pids, status, *argv):
    """The report of a check of PIDS that ends with STATUS."""
    got = t.ctrace("check", "--json", "--timeout=700ms", *argv, "-p", pids)
    t.equal(got.status, status, f"-p {pids}: status ({got})")
    return json.loads(got.out or b'{"threads": [], "verdict": {"kind": "?"}}')


def states(report):
    return sorted(thread["state"] for thread in report["threads"])


def end(process):
    process.kill()
    process.communicate()


def begin(t, argv, wrapped=False):
    """Start ARGV, which deadlocks; the process and its number, or that of its child if WRAPPED."""
    process = t.popen(argv)

    def stuck():
        path = f"/proc/{process.pid}/task/{process.pid}/children"
        with open(path, encoding="ascii") as children:
            pid = (children.read().split() or [""])[0] if wrapped else process.pid
        names = []
        for tid in os.listdir(f"/proc/{pid}/task") if pid else []:
            with open(f"/proc/{pid}/task/{tid}/comm", encoding="utf-8") as comm:
                names.append(comm.read().strip())
        return pid if {"stuck-0", "stuck-1"} <= set(names) else None

    pid = t.wait_until(stuck, f"the threads of {argv}")
    time.sleep(0.1)     # from the barrier to the locks
    return process, int(pid or process.pid)


def is_explained(t, pid, what, *argv):
    """Who deadlocks is told, and where each of them is."""
    cycle = check(t, pid, 90, *argv)["verdict"].get("cycle", [])
    t.equal({edge["name"] for edge in cycle}, {"stuck-0", "stuck-1"}, f"{what}: who deadlocks")
    for edge in cycle:
        t.check(any("abba_work" in frame for frame in edge["stack"] or []),
                f"{what}: where {edge['name']} is: {edge['stack']}")


def namespaces_do_not_hide_a_deadlock(t):
    program = t.compile("deadlocks")
    (t.dir / "inside").mkdir()
    hidden = f"mount -t tmpfs none inside && cp {program} inside/only && exec inside/only abba"
    for what, argv, wrapped in (
            ("user", ["unshare", "--user", "--map-root-user", program, "abba"], False),
            ("PID", ["unshare", "--pid", "--fork", "--kill-child", program, "abba"], True),
            ("mount", ["unshare", "--mount", "sh", "-c", hidden], False)):
        process, pid = begin(t, argv, wrapped)
        is_explained(t, pid, f"in a {what} namespace")
        end(process)


def the_program_of_another_user_is_explained(t):
    program = t.compile("deadlocks")
    process, pid = begin(t, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                             program, "abba"])
    is_explained(t, pid, "of nobody")
    end(process)


def a_file_that_is_gone_or_another_by_now_is_not_needed(t):
    copy = t.dir / "copy"
    shutil.copy(t.compile("deadlocks"), copy)
    process, pid = begin(t, [copy, "abba"])
    copy.unlink()
    is_explained(t, pid, "deleted")
    shutil.copy("/bin/true", copy)
    is_explained(t, pid, "replaced")
    copy.unlink()
    end(process)


def who_is_stopped_is_not_said_to_deadlock(t):
    process, pid = begin(t, [t.compile("deadlocks"), "abba"])
    process.send_signal(signal.SIGSTOP)
    report = check(t, pid, 92)
    t.equal(states(report), ["stopped"] * 3, "states")
    process.send_signal(signal.SIGCONT)
    is_explained(t, pid, "continued")
    end(process)


def a_debugger_is_no_hindrance(t):
    """One is seized by the test itself: its main thread stands, the others deadlock on."""
    process, pid = begin(t, [t.compile("deadlocks"), "abba"])
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    if ptrace(PTRACE_SEIZE, pid, None, None) or ptrace(PTRACE_INTERRUPT, pid, None, None):
        t.note(f"nothing can be traced here ({os.strerror(ctypes.get_errno())}): not tested")
    else:
        os.waitpid(pid, WAIT_ALL)
        report = check(t, pid, 90)
        t.equal(states(report), ["blocked", "blocked", "stopped"], "states")
    end(process)


def a_process_whose_main_thread_has_ended_is_attached_to(t):
    process = t.popen([sys.executable, "-c", NO_MAIN])
    t.wait_until(lambda: "Z" in open(f"/proc/{process.pid}/stat", encoding="utf-8")
                 .read().rpartition(")")[2], "the main thread to end")
    report = check(t, process.pid, 92)
    t.equal(states(report), ["blocked", "zombie"], "states")
    end(process)


def one_that_ends_meanwhile_is_the_end(t):
    process = t.popen(["cat"], stdin=subprocess.PIPE)
    trace = t.dir / "ends.ctrace"
    checking = t.popen([lib.CTRACE, "check", "--json", "--timeout=20s", "-o", trace, "-p",
                        str(process.pid)])
    t.wait_until(trace.exists, "the recording, which is begun when it is attached to")
    process.communicate()
    out, err = checking.communicate(timeout=20)
    t.equal(checking.returncode, 0, f"status ({err.decode()})")
    report = json.loads(out)
    t.equal([thread["state"] in ("dead", "zombie") for thread in report["threads"]], [True],
            f"it has ended: {states(report)}")


def of_one_process_alone_no_deadlock_with_another_is_claimed(t):
    parent = t.popen([t.compile("deadlocks"), "processes"])
    children = t.wait_until(lambda: len(both := open(
        f"/proc/{parent.pid}/task/{parent.pid}/children", encoding="ascii").read().split()) == 2
        and both, "two children")
    time.sleep(0.2)
    alone = check(t, children[0], 92)
    t.check(alone["verdict"]["kind"] not in ("deadlock", "stall"), alone["verdict"])
    cycle = check(t, ",".join(children), 90)["verdict"].get("cycle", [])
    t.equal({edge["name"] for edge in cycle}, {"stuck-0", "stuck-1"}, "who deadlocks")
    end(parent)


def take_number(t, pid):
    """A process with the number PID, which is free, or None."""
    for _ in range(TRIES):
        try:
            with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as last:
                last.write(str(pid - 1))
        except OSError:
            return None
        process = t.popen(["sleep", "60"])
        if process.pid == pid:
            return process
        end(process)
    return None


def who_has_the_number_next_is_not_traced(t):
    victim, keeper = t.popen(["sleep", "60"]), t.popen(["sleep", "60"])
    ctrace = t.popen([lib.CTRACE, "--plain", "-p", f"{victim.pid},{keeper.pid}"])
    out = b""
    for _ in range(2):
        out += lib.read_until(ctrace.stdout.fileno(), b"Blocked", 5)
    end(victim)
    successor = take_number(t, victim.pid)
    if successor:
        time.sleep(0.2)
        end(successor)
    else:
        t.note("no process gets the number that is wanted here: not tested")
    ctrace.send_signal(signal.SIGINT)
    rest, err = ctrace.communicate(timeout=10)
    end(keeper)
    seen = re.findall(rf" {victim.pid} sleep +(\w+)", (out + rest).decode())
    t.check(seen and seen[-1] in ("Dead", "Zombie"), f"the states of the number: {seen} ({err})")
    t.check(not seen or not {"New", "Stopped"} & set(seen), f"of the first alone: {seen}")


def a_ctrace_is_a_program_like_any_other(t):
    sleeper = t.popen(["sleep", "60"])
    other = t.popen([lib.CTRACE, "--plain", "-p", sleeper.pid], stdout=subprocess.DEVNULL)
    t.wait_until(lambda: os.listdir(f"/proc/{other.pid}/map_files"), "it to have begun")
    time.sleep(0.5)
    report = check(t, other.pid, 92)
    t.check(other.pid in [thread["tid"] for thread in report["threads"]], "it is met")
    other.send_signal(signal.SIGINT)
    other.communicate(timeout=10)
    t.equal(other.returncode, 0, "the status of the ctrace that was looked at")
    end(sleeper)


def main():
    lib.need_tracing(["setpriv", "unshare"])
    lib.main([
        namespaces_do_not_hide_a_deadlock,
        the_program_of_another_user_is_explained,
        a_file_that_is_gone_or_another_by_now_is_not_needed,
        who_is_stopped_is_not_said_to_deadlock,
        a_debugger_is_no_hindrance,
        a_process_whose_main_thread_has_ended_is_attached_to,
        one_that_ends_meanwhile_is_the_end,
        of_one_process_alone_no_deadlock_with_another_is_claimed,
        who_has_the_number_next_is_not_traced,
        a_ctrace_is_a_program_like_any_other,
    ])


if __name__ == "__main__":
    main()
