#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""--order: locks that are taken in both orders are found, and what only looks like it is not."""

import contextlib
import ctypes
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import leftovers
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


@contextlib.contextmanager
def running(t, *argvs):
    """The numbers of programs ARGVS that run; they are killed in the end."""
    started = [t.popen(argv) for argv in argvs]
    try:
        for process in started:
            t.wait_until(lambda: b"turn-" in threads_of(process) or b"one-turns" in cmdline(process),
                         "the threads")
        yield ",".join(str(process.pid) for process in started)
    finally:
        for process in started:
            process.kill()
            process.communicate()


def threads_of(process):
    names = Path(f"/proc/{process.pid}/task").glob("*/comm")
    return b" ".join(name.read_bytes() for name in names)


def cmdline(process):
    return Path(f"/proc/{process.pid}/cmdline").read_bytes()


def attach(t, pids, *options):
    got = t.ctrace("check", "-q", "--order", "--json", *options, "-p", pids)
    return got.status, json.loads(got.out)["verdict"]


def a_running_process_is_watched(t):
    with running(t, [build(t), "forever", "turns"]) as pid:
        status, verdict = attach(t, pid)
        t.equal(attach(t, pid, "--timeout=1s")[0], POTENTIAL, "at the end of the time it is given")
    t.equal((status, verdict["kind"]), (POTENTIAL, "potential"), verdict["sentence"])
    for found in verdict["inversions"]:
        check_steps(t, found["steps"])


def what_gated_before_ctrace_came_still_does(t):
    calm = [[build(t), "forever", name] for name in ("held-gate", "kept-gate", "one-turns")]
    with running(t, *calm) as pids:
        status, verdict = attach(t, pids)
        t.equal(verdict["inversions"], [], f"inversions, status {status}")
        with running(t, [build(t), "forever", "turns"]) as pid:
            status, verdict = attach(t, f"{pids},{pid}")
    t.equal((status, len(verdict["inversions"])), (POTENTIAL, 1), "with one that is not gated")


def attach_in_its_own_view_of_files(t):
    """Its C library is one that nobody else has, and was removed meanwhile."""
    root = t.dir / "root"
    program = build(t)
    listed = t.run("ldd", program).out.decode().split()
    for path in {Path(word) for word in listed if word.startswith("/")}:
        (root / str(path.parent).lstrip("/")).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, str(root) + str(path))
    shutil.copy(program, root / "program")
    with running(t, ["chroot", root, "/program", "forever", "turns"]) as pid:
        for path in root.glob("lib/**/libc.so.6"):
            path.unlink()
        status, verdict = attach(t, pid)
    t.equal(status, POTENTIAL, verdict["sentence"])
    shutil.rmtree(root)


def forked_processes_are_watched_if_asked_for(t):
    got = check(t, "--order-all", "--json", build(t), "forked", "abba")
    verdict = json.loads(got.out)["verdict"]
    t.equal(got.status, POTENTIAL, verdict["sentence"])
    for found in verdict["inversions"]:
        check_steps(t, found["steps"])
    got = check(t, "--order-all", "--json", build(t), "forked", *NEVER_STRIKES)
    t.equal(got.status, 0, json.loads(got.out)["verdict"]["sentence"])
    got = check(t, build(t), "forked", "abba")
    t.equal(got.status, 0, "without it")
    t.check("was forked" in got.err, f"not watched, and not said: {got}")


def processes_that_share_locks(t):
    for name in "shared", "inherited":
        for flags in [], ["-static"]:
            status, verdict = report_of(t, "--order-all", build(t, *flags), name)
            t.equal(status, POTENTIAL, f"{name} {flags} {verdict['sentence']}")
            for found in verdict["inversions"]:
                check_steps(t, found["steps"])
    status, verdict = report_of(t, "--order-all", build(t), "shared-gate", "shared-waited", "copied")
    t.equal(status, 0, verdict["sentence"])


