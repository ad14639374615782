#!/usr/bin/env python3
"""The objects of core call no clock, random source, file, thread or socket.

usage: check_objects.py BUILD_DIR

Looks at what core's libraries leave undefined (nm), so it sees what includes do not show.
"""
import pathlib
import re
import subprocess
import sys

BANNED = re.compile(
    r"^(clock_gettime|gettimeofday|time|clock|nanosleep|usleep|sleep"
    r"|rand|srand|random|getrandom|arc4random|getentropy"
    r"|open|open64|openat|fopen|fopen64|creat|unlink|rename|mkdir|stat|fstat|fsync"
    r"|socket|connect|bind|listen|accept|send|recv"
    r"|pthread_create|pthread_mutex_lock|pthread_cond_wait|fork|getenv)(@.*)?$"
    r"|std::chrono::.*::now\(\)|std::random_device|std::thread|std::condition_variable"
    r"|std::basic_(i|o)?fstream|std::filesystem")


def undefined(library):
    listed = subprocess.run(["nm", "--undefined-only", "--demangle", library],
                            capture_output=True, text=True, check=True)
    member = ""
    for line in listed.stdout.splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif line.strip().startswith("U "):
            yield member, line.strip()[2:]


def defects(build):
    libraries = sorted((build / "core").glob("*.a"))
    if not libraries:
        yield f"no library of core in {build}/core: build first"
    for library in libraries:
        for member, symbol in undefined(library):
            if BANNED.search(symbol):
                yield f"{library.name}({member}): calls {symbol}; ask for it through core/env"


if __name__ == "__main__":
    found = list(defects(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "core is pure")
    sys.exit(1 if found else 0)
