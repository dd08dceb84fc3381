#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Exports of real recordings, each read by another program; names that are code stay names."""

import base64
import csv
import decimal
import hashlib
import io
import json
import os
import re
import shutil
import signal
import sys
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True

import browser
import lib
import perfetto
import terminal
from json_schema import Schema

SVG = "{http://www.w3.org/2000/svg}"
# Situations of the corpus, and what check says of them.
CHANNELS = {"child-full": 90, "event-loop": 91, "flocks": 90, "mutex-pipe": 91,
            "socketpair-read": 91}
TRIES = 5
RECORDED = {}       # name -> path of a recording, made once


def channels(t):
    path = t.dir / "channels"
    if not path.exists():
        corpus = lib.PROGRAMS.parent / "corpus"
        got = t.run("gcc", "-g", "-O1", "-D_GNU_SOURCE", "-pthread", "-o", path,
                    corpus / "channels.c", "-lrt")
        t.equal(got.status, 0, f"channels.c: {got}")
    return path


def record_to(t, path, name):
    if name == "names":
        got = t.ctrace("record", "-q", "-o", path, t.compile("names"))
        t.equal(got.status, 0, "record names")
    elif name in CHANNELS:
        got = t.ctrace("check", "-o", path, channels(t), name)
        t.equal(got.status, CHANNELS[name], f"check {name}")
    elif name == "forks":
        got = t.ctrace("check", "-o", path, *lib.need_workloads("forks"))
        t.equal(got.status, 90, "check forks")
    else:
        got = t.ctrace("record", "-q", "-o", path, *lib.need_workloads(name))
        t.equal(got.status, 0, f"record {name}")


def has_holes(t, path):
    """Does a thread leave a processor where another one had come? (kernel_log.py says why.)"""
    came = {}
    for line in t.ctrace("export", "--format=jsonl", path).out.splitlines():
        event = json.loads(line)
        if event.get("kind") in ("switch", "block", "exit") and "next_tid" in event:
            if came.get(event["cpu"], event["tid"]) != event["tid"]:
                return True
            came[event["cpu"]] = event["next_tid"]
    return False


def record(t, name):
    """
    A recording of forks (killed in its deadlock), prodcons, threads with hostile names, or of a
    situation of the corpus with pipes or locked files, killed in its deadlock. Without holes,
    where the machine lets us: formats of other programs know of none.
    """
    for _ in range(TRIES):
        if name in RECORDED:
            break
        path = t.dir / f"{name}.ctrace"
        path.unlink(missing_ok=True)
        record_to(t, path, name)
        if not has_holes(t, path):
            RECORDED[name] = path
    return RECORDED.setdefault(name, t.dir / f"{name}.ctrace")


def export(t, name, *options, expected=0):
    """The bytes of an export of the recording NAME."""
    got = t.ctrace("export", *options, record(t, name))
    t.equal(got.status, expected, f"export {options} of {name}: {got}")
    is_text = not {"--format=perfetto", "--format=cast"} & set(options)
    t.check(not is_text or b"\033" not in got.out, f"an escape in the export {options} of {name}")
    return got.out


def names_of(t, recording):
    """The names of threads as the report shows them, for comparison."""
    report = json.loads(t.ctrace("report", "--json", record(t, recording)).out)
    return {thread["name"] for thread in report["threads"]}


def report_of(t, recording):
    return json.loads(t.ctrace("report", "--json", record(t, recording)).out)


# --- JSON Lines and the schema -------------------------------------------------


def schema_of(t):
    return Schema(json.loads(t.ctrace("schema").out))


def every_line_of_jsonl_is_as_the_schema_says(t):
    schema = schema_of(t)
    kinds = set()
    for name in "forks", "prodcons", "names":
        lines = export(t, name, "--format=jsonl").decode().splitlines()
        head, *events = [json.loads(line) for line in lines]
        t.equal(head["schema"], "ctrace.events/1", "schema of the header")
        t.equal(head["events"], len(events), f"events of {name}")
        for event in [head, *events]:
            own = schema.root["$defs"]["event_" + event["kind"] if "kind" in event else "head"]
            for problem in [*schema.problems(event, own), *schema.undescribed(event, own)]:
                t.check(False, f"{name}: {problem} in {event}")
        kinds |= {event["kind"] for event in events}
        t.check(all(event["text"] for event in events), "an event without words")
    t.check({"thread", "switch", "block", "wake", "exit"} <= kinds, f"only {kinds}")


def the_schema_finds_what_is_wrong(t):
    """The checker itself: damaged objects are told from sound ones."""
    schema = schema_of(t)
    events = [json.loads(line) for line in export(t, "forks", "--format=jsonl").splitlines()[1:]]
    block = next(event for event in events if event["kind"] == "block")
    own = schema.root["$defs"]["event_block"]
    t.check(schema.matches(block, schema.root), "a sound event")
    for damage in ({"t_ns": -1}, {"n": "1"}, {"kind": "blok"}, {"tid": 0}, {"waits_for": {}},
                   {"woken": None}):
        t.check(not schema.matches({**block, **damage}, own), f"{damage} is not noticed")
    t.check(list(schema.undescribed({**block, "more": 1}, own)), "a new field is not noticed")


def report_and_info_are_as_the_schema_says(t):
    schema = schema_of(t)
    for name in "forks", "prodcons", "names":
        info = json.loads(t.ctrace("info", "--json", record(t, name)).out)
        for kind, value in ("report", report_of(t, name)), ("info", info):
            own = schema.root["$defs"][kind]
            for problem in [*schema.problems(value, own), *schema.undescribed(value, own)]:
                t.check(False, f"{kind} of {name}: {problem}")


def info_tells_what_the_recording_is(t):
    path = record(t, "prodcons")
    info = json.loads(t.ctrace("info", "--json", path).out)
    t.equal(info["command"], lib.need_workloads("prodcons"), "command")
    t.equal(info["kernel"], os.uname().release, "kernel")
    t.equal(sum(info["kinds"].values()), info["events"], "events by kind")
    t.equal((info["lost"], info["unreadable"], info["truncated"]), (0, 0, False), "losses")
    t.equal(info["threads"], len(report_of(t, "prodcons")["threads"]), "threads")
    text = t.ctrace("info", path).out.decode()
    t.check("prodcons" in text and "complete   yes" in text and max(map(len, text.splitlines())) <= 80
            or len(str(path)) > 60, f"info says {text}")


