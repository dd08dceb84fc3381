# SPDX-License-Identifier: GPL-2.0-only
"""Recordings, real and made up: what it costs to write one, to open it, to find all of it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import rows
from job import SAMPLE_S, Job, ToolFailed, peak_kib
from session import wait_for_exit
from terminal import HEIGHT, WIDTH

SWITCHES_PER_ROUND = 2
SEED = 1
REPORTS = 3
SCREENS = 5
SCREEN_MAX_S = 20
LAST_WORDS = b"Space plays"     # of the line at the bottom, which is drawn last


class Recordings:
    def __init__(self, session, loads, ctrace, results):
        self.session = session
        self.loads = loads
        self.ctrace = ctrace            # the tool that records
        self.program = ctrace.needs[0]
        self.results = results
        self.path = session.dir / "recording"

    def measure(self, recording):
        """Make the recording, fill its column, remove it."""
        try:
            if recording.switches:
                self._record(recording)
            else:
                self._make_up(recording)
            self._read(recording)
        finally:
            self.path.unlink(missing_ok=True)

    def _record(self, recording):
        load = self.loads.argv("pipe", recording.switches // SWITCHES_PER_ROUND)
        with Job(self.session, sample_memory=True) as job:
            self.ctrace.run(job, load)
            job.trace.rename(self.path)
            if job.peak_kib:
                self.results.add(rows.REC_RECORDER, recording, job.peak_kib / 1024)

    def _make_up(self, recording):
        self._run([self.loads.program("synth"), self.path, recording.events, recording.threads,
                   SEED])

    def _read(self, recording):
        self.results.add(rows.REC_FILE, recording, self.path.stat().st_size / 2**20)
        for _ in range(SCREENS):
            self.results.add(rows.REC_SCREEN, recording, self._first_screen_ms())
        said = self._run([self.loads.program("look"), self.path])
        for row, name in rows.REC_LOOKS:
            self.results.add(row, recording, float(re.search(name + r" ([\d.]+)", said)[1]))
        for _ in range(REPORTS):
            seconds, peak_mib = self._report()
            self.results.add(rows.REC_REPORT, recording, seconds)
            self.results.add(rows.REC_MEMORY, recording, peak_mib)

    def _run(self, argv):
        done = subprocess.run([str(word) for word in argv], capture_output=True, text=True,
                              check=False)
        if done.returncode:
            raise ToolFailed(f"{argv[0]}: {done.stderr.strip()[-90:]}")
        return done.stdout

    def _report(self):
        """Wall time in seconds and peak memory in MiB of a whole report."""
        start, peak = time.monotonic(), 0
        process = subprocess.Popen([self.program, "report", self.path], stdout=subprocess.DEVNULL)
        while not wait_for_exit(process.pid, SAMPLE_S):
            peak = peak_kib(process.pid) or peak
        seconds = time.monotonic() - start
        if process.wait():
            raise ToolFailed(f"report: exit status {process.returncode}")
        return seconds, peak / 1024

    def _first_screen_ms(self):
        """From the command to the last words of the first picture, on a terminal of our own."""
        start = time.monotonic()
        pid, fd = pty.fork()
        if not pid:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
            os.environ["TERM"] = "xterm-256color"
            os.execv(self.program, [self.program, "replay", self.path])
        try:
            _read_until(fd, LAST_WORDS, start + SCREEN_MAX_S)
            return 1000 * (time.monotonic() - start)
        finally:
            _leave(pid, fd)


def _read_until(fd, word, deadline):
    seen = b""
    while word not in seen:
        if not select.select([fd], [], [], max(0, deadline - time.monotonic()))[0]:
            raise ToolFailed("no first screen")
        try:
            seen = seen[-len(word):] + os.read(fd, 1 << 16)
        except OSError:         # the other end is closed
            raise ToolFailed("ended without a screen") from None


def _leave(pid, fd):
    """Press q; what does not answer is ended when the terminal goes, at the latest."""
    try:
        os.write(fd, b"q")
    except OSError:
        pass                    # it has ended already
    deadline = time.monotonic() + SCREEN_MAX_S
    while not wait_for_exit(pid, 0) and time.monotonic() < deadline:
        if select.select([fd], [], [], 0.05)[0]:
            try:
                os.read(fd, 1 << 16)
            except OSError:
                break
    os.close(fd)
    os.waitpid(pid, 0)
