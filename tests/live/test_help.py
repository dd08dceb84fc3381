#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Help, manual and completion say the same of every command, and every output is as careful."""

import re
import subprocess

import lib

EVERYWHERE = {"--quiet", "--verbose", "--help", "--version"}
OPTION = re.compile(r"^  (?:-\w, |    )(--[a-z-]+)", re.M)


def help_of(t, *words):
    got = t.ctrace(*words, "--help")
    t.check(got.status == 0 and not got.err, f"{words} --help: {got}")
    return got.out.decode()


def commands_of(t):
    part = help_of(t).split("\ncommands", 1)[1].split("\noptions:", 1)[0]
    return re.findall(r"^  ([a-z]+)", part, re.M)


def every_help_fits_and_has_examples(t):
    commands = commands_of(t)
    t.check(len(commands) > 10 and "annotate" in commands, f"commands: {commands}")
    for words in [], *([command] for command in commands):
        text = help_of(t, *words)
        t.equal([line for line in text.splitlines() if len(line) > 80], [], f"{words}: too long")
        if words:
            name = "" if words == ["live"] else f" {words[0]}"
            t.check(f"usage: ctrace{name} [OPTIONS]" in text, f"{words}: no usage in {text[:200]}")
            t.check("\nexamples:\n  " in text, f"{words}: no examples")
            t.check(EVERYWHERE <= set(OPTION.findall(text)), f"{words}: options of all")
    t.check("ctrace COMMAND --help" in help_of(t), "the overview says how to get more")
    for words in ["--help", "report"], ["report", "no.ctrace", "--help"]:
        t.equal(t.ctrace(*words).out.decode(), help_of(t, "report"), f"{words}")


def what_bash_completes(t, script, *words):
    code = ("compopt() { :; }; . $0; COMP_CWORD=$#; COMP_WORDS=(ctrace \"$@\"); _ctrace;"
            " printf '%s\\n' \"${COMPREPLY[@]}\"")
    got = subprocess.run(["bash", "-c", code, script, *words], capture_output=True, text=True,
                         check=False)
    return {word.rstrip("=") for word in got.stdout.split()}


def help_manual_completion_and_parser_agree(t):
    manual = t.ctrace("manual").out.decode().replace("\\-", "-").split(".SH COMMANDS")[1]
    script = t.dir / "completion"
    script.write_bytes(t.ctrace("completion", "bash").out)
    zsh = t.ctrace("completion", "zsh").out.decode()
    everything = OPTION.findall(help_of(t).split("\noptions:", 1)[1])
    t.check(len(everything) >= 30, f"options: {everything}")
    for command in commands_of(t):
        used = set(OPTION.findall(help_of(t, command)))
        entry = re.search(rf"^\.TP\n\\fB{command} .*\n.*\n(?:\.br\nOptions: (.*)\.)?", manual, re.M)
        in_manual = set((entry.group(1) or "").split(", ")) - {""}
        t.equal(in_manual, used - EVERYWHERE, f"{command}: options in the manual")
        words = [] if command == "live" else [command]
        got = what_bash_completes(t, script, *words, "--")
        t.equal(got, used, f"{command}: what bash completes")
        pattern = "*" if command == "live" else command
        branch = zsh.split(f"\n{pattern})\n", 1)[1].split(";;")[0]
        t.equal({word.rstrip("=") for word in re.findall(r"'(--[a-z=-]+)\[", branch)}, used,
                f"{command}: what zsh completes")
        for option in set(everything) - used:
            refused(t, command, option)
    t.equal(set(re.findall(r"^\\fB(?:-\w, )?(--[a-z-]+)", manual, re.M)), set(everything),
            "options in the manual")


VALUES = {"--pid": "1", "--output": "f", "--report": "f", "--format": "svg", "--table": "locks",
          "--color": "never", "--theme": "light", "--states": "ostep", "--buffer": "1M",
          "--history": "1M", "--ring": "1M", "--max-size": "1M", "--duration": "1s",
          "--timeout": "1s", "--hang": "1s", "--from": "1s", "--to": "1s", "--at": "1s"}


def refused(t, command, option):
    word = option + ("=" + VALUES[option] if option in VALUES else "")
    got = t.ctrace(command, word, "x")
    t.check(got.status == 2 and got.err.count("\n") == 1 and not got.out and option in got.err,
            f"{command} {word}: {got} {got.out[:60]}")


