#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Programs and moments that tracers forget: no wrong state, no crash, nothing left behind."""

import os
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import leftovers
import lib
import plain

LOST_LINE = re.compile(r"^(\d+) events: every state is unknown until its next event$")
ALLOWED = re.compile(r"[^\x00-\x1f\x7f]*")


def scenario(t, name, *options):
    """One scenario of bad_luck.c, traced to its end, with all that always holds checked."""
    traced = plain.run(t, [t.compile("bad_luck"), name], options)
    t.equal(traced.result.status, 0, f"{name}: status ({traced.result})")
    plain.check(t, traced)
    return traced


def of_state(traced, state):
    return [line for line in traced.lines if line.state == state]


def started(traced):
    return {line.tid for line in of_state(traced, "New")}


def a_program_that_ends_at_once(t):
    for _ in range(10):
        got = t.ctrace("--plain", "true")
        last = plain.Plain(t, got).lines[-1]
        t.check(got.status == 0 and last.state in ("Zombie", "Dead"), f"last line {last}, {got}")


def a_program_that_becomes_another(t):
    traced = plain.run(t, ["sh", "-c", "exec env sh -c 'exec sleep 0.05'"])
    plain.check(t, traced)
    t.equal(len(traced.threads()), 1, "one process all the time")
    t.equal(traced.lines[-1].name, "sleep", "its last name")


def two_thousand_threads(t):
    traced = scenario(t, "threads")
    t.equal(len(of_state(traced, "New")), 2000, "threads seen to begin")
    t.equal(len(of_state(traced, "Dead")), 2000, "threads seen to end")


def three_thousand_forks(t):
    traced = scenario(t, "forks")
    t.equal(len(of_state(traced, "New")), 3000, "processes seen to begin")
    t.equal(len(of_state(traced, "Zombie")), 3001, "processes seen to end")


def a_storm_of_vfork(t):
    traced = scenario(t, "vforks")
    t.equal(len(of_state(traced, "New")), 1500, "processes seen to begin")
    main = traced.lines[0].tid
    t.check(any(line.reason() == "child" for line in traced.by_tid[main]),
            "the parent never waits for its child")


def a_thread_that_is_not_the_first_becomes_another_program(t):
    traced = plain.run(t, [t.compile("bad_luck"), "exec-thread"])
    t.equal(traced.result.status, 0, "status")
    main = traced.lines[0].tid
    t.equal(len(traced.threads()), 2, "threads")
    after = [line for line in traced.by_tid[main] if line.name == "sleep"]
    t.check(any(line.state == "Blocked" and line.reason() == "sleep" for line in after),
            f"the new program does not sleep: {[str(line) for line in after]}")
    t.equal(after[-1].state if after else None, "Zombie", "its end")
    other = next(tid for tid in traced.threads() if tid != main)
    t.check(not [line for line in traced.by_tid[other] if line.name == "sleep"],
            "the old number is still in use")


def the_main_thread_is_gone_and_others_live(t):
    traced = scenario(t, "main-gone")
    main = traced.lines[0].tid
    gone = next(line for line in traced.by_tid[main] if line.state == "Zombie")
    later = [line for line in traced.lines if line.us > gone.us and line.name == "lingers"]
    t.check(len(later) > 20, f"only {len(later)} lines after the end of the main thread")


def a_daemon_is_left_in_peace(t):
    path = t.dir / "daemon-was-here"
    traced = plain.run(t, [t.compile("bad_luck"), "daemonise", path])
    plain.check_order(t, traced)
    t.equal((traced.result.status, traced.lost()), (0, 0), "status and loss")
    t.check(started(traced), "nobody was seen to be forked")
    t.wait_until(path.exists, "what the daemon writes")
    t.wait_until(lambda: not leftovers.living_children(), "the end of the daemon")


def children_that_nobody_collects(t):
    traced = scenario(t, "zombies")
    t.equal(len(of_state(traced, "Zombie")), 21, "zombies")


def names_with_any_byte(t):
    traced = scenario(t, "names")
    text = traced.result.out.decode()
    t.check(all(ALLOWED.fullmatch(line) for line in text.splitlines()),
            "control characters came through")
    names = {line.name for line in traced.lines}
    for name in ("?[2J?[31mred", "???", "new?line?tab", "?0.0 1 x Dead", "        right",
                 "0123456789abcde", "%s%n%d", "\N{STEAMING BOWL}noodles!", "a b  c   d", "?evods"):
        t.check(name in names, f"no thread is called {name!r} in {sorted(names)}")


