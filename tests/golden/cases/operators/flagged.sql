SELECT id, x, n, b AS "b:boolean" FROM input WHERE (x >= 30) IS NOT 1 AND (n < 0) IS NOT 1 AND b ORDER BY arrival
