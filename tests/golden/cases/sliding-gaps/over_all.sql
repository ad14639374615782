-- The last window that a time may be in, and those before it that still reach it.
WITH RECURSIVE steps (step) AS (
  SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step + 1 < 1),
floored AS (
  SELECT *, (ts - 0) - ((((ts - 0) % 4000) + 4000) % 4000) + 0 AS newest
  FROM input),
assigned AS (
  SELECT floored.*, newest - step * 4000 AS window_start,
    newest - step * 4000 + 1500 AS window_end
  FROM floored JOIN steps ON newest - step * 4000 + 1500 > ts)
-- include aggregates.sql group=[window_start, window_end] output=[window_start, window_end,] order=[window_end]
