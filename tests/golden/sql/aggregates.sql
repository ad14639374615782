-- Every aggregate over `assigned` (a row for each row and window of it: arrival, x double, n bigint,
-- s string, b boolean, and the columns of the group), one result for each {group}.
, ranked AS (
  SELECT *,
    avg(x) OVER g AS mean_x,
    avg(n) OVER g AS mean_n,
    count(x) OVER g AS count_x,
    count(n) OVER g AS count_n,
    row_number() OVER (PARTITION BY {group} ORDER BY x IS NULL, x, arrival) - 1 AS rank_x,
    row_number() OVER (PARTITION BY {group} ORDER BY n IS NULL, n, arrival) - 1 AS rank_n,
    row_number() OVER (PARTITION BY {group} ORDER BY x IS NULL, x DESC, arrival) AS top_x,
    row_number() OVER (PARTITION BY {group} ORDER BY x IS NULL OR s IS NULL, x DESC, arrival)
      AS top_xs,
    row_number() OVER (PARTITION BY {group} ORDER BY n IS NULL, n DESC, arrival) AS top_n
  FROM assigned WINDOW g AS (PARTITION BY {group})),
-- PERCENTILE_CONT: between the ranks around p * (count - 1).
placed AS (
  SELECT *,
    0.5 * (count_x - 1) AS at_x50, floor(0.5 * (count_x - 1)) AS low_x50,
    0.9 * (count_n - 1) AS at_n90, floor(0.9 * (count_n - 1)) AS low_n90,
    first_value(s) OVER (PARTITION BY {group} ORDER BY s IS NULL, arrival) AS first_s,
    first_value(x) OVER (PARTITION BY {group} ORDER BY x IS NULL, arrival DESC) AS last_x,
    first_value(b) OVER (PARTITION BY {group} ORDER BY b IS NULL, arrival DESC) AS last_b,
    first_value(CASE WHEN x IS NOT NULL THEN s END)
      OVER (PARTITION BY {group} ORDER BY x IS NULL OR s IS NULL, x, arrival) AS s_of_least_x,
    first_value(CASE WHEN s IS NOT NULL THEN n END)
      OVER (PARTITION BY {group} ORDER BY n IS NULL OR s IS NULL, s DESC, arrival) AS n_of_last_s,
    json_group_array(x) FILTER (WHERE x IS NOT NULL AND top_x <= 3)
      OVER (PARTITION BY {group} ORDER BY top_x
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS top_three,
    json_group_array(s) FILTER (WHERE x IS NOT NULL AND s IS NOT NULL AND top_xs <= 3)
      OVER (PARTITION BY {group} ORDER BY top_xs
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS top_three_s,
    json_group_array(n) FILTER (WHERE n IS NOT NULL)
      OVER (PARTITION BY {group} ORDER BY arrival
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS all_n
  FROM ranked)
SELECT {output}
  count(*) AS "rows",
  count(x) AS xs,
  count(DISTINCT x) AS different_x,
  count(DISTINCT s) AS different_s,
  count(DISTINCT s) AS about_different_s,
  sum(x) AS sum_x,
  sum(n) AS sum_n,
  min(x) AS min_x,
  max(x) AS max_x,
  min(n) AS min_n,
  max(n) AS max_n,
  min(s) AS min_s,
  max(s) AS max_s,
  min(ts) AS min_ts,
  avg(x) AS avg_x,
  avg(n) AS avg_n,
  sum((x - mean_x) * (x - mean_x)) / count(x) AS var_pop_x,
  sum((n - mean_n) * (n - mean_n)) / nullif(count(n) - 1, 0) AS var_samp_n,
  sqrt(sum((n - mean_n) * (n - mean_n)) / count(n)) AS stddev_pop_n,
  sqrt(sum((x - mean_x) * (x - mean_x)) / nullif(count(x) - 1, 0)) AS stddev_samp_x,
  max(first_s) AS first_s,
  max(last_x) AS last_x,
  max(last_b) AS "last_b:boolean",
  max(s_of_least_x) AS s_of_least_x,
  max(n_of_last_s) AS n_of_last_s,
  sum(CASE rank_x WHEN low_x50 THEN x * (1 - (at_x50 - low_x50))
                  WHEN low_x50 + 1 THEN x * (at_x50 - low_x50) END) AS median_x,
  sum(CASE rank_n WHEN low_n90 THEN n * (1 - (at_n90 - low_n90))
                  WHEN low_n90 + 1 THEN n * (at_n90 - low_n90) END) AS p90_n,
  sum(CASE rank_x WHEN low_x50 THEN x * (1 - (at_x50 - low_x50))
                  WHEN low_x50 + 1 THEN x * (at_x50 - low_x50) END)
    AS "about_median_x:within 0.0078125",
  max(top_three) AS "top_three:json",
  max(top_three_s) AS "top_three_s:json",
  max(all_n) AS "all_n:json"
FROM placed GROUP BY {group} ORDER BY {order}
