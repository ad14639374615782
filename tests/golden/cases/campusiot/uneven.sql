-- The last window that a time may be in, and those before it that still reach it.
WITH RECURSIVE steps (step) AS (
  SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step + 1 < 3),
floored AS (
  SELECT *, (ts - 0) - ((((ts - 0) % 1500000) + 1500000) % 1500000) + 0 AS newest
  FROM input),
assigned AS (
  SELECT floored.*, newest - step * 1500000 AS window_start,
    newest - step * 1500000 + 3600000 AS window_end
  FROM floored JOIN steps ON newest - step * 1500000 + 3600000 > ts)
-- include aggregates.sql group=[id, window_start, window_end] output=[id, window_start, window_end,] order=[window_end, id]