def what_is_too_much_is_refused(t):
    for words in (["doctor", "x"], ["schema", "x"], ["-p", "1", "true"],
                  ["check", "--ring=1M", "true"], ["check", "--order", "x.ctrace"],
                  ["check", "-o", "y", "x.ctrace"],
                  ["x.ctrace", "--duration=1s"],
                  ["export", "--theme=light", "--format=svg", "x.ctrace"]):
        got = t.ctrace(*words)
        t.check(got.status == 2 and got.err.count("\n") == 1, f"{words}: {got}")


def every_output_is_as_careful(t):
    """A file that is there is left alone, and so is what is none, also with --overwrite."""
    trace = t.dir / "a.ctrace"
    t.equal(t.ctrace("record", "-o", trace, "true").status, 0, "record")
    writers = (["record", "-o", "{}", "true"], ["check", "-o", "{}", "true"],
               ["check", "--report={}", "true"], ["check", "--report=junit:{}", "true"],
               ["report", "-o", "{}", trace], ["report", "--report={}", trace],
               ["report", "--report=json:{}", trace], ["export", "--format=svg", "-o", "{}", trace])
    for number, words in enumerate(writers):
        careful(t, t.dir / f"out{number}", [str(word) for word in words])
    trace.unlink()


def careful(t, path, words):
    def run(*options, to=path):
        return t.ctrace(words[0], *options, *(word.format(to) for word in words[1:]))

    t.equal(run().status, 0, f"{words}")
    first = path.read_bytes()
    t.check(first, f"{words}: nothing was written")
    path.write_bytes(b"old")
    got = run()
    t.check(got.status == 125 and "--overwrite" in got.err and got.err.count("\n") == 1,
            f"{words}: it is there: {got}")
    t.equal(path.read_bytes(), b"old", f"{words}: what was there")
    t.equal(run("--overwrite").status, 0, f"{words} --overwrite")
    t.check(path.read_bytes()[:3] == first[:3], f"{words}: it was not replaced")
    path.unlink()
    path.symlink_to(t.dir / "nowhere")
    got = run("--overwrite")
    t.check(got.status == 125 and "left alone" in got.err, f"{words}: a link: {got}")
    path.unlink()
    path.mkdir()
    got = run("--overwrite")
    t.check(got.status == 125 and "left alone" in got.err, f"{words}: a directory: {got}")
    path.rmdir()
    t.equal([name.name for name in t.dir.glob(path.name + "*")], [], f"{words}: left behind")


def a_report_of_a_moment(t):
    """What --at says is what was so then; and it goes to standard output by any of its names."""
    trace = t.dir / "forks.ctrace"
    t.equal(t.ctrace("check", "-q", "-o", trace, *lib.need_workloads("forks")).status, 90, "forks")
    at_begin = t.ctrace("report", "--at=1us", trace).out.decode()
    t.check("DEADLOCK" not in at_begin and "state     as it was at 00:00.000" in at_begin, at_begin)
    for words in ["--at=report"], ["--at=end"], []:
        got = t.ctrace("report", "--fail", *words, trace)
        # Behind its last moment the program was killed.
        t.equal(got.status, 0 if words == ["--at=end"] else 90, f"{words}")
    t.equal(t.ctrace("report", "--at=99s", trace).status, 2, "behind the end")
    t.equal(t.ctrace("report", "-o", "/dev/stdout", trace).out, t.ctrace("report", trace).out,
            "standard output")
    trace.unlink()


def make(*words):
    return subprocess.run(["make", "-s", "-C", lib.ROOT, *words], capture_output=True, text=True,
                          check=False)


def what_is_installed_runs_and_goes_again(t):
    dest = f"DESTDIR={t.dir / 'dest'}"
    got = make("install", dest, "PREFIX=/usr")
    t.equal(got.returncode, 0, f"make install: {got}")
    usr = t.dir / "dest" / "usr"
    lessons = subprocess.run([usr / "bin" / "ctrace", "demo"], capture_output=True, text=True,
                             check=False)
    t.check("forks" in lessons.stdout, f"the lessons beside it: {lessons}")
    for page in "man1/ctrace.1", "man5/ctrace-trace.5":
        said = subprocess.run(["man", "--warnings", "-l", usr / "share" / "man" / page],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        t.check(said.stdout and not said.stderr, f"{page}: {said.stderr}")
    t.equal(make("uninstall", dest, "PREFIX=/usr").returncode, 0, "make uninstall")
    t.equal([str(p) for p in usr.rglob("*") if not p.is_dir()], [], "is left")


def main():
    lib.need_tracing(["bash", "man"])
    lib.main([
        every_help_fits_and_has_examples,
        help_manual_completion_and_parser_agree,
        what_is_too_much_is_refused,
        every_output_is_as_careful,
        a_report_of_a_moment,
        what_is_installed_runs_and_goes_again,
    ])


if __name__ == "__main__":
    main()
