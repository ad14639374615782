SELECT id, ts, n FROM input ORDER BY arrival
