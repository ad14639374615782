SELECT ts, id, x, n, b AS "b:boolean" FROM input
WHERE x BETWEEN 22.5 AND 30 OR n IN (-5, 0, 5, 7, 11) AND NOT b ORDER BY arrival
