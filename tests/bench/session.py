# SPDX-License-Identifier: GPL-2.0-only
"""Where a benchmark works: its directory, mounts and processes, and how all of them go."""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
CLONE_NEWNS = 0x20000
TRACING_ON = Path("/sys/kernel/tracing/tracing_on")
MS_REC_PRIVATE = 1 << 14 | 1 << 18
LIBC = ctypes.CDLL(None, use_errno=True)


def wait_for_exit(pid, timeout_s):
    """Wait until process PID, child or not, has ended; False after the time-out."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([pidfd], [], [], timeout_s)[0])
    finally:
        os.close(pidfd)


class Session:
    """Use with `with`: whatever ends the block, nothing stays.

    Processes: the session adopts what its children leave behind, so it can end that too.
    Mounts: they are made in a mount namespace that goes with the session.
    """

    def __init__(self):
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.may_mount = (LIBC.unshare(CLONE_NEWNS) == 0
                          and LIBC.mount(None, b"/", None, MS_REC_PRIVATE, None) == 0)
        self.tracing_on = None
        self.dir = Path(tempfile.mkdtemp(prefix="ctrace-bench-"))
        if "SUDO_UID" in os.environ:    # then ctrace runs the load as that user
            os.chown(self.dir, int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"]))

    def __enter__(self):
        for number in signal.SIGTERM, signal.SIGHUP:
            signal.signal(number, _leave)
        return self

    def __exit__(self, *_):
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            signal.signal(number, signal.SIG_IGN)
        self.end_children()
        if self.tracing_on:
            TRACING_ON.write_text(self.tracing_on)
        shutil.rmtree(self.dir, ignore_errors=True)

    def mount_tracefs(self):
        """Give the tools the kernel's tracepoints, where they are not mounted anyway."""
        if self.may_mount and not TRACING_ON.exists():
            subprocess.run(["mount", "-t", "tracefs", "nodev", TRACING_ON.parent], check=False)
        if os.access(TRACING_ON, os.W_OK):
            self.tracing_on = TRACING_ON.read_text()    # a tool that fails leaves it off

    def hide_file(self, path):
        """Show this session an empty file in place of PATH."""
        empty = self.dir / "empty"
        empty.touch()
        return self.may_mount and subprocess.run(["mount", "--bind", empty, path]).returncode == 0

    def end_children(self, patience_s=3):
        """End every process below this one, first politely."""
        deadline = time.monotonic() + patience_s
        asked = set()
        while children := _children():
            for pid in children:
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                elif pid not in asked:
                    os.kill(pid, signal.SIGINT)
                    asked.add(pid)
            wait_for_exit(children[0], 0.1)
            _reap(children)


def _leave(number, _frame):
    raise SystemExit(128 + number)


def _children():
    path = f"/proc/self/task/{os.getpid()}/children"
    return [int(pid) for pid in Path(path).read_text().split()]


def _reap(pids):
    for pid in pids:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass    # was waited for by whoever started it
