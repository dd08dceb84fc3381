# SPDX-License-Identifier: GPL-2.0-only
"""What was measured: samples per cell, the raw pairs behind them, and notes."""

import collections
import json


class Results:
    def __init__(self):
        self.samples = collections.defaultdict(list)    # (row, tool): figures
        self.pairs = collections.defaultdict(list)      # the same: [traced ns, bare ns]
        self.notes = []
        self.retried_cnt = 0     # pairs thrown away, for the machine changed its speed in them

    def add(self, row, tool, figure):
        if figure is not None:
            self.samples[row.label, tool.name].append(figure)

    def add_pair(self, row, tool, traced_ns, bare_ns, figure):
        self.pairs[row.label, tool.name].append([traced_ns, bare_ns])
        self.add(row, tool, figure)

    def drop(self, row, tool):
        """Forget a cell: half a series says nothing."""
        self.samples.pop((row.label, tool.name), None)

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def write_json(self, path, about):
        def nested(cells):      # NaN is not JSON
            tree = collections.defaultdict(dict)
            for (row, tool), values in cells.items():
                tree[row][tool] = [None if value != value else value for value in values]
            return tree

        with open(path, "w", encoding="utf-8") as out:
            json.dump({**about, "samples": nested(self.samples), "pairs_ns": nested(self.pairs),
                       "notes": self.notes}, out, indent=1)
            out.write("\n")
