"""How a run ends: signals in every phase, readers that leave, outputs that cannot be written."""

import sqlite3

from live_support import *

JOB = """
name: live
settings: {{ delivery: at_least_once }}
sources:
  r: {{ type: generator, rate: {rate}, count: {count} }}
sinks:
  out: {sink}
"""
STDOUT = "{ type: stdout, inputs: [r] }"


def job(rate=0, count=100_000_000, sink=STDOUT):
    return JOB.format(rate=rate, count=count, sink=sink)


def stalled(directory, keep):
    """A job whose standard output is a pipe that is full and not read."""
    leat = keep(Leat(directory, job(), gather=False))

    def full():
        return pathlib.Path(f"/proc/{leat.process.pid}/stat").exists() and any(
            "pipe_write" in read_or_nothing(task / "wchan") or blocked_in_write(task)
            for task in pathlib.Path(f"/proc/{leat.process.pid}/task").iterdir()
        )

    wait_for(full, "the pipe is full")
    return leat


def read_or_nothing(path):
    try:
        return path.read_text()
    except OSError:
        return ""


def blocked_in_write(task):
    return read_or_nothing(task / "syscall").startswith("1 0x1 ")


def test_a_signal_while_the_broker_is_away():
    with scene() as (directory, keep):
        source = f'{{ type: mqtt, broker: "mqtt://127.0.0.1:{free_port()}", topics: [a], fields: {{ n: bigint }}, format: json }}'
        text = job().replace("{ type: generator, rate: 0, count: 100000000 }", source)
        for number in (signal.SIGINT, signal.SIGTERM):
            leat = keep(Leat(directory, text))
            leat.wait_log("next try in")
            assert leat.stop(number) == 0, leat.log()
            assert leat.summary()["state"] == "CANCELED"


def test_a_stalled_reader_then_a_second_signal():
    for number in (signal.SIGINT, signal.SIGTERM):
        with scene() as (directory, keep):
            leat = stalled(directory, keep)
            leat.send(number)
            leat.wait_log("stopping")
            leat.send(number)
            assert leat.wait() == 128 + number, leat.log()


def test_a_stalled_reader_that_reads_on_gets_whole_lines():
    with scene() as (directory, keep):
        leat = stalled(directory, keep)
        leat.send()
        leat.wait_log("stopping")
        leat.gather(leat.process.stdout, leat.out)
        assert leat.wait() == 0, leat.log()
        summary = leat.summary()
        check_ledger(summary)
        assert leat.out.endswith(b"\n")
        assert len(leat.rows()) == summary["sinks"]["out"]["forwarded"]
        assert len(leat.rows()) == summary["sources"]["r"]["accepted"]


def test_a_reader_that_leaves_is_no_failure():
    for rate, count in ((0, 100_000_000), (200, 100_000_000), (0, 3)):
        with scene() as (directory, keep):
            leat = keep(Leat(directory, job(rate, count), gather=False))
            assert leat.process.stdout.readline().startswith(b"{")
            leat.process.stdout.close()
            assert leat.wait() == 0, leat.log()
            assert "error" not in leat.log(), leat.log()
            assert leat.summary()["state"] in ("CANCELED", "FINISHED"), leat.summary()
            check_ledger(leat.summary())


def test_standard_descriptors_that_are_closed():
    with scene() as (directory, keep):
        file_sink = "{ type: file, inputs: [r], path: rows.jsonl }"
        for descriptor in (0, 1, 2):
            leat = keep(Leat(directory, job(0, 10, file_sink), preexec_fn=lambda: os.close(descriptor)))
            assert leat.wait() == 0, (descriptor, leat.log())
        rows = pathlib.Path(directory, "rows.jsonl").read_text().splitlines()
        assert len(rows) == 30 and all(row.startswith("{") for row in rows), rows
        leat = keep(Leat(directory, job(0, 10), preexec_fn=lambda: os.close(1)))
        assert leat.wait() == 1 and "standard output" in leat.log(), leat.log()


def fails(directory, keep, sink, words, count=100_000):
    leat = keep(Leat(directory, job(0, count, sink)))
    assert leat.wait() == 1, (sink, leat.log())
    assert words in leat.log(), (sink, leat.log())
    assert '"out"' in leat.log(), f"the sink is not named:\n{leat.log()}"
    assert leat.summary()["state"] == "FAILED"
    check_ledger(leat.summary())


def test_outputs_that_cannot_be_written():
    with scene() as (directory, keep):
        pathlib.Path(directory, "foreign.db").write_text("this is no database" * 100)
        fails(directory, keep, "{ type: file, inputs: [r], path: /dev/full }", "No space left")
        fails(directory, keep, "{ type: file, inputs: [r], path: /no/such/rows }", "create it first")
        fails(directory, keep, "{ type: file, inputs: [r], path: . }", "directory")
        fails(directory, keep, "{ type: sqlite, inputs: [r], path: foreign.db, table: t }", "not a SQLite")
        fails(directory, keep, "{ type: sqlite, inputs: [r], path: /no/such/db, table: t }", "directory")
        with open("/dev/full", "wb") as full:
            leat = keep(Leat(directory, job(), stdout=full))
            assert leat.wait() == 1 and "No space left" in leat.log(), leat.log()
            check_ledger(leat.summary())


def holds(process, name):
    with contextlib.suppress(OSError):
        descriptors = pathlib.Path(f"/proc/{process}/fd").iterdir()
        return any(name in os.readlink(descriptor) for descriptor in descriptors)
    return False


def test_a_second_signal_while_a_database_is_locked():
    with scene() as (directory, keep):
        database = sqlite3.connect(f"{directory}/rows.db", isolation_level=None)
        database.execute("CREATE TABLE t (id TEXT PRIMARY KEY, ts INTEGER, temperature REAL)")
        database.execute("BEGIN EXCLUSIVE")
        sink = "{ type: sqlite, inputs: [r], path: rows.db, table: t, key: [id] }"
        leat = keep(Leat(directory, job(0, 10, sink)))
        wait_for(lambda: holds(leat.process.pid, "rows.db"), "the database is open")
        began = time.monotonic()
        leat.send()
        leat.send(signal.SIGINT)
        code = leat.wait()
        assert code in (130, 143) and (SANITIZED or time.monotonic() - began < 3), (code, leat.log())
        database.close()


def test_a_key_keeps_one_row_in_sqlite():
    with scene() as (directory, keep):
        sink = "{ type: sqlite, inputs: [r], path: rows.db, table: t, key: [id] }"
        leat = keep(Leat(directory, job(0, 10_000, sink)))
        assert leat.wait() == 0, leat.log()
        database = sqlite3.connect(f"{directory}/rows.db")
        counted = database.execute("SELECT count(*), count(DISTINCT id), max(ts) - min(ts) FROM t")
        # Ten sensors in turn, 100 ms apart: the last row of each.
        assert counted.fetchone() == (10, 10, 900)


if __name__ == "__main__":
    run_tests(globals())
