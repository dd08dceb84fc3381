#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Bad luck of the inspector: what it looks at goes away, changes, or only looks like a lock."""

import json
import re
import sys

sys.dont_write_bytecode = True

import lib

ROUNDS = 15
SAID = re.compile(r"ctrace: ([\d,]+ events, 0 lost, .*|no deadlock.*|hang, or the time ran out)")


def check(t, status, *argv):
    """The report of a check that ends with STATUS, and says no more than its sum and verdict."""
    got = t.ctrace("check", "--json", "--overwrite", "--report=report", *argv)
    t.equal(got.status, status, f"{argv}: status ({got})")
    said = [line for line in got.err.splitlines() if not SAID.fullmatch(line)]
    t.equal(said, [], f"{argv}: it said besides")
    with open(t.dir / "report", encoding="utf-8") as report:
        return json.load(report)


def nothing_is_claimed(t, report):
    t.check(report["verdict"]["kind"] not in ("deadlock", "stall"), report["verdict"])


def processes_that_end_while_they_are_looked_at(t):
    report = check(t, 0, t.compile("inspected"), "exits", ROUNDS)
    nothing_is_claimed(t, report)
    t.equal(len({thread["pid"] for thread in report["threads"]}), ROUNDS + 1, "processes")
    t.equal({thread["state"] for thread in report["threads"]} - {"dead", "zombie"}, set(),
            "states of threads that have ended")


def a_process_that_becomes_another_while_it_is_looked_at(t):
    report = check(t, 0, t.compile("inspected"), "execs", ROUNDS)
    nothing_is_claimed(t, report)
    t.equal(len({thread["pid"] for thread in report["threads"]}), 1, "processes")


def a_lock_that_is_unmapped_is_not_confirmed(t):
    """A deadlock, but no word of it can be read again: then it is not claimed."""
    nothing_is_claimed(t, check(t, 0, t.compile("inspected"), "unmaps"))


def a_lock_that_was_unmapped_before_is_not_known(t):
    target = t.popen([t.compile("inspected"), "unmaps"])
    lib.read_until(target.stdout.fileno(), b"ready", 5)
    report = check(t, 92, "--timeout=200ms", "-p", target.pid)
    target.communicate(timeout=10)
    nothing_is_claimed(t, report)
    waits = [thread["waits_for"] for thread in report["threads"] if thread["waits_for"]]
    t.equal(len(waits), 3, "threads that wait")
    t.check(not any(wait.get("held_by") for wait in waits), f"nobody is known to hold it: {waits}")


def memory_that_is_no_lock_has_no_owner(t):
    report = check(t, 92, "--timeout=300ms", t.compile("inspected"), "garbage")
    nothing_is_claimed(t, report)
    waits = [thread["waits_for"] for thread in report["threads"]
             if thread["waits_for"] and thread["waits_for"]["kind"] != "sleep"]
    t.equal(len(waits), 7, f"threads that wait for a word: {waits}")
    for wait in waits:
        t.check(not wait.get("held_by") and wait["kind"] not in ("mutex", "rwlock", "join"),
                f"it is taken for a lock: {wait}")
    nothing_is_claimed(t, check(t, 0, t.compile("inspected"), "garbage"))


def main():
    lib.need_tracing()
    lib.main([
        processes_that_end_while_they_are_looked_at,
        a_process_that_becomes_another_while_it_is_looked_at,
        a_lock_that_is_unmapped_is_not_confirmed,
        a_lock_that_was_unmapped_before_is_not_known,
        memory_that_is_no_lock_has_no_owner,
    ])


if __name__ == "__main__":
    main()
