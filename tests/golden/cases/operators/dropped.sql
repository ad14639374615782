SELECT id, line, ts, x * 2 AS x, n FROM input ORDER BY arrival
