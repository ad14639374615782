-- The last window that a time may be in, and those before it that still reach it.
WITH RECURSIVE steps (step) AS (
  SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step + 1 < 6),
floored AS (
  SELECT *, (timestamp - 0) - ((((timestamp - 0) % 32400000) + 32400000) % 32400000) + 0 AS newest
  FROM input),
assigned AS (
  SELECT floored.*, newest - step * 32400000 AS window_start,
    newest - step * 32400000 + 172800000 AS window_end
  FROM floored JOIN steps ON newest - step * 32400000 + 172800000 > timestamp)
, ranked AS (
  SELECT *, avg(value) OVER g AS mean, count(*) OVER g AS size,
    row_number() OVER (PARTITION BY window_start, window_end ORDER BY value, arrival) - 1 AS rank_v,
    row_number() OVER (PARTITION BY window_start, window_end ORDER BY value DESC, arrival) AS from_top
  FROM assigned WINDOW g AS (PARTITION BY window_start, window_end)),
placed AS (
  SELECT *,
    0.5 * (size - 1) AS at_50, floor(0.5 * (size - 1)) AS low_50,
    0.99 * (size - 1) AS at_99, floor(0.99 * (size - 1)) AS low_99,
    first_value(timestamp) OVER (PARTITION BY window_start, window_end ORDER BY value DESC, arrival) AS hottest_at,
    first_value(value) OVER (PARTITION BY window_start, window_end ORDER BY arrival) AS first_value,
    first_value(value) OVER (PARTITION BY window_start, window_end ORDER BY arrival DESC) AS last_value,
    json_group_array(value) FILTER (WHERE from_top <= 5)
      OVER (PARTITION BY window_start, window_end ORDER BY from_top
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS top
  FROM ranked)
SELECT window_start, window_end, count(*) AS readings, avg(value) AS average,
  sqrt(sum((value - mean) * (value - mean)) / nullif(count(*) - 1, 0)) AS deviation,
  sum((value - mean) * (value - mean)) / count(*) AS spread,
  min(value) AS coldest, max(value) AS hottest, max(hottest_at) AS hottest_at,
  max(first_value) AS first_value, max(last_value) AS last_value,
  sum(CASE rank_v WHEN low_50 THEN value * (1 - (at_50 - low_50))
                  WHEN low_50 + 1 THEN value * (at_50 - low_50) END) AS median,
  sum(CASE rank_v WHEN low_99 THEN value * (1 - (at_99 - low_99))
                  WHEN low_99 + 1 THEN value * (at_99 - low_99) END) AS p99,
  max(top) AS "top:json"
FROM placed GROUP BY window_start, window_end ORDER BY window_end
