WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 2),
newest AS (SELECT *, ts - (ts % 15000 + 15000) % 15000 AS start FROM input),
assigned AS (
  SELECT newest.*, start - step * 15000 AS window_start FROM newest
  JOIN steps ON start - step * 15000 + 40000 > ts),
ranked AS (
  SELECT *, count(x) OVER g AS count_x,
    row_number() OVER (PARTITION BY b, line, window_start ORDER BY x IS NULL, x) - 1 AS rank_x,
    row_number() OVER (PARTITION BY b, line, window_start ORDER BY s IS NULL, s DESC, arrival)
      AS from_top_s,
    row_number() OVER (PARTITION BY b, line, window_start ORDER BY b IS NULL, b DESC, arrival)
      AS from_top_b
  FROM assigned WINDOW g AS (PARTITION BY b, line, window_start)),
placed AS (
  SELECT *, 0.33 * (count_x - 1) AS at_33, floor(0.33 * (count_x - 1)) AS low_33,
    first_value(l) OVER (PARTITION BY b, line, window_start ORDER BY l IS NULL, arrival) AS first_l,
    first_value(CASE WHEN x IS NOT NULL THEN l END) OVER (
      PARTITION BY b, line, window_start ORDER BY l IS NULL OR x IS NULL, x DESC, arrival) AS l_of_x,
    first_value(CASE WHEN n IS NOT NULL THEN ts END) OVER (
      PARTITION BY b, line, window_start ORDER BY n IS NULL, n, arrival) AS ts_of_n,
    first_value(CASE WHEN s IS NOT NULL THEN b END) OVER (
      PARTITION BY b, line, window_start ORDER BY b IS NULL OR s IS NULL, s DESC, arrival) AS b_of_s,
    json_group_array(json(CASE b WHEN 1 THEN 'true' ELSE 'false' END)) FILTER (WHERE b IS NOT NULL) OVER a
      AS all_b,
    json_group_array(s) FILTER (WHERE s IS NOT NULL) OVER a AS all_s,
    json_group_array(x) FILTER (WHERE x IS NOT NULL) OVER a AS all_x,
    json_group_array(ts) OVER a AS all_ts,
    json_group_array(s) FILTER (WHERE s IS NOT NULL AND from_top_s <= 4) OVER (
      PARTITION BY b, line, window_start ORDER BY from_top_s
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS top_s,
    json_group_array(ts) FILTER (WHERE b IS NOT NULL AND from_top_b <= 2) OVER (
      PARTITION BY b, line, window_start ORDER BY from_top_b
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS top_b
  FROM ranked WINDOW a AS (PARTITION BY b, line, window_start ORDER BY arrival
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
SELECT b AS "b:boolean", line, window_start, window_start + 40000 AS window_end,
  count(*) AS readings, min(b) AS "least_b:boolean", max(b) AS "most_b:boolean", max(ts) AS most_ts,
  count(DISTINCT b) AS different_b, count(DISTINCT n) AS different_n,
  count(DISTINCT ts) AS different_ts, max(first_l) AS "first_l:json",
  max(l_of_x) AS "l_of_most_x:json", max(ts_of_n) AS ts_of_least_n, max(b_of_s) AS "b_of_most_s:boolean",
  max(all_b) AS "all_b:json", max(all_s) AS "all_s:json", max(all_x) AS "all_x:json",
  max(all_ts) AS "all_ts:json", max(top_s) AS "top_s:json", max(top_b) AS "top_b:json",
  min(x) AS least_x, max(x) AS most_x,
  sum(CASE rank_x WHEN low_33 THEN x * (1 - (at_33 - low_33))
                  WHEN low_33 + 1 THEN x * (at_33 - low_33) END) AS third_x,
  sum(CASE WHEN n > 0 THEN 1 ELSE 0 END) AS large,
  avg(CASE WHEN n > 0 THEN 1.0 ELSE 0 END) AS share,
  sum(max(n, 0) - min(n, 0)) AS spread, max(length(s)) AS long, count(nullif(n % 2, 0)) AS odd
FROM placed GROUP BY b, line, window_start ORDER BY window_end, b, line
