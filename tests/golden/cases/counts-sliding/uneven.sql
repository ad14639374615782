-- Window j takes the rows of a key behind j * 7 - 10, up to j * 7; the last one may lack some.
WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 2),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY arrival) AS place, count(*) OVER (PARTITION BY id) AS all_rows FROM input),
assigned AS (
  SELECT numbered.*, (place + 6) / 7 + step AS part FROM numbered JOIN steps
  WHERE place > ((place + 6) / 7 + step) * 7 - 10
    AND (place + 6) / 7 + step <= (all_rows + 6) / 7)
-- include aggregates.sql group=[id, part] output=[id,] order=[CASE WHEN part * 7 <= max(all_rows) THEN max(arrival) ELSE 1e18 END, id]
