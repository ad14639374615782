-- Within three standard errors of 1.63 %, and within 1/128 of the value.
WITH assigned AS (SELECT *, ts - (ts % 600000 + 600000) % 600000 AS window_start FROM input),
ranked AS (
  SELECT *, count(x) OVER g AS count_x, count(n) OVER g AS count_n,
    row_number() OVER (PARTITION BY window_start ORDER BY x IS NULL, x) - 1 AS rank_x,
    row_number() OVER (PARTITION BY window_start ORDER BY n IS NULL, n) - 1 AS rank_n
  FROM assigned WINDOW g AS (PARTITION BY window_start)),
placed AS (
  SELECT *, 0.01 * (count_x - 1) AS at_1, floor(0.01 * (count_x - 1)) AS low_1,
    0.5 * (count_x - 1) AS at_50, floor(0.5 * (count_x - 1)) AS low_50,
    0.99 * (count_x - 1) AS at_99, floor(0.99 * (count_x - 1)) AS low_99,
    0.99 * (count_n - 1) AS at_n, floor(0.99 * (count_n - 1)) AS low_n
  FROM ranked)
SELECT window_start, window_start + 600000 AS window_end,
  count(DISTINCT ts) AS "about_times:within 0.0489",
  count(DISTINCT n) AS "about_n:within 0.0489",
  count(DISTINCT ts) AS times,
  sum(CASE rank_x WHEN low_1 THEN x * (1 - (at_1 - low_1))
                  WHEN low_1 + 1 THEN x * (at_1 - low_1) END) AS "p1:within 0.0078125",
  sum(CASE rank_x WHEN low_50 THEN x * (1 - (at_50 - low_50))
                  WHEN low_50 + 1 THEN x * (at_50 - low_50) END) AS "p50:within 0.0078125",
  sum(CASE rank_x WHEN low_99 THEN x * (1 - (at_99 - low_99))
                  WHEN low_99 + 1 THEN x * (at_99 - low_99) END) AS "p99:within 0.0078125",
  min(x) AS least, max(x) AS most,
  sum(CASE rank_n WHEN low_n THEN n * (1 - (at_n - low_n))
                  WHEN low_n + 1 THEN n * (at_n - low_n) END) AS "n99:within 0.0078125"
FROM placed GROUP BY window_start ORDER BY window_end
