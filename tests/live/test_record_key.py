#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A recording that is begun and ended by a key, from the screen."""

import os
import re
import sys
import time

sys.dont_write_bytecode = True

import lib
from terminal import Terminal, pid_of_ctrace, start

NOBODY = 65534


def forks():
    return lib.need_workloads("forks")[0]


def press_and_wait(term, words):
    term.press("O")
    return term.wait_for(words, "what became of the key")


def no_files(t):
    for path in t.dir.glob("*.ctrace"):
        path.unlink()


def record(term, name):
    """The line that starts ctrace; a recording has begun."""
    line = start(term, forks())
    term.wait_for("DEADLOCK", "the deadlock")
    press_and_wait(term, rf"recording to {name}, with what is in memory")
    term.wait_for(r" REC \d[\d.]* K?i?B +[\d.]+ m?s +LIVE", "how much, how long")
    return line


def it_has_what_was_before_it_and_ends_with_the_key(t):
    no_files(t)
    with Terminal(t) as term:
        line = record(term, "ctrace-forks-1.ctrace")
        term.type("mSeen")
        term.press("Enter")
        term.wait_for("stored in the recording", "the marker")
        time.sleep(0.7)     # stacks come half a second after a deadlock
        press_and_wait(term, r"the recording is in ctrace-forks-1.ctrace, [\d.]+ KiB")
        term.wait_until_gone(" REC ", "REC")
        press_and_wait(term, r"recording to ctrace-forks-2.ctrace")
        press_and_wait(term, r"the recording is in ctrace-forks-2.ctrace")
        term.press("q")
        t.equal(line.finish(), 0, "status")
    path = t.dir / "ctrace-forks-1.ctrace"
    t.equal(path.stat().st_mode & 0o777, 0o600, "mode of the file")
    report = t.ctrace("report", path).out.decode()
    t.check(re.match(r"DEADLOCK for [^$]*table\.", report), f"a name of a lock: {report[:400]}")
    t.check("eat forks.c:" in report, f"no stack in {report}")
    t.check("truncated" not in t.ctrace("info", path).out.decode(), "the file was not closed")
    t.check("  Seen" in t.ctrace("annotate", path).out.decode(), "no marker")
    begin = t.ctrace("export", "--format=jsonl", path).out.decode().splitlines()[:2]
    t.check(re.search('"n": [01], "t_ns": 0,', "".join(begin)), f"it does not begin at the begin: {begin}")


def leaving_ctrace_closes_it(t):
    no_files(t)
    with Terminal(t) as term:
        line = record(term, "ctrace-forks-1.ctrace")
        term.type("mLast words")
        term.press("Enter")
        term.wait_for("stored in the recording", "the marker")
        term.press("q")
        t.equal(line.finish(), 0, "status")
        term.wait_for(r"-> ctrace-forks-1\.ctrace", "the file in the closing line")
    path = t.dir / "ctrace-forks-1.ctrace"
    t.check("  Last words" in t.ctrace("annotate", path).out.decode(), "no marker")
    t.check("truncated" not in t.ctrace("info", path).out.decode(), "the file was not closed")


def one_that_is_killed_has_what_was_on_the_screen(t):
    no_files(t)
    with Terminal(t) as term:
        line = record(term, "ctrace-forks-1.ctrace")
        time.sleep(2.5)     # it is flushed every two seconds
        os.kill(pid_of_ctrace(t), 9)
        t.wait_until(line.has_ended, "the line to end")
    report = t.ctrace("report", t.dir / "ctrace-forks-1.ctrace").out.decode()
    t.check(report.startswith("DEADLOCK for "), f"report: {report[:300]}")


def nothing_that_is_there_is_written_to(t):
    no_files(t)
    other = t.dir / "other"
    other.write_text("not mine")
    (t.dir / "ctrace-forks-1.ctrace").symlink_to(other)
    (t.dir / "ctrace-forks-2.ctrace").write_text("not mine either")
    with Terminal(t) as term:
        line = record(term, "ctrace-forks-3.ctrace")
        term.press("q")
        line.finish()
    t.equal(other.read_text(), "not mine", "the file behind a symbolic link")
    t.equal((t.dir / "ctrace-forks-2.ctrace").read_text(), "not mine either", "the file")


