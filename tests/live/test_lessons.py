#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does a class see in each lesson what workloads/README.md promises of it?"""

import sys

sys.dont_write_bytecode = True

import lib
import plain
from facts import Facts

DEADLOCK = 90


class Lesson:
    """One run: the facts that it told, and the periods of its threads by their names."""

    def __init__(self, t, name, *options):
        self.plain = plain.run(t, [*lib.need_workloads(name), *options, "--truth"])
        self.facts = Facts(t, self.plain.out.decode())
        self.periods = {}
        for tid in self.plain.threads():
            periods = self.plain.periods(tid)
            self.periods[periods[-1].line.name] = periods

    def told(self, words):
        """When the first one said what begins with WORDS."""
        return next(fact.ns for fact in self.facts.all if fact.words.startswith(words))

    def states(self, name):
        return [period.line.state for period in self.periods[name]]

    def first(self, name, state):
        return next(period for period in self.periods[name] if period.line.state == state)


def middle_computes_while_high_waits_for_low(t):
    lesson = Lesson(t, "inversion")
    wait = next(p for p in lesson.periods["high"] if p.line.reason() == "mutex")
    (low,) = {period.line.tid for period in lesson.periods["low"]}
    t.equal(wait.line.owner(), low, "whom high waits for")
    t.check(wait.begin_ns < lesson.told("computes 200 ms") < lesson.told("is done") < wait.end_ns,
            f"middle is done before high has what it wants: {wait.line}")


def with_inheritance_low_goes_before_middle(t):
    lesson = Lesson(t, "inversion", "--protocol=inherit")
    wait = next(p for p in lesson.periods["high"] if p.line.reason() == "mutex")
    t.check(wait.end_ns < lesson.told("computes 200 ms"), f"middle went first: {wait.line}")


def a_zombie_is_one_until_its_parent_asks(t):
    lesson = Lesson(t, "child")
    zombie = lesson.first("child", "Zombie")
    asked_ns = lesson.told("asks")
    t.check(lesson.told("ends") < zombie.begin_ns < asked_ns, f"a zombie too late: {zombie.line}")
    t.check(asked_ns < zombie.end_ns and lesson.states("child")[-1] == "Dead",
            f"not asked for: {lesson.states('child')}")


def a_signal_stops_a_child_and_lets_it_go_on(t):
    lesson = Lesson(t, "child", "--play=stop")
    stopped = lesson.first("child", "Stopped")
    t.check(lesson.told("sends SIGSTOP") < stopped.begin_ns < lesson.told("sends SIGCONT")
            < stopped.end_ns < lesson.told("sends SIGTERM"), f"stopped when not told: {stopped}")
    reasons = [period.line.reason() for period in lesson.periods["child"]
               if period.line.state == "Blocked" and period.begin_ns > stopped.end_ns]
    t.equal(set(reasons), {"sleep"}, "what it waits for when it goes on")


def the_orphan_has_another_parent(t):
    lesson = Lesson(t, "child", "--play=orphan")
    parents = [fact for fact in lesson.facts.all if fact.words.startswith("has parent")]
    t.equal(len({fact.words for fact in parents}), 2, "parents of the child")
    (child,) = {fact.tid for fact in parents}
    t.check(lesson.periods["parent"][-1].begin_ns < parents[-1].ns, "its parent did not end first")
    t.check(child in lesson.plain.threads(), "the orphan was not seen")


def a_full_pipe_is_a_deadlock_of_parent_and_child(t):
    (path,) = lib.need_workloads("pipe")
    result = t.ctrace("check", "--timeout=10s", path)
    t.equal(result.status, DEADLOCK, result)
    sentence = "parent waits for the end of child, which waits for room in a pipe read by parent"
    t.check(sentence in (result.out.decode() + result.err).replace("\n", " "), result.out.decode())
    for cure in "--fix=read-first", "--size=65536":
        t.equal(t.ctrace("check", "--timeout=10s", path, cure).status, 0, cure)


def readers_read_together_and_writers_alone(t):
    (path,) = lib.need_workloads("readers")
    for options, least, most in ([], 2, 64), (["--lock=mutex"], 1, 1):
        facts = Facts(t, t.run(path, "--truth", "--rounds=2", *options).out.decode())
        inside, largest = [], 0
        for fact in facts.all:
            if fact.words.startswith(("reads", "writes")):
                inside.append(fact.words.split()[0])
            elif fact.words.startswith("done"):
                inside.remove({"reading": "reads", "writing": "writes"}[fact.words.split()[1]])
            t.check("writes" not in inside or len(inside) == 1, f"not alone: {inside}")
            largest = max(largest, len(inside))
        t.check(least <= largest <= most, f"{largest} inside at once with {options}")


CASES = [
    middle_computes_while_high_waits_for_low,
    with_inheritance_low_goes_before_middle,
    a_zombie_is_one_until_its_parent_asks,
    a_signal_stops_a_child_and_lets_it_go_on,
    the_orphan_has_another_parent,
    a_full_pipe_is_a_deadlock_of_parent_and_child,
    readers_read_together_and_writers_alone,
]


def main():
    lib.need_tracing()
    lib.need_workloads("child", "inversion", "pipe", "readers")
    lib.main(CASES)


if __name__ == "__main__":
    main()
