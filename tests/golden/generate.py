"""Readings made from a seed: keys, texts, numbers and nulls, out of order by a bounded amount."""
import json
import random

WORDS = ["", "a", "B", "b", "zeta", "Zeta", "\u00e9t\u00e9", "\u4e2d", "a b", "a,b", "it's", "\"q\"",
         "\U0001f600", "10", "9"]


def readings(seed=1, rows=2000, keys=7, step=250, disorder=0, start=0, nulls=0.1, pauses=0.0,
             pause=60_000, repeat=0.0):
    """`step`: milliseconds from one row to the next; `disorder`: by how much a row may be older.

    `pauses`: the share of rows before which `pause` milliseconds pass. `repeat`: the share of rows
    with the time of the row before.
    """
    source = random.Random(seed)
    clock = start
    for i in range(rows):
        if source.random() < pauses:
            clock += pause
        if not source.random() < repeat:
            clock += int(source.random() * 2 * step)
        ts = clock - (int(source.random() * (disorder + 1)) if disorder else 0)

        def maybe(value):
            return None if source.random() < nulls else value
        yield {
            "id": maybe(f"s{int(source.random() * keys)}"),
            "line": int(source.random() * 3) - 1,
            "ts": ts,
            "x": maybe(round(20 + 15 * source.random() + 1000 * (source.random() < 0.01), 3)),
            "n": maybe(int(source.random() * 2001) - 1000),
            "s": maybe(WORDS[int(source.random() * len(WORDS))]),
            "b": maybe(source.random() < 0.5),
            "l": maybe([int(source.random() * 10) for _ in range(int(source.random() * 4))]),
        }


COLUMNS = {"id": "string", "line": "bigint", "ts": "timestamp", "x": "double", "n": "bigint",
           "s": "string", "b": "boolean", "l": "list"}


def write(path, options):
    with open(path, "w", encoding="utf-8") as file:
        for row in readings(**options):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
