# SPDX-License-Identifier: GPL-2.0-only
"""A terminal without anybody in front of it: tmux on a private socket."""

import subprocess

from session import wait_for_exit

WIDTH, HEIGHT = 200, 60
CONFIG = """
set -g status off
set -g escape-time 0
set -g default-terminal screen-256color
"""


class Terminal:
    """One program in a terminal of WIDTH x HEIGHT. Use with `with`."""

    def __init__(self, directory):
        self.socket = directory / "tmux.socket"
        self.config = directory / "tmux.conf"
        self.config.write_text(CONFIG)
        self.pid = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_running():
            self._tmux("kill-server")
        self.socket.unlink(missing_ok=True)

    def _tmux(self, *args, env=None):
        argv = ["tmux", "-u", "-f", self.config, "-S", self.socket, *args]
        return subprocess.run(argv, env=env, capture_output=True, text=True, check=False).stdout

    def start(self, argv, stderr, env):
        """Start ARGV, its error messages going to the file STDERR; returns its process id."""
        pid = self._tmux(
            "new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT), "-P", "-F", "#{pane_pid}",
            "sh", "-c", 'exec "$@" 2>"$0"', stderr, *argv, env=env)
        if not pid:
            raise OSError("tmux did not start")
        self.pid = int(pid)
        return self.pid

    def is_running(self):
        return self.pid is not None and not wait_for_exit(self.pid, 0)

    def press(self, key):
        self._tmux("send-keys", key)

    def text(self):
        return self._tmux("capture-pane", "-p")

    def quit(self, patience_s):
        """Press q unless the program ends by itself; False if it does not go."""
        if wait_for_exit(self.pid, 0.3):
            return True
        self.press("q")
        return wait_for_exit(self.pid, patience_s)
