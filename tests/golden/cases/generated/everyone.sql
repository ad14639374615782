-- The approximations are stated to be within 1.63 % (standard error; exact up to 256 values) and 1/128.
WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 59),
assigned AS (
  SELECT id, temperature AS x, ts / 60000 * 60000 - step * 60000 AS window_start FROM input JOIN steps),
ranked AS (
  SELECT *, avg(x) OVER w AS mean, count(*) OVER w AS size,
    row_number() OVER (PARTITION BY window_start ORDER BY x) - 1 AS place
  FROM assigned WINDOW w AS (PARTITION BY window_start)),
placed AS (
  SELECT *, 0.5 * (size - 1) AS at_50, floor(0.5 * (size - 1)) AS low_50,
    0.25 * (size - 1) AS at_25, floor(0.25 * (size - 1)) AS low_25
  FROM ranked)
SELECT window_start, window_start + 3600000 AS window_end, count(*) AS readings,
  count(DISTINCT id) AS sensors, count(DISTINCT id) AS about_sensors,
  sum(CASE place WHEN low_50 THEN x * (1 - (at_50 - low_50))
                 WHEN low_50 + 1 THEN x * (at_50 - low_50) END) AS median,
  sum(CASE place WHEN low_25 THEN x * (1 - (at_25 - low_25))
                 WHEN low_25 + 1 THEN x * (at_25 - low_25) END) AS "about:within 0.0078125",
  sum((x - mean) * (x - mean)) / count(*) AS variance
FROM placed GROUP BY 1 ORDER BY 1
