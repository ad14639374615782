-- The last window that a time may be in, and those before it that still reach it.
WITH RECURSIVE steps (step) AS (
  SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step + 1 < 5),
floored AS (
  SELECT *, (ts - 0) - ((((ts - 0) % 2000) + 2000) % 2000) + 0 AS newest
  FROM input),
assigned AS (
  SELECT floored.*, newest - step * 2000 AS window_start,
    newest - step * 2000 + 10000 AS window_end
  FROM floored JOIN steps ON newest - step * 2000 + 10000 > ts)
-- include aggregates.sql group=[id, window_start, window_end] output=[id, window_start, window_end,] order=[window_end, id]
