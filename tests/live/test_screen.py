#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The screen as a user has it: keys, sizes, terminals of every kind."""

import random
import re
import sys
import time

sys.dont_write_bytecode = True

import lib
from terminal import Terminal, nobody_is_left_but, start

SIZES = ((80, 24), (200, 60), (40, 10), (20, 5))
VIEWS = ("timeline", "events", "graph", "locks", "diagram", "output", "notes", "help", "threads")


def forks():
    return lib.need_workloads("forks")[0]


def the_deadlock_is_on_the_screen_within_a_second(t):
    with Terminal(t) as term:
        begin = time.monotonic()
        line = term.run(lib.CTRACE, forks())
        term.wait_for(r"DEADLOCK for", "deadlock", 5)
        seconds = time.monotonic() - begin
        t.check(seconds <= 1.0, f"it took {seconds:.2f} s from the command to the sentence")
        t.note(f"{seconds:.2f} s from the command to the sentence")
        sentence = " ".join(" ".join(term.text().splitlines()[1:3]).split())
        t.check(re.search(r"([ABCD]) waits for \S.* held by [ABCD], which waits for \S.* "
                          r"held by \1", sentence), f"sentence: {sentence}")
        term.press("q")
        line.finish()
        nobody_is_left_but(t)


def every_key_does_what_the_help_says(t):
    with Terminal(t) as term:
        line = start(term, forks())
        term.wait_for("DEADLOCK", "deadlock")
        term.press("Space")
        term.wait_for("PAUSED", "pause")
        total = term.wait_for(r"([\d,]+) of ([\d,]+) events", "number of the event")
        at = int(total[1].replace(",", ""))
        term.press(",", ",", ",")
        term.wait_for(rf"\b{at - 3:,} of ", "three events back")
        term.press(".")
        term.wait_for(rf"\b{at - 2:,} of ", "one event forward")
        term.press("g")
        term.wait_for(r"\b[01] of ", "first event")
        term.wait_until_gone("DEADLOCK", "a deadlock that is not yet")
        term.press("G")
        term.wait_for("LIVE", "back to now")
        term.wait_for("DEADLOCK", "deadlock")
        for key, sign in (("w", r"who waits for whom"), ("?", r"Space +pause the view"),
                          ("e", r"\[events\]"), ("t", r"\[timeline\]"), ("o", r"\[output\]")):
            term.press(key)
            term.wait_for(sign, f"what {key} shows")
        term.press("Escape")
        term.wait_for(r"TID +THREAD", "main screen")
        for view in VIEWS:
            term.press("Tab")
            term.wait_for(rf"\[{view}\]|TID +THREAD", f"view {view}")
        term.press("/")
        term.type("D")
        term.press("Enter")
        term.wait_for(r"(?m)^>.* D ", "the thread that was searched")
        term.press("q")
        t.equal(line.finish(), 0, "status")


def from_a_thread_to_its_lock_its_owner_its_waker_and_back(t):
    with Terminal(t) as term:
        line = start(term, forks())
        term.wait_for("DEADLOCK", "deadlock")
        term.press("/")
        term.type("A")
        term.press("Enter")
        waits = term.wait_for(r"(?m)^>.* A .*Blocked.* (table\S+)<([BCD]) ", "the lock A waits on")
        lock, owner = re.escape(waits[1]), waits[2]
        term.press("l")
        term.wait_for(rf"(?m)^>{lock} +{owner} +B read .*\b[12]: .*\bA\b", "row of the lock")
        term.wait_for(r"queue .*\bA for ", "its queue")
        for words in ("longest wait first", "most time waited first", "most waits first",
                      "most hand-offs first", "held longest first", "by name"):
            term.press("S")
            term.wait_for(words, f"the order {words}")
        term.press("h")
        term.wait_for(rf"(?m)^>.* {owner} .*Blocked", "the owner of the lock")
        term.press("Escape")
        term.wait_for(rf"(?m)^>{lock} ", "back at the lock")
        term.press("t", "c", "c")
        term.wait_for(rf"(?m)^>{lock} .*\b{owner} ═+.*\n +waiting .*[12]", "lane of the lock")
        term.press("l")
        term.wait_for(rf"(?m)^>{lock} +{owner} ", "the lock of the lane")
        term.press("Escape", "Escape", "W")
        term.wait_for(r"(?m)^>(?!.* A ).*", "who woke A")
        term.press("Escape")
        term.wait_for(r"(?m)^>.* A .*Blocked", "back at A")
        term.press("w")
        term.wait_for(rf"\[mutex {lock}\]", "the lock in the graph")
        term.press("Z")
        term.wait_for(r"who waits for whom, with A: ", "the part of the graph with A")
        term.wait_for(rf"\({owner}\)", "the owner of its lock in there")
        term.press("q")
        t.equal(line.finish(), 0, "status")


