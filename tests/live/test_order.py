#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""--order: locks that are taken in both orders are found, and what only looks like it is not."""

import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

import lib

POTENTIAL = 93
STRIKES_SOME_DAY = {"abba": 2, "ring": 3, "tried-first": 2, "after-fork": 2, "writer": 2,
                    "heap": 2, "recursive": 2}
NEVER_STRIKES = ("gated", "one-thread", "consistent", "trying", "tried-in-vain", "joined",
                 "before-fork", "readers", "renewed", "condvar")


def check(t, *argv, **options):
    return t.ctrace("check", "-q", "--order", "--timeout=20s", *argv, **options)


def report_of(t, *argv):
    """The status and the verdict."""
    got = check(t, "--json", *argv)
    if not t.check(got.out, f"{argv}: no report, {got}"):
        return got.status, {"kind": None, "sentence": "", "inversions": []}
    return got.status, json.loads(got.out)["verdict"]


def build(t, *flags, compiler="gcc"):
    """The program, built with FLAGS, under a name of its own."""
    path = t.dir / "-".join(["inversion", compiler, *flags])
    if not path.exists():
        t.compile("inversion", *flags, compiler=compiler).rename(path)
    return path


def expect(name, cnt, *flags, compiler="gcc"):
    """A case: situation NAME of the program built with FLAGS has an inversion of CNT."""
    def case(t):
        if not shutil.which(compiler):
            t.note(f"skipped, there is no {compiler}")
            return
        status, verdict = report_of(t, build(t, *flags, compiler=compiler), name)
        t.equal(status, POTENTIAL, f"status, {verdict['sentence']}")
        t.equal(verdict["kind"], "potential", "kind")
        t.equal([len(found["steps"]) for found in verdict["inversions"]], [cnt], "steps")
        for found in verdict["inversions"]:
            check_steps(t, found["steps"])
    case.__name__ = " ".join([name, "is an inversion", compiler, *flags])
    return case


def expect_none(*flags, compiler="gcc"):
    """A case: of the situations that only look like it there is none, one after the other."""
    def case(t):
        if not shutil.which(compiler):
            t.note(f"skipped, there is no {compiler}")
            return
        got = check(t, build(t, *flags, compiler=compiler), *NEVER_STRIKES)
        t.equal((got.status, got.out.decode()), (0, ""), "status and report")
    case.__name__ = " ".join(["nothing else is an inversion", compiler, *flags])
    return case


def check_steps(t, steps):
    for step, following in zip(steps, steps[1:] + steps[:1]):
        t.equal(step["then"], following["first"], "what one wants the next one holds")
        for place in "first_at", "then_at":
            t.check(any("inversion.c:" in frame for frame in step[place]), f"{place} in {step}")
    t.equal(len({step["tid"] for step in steps}), len(steps), "threads")


def the_sentence_names_threads_locks_and_lines(t):
    lines = (lib.PROGRAMS / "inversion.c").read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if "pthread_mutex_lock(b)" in text)
    _, verdict = report_of(t, build(t), "abba")
    t.equal(verdict["sentence"], "POTENTIAL DEADLOCK: "
            f"turn-1 took lock[1] then lock[0] at inversion.c:{line}, "
            f"turn-0 took lock[0] then lock[1] at inversion.c:{line}; it did not strike.", "sentence")
    then_at = verdict["inversions"][0]["steps"][0]["then_at"]
    t.check([frame.split()[0] for frame in then_at[:3]] == ["take_both", "abba_work", "start_thread"],
            f"functions: {then_at}")


def a_recording_tells_the_same(t):
    program = build(t)
    got = t.ctrace("record", "-q", "--order", "-o", "kept.ctrace", program, "abba")
    t.equal(got.status, 0, f"record {got}")
    later = t.ctrace("check", "-q", "--json", "kept.ctrace")
    t.equal(later.status, POTENTIAL, f"status of the recording {later.err}")
    verdict = json.loads(later.out)["verdict"]
    t.equal((verdict["kind"], len(verdict["inversions"])), ("potential", 1), "verdict")
    rows = [json.loads(line) for line in
            t.ctrace("export", "--format=jsonl", "kept.ctrace").out.splitlines()]
    found = [row for row in rows if row.get("kind") == "inversion"]
    t.equal([row["steps"] for row in found], [verdict["inversions"][0]["steps"]], "the event")
    t.equal(t.ctrace("report", "--fail", "kept.ctrace").status, POTENTIAL, "report --fail")


def without_the_option_nothing_is_said(t):
    got = t.ctrace("check", "-q", build(t), "abba")
    t.equal((got.status, got.out), (0, b""), "status and report")


