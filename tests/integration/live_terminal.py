"""What a person sees: the progress line on a terminal, and the words of commands that go wrong."""

import fcntl
import pty
import termios

from live_support import *

JOB = """
name: live
settings: { delivery: at_least_once }
sources:
  r: { type: generator, rate: 1000, count: 2500, start: 0, watermark: { strategy: ascending } }
sinks:
  out: { type: file, inputs: [r], path: rows.jsonl }
"""


def on_terminal(directory, columns):
    """What a run of JOB shows on a terminal that wide, and its exit code."""
    mine, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    pathlib.Path(directory, "job.yaml").write_text(JOB)
    process = subprocess.Popen([LEAT, "run", "job.yaml"], cwd=directory, stdin=its, stderr=its)
    os.close(its)
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while True:
            shown += os.read(mine, 65536)
    os.close(mine)
    return shown.decode(), process.wait(DEADLINE_S)


def test_a_progress_line_that_comes_and_goes():
    with scene() as (directory, _):
        shown, code = on_terminal(directory, 200)
        assert code == 0, shown
        lines = shown.split("\r\x1b[K")
        rates = [line for line in lines if re.match(r"in [\d,]+ \([\d,]+/s\)  out [\d,]+ \([\d,]+/s\)", line)]
        assert len(rates) >= 2, shown
        assert re.search(r"watermark 1970-01-01T00:00:0\d\.\d+Z  lag \d+ d$", rates[-1]), rates
        assert re.search(r"\([1-9][\d,]*/s\)", rates[1]), rates  # the first one shown has a rate
        # The last thing before the last words is its erasure.
        assert lines[-1].startswith("leat: job live FINISHED"), lines[-1]
        assert "\x1b" not in lines[-1]


def test_a_narrow_terminal_is_not_filled_with_leftovers():
    with scene() as (directory, _):
        shown, code = on_terminal(directory, 30)
        assert code == 0
        assert all(len(line) < 30 for line in shown.split("\r\x1b[K")[:-1]), shown


def test_no_progress_where_there_is_no_terminal():
    with scene() as (directory, keep):
        leat = keep(Leat(directory, JOB))
        assert leat.wait() == 0
        assert "\x1b" not in leat.log() and "\r" not in leat.log() and "/s)" not in leat.log(), leat.log()


def run(directory, *words, stdin=b"", **options):
    done = subprocess.run([LEAT, *words], cwd=directory, input=stdin, capture_output=True, timeout=DEADLINE_S, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "replace")


def test_exit_codes_and_words_of_what_goes_wrong():
    small = JOB.replace("2500", "3").replace("file, inputs: [r], path: rows.jsonl", "stdout, inputs: [r]")
    with scene() as (directory, _):
        here = pathlib.Path(directory)
        (here / "job.yaml").write_text(small)
        (here / "empty.yaml").touch()
        (here / "noise.yaml").write_bytes(bytes(range(256)) * 100)
        (here / "file").touch()
        (here / "foreign").mkdir()
        (here / "foreign" / "owner").write_text("somebody")
        for code, wanted, words in [
            (0, "", ["run", "job.yaml"]),
            (0, "", ["run", "--quiet", "--batch-rows=7", "job.yaml"]),
            (0, "", ["validate", "job.yaml"]),
            (0, "", ["explain", "job.yaml"]),
            (2, "usage: leat", []),
            (2, "there is no command", ["rum", "job.yaml"]),
            (2, "missing JOB.yaml", ["run"]),
            (2, 'unexpected "b"', ["run", "job.yaml", "b"]),
            (2, "did you mean", ["run", "--sumary=x", "job.yaml"]),
            (2, "needs a value", ["run", "job.yaml", "--batch-rows"]),
            (2, "needs a value", ["run", "job.yaml", "--summary", ""]),
            (2, "needs a value", ["run", "job.yaml", "--state="]),
            *[(2, "1 to 65536", ["run", "job.yaml", "--batch-rows", n]) for n in ("0", "-1", "x", "1.5", "65537", "9" * 30)],
            (2, "No such file", ["run", "none.yaml"]),
            (2, "No such file", ["validate", "none.yaml", "job.yaml"]),
            (2, "directory", ["run", "."]),
            (2, "empty.yaml:1:1:", ["run", "empty.yaml"]),
            (2, "noise.yaml:", ["run", "noise.yaml"]),
            (2, "larger than", ["run", "/dev/zero"]),
            (2, "-:1:1:", ["run", "-"]),
            (1, "cannot be written", ["run", "job.yaml", "--summary", "none/summary"]),
            (1, "cannot be made", ["run", "job.yaml", "--state", "file"]),
            (1, "owner", ["run", "job.yaml", "--state", "foreign"]),
        ]:
            ended, out, err = run(directory, *words)
            assert ended == code and wanted in err, (words, ended, out[:200], err[:500])
            assert code == 0 or '{"id"' not in out, (words, out)  # nothing was started
        assert run(directory, "run", "-", stdin=small.encode())[0] == 0


def test_output_of_commands_that_is_lost_is_a_failure():
    with scene() as (directory, _):
        for words in (["version"], ["schema"], ["--help"], ["run", "--help"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([LEAT, *words], stdout=full, stderr=subprocess.PIPE, timeout=DEADLINE_S)
            assert done.returncode == 1 and b"standard output" in done.stderr, (words, done)
            read, write = os.pipe()
            os.close(read)
            done = subprocess.run([LEAT, *words], stdout=write, stderr=subprocess.PIPE, timeout=DEADLINE_S)
            os.close(write)
            assert done.returncode == 0 and not done.stderr, (words, done)


if __name__ == "__main__":
    run_tests(globals())
