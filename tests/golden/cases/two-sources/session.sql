WITH input AS (SELECT id, ts, n, x FROM "left" UNION ALL SELECT id, ts, n, x FROM "right"),
paused AS (
  SELECT *, coalesce(ts - lag(ts) OVER (PARTITION BY id ORDER BY ts) > 700, 1) AS begins FROM input),
numbered AS (SELECT *, sum(begins) OVER (PARTITION BY id ORDER BY ts) AS session FROM paused)
SELECT id, min(ts) AS window_start, max(ts) + 700 AS window_end, count(*) AS readings, sum(n) AS total, min(x) AS lowest, max(x) AS highest
FROM numbered GROUP BY id, session ORDER BY window_end, id
