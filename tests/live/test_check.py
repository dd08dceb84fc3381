#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""ctrace check: statuses, reports in every form, what is killed and what is not, CI examples."""

import json
import os
import re
import shutil
import signal
import sys
import time
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True

import leftovers
import lib

LIMIT = "--timeout=10s"
HOSTILE = "<a&\"'>]]>\x01é"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def check(t, *argv, **options):
    return t.ctrace("check", "-q", LIMIT, *argv, **options)


def stuck(t):
    return [t.compile("deadlocks"), "abba"]


def the_status_of_the_program_passes_through(t):
    for status in 0, 1, 42, 90, 255:
        t.equal(check(t, "sh", "-c", f"exit {status}").status, status, f"exit {status}")
    t.equal(check(t, "sh", "-c", "kill -9 $$").status, -signal.SIGKILL, "killed")
    t.equal(check(t, "./no-such-program").status, 127, "not found")


def a_quiet_end_says_nothing(t):
    got = check(t, "true")
    t.equal((got.out, got.err), (b"", ""), "output")


def limits_are_status_92(t):
    for option, word in ("--hang=200ms", "HANG"), ("--timeout=200ms", "TIME-OUT"):
        got = check(t, option, "sleep", "60")
        t.equal(got.status, 92, f"{option} status")
        t.check(got.out.startswith(word.encode()), f"{option} report: {got.out[:200]}")
        t.check(b"_start" in got.out, f"{option}: no stack in {got.out}")


def all_that_was_started_is_killed(t):
    script = f"sleep 97 & (setsid sleep 98 &) ; {stuck(t)[0]} abba"
    t.equal(check(t, "sh", "-c", script).status, 90, "status")
    t.equal(leftovers.living_children(), [], "left behind")


def what_runs_as_another_user_is_killed(t):
    """As the workers of a server do that root has started."""
    script = f"setpriv --reuid=65534 --clear-groups sleep 96 & {stuck(t)[0]} abba"
    got = check(t, "sh", "-c", script)
    t.equal(got.status, 90, "status")
    t.check("could not be killed" not in got.err, got.err)
    t.equal(leftovers.living_children(), [], "left behind")


def reports_go_where_they_are_wanted(t):
    got = check(t, "--overwrite", "--report=text", "--report=json:a.json", "--report=junit:a.xml",
                "--report=plain.txt", *stuck(t))
    t.equal(got.status, 90, "status")
    t.check(got.out.startswith(b"DEADLOCK"), f"standard output: {got.out[:200]}")
    t.equal((t.dir / "plain.txt").read_bytes(), got.out, "the same as a file")
    verdict = json.loads((t.dir / "a.json").read_text())["verdict"]
    t.equal(verdict["kind"], "deadlock", "kind")
    failure = xml.parse(t.dir / "a.xml").find("./testsuite/testcase/failure")
    t.equal(failure.get("message"), verdict["sentence"], "message")
    t.equal(failure.text.encode(), got.out, "text")
    t.check(failure.text.count("pthread_mutex_lock") >= 2, f"no stacks in {failure.text}")


def the_older_forms_of_report_work(t):
    check(t, "--overwrite", "--json", "--report=old.json", "true")
    t.equal(json.loads((t.dir / "old.json").read_text())["verdict"]["kind"], "ended", "kind")
    check(t, "--overwrite", "--report=./junit", "true")
    t.check((t.dir / "junit").read_text().startswith("ended"), "a file that is called junit")
    t.check(json.loads(check(t, "--json", "true").out), "JSON on standard output")


def wrong_reports_are_refused(t):
    for option in "--report=", "--report=junit:":
        t.equal(check(t, option, "true").status, 2, option)
    t.equal(check(t, *["--report=a"] * 5, "true").status, 2, "too many")
    got = check(t, "--report=json:no/such/directory", "sh", "-c", "touch ran")
    t.equal(got.status, 125, "a report that cannot be written")
    t.check(not (t.dir / "ran").exists(), "the program ran, though its report was lost")


def suite_of(t, *argv):
    out = check(t, "--report=junit", *argv).out
    suite = xml.fromstring(out).find("testsuite")
    return {key: suite.get(key) for key in ("tests", "failures", "errors")}, suite


def junit_tells_passed_from_failed(t):
    counts, suite = suite_of(t, "true")
    t.equal(counts, {"tests": "1", "failures": "0", "errors": "0"}, "passed")
    t.check(suite.find("testcase/failure") is None, "a failure of what has passed")
    counts, suite = suite_of(t, "sh", "-c", "exit 3")
    t.equal(counts["failures"], "1", "failed by itself")
    t.equal(suite.find("testcase/failure").get("message"), "ended with status 3", "message")
    counts, suite = suite_of(t, "--hang=100ms", "sleep", "60")
    t.equal(suite.find("testcase/failure").get("type"), "hang", "type")


def junit_survives_hostile_names(t):
    program = t.compile("names")
    counts, suite = suite_of(t, "sh", "-c", f"{program}; exit 1", HOSTILE, b"\xff\xfe")
    t.equal(counts["failures"], "1", "failures")
    name = suite.find("testcase").get("name")
    t.check("<a&\"'>]]>?é" in name, f"name: {name!r}")
    t.check("-->end;A-->B" in suite.find("testcase/failure").text, "the threads in the text")


def a_recording_gets_the_same_verdict(t):
    live = check(t, "--json", "--overwrite", "-o", "kept.ctrace", *stuck(t))
    later = check(t, "--json", "kept.ctrace")
    t.equal((live.status, later.status), (90, 90), "statuses")
    first, second = (json.loads(got.out)["verdict"] for got in (live, later))
    for key in "kind", "at_ns":
        t.equal(second[key], first[key], key)
    t.equal([edge["tid"] for edge in second["cycle"]], [edge["tid"] for edge in first["cycle"]],
            "cycle")
    t.equal(check(t, "no-such.ctrace").status, 3, "no such recording")


