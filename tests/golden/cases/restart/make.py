"""`leat test` with `restart: true` (checkpoint, stop, restore) in the middle of windows of every type.

Three tests with the same rows: no restart, one half way, one after every row. Each expects nothing, so
that `leat test` shows all that came out; it must be the same three times.
"""
import json
import re

import generate

AGGREGATES = """\
      readings: count(*)
      xs: count(x)
      different: count(DISTINCT s)
      about: approx_count_distinct(s)
      sum_x: sum(x)
      sum_n: sum(n)
      min_x: min(x)
      max_n: max(n)
      min_s: min(s)
      avg_x: avg(x)
      avg_n: avg(n)
      var_pop_x: var_pop(x)
      var_samp_n: var_samp(n)
      stddev_pop_x: stddev_pop(x)
      stddev_samp_n: stddev_samp(n)
      first_s: first(s)
      last_x: last(x)
      last_l: last(l)
      s_of_least: min_by(s, x)
      n_of_most: max_by(n, x)
      median: percentile(x, 0.5)
      about_p90: approx_percentile(x, 0.9)
      top: top_n(x, 3)
      top_s: top_n(x, 3, s)
      all_n: collect_list(n)
      all_s: collect_list(s)
"""
KEYED = "    key_by: [id]\n"
NODES = {
    "tumbling": (KEYED, "{ type: tumbling, size: 5s }", "0s"),
    "allowed": (KEYED, "{ type: tumbling, size: 3s, offset: 1s }", "3s"),
    "sliding": (KEYED, "{ type: sliding, size: 6s, slide: 2s }", "0s"),
    "uneven": ("    key_by: [line, id]\n", "{ type: sliding, size: 5s, slide: 3s }", "2s"),
    "gaps": (KEYED, "{ type: sliding, size: 1s, slide: 4s }", "0s"),
    "session": (KEYED, "{ type: session, gap: 2s }", "0s"),
    "kept_session": (KEYED, "{ type: session, gap: 1s }", "3s"),
    "counts": (KEYED, "{ type: count, size: 7 }", "0s"),
    "sliding_counts": (KEYED, "{ type: count, size: 7, slide: 3 }", "0s"),
    "rare_counts": ("", "{ type: count, size: 3, slide: 5 }", "0s"),
    "whole": (KEYED, "{ type: global }", "0s"),
    "over_all": ("", "{ type: tumbling, size: 4s }", "1s"),
    "over_all_session": ("", "{ type: session, gap: 700ms }", "0s"),
}


def job(rows):
    text = """\
name: restart

sources:
  r:
    type: file
    path: none.jsonl
    format: json
    fields:
      {id: string, line: bigint, ts: timestamp, x: double, n: bigint, s: string, b: boolean, l: list<bigint>}
    event_time: { field: ts, unit: ms }
    watermark: { strategy: bounded_out_of_orderness, bound: 1s }

transforms:
"""
    for name, (key, window, lateness) in NODES.items():
        text += f"  {name}:\n    type: window\n    inputs: [r]\n{key}    window: {window}\n"
        text += f"    allowed_lateness: {lateness}\n    aggregate:\n{AGGREGATES}"
    text += "  rolling:\n    type: reduce\n    inputs: [r]\n" + KEYED + "    aggregate:\n" + AGGREGATES
    text += "\nsinks:\n  out: { type: stdout, inputs: [r] }\n\ntests:\n"
    half = len(rows) // 2
    for name, after in (("none", ()), ("half way", (half,)), ("every row", range(len(rows)))):
        text += f"  - name: {name}\n    end: true\n    input:\n      r:\n"
        for i, row in enumerate(rows):
            text += f"        - {json.dumps(row, ensure_ascii=False)}\n"
            text += "        - { restart: true }\n" if i in after else ""
        text += "    expect:\n"
        for node in [*NODES, "rolling"]:
            text += f"      {node}: []\n"
        for node in NODES:
            text += f"      {node}.late: []\n      {node}.errors: []\n"
    return text


def make(work):
    rows = list(generate.readings(seed=61, rows=160, keys=3, step=250, disorder=9000, nulls=0.1,
                                  pauses=0.03, pause=4000))
    (work / "job.yaml").write_text(job(rows))


def check(said):
    """Of what `leat test` says: the rows of each test, without the places in the file."""
    tests = re.split(r"^(?:FAILED|ok)  .*: (none|half way|every row)\n", said, flags=re.M)[1:]
    rows = dict(zip(tests[::2], tests[1::2]))
    rows["every row"] = rows["every row"].partition("\n0 passed")[0] + "\n"
    lines = {name: [line.strip() for line in text.splitlines() if line.strip()]
             for name, text in rows.items()}
    for node in [*NODES, "rolling"]:
        if f"{node}:" not in lines["none"]:
            return f"{node} gave no row, so nothing was compared"
    for node in ("tumbling", "sliding", "session"):
        if f"{node}.late:" not in lines["none"]:
            return f"no row was late for {node}, so nothing was compared"
    for name in ("half way", "every row"):
        for want, got in zip(lines["none"] + ["(end)"], lines[name] + ["(end)"]):
            if want != got:
                return f"with a restart {name}:\n  {got}\nwithout:\n  {want}"
    return None


