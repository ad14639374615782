-- The window of a time: floored, also below zero.
WITH floored AS (
  SELECT *, (ts - 7200000) - ((((ts - 7200000) % 86400000) + 86400000) % 86400000) + 7200000 AS window_start
  FROM input),
assigned AS (SELECT *, window_start + 86400000 AS window_end FROM floored)
-- include aggregates.sql group=[id, window_start, window_end] output=[id, window_start, window_end,] order=[window_end, id]
