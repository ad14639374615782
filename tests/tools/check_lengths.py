#!/usr/bin/env python3
"""Files of at most 500 lines, functions of at most 80: when one grows, it has two jobs.

usage: check_lengths.py TREE

The aim is 400 and 60; these are the bounds. Functions are found by their layout, which clang-format
fixes: the text before a "{" at the end of a line, up to the "}" in the same column.
"""
import pathlib
import re
import sys

FILE_LINES = 500
FUNCTION_LINES = 80
NOT_A_FUNCTION = re.compile(
    r"^\s*(namespace|class|struct|enum|union|extern|template|if|for|while|switch|else|do|try|case)\b"
    r"|=\s*\{$|^\s*(public|private|protected):")


def functions(lines):
    """(first line number, length) of each function body in clang-formatted text."""
    for start, line in enumerate(lines):
        if not line.endswith("{") or NOT_A_FUNCTION.match(line) or "(" not in line + "".join(
                lines[max(0, start - 4):start]):
            continue
        indent = len(line) - len(line.lstrip())
        if indent not in (0, 2):
            continue
        for end in range(start + 1, len(lines)):
            text = lines[end]
            if text.strip() and len(text) - len(text.lstrip()) <= indent and text.lstrip().startswith("}"):
                yield start + 1, end - start + 1
                break


def defects(tree):
    for top in ("core", "state", "transports", "agent", "tests"):
        for path in sorted((tree / top).rglob("*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            lines = path.read_text().splitlines()
            relative = path.relative_to(tree)
            if len(lines) > FILE_LINES and top != "tests":
                yield f"{relative}: {len(lines)} lines, at most {FILE_LINES}"
            if path.suffix == ".cpp" and top != "tests":
                for start, length in functions(lines):
                    if length > FUNCTION_LINES:
                        yield f"{relative}:{start}: a function of {length} lines, at most {FUNCTION_LINES}"


if __name__ == "__main__":
    found = list(defects(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "files and functions are short enough")
    sys.exit(1 if found else 0)
