-- Window j takes the rows of a key behind j * 4 - 12, up to j * 4; the last one may lack some.
WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 3),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY arrival) AS place, count(*) OVER (PARTITION BY id) AS all_rows FROM input),
assigned AS (
  SELECT numbered.*, (place + 3) / 4 + step AS part FROM numbered JOIN steps
  WHERE place > ((place + 3) / 4 + step) * 4 - 12
    AND (place + 3) / 4 + step <= (all_rows + 3) / 4)
-- include aggregates.sql group=[id, part] output=[id,] order=[CASE WHEN part * 4 <= max(all_rows) THEN max(arrival) ELSE 1e18 END, id]
