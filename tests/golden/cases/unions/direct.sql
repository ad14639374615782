SELECT id, ts, n FROM input WHERE n > 300 OR n < -300 ORDER BY arrival
