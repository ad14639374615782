"""Bad input neither stops a job nor vanishes: counted by reason, set aside, the log stays short."""

import base64

from live_support import *

NOW = 1_700_000_000_000
JOB = """
name: live
settings: {{ delivery: at_least_once }}
sources:
  r:
    type: mqtt
    broker: "{url}"
    topics: ["plant/{{line}}/sensors/{{id}}"]
    format: json
    fields: {{ id: string, line: string, n: bigint, t: double, ts: timestamp }}
    event_time: {{ field: ts, unit: ms }}
    ingest: {{ max_message: 100KiB }}
sinks:
  out: {{ type: stdout, inputs: [r] }}
  bad: {{ type: file, inputs: [r.errors], path: bad.jsonl }}
  ahead: {{ type: file, inputs: [r.rejected], path: ahead.jsonl }}
"""


def reading(**fields):
    return json.dumps({"n": 1, "t": 1.5, "ts": NOW, **fields}).encode()


# What is sent, and what becomes of it.
BAD = [
    (b"", "malformed"),
    (b" \n", "malformed"),
    (b"\0", "malformed"),
    (b'{"n":1', "malformed"),
    (reading() + b"x", "malformed"),
    (reading() + reading(), "malformed"),
    (b'{"n":1,"n":2,"t":1,"ts":1}', "malformed"),
    (b'{"n":1,"t":NaN,"ts":1}', "malformed"),
    (b'{"id":"\\ud800","n":1,"t":1,"ts":1}', "malformed"),
    (b"\xff\xfe\x00noise", "invalid_utf8"),
    (b'{"id":"\xff","n":1,"t":1,"ts":1}', "invalid_utf8"),
    (b"5", "wrong_type"),
    (b"null", "wrong_type"),
    (reading(n="1"), "wrong_type"),
    (reading(n=1.5), "wrong_type"),
    (b'{"n":9223372036854775808,"t":1,"ts":1}', "wrong_type"),
    (b'{"n":1,"t":1}', "missing_field"),
    (b'{"t":1,"ts":1}', "missing_field"),
    (b'{"n":1,"t":1e999,"ts":1}', "non_finite"),
    (b'{"n":1,"t":1,"ts":1831000000000000}', "bad_timestamp"),
    (b'{"n":1,"t":1,"ts":-99999999999999999}', "bad_timestamp"),
    (b'{"n":1,"t":1,"ts":null}', "bad_timestamp"),
    (b"[" * 100_000, "too_deep"),
    (b'{"a":' * 19_000, "too_deep"),
    (reading(x="a" * 110_000), "too_large"),
]
GOOD = [
    (reading(), 1),
    (reading(n=20.0), 1),
    (b"[" + reading() + b"," + reading() + b"]", 2),
    (b"[]", 0),
    (reading(id="another"), 1),  # the topic wins; counted
]


def test_every_kind_is_counted_and_set_aside():
    with scene() as (directory, keep):
        broker = keep(Mosquitto(directory))
        leat = keep(Leat(directory, JOB.format(url=broker.url)))
        publisher = keep(Publisher(broker.port))
        publisher.publish("plant/a/sensors/kept", reading(), retain=True)
        leat.wait_rows(1)
        for payload, _ in BAD + GOOD:
            publisher.publish("plant/a/sensors/s", payload)
        publisher.publish("plant//sensors/", reading())
        tomorrow = int((time.time() + 3 * 86400) * 1000)
        publisher.publish("plant/a/sensors/s", reading(ts=tomorrow))
        publisher.publish("plant/a/sensors/last", reading())
        wait_for(lambda: any(row["id"] == "last" for row in leat.rows()), "the last one")
        assert leat.stop() == 0, leat.log()

        assert len(leat.rows()) == 1 + sum(rows for _, rows in GOOD) + 2
        assert {(row["line"], row["id"]) for row in leat.rows()} == {
            ("a", "s"), ("a", "kept"), ("", ""), ("a", "last")}
        bad = [json.loads(line) for line in open(f"{directory}/bad.jsonl")]
        assert sorted(row["reason"] for row in bad) == sorted(reason for _, reason in BAD), bad
        payloads = {base64.b64decode(row["payload"]) for row in bad}
        for payload, reason in BAD:
            whole = len(payload) < 65536 and payload.count(b"null,") == 0 and b"ts\":null" not in payload
            assert not whole or payload in payloads, (payload[:80], reason)
        assert [json.loads(line)["ts"] for line in open(f"{directory}/ahead.jsonl")] == [tomorrow]
        summary = leat.summary()
        check_ledger(summary)
        ledger = summary["sources"]["r"]
        assert ledger["malformed"] == len(BAD) and ledger["rejected"] == 1, ledger
        reasons = summary["malformed_by_reason"]["r"]
        for reason in {reason for _, reason in BAD}:
            assert reasons[reason] == sum(1 for _, other in BAD if other == reason), reasons
        assert summary["topic_differences"] == {"r": 1}, summary


def test_a_flood_of_it_costs_neither_memory_nor_log():
    bad = [b"noise %d", b'{"n":"%d"}', b'{"n":%d}', b"\xff%d", b'{"n":%d,"t":1,"ts":99999999999999999}']
    with scene() as (directory, keep):
        broker = keep(Mosquitto(directory))
        leat = keep(Leat(directory, JOB.format(url=broker.url)))
        publisher = keep(Publisher(broker.port))
        publisher.publish("plant/a/sensors/s", reading(), retain=True)
        leat.wait_rows(1)
        publisher.publish_all([("plant/a/sensors/s", bad[n % 5] % n) for n in range(10_000)])
        wait_for(lambda: pathlib.Path(directory, "bad.jsonl").read_bytes().count(b"\n") == 10_000, "10,000")
        before = leat.resident_kib()
        publisher.publish_all([("plant/a/sensors/s", bad[n % 5] % n) for n in range(40_000)])
        wait_for(lambda: pathlib.Path(directory, "bad.jsonl").read_bytes().count(b"\n") == 50_000, "50,000")
        assert SANITIZED or leat.resident_kib() < before + 4096, (before, leat.resident_kib())
        assert leat.stop() == 0, leat.log()
        assert leat.log().count("set aside") <= 30, leat.log()
        assert sum(leat.summary()["malformed_by_reason"]["r"].values()) == 50_000
        check_ledger(leat.summary())


if __name__ == "__main__":
    run_tests(globals())
