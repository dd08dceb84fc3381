#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each situation of the corpus gets the verdict that it deserves, and what is none never gets one."""

import contextlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(str(Path(__file__).resolve().parent / "corpus"))

import lib
from table import ALARMS, CASES, PROGRAMS, STATUS

LIVE = Path(__file__).resolve().parent
SOAK = bool(os.environ.get("SOAK"))
SOAK_RUNS = 200
AT_ONCE = 6             # most of them wait
PATIENCE_S = 10         # for an alarm
CALM_MS = 600           # so long nothing may be said
HUNG_AFTER_S = 0.4
LIMIT_S = 40


class Ran:
    """One run of ctrace: its status and its report."""

    def __init__(self, status, out, err):
        self.status = status
        self.err = err.decode(errors="replace").strip()
        try:
            self.verdict = json.loads(out)["verdict"]
        except (ValueError, KeyError):
            self.verdict = {"kind": None, "sentence": ""}

    def __str__(self):
        return f"status {self.status}, {self.verdict['kind']}: {self.verdict['sentence']} {self.err}"


@contextlib.contextmanager
def outside(stdin):
    """A descriptor to read from, whose other end is held here, where nothing is traced."""
    ends = [os.open("/dev/null", os.O_RDONLY)]
    if stdin == "pipe":
        ends = list(os.pipe())
    elif stdin == "terminal":
        ends = list(reversed(pty.openpty()))
    try:
        yield ends[0]
    finally:
        for fd in ends:
            os.close(fd)


def run_limited(argv, **options):
    """Run ARGV, which is ended with all its group when it takes too long."""
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True, **options)
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        err += b" (took too long)"
    return Ran(process.returncode, out, err)


@contextlib.contextmanager
def hung(argv, directory, stdin):
    """A program that has been waiting for a while."""
    process = subprocess.Popen(argv, cwd=directory, stdin=stdin, stdout=subprocess.DEVNULL,
                               start_new_session=True)
    time.sleep(HUNG_AFTER_S)
    try:
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Corpus:
    """All situations, built and run side by side at the first question; then their results."""

    def __init__(self, cases):
        self.cases = cases
        self.failures = {}      # by case
        self.path = {}          # of a program; None: it cannot be built here
        self.directory = None

    def build(self, program):
        path = self.directory / program
        argv = PROGRAMS[program].split()
        if not argv:
            self.path[program] = [sys.executable, str(LIVE / "corpus" / "locks.py")]
        elif not shutil.which(argv[0]):
            self.path[program] = None
        else:
            subprocess.run([*argv, "-o", str(path)], cwd=LIVE, check=True, capture_output=True)
            self.path[program] = [str(path)] if lib.can_execute(path, LIMIT_S) else None

    def argv(self, case):
        return [*self.path[case.program], *case.args.split()]

    def check(self, case, *options):
        limit = f"{PATIENCE_S}s" if case.kind in ALARMS else f"{CALM_MS}ms"
        if case.kind == "ends":
            limit = f"{PATIENCE_S}s"
        argv = [lib.CTRACE, "check", "-q", "--json", f"--timeout={limit}", "--report=/dev/fd/1"]
        return run_limited([*argv, *options[0]], cwd=self.directory, **options[1])

    def run_once(self, case):
        with outside(case.stdin) as stdin:
            if case.how == "launched":
                return self.check(case, ["--", *self.argv(case)], {"stdin": stdin})
            with hung(self.argv(case), self.directory, stdin) as pid:
                return self.check(case, ["-p", str(pid)], {"stdin": subprocess.DEVNULL})

    def judge(self, case, ran):
        """What is wrong with a run."""
        if ran.status not in STATUS[case.kind]:
            return f"expected {case.kind}: {ran}"
        missing = [word for word in case.says.split() if word not in ran.verdict["sentence"]]
        if missing:
            return f"nothing is said of {missing}: {ran}"
        return None

    def run(self, case):
        if self.path[case.program] is None:
            return []
        times = SOAK_RUNS if SOAK and case.kind not in ALARMS else 1
        wrong = (self.judge(case, self.run_once(case)) for _ in range(times))
        return list(filter(None, wrong))

    def run_all(self, directory):
        self.directory = directory
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self.build, {case.program for case in self.cases}))
            self.failures = dict(zip(self.cases, pool.map(self.run, self.cases)))

    def as_test(self, case):
        def test(t):
            if not self.path:
                self.run_all(t.dir)
            if self.path[case.program] is None:
                compiler = PROGRAMS[case.program].split()[0]
                t.note(f"skipped, no {compiler} or no kernel for it: {case.name()}")
            if case not in self.failures:
                self.failures[case] = self.run(case)
            for failure in self.failures[case]:
                t.check(False, failure)
            if case.kind in ALARMS:     # a false alarm is one, however seldom it comes
                del self.failures[case]
        test.__name__ = case.name()
        return test


def main():
    # Whoever runs this in the background may ignore it, and Python then sets up no handler.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    lib.need_tracing(["gcc", "g++"])
    wanted = [word for word in sys.argv[1:] if word != "--again"]
    cases = [case for case in CASES
             if not wanted or any(word in case.name() for word in wanted)]
    for case in filter(lambda case: case.needs, cases):
        print(f"note: not run, it needs {case.needs}: {case.name()}")
    corpus = Corpus([case for case in cases if not case.needs])
    lib.main([corpus.as_test(case) for case in corpus.cases])


if __name__ == "__main__":
    main()
