SELECT ts, n FROM input