def where_o_records_already_the_key_says_so(t):
    no_files(t)
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, "-o", "mine.ctrace", forks())
        term.wait_for(r" REC [^$]*DEADLOCK", "the deadlock, recorded")
        press_and_wait(term, "-o records to mine.ctrace already, until ctrace ends")
        term.press("q")
        line.finish()
    t.equal(sorted(path.name for path in t.dir.glob("*.ctrace")), ["mine.ctrace"], "files")
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, "mine.ctrace")
        term.wait_for("PAUSED", "the replay")
        press_and_wait(term, "this is a recording already")
        term.press("q")
        line.finish()


# The key of each view, from the main screen; and does it show what comes after the cursor?
VIEWS = {"F2": True, "Enter": False, "t": True, "c": True, "e": True, "w": False, "l": False,
         "s": False, "o": False}


def cells(text):
    """Each row as characters with their style; where tmux changes styles is its own affair."""
    rows, style = [[]], {"behind": "none", "colour": "none"}
    for codes, char in re.findall(r"\x1b\[([\d;]*)m|(.|\n)", text):
        if char == "\n":
            rows.append([])
        elif char:
            rows[-1].append((char, *sorted(style.items())))
        for code in re.findall(r"[34]8;5;\d+|\d+", codes):
            number = int(code.partition(";")[0])
            if number == 0:
                style = {"behind": "none", "colour": "none"}
            elif number >= 30:      # a colour, of characters or behind them; x9: none
                where = ("behind", "colour")[number // 10 % 2]
                style[where] = "none" if number % 10 == 9 else code
            else:
                style[f"attribute {code}"] = True
    return rows


def still(term):
    """The picture, once it does not change any more, with its colours."""
    seen, end = None, time.monotonic() + 5
    while (now := cells(term.text("-e"))) != seen and time.monotonic() < end:
        seen = now
        time.sleep(0.15)
    return now


def pictures(term, times, with_future):
    """What each view shows at the times, all of it or what does not depend on what comes."""
    shown = {}
    term.press("=")
    for at in times:
        term.press("F2")
        term.type(f":{at}s")
        term.press("Enter")
        term.wait_for(rf"PAUSED +00:0{at}", f"the time {at}")
        if at == times[0]:      # live that of a deadlock may be selected, and stays so
            term.type("/A")
            term.press("Enter")
        for key, has_future in VIEWS.items():
            if with_future or not has_future:
                term.press("F2", *(["t"] if key == "c" else []), key)
                shown[at, key] = still(term)
                if key == "c":          # back to lanes of threads
                    term.press("c")
    return shown


def compare(t, program, is_over, times, with_future):
    """At each time the recording shows what the screen has shown while that was live."""
    no_files(t)
    with Terminal(t, 110, 30) as term:
        line = start(term, *program)
        term.wait_for(is_over, "what is to be seen", 20)
        time.sleep(0.7)     # stacks come half a second after a deadlock
        press_and_wait(term, "recording to")
        press_and_wait(term, "the recording is in")
        live = pictures(term, times, with_future)
        term.press("q")
        line.finish()
    (path,) = t.dir.glob("*.ctrace")
    with Terminal(t, 110, 30) as term:
        line = term.run(lib.CTRACE, path.name)
        term.wait_for("PAUSED", "the replay")
        replayed = pictures(term, times, with_future)
        term.press("q")
        line.finish()
    for where, picture in live.items():
        for row, pair in enumerate(zip(picture, replayed[where], strict=True)):
            if with_future or row:      # the title tells how much there is in all
                t.check(pair[0] == pair[1], f"{where}, row {row}: live, replayed\n" + "\n".join(
                    "".join(cell[0] for cell in cells) for cells in pair))
    t.check(len(live) > len(times), "nothing was compared")


def the_replay_of_a_program_that_ended_looks_as_it_did_live(t):
    compare(t, [forks(), "--fix=order"], r"ended with status 0", ("0.020", "0.100", "0.500"), True)


def the_replay_of_a_deadlock_looks_as_it_did_live(t):
    compare(t, [forks()], "DEADLOCK", ("0.010", "0.060", "0.300"), False)


def it_is_the_invokers(t):
    """Under sudo the file is made as who called it, where that one may."""
    where = t.dir / "theirs"
    where.mkdir()
    os.chown(where, NOBODY, NOBODY)
    env = f"env SUDO_UID={NOBODY} SUDO_GID={NOBODY} SUDO_USER=nobody"
    with Terminal(t) as term:
        line = term.shell(f"cd {where}; {env} {lib.CTRACE} sleep 30; cd {t.dir}")
        term.wait_for("LIVE", "the screen")
        press_and_wait(term, "recording to ctrace-sleep-1.ctrace")
        term.press("q")
        line.finish()
    status = (where / "ctrace-sleep-1.ctrace").stat()
    t.equal((status.st_uid, status.st_gid, status.st_mode & 0o777), (NOBODY, NOBODY, 0o600),
            "owner and mode")


def where_nothing_can_be_written_it_is_said(t):
    where = t.dir / "not-theirs"
    where.mkdir(mode=0o755)
    env = f"env SUDO_UID={NOBODY} SUDO_GID={NOBODY} SUDO_USER=nobody"
    with Terminal(t) as term:
        line = term.shell(f"cd {where}; {env} {lib.CTRACE} sleep 30; cd {t.dir}")
        term.wait_for("LIVE", "the screen")
        press_and_wait(term, "cannot create ctrace-sleep-1.ctrace: Permission denied")
        t.check(" REC " not in term.text(), "REC, and nothing is recorded")
        term.press("q")
        line.finish()
    t.equal(list(where.iterdir()), [], "files")


def a_full_disk_is_said_and_costs_nothing_else(t):
    """A file system of 64 KiB; what it cannot hold is on the screen all the same."""
    where = t.dir / "small"
    where.mkdir()
    t.equal(t.run("mount", "-t", "tmpfs", "-o", "size=64k", "small", where).status, 0, "mount")
    try:
        with Terminal(t, 100) as term:
            busy = "while :; do sleep 0.001; done"
            line = term.shell(f"cd {where}; {lib.CTRACE} sh -c '{busy}'; cd {t.dir}")
            term.wait_for("LIVE", "the screen")
            term.press("O")
            term.wait_for(r"cannot write ctrace-sh-1.ctrace: No space left on device; events are",
                          "what is wrong", 30)
            term.wait_for(r" REC [\d.]+ KiB, [\d,]+ LOST +LIVE", "that it goes on being wrong")
            press_and_wait(term, r"the recording is in ctrace-sh-1.ctrace, [\d.]+ KiB, without "
                                 r"[\d,]+ events: No space")
            term.press("g")
            term.wait_for(r"\b[01] of ", "the first event")
            term.press("q")
            line.finish()
        report = t.ctrace("report", where / "ctrace-sh-1.ctrace")
        t.check(b"not in" in report.out or b"missing" in report.out or b"lost" in report.out,
                f"report: {report}")
    finally:
        t.equal(t.run("umount", where).status, 0, "umount")


def main():
    lib.need_tracing(["tmux", "mount"])
    lib.need_workloads("forks")
    lib.main([
        it_has_what_was_before_it_and_ends_with_the_key,
        leaving_ctrace_closes_it,
        one_that_is_killed_has_what_was_on_the_screen,
        nothing_that_is_there_is_written_to,
        where_o_records_already_the_key_says_so,
        the_replay_of_a_program_that_ended_looks_as_it_did_live,
        the_replay_of_a_deadlock_looks_as_it_did_live,
        it_is_the_invokers,
        where_nothing_can_be_written_it_is_said,
        a_full_disk_is_said_and_costs_nothing_else,
    ])


if __name__ == "__main__":
    main()
