# SPDX-License-Identifier: GPL-2.0-only
"""Measurements of a live screen: what it costs, and how soon it answers a key."""

import os
import re
import time
from contextlib import contextmanager
from pathlib import Path

from job import Job, ToolFailed
from terminal import Terminal

SETTLE_S = 2
ANSWER_MAX_S = 2
POLL_S = 0.002
QUIT_MAX_S = 5
TICK_S = 1 / os.sysconf("SC_CLK_TCK")

# A screen that follows a live program changes all the time, so the key must be
# one whose answer cannot be taken for anything else: help, a page of new words.
KEY, KEY_BACK = "?", "Escape"
NEW_WORDS_MIN = 5

# The cost of a frame only ctrace knows: with -v it says so at the end.
FRAME_COST = re.compile(r"frame\D*([\d.]+) ms")


@contextmanager
def open_screen(session, tool, load):
    """Draw LOAD in a terminal and let the picture settle; yields terminal and job."""
    with Job(session) as job, Terminal(session.dir) as terminal:
        terminal.start(tool.argv(job) + load, job.log, job.env)
        time.sleep(SETTLE_S)
        if not terminal.is_running():
            raise ToolFailed(job.last_words() or "ended by itself")
        yield terminal, job
        terminal.quit(QUIT_MAX_S)


def cpu_percent(pid, seconds):
    """The share of one CPU that a process takes from now on."""
    start = _cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (_cpu_s(pid) - start[0]) / (time.monotonic() - start[1])


def _cpu_s(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        raise ToolFailed("ended by itself") from None
    return (int(fields[11]) + int(fields[12])) * TICK_S     # utime, stime


def cpu_at_rest(session, tool, load, seconds):
    with open_screen(session, tool, load) as (terminal, _):
        return cpu_percent(terminal.pid, seconds)


class Busy:
    """A screen with very many threads: key_ms, cpu_percent, and frame_ms where it is told."""

    def __init__(self, session, tool, load, keys):
        with open_screen(session, tool, load) as (terminal, job):
            self.cpu_percent = cpu_percent(terminal.pid, 2)
            self.key_ms = [self._answer_ms(terminal) for _ in range(keys)]
            terminal.quit(QUIT_MAX_S)
            told = FRAME_COST.search(job.messages())
            self.frame_ms = float(told[1]) if told else None

    def _answer_ms(self, terminal):
        usual = set()
        for _ in range(5):
            usual |= _words(terminal)
            time.sleep(0.05)
        start = time.monotonic()
        terminal.press(KEY)
        _await(lambda: len(_words(terminal) - usual) >= NEW_WORDS_MIN, KEY)
        answer_ms = 1000 * (time.monotonic() - start)
        terminal.press(KEY_BACK)
        _await(lambda: len(_words(terminal) - usual) < NEW_WORDS_MIN, KEY_BACK)
        return answer_ms


def _words(terminal):
    return set(re.findall("[A-Za-z]{3,}", terminal.text()))


def _await(is_true, key):
    deadline = time.monotonic() + ANSWER_MAX_S
    while not is_true():
        if time.monotonic() > deadline:
            raise ToolFailed(f"no answer to key {key} within {ANSWER_MAX_S} s")
        time.sleep(POLL_S)
