"""Lines of JSON, each with what is to become of it: a row, several, or a reason."""
import base64

LIMIT = 1 << 20   # ingest.max_message
KEPT = 64 << 10   # of a payload that is set aside


def row(name, ts, x=1.0, n=1, size=None):
    return {"id": name, "ts": ts, "x": x, "n": n,
            "size": size if size is not None else None if name is None else len(name)}


def long(letter, ts, size):
    frame = b'{"id":"","ts":%d,"x":1,"n":1}' % ts
    return frame.replace(b'""', b'"' + letter * (size - len(frame)) + b'"')


def deep(ts, depth):
    """Arrays inside of an object: depth + 1 levels."""
    return b'{"id":"a","ts":%d,"x":1,"n":1,"o":%s%s}' % (ts, b"[" * depth, b"]" * depth)


CASES = [
    (b'{"id":"a","ts":1000,"x":1.5,"n":1}', [row("a", 1000, 1.5)]),
    (b'{"id":"a","ts":1001,"x":1.5,"n":1', "malformed"),
    (b"nonsense", "malformed"),
    (b"", []),
    (b"   ", []),
    (b'{"id":"a","ts":1002,"x":"1.5","n":1}', "wrong_type"),
    (b'{"id":"a","ts":1003,"x":1.5}', "missing_field"),
    (b'{"id":"a","ts":1004,"x":NaN,"n":1}', "malformed"),   # no JSON
    (b'{"id":"a","ts":1005,"x":1e999,"n":1}', "non_finite"),
    (b'{"id":"a","ts":1006,"x":-1e999,"n":1}', "non_finite"),
    (b'{"id":"\xff\xfe","ts":1007,"x":1.5,"n":1}', "invalid_utf8"),
    (b'{"id":"\xed\xa0\x80","ts":1008,"x":1.5,"n":1}', "invalid_utf8"),
    (b'{"id":"a","ts":1008,"x":1.5,"n":1,"other":"\xc0\xaf"}', "invalid_utf8"),
    (b'{"id":"\\ud800","ts":1009,"x":1.5,"n":1}', "malformed"),
    (b'{"id":"a","ts":1833029933770000,"x":1.5,"n":1}', "bad_timestamp"),  # the year 60055
    (b'{"id":"a","ts":253402300800000,"x":1.5,"n":1}', "bad_timestamp"),   # the year 10000
    (b'{"id":"a","ts":253402300799999,"x":1.5,"n":1}', [row("a", 253402300799999, 1.5)]),
    (b'{"id":"a","ts":-1,"x":2.5,"n":1}', [row("a", -1, 2.5)]),
    (b'{"id":"a","ts":-62167219200000,"x":3.5,"n":1}', [row("a", -62167219200000, 3.5)]),
    (b'{"id":"a","ts":-62167219200001,"x":3.5,"n":1}', "bad_timestamp"),   # before the year 0
    (b'{"id":"a","ts":9223372036854775807,"x":1,"n":1}', "bad_timestamp"),
    (b'{"id":"a","ts":9223372036854775808,"x":1,"n":1}', "bad_timestamp"),
    (b'{"id":"a","ts":-9223372036854775808,"x":1,"n":1}', "bad_timestamp"),
    (b'{"id":"a","id":"b","ts":1010,"x":1.5,"n":1}', "malformed"),
    (b'{"id":"a","ts":1011,"x":1.5,"n":1,"o":{"k":1,"k":2}}', "malformed"),
    (b'{"id":"a","ts":1012,"x":1.5,"n":1,"o":tru}', "malformed"),
    (b'{"id":"a","ts":1013,"x":1.5,"n":1,"o":01}', "malformed"),
    (b'{"id":"a","ts":1014,"x":1.5,"n":1,"o":"\x01"}', "malformed"),
    (b'{"id":"a","ts":1015,"x":1.5,"n":1}}', "malformed"),
    (b'{"id":"a","ts":1016,"x":1.5,"n":1} {"id":"b","ts":1,"x":1,"n":1}', "malformed"),
    (b'{"id":"a","ts":1017,"x":1.5,"n":1,}', "malformed"),
    # A reading of an array that does not fit is set aside alone; one malformed takes all along.
    (b'[{"id":"a","ts":1018,"x":1.5,"n":1},{"id":"b","ts":1019,"x":"no","n":1},'
     b'{"id":"c","ts":1020,"x":2,"n":2.0}]',
     [row("a", 1018, 1.5), ("wrong_type", b'{"id":"b","ts":1019,"x":"no","n":1}'),
      row("c", 1020, 2.0, 2)]),
    (b'[{"id":"a","ts":1021,"x":1.5,"n":1},{"id":"b","ts":1022,"x":1,"n":1]', "malformed"),
    (b"[]", []),
    (b"42", "wrong_type"),
    (b'"text"', "wrong_type"),
    (b"null", "wrong_type"),
    (b"{}", "missing_field"),
    (b'{"id":"a","ts":1023,"x":1.5,"n":1.5}', "wrong_type"),
    (b'{"id":"a","ts":1024,"x":1.5,"n":9223372036854775808}', "wrong_type"),
    (b'{"id":"a","ts":1025,"x":1.5,"n":-9223372036854775808}',
     [row("a", 1025, 1.5, -9223372036854775808)]),
    (b'{"id":"a","ts":1025,"x":1.5,"n":1e3}', [row("a", 1025, 1.5, 1000)]),
    (b'{"id":"a","ts":"1026","x":1.5,"n":1}', "wrong_type"),
    (b'{"id":"a","ts":null,"x":1.5,"n":1}', "bad_timestamp"),
    (b'{"id":null,"ts":1028,"x":null,"n":null}', [row(None, 1028, None, None)]),
    (b'{"id":5,"ts":1029,"x":1,"n":1}', "wrong_type"),
    (b'{"id":true,"ts":1030,"x":1,"n":1}', "wrong_type"),
    (b'{"id":"a","ts":1031,"x":true,"n":1}', "wrong_type"),
    (b'{"id":["a"],"ts":1031,"x":1,"n":1}', "wrong_type"),
    (b'{"id":"a","ts":1032.0,"x":1,"n":1}', [row("a", 1032)]),
    (b'{"id":"a","ts":1033.5,"x":1,"n":1}', "wrong_type"),
    (b'{"id":"nul\\u0000in","ts":1034,"x":1,"n":1}', [row("nul\0in", 1034)]),
    (b'{"id":"a\x00b","ts":1035,"x":1,"n":1}', "malformed"),
    (b'{"i\\u0064":"escaped","ts":1036,"x":1e-400,"n":-0}', [row("escaped", 1036, 0.0, 0)]),
    (b'{"id":"twice","i\\u0064":"escaped","ts":1037,"x":1,"n":1}', "malformed"),
    (b'{"id":"crlf","ts":1038,"x":-0.0,"n":1}\r', [row("crlf", 1038, -0.0)]),
    (b'\t{ "n" : 7 , "x" :2, "ts":1038, "id" : "\\ud83d\\ude00" } ', [row("\U0001f600", 1038, 2.0, 7)]),
    (b'\xef\xbb\xbf{"id":"mark","ts":1039,"x":1,"n":1}', "malformed"),
    (long(b"a", 1040, 10_000_000), "too_large"),
    (long(b"b", 1041, LIMIT), [row("b", 1041, size=LIMIT - 31)]),
    (long(b"c", 1042, LIMIT + 1), "too_large"),
    (deep(1043, 100_000), "too_deep"),
    (b"[" * 100_000, "too_deep"),
    (b'{"a":' * 100_000, "too_deep"),
    (deep(1044, 63), [row("a", 1044)]),
    (deep(1045, 64), "too_deep"),
    (b'{"id":"last","ts":1050,"x":1,"n":1}', [row("last", 1050)]),  # and no line end
]

ROWS, ERRORS = [], []
for line, outcome in CASES:
    if isinstance(outcome, str):
        ERRORS.append((outcome, line))
    else:
        ROWS += [one for one in outcome if isinstance(one, dict)]
        ERRORS += [one for one in outcome if isinstance(one, tuple)]

EXPECTED = {
    "rows": ROWS,
    "errors": [{"reason": reason, "payload": base64.b64encode(line[:KEPT]).decode()}
               for reason, line in ERRORS],
    "whole": [{"readings": len(ROWS), "oldest": -62167219200000, "newest": 253402300799999,
               "total": sum(each["x"] for each in ROWS if each["x"] is not None)}],
}
LEDGER = {"sources.r.malformed": len(ERRORS), "sources.r.accepted": len(ROWS),
          "sources.r.received": len(ROWS) + len(ERRORS)}


def make(work):
    (work / "input.jsonl").write_bytes(b"\n".join(line for line, _ in CASES))
