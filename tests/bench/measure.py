# SPDX-License-Identifier: GPL-2.0-only
"""The measurements: under each tool and bare in turn, until the table is full."""

import math
import sys

import inspector
import rows
import screen
from job import Job, ToolFailed
from recordings import Recordings

BARE_SPREAD_MAX = 0.08  # two bare runs around a traced one may differ by that much
RETRY_MAX = 6           # then the last pair counts, as it is


def show_progress(text):
    """One line on the terminal that the next one, or an empty one, replaces."""
    if sys.stderr.isatty():
        print(f"\r\33[K{text}", end="", file=sys.stderr, flush=True)


class Bench:
    def __init__(self, session, loads, tools, results, options):
        self.session = session
        self.loads = loads
        self.bare, *_ = tools
        self.tools = tools
        self.results = results
        self.pairs = options.pairs
        self.quick = options.quick

    def run(self, tool, load, sample_memory=False):
        """Run LOAD once under TOOL; the figures are in the job that is returned."""
        with Job(self.session, sample_memory) as job:
            tool.run(job, load)
            job.inner_ns = job.read_wall_ns()
            job.lost_cnt = tool.lost_count(job.messages())
            job.event_cnt = tool.event_count(job.messages())
            job.file_sz = job.read_file_sz()
            return job

    # --- which tools work here ---

    def choose_tools(self, names):
        """Keep the tools that are asked for and work here; each other one leaves a note."""
        self.session.mount_tracefs()
        self.tools = [tool for tool in self.tools if tool.name in names and self._works(tool)]

    def _works(self, tool):
        if missing := tool.missing():
            return self._reject(tool, f"{missing} is not installed")
        null = self.loads.argv("null", 0)
        try:
            self.run(tool, null)
        except ToolFailed as failure:
            return self._works_blindfold(tool, null, failure)
        return True

    def _works_blindfold(self, tool, null, failure):
        """Try again where the kernel forbids files that the tool opens but does not need."""
        if not tool.hides or not all(self.session.hide_file(path) for path in tool.hides):
            return self._reject(tool, failure)
        try:
            self.run(tool, null)
        except ToolFailed:
            return self._reject(tool, failure)
        self.results.note(f"{tool.name}: says '{failure}'; measured with empty files in place of"
                          f" {tool.hides[0]} and {len(tool.hides) - 1} more")
        return True

    def _reject(self, tool, reason):
        self.results.note(f"{tool.name}: {reason}")
        return False

    # --- the rows ---

    def measure(self, names):
        for row in rows.LOADS:
            if row.name in names:
                self._measure_pairs(row, self._run_load_pair)
        if rows.STARTUP.name in names:
            self._measure_pairs(rows.STARTUP, self._run_null_pair)
        if rows.MEMORY.name in names:
            self._measure_cells(rows.MEMORY, self._run_memory)
        if rows.REST.name in names:
            self._measure_cells(rows.REST, self._run_rest)
        if rows.KEY.name in names:
            self._measure_cells(rows.KEY, self._run_many)
        if rows.BLOCKED.name in names:
            self._measure_cells(rows.BLOCKED, self._run_inspector)
        if rows.PIPE_FILE.name in names:
            self._measure_cells(rows.PIPE_FILE, self._run_files)
        if rows.REC_FILE.name in names:
            self._measure_recordings()

    def _measure_pairs(self, row, run_pair):
        """A pair of every tool in each round, so that a slow minute hits all of them."""
        tools = self.tools
        for i in range(self.pairs):
            progress = f"{i + 1}/{self.pairs}"
            tools = [tool for tool in tools if self._fill(row, tool, run_pair, progress)]

    def _measure_cells(self, row, run_cell):
        for tool in self.tools:
            self._fill(row, tool, run_cell, "")

    def _fill(self, row, tool, run, progress):
        show_progress(f"{row.label} {tool.name} {progress}")
        try:
            run(row, tool)
            return True
        except ToolFailed as failure:
            self.results.drop(row, tool)
            return self._reject(tool, f"{row.label}: {failure}")
        finally:
            show_progress("")

    def _load_argv(self, row):
        return self.loads.argv(row.name, row.quick if self.quick else row.size)

    def _run_load_pair(self, row, tool):
        load = self._load_argv(row)
        traced, bare_ns = self._run_between_bare(tool, load)
        self.results.add_pair(row, tool, traced.inner_ns, bare_ns, traced.inner_ns / bare_ns)
        self.results.add(rows.LOST, tool, traced.lost_cnt)
        if traced.lost_cnt is not None and math.isnan(traced.lost_cnt):
            self.results.note(f"{tool.name}: does not say how many events were lost")

    def _run_between_bare(self, tool, load):
        """
        Run LOAD under TOOL between two bare runs; returns the traced job and the mean of the
        bare ones. Some machines change their speed by a third for seconds: where the bare runs
        disagree all three are thrown away, whatever the traced one was.
        """
        before = self.run(self.bare, load)
        for _ in range(RETRY_MAX):
            traced, after = self.run(tool, load), self.run(self.bare, load)
            if abs(after.inner_ns / before.inner_ns - 1) <= BARE_SPREAD_MAX:
                break
            self.results.retried_cnt += 1
            before = after
        return traced, (before.inner_ns + after.inner_ns) / 2

    def _run_null_pair(self, row, tool):
        null = self.loads.argv("null", 0)
        traced, bare = self.run(tool, null), self.run(self.bare, null)
        if traced.whole_ns:
            self.results.add_pair(row, tool, traced.whole_ns, bare.whole_ns,
                                  (traced.whole_ns - bare.whole_ns) / 1e6)

    def _run_memory(self, row, tool):
        if tool is self.bare:
            return
        peak_kib = self.run(tool, self._load_argv(rows.PIPE), sample_memory=True).peak_kib
        self.results.add(row, tool, peak_kib and peak_kib / 1024)

    def _run_files(self, row, tool):
        for load, bytes_row in (rows.PIPE, rows.PIPE_BYTES), (rows.CONDVAR, rows.CONDVAR_BYTES):
            job = self.run(tool, self._load_argv(load))
            if job.event_cnt and job.file_sz:
                self.results.add(bytes_row, tool, job.file_sz / job.event_cnt)
            if job.file_sz and load is rows.PIPE:
                self.results.add(row, tool, job.file_sz / 2**20)

    def _measure_recordings(self):
        ctrace = next((tool for tool in self.tools if tool.name == "ctrace"), None)
        if not ctrace:
            self.results.note("recordings: measured with ctrace only")
            return
        self.loads.build_for_recordings()
        for recording in rows.QUICK_RECORDINGS if self.quick else rows.RECORDINGS:
            show_progress(f"recording {recording.name}")
            try:
                Recordings(self.session, self.loads, ctrace, self.results).measure(recording)
            except ToolFailed as failure:
                self.results.note(f"{recording.name}: {failure}")
            finally:
                show_progress("")

    def _run_rest(self, row, tool):
        if tool.has_screen:
            seconds = 1 if self.quick else 5
            load = self.loads.argv("null", seconds + 10)
            self.results.add(row, tool, screen.cpu_at_rest(self.session, tool, load, seconds))

    def _run_inspector(self, _, tool):
        if tool.name == "ctrace":
            inspector.measure(self.session, self.loads, tool, self.results, 2 if self.quick else 5)

    def _run_many(self, row, tool):
        if not tool.has_screen:
            return
        seen = screen.Busy(self.session, tool, self.loads.argv("many", 1000, 60),
                           keys=5 if self.quick else 21)
        for figure in seen.key_ms:
            self.results.add(rows.KEY, tool, figure)
        self.results.add(rows.FRAME, tool, seen.frame_ms)
        self.results.add(rows.BUSY, tool, seen.cpu_percent)
