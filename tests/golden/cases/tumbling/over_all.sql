-- The window of a time: floored, also below zero.
WITH floored AS (
  SELECT *, (ts - 0) - ((((ts - 0) % 9999) + 9999) % 9999) + 0 AS window_start
  FROM input),
assigned AS (SELECT *, window_start + 9999 AS window_end FROM floored)
-- include aggregates.sql group=[window_start, window_end] output=[window_start, window_end,] order=[window_end]
