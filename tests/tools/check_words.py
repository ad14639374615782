#!/usr/bin/env python3
"""The project speaks of itself alone: no leftovers, no paths of one machine, no package hosts.

usage: check_words.py TREE
"""
import pathlib
import re
import subprocess
import sys

BANS = [
    (re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), "finish it, or say in the README that it is missing"),
    (re.compile(r"/(home|root|work)/[a-z]"), "a path of one machine"),
    (re.compile(r"\b(repo1?\.maven|deb\.debian|registry\.npmjs|pypi)\.org\b"),
     "leave package hosts to the clients' own configuration"),
]
TEXT = {".cpp", ".h", ".md", ".py", ".yaml", ".yml", ".txt", ".cmake", ".json", ".js", ".sh", ""}


def defects_of(text, relative):
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, advice in BANS:
            found = pattern.search(line)
            if found:
                yield f"{relative}:{number}: \"{found[0]}\": {advice}"


def defects(tree):
    listed = subprocess.run(["git", "-C", tree, "ls-files"], capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        path = tree / name
        if path.suffix not in TEXT or not path.is_file() or "corpus/" in name or name == "LICENSE":
            continue
        if name == "tests/tools/check_words.py" or name == "tests/tools/checks_can_fail.py":
            continue
        try:
            yield from defects_of(path.read_text(), name)
        except UnicodeDecodeError:
            continue


if __name__ == "__main__":
    found = list(defects(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "no stray words")
    sys.exit(1 if found else 0)
