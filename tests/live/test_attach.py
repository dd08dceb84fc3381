#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Attaching with -p: whom it is refused to and why, who ends or changes meanwhile, and crowds."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import lib

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
TRACER_ONLY = ["--inh-caps=+bpf,+perfmon", "--ambient-caps=+bpf,+perfmon"]
CROWD = 10000
TICK_NS = 10**7         # of the slowest kernel: 100 Hz
SOON_NS = 2 * 10**9     # a second is the goal; machines that are busy take longer


def refused(t, pids, status, words):
    """One line that has WORDS, nothing on standard output, STATUS."""
    got = t.ctrace("--plain", "-p", pids)
    t.equal(got.status, status, f"-p {pids!r}: status")
    t.check(got.err.count("\n") == 1 and got.err.startswith("ctrace: ") and words in got.err,
            f"-p {pids!r}: one line with {words!r}, not {got.err!r}")
    t.equal(got.out, b"", f"-p {pids!r}: standard output")


def sleeper(t):
    process = t.popen(["sleep", "60"])
    t.wait_until(lambda: state_of(process.pid) == "S", "a process that sleeps")
    return process


def state_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0]


def end(process):
    process.kill()
    process.communicate()


def what_is_no_number_is_wrong_usage(t):
    for pids in ("", "0", "-1", "+1", " 1", "1x", "x", "1,", ",1", "1,,2", "1,0", "2147483648",
                 "99999999999999999999", "0x10", "1.5"):
        refused(t, pids, 2, "is not a process id")


def who_is_not_there_is_named(t):
    gone = t.popen(["true"])
    gone.communicate()
    there = sleeper(t)
    refused(t, str(gone.pid), 125, f"cannot attach to {gone.pid}: there is no such process")
    refused(t, "2147483647", 125, "cannot attach to 2147483647: there is no such process")
    refused(t, f"{there.pid},{gone.pid}", 125, f"cannot attach to {gone.pid}: ")
    t.equal(there.poll(), None, "the other one of the list lives")
    end(there)


def a_zombie_is_said_to_have_ended(t):
    zombie = t.popen(["true"])
    t.wait_until(lambda: state_of(zombie.pid) == "Z", "a zombie")
    refused(t, str(zombie.pid), 125, "it has ended; only its parent has not noticed yet")
    zombie.communicate()


def a_thread_is_no_process(t):
    process = t.popen([t.compile("crowd"), "4"])
    lib.read_until(process.stdout.fileno(), b"ready", 5)
    tid = max(map(int, os.listdir(f"/proc/{process.pid}/task")))
    refused(t, str(tid), 125, "this is a thread; give the number of its process")
    end(process)


def the_kernel_is_not_attached_to(t):
    with open("/proc/2/comm", encoding="utf-8") as comm:
        if comm.read() != "kthreadd\n":
            t.note("no thread of the kernel is visible here: not tested")
            return
    refused(t, "2", 125, "this is a thread of the kernel")


def ctrace_does_not_attach_to_itself(t):
    # The shell becomes ctrace, so that its number is known before.
    got = t.run("sh", "-c", f'exec "{lib.CTRACE}" --plain -p $$')
    t.equal(got.status, 125, "status")
    t.check("this is ctrace itself" in got.err and got.err.count("\n") == 1, got.err)


def sleeper_on(t, cpu):
    """A process that sleeps, and the times between which its sleep has begun."""
    before_ns = time.monotonic_ns()
    process = t.popen(["taskset", "-c", cpu, "sleep", "60"])
    comm = f"/proc/{process.pid}/comm"
    t.wait_until(lambda: open(comm, encoding="utf-8").read() == "sleep\n" and
                 state_of(process.pid) == "S", "a process that sleeps")
    return process, before_ns, time.monotonic_ns()


def a_wait_is_as_old_on_every_processor(t):
    cpus = sorted(os.sched_getaffinity(0))[:2]
    (first, *first_ns), (second, *second_ns) = [sleeper_on(t, cpu) for cpu in (cpus[0], cpus[-1])]
    got = t.ctrace("check", "--json", "--timeout=500ms", "-p", f"{first.pid},{second.pid}")
    since = {thread["tid"]: thread["waits_for"]["since_ns"]
             for thread in json.loads(got.out)["threads"]}
    apart_ns = since[second.pid] - since[first.pid]
    t.check(second_ns[0] - first_ns[1] - 2 * TICK_NS <= apart_ns
            <= second_ns[1] - first_ns[0] + 2 * TICK_NS,
            f"{apart_ns / 1e6} ms apart, begun {first_ns} and {second_ns}")
    end(first)
    end(second)


def twice_the_same_is_once(t):
    process = sleeper(t)
    got = t.ctrace("check", "--json", "--timeout=200ms", "-p", f"{process.pid},{process.pid}",
                   "-p", process.pid)
    end(process)
    report = json.loads(got.out or b"{}")
    t.equal([thread["tid"] for thread in report.get("threads", [])], [process.pid], "threads")
    t.equal(report.get("command"), ["-p", str(process.pid)], "what was observed")


