# SPDX-License-Identifier: GPL-2.0-only
"""The lines of `ctrace --plain`, read back: states, periods, the rules that they must obey."""

import bisect
import os
import re
import subprocess
import tempfile
import threading
from collections import defaultdict
from typing import NamedTuple

import leftovers
import lib
from kernel_log import KernelLog, machine_has_gaps

STATES = {"Unknown", "New", "Ready", "Running", "Blocked", "Stopped", "Zombie", "Dead"}
# What may follow. A first line is New for a thread that was created, else Unknown; the story of
# the program itself begins when it runs.
GRAMMAR = {
    None: {"New", "Unknown", "Running"},
    "Unknown": STATES - {"New"},
    "New": {"Ready"},
    "Ready": {"Running"},
    # Unknown: another thread is seen to be where it ran, so it has left unseen.
    "Running": {"Ready", "Blocked", "Stopped", "Zombie", "Dead", "Unknown"},
    "Blocked": {"Ready"},
    "Stopped": {"Ready"},
    "Zombie": {"Dead"},
    "Dead": {"New"},        # the number was used again
    "Lost": STATES,
}
CLOSING = re.compile(r"^ctrace: ([\d,]+) events, ([\d,]+) lost, ", re.MULTILINE)
HELD_BY = re.compile(r" held by .* \((\d+), read\)$")
LEARNED = re.compile(r" woken before by .* \((\d+), learned, (\d+) of (\d+)\)$")
ADDRESS = re.compile(r"^\S+ 0x([0-9a-f]+)")
HALF_US = 500       # ns: the lines give microseconds, rounded
BEGIN_WITHIN_NS = 50000


class Line(NamedTuple):
    us: int
    tid: int            # 0: nobody, events were lost
    name: str
    state: str
    detail: str

    def __str__(self):
        return f"{self.us / 1e6:.6f} {self.tid} {self.name} {self.state} {self.detail}"

    def reason(self):
        return self.detail.split(" ")[0]

    def address(self):
        found = ADDRESS.match(self.detail)
        return int(found[1], 16) if found else None

    def owner(self):
        found = HELD_BY.search(self.detail)
        return int(found[1]) if found else None

    def wait(self):
        """What it waits for, without who woke such waits before."""
        return LEARNED.sub("", self.detail)

    def learned(self):
        """Who woke waits there before, how often, of how many; or None."""
        found = LEARNED.search(self.detail)
        return tuple(map(int, found.groups())) if found else None


class Period(NamedTuple):
    begin_ns: int
    end_ns: int
    line: Line


def parse_line(raw):
    """A Line, or None when the columns are not where they have to be."""
    time, tid, name, state = raw[:13], raw[14:21], raw[22:37], raw[38:46]
    if not re.fullmatch(rb" *\d+\.\d{6}", time) or raw[13:14] != b" ":
        return None
    state = state.strip().decode(errors="replace")
    if tid.strip() == b"-" and state == "Lost":
        return Line(int(time.replace(b".", b"")), 0, "-", state, raw[47:].decode())
    if not tid.strip().isdigit() or state not in STATES:
        return None
    return Line(int(time.replace(b".", b"")), int(tid), name.decode().rstrip(" "), state,
                raw[47:].decode())


