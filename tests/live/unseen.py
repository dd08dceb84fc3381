# SPDX-License-Identifier: GPL-2.0-only
"""Switches that the kernel does not report: a thread is taken out of what ctrace's probes trace.

That a thread is traced is an element of task storage, in a map of ctrace. root can take it out
for a while, by the pidfd of the thread, and put it back as it was: what happens in between the
probes do not see, and nobody counts it as lost. Virtual machines do the same now and then.
"""

import contextlib
import ctypes
import os
import struct

SYS_BPF = 321  # x86-64
MAP_LOOKUP, MAP_UPDATE, MAP_DELETE, MAP_NEXT_ID, MAP_FD_BY_ID, INFO_BY_FD = 1, 2, 3, 12, 14, 15
TASK_STORAGE = 29  # BPF_MAP_TYPE_TASK_STORAGE
VALUE_SIZE = 24  # struct traced, bpf/maps.bpf.h

libc = ctypes.CDLL(None, use_errno=True)


def _bpf(command, attributes):
    attr = ctypes.create_string_buffer(attributes, 128)
    got = libc.syscall(SYS_BPF, command, attr, 128)
    if got < 0:
        raise OSError(ctypes.get_errno(), f"bpf({command})")
    return got, attr.raw


def _storage_maps():
    """Descriptors of all maps of task storage on this machine."""
    found = 0
    while True:
        try:
            found, = struct.unpack_from("=I", _bpf(MAP_NEXT_ID, struct.pack("=I", found))[1], 4)
            fd, _ = _bpf(MAP_FD_BY_ID, struct.pack("=I", found))
        except OSError:
            return
        info = ctypes.create_string_buffer(88)
        _bpf(INFO_BY_FD, struct.pack("=IIQ", fd, len(info), ctypes.addressof(info)))
        kind, _, _, value_size = struct.unpack_from("=IIII", info.raw)
        try:
            if kind == TASK_STORAGE and value_size == VALUE_SIZE:
                yield fd
        finally:
            os.close(fd)


@contextlib.contextmanager
def nobody_looks_at(pid):
    """The main thread of process pid is not traced meanwhile. One ctrace has to trace it."""
    pidfd = os.pidfd_open(pid)
    key = ctypes.create_string_buffer(struct.pack("=i", pidfd), 8)
    value = ctypes.create_string_buffer(VALUE_SIZE)
    with contextlib.closing(_storage_maps()) as maps:
        for fd in maps:
            place = struct.pack("=IIQ", fd, 0, ctypes.addressof(key))
            element = place + struct.pack("=QQ", ctypes.addressof(value), 0)
            try:
                _bpf(MAP_LOOKUP, element)
            except OSError:
                continue  # of another ctrace
            _bpf(MAP_DELETE, place)
            yield
            _bpf(MAP_UPDATE, element)
            break
        else:
            raise LookupError(f"nobody traces process {pid}")
    os.close(pidfd)
