#!/usr/bin/env python3
"""Runs jobs whole and compares what they write with what sqlite3 says of the same input.

usage: golden.py [--keep] LEAT CASE...

LEAT is the binary, a CASE a folder as README.md describes it. Exit 0: all as expected; 77: nothing
failed, and what was left out needs data that is not here; 1: something differs.
"""
import glob
import json
import os
import pathlib
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import tempfile

import compare
import generate
import reference
import tables

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parents[2] / "shared" / "data"
CONFIGS = HERE.parents[1] / "configs"
BATCH_ROWS = [512, 1, 7, 4096]
PARALLELISM = [[2, 512], [3, 7]]  # and the batch size beside each
SKIPPED = 77
RUN_SECONDS = 300


class Skip(Exception):
    """The case needs something that is not here."""


class Case:
    def __init__(self, leat, folder, work):
        self.leat, self.folder, self.work = leat, folder, work
        self.spec = json.loads((folder / "case.json").read_text())
        self.inputs = {}
        made = folder / "make.py"
        self.made = runpy.run_path(str(made)) if made.exists() else {}

    # What goes in -------------------------------------------------------------------------------

    def environment(self, out, parallelism=1):
        variables = {"OUT": str(out), "CASE": str(self.folder), "WORK": str(self.work),
                     "DATA": str(DATA), "PARALLELISM": str(parallelism)}
        variables["CONFIGS"] = str(CONFIGS)
        variables.update({name: str(path) for name, path in self.inputs.items()})
        variables.update({name: text.format_map(variables)
                          for name, text in self.spec.get("environment", {}).items()})
        return {**os.environ, **variables}

    def prepare(self):
        """Makes or finds the inputs: {variable: where it comes from}."""
        if "make" in self.made:
            self.made["make"](self.work)
        for variable, origin in self.spec.get("inputs", {}).items():
            if "data" in origin:
                path = DATA / origin["data"]
                if not path.exists():
                    raise Skip(f"{path} is not there")
            elif "file" in origin:
                path = self.folder / origin["file"]
            elif "made" in origin:
                path = self.work / origin["made"]
            elif "job" in origin:  # a job with a generator writes it
                path = self.work / origin["writes"]
                self.run(self.folder / origin["job"], self.work)
            else:
                path = self.work / f"{variable}.jsonl"
                generate.write(path, origin["generate"])
            self.inputs[variable] = path

    def columns_of(self, variable):
        origin = self.spec["inputs"][variable]
        return origin.get("columns", generate.COLUMNS)

    def database(self):
        database = tables.connect()
        for variable, path in self.inputs.items():
            tables.load(database, path, self.columns_of(variable), variable.lower())
        return database

    # A run --------------------------------------------------------------------------------------

    def run(self, job, out, parallelism=1, options=()):
        wrapper = shlex.split(os.environ.get("LEAT_TSAN_WRAPPER", ""))
        command = [*wrapper, self.leat, "run", *options, "--quiet", "--summary",
                   str(out / "summary.json"), str(job)]
        done = subprocess.run(command, env=self.environment(out, parallelism), cwd=out,
                              capture_output=True, timeout=RUN_SECONDS, check=False)
        if done.returncode != self.spec.get("exit", 0):
            raise compare.Mismatch(f"{shlex.join(command)}: exit {done.returncode}\n"
                                   + done.stderr.decode(errors="replace")[-2000:])
        (out / "stdout.jsonl").write_bytes(done.stdout)
        (out / "stderr.txt").write_bytes(done.stderr)
        return json.loads((out / "summary.json").read_text())

    def outputs_of(self, name, parallelism=1, options=()):
        out = self.work / name
        out.mkdir()
        job = self.spec.get("job", str(self.folder / "job.yaml")).format_map({"CONFIGS": CONFIGS})
        summary = self.run(job, out, parallelism, options)
        compare.check_ledger(summary, self.spec.get("state", "FINISHED"))
        outputs = tables.outputs_in(out)
        shutil.rmtree(out)
        return outputs, summary

    # What is expected ---------------------------------------------------------------------------

    @staticmethod
    def sql(path):
        """The query; a line `-- include NAME a=[b] c=[d]` stands for sql/NAME with {a} replaced."""
        def included(found):
            text = (HERE / "sql" / found[1]).read_text()
            for name, value in re.findall(r"(\w+)=\[([^][]*)\]", found[2]):
                text = text.replace("{" + name + "}", value)
            return text
        return re.sub(r"^-- include (\S+)(.*)$", included, path.read_text(), flags=re.M)

    def check_outputs(self, outputs):
        asked = list(self.folder.glob("*.sql")) or "references" in self.spec
        database = self.database() if asked else None
        unordered = self.spec.get("unordered", [])
        checked = set()
        for path in sorted(self.folder.glob("*.sql")):
            rows, tolerances = compare.query_rows(database, self.sql(path))
            self.check(outputs, path.stem, rows, tolerances, path.stem in unordered)
            checked.add(path.stem)
        for path in sorted(self.folder.glob("*.expected.jsonl")):
            name = path.name.removesuffix(".expected.jsonl")
            rows = compare.parse_lines(path.read_bytes(), path.name)
            self.check(outputs, name, rows, {}, name in unordered)
            checked.add(name)
        for name, spec in self.spec.get("references", {}).items():
            checked |= self.check_reference(database, outputs, name, spec)
        for name, rows in self.made.get("EXPECTED", {}).items():
            self.check(outputs, name, rows, {}, name in unordered)
            checked.add(name)
        for name, data in outputs.items():
            if data and name not in checked and name not in self.spec.get("unchecked", []):
                raise compare.Mismatch(f"{name}: rows that nothing expects: {data[:300]!r}")

    def check(self, outputs, name, rows, tolerances, unordered):
        if name not in outputs:
            raise compare.Mismatch(f"{name}: the job wrote no such output")
        got = compare.parse_lines(outputs[name], name)
        compare.compare_rows(name, got, rows, tolerances, unordered)
        if not rows and name not in self.spec.get("empty", []):
            raise compare.Mismatch(f"{name}: no rows are expected, so nothing was compared")

    def check_reference(self, database, outputs, name, spec):
        """Results, in order, and late rows against reference.py."""
        cursor = database.execute(f'SELECT * FROM "{spec["input"]}" ORDER BY arrival')
        names = [description[0] for description in cursor.description]
        model = reference.Reference(spec).run(dict(zip(names, row)) for row in cursor)
        self.check(outputs, name, model.results, {}, False)
        if "late" not in spec:
            return {name}
        late = [{field: row[field] for field in spec["late_fields"]} for row in model.late]
        self.check(outputs, spec["late"], late, {}, False)
        return {name, spec["late"]}

    def check_counts(self, summary):
        """Terms of the ledger that the case states: {"sources.r.malformed": 3}."""
        stated = {**self.spec.get("ledger", {}), **self.made.get("LEDGER", {})}
        for place, want in stated.items():
            section, name, term = place.split(".")
            got = summary[section][name][term]
            if got != want:
                raise compare.Mismatch(f"the ledger says {place} = {got}; expected {want}: "
                                       f"{summary[section][name]}")

    # The kinds of case --------------------------------------------------------------------------

    def play(self):
        self.prepare()
        kind = self.spec.get("kind", "run")
        return {"run": self.play_run, "commands": self.play_commands}[kind]()

    def play_run(self):
        """Against the expected results, then every batch size byte for byte, then in parallel."""
        unordered = self.spec.get("unordered", [])
        base, summary = self.outputs_of("base")
        self.check_counts(summary)
        self.check_outputs(base)
        for rows in self.spec.get("batch_rows", BATCH_ROWS):
            got, other = self.outputs_of(f"rows-{rows}", options=["--batch-rows", str(rows)])
            self.check_counts(other)
            for name in sorted(base.keys() | got.keys()):
                check = compare.compare_lines if name in unordered else compare.compare_bytes
                check(name, got.get(name, b""), base.get(name, b""), f"with --batch-rows {rows}")
        keys = self.spec.get("keys", {})
        for parallelism, rows in self.spec.get("parallelism", PARALLELISM):
            got, other = self.outputs_of(f"parallel-{parallelism}-{rows}", parallelism,
                                         ["--batch-rows", str(rows)])
            self.check_counts(other)
            for name in sorted(base.keys() | got.keys()):
                compare.compare_by_key(name, got.get(name, b""), base.get(name, b""),
                                       None if name in unordered else keys.get(name),
                                       f"with parallelism {parallelism}")
        rows = sum(len(data.splitlines()) for data in base.values())
        return f"{rows} rows"

    def play_commands(self):
        """leat COMMAND files, once or for `each` file: its exit code and what it says."""
        files = [None]
        if "each" in self.spec:
            pattern = self.spec["each"].format_map({"CASE": self.folder, "CONFIGS": CONFIGS})
            files = [name for name in sorted(glob.glob(pattern, recursive=True))
                     if pathlib.Path(name).name not in self.spec.get("unless", [])]
            if not files:
                raise compare.Mismatch(f"no file matches {pattern}")
        for file in files:
            for step in self.spec["commands"]:
                self.command(step, file)
        return f"{len(files) * len(self.spec['commands'])} commands"

    def command(self, step, file):
        places = {"CASE": ".", "CONFIGS": CONFIGS, "WORK": self.work, "FILE": file}
        arguments = [word.format_map(places) for word in step["leat"]]
        wrapper = shlex.split(os.environ.get("LEAT_TSAN_WRAPPER", ""))
        done = subprocess.run([*wrapper, self.leat, *arguments], env=self.environment(self.work),
                              cwd=self.folder, capture_output=True, timeout=RUN_SECONDS, check=False)
        said = (done.stdout + done.stderr).decode(errors="replace")
        line = f"leat {shlex.join(arguments)}"
        if done.returncode != step.get("exit", 0):
            raise compare.Mismatch(f"{line}: exit {done.returncode}; expected "
                                   f"{step.get('exit', 0)}\n{said}")
        for pattern in step.get("says", []):
            if not re.search(pattern, said, flags=re.M):
                raise compare.Mismatch(f"{line} does not say /{pattern}/:\n{said}")
        for pattern in step.get("never_says", []):
            if re.search(pattern, said, flags=re.M):
                raise compare.Mismatch(f"{line} says /{pattern}/:\n{said}")
        difference = self.made["check"](said) if step.get("check") else None
        if difference:
            raise compare.Mismatch(f"{line}: {difference}")


def play(leat, folder, keep):
    work = pathlib.Path(tempfile.mkdtemp(prefix=f"golden-{folder.name}-"))
    try:
        return "ok", Case(leat, folder, work).play()
    except Skip as reason:
        return "skipped", str(reason)
    except compare.Mismatch as difference:
        return "FAILED", str(difference)
    except subprocess.TimeoutExpired as late:
        return "FAILED", f"not done after {RUN_SECONDS} s: {late.cmd}"
    finally:
        if keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)


def main(arguments):
    keep = "--keep" in arguments
    arguments = [word for word in arguments if word != "--keep"]
    if len(arguments) < 2 or "--help" in arguments:
        print(__doc__)
        return 2
    leat = str(pathlib.Path(arguments[0]).resolve())
    count = {"ok": 0, "skipped": 0, "FAILED": 0}
    for name in arguments[1:]:
        folder = pathlib.Path(name).resolve()
        outcome, words = play(leat, folder, keep)
        count[outcome] += 1
        print(f"{outcome:8}{folder.name}: {words}", flush=True)
    print(f"{count['ok']} ok, {count['FAILED']} failed, {count['skipped']} skipped")
    if count["FAILED"]:
        return 1
    return SKIPPED if count["skipped"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