class Plain:
    """One run of `ctrace --plain`: the lines, the program's own output, how it ended."""

    def __init__(self, t, result, out=b"", stamps=(), log=None):
        self.result = result
        self.out = out
        self.log = log or KernelLog()
        self.unreported = []    # lines before which the kernel did not tell what happened
        self.lines = []
        for raw in result.out.splitlines():
            line = parse_line(raw)
            if t.check(line, f"this is no line of ctrace --plain: {raw!r}"):
                self.lines.append(line)
        self.by_tid = defaultdict(list)
        for i, line in enumerate(self.lines):
            if line.state == "Lost":
                self._forget_states(self.lines[max(i - 1, 0)].us)
            else:
                self.by_tid[line.tid].append(line)
        self.begin_ns, self.slack_ns = _find_begin(t, self.lines, stamps) if stamps else (0, 0)

    def _forget_states(self, us):
        """Events were lost: from the last that was not nothing is known of anybody."""
        for tid, lines in self.by_tid.items():
            if lines[-1].state not in ("Zombie", "Dead", "Unknown"):
                lines.append(Line(us, tid, lines[-1].name, "Unknown", "lost"))

    def lost(self):
        """The number in the closing line, -1 without one."""
        found = CLOSING.search(self.result.err)
        return int(found[2].replace(",", "")) if found else -1

    def at_ns(self, line):
        return self.begin_ns + 1000 * line.us

    def periods(self, tid):
        """What the thread was, from when to when; the last one does not end."""
        lines = self.by_tid[tid]
        ends = [self.at_ns(line) for line in lines[1:]] + [1 << 63]
        return [Period(self.at_ns(line), end, line) for line, end in zip(lines, ends)]

    def threads(self):
        return sorted(self.by_tid)


def _find_begin(t, lines, stamps):
    """
    CLOCK_MONOTONIC at 0.000000, and how far off that may be: every sleep of anchor.c
    begins after its first stamp and has ended before its second. No two neighbours are
    of one length, so only the right begin fits nearly all of them.
    """
    main = next(line.tid for line in lines)
    mine = [line for line in lines if line.tid == main]
    sleeps = [(line, mine[i + 2]) for i, line in enumerate(mine[:-2])
              if line.state == "Blocked" and line.reason() == "sleep"][:len(stamps) + 1]
    fits = [(before_ns - 1000 * blocked.us - HALF_US, after_ns - 1000 * running.us + HALF_US)
            for before_ns, after_ns in stamps for blocked, running in sleeps]
    fits = [(low, high) for low, high in fits if 0 <= high - low < BEGIN_WITHIN_NS]
    _, at = max((sum(low <= at <= high for low, high in fits), at) for at, _ in fits or [(0, 0)])
    best = [(low, high) for low, high in fits if low <= at <= high]
    if not t.check(len(best) > len(stamps) * 3 // 4,
                   f"no begin of the trace fits its sleeps, only {len(best)} of {len(stamps)}"):
        return 0, 0
    low, high = max(low for low, _ in best), min(high for _, high in best)
    return (low + high) // 2, (high - low) // 2


class Pipe:
    """A pipe of its own for what the program writes: lines of ctrace go elsewhere."""

    def __init__(self):
        self.read_fd, self.write_fd = os.pipe()
        self.data = b""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with open(self.read_fd, "rb") as file:
            self.data = file.read()

    def finish(self):
        """All that was written, once nobody can write any more."""
        os.close(self.write_fd)
        self.reader.join()
        return self.data


class Started:
    """A program under `ctrace --plain` that goes on; finish() when it has ended."""

    def __init__(self, t, argv, options=(), before=()):
        self.t = t
        self.stamps = t.dir / "stamps"
        self.stamps.write_text("")
        anchor = t.compile("anchor")
        self.pipe = Pipe()
        self.lines = tempfile.TemporaryFile(dir=t.dir)
        self.log = KernelLog().__enter__()
        self.process = t.popen(
            self.log.watching([*before, lib.CTRACE, "--plain", *options, "bash", "-c",
                               'exec "$@" >&$0', self.pipe.write_fd, anchor, self.stamps, *argv]),
            pass_fds=[self.pipe.write_fd], stdout=self.lines)

    def finish(self, timeout_s=lib.TIMEOUT_S):
        """What there is to be known of it; err is what nobody has read from stderr yet."""
        try:
            _, err = self.process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.t.check(False, f"took more than {timeout_s} s: {self.process.args}")
            leftovers.end_children()
            _, err = self.process.communicate()
        self.log.__exit__()
        self.lines.seek(0)
        result = lib.Result(self.process.returncode, self.lines.read(), err)
        self.lines.close()
        out = self.pipe.finish()
        pairs = [tuple(map(int, line.split())) for line in self.stamps.read_text().splitlines()]
        self.t.check(pairs, f"the program did not start: {result}")
        return Plain(self.t, result, out, pairs, self.log)


