# SPDX-License-Identifier: GPL-2.0-only
"""The loads: built from loads/*.c into the session's directory, and their command lines."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCES = Path(__file__).parent / "loads"
CFLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-pthread"]


class Loads:
    def __init__(self, directory):
        self.directory = directory

    def build(self):
        for source in SOURCES.glob("*.c"):
            compiler = os.environ.get("CC", "gcc").split()
            subprocess.run([*compiler, *CFLAGS, source, "-o", self._program(source.stem)],
                           check=True)

    def _program(self, name):
        return str(self.directory / name)

    def argv(self, name, *numbers):
        """The command line of a load; `pipe` is perf's own where that is installed."""
        numbers = [str(number) for number in numbers]
        if name == "pipe" and shutil.which("perf"):
            return [self._program("timed"), "perf", "bench", "sched", "pipe", "-l", *numbers]
        return [self._program(name), *numbers]
