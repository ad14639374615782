SELECT id, s, x FROM input
WHERE NOT (x > 30 AND s <> 'a') OR (id IS NULL AND s LIKE '%e_a') ORDER BY arrival
