#!/usr/bin/env python3
"""Each check of this folder finds the defect it is there for, and passes without it."""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_includes
import check_lengths
import check_objects
import check_words


def tree_with(files):
    folder = tempfile.TemporaryDirectory()
    for name, text in files.items():
        path = pathlib.Path(folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def expect(name, check, files, wanted):
    with tree_with(files) as folder:
        found = list(check(pathlib.Path(folder)))
    if bool(found) != wanted:
        sys.exit(f"{name}: expected {'a defect' if wanted else 'none'}, found {found}")


def object_defects(source):
    with tempfile.TemporaryDirectory() as folder:
        base = pathlib.Path(folder)
        (base / "core").mkdir()
        (base / "a.cpp").write_text(source)
        subprocess.run(["c++", "-std=c++20", "-c", base / "a.cpp", "-o", base / "a.o"], check=True)
        subprocess.run(["ar", "rcs", base / "core" / "a.a", base / "a.o"], check=True)
        return list(check_objects.defects(base))


inc = check_includes.defects
expect("upward", inc, {"core/base/a.h": '#include "core/data/b.h"\n'}, True)
expect("downward", inc, {"core/data/a.h": '#include "core/base/b.h"\n'}, False)
expect("core to agent", inc, {"core/job/a.h": '#include "agent/cli/b.h"\n'}, True)
expect("state to transports", inc, {"state/sqlite/a.h": '#include "transports/mqtt/b.h"\n'}, True)
expect("wrapped", inc, {"state/sqlite/a.h": "#include <sqlite3.h>\n"}, False)
expect("unwrapped", inc, {"agent/cli/a.h": "#include <sqlite3.h>\n"}, True)
expect("core clock", inc, {"core/time/a.h": "#include <chrono>\n"}, True)
expect("not from the top", inc, {"core/time/a.h": '#include "b.h"\n'}, True)

length = check_lengths.defects
expect("long file", length, {"core/base/a.cpp": "//\n" * 501}, True)
expect("short file", length, {"core/base/a.cpp": "//\n" * 500}, False)
expect("long function", length, {"core/base/a.cpp": "int f() {\n" + "  g();\n" * 80 + "}\n"}, True)
expect("short function", length, {"core/base/a.cpp": "int f() {\n" + "  g();\n" * 70 + "}\n"}, False)

if not list(check_words.defects_of("// TODO later", "a")):
    sys.exit("words: a leftover was not found")
if list(check_words.defects_of("// done", "a")):
    sys.exit("words: a plain comment was blamed")

if not object_defects("#include <ctime>\nlong f() { return time(nullptr); }\n"):
    sys.exit("objects: a clock call was not found")
if object_defects("int f() { return 1; }\n"):
    sys.exit("objects: a pure function was blamed")
print("the checks can fail")
