#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Is the picture true? What ctrace shows is compared with what the workloads say of themselves."""

import re
import sys

sys.dont_write_bytecode = True

import lib
import plain
from facts import Facts, HOLDS, WANTS
from kernel_log import machine_has_gaps

# A thread that waits has nothing to run but a few instructions before it blocks and after a
# wake-up that was not for it. This much is for a host that takes the processor away.
STOLEN_NS = 5000000
GAP_NS = 8000000        # without the kernel's own log
COND_SIZE = 48          # sizeof(pthread_cond_t)
LOCK_BEFORE = {"full": 40, "empty": 88}     # from not_full, not_empty back to lock: prodcons.c
SLEEPS = re.compile(r"^sleeps (\d+) ms$")
ADDRESSED = re.compile(r"^(full|empty|joins) 0x([0-9a-f]+)$")
SENDS = re.compile(r"^sends \d+ to fd (\d+)$")
# What a thread may wait for that has told this, and how large the thing there is at least.
WAITS_AT = [
    (re.compile(r"^asks to (?:read|write) 0x([0-9a-f]+)$"), 56, {"rwlock", "mutex", "futex"}),
    (re.compile(r"^arrives 0x([0-9a-f]+)$"), 32, {"barrier", "futex"}),
    (re.compile(r"^(?:sleeps until one comes|waits to be called|is being cut) 0x([0-9a-f]+)$"), 32,
     {"semaphore", "futex"}),
]
PIPES = re.compile(r"^(?:writes \d+ bytes to|reads from) fd (\d+)$")
CHILD = re.compile(r"^(?:asks|waits) for child \d+$")
EPOLL = re.compile(r"^waits for \d+ clients in epoll (\d+)$")


