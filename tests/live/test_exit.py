#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Exit statuses, streams and signals: what scripts rely on when ctrace stands before a program."""

import json
import os
import pty
import resource
import signal
import stat
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import lib

SHORT = (["--plain"], ["record"])
NOT_FATAL = {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH}
STOPPING = {signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def file_of(t, name, text, mode=0o755):
    path = t.dir / name
    path.write_text(text)
    path.chmod(mode)
    return path


def the_status_of_the_program_is_that_of_ctrace(t):
    for how in SHORT:
        for status in 0, 1, 7, 90, 125, 127, 255:
            got = t.ctrace(*how, "sh", "-c", f"exit {status}")
            t.equal(got.status, status, f"{how} exit {status}")


def a_fatal_signal_of_the_program_kills_ctrace(t):
    for number in range(1, 32):
        if number in NOT_FATAL or number in STOPPING:
            continue
        how = SHORT[number % 2]
        got = t.ctrace(*how, "sh", "-c", f"kill -{number} $$", preexec_fn=no_core)
        t.equal(got.status, -number, f"{how} signal {number} ({got.err.strip()})")


def a_harmless_signal_of_the_program_is_harmless(t):
    for number in NOT_FATAL:
        got = t.ctrace("record", "sh", "-c", f"kill -{int(number)} $$; exit 5")
        t.equal(got.status, 5, f"signal {number.name}")


def what_cannot_be_executed_ends_as_under_env(t):
    """env(1) is the measure; the shell has the same numbers."""
    directory = t.dir / "directory"
    directory.mkdir()
    unreachable = t.dir / "closed"
    unreachable.mkdir(mode=0o755)
    for program, expected in (
            ("./no-such-program", 127),
            ("no-such-program-in-path", 127),
            ("", 127),
            ("./no-such-directory/program", 127),
            (directory, 126),
            (file_of(t, "plain-file", "not a program\n", 0o644), 126),
            (file_of(t, "dangling", "#!/no/such/interpreter\n"), 127),
            (file_of(t, "file", "") / "below-a-file", 126)):
        by_env = t.run("env", program).status
        t.equal(by_env, expected, f"env itself with {str(program)!r}")
        for how in SHORT:
            got = t.ctrace(*how, program)
            t.equal(got.status, expected, f"{how} {str(program)!r}")
            t.equal(got.out, b"", f"{how} {str(program)!r} stdout")
            t.check(got.err.count("\n") == 1 and got.err.startswith("ctrace: "),
                    f"{how} {str(program)!r} should say one line, said {got.err!r}")


def a_script_without_a_first_line_is_run_by_the_shell(t):
    script = file_of(t, "script", "exit 9\n")
    t.equal(t.run("env", script).status, 9, "env itself")
    t.equal(t.ctrace("record", script).status, 9, "record")


def standard_input_passes_through(t):
    got = t.ctrace("record", "cat", stdin=b"a line\n" * 20000)
    t.equal(len(got.out), 140000, "bytes through cat")
    t.equal(got.status, 0, "status")


def with_record_the_output_is_the_program_s_alone(t):
    data = os.urandom(300000)
    (t.dir / "data").write_bytes(data)
    got = t.ctrace("record", "sh", "-c", "cat data; echo complaint >&2")
    t.check(got.out == data, "the bytes on stdout are not those of the program")
    lines = got.err.splitlines()
    t.equal(lines[0], "complaint", "the program's own message")
    t.check(len(lines) == 2 and lines[1].startswith("ctrace: ") and " 0 lost" in lines[1],
            f"one closing line with the loss count, got {lines[1:]}")


def quiet_says_nothing(t):
    t.equal(t.ctrace("record", "-q", "true").err, "", "stderr")


def wrong_usage_is_status_2_and_one_line(t):
    for argv in ([], ["record"], ["--no-such-option", "true"], ["-b"], ["-b", "12X", "true"],
                 ["-b", "0", "true"], ["--color=pink", "true"], ["--theme", "x", "true"],
                 ["record", "--no-such-option", "true"], ["check", "--timeout=soon", "true"],
                 ["--"], ["record", "--"]):
        got = t.ctrace(*argv)
        t.equal(got.status, 2, f"ctrace {argv}")
        t.check(got.err.count("\n") == 1 and got.err.startswith("ctrace: ") and not got.out,
                f"ctrace {argv} should say one line, said {got.err!r} {got.out[:100]!r}")


def help_and_version_are_data(t):
    for option in "--help", "--version", "-h", "-V":
        got = t.ctrace(option)
        t.check(got.status == 0 and got.out and not got.err, f"{option}: {got}")


def behind_the_program_every_word_is_its_own(t):
    script = file_of(t, "words", '#!/bin/sh\nprintf "%s," "$@"\n')
    for argv in (["-p", "3"], ["--help"], ["--", "-x"], ["record", "-o", "y"], [""]):
        expected = "".join(f"{word}," for word in argv).encode()
        for how in (["record"], ["record", "--"]):
            got = t.ctrace(*how, script, *argv)
            t.equal((got.status, got.out), (0, expected), f"{how} with {argv}")
    got = t.ctrace("--plain", "-q", script, "-p", "3")
    t.check(b"-p,3," in got.out, "ctrace --plain ./words -p 3 loses the words")


def a_program_called_like_a_command_is_run_behind_two_dashes(t):
    file_of(t, "record", "#!/bin/sh\nexit 6\n")
    path = f"{t.dir}:{os.environ['PATH']}"
    got = t.ctrace("--plain", "--", "record", env={**os.environ, "PATH": path})
    t.equal(got.status, 6, "ctrace -- record")


def without_privilege_one_line_has_the_remedy(t):
    for how in SHORT:
        got = t.run(*NOBODY, lib.CTRACE, *how, "true")
        t.equal(got.status, 125, f"{how} as nobody")
        t.check(got.err.startswith("ctrace: ") and "sudo" in got.err and got.err.count("\n") == 1,
                f"{how} as nobody should name the remedy in one line, said {got.err!r}")
    got = t.run("setpriv", "--bounding-set=-bpf,-perfmon,-sys_admin", lib.CTRACE, "record", "true")
    t.equal(got.status, 125, "a root without capabilities")
    t.check("CAP_BPF" in got.err and got.err.count("\n") == 1, f"it said {got.err!r}")


def inside_a_container_nothing_is_claimed(t):
    """Its numbers are not those that the kernel's programs see: no thread would be found."""
    for how in SHORT:
        got = t.run("unshare", "--fork", "--pid", "--mount-proc", lib.CTRACE, *how, "true")
        t.equal(got.status, 125, f"{how} in a PID namespace")
        t.check("container" in got.err and got.err.count("\n") == 1,
                f"{how} should say why in one line, said {got.err!r}")
    got = t.run("unshare", "--fork", "--pid", "--mount-proc", lib.CTRACE, "doctor")
    t.check(got.status == 1 and b"--pid=host" in got.out, f"the doctor: {got}")


def start_signal_counter(t, how):
    """The program says a line per signal, and "ready" first; it ends by SIGTERM's third."""
    process = t.popen([lib.CTRACE, *how, t.compile("signals")])
    t.wait_until(lambda: b"ready" in os.read(process.stdout.fileno(), 4096), "the program")
    return process


def end_of(process):
    out, err = process.communicate(timeout=lib.TIMEOUT_S)
    return lib.Result(process.returncode, out, err)


def signals_are_passed_on_once(t):
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT:
        process = start_signal_counter(t, ["record"])
        process.send_signal(number)
        got = end_of(process)
        t.equal(got.out, b"got %d\n" % number, f"what the program got of {number.name}")
        t.equal(got.status, 40, f"status after {number.name}")


def a_signal_that_kills_the_program_kills_ctrace(t):
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        process = t.popen([lib.CTRACE, "record", "sh", "-c", "echo ready; exec sleep 20"])
        t.wait_until(lambda p=process: os.read(p.stdout.fileno(), 64), "the program")
        process.send_signal(number)
        t.equal(end_of(process).status, -number, number.name)


def the_second_signal_ends_ctrace_but_not_the_program(t):
    process = t.popen([lib.CTRACE, "record", "sh", "-c",
                       "trap '' INT; echo $$; exec sleep 20"])
    pid = int(t.wait_until(lambda: os.read(process.stdout.fileno(), 64), "the program"))
    process.send_signal(signal.SIGINT)
    t.check(not process_ends_within(process, 0.3), "one SIGINT ended ctrace: the program lives")
    process.send_signal(signal.SIGINT)
    t.check(process_ends_within(process, 5), "two SIGINT did not end ctrace")
    t.equal(process.poll(), -signal.SIGINT, "status after the second SIGINT")
    t.check(os.path.exists(f"/proc/{pid}"), "the program did not survive")
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    end_of(process)


def process_ends_within(process, seconds):
    pidfd = os.pidfd_open(process.pid)
    try:
        return lib.readable_within(pidfd, seconds)
    finally:
        os.close(pidfd)


def a_key_of_the_terminal_reaches_the_program_once(t):
    """^C goes to the whole foreground group: ctrace must not pass it on again."""
    program = t.compile("signals")
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(t.dir)
        os.execv(lib.CTRACE, [lib.CTRACE, "record", str(program)])
    text = lib.read_until(fd, b"ready", 10)
    time.sleep(0.2)     # that it waits for it when it comes
    os.write(fd, b"\x03")
    text += lib.read_until(fd, None, 10)
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    t.equal(text.count(b"got 2"), 1, f"SIGINTs that the program saw, in {text!r}")
    t.equal(os.waitstatus_to_exitcode(status), 40, "status")
    every_waker_has_a_name(t, t.dir / "ctrace-signals-1.ctrace")


def every_waker_has_a_name(t, path):
    """Also a worker of the kernel, which brings the key: /proc has more of it than 15 letters."""
    lines = map(json.loads, t.ctrace("export", "--format=jsonl", path).out.splitlines())
    names = [line["name"] for line in lines if line.get("foreign")]
    t.check(names and all(len(name.strip("?")) > 2 for name in names), f"wakers: {names}")


def closed_streams_are_no_harm(t):
    for how in SHORT:
        for closing in "<&-", ">&-", "2>&-", "<&- >&- 2>&-":
            script = f'"$@" {closing}'
            got = t.run("sh", "-c", script, "sh", lib.CTRACE, *how, "sh", "-c",
                        "echo out; echo err >&2; exit 3")
            if how == ["--plain"] and ">&-" in closing.split("2")[0]:
                continue    # nobody to print to: what then is for test_bad_luck.py
            t.equal(got.status, 3, f"{how} with {closing}")


def a_full_disk_is_said(t):
    if not stat.S_ISCHR(os.stat("/dev/full").st_mode):
        return
    with open("/dev/full", "wb") as full:
        got = t.ctrace("--plain", "true", stdout=full)
    t.check(got.status == 125 and "No space left" in got.err, f"output to /dev/full: {got}")


def shells_complete_what_there_is(t):
    for shell in "bash", "zsh", "fish":
        got = t.ctrace("completion", shell)
        t.equal(got.status, 0, shell)
        t.check(b"annotate" in got.out and b"max-size" in got.out, f"{shell}: {got.out[:200]}")
    t.equal(t.ctrace("completion", "tcsh").status, 2, "a shell that is not there")
    script = t.dir / "completion"
    script.write_bytes(t.ctrace("completion", "bash").out)
    got = subprocess.run(["bash", "-c", "compopt() { :; }; . $0; COMP_CWORD=2;"
                          "COMP_WORDS=(ctrace record $1); _ctrace; echo ${COMPREPLY[@]}", script,
                          "--max"],
                         capture_output=True, text=True, check=False)
    t.equal(got.stdout, "--max-size=\n", f"completed: {got}")


def main():
    lib.need_tracing(["setpriv", "gcc", "unshare"])
    lib.main([
        the_status_of_the_program_is_that_of_ctrace,
        a_fatal_signal_of_the_program_kills_ctrace,
        a_harmless_signal_of_the_program_is_harmless,
        what_cannot_be_executed_ends_as_under_env,
        a_script_without_a_first_line_is_run_by_the_shell,
        standard_input_passes_through,
        with_record_the_output_is_the_program_s_alone,
        quiet_says_nothing,
        wrong_usage_is_status_2_and_one_line,
        help_and_version_are_data,
        shells_complete_what_there_is,
        behind_the_program_every_word_is_its_own,
        a_program_called_like_a_command_is_run_behind_two_dashes,
        without_privilege_one_line_has_the_remedy,
        inside_a_container_nothing_is_claimed,
        signals_are_passed_on_once,
        a_signal_that_kills_the_program_kills_ctrace,
        the_second_signal_ends_ctrace_but_not_the_program,
        a_key_of_the_terminal_reaches_the_program_once,
        closed_streams_are_no_harm,
        a_full_disk_is_said,
    ])


if __name__ == "__main__":
    main()
