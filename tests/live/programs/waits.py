# SPDX-License-Identifier: GPL-2.0-only
"""Three threads that wait as Python's threading waits: the first for a Lock, and so on."""

import threading
import time

LOCK, RLOCK, CONDITION = threading.Lock(), threading.RLock(), threading.Condition()


def wait_for_condition():
    with CONDITION:
        CONDITION.wait()


LOCK.acquire()
RLOCK.acquire()
for wait in LOCK.acquire, RLOCK.acquire, wait_for_condition:
    threading.Thread(target=wait, daemon=True).start()
time.sleep(5)
