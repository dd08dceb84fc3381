# SPDX-License-Identifier: GPL-2.0-only
"""What the live tests share: cases and their count, a place to work in that is left empty."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import kernel_log
import leftovers

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).resolve().parent / "programs"
BUILD = ROOT / os.environ.get("OUT", "build")
CTRACE = os.environ.get("CTRACE") or str(BUILD / "ctrace")
SKIPPED = 77
TIMEOUT_S = 30
SHOWN_MAX = 10


def skip(reason):
    """Nothing was tested: say why, in the way tests/run understands."""
    print(reason)
    sys.exit(SKIPPED)


def need_tracing(programs=()):
    """Skip unless this machine can trace and has the PROGRAMS."""
    if os.geteuid() != 0:
        skip("needs root")
    if not os.access("/sys/kernel/btf/vmlinux", os.R_OK):
        skip("needs a kernel with BTF (/sys/kernel/btf/vmlinux)")
    if not os.access(CTRACE, os.X_OK):
        skip(f"{CTRACE} is not built")
    for program in ("bpftool", *programs):
        if not shutil.which(program):
            skip(f"needs {program}")


def need_workloads(*names):
    """The paths of the bundled workloads NAMES, or skip."""
    for name in names:
        if not os.access(BUILD / "workloads" / name, os.X_OK):
            skip(f"{BUILD / 'workloads' / name} is not built")
    return [str(BUILD / "workloads" / name) for name in names]


def can_execute(path, limit_s=40):
    """Does the kernel take it? Some have no 32-bit system calls."""
    try:
        subprocess.run([path], capture_output=True, timeout=limit_s, check=False)
        return True
    except OSError:
        return False


def readable_within(fd, seconds):
    return bool(select.select([fd], [], [], seconds)[0])


def read_until(fd, mark, seconds):
    """What comes from FD until it holds MARK, its end, or SECONDS have passed."""
    data, end = b"", time.monotonic() + seconds
    while mark is None or mark not in data:
        if not readable_within(fd, max(end - time.monotonic(), 0)):
            break
        try:
            more = os.read(fd, 65536)
        except OSError:     # the other side of a terminal was closed
            break
        if not more:
            break
        data += more
    return data


class Result:
    """How a program ended and what it said."""

    def __init__(self, status, out, err):
        self.status = status            # as Python has it: -9 is killed by signal 9
        self.out = out
        self.err = err.decode(errors="replace")

    def __str__(self):
        return f"status {self.status}, stderr: {self.err.strip()[-400:]!r}"


class Tester:
    """Handed to every case: where to work, how to start, how to complain."""

    def __init__(self, directory):
        self.dir = directory
        self.failures = []

    def check(self, is_true, message):
        if not is_true:
            self.failures.append(str(message))
        return bool(is_true)

    def equal(self, got, expected, what):
        return self.check(got == expected, f"{what}: {got!r}, expected {expected!r}")

    def note(self, text):
        print(f"note: {text}")

    def popen(self, argv, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([str(word) for word in argv], cwd=self.dir, **options)

    def run(self, *argv, stdin=b"", timeout_s=TIMEOUT_S, **options):
        """Run ARGV to its end; one that takes too long is a failure, and killed."""
        process = self.popen(argv, stdin=subprocess.PIPE, **options)
        try:
            out, err = process.communicate(stdin, timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.check(False, f"took more than {timeout_s} s: {' '.join(map(str, argv))}")
            leftovers.end_children()
            out, err = process.communicate()
        return Result(process.returncode, out, err)

    def ctrace(self, *argv, **options):
        return self.run(CTRACE, *argv, **options)

    @contextlib.contextmanager
    def awake(self):
        """No processor idles meanwhile: see kernel_log.py about machines on which that matters."""
        program = self.compile("awake")
        spinners = [self.popen([program, cpu]) for cpu in os.sched_getaffinity(0)]
        try:
            yield
        finally:
            for spinner in spinners:
                spinner.kill()
                spinner.communicate()

    def compile(self, name, *flags, compiler="gcc"):
        """Build programs/NAME.c; its path, or None when FLAGS are not possible here."""
        path = self.dir / (name + "".join(flag for flag in flags if flag.startswith("-m")))
        if path.exists() and not flags:
            return path
        argv = [compiler, "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-pthread",
                *flags, "-o", str(path), str(PROGRAMS / f"{name}.c")]
        made = subprocess.run(argv, capture_output=True, text=True, check=False)
        if made.returncode and not flags:
            self.check(False, f"{name}.c does not compile: {made.stderr[:600]}")
        return None if made.returncode else path

    def wait_until(self, predicate, what, timeout_s=10):
        """Poll until PREDICATE gives something true, and return that."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            value = predicate()
            if value:
                return value
            time.sleep(0.005)
        self.check(False, f"waited {timeout_s} s in vain for {what}")
        return None


def _run_case(case, tester):
    """True when it passed; says what failed."""
    tester.failures = []
    try:
        case(tester)
    except Exception:  # pylint: disable=broad-except
        tester.failures.append(traceback.format_exc())
    left = leftovers.end_children()
    tester.check(not left, f"processes were left behind: {left}")
    for failure in tester.failures[:SHOWN_MAX]:
        print(f"FAILED {case.__name__}: {failure}")
    if len(tester.failures) > SHOWN_MAX:
        print(f"FAILED {case.__name__}: ... {len(tester.failures)} in all")
    return not tester.failures


def _check_files(tester, scratch):
    left = sorted(str(path.relative_to(scratch)) for path in scratch.rglob("*"))
    tester.check(not left, f"files were left in TMPDIR: {left}")


def _run_cases(cases, tester, again=None):
    """How many failed; of those that fail only the ones that fail twice, after calling AGAIN."""
    failed = [case for case in cases if not _run_case(case, tester)]
    if failed and again:
        again()
        tester.dir /= "again"       # no file of the first try is in the way
        tester.dir.mkdir(mode=0o755)
        for case in failed:
            print(f"AGAIN {case.__name__}")
        failed = [case for case in failed if not _run_case(case, tester)]
    return len(failed)


def main(cases, forget=lambda: None):
    """
    Run the CASES (or those named on the command line), print the sum, exit. FORGET is called
    before some are run again, for what they share.
    """
    wanted = [word for word in sys.argv[1:] if word != "--again"]
    cases = [case for case in cases if not wanted or any(w in case.__name__ for w in wanted)]
    kernel_log.prepare()
    before = leftovers.bpf_objects()
    leftovers.adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))   # of timeout(1): tidy up all the same
    directory = Path(tempfile.mkdtemp(prefix="ctrace-live-"))
    directory.chmod(0o755)
    scratch = directory / "tmp"
    scratch.mkdir()
    scratch.chmod(0o1777)
    os.environ["TMPDIR"] = str(scratch)
    tester = Tester(directory)

    def nothing_is_left_behind(t):
        _check_files(t, scratch)
        t.equal(leftovers.wait_for_bpf_objects_to_go(before), [], "BPF objects left behind")

    try:
        failed_cnt = _run_cases(cases, tester, forget if "--again" in sys.argv[1:] else None)
        failed_cnt += _run_cases([nothing_is_left_behind], tester)
    finally:
        leftovers.end_children()
        kernel_log.remove()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"{len(cases) + 1 - failed_cnt} passed, {failed_cnt} failed")
    sys.exit(1 if failed_cnt else 0)
