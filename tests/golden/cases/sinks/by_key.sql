SELECT id, line, count(*) AS readings, sum(n) AS total FROM input GROUP BY id, line ORDER BY 1, 2
