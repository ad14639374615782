SELECT ts / 1000 * 1000 AS window_start, ts / 1000 * 1000 + 1000 AS window_end, json_group_array(id) AS "ids:json" FROM (SELECT * FROM input ORDER BY id) GROUP BY 1, 2 ORDER BY 1
