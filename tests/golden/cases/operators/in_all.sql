WITH seen AS (
  SELECT arrival, n IS NOT NULL AND row_number() OVER (PARTITION BY n ORDER BY arrival) = 1 AS new
  FROM input)
SELECT count(*) OVER w AS so_many, sum(new) OVER w AS different
FROM seen WINDOW w AS (ORDER BY arrival) ORDER BY arrival
