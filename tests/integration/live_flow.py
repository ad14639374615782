"""From sources to sinks while peers are slow, away or come and go: nothing acknowledged is lost."""

from live_support import *

JOB = """
name: {name}
settings: {{ delivery: at_least_once }}
sources:
  r: {source}
sinks:
  out: {sink}
"""
FIELDS = "fields: { id: string, ts: timestamp, temperature: double }, format: json"


def job(source, sink, name="live"):
    return JOB.format(source=source, sink=sink, name=name)


def generator(count, rate=0):
    return f"{{ type: generator, rate: {rate}, count: {count} }}"


def subscriber(url):
    return f'{{ type: mqtt, broker: "{url}", topics: ["out/{{id}}"], {FIELDS} }}'


def publisher_to(url):
    return f'{{ type: mqtt, inputs: [r], broker: "{url}", topic: "out/{{id}}" }}'


STDOUT = "{ type: stdout, inputs: [r] }"


def distinct(leat):
    return {(row["id"], row["ts"], row["temperature"]) for row in leat.rows()}


def test_from_sink_to_source_over_a_broker_that_restarts():
    count = 3000
    with scene() as (directory, keep):
        broker = keep(Mosquitto(directory))
        reader = keep(Leat(directory, job(subscriber(broker.url), STDOUT), name="reader"))
        broker.wait_subscribed("out/+")
        writer = keep(Leat(directory, job(generator(count, 1500), publisher_to(broker.url)), name="writer"))
        reader.wait_rows(300)
        broker.stop()
        broker.start()
        assert writer.wait() == 0, writer.log()
        assert writer.summary()["sinks"]["out"]["forwarded"] == count, writer.summary()
        wait_for(lambda: len(distinct(reader)) == count, f"all of {count}\n{reader.log()}")
        assert reader.stop() == 0
        check_ledger(reader.summary())
        check_ledger(writer.summary())


def test_a_job_is_not_finished_before_the_broker_has_its_rows():
    with scene() as (directory, keep):
        port = free_port()
        url = f"mqtt://127.0.0.1:{port}"
        writer = keep(Leat(directory, job(generator(5000), publisher_to(url))))
        writer.wait_log("next try in")
        broker = keep(Mosquitto(directory, port=port))
        assert broker.url == url and writer.wait() == 0, writer.log()
        summary = writer.summary()
        assert summary["state"] == "FINISHED" and summary["sinks"]["out"]["forwarded"] == 5000, summary


def test_stopping_while_the_broker_is_away_ends_and_says_what_is_lost():
    with scene() as (directory, keep):
        url = f"mqtt://127.0.0.1:{free_port()}"
        writers = []
        for rate in (0, 100):  # held back, and not
            seen = pathlib.Path(directory, f"seen{rate}")
            sinks = publisher_to(url) + f"\n  seen: {{ type: file, inputs: [r], path: {seen} }}"
            text = job(generator(100_000_000, rate), sinks)
            writers.append(keep(Leat(directory, text, name=f"job{rate}")))
            wait_for(lambda: seen.exists() and seen.stat().st_size, "rows are on their way")
            writers[-1].wait_log("next try in")
        for writer in writers:
            writer.send()
        for writer in writers:
            writer.wait(15)
            assert "has not acknowledged" in writer.log(), writer.log()
            summary = writer.summary()
            check_ledger(summary)
            assert summary["state"] == "CANCELED" and summary["sinks"]["out"]["in_outbox"] == 0, summary


def test_a_slow_reader_holds_the_broker_back_and_loses_nothing():
    count = 12_000
    with scene() as (directory, keep):
        broker = keep(Mosquitto(directory))
        text = job(subscriber(broker.url), STDOUT)
        leat = keep(Leat(directory, text, gather=False))
        broker.wait_subscribed("out/+")
        reading = '{"ts":%d,"temperature":1.0,"padding":"' + "x" * 200 + '"}'
        Publisher(broker.port).publish_all([("out/a", reading % n) for n in range(count)])
        # The pipe is full, and so is all behind it: what is left stays with the broker.
        first = bytearray()
        while len(first) < 100_000:
            first += os.read(leat.process.stdout.fileno(), 65536)
        assert SANITIZED or leat.resident_kib() < 40_000, leat.resident_kib()
        leat.send()
        leat.wait_log("stopping")
        leat.gather(leat.process.stdout, first)
        assert leat.wait() == 0, leat.log()
        check_ledger(leat.summary())
        taken = {json.loads(line)["ts"] for line in bytes(first).splitlines()}
        assert len(taken) == leat.summary()["sources"]["r"]["accepted"] < count
        leat = keep(Leat(directory, text))
        wait_for(lambda: len(taken | {row["ts"] for row in leat.rows()}) == count, "the rest")
        assert leat.stop() == 0


def connect(port):
    with contextlib.suppress(OSError):
        return socket.create_connection(("127.0.0.1", port), 1)


def test_a_socket_that_listens():
    with scene() as (directory, keep):
        port = free_port()
        leat = keep(Leat(directory, job(f'{{ type: socket, listen: "127.0.0.1:{port}", {FIELDS} }}', STDOUT)))
        first = wait_for(lambda: connect(port), "listens")
        second = connect(port)
        first.sendall(b'{"id":"a","ts":1,"temp')
        second.sendall(b'{"id":"b","ts":2,"temperature":1}\r\n\nnoise\n{"id":"b","ts":3,"temperature":1}')
        second.close()
        leat.wait_rows(1)
        first.sendall(b'erature":1}\n')
        assert sorted(row["ts"] for row in leat.wait_rows(3)) == [1, 2, 3]
        first.close()
        assert leat.stop() == 0, leat.log()
        check_ledger(leat.summary())
        assert leat.summary()["sources"]["r"]["malformed"] == 1


def test_a_socket_that_connects_and_connects_again():
    with scene() as (directory, keep):
        port = free_port()
        leat = keep(Leat(directory, job(f'{{ type: socket, connect: "127.0.0.1:{port}", {FIELDS} }}', STDOUT)))
        leat.wait_log("connection refused")
        with socket.create_server(("127.0.0.1", port)) as listener:
            listener.settimeout(DEADLINE_S)
            for turn in range(3):
                connection, _ = listener.accept()
                connection.sendall(b'{"id":"a","ts":%d,"temperature":1}\n' % turn)
                leat.wait_rows(turn + 1)
                connection.close()
        assert leat.stop() == 0, leat.log()


if __name__ == "__main__":
    run_tests(globals())
