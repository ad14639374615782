"""Records of CSV, each with what is to become of it: a row or a reason."""
import base64


def row(name, ts, x=1.0, n=1, b=True):
    return {"id": name, "ts": ts, "x": x, "n": n, "b": b}


# A byte order mark, columns in another order than the fields, one that is not asked for.
HEADER = b"\xef\xbb\xbfts,id,x,n,b,other"
CASES = [
    (b"1000,a,1.5,1,true,zzz", row("a", 1000, 1.5)),
    (b'1001,"quoted, comma",2.5,2,false,', row("quoted, comma", 1001, 2.5, 2, False)),
    (b'1002,"doubled ""quotes""",,,,', row('doubled "quotes"', 1002, None, None, None)),
    (b'1003,"line\nend",1,1,true,"x\r\ny"', row("line\nend", 1003)),
    (b'1004,"",1,1,true,', row("", 1004)),
    (b"1005,,1,1,true,", row(None, 1005)),
    (b"1006,a,1", "malformed"),              # too few
    (b"1007,a,1,1,true,x,y", "malformed"),   # too many
    (b'1008,a"b,1,1,true,', "malformed"),    # a quote where none may be
    (b'1009,"a"b,1,1,true,', "malformed"),   # text behind a closing quote
    (b"", None),
    (b"\r", None),
    (b"1010,a,NaN,1,true,", "non_finite"),
    (b"1011,a,1e999,1,true,", "non_finite"),
    (b"1012,a,+1,1,true,", "wrong_type"),
    (b"1013,a,01,1,true,", "wrong_type"),
    (b" 1014,a,1,1,true,", "wrong_type"),
    (b"1015,a,1,1.5,true,", "wrong_type"),
    (b"1015,a,1,1.0,true,", row("a", 1015)),
    (b"1016,a,1,1,yes,", "wrong_type"),
    (b"1017,a,1,9223372036854775808,true,", "wrong_type"),
    (b"1833029933770000,a,1,1,true,", "bad_timestamp"),
    (b"-1018,a,1,1,true,", row("a", -1018)),
    (b"1018,\xff,1,1,true,", "invalid_utf8"),
    (b"1018,a,1,1,true,\xff", "invalid_utf8"),
    (b"1019,a,1,1,TRUE,", "wrong_type"),
    (b"1020,crlf,1,1,true,\r", row("crlf", 1020)),
    (b"1021,a\x00b,1,1,true,", row("a\0b", 1021)),
    (b"1022,   ,1,1,true,", row("   ", 1022)),
    (b'"1023","a","1.5","1","true",', row("a", 1023, 1.5)),
    # An open quote takes what follows, up to the next one.
    (b'1024,"open,1,1,true,\n1025,b,1,1,true,\nc",1,1,true,',
     row("open,1,1,true,\n1025,b,1,1,true,\nc", 1024)),
    (b"1027,d,1,1,true,", row("d", 1027)),
    (b'1028,"open at the end,1,1,true,', "malformed"),
]
OTHERS = [
    (b"a;1970-01-01T00:00:01Z;1.5", {"id": "a", "ts": 1000, "x": 1.5}),
    (b"a,b;1970-01-01 00:00:02;-2", {"id": "a,b", "ts": 2000, "x": -2.0}),
    (b'"a;b";1969-12-31T23:59:59.999;1', {"id": "a;b", "ts": -1, "x": 1.0}),
    (b"a;1970-01-01T02:00:00+02:00;1", {"id": "a", "ts": 0, "x": 1.0}),
    (b"a;2024-02-30T00:00:00Z;1", "bad_timestamp"),
    (b"a;yesterday;1", "bad_timestamp"),
    (b"a;1970-01-01T00:00:05Z;1,5", "wrong_type"),
]


def rows_of(cases):
    return [outcome for _, outcome in cases if isinstance(outcome, dict)]


def errors_of(cases):
    return [{"reason": outcome, "payload": base64.b64encode(record).decode()}
            for record, outcome in cases if isinstance(outcome, str)]


EXPECTED = {"rows": rows_of(CASES), "errors": errors_of(CASES),
            "other_rows": rows_of(OTHERS), "other_errors": errors_of(OTHERS)}
LEDGER = {"sources.r.malformed": len(EXPECTED["errors"]),
          "sources.r.accepted": len(EXPECTED["rows"]),
          "sources.semicolons.malformed": len(EXPECTED["other_errors"])}


def make(work):
    (work / "input.csv").write_bytes(b"\n".join([HEADER] + [record for record, _ in CASES]))
    (work / "semicolons.csv").write_bytes(b"\r\n".join(record for record, _ in OTHERS) + b"\r\n")
