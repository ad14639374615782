"""Watermarks while the job runs: what silence, dead devices, broken clocks and an interval do."""

from live_support import *

SOURCE = """
  {name}:
    type: mqtt
    broker: "{url}"
    topics: [{topics}]
    format: json
    fields: {{ id: string, ts: timestamp }}
    event_time: {{ field: ts, unit: ms }}
    watermark: {{ strategy: ascending{watermark} }}
"""
JOB = """
name: live
settings: {{ delivery: at_least_once, parallelism: {parallelism} }}
sources:
{sources}
transforms:
  all: {{ type: union, inputs: [{names}] }}
  w: {{ type: window, inputs: [all], key_by: [id], window: {{ type: tumbling, size: 10s }}, aggregate: {{ n: count(*) }} }}
sinks:
  out: {{ type: stdout, inputs: [w] }}
  ahead: {{ type: file, inputs: [a.rejected], path: ahead.jsonl }}
"""
NOW = int(time.time() * 1000) // 60_000 * 60_000


def start(directory, keep, watermark, names="a", parallelism=1, topics='"{name}/{{id}}"'):
    broker = keep(Mosquitto(directory))
    sources = "".join(
        SOURCE.format(name=name, url=broker.url, watermark=watermark, topics=topics.format(name=name))
        for name in names)
    leat = keep(Leat(directory, JOB.format(sources=sources, names=", ".join(names), parallelism=parallelism)))
    broker.wait_subscribed(*(topics.format(name=name).strip('"').replace("{id}", "+") for name in names))
    publisher = keep(Publisher(broker.port))
    return leat, publisher


def at(ms):
    return f'{{"ts":{NOW + ms}}}'


def windows(leat):
    return [(row["id"], row["window_start"] - NOW, row["n"]) for row in leat.rows()]


def test_a_silent_source_does_not_hold_the_windows_up():
    with scene() as (directory, keep):
        leat, publisher = start(directory, keep, ", idle_timeout: 300ms", names="ab")
        publisher.publish("a/x", at(1))
        publisher.publish("a/x", at(10_000))
        # No row comes any more: the window fires by the clock, and its rows are written at once.
        wait_for(lambda: ("x", 0, 1) in windows(leat), f"fires when b is idle\n{leat.log()}")
        assert leat.stop() == 0
        check_ledger(leat.summary())


def test_a_dead_device_does_not_hold_the_others_up():
    with scene() as (directory, keep):
        leat, publisher = start(directory, keep, ", per: id, idle_timeout: 300ms")
        publisher.publish("a/dead", at(0))
        publisher.publish("a/x", at(1))

        def fires():
            publisher.publish("a/x", at(10_000))
            return ("dead", 0, 1) in windows(leat)

        wait_for(fires, f"fires without the dead device\n{leat.log()}")
        assert leat.stop() == 0


def test_a_clock_a_day_ahead_moves_nothing():
    with scene() as (directory, keep):
        leat, publisher = start(directory, keep, ", max_future_skew: 1d")
        publisher.publish("a/x", at(1))
        publisher.publish("a/x", at(2 * 86_400_000))
        publisher.publish("a/x", at(2))
        publisher.publish("a/x", at(10_000))
        wait_for(lambda: ("x", 0, 2) in windows(leat), f"both readings are in time\n{leat.log()}")
        assert leat.stop() == 0
        ahead = [json.loads(line) for line in open(f"{directory}/ahead.jsonl")]
        assert [row["ts"] for row in ahead] == [NOW + 2 * 86_400_000]
        assert leat.summary()["sources"]["a"]["rejected"] == 1


def test_with_an_interval_the_clock_moves_the_watermark():
    with scene() as (directory, keep):
        leat, publisher = start(directory, keep, ", interval: 200ms")
        # In one message: the second reading is out of order, and no clock has ticked in between.
        publisher.publish("a/x", f"[{at(10_000)},{at(1)}]")
        wait_for(lambda: ("x", 0, 1) in windows(leat), f"fires at the next tick\n{leat.log()}")
        assert leat.stop() == 0
        assert leat.summary()["nodes"]["w"]["late"] == 0


def test_parallel_windows_over_a_shared_subscription():
    with scene() as (directory, keep):
        leat, publisher = start(directory, keep, "", parallelism=3, topics='"$share/g/{name}/{{id}}"')
        mine = lambda: [window for window in windows(leat) if window[0].startswith("d")]
        publisher.publish_all([(f"a/d{n % 10}", at(n * 10)) for n in range(3001)])
        wait_for(lambda: len(mine()) == 30, f"30 windows, {len(mine())} came\n{leat.log()}")
        assert sorted(mine()) == sorted((f"d{d}", 10_000 * w, 100) for d in range(10) for w in range(3))
        assert leat.stop() == 0
        check_ledger(leat.summary())


if __name__ == "__main__":
    run_tests(globals())
