#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A lecture: recorded, annotated, shown in a terminal, changed there, kept in the file."""

import json
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True

import lib
from terminal import Terminal, nobody_is_left_but

NOTES = """\
# A lecture on the dining forks.
0.0001s  chapter: Four eaters are born
         view: diagram
0.02s    They eat for a while
         view: threads
         question: Who will wait first?
         answer: Any.
50ms     The ring closes
         view: graph
"""


def recording(t, notes=NOTES):
    """A recording of forks with notes, and its name in the file system."""
    path = t.dir / "forks.ctrace"
    got = t.ctrace("check", "--overwrite", "-o", path, *lib.need_workloads("forks"))
    t.equal(got.status, 90, "check forks")
    if notes:
        annotate(t, path, notes)
    return path


def annotate(t, path, notes, expected=0):
    file = t.dir / "notes.txt"
    file.write_text(notes)
    got = t.ctrace("annotate", path, file)
    t.equal(got.status, expected, f"annotate: {got}")
    return got.err


def notes_of(t, path):
    return t.ctrace("annotate", path).out.decode()


def what_is_printed_can_be_put_in_again(t):
    path = recording(t)
    printed = notes_of(t, path)
    t.check("chapter: Four eaters are born\n\tview: diagram\n" in printed, printed)
    annotate(t, path, printed)
    t.equal(notes_of(t, path), printed, "the notes, put in again")
    t.equal(json.loads(t.ctrace("info", "--json", path).out)["notes"], 3, "notes")
    annotate(t, path, "")
    t.equal(notes_of(t, path), "", "no notes")


def an_event_is_a_time(t):
    path = recording(t, "#10  The tenth\n")
    lines = t.ctrace("export", "--format=jsonl", path).out.splitlines()
    event = next(one for one in map(json.loads, lines) if one.get("n") == 10)
    ns = event["t_ns"]
    t.equal(notes_of(t, path), f"{ns // 10**9}.{ns % 10**9:09}s  The tenth\n", "its time")


def wrong_notes_change_nothing(t):
    path = recording(t)
    before = path.read_bytes()
    for notes, words in (("1ms A\n veiw: graph\n", "line 2: no such word"),
                         ("soon A\n", "line 1: no time"),
                         ("#99999999 A\n", "line 1: the trace has no such event, only #0 to #"),
                         ("1ms A\n99h B\n", "line 2: behind the end of the trace, which is "),
                         ("-1ms A\n", "line 1: before the begin of the trace"),
                         ("1ms A\n view: grpah\n", "line 2: no such view, there are threads,"),
                         ("x" * 2_000_000, "no text of at most")):
        t.check(words in annotate(t, path, notes, 2), f"{words!r} is not said")
    (t.dir / "some.txt").write_text("no trace")
    t.equal(t.ctrace("annotate", t.dir / "some.txt", t.dir / "notes.txt").status, 3, "no trace")
    t.equal(path.read_bytes(), before, "the file")


def what_some_editors_put_in_is_no_harm(t):
    """A byte order mark, and ends of lines as they are elsewhere."""
    path = recording(t, "")
    annotate(t, path, "\ufeff1ms A\r\n view: graph\r\n2ms B\r\n")
    t.equal(notes_of(t, path), "0.001000000s  A\n\tview: graph\n0.002000000s  B\n", "notes")


def a_trace_is_a_file(t):
    path = recording(t)
    for command in "replay", "report", "info", "annotate":
        got = t.ctrace(command, "-", stdin=path.read_bytes())
        t.equal(got.status, 3, f"{command} -")
        t.check("give the name of a file, not standard input" in got.err, got.err)


def a_question_is_asked_and_answered(t):
    path = recording(t)
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, "replay", "--theme=projector", path)
        term.wait_for("3 notes", "what the recording has")
        term.press("Space")
        term.wait_for("CHAPTER Four eaters are born", "the chapter, played up to")
        term.wait_for(r"\[diagram\]", "its view")
        term.press("]")
        term.wait_for("QUESTION Who will wait first", "the question")
        term.wait_until_gone(r"Any\.", "the answer")
        term.press("x")
        term.wait_for(r"ANSWER Any\.", "the answer")
        term.press("]")
        term.wait_for("The ring closes", "the third note")
        term.wait_for(r"\[graph\]", "its view")
        term.press("[")
        term.wait_for("QUESTION", "the note before, asked again")
        term.type("C")
        term.wait_for("notes, 2 of 3 passed", "the list of notes")
        term.press("Up", "Enter")
        term.wait_for("CHAPTER Four eaters are born", "the chapter that was chosen")
        term.wait_for(r"\[diagram\]", "its view")
        term.press("q")
        line.finish()
    nobody_is_left_but(t)


def before_a_step_it_is_asked(t):
    path = recording(t, "")
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, path)
        term.wait_for("PAUSED", "the replay")
        term.type("P")
        term.wait_for("each step forward asks first", "what the key does")
        term.type("b")
        term.wait_for("PREDICT Which thread blocks next", "the question")
        term.type("x")
        term.wait_for(r"-> Blocked: waits for", "the answer")
        term.press("q")
        line.finish()


def from_the_end_keys_lead_to_how_it_closed(t):
    path = recording(t, "")
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, path)
        term.wait_for("PAUSED", "the replay")
        term.type("GA")
        term.wait_for("a cycle, not confirmed yet", "the moment it closed")
        term.type("F")
        found = term.wait_for(r"(\d) of (\d): \w waits for mutex table\.", "the wait before")
        t.equal(int(found[1]), int(found[2]) - 1, "its number")
        term.type("fF")
        for _ in range(int(found[1])):
            term.type("F")
        term.wait_for("this is how the deadlock began", "the first step")
        term.press("q")
        line.finish()


