SELECT id, x, n, b AS "b:boolean" FROM input WHERE (x >= 30) IS NOT 1 AND n < 0 ORDER BY arrival
