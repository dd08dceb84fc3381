#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who has woken waits for what has no owner: live, replayed, and as the workloads are written."""

import csv
import json
import sys
from collections import Counter

sys.dont_write_bytecode = True

import lib
import plain

CONDVAR_MASK = ~7       # the two words of one condition variable


def live(t, name, *argv):
    """The workload NAME, looked at and ended in the middle: the report, the trace."""
    trace = t.dir / f"{name}-live.ctrace"
    (path,) = lib.need_workloads(name)
    result = t.ctrace("check", "--timeout=2s", "--json", "-o", trace, path, *argv)
    text = result.out.decode()
    return json.loads(text[text.index('{\n  "schema"'):]), trace


def replayed(t, name, *argv):
    """The same of a recording that ends before the workload does."""
    trace = t.dir / f"{name}.ctrace"
    (path,) = lib.need_workloads(name)
    t.ctrace("record", "-q", "--duration=2s", "-o", trace, path, *argv)
    return json.loads(t.ctrace("report", "--json", trace).out), trace


def learned_by(report):
    """What is learned of each thread that has a waker, by its name."""
    waits = {thread["name"]: thread["waits_for"] for thread in report["threads"]}
    return {name: wait for name, wait in waits.items() if wait and wait["learned"]}


def names(wait):
    return {waker["name"] for waker in wait["learned"]["wakers"]}


def wakeups_of(t, report, trace):
    """Who ended waits on each condition variable, and how many ended, from the events alone."""
    wakers, totals, waits = {}, Counter(), {}
    for line in t.ctrace("export", "--format=jsonl", trace).out.decode().split("\n"):
        event = json.loads(line) if line else {}
        wait, kind, tid = event.get("waits_for"), event.get("kind"), event.get("tid")
        if event.get("t_ns", 0) > report["state_ns"]:
            break
        if kind == "block":
            waits.pop(tid, None)
        # While its second word is in use the first one tells no more than that it is a futex.
        if kind in ("block", "met") and wait and wait["kind"] in ("condvar", "futex"):
            waits[tid] = int(wait["address"], 16) & CONDVAR_MASK
        elif kind == "wake" and tid in waits:
            address = waits.pop(tid)
            totals[address] += 1
            if not event["irq"]:
                wakers.setdefault(address, Counter())[event["waker_tid"]] += 1
    return wakers, totals


def expect_producer(t, report, trace):
    waits = {name: wait for name, wait in learned_by(report).items()
             if name.startswith("consumer") and wait["kind"] == "condvar"}
    wakers, totals = wakeups_of(t, report, trace)
    t.check(len(waits) > 1, f"consumers that wait for the producer: {sorted(waits)}")
    for name, wait in waits.items():
        address = int(wait["address"], 16) & CONDVAR_MASK
        t.equal(names(wait), {"producer"}, f"who wakes {name}")
        t.equal(wait["held_by"], None, f"{name}: nobody holds it")
        t.equal(wait["evidence"], "learned", f"{name}: how that is known")
        t.equal({waker["tid"]: waker["count"] for waker in wait["learned"]["wakers"]},
                dict(wakers[address]), f"{name}: counts")
        t.equal(wait["learned"]["wakeups"], totals[address], f"{name}: all of them")
    t.equal(report["verdict"]["cycle"], [], "no verdict comes of it")


def a_consumer_is_woken_by_the_producer(t):
    expect_producer(t, *live(t, "prodcons", "--consumers=16", "--items=100000"))


def and_so_it_is_when_replayed(t):
    report, trace = replayed(t, "prodcons", "--consumers=16", "--items=120")
    expect_producer(t, report, trace)
    dot = t.ctrace("export", "--format=dot", "--at=end", trace).out.decode()
    dashed = [line for line in dot.split("\n") if "style=dashed" in line]
    t.check(dashed and all("woken before by" in line for line in dashed), f"dot: {dot}")
    rows = csv.DictReader(t.ctrace("export", "--format=csv", "--table=waits", trace).out.decode()
                          .splitlines())
    said = [row for row in rows if row["name"].startswith("consumer") and row["learned"] and
            row["reason"] == "condvar"]
    t.equal({(row["evidence"], row["learned"]) for row in said}, {("learned", "producer")}, "csv")
    t.check(all(0 < int(row["learned_count"]) <= int(row["learned_of"]) for row in said), "counts")
    mermaid = t.ctrace("export", "--format=mermaid", "--at=end", trace).out.decode()
    t.equal(mermaid.count("-.->|"), len(dashed), "mermaid")


def and_so_its_lines_say(t):
    (path,) = lib.need_workloads("prodcons")
    lines = plain.run(t, [path, "--consumers=4", "--items=40"]).lines
    name_of = {line.tid: line.name for line in lines}
    said = [line for line in lines if line.learned() and line.reason() == "condvar" and
            line.name.startswith("consumer")]
    t.equal({name_of[line.learned()[0]] for line in said}, {"producer"}, "who wakes consumers")
    for line in said:
        _, cnt, total = line.learned()
        t.check(0 < cnt <= total, f"counts: {line}")
        t.equal(line.owner(), None, f"an owner: {line}")


def expect_clients(t, report):
    """At any moment the server waits for its clients, or serves one that waits for it."""
    learned = learned_by(report)
    is_still = all(thread["state"] == "blocked" for thread in report["threads"])
    t.check(learned or not is_still, f"somebody waits: {report['threads']}")
    for name, wait in learned.items():
        t.equal(wait["held_by"], None, f"{name}: nobody holds it")
        if name == "server":
            t.equal(names(wait), {"client-1", "client-2", "client-3"}, "who wakes the server")
            t.equal(wait["kind"], "epoll", "for what it waits")
        else:
            t.equal(names(wait), {"server"}, f"who wakes {name}")
            t.equal(wait["kind"], "socket", f"for what {name} waits")


def a_server_is_woken_by_its_clients(t):
    report, _ = live(t, "echo", "--messages=100000")
    expect_clients(t, report)
    report, _ = replayed(t, "echo", "--messages=60")
    expect_clients(t, report)


if __name__ == "__main__":
    lib.need_tracing()
    lib.main([a_consumer_is_woken_by_the_producer, and_so_it_is_when_replayed,
              and_so_its_lines_say,
              a_server_is_woken_by_its_clients])
