WITH input AS (SELECT id, ts, n, x FROM "left" UNION ALL SELECT id, ts, n, x FROM "right"),
small AS (
  SELECT id, ts - (ts % 5000 + 5000) % 5000 AS start, count(*) AS readings FROM input GROUP BY 1, 2),
-- A result's time is the end of its window less one.
placed AS (SELECT *, (start + 4999) - ((start + 4999) % 60000 + 60000) % 60000 AS minute FROM small),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY minute ORDER BY readings DESC) AS place
  FROM placed),
best AS (
  SELECT minute, json_group_array(readings) AS top
  FROM (SELECT * FROM ranked WHERE place <= 2 ORDER BY minute, place) GROUP BY minute)
SELECT minute AS window_start, minute + 60000 AS window_end, count(*) AS windows,
  sum(readings) AS readings, max(readings) AS most, top AS "top:json"
FROM placed JOIN best USING (minute) GROUP BY minute ORDER BY minute
