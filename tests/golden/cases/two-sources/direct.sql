WITH input AS (SELECT id, ts, n, x FROM "left" UNION ALL SELECT id, ts, n, x FROM "right")
SELECT ts - (ts % 5000 + 5000) % 5000 AS window_start,
  ts - (ts % 5000 + 5000) % 5000 + 5000 AS window_end, count(*) AS readings, sum(n) AS total, min(x) AS lowest, max(x) AS highest
FROM input GROUP BY 1 ORDER BY 2
