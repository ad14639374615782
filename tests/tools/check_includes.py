#!/usr/bin/env python3
"""Includes go one way, and a third-party header only into the folder that wraps it.

usage: check_includes.py TREE
"""
import pathlib
import re
import sys

# folder -> the folders it may include from, beside itself. Within core the order is
# base <- env <- data <- ports <- {expression, time} <- {windows, operators} <- job <-
# {runtime, coordination}.
CORE_LEVELS = [
    ["base"], ["env"], ["data"], ["ports"], ["expression", "time"], ["windows", "operators"],
    ["job"], ["runtime", "coordination"],
]
LEVEL = {name: level for level, names in enumerate(CORE_LEVELS) for name in names}
# Peers of one level that may include each other.
PEERS = {("windows", "operators"), ("operators", "windows")}

# What a header of a library looks like, and the folders that wrap it.
THIRD_PARTY = [
    (r"sqlite3\.h", ["state/sqlite"]),
    (r"librdkafka/", ["transports/kafka"]),
    (r"mqtt/|MQTT", ["transports/mqtt"]),
    (r"uv\.h", ["transports/mqtt", "transports/socket", "transports/http", "agent"]),
    (r"mbedtls/|psa/", ["transports/mqtt", "agent/rest"]),
    (r"simdjson", ["transports/formats"]),
    (r"zlib\.h", ["transports/file"]),
    (r"pb\.h|pb_", ["transports/wire"]),
    (r"yaml-cpp/", ["core/job"]),
    (r"lua|lauxlib", ["core/operators"]),
    (r"tsl/", ["core/data"]),
    (r"llhttp", ["agent/rest"]),
]
# What core may not include at all: clocks, randomness, threads, files.
CORE_BANS = re.compile(
    r"^(chrono|random|thread|mutex|condition_variable|future|fstream|filesystem|iostream|ctime|"
    r"unistd\.h|fcntl\.h|pthread\.h|sys/.*|time\.h)$")

QUOTED = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
ANGLED = re.compile(r"^\s*#\s*include\s+<([^>]+)>")


def may_include(folder, target):
    """Whether a file in `folder` may include a header of `target` (both like core/data)."""
    top, target_top = folder.split("/")[0], target.split("/")[0]
    if folder == target:
        return True
    if top == "core":
        if target_top != "core":
            return False
        here, there = folder.split("/")[1], target.split("/")[1]
        return LEVEL[there] < LEVEL[here] or (here, there) in PEERS
    if top in ("state", "transports"):
        return target_top in ("core", top)
    if top == "agent":
        return target_top in ("core", "state", "transports", "agent")
    return True


def defects_of(path, relative):
    folder = "/".join(relative.parts[:-1])
    if folder == "agent":
        folder = "agent/main"
    for number, line in enumerate(path.read_text().splitlines(), 1):
        where = f"{relative}:{number}"
        quoted = QUOTED.match(line)
        if quoted:
            target = "/".join(pathlib.PurePath(quoted[1]).parts[:-1])
            if "/" not in target:
                yield f'{where}: "{quoted[1]}": include by the path from the top'
            elif not may_include(folder, target):
                yield f"{where}: {folder} may not include {target}"
        angled = ANGLED.match(line)
        if not angled:
            continue
        if folder.startswith("core/") and CORE_BANS.match(angled[1]):
            yield f"{where}: core may not include <{angled[1]}>; ask for it through core/env"
        for pattern, wrappers in THIRD_PARTY:
            if re.match(pattern, angled[1]) and not any(
                    folder == w or folder.startswith(w + "/") for w in wrappers):
                yield f"{where}: <{angled[1]}> belongs in {' or '.join(wrappers)}"


def defects(tree):
    for top in ("core", "state", "transports", "agent"):
        for path in sorted((tree / top).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield from defects_of(path, path.relative_to(tree))


if __name__ == "__main__":
    found = list(defects(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "includes go one way")
    sys.exit(1 if found else 0)
