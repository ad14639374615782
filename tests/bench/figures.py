"""What the measuring scripts share: figures and their table, a broker of their own, and jobs.

A figure is a dict: figure, ours, baseline, ratio (text; "" where there is none), value and target
(numbers in one unit; target None where nothing is promised), better ("more" or "less").
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = TREE / "build" / "release"


def figure(name, ours, baseline="", ratio=None, value=None, target=None, better="more"):
    """`value` is what `target` bounds; without one it is the ratio."""
    return {"figure": name, "ours": ours, "baseline": baseline,
            "ratio": "" if ratio is None else f"{ratio:.3g}",
            "value": ratio if value is None else value, "target": target, "better": better}


def target_text(row):
    if row["target"] is None:
        return ""
    if "target_text" in row:
        return row["target_text"]
    return f"{'>=' if row['better'] == 'more' else '<='} {row['target']:g}"


def met_text(row):
    if row["target"] is None or row["value"] is None:
        return ""
    more = row["better"] == "more"
    met = row["value"] >= row["target"] if more else row["value"] <= row["target"]
    return "yes" if met else "NO"


def columns(row):
    return [row["figure"], row["ours"], row["baseline"], row["ratio"], target_text(row),
            met_text(row)]


HEAD = ["figure", "ours", "raw baseline", "ratio", "target", "met?"]


def table(rows):
    cells = [HEAD] + [columns(row) for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEAD))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip()
                     for line in cells)


def markdown(rows):
    lines = ["| " + " | ".join(HEAD) + " |", "| --- | --- | --- | ---: | ---: | --- |"]
    lines += ["| " + " | ".join(columns(row)) + " |" for row in rows]
    return "\n".join(lines)


def finish(rows, as_json):
    """Ends a script: the figures for tests/bench/run, or a table for a reader."""
    print(json.dumps(rows) if as_json else table(rows))


def progress(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def seconds(value):
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def rate(value):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.2f} {unit}/s"
    return f"{value:.0f}/s"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Processes:
    """Children in a directory of their own; all are ended, by their ids, at the end."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory()
        self.work = pathlib.Path(self._directory.name)
        self._running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self._running):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._directory.cleanup()

    def start(self, command, **options):
        settings = {"cwd": self.work, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
                    "stderr": subprocess.DEVNULL, **options}
        child = subprocess.Popen([str(part) for part in command], **settings)
        self._running.append(child)
        return child

    def write(self, name, text):
        path = self.work / name
        path.write_text(text)
        return path


class Broker:
    """A mosquitto on a free loopback port whose log says who has subscribed."""

    def __init__(self, processes):
        binary = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if binary is None:
            raise SystemExit("bench: there is no mosquitto (tests/tools/packages test installs it)")
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._log = processes.work / "mosquitto.log"
        conf = processes.write("mosquitto.conf", f"listener {self.port} 127.0.0.1\n"
                               "allow_anonymous true\nlog_type all\nlog_dest stderr\n")
        with open(self._log, "wb") as log:
            self.process = processes.start([binary, "-c", conf], stderr=log)
        self._wait(lambda: "running" in self._log.read_text(errors="replace"))

    def wait_for_subscribers(self, count):
        said = re.compile("Sending SUBACK to")
        self._wait(lambda: len(said.findall(self._log.read_text(errors="replace"))) >= count)

    def _wait(self, condition, limit_s=15):
        deadline = time.monotonic() + limit_s
        while not condition():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit("bench: the broker or a subscriber did not come up:\n"
                                 + self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)
