WITH input AS (SELECT id, ts, n, x FROM "left" UNION ALL SELECT id, ts, n, x FROM "right"),
newest AS (SELECT *, ts - (ts % 3000 + 3000) % 3000 AS start FROM input),
assigned AS (
  SELECT *, start AS window_start FROM newest
  UNION ALL SELECT *, start - 3000 FROM newest WHERE start - 3000 + 5000 > ts)
SELECT id, window_start, window_start + 5000 AS window_end, count(*) AS readings, sum(n) AS total, min(x) AS lowest, max(x) AS highest
FROM assigned GROUP BY 1, 2 ORDER BY 3, 1
