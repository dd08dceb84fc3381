#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A recording that is to have a length: it ends, and the program goes on as if nothing were."""

import json
import re
import struct
import sys
import time

sys.dont_write_bytecode = True

import leftovers
import lib

KILLS = 8
STEPS = 60          # of 20 ms
PROGRAM = ["sh", "-c", f"i=0; while [ $i -lt {STEPS} ]; do sleep 0.02; i=$((i+1)); done; exit 7"]

# What makes many events, some MiB of them a second.
FLOOD = ["sh", "-c", "yes | head -c 600000000 | cat >/dev/null; exit 7"]
LIMIT_WORDS = ", stopped at its limit --"
CLOSING = re.compile(r"ctrace: ([\d,]+) events, ([\d,]+) lost, (.*)\n")
SEEN = re.compile(r", the last of ([\d,]+) events in ")
KEPT = re.compile(r"^kept +the last .* of it, ([\d,]+) events", re.MULTILINE)

PING_PONG = """
import os, time
there, back = os.pipe(), os.pipe()
child = os.fork()
if not child:
    os.close(there[1])
    while os.read(there[0], 1):
        os.write(back[1], b"x")
    os._exit(0)
end = time.monotonic() + 4
while time.monotonic() < end:
    os.write(there[1], b"x")
    os.read(back[0], 1)
os.close(there[1])
os.waitpid(child, 0)
os._exit(7)
"""


def record(t, *options, program=None):
    """Record a program: what info says of it, and the recording."""
    path = t.dir / "limited.ctrace"
    got = t.ctrace("record", "--overwrite", "-o", path, *options, *(program or PROGRAM))
    t.equal(got.status, 7, f"the program's status: {got}")
    t.check("lost" in got.err, f"the closing line: {got.err!r}")
    limit = re.search(LIMIT_WORDS + r"(\S+)", got.err)
    t.equal([limit[1]] if limit else [], [option.split("=")[0][2:] for option in options],
            f"the limit in the closing line: {got.err!r}")
    info = json.loads(t.ctrace("info", "--json", path).out)
    t.check(not info["truncated"], "it was not closed")
    t.equal(info["lost"], 0, "lost")
    return info, path


def all_of_it_is_longer(t):
    info, _ = record(t)
    t.check(info["kinds"]["end"] == 1, "the end is not in it")
    t.check(info["duration_ns"] > 1.1e9, info)


def a_duration_ends_it(t):
    begin = time.monotonic()
    info, _ = record(t, "--duration=300ms")
    t.check(time.monotonic() - begin > 1.1, "the program did not go on")
    t.check(0.2e9 < info["duration_ns"] < 0.5e9, info)


def a_size_ends_it(t):
    info, path = record(t, "--max-size=16K", program=FLOOD)
    size = path.stat().st_size
    t.check("end" not in info["kinds"], f"it went on to the end: {info}")
    info, path = record(t, program=FLOOD)
    t.equal(info["kinds"].get("end"), 1, "its end")
    t.check(16 * 1024 <= size < path.stat().st_size / 2, f"{size} of {path.stat().st_size} bytes")


def a_ring_keeps_the_end(t):
    path = t.dir / "ring.ctrace"
    got = t.ctrace("record", "-o", path, "--ring=16K", "sh", "-c",
                   "yes | head -c 300000000 | cat >/dev/null; exit 7")
    t.equal(got.status, 7, "the program's status")
    info = json.loads(t.ctrace("info", "--json", path).out)
    t.check(info["first_event"] > info["events"] / 4, f"nothing was forgotten: {info}")
    t.equal(info["kinds"].get("end"), 1, "its end")
    t.check(info["threads"] > 3, f"threads that were there before: {info}")
    report = json.loads(t.ctrace("report", "--json", path).out)
    t.equal(report["exit"]["status"], 7, "the status in the recording")
    for key in "events", "first_event":
        t.equal(report[key], info[key], f"the report's {key}")
    t.equal(report["first_ns"], info["start_ns"] - report["start_ns"], "when that was")
    says_what_is_kept(t, got.err, path, info)


