SELECT id, line, ts, x, n, s, b FROM input ORDER BY arrival