def a_program_with_another_library_is_watched_when_it_comes(t):
    static = build(t, "-static")
    status, verdict = report_of(t, "sh", "-c", f"exec {static} turns")
    t.equal(status, POTENTIAL, f"in its place: {verdict['sentence']}")
    status, verdict = report_of(t, "--order-all", "sh", "-c", f"{static} turns; :")
    t.equal(status, POTENTIAL, f"forked: {verdict['sentence']}")
    # Its main thread is in pthread_join() when the probes come.
    status, verdict = report_of(t, "sh", "-c", f"exec {static} {' '.join(NEVER_STRIKES)}")
    t.equal(status, 0, f"never strikes: {verdict['sentence']}")


def what_cannot_be_watched_is_said(t):
    script = t.dir / "no-library"
    got = t.run("gcc", "-nostdlib", "-static", "-x", "c", "-o", script, "-",
                stdin=b"void _start(void) { for (;;) __asm__(\"pause\"); }")
    t.equal(got.status, 0, got.err)
    spinner = t.popen([script])
    t.wait_until(lambda: b"no-library" in cmdline(spinner), "exec")
    got = t.ctrace("check", "--order", "-p", spinner.pid)
    t.equal(got.status, 125, f"attached {got}")
    t.check("no symbols" in got.err, got.err)
    spinner.kill()
    spinner.communicate()
    static = build(t, "-static", "-s")
    got = check(t, static, "abba")
    t.equal(got.status, 125, "a static program without symbols")
    t.check("no symbols" in got.err, got.err)
    script = t.dir / "script"
    script.write_text(f"#!/bin/sh\nexec {build(t)} abba\n")
    script.chmod(0o755)
    t.equal(check(t, script).status, POTENTIAL, "by way of a script")


def nothing_is_left_in_the_kernel(t):
    """Killed, and ended in peace: no probe, no link, no breakpoint in the code of who goes on."""
    def traces():
        path = "/sys/kernel/tracing/uprobe_events"
        events = open(path, encoding="ascii").read() if os.path.exists(path) else ""
        links = t.run("bpftool", "link", "list").out.decode().splitlines()
        return events, [line for line in links if line[:1].isdigit() and
                        line.split()[1] not in ("raw_tracepoint", "iter")]
    before = traces()
    process = t.popen([lib.CTRACE, "record", "-q", "--order", "sleep", "60"])
    t.wait_until(lambda: b"sleep" in subprocess.run(["ps", "--ppid", str(process.pid)], check=False,
                                                   capture_output=True).stdout, "sleep")
    process.kill()
    process.wait()
    leftovers.end_children()    # the program goes on, and has the pipes
    process.communicate()
    t.equal(traces(), before, "after it was killed")
    with running(t, [build(t), "forever", "one-turns"]) as pid:
        code = code_of_lock(pid)
        attach(t, pid)
        t.equal(code_of_lock(pid), code, "the first byte of pthread_mutex_lock")
    t.equal(traces(), before, "after it ended")


def code_of_lock(pid):
    """The first bytes of pthread_mutex_lock in process PID, which has it where we have it in ours."""
    libc = ctypes.CDLL("libc.so.6")
    ours = ctypes.cast(libc.pthread_mutex_lock, ctypes.c_void_p).value
    address = ours - begin_of_libc("self") + begin_of_libc(pid)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(4)


def begin_of_libc(pid):
    lines = Path(f"/proc/{pid}/maps").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if "libc.so.6" in line).split("-")[0], 16)


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
              a_running_process_is_watched, what_gated_before_ctrace_came_still_does,
              attach_in_its_own_view_of_files, forked_processes_are_watched_if_asked_for,
              processes_that_share_locks,
              a_program_with_another_library_is_watched_when_it_comes,
              nothing_is_left_in_the_kernel, the_worst_case_does_not_hurt_the_program])


if __name__ == "__main__":
    main()