def holds_pidfd(pid):
    """Has process PID looked up whom it attaches to?"""
    try:
        links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return False
    return "anon_inode:[pidfd]" in links


def attach_and_kill(t, victim, pids, is_reaped):
    """Kill VICTIM between the look at its number and the first look at its threads."""
    ctrace = t.popen([lib.CTRACE, "--plain", "-p", pids])
    try:
        t.wait_until(lambda: holds_pidfd(ctrace.pid), "ctrace to find the process")
        victim.kill()
        if is_reaped:
            victim.communicate()
        begin = lib.read_until(ctrace.stdout.fileno(), b"Blocked", 10)
        ctrace.send_signal(signal.SIGINT)
        rest, err = ctrace.communicate(timeout=10)
    finally:
        end(ctrace)
        end(victim)
    return ctrace.returncode, (begin + rest).decode(), err.decode()


def who_ends_while_ctrace_starts_is_not_met(t):
    for is_reaped in (True, False):
        victim = sleeper(t)
        status, out, err = attach_and_kill(t, victim, str(victim.pid), is_reaped)
        t.equal((status, out), (125, ""), f"reaped: {is_reaped}: status and output ({err!r})")
        t.equal(err, f"ctrace: {victim.pid} ended while ctrace was starting\n", "message")


def the_others_of_a_list_are_met_all_the_same(t):
    victim, other = sleeper(t), sleeper(t)
    _, out, err = attach_and_kill(t, victim, f"{victim.pid},{other.pid}", True)
    end(other)
    t.check(f"{victim.pid} ended while" in err, f"the message: {err!r}")
    t.check(re.search(rf"\b{other.pid} .*Blocked", out), f"the other is met: {out!r}")
    t.check(str(victim.pid) not in out, f"who ended is not: {out!r}")


def one_that_becomes_another_program_is_followed(t):
    process = t.popen(["sh", "-c", "read line; exec sleep 0.3"], stdin=subprocess.PIPE)
    ctrace = t.popen([lib.CTRACE, "--plain", "-p", process.pid])
    lib.read_until(ctrace.stdout.fileno(), b"Blocked", 5)
    process.communicate(b"\n")
    out, err = ctrace.communicate(timeout=10)
    t.equal(ctrace.returncode, 0, f"status ({err.decode()})")
    for words in (r"sleep +Blocked +sleep", r"sleep +(Dead|Zombie)"):
        t.check(re.search(rf"\b{process.pid} {words}", out.decode()),
                f"{words!r} is not in {out.decode()!r}")


def whose_memory_is_out_of_reach_is_said(t):
    """The waits are seen, but no deadlock is proved, and that does not look like none."""
    process = t.popen([t.compile("deadlocks"), "abba"])
    time.sleep(0.3)
    argv = [lib.CTRACE, "check", "--timeout=500ms", "-p", process.pid]
    got = t.run(*NOBODY, *TRACER_ONLY, *argv)
    seen = t.run(*NOBODY, *[f"{caps},+sys_ptrace" for caps in TRACER_ONLY], *argv)
    end(process)
    t.equal(got.status, 92, "status without CAP_SYS_PTRACE")
    t.check(f"the memory of {process.pid} may not be read" in got.err, f"it said {got.err!r}")
    t.equal(seen.status, 90, "status with CAP_SYS_PTRACE")
    t.check("may not be read" not in seen.err, f"it said {seen.err!r}")


@contextlib.contextmanager
def family(t, *argv, program="family"):
    """The number of a process that has children, when all are ready."""
    process = t.popen([t.compile(program), *argv], start_new_session=True)
    lib.read_until(process.stdout.fileno(), b"ready", 5)
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def attached(t, pid, *options, **more):
    """What check says of PID: status, verdict, thread numbers."""
    got = t.ctrace("check", "--json", "--timeout=5s", *options, "-p", pid, **more)
    report = json.loads(got.out or b"{}")
    t.check(report, got)
    return got.status, report["verdict"], {each["tid"] for each in report["threads"]}


def below(pid):
    """PID and all below it, by what /proc says now."""
    pids = [pid]
    for each in pids:
        with open(f"/proc/{each}/task/{each}/children", encoding="utf-8") as children:
            pids += map(int, children.read().split())
    return set(pids)


def children_that_are_there_are_met(t):
    for depth in (1, 3):
        with family(t, "line", str(depth)) as pid:
            t.wait_until(lambda: len(below(pid)) == depth + 1, "the children")
            status, verdict, tids = attached(t, pid)
            t.equal(status, 91, f"{depth} below: status, {verdict['sentence']}")
            t.equal(tids, below(pid), f"{depth} below: threads")
            status, verdict, tids = attached(t, pid, "--no-children", "--timeout=300ms")
            t.equal(status, 92, f"without children: status, {verdict['sentence']}")
            t.equal(tids, {pid}, "without children: threads")