def a_deadlock_is_worse_than_a_potential_one(t):
    got = check(t, t.compile("deadlocks"), "abba")
    t.equal(got.status, 90, f"status {got}")


def cxx_names_the_program_not_the_library(t):
    source = t.dir / "both.cc"
    source.write_text("""#include <mutex>
#include <thread>
#include <chrono>
static std::mutex left, right;
static void both(std::mutex &a, std::mutex &b)
{
	std::lock_guard<std::mutex> first(a);
	std::lock_guard<std::mutex> second(b);
}
int main()
{
	std::thread one([] { both(left, right); });
	std::this_thread::sleep_for(std::chrono::milliseconds(20));
	std::thread two([] { both(right, left); });
	one.join();
	two.join();
}
""")
    for flags in ["-O0"], ["-O2"]:
        made = t.run("g++", "-std=c++17", "-g", *flags, "-pthread", "-o", "both", source)
        t.equal(made.status, 0, made.err)
        status, verdict = report_of(t, t.dir / "both")
        t.equal(status, POTENTIAL, verdict["sentence"])
        for word in "left then right", "right then left", "both.cc:8":
            t.check(word in verdict["sentence"], f"{flags}: no {word} in {verdict['sentence']}")


def what_cannot_be_watched_is_said(t):
    sleeper = t.popen(["sleep", "60"])
    got = t.ctrace("check", "--order", "-p", sleeper.pid)
    t.equal(got.status, 2, f"attached {got}")
    sleeper.kill()
    sleeper.communicate()
    static = build(t, "-static", "-s")
    got = check(t, static, "abba")
    t.equal(got.status, 125, "a static program without symbols")
    t.check("no symbols" in got.err, got.err)
    script = t.dir / "script"
    script.write_text(f"#!/bin/sh\nexec {build(t)} abba\n")
    script.chmod(0o755)
    t.equal(check(t, script).status, POTENTIAL, "by way of a script")


def nothing_is_left_in_the_kernel(t):
    def events():
        path = "/sys/kernel/tracing/uprobe_events"
        return open(path, encoding="ascii").read() if os.path.exists(path) else ""
    before = events()
    process = t.popen([lib.CTRACE, "record", "-q", "--order", "sleep", "60"])
    t.wait_until(lambda: b"sleep" in subprocess.run(["ps", "--ppid", str(process.pid)], check=False,
                                                   capture_output=True).stdout, "sleep")
    process.kill()
    process.communicate()
    t.equal(events(), before, "uprobe events")


def the_worst_case_does_not_hurt_the_program(t):
    """Many threads take many locks; all is counted, nobody hangs."""
    source = t.dir / "many.c"
    source.write_text("""#include <pthread.h>
static pthread_mutex_t lock[40];
static void *work(void *arg)
{
	for (int n = 0; n < 300; n++) {
		int first = n % 30;
		for (int i = first; i < first + 10; i++)
			pthread_mutex_lock(&lock[i]);
		for (int i = first + 9; i >= first; i--)
			pthread_mutex_unlock(&lock[i]);
	}
	return arg;
}
int main(void)
{
	pthread_t t[8];
	for (int i = 0; i < 40; i++)
		pthread_mutex_init(&lock[i], NULL);
	for (int i = 0; i < 8; i++)
		pthread_create(&t[i], NULL, work, NULL);
	for (int i = 0; i < 8; i++)
		pthread_join(t[i], NULL);
	return 0;
}
""")
    made = t.run("gcc", "-g", "-pthread", "-o", "many", source)
    t.equal(made.status, 0, made.err)
    got = check(t, t.dir / "many")
    t.equal(got.status, 0, f"{got}")


def main():
    lib.need_tracing(["gcc", "g++", "ps"])
    if not os.access("/sys/bus/event_source/devices/uprobe/type", os.R_OK):
        lib.skip("needs a kernel with uprobes")
    lib.main([*[expect(name, cnt) for name, cnt in STRIKES_SOME_DAY.items()],
              expect("abba", 2, "-static"), expect("ring", 3, "-static", compiler="musl-gcc"),
              expect("abba", 2, "-no-pie"), expect("abba", 2, "-O3", "-fomit-frame-pointer"),
              expect_none(), expect_none("-static", compiler="musl-gcc"),
              the_sentence_names_threads_locks_and_lines, a_recording_tells_the_same,
              without_the_option_nothing_is_said, a_deadlock_is_worse_than_a_potential_one,
              cxx_names_the_program_not_the_library, what_cannot_be_watched_is_said,
              nothing_is_left_in_the_kernel, the_worst_case_does_not_hurt_the_program])


if __name__ == "__main__":
    main()
