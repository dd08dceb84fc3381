# SPDX-License-Identifier: GPL-2.0-only
"""What looking at threads that hold still costs, and that who does not hold still costs nothing."""

import time
from pathlib import Path

from job import Job, ToolFailed
from rows import BLOCKED, BLOCKED_WORKERS, SHORT_WORKERS
from session import wait_for_exit

WORKER = "ctrace-inspect"
SETTLE_S = 1    # the main thread of a load that is busy is looked at once, as it waits for good
POLL_S = 0.02


def measure(session, loads, tool, results, seconds):
    """While 1000 threads stay blocked, and while four wait for moments."""
    blocked = loads.argv("blocked", 1000, 10 * seconds)
    with Job(session) as job:
        process = job.spawn(tool.argv(job) + blocked)
        job.wait_for(lambda _: job.reported_ns() or wait_for_exit(process.pid, POLL_S))
        recorder, workers = _percent(process.pid, seconds)
    results.add(BLOCKED, tool, recorder + workers)
    results.add(BLOCKED_WORKERS, tool, workers)
    with Job(session) as job:
        process = job.spawn(tool.argv(job) + loads.argv("condvar", 10**9))
        time.sleep(SETTLE_S)
        _, workers = _percent(process.pid, seconds)
    results.add(SHORT_WORKERS, tool, workers)


def _percent(pid, seconds):
    """The shares of one CPU that PID and its inspectors take from now on."""
    start, begin = time.monotonic(), _cpu_ns(pid)
    time.sleep(seconds)
    spent = [after - before for after, before in zip(_cpu_ns(pid), begin)]
    return [ns / 1e7 / (time.monotonic() - start) for ns in spent]


def _cpu_ns(pid):
    """Of a process and of its inspectors; each is of one thread."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        workers = [child for child in children
                   if Path(f"/proc/{child}/comm").read_text(encoding="utf-8").strip() == WORKER]
        return [_ran_ns(pid), sum(map(_ran_ns, workers))]
    except OSError:
        raise ToolFailed("ended by itself") from None


def _ran_ns(pid):
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0])
