#!/usr/bin/env python3
"""Random windows over random readings against reference.py.

usage: sweep.py LEAT [FIRST_SEED [SEEDS]]

Each seed is a job of a few windows (type, sizes, key, bound and lateness at random) over readings
that are out of order at random. Prints the seed first; LEAT_TEST_SEEDS says how many there are.
"""
import json
import os
import pathlib
import random
import shlex
import shutil
import subprocess
import sys
import tempfile

import compare
import generate
import reference

FIELDS = "{ id: string, line: bigint, ts: timestamp, x: double, n: bigint, s: string }"
AGGREGATE = {"readings": ["count", "*"], "xs": ["count", "x"], "sum_n": ["sum", "n"],
             "min_x": ["min", "x"], "max_s": ["max", "s"], "first_n": ["first", "n"],
             "last_s": ["last", "s"], "all_n": ["list", "n"]}
SPELLING = {"count": "count", "sum": "sum", "min": "min", "max": "max", "first": "first",
            "last": "last", "list": "collect_list"}


def length(source, most):
    """Short ones more often."""
    return max(1, int(most ** source.random()))


def window(source):
    kind = source.choice(["tumbling", "sliding", "sliding", "session", "session"])
    if kind == "session":
        return {"type": kind, "gap": length(source, 20_000)}
    made = {"type": kind, "size": length(source, 30_000)}
    if kind == "sliding":
        # Not more than a few hundred windows over one row.
        least = max(1, made["size"] // 200)
        made["slide"] = max(least, length(source, 30_000))
    if source.random() < 0.6:
        made["offset"] = source.randint(-40_000, 40_000)
    return made


def make(source):
    readings = {"seed": source.randint(0, 1 << 30), "rows": source.choice([1, 5, 60, 300, 700, 1500]),
                "keys": source.choice([1, 2, 5, 40, 5000]), "step": length(source, 2_000),
                "disorder": source.choice([0, length(source, 30_000)]),
                "start": source.choice([0, -50_000, -1, 1_700_000_000_000]),
                "nulls": source.choice([0.0, 0.1, 0.7]), "pauses": source.choice([0.0, 0.05]),
                "pause": length(source, 200_000), "repeat": source.choice([0.0, 0.5])}
    if readings["disorder"] == 0:
        bound = source.choice([0, length(source, 30_000)])
    else:
        bound = source.choice([0, readings["disorder"] // 2, readings["disorder"]])
    nodes = {}
    for i in range(4):
        nodes[f"w{i}"] = {"window": window(source), "bound": bound,
                          "key": source.choice([[], ["id"], ["line"], ["id", "line"], ["s"]]),
                          "lateness": source.choice([0, 0, length(source, 40_000)]),
                          "aggregate": AGGREGATE}
    return readings, nodes


def job(nodes):
    bound = nodes["w0"]["bound"]
    text = f"""\
name: sweep
sources:
  r:
    type: file
    path: ${{INPUT}}
    format: json
    fields: {FIELDS}
    event_time: {{ field: ts, unit: ms }}
    watermark: {{ bound: {bound}ms }}
transforms:
"""
    sinks = ""
    for name, node in nodes.items():
        shape = ", ".join(f"{key}: {value}" + ("" if key == "type" else "ms")
                          for key, value in node["window"].items())
        text += f"  {name}:\n    type: window\n    inputs: [r]\n    window: {{ {shape} }}\n"
        text += f"    allowed_lateness: {node['lateness']}ms\n    aggregate:\n"
        for field, (function, argument) in node["aggregate"].items():
            text += f"      {field}: {SPELLING[function]}({argument})\n"
        if node["key"]:
            text += f"    key_by: [{', '.join(node['key'])}]\n"
        for output in ("", ".late"):
            sinks += (f"  {name}{output.replace('.', '_')}_out: {{ type: file, "
                      f"inputs: [{name}{output}], path: \"${{OUT}}/{name}{output}\" }}\n")
    return text + "sinks:\n" + sinks


def run(leat, work, batch):
    for path in work.glob("w*"):
        path.unlink()
    wrapper = shlex.split(os.environ.get("LEAT_TSAN_WRAPPER", ""))
    done = subprocess.run(
        [*wrapper, leat, "run", "--quiet", "--batch-rows", str(batch), "--summary",
         str(work / "summary"), str(work / "job.yaml")], timeout=120, capture_output=True,
        env={**os.environ, "INPUT": str(work / "input"), "OUT": str(work)}, check=False, cwd=work)
    if done.returncode != 0:
        raise compare.Mismatch(f"exit {done.returncode}: {done.stderr.decode()[-2000:]}")
    compare.check_ledger(json.loads((work / "summary").read_text()), "FINISHED")
    return {path.name: path.read_bytes() for path in work.glob("w*")}


def play(leat, seed, work):
    source = random.Random(seed)
    options, nodes = make(source)
    rows = [dict(row, arrival=i) for i, row in enumerate(generate.readings(**options))]
    generate.write(work / "input", options)
    (work / "job.yaml").write_text(job(nodes))
    wanted = [512, source.choice([1, 2, 3, 7, 64])]
    first, second = (run(leat, work, batch) for batch in wanted)
    given = ("id", "line", "ts", "x", "n", "s")
    for name, node in nodes.items():
        model = reference.Reference(node).run(rows)
        late = [{field: row[field] for field in given} for row in model.late]
        # Booleans and lists are in the file, not among the fields.
        compare.compare_rows(name, compare.parse_lines(first[name], name), model.results)
        compare.compare_rows(name + ".late", compare.parse_lines(first[name + ".late"], name), late)
        summary = json.loads((work / "summary").read_text())["nodes"][name]
        if (summary["late"], summary["filtered"]) != (len(late), model.filtered):
            raise compare.Mismatch(f"{name}: {len(late)} rows are late and {model.filtered} "
                                   f"filtered; the ledger says {summary}")
    for name in first:
        compare.compare_bytes(name, second[name], first[name], f"with --batch-rows {wanted[1]}")


def main(arguments):
    if not arguments or "--help" in arguments:
        print(__doc__)
        return 2
    leat = str(pathlib.Path(arguments[0]).resolve())
    first = int(arguments[1]) if len(arguments) > 1 else 1
    count = int(arguments[2]) if len(arguments) > 2 else int(os.environ.get("LEAT_TEST_SEEDS", 6))
    print(f"seeds {first} to {first + count - 1}", flush=True)
    for seed in range(first, first + count):
        work = pathlib.Path(tempfile.mkdtemp(prefix="golden-sweep-"))
        try:
            play(leat, seed, work)
        except (compare.Mismatch, subprocess.TimeoutExpired) as difference:
            print(f"FAILED  seed {seed}: {difference}\n{(work / 'job.yaml').read_text()}")
            return 1
        finally:
            shutil.rmtree(work, ignore_errors=True)
        if seed % 50 == 0:
            print(f"to seed {seed}: ok", flush=True)
    print(f"{count} ok")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
