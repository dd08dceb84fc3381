#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every way to leave the screen: the terminal is what it was, and nobody stays behind."""

import os
import signal
import sys
import time

sys.dont_write_bytecode = True

import leftovers
import lib
from terminal import Terminal, nobody_is_left_but, pid_of_ctrace, start

SLOW = ["sleep", "30"]


def the_status_is_that_of_the_program(t):
    for script, status in (("exit 7", 7), ("kill -9 $$", 137), ("exit 0", 0)):
        with Terminal(t) as term:
            line = start(term, "sh", "-c", f"sleep 0.2; {script}")
            term.wait_for(r"ended|killed", "the end of the program")
            term.press("q")
            t.equal(line.finish(), status, f"status of {script}")


def a_program_that_is_killed_is_said(t):
    with Terminal(t) as term:
        line = start(term, *SLOW)
        pid = t.wait_until(lambda: leftovers.find_descendant(lambda p, n, _: n == "sleep"), "sleep")
        os.kill(pid, signal.SIGKILL)
        term.wait_for(r"killed by signal 9", "how it ended")
        term.press("q")
        t.equal(line.finish(), 137, "status")


def signals_give_the_terminal_back(t):
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT:
        with Terminal(t) as term:
            line = start(term, *SLOW)
            os.kill(pid_of_ctrace(t), number)
            t.check(line.finish() is not None, f"{number.name} did not end it")
            nobody_is_left_but(t)


def twice_control_c_leaves(t):
    with Terminal(t) as term:
        line = start(term, *SLOW)
        term.press("C-c")
        time.sleep(0.3)
        t.check(not line.has_ended(), "one ^C ended it")
        term.press("C-c", "C-c")
        line.finish()
        nobody_is_left_but(t)


def suspended_and_continued(t):
    with Terminal(t) as term:
        term.shell("set -m").finish()
        term.type(" ".join([lib.CTRACE, *lib.need_workloads("forks")]))
        before = term.modes()
        term.press("Enter")
        term.wait_for("DEADLOCK", "deadlock")
        for _ in range(2):
            term.press("C-z")
            term.wait_for("Stopped", "what the shell says of a stopped job")
            t.equal(term.modes(), before, "modes of the terminal while suspended")
            line = term.shell("true")
            line.finish()
            term.type("fg")
            term.press("Enter")
            term.wait_for(r"LIVE[^$]*DEADLOCK", "screen after fg")
        term.press("q")
        t.wait_until(lambda: term.modes() == before, "the terminal as it was")
        term.shell("true").finish()
        nobody_is_left_but(t)


def a_terminal_that_is_closed(t):
    """The window is closed: ctrace goes, and the program is told by SIGHUP."""
    for program in (SLOW, lib.need_workloads("forks")):
        with Terminal(t) as term:
            start(term, *program)
            pid = pid_of_ctrace(t)
            term.tmux("kill-pane")
            t.check(leftovers.wait_for_exit(pid, 3), "ctrace lives on without a terminal")
            nobody_is_left_but(t)


def ctrace_is_killed(t):
    """SIGKILL: the terminal cannot be restored then, but nobody stays behind."""
    before = leftovers.bpf_objects()
    with Terminal(t) as term:
        start(term, *SLOW)
        os.kill(pid_of_ctrace(t), signal.SIGKILL)
        nobody_is_left_but(t)
    t.equal(leftovers.wait_for_bpf_objects_to_go(before), [], "BPF objects left")


def main():
    lib.need_tracing(["tmux", "stty"])
    lib.need_workloads("forks")
    lib.main([
        the_status_is_that_of_the_program,
        a_program_that_is_killed_is_said,
        signals_give_the_terminal_back,
        twice_control_c_leaves,
        suspended_and_continued,
        a_terminal_that_is_closed,
        ctrace_is_killed,
    ])


if __name__ == "__main__":
    main()
