WITH everything AS (SELECT *, 1 AS all_of_it FROM input),
assigned AS (SELECT * FROM everything)
-- include aggregates.sql group=[id] output=[id,] order=[id]