class Comparison:
    """One run of a workload, and everything in it that must agree."""

    def __init__(self, t, argv, timed_s=None, ring=None, least=10):
        # In the foreground it does not kill itself as well, and waits for whom it has killed.
        killer = ["timeout", "--foreground", "-s", "KILL", str(timed_s)] if timed_s else []
        self.t, self.least = t, least
        self.what = " ".join(argv).rsplit("/", 1)[-1]
        self.may_lose = ring is not None
        self.plain = plain.run(t, [*killer, *argv, "--truth"], ["-b", ring] if ring else [])
        self.facts = Facts(t, self.plain.out.decode())
        self.slack_ns = self.plain.slack_ns + 1000
        self.periods = {tid: self.plain.periods(tid) for tid in self.plain.threads()}
        self.queue_lock = None
        self.claims = 0
        self.gaps = []          # when what is shown was not so
        self.dark = self.plain.log.dark(set(self.periods))

    def run(self):
        self.check(len(self.facts.all) >= self.least, "the workload told next to nothing")
        plain.check(self.t, self.plain, self.may_lose)
        for tid in self.facts.by_tid:
            self.check(tid in self.periods or self.may_lose, f"thread {tid} was not seen at all")
        for fact in self.facts.all:
            if found := ADDRESSED.match(fact.words):
                if found[1] in LOCK_BEFORE:
                    self.queue_lock = int(found[2], 16) - LOCK_BEFORE[found[1]]
        for fact in self.facts.all:
            if fact.tid in self.periods:
                self.check_running(fact)
                self.check_idle(fact)
        for tid in self.facts.by_tid:
            if tid in self.periods:
                self.check_waits(tid)
        few = len(self.facts.all) // 50 + 2
        outside = self.outside_gaps()
        self.check(outside <= few, f"{outside} of {len(self.gaps)} disagreements are more than a "
                   "machine's gaps make")
        self.t.note(f"{self.what}: {len(self.facts.all)} facts, {self.claims} claims, "
                    f"{len(self.gaps)} excused")

    def outside_gaps(self):
        """
        Some machines report nothing for some milliseconds of every second, to perf neither
        (kernel_log.py). That may be a busy stretch: thousands of facts in a second. How many
        disagreements are not where the kernel's own log has a hole? Without one: not within
        one such stretch for each second begun?
        """
        if self.dark is not None:
            return sum(not self.dark_ns(ns, ns + 1) for ns in self.gaps)
        if not self.gaps or not machine_has_gaps(self.t):
            return len(self.gaps)
        stretches = []
        for ns in sorted(self.gaps):
            if not stretches or ns >= stretches[-1][0] + GAP_NS:
                stretches.append([])
            stretches[-1].append(ns)
        stretches.sort(key=len)
        seconds = 1 + (self.facts.all[-1].ns - self.facts.all[0].ns) // 1000000000
        return sum(map(len, stretches[:-seconds]))

    def dark_ns(self, begin_ns, end_ns):
        """How much of the time between the two was not reported to anybody."""
        return sum(max(min(end_ns, dark_end_ns) - max(begin_ns, dark_begin_ns), 0)
                   for dark_begin_ns, dark_end_ns in self.dark or [])

    def check(self, is_true, message):
        self.claims += 1
        return self.t.check(is_true, f"{self.what}: {message}")

    def disagree(self, fact, message):
        """A disagreement, unless the machine did not report the switch that it hangs on."""
        if self.plain.log.was_running(fact.tid, fact.ns) is False or machine_has_gaps(self.t):
            self.gaps.append(fact.ns)
        else:
            self.check(False, message)

    def check_running(self, fact):
        """Who tells a fact is running at that instant."""
        self.claims += 1
        if self.may_lose and fact.ns < self.periods[fact.tid][0].begin_ns:
            return      # nothing is known of it yet
        near = [period for period in self.periods[fact.tid]
                if period.begin_ns - self.slack_ns <= fact.ns <= period.end_ns + self.slack_ns]
        if not any(period.line.state in ("Running", "Unknown") for period in near):
            self.disagree(fact, f"not Running at {fact}, but {[str(p.line) for p in near]}")

    def check_waits(self, tid):
        """A thread waits only for what it told of last."""
        for period in self.periods[tid]:
            told = self.facts.last_told(tid, period.begin_ns, self.slack_ns)
            if told and period.line.state == "Blocked" and not self.is_other_wait(period, told[-1]):
                self.check_wait(period, told)

    def is_other_wait(self, period, last):
        """Is it one that no fact tells of?"""
        line = period.line
        if line.reason() == "page-fault" or line.wait().endswith(" fd 1"):
            return True     # it was writing the fact
        # In the kernel all wait for as long as one of them has its processor taken away.
        if self.is_library_lock(line) and (line.reason() == "other" or
                                           period.end_ns - period.begin_ns < STOLEN_NS):
            return True
        # the last word of main()
        return line.reason() in ("join", "child") and not self.facts.next_of(last)

    def check_wait(self, period, told):
        fits = [fact for fact in told if self.is_expected(fact, period.line)]
        if not self.check(fits, f"{period.line} after {', '.join(map(str, told))}"):
            return
        if found := WANTS.match(fits[-1].words):
            self.check_owner(period, found[1], fits[-1].tid)

    def is_expected(self, fact, line):
        """May a thread that told FACT be in the wait that LINE shows?"""
        words, reason = fact.words, line.reason()
        if found := WANTS.match(words):
            address = self.facts.address.get(found[1])
            if address is None:
                return reason == "flock"
            return reason in ("mutex", "futex") and line.address() == address
        if found := ADDRESSED.match(words):
            address = int(found[2], 16)
            if found[1] == "joins" and reason in ("semaphore", "futex"):
                return line.address() == address
            return ((reason == "condvar" and address <= line.address() < address + COND_SIZE)
                    or self.is_queue_lock(line))
        if found := SENDS.match(words):
            return line.wait() == f"socket fd {found[1]}"
        if found := EPOLL.match(words):
            return line.wait() == f"epoll fd {found[1]}"
        if found := PIPES.match(words):
            return line.wait() == f"pipe fd {found[1]}"
        if CHILD.match(words):
            return reason == "child"
        for said, size, reasons in WAITS_AT:
            if found := said.match(words):
                address = int(found[1], 16)
                return reason in reasons and address <= line.address() < address + size
        if "barber" in self.what and reason == "mutex":
            return True     # the door, through which one goes without a word
        if SLEEPS.match(words):
            return reason == "sleep" or self.is_queue_lock(line)
        if HOLDS.match(words):
            return reason in ("barrier", "futex") and "forks" in self.what
        return self.is_queue_lock(line)

    def is_library_lock(self, line):
        """
        Threads that tell something at once meet in the kernel (malloc() in mmap(2)) and in
        the C library (the list of its streams).
        """
        return (line.reason() == "other" or
                line.reason() == "futex" and line.address() not in self.facts.address.values())

    def is_queue_lock(self, line):
        return (self.queue_lock is not None and line.reason() in ("mutex", "futex")
                and line.address() == self.queue_lock)

    def check_owner(self, period, name, tid):
        """The holder that is shown is the one that holds it at that instant."""
        if name not in self.facts.address:
            return
        owners = self.facts.may_hold(name, period.begin_ns, self.slack_ns)
        shown = period.line.owner()
        if self.may_lose and shown is None:
            return      # that there is such a thread may have been lost
        self.check(shown in owners, f"{period.line}: {name} is held by {owners}")
        self.check(shown != tid, f"{period.line}: waits for itself")

    def check_idle(self, fact):
        """While it is certain that a thread cannot go on, it does not run."""
        if found := SLEEPS.match(fact.words):
            self.expect_idle(fact, fact.ns, fact.ns + int(found[1]) * 1000000, {"sleep"})
        elif found := WANTS.match(fact.words):
            following = self.facts.next_of(fact)
            end_ns = following.ns if following else 1 << 63
            for hold in self.facts.holds[found[1]]:
                if hold.tid != fact.tid:
                    self.expect_idle(fact, max(fact.ns, hold.begin_ns), min(end_ns, hold.end_ns),
                                     {"mutex", "flock"})
        elif found := ADDRESSED.match(fact.words):
            if found[1] in LOCK_BEFORE:
                event = {"full": "gets ", "empty": "puts "}[found[1]]
                until = next((other.ns for other in self.facts.all
                              if other.ns > fact.ns and other.words.startswith(event)), fact.ns)
                self.expect_idle(fact, fact.ns, until, {"condvar"})

    def expect_idle(self, fact, begin_ns, end_ns, reasons):
        begin_ns, end_ns = begin_ns + self.slack_ns, end_ns - self.slack_ns
        if end_ns - begin_ns <= STOLEN_NS:
            return
        other_ns, others = 0, []
        for period in self.periods[fact.tid]:
            state, reason = period.line.state, period.line.reason()
            if state in ("Ready", "Stopped", "Zombie", "Dead", "Unknown") or (state == "Blocked" and reason in reasons):
                continue
            common_ns = min(period.end_ns, end_ns) - max(period.begin_ns, begin_ns)
            if common_ns > 0:
                other_ns += common_ns - self.dark_ns(max(period.begin_ns, begin_ns),
                                                     min(period.end_ns, end_ns))
                others.append(str(period.line))
        self.check(other_ns <= STOLEN_NS, f"{other_ns / 1e6:.3f} ms of {fact} were no wait of "
                   f"{reasons}, but it cannot have gone on for {(end_ns - begin_ns) / 1e6:.3f} ms: "
                   f"{others[:4]}")