def binaries_of_every_kind(t):
    for flags in (["-static"], ["-s"], ["-static", "-s"], ["-O2", "-fomit-frame-pointer"], ["-m32"],
                  ["-m32", "-static"]):
        program = t.compile("tiny", *flags)
        if not program or not lib.can_execute(program):
            t.note(f"part skipped: gcc {' '.join(flags)} is not possible here, or not to be run")
            continue
        traced = plain.run(t, [program])
        plain.check(t, traced)
        t.equal(traced.result.status, 17, f"{flags}: status")
        t.equal(len(traced.threads()), 2, f"{flags}: threads")
        reasons = {line.reason() for line in of_state(traced, "Blocked") 
                   if line.name.startswith("tiny")}
        t.check("sleep" in reasons and reasons & {"mutex", "futex"},
                f"{flags}: it sleeps and waits for a lock, ctrace shows {reasons}")
        program.unlink()


def stopped_is_not_blocked(t):
    begun = plain.Started(t, [t.compile("bad_luck"), "stop"])
    pid = t.wait_until(lambda: find_process("bad_luck", "T"), "the program to stop")
    time.sleep(0.1)
    os.kill(pid, signal.SIGCONT)
    traced = begun.finish()
    plain.check(t, traced)
    lines = traced.by_tid[pid]
    stops = [i for i, line in enumerate(lines) if line.state == "Stopped"]
    t.equal(len(stops), 1, "times it was Stopped")
    for i in stops:
        t.check(lines[i + 1].us - lines[i].us >= 100000, f"{lines[i]} but then {lines[i + 1]}")


def find_process(name, state):
    return leftovers.find_descendant(lambda _, its, now: (its, now) == (name, state))


def ctrace_is_killed(t):
    """The program goes on, and the kernel has nothing left of ctrace."""
    for how in ["record"], ["--plain"]:
        path = t.dir / f"survived-{how[0]}"
        before = leftovers.bpf_objects()
        process = t.popen([lib.CTRACE, *how, t.compile("bad_luck"), "slow", path],
                          stdout=subprocess.DEVNULL)
        t.wait_until(lambda: find_process("bad_luck", "S"), "the program")
        process.kill()
        process.communicate()
        t.wait_until(path.exists, f"the program to end after {how} was killed")
        t.wait_until(lambda: not leftovers.living_children(), "its end")
        t.equal(leftovers.wait_for_bpf_objects_to_go(before), [], f"{how}: BPF objects left")


def ctrace_is_killed_before_the_program_begins(t):
    """At whatever moment it dies: the program has not begun, or it goes on to its end."""
    for delay_ms in range(0, 60, 4):
        process = t.popen([lib.CTRACE, "record", "-q", "sh", "-c", "echo begun; sleep 0.05"])
        time.sleep(delay_ms / 1000)
        process.kill()
        out, err = process.communicate()
        t.check(out in (b"", b"begun\n"), f"killed after {delay_ms} ms: {out!r} {err!r}")
        t.wait_until(lambda: not leftovers.living_children(), f"everybody's end ({delay_ms} ms)")


def a_file_system_that_does_not_answer(t):
    """It is what the program waits for; who looks at that must not wait for it as well."""
    got = t.ctrace("check", "--timeout=1500ms", t.compile("bad_luck"), "dead-disk")
    if got.status == 77:
        t.note("part skipped: no FUSE file system can be mounted here")
        return
    t.equal(got.status, 92, f"status ({got})")
    t.check("the opening of /mnt/file" in got.out.decode(), f"what it opens is not told: {got}")


def several_at_once(t):
    """Each sees its own program, all of it, and nothing else."""
    runs = [t.popen([lib.CTRACE, "--plain", "sh", "-c", "sleep 0.1; sleep 0.1 & wait; exit 4"])
            for _ in range(4)]
    seen = [process.communicate(timeout=lib.TIMEOUT_S) for process in runs]
    tids = []
    for process, (out, err) in zip(runs, seen):
        traced = plain.Plain(t, lib.Result(process.returncode, out, err))
        plain.check(t, traced)
        t.equal(process.returncode, 4, "status")
        t.equal(len(traced.threads()), 3, "processes")
        tids += traced.threads()
    t.equal(len(set(tids)), len(tids), "threads that two have seen")


def ctrace_traces_ctrace(t):
    got = t.ctrace("--plain", lib.CTRACE, "record", "sh", "-c", "sleep 0.1; exit 8")
    t.equal(got.status, 8, f"status of both ({got.err.strip()})")
    traced = plain.Plain(t, got)
    plain.check_order(t, traced)
    t.check({os.path.basename(lib.CTRACE), "sh", "sleep"} <= {line.name for line in traced.lines},
            f"not all were seen: {set(line.name for line in traced.lines)}")
    t.equal(len(plain.CLOSING.findall(got.err)), 2, "closing lines")
    t.equal(got.err.count(" 0 lost, "), 2, f"runs without loss: {got.err!r}")


def nobody_reads_any_more(t):
    """ctrace --plain ... | head -1: ctrace goes, the program does not."""
    path = t.dir / "not-interrupted"
    got = t.run("bash", "-c", '"$@" | head -1; exit ${PIPESTATUS[0]}', "bash",
                lib.CTRACE, "--plain", t.compile("bad_luck"), "slow", path)
    t.equal(got.out.count(b"\n"), 1, "lines")
    t.equal(got.status, 128 + signal.SIGPIPE, "status of ctrace in the pipeline")
    t.wait_until(path.exists, "the end of the program")
    t.wait_until(lambda: not leftovers.living_children(), "its end")


