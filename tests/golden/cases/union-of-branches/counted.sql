SELECT sum(n) AS total, max(n) AS newest FROM input GROUP BY (arrival - 1) / 2 ORDER BY 2
