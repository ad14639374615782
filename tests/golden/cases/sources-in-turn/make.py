"""Two files of the same times, each with rows that are late for its own watermark."""
import json


def make(work):
    for side in ("left", "right"):
        with open(work / f"{side}.jsonl", "w", encoding="utf-8") as file:
            for i in range(20_000):
                ts = i * 500 - (2000 if i % 10 == 9 else 0)
                file.write(json.dumps({"id": side, "ts": ts, "n": i}) + "\n")
