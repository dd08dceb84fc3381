# SPDX-License-Identifier: GPL-2.0-only
"""
The kernel's own log of scheduling (ftrace), taken beside ctrace as a second witness.

Some virtual machines lose trace points: code that was patched to call them runs in its old
form for a while on a processor that wakes up from idle, and then no tracer sees the event
(measured under PVM: up to 1 % of the switches from idle, the same ones for BPF, perf and
ftrace). What ctrace does not show is its fault only if the kernel has told somebody.
"""

import bisect
import ctypes
import os
import re
from collections import defaultdict
from pathlib import Path

CLONE_NEWNS = 0x20000
MS_REC_PRIVATE = 1 << 14 | 1 << 18
TRACING = Path("/sys/kernel/tracing")
EVENTS = ("sched_switch", "sched_waking", "sched_wakeup_new", "sched_process_exit")
BUFFER_KB = 16384
EVENT = re.compile(r"\[(\d+)\] \S+ +(\d+)\.(\d{6}): (\w+): (.*)$")
SWITCH = re.compile(r"prev_comm=.* prev_pid=(\d+) prev_prio=\d+ prev_state=(\S+) ==> "
                    r"next_comm=.* next_pid=(\d+) ")
PID = re.compile(r" pid=(\d+) prio=")
NEAR_US = 200       # ftrace and ctrace take their times one after the other


def prepare():
    """Mount tracefs for this process alone, where it is not mounted."""
    libc = ctypes.CDLL(None, use_errno=True)
    if (TRACING / "instances").is_dir():
        return
    if (libc.unshare(CLONE_NEWNS) == 0
            and libc.mount(None, b"/", None, MS_REC_PRIVATE, None) == 0):
        libc.mount(b"tracefs", str(TRACING).encode(), b"tracefs", 0, None)


def instance():
    """The directory of our own log; there is one at a time."""
    return TRACING / "instances" / f"ctrace-live-{os.getpid()}"


def remove():
    """End a log that nobody will read."""
    try:
        instance().rmdir()
    except OSError:
        pass


class KernelLog:
    """Use with `with`; afterwards ask it. Without tracefs it knows nothing, and excuses nothing."""

    def __init__(self):
        self.instance = instance()
        self.text = ""
        self.events = None      # tid: [(us, what)]

    def __enter__(self):
        try:
            self.instance.mkdir()
            self._set("trace_clock", "mono")
            self._set("buffer_size_kb", BUFFER_KB)
            for event in EVENTS:
                self._set(f"events/sched/{event}/enable", 1)
            self._set("options/event-fork", 1)
        except OSError:
            remove()
        return self

    def watching(self, argv):
        """ARGV, begun in such a way that it and all that it starts is logged."""
        if not self.instance.is_dir():
            return argv
        return ["sh", "-c", 'echo $$ >"$0" && exec "$@"', self.instance / "set_event_pid", *argv]

    def __exit__(self, *_):
        try:
            self._set("tracing_on", 0)
            text = (self.instance / "trace").read_text(encoding="utf-8", errors="replace")
            if not self._has_lost():
                self.text = text
        except OSError:
            pass
        remove()

    def _set(self, name, value):
        (self.instance / name).write_text(str(value), encoding="ascii")

    def _has_lost(self):
        return any(re.search(r"^(overrun|dropped events): [1-9]", stats.read_text(), re.MULTILINE)
                   for stats in self.instance.glob("per_cpu/cpu*/stats"))

    def _parse(self):
        self.events = defaultdict(list)
        for line in self.text.splitlines():
            found = EVENT.search(line)
            if not found:
                continue
            us = int(found[2]) * 1000000 + int(found[3])
            for tid, what in _events_of(found[4], found[5]):
                self.events[tid].append((us, what))

    def _nearest(self, tid, what, ns):
        """The index of the event WHAT of a thread that is nearest to NS, or None."""
        if self.events is None:
            self._parse()
        events = self.events[tid]
        index = bisect.bisect_left(events, (ns // 1000, ""))
        found = [i for i in range(max(index - 4, 0), min(index + 4, len(events)))
                 if events[i][1] == what and abs(events[i][0] - ns // 1000) <= NEAR_US]
        return min(found, key=lambda i: abs(events[i][0] - ns // 1000), default=None)

    def told_before(self, tid, what, ns, expected, since):
        """
        Did the kernel tell that EXPECTED happened to the thread before the event WHAT at NS,
        later than any event of the kinds SINCE? True also when nothing is known of either.
        """
        index = self._nearest(tid, what, ns)
        if index is None:
            return True
        for _, kind in reversed(self.events[tid][:index]):
            if kind == expected:
                return True
            if kind in since:
                return False
        return False

    def has_gaps(self):
        """Did a thread leave a processor twice without having got one in between?"""
        if self.events is None:
            self._parse()
        return any("out" == one == two for events in self.events.values()
                   for one, two in _pairs([what for _, what in events if what in ("in", "out")]))

    def dark(self, ours):
        """
        The stretches (begin, end in ns) in which a processor did what was not reported: one of
        the threads OURS leaves where another one had come, or is not seen to leave. None when
        there is no log. What neither OURS leave nor get is not logged.
        """
        if not self.text:
            return None
        came, stretches = {}, []
        for line in self.text.splitlines():
            found = EVENT.search(line)
            if not found:
                continue
            cpu, ns = int(found[1]), (int(found[2]) * 1000000 + int(found[3])) * 1000
            if found[4] == "sched_process_exit":
                came.pop(cpu, None)     # from here on it is nobody that is logged
            switch = SWITCH.search(found[5]) if found[4] == "sched_switch" else None
            if not switch:
                continue
            left, got = int(switch[1]), int(switch[3])
            came_ns, expected = came.get(cpu, (ns, left))
            if left != expected and (left in ours or expected in ours):
                stretches.append((came_ns - 1000 * NEAR_US, ns + 1000 * NEAR_US))
            came[cpu] = ns, got
        return stretches

    def was_running(self, tid, ns):
        """Was the last that it told of the thread before NS that it runs? None: it cannot tell."""
        if self.events is None:
            self._parse()
        events = self.events[tid]
        index = bisect.bisect_right(events, (ns // 1000, "~"))
        if index == 0:
            return None
        switches = [what for _, what in events[:index] if what in ("in", "out")]
        return bool(switches) and switches[-1] == "in"


def _pairs(sequence):
    return zip(sequence, sequence[1:])


def machine_has_gaps(t, tries=8, known=[]):     # pylint: disable=dangerous-default-value
    """Try, once, whether this machine loses trace points; True when it was seen to."""
    while not known and tries:
        tries -= 1
        with KernelLog() as log:
            t.run(*log.watching([t.compile("sleeper")]))
        if log.has_gaps():
            known.append(True)
    if not known:
        known.append(False)
    return known[0]


def _events_of(name, text):
    if name == "sched_switch":
        found = SWITCH.search(text)
        return [(int(found[1]), "out"), (int(found[3]), "in")] if found else []
    found = PID.search(text)
    if name == "sched_process_exit":
        found = re.search(r" pid=(\d+)", text)
    return [(int(found[1]), name.removeprefix("sched_"))] if found else []
