SELECT id, x, n, b AS "b:boolean" FROM input WHERE x >= 30 ORDER BY arrival
