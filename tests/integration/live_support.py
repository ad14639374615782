"""What the live tests share: a real mosquitto, a publisher, `leat` as a process, waiting with a deadline."""

import contextlib
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

LEAT = os.environ.get("LEAT", "leat")
# Sanitizers and busy machines are slow: deadlines are for what never comes, not for speed.
DEADLINE_S = float(os.environ.get("LEAT_TEST_DEADLINE", "20"))
# Their shadow memory says nothing about ours.
SANITIZED = "asan" in LEAT or "tsan" in LEAT


def wait_for(condition, what, deadline_s=None):
    """The first true value of condition(); an error that says what did not happen."""
    end = time.monotonic() + (deadline_s or DEADLINE_S)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"did not happen in time: {what}")
        time.sleep(0.01)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mosquitto:
    """A broker on a free loopback port, with its own configuration and store."""

    def __init__(self, directory, extra="", port=None):
        self.port = port or free_port()
        self.directory = pathlib.Path(directory)
        self.config = self.directory / "mosquitto.conf"
        self.config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
            f"persistence true\npersistence_location {self.directory}/\nautosave_interval 0\n"
            "log_type error\nlog_type subscribe\n"
            f"user {os.environ.get('USER', 'root')}\n{extra}\n"
        )
        os.chmod(self.directory, 0o777)
        self.log = open(self.directory / "mosquitto.log", "ab")
        self.process = None
        self.start()

    @property
    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self):
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen(
            [program, "-c", str(self.config)], stdout=self.log, stderr=self.log
        )
        wait_for(self.answers, "mosquitto accepts connections")

    def answers(self):
        assert self.process.poll() is None, (self.directory / "mosquitto.log").read_text()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        return False

    def wait_subscribed(self, *filters):
        log = self.directory / "mosquitto.log"
        for name in filters:
            wait_for(lambda: f" {name}\n" in log.read_text(), f"a subscription to {name}")

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(DEADLINE_S)
        self.process = None

    def kill(self):
        self.stop(signal.SIGKILL)

    def close(self):
        self.stop()
        self.log.close()


def packet(kind, body):
    """One MQTT control packet; `kind` is the first byte."""
    length, size = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        size += bytes([digit | (0x80 if length else 0)])
        if not length:
            return bytes([kind]) + size + body


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("!H", len(data)) + data


class Publisher:
    """MQTT 3.1.1 by hand, so that any payload can be sent; at QoS 1 it waits for the broker."""

    def __init__(self, port, client="live-test"):
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.next_id = 0
        self.socket.sendall(
            packet(0x10, text("MQTT") + b"\x04\x02\x00\x00" + text(client + str(os.urandom(4).hex())))
        )
        kind, body = self.receive()
        assert kind == 0x20 and body[1] == 0, (kind, body)

    def receive(self):
        while True:
            if len(self.buffer) >= 2:
                size = shift = 0
                at = 1
                while at < len(self.buffer):
                    size |= (self.buffer[at] & 0x7F) << shift
                    shift += 7
                    at += 1
                    if not self.buffer[at - 1] & 0x80:
                        if len(self.buffer) >= at + size:
                            kind, body = self.buffer[0], self.buffer[at : at + size]
                            self.buffer = self.buffer[at + size :]
                            return kind, body
                        break
            data = self.socket.recv(65536)
            assert data, "the broker closed the publisher's connection"
            self.buffer += data

    def publish(self, topic, payload=b"", retain=False):
        self.publish_all([(topic, payload)], retain=retain)

    def publish_all(self, messages, window=200, retain=False):
        """At QoS 1; returns when the broker has taken them all."""
        waiting = 0
        out = []
        for topic, payload in messages:
            payload = payload if isinstance(payload, bytes) else payload.encode()
            self.next_id = self.next_id % 65535 + 1
            out.append(
                packet(0x32 | retain, text(topic) + struct.pack("!H", self.next_id) + payload)
            )
            waiting += 1
            if waiting >= window:
                self.socket.sendall(b"".join(out))
                out = []
                while waiting > window // 2:
                    waiting -= self.receive()[0] == 0x40
        self.socket.sendall(b"".join(out))
        while waiting:
            waiting -= self.receive()[0] == 0x40

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.sendall(b"\xe0\x00")
        self.socket.close()