def compare(name, *options, **how):
    """A case that runs a workload and compares."""
    def case(t):
        Comparison(t, [*lib.need_workloads(name), *options], **how).run()
    case.__name__ = " ".join([name, *options, *map(str, how.values())])
    return case


CASES = [
    compare("forks", timed_s=0.8),
    compare("forks", "--philosophers=5", timed_s=0.8),
    compare("forks", "--fix=order", "--rounds=2", "--hold=20"),
    compare("forks", "--fix=one-lock", "--rounds=2", "--hold=20"),
    compare("forks", "--fix=recursive", "--rounds=2", "--hold=10"),
    compare("forks", "--fix=trylock", "--rounds=2", "--hold=20"),
    compare("forks", "--fix=order", "--philosophers=9", "--rounds=40", "--hold=1"),
    compare("forks", "--fix=one-lock", "--philosophers=20", "--rounds=30", "--hold=0"),
    compare("forks", "--fix=one-lock", "--philosophers=20", "--rounds=60", "--hold=0", ring="8K"),
    compare("forks", "--fix=order", "--philosophers=20", "--rounds=60", "--hold=0", ring="8K"),
    compare("ticket"),
    compare("ticket", "--threads"),
    compare("ticket", "--lock=flock"),
    compare("ticket", "--no-lock", "--buyers=8"),
    compare("prodcons"),
    compare("prodcons", "--end=join"),
    compare("prodcons", "--processes"),
    compare("echo"),
    compare("echo", "--tcp", "--processes"),
    compare("readers", "--rounds=3"),
    compare("readers", "--rounds=2", "--writers=2", "--prefer=writers"),
    compare("readers", "--rounds=2", "--lock=mutex"),
    compare("barrier", "--work=10"),
    compare("barber"),
    compare("inversion", least=9),
    compare("inversion", "--protocol=inherit", least=9),
    compare("child", "--play=zombie", least=5),
    compare("child", "--play=wait", least=5),
    compare("child", "--play=orphan", least=8),
    compare("child", "--play=stop", least=8),
    compare("pipe", timed_s=0.4, least=3),
    compare("pipe", "--fix=read-first", least=6),
]


def main():
    lib.need_tracing(["gcc"])
    lib.need_workloads(*sorted({case.__name__.split()[0] for case in CASES}))
    lib.main(CASES)


if __name__ == "__main__":
    main()
