-- Gaps and islands: a pause longer than the gap begins a new session; one of exactly the gap does
-- not, as the windows [ts, ts + gap) then touch.
WITH paused AS (
  SELECT *, coalesce(ts - lag(ts) OVER (PARTITION BY id ORDER BY ts, arrival) > 600000, 1) AS begins
  FROM input),
numbered AS (
  SELECT *, sum(begins) OVER (PARTITION BY id ORDER BY ts, arrival) AS session FROM paused),
assigned AS (
  SELECT *, min(ts) OVER s AS window_start, max(ts) OVER s + 600000 AS window_end
  FROM numbered WINDOW s AS (PARTITION BY id, session))
-- include aggregates.sql group=[id, window_start, window_end] output=[id, window_start, window_end,] order=[window_end, id]
