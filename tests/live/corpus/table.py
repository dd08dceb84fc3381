# SPDX-License-Identifier: GPL-2.0-only
"""
The corpus: situations with the verdict that each deserves.

An alarm is "deadlock" or "stall"; where the claim depends on how much the words of a lock tell,
"alarm" is either. "ends" is no alarm in a program that ends by itself with status 0, "waits" no
alarm in one that something outside could wake at any time.
"""

from typing import NamedTuple

STATUS = {"deadlock": {90}, "stall": {91}, "alarm": {90, 91}, "ends": {0}, "waits": {92}}
ALARMS = "deadlock", "stall", "alarm"


class Case(NamedTuple):
    kind: str               # a key of STATUS
    program: str            # a key of PROGRAMS
    args: str
    says: str = ""          # words that the sentence holds, one after the other
    how: str = "launched"   # or attached: ctrace comes after it hung
    stdin: str = "null"     # or pipe, terminal: what it reads comes from outside
    needs: str = ""         # what ctrace does not know yet, for it to be right: not run

    def name(self):
        return " ".join(filter(None, [self.program, self.args, self.how, self.stdin]))


GCC = "gcc -O1 -g -Wall -Wextra -Werror -D_GNU_SOURCE -pthread"
PROGRAMS = {
    "cycles": f"{GCC} corpus/cycles.c",
    "cycles-static": f"{GCC} -static corpus/cycles.c",
    "cycles-stripped": f"{GCC} -s corpus/cycles.c",
    "cycles-32": f"{GCC} -m32 corpus/cycles.c",
    "cycles-musl": "musl-gcc -O1 -g -D_GNU_SOURCE -pthread corpus/cycles.c",
    "cycles-musl-static": "musl-gcc -static -O1 -g -D_GNU_SOURCE -pthread corpus/cycles.c",
    "stalls": f"{GCC} corpus/stalls.c",
    "stalls-musl": "musl-gcc -O1 -g -D_GNU_SOURCE -pthread corpus/stalls.c",
    "channels": f"{GCC} corpus/channels.c",
    "calm": f"{GCC} corpus/calm.c -lrt",
    "raw": f"{GCC} corpus/raw.c",
    "raw-stripped": f"{GCC} -s corpus/raw.c",
    "no_deadlock": f"{GCC} programs/no_deadlock.c",
    "std": "g++ -std=c++20 -O1 -g -Wall -Wextra -Werror -pthread corpus/std.cc",
    "rust": "rustc -g corpus/locks.rs",
    "python": "",       # corpus/locks.py
}


def ring(cnt):
    """The locks of a ring of CNT threads."""
    return " ".join(f"lock[{i}]" for i in range(cnt))


TWO = "stuck-0 stuck-1"