def a_report_by_one_key(t):
    report = t.dir / "ctrace-report-forks-1.txt"
    trap = t.dir / "ctrace-report-forks-2.txt"
    other = t.dir / "other"
    other.write_text("not mine")
    trap.symlink_to(other)
    with Terminal(t) as term:
        line = start(term, forks())
        term.wait_for("DEADLOCK", "deadlock")
        for number in (1, 3):
            term.press("y")
            term.wait_for(rf"the report is in ctrace-report-forks-{number}.txt", "its name")
            term.press("j")
        term.press("q")
        t.equal(line.finish(), 0, "status")
    t.equal(report.stat().st_mode & 0o777, 0o600, "mode of the file")
    t.check(re.match(r"DEADLOCK for .* nothing outside can break it.\n[^$]*\nThreads\n[^$]*\nLocks\n",
                     report.read_text()), f"the report:\n{report.read_text()}")
    t.equal(other.read_text(), "not mine", "the file behind a symbolic link")


IDLE = """
import os, threading
r, w = os.pipe()
for i in range(6):
    threading.Thread(target=os.read, args=(r, 1), daemon=True).start()
input()
"""


def idle_threads_share_a_row(t):
    with Terminal(t) as term:
        line = start(term, "python3", "-c", IDLE)
        term.wait_for(r"(?m)^ +\+ .*\b6 x python3 .*\bpipe\b", "row of the idle threads")
        term.press("j")
        term.wait_for(r"6 threads wait alike", "what is said of them")
        term.press("Enter")
        term.wait_for(r"(?m)(^.*python3 .*\bpipe\b.*\n){6}", "a row for each")
        term.press("z")
        term.wait_for(r"(?m)^ +\+ .*\b5 x python3 ", "all but the selected one in a row")
        term.press("z")
        term.wait_for(r"(?m)(^.*python3 .*\bpipe\b.*\n){6}", "a row for each")
        term.press("q")
        line.finish()


def sizes_from_large_to_absurd(t):
    for cols, rows in SIZES:
        with Terminal(t, cols, rows) as term:
            line = term.run(lib.CTRACE, forks())
            term.wait_for("DEADLOCK" if cols >= 40 else r"too small|DEADL", f"{cols}x{rows}")
            for key in "wZetccosl?\t+-=":
                term.press("Tab" if key == "\t" else key)
            term.press("Escape", "q")
            t.equal(line.finish(), 0, f"{cols}x{rows}: status")
            nobody_is_left_but(t)


def a_storm_of_resizes(t):
    dice = random.Random(2)
    with Terminal(t) as term:
        line = start(term, forks())
        for i in range(200):
            term.resize(dice.randint(1, 240), dice.randint(1, 80))
            if i % 10 == 0:
                term.press(dice.choice(["Tab", "w", "?", "Escape", "Space", ".", "+"]))
        term.resize(80, 24)
        term.press("Escape", "G")
        term.wait_for(r"DEADLOCK for[^$]*TID +THREAD", "whole picture after the storm")
        widths = [len(row) for row in term.text().splitlines()]
        t.check(len(widths) == 24 and max(widths) <= 80, f"rows of {widths}")
        term.press("q")
        t.equal(line.finish(), 0, "status")


def terminals_that_can_draw(t):
    for name in ("vt100", "linux", "xterm", "xterm-256color", "screen", "ansi"):
        with Terminal(t) as term:
            line = start(term, forks(), env=f"TERM={name}")
            term.wait_for("DEADLOCK", f"deadlock with TERM={name}")
            term.press("q")
            t.equal(line.finish(), 0, f"TERM={name}: status")


