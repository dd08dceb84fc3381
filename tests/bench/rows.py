# SPDX-License-Identifier: GPL-2.0-only
"""What is measured: the rows of the table, how large each load is, and what ctrace must reach."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    """The range that a figure, as it is printed, must lie in."""
    low: float
    high: float
    text: str

    def verdict(self, figure):
        return "met" if self.low <= figure <= self.high else "MISSED"


def at_most(text):
    return Goal(float("-inf"), float(text), f"<={text}")


def close_to_one(text):
    return Goal(1 - float(text), 1 + float(text), f"1+-{text}")


NONE = Goal(0, 0, "=0")


@dataclass(frozen=True)
class Row:
    name: str                   # for --only
    label: str
    form: str                   # how a figure is written
    goals: dict = field(default_factory=dict)   # tool: Goal
    size: int = 0               # what a load is told to do, and with --quick
    quick: int = 0


PIPE = Row("pipe", "pipe1cpu", "{:.2f}", {"ctrace": at_most("1.18"), "live": at_most("1.25")},
           size=90_000, quick=9_000)
CONDVAR = Row("condvar", "condvar1cpu", "{:.2f}", {"ctrace": at_most("1.25")},
              size=120_000, quick=12_000)
LOADS = [
    PIPE,
    CONDVAR,
    Row("sysc", "sysc1cpu", "{:.2f}", {"ctrace": close_to_one("0.03")},
        size=3_000_000, quick=300_000),
    Row("mutex", "mutex", "{:.2f}", {"ctrace": close_to_one("0.03")},
        size=32_000_000, quick=3_200_000),
    Row("threads", "threads", "{:.2f}", {"ctrace": at_most("1.20")},
        size=30_000, quick=3_000),
]

LOST = Row("lost", "events lost", "{:.0f}", {"ctrace": NONE, "live": NONE})
STARTUP = Row("startup", "start+end, ms", "{:z.0f}", {"ctrace": at_most("150")})
MEMORY = Row("memory", "memory, MiB", "{:.1f}", {"ctrace": at_most("64")})
REST = Row("rest", "at rest, CPU %", "{:.1f}", {"live": at_most("2")})
KEY = Row("many", "1000: key, ms", "{:.0f}", {"live": at_most("50")})
FRAME = Row("many", "1000: frame, ms", "{:.1f}", {"live": at_most("10")})
BUSY = Row("many", "1000: CPU %", "{:.1f}")

BLOCKED = Row("inspector", "1000 blocked: CPU %", "{:.2f}")
BLOCKED_WORKERS = Row("inspector", "1000 blocked: inspector %", "{:.2f}", {"ctrace": at_most("1")})
SHORT_WORKERS = Row("inspector", "short waits: inspector %", "{:.2f}", {"ctrace": NONE})

PIPE_BYTES = Row("file", "pipe1cpu: B/event", "{:.2f}", {"ctrace": at_most("3")})
CONDVAR_BYTES = Row("file", "condvar1cpu: B/event", "{:.2f}", {"ctrace": at_most("5")})
PIPE_FILE = Row("file", "pipe1cpu: file, MiB", "{:.2f}")

ROWS = [*LOADS, LOST, STARTUP, MEMORY, REST, KEY, FRAME, BUSY,
        BLOCKED, BLOCKED_WORKERS, SHORT_WORKERS, PIPE_BYTES, CONDVAR_BYTES, PIPE_FILE]


@dataclass(frozen=True)
class Recording:
    """A column of the second table: switches of a pipe, recorded, or events that are made up."""
    name: str
    switches: int = 0
    events: int = 0
    threads: int = 0


LONG = Recording("5M switches", switches=5_000_000)
RECORDINGS = [
    LONG,
    Recording("1M x 10", events=1_000_000, threads=10),
    Recording("10M x 10", events=10_000_000, threads=10),
    Recording("100M x 10", events=100_000_000, threads=10),
    Recording("1M x 1000", events=1_000_000, threads=1000),
    Recording("10M x 1000", events=10_000_000, threads=1000),
    Recording("1M x 10000", events=1_000_000, threads=10_000),
    Recording("10M x 10000", events=10_000_000, threads=10_000),
]
QUICK_RECORDINGS = [
    Recording("20k switches", switches=20_000),
    Recording("100k x 10", events=100_000, threads=10),
    Recording("100k x 1000", events=100_000, threads=1000),
]


def everywhere(goal):
    return {recording.name: goal for recording in RECORDINGS}


REC_RECORDER = Row("recordings", "recorder, MiB", "{:.1f}", {LONG.name: at_most("64")})
REC_FILE = Row("recordings", "file, MiB", "{:.1f}")
REC_SCREEN = Row("recordings", "first screen, ms", "{:.0f}", everywhere(at_most("100")))
REC_LOOKS = [   # and what recordings/look.c calls it
    (Row("recordings", f"{what}, {kind}, ms", "{:.1f}", everywhere(at_most(most))),
     f"{kind} {what}_ms")
    for what, most in (("seek", "50"), ("frame", "16")) for kind in ("threads", "CPUs", "locks")]
REC_REPORT = Row("recordings", "report, s", "{:.2f}", {LONG.name: at_most("1")})
REC_MEMORY = Row("recordings", "report, MiB", "{:.1f}", {LONG.name: at_most("100")})
RECORDING_ROWS = [REC_RECORDER, REC_FILE, REC_SCREEN, *(row for row, _ in REC_LOOKS), REC_REPORT,
                  REC_MEMORY]

NAMES = list(dict.fromkeys(row.name for row in ROWS + RECORDING_ROWS if row is not LOST))
