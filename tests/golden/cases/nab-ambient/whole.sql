WITH everything AS (SELECT *, 1 AS all_of_it FROM input),
assigned AS (SELECT * FROM everything)
, ranked AS (
  SELECT *, avg(value) OVER g AS mean, count(*) OVER g AS size,
    row_number() OVER (PARTITION BY all_of_it ORDER BY value, arrival) - 1 AS rank_v,
    row_number() OVER (PARTITION BY all_of_it ORDER BY value DESC, arrival) AS from_top
  FROM assigned WINDOW g AS (PARTITION BY all_of_it)),
placed AS (
  SELECT *,
    0.5 * (size - 1) AS at_50, floor(0.5 * (size - 1)) AS low_50,
    0.99 * (size - 1) AS at_99, floor(0.99 * (size - 1)) AS low_99,
    first_value(timestamp) OVER (PARTITION BY all_of_it ORDER BY value DESC, arrival) AS hottest_at,
    first_value(value) OVER (PARTITION BY all_of_it ORDER BY arrival) AS first_value,
    first_value(value) OVER (PARTITION BY all_of_it ORDER BY arrival DESC) AS last_value,
    json_group_array(value) FILTER (WHERE from_top <= 5)
      OVER (PARTITION BY all_of_it ORDER BY from_top
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS top
  FROM ranked)
SELECT  count(*) AS readings, avg(value) AS average,
  sqrt(sum((value - mean) * (value - mean)) / nullif(count(*) - 1, 0)) AS deviation,
  sum((value - mean) * (value - mean)) / count(*) AS spread,
  min(value) AS coldest, max(value) AS hottest, max(hottest_at) AS hottest_at,
  max(first_value) AS first_value, max(last_value) AS last_value,
  sum(CASE rank_v WHEN low_50 THEN value * (1 - (at_50 - low_50))
                  WHEN low_50 + 1 THEN value * (at_50 - low_50) END) AS median,
  sum(CASE rank_v WHEN low_99 THEN value * (1 - (at_99 - low_99))
                  WHEN low_99 + 1 THEN value * (at_99 - low_99) END) AS p99,
  max(top) AS "top:json"
FROM placed GROUP BY all_of_it ORDER BY 1
