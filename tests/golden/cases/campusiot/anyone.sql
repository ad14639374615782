-- Gaps and islands: a pause longer than the gap begins a new session; one of exactly the gap does
-- not, as the windows [ts, ts + gap) then touch.
WITH paused AS (
  SELECT *, coalesce(ts - lag(ts) OVER (ORDER BY ts, arrival) > 1800000, 1) AS begins
  FROM input),
numbered AS (
  SELECT *, sum(begins) OVER (ORDER BY ts, arrival) AS session FROM paused),
assigned AS (
  SELECT *, min(ts) OVER s AS window_start, max(ts) OVER s + 1800000 AS window_end
  FROM numbered WINDOW s AS (PARTITION BY session))
-- include aggregates.sql group=[window_start, window_end] output=[window_start, window_end,] order=[window_end]
