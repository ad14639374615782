-- Window j takes the rows of a key behind j * 1 - 5, up to j * 1; the last one may lack some.
WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 5),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY line ORDER BY arrival) AS place, count(*) OVER (PARTITION BY line) AS all_rows FROM input),
assigned AS (
  SELECT numbered.*, (place + 0) / 1 + step AS part FROM numbered JOIN steps
  WHERE place > ((place + 0) / 1 + step) * 1 - 5
    AND (place + 0) / 1 + step <= (all_rows + 0) / 1)
-- include aggregates.sql group=[line, part] output=[line,] order=[CASE WHEN part * 1 <= max(all_rows) THEN max(arrival) ELSE 1e18 END, line]
