#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A deadlock is said within 100 ms, with all its threads and locks; what is none, never."""

import os
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import lib
import plain
from facts import Facts, WANTS

WITHIN_MS = 100
RUNS = 200 if os.environ.get("SOAK") else 20
ALARM = re.compile(r"^ctrace: (DEADLOCK|STALL)[^\n]*\n", re.MULTILINE)
SINCE = re.compile(r"DEADLOCK for ([\d.]+) (ns|us|ms|s): ")
UNIT_MS = {"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3}
SCENARIOS = ("convoy", "long-section", "trylock", "timed", "pool", "pool-epoll", "pool-child",
             "by-signal", "readers", "shared")


class Alarm:
    """A program that deadlocks, watched until ctrace says so, then ended."""

    def __init__(self, t, argv, patience_s=4):
        started = plain.Started(t, argv)
        self.text = lib.read_until(started.process.stderr.fileno(), b"DEADLOCK", patience_s)
        self.said_ns = time.monotonic_ns()
        self.text += lib.read_until(started.process.stderr.fileno(), b"\n", 1)
        time.sleep(0.1)     # would it be said twice?
        started.process.send_signal(signal.SIGTERM)
        self.plain = started.finish()
        self.text = self.text.decode() + self.plain.result.err
        alarms = ALARM.findall(self.text)
        self.was_said = t.equal(alarms, ["DEADLOCK"], f"{argv[-1]}: alarms in {self.text!r}")
        if self.was_said:
            found = SINCE.search(self.text)
            self.age_ms = float(found[1]) * UNIT_MS[found[2]]

    def sentence(self):
        return next(line for line in self.text.splitlines() if "DEADLOCK" in line)

    def last_wait_ns(self, names):
        """When the last of the threads NAMES began its last wait."""
        waits = [period.begin_ns for tid in self.plain.threads()
                 for period in self.plain.periods(tid)
                 if period.line.state == "Blocked" and period.line.name in names
                 and period.begin_ns < self.said_ns]
        return max(waits)


def check_in_time(t, alarm, names):
    t.check(alarm.age_ms <= WITHIN_MS, f"said {alarm.age_ms} ms after the last wait")
    delay_ms = (alarm.said_ns - alarm.last_wait_ns(names)) / 1e6
    t.check(delay_ms <= WITHIN_MS, f"arrived {delay_ms:.1f} ms after the last wait")
    t.note(f"said {alarm.age_ms} ms after the last wait, arrived after {delay_ms:.1f} ms: "
           f"{', '.join(sorted(names))[:60]}")


def cycle_of(sentence):
    """The edges (thread, lock, holder) that a sentence names; of a join the lock is ""."""
    body = sentence.split(": ", 2)[2].split("; nothing outside")[0]
    waiter, *steps = re.split(r",? (?:which )?waits for ", body)
    edges = []
    for step in steps:
        if step.endswith(", which it holds itself"):
            edges.append((waiter, step.removesuffix(", which it holds itself"), waiter))
            continue
        what, holder = re.split(r" held by |^the end of ", step)
        edges.append((waiter, what, holder))
        waiter = holder
    return edges


def the_forks_deadlock(*options, cycle_cnt):
    def case(t):
        forks, = lib.need_workloads("forks")
        alarm = Alarm(t, [forks, "--truth", *options])
        if not alarm.was_said:
            return
        facts = Facts(t, alarm.plain.out.decode())
        edges = cycle_of(alarm.sentence())
        t.equal(len(edges), cycle_cnt, f"threads in the cycle: {alarm.sentence()}")
        t.equal(edges[-1][2], edges[0][0], "the cycle is closed")
        expected = expected_edges(alarm.plain, facts)
        for edge in edges:
            t.check(edge in expected, f"{edge} is not what the program says: {expected}")
        check_in_time(t, alarm, {edge[0] for edge in edges})
        t.equal(alarm.plain.result.status, -signal.SIGTERM, "status")
    case.__name__ = " ".join(["forks", *options])
    return case


def names_of_lock(name, address):
    """How ctrace may call what the forks call "noodles" or "fork 3"."""
    symbol = re.sub(r" (\d+)$", r"[\1]", name)
    return [f"table.{symbol}", f"mutex {address:#x}"]


def expected_edges(traced, facts):
    """(thread, lock, holder) of all that want something last, as they told."""
    names = {tid: traced.by_tid[tid][-1].name for tid in facts.by_tid}
    edges = set()
    for tid, told in facts.by_tid.items():
        if found := WANTS.match(told[-1].words):
            holder = names[facts.holds[found[1]][-1].tid]
            edges |= {(names[tid], lock, holder)
                      for lock in names_of_lock(found[1], facts.address[found[1]])}
    return edges


def a_deadlock_of(name, waiters):
    def case(t):
        alarm = Alarm(t, [t.compile("deadlocks"), name])
        if alarm.was_said:
            t.equal({edge[0] for edge in cycle_of(alarm.sentence())}, waiters, "threads")
            check_in_time(t, alarm, waiters)
    case.__name__ = f"a deadlock of {name}"
    return case


def no_alarm_in(what, argvs):
    """A case that runs programs that do not deadlock."""
    def case(t):
        for argv in argvs(t):
            got = t.ctrace("--plain", "-q", *argv, stdout=subprocess.DEVNULL)
            t.equal(got.status, 0, f"{argv} status ({got.err[:300]})")
            t.check(not ALARM.search(got.err), f"{argv}: {got.err.strip()}")
    case.__name__ = f"no alarm in {what}"
    return case


def with_fix(fix):
    """Small and large tables, long and short meals; waits are long enough to be looked at."""
    forks, = lib.need_workloads("forks")
    return lambda t: [[forks, f"--fix={fix}", f"--seed={seed}", "--rounds=2",
                       f"--hold={5 + seed % 3 * 10}", *(["--philosophers=5"] * (seed % 2))]
                      for seed in range(RUNS)]


CALM_LESSONS = [
    ["readers", "--rounds=2"], ["readers", "--rounds=2", "--writers=3", "--prefer=writers"],
    ["barrier", "--work=10"], ["barber"], ["inversion"], ["child"], ["child", "--play=stop"],
    ["pipe", "--fix=read-first"],
]


def workloads(_):
    ticket, prodcons, echo = lib.need_workloads("ticket", "prodcons", "echo")
    return [[ticket], [ticket, "--threads", "--buyers=12"], [ticket, "--lock=flock"],
            [prodcons], [prodcons, "--end=join"], [prodcons, "--processes"],
            [echo], [echo, "--tcp", "--processes"],
            *[[str(lib.BUILD / "workloads" / lesson[0]), *lesson[1:]] for lesson in CALM_LESSONS],
            ] * (RUNS // 20)


def main():
    lib.need_tracing(["gcc"])
    lib.need_workloads("forks", "ticket", "prodcons", "echo",
                       *sorted({lesson[0] for lesson in CALM_LESSONS}))
    lib.main([
        the_forks_deadlock(cycle_cnt=2),
        *[the_forks_deadlock(f"--philosophers={cnt}", cycle_cnt=cnt) for cnt in (1, 2, 3, 5, 24)],
        *[a_deadlock_of(name, {"stuck-0", "stuck-1"})
          for name in ("abba", "robust", "processes", "join", "writers")],
        a_deadlock_of("self", {"stuck-0"}),
        *[no_alarm_in(f"forks with --fix={fix}", with_fix(fix))
          for fix in ("order", "one-lock", "recursive", "trylock")],
        no_alarm_in("the other workloads", workloads),
        *[no_alarm_in(name, lambda t, name=name: [[t.compile("no_deadlock"), name]] * (RUNS // 10))
          for name in SCENARIOS],
    ])


if __name__ == "__main__":
    main()
