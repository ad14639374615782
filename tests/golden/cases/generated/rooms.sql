WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 8),
shown AS (
  SELECT id, ts, temperature * 9 / 5 + 32 AS fahrenheit, substr(id, 1, 8) AS room
  FROM input WHERE temperature > 5),
assigned AS (
  SELECT shown.*, ts / 7000 * 7000 - step * 7000 AS window_start FROM shown
  JOIN steps ON ts / 7000 * 7000 - step * 7000 + 60000 > ts)
SELECT room, window_start, window_start + 60000 AS window_end, count(*) AS readings,
  count(DISTINCT id) AS sensors, avg(fahrenheit) AS average
FROM assigned GROUP BY 1, 2 ORDER BY 3, 1
