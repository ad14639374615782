-- The last window that a time may be in, and those before it that still reach it.
WITH RECURSIVE steps (step) AS (
  SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step + 1 < 3),
floored AS (
  SELECT *, (ts - -700) - ((((ts - -700) % 2500) + 2500) % 2500) + -700 AS newest
  FROM input),
assigned AS (
  SELECT floored.*, newest - step * 2500 AS window_start,
    newest - step * 2500 + 7000 AS window_end
  FROM floored JOIN steps ON newest - step * 2500 + 7000 > ts)
-- include aggregates.sql group=[line, id, window_start, window_end] output=[line, id, window_start, window_end,] order=[window_end, line, id]
