-- Window j takes the rows of a key behind j * 33 - 100, up to j * 33; the last one may lack some.
WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 4),
numbered AS (
  SELECT *, row_number() OVER (ORDER BY arrival) AS place, count(*) OVER () AS all_rows FROM input),
assigned AS (
  SELECT numbered.*, (place + 32) / 33 + step AS part FROM numbered JOIN steps
  WHERE place > ((place + 32) / 33 + step) * 33 - 100
    AND (place + 32) / 33 + step <= (all_rows + 32) / 33)
-- include aggregates.sql group=[part] output=[] order=[CASE WHEN part * 33 <= max(all_rows) THEN max(arrival) ELSE 1e18 END]
