-- Window j takes the rows of a key behind j * 10 - 3, up to j * 10; the last one may lack some.
WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 1),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY arrival) AS place, count(*) OVER (PARTITION BY id) AS all_rows FROM input),
assigned AS (
  SELECT numbered.*, (place + 9) / 10 + step AS part FROM numbered JOIN steps
  WHERE place > ((place + 9) / 10 + step) * 10 - 3
    AND (place + 9) / 10 + step <= (all_rows + 9) / 10)
-- include aggregates.sql group=[id, part] output=[id,] order=[CASE WHEN part * 10 <= max(all_rows) THEN max(arrival) ELSE 1e18 END, id]
