# SPDX-License-Identifier: GPL-2.0-only
"""Reads a Perfetto trace with protoc, and what Perfetto's importer would make of it."""

import re
import subprocess
from pathlib import Path

PROTO = Path(__file__).resolve().parent / "perfetto_min.proto"
ESCAPES = {"n": 10, "r": 13, "t": 9, '"': 34, "'": 39, "\\": 92}
LINE = re.compile(r'\s*(?:(?P<end>})|(?P<key>\w+)(?: (?P<open>\{)|: (?P<value>.*)))$')


def unescape(text):
    """A string of protoc's text format."""
    out = bytearray()
    for part in re.finditer(r"\\([0-7]{3})|\\(.)|([^\\]+)", text):
        if part[1]:
            out.append(int(part[1], 8))
        elif part[2]:
            out.append(ESCAPES[part[2]])
        else:
            out += part[3].encode()
    return out.decode()


def value_of(text):
    if text.startswith('"'):
        return unescape(text[1:-1])
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def parse_text(text):
    """protoc's text format as dictionaries; every field is a list, for it may be repeated."""
    root, stack = {}, []
    node = root
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            raise ValueError(f"protoc says {line!r}")
        if match["end"]:
            node = stack.pop()
        elif match["open"]:
            child = {}
            node.setdefault(match["key"], []).append(child)
            stack.append(node)
            node = child
        else:
            node.setdefault(match["key"], []).append(value_of(match["value"]))
    return root


def decode(data):
    """The packets. A field that the .proto does not know has a number for a name."""
    made = subprocess.run(["protoc", f"--proto_path={PROTO.parent}",
                           "--decode=perfetto.protos.Trace", PROTO.name],
                          input=data, capture_output=True, check=True)
    return parse_text(made.stdout.decode())["packet"]


def one(message, key, default=None):
    return message.get(key, [default])[0]


def unknown_fields(message, where="packet"):
    for key, values in message.items():
        if key.isdigit():
            yield f"{where}.{key}"
        for value in values:
            if isinstance(value, dict):
                yield from unknown_fields(value, f"{where}.{key}")


def ftrace_events(packets):
    """(time, cpu, event) in the order in which the importer sorts them: by time, stable."""
    events = []
    for packet in packets:
        for bundle in packet.get("ftrace_events", []):
            cpu = one(bundle, "cpu")
            events += [(one(event, "timestamp"), cpu, event) for event in bundle.get("event", [])]
    return sorted(events, key=lambda item: item[0])


class Importer:
    """What src/trace_processor/importers/common/thread_state_tracker.cc does, in short."""

    def __init__(self, packets):
        self.symbols = {one(symbol, "iid"): one(symbol, "str") for packet in packets
                        for data in packet.get("interned_data", [])
                        for symbol in data["kernel_symbols"]}
        self.open = {}          # tid -> (state, since)
        self.time = {}          # (tid, state) -> ns
        self.on_cpu = {}        # cpu -> tid
        self.wakers = []        # (tid, waker, does the waker run)
        self.reasons = []       # (tid, words)
        self.mismatches = 0
        self.spurious = 0
        for ts, cpu, event in ftrace_events(packets):
            self.take(ts, cpu, event)

    def set(self, tid, state, ts):
        if not tid:
            return
        before = self.open.get(tid)
        if before:
            key = tid, before[0]
            self.time[key] = self.time.get(key, 0) + ts - before[1]
        self.open[tid] = (state, ts)

    def take(self, ts, cpu, event):
        if "sched_switch" in event:
            switch = one(event, "sched_switch")
            prev, following = one(switch, "prev_pid"), one(switch, "next_pid")
            self.mismatches += self.on_cpu.get(cpu, prev) != prev
            self.on_cpu[cpu] = following
            self.set(prev, one(switch, "prev_state"), ts)
            self.set(following, "Running", ts)
        elif "sched_waking" in event:
            waking = one(event, "sched_waking")
            tid, waker = one(waking, "pid"), one(event, "pid")
            state = self.open.get(tid, (None, 0))[0]
            if state in ("Running", "R", 0):
                self.spurious += 1
                return
            self.wakers.append((tid, waker, self.open.get(waker, (None, 0))[0] == "Running"))
            self.set(tid, "R", ts)
        elif "sched_blocked_reason" in event:
            reason = one(event, "sched_blocked_reason")
            self.reasons.append((one(reason, "pid"), self.symbols[one(reason, "caller")]))

    def end(self, ts):
        for tid in list(self.open):
            self.set(tid, "end", ts)

    def sum(self, tid, *states):
        return sum(self.time.get((tid, state), 0) for state in states)


def slices(packets):
    """Finished slices of each track of ours: name of the track -> [(begin, end, name)]."""
    names, stacks, found = {}, {}, {}
    for packet in packets:
        for track in packet.get("track_descriptor", []):
            names[one(track, "uuid")] = one(track, "name")
        for event in packet.get("track_event", []):
            uuid, ts = one(event, "track_uuid"), one(packet, "timestamp")
            if one(event, "type") == "TYPE_SLICE_BEGIN":
                stacks.setdefault(uuid, []).append((ts, one(event, "name")))
            elif one(event, "type") == "TYPE_SLICE_END":
                begin, name = stacks[uuid].pop()
                found.setdefault(names[uuid], []).append((begin, ts, name))
    return found