def run(t, argv, options=()):
    """Trace ARGV to its end."""
    return Started(t, argv, options).finish()


def _kernel_told(t, plain, line, before):
    """Did the kernel tell anybody of the step that is missing between BEFORE and LINE?"""
    ns = plain.at_ns(line)
    if line.state == "Running":
        missing = "wakeup_new" if before == "New" else "waking"
        told = plain.log.told_before(line.tid, "in", ns, missing, ("in", "out"))
    else:
        told = plain.log.told_before(line.tid, "out", ns, "in", ("out",))
    return told and not plain.log.has_gaps() and not machine_has_gaps(t)


def _check_step(t, plain, line, before):
    if line.state in GRAMMAR[before]:
        return
    # A step that is left out can be the kernel's fault; one that cannot be, never.
    is_gap = before != "Dead" and line.state in ("Running", *GRAMMAR["Running"])
    if is_gap and not _kernel_told(t, plain, line, before):
        plain.unreported.append(line)
    else:
        t.check(False, f"{line.state} cannot follow {before}: {line}")


def check_order(t, plain):
    """Times never run backwards; with no loss every thread obeys the grammar."""
    t.check(plain.lines, f"no lines: {plain.result}")
    previous = None
    last = defaultdict(lambda: None)
    for line in plain.lines:
        t.check(previous is None or line.us >= previous.us,
                f"time runs backwards: {previous} before {line}")
        previous = line
        if line.state == "Lost":
            last = defaultdict(lambda: "Lost")
            continue
        _check_step(t, plain, line, last[line.tid])
        last[line.tid] = line.state
    few = 3 + len(plain.lines) // 100
    t.check(len(plain.unreported) <= few,
            f"{len(plain.unreported)} of {len(plain.lines)} steps are missing, more than a "
            f"machine loses: {plain.unreported[0] if plain.unreported else ''}")
    if plain.unreported:
        t.note(f"{len(plain.unreported)} steps that this machine did not report")
    return dict(last)


def check_cpus(t, plain):
    """A CPU runs one thread at a time, a thread runs on one CPU, on one that is there."""
    running = {}
    for line in plain.lines:
        if line.state == "Lost":
            running = {}
        cpu = next((c for c, tid in running.items() if tid == line.tid), None)
        if cpu is not None and line.state != "Running":
            del running[cpu]
        if line.state != "Running":
            continue
        cpu = int(line.detail.removeprefix("CPU "))
        t.check(cpu not in running, f"two threads run on one CPU: {running.get(cpu)} and {line}")
        t.check(cpu < (os.cpu_count() or 1), f"there is no such CPU: {line}")
        running[cpu] = line.tid


def check_all_ended(t, last):
    """A program that has ended leaves nobody behind."""
    alive = {tid: state for tid, state in last.items() if state not in ("Dead", "Zombie")}
    t.check(not alive, f"still alive at the end: {alive}")


def check(t, plain, may_lose=False):
    """All that must hold of any run that has ended."""
    last = check_order(t, plain)
    check_cpus(t, plain)
    if may_lose:
        t.check(plain.lost() > 0, f"nothing was lost ({plain.result})")
    else:
        check_all_ended(t, last)
        t.equal(plain.lost(), 0, f"events lost ({plain.result})")
    return last


def period_at(periods, ns):
    """The index of the period that NS falls in, or None before the first."""
    index = bisect.bisect_right(periods, ns, key=lambda period: period.begin_ns) - 1
    return index if index >= 0 else None


def blocked(plain, tid, begin_ns, end_ns):
    """The Blocked periods of a thread that begin between the two times."""
    return [period for period in plain.periods(tid)
            if period.line.state == "Blocked" and begin_ns <= period.begin_ns < end_ns]