def info_of_half_a_file_says_so(t):
    whole = record(t, "prodcons").read_bytes()
    half = t.dir / "half.ctrace"
    half.write_bytes(whole[:len(whole) - 40])
    got = t.ctrace("info", half)
    t.equal(got.status, 0, "status")
    t.check(b"not closed" in got.out, f"it said {got.out!r}")
    half.unlink()


def the_words_of_a_deadlock_are_in_the_events(t):
    events = [json.loads(line) for line in export(t, "forks", "--format=jsonl").splitlines()[1:]]
    verdict = report_of(t, "forks")["verdict"]
    for edge in verdict["cycle"]:
        last = [event for event in events
                if event["kind"] == "block" and event["tid"] == edge["tid"]][-1]
        t.equal(last["waits_for"]["held_by"], edge["held_by"], f"who holds up {edge['name']}")
        t.equal(last["waits_for"]["kind"], "mutex", "what it is")


def a_window_has_the_events_of_its_time(t):
    events = [json.loads(line) for line in export(t, "prodcons", "--format=jsonl").splitlines()[1:]]
    part = export(t, "prodcons", "--format=jsonl", "--from=100ms", "--to=0.3s").splitlines()
    head, *inside = [json.loads(line) for line in part]
    t.equal((head["from_ns"], head["to_ns"]), (100000000, 300000000), "the window")
    t.equal(inside, [event for event in events if 100000000 <= event["t_ns"] <= 300000000],
            "events of the window")
    t.check(inside and len(inside) < len(events), "the window is not a part")


# --- tables --------------------------------------------------------------------


def table_of(t, recording, name):
    text = export(t, recording, "--format=csv", f"--table={name}").decode()
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    for row in rows:
        t.equal(len(row), len(head), f"fields of {row}")
    return [dict(zip(head, row)) for row in rows]


def unguarded(field):
    """What a field was before the apostrophe that keeps spreadsheets from computing it."""
    return field[1:] if field[:1] == "'" and field[1:2] in tuple("=+-@") else field


def the_table_of_threads_is_that_of_the_report(t):
    for name in "forks", "prodcons", "names":
        rows = {int(row["tid"]): row for row in table_of(t, name, "threads")}
        final = json.loads(t.ctrace("report", "--json", record(t, name)).out)["threads"]
        t.equal(set(rows), {thread["tid"] for thread in final}, f"threads of {name}")
        for thread in final:
            row = rows[thread["tid"]]
            if name == "forks":     # its report is about the moment before it was killed
                continue
            t.equal(unguarded(row["name"]), thread["name"], "name")
            for key in "running_ns", "ready_ns", "blocked_ns", "switches", "wakeups":
                t.equal(int(row[key]), thread[key], f"{key} of {thread['name']!r}")
            for reason, ns in thread["blocked"].items():
                t.equal(int(row[f"blocked_{reason}_ns"]), ns, f"{reason} of {thread['name']!r}")


def no_field_is_a_formula(t):
    text = export(t, "names", "--format=csv", "--table=threads").decode()
    t.check("'=1+cmd|" in text, "the formula of the test is not there")
    for name in "threads", "locks", "waits":
        for row in table_of(t, "names", name):
            for key, field in row.items():
                is_number = field.lstrip("-").isdigit()
                t.check(is_number or field[:1] not in tuple("=+-@\t\r"), f"{key}: {field!r}")


def waits_add_up_to_the_table_of_threads(t):
    for name in "forks", "prodcons", "names":
        sums = {}
        for row in table_of(t, name, "waits"):
            key = row["tid"], row["reason"]
            begin = max(int(row["begin_ns"]), 0)
            sums[key] = sums.get(key, 0) + int(row["begin_ns"]) + int(row["duration_ns"]) - begin
        for row in table_of(t, name, "threads"):
            for key, field in row.items():
                reason = key.removeprefix("blocked_").removesuffix("_ns")
                if key.startswith("blocked_") and key != "blocked_ns" and row["name"] != name:
                    t.equal(int(field), sums.get((row["tid"], reason), 0), f"{name}: {key}")


def locks_are_those_of_the_report(t):
    rows = table_of(t, "forks", "locks")
    report = report_of(t, "forks")
    t.equal({row["address"] for row in rows}, {lock["address"] for lock in report["locks"]},
            "addresses")
    for edge in report["verdict"]["cycle"]:
        lock = next(row for row in rows if row["address"] == edge["waits_for"]["address"])
        t.equal(lock["owner_tid"], str(edge["held_by"]), "owner")


# --- graphs --------------------------------------------------------------------


def drawn_by_dot(t, text):
    """The texts in the picture that Graphviz makes of TEXT, and its number of edges."""
    if not shutil.which("dot"):
        t.note("graphviz is not installed: dot is not drawn")
        return None, None
    got = t.run("dot", "-Tsvg", stdin=text)
    t.check(got.status == 0 and not got.err, f"dot -Tsvg: {got}")
    root = ET.fromstring(got.out)
    texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    return texts, sum(node.get("class") == "edge" for node in root.iter(f"{SVG}g"))


def dot_draws_the_deadlock(t):
    text = export(t, "forks", "--format=dot")
    texts, edges = drawn_by_dot(t, text)
    if texts is None:
        return
    verdict = report_of(t, "forks")["verdict"]
    t.check(verdict["sentence"] in texts, f"{verdict['sentence']!r} is not in {texts}")
    for edge in verdict["cycle"]:
        t.check(f"{edge['name']} ({edge['tid']})" in texts, f"{edge['name']} is not in {texts}")
    t.equal(text.count(b"penwidth=2];") - 2 * len(verdict["cycle"]), 2 * len(verdict["cycle"]),
            "nodes and edges of the cycle")
    t.equal(edges, text.count(b" -> "), "edges")


def a_crowded_moment(t, recording):
    """A time, in ns, at which many threads wait for the one mutex; nine would be one node."""
    events = [json.loads(line) for line in export(t, recording, "--format=jsonl").splitlines()[1:]]
    waiting, best = set(), (0, 0)
    for event in events:
        if event["kind"] == "block" and (event["waits_for"] or {}).get("kind") == "mutex":
            waiting.add(event["tid"])
        elif event["kind"] == "wake":
            waiting.discard(event["tid"])
        if len(waiting) < 9:
            best = max(best, (len(waiting), event["t_ns"]))
    t.check(best[0] >= 4, f"only {best[0]} threads wait at once")
    return f"{best[1]}ns"


