WITH clocked AS (
  SELECT *, max(reported_at) OVER (ORDER BY arrival ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    - 600000 - 1 AS watermark
  FROM input)
SELECT dev_eui, reported_at - reported_at % 3600000 AS window_start,
  reported_at - reported_at % 3600000 + 3600000 AS window_end,
  count(*) AS uplinks, avg(temperature) AS average
FROM clocked
WHERE watermark IS NULL OR reported_at - reported_at % 3600000 + 3600000 - 1 > watermark
GROUP BY 1, 2 ORDER BY 3, 1
