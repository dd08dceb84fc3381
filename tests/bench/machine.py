# SPDX-License-Identifier: GPL-2.0-only
"""What the figures were measured on."""

import os
import platform
import subprocess
import time


def describe_machine(programs):
    """Date, machine, and the versions of PROGRAMS."""
    return {"date": time.strftime("%Y-%m-%d %H:%M"), "kernel": platform.release(),
            "cpus": os.cpu_count(), "cpu": _cpu_model(),
            "versions": {os.path.basename(program): _version(program) for program in programs}}


def _cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        return next((line.split(":")[1].strip() for line in cpuinfo if "model name" in line), "?")


def _version(program):
    try:
        said = subprocess.run([program, "--version"], stdin=subprocess.DEVNULL, timeout=10,
                              capture_output=True, text=True, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return "?"
    return next((line.strip() for line in said.splitlines() if line.strip()), "?")


class StealClock:
    """How much of this machine's time its host gave to others since the clock was made."""

    def __init__(self):
        self.start = self._ticks()

    @staticmethod
    def _ticks():
        with open("/proc/stat", encoding="ascii") as stat:
            ticks = [int(field) for field in stat.readline().split()[1:9]]
        return ticks[7], sum(ticks)

    def percent(self):
        stolen, total = (now - then for now, then in zip(self._ticks(), self.start))
        return 100 * stolen / max(total, 1)
