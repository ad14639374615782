-- The watermark before a row is the largest time so far less ten minutes and a millisecond; a row is
-- late when its hour had been over by then.
WITH clocked AS (
  SELECT *, max(reported_at) OVER (ORDER BY arrival ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    - 600000 - 1 AS watermark
  FROM input)
SELECT dev_eui, temperature, reported_at FROM clocked
WHERE reported_at - reported_at % 3600000 + 3600000 - 1 <= watermark ORDER BY arrival
