WITH both AS (
  SELECT id, ts, n FROM input WHERE n > 0 UNION ALL SELECT id, ts, n FROM input WHERE n % 2 <> 0),
paused AS (
  SELECT *, coalesce(ts - lag(ts) OVER (PARTITION BY id ORDER BY ts) > 1000, 1) AS begins FROM both),
numbered AS (SELECT *, sum(begins) OVER (PARTITION BY id ORDER BY ts) AS session FROM paused)
SELECT id, min(ts) AS window_start, max(ts) + 1000 AS window_end, count(*) AS readings,
  sum(n) AS total FROM numbered GROUP BY id, session ORDER BY window_end, id
