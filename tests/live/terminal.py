# SPDX-License-Identifier: GPL-2.0-only
"""A user at a terminal: a shell in tmux, on a socket of its own."""

import itertools
import os
import re
import shlex
import subprocess
import time

import leftovers
import lib

CONFIG = """
set -g status off
set -g escape-time 0
set -g default-terminal screen-256color
set -g remain-on-exit off
set -g history-limit 2000
"""
# What a program can leave behind in a terminal besides its settings.
MODES = ("alternate_on", "cursor_flag", "insert_flag", "keypad_cursor_flag", "keypad_flag",
         "mouse_any_flag", "origin_flag", "wrap_flag", "scroll_region_lower")


class Terminal:
    """Use with `with`; ends with everything in it."""

    lines = itertools.count()

    def __init__(self, t, cols=80, rows=24):
        self.t = t
        self.socket = t.dir / "tmux.socket"
        self.config = t.dir / "tmux.conf"
        self.config.write_text(CONFIG)
        self.cols, self.rows = cols, rows

    def __enter__(self):
        shell = "env -u TMUX PS1='$ ' HISTFILE= bash --norc --noprofile"
        self.tmux("new-session", "-d", "-x", str(self.cols), "-y", str(self.rows), shell)
        self.wait_for(r"\$", "shell")
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")
        self.socket.unlink(missing_ok=True)

    def tmux(self, *args):
        argv = ["tmux", "-u", "-f", self.config, "-S", self.socket, *args]
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        return subprocess.run(argv, env=env, cwd=self.t.dir, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=20, check=False).stdout

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def text(self, *options):
        """What is seen; with "-e" with its colours."""
        return self.tmux("capture-pane", "-p", *options)

    def resize(self, cols, rows):
        self.tmux("resize-window", "-x", str(cols), "-y", str(rows))

    def modes(self):
        """As the terminal itself has them."""
        return self.tmux("display-message", "-p", " ".join(f"{m}=#{{{m}}}" for m in MODES)).strip()

    def wait_for(self, pattern, what, timeout_s=8):
        """Wait until PATTERN is seen, and return the match; a failure shows the screen."""
        end = time.monotonic() + timeout_s
        while True:
            text = self.text()
            if found := re.search(pattern, text):
                return found
            if time.monotonic() > end:
                shown = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
                self.t.check(False, f"no {what} ({pattern}) on the screen:\n{shown[-1600:]}")
                return None
            time.sleep(0.02)

    def wait_until_gone(self, pattern, what, timeout_s=8):
        return self.t.wait_until(lambda: not re.search(pattern, self.text()),
                                 f"{what} to leave the screen", timeout_s)

    def run(self, *argv, env="", redirect=""):
        """Have the shell start ARGV. With finish() its status is had."""
        command = " ".join(shlex.quote(str(word)) for word in argv)
        return self.shell(f"{env} {command} {redirect}".strip())

    def shell(self, command):
        """Have the shell run a line, and note its status and the settings around it."""
        number = next(self.lines)
        script = self.t.dir / f"line-{number}"
        script.write_text(f"stty -a >{number}.before\n{command}\necho $? >{number}.code\n"
                          f"stty -a >{number}.after\nmv {number}.code {number}.status\n")
        before = self.modes()
        self.type(f". ./line-{number}")
        self.press("Enter")
        return Line(self, number, before)


class Line:
    """A line that the shell runs."""

    def __init__(self, terminal, number, modes):
        self.terminal, self.t, self.number, self.modes = terminal, terminal.t, number, modes

    def _file(self, what):
        return self.t.dir / f"{self.number}.{what}"

    def has_ended(self):
        return self._file("status").exists()

    def finish(self, timeout_s=10):
        """
        Wait for its end: the status as the shell has it, or None. The terminal must then be
        what it was before.
        """
        if not self.t.wait_until(self.has_ended, "the line of the shell to end", timeout_s):
            self.t.check(False, f"the screen is:\n{self.terminal.text()}")
            return None
        before, after = (_settings(self._file(what)) for what in ("before", "after"))
        self.t.equal(after, before, "stty -a afterwards")
        self.t.wait_until(lambda: self.terminal.modes() == self.modes, "the modes of the terminal")
        self.t.equal(self.terminal.modes(), self.modes, "modes of the terminal afterwards")
        return int(self._file("status").read_text())


def _settings(path):
    """stty -a but for the size, which tests change."""
    return re.sub(r"(rows|columns) \d+; ", "", path.read_text())


def start(term, *argv, title="ctrace", **how):
    """Start ctrace on ARGV, and wait for its screen."""
    line = term.run(lib.CTRACE, *argv, **how)
    term.wait_for(rf"{title}.*\n[^$]*(LIVE|Space pause|\d lost)", "screen of ctrace")
    return line


def pid_of_ctrace(t):
    """The process that draws, of all that are called like it."""
    name = os.path.basename(lib.CTRACE)[:15]
    return t.wait_until(lambda: leftovers.find_descendant(lambda p, n, _: n == name), "ctrace")


def nobody_is_left_but(t, *names):
    """Of what the shell has started, nothing but the processes NAMES lives."""
    def others():
        return leftovers.find_descendant(lambda p, n, s: s != "Z" and n not in (
            "tmux: server", "bash", "tmux", *names))
    t.wait_until(lambda: others() is None, "everybody to end", 5)
    left = others()
    t.check(left is None, f"still there: {left and leftovers.process_name(left)}")
