# SPDX-License-Identifier: GPL-2.0-only
"""The tools that are compared: the list of them, and the three ways one meets a load."""

import math
import os
import re
import shutil
import signal
import time
from pathlib import Path

from job import ToolFailed
from session import wait_for_exit
from terminal import Terminal

READY_MAX_S = 10
QUIT_MAX_S = 5
POLL_S = 0.02

OUT = Path(__file__).parents[2] / os.environ.get("OUT", "build")
CTRACE = str(OUT / "ctrace")
LIMIT = str(OUT / "tests/bench/limit/limit")

SCHED_EVENTS = ["sched:sched_switch", "sched:sched_waking",
                "sched:sched_process_fork", "sched:sched_process_exit"]
WAIT_EVENTS = [f"syscalls:sys_{side}_{call}"
               for call in ("futex", "epoll_wait") for side in ("enter", "exit")]
FUNCTION_TRACER_FILES = ["/proc/sys/kernel/ftrace_enabled",
                         *(f"/sys/kernel/tracing/set_ftrace_{what}"
                           for what in ("pid", "notrace_pid", "filter", "notrace"))]
EVENT_OPTIONS = [word for event in SCHED_EVENTS + WAIT_EVENTS for word in ("-e", event)]


class Tool:
    """Starts the load itself: COMMAND LOAD..."""

    has_screen = False

    def __init__(self, name, command, needs=(), lost=None, lost_unsaid=math.nan, hides=(),
                 events=None):
        self.name = name
        self.command = command
        self.needs = needs              # programs, the tool itself first
        self.lost = lost                # how it says how many events were lost
        self.lost_unsaid = lost_unsaid  # what it means when it does not
        self.hides = hides              # files it must not see where it does not start otherwise
        self.events = events            # how it says how many events it has recorded

    def missing(self):
        """The first program that is needed and not installed, or None."""
        return next((program for program in self.needs if not shutil.which(program)), None)

    def argv(self, job):
        return [str(job.trace) if word == "FILE" else word for word in self.command]

    def run(self, job, load):
        start_ns = time.monotonic_ns()
        process = job.spawn(self.argv(job) + load)
        job.tracer_pid = process.pid
        job.wait(process)
        job.whole_ns = time.monotonic_ns() - start_ns

    def lost_count(self, messages):
        """Lost events as the tool's MESSAGES tell, NaN where they do not; None: it never does."""
        if not self.lost:
            return None
        lost_cnt = _last_number(self.lost, messages)
        return self.lost_unsaid if lost_cnt is None else lost_cnt

    def event_count(self, messages):
        """Events in the trace as the tool's MESSAGES tell, or None."""
        return _last_number(self.events, messages) if self.events else None


def _last_number(pattern, messages):
    found = re.findall(pattern, messages)
    return int(found[-1].replace(",", "")) if found else None


class SystemTool(Tool):
    """Watches the whole machine while the load runs beside it, until it is interrupted."""

    READY = "Running"

    def run(self, job, load):
        start_ns = time.monotonic_ns()
        tracer = job.spawn(self.argv(job))
        job.tracer_pid = tracer.pid
        self._await_ready(job, tracer)
        job.wait(job.spawn(load))
        tracer.send_signal(signal.SIGINT)
        job.wait(tracer)
        job.whole_ns = time.monotonic_ns() - start_ns

    def _await_ready(self, job, tracer):
        deadline = time.monotonic() + READY_MAX_S
        while self.READY not in job.messages():
            if wait_for_exit(tracer.pid, POLL_S) or time.monotonic() > deadline:
                raise ToolFailed(job.last_words() or f"not ready after {READY_MAX_S} s")


class ScreenTool(Tool):
    """Starts the load itself and draws it in a terminal, until q is pressed."""

    has_screen = True

    def run(self, job, load):
        with Terminal(job.session.dir) as terminal:
            job.tracer_pid = terminal.start(self.argv(job) + load, job.log, job.env)
            job.wait_for(lambda timeout_s: job.reported_ns()
                         or wait_for_exit(job.tracer_pid, min(timeout_s, POLL_S)))
            if not terminal.quit(QUIT_MAX_S):
                raise ToolFailed("does not end when q is pressed")


def list_tools(ctrace=CTRACE):
    """Every tool, in the order of the table; FILE is where the trace goes."""
    said = {"lost": r"([\d,]+) lost"}
    perf_said = {"lost": r"lost (\d+) chunks", "lost_unsaid": 0}
    return [
        Tool("bare", []),
        Tool("limit", [LIMIT], needs=[LIMIT], **said),
        Tool("ctrace", [ctrace, "record", "-o", "FILE"], needs=[ctrace],
             events=r"([\d,]+) events", **said),
        ScreenTool("live", [ctrace, "-v"], needs=[ctrace, "tmux"], **said),
        Tool("perf-sched", ["perf", "sched", "record", "-o", "FILE"], needs=["perf"], **perf_said),
        Tool("perf-record", ["perf", "record", "-o", "FILE", *EVENT_OPTIONS],
             needs=["perf"], **perf_said),
        Tool("trace-cmd", ["trace-cmd", "record", "-o", "FILE", *EVENT_OPTIONS],
             needs=["trace-cmd"],
             hides=FUNCTION_TRACER_FILES),
        SystemTool("wprof", ["stdbuf", "-oL", "wprof", "-d600000", "-D", "FILE"],
                   needs=["wprof", "stdbuf"]),
    ]
