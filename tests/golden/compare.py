"""Compares what a job wrote with what was expected."""
import json
import math


class Mismatch(Exception):
    """The output is not what was expected; the text says where."""


def same(got, want, tolerance=1e-9):
    """Doubles to a relative 1e-9, everything else exactly, type included: 1 is not 1.0."""
    if isinstance(want, float) or isinstance(got, float):
        return (isinstance(want, float) and isinstance(got, float)
                and math.isclose(got, want, rel_tol=tolerance, abs_tol=1e-15))
    if isinstance(want, list) and isinstance(got, list):
        return len(got) == len(want) and all(same(a, b, tolerance) for a, b in zip(got, want))
    if type(got) is int and type(want) is int and tolerance > 1e-9:  # an estimate
        return math.isclose(got, want, rel_tol=tolerance)
    return type(got) is type(want) and got == want


def column(title):
    """A column's name and how to read it: "hot:boolean", "list:json", "p90:within 0.01"."""
    name, _, note = title.partition(":")
    return name, note


def expected_value(value, note):
    if value is None:
        return None
    if note == "boolean":
        return bool(value)
    if note == "json":
        return json.loads(value)
    return value


def query_rows(database, sql):
    """The rows that SQL expects, and the tolerance of each column that has one of its own."""
    cursor = database.execute(sql)
    columns = [column(description[0]) for description in cursor.description]
    rows = [{name: expected_value(value, note) for (name, note), value in zip(columns, row)}
            for row in cursor]
    tolerances = {name: float(note.split()[1]) for name, note in columns
                  if note.startswith("within ")}
    return rows, tolerances


def parse_lines(data, name):
    text = data.decode("utf-8")
    if text and not text.endswith("\n"):
        raise Mismatch(f"{name}: the last line has no end")
    return [json.loads(line) for line in text.splitlines()]


def sort_key(row):
    return json.dumps([round(v, 6) if isinstance(v, float) else v for v in row.values()])


def compare_rows(name, got, want, tolerances=None, unordered=False):
    tolerances = tolerances or {}
    if unordered:
        got, want = sorted(got, key=sort_key), sorted(want, key=sort_key)
    for i, (a, b) in enumerate(zip(got, want)):
        if list(a) != list(b):
            raise Mismatch(f"{name}: row {i + 1} has the fields {list(a)}; expected {list(b)}")
        for field in b:
            if not same(a[field], b[field], tolerances.get(field, 1e-9)):
                raise Mismatch(f"{name}: row {i + 1}, field {field}: {a[field]!r}; expected "
                               f"{b[field]!r}\n  got      {a}\n  expected {b}")
    if len(got) != len(want):
        extra, kind = (got, "too many") if len(got) > len(want) else (want, "missing")
        first = extra[min(len(got), len(want))]
        raise Mismatch(f"{name}: {len(got)} rows; expected {len(want)}; the first {kind}: {first}")


def compare_bytes(name, got, want, what):
    if got == want:
        return
    a, b = got.splitlines(), want.splitlines()
    for i in range(max(len(a), len(b))):
        left = a[i] if i < len(a) else b"(nothing)"
        right = b[i] if i < len(b) else b"(nothing)"
        if left != right:
            raise Mismatch(f"{name}: line {i + 1} differs {what}\n  {left[:600]}\n  {right[:600]}")
    raise Mismatch(f"{name}: differs {what} in line ends")


def compare_lines(name, got, want, what):
    """The same lines, in any order."""
    compare_bytes(name, b"\n".join(sorted(got.splitlines())),
                  b"\n".join(sorted(want.splitlines())), what)


def by_key(data, key):
    """The lines of each key, in order."""
    groups = {}
    for line in data.splitlines():
        row = json.loads(line)
        groups.setdefault(json.dumps([row[field] for field in key]), []).append(line)
    return groups


def compare_by_key(name, got, want, key, what):
    """The same rows in the same order for each key; without a key the same rows."""
    if key is None:
        return compare_lines(name, got, want, what)
    left, right = by_key(got, key), by_key(want, key)
    for group in sorted(left.keys() | right.keys()):
        compare_bytes(f"{name}, key {group}", b"\n".join(left.get(group, [])),
                      b"\n".join(right.get(group, [])), what)
    return None


SOURCE = ("received", ("accepted", "rejected", "malformed", "duplicate", "shed", "in_flight"))
NODE = ("in", ("used", "filtered", "late", "errors", "in_flight"))
SINK = ("emitted", ("forwarded", "errors", "in_outbox", "dropped"))


def check_ledger(summary, state):
    """Every equation closes, and at the end of a finished job nothing is in flight."""
    if summary["state"] != state:
        raise Mismatch(f"the job is {summary['state']}; expected {state}")
    for section, (total, terms) in (("sources", SOURCE), ("nodes", NODE), ("sinks", SINK)):
        for name, ledger in summary[section].items():
            if ledger[total] != sum(ledger[term] for term in terms):
                raise Mismatch(f"the ledger of {name} does not close: {ledger}")
            if ledger.get("in_flight", 0) or ledger.get("in_outbox", 0):
                raise Mismatch(f"{name} has ended with rows in flight: {ledger}")
