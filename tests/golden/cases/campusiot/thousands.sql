-- A window fires at its last row; at the end of the input those that are not full, in order of key.
WITH numbered AS (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY arrival) - 1 AS place FROM input),
assigned AS (SELECT *, place / 1000 AS part FROM numbered)
-- include aggregates.sql group=[id, part] output=[id,] order=[CASE count(*) WHEN 1000 THEN max(arrival) ELSE 1e18 END, id]