def a_deadlock_of_children_is_found_from_their_parent(t):
    with family(t, "processes", program="deadlocks") as pid:
        t.wait_until(lambda: len(below(pid)) > 1, "the children")
        status, verdict, _ = attached(t, pid)
        t.equal(status, 90, f"status, {verdict['sentence']}")


def children_of_somebody_else_are_read(t):
    """The invoker may read the memory of the first process, not that of what is below it."""
    invoker = dict(os.environ, SUDO_UID="65534", SUDO_GID="65534")
    with family(t, "foreign", "65534") as pid:
        status, verdict, _ = attached(t, pid, env=invoker)
        t.equal(status, 91, f"status, {verdict['sentence']}")


def children_in_a_pid_namespace_are_met(t):
    outer = t.popen(["unshare", "--pid", "--fork", "--kill-child", t.compile("family"),
                     "line", "2"])
    if not lib.read_until(outer.stdout.fileno(), b"ready", 5):
        t.note("no PID namespace is possible here: not tested")
        return
    status, verdict, tids = attached(t, outer.pid)
    t.equal(status, 91, f"status, {verdict['sentence']}")
    t.equal((tids, len(tids)), (below(outer.pid), 4), "threads")
    end(outer)


def nobody_is_missed_who_comes_meanwhile(t):
    """While processes are made all the time, and some end, each that is there at the end is met."""
    for _ in range(3):
        with family(t, "storm", "2") as pid:
            _, _, tids = attached(t, pid, "--timeout=1500ms")
            living = {each for each in below(pid) if state_of(each) != "Z"}
            t.equal(living - tids, set(), f"of {len(living)} living, those that were missed")
            t.check(len(living) > 10, f"{len(living)} are there")


def who_waits_for_ctrace_is_left_out(t):
    """A shell that is attached to by what it starts, with the rest of that pipeline."""
    script = """
        sleep 60 >/dev/null 2>&1 & sleeper=$!
        set -m
        sh -c '"$0" check --json --timeout=300ms -p $1; :' "$1" $$ | cat
        kill $sleeper"""
    shell = t.popen(["bash", "-c", script, "bash", lib.CTRACE])
    out, err = shell.communicate(timeout=20)
    report = json.loads(out or b"{}")
    t.check(report, err)
    t.equal([each["name"] for each in report["threads"]], ["bash", "sleep"], "who is met")
    t.equal(report["threads"][0]["tid"], shell.pid, "the shell")


def crowd(t, *argv):
    process = t.popen([t.compile("crowd"), str(CROWD), *argv])
    lib.read_until(process.stdout.fileno(), b"ready", 30)
    time.sleep(0.5)
    return process


def a_deadlock_among_ten_thousand_is_found_at_once(t):
    process = crowd(t, "pair")
    got = t.ctrace("check", "--json", "--timeout=10s", "-p", process.pid)
    end(process)
    report = json.loads(got.out or b"{}")
    t.equal(got.status, 90, f"status ({got.err})")
    cycle = report["verdict"]["cycle"]
    t.equal({edge["name"] for edge in cycle}, {"pair-left", "pair-right"}, "who deadlocks")
    t.check(all(edge["stack"] for edge in cycle), "their stacks are told")
    t.equal(len(report["threads"]), CROWD + 1, "threads")
    t.equal([thread["name"] for thread in report["threads"] if thread["state"] != "blocked"], [],
            "threads that are not Blocked")
    t.equal([thread["name"] for thread in report["threads"] if not thread["waits_for"]["stack"]],
            [], "threads without a stack")
    t.equal(report["lost"]["total"], 0, "lost events")
    t.check(report["duration_ns"] < SOON_NS, f"it took {report['duration_ns']} ns")
    t.note(f"explained with all stacks after {report['duration_ns'] / 1e6:.0f} ms")


def main():
    lib.need_tracing(["setpriv", "unshare"])
    lib.main([
        what_is_no_number_is_wrong_usage,
        who_is_not_there_is_named,
        a_zombie_is_said_to_have_ended,
        a_thread_is_no_process,
        the_kernel_is_not_attached_to,
        ctrace_does_not_attach_to_itself,
        twice_the_same_is_once,
        a_wait_is_as_old_on_every_processor,
        who_ends_while_ctrace_starts_is_not_met,
        the_others_of_a_list_are_met_all_the_same,
        one_that_becomes_another_program_is_followed,
        whose_memory_is_out_of_reach_is_said,
        children_that_are_there_are_met,
        a_deadlock_of_children_is_found_from_their_parent,
        children_of_somebody_else_are_read,
        children_in_a_pid_namespace_are_met,
        nobody_is_missed_who_comes_meanwhile,
        who_waits_for_ctrace_is_left_out,
        a_deadlock_among_ten_thousand_is_found_at_once,
    ])


if __name__ == "__main__":
    main()
