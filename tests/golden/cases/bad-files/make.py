"""Files that are empty, cut off, compressed, with and without line ends."""
import base64
import gzip
import zlib


def line(name, ts):
    return b'{"id":"%s","ts":%d}' % (name, ts)


def rows(name, times):
    return [{"id": name, "ts": ts} for ts in times]


def cut_archive(content):
    """All of the content, then the archive breaks off."""
    archive = zlib.compressobj(wbits=31)
    return archive.compress(content) + archive.flush(zlib.Z_FULL_FLUSH)


# By name, in the order in which they are read; what is in them; the rows.
PARTS = {
    "a-crlf.jsonl": (line(b"a", 1000) + b"\r\n" + line(b"a", 1001) + b"\r\n",
                     rows("a", [1000, 1001])),
    "b-no-end.jsonl": (line(b"b", 2000) + b"\n" + line(b"b", 2001), rows("b", [2000, 2001])),
    "c-empty.jsonl": (b"", []),
    "d-blank.jsonl": (b"\n\r\n\n  \n", []),
    "e-zipped.jsonl.gz": (gzip.compress(line(b"e", 3000) + b"\n" + line(b"e", 3001)),
                          rows("e", [3000, 3001])),
    "f-two-members.jsonl.gz": (gzip.compress(line(b"f", 4000) + b"\n" + line(b"f", 40)[:5])
                               + gzip.compress(line(b"f", 40)[5:] + b"\n"), rows("f", [4000, 40])),
    "g-not-zipped.jsonl.gz": (line(b"g", 5000) + b"\n", rows("g", [5000])),
    "h-zipped-unnamed.jsonl": (gzip.compress(line(b"h", 5500) + b"\n"), rows("h", [5500])),
    "i-cut.jsonl.gz": (cut_archive(line(b"i", 6000) + b"\n" + line(b"i", 6001) + b"\n"),
                       rows("i", [6000, 6001])),
    "j-nothing-in-it.jsonl.gz": (gzip.compress(b""), []),
    "k-cut-in-line.jsonl": (line(b"k", 9000) + b"\n" + line(b"k", 9001)[:-4], rows("k", [9000])),
    "l-wrong-sum.jsonl.gz": (gzip.compress(line(b"l", 9500) + b"\n")[:-8] + bytes(8),
                             rows("l", [9500])),
    "m-garbage-behind.jsonl.gz": (gzip.compress(line(b"m", 9600) + b"\n") + b"garbage",
                                  rows("m", [9600])),
    "n-two-bytes.jsonl.gz": (b"\x1f\x8b", []),
    "o-last.jsonl": (line(b"o", 9900), rows("o", [9900])),
}
ERRORS = ["malformed"] * 5  # i, k, l, m and n

TEXTS = [b"plain", b"", b" spaces ", "\u00e9t\u00e9".encode(), b"tab\tand \"quote\"", b"no end"]

LINES = [{"line": text.decode(), "long": len(text.decode())} for text in TEXTS]
EXPECTED = {
    "parts": [row for _, found in PARTS.values() for row in found],
    "parts_errors": [{"reason": reason} for reason in ERRORS],
    "other_errors": [{"reason": "malformed"}],  # blank.csv has no header
    "whole": [],
    "lines": LINES,
    "lines_errors": [{"reason": "invalid_utf8", "payload": base64.b64encode(b"\xff\xfe").decode()}],
}
TUMBLING = {}
for row in EXPECTED["parts"]:
    place = (row["ts"] // 1000 * 1000, row["id"])
    TUMBLING[place] = TUMBLING.get(place, 0) + 1
EXPECTED["tumbling"] = [
    {"id": name, "window_start": start, "window_end": start + 1000, "readings": count}
    for (start, name), count in sorted(TUMBLING.items())]


def make(work):
    (work / "parts").mkdir()
    for name, (content, _) in PARTS.items():
        (work / "parts" / name).write_bytes(content)
    (work / "parts" / "0-folder.jsonl").mkdir()
    (work / "empty.jsonl").write_bytes(b"")
    (work / "blank.csv").write_bytes(b"\n\n")
    (work / "header.csv").write_bytes(b"ts,id")
    (work / "lines.txt").write_bytes(b"\n".join(TEXTS[:-1] + [b"\xff\xfe", TEXTS[-1]]))
