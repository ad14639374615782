-- The window of a time: floored, also below zero.
WITH floored AS (
  SELECT *, (ts - 1500) - ((((ts - 1500) % 7000) + 7000) % 7000) + 1500 AS window_start
  FROM input),
assigned AS (SELECT *, window_start + 7000 AS window_end FROM floored)
-- include aggregates.sql group=[id, window_start, window_end] output=[id, window_start, window_end,] order=[window_end, id]
