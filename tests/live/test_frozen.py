#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What never answers: file systems whose server is gone. ctrace says less, and stays alive."""

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
    """PATH as a file system shows it, and a function after which that answers no more."""
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
    """The report of a check of PROCESS, which is killed then."""
    got = t.ctrace("check", "--json", "--timeout=15s", *argv, "-p", process.pid)
    process.kill()
    process.communicate()
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


def main():
    lib.need_tracing(["gcc", "umount"])
    lib.main([a_program_whose_file_system_is_gone_is_explained])


if __name__ == "__main__":
    main()
