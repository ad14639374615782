-- The window of a time: floored, also below zero.
WITH floored AS (
  SELECT *, (ts - 0) - ((((ts - 0) % 3600000) + 3600000) % 3600000) + 0 AS window_start
  FROM input),
assigned AS (SELECT *, window_start + 3600000 AS window_end FROM floored)
-- include aggregates.sql group=[id, window_start, window_end] output=[id, window_start, window_end,] order=[window_end, id]
