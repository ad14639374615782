-- A window fires at its last row; at the end of the input those that are not full, in order of key.
WITH numbered AS (
  SELECT *, row_number() OVER (ORDER BY arrival) - 1 AS place FROM input),
assigned AS (SELECT *, place / 77 AS part FROM numbered)
-- include aggregates.sql group=[part] output=[] order=[CASE count(*) WHEN 77 THEN max(arrival) ELSE 1e18 END]
