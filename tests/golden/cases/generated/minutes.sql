WITH placed AS (SELECT *, ts / 60000 * 60000 AS window_start FROM input),
spread AS (SELECT *, avg(temperature) OVER (PARTITION BY id, window_start) AS mean FROM placed)
SELECT id, window_start, window_start + 60000 AS window_end, count(*) AS readings,
  avg(temperature) AS average, min(temperature) AS lowest, max(temperature) AS highest,
  sqrt(sum((temperature - mean) * (temperature - mean)) / count(*)) AS deviation
FROM spread GROUP BY 1, 2 ORDER BY 3, 1
