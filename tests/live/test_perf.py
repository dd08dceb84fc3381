#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
How long each thread was Running, Ready and Blocked, as ctrace and as perf sched timehist say.

Where a machine loses trace points (kernel_log.py) timehist counts as one slice all that went by on
a processor since its last event. Of a thread that is seen to leave where another one had come, or
not seen to leave, nothing is compared between the two events about it.
"""

import re
import sys
from collections import defaultdict
from typing import NamedTuple

sys.dont_write_bytecode = True

import lib
import plain
from kernel_log import machine_has_gaps

STATES = ("Running", "Ready", "Blocked")
RATIO, LEAST_MS = 0.02, 1.0
TRIES = 4
LINE = re.compile(r"^\s*(\d+)\.(\d{6})\s+\[\d+\]\s+\S.*\[(\d+)(?:/\d+)?\]\s+"
                  r"([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+(\S+)\s*$")
SWITCH = re.compile(r"^\s*\[(\d+)\]\s+(\d+)\.(\d{9}): +sched:sched_switch: .*prev_pid=(\d+) .*"
                    r" next_pid=(\d+) ")
ROUNDED_NS = 1000   # timehist tells microseconds
# Off the processor, but not because it waits: R in yield, and as preempted are shown R+ by
# newer and W by older versions of perf (0x100, TASK_REPORT_MAX, no state of that perf).
RUNNABLE = {"R", "R+", "W"}


class Slice(NamedTuple):
    """One line of timehist: a thread left a processor."""
    end_ns: int
    wait_ns: int        # off the processor before it got this one
    delay_ns: int       # the last part of that, from its wake-up on
    run_ns: int
    state: str          # in which it left


def read_timehist(t, path):
    """The slices of every thread, in order; none when perf has lost events."""
    got = t.run("perf", "sched", "timehist", "-f", "-i", path, "--state", timeout_s=120)
    if " lost " in got.err.lower():
        return None
    slices = defaultdict(list)
    for line in got.out.decode(errors="replace").splitlines():
        if found := LINE.match(line):
            ns = [round(float(text) * 1e6) for text in found.group(4, 5, 6)]
            at_ns = (int(found[1]) * 1000000 + int(found[2])) * 1000
            slices[int(found[3])].append(Slice(at_ns, *ns, found[7]))
    return slices


def read_switches(t, path):
    """(time, processor, who left, who came) of every switch, in order."""
    got = t.run("perf", "script", "-f", "-i", path, "--ns", "-F", "cpu,time,event,trace",
                timeout_s=120)
    found = map(SWITCH.match, got.out.decode(errors="replace").splitlines())
    return sorted((int(one[2]) * 10**9 + int(one[3]), *map(int, one.group(1, 4, 5)))
                  for one in found if one)


def find_doubts(switches):
    """The stretches, by thread, between two events about it where a switch was not reported."""
    about, here, lost = defaultdict(list), {}, []
    for ns, cpu, left, came in switches:
        came_ns, came_last = here.get(cpu, (ns, left))
        if left != came_last:
            lost += [(left, ns, -1), (came_last, came_ns, 1)]
        here[cpu] = (ns, came)
        about[left].append(ns)
        about[came].append(ns)
    doubts = defaultdict(list)
    for tid, ns, step in lost:
        other = about[tid].index(ns) + step
        other_ns = about[tid][other] if 0 <= other < len(about[tid]) else ns
        doubts[tid].append((min(ns, other_ns) - ROUNDED_NS, max(ns, other_ns) + ROUNDED_NS))
    return doubts


def without(begin_ns, end_ns, doubts):
    """The parts of the stretch that are in none of the DOUBTS."""
    parts = []
    for doubt_begin_ns, doubt_end_ns in sorted(doubts):
        if begin_ns < min(doubt_begin_ns, end_ns):
            parts.append((begin_ns, min(doubt_begin_ns, end_ns)))
        begin_ns = max(begin_ns, doubt_end_ns)
    return parts + [(begin_ns, end_ns)] if begin_ns < end_ns else parts


def clip(begin_ns, end_ns, within):
    """How much of the time between the two lies in the stretches WITHIN."""
    return sum(max(min(end_ns, last_ns) - max(begin_ns, first_ns), 0)
               for first_ns, last_ns in within)


def times_of_perf(slices, within):
    """Running, Ready and Blocked in ms, of the part of the slices that lies WITHIN the stretches."""
    sums = dict.fromkeys(STATES, 0)
    left_as = None
    for one in slices:
        got_ns = one.end_ns - one.run_ns
        woken_ns, left_ns = got_ns - one.delay_ns, got_ns - max(one.wait_ns, one.delay_ns)
        sums["Running"] += clip(got_ns, one.end_ns, within)
        if left_as in RUNNABLE:
            sums["Ready"] += clip(left_ns, got_ns, within)
        else:
            sums["Ready"] += clip(woken_ns, got_ns, within)
            sums["Blocked"] += clip(left_ns, woken_ns, within)
        left_as = one.state
    return {state: ns / 1e6 for state, ns in sums.items()}


def times_of_ctrace(periods, within):
    sums = dict.fromkeys(STATES, 0)
    for period in periods:
        if period.line.state in sums:
            sums[period.line.state] += clip(period.begin_ns, period.end_ns, within)
    return {state: ns / 1e6 for state, ns in sums.items()}


def watched(periods, slices):
    """
    From the first moment that ctrace knows of a thread to the last that timehist does:
    a thread that exits has lost its number when it is switched out for good, and timehist
    cannot tell whose that last slice is.
    """
    begin_ns = next(p.begin_ns for p in periods if p.line.state not in ("Unknown", "New"))
    end_ns = next((p.begin_ns for p in periods if p.line.state in ("Zombie", "Dead")),
                  periods[-1].begin_ns)
    return begin_ns, min(end_ns, slices[-1].end_ns)


def disagreements(traced, slices, doubts):
    """A line for each thread and state in which the two differ too much; and threads compared."""
    wrong, cnt = [], 0
    for tid in traced.threads():
        if not slices[tid]:
            continue    # it had one slice, the last
        periods = traced.periods(tid)
        within = without(*watched(periods, slices[tid]), doubts[tid])
        ours, theirs = times_of_ctrace(periods, within), times_of_perf(slices[tid], within)
        cnt += 1
        for state in STATES:
            if abs(ours[state] - theirs[state]) > max(LEAST_MS, RATIO * theirs[state]):
                wrong.append(f"{periods[-1].line.name} ({tid}) {state}: {ours[state]:.3f} ms, "
                             f"perf says {theirs[state]:.3f} ms")
    return wrong, cnt


def run_once(t, argv):
    data = t.dir / "perf.data"
    with t.awake():
        traced = plain.Started(t, argv, before=["perf", "sched", "record", "-q", "-a", "-k", "mono",
                                                "-m", "4096", "-o", data, "--"]).finish()
    plain.check(t, traced)
    slices, doubts = read_timehist(t, data), find_doubts(read_switches(t, data))
    data.unlink()
    if slices is None:
        return ["perf lost events"], 0, 0
    return *disagreements(traced, slices, doubts), sum(map(len, doubts.values()))


def agrees(name, argv):
    def case(t):
        for _ in range(TRIES):
            wrong, cnt, doubts = run_once(t, argv(t))
            t.check(cnt > 1 or wrong, f"only {cnt} threads were compared")
            if not wrong:
                t.note(f"{name}: {cnt} threads agree in {', '.join(STATES)}" +
                       (f", {doubts} stretches in doubt" if doubts else ""))
                return
            if cnt and not machine_has_gaps(t):
                break
            t.note(f"{name}: taken again, events were lost: {wrong[0]}")
        t.check(not wrong, "; ".join(wrong))
    case.__name__ = f"times of {name}"
    return case


def workload(name, *options):
    return agrees(" ".join([name, *options]), lambda t: [*lib.need_workloads(name), *options])


def main():
    lib.need_tracing(["gcc", "perf"])
    lib.need_workloads("forks", "ticket", "prodcons", "echo")
    lib.main([
        workload("forks", "--fix=order", "--rounds=2", "--hold=20"),
        workload("forks", "--fix=one-lock", "--philosophers=12", "--rounds=40", "--hold=0"),
        workload("ticket"),
        workload("prodcons"),
        workload("echo", "--clients=12", "--messages=20"),
        agrees("mix", lambda t: [t.compile("mix")]),
    ])


if __name__ == "__main__":
    main()
