# SPDX-License-Identifier: GPL-2.0-only
"""The same in Python: locks.py SITUATION."""

import queue
import subprocess
import sys
import threading
import time

LOCKS = threading.Lock(), threading.Lock()
BOTH = threading.Barrier(2)


def both_orders(i):
    with LOCKS[i]:
        BOTH.wait()
        with LOCKS[1 - i]:
            pass


def two_locks():
    workers = [threading.Thread(target=both_orders, args=(i,)) for i in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def work():
    jobs = queue.Queue()

    def worker():
        while jobs.get() is not None:
            time.sleep(0.01)

    workers = [threading.Thread(target=worker) for _ in range(4)]
    for one in workers:
        one.start()
    for job in [*range(60), *[None] * 4]:
        jobs.put(job)
    for one in workers:
        one.join()


def child():
    """A child that fills its pipe, while its parent waits for its end."""
    with subprocess.Popen([sys.executable, "-c", "print('x' * (1 << 20))"],
                          stdout=subprocess.PIPE) as process:
        process.wait()


{"two-locks": two_locks, "work": work, "child": child}[sys.argv[1]]()
