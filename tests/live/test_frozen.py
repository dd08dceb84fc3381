#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""File systems and memory that never answer: ctrace says less, and stays alive."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

import lib


@contextlib.contextmanager
def mounted(t, path):
    """
    PATH as a file system shows it, and a function after which that answers no more. Who uses it
    may not end before the server has, which is when this is left.
    """
    place = t.dir / "mounted"
    place.mkdir(exist_ok=True)
    server = t.popen([t.compile("frozen_mount"), path, place])
    said = lib.read_until(server.stdout.fileno(), b"mounted", 5)

    def freeze():
        server.send_signal(signal.SIGUSR1)
        t.check(b"frozen" in lib.read_until(server.stdout.fileno(), b"frozen", 5), "it froze")

    try:
        yield (place / "file", freeze) if b"mounted" in said else (None, None)
    finally:
        server.kill()       # whoever still waits gets an error
        server.communicate()
        subprocess.run(["umount", "-l", place], check=False, capture_output=True)


def all_wait(process, cnt):
    """Are there CNT threads, and all in futex(2)? Who runs code of a frozen file is not."""
    threads = list(Path(f"/proc/{process.pid}/task").iterdir())
    return len(threads) == cnt and all(
        (thread / "syscall").read_text(encoding="ascii").startswith("202 ") for thread in threads)


def is_said(t, status, process, *argv):
    """The report of a check of PROCESS, which is killed then, as soon as that is possible."""
    got = t.ctrace("check", "--json", "--timeout=15s", *argv, "-p", process.pid)
    process.kill()
    t.equal(got.status, status, f"status ({got})")
    return json.loads(got.out or b'{"threads": [], "verdict": {"kind": "?"}}')


def a_program_whose_file_system_is_gone_is_explained(t):
    """Its file cannot be read, so there are no names; who waits for whom is known all the same."""
    with mounted(t, t.compile("deadlocks")) as (program, freeze):
        if not program:
            t.note("part skipped: FUSE cannot be mounted here")
            return
        process = t.popen([program, "abba"])
        t.wait_until(lambda: all_wait(process, 3), "its threads to wait")
        time.sleep(0.1)
        t.wait_until(lambda: all_wait(process, 3), "its threads to wait still")
        freeze()
        verdict = is_said(t, 90, process)["verdict"]
        t.equal({edge["name"] for edge in verdict["cycle"]}, {"stuck-0", "stuck-1"}, "the cycle")


def words_on_a_file_system_that_is_gone_are_not_waited_for(t):
    """What looks like a mutex there, and is met at the attach: that it waits is known."""
    words = t.dir / "words"
    words.write_bytes(bytes([2, 0, 0, 0, 0, 0, 0, 0, 1]) + bytes(8183))
    with mounted(t, words) as (path, freeze):
        if not path:
            t.note("part skipped: FUSE cannot be mounted here")
            return
        process = t.popen([t.compile("frozen_lock"), path])
        lib.read_until(process.stdout.fileno(), b"waits", 5)
        freeze()
        threads = is_said(t, 92, process, "--timeout=700ms")["threads"]
        waits = {thread["name"]: thread["waits_for"]["kind"] for thread in threads}
        t.equal(waits.get("waiter"), "futex", f"what it waits for, of {waits}")


def a_lock_in_memory_that_nobody_fills_is_not_waited_for(t):
    """Its page is dropped while the thread waits for it, and is somebody's to fill (userfaultfd)."""
    got = t.ctrace("check", "--json", "--report=report", "--overwrite", "--timeout=2s",
                   t.compile("frozen_lock"))
    if got.status == 77:
        t.note("part skipped: userfaultfd(2) is not allowed")
        return
    t.equal(got.status, 92, f"status ({got})")
    report = json.loads((t.dir / "report").read_bytes())
    waits = {thread["name"]: thread["waits_for"]["kind"] for thread in report["threads"]}
    t.equal(waits.get("waiter"), "mutex", f"what it waits for, of {waits}")


def main():
    lib.need_tracing(["gcc", "umount"])
    lib.main([
        a_program_whose_file_system_is_gone_is_explained,
        words_on_a_file_system_that_is_gone_are_not_waited_for,
        a_lock_in_memory_that_nobody_fills_is_not_waited_for,
    ])


if __name__ == "__main__":
    main()