def where_the_recording_has_no_room_the_verdict_counts(t):
    """A file of at most a kilobyte stands for a full disk."""
    limited = ["bash", "-c", 'ulimit -f 1 && exec "$@"', "bash", lib.CTRACE, "check", LIMIT, "-o"]
    got = t.run(*limited, t.dir / "stuck.ctrace", *stuck(t))
    t.equal(got.status, 90, f"status of a deadlock ({got.err})")
    t.check(got.out.startswith(b"DEADLOCK"), f"no verdict: {got.out!r}")
    t.check("events are missing in it" in got.err, f"the file: {got.err!r}")
    got = t.run(*limited, t.dir / "calm.ctrace", "sh", "-c", "sleep 0; sleep 0; sleep 0; exit 3")
    t.equal(got.status, 125, f"status where nothing was found ({got.err})")


def what_runs_already_is_judged_and_left_alone(t):
    for argv, status in (stuck(t), 90), (["sleep", "60"], 0), (["sleep", "60"], 92):
        process = t.popen(argv)
        time.sleep(0.3)
        begin = time.monotonic()
        got = t.ctrace("check", *(["--hang=100ms"] if status == 92 else []), "-p", process.pid)
        t.equal(got.status, status, f"{argv} status ({got.err})")
        t.check(time.monotonic() - begin < (3.5 if status == 0 else 2), f"{argv} took too long")
        t.check(process.poll() is None, f"{argv} was ended")
        t.equal("no deadlock is proved; waiting: 0 Running, 0 Ready, 1 Blocked" in got.err,
                status == 0, f"{argv}: that it waits in {got.err}")
        process.kill()
        process.communicate()


def examples(language):
    text = (lib.ROOT / "docs" / "ci.md").read_text()
    return [code.replace("sudo ctrace", lib.CTRACE) for name, code in BLOCK.findall(text)
            if name == language]


def place_test(t, argv):
    """A program where the examples look for one."""
    for name in "test_queue", "test-queue":
        path = t.dir / "build" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\nexec {' '.join(map(str, argv))}\n")
        path.chmod(0o755)


def the_makefile_of_the_manual_works(t):
    (t.dir / "Makefile").write_text(examples("make")[0])
    for argv, status in (["true"], 0), (stuck(t), 2):
        place_test(t, argv)
        t.equal(t.run("make", "test-queue").status, status, f"{argv}")
        t.check(xml.parse(t.dir / "test-queue.xml"), "its report")


def the_pytest_of_the_manual_works(t):
    code = examples("python")[0].replace('["sudo", "ctrace"', f'["{lib.CTRACE}"')
    (t.dir / "test_it.py").write_text(code)
    run = [sys.executable, "-B", "-c", "import test_it; test_it.test_the_queue_never_hangs()"]
    for argv, status in (["true"], 0), (stuck(t), 1):
        place_test(t, argv)
        got = t.run(*run)
        t.equal(got.status, status, f"{argv} ({got.err[-300:]})")
        t.equal("AssertionError: DEADLOCK" in got.err, status == 1, f"the sentence in {got.err}")


def the_ctest_of_the_manual_works(t):
    if not shutil.which("ctest"):
        t.note("skipped, there is no ctest")
        return
    (t.dir / "queue.c").write_text("int main(int argc, char **argv) { return argc > 1 && argv; }\n")
    (t.dir / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.10)\nproject(queue C)\nenable_testing()\n"
        f"add_executable(test_queue queue.c)\n{examples('cmake')[0]}")
    for argv in ["cmake", "-S", ".", "-B", "made"], ["cmake", "--build", "made"]:
        t.equal(t.run(*argv).status, 0, " ".join(argv))
    t.equal(t.run("ctest", "--test-dir", "made").status, 0, "ctest")
    t.check(xml.parse(t.dir / "made" / "queue.xml"), "its report")
    shutil.copy(t.compile("deadlocks"), t.dir / "made" / "test_queue")
    got = t.run("ctest", "--test-dir", "made", "--output-on-failure")
    t.check(got.status != 0, "ctest of what fails")


def the_grader_of_the_manual_works(t):
    if not shutil.which("jq"):
        t.note("skipped, there is no jq")
        return
    for argv, said in (["true"], b"passed"), (stuck(t), b"failed: DEADLOCK"):
        script = t.dir / "submission"
        script.write_text(f"#!/bin/sh\nexec {' '.join(map(str, argv))}\n")
        script.chmod(0o755)
        got = t.run("sh", "-c", examples("sh")[0])
        t.check(got.out.startswith(said), f"{argv}: {got.out!r} {got.err}")


def main():
    lib.need_tracing(["gcc", "make"])
    os.environ.pop("MAKEFLAGS", None)
    lib.main([the_status_of_the_program_passes_through, a_quiet_end_says_nothing,
              limits_are_status_92, all_that_was_started_is_killed,
              what_runs_as_another_user_is_killed,
              reports_go_where_they_are_wanted, the_older_forms_of_report_work,
              wrong_reports_are_refused, junit_tells_passed_from_failed,
              junit_survives_hostile_names, a_recording_gets_the_same_verdict,
              where_the_recording_has_no_room_the_verdict_counts,
              what_runs_already_is_judged_and_left_alone, the_makefile_of_the_manual_works,
              the_pytest_of_the_manual_works, the_ctest_of_the_manual_works,
              the_grader_of_the_manual_works])


if __name__ == "__main__":
    main()
