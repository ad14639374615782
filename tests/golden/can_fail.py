#!/usr/bin/env python3
"""That the golden runner can fail: a case that is right, then with one thing wrong at a time.

usage: can_fail.py LEAT
"""
import json
import pathlib
import shutil
import sys
import tempfile

import golden

JOB = """\
name: small
settings: { parallelism: ${PARALLELISM:-1} }
sources:
  r:
    type: file
    path: ${INPUT}
    format: json
    fields: { id: string, ts: timestamp, x: double }
    event_time: { field: ts, unit: ms }
transforms:
  w:
    type: window
    inputs: [r]
    key_by: [id]
    window: { type: tumbling, size: 1s }
    aggregate: { readings: count(*), average: avg(x) }
sinks:
  out: { type: file, inputs: [w], path: "${OUT}/w.jsonl" }
"""
INPUT = "".join(f'{{"id":"{"ab"[i % 2]}","ts":{i * 300},"x":{i}.25}}\n' for i in range(12))
SQL = """\
SELECT id, ts / 1000 * 1000 AS window_start, ts / 1000 * 1000 + 1000 AS window_end,
  count(*) AS readings, avg(x) AS average FROM input GROUP BY 1, 2 ORDER BY 3, 1
"""
CASE = {"about": "small", "keys": {"w": ["id"]}, "ledger": {"sources.r.accepted": 12},
        "inputs": {"INPUT": {"file": "input.jsonl", "columns": {
            "id": "string", "ts": "timestamp", "x": "double"}}}}

# What is replaced in which file, and a word of the complaint.
WRONG = [
    ("w.sql", "avg(x)", "avg(x) + 1e-6", "field average"),
    ("w.sql", "count(*)", "count(*) + 0.0", "field readings"),
    ("w.sql", "avg(x)", "CAST(avg(x) AS INTEGER)", "field average"),
    ("w.sql", "ORDER BY 3, 1", "ORDER BY 1, 3", "row 2"),
    ("w.sql", "FROM input", "FROM input WHERE ts < 3000", "too many"),
    ("w.sql", "FROM input", "FROM (SELECT * FROM input UNION ALL SELECT 99, 'z', 99000, 1.0)",
     "missing"),
    ("w.sql", "FROM input", "FROM input WHERE 0", "nothing was compared|too many"),
    ("w.sql", "AS readings, avg(x) AS average", "AS r, avg(x) AS average", "has the fields"),
    ("job.yaml", "${PARALLELISM:-1} }", "${PARALLELISM:-1} }\n#", ""),
    ("job.yaml", "size: 1s }", "size: 1s, offset: 1ms }", "row 1"),
    ("job.yaml", "sinks:", "sinks:\n  more: { type: file, inputs: [r], path: \"${OUT}/more.jsonl\" }",
     "nothing expects"),
    ("job.yaml", "path: \"${OUT}/w.jsonl\"", "path: \"${OUT}/v.jsonl\"", "no such output"),
    ("job.yaml", "name: small", "name: small\nnam: large", "exit 2"),
    ("case.json", "12}", "13}", "the ledger says"),
]


def play(leat, folder, file=None, old=None, new=None):
    folder.mkdir()
    for name, text in (("job.yaml", JOB), ("input.jsonl", INPUT), ("w.sql", SQL),
                       ("case.json", json.dumps(CASE))):
        if name == file:
            assert old in text, (file, old)
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return golden.play(leat, folder, False)


def main(leat):
    work = pathlib.Path(tempfile.mkdtemp(prefix="golden-can-fail-"))
    missed = 0
    try:
        outcome, words = play(leat, work / "right")
        if outcome != "ok":
            print(f"the case that is right: {outcome}: {words}")
            missed += 1
        for i, (file, old, new, complaint) in enumerate(WRONG):
            outcome, words = play(leat, work / str(i), file, old, new)
            wanted = "FAILED" if complaint else "ok"
            if outcome != wanted or not any(word in words for word in complaint.split("|")):
                print(f"{file}: {new!r} instead of {old!r}: {outcome}: {words}")
                missed += 1
    finally:
        shutil.rmtree(work)
    print(f"{len(WRONG) + 1 - missed} of {len(WRONG) + 1} as they should be")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(str(pathlib.Path(sys.argv[1]).resolve())) if len(sys.argv) == 2 else 2)
