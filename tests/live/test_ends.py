#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a blocked thread's descriptor is and who holds the other end, as the program says it."""

import json
import sys

sys.dont_write_bytecode = True

import lib

# What one word says of a wait.
REASONS = {
    "pipe-read": "pipe", "pipe-write": "pipe", "pipe-eof": "pipe", "fifo": "pipe",
    "socketpair": "socket", "tcp": "socket", "udp": "socket", "patient-pair": "socket",
    "accept": "accept", "connect-unix": "connect", "eventfd": "other", "timerfd": "timer", "signalfd": "signal",
    "inotify": "file", "flock": "flock", "fcntl": "flock",
    "heir": "flock", "part": "flock", "child": "child", "poll": "poll",
    "select": "select", "epoll": "epoll", "sleep": "sleep", "poll-time": "poll",
    "signal": "signal", "message": "ipc", "semaphore": "ipc", "queue": "ipc", "ring": "io_uring",
    "vfork": "child", "sendfile": "socket", "splice": "pipe", "pidfd": "poll",
}
# Those that time ends 40 s after they began.
TIMED = {"timerfd", "sleep", "poll-time"}


class Truth:
    """One line of the program."""

    def __init__(self, line):
        self.name, tid, holders, self.text = line.split("\t")
        self.tid = int(tid)
        self.is_complete = holders.endswith("+")
        self.is_told = holders != "?"
        self.pids = sorted(int(pid) for pid in holders.strip("+?").split(",") if pid)


def truths(out):
    return [Truth(line) for line in out.decode().split("\n") if line]


def events_of(t, trace):
    result = t.ctrace("export", "--format=jsonl", trace)
    lines = [json.loads(line) for line in result.out.decode().split("\n") if line]
    return [line for line in lines if "kind" in line]


def last(events, kind, tid):
    found = [event for event in events if event["kind"] == kind and event["tid"] == tid]
    return found[-1] if found else None


def check_file(t, truth, event):
    if not t.check(event, f"{truth.name}: nothing was said of its descriptor"):
        return
    t.equal(event["file"] or "", truth.text, truth.name)
    if truth.name in TIMED:
        left = event["left_ns"]
        t.check(left and 38e9 < left <= 40e9, f"{truth.name}: time left: {left}")
    else:
        t.equal(event["left_ns"], None, f"{truth.name}: time left")


def check_holders(t, truth, event):
    if not truth.is_told:
        t.check(event and not event["complete"], f"{truth.name}: time ends it, too: {event}")
    elif not truth.pids and not truth.is_complete:
        t.check(not event or not event["complete"], f"{truth.name}: anybody could: {event}")
    elif t.check(event, f"{truth.name}: nobody holds the other end"):
        t.equal(sorted(event["pids"]), truth.pids, f"{truth.name}: who could end it")
        t.equal(event["complete"], truth.is_complete, f"{truth.name}: complete")


def check_all(t, out, events):
    found = truths(out)
    t.equal(sorted(truth.name for truth in found), sorted(REASONS), "the program waits for")
    for truth in found:
        looked_at = last(events, "file", truth.tid)
        check_file(t, truth, looked_at)
        check_holders(t, truth, last(events, "holders", truth.tid))
        # Killed at the end, some wait for other things in the kernel.
        waits = [event["waits_for"]["kind"] for event in events if event["tid"] == truth.tid and
                 event["kind"] in ("block", "met") and event["waits_for"] and
                 looked_at and event["n"] < looked_at["n"]]
        t.equal(waits[-1:], [REASONS[truth.name]], f"{truth.name}: reason")


def tidy(t, *names):
    for name in ("fifo", "flock", "fcntl", "heir", "part", *names):
        (t.dir / name).unlink(missing_ok=True)


def every_wait_has_its_descriptor_and_its_other_end(t):
    result = t.ctrace("record", "-o", "ends.ctrace", "--", t.compile("ends"))
    t.equal(result.status, 0, result)
    check_all(t, result.out, events_of(t, "ends.ctrace"))
    tidy(t, "ends.ctrace")


def of_report(t, truth, wait):
    """The same in a report, where those that are not traced are named, too."""
    t.check((wait["file"] or "").startswith(truth.text), f"attached, {truth.name}: {wait}")
    for pid in truth.pids:
        if pid != truth.tid and truth.name != "child":
            t.check(f"process {pid} is {truth.name}, sleeping" in wait["file"],
                    f"attached, {truth.name}: what the other one does: {wait}")
    if truth.is_complete:
        t.equal(sorted(wait["holders"]), truth.pids, f"attached, {truth.name}: holders")
        t.equal(wait["holders_complete"], True, f"attached, {truth.name}: complete")
    if truth.name in TIMED:
        left = wait["left_ns"]
        t.check(left and 20e9 < left < 40e9, f"attached, {truth.name}: time left: {left}")


def attached_to_what_waits_already_it_is_the_same(t):
    program = t.popen([t.compile("ends"), "20000"])
    out = lib.read_until(program.stdout.fileno(), None, 1.5)
    found = truths(out)
    pids = ",".join(str(truth.tid) for truth in found)
    result = t.ctrace("check", "--timeout=1s", "--json", "--no-children", "-p", pids)
    program.terminate()
    program.communicate()
    waits = {thread["tid"]: thread["waits_for"] for thread in json.loads(result.out)["threads"]}
    t.equal(len(found), len(REASONS), "the program waits for")
    for truth in found:
        if t.check(waits.get(truth.tid), f"attached, {truth.name}: it does not wait"):
            of_report(t, truth, waits[truth.tid])
    tidy(t)


if __name__ == "__main__":
    lib.need_tracing()
    lib.main([every_wait_has_its_descriptor_and_its_other_end,
              attached_to_what_waits_already_it_is_the_same])