def a_ring_that_is_too_small(t):
    """Loss is shown where it was, adds up, makes states Unknown; then the picture recovers."""
    traced = plain.Plain(t, t.ctrace("--plain", "-b", "4K", t.compile("bad_luck"), "talk"))
    t.equal(traced.result.status, 0, f"status ({traced.result})")
    last = plain.check_order(t, traced)
    losses = [LOST_LINE.match(line.detail) for line in traced.lines if line.state == "Lost"]
    t.check(losses and all(losses), f"{len(losses)} lines of loss")
    t.equal(sum(int(found[1]) for found in losses if found), traced.lost(),
            "the losses on the lines and in the closing line")
    calm = [line for line in traced.lines if line.name == "calm"]
    t.equal([line.state for line in calm[-3:]], ["Ready", "Running", "Zombie"], "the last states")
    t.check(sum(line.state == "Blocked" for line in calm) >= 9, "the calm part is not seen again")
    t.equal(last[traced.lines[0].tid], "Zombie", "the end of the program")


def a_deadlock_among_lost_events(t):
    """Who waits for ever has no next event after a loss: where he is, is looked up."""
    trace = t.dir / "noisy.ctrace"
    for size in ("4K", "64K"):
        got = t.ctrace("check", "-b", size, "--overwrite", "-o", trace, t.compile("noisy_deadlock"),
                       timeout_s=20)
        t.equal(got.status, 90, f"status with a ring of {size} ({got})")
        for words in (b" waits for first ", b" waits for second ", b"the ring buffer was full"):
            t.check(words in got.out, f"{size}: {words} is missing in {got.out.decode()}")
        t.equal(t.ctrace("report", "--fail", trace).status, 90, "status of the recording")


def a_ring_that_is_too_small_for_two_processors(t):
    """Both lose at once: what one emits does not overtake what the other has to say of it."""
    traced = plain.Plain(t, t.ctrace("--plain", "-b", "8K", t.compile("bad_luck"), "crowd"))
    t.equal(traced.result.status, 0, f"status ({traced.result})")
    plain.check(t, traced, may_lose=True)


def a_namespace_of_process_ids(t):
    """Numbers that mean others inside: better no owner than a wrong one."""
    forks, = lib.need_workloads("forks")
    traced = plain.run(t, ["timeout", "-s", "KILL", "0.5", "unshare", "--pid", "--fork",
                           "--kill-child", forks])
    names = {tid: lines[-1].name for tid, lines in traced.by_tid.items()}
    t.check({"A", "B", "C", "D"} <= set(names.values()), f"threads: {names}")
    for line in of_state(traced, "Blocked"):
        owner = line.owner()
        t.check(owner is None or names.get(owner) in {"A", "B", "C", "D"}, f"{line}")


def few_descriptors_are_said(t):
    """Wherever they run out; with six not even the program can be launched."""
    for limit in (6, 16, 24):
        got = t.run("bash", "-c", f'ulimit -n {limit}; exec "$@"', "bash", lib.CTRACE, "record",
                    "true")
        t.equal(got.status, 125, f"with {limit} descriptors: {got}")
        t.check(got.err.startswith("ctrace: "), f"it said {got.err!r}")
        t.check(limit < 10 or "ulimit -n" in got.err, f"no remedy with {limit}: {got.err!r}")


def without_proc_it_says_so(t):
    got = t.run("unshare", "--mount", "sh", "-c", 'umount -l /proc && exec "$@"', "sh",
                lib.CTRACE, "record", "true")
    t.equal((got.status, got.out), (125, b""), f"status and output ({got})")
    t.check("/proc is not mounted" in got.err, f"it said {got.err!r}")


def main():
    lib.need_tracing(["gcc", "bash", "unshare"])
    lib.main([
        a_program_that_ends_at_once,
        a_program_that_becomes_another,
        two_thousand_threads,
        three_thousand_forks,
        a_storm_of_vfork,
        a_thread_that_is_not_the_first_becomes_another_program,
        the_main_thread_is_gone_and_others_live,
        a_daemon_is_left_in_peace,
        children_that_nobody_collects,
        names_with_any_byte,
        binaries_of_every_kind,
        stopped_is_not_blocked,
        ctrace_is_killed,
        ctrace_is_killed_before_the_program_begins,
        a_file_system_that_does_not_answer,
        several_at_once,
        ctrace_traces_ctrace,
        nobody_reads_any_more,
        a_ring_that_is_too_small,
        a_deadlock_among_lost_events,
        a_ring_that_is_too_small_for_two_processors,
        a_namespace_of_process_ids,
        few_descriptors_are_said,
        without_proc_it_says_so,
    ])


if __name__ == "__main__":
    main()
