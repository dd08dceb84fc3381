#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a lock is, and whose, as small programs say it of themselves."""

import json
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

import lib

STALL = 91


def check(t, *argv):
    """Check the program with ARGV: what ctrace ended with, its report, its events."""
    trace = t.dir / f"kinds-{argv[0]}.ctrace"
    result = t.ctrace("check", "--timeout=3s", "--overwrite", "-o", trace, t.compile("kinds"),
                      *argv)
    report = json.loads(t.ctrace("report", "--json", trace).out)
    lines = t.ctrace("export", "--format=jsonl", trace).out.decode().split("\n")
    return result, report, [json.loads(line) for line in lines if line]


def of_kind(events, kind):
    return [event for event in events if event.get("kind") == kind]


def waits_of(t, *argv):
    """What each thread of the program waits for after a while, by its name, in order."""
    result = t.ctrace("check", "--timeout=700ms", "--json", "-q", "--report=/dev/fd/1", "--", *argv)
    report = json.loads(result.out)
    t.equal([lock["owner"] for lock in report["locks"] if lock["owner"]], [], "owners")
    return [(thread["name"], thread["waits_for"]["kind"]) for thread in report["threads"]
            if thread["waits_for"]]


def rust_waits_for_what_its_threads_are_called_after(t):
    path = t.dir / "waits-rs"
    source = lib.PROGRAMS / "waits.rs"
    if not shutil.which("rustc"):
        t.note("skipped, no rustc")
        return
    for options in ["-g"], ["-O", "-C", "symbol-mangling-version=v0"]:
        subprocess.run(["rustc", *options, source, "-o", path], check=True, capture_output=True)
        waits = [wait for wait in waits_of(t, path) if wait[0][-2:-1] == "-" and
                 wait[0][-1].isdigit()]
        t.equal(len(waits), 9, "threads that wait")
        for name, kind in waits:
            t.equal(kind, name.split("-", maxsplit=1)[0], f"{options}: what {name} waits for")


def python_waits_for_no_more_than_is_known(t):
    """A Condition waits for a Lock, too, and where Python is stripped nothing else is seen."""
    kinds = [kind for _, kind in waits_of(t, sys.executable, lib.PROGRAMS / "waits.py")]
    t.check(kinds in (["sleep", "semaphore", rlock, "semaphore"] for rlock in
                      ("mutex", "semaphore")), f"kinds are {kinds}")


def a_word_at_two_addresses_is_one_lock(t):
    result, report, events = check(t, "two-addresses")
    said = dict(line.split("\t")[0::2] for line in result.out.decode().split("\n")
                if line.startswith(("parent\t", "child\t")))
    pages = of_kind(events, "lockpage")
    t.check(said["parent"] != said["child"], "the program maps it twice at one address")
    t.equal({page["address"] for page in pages}, set(said.values()), "addresses")
    t.equal(len({(page["device"], page["inode"], page["offset"]) for page in pages}), 1, "words")
    t.equal({page["offset"] % 4096 for page in pages}, {0}, "its place in the page")
    locks = [lock for lock in report["locks"] if lock["kind"] == "mutex"]
    if t.equal(len(locks), 1, "locks"):
        t.equal(locks[0]["pid"], None, "processes share it")
        t.equal(len(locks[0]["waiters"]), 2, "waiters")


def equal_addresses_are_two_locks(t):
    result, report, events = check(t, "equal-addresses")
    t.equal({page["private"] for page in of_kind(events, "lockpage")}, {True}, "private memory")
    locks = report["locks"]
    t.equal(len({lock["address"] for lock in locks}), 1, "addresses")
    t.equal(len({lock["pid"] for lock in locks}), 2, "processes")
    t.equal([len(lock["waiters"]) for lock in locks], [1, 1], "waiters")
    t.equal(result.status, STALL, "nobody else reaches either")


def a_shared_semaphore_is_reached_by_who_maps_it(t):
    result, report, events = check(t, "lost-post")
    holders = of_kind(events, "holders")
    waiters = {event["tid"] for event in holders}
    t.equal(len(waiters), 2, "processes that wait")
    t.equal({tuple(sorted(event["pids"])) for event in holders}, {tuple(sorted(waiters))},
            "who maps it")
    t.equal({lock["kind"] for lock in report["locks"]}, {"semaphore"}, "kind")
    t.equal({event["complete"] for event in holders}, {True}, "nobody else can")
    t.equal(result.status, STALL, "verdict")


def locks_of_short_waits_are_named_and_one_in_all_processes(t):
    result = t.ctrace("check", "--json", "-q", "--report=/dev/fd/1", t.compile("short_waits"))
    t.equal(result.status, 0, "status")
    locks = [lock for lock in json.loads(result.out)["locks"] if lock["waits"] > 20]
    t.equal(len(locks), 2, f"one of threads, one of processes: {locks}")
    t.check("counter.lock" in {lock["name"] for lock in locks}, f"names: {locks}")
    t.equal({lock["name"] != "counter.lock": lock["pid"] is None for lock in locks},
            {False: False, True: True}, "processes share it")


def a_lock_on_the_heap_is_called_as_a_waiter_calls_it_that_is_caught(t):
    result = t.ctrace("check", "--json", "-q", "--report=/dev/fd/1",
                      t.compile("short_heap_waits", "-O1"))
    t.equal(result.status, 0, "status")
    named = {lock["name"]: lock["kind"] for lock in json.loads(result.out)["locks"]
             if lock["name"] and lock["kind"] != "join"}
    t.equal(named.pop("queue->mu", "mutex"), "mutex", "for which few have to wait")
    t.equal(named, {"bank->account[1].mu": "mutex", "queue->not_empty": "condvar"}, "locks")


def a_condition_variable_of_musl_is_told_from_what_looks_like_it(t):
    if not shutil.which("musl-gcc"):
        t.note("musl-gcc is not installed: not tested")
        return
    for flags in ["-O1"], ["-static"]:
        kinds = dict(waits_of(t, t.compile("musl_cond", *flags, compiler="musl-gcc")))
        t.equal([kinds.get(name) for name in ("cond-0", "cond-1", "words")],
                ["condvar", "condvar", "futex"], f"{flags}: waits")


if __name__ == "__main__":
    lib.need_tracing()
    lib.main([a_word_at_two_addresses_is_one_lock, equal_addresses_are_two_locks,
              a_shared_semaphore_is_reached_by_who_maps_it,
              locks_of_short_waits_are_named_and_one_in_all_processes,
              a_lock_on_the_heap_is_called_as_a_waiter_calls_it_that_is_caught,
              a_condition_variable_of_musl_is_told_from_what_looks_like_it,
              rust_waits_for_what_its_threads_are_called_after,
              python_waits_for_no_more_than_is_known])
