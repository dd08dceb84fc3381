#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel does not report: who is said to run and waits, or the other way round, is found."""

import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import lib
import unseen


class Program:
    """unseen.c, which does what it is told, also while nobody looks."""

    def __init__(self, t, begin):
        self.t = t
        self.file = t.dir / "word"
        self.file.write_text(begin)
        self.process = t.popen([t.compile("unseen", "-pthread"), self.file],
                               stdout=subprocess.PIPE)
        self.process.stdout.readline()
        self.pid = self.process.pid

    def turn(self, word, state):
        """To that word, while nobody looks; what the kernel calls it then."""
        with unseen.nobody_looks_at(self.pid):
            with open(self.file, "r+", encoding="ascii") as file:
                file.write(word)
            os.kill(self.pid, signal.SIGUSR1)  # ends a sleep, and nothing else
            self.t.wait_until(lambda: self.state() == state, f"the program to be {state}")

    def state(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0]

    def end(self):
        self.process.kill()
        self.process.communicate()


class Watch:
    """ctrace --plain -p: what it says last of the main thread."""

    def __init__(self, t, program):
        self.path = t.dir / "plain"
        self.out = open(self.path, "wb")
        self.pid = program.pid
        self.process = t.popen([lib.CTRACE, "--plain", "-p", str(program.pid)], stdout=self.out)
        t.wait_until(self.last, "the first line of it")

    def last(self):
        own = [line for line in self.path.read_text().splitlines() if f" {self.pid} " in line]
        return own[-1] if own else None

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.out.close()


def turned(t, begin, said, word, state, found):
    """It is where begin puts it, and said so; it goes where word sends it; that is found."""
    program = Program(t, begin)
    watch = Watch(t, program)
    t.wait_until(lambda: said in watch.last(), f"it to be {said}")
    time.sleep(0.3)
    program.turn(word, state)
    t.wait_until(lambda: found in watch.last(), f"{found} to be found, not {watch.last()}")
    watch.end()
    program.end()


def who_is_said_to_run_and_waits(t):
    turned(t, "r", " Running ", "s", "S", " Blocked ")


def who_is_said_to_wait_and_runs(t):
    turned(t, "s", " Blocked ", "r", "R", " Running ")


def deadlock_from(t, begin):
    program = Program(t, begin)
    check = t.popen([lib.CTRACE, "check", "--timeout", "20s", "-p", str(program.pid)],
                    stdout=subprocess.PIPE)
    time.sleep(0.8)
    program.turn("d", "S")
    out, err = check.communicate(timeout=lib.TIMEOUT_S)
    t.equal(check.returncode, 90, f"status ({out!r} {err!r})")
    t.check(b" waits for its " in out, f"its wait in {out!r}")
    program.end()


def a_deadlock_that_closed_while_nobody_looked(t):
    deadlock_from(t, "r")


def who_waits_for_something_else_than_before(t):
    deadlock_from(t, "s")


def main():
    lib.need_tracing(["gcc"])
    lib.main([
        who_is_said_to_run_and_waits,
        who_is_said_to_wait_and_runs,
        a_deadlock_that_closed_while_nobody_looked,
        who_waits_for_something_else_than_before,
    ])


if __name__ == "__main__":
    main()
