SELECT line, ts, s FROM input WHERE arrival IN (SELECT max(arrival) FROM input GROUP BY line)
