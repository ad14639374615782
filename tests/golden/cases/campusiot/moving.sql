-- The last window that a time may be in, and those before it that still reach it.
WITH RECURSIVE steps (step) AS (
  SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step + 1 < 6),
floored AS (
  SELECT *, (ts - 0) - ((((ts - 0) % 3600000) + 3600000) % 3600000) + 0 AS newest
  FROM input),
assigned AS (
  SELECT floored.*, newest - step * 3600000 AS window_start,
    newest - step * 3600000 + 21600000 AS window_end
  FROM floored JOIN steps ON newest - step * 3600000 + 21600000 > ts)
-- include aggregates.sql group=[id, window_start, window_end] output=[id, window_start, window_end,] order=[window_end, id]
