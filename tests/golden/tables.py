"""The input of a case as a SQLite table: read by Python's own json and csv, not by leat."""
import csv
import datetime
import gzip
import json
import math
import sqlite3

SQL_TYPES = {"bigint": "INTEGER", "timestamp": "INTEGER", "iso8601": "INTEGER", "boolean": "INTEGER",
             "double": "REAL", "string": "TEXT", "list": "TEXT"}


def milliseconds(text):
    """An ISO 8601 time without an offset is UTC; floored to milliseconds."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
            ) // datetime.timedelta(milliseconds=1)


def at_path(value, path):
    for i, name in enumerate(path):
        if isinstance(value, list):
            return [at_path(element, path[i:]) for element in value]
        value = None if value is None else value.get(name)
    return value


def convert(value, kind, from_text):
    if value is None or (from_text and value == ""):
        return None
    if kind == "iso8601":
        return milliseconds(value)
    if kind == "list":
        return json.dumps(value)
    if from_text and kind in ("bigint", "timestamp"):
        return int(value)
    if from_text and kind == "double":
        return float(value)
    return value


def read_rows(path, columns):
    """`columns`: {name: type} or {name: [type, path.in.the.payload]}."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        if ".csv" in path.suffixes:
            for record in csv.DictReader(file):
                yield [convert(record[name], kind, True) for name, kind in columns.items()]
            return
        for line in file:
            reading = json.loads(line)
            row = []
            for name, spec in columns.items():
                kind, place = (spec, name) if isinstance(spec, str) else spec
                row.append(convert(at_path(reading, place.split(".")), kind, False))
            yield row



def connect():
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA case_sensitive_like = 1")
    database.create_function("sqrt", 1, lambda x: None if x is None else math.sqrt(x))
    database.create_function("floor", 1, lambda x: None if x is None else math.floor(x))
    return database


def load(database, path, columns, table="input"):
    """`arrival` numbers the rows from 1."""
    kinds = [spec if isinstance(spec, str) else spec[0] for spec in columns.values()]
    declared = ", ".join(f'"{name}" {SQL_TYPES[kind]}' for name, kind in zip(columns, kinds))
    database.execute(f'CREATE TABLE "{table}" (arrival INTEGER PRIMARY KEY, {declared})')
    marks = ", ".join("?" * len(columns))
    names = ", ".join(f'"{name}"' for name in columns)
    database.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})',
                         read_rows(path, columns))


def lines_of(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def outputs_in(folder):
    """What a job has written: NAME.jsonl as it is; NAME.csv (every value a text) and the tables of
    a .db, in the order of their rows, as if they were."""
    outputs = {path.name.removesuffix(".jsonl"): path.read_bytes()
               for path in sorted(folder.glob("*.jsonl"))}
    for path in folder.glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            outputs[path.stem] = lines_of(csv.DictReader(file))
    for path in folder.glob("*.db"):
        database = sqlite3.connect(path)
        database.row_factory = sqlite3.Row
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' "
                                 "AND name NOT LIKE 'leat%' AND name NOT LIKE 'sqlite%'").fetchall()
        for (name,) in names:
            rows = database.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall()
            outputs[name] = lines_of({key: row[key] for key in row.keys()} for row in rows)
        database.close()
    return outputs
