# SPDX-License-Identifier: GPL-2.0-only
"""The programs of the bench: built into the session's directory, and their command lines."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CFLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-pthread"]

# What makes and reads recordings is built on ctrace itself.
ROOM_CFLAGS = [*CFLAGS, "-fno-strict-aliasing", f"-I{ROOT}", f"-I{ROOT}/collector"]
ROOM_LIBS = [ROOT / os.environ.get("OUT", "build") / f"lib{room}.a"
             for room in ("tui", "trace", "model", "base")]
BUILDERS = ROOT / "tests/unit/support/builders.c"


class Loads:
    def __init__(self, directory):
        self.directory = directory

    def build(self):
        for source in (HERE / "loads").glob("*.c"):
            self._compile(source.stem, [*CFLAGS, source])

    def build_for_recordings(self):
        """Also what makes recordings (synth) and looks at them (look)."""
        for source in (HERE / "recordings").glob("*.c"):
            self._compile(source.stem, [*ROOM_CFLAGS, source, BUILDERS, *ROOM_LIBS, "-lzstd"])

    def _compile(self, name, args):
        compiler = os.environ.get("CC", "gcc").split()
        subprocess.run([*compiler, *args, "-o", self.program(name)], check=True)

    def program(self, name):
        return str(self.directory / name)

    def argv(self, name, *numbers):
        """The command line of a load; `pipe` is perf's own where that is installed."""
        numbers = [str(number) for number in numbers]
        if name == "pipe" and shutil.which("perf"):
            return [self.program("timed"), "perf", "bench", "sched", "pipe", "-l", *numbers]
        return [self.program(name), *numbers]