CASES = [
    # Cycles over what the words of a lock tell.
    Case("deadlock", "cycles", "ring 2", TWO + " lock[0] lock[1]"),
    Case("deadlock", "cycles", "ring 3", TWO + " stuck-2 " + ring(3)),
    Case("deadlock", "cycles", "ring 8", "stuck-7 " + ring(8)),
    Case("deadlock", "cycles", "ring 64", "stuck-63 " + ring(64)),
    Case("deadlock", "cycles", "ring 2 recursive", TWO + " lock[0] lock[1]"),
    Case("deadlock", "cycles", "ring 5 errorcheck", TWO + " stuck-4 lock[4]"),
    Case("deadlock", "cycles", "ring 3 robust", TWO + " stuck-2 lock[2]"),
    Case("alarm", "cycles", "ring 2 pi", TWO),
    Case("deadlock", "cycles", "mixture 3", TWO + " stuck-2 lock[1] rwlock[2]"),
    Case("deadlock", "cycles", "mixture 9", TWO + " stuck-8 lock[7] rwlock[8]"),
    Case("deadlock", "cycles", "mixture 64", TWO + " stuck-63 lock[0] rwlock[62]"),
    Case("deadlock", "cycles", "self", "stuck-0 waits for lock[0]"),
    Case("deadlock", "cycles", "watched", "stuck-0 lock[0] handler of SIGALRM or SIGTERM"),
    Case("deadlock", "cycles", "writer", TWO + " lock[0] rwlock[0]"),
    Case("deadlock", "cycles", "upgrade", "stuck-0 waits for rwlock[0], which it holds itself"),
    Case("deadlock", "cycles", "upgrades", TWO + " rwlock[0] held by 2 readers"),
    Case("deadlock", "cycles", "reader", TWO + " rwlock[0] held by 1 reader; lock[0]"),
    # What was before ctrace, or has ended, may be the reader: nothing is said of a cycle.
    Case("stall", "cycles", "reader", TWO + " rwlock[0] held by 1 reader", how="attached"),
    Case("stall", "cycles", "forked-reader", "stuck-0 rwlock[0] held by 1 reader"),
    Case("stall", "cycles", "reader-gone", "stuck-0 rwlock[0] held by 1 reader"),
    Case("deadlock", "cycles", "joins 3", TWO + " stuck-2"),
    Case("deadlock", "cycles", "join-holder", TWO + " lock[0]"),
    Case("deadlock", "cycles", "forked-self", "stuck-0 waits for lock[0], which it holds itself"),
    # While others go on, in other processes, of other makes.
    Case("deadlock", "cycles", "busy", TWO + " lock[0] lock[1]"),
    Case("deadlock", "cycles", "serving", TWO + " lock[0] lock[1]"),
    Case("deadlock", "cycles", "ticking", TWO + " lock[0] lock[1]"),
    Case("deadlock", "cycles", "child", TWO),
    Case("deadlock", "cycles", "namespace", TWO),
    Case("deadlock", "cycles", "main-gone", TWO + " lock[0] lock[1]"),
    Case("deadlock", "cycles", "main-gone", TWO + " lock[0] lock[1]", how="attached"),
    Case("deadlock", "cycles-static", "ring 3", TWO + " stuck-2 lock[2]"),
    Case("deadlock", "cycles-stripped", "ring 3", TWO + " stuck-2"),
    Case("deadlock", "cycles-32", "ring 3", TWO + " stuck-2"),
    Case("deadlock", "cycles-32", "self", "stuck-0"),
    Case("alarm", "cycles-musl", "ring 2", TWO),
    Case("alarm", "cycles-musl", "ring 3 recursive", TWO + " stuck-2"),
    Case("alarm", "cycles-musl", "self", "stuck-0"),
    Case("alarm", "cycles-musl-static", "ring 3", TWO + " stuck-2"),
    # After the fact.
    Case("deadlock", "cycles", "ring 2", TWO + " lock[0] lock[1]", how="attached"),
    Case("deadlock", "cycles", "ring 64", "stuck-63 " + ring(64), how="attached"),
    Case("deadlock", "cycles", "busy", TWO + " lock[0] lock[1]", how="attached"),
    Case("deadlock", "cycles", "mixture 9", TWO + " stuck-8", how="attached"),
    Case("deadlock", "cycles", "join-holder", TWO + " lock[0]", how="attached"),
    Case("deadlock", "cycles-static", "ring 8", "stuck-7 lock[7]", how="attached"),
    Case("deadlock", "cycles-stripped", "ring 2", TWO, how="attached"),
    Case("stall", "stalls", "lost-wake-up", "stuck-0", how="attached"),
    Case("stall", "stalls", "semaphores", TWO, how="attached"),
    Case("stall", "stalls", "orphan", "stuck-1 lock held by thread does not have", how="attached"),
    Case("stall", "stalls", "orphan-shared", "stuck-1 shared_lock held by thread gone",
         how="attached"),
    Case("alarm", "cycles-musl", "ring 2", TWO, how="attached"),
    Case("deadlock", "std", "mutex", TWO + " bank::accounts[0].mu bank::accounts[1].mu",
         how="attached"),
    # Nobody is left to wake them.
    Case("stall", "stalls", "semaphores", TWO),
    Case("stall", "stalls", "lost-wake-up", "stuck-0"),
    Case("stall", "stalls", "signal-not-broadcast", "stuck-"),
    Case("stall", "stalls", "signal-blocked", TWO),
    Case("stall", "stalls", "signal-blocked", TWO, how="attached"),
    Case("stall", "stalls", "no-producer", "stuck-1 stuck-2 stuck-3"),
    Case("stall", "stalls", "barrier-short", TWO + " stuck-2"),
    Case("stall", "stalls", "barrier-shared", TWO + " barrier"),
    Case("stall", "stalls", "barrier-shared", TWO + " barrier", how="attached"),
    Case("stall", "stalls", "orphan", "stuck-1"),
    Case("stall", "stalls", "orphan-shared", "stuck-1 shared_lock held by stuck-0 ended"),
    Case("stall", "stalls", "forked-holder", "stuck-0"),
    Case("alarm", "stalls", "posted-under-lock", TWO),
    Case("stall", "stalls", "eventfd", "stuck-0"),
    Case("stall", "stalls-musl", "lost-wake-up", "stuck-0"),
    Case("stall", "stalls-musl", "semaphores", TWO),
    # Over pipes, sockets, files and children.
    Case("deadlock", "channels", "pipes-full", TWO),
    Case("deadlock", "channels", "child-full", TWO),
    Case("deadlock", "channels", "both-read", TWO),
    Case("deadlock", "channels", "own-writer", "stuck-0"),
    Case("deadlock", "channels", "leaked-end", TWO),
    Case("deadlock", "channels", "socketpair-full", TWO),
    Case("stall", "channels", "socketpair-read", TWO),
    Case("stall", "channels", "fifos", TWO),
    Case("deadlock", "channels", "flocks", TWO),
    Case("deadlock", "channels", "ofd-locks", TWO),
    Case("stall", "channels", "mutex-pipe", TWO),
    Case("stall", "channels", "event-loop", TWO),
    Case("deadlock", "channels", "mutex-wait", TWO),
    Case("deadlock", "channels", "processes", TWO),
    Case("deadlock", "channels", "elsewhere", TWO),
    # Other languages.
    Case("deadlock", "std", "mutex", TWO + " bank::accounts[0].mu bank::accounts[1].mu"),
    Case("deadlock", "std", "shared", TWO),
    Case("stall", "std", "condition", TWO),
    Case("stall", "std", "promise", "stuck-0"),
    Case("stall", "rust", "both-orders", TWO),
    Case("deadlock", "python", "child", "pipe"),
    # Python always handles SIGINT, and a handler may wake anybody: nothing can be claimed.
    Case("waits", "python", "two-locks"),

    # No alarm: these wait for what is outside, or for nothing at all.
    Case("waits", "calm", "until-sigterm"),
    Case("waits", "calm", "until-sigterm", how="attached"),
    Case("waits", "calm", "open-in-one"),
    Case("waits", "calm", "open-in-one", how="attached"),
    Case("waits", "calm", "self-pipe"),
    Case("waits", "calm", "self-pipe", how="attached"),
    Case("waits", "calm", "pool-sigwait"),
    Case("waits", "calm", "pool-signalfd"),
    Case("waits", "calm", "tcp-server"),
    Case("waits", "calm", "tcp-server", how="attached"),
    Case("waits", "calm", "pool-unix-server"),
    Case("waits", "calm", "udp"),
    Case("waits", "calm", "read-stdin", stdin="pipe"),
    Case("waits", "calm", "read-stdin", stdin="pipe", how="attached"),
    Case("waits", "calm", "read-stdin", stdin="terminal"),
    Case("waits", "calm", "poll-stdin", stdin="pipe"),
    Case("waits", "calm", "pool-stdin", stdin="pipe"),
    Case("waits", "calm", "pool-stdin", stdin="terminal"),
    Case("waits", "calm", "pool-inotify"),
    Case("waits", "calm", "paused-writer"),
    Case("waits", "calm", "fifo-open"),
    Case("waits", "calm", "stopped-child"),
    Case("waits", "calm", "stopped-holder"),
    # These end by themselves, and look stuck before.
    *[Case("ends", "calm", situation) for situation in (
        "sleeping", "spinning", "signal-late", "child-sleeps", "child-works", "sleeping-writer",
        "debugger", "vforking", "vforked-waiter", "cloned-helper", "daemonize", "alarmed",
        "timer-thread", "robust", "error-checked", "fcntl-cycle", "shared-semaphore", "slow-answer", "chat", "nested",
        "sent-end", "ring-write")],
    *[Case("ends", "no_deadlock", situation) for situation in (
        "convoy", "long-section", "trylock", "timed", "pool", "pool-epoll", "pool-child",
        "by-signal", "readers", "shared")],
    # Their own futexes, whose words look like locks that they hold and want crosswise.
    *[Case("ends", "raw", situation) for situation in ("mutex", "robust", "rwlock", "rust", "join")],
    Case("ends", "raw-stripped", "mutex"),
    Case("ends", "raw-stripped", "join"),
    Case("ends", "channels", "sysv-undo"),
    Case("ends", "channels", "killed-with-parent"),
    Case("ends", "std", "scoped"),
    Case("ends", "python", "work"),
    Case("ends", "rust", "work"),
]
