WITH RECURSIVE pieces (arrival, id, l, place, part, rest) AS (
  SELECT arrival, id, l, 0, NULL, s || ',' FROM input WHERE s IS NOT NULL
  UNION ALL
  SELECT arrival, id, l, place + 1, substr(rest, 1, instr(rest, ',') - 1),
    substr(rest, instr(rest, ',') + 1) FROM pieces WHERE rest <> '')
SELECT id, part, l AS "l:json" FROM pieces WHERE place > 0 ORDER BY arrival, place