class Leat:
    """`leat run` on a job; its standard output and error are gathered as they come."""

    def __init__(self, directory, job, *flags, name="job", stdout=None, env=None, gather=True, **popen):
        self.directory = pathlib.Path(directory)
        self.job = self.directory / f"{name}.yaml"
        self.job.write_text(job)
        self.summary_path = self.directory / f"{name}.summary.json"
        with contextlib.suppress(FileNotFoundError):
            self.summary_path.unlink()
        words = [LEAT, "run", str(self.job), "--summary", str(self.summary_path)]
        if "--state" not in flags:
            words += ["--state", str(self.directory / f"{name}.state")]
        self.process = subprocess.Popen(
            words + list(flags),
            stdin=subprocess.DEVNULL,
            stdout=stdout if stdout is not None else subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.directory,
            env={**os.environ, **(env or {})},
            **popen,
        )
        self.out = bytearray()
        self.err = bytearray()
        self.threads = []
        if stdout is None and gather:
            self.gather(self.process.stdout, self.out)
        self.gather(self.process.stderr, self.err)

    def gather(self, pipe, into):
        def run():
            while True:
                data = os.read(pipe.fileno(), 65536)
                if not data:
                    return
                into.extend(data)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.threads.append(thread)

    def rows(self):
        return [json.loads(line) for line in bytes(self.out).split(b"\n")[:-1]]

    def log(self):
        return bytes(self.err).decode("utf-8", "replace")

    def wait_log(self, words, deadline_s=None):
        def seen():
            if words in self.log():
                return True
            assert self.process.poll() is None, f"ended before {words!r}:\n{self.log()}"
            return False

        try:
            return wait_for(seen, f"{words!r} in the log", deadline_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from None

    def wait_rows(self, count, deadline_s=None):
        wait_for(lambda: self.out.count(b"\n") >= count or self.process.poll() is not None,
                 f"{count} rows, {self.out.count(10)} came:\n{self.log()}", deadline_s)
        return self.rows()

    def resident_kib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0

    def send(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, deadline_s=None):
        try:
            code = self.process.wait(deadline_s or DEADLINE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"leat does not end:\n{self.log()}") from None
        for thread in self.threads:
            thread.join(DEADLINE_S)
        return code

    def stop(self, number=signal.SIGTERM, deadline_s=None):
        self.send(number)
        return self.wait(deadline_s)

    def summary(self):
        return json.loads(self.summary_path.read_text())

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def check_ledger(summary):
    for name, ledger in summary["sources"].items():
        terms = sum(count for term, count in ledger.items() if term != "received" and isinstance(count, int))
        assert ledger["received"] == terms, (name, ledger)
    for name, ledger in summary["nodes"].items():
        terms = sum(ledger[term] for term in ("used", "filtered", "late", "errors", "in_flight"))
        assert ledger["in"] == terms, (name, ledger)
    for name, ledger in summary["sinks"].items():
        terms = sum(ledger[term] for term in ("forwarded", "errors", "in_outbox", "dropped"))
        assert ledger["emitted"] == terms, (name, ledger)


@contextlib.contextmanager
def scene():
    """A directory, and a stack on which to put what must be closed, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="leat-live-") as directory, contextlib.ExitStack() as stack:
        yield directory, lambda thing: (stack.callback(thing.close), thing)[1]


def run_tests(tests):
    """Runs the functions called test_... of a module, in their order; exit code 1 when one fails."""
    wanted = sys.argv[1:]
    failed = 0
    for name, test in list(tests.items()):
        if not name.startswith("test_") or (wanted and name not in wanted):
            continue
        began = time.monotonic()
        try:
            test()
            outcome = "ok    "
        except Exception:
            traceback.print_exc()
            outcome = "FAILED"
            failed += 1
        print(f"{outcome} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    sys.exit(1 if failed else 0)
