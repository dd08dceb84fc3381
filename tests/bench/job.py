# SPDX-License-Identifier: GPL-2.0-only
"""One run of a load: its files and processes while it lasts, its figures afterwards."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from session import wait_for_exit

RUN_MAX_S = 180
SAMPLE_S = 0.02


class ToolFailed(Exception):
    """A run that gives no figure; the text is what the tool said last."""


def peak_kib(pid):
    """The peak resident set of a process that runs, since it began its program; else None."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return peak and int(peak[1])


class Job:
    """Use with `with`: the files of the run go with the block, and so do its processes."""

    def __init__(self, session, sample_memory=False):
        self.session = session
        self.out, self.trace, self.log = (session.dir / name for name in ("out", "trace", "log"))
        self.env = {**os.environ, "CTRACE_BENCH_OUT": str(self.out), "LC_ALL": "C.UTF-8"}
        self.sample_memory = sample_memory
        self.tracer_pid = None
        self.whole_ns = self.inner_ns = None
        self.peak_kib = self.lost_cnt = self.event_cnt = self.file_sz = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.end_children()
        for path in self.session.dir.glob("trace*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.out.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)

    def spawn(self, argv):
        """Start ARGV away from the terminal, so that Ctrl-C there reaches only the session."""
        with open(self.log, "ab") as log:
            return subprocess.Popen(argv, env=self.env, cwd=self.session.dir, stdout=log,
                                    stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    def wait(self, process):
        """Wait for a process that was spawned; its failure is the run's."""
        self.wait_for(lambda timeout_s: wait_for_exit(process.pid, timeout_s))
        if process.wait() != 0:
            raise ToolFailed(f"exit status {process.returncode}: {self.last_words()}")

    def wait_for(self, is_done, poll_s=RUN_MAX_S):
        """Call IS_DONE(seconds to wait) until it is true, and watch the tracer's memory."""
        deadline = time.monotonic() + RUN_MAX_S
        while not is_done(SAMPLE_S if self.sample_memory else poll_s):
            if self.sample_memory:
                self._note_memory()
            if time.monotonic() > deadline:
                raise ToolFailed(f"no end after {RUN_MAX_S} s")

    def _note_memory(self):
        self.peak_kib = peak_kib(self.tracer_pid) or self.peak_kib

    def messages(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def last_words(self):
        lines = [line.strip() for line in self.messages().splitlines() if line.strip()]
        return "; ".join(lines[-2:])[:90]

    def reported_ns(self):
        """The wall time that the load wrote, None as long as it has not."""
        text = self.out.read_text() if self.out.exists() else ""
        found = re.fullmatch(r"wall_ns (\d+)\n", text)
        return found and int(found[1])

    def read_file_sz(self):
        """Bytes of the trace, None where the tool writes none."""
        return self.trace.stat().st_size if self.trace.is_file() else None

    def read_wall_ns(self):
        wall_ns = self.reported_ns()
        if wall_ns is None:
            raise ToolFailed(self.last_words() or "the load did not come to its end")
        return wall_ns
