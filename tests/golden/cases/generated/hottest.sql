WITH small AS (
  SELECT id, ts / 60000 AS minute, count(*) AS readings, max(temperature) AS highest,
    min(temperature) AS lowest FROM input GROUP BY 1, 2)
SELECT minute / 5 * 300000 AS window_start, minute / 5 * 300000 + 300000 AS window_end,
  count(*) AS windows, sum(readings) AS readings, max(highest) AS highest, min(lowest) AS lowest
FROM small GROUP BY 1 ORDER BY 1