def hostile_names_are_names_in_the_graph(t):
    at = a_crowded_moment(t, "names")
    texts, _ = drawn_by_dot(t, export(t, "names", "--format=dot", f"--at={at}"))
    if texts is None:
        return
    names = names_of(t, "names")
    drawn = {text.rsplit(" (", 1)[0] for text in texts if text.endswith(")")} - {"held by"}
    t.check(len(drawn & names) >= 5, f"{drawn} are not {names}")
    t.check(not {name for name in drawn if not name.startswith("held")} - names,
            f"{drawn - names} are no names")


def dot_graph(t, recording, *options):
    """What an export for Graphviz says: {(from, to): (dashed, alarm, label without times)}."""
    text = export(t, recording, "--format=dot", *options).decode()
    titles = dict(re.findall(r'^\t(n\d+) \[shape=\w+, label="((?:[^"\\\\]|\\\\["\\\\])*)', text, re.M))
    edges = re.findall(r'^\t(n\d+) -> (n\d+) \[label="([^"]*)"(.*)\];$', text, re.M)
    return {(titles[a], titles[b]): ("style=d" in rest, "penwidth" in rest, timeless(label))
            for a, b, label, rest in edges}


def timeless(label):
    return re.sub(r"[\d.]+ (ns|us|ms|s|min|h)\b", "T", label)


def a_deadlock_goes_through_pipes_and_locked_files(t):
    for name, things in ("child-full", ["pipe:["]), ("flocks", ["flock /", "flock /"]):
        bad = {pair for pair, (_, is_bad, _) in dot_graph(t, name).items() if is_bad}
        found = sorted({a for a, _ in bad if any(a.startswith(thing) for thing in things)})
        t.check(len(found) == len(things), f"{name}: {things} are not in the cycle {bad}")
        t.check(all(any(b == c for c, _ in bad) for _, b in bad), f"{name}: no cycle: {bad}")


MERMAID = re.compile(r"""\ \ (n\d+(\(\["[^"]*"\]\)|\["[^"]*"\])(:::alarm)?
                         |title\["[^"]*"\]:::title
                         |n\d+\ (-->|-\.->)\|"[^"]*"\|\ n\d+
                         |classDef\ \w+\ [\w:#,-]+
                         |linkStyle\ \d+\ [\w:#,-]+)""", re.X)


def mermaid_is_as_its_grammar_wants(t):
    """There is no mermaid in Debian: its lines are compared with the part of the grammar."""
    at = a_crowded_moment(t, "names")
    for name, options in ("forks", []), ("names", [f"--at={at}"]), ("prodcons", ["--at=end"]):
        head, *lines = export(t, name, "--format=mermaid", *options).decode().splitlines()
        t.equal(head, "flowchart LR", "first line")
        for line in lines:
            t.check(MERMAID.fullmatch(line), f"{line!r} is no line of a flowchart")
            t.check("%%" not in line, f"a directive in {line!r}")


# --- pictures ------------------------------------------------------------------


def svg_of(t, recording, *options):
    """The root of a picture, and its texts by class."""
    root = ET.fromstring(export(t, recording, "--format=svg", *options))
    t.equal(root.tag, f"{SVG}svg", "root")
    return root, ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def width_of(element):
    """The pixels that a bar, or a path of columns, takes."""
    if element.get("width"):
        return float(element.get("width"))
    return sum(float(part) for part in re.findall(r"M[\d ]+h(\d+)", element.get("d")))


def the_timeline_has_a_lane_for_each_thread(t):
    for name in "forks", "prodcons", "names":
        root, texts = svg_of(t, name)
        threads = report_of(t, name)["threads"]
        for thread in threads:
            t.check(thread["name"] in texts and str(thread["tid"]) in texts,
                    f"{thread['name']!r} {thread['tid']} is not in {name}.svg")
        t.check(root.find(f".//{SVG}line[@class='wake']") is not None, f"no arrow in {name}.svg")
    _, texts = svg_of(t, "forks")
    t.check("deadlock" in texts, "the deadlock is not marked")


def bars_are_as_wide_as_the_states_were_long(t):
    """Blocked is long enough to be drawn exactly: its pixels are its share of the window."""
    root, _ = svg_of(t, "prodcons")
    info = json.loads(t.ctrace("info", "--json", record(t, "prodcons")).out)
    threads = report_of(t, "prodcons")["threads"]
    blocked = sum(thread["blocked_ns"] for thread in threads)
    legend = 24
    pixels = sum(width_of(bar) for bar in root.iter(f"{SVG}rect")
                 if bar.get("class") == "BLOCKED") - legend
    t.check(abs(pixels - 1000 * blocked / info["duration_ns"]) < 0.05 * pixels,
            f"{pixels} pixels for {blocked} of {info['duration_ns']} ns")


def the_graph_as_a_picture_has_the_cycle(t):
    root, texts = svg_of(t, "forks", "--at=report")
    verdict = report_of(t, "forks")["verdict"]
    t.equal(len(root.findall(f".//{SVG}rect[@class='node bad']")), 2 * len(verdict["cycle"]),
            "nodes of the cycle")
    for edge in verdict["cycle"]:
        t.check(f"{edge['name']} ({edge['tid']})" in texts, f"{edge['name']} is not there")
    svg_of(t, "names", f"--at={a_crowded_moment(t, 'names')}")


# --- Perfetto --------------------------------------------------------------------


def packets_of(t, recording):
    if not shutil.which("protoc"):
        t.note("protobuf-compiler is not installed: the trace for Perfetto is not read")
        return []
    return perfetto.decode(export(t, recording, "--format=perfetto"))


def protoc_knows_every_field(t):
    for name in "forks", "prodcons", "names":
        packets = packets_of(t, name)
        for packet in packets:
            t.equal(list(perfetto.unknown_fields(packet)), [], "fields protoc does not know")
        if packets:
            t.equal(perfetto.one(packets[0], "sequence_flags"), 1, "flags of the first packet")
            t.equal({perfetto.one(p, "sequence_flags") for p in packets[1:]}, {2}, "the others")
            release = [perfetto.one(perfetto.one(info, "utsname"), "release")
                       for packet in packets for info in packet.get("system_info", [])]
            t.equal(release, [os.uname().release], "release")


def perfetto_computes_the_times_of_the_report(t):
    """Its own rules, applied to our events, give the states that ctrace has seen."""
    for name in "prodcons", "names":
        packets = packets_of(t, name)
        if not packets:
            return
        importer = perfetto.Importer(packets)
        importer.end(max(ts for ts, _, _ in perfetto.ftrace_events(packets)))
        t.equal((importer.mismatches, importer.spurious), (0, 0), "what does not fit together")
        for thread in report_of(t, name)["threads"]:
            tid = thread["tid"]
            t.equal(importer.sum(tid, "Running"), thread["running_ns"], f"running of {tid}")
            t.equal(importer.sum(tid, "R", 0, 0x100), thread["ready_ns"], f"ready of {tid}")
            t.equal(importer.sum(tid, 1, 2), thread["blocked_ns"], f"blocked of {tid}")
        woken = [waker for _, waker, runs in importer.wakers if waker and runs]
        t.check(woken, "no waker that runs")


