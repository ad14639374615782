"""Event-time windows as Apache Flink defines them, one row at a time and without any cleverness.

The watermark after a row is max(ts) - bound - 1 (with `per`: of the device that is furthest behind;
punctuated: the time of a row whose field `when` is positive). A row that is late (for every window of it
end - 1 + lateness <= the watermark before the row) goes to `late`. A window fires when the
watermark reaches end - 1, those due together in the order (end, key); a row for a window that has
fired and is still kept fires it again at once. Sessions that overlap or touch are one; a row whose
merged session is over is late.
"""
import math

NEVER = -math.inf


def order_of(value):
    """Nulls first; texts by their bytes."""
    if value is None:
        return (0, b"")
    return (1, value.encode() if isinstance(value, str) else value)


def floor_to(time, slide, offset):
    return (time - offset) // slide * slide + offset


class Window:
    def __init__(self, key, start, end):
        self.key, self.start, self.end = key, start, end
        self.rows = []
        self.due = True  # fires when the watermark comes to its end

    def place(self):
        return (self.end, [order_of(value) for value in self.key])


AGGREGATES = {
    "count": lambda values: len(values),
    "sum": lambda values: sum(values) if values else None,
    "min": lambda values: min(values) if values else None,
    "max": lambda values: max(values) if values else None,
    "first": lambda values: values[0] if values else None,
    "last": lambda values: values[-1] if values else None,
    "list": list,
}


class Reference:
    """`spec`: window (type, size, slide, offset, gap), bound, lateness, key, and aggregate:
    {name: [function, field or "*"]}."""

    def __init__(self, spec):
        self.spec = spec
        self.window = spec["window"]
        self.lateness = spec.get("lateness", 0)
        self.key_fields = spec.get("key", [])
        self.watermark = NEVER
        self.newest = {}  # by device
        self.open = {}  # by key: its windows
        self.next = math.inf  # no window fires or goes before the watermark is here
        self.results, self.late, self.filtered = [], [], 0

    def windows_of(self, key, time):
        size = self.window["size"]
        slide = self.window.get("slide", size)
        start = floor_to(time, slide, self.window.get("offset", 0))
        found = []
        while start > time - size:
            found.append((start, start + size))
            start -= slide
        return found[::-1]

    def over(self, end):
        return end - 1 + self.lateness <= self.watermark

    def fire(self, window):
        row = dict(zip(self.key_fields, window.key))
        row["window_start"], row["window_end"] = window.start, window.end
        for name, (function, field) in self.spec["aggregate"].items():
            values = [1 if field == "*" else each[field] for each in window.rows]
            row[name] = AGGREGATES[function]([value for value in values if value is not None])
        self.results.append(row)
        window.due = False

    def add_to_sliced(self, key, row):
        windows = self.windows_of(key, row["ts"])
        if not windows:
            self.filtered += 1
            return
        live = [(start, end) for start, end in windows if not self.over(end)]
        if not live:
            self.late.append(row)
        for start, end in live:
            window = next((w for w in self.open.get(key, []) if w.start == start), None)
            if window is None:
                window = Window(key, start, end)
                self.open.setdefault(key, []).append(window)
                self.next = min(self.next, end - 1)
            window.rows.append(row)
            if end - 1 <= self.watermark:
                self.fire(window)

    def add_to_session(self, key, row):
        merged = Window(key, row["ts"], row["ts"] + self.window["gap"])
        touched = [w for w in self.open.get(key, [])
                   if w.start <= merged.end and merged.start <= w.end]
        for window in touched:
            merged.start = min(merged.start, window.start)
            merged.end = max(merged.end, window.end)
        if self.over(merged.end):
            self.late.append(row)
            return
        rows = [each for window in touched for each in window.rows] + [row]
        merged.rows = sorted(rows, key=lambda each: each["arrival"])
        self.open[key] = [w for w in self.open.get(key, []) if w not in touched] + [merged]
        self.next = min(self.next, merged.end - 1)
        if merged.end - 1 <= self.watermark:
            self.fire(merged)

    def advance(self, watermark):
        self.watermark = max(self.watermark, watermark)
        if self.watermark < self.next:
            return
        windows = [w for of_key in self.open.values() for w in of_key]
        due = [w for w in windows if w.due and w.end - 1 <= self.watermark]
        for window in sorted(due, key=Window.place):
            self.fire(window)
        self.open, self.next = {}, math.inf
        for window in windows:
            if not self.over(window.end):
                self.open.setdefault(window.key, []).append(window)
                self.next = min(self.next, window.end - 1 + (0 if window.due else self.lateness))

    def run(self, rows):
        for row in rows:
            key = tuple(row[field] for field in self.key_fields)
            if self.window["type"] == "session":
                self.add_to_session(key, row)
            else:
                self.add_to_sliced(key, row)
            self.advance(self.clock(row))
        self.advance(math.inf)
        return self

    def clock(self, row):
        """What the source's strategy says after the row; the watermark never goes back."""
        strategy = self.spec.get("strategy", "bounded_out_of_orderness")
        if strategy == "none":
            return NEVER
        if strategy == "punctuated":  # on rows whose field `when` is positive
            value = row[self.spec["when"]]
            return row["ts"] if value is not None and value > 0 else NEVER
        device = row[self.spec["per"]] if "per" in self.spec else None
        newest = max(self.newest.get(device, NEVER), row["ts"])
        self.newest[device] = newest
        return min(self.newest.values()) - self.spec.get("bound", 0) - 1
