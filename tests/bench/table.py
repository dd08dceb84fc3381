# SPDX-License-Identifier: GPL-2.0-only
"""The plain text tables: rows over tools or recordings, the median above its range."""

import statistics
import textwrap

import rows

WIDTH = 120


def table_lines(results, its_rows, columns):
    """The lines of a table, none when it is empty; a cell that was not measured is a dash."""
    grid = [[("", "")] + [(column, "") for column in columns]]
    for row in its_rows:
        cells = [_cell(row, column, results) for column in columns]
        if any(cells):
            grid.append([(row.label, "")] + [cell or ("-", "") for cell in cells])
    if len(grid) == 1:
        return []
    widths = [max(len(text) for line in column for text in line) + 2 for column in zip(*grid)]
    return [_join(line, part, widths)
            for line in grid for part in (0, 1) if any(cell[part] for cell in line)]


def _join(line, part, widths):
    return "".join(cell[part].ljust(width) for cell, width in zip(line, widths)).rstrip()


def _cell(row, column, results):
    """(median and goal, range) of a cell, None without samples; losses are added up."""
    figures = results.samples.get((row.label, column))
    if not figures:
        return None
    head = row.form.format(sum(figures) if row is rows.LOST else statistics.median(figures))
    if goal := row.goals.get(column):
        head += f" {goal.text} {goal.verdict(float(head))}"
    if row is rows.LOST or len(figures) == 1:
        return head, ""
    return head, f"{row.form.format(min(figures))}..{row.form.format(max(figures))}"


def note_lines(notes):
    return [line for note in notes
            for line in textwrap.wrap(note, WIDTH, initial_indent="* ", subsequent_indent="  ")]