def perfetto_shows_our_reasons(t):
    packets = packets_of(t, "forks")
    if not packets:
        return
    reasons = perfetto.Importer(packets).reasons
    for edge in report_of(t, "forks")["verdict"]["cycle"]:
        last = [words for tid, words in reasons if tid == edge["tid"]][-1]
        t.check(last.startswith("mutex ") and f"({edge['held_by']})" in last, f"{last!r}")


def locks_have_tracks_of_who_holds_them(t):
    packets = packets_of(t, "forks")
    if not packets:
        return
    report = report_of(t, "forks")
    found = perfetto.slices(packets)
    names = {thread["tid"]: thread["name"] for thread in report["threads"]}
    lines = map(json.loads, export(t, "forks", "--format=jsonl").splitlines())
    named = {line["address"]: line["lock"] for line in lines if line.get("kind") == "lockname"}
    for edge in report["verdict"]["cycle"]:
        lock = edge["waits_for"]
        track = found[f"mutex {named.get(lock['address'], lock['address'])}"]
        longest = max(track, key=lambda item: item[1] - item[0])
        t.equal(longest[2], f"held by {names[edge['held_by']]} ({edge['held_by']})", "slice")


def hostile_names_reach_perfetto_as_names(t):
    packets = packets_of(t, "names")
    if packets:
        tree = {perfetto.one(event, "task_rename")["newcomm"][0]
                for _, _, event in perfetto.ftrace_events(packets) if "task_rename" in event}
        t.check(tree >= names_of(t, "names") - {"names"}, f"{names_of(t, 'names') - tree}")


# --- Chrome ----------------------------------------------------------------------


def slices_of(t, recording):
    document = json.loads(export(t, recording, "--format=chrome"), parse_float=decimal.Decimal)
    slices = {}
    for event in document["traceEvents"]:
        if event["ph"] == "X":
            slices.setdefault(event["tid"], []).append(event)
    return document["traceEvents"], slices


def slices_are_the_times_of_the_report(t):
    for name in "prodcons", "names":
        events, slices = slices_of(t, name)
        named = {event["tid"]: event["args"]["name"] for event in events
                 if event["name"] == "thread_name"}
        for thread in report_of(t, name)["threads"]:
            own = sorted(slices[thread["tid"]], key=lambda event: event["ts"])
            t.equal(named[thread["tid"]], thread["name"], "name")
            for state in "Running", "Ready", "Blocked":
                ns = sum(1000 * event["dur"] for event in own if event["cat"] == state)
                t.equal(ns, thread[f"{state.lower()}_ns"], f"{state} of {thread['name']!r}")
            for before, after in zip(own, own[1:]):
                t.equal(before["ts"] + before["dur"], after["ts"], "a gap or an overlap")


def flows_lead_from_who_runs_to_who_is_ready(t):
    events, slices = slices_of(t, "prodcons")
    begins = {event["id"]: event for event in events if event["ph"] == "s"}
    ends = {event["id"]: event for event in events if event["ph"] == "f"}
    t.check(begins and begins.keys() == ends.keys(), "flows without begin or end")
    for number, begin in begins.items():
        end = ends[number]
        t.check(any(s["ts"] == end["ts"] and s["cat"] == "Ready" for s in slices[end["tid"]]),
                f"{end} leads to no begin of Ready")
        t.check(any(s["ts"] <= begin["ts"] <= s["ts"] + s["dur"] and s["cat"] == "Running"
                    for s in slices[begin["tid"]]), f"{begin} comes from nobody that runs")


# --- the page --------------------------------------------------------------------


