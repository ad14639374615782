SELECT abs(n) % 2 AS parity, line, count(*) OVER w AS so_many, max(n) OVER w AS highest
FROM input WINDOW w AS (PARTITION BY abs(n) % 2, line ORDER BY arrival) ORDER BY arrival
