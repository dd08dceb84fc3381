# SPDX-License-Identifier: GPL-2.0-only
"""What a test must not leave behind: processes and BPF objects."""

import ctypes
import json
import os
import re
import select
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36
END_WITHIN_S = 1        # who is told to end by the end of somebody else
GONE_WITHIN_S = 5       # the kernel frees BPF objects after a grace period
FDINFO_ID = re.compile(r"^(prog|link|map)_id:\s*(\d+)", re.MULTILINE)


def adopt_orphans():
    """From now on whatever our children leave behind becomes our child."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def process_name(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            text = stat.read()
    except OSError:
        return "?"
    name, state = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2]
    return f"{name} ({pid}, {state})"


def _children():
    """Those that are direct children, and live."""
    pids = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            pids.append((int(pid), fields[0]))
    return pids


def living_children():
    """The names of children that have not ended; those that have are collected."""
    alive = []
    for pid, state in _children():
        if state == "Z":
            os.waitpid(pid, 0)
        else:
            alive.append(process_name(pid))
    return alive


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


def find_descendant(is_it):
    """The first process below us for which IS_IT(pid, name, state) is true, or None."""
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                text = stat.read()
        except OSError:
            continue
        name, state = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2]
        if pid != os.getpid() and is_it(pid, name, state) and is_ours(pid):
            return pid
    return None


def is_ours(pid):
    """Is a process a child of ours, or of one that is?"""
    while pid > 1:
        if pid == os.getpid():
            return True
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                pid = int(stat.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            return False
    return False


def end_children():
    """End and reap every child; the names of those that were alive, and did not end soon."""
    alive = []
    end = time.monotonic() + END_WITHIN_S
    while living_children() and time.monotonic() < end:
        time.sleep(0.01)
    while True:
        pids = _children()
        if not pids:
            return alive
        for pid, state in pids:
            if state != "Z":
                alive.append(process_name(pid))
                os.kill(pid, signal.SIGKILL)
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass


def _list(kind):
    argv = ["bpftool", "-j", kind, "list"]
    out = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    listed = json.loads(out or "[]")
    # One that goes while it is listed leaves an error without number.
    return [entry for entry in listed if "id" in entry] if isinstance(listed, list) else []


def bpf_objects():
    """(kind, id, name) of all programs, links and maps in the kernel."""
    return {(kind, entry["id"], entry.get("name") or entry.get("tp_name") or "?")
            for kind in ("prog", "link", "map") for entry in _list(kind)}


def _held_ids():
    """(kind, id) of the BPF objects that a living process has a descriptor of."""
    held = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        directory = f"/proc/{pid}/fd"
        try:
            names = [n for n in os.listdir(directory)
                     if "bpf" in os.readlink(f"{directory}/{n}")]
            for name in names:
                with open(f"/proc/{pid}/fdinfo/{name}", encoding="ascii") as info:
                    held |= {(kind, int(number)) for kind, number in FDINFO_ID.findall(info.read())}
        except OSError:
            continue
    return held


def wait_for_bpf_objects_to_go(before):
    """
    The objects that came since BEFORE, that nobody holds, and that do not go. All our
    processes have ended, so one that a living process holds is somebody else's.
    """
    end = time.monotonic() + GONE_WITHIN_S
    while True:
        held = _held_ids()
        left = sorted(entry for entry in bpf_objects() - before if entry[:2] not in held)
        if not left or time.monotonic() > end:
            return left
        before = before | {entry for entry in bpf_objects() if entry[:2] in held}
        time.sleep(0.1)