def page_of(t, recording):
    """The page as a file, and the JSON in it."""
    page = export(t, recording, "--format=html")
    path = t.dir / f"{recording}.html"
    path.write_bytes(page)
    data = re.search(rb'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    return path, page, json.loads(data[1])


def the_policy_of_the_page_allows_its_own_script_alone(t):
    _, page, _ = page_of(t, "names")
    policy = re.search(rb'Content-Security-Policy" content="([^"]*)"', page)[1].decode()
    t.check(policy.startswith("default-src 'none'"), policy)
    for kind, text in (("script", re.findall(rb"<script>(.*?)</script>", page, re.S)),
                       ("style", re.findall(rb"<style>(.*?)</style>", page, re.S))):
        t.equal(len(text), 1, f"number of {kind}s")
        digest = base64.b64encode(hashlib.sha256(text[0]).digest()).decode()
        t.check(f"{kind}-src 'sha256-{digest}'" in policy, f"{kind} {digest} is not in {policy}")
    t.equal(page.count(b"<script"), 2, "scripts")
    for word in b"http:", b"https:", b"innerHTML", b"insertAdjacentHTML", b"document.write":
        t.check(word not in page.replace(b'http://www.w3.org/2000/svg', b''), f"{word} in the page")


def the_data_of_the_page_are_those_of_the_report(t):
    for name in "prodcons", "names":
        _, _, data = page_of(t, name)
        report = report_of(t, name)
        words = [state["word"].lower() for state in data["states"]]
        t.equal({thread["name"] for thread in data["threads"]}, names_of(t, name), "names")
        for thread in report["threads"]:
            lane = [one["tid"] for one in data["threads"]].index(thread["tid"])
            for state in "running", "ready", "blocked":
                ns = sum(stay[2] for stay in data["stays"]
                         if stay[0] == lane and stay[3] == words.index(state))
                t.equal(ns, thread[f"{state}_ns"], f"{state} of {thread['name']!r}")


def in_a_browser(t, case):
    if not browser.find():
        t.note("chromium is not installed: the page is not tried in a browser")
        return
    home = t.dir / "browser"
    home.mkdir()
    page = browser.Browser(home)
    try:
        case(page)
    finally:
        page.close()
        shutil.rmtree(home, ignore_errors=True)


def the_page_works_in_a_browser(t):
    path, _, data = page_of(t, "forks")
    report = report_of(t, "forks")

    def case(b):
        b.open(path)
        t.equal(b.complaints(), [], "complaints")
        t.equal(b.requests(), [f"file://{path}"], "requests")
        t.equal(b.evaluate("$('sentence').textContent"), report["verdict"]["sentence"], "sentence")
        cycle = report["verdict"]["cycle"]
        t.equal(b.evaluate("document.querySelectorAll('#graph .thread .node.bad').length"),
                len(cycle), "threads of the ring")
        t.equal(b.evaluate("document.querySelectorAll('#graph .object .node.bad').length"),
                len(cycle), "locks of the ring")
        t.equal(b.evaluate("document.querySelectorAll('#graph .edge.bad').length"),
                2 * len(cycle), "its edges")
        t.check(b.evaluate("$('states').textContent").count("Blocked") == len(data["threads"]),
                "not all are Blocked at the moment of the deadlock")
        box = b.evaluate("(r => [r.left, r.top, r.width, r.height])"
                         "($('canvas').getBoundingClientRect())")
        try_hover(b, box)
        try_click(b, box)
        try_zoom(b, box)
        t.equal(b.complaints(), [], "complaints after all")
        picture = b.screenshot()
        t.check(picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) > 20000, "no screenshot")

    def try_hover(b, box):
        b.mouse("mouseMoved", box[0] + box[2] / 2, box[1] + b.evaluate("AXIS_H + 1.5 * LANE_H"))
        tip = b.evaluate("$('tip').hidden ? '' : $('tip').textContent")
        middle = (data["to_ns"] - data["from_ns"]) / 2
        stay = next(stay for stay in data["stays"]
                    if stay[0] == 1 and stay[1] <= middle < stay[1] + stay[2])
        words = f"{data['states'][stay[3]]['word']}: {stay[4]}"
        t.check(tip.startswith(data["threads"][1]["name"]) and words in tip, f"{tip!r}")

    def try_click(b, box):
        """A third of the way everybody sleeps or joins: nobody is in a ring."""
        before = b.evaluate("$('clock').textContent")
        b.click(box[0] + box[2] / 4, box[1] + b.evaluate("AXIS_H + 2.5 * LANE_H"))
        t.check(b.evaluate("$('clock').textContent") != before, "a click moves no clock")
        t.equal(b.evaluate("document.querySelector('.lane.chosen').firstChild.textContent"),
                data["threads"][2]["name"], "the chosen lane")
        t.equal(b.evaluate("document.querySelectorAll('#graph .node.bad').length"), 0, "a ring")
        now = b.evaluate("view.now")
        b.press("ArrowRight")
        t.check(b.evaluate("view.now") > now, "the next change is not later")
        changes = {stay[1] for stay in data["stays"] if stay[0] == 2}
        t.check(b.evaluate("view.now") in changes, "it is no change of the chosen thread")

    def try_zoom(b, box):
        span = b.evaluate("view.span")
        b.mouse("mouseWheel", box[0] + 300, box[1] + 60, deltaX=0, deltaY=-100)
        t.check(b.evaluate("view.span") < span, "the wheel does not zoom")
        begin = b.evaluate("view.begin")
        b.mouse("mousePressed", box[0] + 500, box[1] + 60, button="left", clickCount=1)
        b.mouse("mouseMoved", box[0] + 300, box[1] + 60, button="left", buttons=1)
        b.mouse("mouseReleased", box[0] + 300, box[1] + 60, button="left", clickCount=1)
        t.check(b.evaluate("view.begin") > begin, "dragging does not move")
        b.evaluate("$('all').click()")
        t.equal(b.evaluate("[view.begin, view.span]"), [0, span], "all")

    in_a_browser(t, case)


def page_graph(b):
    return {(a, c): (dashed, bad, timeless(label)) for a, c, dashed, bad, label in b.evaluate(
        "((g) => g.edges.map((e) => [g.nodes.get(e.from).title, g.nodes.get(e.to).title,"
        " Boolean(e.dashed), e.bad, e.label]))(graphNow())")}


def last_look(t, recording):
    """When the other end of something was last looked for."""
    lines = export(t, recording, "--format=jsonl").splitlines()[1:]
    return max(event["t_ns"] for event in map(json.loads, lines) if event["kind"] == "holders")


def the_page_has_the_graph_that_dot_has(t):
    pages = {name: page_of(t, name)[0] for name in (*CHANNELS, "forks", "prodcons")}

    def case(b):
        for name, path in pages.items():
            b.open(path)
            for at, move in (("report", ""), ("end", "moveTo(whole)")):
                b.evaluate(move)
                t.equal(page_graph(b), dot_graph(t, name, f"--at={at}"), f"{name} at {at}")
            t.equal(b.complaints(), [], f"{name}: complaints")
        for name, thing in ("mutex-pipe", "pipe:["), ("socketpair-read", "unix socket "):
            at = last_look(t, name)
            b.open(pages[name])
            b.evaluate(f"moveTo({at})")
            drawn = set(page_graph(b))
            for ns in at, at - 1:
                b.evaluate(f"moveTo({ns})")
                t.equal(set(page_graph(b)), set(dot_graph(t, name, f"--at={ns}ns")),
                        f"{name} at {ns} ns")
            t.check(any(a.startswith(thing) for a, _ in drawn), f"no {thing} in {drawn}")
        b.open(pages["forks"])
        drawn = "document.querySelectorAll('#graph .edge').length"
        whole = b.evaluate(drawn)
        t.check(whole > 2, f"only {whole} edges are drawn")
        b.evaluate("choose(0), moveTo(0)")
        b.press("Z")
        t.check("It waits for nobody" in b.evaluate("$('graph').textContent"), "no part is chosen")
        b.press("Z")
        b.evaluate("moveTo(data.verdict.moment_ns)")
        t.equal(b.evaluate(drawn), whole, "all of it again")

    in_a_browser(t, case)


LECTURE = """\
0s  chapter: <b>Begin</b>
    view: graph
0.01s  They run
    view: timeline
    threads: forks
    select: forks
    zoom: 100us
    question: Who holds <i>the fork</i>?
    answer: </script><script>D
0.02s  Further
    lock: table.noodles
0.03s  Locks
    view: timeline
    lanes: locks
"""


def go_to(b, note):
    b.evaluate(f"$('notes').children[{note}].querySelector('button').click()")