def terminals_that_cannot(t):
    """Lines where nothing can be drawn; a terminal that nobody knows is taken for a usual one."""
    for env, draws in (("TERM=dumb", False), ("TERM=", False), ("env -u TERM", False),
                       ("TERM=no-such-terminal", True)):
        with Terminal(t, 200, 60) as term:
            line = term.run(lib.CTRACE, "sh", "-c", "sleep 0.3; exit 6", env=env)
            if draws:
                term.wait_for("ended with status 6", f"end of the program with {env}")
                term.press("q")
            t.equal(line.finish(), 6, f"{env}: status")
            shown = term.text()
            t.check(draws or " Blocked " in shown, f"{env}: no lines in {shown!r}")
            t.check("\x1b" not in shown and "[?" not in shown, f"{env}: {shown!r}")


def without_colour_there_is_none(t):
    for how in ({"env": "NO_COLOR=1"}, {"options": ["--color=never"]}):
        with Terminal(t) as term:
            line = start(term, *how.get("options", []), forks(), env=how.get("env", ""))
            term.wait_for("DEADLOCK", "deadlock")
            colours = re.findall(r"\x1b\[[\d;]*\b(?:[34][0-7]|[39][0-7]|[34]8;[\d;]+)m",
                                 term.text("-e"))
            t.equal(colours, [], f"colours with {how}")
            term.press("q")
            line.finish()


def ascii_is_ascii(t):
    with Terminal(t) as term:
        line = start(term, "--ascii", forks())
        term.wait_for("DEADLOCK", "deadlock")
        for key in "wet?":
            term.press(key)
            time.sleep(0.1)
            strange = {char for char in term.text() if char != "\n" and not " " <= char <= "~"}
            t.equal(strange, set(), f"characters that are not ASCII, after {key}")
        term.press("q")
        line.finish()


def without_standard_input_keys_still_work(t):
    with Terminal(t) as term:
        line = start(term, forks(), redirect="</dev/null")
        term.wait_for("DEADLOCK", "deadlock")
        term.press("q")
        t.equal(line.finish(), 0, "status")


def not_a_terminal_means_lines(t):
    with Terminal(t) as term:
        line = term.shell(f"{lib.CTRACE} sleep 0.1 | cat >lines")
        line.finish()
        t.check(" Blocked  sleep" in (t.dir / "lines").read_text(), "no line per state change")


def the_program_has_a_terminal_of_its_own(t):
    with Terminal(t) as term:
        script = ('test -t 0 && test -t 1 && test -t 2 && echo "three of them"; stty size;'
                  'printf "\\033[2J\\033[31mred\\033[H\\007\\033]0;title\\007 plain\\n"; sleep 30')
        line = start(term, "sh", "-c", script)
        term.press("o")
        term.wait_for("three of them", "output of the program")
        term.wait_for("plain", "output behind escape sequences")
        term.wait_for(r"LIVE.*lost", "title of ctrace, in spite of what the program wrote")
        term.press("q")
        line.finish()
        nobody_is_left_but(t)


def names_steer_no_terminal(t):
    with Terminal(t, 120, 30) as term:
        line = start(term, t.compile("bad_luck"), "names")
        term.wait_for(r"\?\[2J\?\[31mred", "name with its escapes made harmless")
        t.check(term.wait_for(r"(?m)^ ctrace .*lost", "title"), "the screen was steered")
        term.press("q")
        line.finish()


def main():
    lib.need_tracing(["gcc", "tmux", "stty"])
    lib.need_workloads("forks")
    lib.main([
        the_deadlock_is_on_the_screen_within_a_second,
        every_key_does_what_the_help_says,
        from_a_thread_to_its_lock_its_owner_its_waker_and_back,
        a_report_by_one_key,
        idle_threads_share_a_row,
        sizes_from_large_to_absurd,
        a_storm_of_resizes,
        terminals_that_can_draw,
        terminals_that_cannot,
        without_colour_there_is_none,
        ascii_is_ascii,
        without_standard_input_keys_still_work,
        not_a_terminal_means_lines,
        the_program_has_a_terminal_of_its_own,
        names_steer_no_terminal,
    ])


if __name__ == "__main__":
    main()
