# SPDX-License-Identifier: GPL-2.0-only
"""What a workload tells about itself with --truth: facts, and who held what, from when to when."""

import bisect
import re
from collections import defaultdict
from typing import NamedTuple

FACT = re.compile(r"^truth (\d+) (\d+) (.*)$")
WANTS = re.compile(r"^wants (.+)$")
HOLDS = re.compile(r"^holds (.+?)(?: 0x([0-9a-f]+))?$")
PUTS_BACK = re.compile(r"^put (.+)$")
FOREVER = 1 << 63


class Fact(NamedTuple):
    ns: int
    tid: int
    words: str

    def __str__(self):
        return f"truth {self.ns / 1e9:.6f} {self.tid} {self.words}"


class Hold(NamedTuple):
    """For certain: taken before, given back after. In between two holds nobody knows."""
    begin_ns: int
    end_ns: int
    tid: int


class Facts:
    """All that one run has told."""

    def __init__(self, t, text):
        self.all = []
        for line in text.splitlines():
            found = FACT.match(line)
            if found:
                self.all.append(Fact(int(found[1]), int(found[2]), found[3]))
            else:
                t.check("ticket" in line or "oversold" in line, f"neither fact nor sum: {line!r}")
        self.all.sort()
        self.by_tid = defaultdict(list)
        for fact in self.all:
            self.by_tid[fact.tid].append(fact)
        self.address = {}       # of a lock, by name
        self.holds = defaultdict(list)
        for facts in self.by_tid.values():
            self._find_holds(facts)
        for holds in self.holds.values():
            holds.sort()

    def _find_holds(self, facts):
        since, depth = {}, defaultdict(int)     # by name: a lock may be taken twice
        for fact in facts:
            if found := HOLDS.match(fact.words):
                name = found[1]
                if found[2]:
                    self.address[name] = int(found[2], 16)
                since.setdefault(name, fact.ns)
                depth[name] += 1
            elif found := PUTS_BACK.match(fact.words):
                name = found[1]
                depth[name] -= 1
                if depth[name] == 0:
                    self.holds[name].append(Hold(since.pop(name), fact.ns, fact.tid))
        for name, begin_ns in since.items():
            self.holds[name].append(Hold(begin_ns, FOREVER, facts[0].tid))

    def next_of(self, fact):
        """The following fact of the same thread, or None."""
        facts = self.by_tid[fact.tid]
        index = bisect.bisect_right(facts, fact)
        return facts[index] if index < len(facts) else None

    def last_told(self, tid, ns, slack_ns):
        """
        What the thread may have told last before NS, which is known to SLACK_NS only: one
        fact, or several where the thread told something just then; none before its first.
        """
        facts = self.by_tid[tid]
        first = bisect.bisect_right(facts, ns - slack_ns, key=lambda fact: fact.ns)
        last = bisect.bisect_right(facts, ns + slack_ns, key=lambda fact: fact.ns)
        return facts[max(first - 1, 0):last]

    def may_hold(self, name, ns, slack_ns):
        """
        Who can hold a lock at NS: a set of thread ids, with None when it may be nobody.
        Between the last word of one holder and the first of the next it is either, or none.
        """
        holds = self.holds[name]
        index = bisect.bisect_right(holds, ns, key=lambda hold: hold.begin_ns)
        near = holds[max(index - 2, 0):index + 2]
        certain = [hold for hold in near
                   if hold.begin_ns + slack_ns <= ns <= hold.end_ns - slack_ns]
        if certain:
            return {hold.tid for hold in certain}
        before = holds[index - 1].tid if index else None
        after = [hold.tid for hold in holds[index:index + 1]]
        return {None, before, *after}