def says_what_is_kept(t, closing, path, info):
    """In all words: what is in the file, and what was seen."""
    kept, seen = info["events"], info["first_event"] + info["events"]
    t.equal(number(CLOSING, closing), kept, f"events in the file, in {closing!r}")
    t.equal(number(SEEN, closing), seen, f"events that were seen, in {closing!r}")
    t.equal(number(KEPT, t.ctrace("report", path).out.decode()), kept, "events in the report")
    t.check(f"the last of {seen:,} in " in t.ctrace("info", path).out.decode(), "info")
    head = json.loads(t.ctrace("export", "--format=jsonl", path).out.split(b"\n", 1)[0])
    t.equal((head["first_event"], head["events"]), (info["first_event"], kept), "jsonl")


def number(pattern, text):
    found = pattern.search(text)
    return int(found[1].replace(",", "")) if found else None


def a_duration_ends_a_ring_that_forgets(t):
    path = t.dir / "both.ctrace"
    got = t.ctrace("record", "-o", path, "--ring=16K", "--duration=2s",
                   sys.executable, "-c", PING_PONG)
    t.equal(got.status, 7, f"the program's status: {got}")
    info = json.loads(t.ctrace("info", "--json", path).out)
    t.check(info["first_event"] > 0, f"nothing was forgotten: {info}")
    t.check("end" not in info["kinds"], f"it went on to the end: {info}")
    t.check(LIMIT_WORDS in got.err, f"the closing line: {got.err!r}")


def without_a_name_it_is_called_after_the_program(t):
    for number in 1, 2:
        got = t.ctrace("record", *PROGRAM)
        path = t.dir / f"ctrace-sh-{number}.ctrace"
        t.equal(got.status, 7, f"the program's status: {got}")
        t.check(got.err.endswith(f" -> {path.name}\n"), f"the closing line: {got.err!r}")
        t.equal(t.ctrace("report", path).status, 0, "the report of it")
        t.equal(path.stat().st_mode & 0o777, 0o600, "mode of the file")
    got = t.run("sh", "-c", 'cd /proc && exec "$@"', "sh", lib.CTRACE, "record", "true")
    t.equal((got.status, got.err.count("\n")), (125, 1), f"where no file can be made: {got}")
    t.check("-o names another file" in got.err, got.err)


def what_could_not_be_written_is_counted(t):
    path = t.dir / "limited.ctrace"
    limited = 'ulimit -f 16; exec "$@"'
    for ring in [], ["--ring=64K"]:
        got = t.run("bash", "-c", limited, "bash", lib.CTRACE, "record", "--overwrite", "-o", path,
                    *ring, *FLOOD)
        t.equal(got.status, 125, f"a limit of the file: {got}")
        kept = json.loads(t.ctrace("info", "--json", path).out)
        closing = CLOSING.search(got.err)
        if t.check(closing, f"no closing line: {got}"):
            t.equal(number(CLOSING, got.err), kept["events"], f"events in it: {got.err!r}")
            t.equal(int(closing[2].replace(",", "")), kept["lost"], f"lost: {got.err!r}")
        t.check(kept["lost"] > 0, f"nothing was lost: {kept}")


def event_blocks(data):
    """Where blocks of events begin, how many bytes follow their headers, and their events."""
    at, found = 64, []
    while at < len(data):
        kind, = struct.unpack_from("<H", data, at + 4)
        size, = struct.unpack_from("<I", data, at + 12)
        if kind == 1:
            found.append((at, size, struct.unpack_from("<I", data, at + 48)[0]))
        at += 64 + size
    return found


