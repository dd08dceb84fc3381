#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Why a thread does not run: the whole chain, in the report, its JSON and on the screen."""

import json
import re
import sys

sys.dont_write_bytecode = True

import lib
from terminal import Terminal, nobody_is_left_but, start

PIPE = ["sh", "-c", "sleep 30 | cat | wc -l"]


def check(t, *argv):
    t.ctrace("check", "--overwrite", "--report=json:why.json", "--timeout=5s", *argv)
    report = json.loads((t.dir / "why.json").read_text())
    (t.dir / "why.json").unlink()
    return report


def by_name(report):
    return {thread["name"]: thread for thread in report["threads"] if thread["state"] != "dead"}


def a_deadlock_closes_its_circle(t):
    report = check(t, lib.need_workloads("forks")[0])
    t.equal(report["verdict"]["kind"], "deadlock", "verdict")
    cycle = {edge["tid"]: edge["held_by"] for edge in report["verdict"]["cycle"]}
    threads = {thread["tid"]: thread for thread in report["threads"]}
    for tid in cycle:
        why = threads[tid]["why"]
        t.equal(why["end"], "circle", f"end of {why}")
        t.equal(set(why["chain"]), set(cycle), f"chain of {tid}")
        for at, then in zip(why["chain"], why["chain"][1:] + why["chain"][:1]):
            t.equal(then, cycle[at], f"who follows {at} in {why}")
        t.check(f", held by {threads[cycle[tid]]['name']} (read from memory" in why["sentence"],
                why["sentence"])
    main = threads[min(threads)]
    t.equal(main["why"]["chain"][0], main["tid"], "the chain of main begins with it")
    t.check(" to end (read from memory" in main["why"]["sentence"], main["why"]["sentence"])


def a_pipe_leads_to_who_sleeps_at_its_far_end(t):
    report = check(t, "--hang=1", "--", *PIPE)
    threads = by_name(report)
    chain = [threads[name]["tid"] for name in ("wc", "cat", "sleep")]
    t.equal(threads["wc"]["why"]["chain"], chain, "the chain of wc")
    t.equal(threads["wc"]["why"]["end"], "time", "its end")
    t.check(re.search(r"^wc has waited .* data in a pipe, .*, written by cat \(told by the kernel",
                      threads["wc"]["why"]["sentence"]), threads["wc"]["why"]["sentence"])
    t.check(re.search(r"^sleep has waited .* for time to pass, .* left \(observed\)\.$",
                      threads["sleep"]["why"]["sentence"]), threads["sleep"]["why"]["sentence"])


def why_of(report, tid):
    return next(thread["why"] for thread in report["threads"] if thread["tid"] == tid)


def what_is_not_traced_could_be(t):
    kinds = {"pipe": "data in a pipe", "mutex": "mutex", "robust": "mutex", "inherit": "mutex"}
    parents = {kind: t.popen([t.compile("far"), kind]) for kind in kinds}
    children = {kind: int(parent.stdout.readline()) for kind, parent in parents.items()}
    alone = check(t, "--timeout=1.5s", "-p", ",".join(map(str, children.values())))
    both = check(t, "--timeout=0.5s", "-p", ",".join(
        str(pid) for kind in kinds for pid in (children[kind], parents[kind].pid)))
    for kind, what in kinds.items():
        child, parent = children[kind], parents[kind].pid
        why = why_of(alone, child)
        t.check(re.search(fr"^far:{child} has waited .* for {what}.*; only one could end this "
                          fr"wait: process {parent} \(not traced\).*; try -p {child},{parent}\.$",
                          why["sentence"]), f"{kind}: {why}")
        t.equal(why["end"], "elsewhere", f"{kind}: {why}")
        why = why_of(both, child)
        t.equal(why["chain"], [child, parent], f"{kind}, both traced: {why}")
        t.check("not traced" not in why["sentence"] and "try -p" not in why["sentence"], why)
        parents[kind].kill()
        parents[kind].communicate()


def the_pane_tells_it_and_scrolls(t):
    with Terminal(t) as term:
        line = start(term, lib.need_workloads("forks")[0])
        term.wait_for("DEADLOCK", "deadlock")
        term.press("Enter")
        term.wait_for(r"the circle\s+is\s+closed", "the whole chain")
        term.wait_for(r"PgDn: more", "that there is more")
        term.press("PageDown")
        term.wait_for(r"tid \d+ of process", "what was below")
        term.press("PageUp")
        term.wait_for(r"[ABCD] has waited", "the chain again")
        term.press("q")
        line.finish()
        nobody_is_left_but(t)


if __name__ == "__main__":
    lib.need_tracing()
    lib.main([a_deadlock_closes_its_circle, a_pipe_leads_to_who_sleeps_at_its_far_end,
              what_is_not_traced_could_be,
              the_pane_tells_it_and_scrolls])
