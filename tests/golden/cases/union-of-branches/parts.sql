SELECT ts, n FROM input ORDER BY arrival