def what_is_set_on_the_screen_is_in_the_file(t):
    path = recording(t, "")
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, path)
        term.wait_for("PAUSED", "the replay")
        term.type(":10ms")
        term.press("Enter")
        term.type("m")
        term.type("Here")
        term.press("Enter")
        term.wait_for("stored in the recording", "what became of it")
        term.type("w")
        term.wait_for(r"\[graph\]", "the graph")
        term.type("M")
        term.wait_for("stored: at this marker", "what became of the view")
        term.press("q")
        line.finish()
    t.equal(notes_of(t, path), "0.010000000s  Here\n\tview: graph\n", "notes")


def what_is_set_while_it_runs_is_in_the_file(t):
    path = t.dir / "live.ctrace"
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, "-o", path, *lib.need_workloads("forks"))
        term.wait_for("DEADLOCK", "the deadlock")
        term.type("m")
        term.type("Seen question: Who? answer: B")
        term.press("Enter")
        term.wait_for("marker at", "the marker")
        term.press("Space")
        term.wait_for("PAUSED", "the pause")
        term.type("m")
        term.type("At rest")
        term.press("Enter")
        term.wait_for("marker at", "the second marker")
        term.press("q")
        line.finish()
    notes = notes_of(t, path)
    for words in "  Seen\n\tquestion: Who?\n\tanswer: B\n", "  At rest\n":
        t.check(words in notes, f"{words!r} is not in {notes!r}")
    annotate(t, path, notes)
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, path)
        term.wait_for("PAUSED", "the replay")
        term.type(":at rest")
        term.press("Enter")
        term.wait_for(r"(?m)^ *At rest", "the note, though no event is that late")
        term.press("q")
        line.finish()


def first_named_wait(t, path):
    """The first event that blocks on a lock, and what that lock is called: later, perhaps."""
    for line in t.ctrace("export", "--format=jsonl", path).out.splitlines():
        event = json.loads(line)
        wait = event.get("kind") == "block" and event["waits_for"]
        if wait and wait["kind"] == "mutex":
            return event["n"], wait["name"]
    return None, None


def a_replay_and_its_report_have_the_names_of_the_whole_trace(t):
    path = recording(t, "")
    number, name = first_named_wait(t, path)
    t.check(name and name.startswith("table."), f"the name of the first lock: {name}")
    with Terminal(t) as term:
        line = term.run(lib.CTRACE, path)
        term.wait_for("PAUSED", "the replay")
        term.type(f":#{number}")
        term.press("Enter")
        term.wait_for(rf"#{number} .* waits for mutex {re.escape(name)}",
                      "the wait, for a lock that is named only later")
        term.type("y")
        term.wait_for("the report is in ctrace-report-forks.ctrace-1.txt", "its name")
        term.press("q")
        line.finish()
    report = t.dir / "ctrace-report-forks.ctrace-1.txt"
    t.check(f"waits for {name} (mutex " in report.read_text(), report.read_text())
    report.unlink()


def of_a_file_that_cannot_be_written_it_is_said(t):
    path = recording(t)
    other = t.dir / "other"
    other.mkdir()
    shutil.copy(path, other / "forks.ctrace")
    target = other / "none" / "forks.ctrace"
    t.equal(t.ctrace("annotate", target, t.dir / "notes.txt").status, 3, "no such file")
    os.symlink(other / "forks.ctrace", other / "link.ctrace")
    annotate(t, other / "link.ctrace", "1ms A\n")
    t.check(os.path.islink(other / "link.ctrace"), "a link that is a file now")
    t.equal(notes_of(t, other / "forks.ctrace"), "0.001000000s  A\n", "the notes of its target")


def what_is_printed_and_not_taken_is_a_failure(t):
    path = recording(t)
    for words in ["annotate", path], ["info", path], ["report", path], ["--help"], ["manual"], \
                 ["completion", "bash"], ["demo"], ["schema"]:
        with open("/dev/full", "wb") as full:
            got = t.ctrace(*words, stdout=full)
        t.equal(got.status, 125, f"{words} to a full disk")
        t.check(re.fullmatch("ctrace: cannot write.*\n", got.err), f"{words}: {got.err!r}")


def a_report_does_not_replace_what_it_is_about(t):
    path = recording(t)
    before = path.read_bytes()
    os.symlink(path, t.dir / "other.txt")
    for name in path, t.dir / "other.txt":
        got = t.ctrace("report", f"--report=text:{name}", path)
        t.check(got.status == 125 and "left alone" in got.err, f"{got}")
    t.equal(path.read_bytes(), before, "the recording")


def main():
    lib.need_tracing(["tmux"])
    lib.main([
        what_is_printed_can_be_put_in_again,
        an_event_is_a_time,
        wrong_notes_change_nothing,
        what_some_editors_put_in_is_no_harm,
        a_trace_is_a_file,
        a_question_is_asked_and_answered,
        before_a_step_it_is_asked,
        from_the_end_keys_lead_to_how_it_closed,
        what_is_set_on_the_screen_is_in_the_file,
        what_is_set_while_it_runs_is_in_the_file,
        a_replay_and_its_report_have_the_names_of_the_whole_trace,
        of_a_file_that_cannot_be_written_it_is_said,
        what_is_printed_and_not_taken_is_a_failure,
        a_report_does_not_replace_what_it_is_about,
    ])


if __name__ == "__main__":
    main()
