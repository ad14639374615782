"""A broker that restarts, is away, or is none: the job goes on, and nothing at QoS 1 is lost."""

from live_support import *

JOB = """
name: live
settings: {{ delivery: at_least_once }}
sources:
  readings:
    type: mqtt
    broker: "{url}"
    topics: ["s/{{id}}"]
    version: {version}
    format: json
    fields: {{ id: string, n: bigint }}
sinks:
  out: {{ type: stdout, inputs: [readings] }}
"""


def job(url, version="5"):
    return JOB.format(url=url, version=version)


def numbers(leat):
    return [row["n"] for row in leat.rows()]


def until_heard(leat, port, mark):
    """Publishes a mark until it comes out: then leat is subscribed."""
    publisher = Publisher(port)

    def heard():
        publisher.publish("s/mark", f'{{"n":{mark}}}')
        return mark in numbers(leat)

    wait_for(heard, f"mark {mark}")
    publisher.close()


def goes_on_over_restarts(version):
    with scene() as (directory, keep):
        broker = keep(Mosquitto(directory))
        leat = keep(Leat(directory, job(broker.url, version)))
        for turn, end in enumerate([signal.SIGKILL, signal.SIGTERM, signal.SIGKILL]):
            until_heard(leat, broker.port, -1 - turn)
            publisher = Publisher(broker.port)
            sent = range(turn * 1000, turn * 1000 + 1000)
            publisher.publish_all([("s/a", f'{{"n":{n}}}') for n in sent])
            wait_for(lambda: set(sent) <= set(numbers(leat)), f"turn {turn}\n{leat.log()}")
            broker.stop(end)
            publisher.close()
            broker.start()
        until_heard(leat, broker.port, -9)
        assert leat.stop() == 0, leat.log()
        assert "closed the connection" in leat.log() or "reset by peer" in leat.log(), leat.log()
        assert leat.log().count("\n") < 40, leat.log()
        check_ledger(leat.summary())


def test_goes_on_over_restarts_mqtt_5():
    goes_on_over_restarts("5")


def test_goes_on_over_restarts_mqtt_3():
    goes_on_over_restarts("3.1.1")


def kept_while_away(version):
    with scene() as (directory, keep):
        broker = keep(Mosquitto(directory))
        leat = keep(Leat(directory, job(broker.url, version)))
        until_heard(leat, broker.port, -1)
        assert leat.stop() == 0
        Publisher(broker.port).publish_all([("s/a", f'{{"n":{n}}}') for n in range(2000)])
        broker.stop()
        broker.start()
        leat = keep(Leat(directory, job(broker.url, version)))
        wait_for(lambda: set(range(2000)) <= set(numbers(leat)), "what was published meanwhile")
        assert leat.stop() == 0
        assert "session resumed" in leat.log(), leat.log()


def test_what_is_published_while_away_comes_after_the_restart_mqtt_5():
    kept_while_away("5")


def test_what_is_published_while_away_comes_after_the_restart_mqtt_3():
    kept_while_away("3.1.1")


class NoBroker:
    """Takes connections and behaves; counts them."""

    def __init__(self, behave):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.behave = behave
        self.connections = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                with contextlib.suppress(OSError), connection:
                    self.behave(connection)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def answering(*packets):
    """Reads what comes and answers it with the next packet; `%` is the packet id that was read."""

    def behave(connection):
        for answer in packets:
            data = connection.recv(65536)
            connection.sendall(answer.replace(b"%%", data[2:4]) if len(data) > 3 else answer)

    return behave


CONNACK = b"\x20\x03\x00\x00\x00"
SUBACK = b"\x90\x04%%\x00\x01"
NO_BROKERS = {
    "closes at once": lambda connection: None,
    "speaks HTTP": answering(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "sends noise": answering(bytes(range(7, 256)) * 20),
    "half a CONNACK": answering(b"\x20\x03\x00"),
    "an endless length": answering(b"\x20\xff\xff\xff\xff\x7f"),
    "a CONNACK of 256 MB": answering(b"\x20\xff\xff\xff\x7f" + bytes(100_000)),
    "refuses": answering(b"\x20\x03\x00\x87\x00"),
    "SUBACK for another": answering(CONNACK, b"\x90\x04\x77\x77\x00\x01"),
    "half a PUBLISH": answering(CONNACK, SUBACK + b"\x32\x20\x00\x03s/a"),
    "a topic that is no text": answering(CONNACK, SUBACK + packet(0x30, text(b"s/\xff\x00") + b"\0{}")),
    "noise after SUBACK": answering(CONNACK, SUBACK + b"\xf0\x00\x13\x77" * 50),
}


def test_what_is_no_broker_is_tried_again_and_then_there_is_one():
    # All at the same time: each has its own pauses.
    with scene() as (directory, keep):
        runs = []
        for number, behave in enumerate(NO_BROKERS.values()):
            broker = keep(NoBroker(behave))
            url = f"mqtt://127.0.0.1:{broker.port}"
            runs.append((broker, keep(Leat(directory, job(url), name=f"job{number}"))))
        for name, (broker, leat) in zip(NO_BROKERS, runs):
            wait_for(lambda: broker.connections >= 4, f"{name}: tried again\n{leat.log()}")
            assert leat.process.poll() is None, (name, leat.log())
            assert "next try in" in leat.log(), (name, leat.log())
            assert leat.log().count("\n") < 20, (name, leat.log())
        # A real one takes the place of the last.
        broker, leat = runs[-1]
        broker.close()
        real = keep(Mosquitto(directory, port=broker.port))
        until_heard(leat, real.port, 5)
        for name, (_, leat) in zip(NO_BROKERS, runs):
            assert leat.stop() == 0, (name, leat.log())
            check_ledger(leat.summary())


def test_a_broker_that_is_down_at_the_start():
    with scene() as (directory, keep):
        port = free_port()
        leat = keep(Leat(directory, job(f"mqtt://127.0.0.1:{port}")))
        leat.wait_log("connection refused; next try in")
        broker = keep(Mosquitto(directory, port=port))
        until_heard(leat, broker.port, 1)
        assert leat.stop() == 0, leat.log()


if __name__ == "__main__":
    run_tests(globals())