def a_question_keeps_its_answer_until_it_is_clicked(t):
    recording = t.dir / "lecture.ctrace"
    shutil.copy(record(t, "forks"), recording)
    notes = t.dir / "notes.txt"
    notes.write_text(LECTURE)
    t.equal(t.ctrace("annotate", recording, notes).status, 0, "annotate")
    RECORDED["lecture"] = recording
    path, page, data = page_of(t, "lecture")
    t.check(b"</script><script>D" not in page, "an answer is markup")
    marks = [mark for mark in data["marks"] if mark["question"] or mark["chapter"]]
    t.equal([mark["text"] for mark in marks], ["<b>Begin</b>", "They run"], "notes")
    first = data["threads"][0]["name"]

    def case(b):
        b.open(path)
        seen = "document.querySelector('#notes details').innerText"
        t.check("fork" in b.evaluate(seen) and "script" not in b.evaluate(seen), "told too early")
        go_to(b, 1)
        t.equal(b.evaluate("view.now"), 10_000_000, "the time of the note")
        t.equal(b.evaluate("view.end"), 10_000_000, "what comes later is hidden")
        t.equal(b.evaluate("view.span"), 66 * 100_000, "zoom")
        t.equal(b.evaluate("[...document.querySelectorAll('.lane')].filter((l) => !l.hidden)"
                           ".map((l) => l.firstChild.textContent)"), [first], "threads")
        t.check("1 of" in b.evaluate("$('only').innerText"), "it is not said that some are hidden")
        t.equal(b.evaluate("$('sentence').hidden"), True, "the verdict tells what comes")
        t.equal(b.evaluate("document.querySelector('.shown').id"), "plot", "its view")
        t.check("[timeline, threads forks, forks, 100us in a column]"
                in b.evaluate("$('notes').innerText"), "its picture in words")
        x, y = b.evaluate("(s => (s.scrollIntoView(), (r => [r.x, r.y])(s.getBoundingClientRect())))"
                          "(document.querySelector('#notes summary'))")
        b.click(x + 10, y + 8)
        t.check("</script><script>D" in b.evaluate(seen), f"not told: {b.evaluate(seen)!r}")
        # The browser tells a page later that a question was opened.
        t.wait_until(lambda: not b.evaluate("$('sentence').hidden"), "the verdict, once answered")
        go_to(b, 2)
        t.equal(b.evaluate("[view.lock, view.rows.length]"), ["table.noodles", 1],
                "what a note without a view does not name stays")
        go_to(b, 0)
        t.equal(b.evaluate("[view.lock, view.rows.length]"), ["", len(data["threads"])],
                "with a view the picture is its own")
        t.equal(b.evaluate("document.querySelector('.shown').id"), "graphbox", "its view")
        go_to(b, 3)
        t.equal(b.evaluate("[view.kind, $('lanes').hidden, $('others').hidden]"),
                ["locks", True, False], "lanes of locks")
        named = b.evaluate("[...$('others').children].map((node) => node.textContent)")
        t.check("mutex table.noodles" in named, f"the lock has no lane: {named}")
        b.press("c")
        t.equal(b.evaluate("view.kind"), "threads", "c changes the lanes")
        b.press("c")
        t.check(b.evaluate("$('others').textContent").startswith("CPU "), "lanes of CPUs")
        go_to(b, 0)
        t.equal(b.evaluate("view.kind"), "threads", "with a view the lanes are its own")
        t.equal(b.complaints(), [], "complaints")

    in_a_browser(t, case)


def the_page_is_for_the_hall_the_night_and_the_printer(t):
    path, _, data = page_of(t, "lecture")
    paper = "getComputedStyle(document.body).backgroundColor"
    answer = "document.querySelector('#answers').innerText"

    def case(b):
        b.call("Emulation.setEmulatedMedia",
               features=[{"name": "prefers-color-scheme", "value": "dark"}])
        b.open(path)
        t.check(b.evaluate(paper) != "rgb(255, 255, 255)", "it is not dark at night")
        b.press("d")
        t.equal(b.evaluate(paper), "rgb(255, 255, 255)", "light, by a key")
        b.press("d")
        for expected in (mark["at_ns"] for mark in data["marks"][:2]):
            b.evaluate("moveTo(0)") if not expected else b.press("]")
            t.equal(b.evaluate("view.now"), expected, "the next note")
        t.equal(b.evaluate("$('sentence').hidden"), True, "a question hides what comes")
        b.press("x")
        t.wait_until(lambda: not b.evaluate("$('sentence').hidden"), "the answer, by a key")
        b.press("[")
        t.equal(b.evaluate("view.now"), 0, "the note before")
        small = b.evaluate("LANE_H")
        b.call("Emulation.setDeviceMetricsOverride", width=1920, height=1080, deviceScaleFactor=1,
               mobile=False)
        t.wait_until(lambda: b.evaluate("LANE_H") > small, "larger letters on a larger screen")
        t.equal(b.evaluate("getComputedStyle($('answers')).display"), "none", "answers on screen")
        printed_page(b)
        t.equal(b.complaints(), [], "complaints")

    ostep = export(t, "lecture", "--format=html", "--states=ostep")
    t.check(b'"word": "Terminated"' in ostep, "the words of a textbook")

    def printed_page(b):
        b.press("a")        # who waits for whom is on the sheet, too
        b.call("Emulation.setEmulatedMedia", media="print")
        b.evaluate("window.onbeforeprint()")
        t.equal(b.evaluate(paper), "rgb(255, 255, 255)", "paper")
        t.check("</script><script>D" in b.evaluate(answer), "no answers on their sheet")
        t.check("script" not in b.evaluate("$('notes').innerText"), "answers beside the questions")
        for what in "$('canvas')", "document.querySelector('#graph svg')":
            t.check(b.evaluate(f"{what}.getBoundingClientRect().right") <= 1032,
                    f"{what} is off the paper")
        b.evaluate("window.onafterprint()")

    in_a_browser(t, case)