def a_hole_is_lost_and_no_event(t):
    """Damage inside a block, and to its header where no index tells of it: what is said agrees."""
    path = t.dir / "whole.ctrace"
    program = ["sh", "-c", "yes | head -c 300000000 | cat >/dev/null"]
    closing = t.ctrace("record", "--overwrite", "-o", path, *program).err
    data = path.read_bytes()
    blocks = event_blocks(data)
    if not t.check(len(blocks) > 2, f"{len(blocks)} blocks of events: {closing!r}"):
        return
    at, size, cnt = blocks[1]
    hurt = t.dir / "hurt.ctrace"
    for byte, end in (at + 64 + size // 2, len(data)), (at + 60, len(data) - 1):
        bad = bytearray(data[:end])
        bad[byte] ^= 0xff
        hurt.write_bytes(bad)
        info = json.loads(t.ctrace("info", "--json", hurt).out)
        report = json.loads(t.ctrace("report", "--json", hurt).out)
        rest = number(CLOSING, closing) - cnt
        t.equal((info["events"], info["lost"], info["unreadable"]), (rest, cnt, cnt), "info")
        t.equal(sum(info["kinds"].values()), rest, "events of all kinds")
        t.equal((report["events"], report["lost"]["total"]), (rest, cnt), "report")
        said = t.ctrace("report", hurt).out.decode()
        t.check(f", {rest:,} events\n" in said, f"report as text: {said[:400]}")


def of_a_program_that_is_not_there_no_file_is_left(t):
    for output in [], ["-o", t.dir / "none.ctrace"]:
        got = t.ctrace("record", *output, "./no-such-program")
        t.equal(got.status, 127, f"{got}")
    t.equal([str(p) for p in t.dir.glob("*no*.ctrace")], [], "files")


def a_process_attached_to_is_left_at_the_limit(t):
    program = t.popen(["sleep", "20"])
    try:
        got = t.ctrace("record", "-o", t.dir / "left.ctrace", "--duration=200ms", "-p", program.pid)
        t.equal(got.status, 0, f"{got}")
        t.check(LIMIT_WORDS in got.err, f"the closing line: {got.err!r}")
        t.equal(program.poll(), None, "the program")
    finally:
        program.kill()
        program.communicate()


def it_begins_with_the_program(t):
    """What ctrace did before, until the program was there, is not told of it."""
    path = t.dir / "begin.ctrace"
    t.ctrace("record", "--overwrite", "-o", path, "sh", "-c", ":")
    lines = t.ctrace("export", "--format=jsonl", path).out.decode().splitlines()
    events = [json.loads(line) for line in lines[1:]]
    t.equal([event["kind"] for event in events[:2]], ["thread", "exec"], "the first events")
    first = json.loads(t.ctrace("report", "--json", path).out)["threads"][0]
    t.equal((first["created_ns"], first["met"]), (0, False), "the program")
    t.check(not first["blocked"].get("socket"), f"it waits for nothing of ours: {first['blocked']}")


def killed_at_any_moment_it_opens(t):
    """SIGKILL: up to the last whole block, and that it was not closed is said."""
    kept = 0
    for i in range(KILLS):
        path = t.dir / f"killed-{i}.ctrace"
        recorder = t.popen([lib.CTRACE, "record", "-o", path, sys.executable, "-c", PING_PONG])
        t.wait_until(path.exists, "the recording")
        time.sleep(0.05 + 2 * i / KILLS)
        recorder.kill()
        recorder.communicate()
        leftovers.end_children()    # the program goes on
        got = t.ctrace("info", "--json", path)
        t.equal(got.status, 0, f"kill {i}: {got}")
        info = json.loads(got.out)
        t.check(info["truncated"], f"kill {i}: it is said to be whole: {info}")
        t.equal(t.ctrace("report", path).status, 0, f"the report of kill {i}")
        kept += info["events"] > 0
    t.check(kept >= KILLS / 2, f"only {kept} of {KILLS} have events")


def a_wrong_limit_is_one_line(t):
    for option in "--duration=soon", "--duration=0", "--max-size=much", "--ring=0":
        got = t.ctrace("record", "-o", t.dir / "none.ctrace", option, "true")
        t.equal(got.status, 2, option)
        t.equal(got.err.count("\n"), 1, f"{option}: {got.err!r}")
    got = t.ctrace("record", "-o", t.dir / "none.ctrace", "--ring=1M", "--max-size=1M", "true")
    t.equal((got.status, got.err.count("\n")), (2, 1), f"a ring of a size: {got.err!r}")
    t.check(not (t.dir / "none.ctrace").exists(), "a file was made")


def main():
    lib.need_tracing()
    lib.main([
        all_of_it_is_longer,
        a_duration_ends_it,
        a_size_ends_it,
        a_ring_keeps_the_end,
        a_duration_ends_a_ring_that_forgets,
        without_a_name_it_is_called_after_the_program,
        what_could_not_be_written_is_counted,
        a_hole_is_lost_and_no_event,
        of_a_program_that_is_not_there_no_file_is_left,
        a_process_attached_to_is_left_at_the_limit,
        it_begins_with_the_program,
        killed_at_any_moment_it_opens,
        a_wrong_limit_is_one_line,
    ])


if __name__ == "__main__":
    main()
