SELECT id, ts, n FROM (
  SELECT *, 1 AS branch FROM input WHERE n > 0 UNION ALL SELECT *, 2 FROM input WHERE n % 2 <> 0)
ORDER BY arrival, branch