def the_page_is_for_a_phone_and_for_who_has_keys_alone(t):
    path, _, data = page_of(t, "lecture")
    told = "$('told').textContent"

    def touch(b, kind, *xs):
        y = b.evaluate("$('canvas').getBoundingClientRect().top") + 60
        b.call("Input.dispatchTouchEvent", type=kind,
               touchPoints=[{"x": x, "y": y, "id": i} for i, x in enumerate(xs)])

    def case(b):
        b.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2,
               mobile=True)
        b.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
        b.open(path)
        t.equal(b.evaluate("[innerWidth, document.documentElement.scrollWidth]"), [390, 390],
                "as wide as the phone")
        t.check(b.evaluate("$('notesbox').getBoundingClientRect().top"
                           " < $('statesbox').getBoundingClientRect().top"), "notes come late")
        touch(b, "touchStart", 220, 260)
        touch(b, "touchMove", 180, 300)
        touch(b, "touchEnd")
        t.wait_until(lambda: b.evaluate("view.span") < data["to_ns"] - data["from_ns"],
                     "two fingers zoom")
        b.press("0")
        t.equal(b.evaluate("view.span"), data["to_ns"] - data["from_ns"], "all of it")
        t.check(b.evaluate("[...document.querySelectorAll('#tools button:not([hidden])')].every("
                           "(b) => (b.ariaLabel || b.textContent).length > 2)"), "a nameless button")
        with_keys(b)
        t.equal(b.complaints(), [], "complaints")

    def with_keys(b):
        t.equal(b.evaluate("$('told').ariaLive"), "polite", "what is read aloud")
        b.press("x")
        t.equal(b.evaluate("view.now"), 10_000_000, "the question that hides the rest")
        t.wait_until(lambda: not b.evaluate("$('sentence').hidden"), "its answer")
        b.evaluate("showThreads('')")
        before = b.evaluate(told)
        b.press("ArrowDown")
        t.check(b.evaluate(told) != before and data["threads"][1]["name"] in b.evaluate(told),
                f"another thread is not told: {b.evaluate(told)}")
        b.evaluate("moveTo(data.verdict.moment_ns), choose(0)")
        t.check("Blocked: join of " in b.evaluate(told), f"held by: {b.evaluate(told)}")
        b.press("ArrowDown")
        t.check("Blocked: mutex table.noodles, held by" in b.evaluate(told), b.evaluate(told))

    in_a_browser(t, case)


def hostile_names_are_names_in_the_page(t):
    path, _, data = page_of(t, "names")

    def case(b):
        b.open(path)
        t.equal(b.complaints(), [], "complaints")
        t.equal(b.evaluate("[...document.querySelectorAll('.lane')]"
                           ".map((lane) => lane.firstChild.textContent)"),
                [thread["name"] for thread in data["threads"]], "names of the lanes")
        t.equal(b.evaluate("document.querySelectorAll('b, #plot script').length"), 0, "markup")
        b.evaluate("(() => { const s = document.createElement('script');"
                   " s.textContent = 'window.owned = 1'; document.body.append(s); })()")
        t.equal(b.evaluate("window.owned"), None, "a foreign script ran")
        t.check(b.complaints(), "the policy says nothing of a foreign script")

    in_a_browser(t, case)


# --- asciicast -------------------------------------------------------------------

# asciinema's own reader, without the player, which wants a terminal.
READER = """
import sys
from asciinema.asciicast import open_from_url
with open_from_url(sys.argv[1]) as cast:
    sys.stdout.write("".join(text for _, kind, text in cast.stdout_events()))
"""


def frames_of(t, recording, *options):
    text = export(t, recording, "--format=cast", *options).decode()
    head, *frames = [json.loads(line) for line in text.splitlines()]
    return text, head, frames


def the_cast_is_as_its_format_wants(t):
    for name in "forks", "names":
        _, head, frames = frames_of(t, name)
        t.equal((head["version"], head["width"], head["height"]), (2, 100, 30), "header")
        times = [frame[0] for frame in frames]
        t.check(times == sorted(times) and times[0] == 0 and 10 < times[-1] < 60,
                f"from {times[0]} to {times[-1]} s")
        t.equal({frame[1] for frame in frames}, {"o"}, "kinds")
        sequences = set(re.findall(r"\033\[[?\d;]*[@-~]|\033.?", "".join(f[2] for f in frames)))
        odd = {s for s in sequences if not re.fullmatch(r"\033\[(\?25l|2J|[\d;]+[Hm])", s)}
        t.equal(odd, set(), "sequences of the terminal")


def played_in_a_terminal_it_shows_the_deadlock(t):
    """Up to the moment of the report: asciinema reads it, tmux draws it."""
    if not shutil.which("asciinema"):
        t.note("asciinema is not installed: the cast is read by Python alone")
        return
    report = report_of(t, "forks")
    text, _, frames = frames_of(t, "forks", f"--to={report['state_ns']}ns")
    path = t.dir / "forks.cast"
    path.write_text(text)
    got = t.run("/usr/bin/python3", "-c", READER, path)
    t.check(got.status == 0, f"asciinema's reader: {got}")
    t.check(got.out.decode() == "".join(frame[2] for frame in frames), "it reads something else")
    (t.dir / "bytes").write_bytes(got.out)
    with terminal.Terminal(t, cols=100, rows=32) as screen:
        screen.type("cat bytes; sleep 30")
        screen.press("Enter")
        screen.wait_for("DEADLOCK", "the verdict on the screen")
        shown = screen.text()
    for thread in report["threads"]:
        t.check(thread["name"] in shown and str(thread["tid"]) in shown,
                f"{thread['name']} is not on the screen:\n{shown}")
    t.check("mutex" in shown, "no wait on the screen")
    path.unlink()
    (t.dir / "bytes").unlink()


# --- files and errors ------------------------------------------------------------


def the_same_recording_gives_the_same_bytes(t):
    for name in FORMATS:
        first = export(t, "forks", *name.split())
        t.check(first == export(t, "forks", *name.split()), f"{name} differs from itself")


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def interrupted(t, path, out):
    """Start an export and end it by a signal while it writes. True when it was in time."""
    process = t.popen([lib.CTRACE, "export", "--format=jsonl", "-o", out, path])
    while not out.exists() and process.poll() is None:
        pass
    process.send_signal(signal.SIGSTOP)
    was_there = out.exists()
    process.terminate()
    process.send_signal(signal.SIGCONT)
    return was_there and process.wait(timeout=lib.TIMEOUT_S) == -signal.SIGTERM


def a_signal_leaves_no_half_of_an_export(t):
    path, out = t.dir / "long.ctrace", t.dir / "long.jsonl"
    got = t.ctrace("record", "-q", "-o", path, "sh", "-c", "yes | head -c 1G >/dev/null")
    t.equal(got.status, 0, "record")
    for _ in range(20):
        if interrupted(t, path, out):
            break
        out.unlink(missing_ok=True)
    else:
        t.check(False, "no export could be interrupted")
    t.check(not list(t.dir.glob("long.jsonl*")), "half an export was left")
    path.unlink()


