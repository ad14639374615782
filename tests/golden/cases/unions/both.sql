SELECT id, ts, n FROM input WHERE n > 0 UNION ALL SELECT id, ts, n FROM input WHERE n % 2 <> 0
