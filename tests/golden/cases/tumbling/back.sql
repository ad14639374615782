-- The window of a time: floored, also below zero.
WITH floored AS (
  SELECT *, (ts - -13000) - ((((ts - -13000) % 60000) + 60000) % 60000) + -13000 AS window_start
  FROM input),
assigned AS (SELECT *, window_start + 60000 AS window_end FROM floored)
-- include aggregates.sql group=[id, line, window_start, window_end] output=[id, line, window_start, window_end,] order=[window_end, id, line]