def a_file_is_written_whole_or_not_at_all(t):
    path, out = record(t, "prodcons"), t.dir / "out.jsonl"
    got = t.ctrace("export", "--format=jsonl", "-o", out, path)
    t.equal((got.status, got.out, got.err), (0, b"", ""), "export -o")
    t.check(out.read_bytes() == export(t, "prodcons", "--format=jsonl"), "file and stdout differ")
    got = t.ctrace("export", "--format=jsonl", "-o", out, path)
    t.check(got.status == 125 and "--overwrite" in got.err, f"the file is there: {got}")
    out.write_bytes(b"old")
    limited = f"ulimit -f 8; exec {lib.CTRACE} export --format=jsonl --overwrite -o {out} {path}"
    t.equal(t.run("sh", "-c", limited).status, 125, "export --overwrite that fails")
    t.equal((out.read_bytes(), len(list(t.dir.glob("out.jsonl*")))), (b"old", 1), "the old file")
    got = t.ctrace("export", "--format=jsonl", "--overwrite", "-o", out, path)
    t.equal(got.status, 0, "export --overwrite")
    t.check(out.read_bytes() == export(t, "prodcons", "--format=jsonl"), "it was not replaced")
    t.equal(out.stat().st_mode & 0o777, 0o666 & ~umask(), "rights of the file")
    out.unlink()
    got = t.run("sh", "-c", f"ulimit -f 8; exec {lib.CTRACE} export --format=jsonl -o {out} {path}")
    t.check(got.status == 125 and "too large" in got.err, f"a file limit: {got}")
    t.check(not out.exists(), "half an export was left")


def nothing_but_a_file_is_replaced(t):
    path = record(t, "prodcons")
    before = path.read_bytes()
    link = t.dir / "link"
    link.symlink_to(path)
    for out in path, link, t.dir:
        got = t.ctrace("export", "--format=jsonl", "--overwrite", "-o", out, path)
        t.check(got.status == 125 and got.err.count("\n") == 1, f"-o {out}: {got}")
    t.check(path.read_bytes() == before, "the trace was written over")
    link.unlink()


def a_full_disk_and_a_closed_pipe_are_said(t):
    path = record(t, "prodcons")
    for how, why in ((">/dev/full", "No space left"), ("| true", "Broken pipe")):
        got = t.run("bash", "-c", "set -o pipefail; "
                    f"{lib.CTRACE} export --format=jsonl {path} {how}")
        if how == "| true" and not got.status:
            continue        # it all fitted into the pipe before true was gone
        t.check(got.status == 125 and why in got.err, f"{how}: {got}")
    got = t.ctrace("export", "--format=jsonl", "-o", "/dev/full", path)
    t.check(got.status == 125 and "No space left" in got.err, f"-o /dev/full: {got}")
    t.check(os.path.exists("/dev/full"), "/dev/full was removed")


def the_name_of_the_file_can_tell_the_format(t):
    path = record(t, "prodcons")
    for name, begin in (("a.svg", b"<?xml"), ("a.csv", b"tid,pid"), ("a.dot", b"digraph"),
                        ("a.pftrace", b"\n"), ("a.html", b"<!DOCTYPE"), ("a.json", b'{"trace')):
        t.equal(t.ctrace("export", "-o", t.dir / name, path).status, 0, name)
        t.check((t.dir / name).read_bytes().startswith(begin), f"{name} is something else")
        (t.dir / name).unlink()


def wrong_usage_is_one_line(t):
    path = record(t, "prodcons")
    for argv in ([path], ["-o", "x.gif", path], ["--format=gif", path], ["--format=jsonl"], ["--format=jsonl", path, path],
                 ["--format=jsonl", "--table=threads", path], ["--format=jsonl", "--at=1s", path],
                 ["--format=jsonl", "--from=soon", path], ["--format=jsonl", "--to=1h", path],
                 ["--format=jsonl", "--from=20ms", "--to=10ms", path],
                 ["--format=csv", "--table=x", path], ["--format=csv", "--from=1ms", path],
                 ["--format=dot", "--from=1ms", path], ["--format=dot", "--at=1h", path]):
        got = t.ctrace("export", *argv)
        t.equal(got.status, 2, f"export {argv}")
        t.check(got.err.count("\n") == 1 and not got.out, f"export {argv}: {got}")
    got = t.ctrace("export", "--format=jsonl", "/etc/passwd")
    t.equal(got.status, 3, "what is no trace")
    got = t.ctrace("export", path, "--format=jsonl")
    t.equal(got.status, 0, "options behind the file")


FORMATS = [
    "--format=jsonl",
    "--format=csv",
    "--format=csv --table=locks",
    "--format=csv --table=waits",
    "--format=dot",
    "--format=mermaid --at=10ms",
    "--format=svg",
    "--format=perfetto",
    "--format=chrome",
    "--format=html",
    "--format=cast",
    "--format=svg --at=report",
]


def main():
    lib.need_tracing(["gcc"])
    lib.need_workloads("forks", "prodcons")
    lib.main([
        every_line_of_jsonl_is_as_the_schema_says,
        the_schema_finds_what_is_wrong,
        report_and_info_are_as_the_schema_says,
        info_tells_what_the_recording_is,
        info_of_half_a_file_says_so,
        the_words_of_a_deadlock_are_in_the_events,
        a_window_has_the_events_of_its_time,
        the_table_of_threads_is_that_of_the_report,
        no_field_is_a_formula,
        waits_add_up_to_the_table_of_threads,
        locks_are_those_of_the_report,
        dot_draws_the_deadlock,
        a_deadlock_goes_through_pipes_and_locked_files,
        hostile_names_are_names_in_the_graph,
        mermaid_is_as_its_grammar_wants,
        the_timeline_has_a_lane_for_each_thread,
        bars_are_as_wide_as_the_states_were_long,
        the_graph_as_a_picture_has_the_cycle,
        protoc_knows_every_field,
        perfetto_computes_the_times_of_the_report,
        perfetto_shows_our_reasons,
        locks_have_tracks_of_who_holds_them,
        hostile_names_reach_perfetto_as_names,
        slices_are_the_times_of_the_report,
        flows_lead_from_who_runs_to_who_is_ready,
        the_policy_of_the_page_allows_its_own_script_alone,
        the_data_of_the_page_are_those_of_the_report,
        the_page_works_in_a_browser,
        the_page_has_the_graph_that_dot_has,
        a_question_keeps_its_answer_until_it_is_clicked,
        the_page_is_for_the_hall_the_night_and_the_printer,
        the_page_is_for_a_phone_and_for_who_has_keys_alone,
        hostile_names_are_names_in_the_page,
        the_cast_is_as_its_format_wants,
        played_in_a_terminal_it_shows_the_deadlock,
        the_same_recording_gives_the_same_bytes,
        a_signal_leaves_no_half_of_an_export,
        a_file_is_written_whole_or_not_at_all,
        nothing_but_a_file_is_replaced,
        a_full_disk_and_a_closed_pipe_are_said,
        the_name_of_the_file_can_tell_the_format,
        wrong_usage_is_one_line,
    ], forget=RECORDED.clear)


if __name__ == "__main__":
    main()
